"""Several trainings from fresh weights."""

import json
import math

import numpy as np
import pytest
import torch

from tenfold.errors import UsageError
from tenfold.models import Classifier, build, predict
from tenfold.training import History, Trial, Trials, fit, trials


def small(seed: int) -> Classifier:
    """A network that learns 500 digits in a blink."""
    return build("mlp", widths=[16], seed=seed)


@pytest.fixture(scope="module")
def found(few, held) -> Trials:
    """Three trials of two epochs."""
    return trials(3, small, few, held, seed=5, epochs=2, batch_size=50, progress=False)


def test_every_trial_has_fresh_weights(found):
    """Three seeds, counted up, and three different networks."""
    assert [trial.seed for trial in found.runs] == [5, 6, 7]
    first, second, third = (trial.model.layers[1].weight for trial in found.runs)
    assert not torch.equal(first, second)
    assert not torch.equal(second, third)


def test_a_trial_is_the_training_of_its_seed(found, few, held):
    """The second trial is what `fit` gives with seed 6, to the bit, and its accuracy is counted on the measured split."""
    model = small(6)
    history = fit(model, few, seed=6, epochs=2, batch_size=50, progress=False)
    trial = found.runs[1]
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), trial.model.parameters(), strict=True))
    assert trial.history.history["loss"] == history.history["loss"]
    right = (predict(model, held.images).argmax(1) == held.labels).mean()
    assert trial.accuracy == pytest.approx(right)


def made(*accuracies: float) -> Trials:
    """Trials of known accuracy, 2 s each."""
    history = History(history={"loss": [1.0], "seconds": [2.0]})
    return Trials(tuple(Trial(seed, small(0), history, value, 0.5) for seed, value in enumerate(accuracies)))


def test_mean_and_sd_by_hand():
    """0.90, 0.92, 0.97: mean 0.93, sd sqrt((9 + 1 + 16)e-4 / 2)."""
    three = made(0.90, 0.92, 0.97)
    assert three.mean == pytest.approx(0.93)
    assert three.sd == pytest.approx(math.sqrt(26e-4 / 2))
    assert str(three) == "accuracy 93.00% ± 3.61% (n 3), 2.0 s a trial"


def test_one_trial_has_no_spread():
    """NaN in Python, null in JSON, nothing in print; and no warning."""
    one = made(0.9)
    assert math.isnan(one.sd)
    assert json.loads(json.dumps(one.to_dict(), allow_nan=False))["sd"] is None
    assert str(one) == "accuracy 90.00% (n 1), 2.0 s a trial"


def test_the_measured_split_teaches_nothing(few, held):
    """Measured on one split or another, the trained weights are the same to the bit."""
    a, b = (trials(1, small, few, part, epochs=1, progress=False).runs[0].model for part in (held, few))
    assert all(torch.equal(x, y) for x, y in zip(a.parameters(), b.parameters(), strict=True))


def test_no_trials_is_one_line(few, held):
    """n must be at least 1."""
    with pytest.raises(UsageError, match="trials must be at least 1, not 0"):
        trials(0, small, few, held)


def test_ctrl_c_ends_the_trials(few, held):
    """Half a training is no trial: the interruption goes on to the caller."""

    def press(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trials(2, small, few, held, epochs=1, augment=press, progress=False)
