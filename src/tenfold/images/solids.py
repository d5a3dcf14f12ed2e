"""What is no stroke at all: clothes, shoes, leaves, clouds and stripes, drawn as solid shapes and textures.

Each takes a generator and a side and gives (side, side) uint8, bright on 0.
"""

import cv2
import numpy as np

__all__ = ["garment", "shoe", "solid", "texture"]

Rng = np.random.Generator


def solid(rng: Rng, side: int) -> np.ndarray:
    """A filled outline, the same on both sides or not, as clothes, bags, shoes, leaves and blots are."""
    n = int(rng.integers(4, 11))
    widths = rng.uniform(0.15, 1.0, n)
    if rng.random() < 0.5:
        widths = np.convolve(widths, (0.25, 0.5, 0.25), "same")
    heights = np.sort(rng.uniform(0, 1, n))
    heights[0], heights[-1] = 0, 1
    other = widths if rng.random() < 0.7 else rng.uniform(0.1, 1.0, n)
    outline = np.concatenate((np.stack((widths, heights), 1), np.stack((-other, heights), 1)[::-1]))
    outline[:, 0] *= rng.uniform(0.3, 1.2) / 2 / widths.mean()  # never as narrow as a bar: that may be a 1
    if rng.random() < 0.25:
        outline = outline[:, ::-1]
    low, high = outline.min(axis=0), outline.max(axis=0)
    points = (outline - (low + high) / 2) / max(high - low) * 0.8 * side + side / 2
    picture = np.zeros((side, side), np.uint8)
    cv2.fillPoly(picture, [points.astype(np.int32)], 255)
    return _dress(picture, rng)


def garment(rng: Rng, side: int) -> np.ndarray:
    """A body with sleeves, legs, a collar or handles."""
    picture = np.zeros((side, side), np.uint8)
    wide = rng.uniform(0.1, 0.25)
    left, right = int(side * (0.5 - wide)), int(side * (0.5 + wide + rng.normal(0, 0.015)))
    top, bottom = int(side * rng.uniform(0.08, 0.2)), int(side * rng.uniform(0.75, 0.95))
    flare = int(side * rng.uniform(-0.05, 0.15))
    body = np.array([(left, top), (right, top), (right + flare, bottom), (left - flare, bottom)], np.int32)
    cv2.fillPoly(picture, [body], 255)
    if rng.random() < 0.45:  # sleeves
        reach, wide = int(side * rng.uniform(0.1, 0.3)), int(side * rng.uniform(0.08, 0.18))
        fall = int(side * rng.uniform(0.1, 0.75))
        for x, way in ((left, -1), (right, 1)):
            sleeve = [
                (x, top),
                (x + way * reach, top + fall),
                (x + way * (reach - wide), top + fall + wide // 3),
                (x, top + 2 * wide),
            ]
            cv2.fillPoly(picture, [np.array(sleeve, np.int32)], 255)
    if rng.random() < 0.5:  # legs, or a neck
        x = (left + right) // 2
        gap = int(side * rng.uniform(0.01, 0.06))
        cv2.fillPoly(
            picture, [np.array([(x, top + (bottom - top) // 3), (x + gap, bottom + 2), (x - gap, bottom + 2)], np.int32)], 0
        )
    else:
        cv2.ellipse(
            picture,
            ((left + right) // 2, top),
            (int(side * rng.uniform(0.04, 0.14)), int(side * rng.uniform(0.02, 0.12))),
            0,
            0,
            360,
            0,
            -1,
        )
    if rng.random() < 0.25:
        cv2.ellipse(picture, ((left + right) // 2, top), ((right - left) // 3, int(side * 0.15)), 0, 180, 360, 255, 3)
    return _dress(picture, rng)


def shoe(rng: Rng, side: int) -> np.ndarray:
    """Low and long, higher at the heel, on a sole or a thin heel."""
    heel, toe = rng.uniform(0.25, 0.85), rng.uniform(0.1, 0.3)
    opening, sole = rng.uniform(0.2, 0.5), rng.uniform(0.02, 0.1)
    outline = np.array([(0, 1 - heel), (opening, 1 - heel + rng.uniform(-0.1, 0.1)),
                        (opening + 0.15, 1 - toe - 0.15), (1, 1 - toe),
                        (1, 1), (rng.uniform(0.2, 0.5), 1 - sole), (0, 1)])  # fmt: skip
    if rng.random() < 0.5:
        outline[:, 0] = 1 - outline[:, 0]
    picture = np.zeros((side, side), np.uint8)
    cv2.fillPoly(picture, [(outline * side * 0.8 + side * 0.1).astype(np.int32)], 255)
    return _dress(picture, rng)


def _dress(shape: np.ndarray, rng: Rng) -> np.ndarray:
    """A solid shape given a cloth: plain, folded, striped or checked, coarse or smooth."""
    side = shape.shape[0]
    y, x = np.mgrid[0:side, 0:side] / side
    cloth = np.full((side, side), rng.uniform(0.5, 1.0))
    if rng.random() < 0.5:
        n = int(rng.integers(2, 8))
        cloth *= cv2.resize(rng.uniform(0.3, 1.0, (n, n)), (side, side), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.4:
        tilt, waves = rng.uniform(0, np.pi), rng.uniform(2, 14)
        cloth *= 1 - rng.uniform(0.2, 0.9) * (
            np.sin(2 * np.pi * waves * (x * np.cos(tilt) + y * np.sin(tilt))) > rng.uniform(-0.5, 0.7)
        )
    if rng.random() < 0.4:
        cloth *= rng.uniform(0.6, 1.0, (side, side))
    cloth *= np.where(cv2.erode(shape, np.ones((5, 5), np.uint8)) > 0, 1.0, rng.uniform(0.5, 1.5))
    return np.asarray(np.clip(shape * cloth, 0, 255).astype(np.uint8))


def texture(rng: Rng, side: int) -> np.ndarray:
    """Clouds, stripes, checks or grain, cut off at a level."""
    n = int(rng.integers(3, 16))
    field = cv2.resize(rng.normal(0, 1, (n, n)), (side, side), interpolation=cv2.INTER_CUBIC)
    if rng.random() < 0.4:
        y, x = np.mgrid[0:side, 0:side] / side
        field = field * rng.uniform(0, 1) + np.sin(2 * np.pi * (rng.uniform(1, 8) * x + rng.uniform(1, 8) * y))
    return np.where(field > np.quantile(field, rng.uniform(0.4, 0.85)), 255, 0).astype(np.uint8)
