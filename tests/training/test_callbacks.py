"""Early stopping stops in time and gives the best epoch back."""

import numpy as np
import pytest
import torch

from tenfold.data import Dataset
from tenfold.errors import UsageError
from tenfold.models import build, predict
from tenfold.training import Callback, History, early_stopping, fit


def run(values: list[float], callback: Callback, monitor: str, epochs: int = 0) -> tuple[int, float]:
    """Play epochs with these values; epoch e has weights of e. Returns the last epoch and the weights at the end."""
    model, history = build("softmax"), History(settings={"epochs": epochs} if epochs else {})
    for epoch, value in enumerate(values, start=1):
        torch.nn.init.constant_(model.layers[1].weight, epoch)
        history.append({"loss": 1.0, monitor: value})
        if callback(epoch, history, model):
            break
    return epoch, model.layers[1].weight[0, 0].item()


@pytest.mark.parametrize(
    ("monitor", "patience", "values", "last", "best", "reason"),
    [
        ("val_loss", 2, [3, 2, 4, 5, 1], 4, 2, "two epochs without a lower loss"),
        ("val_loss", 3, [3, 2, 4, 5, 1], 5, 5, "the third epoch is better again: nothing stops"),
        ("val_loss", 1, [3, 3, 3], 2, 1, "as good is not better"),
        ("val_accuracy", 2, [0.1, 0.5, 0.4, 0.3, 0.9], 4, 2, "accuracy improves upwards"),
        ("val_loss", 2, [1, 2, 1, 2, 2], 3, 1, "an equal value does not start the count again"),
    ],
)
def test_stops_after_patience_and_restores_the_best(
    monitor: str, patience: int, values: list[float], last: int, best: int, reason: str
) -> None:
    """Training ends `patience` epochs after the best one, with the best one's weights."""
    assert run(values, early_stopping(patience, monitor), monitor) == (last, best), reason


def test_the_best_is_restored_after_the_last_epoch_too() -> None:
    """Where patience outlasts the epochs the best weights still come back, as in Keras."""
    assert run([3, 1, 2], early_stopping(5), "val_loss", epochs=3) == (3, 2)


def test_a_callback_may_serve_two_trainings() -> None:
    """A second training starts afresh: the first one's best weights are forgotten."""
    callback = early_stopping(2)
    assert run([1, 0, 2, 2], callback, "val_loss") == (4, 2)
    assert run([9, 8, 9, 9], callback, "val_loss") == (4, 2)


def test_in_training(few: Dataset, held: Dataset) -> None:
    """In a real training the network that comes back is the one whose validation loss was the lowest recorded."""
    model = build("mlp", widths=(64,))
    history = fit(model, few, held, epochs=40, lr=0.01, callbacks=[early_stopping(3)], device="cpu", progress=False)
    losses = history.history["val_loss"]
    best = int(np.argmin(losses))
    logits = torch.from_numpy(predict(model, held.images))
    found = torch.nn.functional.cross_entropy(logits, torch.from_numpy(held.labels)).item()
    assert history.stopped == "callback"
    assert history.epochs == best + 1 + 3
    assert found == pytest.approx(losses[best], rel=1e-4)


def test_nothing_honest_to_watch_is_refused(few: Dataset) -> None:
    """Without a validation split, or with a patience below 1, early stopping is a usage error."""
    with pytest.raises(UsageError, match="watches val_loss, which is not recorded"):
        fit(build("softmax"), few, epochs=1, callbacks=[early_stopping()], device="cpu", progress=False)
    with pytest.raises(UsageError, match="patience must be at least 1, not 0"):
        early_stopping(0)
