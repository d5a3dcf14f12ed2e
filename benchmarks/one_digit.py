"""Claim: one digit takes at most 100 microseconds in the network, on one core.

Conditions: ONNX Runtime on one thread, the shipped weights, MNIST test images one at a time, warm; beside it the whole of
`tenfold.read` on a picture that is in memory, normalisation included, and the network on 256 images at once.

    python benchmarks/one_digit.py

Last result: see docs/performance.md.
"""

import os
import statistics
import time
from collections.abc import Callable

import tenfold
from tenfold.data import load_mnist
from tenfold.reading import load_recogniser, shipped_weights

RUNS = 3000


def microseconds(call: Callable[[int], object], runs: int = RUNS) -> tuple[float, float]:
    """Median and 95th percentile of so many calls, each timed by itself, after a warm-up."""
    for place in range(100):
        call(place)
    taken = []
    for place in range(runs):
        started = time.perf_counter_ns()
        call(place)
        taken.append((time.perf_counter_ns() - started) / 1000)
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


def main() -> None:
    """Print a row for the network, the whole reading, and a batch."""
    images = load_mnist().test.images
    pictures = 255 - images[:RUNS]
    reader = load_recogniser()
    size = shipped_weights().stat().st_size
    rows = {
        "network, one digit": microseconds(lambda i: reader.probabilities(images[i : i + 1])),
        "tenfold.read, picture in memory": microseconds(lambda i: tenfold.read(pictures[i % RUNS])),
    }
    batch = microseconds(lambda i: reader.probabilities(images[i * 256 % 9000 : i * 256 % 9000 + 256]), 100)
    for name, (median, late) in rows.items():
        print(f"{name:<34} median {median:>7.1f} us   95 % within {late:>7.1f} us")
    print(f"{'network, 256 digits at once':<34} {256e6 / batch[0]:>14,.0f} digits/s")
    print(f"weights {size / 1e3:,.0f} kB; n = {RUNS}, one thread, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
