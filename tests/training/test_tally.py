"""The figures of an epoch are those that summing at every step would give."""

import pytest
import torch

from tenfold.training.tally import TOGETHER, Tally


@pytest.mark.parametrize("steps", [1, 7, TOGETHER, TOGETHER + 3])
def test_the_figures_are_the_means_over_all_images(steps):
    """For batches of different sizes, asked for on the way or not."""
    torch.manual_seed(0)
    sizes = torch.randint(1, 9, (steps,)).tolist()
    losses = torch.rand(steps)
    outputs = [torch.randn(size, 4) for size in sizes]
    labels = [torch.randint(0, 4, (size,)) for size in sizes]
    tally, watched = Tally(), Tally()
    for each in zip(losses, outputs, labels, strict=True):
        tally.add(*each)
        watched.add(*each)
        watched.mean_loss()
    loss = sum(loss * size for loss, size in zip(losses.tolist(), sizes, strict=True)) / sum(sizes)
    right = sum(int((o.argmax(1) == truth).sum()) for o, truth in zip(outputs, labels, strict=True)) / sum(sizes)
    for one in (tally, watched):
        assert one.images == sum(sizes)
        assert one.mean_loss() == pytest.approx(loss, rel=1e-9)
        assert one.accuracy() == pytest.approx(right, rel=1e-12)


def test_a_loss_that_is_no_number_stays_one():
    """A divergence is seen at the epoch's end, whichever step it came at."""
    tally = Tally()
    for loss in (1.0, float("nan"), 2.0):
        tally.add(torch.tensor(loss), torch.zeros(2, 3), torch.zeros(2, dtype=torch.int64))
    assert tally.mean_loss() != tally.mean_loss()


def test_what_is_told_holds_no_network():
    """Outputs wait without the graph that they came from, which would hold every batch in memory."""
    tally = Tally()
    outputs = torch.randn(2, 3, requires_grad=True) * 2
    tally.add(outputs.sum(), outputs, torch.zeros(2, dtype=torch.int64))
    assert not any(kept.requires_grad for step in tally._waiting for kept in step)
