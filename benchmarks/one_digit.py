"""Claim: one digit takes 300 us through `tenfold.read`, normalisation included, and at most 60 us of that in the network.

Conditions: warm, the picture in memory, one at a time, ONNX Runtime on one thread, the shipped weights, MNIST test
images dark on light; each call is timed by itself. Beside the network stands ONNX Runtime alone, called as plainly as
can be on the same file, in turns: what is above it is Tenfold's own. `layout="digit"` says that the picture holds one
digit; without it that is found out first.

    python benchmarks/one_digit.py

Last result: see docs/performance.md.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

from measured import Log, Row, keep, load, ratio

import tenfold
from tenfold.data import load_mnist
from tenfold.images import normalise
from tenfold.reading import load_recogniser, shipped_weights

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
    return onnxruntime.InferenceSession(shipped_weights(), options, providers=["CPUExecutionProvider"])


def shown(values: list[float]) -> str:
    """Median and the 95th percentile."""
    return f"{statistics.median(values):.0f} us (95 % within {statistics.quantiles(values, n=20)[-1]:.0f})"


def main() -> None:
    """The whole way and its parts, in turns."""
    images = load_mnist().test.images
    pictures = 255 - images[:RUNS]
    reader, session = load_recogniser(), plain_session()
    calls: dict[str, Callable[[int], object]] = {
        "read": lambda i: tenfold.read(pictures[i]),
        "read as a digit": lambda i: tenfold.read(pictures[i], layout="digit"),
        "normalise": lambda i: normalise(pictures[i]),
        "network": lambda i: reader.probabilities(images[i : i + 1]),
        "plain": lambda i: session.run(None, {"images": images[i : i + 1]}),
    }
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS + 1):  # the first round warms up
        for name, call in calls.items():
            taken[name] += microseconds(call)
    for values in taken.values():
        del values[:RUNS]
    n = f"n {RUNS * ROUNDS:,}, one thread, {load()}"
    size = shipped_weights().stat().st_size / 1e3
    rows = [
        Row("one digit through `tenfold.read` under 300 us", shown(taken["read"]), n,
            holds=statistics.median(taken["read"]) < 300),
        Row('the same with `layout="digit"`', shown(taken["read as a digit"]), n),
        Row("of that, normalisation", shown(taken["normalise"]), n),
        Row("of that, the network under 60 us", shown(taken["network"]), f"weights {size:,.0f} kB, {n}",
            rival=f"plain ONNX Runtime {shown(taken['plain'])}", ratio=f"{ratio(taken['network'], taken['plain']):.2f}",
            holds=statistics.median(taken["network"]) < 60),
    ]  # fmt: skip
    keep(__file__, Log(rows, {name: statistics.median(values) for name, values in taken.items()}))


if __name__ == "__main__":
    main()
