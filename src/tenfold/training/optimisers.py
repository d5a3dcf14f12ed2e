"""Optimisers by name: functions (model, lr, weight_decay) -> torch optimiser, with Keras' constants."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from tenfold.errors import unknown_name


def sgd(model: nn.Module, lr: float, weight_decay: float) -> torch.optim.Optimizer:
    """Stochastic gradient descent with Nesterov momentum 0.9."""
    return torch.optim.SGD(_groups(model, weight_decay), lr, momentum=0.9, nesterov=True, fused=True)


def rmsprop(model: nn.Module, lr: float, weight_decay: float) -> torch.optim.Optimizer:
    """RMSprop with Keras' rho 0.9 and epsilon 1e-7."""
    return torch.optim.RMSprop(_groups(model, weight_decay), lr, alpha=0.9, eps=1e-7)


def adam(model: nn.Module, lr: float, weight_decay: float) -> torch.optim.Optimizer:
    """Adam (arXiv 1412.6980) with Keras' epsilon 1e-7; weight decay acts through the gradient."""
    return torch.optim.Adam(_groups(model, weight_decay), lr, eps=1e-7, fused=True)


def adamw(model: nn.Module, lr: float, weight_decay: float) -> torch.optim.Optimizer:
    """Adam with decoupled weight decay (arXiv 1711.05101)."""
    return torch.optim.AdamW(_groups(model, weight_decay), lr, eps=1e-7, fused=True)


Optimiser = Callable[[nn.Module, float, float], torch.optim.Optimizer]

OPTIMISERS: dict[str, Optimiser] = {"sgd": sgd, "rmsprop": rmsprop, "adam": adam, "adamw": adamw}

DEFAULT_LR = {"sgd": 0.01, "rmsprop": 0.001, "adam": 0.001, "adamw": 0.001}


def find_optimiser(name: str) -> Optimiser:
    """The optimiser of that name. Raises UsageError listing the known names."""
    if name not in OPTIMISERS:
        raise unknown_name("optimiser", name, OPTIMISERS)
    return OPTIMISERS[name]


def _groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Kernels and matrices decay; biases and batch-norm's scales, which have one dimension, do not."""
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if not weight_decay:  # one group is one call a step, which a tiny network's time consists of
        return [{"params": parameters, "weight_decay": 0.0}]
    return [
        {"params": [parameter for parameter in parameters if parameter.ndim > 1], "weight_decay": weight_decay},
        {"params": [parameter for parameter in parameters if parameter.ndim <= 1], "weight_decay": 0.0},
    ]
