"""The given first layer: its outputs vary alike and not together, and training leaves it alone."""

import numpy as np
import torch
from torch import nn

from tenfold.data import Dataset, Mnist
from tenfold.models import MNIST_STANDARD, UNIT, build
from tenfold.training import fit
from tenfold.training.whitening import LEAST, whiten


def test_outputs_are_white(mnist: Mnist) -> None:
    """The covariance of what the first half of the filters give is a diagonal of variance / (variance + LEAST)."""
    layer = nn.Conv2d(1, 16, 5, 2, bias=False)
    images = mnist.train.images[:1_000]
    whiten(layer, images, MNIST_STANDARD)
    pixels = (torch.from_numpy(images).float() - MNIST_STANDARD.mean) / MNIST_STANDARD.std
    outputs = layer(pixels.unsqueeze(1)).detach().transpose(0, 1).flatten(1)
    found = outputs[:8].cov()
    assert torch.allclose(found - found.diag().diag(), torch.zeros(8, 8), atol=1e-3)
    assert (found.diag() < 1).all()
    assert (found.diag() > 1 - LEAST / 0.1).all()
    assert torch.equal(outputs[8:], -outputs[:8])


def test_training_leaves_it_alone(few: Dataset) -> None:
    """Its weights are the same to the bit after training, those of the layers behind it are not."""
    model = build("sprint", width=4, seed=0)
    first = model.layers[0]
    assert isinstance(first, nn.Conv2d)
    whiten(first, few.images, model.preparation)
    before = [parameter.detach().clone() for parameter in model.parameters()]
    fit(model, few, epochs=1, optimiser="adamw", weight_decay=0.1, device="cpu", progress=False)
    same = [torch.equal(old, new) for old, new in zip(before, model.parameters(), strict=True)]
    assert same[0]
    assert not any(same[1:])


def test_blank_images_and_more_filters_than_components() -> None:
    """Nothing that is no number where nothing varies; filters beyond both signs of nine components keep their start."""
    layer = nn.Conv2d(1, 24, 3, bias=False)
    start = layer.weight.detach().clone()
    whiten(layer, np.zeros((3, 8, 8), np.uint8), UNIT)
    assert layer.weight.isfinite().all()
    assert torch.equal(layer.weight[18:], start[18:])
