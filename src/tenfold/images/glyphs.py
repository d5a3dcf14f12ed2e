"""Digits drawn as strokes, in the forms that people learn outside the United States and that MNIST hardly holds.

    style -> strokes in a unit box, no two alike -> pen -> picture (side, side) uint8, ink 255 on 0

A style is a name and a function of a random generator; STYLES lists them all, each with its digit. Leaving whole
styles out of training and reading them all the same is how one sees whether a network learned the digit or the drawing.
"""

from collections.abc import Sequence

import numpy as np

from tenfold.images import forms_0_to_4, forms_5_to_9
from tenfold.images.strokes import SIDE, Style, draw_strokes

__all__ = ["STYLES", "draw_glyph", "glyphs"]

STYLES: dict[str, tuple[int, Style]] = {**forms_0_to_4.FORMS, **forms_5_to_9.FORMS}
BROAD = ("one", "one stemmed", "one flagged", "one roofed", "one footed")  # no holes that a broad pen would fill


def glyphs(
    count: int, rng: np.random.Generator, styles: Sequence[str] | None = None, side: int = SIDE
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """`count` glyphs of the named styles (all by default), every digit as often as its styles weigh.

    Returns pictures (count, side, side) uint8, ink 255 on 0; labels (count,) int64; and the style of each.
    """
    names = list(STYLES if styles is None else styles)
    chosen = [names[i] for i in rng.integers(len(names), size=count)]
    pictures = np.stack([draw_glyph(name, rng, side) for name in chosen]) if chosen else np.zeros((0, side, side), np.uint8)
    return pictures, np.array([STYLES[name][0] for name in chosen], np.int64), chosen


def draw_glyph(style: str, rng: np.random.Generator, side: int = SIDE) -> np.ndarray:
    """One glyph of a style, (side, side) uint8, ink 255 on 0."""
    _, draw = STYLES[style]
    broad = style in BROAD and rng.random() < 0.3
    return draw_strokes(draw(rng), rng, side, broadest=0.24 if broad else 0.12)
