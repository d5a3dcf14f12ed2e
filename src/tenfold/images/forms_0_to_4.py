"""The forms of 0, 1, 2, 3 and 4 that people write: a function of a random generator for each, and FORMS, their list."""

import numpy as np

from tenfold.images.strokes import Strokes, Style, line, loop, spline

__all__ = ["FORMS"]


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


def _zero_square(rng: np.random.Generator) -> Strokes:
    """Two straight sides and rounded corners, as on a form's raster or with a mouse."""
    left, right = 0.5 - rng.uniform(0.2, 0.38), 0.5 + rng.uniform(0.2, 0.38)
    corners = ((0.5, 0.0), (left, 0.0), (left, 1.0), (right, 1.0), (right, 0.0), (0.5, 0.0))
    return [line(*corners, rng=rng, jitter=0.015, round_off=1.0)]


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


def _one_wide_foot(rng: np.random.Generator) -> Strokes:
    """A short flag or a roof, and a foot as wide as the 1 is high, or nearly; the stem may lean far to the right."""
    roof = (_one_flagged, _one_roofed)[rng.integers(2)](rng)
    left, right = rng.uniform(0.1, 0.5, 2)
    foot = line((float(roof[0][-1][0]) - left, 1.0), (float(roof[0][-1][0]) + right, 1.0), rng=rng, jitter=0.02)
    lean = np.array([[1, 0], [-rng.uniform(0, 0.4), 1]])
    return [stroke @ lean for stroke in (*roof, foot)]


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


def _one_branching(rng: np.random.Generator) -> Strokes:
    """A long upstroke that meets the stem below its top, bent or straight; with a foot or none."""
    top, foot = _stem(rng)
    across, low, joint = rng.uniform(0.3, 0.75), rng.uniform(0.75, 1.0), rng.uniform(0.0, 0.35)
    up = spline((top - across, low), (top - across * 0.4, (low + joint) / 2 + rng.uniform(0, 0.15)), (top, joint), rng=rng)
    strokes = [up, line((top, 0), (foot, 1), rng=rng, jitter=0.012)]
    return [*strokes, _foot(rng, foot)] if rng.random() < 0.35 else strokes


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


def _three_square(rng: np.random.Generator) -> Strokes:
    """Straight bars and uprights with rounded corners, as a display shows it."""
    right, waist, tongue = rng.uniform(0.65, 0.85), rng.uniform(0.42, 0.54), rng.uniform(0.2, 0.5)
    upper = line((0.15, 0.0), (right, 0.0), (right, waist), (tongue, waist), rng=rng, jitter=0.015, round_off=0.8)
    lower = line(
        (tongue, waist), (right, waist), (right, 1.0), (rng.uniform(0.05, 0.2), 1.0), rng=rng, jitter=0.015, round_off=0.8
    )
    return [upper, lower]


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


def _four_two_uprights(rng: np.random.Generator) -> Strokes:
    """Three strokes, nearly an H: a short upright, a bar through or from its foot, a long stem; often leaning."""
    knee, stem, left = rng.uniform(0.45, 0.68), rng.uniform(0.6, 0.85), rng.uniform(0.1, 0.25)
    low = knee + rng.uniform(0.0, 0.16)
    lean = np.array([[1, 0], [-rng.uniform(0, 0.45), 1]])
    strokes = [
        line((left + rng.uniform(-0.02, 0.1), rng.uniform(0.0, 0.15)), (left, low), rng=rng, jitter=0.015),
        line((left - rng.uniform(0, 0.15), knee), (stem + rng.uniform(0.02, 0.3), knee), rng=rng, jitter=0.02),
        line((stem, rng.uniform(-0.1, 0.2)), (stem - rng.uniform(0, 0.08), 1.0), rng=rng, jitter=0.015),
    ]
    return [stroke @ lean for stroke in strokes]


def _four_plus(rng: np.random.Generator) -> Strokes:
    """A tall stem through a bar that only curls up a little at its left: nearly a plus."""
    knee, stem, left = rng.uniform(0.5, 0.7), rng.uniform(0.45, 0.65), rng.uniform(0.0, 0.2)
    tip, end = knee - rng.uniform(0.18, 0.4), (rng.uniform(0.8, 1.15), knee + rng.normal(-0.02, 0.04))
    bar = spline(
        (left + rng.uniform(0, 0.15), tip), (left, knee - 0.05), (left + 0.2, knee + 0.02), end, rng=rng, jitter=0.018
    )
    return [bar, line((stem + rng.uniform(0, 0.1), 0.0), (stem - rng.uniform(0, 0.08), 1.0), rng=rng, jitter=0.015)]


FORMS: dict[str, tuple[int, Style]] = {
    "zero": (0, _zero), "zero slashed": (0, _zero_slashed), "zero curled": (0, _zero_curled),
    "zero open": (0, _zero_open), "zero square": (0, _zero_square), "one": (1, _one), "one roofed": (1, _one_roofed),
    "one flagged": (1, _one_flagged), "one long roof": (1, _one_long_roof), "one hooked": (1, _one_hooked),
    "one footed": (1, _one_footed), "one wide foot": (1, _one_wide_foot), "one stemmed": (1, _one_stemmed),
    "one looped": (1, _one_looped), "one branching": (1, _one_branching),
    "two": (2, _two), "two looped": (2, _two_looped), "two swan": (2, _two_swan),
    "two angular": (2, _two_angular), "two curled": (2, _two_curled), "three": (3, _three),
    "three flat": (3, _three_flat), "three looped": (3, _three_looped), "three square": (3, _three_square),
    "four open": (4, _four_open),
    "four round": (4, _four_round), "four closed": (4, _four_closed), "four italian": (4, _four_italian),
    "four lightning": (4, _four_lightning), "four plus": (4, _four_plus),
    "four two uprights": (4, _four_two_uprights),
}  # fmt: skip
