"""Temperature scaling finds the temperature, changes no answer, and makes confidences honest."""

import numpy as np
import pytest

from tenfold.data import make_dataset
from tenfold.evaluation import calibration_error, softmax
from tenfold.models import ZOO, build, predict
from tenfold.training.calibrate import calibrate, fit_temperature


@pytest.mark.parametrize("temperature", [0.2, 1.0, 5.0])
def test_the_temperature_is_found(temperature):
    """Labels are drawn by the softmax of logits: the temperature of logits times t is t, and dividing by it calibrates."""
    rng = np.random.default_rng(3)
    logits = rng.normal(0, 2, (20_000, 10)).astype(np.float32)
    labels = (rng.random((20_000, 1)) > softmax(logits).cumsum(1)).sum(1)
    found = fit_temperature(logits * np.float32(temperature), labels)
    assert found == pytest.approx(temperature, rel=0.03)
    probabilities = softmax(logits * np.float32(temperature / found))
    assert calibration_error(probabilities.max(1), probabilities.argmax(1) == labels) < 0.015


@pytest.mark.parametrize("n", [1, 20, 1000])
def test_answers_that_are_all_right_make_none_certain(n):
    """The mean confidence is what is right with one label more, of which nothing is known."""
    labels = np.arange(n) % 10
    logits = 3 * np.eye(10, dtype=np.float32)[labels]
    confidence = softmax(logits / np.float32(fit_temperature(logits, labels))).max(1)
    assert confidence == pytest.approx((n + 0.1) / (n + 1), abs=1e-4)


def test_logits_that_say_nothing_have_some_temperature():
    """Of a network that gives the same for everything no temperature is better than another."""
    assert np.isfinite(fit_temperature(np.zeros((4, 3), np.float32), np.array([0, 1, 2, 0])))


@pytest.mark.parametrize("network", ZOO)
def test_every_networks_logits_are_divided_by_it(network):
    """Whatever its last layer: the answers stay, the logits are divided by what is returned."""
    images = np.random.default_rng(0).integers(0, 256, (60, 28, 28), np.uint8)
    model = build(network)
    before = predict(model, images)
    temperature = calibrate(model, make_dataset(images, before.argmax(1), model.classes, "validation"))
    assert temperature < 1
    np.testing.assert_allclose(predict(model, images), before / temperature, rtol=1e-4, atol=1e-4)
