"""The training loop: it learns, it repeats to the bit, it counts right, and no accident costs what was learned."""

import math
from typing import Any

import numpy as np
import pytest
import torch

from tenfold.data import Dataset, make_dataset
from tenfold.errors import DataError, UsageError
from tenfold.evaluation import evaluate
from tenfold.files import sha256
from tenfold.models import UNIT, ZOO, Classifier, build, predict
from tenfold.models.checkpoint import weight_bytes
from tenfold.training import OPTIMISERS, History, fit


def train(model: Classifier, data: Dataset, validation: Dataset | None = None, **settings: Any) -> History:
    """`fit` on the CPU without a word."""
    return fit(model, data, validation, device="cpu", progress=False, **settings)


def fingerprint(model: Classifier) -> str:
    """The SHA-256 of the weights."""
    return sha256(weight_bytes(model))


def jitter(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A small augmentation: each batch moved by up to two pixels."""
    return np.roll(images, tuple(rng.integers(-2, 3, 2)), (1, 2))


class Spy:
    """An augmentation that changes nothing and keeps the batches it saw."""

    def __init__(self) -> None:
        self.batches: list[np.ndarray] = []

    def __call__(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        self.batches.append(images.copy())
        return images


def interrupt(*_: object) -> None:
    """Ctrl-C, as Python delivers it."""
    raise KeyboardInterrupt


@pytest.mark.parametrize("network", ZOO)
def test_it_learns_32_digits_by_heart(few: Dataset, network: str) -> None:
    """Every network of the zoo overfits 32 digits to zero errors."""
    data = few.take(np.arange(32))
    model = build(network)
    history = train(model, data, epochs=60, batch_size=32, lr=0.003)
    found = evaluate(predict(model, data.images), data.labels, data.classes)
    assert found.misses == 0, f"{found.misses} of 32 still wrong, loss {found.loss:.3f}"
    assert history.history["loss"][-1] < history.history["loss"][0] / 2


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_every_optimiser_learns(few: Dataset, held: Dataset, optimiser: str) -> None:
    """Ten epochs over 500 digits are worth far more than chance on digits never seen, with every optimiser's usual rate."""
    model = build("mlp", widths=(64,))
    train(model, few, epochs=10, batch_size=32, optimiser=optimiser)
    found = evaluate(predict(model, held.images), held.labels, held.classes)
    assert found.accuracy > 0.7, f"accuracy {found.accuracy:.3f}"


@pytest.mark.parametrize("network", ZOO)
@pytest.mark.parametrize("loss", ["cross-entropy", "one-hot-cross-entropy"])
def test_every_parameter_moves(few: Dataset, network: str, loss: str) -> None:
    """After one epoch no weight tensor is as it was drawn."""
    model = build(network)
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    train(model, few, epochs=1, loss=loss)
    still = [name for name, parameter in model.named_parameters() if torch.equal(parameter, before[name])]
    assert still == []


@pytest.mark.parametrize("augment", [None, jitter])
@pytest.mark.parametrize("network", ["mlp", "cnn", "tenfold"])
def test_the_same_seed_gives_the_same_bits(few: Dataset, network: str, augment: Any) -> None:
    """Twice with one seed: the same SHA-256 of the weights, dropout and augmentation included; another seed, another."""
    found = []
    for seed in (1, 1, 2):
        model = build(network, **({"dropout": 0.3} if network != "tenfold" else {}))
        train(model, few.take(np.arange(150)), epochs=2, batch_size=64, augment=augment, seed=seed)
        found.append(fingerprint(model))
    assert found[0] == found[1]
    assert found[0] != found[2]


@pytest.mark.parametrize("network", ["cnn", "tenfold"])
def test_a_network_in_evaluation_mode_is_trained_alike(few: Dataset, network: str) -> None:
    """A network that comes in evaluation mode, as from a checkpoint, trains with dropout and batch norm at work."""
    found = []
    for mode in (True, False):
        model = build(network).train(mode)
        train(model, few.take(np.arange(150)), epochs=2, batch_size=64)
        found.append(fingerprint(model))
    assert found[0] == found[1]


def test_the_callers_random_state_is_left_alone(few: Dataset) -> None:
    """Training draws from generators of its own: the caller's numbers are what they would have been."""
    torch.manual_seed(3)
    np.random.seed(3)
    expected = torch.rand(2).tolist(), np.random.rand(2).tolist()
    torch.manual_seed(3)
    np.random.seed(3)
    train(build("cnn"), few.take(np.arange(40)), epochs=1, augment=jitter)
    assert (torch.rand(2).tolist(), np.random.rand(2).tolist()) == expected


@pytest.mark.parametrize("network", ZOO)
def test_validation_never_touches_the_weights(few: Dataset, held: Dataset, network: str) -> None:
    """With and without a validation split the weights are the same to the bit."""
    found = []
    for validation in (None, held, held.take(np.arange(7))):
        model = build(network)
        train(model, few.take(np.arange(150)), validation, epochs=2, batch_size=64)
        found.append(fingerprint(model))
    assert found[0] == found[1] == found[2]


def test_no_label_smoothing_is_plain_training(few: Dataset) -> None:
    """Smoothing of 0 gives the same bits as none, and smoothing of 0.1 others."""
    found = []
    for settings in ({}, {"label_smoothing": 0.0}, {"label_smoothing": 0.1}):
        model = build("softmax")
        train(model, few, epochs=1, **settings)
        found.append(fingerprint(model))
    assert found[0] == found[1]
    assert found[0] != found[2]


@pytest.mark.parametrize("batch_size", [1, 7, 64, 499, 500, 1000])
def test_every_image_is_seen_once_an_epoch_in_a_new_order(few: Dataset, batch_size: int) -> None:
    """An epoch goes once through all 500 images, the last batch being what is left, and the next in another order."""
    spy = Spy()
    train(build("softmax"), few, epochs=2, batch_size=batch_size, augment=spy)
    sizes = [len(batch) for batch in spy.batches]
    full, rest = divmod(500, batch_size)
    assert sizes == 2 * ([batch_size] * full + [rest] * bool(rest))
    seen = np.concatenate(spy.batches)
    first, second = seen[:500], seen[500:]
    originals = sorted(image.tobytes() for image in few.images)
    assert sorted(image.tobytes() for image in first) == originals
    assert sorted(image.tobytes() for image in second) == originals
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, few.images)


