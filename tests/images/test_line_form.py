"""Every line reaches the network in one form."""

import cv2
import numpy as np
import pytest

from tenfold.images.line_form import LineForm, coarser, find_slope, normalise_line, straighten
from tenfold.images.lines import Line, find_lines


def number(height: int = 40, gap: int = 20, slope: float = 0.0, pen: int = 4, level: int = 60) -> np.ndarray:
    """Six rings in a row that rises or falls."""
    step = height // 2 + gap
    picture = np.full((height * 3, 6 * step + 60), 230, np.uint8)
    for place in range(6):
        middle = (40 + place * step, int(1.5 * height + slope * (place - 2.5) * step))
        cv2.ellipse(picture, middle, (height // 4, height // 2), 0, 0, 360, level, pen, cv2.LINE_AA)
    return picture


def form_of(picture: np.ndarray) -> np.ndarray:
    """The only line of a picture as its network sees it."""
    (line,) = find_lines(picture, one_number=True)
    return normalise_line(line).image


def test_the_height_is_fixed_and_the_ink_fills_it():
    """32 rows, a tenth of the ink's height free above and below, strokes near full brightness."""
    image = form_of(number())
    rows = np.flatnonzero((image > 100).any(1))
    assert image.shape[0] == 32
    assert 1 <= rows[0] <= 4
    assert 27 <= rows[-1] <= 30
    assert image.max() > 220


@pytest.mark.parametrize("height", [24, 60, 150])
def test_size_does_not_matter(height):
    """The same number larger or smaller gives nearly the same image."""
    small = form_of(number(40, 20, pen=4)).astype(float)
    other = form_of(number(height, height // 2, pen=max(2, height // 10))).astype(float)
    other = cv2.resize(other, small.shape[::-1])
    assert np.corrcoef(small.ravel(), other.ravel())[0, 1] > 0.85


def test_contrast_and_polarity_do_not_matter():
    """Pale ink and light ink on dark give nearly the same image."""
    strong = form_of(number()).astype(float)
    for other in (number(level=170), 255 - number()):
        assert np.abs(form_of(other).astype(float) - strong).mean() < 8


def test_a_slope_is_undone():
    """Most of the slope of a line that rises goes; a level line has none."""
    rising = np.where(number(slope=-0.12) < 120, 255, 0).astype(np.uint8)
    assert -0.12 <= find_slope(rising) < -0.08
    assert find_slope(np.where(number() < 120, 255, 0).astype(np.uint8)) == pytest.approx(0, abs=0.01)


def test_wide_gaps_are_shortened():
    """However far apart digits stand, no more than `gap` empty columns lie between them, and `columns` tells where from."""
    (line,) = find_lines(number(gap=70), one_number=True)
    seen = normalise_line(line, LineForm(gap=12))
    empty = (seen.image.max(0) < 70).astype(int)
    runs = np.diff(np.flatnonzero(np.diff(np.pad(empty, 1))))[::2]
    assert runs.max() <= 14
    assert len(seen.columns) == seen.image.shape[1]
    assert (np.diff(seen.columns) > 0).all()
    assert seen.columns[-1] <= line.ink.shape[1] + 10


def test_hairlines_do_not_vanish():
    """A stroke of one pixel in a tall picture is still bright and at least a pixel wide when shrunk."""
    image = form_of(number(height=200, gap=60, pen=1))
    assert image.max() > 200
    assert np.count_nonzero(image > 120) > 0.03 * image.size


def test_straightening_keeps_the_ink():
    """No stroke leaves the image when columns are moved."""
    mask = np.where(number() < 120, 255, 0).astype(np.uint8)
    for slope in (-0.3, 0.0, 0.3):
        assert np.count_nonzero(straighten(mask, slope) > 127) == pytest.approx(np.count_nonzero(mask), rel=0.05)


def test_a_speck_has_a_form_too():
    """One pixel of ink gives an image and no error."""
    line = Line(np.full((1, 1), 200, np.uint8), np.full((1, 1), 255, np.uint8), np.eye(3)[:2])
    assert normalise_line(line).image.shape[0] == 32


def test_a_coarser_line_is_the_same_line():
    """Lower, with its ink, its strokes and its place in the picture; a line that is low already is left alone."""
    (line,) = find_lines(number(80), one_number=True)
    far = coarser(line, 20)
    assert far.ink.shape == far.mask.shape
    assert far.ink.shape[0] == 20
    assert set(np.unique(far.mask)) == {0, 255}
    assert np.allclose(far.box, line.box, atol=1)
    assert cv2.connectedComponents(far.mask)[0] == cv2.connectedComponents(line.mask)[0] == 7
    assert coarser(far, 20) is far


def test_a_hairline_too_thin_to_be_seen_from_far_off_stays():
    """Where nothing would be left of the strokes the line is as it was."""
    mask = np.zeros((400, 300), np.uint8)
    mask[:, 150] = 255
    line = Line(mask, mask, np.eye(3)[:2])
    assert coarser(line, 20) is line
