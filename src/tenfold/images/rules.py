"""Printed lines, grids and frames in a mask of ink: found, and taken out without cutting the digits on them."""

import cv2
import numpy as np

__all__ = ["find_rules", "usual_height"]

Mask = np.ndarray

LONG = 2.5  # heights of a digit: an unbroken straight run this long is a rule
SHORTEST = 1.3  # heights of a digit: a shorter run is never one, however small the picture
WIDE, TALL = 0.45, 0.85  # of the picture's sides: long enough to be a rule where the picture is small
REACH = 3  # heights of a digit: so far a rule may be broken off and go on
READABLE = 12.0  # pixels: a digit that can be read is not lower
SLIM = 8  # times longer than thick: at least this slim is a rule
OWN = 0.35  # quantile of a run's ink that is the rule's own, however much of it digits cover
STRONGER = 1.6  # times the rule's own ink: a pen went over it


def usual_height(mask: Mask) -> float:
    """The usual height of a piece of ink in pixels, at least READABLE, larger pieces counting for more.

    A third of the picture's height where everything hangs together.
    """
    boxes = cv2.connectedComponentsWithStats(mask, connectivity=8)[2][1:]
    w, h = boxes[:, 2].astype(float), boxes[:, 3].astype(float)
    fits = (h < 0.9 * mask.shape[0]) & (w < 0.6 * mask.shape[1]) & (h > 5) & (w < 5 * h) & (h < 8 * w)
    if not fits.any():
        return max(READABLE, float(mask.shape[0] / 3))
    order = np.argsort(h[fits])
    weights = (h * np.minimum(w, h))[fits][order].cumsum()
    return max(READABLE, float(h[fits][order][weights.searchsorted(weights[-1] / 2)]))


def find_rules(mask: Mask, height: float, ink: Mask) -> tuple[Mask, Mask]:
    """The parts of a mask (H, W) uint8 that belong to horizontal and vertical rules, and the bands that these lie in.

    height: of a digit, in pixels. ink: (H, W) uint8; where it is stronger than the rule's own a digit's stroke lies on the
    rule. What is left in a band after its rule was taken out is a remnant of the rule, or a digit's stroke that goes on
    outside it. Both are (H, W) uint8 of 0 and 255.
    """
    tall, wide = mask.shape
    across = _runs(mask, ink, max(SHORTEST * height, min(LONG * height, WIDE * wide)))
    turned, ink = np.ascontiguousarray(mask.T), np.ascontiguousarray(ink.T)
    down = np.ascontiguousarray(_runs(turned, ink, max(SHORTEST * height, min(LONG * height, TALL * tall))).T)
    far = int(REACH * height) | 1
    bands = [cv2.dilate(across, np.ones((3, far), np.uint8)), cv2.dilate(down, np.ones((far, 3), np.uint8))]
    return np.asarray(cv2.bitwise_or(across, down)), np.asarray(cv2.bitwise_or(*bands))


def _runs(mask: Mask, ink: Mask, length: float) -> Mask:
    """The horizontal lines at least `length` px long, without the strokes that cross them or lie on them."""
    length = int(length)
    if not 1 < length <= mask.shape[1]:
        return np.zeros_like(mask)
    thick = cv2.dilate(mask, np.ones((3, 1), np.uint8))  # a line that climbs a pixel at a time stays one
    kernel = np.ones((1, length), np.uint8)
    runs = cv2.morphologyEx(thick, cv2.MORPH_OPEN, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0)  # no ink outside
    if cv2.countNonZero(runs) == 0:
        return runs
    runs = cv2.bitwise_and(runs, mask)
    thickness = _thickness(runs)
    if thickness * SLIM > length:
        return np.zeros_like(mask)
    crossing = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((max(3, int(2.2 * thickness)), 1), np.uint8))
    strokes = cv2.bitwise_or(crossing, _written_on(runs, _ridge(ink, thickness)))
    return np.asarray(cv2.bitwise_and(runs, cv2.bitwise_not(strokes)))


def _ridge(ink: Mask, thickness: float) -> Mask:
    """The strongest ink above or below each pixel, within a line's thickness: that of the line's middle."""
    return np.asarray(cv2.dilate(ink, np.ones((2 * int(thickness) + 1, 1), np.uint8)), np.uint8)


def _written_on(runs: Mask, ink: Mask) -> Mask:
    """Where the ink of each run is much stronger than is usual along it."""
    count, labels = cv2.connectedComponents(runs, connectivity=8)
    inside = labels > 0
    of, strength = labels[inside], ink[inside]
    ranked = np.sort(256 * of + strength)  # run by run, the weakest ink of each first
    sizes = np.bincount(of, minlength=count)[1:]
    own = ranked[np.cumsum(sizes) - sizes + (OWN * sizes).astype(np.intp)] % 256
    stronger = np.zeros_like(runs)
    stronger[inside] = np.where(strength > STRONGER * own[of - 1], 255, 0)
    return stronger


def _thickness(runs: Mask) -> float:
    """The usual number of pixels of one line in a column."""
    tops = cv2.countNonZero(runs[:1]) + cv2.countNonZero(cv2.subtract(runs[1:], runs[:-1]))
    return float(cv2.countNonZero(runs) / max(1, tops))
