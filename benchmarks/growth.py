"""Claim: training time and reading time grow in proportion to the number of images, and reading takes constant memory.

Conditions: training 784-512-10 for one epoch on 6,000 to 600,000 images (MNIST repeated); reading 100 to 100,000
pictures, MNIST test images handed over one after another, through `tenfold.read_many`; each size in a fresh process,
whose peak memory is told. In proportion: the slope of log time against log n, over what takes longer than a second,
is within 0.85 to 1.15.

    python benchmarks/growth.py

Last result: see docs/performance.md and docs/images/growth.png.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
from measured import Log, Row, keep, load

IMAGES = {"training": (6_000, 20_000, 60_000, 200_000, 600_000), "reading": (100, 1_000, 10_000, 100_000)}
PLOT = Path(__file__).parents[1] / "docs" / "images" / "growth.png"

TRAINING = """
import json, resource, sys, numpy as np
from tenfold.data import load_mnist
from tenfold.models import build
from tenfold.training import fit
n = int(sys.argv[1])
train = load_mnist().train.take(np.arange(n) % 60_000)
history = fit(build("mlp", widths=[512]), train, epochs=1, progress=False)
print(json.dumps([history.seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""

READING = """
import json, resource, sys, time
from tenfold.data import load_mnist
from tenfold.reading import read_many
n = int(sys.argv[1])
images = 255 - load_mnist().test.images
started = time.perf_counter()
count = sum(1 for _ in read_many((images[place % 10_000] for place in range(n)), layout="digit"))
assert count == n
print(json.dumps([time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def measure(program: str, n: int) -> tuple[float, float]:
    """Seconds and peak MB of a fresh process."""
    done = subprocess.run([sys.executable, "-c", program, str(n)], capture_output=True, text=True, check=True)
    seconds, memory = json.loads(done.stdout)
    return seconds, memory


def slope(sizes: tuple[int, ...], seconds: list[float]) -> float:
    """Of log time against log n, over what takes longer than a second."""
    long = [place for place, taken in enumerate(seconds) if taken > 1]
    return float(np.polyfit(np.log([sizes[place] for place in long]), np.log([seconds[place] for place in long]), 1)[0])


def draw(found: dict[str, tuple[list[float], list[float]]]) -> None:
    """Seconds and memory against n, both logarithmic."""
    from tenfold.evaluation import new_figure

    figure = new_figure(9, 3.6)
    for place, (what, unit) in enumerate((("time", "s"), ("peak memory", "MB"))):
        axes = figure.add_subplot(1, 2, place + 1)
        for work, values in found.items():
            axes.plot(IMAGES[work], values[place], marker="o", label=work)
        axes.set(xscale="log", yscale="log", xlabel="images", ylabel=f"{what} ({unit})", title=f"{what} against n")
        axes.legend()
        axes.grid(alpha=0.3)
    figure.savefig(PLOT, dpi=110)


def main() -> None:
    """Every size of both kinds of work."""
    log = Log()
    found = {}
    for work, program in (("training", TRAINING), ("reading", READING)):
        pairs = [measure(program, n) for n in IMAGES[work]]
        seconds, memory = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        found[work] = (seconds, memory)
        log.values[work] = {"images": IMAGES[work], "seconds": seconds, "peak_mb": memory}
        exponent, sizes = slope(IMAGES[work], seconds), IMAGES[work]
        log.rows.append(Row(
            f"{work} time grows in proportion to n", f"n to the power {exponent:.2f}",
            f"{sizes[0]:,} to {sizes[-1]:,} images in {seconds[-1]:.1f} s, {load()}", holds=0.85 <= exponent <= 1.15,
        ))  # fmt: skip
    memory = found["reading"][1]
    log.rows.append(Row("reading takes constant memory", f"{memory[-1] - memory[1]:+.0f} MB from 1,000 to 100,000 pictures",
                        f"{memory[-1]:.0f} MB at most", holds=memory[-1] - memory[1] < 20))  # fmt: skip
    draw(found)
    keep(__file__, log)


if __name__ == "__main__":
    main()
