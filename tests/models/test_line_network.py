"""The line network takes lines of any width and says two frames for each four pixels."""

import pytest
import torch

from tenfold.models import parameter_count
from tenfold.models.line_network import LineArchitecture, LineNetwork, frames, seeded_line_network


@pytest.mark.parametrize("width", [4, 5, 7, 8, 61, 200])
def test_frames_are_counted_as_they_come(width):
    """`frames` says how many frames a width gives."""
    logits = LineNetwork().eval()(torch.zeros(1, 32, width, dtype=torch.uint8))
    assert logits.shape == (1, frames(width), 11)


def test_the_same_seed_gives_the_same_weights():
    """And another seed others; the caller's random state is left alone."""
    before = torch.random.get_rng_state()
    first, second, third = (seeded_line_network(LineArchitecture(), seed) for seed in (1, 1, 2))
    assert torch.equal(first.layers[0].weight, second.layers[0].weight)
    assert not torch.equal(first.layers[0].weight, third.layers[0].weight)
    assert torch.equal(before, torch.random.get_rng_state())


def test_it_is_as_large_as_it_says():
    """Three quarters of a million weights."""
    assert parameter_count(LineNetwork()) == 776_134


def test_a_digit_far_away_changes_nothing():
    """What is seen depends on some 75 pixels around, so that a line may be as long as it likes."""
    network = seeded_line_network(LineArchitecture(), 0).eval()
    line = torch.zeros(1, 32, 400, dtype=torch.uint8)
    other = line.clone()
    other[:, :, 300:] = 200
    with torch.no_grad():
        assert torch.allclose(network(line)[:, :100], network(other)[:, :100], atol=1e-5)
