"""Fifteen corruptions after MNIST-C: images -> the same images made harder to read, by a severity from 0 to 5.

    name(images (N, H, W) uint8, severity, rng) -> (N, H, W) uint8, severity 0 being the images as they are

The kinds and their parameters at severities 1 to 5 are those of MNIST-C (Mu and Gilmer, arXiv 1906.02337, and its
published `corruptions.py`); between whole severities they are interpolated. The images are not those of the published set:
the drawing is our own, and lengths are shares of the image's side, so that any size will do. MNIST-C gives stripe, dotted
line, zigzag and canny edges no severity: here 5 is its level, and lower ones are narrower (stripe) or fainter (the rest).
"""

from __future__ import annotations  # numpy.random is not imported before somebody draws

import functools
import math
from collections.abc import Callable, Sequence
from statistics import NormalDist

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.errors import UsageError, unknown_name

__all__ = ["CORRUPTIONS", "Corruption", "find_corruption"]

Images = NDArray[np.uint8]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Corruption = Callable[[Images, float, "np.random.Generator"], Images]

SIDE = 28  # pixels: the side that the lengths below were published for
MUD = 63.0  # grey level of spattered mud


def promised(corruption: Corruption) -> Corruption:
    """What all fifteen keep: severity 0 changes nothing and draws nothing; a wrong argument is one clear error."""

    @functools.wraps(corruption)
    def checked(images: Images, severity: float, rng: np.random.Generator) -> Images:
        if images.ndim != 3 or images.dtype != np.uint8:
            raise ValueError(f"images are {images.dtype} of shape {images.shape}; wanted uint8 (N, H, W)")
        if not 0 <= severity <= 5:
            raise UsageError(f"severity must lie between 0 and 5, not {severity:g}")
        nothing_to_see = severity < 0.001 or images.size == 0
        return images.copy() if nothing_to_see else corruption(images, severity, rng)

    return checked


# ------------------------------------------------------------------------------------------- noise


@promised
def shot_noise(images: Images, severity: float, rng: np.random.Generator) -> Images:
    """Too little light: every pixel counts photons, down to three for full white (Poisson noise)."""
    photons = 1 / _at(severity, 1 / 60, 1 / 25, 1 / 12, 1 / 5, 1 / 3)
    changed = images.copy()
    lit = images > 0  # black stays black, and there is much of it
    changed[lit] = _bytes(rng.poisson(images[lit] * (photons / 255)) * (255 / photons))
    return changed


@promised
def impulse_noise(images: Images, severity: float, rng: np.random.Generator) -> Images:
    """Salt and pepper: up to 27 % of the pixels turn white or black, half of them each."""
    amount = _at(severity, 0.03, 0.06, 0.09, 0.17, 0.27)
    draw = rng.random(images.shape, np.float32)
    return np.where(draw < amount / 2, 0, np.where(draw > 1 - amount / 2, 255, images)).astype(np.uint8)


# -------------------------------------------------------------------------------------------- blur


@promised
def glass_blur(images: Images, severity: float, rng: np.random.Generator) -> Images:
    """Frosted glass: blurred, every pixel taken from a place nearby, blurred again.

    One displacement stands for MNIST-C's repeated swaps of neighbours; its reach is what they add up to.
    """
    sigma = _at(severity, 0.7, 0.9, 1.0, 1.1, 1.5) * _unit(images)
    reach = _at(severity, 1.0, 1.4, 2.4, 3.0, 4.0) * _unit(images)
    n, height, width = images.shape
    shift = np.rint(rng.uniform(-reach, reach, (2, n, height, width)).astype(np.float32)).astype(np.int32)
    rows = np.clip(shift[0] + np.arange(height, dtype=np.int32)[:, None], 0, height - 1)
    columns = np.clip(shift[1] + np.arange(width, dtype=np.int32), 0, width - 1)
    places = (rows * width + columns).reshape(n, -1)
    moved = np.take_along_axis(_blur(images, sigma).reshape(n, -1), places, 1).reshape(images.shape)
    return _blur(moved, sigma)


@promised
def motion_blur(images: Images, severity: float, rng: np.random.Generator) -> Images:
    """The camera moved: a smear within 45 degrees of level.

    MNIST-C's trail runs to one side, which carries a small image out of its frame; ours smears as much to both sides.
    """
    one_sided = _at(severity, 3, 5, 8, 12, 15) * _unit(images)
    sigma = one_sided * math.sqrt(1 - 2 / math.pi)  # the standard deviation of half a Gaussian
    angles = rng.uniform(-math.pi / 4, math.pi / 4, len(images))
    return np.stack([_filter(image, _smear(angle, sigma)) for image, angle in zip(images, angles, strict=True)])


# ---------------------------------------------------------------------------------- place and form


