"""The laws of class names given to numbers."""

import numpy as np
import pytest

from tenfold.data import Dataset, make_dataset, renamed
from tenfold.errors import UsageError


def numbered(classes: tuple[str, ...] = ("0", "1", "2")) -> Dataset:
    return make_dataset(np.zeros((3, 2, 2), np.uint8), np.array([2, 0, 1]), classes, "clothes")


def test_names_take_the_place_of_numbers() -> None:
    """Images and labels stay; a set that lacks the last classes takes their names too; the hash is another."""
    named = renamed(numbered(), ["coat", "dress", "bag", "boot"])
    assert named.classes == ("coat", "dress", "bag", "boot")
    assert named.labels.tolist() == [2, 0, 1]
    assert named.sha256 != numbered().sha256


@pytest.mark.parametrize(
    ("data", "names", "message"),
    [
        (numbered(), ["coat", "dress"], "clothes: 2 class names for the labels 0 to 2"),
        (numbered(), ["coat", "dress", "coat"], "a class name comes twice in coat, dress, coat"),
        (numbered(("a", "b", "c")), ["x", "y", "z"], r"clothes: has class names of its own \(a, b, c\)"),
        (numbered(("0", "2", "3")), ["x", "y", "z"], "has class names of its own"),
    ],
)
def test_names_that_do_not_fit_are_one_clear_line(data: Dataset, names: list[str], message: str) -> None:
    """Too few, twice the same, or names over names."""
    with pytest.raises(UsageError, match=message):
        renamed(data, names)
