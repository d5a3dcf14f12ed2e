"""What happened in training, epoch by epoch."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tenfold.models import Classifier

Epoch = dict[str, float]
"""loss, accuracy, lr, seconds; val_loss and val_accuracy where there is a validation split."""

Callback = Callable[[int, "History", Classifier], bool | None]
"""Called after each epoch (counted from 1) with what happened so far; returning True stops the training."""


@dataclass
class History:
    """The record of one training, as Keras' History.

    history:  a list a metric, one value an epoch: loss and accuracy (running means over the epoch's batches, dropout
              on), val_loss and val_accuracy (after the epoch), lr (of the last step), seconds
    settings: what `fit` was called with
    stopped:  "" at the full number of epochs, otherwise why training ended before: "interrupted", "callback", "diverged"
    """

    history: dict[str, list[float]] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    stopped: str = ""

    def append(self, epoch: Epoch) -> None:
        """Add one epoch's figures."""
        for name, value in epoch.items():
            self.history.setdefault(name, []).append(value)

    @property
    def epochs(self) -> int:
        """How many epochs are recorded."""
        return len(self.history.get("loss", []))

    @property
    def seconds(self) -> float:
        """Seconds of training in all, validation included."""
        return sum(self.history.get("seconds", []))

    def to_dict(self) -> dict[str, Any]:
        """As the checkpoint's JSON keeps it."""
        return {"history": self.history, "settings": self.settings, "stopped": self.stopped}
