"""What is no digit, made by our own code: letters, signs, scribbles, turned and joined digits, solid shapes, textures.

    kind -> ink or a solid, textured thing (side, side) uint8, bright on 0 -> the same disturbances as digits -> normalise

A network that must say no learns it from these. What nobody can tell from a digit is left out: l, I, O, o, S, s, Z, z,
B, b, q, g, a square and their like are drawn nowhere, and a digit is turned only where the turned one is no digit.
"""

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from tenfold.images.solids import garment, shoe, solid, texture
from tenfold.images.strokes import SIDE, Strokes, draw_strokes, line, loop, spline

__all__ = ["KINDS", "LETTERS", "join_digits", "negatives", "turn_digit"]

Rng = np.random.Generator
Points = tuple[tuple[float, float], ...]


def negatives(count: int, rng: Rng, kinds: Sequence[str] | None = None, side: int = SIDE) -> tuple[np.ndarray, list[str]]:
    """`count` pictures of the named kinds (all by default), (count, side, side) uint8 bright on 0, and the kind of each."""
    names = list(KINDS if kinds is None else kinds)
    weights = np.array([KINDS[name][0] for name in names], float)
    chosen = [names[i] for i in rng.choice(len(names), size=count, p=weights / weights.sum())]
    pictures = [KINDS[name][1](rng, side) for name in chosen]
    return np.stack(pictures) if pictures else np.zeros((0, side, side), np.uint8), chosen


# ------------------------------------------------------------------------------------------- letters

