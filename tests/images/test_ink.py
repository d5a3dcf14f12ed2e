"""Ink is what differs from its paper, whatever the light."""

import cv2
import numpy as np
import pytest

from tenfold.images.ink import enlarge, find_paper, ink_mask, is_light_on_dark, lift_ink


def stroke(height: int = 80, width: int = 200) -> np.ndarray:
    """A bow and a bar, dark on light paper."""
    picture = np.full((height, width), 220, np.uint8)
    cv2.ellipse(picture, (width // 3, height // 2), (18, 25), 0, 20, 330, 40, 4)
    cv2.line(picture, (width * 2 // 3, 15), (width * 2 // 3 + 5, height - 15), 40, 4)
    return picture


def test_paper_is_no_ink_and_black_is_all_ink():
    """Clean paper comes out 0; the darkest stroke takes the share of light that it takes."""
    ink = lift_ink(stroke())
    assert ink[:5].max() == 0
    assert ink.max() == pytest.approx(255 * (1 - 40 / 220), abs=3)


def test_polarity_does_not_matter():
    """Light ink on a dark ground is the same ink."""
    picture = stroke()
    assert not is_light_on_dark(picture)
    assert is_light_on_dark(255 - picture)
    dark, light = ink_mask(lift_ink(picture)), ink_mask(lift_ink(255 - picture))
    assert np.count_nonzero(dark != light) < 0.02 * np.count_nonzero(dark)


def test_a_light_that_falls_off_is_no_ink():
    """Under a steep gradient, down to the very border, the mask is that of even light but for a few pixels."""
    fall = np.linspace(1.0, 0.35, 80)[:, None]
    shaded = (stroke() * fall).astype(np.uint8)
    even, uneven = ink_mask(lift_ink(stroke())), ink_mask(lift_ink(shaded))
    assert np.count_nonzero(even != uneven) < 0.1 * np.count_nonzero(even)


def test_a_black_scan_edge_is_no_ink():
    """A broad black margin beside the page is taken for paper in the dark."""
    picture = stroke()
    picture[:, :60] = 8
    ink = ink_mask(lift_ink(picture))
    assert np.count_nonzero(ink[:, :50]) == 0
    assert np.count_nonzero(ink[:, 120:]) > 100


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_even_picture_has_no_ink(level):
    """Blank, grey and black pages hold nothing, with sensor noise or without."""
    page = np.full((120, 160), level, np.uint8)
    assert not ink_mask(lift_ink(page)).any()
    noisy = np.clip(page + np.random.default_rng(0).normal(0, 2, page.shape), 0, 255).astype(np.uint8)
    assert np.count_nonzero(ink_mask(lift_ink(noisy))) < 0.001 * page.size


@pytest.mark.parametrize("shape", [(1, 1), (3, 400), (400, 3), (2, 2)])
def test_any_shape_is_taken(shape):
    """Strips and single pixels give ink of the same shape."""
    picture = np.full(shape, 200, np.uint8)
    assert lift_ink(picture).shape == find_paper(picture).shape == ink_mask(lift_ink(picture)).shape == shape


@pytest.mark.parametrize(("shape", "larger"), [
    ((34, 60), (50, 88)), ((60, 34), (88, 50)),  # up to 50 on the shorter side, in proportion
    ((16, 16), (32, 32)), ((3, 400), (6, 800)),  # never more than twice as large
    ((50, 50), (50, 50)), ((200, 90), (200, 90)),  # large enough
])  # fmt: skip
def test_small_pictures_are_enlarged(shape, larger):
    """To a shorter side of 50 pixels; what needs nothing is handed back as it is."""
    picture = np.full(shape, 200, np.uint8)
    found = enlarge(picture, 50)
    assert found.shape == larger
    assert (found is picture) == (shape == larger)
    assert (found == 200).all()
