"""Negatives: every kind can be drawn, and none is a digit turned into itself."""

import numpy as np
import pytest

from tenfold.images.glyphs import draw_glyph
from tenfold.images.negatives import KINDS, LETTERS, TURNABLE, join_digits, negatives, turn_digit
from tenfold.images.normalise import normalise


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_draws_something(kind: str) -> None:
    """Twenty pictures with something in them, no two alike, the same from the same seed."""
    pictures, kinds = negatives(20, np.random.default_rng(1), [kind], side=64)
    assert pictures.shape == (20, 64, 64)
    assert pictures.dtype == np.uint8
    assert kinds == [kind] * 20
    assert len({picture.tobytes() for picture in pictures}) == 20
    assert all(picture.any() for picture in pictures)
    assert np.array_equal(pictures, negatives(20, np.random.default_rng(1), [kind], side=64)[0])


def test_letters_that_may_be_digits_are_not_among_them() -> None:
    """What nobody can tell from a digit must not be taught as none."""
    assert not set("lIOoQDSsZzBbqgy") & set(LETTERS)


def test_letters_that_are_digits_upside_down_are_never_turned() -> None:
    """A t turned round is a crossed 7, an L a 7, an h a 4, an E a 3; T and r stand on their heads as ones."""
    assert set(TURNABLE) <= set(LETTERS)
    assert not set("tLhETrfFJ") & set(TURNABLE)


@pytest.mark.parametrize("digit", [0, 1, 8])
def test_digits_that_stay_digits_are_never_turned(digit: int) -> None:
    """0, 1 and 8 look the same, or like a digit, from every side."""
    ink = np.zeros((64, 64), np.uint8)
    assert turn_digit(ink, digit, np.random.default_rng(0)) is None


@pytest.mark.parametrize("digit", [2, 3, 4, 5, 6, 7, 9])
def test_turned_digits_are_the_same_ink(digit: int) -> None:
    """Mirrored or turned, but not otherwise changed, and never upright."""
    ink = np.arange(16, dtype=np.uint8).reshape(4, 4)
    for seed in range(20):
        turned = turn_digit(ink, digit, np.random.default_rng(seed))
        assert turned is not None
        assert sorted(turned.ravel()) == sorted(ink.ravel())
        assert not np.array_equal(turned, ink)


def test_joined_digits_are_wider_than_one_or_higher() -> None:
    """Both digits are there, and the pair has the size of one picture."""
    rng = np.random.default_rng(0)
    one = draw_glyph("one", rng)
    for _ in range(20):
        pair = join_digits(one, one, rng)
        assert pair.shape == one.shape
        assert pair.any()
        assert normalise(pair).image.any()


def test_no_negatives_is_an_empty_array() -> None:
    """Asked for none, there is none, in the right shape."""
    assert negatives(0, np.random.default_rng(0), side=64)[0].shape == (0, 64, 64)
