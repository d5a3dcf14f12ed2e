"""A line's ink -> the pieces of it that stand beside each other: a digit each, or several that touch."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.images.lines import Line, own_ink

__all__ = ["pieces_of"]

TALL = 0.4  # of the line's height: what is lower is a part of the piece beside it, or a mark
LONG = 0.5  # of the line's height: what is longer than this counts, however low
MARK = 0.1  # of the line's height: what is smaller is dirt
NEAR = 0.25  # of the line's height: a low part is at most so far from its piece's side
LOW = 0.7  # of the line's height: a low part whose middle is below this is a full stop or a comma
SHARED = 0.5  # of the narrower one's width: pieces one above the other by so much are one
RIM = 0.2  # of the line's height: paper around each piece


def pieces_of(line: Line) -> list[NDArray[np.uint8]]:
    """The ink of each piece, (h, w) uint8 bright on 0 with paper around it, from left to right."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(line.mask, connectivity=8)
    x, ends = stats[:, 0], stats[:, 0] + stats[:, 2]
    return [
        _cut(line, np.asarray(labels), int(x[numbers].min()), int(ends[numbers].max()), numbers)
        for numbers in _gathered(np.asarray(stats), line.mask.shape[0])
    ]


def _gathered(stats: NDArray[np.int32], height: int) -> list[list[int]]:
    """The numbers of the connected parts that make up each piece."""
    x, w, h = stats[:, 0], stats[:, 2], stats[:, 3]
    tall = [i for i in range(1, len(stats)) if h[i] >= TALL * height or w[i] >= LONG * height]
    pieces: list[list[int]] = []
    ends: list[tuple[int, int]] = []
    for i in sorted(tall, key=lambda i: int(x[i])):
        left, right = int(x[i]), int(x[i] + w[i])
        if pieces and min(ends[-1][1], right) - max(ends[-1][0], left) > SHARED * min(ends[-1][1] - ends[-1][0], w[i]):
            pieces[-1].append(i)
            ends[-1] = min(ends[-1][0], left), max(ends[-1][1], right)
        else:
            pieces.append([i])
            ends.append((left, right))
    for i in set(range(1, len(stats))) - set(tall):
        middle, low = x[i] + w[i] / 2, stats[i, 1] + h[i] / 2 > LOW * height
        away = [max(0.0, left - middle, middle - right) for left, right in ends]
        if pieces and max(w[i], h[i]) > MARK * height and not low and min(away) < NEAR * height:
            pieces[int(np.argmin(away))].append(i)
    return pieces


def _cut(line: Line, labels: NDArray[np.int32], left: int, right: int, numbers: list[int]) -> NDArray[np.uint8]:
    """A piece's own ink between two columns, its neighbours' taken out."""
    window = (slice(None), slice(left, right))
    _, ink = own_ink(line.ink[window], line.mask[window], labels[window], numbers)
    rim = max(3, int(RIM * line.ink.shape[0]))
    return np.asarray(cv2.copyMakeBorder(ink, rim, rim, rim, rim, cv2.BORDER_CONSTANT, value=0), np.uint8)
