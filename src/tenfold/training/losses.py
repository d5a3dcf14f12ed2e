"""Losses by name: functions (outputs (B, C), labels (B,), label_smoothing) -> mean loss of the batch."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from tenfold.errors import unknown_name

Loss = Callable[[Tensor, Tensor, float], Tensor]


def cross_entropy(logits: Tensor, labels: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """Softmax cross-entropy from logits and whole-number labels (Keras: sparse categorical, from logits)."""
    return functional.cross_entropy(logits, labels, label_smoothing=label_smoothing)


def one_hot_cross_entropy(logits: Tensor, labels: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """The same value from one-hot labels: -sum(one_hot * log softmax(logits)) (Keras: categorical)."""
    one_hot = functional.one_hot(labels, logits.shape[1]).to(logits.dtype)
    return functional.cross_entropy(logits, one_hot, label_smoothing=label_smoothing)


def probability_cross_entropy(probabilities: Tensor, labels: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """Cross-entropy for a network that ends in softmax itself; clipped at 1e-7 as Keras does, where gradients end."""
    one_hot = functional.one_hot(labels, probabilities.shape[1]).to(probabilities.dtype)
    smooth = one_hot * (1 - label_smoothing) + label_smoothing / probabilities.shape[1]
    return -(smooth * torch.log(probabilities.clamp(1e-7, 1 - 1e-7))).sum(1).mean()


LOSSES: dict[str, Loss] = {
    "cross-entropy": cross_entropy,
    "one-hot-cross-entropy": one_hot_cross_entropy,
    "probability-cross-entropy": probability_cross_entropy,
}


def find_loss(name: str) -> Loss:
    """The loss of that name. Raises UsageError listing the known names."""
    if name not in LOSSES:
        raise unknown_name("loss", name, LOSSES)
    return LOSSES[name]
