"""Numbers written by our own code: digits' middle lines -> one hand, one pen, one line, on paper, under a camera.

    text -> digits' fields -> bent, slanted, kerned -> ink -> rules, walls, marks -> paper, light, blur -> picture

What a hand has in common (slant, pen, spacing, style of each digit) is drawn once a line, the rest once a digit.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from tenfold.images import forms_in_numbers
from tenfold.images.glyphs import STYLES
from tenfold.images.negatives import LETTERS
from tenfold.images.skeleton import SIDE, Shape, field_of
from tenfold.images.strokes import draw_strokes, line, spline

__all__ = ["Composed", "Hand", "compose", "draw_text", "some_text"]

Rng = np.random.Generator
FORMS = {**STYLES, **forms_in_numbers.FORMS}
NAMES = [[name for name, (of, _) in FORMS.items() if of == digit] for digit in range(10)]
DRAWN = (0.3, 0.75, 0.4, 0.45, 0.65, 0.4, 0.35, 0.7, 0.3, 0.55)  # share of each digit that is drawn, not MNIST's
HEIGHTS = ((10, 16), (14, 26), (14, 26), (14, 48), (14, 48))  # of digits in pixels, from and to
LENGTHS = (0.07, 0.26, 0.28, 0.1, 0.1, 0.07, 0.06, 0.06)  # of numbers with 1 to 8 digits


@dataclass(frozen=True)
class Composed:
    """A picture of a line, what it says, and where each digit's ink is: (N, 4) x, y, width, height."""

    picture: np.ndarray
    text: str
    boxes: np.ndarray


@dataclass(frozen=True)
class Hand:
    """What the digits of one line have in common; lengths in heights of a digit, `height` in pixels."""

    height: float
    pen: float
    slant: float
    narrow: float
    gap: float
    touching: bool
    own_pen: bool
    small_zero: float
    wander: float
    slope: float
    bend: float


def some_hand(rng: Rng) -> Hand:
    """Somebody's hand."""
    low, high = HEIGHTS[rng.integers(len(HEIGHTS))]
    height = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    how = rng.random()
    touching, wide = how < 0.35, how > 0.85
    gap = rng.uniform(0.7, 1.8) if wide else rng.uniform(-0.02, 0.1) if how < 0.6 else rng.uniform(0.08, 0.5)
    return Hand(
        height=height,
        pen=max(float(np.exp(rng.uniform(np.log(0.035), np.log(0.28)))), 1.1 / height),
        slant=float(rng.normal(0.08, 0.17)),
        narrow=float(np.exp(rng.normal(0, 0.16))),
        gap=0.0 if touching else float(gap),
        touching=touching,
        own_pen=rng.random() < 0.2,
        small_zero=float(rng.uniform(0.55, 0.9)) if rng.random() < 0.25 else 1.0,
        wander=float(rng.choice((0.02, 0.05, 0.1))),
        slope=float(rng.normal(0, 0.05)),
        bend=float(rng.choice((0.0, 0.01, 0.02, 0.03))),
    )


def some_text(rng: Rng) -> str:
    """A number: mostly of two to four digits, now and then with doubled ones, or one digit over and over as in a grid."""
    if rng.random() < 0.09:
        return str(rng.integers(10)) * int(rng.integers(3, 14))
    digits = rng.integers(0, 10, int(rng.choice(len(LENGTHS), p=LENGTHS)) + 1)
    if rng.random() < 0.35:  # the digit that is missed most, and that most numbers begin with
        digits[0] = 1
    if len(digits) > 2 and rng.random() < 0.1:
        digits[-2:] = 0
    if len(digits) > 1 and rng.random() < 0.3:
        at = int(rng.integers(1, len(digits)))
        digits[at] = digits[at - 1]
    return "".join(map(str, digits))


# -------------------------------------------------------------------------------------------- writing


def drawn_shape(digit: int, style: str, rng: Rng) -> np.ndarray:
    """The middle line of a drawn glyph."""
    return (draw_strokes(FORMS[style][1](rng), rng, SIDE, slant=False, broadest=0.02) > 90).astype(np.uint8)