# straight pieces as tuples of points; a leading "~" makes a smooth stroke through them
LETTERS: dict[str, list[tuple[str, Points]]] = {
    "A": [("", ((0.1, 1), (0.5, 0), (0.9, 1))), ("", ((0.25, 0.62), (0.75, 0.62)))],
    "E": [("", ((0.85, 0), (0.2, 0), (0.2, 1), (0.85, 1))), ("", ((0.2, 0.5), (0.7, 0.5)))],
    "F": [("", ((0.85, 0), (0.2, 0), (0.2, 1))), ("", ((0.2, 0.48), (0.7, 0.48)))],
    "H": [("", ((0.2, 0), (0.2, 1))), ("", ((0.8, 0), (0.8, 1))), ("", ((0.2, 0.5), (0.8, 0.5)))],
    "J": [("~", ((0.7, 0), (0.7, 0.5), (0.68, 0.85), (0.45, 1), (0.2, 0.85))), ("", ((0.45, 0), (0.95, 0)))],
    "K": [("", ((0.2, 0), (0.2, 1))), ("", ((0.8, 0), (0.22, 0.55), (0.85, 1)))],
    "L": [("", ((0.25, 0), (0.25, 1), (0.85, 1)))],
    "M": [("", ((0.05, 1), (0.15, 0), (0.5, 0.7), (0.85, 0), (0.95, 1)))],
    "N": [("", ((0.15, 1), (0.15, 0), (0.85, 1), (0.85, 0)))],
    "P": [("", ((0.2, 0), (0.2, 1))), ("~", ((0.2, 0.02), (0.6, 0.02), (0.8, 0.25), (0.6, 0.5), (0.2, 0.52)))],
    "R": [("", ((0.2, 0), (0.2, 1))), ("~", ((0.2, 0.02), (0.6, 0.02), (0.8, 0.25), (0.6, 0.5), (0.25, 0.52))),
          ("", ((0.4, 0.52), (0.85, 1)))],
    "T": [("", ((0.05, 0), (0.95, 0))), ("", ((0.5, 0), (0.5, 1)))],
    "W": [("", ((0.0, 0), (0.25, 1), (0.5, 0.2), (0.75, 1), (1.0, 0)))],
    "X": [("", ((0.1, 0), (0.9, 1))), ("", ((0.9, 0), (0.1, 1)))],
    "a": [("~", ((0.75, 0.1), (0.45, 0.0), (0.15, 0.5), (0.4, 0.98), (0.75, 0.6), (0.78, 0.1), (0.8, 0.8), (1.0, 0.95)))],
    "d": [("~", ((0.72, 0.6), (0.45, 0.45), (0.15, 0.75), (0.4, 1.0), (0.72, 0.8))), ("", ((0.74, 0), (0.76, 1)))],
    "e": [("~", ((0.12, 0.55), (0.5, 0.52), (0.85, 0.4), (0.55, 0.02), (0.15, 0.4), (0.35, 0.95), (0.85, 0.85)))],
    "f": [("~", ((0.8, 0.12), (0.6, 0.0), (0.45, 0.2), (0.43, 1.0))), ("", ((0.15, 0.42), (0.75, 0.42)))],
    "h": [("", ((0.2, 0), (0.2, 1))), ("~", ((0.2, 0.65), (0.45, 0.45), (0.72, 0.55), (0.75, 1.0)))],
    "k": [("", ((0.2, 0), (0.2, 1))), ("", ((0.7, 0.4), (0.22, 0.7), (0.75, 1)))],
    "m": [("~", ((0.05, 0.1), (0.08, 1))), ("~", ((0.08, 0.4), (0.3, 0.05), (0.48, 0.3), (0.48, 1.0))),
          ("~", ((0.48, 0.4), (0.7, 0.05), (0.9, 0.3), (0.92, 1.0)))],
    "n": [("~", ((0.1, 0.05), (0.14, 1))), ("~", ((0.14, 0.5), (0.45, 0.05), (0.8, 0.25), (0.84, 1.0)))],
    "r": [("", ((0.25, 0.05), (0.27, 1))), ("~", ((0.27, 0.5), (0.5, 0.1), (0.85, 0.12)))],
    "t": [("~", ((0.45, 0), (0.45, 0.8), (0.6, 1.0), (0.85, 0.9))), ("", ((0.1, 0.32), (0.85, 0.32)))],
    "u": [("~", ((0.15, 0), (0.15, 0.6), (0.4, 1.0), (0.75, 0.7), (0.8, 0.0))), ("", ((0.8, 0.0), (0.82, 1.0)))],
    "U": [("~", ((0.12, 0), (0.12, 0.55), (0.5, 1.0), (0.88, 0.55), (0.88, 0)))],
    "v": [("", ((0.1, 0), (0.5, 1), (0.9, 0)))],
    "w": [("~", ((0.05, 0.05), (0.2, 0.9), (0.45, 0.7), (0.5, 0.2), (0.6, 0.9), (0.85, 0.75), (0.95, 0.05)))],
    "i dotted": [("", ((0.5, 0.35), (0.5, 1))), ("", ((0.5, 0.05), (0.52, 0.08)))],
    "j dotted": [("~", ((0.6, 0.35), (0.6, 0.85), (0.4, 1.05), (0.15, 0.9))), ("", ((0.6, 0.05), (0.62, 0.08)))],
    "gamma": [("~", ((0.02, 0.15), (0.25, 0.05), (0.5, 0.5), (0.5, 0.85), (0.4, 1.0), (0.35, 0.8), (0.55, 0.4), (0.9, 0)))],
    "theta": [("~", ((0.5, 0), (0.2, 0.3), (0.2, 0.7), (0.5, 1), (0.8, 0.7), (0.8, 0.3), (0.5, 0))),
              ("", ((0.2, 0.5), (0.8, 0.5)))],
    "mu": [("", ((0.2, 0), (0.1, 1))),
           ("~", ((0.2, 0.1), (0.22, 0.6), (0.5, 0.7), (0.75, 0.4), (0.8, 0.0), (0.8, 0.55), (0.95, 0.65)))],
    "alpha": [("~", ((0.95, 0.05), (0.6, 0.75), (0.3, 0.98), (0.08, 0.5), (0.3, 0.03), (0.6, 0.35), (0.95, 0.98)))],
    "beta": [("~", ((0.15, 1.25), (0.18, 0.3), (0.45, 0.0), (0.7, 0.2), (0.35, 0.45), (0.8, 0.7), (0.5, 1.0),
                  (0.2, 0.85)))],
    "Gamma": [("", ((0.85, 0.0), (0.2, 0.0), (0.2, 1)))],
    "dagger": [("", ((0.5, 0), (0.5, 1))), ("", ((0.15, 0.3), (0.85, 0.3)))],
    "branch": [("", ((0.35, 0), (0.35, 1))), ("", ((0.35, 0.4), (0.85, 0.6)))],
    "beam": [("", ((0.1, 0), (0.9, 0))), ("", ((0.5, 0), (0.5, 1))), ("", ((0.0, 1), (1.0, 1)))],
    "C": [("~", ((0.9, 0.2), (0.6, 0.0), (0.15, 0.3), (0.15, 0.7), (0.6, 1.0), (0.92, 0.8)))],
    "Lambda": [("", ((0.1, 1), (0.5, 0), (0.9, 1)))],
    "pi": [("", ((0.05, 0.05), (0.95, 0.0))), ("", ((0.3, 0.05), (0.25, 1))),
           ("~", ((0.7, 0.05), (0.68, 0.8), (0.9, 1.0)))],
    "phi": [("~", ((0.5, 0.2), (0.1, 0.35), (0.1, 0.65), (0.5, 0.8), (0.9, 0.65), (0.9, 0.35), (0.5, 0.2))),
            ("", ((0.5, 0), (0.5, 1)))],
    "psi": [("~", ((0.05, 0.05), (0.15, 0.5), (0.5, 0.65), (0.85, 0.5), (0.95, 0.05))), ("", ((0.5, 0), (0.5, 1)))],
    "delta": [("~", ((0.75, 0.1), (0.45, 0.0), (0.35, 0.2), (0.7, 0.55), (0.7, 0.85), (0.42, 1.0),
                   (0.15, 0.75), (0.35, 0.45), (0.6, 0.45)))],
    "lambda": [("~", ((0.15, 0.02), (0.35, 0.1), (0.55, 0.5), (0.9, 1.0))), ("", ((0.5, 0.42), (0.1, 1.0)))],
    "omega": [("~", ((0.2, 0.05), (0.02, 0.5), (0.2, 0.95), (0.45, 0.8), (0.5, 0.4), (0.55, 0.8), (0.8, 0.95),
                   (0.98, 0.5), (0.8, 0.05)))],
    "sigma": [("", ((0.85, 0.05), (0.15, 0), (0.55, 0.5), (0.1, 1), (0.9, 1)))],
    "triangle": [("", ((0.5, 0), (0.95, 1), (0.05, 1), (0.5, 0)))],
    "plus": [("", ((0.5, 0), (0.5, 1))), ("", ((0, 0.5), (1, 0.5)))],
    "dash": [("", ((0, 0.5), (1, 0.5)))],
    "equals": [("", ((0, 0.3), (1, 0.3))), ("", ((0, 0.65), (1, 0.65)))],
    "hash": [("", ((0.3, 0), (0.25, 1))), ("", ((0.7, 0), (0.65, 1))), ("", ((0, 0.33), (1, 0.3))),
             ("", ((0, 0.68), (1, 0.65)))],
    "ampersand": [("~", ((0.9, 1), (0.3, 0.35), (0.4, 0.02), (0.6, 0.2), (0.15, 0.7), (0.4, 1.0), (0.9, 0.55)))],
    "tick": [("", ((0.05, 0.55), (0.35, 1), (0.95, 0)))],
    "question": [("~", ((0.2, 0.2), (0.5, 0), (0.8, 0.22), (0.5, 0.5), (0.5, 0.72))), ("", ((0.5, 0.96), (0.51, 0.98)))],
    "arrow": [("", ((0, 0.5), (1, 0.5))), ("", ((0.7, 0.2), (1, 0.5), (0.7, 0.8)))],
    "star": [("", ((0.5, 0), (0.5, 1))), ("", ((0.05, 0.25), (0.95, 0.75))), ("", ((0.95, 0.25), (0.05, 0.75)))],
    "percent": [("", ((0.9, 0), (0.1, 1))), ("~", ((0.2, 0.05), (0.05, 0.2), (0.2, 0.35), (0.35, 0.2), (0.2, 0.05))),
                ("~", ((0.8, 0.65), (0.65, 0.8), (0.8, 0.95), (0.95, 0.8), (0.8, 0.65)))],
}  # fmt: skip


