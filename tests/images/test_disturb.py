"""Disturbances: random but repeatable, and the digit outlives them."""

import numpy as np
import pytest

from tenfold.images import disturb as steps
from tenfold.images.disturb import disturb, enlarge, rewrite
from tenfold.images.glyphs import draw_glyph
from tenfold.images.normalise import normalise

STEPS = [steps.add_lines, steps.vary_pressure, steps.light, steps.lower_resolution, steps.add_noise, steps.jpeg]


@pytest.fixture
def ink() -> np.ndarray:
    """A five, (96, 96) uint8."""
    return draw_glyph("five", np.random.default_rng(2))


def likeness(a: np.ndarray, b: np.ndarray) -> float:
    """Cosine of the angle between two images, 0 to 1."""
    a, b = a.astype(float).ravel(), b.astype(float).ravel()
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-9))


def test_the_same_seed_gives_the_same_picture(ink: np.ndarray) -> None:
    """And another seed another one; the ink given is left as it was."""
    before = ink.copy()
    first, again, other = (disturb(rewrite(ink, rng), rng) for rng in map(np.random.default_rng, (1, 1, 2)))
    assert np.array_equal(first, again)
    assert first.shape != other.shape or not np.array_equal(first, other)
    assert np.array_equal(ink, before)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_a_step_gives_a_grey_picture(step, ink: np.ndarray) -> None:  # type: ignore[no-untyped-def]
    """(H, W) uint8 in, (H, W) uint8 out, and what was given is left as it was."""
    before = ink.copy()
    for seed in range(10):
        picture = step(ink, np.random.default_rng(seed))
        assert picture.ndim == 2
        assert picture.dtype == np.uint8
    assert np.array_equal(ink, before)


def test_a_digit_outlives_its_disturbance(ink: np.ndarray) -> None:
    """Nine of ten disturbed pictures come out of the normalisation as the same shape."""
    rng = np.random.default_rng(0)
    plain = normalise(ink).image
    alike = [likeness(plain, normalise(disturb(ink, rng)).image) > 0.7 for _ in range(200)]
    assert np.mean(alike) > 0.9


def test_both_polarities_and_many_sizes_come_out(ink: np.ndarray) -> None:
    """Dark on light and light on dark, from a few pixels to many."""
    rng = np.random.default_rng(0)
    pictures = [disturb(ink, rng) for _ in range(100)]
    light = np.mean([np.median(picture) > 127 for picture in pictures])
    assert 0.2 < light < 0.8
    assert min(max(picture.shape) for picture in pictures) < 30
    assert max(max(picture.shape) for picture in pictures) > 100


def test_no_hand_leaves_the_shape_in_its_place(ink: np.ndarray) -> None:
    """With `hand` 0 geometry does not vary: only the pen does, and the size within the field."""
    for seed in range(10):
        assert likeness(normalise(ink).image, normalise(rewrite(ink, np.random.default_rng(seed), 0.0)).image) > 0.75


def test_the_pen_becomes_thinner_or_thicker(ink: np.ndarray) -> None:
    """Both happen, and neither loses the digit."""
    sums = [int((steps.change_pen(ink, np.random.default_rng(seed)) > 127).sum()) for seed in range(30)]
    assert min(sums) > 0
    assert min(sums) < (ink > 127).sum() < max(sums)


def test_enlarge_keeps_a_small_digits_shape() -> None:
    """28x28 becomes clean ink of the wanted side, which normalises to the same digit."""
    small = normalise(draw_glyph("seven", np.random.default_rng(4))).image
    large = enlarge(small, 96)
    assert large.shape == (96, 96)
    assert likeness(normalise(small).image, normalise(large).image) > 0.9
