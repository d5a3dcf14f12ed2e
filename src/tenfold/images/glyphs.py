"""Digits drawn as strokes, in the forms that people learn outside the United States and that MNIST hardly holds.

    style -> strokes in a unit box, no two alike -> pen -> picture (side, side) uint8, ink 255 on 0

A style is a name and a function of a random generator; STYLES lists them all, each with its digit. Leaving whole
styles out of training and reading them all the same is how one sees whether a network learned the digit or the drawing.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import cv2
import numpy as np

__all__ = ["STYLES", "Strokes", "draw_glyph", "draw_strokes", "glyphs", "line", "loop", "spline"]

Strokes = list[np.ndarray]  # each (N, 2) float64: x to the right, y down, the glyph's body between 0 and 1
SIDE = 72  # pixels: enough for a pen of a pixel or two, few enough to draw hundreds of thousands
Style = Callable[[np.random.Generator], Strokes]


def glyphs(
    count: int, rng: np.random.Generator, styles: Sequence[str] | None = None, side: int = SIDE
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """`count` glyphs of the named styles (all by default), every digit as often as its styles weigh.

    Returns pictures (count, side, side) uint8, ink 255 on 0; labels (count,) int64; and the style of each.
    """
    names = list(STYLES if styles is None else styles)
    chosen = [names[i] for i in rng.integers(len(names), size=count)]
    pictures = np.stack([draw_glyph(name, rng, side) for name in chosen]) if chosen else np.zeros((0, side, side), np.uint8)
    return pictures, np.array([STYLES[name][0] for name in chosen], np.int64), chosen


def draw_glyph(style: str, rng: np.random.Generator, side: int = SIDE) -> np.ndarray:
    """One glyph of a style, (side, side) uint8, ink 255 on 0."""
    _, draw = STYLES[style]
    broad = style in ("one", "one stemmed") and rng.random() < 0.3  # there are no holes that a broad pen would fill
    return draw_strokes(draw(rng), rng, side, broadest=0.3 if broad else 0.12)


# ------------------------------------------------------------------------------------------- drawing


def draw_strokes(
    strokes: Strokes, rng: np.random.Generator, side: int = SIDE, *, slant: bool = True, broadest: float = 0.12
) -> np.ndarray:
    """Strokes written by a shaky hand: (side, side) uint8, ink 255 on 0, an eighth of paper around.

    The pen is between a fiftieth and `broadest` of the side.
    """
    strokes = [_tremble(stroke, rng) for stroke in strokes]
    matrix = _hand(rng) if slant else np.eye(2)
    strokes = [stroke @ matrix.T for stroke in strokes]
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    pen = max(1, round(side * rng.uniform(0.02, broadest)))
    scale = min(0.75 * side, 0.86 * side - pen) / max(*(high - low), 0.05)
    shift = side / 2 - scale * (low + high) / 2
    picture = np.zeros((side, side), np.uint8)
    for stroke in strokes:
        fixed = np.round((stroke * scale + shift) * 16).astype(np.int32)  # sixteenths of a pixel
        cv2.polylines(picture, [fixed], False, 255, pen, cv2.LINE_AA, 4)
    return picture


def _hand(rng: np.random.Generator) -> np.ndarray:
    """A writer's slant, narrowness and turn, (2, 2)."""
    turn = rng.normal(0, 0.06)
    shear = rng.uniform(-0.12, 0.32)
    narrow = float(np.exp(rng.normal(0, 0.17)))
    rotate = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.asarray(rotate @ np.array([[narrow, -shear], [0, 1]]))


