"""Claim: a folder of 10,000 small pictures is read at 2,000 a second or more on two cores, in memory that does not grow.

Conditions: the 10,000 MNIST test images as PNG files in a folder, in the operating system's cache; one process from
the first picture to the last Reading, through `tenfold.read_many`; peak memory of the process after 1,000 pictures
and after all.

    python benchmarks/folder.py

Last result: see docs/performance.md.
"""

import resource
import tempfile
import time
from pathlib import Path

from measured import Log, Row, keep, load
from PIL import Image

from tenfold.data import load_mnist
from tenfold.reading import read_many

PICTURES = 10_000


def peak_memory() -> float:
    """MB of this process, at most, so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def write_pictures(folder: Path) -> tuple[list[Path], list[int]]:
    """The test images as files, dark on light, and their labels."""
    test = load_mnist().test
    paths = [folder / f"{place:05}.png" for place in range(PICTURES)]
    for path, image in zip(paths, test.images, strict=True):
        Image.fromarray(255 - image).save(path)
    return paths, test.labels.tolist()


def main() -> None:
    """Read the folder once to its end; memory is noted on the way."""
    with tempfile.TemporaryDirectory() as name:
        paths, labels = write_pictures(Path(name))
        memory, right = [], 0
        list(read_many(paths[:100]))
        started, used = time.perf_counter(), time.process_time()
        for place, reading in enumerate(read_many(paths)):
            right += reading.text == str(labels[place])
            if place + 1 in (1_000, PICTURES):
                memory.append(peak_memory())
        taken, used = time.perf_counter() - started, time.process_time() - used
    rate = PICTURES / taken
    rows = [
        Row("a folder of 10,000 small pictures at 2,000 a second", f"{rate:,.0f} a second",
            f"{taken:.1f} s, processor time {used:.1f} s, {right / PICTURES:.2%} right, {load()}", holds=rate >= 2_000),
        Row("reading it takes memory that does not grow", f"{memory[1] - memory[0]:.0f} MB more for the last 9,000",
            f"{memory[1]:.0f} MB at most, PyTorch not loaded", holds=memory[1] - memory[0] < 20),
    ]  # fmt: skip
    keep(__file__, Log(rows, {"seconds": taken, "processor_seconds": used, "peak_mb": memory, "right": right}))


if __name__ == "__main__":
    main()
