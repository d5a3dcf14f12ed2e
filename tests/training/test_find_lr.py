"""The laws of the learning-rate range test: it finds the rate, leaves no trace, and is over in an epoch."""

import copy
import random
from typing import Any

import numpy as np
import pytest
import torch

from tenfold.data import Dataset, Mnist, make_dataset
from tenfold.errors import DataError, TenfoldError, UsageError
from tenfold.models import UNIT, Classifier, build, predict
from tenfold.training import OPTIMISERS, by_epoch, find_lr, fit


@pytest.fixture(scope="module")
def digits(mnist: Mnist) -> Dataset:
    """The first 3,200 training digits: 50 batches of 64."""
    return mnist.train.take(np.arange(3200))


def small(seed: int = 0) -> Classifier:
    return build("mlp", widths=[32], dropout=0.2, preparation=UNIT, seed=seed)


def flat(value: Any) -> list[Any]:
    """Every number and name in nested dicts, lists and tensors, tensors as bytes."""
    if isinstance(value, torch.Tensor):
        return [value.detach().cpu().contiguous().numpy().tobytes()]
    if isinstance(value, dict):
        return [item for key in value for item in (key, *flat(value[key]))]
    if isinstance(value, list | tuple):
        return [item for one in value for item in flat(one)]
    return [value]


def in_use(model: Classifier, name: str, train: Dataset) -> torch.optim.Optimizer:
    """An optimiser that has taken three steps, with a learning rate of its own, the last gradients still there."""
    optimiser = OPTIMISERS[name](model, 0.005, 0.01)
    for start in (0, 64, 128):
        images, labels = train.images[start : start + 64], train.labels[start : start + 64]
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(model(torch.from_numpy(images)), torch.from_numpy(labels)).backward()
        optimiser.step()
    return optimiser


@pytest.mark.parametrize("name", OPTIMISERS)
def test_it_gives_everything_back_to_the_bit(name: str, digits: Dataset) -> None:
    """Weights, running statistics, gradients, the mode, the optimiser's state and settings, and four random states."""
    model = build("tenfold", width=4)
    optimiser = in_use(model.train(), name, digits)
    parameters = list(model.parameters())

    def everything() -> list[Any]:
        gradients = [parameter.grad for parameter in model.parameters()]
        states = [torch.get_rng_state(), repr(np.random.get_state()), random.getstate()]
        return flat([model.state_dict(), gradients, model.training, optimiser.state_dict(), states])

    before = everything()
    find_lr(model, digits, optimiser=optimiser, batch_size=64)
    assert everything() == before
    assert all(now is then for now, then in zip(model.parameters(), parameters, strict=True))
    assert optimiser.param_groups[0]["params"][0] is parameters[0]


def test_training_afterwards_is_as_if_it_had_not_been(digits: Dataset) -> None:
    """The same weights to the bit after an epoch with it before and without."""
    plain, tested = small(), small()
    find_lr(tested, digits, batch_size=64)
    for model in (plain, tested):
        fit(model, digits, epochs=1, progress=False)
    assert flat(plain.state_dict()) == flat(tested.state_dict())


def test_a_used_optimiser_goes_on_from_its_state(digits: Dataset) -> None:
    """Momentum counts: the sweep of an optimiser in use is not that of a fresh one."""
    model = small()
    optimiser = in_use(model, "sgd", digits)
    used = find_lr(model, digits, optimiser=optimiser, batch_size=64)
    fresh = find_lr(model, digits, optimiser=OPTIMISERS["sgd"](model, 0.005, 0.01), batch_size=64)
    assert used.loss[0] == fresh.loss[0]
    assert used.loss[1] != fresh.loss[1]


def test_the_same_seed_gives_the_same_curve(digits: Dataset) -> None:
    """To the bit, whatever the random state was; another seed gives another."""
    first = find_lr(small(), digits, batch_size=64, seed=3)
    torch.manual_seed(99)
    second = find_lr(small(), digits, batch_size=64, seed=3)
    assert first.to_dict() == second.to_dict()
    assert first.loss[0] != find_lr(small(), digits, batch_size=64, seed=4).loss[0]


def test_one_epoch_at_most(digits: Dataset) -> None:
    """Every image at most once: 3,200 images in batches of 64 are 50 steps, however many were asked for."""
    seen: list[int] = []

    class Counting(Classifier):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            seen.append(len(images))
            return super().forward(images)

    plain = small()
    model = Counting(plain.layers, plain.architecture, plain.preparation)
    find_lr(model, digits, batch_size=64, steps=1000, highest=0.1)
    assert seen == [64] * 50
    seen.clear()
    find_lr(model, digits, batch_size=64, steps=25, highest=0.1)
    assert seen == [64] * 25


def test_the_curve_is_what_it_says(digits: Dataset) -> None:
    """Rates grow by one factor from lowest to highest; the first loss is that of the untouched network on its batch."""
    model = build("mlp", widths=[32], preparation=UNIT)
    curve = find_lr(model, digits, batch_size=160, steps=20, lowest=1e-4, highest=0.1, seed=5)
    assert curve.lr[0] == pytest.approx(1e-4)
    assert np.allclose(np.diff(np.log(curve.lr)), np.log(1000) / 19)
    chosen = torch.randperm(3200, generator=torch.Generator().manual_seed(5))[:160].numpy()
    logits = torch.from_numpy(predict(model, digits.images[chosen]))
    first = torch.nn.functional.cross_entropy(logits, torch.from_numpy(digits.labels[chosen]))
    assert curve.loss[0] == pytest.approx(first.item(), rel=1e-5)
    assert len(curve.lr) == len(curve.loss) == len(curve.smooth)