def _tremble(stroke: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The stroke moved a little as a whole, and bent by two slow waves along its length."""
    t = np.linspace(0, 1, len(stroke))[:, None]
    waves = sum(rng.normal(0, 0.012, 2) * np.sin(np.pi * (rng.uniform(0.5, 2.5) * t + rng.uniform(0, 2))) for _ in range(2))
    return np.asarray(stroke + waves + rng.normal(0, 0.012, 2))


def line(*points: tuple[float, float], rng: np.random.Generator, jitter: float = 0.02, round_off: float = 0.5) -> np.ndarray:
    """A stroke of straight pieces through the points; with probability `round_off` its corners are rounded."""
    corners = np.array(points, float)
    corners += rng.normal(0, jitter, corners.shape)
    if len(corners) > 2 and rng.random() < round_off:
        for _ in range(int(rng.integers(1, 4))):  # Chaikin: every corner is cut off at a quarter
            a, b = corners[:-1], corners[1:]
            cut = np.stack((0.85 * a + 0.15 * b, 0.15 * a + 0.85 * b), axis=1).reshape(-1, 2)
            corners = np.concatenate((corners[:1], cut[1:-1], corners[-1:]))
    pieces = [np.linspace(a, b, 8, endpoint=False) for a, b in pairwise(corners)]
    return np.concatenate((*pieces, corners[-1:]))


def spline(*points: tuple[float, float], rng: np.random.Generator, jitter: float = 0.025) -> np.ndarray:
    """A smooth stroke through the points (Catmull-Rom), each moved a little."""
    p = np.array(points, float)
    p += rng.normal(0, jitter, p.shape)
    p = np.concatenate((2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]))
    t = np.linspace(0, 1, 10, endpoint=False)[:, None]
    pieces = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(p[:-3], p[1:-2], p[2:-1], p[3:], strict=True)
    ]
    return np.concatenate((*pieces, p[-2:-1]))


def loop(
    x: float, y: float, rx: float, ry: float, rng: np.random.Generator, start: float = -90, sweep: float = 360
) -> np.ndarray:
    """A bow of an ellipse around x, y from the angle `start` through `sweep`, both in degrees, clockwise from east."""
    rx, ry = rx * rng.uniform(0.88, 1.12), ry * rng.uniform(0.88, 1.12)
    angle = np.radians(start + np.linspace(0, sweep, 40))
    return np.stack((x + rx * np.cos(angle), y + ry * np.sin(angle)), axis=1)


# ------------------------------------------------------------------------------------------ 0, 1 and 2


def _zero(rng: np.random.Generator) -> Strokes:
    return [loop(0.5, 0.5, rng.uniform(0.2, 0.42), 0.5, rng, -90 + rng.normal(0, 40), -360 + rng.normal(0, 20))]


def _zero_slashed(rng: np.random.Generator) -> Strokes:
    rx, over = rng.uniform(0.24, 0.42), rng.uniform(-0.2, 0.25)
    slash = line((0.5 + rx * (0.7 + over), 0.14 - over / 2), (0.5 - rx * (0.7 + over), 0.86 + over / 2), rng=rng)
    return [loop(0.5, 0.5, rx, 0.5, rng, -90 + rng.normal(0, 30)), slash]


def _zero_curled(rng: np.random.Generator) -> Strokes:
    """Begun or ended with a curl at the top, the ends crossing."""
    rx = rng.uniform(0.24, 0.4)
    out = rng.uniform(0.02, 0.16)
    return [
        spline((0.5 + rx * 0.3, 0.1 + out), (0.5, 0.0), (0.5 - rx * 0.8, 0.22), (0.5 - rx, 0.55), (0.5 - rx * 0.4, 0.95),
               (0.5 + rx * 0.4, 0.95), (0.5 + rx, 0.5), (0.5 + rx * 0.6, 0.12), (0.5 - rx * 0.1, 0.03),
               (0.5 - rx * 0.3, 0.05 + out), rng=rng, jitter=0.015)
    ]  # fmt: skip


def _zero_open(rng: np.random.Generator) -> Strokes:
    return [loop(0.5, 0.5, rng.uniform(0.22, 0.42), 0.5, rng, rng.uniform(-110, -60), -rng.uniform(318, 345))]


def _stem(rng: np.random.Generator) -> tuple[float, float]:
    """Where the stem of a 1 begins at the top and ends at the bottom."""
    lean = rng.normal(0, 0.05)
    return 0.5 + lean, 0.5 - lean


def _one(rng: np.random.Generator) -> Strokes:
    top, foot = _stem(rng)
    return [spline((top, 0), (0.5, 0.5), (foot, 1), rng=rng, jitter=0.015)]


def _flag(
    rng: np.random.Generator, top: float, reach: tuple[float, float], slope: tuple[float, float]
) -> tuple[float, float]:
    """The lower end of the upstroke of a 1 that meets its stem at (top, 0)."""
    across = rng.uniform(*reach)
    return top - across, min(0.95, across * rng.uniform(*slope))


def _one_roofed(rng: np.random.Generator) -> Strokes:
    top, foot = _stem(rng)
    return [line(_flag(rng, top, (0.18, 0.5), (0.65, 1.8)), (top, 0), (foot, 1), rng=rng, round_off=0.3)]


def _one_flagged(rng: np.random.Generator) -> Strokes:
    """A short flag, as printed ones have."""
    top, foot = _stem(rng)
    return [line(_flag(rng, top, (0.08, 0.22), (0.5, 1.5)), (top, 0), (foot, 1), rng=rng, round_off=0.3)]


def _one_long_roof(rng: np.random.Generator) -> Strokes:
    """The upstroke begins half way down or lower, so the 1 is nearly a roof."""
    top, foot = _stem(rng)
    across = rng.uniform(0.15, 0.6)
    return [line((top - across, rng.uniform(0.45, 0.98)), (top, 0), (foot, 1), rng=rng, round_off=0.3)]


def _one_hooked(rng: np.random.Generator) -> Strokes:
    """The flag is a bow that hangs from the top."""
    top, foot = _stem(rng)
    x, y = _flag(rng, top, (0.15, 0.4), (0.6, 1.4))
    bend = rng.uniform(-0.1, 0.1)
    up = spline((x, y), ((x + top) / 2 + bend, y / 2 + bend), (top, 0), rng=rng, jitter=0.015)
    return [np.concatenate((up, line((up[-1][0], up[-1][1]), (foot, 1), rng=rng, jitter=0.0)))]


def _foot(rng: np.random.Generator, x: float) -> np.ndarray:
    return line(
        (x - rng.uniform(0.1, 0.32), 1 + rng.normal(0, 0.02)), (x + rng.uniform(0.1, 0.32), 1), rng=rng, jitter=0.015
    )


def _one_footed(rng: np.random.Generator) -> Strokes:
    roof = (_one_flagged, _one_roofed, _one_long_roof)[rng.integers(3)](rng)
    return [*roof, _foot(rng, roof[0][-1][0])]


def _one_stemmed(rng: np.random.Generator) -> Strokes:
    """A bare stem on a short foot, as with a broad pen."""
    top, foot = _stem(rng)
    left, right = rng.uniform(0.04, 0.22, 2)
    return [line((top, 0), (foot, 1), rng=rng), line((foot - left, 1), (foot + right, 1), rng=rng, jitter=0.015)]


def _one_looped(rng: np.random.Generator) -> Strokes:
    """The upstroke runs over the top in a narrow bow or loop; with a foot or none."""
    top, foot = _stem(rng)
    across, over = rng.uniform(0.2, 0.6), rng.uniform(-0.02, 0.1)
    stroke = spline(
        (top - across, rng.uniform(0.6, 1.0)), (top - across * 0.25, 0.3), (top + over, 0.03), (top + over, 0.14),
        (foot, 0.6), (foot, 1), rng=rng, jitter=0.015,
    )  # fmt: skip
    return [stroke, _foot(rng, float(stroke[-1][0]))] if rng.random() < 0.3 else [stroke]


def _two(rng: np.random.Generator) -> Strokes:
    return [
        spline((0.18, 0.25), (0.28, 0.06), (0.55, 0.0), (0.78, 0.18), (0.66, 0.45), (0.4, 0.72), (0.15, 0.98), rng=rng),
        line((0.15, 0.98), (0.5, 0.98 + rng.normal(0, 0.03)), (rng.uniform(0.75, 1.0), 0.97), rng=rng, jitter=0.012),
    ]


def _two_looped(rng: np.random.Generator) -> Strokes:
    """The foot turns in a loop at the lower left."""
    tail = rng.uniform(0.8, 1.0)
    return [
        spline((0.2, 0.25), (0.35, 0.03), (0.65, 0.05), (0.75, 0.3), (0.55, 0.65), (0.25, 0.95), (0.1, 0.93), (0.18, 0.8),
               (0.4, 0.85), (0.65, 0.98), (tail, 0.9), rng=rng, jitter=0.02)
    ]  # fmt: skip


def _two_swan(rng: np.random.Generator) -> Strokes:
    """One stroke with a wavy foot."""
    return [
        spline((0.2, 0.22), (0.4, 0.0), (0.72, 0.12), (0.66, 0.42), (0.35, 0.78), (0.14, 0.97), (0.32, 0.9), (0.58, 0.98),
               (0.9, 0.92), rng=rng, jitter=0.02)
    ]  # fmt: skip


def _two_angular(rng: np.random.Generator) -> Strokes:
    """Nearly a Z, but its top is a bow."""
    return [
        np.concatenate((
            spline((0.15, 0.2), (0.4, 0.02), (0.72, 0.08), (0.74, 0.28), rng=rng, jitter=0.015),
            line((0.74, 0.28), (0.15, 1.0), (0.85, 1.0), rng=rng, jitter=0.015),
        ))
    ]  # fmt: skip


def _two_curled(rng: np.random.Generator) -> Strokes:
    """Begun with a curl at the top, and often with a loop at the foot."""
    foot = ((0.1, 0.95), (0.18, 0.8), (0.45, 0.88)) if rng.random() < 0.5 else ((0.14, 0.98), (0.45, 0.95))
    return [
        spline((0.45, rng.uniform(0.22, 0.34)), (0.25, 0.28), (0.25, 0.08), (0.55, 0.0), (0.76, 0.2), (0.58, 0.55),
               (0.3, 0.9), *foot, (rng.uniform(0.75, 1.05), 0.95), rng=rng, jitter=0.02)
    ]  # fmt: skip


# --------------------------------------------------------------------------------------- 3, 4, 5 and 6


def _three(rng: np.random.Generator) -> Strokes:
    waist = rng.uniform(0.38, 0.52)
    return [
        spline((0.2, 0.12), (0.45, 0.0), (0.72, 0.15), (0.62, waist - 0.1), (rng.uniform(0.35, 0.5), waist),
               (0.7, waist + 0.14), (0.78, 0.75), (0.5, 1.0), (0.15, 0.88), rng=rng, jitter=0.02)
    ]  # fmt: skip


def _three_flat(rng: np.random.Generator) -> Strokes:
    """A bar and a diagonal above the bow."""
    x, y = rng.uniform(0.35, 0.5), rng.uniform(0.35, 0.48)
    top = line((0.18, 0.03), (0.75, 0.0), (x, y), rng=rng, jitter=0.015, round_off=0.3)
    return [
        np.concatenate(
            (top, spline((x, y), (0.72, y + 0.12), (0.76, 0.78), (0.48, 1.0), (0.15, 0.9), rng=rng, jitter=0.015))
        )
    ]


def _three_looped(rng: np.random.Generator) -> Strokes:
    """A small loop at the waist."""
    return [
        spline((0.2, 0.15), (0.5, 0.0), (0.72, 0.2), (0.5, 0.45), (0.36, 0.48), (0.4, 0.4), (0.6, 0.5), (0.76, 0.75),
               (0.5, 1.0), (0.15, 0.88), rng=rng, jitter=0.018)
    ]  # fmt: skip


def _four_open(rng: np.random.Generator) -> Strokes:
    """Two strokes, open at the top: a bent one and a stem through its end."""
    knee, stem = rng.uniform(0.45, 0.68), rng.uniform(0.6, 0.8)
    over = stem + rng.uniform(-0.02, 0.22)
    high, begun = rng.uniform(0.0, 0.4), max(0.0, rng.uniform(-0.3, 0.3))
    bent = line(
        (rng.uniform(0.1, 0.45), begun), (0.1, knee), (over, knee + rng.normal(0, 0.03)), rng=rng, jitter=0.02, round_off=0.4
    )
    return [bent, line((stem + 0.02, high), (stem - rng.uniform(0, 0.08), 1.0), rng=rng, jitter=0.015)]


def _four_round(rng: np.random.Generator) -> Strokes:
    """Open at the top, with a bow like a u, whose end the stem continues or cuts."""
    knee, stem = rng.uniform(0.4, 0.62), rng.uniform(0.55, 0.8)
    past = max(0.0, rng.uniform(-0.15, 0.2))
    bow = spline(
        (0.15, rng.uniform(0.0, 0.12)), (0.12, knee * 0.7), (0.3, knee), (stem + past - 0.1, knee * 0.85),
        (stem + past, rng.uniform(0.0, 0.2)), rng=rng, jitter=0.018,
    )  # fmt: skip
    high = rng.uniform(0, 0.3) if past else rng.uniform(0, 0.12)
    return [bow, line((stem, high), (stem - rng.uniform(0, 0.12), 1.0), rng=rng, jitter=0.012)]


def _four_closed(rng: np.random.Generator) -> Strokes:
    knee, stem = rng.uniform(0.55, 0.75), rng.uniform(0.55, 0.72)
    over = rng.uniform(0.08, 0.3)
    return [
        line((stem, 0.0), (0.05, knee), (stem + over, knee), rng=rng, jitter=0.018, round_off=0.2),
        line((stem, rng.uniform(0.0, 0.3)), (stem, 1.0), rng=rng, jitter=0.012),
    ]


def _four_italian(rng: np.random.Generator) -> Strokes:
    """A long diagonal, a bar, and a short stem that only crosses the bar."""
    knee, stem = rng.uniform(0.6, 0.76), rng.uniform(0.5, 0.75)
    return [
        line(
            (rng.uniform(0.45, 0.7), 0.0),
            (0.05, knee),
            (0.95, knee + rng.normal(0, 0.02)),
            rng=rng,
            jitter=0.018,
            round_off=0.2,
        ),
        line((stem, knee - rng.uniform(0.1, 0.35)), (stem - rng.uniform(0, 0.1), 1.0), rng=rng, jitter=0.015),
    ]


def _four_lightning(rng: np.random.Generator) -> Strokes:
    """One stroke: down, to the right, and down again, or a short stem set against the bar's end."""
    knee, end = rng.uniform(0.45, 0.7), rng.uniform(0.65, 0.95)
    bar = knee + rng.uniform(-0.12, 0.08)
    if rng.random() < 0.5:
        return [
            line((rng.uniform(0.3, 0.6), 0.0), (0.08, knee), (end, bar), (end - rng.uniform(0, 0.2), 1.0),
                 rng=rng, jitter=0.02, round_off=0.4)
        ]  # fmt: skip
    high = bar - rng.uniform(0.02, 0.3)
    return [
        line((rng.uniform(0.3, 0.6), 0.0), (0.08, knee), (end, bar), rng=rng, jitter=0.02, round_off=0.3),
        line((end - rng.uniform(0, 0.1), high), (end - rng.uniform(0.05, 0.2), 1.0), rng=rng, jitter=0.015),
    ]


def _five(rng: np.random.Generator) -> Strokes:
    """A bar at the top, drawn on its own, sometimes not touching."""
    gap = rng.uniform(-0.02, 0.07)
    x = rng.uniform(0.2, 0.35)
    body = spline((x, 0.02), (x - 0.06, 0.42), (0.5, 0.36), (0.78, 0.62), (0.58, 0.95), (0.12, 0.93), rng=rng, jitter=0.022)
    return [body, line((x + gap, 0.0), (rng.uniform(0.65, 1.0), rng.normal(-0.02, 0.04)), rng=rng, jitter=0.015)]


def _five_one_stroke(rng: np.random.Generator) -> Strokes:
    x = rng.uniform(0.22, 0.36)
    top = line((rng.uniform(0.65, 0.9), 0.0), (x, 0.03), (x - 0.05, 0.42), rng=rng, jitter=0.015, round_off=0.4)
    end = (float(top[-1][0]), float(top[-1][1]))
    return [
        np.concatenate((top, spline(end, (0.52, 0.38), (0.78, 0.65), (0.55, 0.97), (0.12, 0.92), rng=rng, jitter=0.015)))
    ]


def _five_curled(rng: np.random.Generator) -> Strokes:
    """The bow turns up again at its end; the bar flies to the right, alone, or sits apart above."""
    x, gap = rng.uniform(0.25, 0.45), rng.uniform(-0.03, 0.1)
    bow = rng.uniform(0.32, 0.46)
    body = spline((x, 0.05), (x - 0.05, bow), (x + 0.2, bow - 0.02), (0.72, 0.68), (0.5, 0.98), (x - 0.14, 0.92),
                  (x - 0.2, rng.uniform(0.72, 0.88)), rng=rng, jitter=0.02)  # fmt: skip
    bar = line((x + gap - 0.03, -gap / 2), (rng.uniform(0.7, 1.15), rng.normal(-0.03, 0.05)), rng=rng, jitter=0.015)
    return [body, bar]


def _six(rng: np.random.Generator) -> Strokes:
    return [
        spline((rng.uniform(0.5, 0.8), 0.02), (0.35, 0.25), (0.18, 0.65), (0.38, 0.98), (0.7, 0.9), (0.75, 0.66),
               (0.5, 0.54), (0.22, 0.7), rng=rng, jitter=0.02)
    ]  # fmt: skip


def _six_looped(rng: np.random.Generator) -> Strokes:
    """The bowl is a wide loop that crosses the stem."""
    return [
        spline((rng.uniform(0.4, 0.6), 0.0), (0.25, 0.35), (0.2, 0.75), (0.45, 1.0), (0.75, 0.82), (0.62, 0.56),
               (0.35, 0.62), (0.1, rng.uniform(0.72, 0.9)), rng=rng, jitter=0.02)
    ]  # fmt: skip


def _six_curled(rng: np.random.Generator) -> Strokes:
    """The stem begins with a hook at the top."""
    return [
        spline((0.72, rng.uniform(0.1, 0.25)), (0.6, 0.0), (0.35, 0.12), (0.2, 0.55), (0.32, 0.95), (0.65, 0.95),
               (0.76, 0.7), (0.52, 0.52), (0.25, 0.66), rng=rng, jitter=0.02)
    ]  # fmt: skip


def _six_straight(rng: np.random.Generator) -> Strokes:
    """A straight stem, the bowl set against it."""
    lean = rng.uniform(0, 0.35)
    return [
        line((0.25 + lean, 0.0), (0.2, 0.72), rng=rng, jitter=0.015),
        loop(0.47, 0.76, 0.27, 0.23, rng, 190 + rng.normal(0, 15), 355),
    ]


# ------------------------------------------------------------------------------------------ 7, 8 and 9


def _seven(rng: np.random.Generator) -> Strokes:
    foot = rng.uniform(0.15, 0.55)
    bend = rng.uniform(-0.03, 0.12)
    bar = line((0.08, rng.normal(0.02, 0.03)), (0.85, 0.0), rng=rng, jitter=0.015)
    end = (float(bar[-1][0]), float(bar[-1][1]))
    return [np.concatenate((bar, spline(end, ((0.85 + foot) / 2 - bend, 0.5), (foot, 1.0), rng=rng, jitter=0.012)))]


def _cross(rng: np.random.Generator, stem: np.ndarray) -> np.ndarray:
    """A short bar through the middle of a 7's stem, (N, 2)."""
    at = rng.uniform(0.35, 0.7)
    x = float(stem[np.abs(stem[:, 1] - at).argmin(), 0])
    left, right, tilt = rng.uniform(0.1, 0.42), rng.uniform(0.1, 0.45), rng.normal(0, 0.06)
    return line((x - left, at + tilt), (x + right, at - tilt), rng=rng, jitter=0.01)


def _seven_crossed(rng: np.random.Generator) -> Strokes:
    (stroke,) = _seven(rng)
    return [stroke, _cross(rng, stroke[9:])]


def _seven_serifed(rng: np.random.Generator) -> Strokes:
    """A tick hangs from the left end of the bar; crossed or not."""
    (stroke,) = _seven(rng)
    tick = line(
        (stroke[0, 0] + rng.normal(0, 0.02), rng.uniform(0.1, 0.28)), (stroke[0, 0], stroke[0, 1]), rng=rng, jitter=0.01
    )
    strokes = [np.concatenate((tick, stroke))]
    return [*strokes, _cross(rng, stroke[9:])] if rng.random() < 0.6 else strokes


def _seven_swash(rng: np.random.Generator) -> Strokes:
    """The bar is a wave; crossed or not."""
    foot, deep = rng.uniform(0.2, 0.5), rng.uniform(0.06, 0.16)
    bar = spline((0.05, deep * 1.6), (0.2, 0.02), (0.5, deep), (0.88, 0.0), rng=rng, jitter=0.015)
    end = (float(bar[-1][0]), float(bar[-1][1]))
    stem = spline(end, (0.55, 0.45), (foot, 1.0), rng=rng, jitter=0.015)
    strokes = [np.concatenate((bar, stem))]
    return [*strokes, _cross(rng, stem)] if rng.random() < 0.6 else strokes


def _seven_wave(rng: np.random.Generator) -> Strokes:
    """The bar hangs deep between two tips, as in the Russian school hand; nearly always crossed, low and wide."""
    foot, deep = rng.uniform(0.1, 0.5), rng.uniform(0.13, 0.42)
    tip, left = rng.uniform(0.0, 0.18), rng.uniform(0.08, 0.24)
    bar = spline(
        (left - rng.uniform(0.04, 0.14), tip + rng.uniform(0.04, 0.2)), (left, tip), (left + 0.07, deep * 0.9),
        (left + rng.uniform(0.2, 0.35), deep * 1.05), (0.85, 0.0), rng=rng, jitter=0.02,
    )  # fmt: skip
    end = (float(bar[-1][0]), float(bar[-1][1]))
    stem = spline(end, ((end[0] + foot) / 2 + rng.uniform(-0.1, 0.05), 0.5), (foot, 1.0), rng=rng, jitter=0.015)
    strokes = [np.concatenate((bar, stem))]
    return [*strokes, _cross(rng, stem)] if rng.random() < 0.93 else strokes


def _eight(rng: np.random.Generator) -> Strokes:
    """One stroke, begun at the upper right."""
    waist = rng.uniform(0.4, 0.5)
    return [
        spline((0.7, 0.12), (0.45, 0.0), (0.24, 0.18), (0.5, waist), (0.77, 0.75), (0.5, 1.0), (0.22, 0.76), (0.5, waist),
               (0.72, 0.2), (rng.uniform(0.55, 0.72), rng.uniform(0.02, 0.12)), rng=rng, jitter=0.018)
    ]  # fmt: skip


def _eight_rings(rng: np.random.Generator) -> Strokes:
    """Two rings, one upon the other."""
    waist = rng.uniform(0.42, 0.5)
    return [
        loop(0.5, waist / 2, rng.uniform(0.18, 0.26), waist / 2, rng),
        loop(0.5, (1 + waist) / 2, rng.uniform(0.22, 0.32), (1 - waist) / 2, rng),
    ]


def _bowl(rng: np.random.Generator) -> tuple[np.ndarray, tuple[float, float]]:
    """The bowl of a 9, and where its stem begins."""
    ry = rng.uniform(0.2, 0.3)
    bowl = loop(0.45, ry, rng.uniform(0.24, 0.34), ry, rng, -40 + rng.normal(0, 15), -345 + rng.normal(0, 15))
    return bowl, (float(bowl[:, 0].max()) - 0.01, float(ry))


def _nine(rng: np.random.Generator) -> Strokes:
    bowl, (x, y) = _bowl(rng)
    return [bowl, line((x, y - 0.12), (x - rng.uniform(-0.02, 0.2), 1.0), rng=rng, jitter=0.012)]


def _nine_hooked(rng: np.random.Generator) -> Strokes:
    """The stem turns to the left at its foot, as printed nines do."""
    bowl, (x, y) = _bowl(rng)
    turn, low = rng.uniform(0.2, 0.6), rng.uniform(0.0, 0.14)
    return [
        bowl,
        spline(
            (x, y - 0.1),
            (x - 0.01, 0.6),
            (x - 0.12, 0.92),
            (x - 0.3, 1.0),
            (x - 0.3 - turn / 2, 0.98 - low),
            rng=rng,
            jitter=0.018,
        ),
    ]


def _nine_open(rng: np.random.Generator) -> Strokes:
    """The bowl stays open where it meets the stem."""
    x = rng.uniform(0.62, 0.78)
    bow = spline(
        (x, rng.uniform(0.06, 0.18)),
        (0.42, 0.02),
        (0.2, 0.22),
        (0.32, 0.45),
        (x - rng.uniform(0.04, 0.14), 0.34),
        rng=rng,
        jitter=0.02,
    )
    return [bow, spline((x + 0.02, 0.02), (x, 0.5), (x - rng.uniform(0, 0.2), 1.0), rng=rng, jitter=0.015)]


def _nine_closed_foot(rng: np.random.Generator) -> Strokes:
    """The foot curls back so far that it nearly closes, as a g does."""
    bowl, (x, y) = _bowl(rng)
    left, back = rng.uniform(0.45, 0.65), rng.uniform(0.62, 0.78)
    return [
        bowl,
        spline(
            (x, y - 0.1),
            (x, 0.65),
            (x - 0.14, 0.97),
            (x - 0.4, 0.98),
            (x - left, 0.86),
            (x - left + 0.08, back),
            rng=rng,
            jitter=0.018,
        ),
    ]


def _nine_italian(rng: np.random.Generator) -> Strokes:
    """One stroke: a bowl that runs on into a long bow."""
    return [
        spline((0.68, 0.14), (0.42, 0.0), (0.2, 0.2), (0.35, 0.44), (0.62, 0.36), (0.72, 0.1), (0.72, 0.5),
               (0.58, 0.9), (rng.uniform(0.1, 0.4), 1.0), rng=rng, jitter=0.018)
    ]  # fmt: skip


def _nine_footed(rng: np.random.Generator) -> Strokes:
    """The stem runs down to the right or straight, then a bar goes off to the left."""
    bowl, (x, y) = _bowl(rng)
    end = x + rng.uniform(-0.3, 0.2)
    foot = line(
        (x, y - 0.1),
        (end, 1.0),
        (end - rng.uniform(0.35, 0.75), 1.0 + rng.normal(-0.02, 0.04)),
        rng=rng,
        jitter=0.018,
        round_off=0.6,
    )
    return [bowl, foot]


STYLES: dict[str, tuple[int, Style]] = {
    "zero": (0, _zero), "zero slashed": (0, _zero_slashed), "zero curled": (0, _zero_curled), "zero open": (0, _zero_open),
    "one": (1, _one), "one roofed": (1, _one_roofed), "one flagged": (1, _one_flagged),
    "one long roof": (1, _one_long_roof), "one hooked": (1, _one_hooked), "one footed": (1, _one_footed),
    "one stemmed": (1, _one_stemmed), "one looped": (1, _one_looped),
    "two": (2, _two), "two looped": (2, _two_looped), "two swan": (2, _two_swan),
    "two angular": (2, _two_angular), "two curled": (2, _two_curled),
    "three": (3, _three), "three flat": (3, _three_flat), "three looped": (3, _three_looped),
    "four open": (4, _four_open), "four round": (4, _four_round), "four closed": (4, _four_closed),
    "four italian": (4, _four_italian), "four lightning": (4, _four_lightning),
    "five": (5, _five), "five one stroke": (5, _five_one_stroke), "five curled": (5, _five_curled),
    "six": (6, _six), "six looped": (6, _six_looped), "six curled": (6, _six_curled), "six straight": (6, _six_straight),
    "seven": (7, _seven), "seven crossed": (7, _seven_crossed), "seven serifed": (7, _seven_serifed),
    "seven swash": (7, _seven_swash), "seven wave": (7, _seven_wave),
    "eight": (8, _eight), "eight rings": (8, _eight_rings),
    "nine": (9, _nine), "nine hooked": (9, _nine_hooked), "nine open": (9, _nine_open),
    "nine closed foot": (9, _nine_closed_foot), "nine italian": (9, _nine_italian),
    "nine footed": (9, _nine_footed),
}  # fmt: skip
