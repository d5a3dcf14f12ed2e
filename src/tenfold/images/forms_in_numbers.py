"""Forms that only their neighbours in a number make plain.

Alone such a 9 passes for a 3 or 5, a 4 for a 9, a 6 or for 11, a 2 for an 8, a 1 for a Greek gamma, an 8 for a small one.
"""

import numpy as np

from tenfold.images.strokes import Strokes, Style, line, loop, spline

__all__ = ["FORMS"]


def _zero_lying(rng: np.random.Generator) -> Strokes:
    """A flat ring that leans over, as at the end of a number written in haste."""
    ring = loop(0, 0, rng.uniform(0.42, 0.6), rng.uniform(0.2, 0.32), rng, rng.uniform(0, 360), -rng.uniform(340, 380))
    turn = rng.uniform(-0.1, 0.7)
    return [ring @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])]


def _one_turned(rng: np.random.Generator) -> Strokes:
    """Its flag points to the right: a gamma."""
    top, reach = 0.4 + rng.normal(0, 0.05), rng.uniform(0.15, 0.5)
    end = (top + reach, rng.uniform(-0.05, 0.35) * reach)
    over = spline((top, 0.0), (top + reach / 2, end[1] / 2 - rng.uniform(0, 0.06)), end, rng=rng, jitter=0.012)
    return [np.concatenate((line((top - rng.normal(0, 0.08), 1.0), (top, 0.0), rng=rng, jitter=0.012), over))]


def _two_closed(rng: np.random.Generator) -> Strokes:
    """Its top curls back to its neck and its foot is a wide loop: nearly an 8."""
    neck, tail = rng.uniform(0.36, 0.5), rng.uniform(0.75, 1.1)
    return [
        spline((rng.uniform(0.38, 0.55), neck), (0.24, 0.32), (0.26, 0.1), (0.52, 0.0), (0.74, 0.18), (0.6, 0.5),
               (0.34, 0.8), (0.14, 0.98), (0.04, 0.84), (0.24, 0.72), (0.55, 0.92), (tail, rng.uniform(0.88, 1.0)),
               rng=rng, jitter=0.02)
    ]  # fmt: skip


def _two_ticked(rng: np.random.Generator) -> Strokes:
    """Its foot ends at a short upright tick that reaches below it, its top may close: a 2 and a comma, or 9 and 1."""
    end, high = rng.uniform(0.8, 1.1), rng.uniform(0.1, 0.4)
    curl = [(0.5, rng.uniform(0.28, 0.42)), (0.28, 0.34)] if rng.random() < 0.4 else []
    return [
        spline(*curl, (0.18, 0.25), (0.32, 0.04), (0.6, 0.0), (0.76, 0.2), (0.6, 0.5), (0.2, 0.93), (0.5, 0.95),
               (end, 0.93), rng=rng, jitter=0.02),
        line((end, 0.95 - high), (end - rng.uniform(-0.04, 0.1), 0.95 + rng.uniform(0.0, 0.3)), rng=rng, jitter=0.015),
    ]  # fmt: skip


def _three_shallow(rng: np.random.Generator) -> Strokes:
    """One bow to the right, hardly drawn in at its waist: a bracket, or a c turned round."""
    out, waist = rng.uniform(0.5, 0.7), rng.uniform(0.34, 0.5)
    notch = out - rng.uniform(0.0, 0.16)
    return [
        spline((rng.uniform(0.15, 0.4), rng.uniform(0.0, 0.14)), (0.45, 0.0), (out - 0.02, 0.18), (notch, waist),
               (out + rng.uniform(-0.04, 0.08), 0.7), (0.42, 1.0), (rng.uniform(0.0, 0.3), rng.uniform(0.86, 1.0)),
               rng=rng, jitter=0.018)
    ]  # fmt: skip


def _four_split(rng: np.random.Generator) -> Strokes:
    """A bent stroke like an L and a short stem that stands apart from it."""
    knee, left, end = rng.uniform(0.5, 0.75), rng.uniform(0.05, 0.25), rng.uniform(0.4, 0.65)
    bent = line((left + rng.uniform(0, 0.12), 0.0), (left, knee), (end, knee + rng.normal(-0.02, 0.04)),
                rng=rng, jitter=0.02, round_off=0.7)  # fmt: skip
    stem = end + rng.uniform(0.0, 0.2)
    high = knee - rng.uniform(0.05, 0.5)
    return [bent, line((stem + rng.uniform(0, 0.06), high), (stem - rng.uniform(0, 0.06), 1.0), rng=rng, jitter=0.015)]