@promised
def shear(images: Images, severity: float, rng: np.random.Generator) -> Images:
    """Slanted to the left or right, by up to as much as it is high."""
    slope = _at(severity, 0.2, 0.4, 0.6, 0.8, 1.0) * _signs(rng, len(images))
    matrices = np.tile(np.eye(2), (len(images), 1, 1))
    matrices[:, 0, 1] = slope
    return _warp(images, matrices)


@promised
def scale(images: Images, severity: float, rng: np.random.Generator) -> Images:
    """Shrunk about the middle, down to half its size."""
    factor = 1 - _at(severity, 0.1, 0.2, 0.3, 0.4, 0.5)
    return _warp(images, np.tile(np.eye(2) * factor, (len(images), 1, 1)))


@promised
def rotate(images: Images, severity: float, rng: np.random.Generator) -> Images:
    """Turned about the middle to the left or right, by up to one radian (57 degrees)."""
    angle = _at(severity, 0.2, 0.4, 0.6, 0.8, 1.0) * _signs(rng, len(images))
    cos, sin = np.cos(angle), np.sin(angle)
    return _warp(images, np.stack([np.stack([cos, -sin], 1), np.stack([sin, cos], 1)], 1))


@promised
def translate(images: Images, severity: float, rng: np.random.Generator) -> Images:
    """Moved along both axes, by up to five pixels of 28 each."""
    pixels = _at(severity, 1, 2, 3, 4, 5) * _unit(images)
    shifts = pixels * np.stack([_signs(rng, len(images)), _signs(rng, len(images))], 1)
    return _warp(images, np.tile(np.eye(2), (len(images), 1, 1)), shifts)


# ------------------------------------------------------------------------------- light and weather


@promised
def brightness(images: Images, severity: float, rng: np.random.Generator) -> Images:
    """Everything brighter, by up to half of white."""
    return _bytes(images + np.float32(255 * _at(severity, 0.1, 0.2, 0.3, 0.4, 0.5)))


@promised
def stripe(images: Images, severity: float, rng: np.random.Generator) -> Images:
    """The left and right edge as a negative, up to a quarter of the width each."""
    wide = round(images.shape[2] / 4 * severity / 5)
    changed = images.copy()
    for part in (changed[:, :, :wide], changed[:, :, images.shape[2] - wide :]):
        np.subtract(255, part, out=part)
    return changed


@promised
def fog(images: Images, severity: float, rng: np.random.Generator) -> Images:
    """Clouds in front of it, up to three times as bright as its ink; the finer they are, the more they hide."""
    strength = _at(severity, 1.5, 2.0, 2.5, 2.5, 3.0)
    decay = float(np.interp(severity, range(1, 6), (2.0, 2.0, 1.7, 1.5, 1.4)))
    brightest = np.maximum(images.max((1, 2), keepdims=True), 1) / np.float32(255)
    fogged = images + 255 * strength * _clouds(images.shape, decay, rng)
    return _bytes(fogged * (brightest / (brightest + strength)))


@promised
def spatter(images: Images, severity: float, rng: np.random.Generator) -> Images:
    """Drops of grey mud over up to a quarter of the image."""
    covered = _at(severity, 0.03, 0.08, 0.13, 0.18, 0.25)
    drops = _smooth_noise(images.shape, 1.5 * _unit(images), rng)
    mud = np.clip(4 * (drops - NormalDist().inv_cdf(1 - covered)) + 0.5, 0, 1)
    return _bytes(images * (1 - mud) + MUD * mud)


# ---------------------------------------------------------------------------------------- drawings


