"""Optimisers by name: functions (model, lr, weight_decay) -> torch optimiser, with Keras' constants."""

from collections.abc import Callable
from functools import partial
from itertools import chain
from typing import Any

import torch
from torch import Tensor, nn

from tenfold.errors import unknown_name

Group = dict[str, Any]

FAINT = 1e-30  # of a moment: too little to move a weight by a bit, as epsilon is 1e-7
SWEPT = 128  # steps: in as many 0.9 brings 1e-30 down to 1e-36, above 1.2e-38, from where numbers are denormal


class Fused(torch.optim.Optimizer):
    """A torch optimiser that is one call of PyTorch's fused kernel a step and group, and has no step hooks.

    The kernels are those of torch.optim with `fused=True`. Its own classes wrap them in a tenth of a millisecond a step,
    a seventh of what a tiny network's whole step takes, and import PyTorch's compiler, a second at every start.

    kernel: called with the parameters, their gradients, a list of each kind of buffer, and the group
    buffers: how many numbers are kept for each weight, 0 at the beginning
    steps: those that count as taken before the first
    """

    def __init__(
        self, model: nn.Module, lr: float, weight_decay: float, kernel: Callable[..., None], buffers: int, steps: float = 0.0
    ) -> None:
        self.kernel, self.buffers, self.steps = kernel, buffers, steps
        super().__init__(_groups(model, weight_decay), {"lr": lr})

    def __getstate__(self) -> dict[str, Any]:
        """What a copy is made of."""
        return {**super().__getstate__(), "kernel": self.kernel, "buffers": self.buffers, "steps": self.steps}

    def add_param_group(self, param_group: Group) -> None:
        """Take in a group: params, and what differs from the defaults; `steps` counts its steps."""
        self.param_groups.append(self.defaults | {"weight_decay": 0.0, "steps": torch.tensor(self.steps)} | param_group)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients."""
        for group in self.param_groups:
            for parameter in group["params"]:
                parameter.grad = None

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Move every parameter that has a gradient."""
        for group in self.param_groups:
            parameters = group["params"]
            if "buffers" not in group:  # not before the first step, when parameters lie in memory as they will
                group["buffers"] = [[torch.zeros_like(one) for one in parameters] for _ in range(self.buffers)]
            gradients = [parameter.grad for parameter in parameters]
            rows = [row for row in zip(parameters, gradients, *group["buffers"], strict=True) if row[1] is not None]
            if not rows:
                continue
            group["steps"] += 1
            self.kernel(*map(list, zip(*rows, strict=True)), group)
            if int(group["steps"]) % SWEPT == 0:
                _sweep(group["buffers"])

    step.hooked = True  # type: ignore[attr-defined]  # else torch puts a profiler's record and hooks about it, 0.05 ms a step


def sgd(model: nn.Module, lr: float, weight_decay: float) -> Fused:
    """Stochastic gradient descent with Nesterov momentum 0.9."""
    return Fused(model, lr, weight_decay, _sgd_kernel, buffers=1)


def rmsprop(model: nn.Module, lr: float, weight_decay: float) -> Fused:
    """RMSprop with Keras' rho 0.9 and epsilon 1e-7: Adam that forgets all momentum and corrects no early mean square."""
    return Fused(model, lr, weight_decay, partial(_adam_kernel, torch._fused_adam_, 0.0, 0.9), buffers=2, steps=1e6)


def adam(model: nn.Module, lr: float, weight_decay: float) -> Fused:
    """Adam (arXiv 1412.6980) with Keras' epsilon 1e-7; weight decay acts through the gradient."""
    return Fused(model, lr, weight_decay, partial(_adam_kernel, torch._fused_adam_, 0.9, 0.999), buffers=2)


def adamw(model: nn.Module, lr: float, weight_decay: float) -> Fused:
    """Adam with decoupled weight decay (arXiv 1711.05101)."""
    return Fused(model, lr, weight_decay, partial(_adam_kernel, torch._fused_adamw_, 0.9, 0.999), buffers=2)


Optimiser = Callable[[nn.Module, float, float], torch.optim.Optimizer]

OPTIMISERS: dict[str, Optimiser] = {"sgd": sgd, "rmsprop": rmsprop, "adam": adam, "adamw": adamw}

DEFAULT_LR = {"sgd": 0.01, "rmsprop": 0.001, "adam": 0.001, "adamw": 0.001}


def find_optimiser(name: str) -> Optimiser:
    """The optimiser of that name. Raises UsageError listing the known names."""
    if name not in OPTIMISERS:
        raise unknown_name("optimiser", name, OPTIMISERS)
    return OPTIMISERS[name]


def _sgd_kernel(parameters: list[Tensor], gradients: list[Tensor], momenta: list[Tensor], group: Group) -> None:
    torch._fused_sgd_(
        parameters, gradients, momenta, weight_decay=group["weight_decay"], momentum=0.9, lr=group["lr"], dampening=0.0,
        nesterov=True, maximize=False, is_first_step=False,
    )  # fmt: skip


def _adam_kernel(
    kernel: Callable[..., None],
    beta1: float,
    beta2: float,
    parameters: list[Tensor],
    gradients: list[Tensor],
    means: list[Tensor],
    squares: list[Tensor],
    group: Group,
) -> None:
    """Adam's step; how many were taken decides how early means are corrected."""
    steps = [group["steps"]] * len(parameters)
    kernel(
        parameters, gradients, means, squares, [], steps, lr=group["lr"], beta1=beta1, beta2=beta2,
        weight_decay=group["weight_decay"], eps=1e-7, amsgrad=False, maximize=False,
    )  # fmt: skip


def _sweep(buffers: list[list[Tensor]]) -> None:
    """Set to 0 what has become too faint to matter, before it is denormal, a kind of number that processors are slow at.

    Moments of a pixel that is seldom lit decay at every step; left alone they would come to rest on such numbers, not on 0.
    """
    for buffer in chain(*buffers):
        torch.hardshrink(buffer, FAINT, out=buffer)


def _groups(model: nn.Module, weight_decay: float) -> list[Group]:
    """Kernels and matrices decay; biases and batch-norm's scales, which have one dimension, do not."""
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if not weight_decay:  # one group is one call a step, which a tiny network's time consists of
        return [{"params": parameters, "weight_decay": 0.0}]
    return [
        {"params": [parameter for parameter in parameters if parameter.ndim > 1], "weight_decay": weight_decay},
        {"params": [parameter for parameter in parameters if parameter.ndim <= 1], "weight_decay": 0.0},
    ]
