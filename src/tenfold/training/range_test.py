"""The learning-rate range test: one sweep from far too low to far too high says which learning rate to begin with.

After Smith, "Cyclical Learning Rates for Training Neural Networks" (arXiv 1506.01186, section 3.3), with the learning rate
growing by the same factor at every step. It takes one epoch or less, and trains a copy: nothing of yours changes.
"""

import copy
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from tenfold.data import Dataset
from tenfold.errors import DataError, TenfoldError, UsageError
from tenfold.models import Classifier, device_of
from tenfold.training.fit import check_data, check_settings, find_device
from tenfold.training.losses import Loss, find_loss
from tenfold.training.optimisers import find_optimiser

Floats = NDArray[np.float64]

FEWEST = 20  # steps; a curve of fewer points has no shape
DIVERGED = 4.0  # times the lowest smooth loss: the sweep ends here, what follows says nothing more


@dataclass(frozen=True)
class LrCurve:
    """The loss against the learning rate.

    lr:         (S,) float64, the learning rate of each step, growing
    loss:       (S,) float64, the loss of that step's batch before the step, in nats
    smooth:     (S,) float64, the same without most of the noise between batches
    steepest:   the region, from one learning rate to another, in which the loss falls at least half as fast as it does at
                its fastest
    lowest:     the learning rate at which the loss was lowest; beyond it training falls apart. The one to begin with where
                a schedule brings it down to 0
    suggestion: the learning rate to hold: on a logarithmic axis half-way from the fastest fall to the lowest loss
    """

    lr: Floats
    loss: Floats
    smooth: Floats
    steepest: tuple[float, float]
    lowest: float
    suggestion: float

    def to_dict(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "suggestion": self.suggestion, "steepest": list(self.steepest), "lowest": self.lowest, "steps": len(self.lr),
            "lr": self.lr.tolist(), "loss": self.loss.tolist(), "smooth": self.smooth.tolist(),
        }  # fmt: skip

    def __str__(self) -> str:
        low, high = self.steepest
        return (
            f"learning rate {self.suggestion:.2g} to hold, {self.lowest:.2g} to fall from: the loss falls fastest from "
            f"{low:.2g} to {high:.2g} ({len(self.lr)} steps from {self.lr[0]:.2g} to {self.lr[-1]:.2g})"
        )


