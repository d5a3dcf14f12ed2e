"""Network + data -> a trained network: the loop, its optimisers, losses, schedules and callbacks."""

from tenfold.training.callbacks import early_stopping
from tenfold.training.fit import Augment, fit
from tenfold.training.history import Callback, History
from tenfold.training.losses import LOSSES
from tenfold.training.optimisers import OPTIMISERS
from tenfold.training.schedules import SCHEDULES, Schedule, by_epoch, constant, cosine, linear, one_cycle

__all__ = [
    "LOSSES",
    "OPTIMISERS",
    "SCHEDULES",
    "Augment",
    "Callback",
    "History",
    "Schedule",
    "by_epoch",
    "constant",
    "cosine",
    "early_stopping",
    "fit",
    "linear",
    "one_cycle",
]
