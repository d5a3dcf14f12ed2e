"""A line of ink -> its digits, each with its box, and the boxes of what is none.

Line -> normalise_line -> frames -> digits with frames -> columns of the ink -> boxes of the strokes there
"""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.images.line_form import LineImage, normalise_line
from tenfold.images.lines import Line
from tenfold.reading.ctc import BLANK, Spelled, spell
from tenfold.reading.line_recogniser import LineRecogniser
from tenfold.reading.reading import Box

__all__ = ["Number", "NumberDigit", "read_line"]

LATE = 0.5  # of a frame: a frame speaks of the middle of its pixels
MARK = 0.12  # of the line's height: refused ink smaller than this is dirt and not worth a word


@dataclass(frozen=True)
class NumberDigit:
    """A digit of a line: its probabilities (10,), its box in the picture, and what the network saw of it."""

    probabilities: NDArray[np.float64]
    box: Box
    image: NDArray[np.uint8]

    @property
    def digit(self) -> int:
        """The most probable one."""
        return int(self.probabilities.argmax())

    @property
    def confidence(self) -> float:
        """Its probability; the rest of 1 is for the other digits and for there being none."""
        return float(self.probabilities.max())


@dataclass(frozen=True)
class Evidence:
    """What a number was read from: its line, what the network saw of it, its log probabilities (T, 11), and their text."""

    line: Line
    seen: LineImage
    logs: NDArray[np.float64]
    spelled: Spelled


@dataclass(frozen=True)
class Number:
    """A line that was read.

    text:       its digits
    confidence: the probability of the text, 0 to 1
    digits:     one for each character of the text
    refused:    boxes of ink that is no digit
    box:        of all its ink
    evidence:   what it was read from
    """

    text: str
    confidence: float
    digits: tuple[NumberDigit, ...]
    refused: tuple[Box, ...]
    box: Box
    evidence: Evidence


def read_line(line: Line, reader: LineRecogniser) -> Number:
    """Read one line."""
    seen = normalise_line(line, reader.form)
    logs = reader.log_probabilities(seen.image)
    spelled = spell(logs)
    places = [a + int(logs[a:b, int(char)].argmax()) for char, (a, b) in zip(spelled.text, spelled.spans, strict=True)]
    return as_number(Evidence(line, seen, logs, spelled), spelled, list(np.exp(logs[places, :BLANK])), reader)


def as_number(evidence: Evidence, spelled: Spelled, rows: list[NDArray[np.float64]], reader: LineRecogniser) -> Number:
    """The number that a line spells, each digit with its probabilities (10,); digits below the threshold are left out."""
    stays = [place for place, row in enumerate(rows) if row.max() >= reader.threshold]
    middles = [reader.stride * (sum(spelled.spans[place]) - 1) / 2 + LATE * reader.stride for place in stays]
    line, seen = evidence.line, evidence.seen
    columns = np.interp(middles, np.arange(len(seen.columns)), seen.columns)
    boxes, refused = boxes_of(line, columns)
    digits = tuple(
        NumberDigit(rows[place], box, window(seen, middle, reader.form.height))
        for place, box, middle in zip(stays, boxes, middles, strict=True)
    )
    text = "".join(str(digit.digit) for digit in digits)
    return Number(text, spelled.probability, digits, refused, line.box, evidence)


def window(seen: LineImage, middle: float, side: int) -> NDArray[np.uint8]:
    """What the network saw around a column: (side, side) uint8."""
    padded = cv2.copyMakeBorder(seen.image, 0, 0, side, side, cv2.BORDER_CONSTANT, value=0)
    left = round(middle) + side // 2
    return np.asarray(padded[:, left : left + side], np.uint8)


# ---------------------------------------------------------------------------------------------- boxes


def boxes_of(line: Line, columns: NDArray[np.float64]) -> tuple[list[Box], tuple[Box, ...]]:
    """For each digit seen at a column of the ink the box of its strokes in the picture; and boxes of strokes of none.

    Strokes that hang together are cut between two digits where the ink is thinnest.
    """
    cuts = [cut_between(line.mask, a, b) for a, b in pairwise(columns)]
    count, labels, stats, _ = cv2.connectedComponentsWithStats(line.mask, connectivity=8)
    owned: list[list[Box]] = [[] for _ in columns]
    none: list[Box] = []
    edges = np.array([-np.inf, *cuts, np.inf])
    height = line.mask.shape[0]
    for number in range(1, count):
        x, y, w, h, _ = (int(v) for v in stats[number])
        inside = [place for place, column in enumerate(columns) if x - 0.1 * height <= column <= x + w + 0.1 * height]
        if len(inside) > 1:
            for place in inside:
                left, right = max(x, int(max(edges[place], x))), int(min(edges[place + 1], x + w))
                part = cv2.boundingRect(np.asarray(labels[y : y + h, left:right] == number, np.uint8))
                if part[2]:
                    owned[place].append((left + part[0], y + part[1], part[2], part[3]))
            continue
        place = inside[0] if inside else _nearest(columns, x + w / 2)
        if inside or (place >= 0 and abs(columns[place] - (x + w / 2)) < _reach(height, (x, y, w, h))):
            owned[place].append((x, y, w, h))
        elif max(w, h) > MARK * height:
            none.append((x, y, w, h))
    found = [_union(boxes) if boxes else (int(x), 0, 1, height) for boxes, x in zip(owned, columns, strict=True)]
    return [line.in_picture(box) for box in found], tuple(line.in_picture(box) for box in none)


def cut_between(mask: NDArray[np.uint8], a: float, b: float) -> float:
    """The column between two digits with the least ink, the nearest to their middle among several."""
    left, right = int(a) + 1, max(int(a) + 2, int(b))
    ink = np.count_nonzero(mask[:, left:right], axis=0).astype(float)
    away = np.abs(np.arange(len(ink)) - len(ink) / 2) / max(1, len(ink))
    return left + float(np.argmin(ink + away)) if len(ink) else (a + b) / 2


def _nearest(columns: NDArray[np.float64], x: float) -> int:
    return int(np.abs(columns - x).argmin()) if len(columns) else -1


def _reach(height: int, box: Box) -> float:
    """How far from a digit's middle a stroke of its own may stand: the bar of a 5 far, a comma hardly."""
    _, y, w, h = box
    if h >= 0.5 * height:
        return 0.25 * height
    is_mark = y + h / 2 > 0.6 * height and max(w, h) < 0.4 * height
    return (0.15 if is_mark else 0.45) * height


def _union(boxes: list[Box]) -> Box:
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    return left, top, max(b[0] + b[2] for b in boxes) - left, max(b[1] + b[3] for b in boxes) - top
