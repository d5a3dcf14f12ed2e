"""The rival's side of reading: rival_reading.py KIND FILE -> images a second and microseconds for one image.

KIND keras: `keras.predict` of a network as the notebooks build it, FILE an npz with images; KIND openvino: the
network in FILE, an ONNX file with raw pixels in, on two streams.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

IMAGES, BATCH, SINGLE = 10_000, 256, 300


def keras_calls() -> tuple[Callable[[np.ndarray], object], Callable[[np.ndarray], object]]:
    """Many images through `predict`, and one."""
    from keras_networks import build

    model, _ = build("mlp_vs_cnn")
    prepared = lambda images: images[..., None].astype("float32") / 255  # noqa: E731
    return (
        lambda images: model.predict(prepared(images), batch_size=BATCH, verbose=0),
        lambda images: model.predict(prepared(images), verbose=0),
    )


def openvino_calls(path: str) -> tuple[Callable[[np.ndarray], object], Callable[[np.ndarray], object]]:
    """Many images in batches of BATCH, and one."""
    import openvino

    core = openvino.Core()
    many = core.compile_model(path, "CPU", {"PERFORMANCE_HINT": "THROUGHPUT"})
    one = core.compile_model(path, "CPU", {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": 1})
    batches = lambda images: [many(images[start : start + BATCH]) for start in range(0, len(images), BATCH)]  # noqa: E731
    return batches, lambda images: one(images)


def main() -> None:
    """Warm up, then measure."""
    kind, path = sys.argv[1:]
    images = np.random.default_rng(0).integers(0, 256, (IMAGES, 28, 28), np.uint8)
    many, one = keras_calls() if kind == "keras" else openvino_calls(path)
    many(images[: 4 * BATCH])
    rates, single = [], []
    for _ in range(3):
        started = time.perf_counter()
        many(images)
        rates.append(IMAGES / (time.perf_counter() - started))
    for place in range(SINGLE):
        started = time.perf_counter_ns()
        one(images[place : place + 1])
        single.append((time.perf_counter_ns() - started) / 1000)
    print(json.dumps({"rates": rates, "single": statistics.median(single[50:])}))


if __name__ == "__main__":
    main()
