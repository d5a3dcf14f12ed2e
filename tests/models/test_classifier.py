"""The preparation is part of the network, and its record builds it again."""

import json

import numpy as np
import pytest
import torch
from torch import nn

from tenfold.data import Mnist
from tenfold.images import Normalisation
from tenfold.models import MNIST_STANDARD, RAW, UNIT, Architecture, Classifier, Preparation, build, parameter_count


class Through(nn.Module):
    """Gives back the pixels it was given."""

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """(N, 1, H, W) -> (N, H * W)."""
        return pixels.flatten(1)


@pytest.mark.parametrize(
    ("preparation", "expected", "reason"),
    [
        (RAW, [0, 51, 255], "raw grey levels"),
        (UNIT, [0, 0.2, 1], "0 to 1"),
        (Preparation(51, 102), [-0.5, 0, 2], "(pixel - mean) / std"),
    ],
)
def test_pixels_are_prepared_inside_the_network(preparation: Preparation, expected: list[float], reason: str) -> None:
    """What reaches the first layer is (pixel - mean) / std of the grey levels given."""
    model = Classifier(nn.Sequential(Through()), Architecture("through", ("a", "b"), (1, 3)), preparation)
    found = model(torch.tensor([[[0, 51, 255]]], dtype=torch.uint8))
    assert found.tolist()[0] == pytest.approx(expected), reason


def test_the_standard_preparation_is_mnists_own(mnist: Mnist) -> None:
    """Its mean and standard deviation are those of the 60,000 training images."""
    pixels = mnist.train.images
    mean = pixels.mean()
    std = np.sqrt(np.square(pixels, dtype=np.uint16).mean() - mean**2)
    assert (mean, std) == pytest.approx((MNIST_STANDARD.mean, MNIST_STANDARD.std), abs=1e-3)


@pytest.mark.parametrize(
    "preparation", [RAW, MNIST_STANDARD, Preparation(1.5, 2.5, None), Preparation(0, 1, Normalisation(fit=18))]
)
def test_preparation_round_trip(preparation: Preparation) -> None:
    """A preparation comes back from JSON equal, its normalisation's settings included."""
    assert Preparation.from_dict(json.loads(json.dumps(preparation.to_dict()))) == preparation


def test_architecture_round_trip() -> None:
    """An architecture comes back from JSON equal."""
    architecture = build("mlp", widths=(5, 4), classes=("a", "b"), size=(3, 2)).architecture
    assert Architecture.from_dict(json.loads(json.dumps(architecture.to_dict()))) == architecture


def test_weights_are_counted_held_fast_or_not() -> None:
    """A network loaded from a file, where nothing is held fast, counts as it did in training."""
    model = build("softmax")
    model.layers[1].bias.requires_grad_(False)
    assert parameter_count(model) == 7850
