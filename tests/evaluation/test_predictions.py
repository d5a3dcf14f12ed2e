"""The laws of the predictions' CSV: every image once, in order, with probabilities that are those of the logits."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

from tenfold.data import Dataset, make_dataset
from tenfold.evaluation import predictions_csv


def dataset(n: int, classes: tuple[str, ...]) -> Dataset:
    return make_dataset(np.zeros((n, 2, 2), np.uint8), np.arange(n) % len(classes), classes, "own")


def test_a_table_worked_by_hand() -> None:
    """Logits 0 and ln 3 are one and three quarters."""
    logits = np.array([[0.0, np.log(3)], [np.log(3), 0.0]])
    assert predictions_csv(dataset(2, ("no", "yes")), logits).splitlines() == [
        "image,label,prediction,confidence,p_no,p_yes",
        "0,no,yes,0.750000,0.250000,0.750000",
        "1,yes,no,0.750000,0.750000,0.250000",
    ]


@given(n=st.integers(1, 30), seed=st.integers(0, 9), names=st.sets(st.text('aé ,;"\n', min_size=1), min_size=2, max_size=6))
def test_it_is_read_back_as_it_was(n: int, seed: int, names: set[str]) -> None:
    """Class names with commas, quotes and line breaks included; probabilities are scipy's to six decimals."""
    data = dataset(n, tuple(sorted(names)))
    logits = np.random.default_rng(seed).normal(0, 5, (n, len(names)))
    head, *rows = csv.reader(io.StringIO(predictions_csv(data, logits), newline=""))
    assert head[4:] == [f"p_{name}" for name in data.classes]
    assert [row[0] for row in rows] == [str(place) for place in range(n)]
    assert [row[1] for row in rows] == [data.classes[label] for label in data.labels]
    assert [row[2] for row in rows] == [data.classes[place] for place in logits.argmax(1)]
    assert np.allclose([[float(cell) for cell in row[4:]] for row in rows], softmax(logits, 1), atol=6e-7)
    assert [float(row[3]) for row in rows] == [max(float(cell) for cell in row[4:]) for row in rows]


def test_logits_that_do_not_fit_are_an_error() -> None:
    """One image too few would shift every answer."""
    with pytest.raises(ValueError, match="do not fit 3 images of 2 classes"):
        predictions_csv(dataset(3, ("a", "b")), np.zeros((2, 2)))
