"""A picture of several digits -> one picture for each: background evened out, rules removed, pieces of ink grouped.

    picture -> ink -> without rules -> connected pieces -> digits -> lines, in reading order

Digits that stand apart are found well; touching ones are cut where their ink is thinnest, which often cuts wrong.
"""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

Box = tuple[int, int, int, int]  # x, y, width, height

LARGEST = 1600  # pixels; larger pictures are shrunk to this longer side first
FAINTEST = 26  # of 255: ink that takes less of its paper's light is none
SHORT = 0.4  # of the usual height: pieces shorter than this are commas, dots, dashes and dirt
SHORTEST_RULE = 40  # pixels: in a picture this small a line may be the bar of a 7
WIDE = 1.35  # times its height: a piece wider than this is more than one digit
USUAL_WIDTH = 0.65  # of a digit, in heights


@dataclass(frozen=True)
class Piece:
    """One digit of a picture, probably.

    picture: (h, w) uint8, its ink alone, dark on white, with a margin
    box:     x, y, width, height in pixels of the given picture
    line:    from 0, from the top
    """

    picture: NDArray[np.uint8]
    box: Box
    line: int


def segment(picture: NDArray[np.uint8], *, one_line: bool) -> list[Piece]:
    """The digits in a grey picture (H, W) uint8, line by line from left to right; [] where there is no ink.

    one_line: keep only the line with the most ink, as in a cell of a form; otherwise every line, as on a page.
    """
    factor = max(1.0, max(picture.shape) / LARGEST)
    size = (max(1, round(picture.shape[1] / factor)), max(1, round(picture.shape[0] / factor)))
    grey = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8) if factor > 1 else picture
    mask = without_rules(find_ink(grey), one_line)
    _, _labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    lines = group_lines(tall_enough(merge_stacked([_box(row) for row in stats[1:]])))
    if one_line and lines:
        lines = [max(lines, key=lambda line: sum(w * h for _, _, w, h in line))]
    return [
        Piece(cut_out(mask, box), _in_original(box, factor, picture.shape), number)
        for number, line in enumerate(lines)
        for whole in line
        for box in split_wide(mask, whole, [h for _, _, _, h in line])
    ]


def find_ink(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W) uint8, 255 where there is ink: darker than the paper around it, or lighter where the paper is dark."""
    border = np.concatenate((grey[0], grey[-1], grey[:, 0], grey[:, -1]))
    threshold, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    if np.median(border) < threshold:
        grey = np.asarray(cv2.bitwise_not(grey), np.uint8)
    side = max(9, min(max(grey.shape) // 12, min(grey.shape) // 2)) | 1
    paper = cv2.morphologyEx(cv2.medianBlur(grey, 3), cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    paper = np.asarray(cv2.blur(paper, (side, side)), np.float32)
    ink = np.clip(255 * (1 - grey / np.maximum(paper, 1)), 0, 255).astype(np.uint8)
    level, _ = cv2.threshold(ink, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return np.multiply(ink > max(level * 0.8, FAINTEST), 255, dtype=np.uint8)


def without_rules(mask: NDArray[np.uint8], one_line: bool) -> NDArray[np.uint8]:
    """The mask without straight lines too long for a digit: of half a cell's width, of two fifths of a page."""
    height, width = mask.shape
    across, down = (width // 2, int(0.9 * height)) if one_line else (2 * width // 5, max(SHORTEST_RULE, 2 * height // 5))
    kernels = (np.ones((1, max(SHORTEST_RULE, across)), np.uint8), np.ones((max(25, down), 1), np.uint8))
    rules = cv2.bitwise_or(*(cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel) for kernel in kernels))
    if cv2.countNonZero(rules) == 0:
        return mask
    nearby = np.ones((3, 3), np.uint8)
    rest = cv2.bitwise_and(mask, cv2.bitwise_not(cv2.dilate(rules, nearby)))
    return np.asarray(cv2.morphologyEx(rest, cv2.MORPH_CLOSE, nearby), np.uint8)


