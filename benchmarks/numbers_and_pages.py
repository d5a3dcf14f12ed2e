"""Claims: 300 log-book cells a second in one `tenfold read FOLDER`, a two-megapixel page in 300 ms, flat memory.

Conditions: two cores, the shipped weights; cells of two and three digits, 34 pixels high, and pages of eight lines, ruled
and not, 1,600 x 1,250 pixels, all composed from MNIST's training digits. The cells' time is that of the whole command, start
included; a page is timed in a warm process, its file read anew each time. Memory is that of a process that reads 10,000
cells, after the first 1,000 and at the end.

    python benchmarks/numbers_and_pages.py

Last result: see docs/performance.md.
"""

import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from measured import Log, Row, keep, load, spread
from numpy.typing import NDArray

import tenfold
from tenfold.data import load_mnist
from tenfold.images.compose import Hand, compose, draw_text
from tenfold.images.skeleton import Shape, shapes_of

CELLS = 2_000
PAGES = 20
MANY = 10_000
HAND = Hand(height=60, pen=0.08, slant=0.1, narrow=1, gap=0.4, touching=False, own_pen=False, small_zero=1,
            wander=0.02, slope=0, bend=0.01)  # fmt: skip


def cell(shape: Shape, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A number of two or three digits in its cell, 34 pixels high."""
    picture = compose(shape, rng, str(rng.integers(10, 1000))).picture
    return np.asarray(cv2.resize(picture, (max(40, round(picture.shape[1] * 34 / picture.shape[0])), 34)), np.uint8)


def page(shape: Shape, rng: np.random.Generator, grid: bool) -> NDArray[np.uint8]:
    """Eight lines of six digits on grainy paper, between grid lines or not, (1250, 1600) uint8."""
    ink = np.zeros((1250, 1600), np.float32)
    for row in range(8):
        text = "".join(map(str, rng.integers(0, 10, 6)))
        line, _ = draw_text(text, shape, replace(HAND, gap=2.0 if grid else 0.4), rng)
        h, w = line.shape[0], min(line.shape[1], 1400)
        ink[80 + row * 140 : 80 + row * 140 + h, 90 : 90 + w] = line[:, :w]
    if grid:
        for y in range(50, 1250, 140):
            cv2.line(ink, (0, y), (1600, y), 0.7, 2)
    return np.clip(225 * (1 - 0.7 * ink) + rng.normal(0, 3, ink.shape), 0, 255).astype(np.uint8)


def cells_a_second(folder: Path, layout: str) -> float:
    """Pictures a second of one `tenfold read FOLDER`, from its start to its end."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "tenfold", "read", "--json", "--layout", layout, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == CELLS
    return CELLS / (time.perf_counter() - started)


def milliseconds(path: Path) -> list[float]:
    """Of reading one page, PAGES times after a first one."""
    tenfold.read(path, layout="page")
    taken = []
    for _ in range(PAGES):
        started = time.perf_counter()
        tenfold.read(path, layout="page")
        taken.append(1000 * (time.perf_counter() - started))
    return taken


def peak_memory() -> float:
    """MB of this process, at most, so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def growth(pictures: list[NDArray[np.uint8]]) -> float:
    """MB that reading MANY pictures, the given ones over and over, takes more than reading 1,000."""
    memory = []
    many = (pictures[i % len(pictures)] for i in range(MANY))
    for number, _ in enumerate(tenfold.read_many(many, layout="number"), 1):
        if number in (1_000, MANY):
            memory.append(peak_memory())
    return memory[1] - memory[0]


def main() -> None:
    """A row for each claim."""
    rng = np.random.default_rng(0)
    train = load_mnist().train.take(range(300))
    shape = shapes_of(train.images, train.labels)
    rows, values = [], {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "cells"
        folder.mkdir()
        cells = [cell(shape, rng) for _ in range(CELLS)]
        for number, picture in enumerate(cells):
            cv2.imwrite(str(folder / f"{number:04}.jpg"), picture)
        for layout in ("number", "auto"):
            rate = values[layout] = cells_a_second(folder, layout)
            rows.append(Row(f"300 cells of a log-book a second, layout {layout}", f"{rate:,.0f} a second",
                            f"{CELLS:,} JPEG files, one command, {load()}", holds=rate >= 300))  # fmt: skip
        for grid in (False, True):
            name = "a ruled page" if grid else "a page"
            cv2.imwrite(f"{place}/page.png", page(shape, rng, grid))
            taken = milliseconds(Path(place) / "page.png")
            rows.append(Row(f"{name} of 2 megapixels in 300 ms", spread(taken, "ms", 0), f"n = {PAGES}, {load()}",
                            holds=sorted(taken)[PAGES // 2] <= 300))  # fmt: skip
    more = growth(cells)
    rows.append(Row("reading cells takes memory that does not grow", f"{more:.0f} MB more for the last 9,000",
                    f"{peak_memory():.0f} MB at most", holds=more < 20))  # fmt: skip
    keep(__file__, Log(rows, {**values, "more_mb": more}))


if __name__ == "__main__":
    main()
