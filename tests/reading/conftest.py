"""What the tests of reading share: numbers written with MNIST's test digits, and where each digit is."""

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np
import pytest

from tenfold.data import Mnist


class Written(NamedTuple):
    """A picture (H, W) uint8 and the box of each digit in it: x, y, width, height."""

    picture: np.ndarray
    boxes: list[tuple[int, int, int, int]]


@pytest.fixture(scope="session")
def write(mnist: Mnist) -> Callable[..., Written]:
    """Writes text, dark on light, in digits `size` pixels high that stand `gap` apart; lines are parted by newlines."""
    digits = {digit: mnist.test.images[np.flatnonzero(mnist.test.labels == digit)[1]] for digit in range(10)}

    def ink(digit: int, size: int) -> np.ndarray:
        x, y, w, h = cv2.boundingRect(digits[digit])
        width = max(3, round(w * size / h))
        return cv2.resize(digits[digit][y : y + h, x : x + w], (width, size), interpolation=cv2.INTER_CUBIC)

    def written(text: str, *, size: int = 40, gap: int = 14, margin: int = 30, paper: int = 235) -> Written:
        lines = text.split("\n")
        wide = 2 * margin + max(map(len, lines)) * (size + gap)
        field = np.zeros((2 * margin + len(lines) * 2 * size - size, wide), np.uint8)
        boxes = []
        for row, line in enumerate(lines):
            x, y = margin, margin + row * 2 * size
            for char in line:
                piece = ink(int(char), size)
                part = field[y : y + size, x : x + piece.shape[1]]
                np.maximum(part, piece, out=part)
                boxes.append((x, y, piece.shape[1], size))
                x += piece.shape[1] + gap
        return Written((paper - field.astype(float) * 0.75).clip(0, 255).astype(np.uint8), boxes)

    return written
