"""A picture -> the lines of writing in it, each with its ink alone.

    picture -> ink -> mask -> without rules -> pieces -> without specks, frames and edges -> lines in reading order

The same way leads from a number in a cell, from a page and from a grid to lines; they differ in how far apart the pieces
of one line may stand.
"""

from dataclasses import dataclass
from math import inf

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.images.ink import enlarge, ink_mask, lift_ink, shrink
from tenfold.images.rules import find_rules, usual_height

__all__ = ["Line", "find_lines", "own_ink"]

Box = tuple[int, int, int, int]  # x, y, width, height
Image = np.ndarray

LARGEST = 2400  # pixels: the longer side of the picture in which lines are looked for
SMALLEST = 50  # pixels: the shorter side of it; a mask of less has no room between strokes that nearly touch
WEAK = 0.15  # of the level of full ink: rules may be this weak
TALLER = 1.3  # times: so much higher are digits where rules had hidden them
SPECK = 0.014  # of a digit's height squared: a piece with less ink is dirt
TALL = 0.45  # of a digit's height: a lower piece is a comma, a dash, a dot, or a part of a digit
GIANT = 3.2  # heights of a digit: a taller piece is no digit
BAND = 0.1  # of the picture's shorter side: what hugs the border that closely is frame, not digit
OVERLAP = 0.3  # of the lower one's height: so much two neighbours in a line share
APART = 2.4  # heights of a digit: so far apart the digits of one number may stand
WHOLE_PAGE = 240  # pixels: a picture with shorter sides holds a number, whose slope is undone with its line
PLAIN = 1.15  # times as much must the ink gather in rows for a skew to be undone
FLAT = 3.0  # times wider than high: an underline, or a dash
SIDE = 0.2  # of a picture's width: the sides of a cell stand in the outermost fifth,
SLIM = 0.35  # times as wide as high at most,
OUT = 0.1  # of a digit's height: and stick out above or below the digits by more than this


@dataclass(frozen=True)
class Line:
    """Ink that stands in one line.

    ink:   (h, w) uint8, what of the picture's ink is its own, 0 to 255
    mask:  (h, w) uint8 of 0 and 255, where its strokes are
    place: (2, 3), from pixels of `ink` to pixels of the picture that `find_lines` was given
    """

    ink: Image
    mask: Image
    place: NDArray[np.float64]

    @property
    def box(self) -> Box:
        """Where all of it is: x, y, width, height in pixels of the picture."""
        return self.in_picture((0, 0, self.ink.shape[1], self.ink.shape[0]))

    def in_picture(self, box: Box) -> Box:
        """A box of `ink` as the upright box around it in the picture."""
        x, y, w, h = box
        corners = [(a, b) for a in (x, x + w) for b in (y, y + h)]
        (xs, ys) = ([fa * a + fb * b + fixed for a, b in corners] for fa, fb, fixed in self.place.tolist())
        left, top, right, bottom = round(min(xs)), round(min(ys)), round(max(xs)), round(max(ys))
        return max(0, left), max(0, top), max(1, right - left), max(1, bottom - top)


@dataclass(frozen=True)
class Pieces:
    """Connected pieces of ink: boxes (N, 4) as x, y, width, height; areas (N,); labels (H, W), from 1."""

    boxes: np.ndarray
    areas: np.ndarray
    labels: np.ndarray


def find_lines(picture: Image, *, one_number: bool = False) -> list[Line]:
    """The lines of a grey picture (H, W) uint8, from top to bottom; [] where there is no ink.

    one_number: a line ends where a gap is too wide for one number; otherwise a line runs across the page.
    """
    small = shrink(picture, LARGEST)
    if min(small.shape) < 3:
        return []
    sized = enlarge(small, SMALLEST)
    ink, place = lift_ink(sized), np.eye(3)[:2] * (picture.shape[1] / sized.shape[1])
    if not one_number or min(small.shape) >= WHOLE_PAGE:
        ink, turn = undo_skew(ink)
        place = place @ np.vstack((turn, (0, 0, 1)))
    mask = ink_mask(ink)
    rules, bands, height = take_out_rules(mask, ink_mask(ink, WEAK), ink)
    pieces = find_pieces(cv2.bitwise_and(mask, cv2.bitwise_not(rules)))
    keep = belong(pieces, height, bands)
    if one_number and len(keep) == 0:  # one digit may fill the picture, and specks beside it had said how high digits are
        keep = belong(pieces, mask.shape[0] / 3, bands)
    if one_number:
        keep = keep[~is_side(pieces.boxes[keep], height, mask.shape)]
    height = digit_height(pieces.boxes[keep], height)
    rows = group(pieces.boxes, keep, height, APART * height if one_number else np.inf)
    return [cut_out(ink, mask, pieces, row, place) for row in rows]


