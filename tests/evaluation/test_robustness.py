"""The laws of robustness: the table holds what a classifier does on the images that it was given."""

from typing import Any

import numpy as np
import pytest

from tenfold.data import Dataset, Mnist
from tenfold.errors import UsageError
from tenfold.evaluation import Robustness, corruptions_plot, measure_robustness, robustness_plot
from tenfold.evaluation.plots import png_bytes
from tenfold.images import CORRUPTIONS


@pytest.fixture(scope="module")
def digits(mnist: Mnist) -> Dataset:
    """60 test digits."""
    return mnist.test.take(np.arange(60))


def always_three(images: np.ndarray) -> np.ndarray:
    return np.full(len(images), 3)


class Memory:
    """Knows the clean images by heart and answers 0 for all others; notes what it was shown."""

    def __init__(self, data: Dataset) -> None:
        self.known = {image.tobytes(): label for image, label in zip(data.images, data.labels, strict=True)}
        self.shown: list[np.ndarray] = []

    def __call__(self, images: np.ndarray) -> np.ndarray:
        self.shown.append(images)
        return np.array([self.known.get(image.tobytes(), 0) for image in images])


def test_a_constant_answer_is_as_right_everywhere(digits: Dataset) -> None:
    """Always three: the share of threes, at every corruption and severity."""
    found = measure_robustness(always_three, digits.images, digits.labels)
    assert found.accuracy.shape == (15, 6)
    assert np.all(found.accuracy == (digits.labels == 3).mean())
    assert found.corrupted == pytest.approx((digits.labels == 3).mean())
    assert found.n == 60


def test_severity_0_is_the_clean_accuracy_measured_once(digits: Dataset) -> None:
    """What it knows by heart it gets right; each of the other 75 cells is shown once, corrupted."""
    memory = Memory(digits)
    found = measure_robustness(memory, digits.images, digits.labels)
    assert np.all(found.accuracy[:, 0] == 1)
    assert found.corrupted < 0.5
    assert len(memory.shown) == 1 + 15 * 5
    assert sum(np.array_equal(images, digits.images) for images in memory.shown) == 1


@pytest.mark.parametrize("kind", ["logits", "probabilities", "labels"])
def test_a_classifier_may_answer_as_it_likes(kind: str, digits: Dataset) -> None:
    """Logits and probabilities (N, C) and labels (N,) give the same table."""
    logits = np.random.default_rng(0).normal(size=(60, 10))
    answers: dict[str, Any] = {"logits": logits, "probabilities": np.exp(logits) / np.exp(logits).sum(1, keepdims=True)}
    answer = answers.get(kind, logits.argmax(1))
    found = measure_robustness(lambda images: answer, digits.images, digits.labels, corruptions=["fog"])
    assert np.all(found.accuracy == (logits.argmax(1) == digits.labels).mean())


def test_a_part_gives_the_numbers_of_the_whole(digits: Dataset) -> None:
    """One corruption alone, or fewer severities, are the same cells of the table; half severities lie between."""
    whole, part = Memory(digits), Memory(digits)
    measure_robustness(whole, digits.images, digits.labels)
    measure_robustness(part, digits.images, digits.labels, corruptions=["zigzag"], severities=[0, 3])
    place = 1 + 5 * list(CORRUPTIONS).index("zigzag") + 2
    assert np.array_equal(part.shown[1], whole.shown[place])


def test_the_seed_draws_the_corruption(digits: Dataset) -> None:
    """The same seed shows the same images, another seed others; the caller's images stay as they are."""
    before = digits.images.copy()
    first, again, other = Memory(digits), Memory(digits), Memory(digits)
    for memory, seed in ((first, 0), (again, 0), (other, 1)):
        measure_robustness(memory, digits.images, digits.labels, corruptions=["impulse_noise"], seed=seed)
    assert all(np.array_equal(a, b) for a, b in zip(first.shown, again.shown, strict=True))
    assert not np.array_equal(first.shown[1], other.shown[1])
    assert np.array_equal(digits.images, before)


TABLE = Robustness(np.array([[1.0, 0.5, 0.25], [1.0, 1.0, 0.75]]), ("fog", "shear"), (0, 1, 2), 4)


def test_the_means_are_those_of_a_table_worked_by_hand() -> None:
    """By severity over the corruptions; the one number leaves severity 0 out."""
    assert TABLE.by_severity.tolist() == [1.0, 0.75, 0.5]
    assert TABLE.corrupted == 0.625


def test_the_table_as_text_and_as_json() -> None:
    """A row a corruption, the mean below; JSON holds the same."""
    lines = str(TABLE).splitlines()
    assert lines[0].split() == ["severity", "0", "1", "2"]
    assert lines[1].split() == ["fog", "100.00%", "50.00%", "25.00%"]
    assert lines[3].split() == ["mean", "100.00%", "75.00%", "50.00%"]
    assert lines[4] == "n 4   accuracy on corrupted images 62.50%"
    assert TABLE.to_dict()["accuracy"] == {"fog": [1.0, 0.5, 0.25], "shear": [1.0, 1.0, 0.75]}


def test_the_plot_shows_every_number_hardest_last() -> None:
    """A small plot a corruption: its curve, the mean's, its name and its last value."""
    axes = robustness_plot(TABLE).axes
    assert [one.get_title("left") for one in axes] == ["shear", "fog"]
    assert [one.get_title("right") for one in axes] == ["75%", "25%"]
    assert axes[1].lines[1].get_ydata().tolist() == [1.0, 0.5, 0.25]
    assert axes[1].lines[0].get_ydata().tolist() == [1.0, 0.75, 0.5]
    assert png_bytes(robustness_plot(TABLE)).startswith(b"\x89PNG")


def test_the_sheet_names_and_shows_every_corruption(digits: Dataset) -> None:
    """Fifteen strips of six images."""
    figure = corruptions_plot(digits.images[:3])
    drawn = [axes for axes in figure.axes if axes.images]
    assert {axes.get_ylabel().replace(" ", "_") for axes in drawn} == set(CORRUPTIONS)
    assert all(axes.images[0].get_array().shape == (28, 6 * 28) for axes in drawn)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"corruptions": ["snow"]}, "unknown corruption 'snow'; known: brightness"),
    ({"corruptions": []}, "robustness needs a corruption and severities that grow"),
    ({"severities": [0]}, "severities that grow from 0"),
    ({"severities": [2, 1]}, "severities that grow from 0"),
    ({"severities": [0, 6]}, "severity must lie between 0 and 5, not 6"),
]


@pytest.mark.parametrize(("settings", "message"), WRONG)
def test_wrong_settings_are_one_clear_line(settings: dict[str, Any], message: str, digits: Dataset) -> None:
    """Unknown names list the known ones; severities are checked."""
    with pytest.raises(UsageError, match=message):
        measure_robustness(always_three, digits.images, digits.labels, **settings)


def test_answers_of_another_number_are_an_error(digits: Dataset) -> None:
    """A classifier that drops an image is found out; no images are no measurement."""
    with pytest.raises(ValueError, match=r"60 images gave answers of shape \(59,\)"):
        measure_robustness(lambda images: np.zeros(59), digits.images, digits.labels)
    with pytest.raises(UsageError, match="0 images and 0 labels"):
        measure_robustness(always_three, digits.images[:0], digits.labels[:0])