# no digit upside down either: a turned t is a crossed 7, L a 7, h a 4, T and r are ones on a foot, E is a 3
TURNABLE = ("A", "K", "P", "R", "k", "m", "n", "pi", "psi", "percent", "arrow", "question")


def _letter(rng: Rng, side: int) -> np.ndarray:
    """A letter or sign, upside down now and then where that is no digit, as other scripts have them."""
    name = list(LETTERS)[rng.integers(len(LETTERS))]
    strokes = [(spline if kind else line)(*points, rng=rng, jitter=0.035) for kind, points in LETTERS[name]]
    if name in TURNABLE and rng.random() < 0.3:
        strokes = [1 - stroke for stroke in strokes]
    return draw_strokes(strokes, rng, side)


def _word(rng: Rng, side: int) -> np.ndarray:
    """Two or three letters in a row."""
    names = [list(LETTERS)[i] for i in rng.integers(len(LETTERS), size=rng.integers(2, 4))]
    step = rng.uniform(0.7, 1.2)
    strokes = [
        (spline if kind else line)(*points, rng=rng, jitter=0.03) * np.array([0.7, 1]) + np.array([step * i, 0])
        for i, name in enumerate(names)
        for kind, points in LETTERS[name]
    ]
    return draw_strokes(strokes, rng, side)