def test_the_suggestion_trains_well(digits: Dataset) -> None:
    """One epoch at it does better than one at a tenth or at thirty times it, and lies where the curve says."""
    curve = find_lr(small(), digits, batch_size=64)
    assert curve.lr[0] < curve.steepest[0] < curve.steepest[1] <= curve.lowest <= curve.lr[-1]
    assert curve.steepest[0] < curve.suggestion < curve.lowest
    assert 5e-4 < curve.suggestion < 5e-2, curve.suggestion

    def loss(lr: float) -> float:
        history = fit(small(), digits, epochs=1, batch_size=64, lr=lr, progress=False)
        return history.history["loss"][0]

    losses = {factor: round(loss(curve.suggestion * factor), 3) for factor in (0.1, 1, 30)}
    assert losses[1] < losses[0.1] - 0.1, losses
    assert losses[1] < losses[30] - 0.1, losses


def test_the_sweep_ends_where_the_loss_has_left_its_lowest_behind(digits: Dataset) -> None:
    """With plain gradient descent up to 1e6 the network falls apart on the way; every loss given is a number."""
    curve = find_lr(small(), digits, optimiser="sgd", batch_size=64, highest=1e6)
    assert len(curve.lr) < 50
    assert np.isfinite(curve.loss).all()
    assert curve.suggestion < 1


def test_the_numbers_are_json_and_one_line(digits: Dataset) -> None:
    """`to_dict` holds plain numbers; the text names both rates."""
    curve = find_lr(small(), digits, batch_size=64)
    assert curve.to_dict()["suggestion"] == curve.suggestion
    assert all(type(value) is float for value in curve.to_dict()["loss"])
    assert str(curve).startswith(f"learning rate {curve.suggestion:.2g} to hold, {curve.lowest:.2g} to fall from: ")
    assert "\n" not in str(curve)


def test_the_search_by_hand_is_a_schedule(digits: Dataset) -> None:
    """Eighty epochs at 1e-4 * 10^(epoch / 20), as the classic notebook does it: each epoch at its own learning rate."""
    few = digits.take(np.arange(64))
    schedule = by_epoch(lambda epoch: 10 ** (epoch / 20), 80)
    history = fit(small(), few, epochs=80, batch_size=16, lr=1e-4, schedule=schedule, progress=False)
    assert history.history["lr"] == pytest.approx([1e-4 * 10 ** (epoch / 20) for epoch in range(80)])
    assert history.history["lr"][79] == pytest.approx(0.891, abs=1e-3)


WRONG = [
    ({"lowest": 0.0}, UsageError, "learning rates must grow from above 0, not from 0 to 10", "no logarithm"),
    ({"lowest": 1.0, "highest": 0.1}, UsageError, "not from 1 to 0.1", "backwards"),
    ({"highest": float("nan")}, UsageError, "to nan", "no number"),
    ({"steps": 19}, UsageError, "at least 20 steps, not 19", "a curve of so few points has no shape"),
    ({"batch_size": 0}, UsageError, "batch size must be at least 1", "no images a step"),
    ({"batch_size": 512}, DataError, "3200 images make 7 batches of 512.*a batch size of 160 or less", "too few steps"),
    ({"optimiser": "lion"}, UsageError, "unknown optimiser 'lion'; known: adam", "not in the registry"),
    ({"loss": "hinge"}, UsageError, "unknown loss 'hinge'", "not in the registry"),
    ({"device": "abacus"}, UsageError, "device 'abacus' is not there", "no such device"),
]


@pytest.mark.parametrize(("settings", "error", "message", "reason"), WRONG)
def test_wrong_settings_are_one_clear_line(
    settings: dict[str, Any], error: type[TenfoldError], message: str, reason: str, digits: Dataset
) -> None:
    """Before a step is taken."""
    with pytest.raises(error, match=message) as raised:
        find_lr(small(), digits, **settings)
    assert "\n" not in str(raised.value), reason


def test_too_few_images_for_any_batch_size() -> None:
    """Ten images make no curve, whatever the batch."""
    data = make_dataset(np.zeros((10, 28, 28), np.uint8), np.arange(10), tuple("0123456789"), "ten")
    with pytest.raises(DataError, match="ten: 10 images make 1 batches of 128; a range test needs 20: take more images"):
        find_lr(small(), data)


def test_where_nothing_can_be_learned_no_number_is_made_up() -> None:
    """Blank images with random labels: the loss falls nowhere, and that is said."""
    labels = np.random.default_rng(0).integers(0, 2, 2000)
    data = make_dataset(np.zeros((2000, 28, 28), np.uint8), labels, ("no", "yes"), "blank")
    model = build("softmax", classes=data.classes, preparation=UNIT)
    with pytest.raises(TenfoldError, match="the loss fell at no learning rate up to 10"):
        find_lr(model, data, batch_size=64)


def test_it_needs_data_that_fits_the_network(digits: Dataset) -> None:
    """The same checks as training."""
    with pytest.raises(DataError, match="its classes are not those of the network"):
        find_lr(build("softmax", classes=("a", "b")), digits)
    one_class = copy.copy(digits).take(np.flatnonzero(digits.labels == 3))
    with pytest.raises(DataError, match="no image of class '0'"):
        find_lr(small(), one_class)