def _four_narrow(rng: np.random.Generator) -> Strokes:
    """Two upright strokes close together and a short bar between them, open above: an 11, or a u with a stem."""
    left, apart, knee = rng.uniform(0.05, 0.2), rng.uniform(0.2, 0.38), rng.uniform(0.5, 0.8)
    lean, stem = rng.uniform(-0.04, 0.1), left + apart
    bent = line((left + lean, rng.uniform(0.0, 0.15)), (left, knee), (stem, knee + rng.normal(-0.02, 0.04)),
                rng=rng, jitter=0.018, round_off=rng.uniform(0.2, 0.8))  # fmt: skip
    return [bent, line((stem + lean, rng.uniform(0.0, 0.3)), (stem - rng.uniform(0, 0.05), 1.0), rng=rng, jitter=0.015)]


def _four_pointed(rng: np.random.Generator) -> Strokes:
    """Two legs from one point and a low bar between and beyond them: an A, or a triangle."""
    top, knee, stem = rng.uniform(0.35, 0.6), rng.uniform(0.68, 0.95), rng.uniform(0.5, 0.7)
    left, beyond = rng.uniform(-0.05, 0.12), rng.uniform(0.0, 0.4)
    legs = line(
        (left, knee), (top, 0.0), (stem, max(1.0, knee + rng.uniform(0, 0.25))), rng=rng, jitter=0.018, round_off=0.2
    )
    bar = line((left - rng.uniform(0, 0.08), knee), (stem + beyond, knee + rng.normal(0, 0.03)), rng=rng, jitter=0.018)
    return [legs, bar]


def _four_round_top(rng: np.random.Generator) -> Strokes:
    """A stem, and from its top a bow to the left that comes back as a bar: a 9 but for the bar beyond the stem."""
    stem, knee, left = rng.uniform(0.5, 0.7), rng.uniform(0.42, 0.66), rng.uniform(0.05, 0.2)
    bow = spline(
        (stem, rng.uniform(0.0, 0.06)), ((stem + left) / 2, 0.12), (left, knee * 0.75), (left + 0.08, knee),
        (stem, knee + rng.normal(0, 0.02)), (stem + rng.uniform(0.06, 0.42), knee + rng.normal(-0.02, 0.03)),
        rng=rng, jitter=0.018,
    )  # fmt: skip
    return [bow, line((stem, 0.0), (stem - rng.uniform(-0.04, 0.1), 1.0), rng=rng, jitter=0.012)]


def _four_bowed(rng: np.random.Generator) -> Strokes:
    """A bow like that of a c, whose foot runs on as the bar, and a short stem across it."""
    knee, stem = rng.uniform(0.58, 0.8), rng.uniform(0.45, 0.78)
    bow = spline(
        (rng.uniform(0.4, 0.72), rng.uniform(0.0, 0.1)), (0.22, 0.25), (0.06, knee - 0.15), (0.18, knee + 0.03),
        (0.5, knee + 0.02), (rng.uniform(0.8, 1.1), knee - rng.uniform(-0.02, 0.12)), rng=rng, jitter=0.018,
    )  # fmt: skip
    top, foot = (stem + 0.03, knee - rng.uniform(0.1, 0.3)), (stem - rng.uniform(0, 0.08), 1.0)
    return [bow, line(top, foot, rng=rng, jitter=0.015)]


def _four_upswept(rng: np.random.Generator) -> Strokes:
    """A bow like a u whose end swings up to the right, and a stem through its foot: a psi."""
    left, low, end = rng.uniform(0.0, 0.12), rng.uniform(0.62, 0.84), rng.uniform(0.85, 1.2)
    bow = spline(
        (left + rng.uniform(0.1, 0.4), rng.uniform(0.0, 0.1)), (left + 0.04, low * 0.5), (left + 0.06, low - 0.08),
        (0.35, low), (0.7, low - 0.04), (end, low - rng.uniform(0.12, 0.35)), rng=rng, jitter=0.018,
    )  # fmt: skip
    stem, lean = rng.uniform(0.38, 0.58), rng.uniform(-0.12, 0.12)
    return [bow, line((stem - lean, rng.uniform(0.05, 0.4)), (stem + lean, 1.0), rng=rng, jitter=0.018)]


def _six_reaching(rng: np.random.Generator) -> Strokes:
    """A small bowl and a long stroke that reaches over it to the right: a sigma turned round."""
    reach, high = rng.uniform(0.75, 1.15), rng.uniform(0.0, 0.2)
    x, y = rng.uniform(0.3, 0.4), rng.uniform(0.68, 0.76)
    return [
        spline((reach, high), (0.62, 0.06), (0.2, 0.4), (0.04, y), (x - 0.06, 1.0), (x + 0.26, y + 0.08), (x + 0.1, y - 0.2),
               (0.12, y + rng.uniform(-0.06, 0.08)), rng=rng, jitter=0.018)
    ]  # fmt: skip