def _invented(rng: Rng, side: int) -> np.ndarray:
    """A character of no script: three to six straight strokes, bows and rings that start where others pass."""
    strokes: Strokes = []
    for _ in range(rng.integers(3, 7)):
        if strokes and rng.random() < 0.6:
            other = strokes[rng.integers(len(strokes))]
            start = other[rng.integers(len(other))]
        else:
            start = rng.uniform(0.1, 0.9, 2)
        end = rng.uniform(0, 1, 2)
        while np.abs(end - start).sum() < 0.35:
            end = rng.uniform(0, 1, 2)
        how = rng.random()
        a, b = (float(start[0]), float(start[1])), (float(end[0]), float(end[1]))
        if how < 0.45:
            strokes.append(line(a, b, rng=rng))
        elif how < 0.85:
            middle = (start + end) / 2 + rng.normal(0, 0.25, 2)
            strokes.append(spline(a, (float(middle[0]), float(middle[1])), b, rng=rng))
        else:
            strokes.append(loop(a[0], a[1], rng.uniform(0.1, 0.3), rng.uniform(0.1, 0.3), rng, 0, rng.uniform(150, 360)))
    return draw_strokes(strokes, rng, side)


def _hanging(rng: Rng, side: int) -> np.ndarray:
    """A character that hangs from a bar, as in the scripts of India: the bar, a stem at the right, bows to its left."""
    stem = rng.uniform(0.6, 0.95)
    strokes: Strokes = [
        line((rng.uniform(-0.15, 0.05), 0.0), (rng.uniform(stem + 0.05, 1.2), 0.0), rng=rng),
        line((stem, 0.0), (stem + rng.normal(0, 0.02), rng.uniform(0.85, 1.1)), rng=rng),
    ]
    for _ in range(rng.integers(1, 4)):
        x, y = rng.uniform(0.1, 0.5), rng.uniform(0.2, 0.75)
        if rng.random() < 0.6:
            strokes.append(
                loop(x, y, rng.uniform(0.12, 0.3), rng.uniform(0.12, 0.3), rng, *rng.uniform((0, 140), (360, 340)))
            )
        else:
            strokes.append(spline((x - 0.1, y - 0.15), (x, y + 0.1), (x + 0.15, y), (stem, rng.uniform(0.2, 0.9)), rng=rng))
    return draw_strokes(strokes, rng, side)