def find_lr(
    model: Classifier,
    train: Dataset,
    *,
    optimiser: str | torch.optim.Optimizer = "adam",
    batch_size: int = 128,
    loss: str = "cross-entropy",
    weight_decay: float = 0.0,
    lowest: float = 1e-6,
    highest: float = 10.0,
    steps: int = 300,
    seed: int = 0,
    device: str = "auto",
) -> LrCurve:
    """The learning rate to train `model` with, found by a range test on `train`.

    A copy of the network (and of `optimiser`, where it is one already in use, on the network's own device) takes `steps`
    steps, or one epoch where that is less, while the learning rate grows from `lowest` to `highest`; the sweep ends before
    that once the loss has left its lowest value far behind. `seed` draws the order of the images and dropout. The
    network, the optimiser and every random state are afterwards what they were, to the bit.

    Raises UsageError for settings out of range, DataError for data that cannot train this network or makes fewer than 20
    batches, TenfoldError where the loss fell at no learning rate.
    """
    check_settings(1, batch_size, None, 0.0, weight_decay)
    check_data(model, train, None)
    steps = _check_sweep(train, batch_size, lowest, highest, steps)
    rates = np.geomspace(lowest, highest, steps)
    given = optimiser if isinstance(optimiser, torch.optim.Optimizer) else None
    place = find_device(device) if given is None else device_of(model)
    network, used = copy.deepcopy((model, given))  # together, so that the copied optimiser steps the copied weights
    network.to(place, memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    optimise = used or find_optimiser(str(optimiser))(network, lowest, weight_decay)
    with random_states_kept():
        torch.manual_seed(seed)
        losses = list(_sweep(network, train, optimise, find_loss(loss), rates, batch_size, seed))
    return _curve(rates, np.array(losses), steps)


def _check_sweep(train: Dataset, batch_size: int, lowest: float, highest: float, steps: int) -> int:
    """How many steps there will be."""
    if not 0 < lowest < highest < math.inf:
        raise UsageError(f"learning rates must grow from above 0, not from {lowest:g} to {highest:g}")
    if steps < FEWEST:
        raise UsageError(f"a range test needs at least {FEWEST} steps, not {steps}")
    batches = math.ceil(len(train) / batch_size)  # of one epoch
    if batches < FEWEST:
        advice = f"a batch size of {len(train) // FEWEST} or less" if len(train) >= FEWEST else "more images"
        found = f"{len(train)} images make {batches} batches of {batch_size}"
        raise DataError(f"{train.name}: {found}; a range test needs {FEWEST}: take {advice}")
    return min(steps, batches)


def _sweep(
    network: Classifier,
    train: Dataset,
    optimise: torch.optim.Optimizer,
    criterion: Loss,
    rates: Floats,
    batch_size: int,
    seed: int,
) -> Iterator[float]:
    """The loss at each learning rate in turn, until it is no number or far above its lowest."""
    place = device_of(network)
    order = torch.randperm(len(train), generator=torch.Generator().manual_seed(seed)).numpy()
    losses: list[float] = []
    for lr, first in zip(rates, range(0, len(train), batch_size), strict=False):
        chosen = order[first : first + batch_size]
        batch, truth = torch.from_numpy(train.images[chosen]), torch.from_numpy(train.labels[chosen])
        value = criterion(network(batch.to(place)), truth.to(place), 0.0)
        losses.append(value.item())
        if not math.isfinite(losses[-1]) or _left_behind(losses):
            return
        yield losses[-1]
        for group in optimise.param_groups:
            group["lr"] = float(lr)
        optimise.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        optimise.step()


def _left_behind(losses: list[float]) -> bool:
    """Whether the last five losses are, on average, far above the lowest five in a row."""
    if len(losses) < FEWEST // 2:
        return False
    means = np.convolve(losses, np.full(5, 0.2), "valid")
    return bool(means[-1] > DIVERGED * means.min())


def _curve(rates: Floats, losses: Floats, sweep: int) -> LrCurve:
    """What the sweep says. `sweep` is how many steps it would have had: the noise is smoothed over a thirtieth of it."""
    smooth = _smooth(losses, sweep / 30) if len(losses) else losses
    if len(losses) < 3 or smooth[0] - smooth.min() < 0.02 * abs(smooth[0]):
        raise TenfoldError(f"the loss fell at no learning rate up to {rates[-1]:g}; check labels, preparation and network")
    slope = np.gradient(smooth, np.log(rates[: len(losses)]))
    end = int(smooth.argmin())
    fastest = int(slope[: end + 1].argmin())
    slow = np.flatnonzero(slope > slope[fastest] / 2)
    first = slow[slow < fastest].max(initial=-1) + 1
    last = min(slow[slow > fastest].min(initial=len(losses)) - 1, end)
    return LrCurve(
        lr=rates[: len(losses)],
        loss=losses,
        smooth=smooth,
        steepest=(float(rates[first]), float(rates[last])),
        lowest=float(rates[end]),
        suggestion=math.sqrt(rates[fastest] * rates[end]),
    )


def _smooth(values: Floats, width: float) -> Floats:
    """The mean of each value's neighbours, weighted by a Gaussian of `width` steps: no lag, unlike a running mean."""
    steps = np.arange(len(values))
    weights = np.exp(-0.5 * ((steps[:, None] - steps) / max(width, 1.0)) ** 2)
    smooth: Floats = weights @ values / weights.sum(1)
    return smooth


@contextmanager
def random_states_kept() -> Iterator[None]:
    """Put PyTorch's random states back afterwards: the CPU's and every accelerator's, which `manual_seed` sets too."""
    kind = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    devices = range(torch.accelerator.device_count())
    with torch.random.fork_rng(devices, device_type="cuda" if kind is None else kind.type):
        yield
