"""Claim: Tenfold reads more numbers exactly than RapidOCR and Tesseract do, in a fraction of their time.

Conditions: RapidOCR 3.10 (its own models, from its wheel) in .venv-rivals, without its detector and with it, and the
system's Tesseract; digits only, each with a friendly preparation (rival_numbers.py). The pictures are those of FOLDER, a set
with labels.csv (file, label) or a folder of such sets, at most 300 a set; without FOLDER 200 numbers of two to eight digits,
composed from MNIST's test images. An empty answer counts as wrong. Time a picture, start not included, on the same machine
one after another.

    python benchmarks/rivals/numbers_beside_others.py [FOLDER]

Last result: see docs/performance.md.
"""

import csv
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from beside import ask
from measured import Log, Row, keep, load

from tenfold import read_many
from tenfold.data import load_mnist
from tenfold.images.compose import compose
from tenfold.images.skeleton import enlarged, skeletons

MOST = 300
COMPOSED = 200


def compose_set(folder: Path) -> None:
    """COMPOSED numbers written with MNIST's first 2,000 test images, and their labels.csv."""
    test = load_mnist().test.take(range(2_000))
    thin, places = skeletons(test.images), [np.flatnonzero(test.labels == digit) for digit in range(10)]

    def shape(digit: int, own_pen: bool, rng: np.random.Generator) -> np.ndarray:
        place = rng.choice(places[digit])
        return enlarged(test.images[place]) if own_pen else thin[place]

    rng = np.random.default_rng(0)
    folder.mkdir(parents=True)
    rows = []
    for number in range(COMPOSED):
        made = compose(shape, rng, "".join(map(str, rng.integers(0, 10, rng.integers(2, 9)))))
        cv2.imwrite(str(folder / f"{number:04}.png"), made.picture)
        rows.append((f"{number:04}.png", made.text))
    with (folder / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("file", "label"), *rows])


def sets(folder: Path) -> Iterator[tuple[str, Path, dict[str, str]]]:
    """Name, folder and labels of every set of numbers or pages."""
    for listing in [folder / "labels.csv"] if (folder / "labels.csv").exists() else sorted(folder.glob("*/labels.csv")):
        with listing.open(newline="") as file:
            labels = {row["file"]: row["label"].replace("|", "\n") for row in csv.DictReader(file)}
        if any(len(label) > 1 and label.replace("\n", "").isdigit() for label in labels.values()):
            yield listing.parent.name, listing.parent, dict(list(labels.items())[:MOST])


def exact(texts: dict[str, str], labels: dict[str, str]) -> float:
    """The share of lines read exactly, in whatever order."""
    lines = right = 0
    for file, label in labels.items():
        said, wanted = texts.get(file, ""), Counter(label.split("\n"))
        lines += wanted.total()
        right += (wanted & Counter(said.split("\n"))).total() if "\n" in label else said.replace("\n", "") == label
    return right / lines


def ours(folder: Path, layout: str) -> tuple[dict[str, str], float]:
    """Tenfold's texts and seconds."""
    paths = sorted(path for path in folder.iterdir() if path.suffix in (".png", ".jpg"))
    list(read_many(paths[:1], layout=layout))
    started = time.perf_counter()
    texts = {path.name: reading.text for path, reading in zip(paths, read_many(paths, layout=layout), strict=True)}
    return texts, time.perf_counter() - started


def compare(name: str, folder: Path, labels: dict[str, str]) -> Iterator[Row]:
    """A row for each rival on one set."""
    layout = "page" if any("\n" in label for label in labels.values()) else "number"
    with tempfile.TemporaryDirectory() as place:
        for file in labels:
            shutil.copy(folder / file, place)
        texts, seconds = ours(Path(place), layout)
        mine, own = exact(texts, labels), 1000 * seconds / len(labels)
        for kind in (
            ("rapidocr-detector", "tesseract") if layout == "page" else ("rapidocr", "rapidocr-detector", "tesseract")
        ):
            if kind == "tesseract" and shutil.which("tesseract") is None:
                print("tesseract is not installed; left out", file=sys.stderr)
                continue
            answer = ask("rival_numbers.py", kind, place, layout)
            theirs, taken = exact(answer["texts"], labels), 1000 * answer["seconds"] / len(labels)
            yield Row(f"{name}: more lines read exactly than {kind}", f"{mine:.1%}, {own:.1f} ms a picture",
                      f"n = {len(labels)}, layout {layout}, {load()}", f"{theirs:.1%}, {taken:.1f} ms a picture",
                      f"{own / taken:.3f}", mine > theirs)  # fmt: skip


def main() -> None:
    """Every set beside every rival."""
    with tempfile.TemporaryDirectory() as place:
        if len(sys.argv) > 1:
            folder = Path(sys.argv[1])
        else:
            folder = Path(place)
            compose_set(folder / "composed")
        keep(__file__, Log([row for name, path, labels in sets(folder) for row in compare(name, path, labels)]))


if __name__ == "__main__":
    main()
