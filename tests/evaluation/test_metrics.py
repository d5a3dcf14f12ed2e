"""Metrics against a table worked by hand and against scikit-learn."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as oracle

from tenfold.evaluation import (
    calibration_error,
    confusion_matrix,
    evaluate,
    log_softmax,
    reliability,
    softmax,
    worst_misses,
)

CLASSES = ("cat", "dog", "owl")

LABELS = np.array([0, 0, 0, 1, 1, 2])
PROBABILITIES = np.array([
    [0.7, 0.2, 0.1],  # right
    [0.2, 0.7, 0.1],  # a cat called dog
    [0.6, 0.3, 0.1],  # right
    [0.1, 0.8, 0.1],  # right
    [0.5, 0.4, 0.1],  # a dog called cat
    [0.8, 0.1, 0.1],  # an owl called cat
])  # fmt: skip
LOGITS = np.log(PROBABILITIES)


def always(label: int, n: int, classes: int = 10, confidence: float = 0.5) -> np.ndarray:
    """The logits of one who always answers `label` with this confidence."""
    probabilities = np.full((n, classes), (1 - confidence) / (classes - 1))
    probabilities[:, label] = confidence
    return np.log(probabilities)


def test_the_table_worked_by_hand() -> None:
    """Six examples of three classes: every figure is the one on paper."""
    found = evaluate(LOGITS, LABELS, CLASSES)
    assert (found.n, found.misses) == (6, 3)
    assert found.accuracy == pytest.approx(3 / 6)
    assert found.error_rate == pytest.approx(3 / 6)
    assert found.confusion.tolist() == [[2, 1, 0], [1, 1, 0], [1, 0, 0]]
    assert found.precision[:2].tolist() == pytest.approx([2 / 4, 1 / 2])
    assert math.isnan(found.precision[2]), "no answer was owl"
    assert found.recall.tolist() == pytest.approx([2 / 3, 1 / 2, 0])
    assert found.loss == pytest.approx(-np.log([0.7, 0.2, 0.6, 0.8, 0.4, 0.1]).mean())
    # confidences 0.7 right, 0.7 wrong | 0.6 right | 0.8 right, 0.8 wrong | 0.5 wrong, each value in a bin of its own
    expected = (2 * abs(0.7 - 1 / 2) + abs(0.6 - 1) + 2 * abs(0.8 - 1 / 2) + abs(0.5 - 0)) / 6
    assert found.ece == pytest.approx(expected)


def test_always_three() -> None:
    """One who always says 3 is right on the threes: recall 1 there, 0 elsewhere, precision the share of threes."""
    labels = np.arange(10).repeat(7)
    found = evaluate(always(3, 70), labels, tuple("0123456789"))
    assert (found.misses, found.accuracy) == (63, pytest.approx(0.1))
    assert found.recall.tolist() == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    assert found.precision[3] == pytest.approx(0.1)
    assert np.isnan(np.delete(found.precision, 3)).all()
    assert found.ece == pytest.approx(abs(0.5 - 0.1))


@given(
    n=st.integers(1, 300),
    classes=st.integers(2, 12),
    scale=st.sampled_from([0.1, 1.0, 5.0, 40.0]),
    seed=st.integers(0, 10**6),
)
def test_scikit_learn_agrees(n: int, classes: int, scale: float, seed: int) -> None:
    """Accuracy, loss, precision, recall and confusion matrix are scikit-learn's for any logits."""
    rng = np.random.default_rng(seed)
    logits, labels = rng.normal(size=(n, classes)) * scale, rng.integers(0, classes, n)
    found = evaluate(logits, labels, tuple(map(str, range(classes))))
    predicted, places = logits.argmax(1), np.arange(classes)
    assert found.accuracy == pytest.approx(oracle.accuracy_score(labels, predicted))
    assert found.confusion.tolist() == oracle.confusion_matrix(labels, predicted, labels=places).tolist()
    options = {"labels": places, "average": None, "zero_division": np.nan}
    assert np.allclose(found.precision, oracle.precision_score(labels, predicted, **options), equal_nan=True)
    assert np.allclose(found.recall, oracle.recall_score(labels, predicted, **options), equal_nan=True)
    shifted = np.exp(logits - logits.max(1, keepdims=True))
    probabilities = np.clip(shifted / shifted.sum(1, keepdims=True), 1e-300, 1)
    reference = -np.log(probabilities[np.arange(n), labels]).mean()
    assert found.loss == pytest.approx(reference, rel=1e-9, abs=1e-12)
    if scale <= 5:  # scikit-learn clips smaller probabilities
        assert found.loss == pytest.approx(oracle.log_loss(labels, softmax(logits), labels=places), rel=1e-6)


@given(n=st.integers(2, 200), seed=st.integers(0, 10**6))
def test_order_does_not_matter(n: int, seed: int) -> None:
    """Shuffled examples have the same metrics, and each counts once."""
    rng = np.random.default_rng(seed)
    logits, labels, order = rng.normal(size=(n, 4)), rng.integers(0, 4, n), rng.permutation(n)
    one, other = evaluate(logits, labels, tuple("abcd")), evaluate(logits[order], labels[order], tuple("abcd"))
    assert one.confusion.sum() == one.n == n
    assert (one.misses, one.confusion.tolist()) == (other.misses, other.confusion.tolist())
    assert (one.loss, one.ece) == pytest.approx((other.loss, other.ece))


