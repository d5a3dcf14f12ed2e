"""Forms that only their neighbours in a number make plain: alone such a 9 passes for a 3, a 4 for a 9 or 6, a 2 for an 8."""

import numpy as np

from tenfold.images.strokes import Strokes, Style, line, spline

__all__ = ["FORMS"]


def _two_closed(rng: np.random.Generator) -> Strokes:
    """Its top curls back to its neck and its foot is a wide loop: nearly an 8."""
    neck, tail = rng.uniform(0.36, 0.5), rng.uniform(0.75, 1.1)
    return [
        spline((rng.uniform(0.38, 0.55), neck), (0.24, 0.32), (0.26, 0.1), (0.52, 0.0), (0.74, 0.18), (0.6, 0.5),
               (0.34, 0.8), (0.14, 0.98), (0.04, 0.84), (0.24, 0.72), (0.55, 0.92), (tail, rng.uniform(0.88, 1.0)),
               rng=rng, jitter=0.02)
    ]  # fmt: skip


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


def _nine_swept(rng: np.random.Generator) -> Strokes:
    """A small bowl, closed or not, above a bow that sweeps far to the left: nearly a 3."""
    x, low, left = rng.uniform(0.55, 0.75), rng.uniform(0.24, 0.4), rng.uniform(0.22, 0.42)
    gap = rng.uniform(-0.04, 0.1)
    return [
        spline((x, 0.06), (x - left / 2, 0.0), (x - left, low * 0.55), (x - left * 0.55, low), (x - gap, low * 0.7),
               (x + 0.03, 0.1), (x + rng.uniform(0.02, 0.16), 0.5), (x - 0.08, 0.85), (x - 0.38, 1.0),
               (x - rng.uniform(0.5, 0.75), rng.uniform(0.85, 1.0)), rng=rng, jitter=0.018)
    ]  # fmt: skip


FORMS: dict[str, tuple[int, Style]] = {
    "two closed": (2, _two_closed), "four round top": (4, _four_round_top),
    "four bowed": (4, _four_bowed), "nine swept": (9, _nine_swept),
}  # fmt: skip
