"""Learning-rate schedules: plain functions (step, steps) -> factor of the learning rate; step counts from 0."""

import math
from collections.abc import Callable

from tenfold.errors import unknown_name

Schedule = Callable[[int, int], float]


def constant(step: int, steps: int) -> float:
    """The same learning rate throughout."""
    return 1.0


def one_cycle(step: int, steps: int, *, warm_up: float = 0.25, start: float = 0.1, end: float = 0.005) -> float:
    """Straight up from `start` to 1 during the first `warm_up` share of the steps, then straight down to `end`.

    After Smith, "Super-convergence" (arXiv 1708.07120), with straight lines for both parts.
    """
    top = max(1.0, warm_up * steps)
    if step < top:
        return start + (1 - start) * step / top
    return 1 + (end - 1) * (step - top) / max(1.0, steps - 1 - top)


def cosine(step: int, steps: int) -> float:
    """Half a cosine from 1 towards 0 (arXiv 1608.03983, without restarts)."""
    return 0.5 * (1 + math.cos(math.pi * step / steps))


def linear(step: int, steps: int) -> float:
    """Straight from 1 towards 0."""
    return 1 - step / steps


def by_epoch(function: Callable[[int], float], epochs: int) -> Schedule:
    """A schedule from a function of the epoch, which counts from 0, such as `lambda epoch: 0.9**epoch`."""
    return lambda step, steps: function(step * epochs // steps)


SCHEDULES: dict[str, Schedule] = {"constant": constant, "one-cycle": one_cycle, "cosine": cosine, "linear": linear}


def find_schedule(schedule: str | Schedule) -> Schedule:
    """The schedule itself, or the one of that name. Raises UsageError listing the known names."""
    if callable(schedule):
        return schedule
    if schedule not in SCHEDULES:
        raise unknown_name("schedule", schedule, SCHEDULES)
    return SCHEDULES[schedule]