@pytest.mark.parametrize("batch_size", [7, 64, 499, 500])
def test_recorded_figures_count_each_image_once(few: Dataset, batch_size: int) -> None:
    """With a learning rate that moves nothing, loss and accuracy are those of the whole split, for any batch size."""
    model = build("mlp", widths=(32,), preparation=UNIT)
    expected = evaluate(predict(model, few.images), few.labels, few.classes)
    history = train(model, few, epochs=1, batch_size=batch_size, optimiser="sgd", lr=1e-30).history
    assert history["accuracy"] == [expected.accuracy]
    assert history["loss"][0] == pytest.approx(expected.loss, rel=1e-5)


@pytest.mark.parametrize("network", ["cnn", "tenfold"])
def test_validation_figures_are_those_of_the_evaluation(few: Dataset, held: Dataset, network: str) -> None:
    """val_loss and val_accuracy of the last epoch are what evaluate finds for the network that comes back."""
    model = build(network)
    history = train(model, few, held, epochs=2, label_smoothing=0.1).history
    found = evaluate(predict(model, held.images), held.labels, held.classes)
    assert history["val_accuracy"][-1] == found.accuracy
    assert history["val_loss"][-1] == pytest.approx(found.loss, rel=1e-4)


def test_the_history_is_as_in_keras(few: Dataset, held: Dataset) -> None:
    """A list a metric with a value an epoch; settings and end are recorded; the network is back, in evaluation mode."""
    model = build("softmax")
    found = train(model, few, held, epochs=3, schedule="linear", lr=0.3, seed=4)
    assert set(found.history) == {"loss", "accuracy", "val_loss", "val_accuracy", "lr", "seconds"}
    assert {len(values) for values in found.history.values()} == {3}
    assert (found.epochs, found.stopped) == (3, "")
    assert found.seconds == pytest.approx(sum(found.history["seconds"]))
    assert found.settings["lr"] == 0.3
    assert (found.settings["images"], found.settings["schedule"], found.settings["seed"]) == (500, "linear", 4)
    assert not model.training
    assert "val_loss" not in train(build("softmax"), few, epochs=1).history


def test_the_schedule_is_followed_at_every_step(few: Dataset) -> None:
    """The schedule is asked once a step, from 0 to steps - 1, and the epoch's last rate is recorded."""
    asked: list[tuple[int, int]] = []

    def halve(step: int, steps: int) -> float:
        asked.append((step, steps))
        return 0.5**step

    history = train(build("softmax"), few, epochs=2, batch_size=200, schedule=halve, lr=0.1)
    assert asked == [(step, 6) for step in range(6)]
    assert history.history["lr"] == pytest.approx([0.1 / 4, 0.1 / 32])
    assert history.settings["schedule"] == "halve"


