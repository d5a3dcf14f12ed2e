"""Slightly different images of the same digits, drawn anew for every batch."""

from __future__ import annotations  # numpy.random is not imported before somebody draws

import cv2
import numpy as np
from numpy.typing import NDArray


def augment(
    images: NDArray[np.uint8],
    rng: np.random.Generator,
    *,
    rotation: float = 10.0,
    shear: float = 0.15,
    scale: float = 0.1,
    shift: float = 2.0,
) -> NDArray[np.uint8]:
    """Each of (N, H, W) turned, sheared, scaled and moved by its own random amount, within the given limits.

    rotation: degrees either way; shear: pixels sideways for each pixel of height, either way; scale: share larger or
    smaller; shift: pixels in each direction. What leaves the field is gone, what enters it is 0. With all limits 0 the
    images come back unchanged.
    """
    n, height, width = images.shape
    limits = np.array([rotation, shear, scale, shift, shift])
    drawn = rng.uniform(-1, 1, (n, 5)) * limits
    matrices = affine(drawn, height, width)
    return np.stack([
        np.asarray(cv2.warpAffine(image, matrix, (width, height)), np.uint8)
        for image, matrix in zip(images, matrices, strict=True)
    ]) if n else images.copy()  # fmt: skip


def affine(drawn: NDArray[np.float64], height: int, width: int) -> NDArray[np.float64]:
    """(N, 2, 3) matrices about the image's centre from (N, 5): degrees, shear, scale - 1, shift x, shift y."""
    angle, shear, scale, x, y = drawn.T
    cos, sin = np.cos(np.deg2rad(angle)) * (1 + scale), np.sin(np.deg2rad(angle)) * (1 + scale)
    linear = np.stack([np.stack([cos, shear * cos - sin], 1), np.stack([sin, shear * sin + cos], 1)], 1)
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    offset = centre - linear @ centre + np.stack([x, y], 1)
    return np.concatenate([linear, offset[:, :, None]], 2)