def letter_shape(rng: Rng) -> np.ndarray:
    """The middle line of a letter or sign."""
    name = list(LETTERS)[rng.integers(len(LETTERS))]
    strokes = [(spline if kind else line)(*points, rng=rng, jitter=0.035) for kind, points in LETTERS[name]]
    return (draw_strokes(strokes, rng, SIDE, slant=False, broadest=0.02) > 90).astype(np.uint8)


def written(shape: np.ndarray, hand: Hand, rng: Rng, tall: float = 1.0, solid: bool = False) -> np.ndarray:
    """One digit by this hand with its pen: (h, w) float32 from 0 to 1, cropped to about its ink.

    solid: the shape is all of the ink and not the line in its middle; its strokes change by a fifth of the pen.
    """
    x, y, w, h = cv2.boundingRect(shape)
    height = hand.height * tall * float(np.exp(rng.normal(0, 0.09)))
    zoom_y = height / max(h, 0.6 * w, 8)
    zoom_x = zoom_y * hand.narrow * float(np.exp(rng.normal(0, 0.08)))
    slant = hand.slant + rng.normal(0, 0.05)
    turn = rng.normal(0, 0.04)
    pen = (0.2 if solid else 1.0) * hand.pen * hand.height
    rim = pen / 2 + 2
    reach = abs(slant) * h * zoom_y / 2
    tall_px, wide_px = int(h * zoom_y + 2 * rim), int(w * zoom_x + 2 * (rim + reach))
    at_y, at_x = np.mgrid[0:tall_px, 0:wide_px].astype(np.float32)
    at_y, at_x = at_y - tall_px / 2, at_x - wide_px / 2
    at_x = at_x + (slant + turn) * at_y
    at_y = at_y - turn * at_x
    knots = rng.normal(0, hand.bend * SIDE, (4, 4, 2)).astype(np.float32)
    pull = cv2.resize(knots, (wide_px, tall_px), interpolation=cv2.INTER_CUBIC)
    from_x, from_y = at_x / zoom_x + x + w / 2 + pull[..., 0], at_y / zoom_y + y + h / 2 + pull[..., 1]
    field = cv2.remap(field_of(shape, solid), from_x.astype(np.float32), from_y.astype(np.float32), cv2.INTER_LINEAR,
                      borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
    ink = np.clip(pen / 2 + 0.5 - field * np.sqrt(zoom_x * zoom_y), 0, 1)
    left, top, wide, high = cv2.boundingRect((ink > 0.3).astype(np.uint8))
    return np.asarray(ink[top : top + high, left : left + wide], np.float32)


def draw_text(text: str, shape: Shape, hand: Hand, rng: Rng) -> tuple[np.ndarray, np.ndarray]:
    """The text's ink (H, W) float32 from 0 to 1, cropped, and the boxes of its digits (N, 4); "?" stands for a letter."""
    chosen = [names[rng.integers(len(names))] for names in NAMES]
    drawn = [rng.random() < share for share in DRAWN]
    inks = []
    for char in text:
        tall = hand.small_zero if char == "0" else 1.0
        if char in ".,-":
            inks.append(mark(char, hand, rng))
        elif char == "?":
            inks.append(written(letter_shape(rng), hand, rng, rng.choice((1.0, 0.65))))
        elif drawn[int(char)]:
            names = NAMES[int(char)]
            style = chosen[int(char)] if rng.random() < 0.8 else names[rng.integers(len(names))]
            inks.append(written(drawn_shape(int(char), style, rng), hand, rng, tall))
        else:
            inks.append(written(shape(int(char), hand.own_pen, rng), hand, rng, tall, solid=hand.own_pen))
    return set_line(text, inks, hand, rng)


def mark(char: str, hand: Hand, rng: Rng) -> np.ndarray:
    """A dot, comma or dash."""
    pen, height = max(1.5, hand.pen * hand.height), hand.height
    if char == "-":
        size = (int(pen + 1), int(height * rng.uniform(0.25, 0.6)) + 2)
    else:
        size = (int(pen + (char == ",") * height * rng.uniform(0.1, 0.25) + 1), int(pen * rng.uniform(1, 1.4) + 1))
    lean = np.array([[1, -0.3 * (char == ","), 0], [0, 1, 0]], float)
    return np.asarray(cv2.warpAffine(np.ones(size, np.float32), lean, size[::-1]), np.float32)


def set_line(text: str, inks: list[np.ndarray], hand: Hand, rng: Rng) -> tuple[np.ndarray, np.ndarray]:
    """Pieces of ink beside each other: kerned row by row, so that their strokes touch or keep their distance."""
    height = hand.height
    tall = int(2.2 * height + 2 * max(len(ink) for ink in inks) + abs(hand.slope) * 1.2 * height * len(inks)) + 4
    wide = int(sum(ink.shape[1] + abs(hand.gap) * height + height for ink in inks)) + 8
    field = np.zeros((tall, wide), np.float32)
    edge = np.full(tall, -1.0)  # the rightmost ink of each row so far
    boxes = []
    at = 2.0
    for char, ink in zip(text, inks, strict=True):
        h, w = ink.shape
        base = tall / 2 + height / 2 + hand.slope * at + rng.normal(0, hand.wander * height)
        low = base + (0.12 * height if char == "," else -0.4 * height if char == "-" else 0)
        top = int(np.clip(low - h, 0, tall - h))
        if edge.max() >= 0:
            at = kern(edge, ink, top, hand, rng)
        left = int(np.clip(at, 0, wide - w - 1))
        part = field[top : top + h, left : left + w]
        np.maximum(part, ink, out=part)
        has = ink > 0.4
        rows = has.any(1)
        edge[top : top + h][rows] = np.maximum(edge[top : top + h][rows], left + w - 1 - has[rows, ::-1].argmax(1))
        boxes.append((left, top, w, h))
        at = float(left + w)
    x, y, w, h = cv2.boundingRect((field > 0.2).astype(np.uint8))
    found = np.array(boxes, np.int32) - np.array((x, y, 0, 0))
    digits = np.array([char.isdigit() for char in text])
    return field[y : y + h, x : x + w], found[digits].astype(np.int32)


def kern(edge: np.ndarray, ink: np.ndarray, top: int, hand: Hand, rng: Rng) -> float:
    """Where the next ink's left side belongs."""
    has = ink > 0.4
    rows = np.flatnonzero(has.any(1))
    near = max(2, int(0.12 * hand.height))
    padded = np.pad(edge, near, constant_values=-1)
    reach = np.max([padded[i : i + len(edge)] for i in range(0, 2 * near + 1, max(1, near // 2))], axis=0)
    before = reach[top + rows]
    facing = before >= 0
    last = float(edge.max())
    tight = float((before[facing] - has[rows[facing]].argmax(1)).max()) if facing.any() else last
    if hand.touching and rng.random() < 0.75:
        return tight + 1 - rng.uniform(0, 0.7) * hand.pen * hand.height
    return max(tight, last - 0.6 * hand.height) + 1 + max(1.0, hand.gap * hand.height * float(np.exp(rng.normal(0, 0.25))))


# ---------------------------------------------------------------------------------------------- paper


def compose(shape: Shape, rng: Rng, text: str | None = None) -> Composed:
    """A picture (H, W) uint8 of a number in some hand, with what surrounds numbers; its text may be "" (letters alone)."""
    hand = some_hand(rng)
    digits = some_text(rng) if text is None else text
    full = with_marks(digits, rng) if text is None else text
    ink, boxes = draw_text(full, shape, hand, rng)
    if rng.random() < 0.03:
        ink = np.hstack((ink, show_through(len(ink), shape, hand, rng)))
    field, left, top = on_field(ink, hand, rng)
    surroundings = np.zeros_like(field)
    add_surroundings(surroundings, hand, (left, top, ink.shape[1], ink.shape[0]), rng)
    first, end = rows_seen((top, top + len(ink)), len(field), hand, rng)
    field = np.maximum(field, surroundings)[first:end]
    picture = photograph(field, hand.height, rng)
    placed = boxes + np.array((left, top - first, 0, 0))
    upper, lower = placed[:, 1].clip(0, len(field)), (placed[:, 1] + placed[:, 3]).clip(0, len(field))
    placed[:, 1], placed[:, 3] = upper, lower - upper
    zoom = (picture.shape[1] / field.shape[1], picture.shape[0] / field.shape[0]) * 2
    return Composed(picture, "".join(c for c in full if c.isdigit()), np.rint(placed * zoom).astype(np.int32))


def rows_seen(rows: tuple[int, int], tall: int, hand: Hand, rng: Rng) -> tuple[int, int]:
    """Of a field so tall, with ink in `rows`, what a picture holds: mostly all, but some are cropped into their digits."""
    if rng.random() < 0.94:
        return 0, tall
    lost = int(rng.uniform(0.03, 0.2) * hand.height)
    return (rows[0] + lost, tall) if rng.random() < 0.6 else (0, rows[1] - lost)


def with_marks(text: str, rng: Rng) -> str:
    """The text with what is no digit: a dot at the end, a comma, a dash, a unit; or letters alone."""
    how = rng.random()
    if how < 0.06:
        return text + "."
    if how < 0.11 and len(text) > 1:
        at = int(rng.integers(1, len(text)))
        return text[:at] + str(rng.choice((",", ".", "-"))) + text[at:]
    if how < 0.15:
        return text + "?" * int(rng.integers(1, 3))
    if how < 0.18:
        return "?" * int(rng.integers(1, 3)) + text
    if how < 0.19:
        return "-" + text
    return "?" * int(rng.integers(1, 5)) if how < 0.22 else text


def show_through(tall: int, shape: Shape, hand: Hand, rng: Rng) -> np.ndarray:
    """Weak letters (tall, W) to set beside a number: what was rubbed out, or shines through the paper."""
    smaller = replace(hand, height=hand.height * rng.uniform(0.5, 0.85), touching=False, gap=rng.uniform(0.0, 0.3))
    ink, _ = draw_text("?" * int(rng.integers(1, 5)), shape, smaller, rng)
    lost = max(0, len(ink) - tall)
    ink = ink[lost // 2 : lost // 2 + tall] * rng.uniform(0.12, 0.45)
    above = int(rng.integers(tall - len(ink) + 1))
    gap = int(hand.height * rng.uniform(0.05, 0.6)) + 1
    return np.pad(ink, ((above, tall - len(ink) - above), (gap, 0))).astype(np.float32)


def on_field(ink: np.ndarray, hand: Hand, rng: Rng) -> tuple[np.ndarray, int, int]:
    """The ink with paper around it, and where its corner came to be."""
    margins = (rng.uniform(0.1, 1.2, 4) * hand.height).astype(int) + 3
    if rng.random() < 0.08:  # a tight crop
        margins[rng.integers(4)] = 0
    top, bottom, left, right = map(int, margins)
    return np.asarray(cv2.copyMakeBorder(ink, top, bottom, left, right, cv2.BORDER_CONSTANT, value=0)), left, top


def add_surroundings(field: np.ndarray, hand: Hand, box: tuple[int, int, int, int], rng: Rng) -> None:
    """Rules, squares, walls or a corner of a cell, an underline, specks and smears, drawn into the field."""
    h, w = field.shape
    how = rng.random()
    level = float(rng.uniform(0.15, 1.0))
    thick = max(1, int(rng.uniform(0.02, 0.08) * hand.height))
    if how < 0.25:
        pitch = max(8, int(rng.uniform(0.6, 2.0) * hand.height))
        tilt = int(rng.normal(0, 0.01) * w)
        for y in range(int(rng.integers(pitch)), h, pitch):
            cv2.line(field, (0, y), (w, y + tilt), level, thick, cv2.LINE_AA)
            for x in range(pitch // 2, w if how < 0.1 else 0, pitch):
                cv2.line(field, (x, 0), (x - tilt, h), level, thick, cv2.LINE_AA)
    elif how < 0.6:
        walls(field, level, thick, rng)
    if rng.random() < 0.15:
        corner(field, level, thick, hand.height, rng)
    if rng.random() < 0.06:
        x, y, wide, high = box
        y = int(y + high * rng.uniform(0.95, 1.15)) + 1
        end = (x + wide, y + int(rng.normal(0, 0.08) * hand.height))
        cv2.line(field, (x, y), end, float(rng.uniform(0.5, 1)), thick + 1)
    if rng.random() < 0.3:
        for _ in range(rng.integers(1, 6)):
            middle, radius = (int(rng.integers(w)), int(rng.integers(h))), int(rng.integers(0, 2))
            cv2.circle(field, middle, radius, float(rng.uniform(0.3, 1)), -1)
    if rng.random() < 0.12:
        smear = cv2.resize(rng.uniform(-0.6, 0.45, (4, 6)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC)
        np.maximum(field, np.clip(smear, 0, 0.35), out=field)


def walls(field: np.ndarray, level: float, thick: int, rng: Rng) -> None:
    """One to four sides of a cell near the border, whole or broken off, but never as short as a 1."""
    h, w = field.shape
    for side in rng.permutation(4)[: rng.integers(1, 5)]:
        depth = int(rng.uniform(0, 0.08) * (h if side < 2 else w))
        long = w if side < 2 else h
        start, end = (0, long) if rng.random() < 0.6 else (0, int(rng.uniform(0.7, 1) * long))
        if rng.random() < 0.5:
            start, end = long - end, long
        tilt = int(rng.normal(0, 0.012) * long)
        at = depth if side % 2 else (h if side < 2 else w) - 1 - depth
        a, b = ((start, at), (end, at + tilt)) if side < 2 else ((at, start), (at + tilt, end))
        cv2.line(field, a, b, level, thick, cv2.LINE_AA)


def corner(field: np.ndarray, level: float, thick: int, height: float, rng: Rng) -> None:
    """What is left of a cell's corner, two short arms, mostly at the right: the upright one alone would be a 1."""
    h, w = field.shape
    right, low = rng.random() < 0.8, rng.random() < 0.6
    x, y = (int(rng.uniform(0, 0.08) * side) for side in (w, h))
    x, y = w - 1 - x if right else x, h - 1 - y if low else y
    across, down = (int(height * rng.uniform(0.15, 0.9)) + 2 for _ in range(2))
    lean = int(rng.normal(0, 0.03) * down)
    cv2.line(field, (x, y), (x - across if right else x + across, y), level, thick, cv2.LINE_AA)
    cv2.line(field, (x, y), (x + lean, y - down if low else y + down), level, thick, cv2.LINE_AA)


def photograph(ink: np.ndarray, height: float, rng: Rng) -> np.ndarray:
    """The ink on some paper, under some light, through some camera or scanner: (H', W') uint8.

    height: of its digits, in pixels; what makes them illegible is left out.
    """
    h, w = ink.shape
    if rng.random() < 0.3:
        pressure = cv2.resize(rng.uniform(0.4, 1.0, (3, 5)).astype(np.float32), (w, h), interpolation=cv2.INTER_LINEAR)
        ink = ink * pressure
    paper = float(rng.uniform(90, 255))
    faint = rng.random() < 0.12
    contrast = float(rng.uniform(0.07, 0.16) if faint else rng.uniform(0.16, 0.95))
    tone: np.ndarray = paper * (1 - contrast * ink)
    if rng.random() < 0.5:
        corners = rng.uniform(0.55, 1.0, (2, 2)).astype(np.float32)
        tone = tone * cv2.resize(corners, (w, h), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.45:
        tone = cv2.GaussianBlur(tone, (0, 0), float(rng.uniform(0.35, 0.35 + 0.055 * height)))
    if rng.random() < 0.4:
        zoom = float(rng.uniform(min(1.0, max(0.4, 14 / height)), 1.0))
        tone = cv2.resize(tone, (max(8, int(w * zoom)), max(8, int(h * zoom))), interpolation=cv2.INTER_AREA)
    if rng.random() < 0.6:
        grain = rng.normal(0, rng.uniform(0.005, 0.06) * contrast * paper, tone.shape)
        tone = tone + (grain if rng.random() < 0.6 else cv2.GaussianBlur(grain, (0, 0), 1.0))
    picture = np.clip(tone, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 92))])[1]
        picture = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)
    return picture if rng.random() < 0.93 else np.asarray(cv2.bitwise_not(picture), np.uint8)
