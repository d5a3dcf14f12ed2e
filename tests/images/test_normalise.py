"""The laws of the normalisation: the same digit gives the same 28x28, wherever, however large, in either polarity."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.images.normalise import Normalisation, normalise


def draw(digit: int, pen: int = 5, slant: int = 0) -> np.ndarray:
    """A digit written large: (60, 60) uint8, 255 on 0, at least 6 px of paper around."""
    picture = np.zeros((60, 60), np.uint8)
    strokes: dict[int, list[list[tuple[int, int]]]] = {
        1: [[(30 + slant, 10), (30 - slant, 50)]],
        2: [[(18, 18), (26, 10), (38, 12), (40, 22), (18, 48), (42, 48)]],
        4: [[(36, 50), (36, 10), (16, 36), (44, 36)]],
        5: [[(40, 10), (20, 10), (20, 28)], [(20, 28), (36, 26), (40, 38), (32, 50), (18, 46)]],
        7: [[(16, 12), (42, 12), (26, 50)]],
    }
    for stroke in strokes[digit]:
        cv2.polylines(picture, [np.array(stroke, np.int32)], False, 255, pen)
    if digit == 1 and slant:
        cv2.line(picture, (30 + slant, 10), (20, 22), 255, pen)
    return picture


def lay(digit: np.ndarray, height: int, width: int, x: int, y: int, paper: int, ink: int) -> np.ndarray:
    """The digit's pixels (255 on 0) as `ink` on a field of `paper`, its corner at x, y."""
    field = np.full((height, width), paper, np.uint8)
    field[y : y + digit.shape[0], x : x + digit.shape[1]][digit > 127] = ink
    return field


def difference(a: np.ndarray, b: np.ndarray) -> float:
    """Mean absolute difference per pixel of ink, 0 to 1."""
    return float(np.abs(a.astype(int) - b).sum() / max(1, a.astype(int).sum()))


digits = st.builds(draw, st.sampled_from([1, 2, 4, 5, 7]), st.integers(1, 9), st.integers(0, 6))


@given(digit=digits, x=st.integers(0, 60), y=st.integers(0, 40))
def test_blind_to_position(digit: np.ndarray, x: int, y: int) -> None:
    """Moved by whole pixels in a larger field, a digit gives the identical image, and its box moves with it."""
    here = normalise(lay(digit, 100, 120, 30, 20, 250, 20))
    there = normalise(lay(digit, 100, 120, x, y, 250, 20))
    assert np.array_equal(here.image, there.image)
    assert here.box is not None
    assert there.box == (here.box[0] + x - 30, here.box[1] + y - 20, here.box[2], here.box[3])


@given(digit=digits, paper=st.integers(120, 255), ink=st.integers(0, 90))
def test_blind_to_polarity(digit: np.ndarray, paper: int, ink: int) -> None:
    """Dark on light and its negative give the identical image."""
    picture = lay(digit, 80, 90, 12, 9, paper, ink)
    assert np.array_equal(normalise(picture).image, normalise(255 - picture).image)


@given(digit=digits, paper=st.integers(140, 255), ink=st.integers(0, 100))
def test_blind_to_the_level_of_ink_and_paper(digit: np.ndarray, paper: int, ink: int) -> None:
    """A digit of two clean levels gives the identical image, be it pale or black."""
    strong, weak = lay(digit, 80, 80, 9, 9, 255, 0), lay(digit, 80, 80, 9, 9, paper, ink)
    assert difference(normalise(strong).image, normalise(weak).image) < 0.2


@given(digit=digits, times=st.integers(2, 6))
def test_nearly_blind_to_scale(digit: np.ndarray, times: int) -> None:
    """Enlarged by whole numbers, the image differs by less than a third of its ink: outlines, never the shape."""
    picture = lay(digit, 70, 70, 5, 5, 255, 0)
    large = picture.repeat(times, axis=0).repeat(times, axis=1)
    assert difference(normalise(picture).image, normalise(large).image) < 0.33


