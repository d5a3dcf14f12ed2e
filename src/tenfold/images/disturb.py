"""Clean ink as people would hand it in: another pen, paper, light, scanner, camera, printed lines, few pixels.

    ink (H, W) uint8, 255 on 0 -> rewrite: hand, pen -> ink
        -> disturb: field, lines, pressure, light, blur, few pixels, one bit, JPEG -> picture (H', W') uint8, either polarity

Both choose at random among the steps below; each is a function of a picture and a random generator. What comes out
goes through `normalise`, as every picture does.
"""

import cv2
import numpy as np

__all__ = ["disturb", "enlarge", "rewrite"]

Rng = np.random.Generator
SIDE = 72  # pixels of clean ink, as glyphs are drawn


def enlarge(image: np.ndarray, side: int = SIDE) -> np.ndarray:
    """A small image of ink, such as MNIST's (28, 28), as clean ink of (side, side), uint8, 255 on 0."""
    large = cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    return _as_picture((large - 64) * 2)  # the grey rim of the small image made an edge again


def rewrite(ink: np.ndarray, rng: Rng, hand: float = 1.0) -> np.ndarray:
    """The same shape by another hand, with another pen: (H, W) uint8, 255 on 0; `hand` is how far geometry varies."""
    ink = bend(ink, rng, hand)
    return change_pen(ink, rng) if rng.random() < 0.6 else ink


def disturb(ink: np.ndarray, rng: Rng) -> np.ndarray:
    """Somebody's picture of the ink, (H', W') uint8 of another size, light and polarity.

    ink: (H, W) uint8, 255 on 0, some 60 to 200 px large.
    """
    picture = lay_on_field(ink, rng)
    if rng.random() < 0.12:
        picture = add_lines(picture, rng)
    if rng.random() < 0.3:
        picture = vary_pressure(picture, rng)
    picture = light(picture, rng)
    if rng.random() < 0.35:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 0.025 * max(picture.shape) + 0.5))
    if rng.random() < 0.4:
        picture = lower_resolution(picture, rng)
    if rng.random() < 0.5:
        picture = add_noise(picture, rng)
    if rng.random() < 0.2:
        picture = one_bit(picture)
    if rng.random() < 0.3:
        picture = jpeg(picture, rng)
    return picture if rng.random() < 0.5 else cv2.bitwise_not(picture)


def bend(ink: np.ndarray, rng: Rng, hand: float = 1.0) -> np.ndarray:
    """Turned, sheared, narrowed and pulled about a little, as another hand would write it."""
    h, w = ink.shape
    turn, shear = np.radians(rng.normal(0, 5)) * hand, rng.normal(0, 0.1) * hand
    narrow, small = np.exp(rng.normal(0, 0.1) * hand), rng.uniform(0.8, 0.95)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = matrix @ np.array([[narrow, shear], [0, 1 / narrow]]) / small
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    x, y = x - w / 2, y - h / 2
    pull = cv2.resize(rng.normal(0, 0.02 * hand * h, (2, 5, 5)).transpose(1, 2, 0), (w, h), interpolation=cv2.INTER_CUBIC)
    at_x = matrix[0, 0] * x + matrix[0, 1] * y + w / 2 + pull[..., 0]
    at_y = matrix[1, 0] * x + matrix[1, 1] * y + h / 2 + pull[..., 1]
    return cv2.remap(ink, at_x.astype(np.float32), at_y.astype(np.float32), cv2.INTER_LINEAR)


def change_pen(ink: np.ndarray, rng: Rng) -> np.ndarray:
    """A thinner or a thicker stroke: from half as wide to two and a half times."""
    mask = np.pad(np.where(ink > 127, 255, 0).astype(np.uint8), 12)
    inside = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    width = 4 * max(0.5, float(inside[inside > 0].mean()) - 0.5) if mask.any() else 1.0
    change = width / 2 * (np.exp(rng.uniform(-0.6, 0.9)) - 1)
    if change < 0:
        return _as_picture((inside + change) * 255)
    outside = cv2.distanceTransform(cv2.bitwise_not(mask), cv2.DIST_L2, 3)
    return _as_picture((min(change, 10.0) + 1 - outside) * 255)


