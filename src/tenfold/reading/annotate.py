"""A picture with what was read in it: a box and a reading for each digit, and a box for ink that is none."""

import numpy as np
from PIL import Image, ImageDraw

from tenfold.images import Picture, decode
from tenfold.reading.explain import font
from tenfold.reading.reading import Box, Digit, Reading

__all__ = ["annotate"]

SURE, DOUBTFUL, REFUSED = (5, 122, 85), (194, 65, 12), (148, 163, 184)
SMALLEST = 320  # pixels: a picture with a shorter longer side is enlarged, so that the readings can be read
LABEL = 0.45  # of a digit's height: the size of its reading
LARGEST_LABEL = 60  # pixels


def annotate(picture: Picture, reading: Reading) -> Image.Image:
    """The picture upright and in grey, an RGB image, with each digit's box and reading drawn on it.

    Sure digits are green, doubtful ones orange; a grey box stands for ink that was refused. A small picture comes out
    larger. Raises PictureError for what is no whole picture.
    """
    grey = decode(picture)
    zoom = max(1, -(-SMALLEST // max(grey.shape)))
    sheet = Image.fromarray(np.kron(grey, np.ones((zoom, zoom), np.uint8))).convert("RGB")
    draw = ImageDraw.Draw(sheet)
    thick = max(1, round(max(sheet.size) / 700))
    for ink in reading.refused:
        draw.rectangle(_corners(ink.box, zoom, 1), outline=REFUSED, width=thick)
    for digit in reading.digits:
        _draw_digit(draw, digit, reading.status == "ok", zoom, thick)
    return sheet


def _draw_digit(draw: ImageDraw.ImageDraw, digit: Digit, accepted: bool, zoom: int, thick: int) -> None:
    colour = REFUSED if not accepted else DOUBTFUL if digit.doubtful else SURE
    corners = _corners(digit.box, zoom, thick)
    draw.rectangle(corners, outline=colour, width=thick)
    if accepted:
        size = int(min(LARGEST_LABEL, max(12, LABEL * digit.box[3] * zoom)))
        above = corners[1] - size * 1.1 >= 0
        place = (corners[0], corners[1] if above else corners[3])
        draw.text(place, str(digit.digit), colour, font(size), anchor="lb" if above else "lt")


def _corners(box: Box, zoom: int, rim: int) -> tuple[int, int, int, int]:
    x, y, w, h = (side * zoom for side in box)
    return x - rim, y - rim, x + w + rim - 1, y + h + rim - 1
