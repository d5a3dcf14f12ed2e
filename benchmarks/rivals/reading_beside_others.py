"""Claim: Tenfold's network reads at least as many normalised digits a second as `keras.predict` or OpenVINO would.

Conditions: random pixels, 10,000 images of 28x28, in batches of 256 and one at a time, warm, in turns. Keras predicts
with the convolutional network of the notebooks (`mlp_vs_cnn`), Tenfold with the very same network exported to ONNX;
OpenVINO runs the shipped recogniser's file, as Tenfold does. ONNX Runtime on one thread as Tenfold uses it; the
rivals use the threads they like.

    python benchmarks/rivals/reading_beside_others.py

Last result: see docs/performance.md.
"""

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from beside import ask
from measured import Log, Row, keep, load

from tenfold.data import load_mnist
from tenfold.export import export_onnx
from tenfold.models import UNIT, build
from tenfold.reading import Recogniser, load_recogniser, shipped_weights

IMAGES, BATCH, SINGLE, ROUNDS = 10_000, 256, 300, 3


def measure(recogniser: Recogniser) -> tuple[float, float]:
    """Images a second in batches, microseconds for one."""
    images = np.random.default_rng(0).integers(0, 256, (IMAGES, 28, 28), np.uint8)
    recogniser.probabilities(images[:BATCH])
    started = time.perf_counter()
    for start in range(0, IMAGES, BATCH):
        recogniser.probabilities(images[start : start + BATCH])
    rate = IMAGES / (time.perf_counter() - started)
    single = []
    for place in range(SINGLE):
        began = time.perf_counter_ns()
        recogniser.probabilities(images[place : place + 1])
        single.append((time.perf_counter_ns() - began) / 1000)
    return rate, statistics.median(single[50:])


def rows(name: str, rival: str, ours: list[tuple[float, float]], theirs: list[tuple[float, float]]) -> list[Row]:
    """Many at once and one alone; ratios are of times."""
    (rate, single), (their_rate, their_single) = (map(statistics.median, zip(*side, strict=True)) for side in (ours, theirs))
    n = f"{name}, n {ROUNDS} rounds in turns, {load()}"
    many, one = their_rate / rate, single / their_single
    return [
        Row(f"digits a second beside {rival}", f"{rate:,.0f}", n, f"{their_rate:,.0f}", f"{many:.2f}", many <= 1),
        Row(f"one digit beside {rival}", f"{single:.0f} us", n, f"{their_single:.0f} us", f"{one:.2f}", one <= 1),
    ]


def main() -> None:
    """Both rivals in turn."""
    log = Log()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cnn.onnx"
        export_onnx(build("cnn", preparation=UNIT).eval(), path, load_mnist().test.images[:100])
        contests = {"keras": ("the notebooks' CNN", path), "openvino": ("the shipped recogniser", shipped_weights())}
        for kind, (name, model) in contests.items():
            ours, theirs = [], []
            for _ in range(ROUNDS):
                ours.append(measure(load_recogniser(model)))
                answer = ask("rival_reading.py", kind, model)
                theirs.append((statistics.median(answer["rates"]), answer["single"]))
            rival = "`keras.predict`" if kind == "keras" else "OpenVINO"
            log.rows += rows(name, rival, ours, theirs)
            log.values[kind] = {"tenfold": ours, "rival": theirs}
    keep(__file__, log)


if __name__ == "__main__":
    main()
