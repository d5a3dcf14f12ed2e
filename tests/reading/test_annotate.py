"""Annotated pictures show every digit's box."""

import numpy as np
import pytest

import tenfold
from tenfold.reading import Reading, Refused, annotate
from tenfold.reading.annotate import REFUSED, SURE


def has(sheet, colour) -> bool:
    """Whether a colour is in an RGB picture."""
    return bool((np.asarray(sheet) == colour).all(-1).any())


def test_boxes_are_drawn_where_they_are(write):
    """The frame around the first digit is green, the picture's size kept, the rest of it grey."""
    written = write("305")
    reading = tenfold.read(written.picture, layout="number")
    sheet = np.asarray(annotate(written.picture, reading))
    zoom = sheet.shape[0] // written.picture.shape[0]
    assert sheet.shape == (*(side * zoom for side in written.picture.shape), 3)
    x, y, _, h = (side * zoom for side in reading.digits[0].box)
    assert has(sheet[y - 3 : y + h + 3, x - 3 : x + 3], SURE) or not reading.digits[0].doubtful
    assert not has(sheet[-10:, -10:], SURE)


def test_refused_ink_is_grey(write):
    """Ink that is no digit has a box of its own colour."""
    picture = write("3").picture
    sheet = annotate(picture, Reading("", "rejected", layout="number", refused=(Refused((30, 30, 20, 20), 0),)))
    assert has(sheet, REFUSED)
    assert not has(sheet, SURE)


@pytest.mark.parametrize("side", [5, 28, 400])
def test_small_pictures_are_enlarged(side):
    """So that the readings can be read; large ones stay as they are."""
    sheet = annotate(np.full((side, side), 255, np.uint8), Reading("", "empty"))
    assert sheet.width >= 320
    assert sheet.width == side or side < 320
