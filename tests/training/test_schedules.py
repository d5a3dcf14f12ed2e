"""Schedules begin and end where they say, and never leave 0 to 1."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.errors import UsageError
from tenfold.training import SCHEDULES, by_epoch, constant, cosine, linear, one_cycle
from tenfold.training.schedules import find_schedule


@pytest.mark.parametrize(
    ("schedule", "step", "factor", "reason"),
    [
        (constant, 0, 1.0, "the same throughout"),
        (constant, 99, 1.0, "the same throughout"),
        (linear, 0, 1.0, "begins at the top"),
        (linear, 50, 0.5, "half way"),
        (linear, 99, 0.01, "one step above 0"),
        (cosine, 0, 1.0, "begins at the top"),
        (cosine, 50, 0.5, "half way: cos(90 degrees) = 0"),
        (cosine, 25, 0.853553, "a quarter: (1 + cos 45 degrees) / 2"),
        (cosine, 100, 0.0, "what it runs towards"),
        (one_cycle, 0, 0.1, "begins at a tenth"),
        (one_cycle, 25, 1.0, "the top after a quarter"),
        (one_cycle, 62, 0.5025, "half way down: (1 + 0.005) / 2"),
        (one_cycle, 99, 0.005, "the last step is the end"),
    ],
)
def test_points_worked_by_hand(schedule: object, step: int, factor: float, reason: str) -> None:
    """Of 100 steps each schedule has these factors at these steps."""
    assert schedule(step, 100) == pytest.approx(factor, abs=1e-6), reason


@given(steps=st.integers(1, 3000), name=st.sampled_from(sorted(SCHEDULES)))
def test_every_factor_is_above_zero_and_at_most_one(steps: int, name: str) -> None:
    """No step of any length of training has a factor of 0 (it would be wasted) or above 1."""
    factors = [SCHEDULES[name](step, steps) for step in range(steps)]
    assert 0 < min(factors) <= max(factors) <= 1, f"{min(factors)} to {max(factors)}"


@given(steps=st.integers(4, 3000))
def test_one_cycle_rises_then_falls(steps: int) -> None:
    """One cycle has one top, at its warm-up's end, and ends at its lowest."""
    factors = [one_cycle(step, steps) for step in range(steps)]
    top = factors.index(max(factors))
    assert factors[: top + 1] == sorted(factors[: top + 1])
    assert factors[top:] == sorted(factors[top:], reverse=True)
    assert abs(top - steps / 4) <= 1
    assert factors[-1] == pytest.approx(0.005)


@given(epochs=st.integers(1, 40), batches=st.integers(1, 200))
def test_by_epoch_counts_epochs_from_zero(epochs: int, batches: int) -> None:
    """A function of the epoch is constant within each epoch and called with 0 to epochs - 1."""
    steps = epochs * batches
    schedule = by_epoch(float, epochs)
    assert [schedule(step, steps) for step in range(steps)] == [float(step // batches) for step in range(steps)]


def test_by_epoch_with_decay() -> None:
    """The usual exponential decay gives 1, 0.9, 0.81."""
    schedule = by_epoch(lambda epoch: 0.9**epoch, 3)
    assert [schedule(step, 6) for step in range(6)] == pytest.approx([1, 1, 0.9, 0.9, 0.81, 0.81])


def test_schedules_by_name_or_function() -> None:
    """A name finds its schedule, a function is taken as it is, an unknown name lists the known ones."""
    assert find_schedule("one-cycle") is one_cycle
    assert find_schedule(max) is max
    with pytest.raises(UsageError, match="unknown schedule 'step'; known: constant, cosine, linear, one-cycle"):
        find_schedule("step")
