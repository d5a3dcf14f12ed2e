"""The example page and number in examples/pages, written with MNIST test digits, and the page annotated in docs/images/.

    python examples/make_pages.py

page.jpg    three numbers on ruled paper, photographed a little askew in uneven light
number.jpg  1974 in a cell of a form, its digits touching
"""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

import tenfold
from tenfold.data import load_mnist
from tenfold.images.compose import Hand, draw_text
from tenfold.images.skeleton import Shape, shapes_of
from tenfold.reading import annotate

FOLDER = Path(__file__).parent / "pages"
SHEET = FOLDER.parents[1] / "docs" / "images" / "page.png"
NUMBERS = ("2718", "60943", "35")
SEED = 7
HAND = Hand(height=64, pen=0.09, slant=0.12, narrow=1, gap=0.35, touching=False, own_pen=False, small_zero=1,
            wander=0.03, slope=0.01, bend=0.01)  # fmt: skip


def test_digits() -> Shape:
    """Ten of MNIST's test images of each digit, thinned."""
    test = load_mnist().test
    first = np.concatenate([np.flatnonzero(test.labels == digit)[:10] for digit in range(10)])
    return shapes_of(test.images[first], test.labels[first])


def photographed(ink: NDArray[np.float32], rng: np.random.Generator) -> Image.Image:
    """Blue ink on paper under a light from the left, (H, W) from 0 to 1."""
    height, width = ink.shape
    light = np.linspace(1.0, 0.62, width)[None, :] * np.linspace(1.0, 0.93, height)[:, None]
    grain = rng.normal(0, 0.012, ink.shape)
    paper, pen = np.array([238, 232, 214], np.float32), np.array([40, 58, 140], np.float32)
    mixed = paper * (1 - ink[..., None]) + pen * ink[..., None]
    return Image.fromarray(np.clip(mixed * (light + grain)[..., None], 0, 255).astype(np.uint8))


def page(shape: Shape, rng: np.random.Generator) -> Image.Image:
    """Three numbers between ruled lines, turned by two degrees."""
    ink = np.zeros((520, 760), np.float32)
    for row, text in enumerate(NUMBERS):
        line, _ = draw_text(text, shape, HAND, rng)
        top, left = 90 + row * 130, 110 + row * 30
        ink[top : top + line.shape[0], left : left + line.shape[1]] = line
    for y in range(40, 520, 43):
        np.maximum(ink[y : y + 2], 0.3, out=ink[y : y + 2])
    turn = cv2.getRotationMatrix2D((380, 260), 2, 1.05)
    return photographed(np.asarray(cv2.warpAffine(ink, turn, (760, 520)), np.float32), rng)


def cell(shape: Shape, rng: np.random.Generator) -> Image.Image:
    """A number whose digits touch, in the frame of its cell."""
    line, _ = draw_text("1974", shape, replace(HAND, height=48, touching=True, gap=0), rng)
    ink = cv2.copyMakeBorder(line, 22, 18, 26, 40, cv2.BORDER_CONSTANT, value=0)
    cv2.rectangle(ink, (4, 4), (ink.shape[1] - 6, ink.shape[0] - 5), 0.6, 2)
    return photographed(ink, rng)


def main() -> None:
    """Write both pictures, and what is read on the page."""
    FOLDER.mkdir(exist_ok=True)
    shape, rng = test_digits(), np.random.default_rng(SEED)
    page(shape, rng).save(FOLDER / "page.jpg", quality=88)
    cell(shape, rng).save(FOLDER / "number.jpg", quality=88)
    annotate(FOLDER / "page.jpg", tenfold.read(FOLDER / "page.jpg")).save(SHEET, optimize=True)


if __name__ == "__main__":
    main()
