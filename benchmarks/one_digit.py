"""Claim: one digit takes 300 us through `tenfold.read`, normalisation included, and at most 60 us of that in the networks.

Conditions: warm, the picture in memory, one at a time, ONNX Runtime on one thread, the shipped weights, MNIST test
images dark on light; each call is timed by itself, and the median told. A small network is asked first and the large one
about what that is not sure of, so beside the median stands how often it was. In turns with it comes ONNX Runtime alone,
called as plainly as can be on the small network's file: what is above it is Tenfold's own; and the large network alone.
`layout="digit"` says that the picture holds one digit; without it that is found out first.

    python benchmarks/one_digit.py

Last result: see docs/performance.md.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from measured import Log, Row, keep, load, ratio

import tenfold
from tenfold.data import load_mnist
from tenfold.images import normalise
from tenfold.reading import load_recogniser
from tenfold.reading.cascade import recognise
from tenfold.reading.recogniser import load_quick_recogniser, shipped_quick_weights

RUNS = 1000
ROUNDS = 5


def microseconds(call: Callable[[int], object]) -> list[float]:
    """So many calls, each timed by itself."""
    taken = []
    for place in range(RUNS):
        started = time.perf_counter_ns()
        call(place)
        taken.append((time.perf_counter_ns() - started) / 1000)
    return taken


def plain_session() -> Any:
    """ONNX Runtime on the same file, on one thread, otherwise as it comes."""
    import onnxruntime  # after Tenfold, which keeps it from the network

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(shipped_quick_weights(), options, providers=["CPUExecutionProvider"])


def shown(values: list[float]) -> str:
    """Median and the 95th percentile."""
    return f"{statistics.median(values):.0f} us (95 % within {statistics.quantiles(values, n=20)[-1]:.0f})"


def main() -> None:
    """The whole way and its parts, in turns."""
    pictures = 255 - load_mnist().test.images[:RUNS]
    images = np.stack([normalise(picture).image for picture in pictures])
    quick, large, session = load_quick_recogniser(), load_recogniser(), plain_session()
    calls: dict[str, Callable[[int], object]] = {
        "read": lambda i: tenfold.read(pictures[i]),
        "read as a digit": lambda i: tenfold.read(pictures[i], layout="digit"),
        "normalise": lambda i: normalise(pictures[i]),
        "networks": lambda i: recognise(images[i : i + 1]),
        "plain": lambda i: session.run(None, {"images": images[i : i + 1]}),
        "large network": lambda i: large.probabilities(images[i : i + 1]),
    }
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS + 1):  # the first round warms up
        for name, call in calls.items():
            taken[name] += microseconds(call)
    for values in taken.values():
        del values[:RUNS]
    n = f"n {RUNS * ROUNDS:,}, one thread, {load()}"
    sure = float((quick.probabilities(images).max(1) >= quick.threshold).mean())
    rows = [
        Row("one digit through `tenfold.read` under 300 us", shown(taken["read"]), n,
            holds=statistics.median(taken["read"]) < 300),
        Row('the same with `layout="digit"`', shown(taken["read as a digit"]), n),
        Row("of that, normalisation", shown(taken["normalise"]), n),
        Row("of that, the networks under 60 us", shown(taken["networks"]), f"the small one is sure of {sure:.0%}, {n}",
            rival=f"plain ONNX Runtime {shown(taken['plain'])}", ratio=f"{ratio(taken['networks'], taken['plain']):.2f}",
            holds=statistics.median(taken["networks"]) < 60),
        Row("the large network alone", shown(taken["large network"]), n),
    ]  # fmt: skip
    keep(__file__, Log(rows, {name: statistics.median(values) for name, values in taken.items()}))


if __name__ == "__main__":
    main()
