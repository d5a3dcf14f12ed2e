"""The forms of 5, 6, 7, 8 and 9 that people write: a function of a random generator for each, and FORMS, their list."""

import numpy as np

from tenfold.images.strokes import Strokes, Style, line, loop, spline

__all__ = ["FORMS"]


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
                  (x - rng.uniform(0.08, 0.22), rng.uniform(0.55, 0.88)), rng=rng, jitter=0.02)  # fmt: skip
    bar = line((x + gap - 0.03, -gap / 2), (rng.uniform(0.7, 1.15), rng.normal(-0.03, 0.05)), rng=rng, jitter=0.015)
    return [body, bar]


def _five_wide_bar(rng: np.random.Generator) -> Strokes:
    """A bar that runs over the body to both sides; a short neck under its middle, a narrow bow."""
    x, neck, bow = rng.uniform(0.3, 0.5), rng.uniform(0.25, 0.5), rng.uniform(0.12, 0.32)
    bar = line((x - rng.uniform(0.1, 0.35), rng.normal(0.02, 0.03)), (rng.uniform(0.75, 1.1), 0.0), rng=rng, jitter=0.015)
    body = spline((x, 0.02), (x - 0.04, neck), (x + bow / 2, neck), (x + bow, 0.68), (x + bow / 2, 0.98),
                  (x - rng.uniform(0.05, 0.25), 0.92), rng=rng, jitter=0.02)  # fmt: skip
    return [bar, body]


def _five_closed(rng: np.random.Generator) -> Strokes:
    """One stroke whose bow comes back to the neck; a corner there tells it from a 6."""
    x, neck = rng.uniform(0.25, 0.4), rng.uniform(0.34, 0.46)
    top = line((rng.uniform(0.65, 0.95), rng.normal(-0.03, 0.05)), (x + 0.05, 0.04), (x, neck), rng=rng, jitter=0.015)
    end = (float(top[-1][0]), float(top[-1][1]))
    bow = spline(end, (0.55, neck - 0.03), (0.76, 0.68), (0.48, 1.0), (x - 0.08, 0.88), (x - 0.02, rng.uniform(0.6, 0.75)),
                 rng=rng, jitter=0.015)  # fmt: skip
    return [np.concatenate((top, bow))]


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
        spline((rng.uniform(0.65, 0.8), rng.uniform(0.1, 0.38)), (0.6, 0.0), (0.35, 0.12), (0.2, 0.55), (0.32, 0.95),
               (0.65, 0.95), (0.76, 0.7), (0.52, 0.52), (0.25, 0.66), rng=rng, jitter=0.02)
    ]  # fmt: skip


def _six_straight(rng: np.random.Generator) -> Strokes:
    """A straight stem, the bowl set against it."""
    lean = rng.uniform(0, 0.35)
    return [
        line((0.25 + lean, 0.0), (0.2, 0.72), rng=rng, jitter=0.015),
        loop(0.47, 0.76, 0.27, 0.23, rng, 190 + rng.normal(0, 15), 355),
    ]


def _seven(rng: np.random.Generator) -> Strokes:
    foot = rng.uniform(0.15, 0.55)
    bend = rng.uniform(-0.03, 0.12)
    bar = line((0.08, rng.normal(0.02, 0.03)), (0.85, 0.0), rng=rng, jitter=0.015)
    end = (float(bar[-1][0]), float(bar[-1][1]))
    return [np.concatenate((bar, spline(end, ((0.85 + foot) / 2 - bend, 0.5), (foot, 1.0), rng=rng, jitter=0.012)))]


def _cross(rng: np.random.Generator, stem: np.ndarray) -> np.ndarray:
    """A bar through a 7's stem, near its middle, (N, 2)."""
    at = rng.uniform(0.35, 0.75)
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