def _scribble(rng: Rng, side: int) -> np.ndarray:
    """A long stroke that wanders, or goes to and fro."""
    n = int(rng.integers(7, 20))
    points = rng.uniform(0, 1, (n, 2))
    if rng.random() < 0.4:
        points[:, 0] = np.linspace(0, 1, n) + rng.normal(0, 0.05, n)
        points[:, 1] = np.arange(n) % 2 + rng.normal(0, 0.1, n)
    return draw_strokes([spline(*map(tuple, points), rng=rng)], rng, side)


def _strokes_apart(rng: Rng, side: int) -> np.ndarray:
    """Several strokes that do not meet: dots, dashes, parallel lines."""
    count, tilt = int(rng.integers(2, 6)), rng.uniform(0, np.pi)
    along, across = np.array([np.cos(tilt), np.sin(tilt)]), np.array([-np.sin(tilt), np.cos(tilt)])
    length = rng.uniform(0.02, 0.9)
    strokes = []
    for i in range(count):
        middle = across * i * rng.uniform(0.25, 0.4) + along * rng.normal(0, 0.08)
        a, b = middle - along * length / 2, middle + along * length / 2
        strokes.append(line((float(a[0]), float(a[1])), (float(b[0]), float(b[1])), rng=rng))
    return draw_strokes(strokes, rng, side, slant=False)


# ------------------------------------------------------------------------------- digits that are none

MIRRORED = (3, 4, 6, 7, 9)  # no digit any more when seen in a mirror; a mirrored 2 or 5 may pass for the other
TURNED = (2, 3, 4, 5, 6, 7, 9)  # no digit any more on its side
UPSIDE_DOWN = (3, 4, 7)


def turn_digit(ink: np.ndarray, digit: int, rng: Rng) -> np.ndarray | None:
    """A digit's ink (H, W) mirrored, on its side or upside down so that it is none; None where every turn leaves one."""
    ways: list[np.ndarray] = []
    if digit in MIRRORED:
        ways.append(ink[:, ::-1])
    if digit in UPSIDE_DOWN:
        ways.append(ink[::-1, ::-1])
    if digit in TURNED:
        ways += [np.rot90(ink), np.rot90(ink, 3)]
    return np.ascontiguousarray(ways[rng.integers(len(ways))]) if ways else None


def join_digits(first: np.ndarray, second: np.ndarray, rng: Rng) -> np.ndarray:
    """Two digits' ink (side, side) beside each other or one above the other, apart or touching, (side, side) uint8."""
    side = first.shape[0]
    a, b = (_crop(ink) for ink in (first, second))
    if rng.random() < 0.2:
        return np.ascontiguousarray(join_digits(first.T, second.T, rng).T)
    gap = int(rng.uniform(-0.08, 0.25) * side)
    h, w = max(a.shape[0], b.shape[0]), a.shape[1] + b.shape[1] + gap
    pair = np.zeros((h, max(w, a.shape[1], b.shape[1])), np.uint8)
    low = int(rng.integers(0, h - a.shape[0] + 1))
    pair[low : low + a.shape[0], : a.shape[1]] = a
    low, x = int(rng.integers(0, h - b.shape[0] + 1)), max(0, pair.shape[1] - b.shape[1])
    pair[low : low + b.shape[0], x:] = np.maximum(pair[low : low + b.shape[0], x:], b)
    scale = 0.9 * side / max(pair.shape)
    small = cv2.resize(pair, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    square = np.zeros((side, side), np.uint8)
    y, x = (side - small.shape[0]) // 2, (side - small.shape[1]) // 2
    square[y : y + small.shape[0], x : x + small.shape[1]] = small
    return square


def _crop(ink: np.ndarray) -> np.ndarray:
    x, y, w, h = cv2.boundingRect(ink)
    return ink[y : y + h, x : x + w] if w else ink


KINDS: dict[str, tuple[float, Callable[[Rng, int], np.ndarray]]] = {
    "letter": (5.0, _letter), "word": (0.7, _word), "invented": (3.0, _invented),
    "hanging": (0.8, _hanging), "scribble": (0.7, _scribble),
    "strokes apart": (0.6, _strokes_apart), "solid": (1.3, solid), "garment": (2.2, garment), "shoe": (0.7, shoe),
    "texture": (0.5, texture),
}  # fmt: skip
