"""Claim: a folder of 10,000 small pictures is read at 2,000 a second or more on two cores, in memory that does not grow.

Conditions: the MNIST test images as PNG files in a folder, in the operating system's cache; the command `tenfold read
FOLDER` from its start to its end, with as many processes as there are cores; peak memory is that of the largest process of
a command that reads 1,000 pictures, and of one that reads all.

    python benchmarks/folder.py

Last result: see docs/performance.md.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from measured import Log, Row, keep, load, seconds, spread
from PIL import Image

from tenfold.data import load_mnist

PICTURES = 10_000
FEW = 1_000
TIMES = 3


def write_pictures(folder: Path, count: int) -> list[int]:
    """The first test images as files in a new folder, dark on light; their labels."""
    folder.mkdir()
    test = load_mnist().test
    for place, image in enumerate(test.images[:count]):
        Image.fromarray(255 - image).save(folder / f"{place:05}.png")
    return test.labels[:count].tolist()


def read_folder(folder: Path) -> list[str]:
    """What the command says of each picture."""
    command = [sys.executable, "-m", "tenfold", "read", str(folder)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [line.rpartition(": ")[2] for line in said.splitlines()]


def peak_memory() -> float:
    """MB of the largest process among those that have run for this one and ended."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def processor_seconds() -> float:
    """Of all processes that have run for this one and ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """The few first, as memory once used shows for ever; then the whole folder several times."""
    with tempfile.TemporaryDirectory() as name:
        write_pictures(Path(name) / "few", FEW)
        labels = write_pictures(Path(name) / "all", PICTURES)
        read_folder(Path(name) / "few")
        memory, used = [peak_memory()], processor_seconds()
        said: list[str] = []
        taken = [seconds(lambda: said.extend(read_folder(Path(name) / "all"))) for _ in range(TIMES)]
        memory, used = [*memory, peak_memory()], (processor_seconds() - used) / TIMES
    right = sum(text == str(label) for text, label in zip(said, TIMES * labels, strict=True)) // TIMES
    rates = [PICTURES / one for one in taken]
    rows = [
        Row("a folder of 10,000 small pictures at 2,000 a second", spread(rates, "a second", 0),
            f"n = {TIMES}, start included, processor time {used:.1f} s, {right / PICTURES:.2%} right, {load()}",
            holds=statistics.median(rates) >= 2_000),
        Row("reading it takes memory that does not grow", f"{memory[1] - memory[0]:.0f} MB more for 10,000 than for 1,000",
            f"{memory[1]:.0f} MB at most for each process, PyTorch not loaded", holds=memory[1] - memory[0] < 20),
    ]  # fmt: skip
    keep(__file__, Log(rows, {"seconds": taken, "processor_seconds": used, "peak_mb": memory, "right": right}))


if __name__ == "__main__":
    main()