@promised
def dotted_line(images: Images, severity: float, rng: np.random.Generator) -> Images:
    """A dashed line from the left edge to the right."""
    n, height, width = images.shape
    rows = rng.uniform(0, height - 1, (n, 2))
    drawing = np.stack([_draw(np.array([(0, a), (width - 1, b)]), images) for a, b in rows])
    dash = 2 * _unit(images)
    drawing[:, :, (np.arange(width) // dash) % 2 == 0] = 0
    return _bytes(images + drawing * np.float32(severity / 5))


@promised
def zigzag(images: Images, severity: float, rng: np.random.Generator) -> Images:
    """A zigzag line from left to right, nearly level."""
    n, height, width = images.shape
    unit = _unit(images)
    columns = np.linspace(2 * unit, width - 1 - 2 * unit, 7)  # six strokes, each four pixels of 28 on
    starts, falls = rng.uniform(0, height - 1, (n, 1)), rng.uniform(-5, 5, (n, 1)) * unit
    rows = starts + falls * np.linspace(0, 1, 7) + 2 * unit * np.resize((1, -1), 7)
    drawing = np.stack([_draw(np.stack([columns, row], 1), images) for row in rows])
    return _bytes(images + drawing * np.float32(severity / 5))


@promised
def canny_edges(images: Images, severity: float, rng: np.random.Generator) -> Images:
    """Nothing left but the outlines (Canny's edges); below severity 5 the image shines through."""
    edges = np.stack([cv2.Canny(image, 100, 200) for image in _blur(images, 1.0)])
    share = np.float32(severity / 5)
    return _bytes(images * (1 - share) + edges * share)


CORRUPTIONS: dict[str, Corruption] = {
    corruption.__name__: corruption
    for corruption in (
        *(shot_noise, impulse_noise, glass_blur, motion_blur, shear, scale, rotate, brightness, translate),
        *(stripe, fog, spatter, dotted_line, zigzag, canny_edges),
    )
}


def find_corruption(name: str) -> Corruption:
    """The corruption of that name. Raises UsageError listing the known names."""
    if name not in CORRUPTIONS:
        raise unknown_name("corruption", name, CORRUPTIONS)
    return CORRUPTIONS[name]


# --------------------------------------------------------------------------------------- their tools


def _at(severity: float, *published: float) -> float:
    """A parameter at `severity`: 0 at 0, the published values at 1 to 5, straight lines between."""
    return float(np.interp(severity, range(6), (0.0, *published)))


def _unit(images: Images) -> float:
    """How many pixels of `images` are one pixel of a 28x28 image."""
    side: int = min(images.shape[1:])
    return side / SIDE


def _bytes(levels: Floats | Doubles) -> Images:
    rounded: Images = np.rint(levels.clip(0, 255)).astype(np.uint8)
    return rounded


def _signs(rng: np.random.Generator, n: int) -> Doubles:
    return rng.choice(np.array([-1.0, 1.0]), n)


def _blur(images: Images, sigma: float) -> Images:
    return np.stack([cv2.GaussianBlur(image, (0, 0), sigma) for image in images])


def _smear(angle: float, sigma: float) -> Floats:
    """A Gaussian along a line at `angle` as a kernel that sums to 1; odd sides, so that it has a middle."""
    reach = max(1, round(2 * sigma))
    steps = np.arange(-reach, reach + 1)
    x, y = np.rint(steps * math.cos(angle)).astype(int), np.rint(steps * math.sin(angle)).astype(int)
    kernel = np.zeros((2 * y.max() + 1, 2 * x.max() + 1), np.float32)
    weights = np.exp(-0.5 * (steps / sigma) ** 2)
    np.add.at(kernel, (y + y.max(), x + x.max()), weights / weights.sum())
    return kernel


def _filter(image: Images, kernel: Floats) -> Images:
    return np.asarray(cv2.filter2D(image, -1, kernel, borderType=cv2.BORDER_CONSTANT), np.uint8)


def _warp(images: Images, matrices: Doubles, shifts: Doubles | None = None) -> Images:
    """Each image moved by its matrix (N, 2, 2) about its middle, then by its shift (N, 2) in pixels (x, y)."""
    height, width = images.shape[1:]
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    offsets = middle - matrices @ middle + (0 if shifts is None else shifts)
    moves = np.concatenate([matrices, offsets[:, :, None]], 2)
    return np.stack([cv2.warpAffine(image, move, (width, height)) for image, move in zip(images, moves, strict=True)])


def _clouds(shape: Sequence[int], decay: float, rng: np.random.Generator) -> Floats:
    """Clouds from 0 to 1 over each image (N, H, W): octaves of noise, each half as large and `decay` weaker.

    The largest three are larger than the image (MNIST-C cuts 28 pixels out of 256), so they set how foggy all of it is.
    """
    n, height, width = shape
    clouds = np.zeros((n, height, width), np.float32)
    strengths = decay ** -np.arange(3 + math.ceil(math.log2(max(height, width, 2))))
    for octave, strength in enumerate(strengths):
        grids = rng.uniform(-strength, strength, (n, *[2 ** max(octave - 3, 0) + (octave > 2)] * 2)).astype(np.float32)
        clouds += np.stack([cv2.resize(grid, (width, height), interpolation=cv2.INTER_LINEAR) for grid in grids])
    shade: Floats = 0.5 + clouds / np.float32(strengths.sum())
    return shade.clip(0, 1)


def _smooth_noise(shape: Sequence[int], sigma: float, rng: np.random.Generator) -> Floats:
    """Gaussian noise (N, H, W) of mean 0 and standard deviation 1, smooth over `sigma` pixels."""
    noise = rng.standard_normal(shape, np.float32)
    smooth: Floats = np.stack([cv2.GaussianBlur(one, (0, 0), sigma) for one in noise])
    smooth /= max(float(smooth.std()), 1e-6)
    return smooth


def _draw(points: Doubles, images: Images) -> Images:
    """A line through `points` (P, 2), x and y in pixels, two pixels of 28 thick, white on black."""
    drawing = np.zeros(images.shape[1:], np.uint8)
    sixteenths = np.rint(points * 16).astype(np.int32)
    cv2.polylines(drawing, [sixteenths], False, 255, max(1, round(2 * _unit(images))), cv2.LINE_AA, 4)
    return drawing