def _seven_deep_wave(rng: np.random.Generator) -> Strokes:
    """The same so deep that without its cross it would be a y: two tips, a valley between them, a low and wide cross."""
    foot, deep, left = rng.uniform(0.1, 0.45), rng.uniform(0.3, 0.5), rng.uniform(0.08, 0.3)
    tip = rng.uniform(0.0, 0.2)
    bar = spline(
        (left - rng.uniform(0.02, 0.14), tip + rng.uniform(0.02, 0.15)), (left, tip), (left + 0.02, deep * 0.8),
        (left + rng.uniform(0.12, 0.28), deep), (0.72, deep * rng.uniform(0.3, 0.7)), (0.85, 0.0), rng=rng, jitter=0.018,
    )  # fmt: skip
    end = (float(bar[-1][0]), float(bar[-1][1]))
    stem = line(end, (foot, 1.0), rng=rng, jitter=0.015)
    at, tilt = rng.uniform(0.55, 0.9), rng.normal(0, 0.05)
    x = float(stem[np.abs(stem[:, 1] - at).argmin(), 0])
    cross = line((x - rng.uniform(0.1, 0.35), at + tilt), (x + rng.uniform(0.2, 0.55), at - tilt), rng=rng, jitter=0.01)
    return [np.concatenate((bar, stem)), cross]


def _seven_round(rng: np.random.Generator) -> Strokes:
    """A small hook at the top instead of a bar, an upright stem, and a wide cross below its middle: a t turned round."""
    x, foot = rng.uniform(0.55, 0.75), rng.uniform(0.4, 0.7)
    left = x - rng.uniform(0.18, 0.45)
    stroke = spline((left, rng.uniform(0.1, 0.28)), ((left + x) / 2, 0.0), (x - 0.02, rng.uniform(0.04, 0.14)), (x, 0.35),
                    ((x + foot) / 2, 0.7), (foot, 1.0), rng=rng, jitter=0.015)  # fmt: skip
    at, tilt = rng.uniform(0.45, 0.78), rng.normal(0, 0.04)
    left, right = rng.uniform(0.15, 0.5, 2)
    middle = (x + foot) / 2
    return [stroke, line((middle - left, at + tilt), (middle + right, at - tilt), rng=rng, jitter=0.012)]


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


def _nine_on_slope(rng: np.random.Generator) -> Strokes:
    """The stem leaves the bowl down to the right, then a straight foot goes back to the left."""
    bowl, (x, y) = _bowl(rng)
    knee, low = x + rng.uniform(-0.05, 0.25), rng.uniform(0.8, 1.0)
    foot = (rng.uniform(0.0, 0.25), 1.0 + rng.normal(0, 0.03))
    if rng.random() < 0.5:
        stem = line((x - rng.uniform(0, 0.15), y), (knee, low), foot, rng=rng, jitter=0.018, round_off=0.5)
    else:
        stem = spline((x - 0.05, y), (knee, (low + y) / 2), (knee - 0.05, low), foot, rng=rng, jitter=0.018)
    return [bowl, stem]


FORMS: dict[str, tuple[int, Style]] = {
    "five": (5, _five), "five one stroke": (5, _five_one_stroke), "five curled": (5, _five_curled),
    "five wide bar": (5, _five_wide_bar), "five closed": (5, _five_closed),
    "six": (6, _six), "six looped": (6, _six_looped), "six curled": (6, _six_curled),
    "six straight": (6, _six_straight), "seven": (7, _seven), "seven crossed": (7, _seven_crossed),
    "seven serifed": (7, _seven_serifed), "seven swash": (7, _seven_swash), "seven wave": (7, _seven_wave),
    "seven deep wave": (7, _seven_deep_wave), "seven round": (7, _seven_round),
    "eight": (8, _eight), "eight rings": (8, _eight_rings), "nine": (9, _nine),
    "nine hooked": (9, _nine_hooked), "nine open": (9, _nine_open),
    "nine closed foot": (9, _nine_closed_foot), "nine italian": (9, _nine_italian),
    "nine footed": (9, _nine_footed),
    "nine on slope": (9, _nine_on_slope),
}  # fmt: skip