def test_many_classes_and_narrow_labels() -> None:
    """Labels of any whole-number type count alike, though 47 x 47 cells overflow a byte."""
    labels, predicted = np.arange(47).repeat(3), np.tile(np.arange(47), 3)
    expected = oracle.confusion_matrix(labels, predicted)
    for kind in (np.uint8, np.int16, np.int32, np.int64):
        assert np.array_equal(confusion_matrix(predicted.astype(kind), labels.astype(kind), 47), expected), kind.__name__


@pytest.mark.parametrize("top", [0.0, 1e3, -1e3, 1e30])
def test_logits_of_any_size(top: float) -> None:
    """Adding one number to every logit changes nothing, and none overflows."""
    logits = np.array([[0.0, math.log(3)]])
    assert softmax(logits + (top if abs(top) < 1e6 else 0)).tolist()[0] == pytest.approx([0.25, 0.75])
    assert np.isfinite(log_softmax(np.array([[top, 0.0, -top]]))).all()
    assert softmax(np.array([[top, 0.0]])).sum() == pytest.approx(1)


def ece_by_loop(confidence: np.ndarray, right: np.ndarray, bins: int) -> float:
    """Guo et al.'s equation 3 as it is written, bin by bin, each open below and closed above."""
    total = 0.0
    for place in range(bins):
        inside = (confidence > place / bins) & (confidence <= (place + 1) / bins)
        if inside.any():
            total += inside.sum() / len(confidence) * abs(right[inside].mean() - confidence[inside].mean())
    return total


@given(n=st.integers(1, 400), bins=st.integers(1, 30), seed=st.integers(0, 10**6))
def test_calibration_error_is_the_papers(n: int, bins: int, seed: int) -> None:
    """The calibration error is the paper's sum over bins, for any number of bins."""
    rng = np.random.default_rng(seed)
    confidence = rng.uniform(0.1, 1, n)
    right = rng.random(n) < confidence
    assert calibration_error(confidence, right, bins) == pytest.approx(ece_by_loop(confidence, right, bins))


@pytest.mark.parametrize(
    ("confidence", "right", "expected", "reason"),
    [
        ([1.0] * 4, [True] * 4, 0.0, "sure and right"),
        ([1.0] * 4, [False] * 4, 1.0, "sure and wrong"),
        ([0.75] * 4, [True, True, True, False], 0.0, "three of four at three quarters: calibrated"),
        ([0.9] * 4, [True, True, False, False], 0.4, "too sure"),
        ([0.0, 1.0], [False, True], 0.0, "the ends belong to the first and the last bin"),
    ],
)
def test_calibration_worked_by_hand(confidence: list[float], right: list[bool], expected: float, reason: str) -> None:
    """Cases whose calibration error is known."""
    assert calibration_error(np.array(confidence), np.array(right)) == pytest.approx(expected), reason


def test_a_bin_is_open_below_and_closed_above() -> None:
    """As in the paper a confidence on the border of two bins belongs to the lower one."""
    assert reliability(np.array([0.5, 0.75]), np.array([False, True]), bins=2).count.tolist() == [1, 1]
    assert calibration_error(np.array([0.5, 0.75]), np.array([False, True]), bins=2) == pytest.approx((0.5 + 0.25) / 2)


def test_reliability_bins() -> None:
    """A bin has its mean confidence, its share right and its count, and an empty one is NaN."""
    found = reliability(np.array([0.1, 0.2, 0.9]), np.array([False, True, True]), bins=4)
    assert found.count.tolist() == [2, 0, 0, 1]
    assert found.confidence[[0, 3]].tolist() == pytest.approx([0.15, 0.9])
    assert found.accuracy[[0, 3]].tolist() == pytest.approx([0.5, 1])
    assert np.isnan(found.confidence[1:3]).all()


def test_worst_misses_are_the_surest_errors() -> None:
    """Only misses, the most confident first, at most as many as asked for."""
    assert worst_misses(LOGITS, LABELS).tolist() == [5, 1, 4]
    assert worst_misses(LOGITS, LABELS, 2).tolist() == [5, 1]
    assert worst_misses(LOGITS[[0, 2]], LABELS[[0, 2]]).tolist() == []


@pytest.mark.parametrize(("logits", "labels"), [(LOGITS[:5], LABELS), (LOGITS[:, :2], LABELS), (LOGITS[:0], LABELS[:0])])
def test_shapes_that_do_not_fit_are_refused(logits: np.ndarray, labels: np.ndarray) -> None:
    """Other numbers of rows or classes, or nothing at all, are refused with both numbers."""
    with pytest.raises(
        ValueError, match=rf"\({len(logits)}, {logits.shape[1]}\) do not fit {len(labels)} labels of 3 classes"
    ):
        evaluate(logits, labels, CLASSES)


def test_the_record_and_the_text() -> None:
    """The record is JSON without NaN, and the text has the headline and a row a class."""
    found = evaluate(LOGITS, LABELS, CLASSES)
    record = found.to_dict()
    assert record["precision"] == [0.5, 0.5, None]
    assert record["confusion"] == [[2, 1, 0], [1, 1, 0], [1, 0, 0]]
    lines = str(found).splitlines()
    assert lines[0].startswith("n 6   accuracy 50.00%   error rate 50.00%   misses 3   loss ")
    assert lines[2].split() == ["cat", "3", "50.00%", "66.67%"]
    assert len(lines) == 5
