"""A picture -> the numbers in it: its lines found, each read, and for a single number the one that is most likely meant."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.images.lines import Line, find_lines
from tenfold.reading.line_recogniser import LineRecogniser
from tenfold.reading.numbers import Number, read_line

__all__ = ["certainty", "likeliest", "read_number", "read_page"]

CANDIDATES = 4  # lines of a picture that may be its number
SLIM = 0.35  # of its height: narrower ink may be a 1, but also the edge of a page


def read_number(picture: NDArray[np.uint8], reader: LineRecogniser) -> list[Number]:
    """The one number of a grey picture (H, W) uint8 in a list, or nothing."""
    return likeliest(find_lines(picture, one_number=True), reader)


def likeliest(lines: list[Line], reader: LineRecogniser) -> list[Number]:
    """The one of some lines that is most likely the number meant, in a list; nothing of none."""
    candidates = sorted(lines, key=amount)[-CANDIDATES:]
    numbers = [read_line(line, reader) for line in candidates]
    if not numbers:
        return []
    scores = [likelihood(line, number) for line, number in zip(candidates, numbers, strict=True)]
    return [numbers[int(np.argmax(scores))]]


def read_page(picture: NDArray[np.uint8], reader: LineRecogniser) -> list[Number]:
    """The lines of a grey picture (H, W) uint8 from the top, those without any digit too."""
    return [read_line(line, reader) for line in find_lines(picture)]


def amount(line: Line) -> int:
    """How much ink a line has."""
    return cv2.countNonZero(line.mask)


def certainty(number: Number) -> float:
    """How sure a number is, a digit at a time: 0 to 1, whatever its length; 0 without a digit."""
    return number.confidence ** (1 / len(number.text)) if number.text else 0.0


def likelihood(line: Line, number: Number) -> float:
    """How likely a line is the number that was meant: much ink, surely read."""
    h, w = line.mask.shape
    return float((0.01 + certainty(number)) * np.sqrt(amount(line)) * (0.3 if w < SLIM * h else 1.0))
