"""Labels in the forms that losses use."""

import numpy as np
import pytest

from tenfold.data import one_hot
from tenfold.errors import DataError


def test_one_hot_is_a_one_in_the_labels_column():
    """Worked by hand: labels 2, 0 of three classes."""
    assert one_hot(np.array([2, 0]), 3).tolist() == [[0, 0, 1], [1, 0, 0]]


def test_one_hot_is_undone_by_argmax(few):
    """Each row sums to 1 and its place is the label again."""
    rows = one_hot(few.labels, 10)
    assert rows.shape == (500, 10)
    assert rows.dtype == np.float32
    assert (rows.sum(1) == 1).all()
    assert (rows.argmax(1) == few.labels).all()


def test_no_labels_give_no_rows():
    """Nothing in, nothing out, in the right shape."""
    assert one_hot(np.array([], np.int64), 10).shape == (0, 10)


@pytest.mark.parametrize(("labels", "place"), [([0, 3], 1), ([-1, 0], 0)])
def test_a_label_that_is_no_class_is_named(labels, place):
    """One line with the label and its place, instead of a row of zeros or a wrapped-around index."""
    with pytest.raises(DataError, match=f"label {labels[place]} at place {place} is not one of 0 to 2"):
        one_hot(np.array(labels), 3)
