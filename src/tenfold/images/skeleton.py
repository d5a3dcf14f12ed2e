"""Ink -> the line in its middle, so that any pen can write it again: thinning, and the distance to the line."""

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["SIDE", "Shape", "enlarged", "field_of", "shapes_of", "skeletons"]

SIDE = 56  # pixels: twice MNIST's, so that the middle of a thick stroke is a thin line
CHUNK = 500  # images thinned at a time

Shape = Callable[[int, bool, np.random.Generator], NDArray[np.uint8]]
"""A digit, whether with its own pen, and a generator -> one that somebody wrote, (SIDE, SIDE) uint8 of 0 and 1.

With its own pen it is a mask of all its ink, otherwise its middle line alone.
"""


def shapes_of(images: NDArray[np.uint8], labels: NDArray[np.int64]) -> Shape:
    """What picks one of these images (N, H, W) uint8, bright on 0, of a digit, thinned to its middle line or whole."""
    parts = [images[start : start + CHUNK] for start in range(0, len(images), CHUNK)]
    thinned = [np.packbits(skeletons(part).reshape(len(part), -1), axis=1) for part in parts]
    return partial(_pick, np.concatenate(thinned), images, [np.flatnonzero(labels == digit) for digit in range(10)])


def _pick(
    thin: NDArray[np.uint8], images: NDArray[np.uint8], places: list[NDArray[np.intp]], digit: int, own_pen: bool,
    rng: np.random.Generator,
) -> NDArray[np.uint8]:  # fmt: skip
    place = places[digit][rng.integers(len(places[digit]))]
    return enlarged(images[place]) if own_pen else np.unpackbits(thin[place]).reshape(SIDE, SIDE)


def enlarged(image: NDArray[np.uint8], side: int = SIDE) -> NDArray[np.uint8]:
    """Bright ink (H, W) uint8 -> the same ink as a mask, (side, side) uint8 of 0 and 1."""
    return np.asarray(cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC) > 110, np.uint8)


def skeletons(images: NDArray[np.uint8], side: int = SIDE) -> NDArray[np.uint8]:
    """Bright ink (N, H, W) uint8 -> lines one pixel thin, (N, side, side) uint8 of 0 and 1 (Zhang and Suen, 1984)."""
    solid = [enlarged(image, side) for image in images]
    thin = np.pad(np.stack(solid) > 0, ((0, 0), (1, 1), (1, 1))) if solid else np.zeros((0, side + 2, side + 2), bool)
    changed = True
    while changed:
        changed = False
        for first in (True, False):
            gone = _removable(thin, first)
            changed |= bool(gone.any())
            thin[:, 1:-1, 1:-1] &= ~gone
    return thin[:, 1:-1, 1:-1].astype(np.uint8)


def _removable(thin: NDArray[np.bool_], first: bool) -> NDArray[np.bool_]:
    """Which pixels one half of a thinning step takes off, (N, H, W) bool for `thin` (N, H + 2, W + 2)."""
    h, w = thin.shape[1] - 2, thin.shape[2] - 2
    around = ((0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0), (0, 0))  # clockwise from north
    p = [thin[:, y : y + h, x : x + w] for y, x in around]
    count = np.zeros(p[0].shape, np.uint8)
    turns = np.zeros(p[0].shape, np.uint8)
    for here, following in zip(p, p[1:] + p[:1], strict=True):
        count += here
        turns += ~here & following
    north, east, south, west = p[0], p[2], p[4], p[6]
    open_side = ~(east & south & (north | west)) if first else ~(north & west & (east | south))
    return np.asarray(thin[:, 1:-1, 1:-1] & (count >= 2) & (count <= 6) & (turns == 1) & open_side, bool)


def field_of(shape: NDArray[np.uint8], solid: bool = False) -> NDArray[np.float32]:
    """How far each pixel is from a line or a solid shape of 1 on 0, in pixels, (H, W) float32; inside a solid, below 0."""
    field = cv2.distanceTransform(1 - shape, cv2.DIST_L2, 5)
    if solid:
        field = field - cv2.distanceTransform(shape, cv2.DIST_L2, 5) + 0.5
    return np.asarray(field, np.float32)
