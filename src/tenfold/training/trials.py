"""The same training several times from fresh weights: what a network reaches, and by how much that varies."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.data import Dataset
from tenfold.errors import UsageError
from tenfold.models import Classifier
from tenfold.training.fit import fit, measure
from tenfold.training.history import History
from tenfold.training.losses import find_loss
from tenfold.training.side_by_side import fit_side_by_side


@dataclass(frozen=True)
class Trial:
    """One training: the seed of its weights and its order of images, the network, what happened, what was measured.

    accuracy: share predicted right on the measured split, 0 to 1
    loss:     mean loss on the measured split
    """

    seed: int
    model: Classifier
    history: History
    accuracy: float
    loss: float

    @property
    def seconds(self) -> float:
        """Seconds of training."""
        return self.history.seconds


@dataclass(frozen=True)
class Trials:
    """Several trainings that differ by their seed alone. Mean and sd are of the accuracy; printing gives one line."""

    runs: tuple[Trial, ...]

    def __len__(self) -> int:
        return len(self.runs)

    @property
    def accuracies(self) -> NDArray[np.float64]:
        """(n,) accuracy of each trial, 0 to 1."""
        return np.array([trial.accuracy for trial in self.runs])

    @property
    def mean(self) -> float:
        """Mean accuracy, 0 to 1."""
        return float(self.accuracies.mean())

    @property
    def sd(self) -> float:
        """Standard deviation of the accuracy between trials (n - 1 below the line); NaN for one trial."""
        return float(self.accuracies.std(ddof=1)) if len(self) > 1 else float("nan")

    @property
    def seconds(self) -> float:
        """Seconds of training, mean a trial."""
        return float(np.mean([trial.seconds for trial in self.runs]))

    def to_dict(self) -> dict[str, Any]:
        """As JSON keeps it: n, mean, sd (None for one trial), the single accuracies, losses and seconds."""
        return {
            "n": len(self), "mean": self.mean, "sd": None if len(self) == 1 else self.sd,
            "seeds": [trial.seed for trial in self.runs], "accuracy": self.accuracies.tolist(),
            "loss": [trial.loss for trial in self.runs], "seconds": [trial.seconds for trial in self.runs],
        }  # fmt: skip

    def __str__(self) -> str:
        spread = f" ± {self.sd:.2%}" if len(self) > 1 else ""
        return f"accuracy {self.mean:.2%}{spread} (n {len(self)}), {self.seconds:.1f} s a trial"


def trials(
    n: int,
    make: Callable[[int], Classifier],
    train: Dataset,
    measured: Dataset,
    validation: Dataset | None = None,
    *,
    seed: int = 0,
    side_by_side: bool = False,
    **settings: Any,
) -> Trials:
    """Train `n` networks, each from fresh weights, and measure each after its last epoch on `measured`.

    make:         seed -> a fresh network, such as `lambda seed: build("mlp", seed=seed)`
    seed:         of the first trial; the others count up. It draws the weights, and the order of the images and dropout
    side_by_side: train all at once, each to what it would become alone, up to rounding: for dense networks of a few units,
                  ten of which then take a third of the time. Seconds are each trial's share
    settings:     everything else `fit` takes: epochs, batch_size, optimiser, lr, loss, ...; side by side all but augment,
                  callbacks and device

    Raises UsageError for n below 1 and whatever `fit` raises; Ctrl-C ends the trials.
    """
    if n < 1:
        raise UsageError(f"the number of trials must be at least 1, not {n}")
    seeds = range(seed, seed + n)
    models = [make(place) for place in seeds]
    if side_by_side:
        histories = fit_side_by_side(models, train, validation, seeds=seeds, **settings)
    else:
        pairs = zip(seeds, models, strict=True)
        histories = [_whole(fit(model, train, validation, seed=place, **settings)) for place, model in pairs]
    loss = find_loss(settings.get("loss", "cross-entropy"))
    runs = []
    for place, model, history in zip(seeds, models, histories, strict=True):
        figures = measure(model, measured, loss)
        runs.append(Trial(place, model, history, figures["val_accuracy"], figures["val_loss"]))
    return Trials(tuple(runs))


def _whole(history: History) -> History:
    """The history of a complete training; half a one is no trial."""
    if history.stopped == "interrupted":
        raise KeyboardInterrupt
    return history
