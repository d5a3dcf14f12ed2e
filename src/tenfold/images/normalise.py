"""The one normalisation to MNIST's form: a grey picture of a digit -> 28x28, ink bright on dark, centred.

    picture (H, W) uint8 -> shrunk where huge -> ink lifted off its background, whatever the polarity
        -> specks and remnants of printed lines dropped -> cropped -> stroke width clamped
        -> longer side 20 px -> centre of mass to the middle -> (28, 28) uint8

Training, reading, service and page all go through `normalise`, with settings that travel in the model file.
"""

from dataclasses import dataclass

import cv2
import numpy as np

__all__ = ["Normalisation", "Normalised", "normalise"]

EVEN = 6  # grey levels: a border that varies less than this is one even background
BAND = 0.14  # share of a side: how deep a remnant of a printed line may lie inside the border
TINY = 40  # pixels: on a shorter side no remnant of a line is looked for, strokes are as thin
DUST = 0.015  # share of the picture's longer side: ink that measures less is dust
WHOLE = 0.25  # share of all ink: where the largest piece is less, the ink is scattered, so it is noise
SAMPLE = 4000  # pixels that the background's noise is judged by
ALONE = 100_000  # pixels: one thread numbers the pieces of less, in 16 bits; with 32 all do, and wait busily for more
NEAR = 0.25  # share of the ink's longer side: small pieces farther off than this are no part of the digit


@dataclass(frozen=True)
class Normalisation:
    """The settings of `normalise`; the defaults are those of the shipped weights.

    size: side of the square that comes out, in pixels.
    fit: longer side of the ink in it, in pixels.
    thinnest, thickest: the stroke's width is brought between these, in pixels of the square that comes out.
    sharpness: how many times larger than `fit` the ink is while its strokes are thickened or thinned.
    cut: where ink begins, as a share of the level of full ink.
    faintest: ink weaker than this against its background is none, in grey levels of 255.
    speck: a piece smaller than this share of the largest piece's area is dropped.
    largest: larger pictures are first shrunk to this longer side, in pixels.
    """

    size: int = 28
    fit: int = 20
    thinnest: float = 1.8
    thickest: float = 3.2
    sharpness: int = 4
    cut: float = 0.42
    faintest: int = 12
    speck: float = 0.02
    largest: int = 400


@dataclass(frozen=True)
class Normalised:
    """What `normalise` made of a picture, and the facts that hints are made of.

    image: (size, size) uint8, ink bright on dark; all zero where no ink was found.
    box: x, y, width, height of the ink in the given picture's pixels; None without ink.
    contrast: level of the ink against its background, 0 to 1.
    touches_border: the ink runs into the picture's border, so a part may be cut off.
    blobs: how many separate pieces of ink were kept.
    stroke: width of the stroke as it was, in pixels of `image`.
    """

    image: np.ndarray
    box: tuple[int, int, int, int] | None
    contrast: float = 0.0
    touches_border: bool = False
    blobs: int = 0
    stroke: float = 0.0


DEFAULT = Normalisation()


def normalise(picture: np.ndarray, settings: Normalisation = DEFAULT) -> Normalised:
    """Bring a grey picture of one digit, (H, W) uint8 of any size and either polarity, to MNIST's form."""
    if picture.ndim != 2 or picture.dtype != np.uint8:
        raise ValueError(f"normalise takes a grey picture, (H, W) uint8, not {picture.shape} {picture.dtype}")
    if picture.size == 0:
        return _nothing(settings)
    small, factor = _shrink(picture, settings.largest)
    ink, floor = _lift(small, settings.faintest)
    mask, blobs, level = _find_ink(ink, floor, settings)
    if mask is None:
        return _nothing(settings)
    x, y, w, h = cv2.boundingRect(mask)
    box = _in_original((x, y, w, h), factor, picture.shape)
    if factor > 1 and max(w, h) < settings.fit * settings.sharpness:
        return _look_closer(picture, box, settings)
    crop = (slice(y, y + h), slice(x, x + w))
    large = _enlarge(cv2.bitwise_and(ink[crop], mask[crop]), settings.cut * level, settings)
    if cv2.countNonZero(large) == 0:
        return _nothing(settings)
    clamped, stroke = _clamp_stroke(large, settings)
    touches = x == 0 or y == 0 or x + w == ink.shape[1] or y + h == ink.shape[0]
    return Normalised(_centre(clamped, settings), box, level / 255, touches, blobs, stroke)


def _nothing(settings: Normalisation) -> Normalised:
    """Of a picture without ink."""
    return Normalised(np.zeros((settings.size, settings.size), np.uint8), None)


# ---------------------------------------------------------------------------------------------- size


