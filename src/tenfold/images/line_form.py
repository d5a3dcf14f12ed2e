"""The one form in which lines reach their network: straightened, cropped to the ink's rows, 32 pixels high, gaps shortened.

    Line -> thin strokes thickened -> straightened -> rows cropped -> height 32 -> gaps shortened -> levels -> (32, W) uint8

Training and reading both go through `normalise_line`, with settings that travel in the model file.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.images.lines import Line

__all__ = ["LineForm", "LineImage", "coarser", "normalise_line"]

Image = np.ndarray

SHORT = 4.8  # how much more the ink's height weighs than its length against believing in a slope


@dataclass(frozen=True)
class LineForm:
    """The settings of `normalise_line`; the defaults are those of the shipped weights.

    height: of the image that comes out, in pixels.
    margin: paper above and below the ink, as a share of the ink's height.
    thinnest: thinner strokes are thickened, in pixels of the image that comes out.
    gap: a wider gap between strokes is shortened to this, in pixels of the image that comes out.
    longest: of the image that comes out, in pixels; what is longer is cut off.
    """

    height: int = 32
    margin: float = 0.1
    thinnest: float = 1.7
    gap: int = 20
    longest: int = 4096


@dataclass(frozen=True)
class LineImage:
    """What `normalise_line` made of a line.

    image:   (height, W) uint8, ink bright on dark
    columns: (W,) float32, the column of the line's ink that each column of `image` was taken from
    """

    image: Image
    columns: NDArray[np.float32]


DEFAULT = LineForm()
HALF = 100  # of 255: a coarser pixel with this much of its area in the mask is in the mask


def normalise_line(line: Line, form: LineForm = DEFAULT) -> LineImage:
    """Bring a line's ink to the form that its network reads."""
    inner = round(form.height / (1 + 2 * form.margin))
    ink, mask, zoom = _shrink(line.ink, line.mask, 2 * form.height)
    slope = find_slope(mask)
    ink, mask = straighten(ink, slope), straighten(mask, slope)
    _, y, _, h = cv2.boundingRect(mask)
    scale = inner / h
    ink = thicken(ink, mask, form.thinnest / scale)
    rim = max(1, round(form.margin * h))
    above, below = max(0, rim - y), max(0, y + h + rim - len(ink))
    rows = ink[max(0, y - rim) : y + h + rim]
    padded = cv2.copyMakeBorder(rows, above, below, rim, rim, cv2.BORDER_CONSTANT, value=0)
    width = max(4, round(padded.shape[1] * form.height / padded.shape[0]))
    image = cv2.resize(padded, (width, form.height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    solid = image[image > 0.5 * image.max()]
    image = cv2.convertScaleAbs(image, alpha=235 / max(1.0, float(solid.mean()) if len(solid) else 1.0))
    columns = ((np.arange(width, dtype=np.float32) + 0.5) * padded.shape[1] / width - rim) / zoom
    kept = near_ink(image, form.gap)[: form.longest]
    return LineImage(np.ascontiguousarray(image[:, kept]), columns[kept])


def coarser(line: Line, height: int, narrower: float = 1.0) -> Line:
    """The line seen from so far off that its ink is at most `height` pixels high, and made so many times as wide.

    As it is where that changes nothing.
    """
    tall, wide = line.ink.shape
    zoom = min(1.0, height / tall)
    size = (max(1, round(wide * zoom * narrower)), max(1, round(tall * zoom)))
    if size == (wide, tall):
        return line
    ink = np.asarray(cv2.resize(line.ink, size, interpolation=cv2.INTER_AREA), np.uint8)
    mask = cv2.threshold(cv2.resize(line.mask, size, interpolation=cv2.INTER_AREA), HALF, 255, cv2.THRESH_BINARY)[1]
    if not mask.any():
        return line
    back = np.diag((wide / size[0], tall / size[1], 1.0))
    return Line(ink, np.asarray(mask, np.uint8), line.place @ back)


def _shrink(ink: Image, mask: Image, tallest: int) -> tuple[Image, Image, float]:
    """Ink and mask at most so high, and by how much their columns shrank; hairlines survive."""
    zoom = tallest / ink.shape[0]
    if zoom >= 1:
        return ink, mask, 1.0
    size = (max(1, round(ink.shape[1] * zoom)), tallest)
    zoom_x = size[0] / ink.shape[1]
    stroke = stroke_width(mask) * zoom
    if stroke < 2:  # a hairline would fade away
        ink = cv2.dilate(ink, np.ones((round(2 / zoom - stroke / zoom) + 1,) * 2, np.uint8))
    ink = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    mask = cv2.threshold(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), 70, 255, cv2.THRESH_BINARY)[1]
    if not mask.any():
        mask = cv2.threshold(ink, 0, 255, cv2.THRESH_BINARY)[1]
    return ink, mask, zoom_x


def find_slope(mask: Image) -> float:
    """How far the line falls for each pixel to the right: a regression on its strokes, held back where the line is short."""
    m = cv2.moments(mask, binaryImage=True)
    spread = m["mu20"] + SHORT * m["mu02"]
    slope = m["mu11"] / spread if spread else 0.0
    return float(np.clip(slope, -0.4, 0.4))


def straighten(image: Image, slope: float) -> Image:
    """The image with each column moved up by its share of the slope, higher by as much."""
    drop = slope * image.shape[1]
    if abs(drop) < 1:
        return image
    tall = image.shape[0] + int(abs(drop)) + 1
    matrix = np.array([[1, 0, 0], [-slope, 1, max(0.0, drop)]], np.float64)
    return np.asarray(cv2.warpAffine(image, matrix, (image.shape[1], tall), flags=cv2.INTER_LINEAR), np.uint8)


def stroke_width(mask: Image) -> float:
    """The usual width of the strokes of a mask, in pixels."""
    inside = cv2.distanceTransform(cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0), cv2.DIST_L2, 3)
    n = cv2.countNonZero(mask)
    return max(1.0, 4 * (cv2.sumElems(inside)[0] / n - 0.5)) if n else 1.0


def thicken(ink: Image, mask: Image, thinnest: float) -> Image:
    """The ink with its strokes at least so many pixels wide."""
    missing = round(thinnest - stroke_width(mask))
    if missing < 1:
        return ink
    return np.asarray(cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (missing + 1, missing + 1))), np.uint8)


def near_ink(image: Image, gap: int) -> NDArray[np.intp]:
    """The columns within half a gap of ink: what is farther from any is left out."""
    has = (image.max(0) > 70).astype(np.uint8)[None]
    return np.flatnonzero(cv2.dilate(has, np.ones((1, gap | 1), np.uint8))[0])