def test_callbacks_are_told_every_epoch_and_may_stop(few: Dataset) -> None:
    """All callbacks are called after each epoch, counted from 1; True from one of them ends the training."""
    told: list[tuple[str, int, int]] = []

    def first(epoch: int, history: History, model: Classifier) -> bool:
        told.append(("first", epoch, history.epochs))
        return epoch == 2

    def second(epoch: int, history: History, model: Classifier) -> None:
        told.append(("second", epoch, history.epochs))

    history = train(build("softmax"), few, epochs=9, callbacks=[first, second])
    assert told == [("first", 1, 1), ("second", 1, 1), ("first", 2, 2), ("second", 2, 2)]
    assert (history.epochs, history.stopped) == (2, "callback")


def test_a_loss_that_is_no_number_keeps_the_last_good_weights(few: Dataset) -> None:
    """When the loss overflows the training stops, says so, and gives back the last epoch whose loss was a number."""
    model, good = build("mlp", widths=(32, 32)), build("mlp", widths=(32, 32))

    def explode(step: int, steps: int) -> float:
        return 1.0 if step < 8 else 1e30

    history = train(model, few, epochs=5, optimiser="sgd", schedule=explode)
    assert (history.stopped, history.epochs) == ("diverged", 2)
    train(good, few, epochs=2, optimiser="sgd")
    assert fingerprint(model) == fingerprint(good)


def test_a_learning_rate_far_too_high_gives_back_numbers(few: Dataset) -> None:
    """SGD at a rate of a million diverges, and the weights that come back are numbers all the same."""
    model = build("mlp", widths=(64, 64))
    history = train(model, few, epochs=5, optimiser="sgd", lr=1e6)
    assert history.stopped == "diverged"
    assert all(bool(tensor.isfinite().all()) for tensor in model.state_dict().values())


@pytest.mark.parametrize("epochs", [1, 3])
def test_weights_that_overflow_in_the_last_step_are_not_given_back(few: Dataset, epochs: int) -> None:
    """Where the loss was a number but the step behind it overflowed, the weights before it come back."""
    model = build("softmax", preparation=UNIT)
    before = fingerprint(model)
    history = train(model, few, epochs=epochs, batch_size=500, optimiser="sgd", lr=3e38, schedule=lambda step, steps: 1e30)
    assert (history.stopped, history.epochs) == ("diverged", 0)
    assert fingerprint(model) == before


def test_ctrl_c_in_a_callback_keeps_what_was_learned(few: Dataset) -> None:
    """Interrupted after two epochs, the network is that of two epochs, and the history has both."""
    model, whole = build("softmax"), build("softmax")

    def after_two(epoch: int, history: History, model: Classifier) -> None:
        if epoch == 2:
            interrupt()

    history = train(model, few, epochs=9, callbacks=[after_two])
    train(whole, few, epochs=2)
    assert (history.stopped, history.epochs) == ("interrupted", 2)
    assert fingerprint(model) == fingerprint(whole)
    assert not model.training