def _shrink(picture: np.ndarray, largest: int) -> tuple[np.ndarray, float]:
    """The picture with its longer side at most `largest`, and how many times smaller it became."""
    h, w = picture.shape
    factor = max(h, w) / largest
    if factor <= 1:
        return picture, 1.0
    size = (max(1, round(w / factor)), max(1, round(h / factor)))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA), factor


def _in_original(box: tuple[int, int, int, int], factor: float, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """A box of the shrunk picture in pixels of the given one."""
    x, y, w, h = box
    left, top = int(x * factor), int(y * factor)
    right, bottom = min(shape[1], round((x + w) * factor)), min(shape[0], round((y + h) * factor))
    return left, top, max(1, right - left), max(1, bottom - top)


def _look_closer(picture: np.ndarray, box: tuple[int, int, int, int], settings: Normalisation) -> Normalised:
    """Normalise the surroundings of a small digit of a huge picture, whose detail was lost in shrinking."""
    x, y, w, h = box
    margin = max(w, h) // 2 + 1
    left, top = max(0, x - margin), max(0, y - margin)
    found = normalise(picture[top : y + h + margin, left : x + w + margin], settings)
    if found.box is None:
        return found
    x, y, w, h = found.box
    return Normalised(
        found.image, (x + left, y + top, w, h), found.contrast, found.touches_border, found.blobs, found.stroke
    )


# ---------------------------------------------------------------------------------------- background


def _lift(picture: np.ndarray, faintest: int) -> tuple[np.ndarray, float]:
    """Ink bright on a background of zero, (H, W) uint8, and the level below which it is noise."""
    border = np.concatenate((picture[0], picture[-1], picture[:, 0], picture[:, -1]))
    border.sort()
    n = len(border)
    if int(border[-1 - n // 8]) - int(border[n // 8]) > EVEN:
        return _lift_uneven(picture, border, faintest)
    # (n - 1) // 2 from below is n // 2 from above: so the middle of the negative is the negative's middle
    low, high = border[(n - 1) // 2], border[n // 2]
    if 2 * cv2.sumElems(picture)[0] > (int(low) + int(high)) * picture.size:
        return np.maximum(picture, high) - high, float(faintest)
    return low - np.minimum(picture, low), float(faintest)


def _lift_uneven(picture: np.ndarray, border: np.ndarray, faintest: int) -> tuple[np.ndarray, float]:
    """The same where the border is no even background: shadow, texture, or ink that runs into it."""
    if _is_dark_on_light(picture, border):
        picture = cv2.bitwise_not(picture)
    difference = picture.astype(np.int16) - _background(picture)
    sample = np.sort(difference.ravel()[:: max(1, difference.size // SAMPLE)])
    low, high = float(sample[len(sample) // 10]), float(sample[3 * len(sample) // 10])
    sigma = (high - low) / 0.76  # of the background, were it normal: ink is seldom more than half the picture
    background = high + 0.52 * sigma
    ink = np.clip(difference - background, 0, 255).astype(np.uint8)
    return ink, max(float(faintest), min(4 * sigma, 0.3 * float(ink.max())))


def _is_dark_on_light(picture: np.ndarray, border: np.ndarray) -> bool:
    """Four votes: what border, corners and most of the picture are made of, and which way fine detail points."""
    threshold, light = cv2.threshold(picture, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    k = max(1, min(picture.shape) // 8)
    corners = (light[:k, :k], light[:k, -k:], light[-k:, :k], light[-k:, -k:])
    lit = np.count_nonzero(border > threshold) / len(border)
    lit += cv2.countNonZero(light) / light.size
    lit += sum(map(cv2.countNonZero, corners)) / (4 * k * k)
    small = cv2.blur(_shrink(picture, 96)[0], (3, 3))
    side = max(3, max(small.shape) // 10 | 1)  # a light that falls unevenly has no detail as fine as a stroke
    kernel = np.ones((side, side), np.uint8)
    dark = cv2.norm(cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel), small) ** 2
    bright = cv2.norm(small, cv2.morphologyEx(small, cv2.MORPH_OPEN, kernel)) ** 2
    return bool(2 * lit - 3 + (dark - bright) / max(1.0, dark + bright) > 0)


def _background(picture: np.ndarray) -> np.ndarray:
    """The light that falls on the paper of a bright-on-dark picture: an opening wider than any stroke, (H, W) uint8."""
    if max(picture.shape) < 48:  # too small for shadows: strokes are wide here, an opening would take them for paper
        return np.zeros_like(picture)
    small = cv2.blur(_shrink(picture, 64)[0], (3, 3))
    side = max(small.shape) // 3 | 1
    opened = cv2.morphologyEx(small, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    return cv2.resize(cv2.blur(opened, (3, 3)), picture.shape[::-1], interpolation=cv2.INTER_LINEAR)


# ----------------------------------------------------------------------------------------------- ink


def _above(values: np.ndarray, level: float) -> np.ndarray:
    """Where `values` exceed `level`: 255, elsewhere 0, uint8."""
    return np.asarray(cv2.threshold(values, level, 255, cv2.THRESH_BINARY)[1], np.uint8)


def _find_ink(ink: np.ndarray, floor: float, settings: Normalisation) -> tuple[np.ndarray | None, int, float]:
    """The digit's ink as a mask, (H, W) uint8 of 0 and 255, its pieces and its level; None, 0, 0 without ink."""
    mask, blobs = _keep_pieces(_peel(_above(ink, floor)), settings)
    if blobs == 0:
        return None, 0, 0.0
    level = _level(ink, mask)
    mask, blobs = _keep_pieces(cv2.bitwise_and(mask, _above(ink, settings.cut * level)), settings)
    return (mask, blobs, level) if blobs else (None, 0, 0.0)


def _peel(mask: np.ndarray) -> np.ndarray:
    """The mask without straight lines that run from side to side along its borders, even where a digit touches them."""
    if min(mask.shape) < TINY:
        return mask
    for rows in (mask, mask[::-1], mask.T, mask.T[::-1]):
        deep = len(rows) // 20 + 1
        if np.count_nonzero(rows[:deep]) < 0.8 * rows.shape[1]:
            continue
        full = np.count_nonzero(rows[: deep + 1], axis=1) >= 0.8 * rows.shape[1]
        # the bar of a 5 or 7 in a tight crop looks the same, but there the foot stands on the opposite border
        if full[:deep].any() and not full[deep] and not rows[-1, deep:-deep].any():
            rows[: int(full[:deep].nonzero()[0][-1]) + 1] = 0
    return mask


def _level(ink: np.ndarray, mask: np.ndarray) -> float:
    """The level of full ink: four fifths of the masked pixels are no stronger; 0 where none is masked."""
    values = ink[mask > 0]
    place = (4 * len(values) - 1) // 5
    return float(np.partition(values, place)[place]) if len(values) else 0.0


def _keep_pieces(mask: np.ndarray, settings: Normalisation) -> tuple[np.ndarray, int]:
    """The mask without specks, remnants of lines and pieces of neighbours, and how many pieces are left."""
    x, y, w, h = cv2.boundingRect(mask)
    if w == 0:
        return mask, 0
    inner = mask[y : y + h, x : x + w]
    numbers = cv2.CV_16U if inner.size < ALONE else cv2.CV_32S
    if cv2.connectedComponents(inner, connectivity=8, ltype=numbers)[0] == 2:  # mostly so, and quick without statistics
        return mask, int(not _is_dust(max(w, h), mask.shape))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(inner, connectivity=8, ltype=numbers)
    boxes, areas = stats[1:, :4] + (x, y, 0, 0), stats[1:, 4]
    if _is_dust(int(boxes[areas.argmax(), 2:].max()), mask.shape):
        return mask, 0
    if min(mask.shape) >= TINY:
        lines = _are_lines(labels, count - 1, x, y, mask.shape)
        areas = areas if lines.all() else np.where(lines, 0, areas)
    keep = _belong(boxes, areas, mask.shape) & (areas >= settings.speck * areas.max()) & (areas > 0)
    if areas.max() < WHOLE * areas[keep].sum():
        return mask, 0
    if keep.all():
        return mask, count - 1
    table = np.zeros(count, np.uint8)
    table[1:][keep] = 255
    kept = np.zeros_like(mask)
    kept[y : y + h, x : x + w] = table[labels]
    return kept, int(keep.sum())


def _is_dust(length: int, shape: tuple[int, ...]) -> bool:
    """Whether even the largest piece, so many pixels long, is a speck for a picture of this shape."""
    side = max(shape)
    return length < min(side / 4, max(3, side * DUST))


def _are_lines(labels: np.ndarray, count: int, x: int, y: int, shape: tuple[int, ...]) -> np.ndarray:
    """Which pieces are remnants of printed lines: they hardly leave the band along the border; (count,) bool.

    labels: the pieces' numbers, 1 to count, in a window whose corner is at x, y of a picture of this shape.
    """
    deep, wide = int(BAND * shape[0]), int(BAND * shape[1])
    inside = labels[max(0, deep - y) : max(0, shape[0] - deep - y), max(0, wide - x) : max(0, shape[1] - wide - x)]
    inner = np.bincount(inside.ravel(), minlength=count + 1)[1:]
    return np.asarray(inner < 0.05 * np.bincount(labels.ravel(), minlength=count + 1)[1:])


def _belong(boxes: np.ndarray, areas: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Which boxes (N, 4) belong to the largest piece: large themselves, or near it and not cut by the border."""
    h, w = shape
    left, top, right, bottom = boxes[:, 0], boxes[:, 1], boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]
    main = int(areas.argmax())
    gap = np.maximum(np.maximum(left - right[main], left[main] - right), np.maximum(top - bottom[main], top[main] - bottom))
    near = gap <= NEAR * max(boxes[main, 2], boxes[main, 3])
    cut = (left == 0) | (top == 0) | (right == w) | (bottom == h)
    share = areas / areas[main]
    return np.asarray((share >= 0.5) | (near & ~(cut & ~cut[main])) | ((share >= 0.1) & ~cut))


# -------------------------------------------------------------------------------------------- stroke


def _enlarge(ink: np.ndarray, threshold: float, settings: Normalisation) -> np.ndarray:
    """The cropped ink as a mask of the size in which strokes are clamped, with a rim of paper, uint8 of 0 and 255."""
    h, w = ink.shape
    factor = max(h, w) / (settings.fit * settings.sharpness)
    size = (max(1, round(w / factor)), max(1, round(h / factor)))
    if factor <= 1:
        # a rim of paper, so that the outline at the crop's edge is interpolated like any other
        padded = cv2.copyMakeBorder(ink, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
        size = (max(1, round((w + 2) / factor)), max(1, round((h + 2) / factor)))
        return _above(cv2.resize(padded, size, interpolation=cv2.INTER_CUBIC), threshold)
    # cut before shrinking, then against the level of what is left: hairlines must not fade away
    cells = cv2.resize(_above(ink, threshold), size, interpolation=cv2.INTER_AREA)
    cut = _above(cells, settings.cut * _level(cells, _above(cells, 0)))
    return cv2.copyMakeBorder(cut, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)


def _clamp_stroke(mask: np.ndarray, settings: Normalisation) -> tuple[np.ndarray, float]:
    """The mask with its stroke between `thinnest` and `thickest` once the ink is `fit` long, and its width before.

    The mask has a rim of paper, one pixel or more; so has what comes out, unless its stroke was thickened.
    """
    x, y, w, h = cv2.boundingRect(mask)
    mask = mask[y - 1 : y + h + 1, x - 1 : x + w + 1]
    inside = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    # across a strip n wide the distances are 1 .. n / 2 .. 1, n / 4 + 1/2 in the mean
    width = max(1.0, 4 * (cv2.sumElems(inside)[0] / cv2.countNonZero(mask) - 0.5))
    side = max(w, h)
    stroke = width / side * settings.fit
    wanted = min(max(stroke, settings.thinnest), settings.thickest) / settings.fit
    change = (wanted * side - width) / (2 * (1 - wanted))  # the side grows with the stroke
    if change < -0.5:
        return _above(inside, min(-change, 0.35 * width) + 0.5), stroke
    if change > 0.5:
        rim = int(change) + 1
        outside = cv2.bitwise_not(cv2.copyMakeBorder(mask, rim, rim, rim, rim, cv2.BORDER_CONSTANT, value=0))
        return cv2.bitwise_not(_above(cv2.distanceTransform(outside, cv2.DIST_L2, 3), change + 0.5)), stroke
    return mask, stroke


def _centre(mask: np.ndarray, settings: Normalisation) -> np.ndarray:
    """The mask's ink with its longer side `fit`, its centre of mass in the middle of the square that comes out.

    Laid out `sharpness` times larger, so that it is centred to a fraction of a pixel: whole pixels would make it jump.
    """
    x, y, w, h = cv2.boundingRect(mask)
    scale = settings.fit * settings.sharpness / max(w, h)
    width, height = max(1, round(w * scale)), max(1, round(h * scale))
    ink = cv2.resize(mask[y : y + h, x : x + w], (width, height), interpolation=cv2.INTER_LINEAR)
    moments = cv2.moments(ink)
    side = settings.size * settings.sharpness
    left = _offset(moments["m10"] / moments["m00"], width, side)
    top = _offset(moments["m01"] / moments["m00"], height, side)
    right, bottom = side - left - width, side - top - height
    square = cv2.copyMakeBorder(ink, top, bottom, left, right, cv2.BORDER_CONSTANT, value=0)
    return cv2.resize(square, (settings.size, settings.size), interpolation=cv2.INTER_AREA)


def _offset(centre: float, length: int, side: int) -> int:
    """Where to lay `length` pixels so that their centre of mass comes to the middle of `side`, inside it."""
    return min(max(0, round((side - 1) / 2 - centre)), side - length)
