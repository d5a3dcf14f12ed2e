"""Network + data -> a trained network: the loop, its optimisers, losses, schedules and callbacks."""

from tenfold.training.calibrate import calibrate, fit_temperature
from tenfold.training.callbacks import early_stopping
from tenfold.training.fit import Augment, check_settings, fit
from tenfold.training.history import Callback, History
from tenfold.training.losses import LOSSES
from tenfold.training.optimisers import OPTIMISERS
from tenfold.training.range_test import LrCurve, find_lr
from tenfold.training.recipes import RECIPES, Recipe, find_recipe
from tenfold.training.schedules import SCHEDULES, Schedule, by_epoch, constant, cosine, linear, one_cycle
from tenfold.training.trials import Trial, Trials, trials

__all__ = [
    "LOSSES",
    "OPTIMISERS",
    "RECIPES",
    "SCHEDULES",
    "Augment",
    "Callback",
    "History",
    "LrCurve",
    "Recipe",
    "Schedule",
    "Trial",
    "Trials",
    "by_epoch",
    "calibrate",
    "check_settings",
    "constant",
    "cosine",
    "early_stopping",
    "find_lr",
    "find_recipe",
    "fit",
    "fit_temperature",
    "linear",
    "one_cycle",
    "trials",
]