def take_out_rules(mask: Image, weak: Image, ink: Image) -> tuple[Image, Image, float]:
    """Rules, the bands they lie in, and the usual height of a piece of ink once they are gone.

    weak: the mask at a lower level, as rules are often printed weaker than people write.
    """
    height = usual_height(mask)
    rules, bands = find_rules(weak, height, ink)
    if cv2.countNonZero(rules) == 0:
        return rules, bands, height
    freed = usual_height(cv2.bitwise_and(mask, cv2.bitwise_not(rules)))
    if freed > TALLER * height:  # digits that hung together by the rules they stand on had not been seen
        rules, bands = find_rules(weak, freed, ink)
    return rules, bands, freed


def undo_skew(ink: Image) -> tuple[Image, NDArray[np.float64]]:
    """The ink with its lines level, and how to get back: (2, 3), from its pixels to those of the ink given."""
    middle = (ink.shape[1] / 2, ink.shape[0] / 2)
    angle = find_skew(ink_mask(shrink(ink, 600)))
    if angle == 0:
        return ink, np.eye(3)[:2]
    turn = cv2.getRotationMatrix2D(middle, angle, 1.0)
    turned = cv2.warpAffine(ink, turn, ink.shape[::-1], flags=cv2.INTER_LINEAR)
    return np.asarray(turned, np.uint8), np.asarray(cv2.invertAffineTransform(turn), np.float64)