def _eight_open(rng: np.random.Generator) -> Strokes:
    """A loop below, and two strokes above it that do not meet, or hardly: a gamma."""
    waist, width, apart = rng.uniform(0.42, 0.62), rng.uniform(0.14, 0.26), rng.uniform(0.08, 0.34)
    low = (waist + 1) / 2
    return [
        spline((0.5 - apart - rng.uniform(-0.05, 0.1), rng.uniform(0.0, 0.2)), (0.5 - apart * 0.7, waist * 0.6),
               (0.5, waist), (0.5 + width, low + 0.04), (0.5, 1.0), (0.5 - width, low + 0.04), (0.5, waist),
               (0.5 + apart, waist * 0.5), (0.5 + apart * rng.uniform(0.6, 1.1), rng.uniform(0.0, 0.12)),
               rng=rng, jitter=0.018)
    ]  # fmt: skip


def _eight_ribbon(rng: np.random.Generator) -> Strokes:
    """A loop above, and two strokes below it that do not meet: an alpha on its end."""
    return [np.array((0.0, 1.0)) + np.array((1.0, -1.0)) * stroke for stroke in _eight_open(rng)]


def _nine_crossed(rng: np.random.Generator) -> Strokes:
    """A bowl that is closed below, whose stroke crosses itself and swings out to the right: an S with a closed head."""
    x, left, low = rng.uniform(0.6, 0.75), rng.uniform(0.32, 0.5), rng.uniform(0.34, 0.48)
    return [
        spline((x - left / 2, low), (x, low * 0.55), (x - left * 0.3, 0.02), (x - left * 0.85, low * 0.3),
               (x - left * 0.8, low * 0.85), (x - left * 0.35, low), (x + rng.uniform(-0.04, 0.1), low + 0.22),
               (x - 0.06, 0.9), (x - left * 0.7, 1.0), (x - left - rng.uniform(-0.1, 0.2), rng.uniform(0.84, 0.98)),
               rng=rng, jitter=0.018)
    ]  # fmt: skip


def _nine_swept(rng: np.random.Generator) -> Strokes:
    """A small bowl, closed or not, above a bow that sweeps far to the left: nearly a 3."""
    x, low, left = rng.uniform(0.55, 0.75), rng.uniform(0.24, 0.4), rng.uniform(0.22, 0.42)
    gap = rng.uniform(-0.04, 0.1)
    return [
        spline((x, 0.06), (x - left / 2, 0.0), (x - left, low * 0.55), (x - left * 0.55, low), (x - gap, low * 0.7),
               (x + 0.03, 0.1), (x + rng.uniform(0.02, 0.16), 0.5), (x - 0.08, 0.85), (x - 0.38, 1.0),
               (x - rng.uniform(0.5, 0.75), rng.uniform(0.85, 1.0)), rng=rng, jitter=0.018)
    ]  # fmt: skip


def _nine_cupped(rng: np.random.Generator) -> Strokes:
    """A cup that is open above, and beside it a stem whose foot sweeps to the left: a y, or nearly a 3."""
    x, low, left = rng.uniform(0.6, 0.75), rng.uniform(0.3, 0.48), rng.uniform(0.3, 0.5)
    top, end = rng.uniform(0.0, 0.12), (x - rng.uniform(0.3, 0.7), rng.uniform(0.88, 1.0))
    cup = spline((x - rng.uniform(0.05, 0.3), top), (x - left, low * 0.5), (x - left * 0.6, low), (x, low * 0.8),
                 rng=rng, jitter=0.018)  # fmt: skip
    stem = spline((x + 0.02, rng.uniform(0.0, 0.15)), (x + rng.uniform(0.0, 0.1), 0.45), (x - 0.06, 0.85), end,
                  rng=rng, jitter=0.018)  # fmt: skip
    return [cup, stem]


FORMS: dict[str, tuple[int, Style]] = {
    "zero lying": (0, _zero_lying), "one turned": (1, _one_turned), "two closed": (2, _two_closed),
    "two ticked": (2, _two_ticked), "three shallow": (3, _three_shallow), "four round top": (4, _four_round_top),
    "four bowed": (4, _four_bowed), "four split": (4, _four_split), "four narrow": (4, _four_narrow),
    "four pointed": (4, _four_pointed), "four upswept": (4, _four_upswept), "six reaching": (6, _six_reaching),
    "eight open": (8, _eight_open), "eight ribbon": (8, _eight_ribbon), "nine swept": (9, _nine_swept),
    "nine crossed": (9, _nine_crossed), "nine cupped": (9, _nine_cupped),
}  # fmt: skip