@given(digit=digits)
def test_idempotent(digit: np.ndarray) -> None:
    """Normalising what was normalised changes less than two fifths of the ink: outlines, never the shape."""
    once = normalise(lay(digit, 80, 80, 9, 9, 255, 0)).image
    assert difference(once, normalise(once).image) < 0.4


@given(digit=digits)
def test_mnists_form(digit: np.ndarray) -> None:
    """The longer side is 20 px, the centre of mass within a pixel of the middle, the stroke within its bounds."""
    image = normalise(lay(digit, 80, 80, 3, 14, 0, 255)).image
    assert image.shape == (28, 28)
    assert image.dtype == np.uint8
    ys, xs = np.nonzero(image)
    assert max(np.ptp(ys), np.ptp(xs)) + 1 in (20, 21)  # 21 where the ends lie between two pixels
    for axis in (0, 1):
        profile = image.sum(axis=1 - axis, dtype=float)
        assert abs((profile * (np.arange(28) + 0.5)).sum() / profile.sum() - 14) <= 1


@pytest.mark.parametrize("paper", [0, 1, 90, 128, 254, 255])
def test_a_blank_picture_has_no_ink(paper: int) -> None:
    """A picture of one level is blank, whatever the level."""
    found = normalise(np.full((40, 50), paper, np.uint8))
    assert found.box is None
    assert not found.image.any()


@pytest.mark.parametrize("side", [28, 60, 100, 300, 700])
@pytest.mark.parametrize("sigma", [1, 4, 10, 30])
def test_noise_has_no_ink(side: int, sigma: int) -> None:
    """Grain is no ink."""
    rng = np.random.default_rng(side * 100 + sigma)
    picture = np.clip(rng.normal(150, sigma, (side, side)), 0, 255).astype(np.uint8)
    assert normalise(picture).box is None


@pytest.mark.parametrize("side", [300, 600])
def test_as_many_pieces_as_there_can_be_are_no_digit(side: int) -> None:
    """Every second pixel of every second row: more pieces in the larger one than 16 bits can number."""
    picture = np.full((side, side), 255, np.uint8)
    picture[::2, ::2] = 0
    assert normalise(picture, Normalisation(largest=side)).box is None


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 1), (1, 50), (50, 1), (3, 3), (3, 40), (40, 3), (0, 5), (5, 0)])
def test_strips_and_crumbs_do_no_harm(shape: tuple[int, int]) -> None:
    """The smallest pictures give an image, empty or not."""
    rng = np.random.default_rng(7)
    for picture in (rng.integers(0, 256, shape, dtype=np.uint8), np.zeros(shape, np.uint8)):
        assert normalise(picture).image.shape == (28, 28)


