"""A grey picture of several digits -> its ink: polarity found out, paper evened out, noise judged.

    picture (H, W) uint8 -> dark on light -> how much darker than its paper -> ink (H, W) uint8, 0 to 255

For one digit `normalise` does this by the picture's border; where there are rules, frames and dark edges the border says
nothing, so here the paper is what a closing wider than any stroke leaves.
"""

import cv2
import numpy as np

__all__ = ["enlarge", "ink_mask", "lift_ink"]

Image = np.ndarray

SMALL = 256  # pixels: the longer side at which the paper is looked for
FINE = 0.06  # of the shorter side: detail that tells ink from paper, finer than any shadow
BROADEST = 0.25  # of the shorter side: no stroke is broader
DARKEST = 0.45  # of the usual paper: what is darker is no paper but a scan's edge
FAINTEST = 10.0  # of 255: ink that takes less of its paper's light is noise
NOISE = 4.5  # standard deviations of the paper's grain that ink must exceed
GRAINY = 80  # pixels: from here on strokes are wide enough for grain to be smoothed away
MAGNIFIED = 2.0  # times: more than this shows nothing new
CUT = 0.36  # of the level of full ink: where a stroke begins


def lift_ink(picture: Image) -> Image:
    """How much of its paper's light each pixel takes, (H, W) uint8: 0 is paper, 255 is black on white."""
    if is_light_on_dark(picture):
        picture = cv2.bitwise_not(picture)
    paper = find_paper(picture)
    levels = np.sort(paper[::8, ::8], axis=None)  # np.quantile takes forty times as long
    usual = float(levels[round(0.7 * (len(levels) - 1))])
    full = np.maximum(paper, np.uint8(max(1.0, DARKEST * usual)))
    return np.asarray(cv2.divide(cv2.subtract(paper, picture), full, scale=255), np.uint8)


def shrink(picture: Image, longest: int) -> Image:
    """The picture with its longer side at most so many pixels."""
    factor = max(picture.shape) / longest
    if factor <= 1:
        return picture
    size = (max(1, round(picture.shape[1] / factor)), max(1, round(picture.shape[0] / factor)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def enlarge(picture: Image, shortest: int) -> Image:
    """The picture with its shorter side at least so many pixels, or twice as large where that would take more.

    By cubic interpolation, which keeps the light between close strokes.
    """
    factor = min(MAGNIFIED, shortest / min(picture.shape))
    if factor <= 1:
        return picture
    size = (round(picture.shape[1] * factor), round(picture.shape[0] * factor))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def odd(length: float, at_least: int = 3) -> int:
    """The nearest odd number of pixels, for a kernel with a middle."""
    return max(at_least, int(length) | 1)


def is_light_on_dark(picture: Image) -> bool:
    """Two votes: which way detail as fine as strokes points, and what most of the picture is made of.

    A black scan edge beside a page is no detail, so it has one vote only.
    """
    small = cv2.blur(shrink(picture, SMALL), (3, 3))
    kernel = np.ones((odd(min(small.shape) * FINE),) * 2, np.uint8)
    dark = cv2.norm(cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel), small) ** 2
    light = cv2.norm(small, cv2.morphologyEx(small, cv2.MORPH_OPEN, kernel)) ** 2
    _, lit = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    share = cv2.countNonZero(lit) / lit.size
    return bool(2 * (light - dark) / max(1.0, light + dark) + (1 - 2 * share) > 0)


def find_paper(picture: Image) -> Image:
    """The light of the paper below the ink of a dark-on-light picture, (H, W) uint8, at least 1."""
    small = cv2.blur(shrink(picture, SMALL), (3, 3))
    side = odd(min(small.shape) * BROADEST, 9)
    # with its rim repeated outwards, a light that falls off towards the border is paper there too, and so is a dark edge
    padded = cv2.copyMakeBorder(small, side, side, side, side, cv2.BORDER_REPLICATE)
    closed = cv2.blur(cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)), (odd(side / 4),) * 2)
    closed = closed[side:-side, side:-side]
    return np.asarray(cv2.resize(closed, picture.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


def ink_mask(ink: Image, cut: float = CUT) -> Image:
    """Where there is ink, (H, W) uint8 of 0 and 255: above the paper's grain and `cut` of the level of full ink."""
    if min(ink.shape) >= GRAINY:
        ink = np.asarray(cv2.GaussianBlur(ink, (3, 3), 0), np.uint8)
    counts = cv2.calcHist([ink], [0], None, [256], [0, 256]).ravel().cumsum()
    low, middle = (float(counts.searchsorted(share * counts[-1])) for share in (0.1, 0.5))
    floor = max(FAINTEST, middle + NOISE * (middle - low) / 1.28)
    above = counts[-1] - counts[min(255, int(floor))]
    level = float(counts.searchsorted(counts[-1] - 0.25 * above)) if above else 255.0
    return threshold(ink, max(floor, middle + cut * (level - middle)))


def threshold(ink: Image, level: float) -> Image:
    """Where ink is stronger than `level`: 255, elsewhere 0, uint8."""
    return np.asarray(cv2.threshold(ink, int(level), 255, cv2.THRESH_BINARY)[1], np.uint8)
