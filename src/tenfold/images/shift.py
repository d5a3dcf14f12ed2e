"""Images moved about in a larger field: the plainest thing that a dense network cannot bear."""

from __future__ import annotations  # numpy.random is not imported before somebody draws

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import UsageError


def random_shift(
    images: NDArray[np.uint8], size: tuple[int, int] = (48, 48), *, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Images (N, H, W) -> (N, *size) uint8: each at a place of an empty field drawn by `rng`, all places alike.

    Raises UsageError where the field is smaller than the images.
    """
    room_down, room_right = _room(images, size)
    rows = rng.integers(0, room_down + 1, len(images))
    columns = rng.integers(0, room_right + 1, len(images))
    return _place(images, rows, columns, size)


def shift_by(
    images: NDArray[np.uint8], distance: float, size: tuple[int, int] = (48, 48), *, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Images (N, H, W) -> (N, *size) uint8: each `distance` pixels off the field's centre, in a direction drawn by `rng`.

    Distance 0 centres them. Raises UsageError where the field has no room for so large a shift.
    """
    down, right = (room // 2 for room in _room(images, size))
    if not 0 <= distance <= min(down, right):
        raise UsageError(f"a shift of {distance:g} pixels: the field has room for 0 to {min(down, right)}")
    angle = rng.uniform(0, 2 * np.pi, len(images))
    rows = down + np.rint(distance * np.sin(angle)).astype(np.int64)
    columns = right + np.rint(distance * np.cos(angle)).astype(np.int64)
    return _place(images, rows, columns, size)


def _room(images: NDArray[np.uint8], size: tuple[int, int]) -> tuple[int, int]:
    """How many pixels the images can move down and to the right in the field."""
    room = size[0] - images.shape[1], size[1] - images.shape[2]
    if min(room) < 0:
        raise UsageError(f"images of {images.shape[1]}x{images.shape[2]} do not fit a field of {size[0]}x{size[1]}")
    return room


def _place(
    images: NDArray[np.uint8], rows: NDArray[np.int64], columns: NDArray[np.int64], size: tuple[int, int]
) -> NDArray[np.uint8]:
    """Images (N, H, W) on empty fields (N, *size), their top left corners at `rows` and `columns` (N,)."""
    fields = np.zeros((len(images), *size), np.uint8)
    _, height, width = images.shape
    for field, image, row, column in zip(fields, images, rows, columns, strict=True):
        field[row : row + height, column : column + width] = image
    return fields