def find_skew(mask: Image) -> float:
    """By how many degrees the lines of a mask fall to the right; 0 unless it is plain.

    The angle at which the ink gathers in the fewest rows (Postl, 1986).
    """
    y, x = np.nonzero(mask)
    if len(x) == 0:
        return 0.0
    step = max(1, len(x) // 6000)
    across, down = x[::step] - mask.shape[1] / 2, y[::step].astype(float)

    def gathered(angle: float) -> float:
        rows = np.rint(down - across * np.tan(np.radians(angle))).astype(np.int64)
        return float((np.bincount(rows - rows.min()).astype(float) ** 2).sum())

    best = max(np.arange(-8, 8.5, 1.0), key=gathered)
    best = max(np.arange(best - 0.75, best + 1, 0.25), key=gathered)
    return float(best) if abs(best) >= 0.5 and gathered(best) > PLAIN * gathered(0) else 0.0


def find_pieces(mask: Image) -> Pieces:
    """The connected pieces of a mask (H, W) uint8."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return Pieces(stats[1:, :4], stats[1:, 4], labels)


def belong(pieces: Pieces, height: float, bands: Image) -> NDArray[np.intp]:
    """The numbers of the pieces that may be writing: no specks, remnants of rules, frames, edges or giants.

    bands: (H, W) uint8, where rules run.
    """
    shape = bands.shape
    x, y, w, h = pieces.boxes.T
    ruled = np.bincount(pieces.labels[bands > 0], minlength=len(pieces.areas) + 1)[1:] > 0.7 * pieces.areas
    ruled &= np.minimum(w, h) < 0.35 * height
    band = max(2, int(BAND * min(shape)))
    hugs = (x + w <= band) | (y + h <= band) | (x >= shape[1] - band) | (y >= shape[0] - band)
    touches = (x == 0) | (y == 0) | (x + w >= shape[1]) | (y + h >= shape[0])
    frame = hugs & (touches | (np.maximum(w, h) < height)) & (np.minimum(w, h) < TALL * height)
    speck = pieces.areas < SPECK * height**2
    flat = (w > 1.6 * height) & (h < 0.3 * height)
    wall = (h > 1.7 * height) & (w < 0.16 * h) & touches
    return np.flatnonzero(~(frame | speck | flat | wall | ruled | (h > GIANT * height)))


def is_side(boxes: NDArray[np.int32], height: float, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which of some pieces (N, 4) in the picture of one number are sides of its cell: (N,).

    Upright strokes at the picture's left or right that run to its upper or lower border and further than the digits do.
    """
    x, y, w, h = boxes.T
    band = max(2, int(BAND * min(shape)))
    outer = (x + w <= SIDE * shape[1]) | (x >= (1 - SIDE) * shape[1])
    reaches = (y <= band) | (y + h >= shape[0] - band)
    slim = outer & reaches & (w <= SLIM * h)
    digits = ~slim & (h >= TALL * height)
    if not digits.any():
        return np.zeros(len(boxes), np.bool_)
    top, bottom = middle(y[digits]), middle((y + h)[digits])
    return np.asarray(slim & ((y < top - OUT * height) | (y + h > bottom + OUT * height)))


def middle(values: NDArray[np.int32]) -> float:
    """The median of (N,) values; NumPy's own takes ten times as long for so few."""
    order = np.sort(values)
    return float(order[(len(order) - 1) // 2] + order[len(order) // 2]) / 2


def digit_height(boxes: NDArray[np.int32], height: float) -> float:
    """The height of most digits, by the pieces that are left; larger ones count for more."""
    h = boxes[:, 3][boxes[:, 3] >= TALL * height].astype(float)
    if len(h) == 0:
        return height
    order = np.sort(h)
    return float(order[order.cumsum().searchsorted(order.sum() / 2)])


def group(boxes: NDArray[np.int32], keep: NDArray[np.intp], height: float, apart: float) -> list[list[int]]:
    """The kept pieces by lines, from the top; each line the numbers of its pieces.

    Tall pieces make the lines, from left to right: each goes on with the line whose last piece is beside it. Low ones
    join the line that they stand in.
    """
    at: list[Box] = list(map(tuple, boxes.tolist()))  # for a handful of boxes NumPy takes ten times as long
    kept = keep.tolist()
    tall = [i for i in kept if is_tall(at[i], height)]
    lines: list[list[int]] = []
    for i in sorted(tall, key=lambda i: at[i][0]):
        shared = [beside(at[line[-1]], at[i], apart) for line in lines]
        best = max(range(len(lines)), key=shared.__getitem__, default=-1)
        if best >= 0 and shared[best] > OVERLAP:
            lines[best].append(i)
        else:
            lines.append([i])
    lines.sort(key=lambda line: sum(at[i][1] + at[i][3] / 2 for i in line) / len(line))
    for i in sorted(set(kept) - set(tall)):
        joins = [min(distance(at[i], at[j]) for j in line) for line in lines]
        nearest = min(range(len(lines)), key=joins.__getitem__, default=-1)
        if nearest >= 0 and joins[nearest] < 0.5 * height:
            lines[nearest].append(i)
    return lines


def is_tall(box: Box, height: float) -> bool:
    """Whether a box is as high as a digit, and no broad stroke."""
    _, _, w, h = box
    return h >= TALL * height and (w < FLAT * h or h >= 0.7 * height)


def beside(a: Box, b: Box, apart: float) -> float:
    """How much of its height the lower of two boxes shares with the other; 0 where they stand too far apart."""
    if b[0] - (a[0] + a[2]) > apart:
        return 0.0
    shared = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return shared / min(a[3], b[3])


def distance(low: Box, tall: Box) -> float:
    """From a low piece to a tall one, sideways; infinite where it stands above or below."""
    middle = low[1] + low[3] / 2
    if not tall[1] - 0.15 * tall[3] <= middle <= tall[1] + 1.1 * tall[3]:
        return inf
    if low[2] > 0.9 * tall[3] and middle > tall[1] + 0.9 * tall[3]:  # an underline
        return inf
    return max(0, low[0] - tall[0] - tall[2], tall[0] - low[0] - low[2])


def cut_out(ink: Image, mask: Image, pieces: Pieces, numbers: list[int], place: NDArray[np.float64]) -> Line:
    """A line's own ink, its surroundings' strokes taken out."""
    boxes = pieces.boxes[numbers]
    left, top = (int(v) for v in boxes[:, :2].min(0))
    right, bottom = (int(v) for v in (boxes[:, :2] + boxes[:, 2:]).max(0))
    window = (slice(top, bottom), slice(left, right))
    own, inside = own_ink(ink[window], mask[window], pieces.labels[window], [number + 1 for number in numbers])
    shifted = place @ np.array([[1, 0, left], [0, 1, top], [0, 0, 1.0]])
    return Line(inside, own, shifted)


def own_ink(ink: Image, mask: Image, labels: Image, numbers: list[int]) -> tuple[Image, Image]:
    """Where the strokes of some pieces are, 0 and 255, and their ink, other pieces' strokes and their rims taken out.

    labels: the number of each pixel's piece, 0 for none; all are of one shape (h, w)
    """
    is_own = np.zeros(int(labels.max()) + 1, np.uint8)
    is_own[numbers] = 255
    own = is_own[labels]
    not_own = cv2.bitwise_not(own)
    other = cv2.dilate(cv2.bitwise_and(mask, not_own), np.ones((3, 3), np.uint8))
    return own, np.asarray(cv2.bitwise_and(ink, cv2.bitwise_not(cv2.bitwise_and(other, not_own))), np.uint8)
