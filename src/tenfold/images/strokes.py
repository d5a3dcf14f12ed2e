"""Strokes as a hand draws them: straight, smooth or round, never twice alike, and the pen that writes them.

points in a unit box -> line, spline or loop -> strokes -> draw_strokes -> picture (side, side) uint8, ink 255 on 0
"""

from collections.abc import Callable
from itertools import pairwise

import cv2
import numpy as np

__all__ = ["SIDE", "Strokes", "Style", "draw_strokes", "line", "loop", "spline"]

Strokes = list[np.ndarray]  # each (N, 2) float64: x to the right, y down, the glyph's body between 0 and 1
Style = Callable[[np.random.Generator], Strokes]
SIDE = 72  # pixels: enough for a pen of a pixel or two, few enough to draw hundreds of thousands


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