@pytest.mark.parametrize("steps", [0, 1, 4, 6])
def test_ctrl_c_in_a_step_keeps_the_steps_before(few: Dataset, steps: int) -> None:
    """Interrupted within a step, the network has exactly the steps before it."""
    model, limited = build("softmax"), build("softmax")
    calls = iter(range(100))

    def augment(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        if next(calls) == steps:
            interrupt()
        return images

    history = train(model, few, epochs=3, augment=augment, optimiser="sgd", lr=0.01)
    train(limited, few, epochs=3, optimiser="sgd", lr=0.01, schedule=lambda step, _: 1.0 if step < steps else 0.0)
    assert (history.stopped, history.epochs) == ("interrupted", steps // 4)
    assert fingerprint(model) == fingerprint(limited)


def test_ctrl_c_after_the_loss_overflowed_gives_back_numbers(few: Dataset) -> None:
    """Interrupted within an epoch that has gone wrong, the last good epoch comes back, not its ruins."""
    model, good = build("softmax"), build("softmax")
    calls = iter(range(100))

    def augment(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        if next(calls) == 7:
            interrupt()
        return images

    history = train(model, few, epochs=3, augment=augment, optimiser="sgd", schedule=lambda s, _: 1.0 if s < 4 else 1e42)
    train(good, few, epochs=1, optimiser="sgd")
    assert history.stopped == "interrupted"
    assert fingerprint(model) == fingerprint(good)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": 0}, "epochs must be at least 1, not 0"),
        ({"epochs": -3}, "epochs must be at least 1, not -3"),
        ({"batch_size": 0}, "batch size must be at least 1, not 0"),
        ({"lr": 0.0}, "the learning rate must be above 0, not 0"),
        ({"lr": -1.0}, "the learning rate must be above 0, not -1"),
        ({"lr": math.nan}, "the learning rate must be above 0, not nan"),
        ({"lr": math.inf}, "the learning rate must be above 0, not inf"),
        ({"label_smoothing": 1.0}, "label smoothing must be from 0 to below 1, not 1"),
        ({"label_smoothing": -0.1}, "label smoothing must be from 0 to below 1, not -0.1"),
        ({"weight_decay": -1.0}, "weight decay must not be below 0, not -1"),
        ({"optimiser": "lion"}, "unknown optimiser 'lion'; known: adam"),
        ({"loss": "mse"}, "unknown loss 'mse'; known: cross-entropy"),
        ({"schedule": "step"}, "unknown schedule 'step'; known: constant"),
    ],
)
def test_settings_out_of_range_are_refused(few: Dataset, settings: dict[str, Any], message: str) -> None:
    """A wrong setting is refused with its value before anything is trained."""
    model = build("softmax")
    before = fingerprint(model)
    with pytest.raises(UsageError, match=message):
        train(model, few, **settings)
    assert fingerprint(model) == before


@pytest.mark.parametrize("device", ["banana", "cuda:99", "meta", "hpu", ""])
def test_a_device_that_is_not_there_is_refused(few: Dataset, device: str) -> None:
    """An unknown or missing device is refused by its name."""
    with pytest.raises(UsageError, match=f"device '{device}' is not there; use auto or cpu"):
        fit(build("softmax"), few, device=device, progress=False)


def test_arrays_as_keras_takes_them_are_refused(few: Dataset) -> None:
    """Images and labels one after the other, or as validation data: what to make of them is said."""
    for arguments in ((few.images, few.labels), (few, few.images)):
        with pytest.raises(UsageError, match=r"takes a Dataset, not ndarray; make one with tenfold.data.make_dataset\("):
            train(build("softmax"), *arguments, epochs=1)  # type: ignore[arg-type]


def test_data_that_does_not_fit_the_network_is_refused(few: Dataset, held: Dataset) -> None:
    """Other sizes, other classes, an empty split and a class without images are refused by the split's name."""
    small = make_dataset(few.images[:, ::2, ::2], few.labels, few.classes, "small")
    letters = make_dataset(few.images, few.labels, tuple("abcdefghij"), "letters")
    gap = few.take(np.flatnonzero(few.labels != 3))
    for data, validation, message in [
        (small, None, r"small: images are \(14, 14\), but the network takes \(28, 28\)"),
        (letters, None, "letters: its classes are not those of the network"),
        (few, small, "small: images are"),
        (few, letters, "letters: its classes are not"),
        (few, held.take([]), "MNIST test: the split is empty"),
        (gap, None, "MNIST train: no image of class '3'"),
    ]:
        with pytest.raises(DataError, match=message):
            train(build("softmax"), data, validation, epochs=1)


@pytest.mark.parametrize("network", ["softmax", "tenfold"])
def test_one_image_left_over_is_trained_too(few: Dataset, network: str) -> None:
    """A last batch of one image is a batch like any other."""
    data = few.take(np.arange(65))
    history = train(build(network), data, epochs=1, batch_size=64)
    assert history.stopped == ""


@pytest.mark.parametrize(("n", "batch_size", "fits"), [(65, 64, False), (64, 64, True), (66, 64, True), (3, 1, False)])
def test_a_lone_image_that_batch_norm_cannot_take_is_refused(few: Dataset, n: int, batch_size: int, fits: bool) -> None:
    """Where images of 20x20 end in maps of one pixel, a batch of one image is refused before the training."""
    data = make_dataset(few.images[:n, 4:24, 4:24], np.arange(n) % 2, ("a", "b"), "small")
    model = build("tenfold", size=(20, 20), classes=("a", "b"))
    if fits:
        assert train(model, data, epochs=1, batch_size=batch_size).stopped == ""
    else:
        with pytest.raises(UsageError, match=f"batch size {batch_size} leaves a batch of one image"):
            train(model, data, epochs=1, batch_size=batch_size)


def test_an_optimiser_in_use_goes_on_from_its_state(few):
    """Two calls with one Adam are one call of two epochs, where every epoch has the same single batch; two Adams are not."""
    settings = {"batch_size": len(few), "progress": False}
    models = [build("mlp", widths=[16], seed=3) for _ in range(3)]
    fit(models[0], few, epochs=2, **settings)
    adam = OPTIMISERS["adam"](models[1], 1e-3, 0.0)
    for _ in range(2):
        fit(models[1], few, epochs=1, optimiser=adam, **settings)
        fit(models[2], few, epochs=1, **settings)
    whole, parts, anew = (model.layers[1].weight for model in models)
    torch.testing.assert_close(whole, parts, rtol=1e-4, atol=1e-6)
    assert not torch.allclose(whole, anew, rtol=1e-4, atol=1e-6)