@pytest.mark.parametrize("side", [28, 100, 400, 1500, 4000])
@pytest.mark.parametrize("width", [1, 2])
def test_a_hairline_is_never_lost(side: int, width: int) -> None:
    """A lone 1, one pixel thin, is found and thickened, in however large a picture."""
    picture = np.full((side, side), 255, np.uint8)
    picture[side // 4 : side * 3 // 4, side // 2 : side // 2 + width] = 0
    found = normalise(picture)
    assert found.box is not None
    assert found.box[3] == pytest.approx(side / 2, abs=side / 100)
    # the lone 1 stands as a bar of at least the thinnest stroke
    assert found.image.astype(int).sum() / 255 > 0.8 * 20 * Normalisation().thinnest


def test_settings_under_which_a_hairline_fades_give_no_ink() -> None:
    """Shrunk a thousand times it is less than a grey level: nothing is found, and nothing raised."""
    picture = np.full((1200, 1200), 255, np.uint8)
    cv2.line(picture, (50, 50), (1150, 1150), 0, 1)
    assert normalise(picture, Normalisation(fit=1, sharpness=1, largest=2000)).box is None


def test_a_one_that_fills_its_picture_is_kept() -> None:
    """A tight crop: the 1 runs from border to border, wider than the paper beside it."""
    picture = np.zeros((32, 24), np.uint8)
    picture[:, 6:18] = 255
    found = normalise(picture)
    assert found.box == (6, 0, 12, 32)
    assert found.touches_border


@pytest.mark.parametrize("dark", [True, False])
def test_uneven_light_is_removed(dark: bool) -> None:
    """Under a shadow that is darker than the ink elsewhere, the digit is the same as on clean paper."""
    digit = cv2.resize(draw(5), (200, 200)) > 127
    light = np.linspace(90, 230, 300)[None].repeat(300, axis=0)
    light[50:250, 50:250][digit] *= 0.6
    picture = light.astype(np.uint8) if dark else 255 - light.astype(np.uint8)
    clean = np.full((300, 300), 255, np.uint8)
    clean[50:250, 50:250][digit] = 0
    assert difference(normalise(clean).image, normalise(picture).image) < 0.17


def test_remnants_of_printed_lines_are_dropped() -> None:
    """Lines inside the border's band are no part of the digit."""
    picture = lay(draw(2), 100, 120, 30, 20, 255, 40)
    expected = normalise(picture).image
    picture[:3], picture[:, -4:] = 60, 60
    assert difference(expected, normalise(picture).image) < 0.05


@pytest.mark.parametrize("turn", range(4))
def test_a_printed_line_that_the_digit_touches_is_peeled_off(turn: int) -> None:
    """A line along the whole border is cut from a digit that runs into it; the digit fills the image all the same."""
    picture = lay(draw(1, 4, 4), 100, 80, 10, 1, 255, 60)
    alone = normalise(np.rot90(picture, turn)).image
    picture[:3] = 60
    assert difference(alone, normalise(np.rot90(picture, turn)).image) < 0.33


@pytest.mark.parametrize("digit", [5, 7])
def test_the_bar_of_a_tight_crop_is_no_printed_line(digit: int) -> None:
    """A 7 that fills its picture keeps its bar though that runs along the whole border."""
    drawn = draw(digit, 2)
    x, y, w, h = cv2.boundingRect(drawn)
    tight = cv2.resize(drawn[y : y + h, x : x + w], (60, 80), interpolation=cv2.INTER_NEAREST)
    loose = cv2.copyMakeBorder(tight, 20, 20, 20, 20, cv2.BORDER_CONSTANT, value=0)
    assert difference(normalise(loose).image, normalise(tight).image) < 0.33


def test_specks_are_dropped() -> None:
    """A few dark pixels far from the digit change nothing."""
    picture = lay(draw(2), 100, 120, 30, 20, 255, 40)
    expected = normalise(picture).image
    picture[5, 100], picture[90:92, 8:10] = 0, 0
    assert np.array_equal(normalise(picture).image, expected)


def test_a_small_digit_in_a_huge_picture_keeps_its_detail() -> None:
    """Forty megapixels are shrunk first, and the digit looked at again in the original."""
    picture = np.full((5500, 7200), 240, np.uint8)
    digit = draw(4)
    picture[3000:3240, 5000:5240][cv2.resize(digit, (240, 240)) > 127] = 30
    found = normalise(picture)
    assert difference(normalise(digit).image, found.image) < 0.17
    assert found.box is not None
    assert found.box[0] == pytest.approx(5000 + normalise(digit).box[0] * 4, abs=20)  # type: ignore[index]


def test_facts_for_hints() -> None:
    """Contrast, pieces, stroke and border are reported as they are."""
    found = normalise(lay(draw(7), 80, 80, 10, 10, 200, 149))
    assert found.contrast == pytest.approx(0.2, abs=0.01)
    assert (found.blobs, found.touches_border) == (1, False)
    assert 1.5 < found.stroke < 3.5


@pytest.mark.parametrize("picture", [np.zeros((5, 5, 3), np.uint8), np.zeros((5, 5)), np.zeros(5, np.uint8)])
def test_other_arrays_are_refused(picture: np.ndarray) -> None:
    """Colour, floats and rows are a mistake of the caller, named with their shape."""
    with pytest.raises(ValueError, match="uint8"):
        normalise(picture)
