"""Glyphs: every style of every digit can be drawn, never twice alike, the same from the same seed."""

import numpy as np
import pytest

from tenfold.images.glyphs import STYLES, draw_glyph, glyphs
from tenfold.images.normalise import normalise


@pytest.mark.parametrize("style", STYLES)
def test_a_style_draws_whole_glyphs_with_paper_around(style: str) -> None:
    """The ink is there, is not cut off, and is ink at the full level."""
    rng = np.random.default_rng(1)
    for _ in range(20):
        picture = draw_glyph(style, rng, side=80)
        assert picture.shape == (80, 80)
        assert picture.dtype == np.uint8
        assert picture.max() == 255
        assert not picture[:3].any()
        assert not picture[:, :3].any()
        assert not picture[-3:].any()
        assert not picture[:, -3:].any()


@pytest.mark.parametrize("style", STYLES)
def test_no_two_glyphs_are_alike(style: str) -> None:
    """The same seed gives the same bits, and one generator never the same glyph twice."""
    first, second = (draw_glyph(style, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(first, second)
    rng = np.random.default_rng(5)
    drawn = {draw_glyph(style, rng).tobytes() for _ in range(10)}
    assert len(drawn) == 10


def test_every_digit_has_several_styles() -> None:
    """All ten, each in two forms at least, and the forms that MNIST lacks by name."""
    digits = [digit for digit, _ in STYLES.values()]
    assert {digits.count(digit) >= 2 for digit in range(10)} == {True}
    assert {"one roofed", "seven crossed", "nine hooked", "four open", "zero slashed"} <= set(STYLES)


def test_glyphs_are_labelled_by_their_style() -> None:
    """Pictures, labels and styles belong together, and only the named styles are drawn."""
    pictures, labels, styles = glyphs(30, np.random.default_rng(0), ["one roofed", "seven wave"], side=64)
    assert pictures.shape == (30, 64, 64)
    assert labels.dtype == np.int64
    assert set(styles) == {"one roofed", "seven wave"}
    assert [STYLES[style][0] for style in styles] == labels.tolist()


def test_no_glyphs_is_an_empty_array() -> None:
    """Asked for none, there is none, in the right shape."""
    pictures, labels, styles = glyphs(0, np.random.default_rng(0), side=64)
    assert (pictures.shape, labels.shape, styles) == ((0, 64, 64), (0,), [])


def test_a_roofed_one_has_its_roof_on_the_left() -> None:
    """The upstroke comes from the left, below the top: otherwise it is another digit."""
    rng = np.random.default_rng(3)
    for _ in range(30):
        image = normalise(draw_glyph("one roofed", rng)).image
        ys, xs = np.nonzero(image > 127)
        bottom, top = xs[ys > ys.max() - 3].mean(), xs[ys < ys.min() + 3].mean()
        assert xs.min() < min(bottom, top) + 0.5