def merge_stacked(boxes: list[Box]) -> list[Box]:
    """Boxes that lie above one another and close, such as a 5 and its bar, made one."""
    merged: list[Box] = []
    for box in sorted(boxes, key=lambda box: -box[2] * box[3]):
        place = next((i for i, other in enumerate(merged) if _is_part(box, other)), None)
        if place is None:
            merged.append(box)
        else:
            merged[place] = _union(box, merged[place])
    return merged


def tall_enough(boxes: list[Box]) -> list[Box]:
    """The boxes that are not much shorter than most of the ink is high."""
    if not boxes:
        return []
    heights = np.array([h for _, _, _, h in boxes])
    order = np.argsort(heights)
    weight = np.cumsum(np.array([w * h for _, _, w, h in boxes])[order])
    usual = heights[order][np.searchsorted(weight, weight[-1] / 2)]
    return [box for box in boxes if box[3] >= max(3, SHORT * usual)]


def group_lines(boxes: list[Box]) -> list[list[Box]]:
    """The boxes in lines from the top, each from left to right: a box joins the line that it overlaps by half its height."""
    lines: list[list[Box]] = []
    for box in sorted(boxes, key=lambda box: box[0]):
        overlaps = [_overlap(box, line[-1]) for line in lines]
        best = int(np.argmax(overlaps)) if overlaps else 0
        if overlaps and overlaps[best] >= 0.5 * min(box[3], lines[best][-1][3]):
            lines[best].append(box)
        else:
            lines.append([box])
    return sorted(lines, key=lambda line: float(np.mean([y + h / 2 for _, y, _, h in line])))


def split_wide(mask: NDArray[np.uint8], box: Box, heights: list[int]) -> list[Box]:
    """A box too wide for one digit cut into several, each time near where a column holds the least ink."""
    x, y, w, h = box
    usual = float(np.median(heights))
    if w <= WIDE * usual:
        return [box]
    parts = max(2, round(w / (USUAL_WIDTH * usual)))
    columns = np.count_nonzero(mask[y : y + h, x : x + w], axis=0)
    reach = max(1, int(0.3 * w / parts))
    cuts = [0]
    for part in range(1, parts):
        middle = round(part * w / parts)
        window = columns[middle - reach : middle + reach + 1]
        cuts.append(middle - reach + int(np.argmin(window)))
    cuts.append(w)
    return [(x + left, y, right - left, h) for left, right in pairwise(cuts) if right > left]


def cut_out(mask: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """The ink inside the box, dark on white, with a margin of a quarter of its longer side."""
    x, y, w, h = box
    margin = max(w, h) // 4 + 2
    ink = np.asarray(mask[y : y + h, x : x + w])
    return np.pad(255 - ink, margin, constant_values=255)


def _box(row: NDArray[np.int32]) -> Box:
    return int(row[0]), int(row[1]), int(row[2]), int(row[3])


def _is_part(small: Box, large: Box) -> bool:
    """Whether `small` lies over, under or in `large`: mostly within its columns, a fifth of its height away at most."""
    across = min(small[0] + small[2], large[0] + large[2]) - max(small[0], large[0])
    gap = max(small[1], large[1]) - min(small[1] + small[3], large[1] + large[3])
    return across >= 0.6 * small[2] and gap <= 0.2 * large[3] and small[3] < 0.6 * large[3]


def _overlap(a: Box, b: Box) -> int:
    return min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])


def _union(a: Box, b: Box) -> Box:
    left, top = min(a[0], b[0]), min(a[1], b[1])
    right, bottom = max(a[0] + a[2], b[0] + b[2]), max(a[1] + a[3], b[1] + b[3])
    return left, top, right - left, bottom - top


def _in_original(box: Box, factor: float, shape: tuple[int, ...]) -> Box:
    x, y, w, h = (round(side * factor) for side in box)
    return x, y, max(1, min(w, shape[1] - x)), max(1, min(h, shape[0] - y))
