"""Losses against values worked by hand and scikit-learn's."""

import math

import numpy as np
import pytest
import torch
from sklearn.metrics import log_loss
from torch import Tensor, tensor

from tenfold.errors import UsageError
from tenfold.training.losses import (
    LOSSES,
    cross_entropy,
    find_loss,
    one_hot_cross_entropy,
    probability_cross_entropy,
)

LN = math.log


@pytest.mark.parametrize(
    ("logits", "labels", "smoothing", "expected", "reason"),
    [
        ([[0.0] * 10], [3], 0.0, LN(10), "ten equal logits: chance"),
        ([[LN(3), 0.0]], [0], 0.0, -LN(0.75), "probabilities 3/4 and 1/4, the first right"),
        ([[LN(3), 0.0]], [1], 0.0, -LN(0.25), "the second right"),
        ([[LN(3), 0.0], [0.0, LN(3)]], [0, 0], 0.0, -(LN(0.75) + LN(0.25)) / 2, "the mean of two"),
        ([[LN(3), 0.0]], [0], 0.2, -(0.9 * LN(0.75) + 0.1 * LN(0.25)), "smoothing 0.2 of two classes: 0.9 and 0.1"),
        ([[1000.0, 0.0]], [1], 0.0, 1000.0, "logits whose exponential overflows"),
    ],
)
@pytest.mark.parametrize("loss", [cross_entropy, one_hot_cross_entropy])
def test_values_worked_by_hand(
    loss: object, logits: list[list[float]], labels: list[int], smoothing: float, expected: float, reason: str
) -> None:
    """Sparse and one-hot cross-entropy from logits give the value on paper."""
    assert loss(tensor(logits), tensor(labels), smoothing).item() == pytest.approx(expected, rel=1e-6), reason


@pytest.fixture
def batch() -> tuple[Tensor, Tensor]:
    """64 random logits of 7 classes, and labels."""
    generator = torch.Generator().manual_seed(0)
    return torch.randn(64, 7, generator=generator), torch.randint(0, 7, (64,), generator=generator)


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_all_losses_are_one(batch: tuple[Tensor, Tensor], smoothing: float) -> None:
    """From logits, from one-hot labels and from probabilities the value and the gradient are the same."""
    values, gradients = [], []
    for name, loss in LOSSES.items():
        logits = batch[0].clone().requires_grad_()
        value = loss(logits.softmax(1) if name.startswith("probability") else logits, batch[1], smoothing)
        value.backward()
        values.append(value.item())
        gradients.append(logits.grad)
    assert values == pytest.approx([values[0]] * 3, rel=1e-5)
    assert all(torch.allclose(gradient, gradients[0], atol=1e-6) for gradient in gradients)


def test_scikit_learns_log_loss(batch: tuple[Tensor, Tensor]) -> None:
    """The value is scikit-learn's log loss of the probabilities."""
    expected = log_loss(batch[1].numpy(), batch[0].double().softmax(1).numpy(), labels=np.arange(7))
    assert cross_entropy(*batch).item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("loss", LOSSES)
def test_no_smoothing_is_the_plain_loss(batch: tuple[Tensor, Tensor], loss: str) -> None:
    """Label smoothing of 0 is the loss without the argument, to the bit."""
    outputs = batch[0].softmax(1)
    assert LOSSES[loss](outputs, batch[1], 0.0).item() == LOSSES[loss](outputs, batch[1]).item()


def test_probabilities_are_clipped_as_keras_does() -> None:
    """A probability of 0 for the label costs -ln(1e-7), not infinity, and has no gradient."""
    probabilities = tensor([[1.0, 0.0]], requires_grad=True)
    value = probability_cross_entropy(probabilities, tensor([1]))
    value.backward()
    assert value.item() == pytest.approx(-LN(1e-7), rel=1e-5)
    assert probabilities.grad[0, 1] == 0


def test_an_unknown_loss_lists_the_known_ones() -> None:
    """A name that is no loss is refused with the names there are."""
    with pytest.raises(UsageError, match="unknown loss 'mse'; known: cross-entropy, one-hot-cross-entropy, prob"):
        find_loss("mse")
