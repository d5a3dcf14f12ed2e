"""Muon's step is orthogonal, whatever the gradient; and it learns."""

import pytest
import torch
from torch import nn

from tenfold.training.muon import Muon, orthogonal


@pytest.mark.parametrize("shape", [(8, 8), (5, 40), (40, 5), (1, 7)])
@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e4])
def test_singular_values_come_near_one(shape, scale):
    """For matrices of any shape and size; singular vectors stay, so that the product with the original is symmetric."""
    torch.manual_seed(0)
    matrix = scale * torch.randn(shape)
    found = orthogonal(matrix)
    values = torch.linalg.svdvals(found)
    assert values.min() > 0.5, values
    assert values.max() < 1.3, values
    product = matrix @ found.T / scale
    assert torch.allclose(product, product.T, atol=1e-3 * product.abs().max().item())


def test_a_convolution_moves_by_the_rate():
    """By the rate, and by the root of the share of filters to values where there are more of them."""
    layer = nn.Conv2d(2, 72, 3, bias=False)
    before = layer.weight.detach().clone()
    optimiser = Muon([layer.weight], lr=0.1, weight_decay=0.0, dtype=torch.float32)
    layer(torch.randn(4, 2, 8, 8, generator=torch.Generator().manual_seed(0))).square().sum().backward()
    optimiser.step()
    moved = torch.linalg.svdvals((before - layer.weight.detach()).flatten(1)) / 0.1 / 2  # 72 filters of 18 values
    assert moved.min() > 0.5, moved
    assert moved.max() < 1.3, moved


def test_weight_decay_shrinks():
    """Without a gradient worth the name, a weight falls by rate times decay."""
    weight = nn.Parameter(torch.eye(4))
    weight.grad = torch.zeros(4, 4)
    Muon([weight], lr=0.5, weight_decay=0.2, dtype=torch.float32).step()
    assert torch.allclose(weight, 0.9 * torch.eye(4))


def test_it_learns_a_rotation():
    """The distance from a rotation falls to a twentieth within 200 steps of a falling rate."""
    torch.manual_seed(1)
    wanted = torch.linalg.qr(torch.randn(6, 6))[0]
    weight = nn.Parameter(torch.zeros(6, 6))
    optimiser = Muon([weight], lr=0.1, weight_decay=0.0, dtype=torch.float32)
    for step in range(200):
        optimiser.param_groups[0]["lr"] = 0.1 * (1 - step / 200)
        optimiser.zero_grad()
        loss = (weight - wanted).square().sum()
        loss.backward()
        optimiser.step()
    assert (weight - wanted).norm() < 0.05 * wanted.norm(), (weight - wanted).norm()