def lay_on_field(ink: np.ndarray, rng: Rng) -> np.ndarray:
    """Cropped to the ink, with no paper around it or with much, the digit anywhere in it."""
    x, y, w, h = cv2.boundingRect(ink)
    if w == 0:
        return ink
    crop = ink[y : y + h, x : x + w]
    if rng.random() < 0.2:
        margins = rng.integers(0, 3, 4)
    else:
        margins = rng.integers(2, max(3, int(rng.uniform(0.1, 0.9) * max(w, h))), 4)
    top, bottom, left, right = map(int, margins)
    return cv2.copyMakeBorder(crop, top, bottom, left, right, cv2.BORDER_CONSTANT, value=0)


def add_lines(picture: np.ndarray, rng: Rng) -> np.ndarray:
    """Remnants of printed lines along one or two of the picture's sides."""
    picture = picture.copy()
    h, w = picture.shape
    level = int(rng.uniform(80, 255))
    for side in rng.permutation(4)[: rng.integers(1, 3)]:
        depth, thick = rng.uniform(0, 0.05), max(1, int(rng.uniform(0.01, 0.03) * max(h, w)))
        a = int(depth * (h if side < 2 else w))
        part = (slice(a, a + thick), slice(None)) if side < 2 else (slice(None), slice(a, a + thick))
        flipped = picture[::-1, ::-1] if side % 2 else picture
        flipped[part] = np.maximum(flipped[part], level)
    return picture


def vary_pressure(picture: np.ndarray, rng: Rng) -> np.ndarray:
    """Ink that fades here and there, and grain as a pencil leaves it."""
    h, w = picture.shape
    field = cv2.resize(rng.uniform(0.45, 1.0, (4, 4)), (w, h), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.5:
        grain = cv2.GaussianBlur(rng.normal(0, 1, (h, w)), (0, 0), rng.uniform(0.5, 1.5))
        field = field * np.clip(1 + rng.uniform(0.1, 0.5) * grain / max(1e-6, grain.std()), 0, 1)
    return np.asarray(picture * np.clip(field, 0, 1)).astype(np.uint8)


def light(picture: np.ndarray, rng: Rng) -> np.ndarray:
    """The ink on paper: white and black, or pale on some tone, under a light that falls unevenly or not."""
    h, w = picture.shape
    if rng.random() < 0.35:
        return cv2.bitwise_not(picture)
    paper = rng.uniform(120, 255)
    ink = paper * rng.uniform(0.05, 0.7)
    tone = paper + (ink - paper) / 255 * picture.astype(np.float32)
    if rng.random() < 0.4:
        corners = rng.uniform(0.6, 1.0, (2, 2)).astype(np.float32)
        tone *= cv2.resize(corners, (w, h), interpolation=cv2.INTER_LINEAR)
    return _as_picture(tone)


def lower_resolution(picture: np.ndarray, rng: Rng) -> np.ndarray:
    """Only 14 to 40 pixels along the longer side."""
    h, w = picture.shape
    factor = rng.uniform(14, 40) / max(h, w)
    how = cv2.INTER_AREA if rng.random() < 0.8 else cv2.INTER_LINEAR
    return cv2.resize(picture, (max(3, round(w * factor)), max(3, round(h * factor))), interpolation=how)


def add_noise(picture: np.ndarray, rng: Rng) -> np.ndarray:
    """Grain of paper and sensor, up to a tenth of the contrast there is."""
    contrast = float(np.ptp(picture))
    noise = rng.normal(0, rng.uniform(0.005, 0.08) * contrast, picture.shape)
    return _as_picture(picture + noise)


def one_bit(picture: np.ndarray) -> np.ndarray:
    """Black and white, as a fax or a scanned form is."""
    return cv2.threshold(picture, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1]


def jpeg(picture: np.ndarray, rng: Rng) -> np.ndarray:
    """Through JPEG at a quality of 20 to 90."""
    coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 91))])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE))


def _as_picture(levels: np.ndarray) -> np.ndarray:
    """Grey levels of any number type as uint8, cut off at 0 and 255."""
    return np.asarray(np.clip(levels, 0, 255).astype(np.uint8))
