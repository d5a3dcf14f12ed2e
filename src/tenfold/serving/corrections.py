"""Wrongly read digits, kept with their right label in the folder-per-class form that `tenfold train --data` takes."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tenfold.errors import PictureError
from tenfold.files import sha256, write_atomically
from tenfold.images import decode
from tenfold.serving.problems import Problem

MARGIN = 0.2
"""Of the box's longer side, kept around the ink: the paper that the normalisation needs to see."""


@dataclass(frozen=True)
class Correction:
    """A picture, the label that is right, and where in the picture the digit is: x, y, width, height; None for all of it."""

    picture: bytes
    label: str
    box: tuple[int, int, int, int] | None


def keep(correction: Correction, folder: Path) -> dict[str, Any]:
    """Write the digit's part of the picture to LABEL/ in `folder`, as a grey PNG named by its SHA-256.

    The same part under another label is taken away: the last word counts. Raises Problem 422 for a picture that cannot be
    opened, 409 for a box outside it, TenfoldError where the folder cannot be written.
    """
    try:
        grey = decode(correction.picture)
    except PictureError as error:
        raise Problem(422, str(error)) from error
    buffer = io.BytesIO()
    Image.fromarray(_part(grey, correction.box)).save(buffer, "PNG")
    name = f"{sha256(buffer.getvalue())[:20]}.png"
    write_atomically(folder / correction.label / name, buffer.getvalue())
    for other in folder.glob(f"*/{name}"):
        if other.parent.name != correction.label:
            other.unlink(missing_ok=True)
    return {"label": correction.label, "kept": f"{correction.label}/{name}"}


def _part(grey: NDArray[np.uint8], box: tuple[int, int, int, int] | None) -> NDArray[np.uint8]:
    """The box with its margin, as far as the picture reaches."""
    if box is None:
        return grey
    x, y, width, height = box
    if width < 1 or height < 1 or x < 0 or y < 0 or x + width > grey.shape[1] or y + height > grey.shape[0]:
        raise Problem(409, f"the box lies outside the picture, which is {grey.shape[1]}x{grey.shape[0]}")
    margin = round(MARGIN * max(width, height))
    part = grey[max(0, y - margin) : y + height + margin, max(0, x - margin) : x + width + margin]
    return np.ascontiguousarray(part)
