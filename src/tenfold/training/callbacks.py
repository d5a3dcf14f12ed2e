"""Callbacks for `fit`: functions (epoch, history, model) called after every epoch; True stops the training."""

import copy

import torch

from tenfold.errors import UsageError
from tenfold.models import Classifier
from tenfold.training.history import Callback, History


def early_stopping(patience: int = 3, monitor: str = "val_loss") -> Callback:
    """Stop once `monitor` has not improved for `patience` epochs; then, or after the last, put back the best weights.

    A name that ends in "loss" improves downwards, any other upwards. Raises UsageError for a patience below 1, and in
    training where `monitor` is not recorded (without a validation split there is nothing honest to watch).
    """
    if patience < 1:
        raise UsageError(f"patience must be at least 1, not {patience}")
    sign = -1.0 if monitor.endswith("loss") else 1.0
    best: dict[str, torch.Tensor] = {}

    def after_epoch(epoch: int, history: History, model: Classifier) -> bool:
        if monitor not in history.history:
            raise UsageError(f"early stopping watches {monitor}, which is not recorded; train with a validation split")
        values = [sign * value for value in history.history[monitor]]
        best_epoch = max(range(len(values)), key=values.__getitem__) + 1
        if best_epoch == epoch:
            best.update(copy.deepcopy(model.state_dict()))
        stop = epoch - best_epoch >= patience
        if stop or epoch == history.settings.get("epochs"):
            model.load_state_dict(best)
        return stop

    return after_epoch
