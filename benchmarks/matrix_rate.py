"""Claim: training and reading use at least 60 % of what the machine's float32 matrix product reaches.

Conditions: the rate is that of the best of several 1024x1024 products, measured in turns with the work, on as many
threads. The work counts two operations for each multiplication that the mathematics asks for: a training step of
784-512-10 at batch 128 (forward, gradients of weights, gradients of the hidden layer), less those that are left out as
their pixels are black in all images, and the default network's reading at batch 256. What else a step does (bytes to
floats, ReLU, loss, optimiser; batch norm, pooling) counts as time, not as work. The best of several rounds is taken for
both, which a busy machine blurs least.

    python benchmarks/matrix_rate.py

Last result: see docs/performance.md.
"""

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from measured import Log, Row, keep, load

from tenfold.data import load_mnist
from tenfold.export import export_onnx
from tenfold.models import UNIT, Classifier, build
from tenfold.reading import load_recogniser
from tenfold.training import OPTIMISERS
from tenfold.training.fuse import fuse

ROUNDS = 20


def quickest(call: Callable[[], object]) -> float:
    """Seconds of the quickest of five calls."""
    taken = []
    for _ in range(5):
        started = time.perf_counter()
        call()
        taken.append(time.perf_counter() - started)
    return min(taken)


def training_step(threads: int) -> tuple[Callable[[], object], float]:
    """A step of 784-512-10 at batch 128 as `fit` takes it on so many threads, and its operations."""
    torch.set_num_threads(threads)
    batch, widths = 128, (784, 512, 10)
    train = load_mnist().train
    images, labels = torch.from_numpy(train.images), torch.from_numpy(train.labels)
    model = build("mlp", widths=[512], preparation=UNIT).train()
    network = fuse(model)
    optimise = OPTIMISERS["rmsprop"](model, 0.001, 0.0)
    chosen = torch.randperm(len(train))[:batch]

    def step() -> None:
        logits = network(images.index_select(0, chosen))
        optimise.zero_grad()
        torch.nn.functional.cross_entropy(logits, labels.index_select(0, chosen)).backward()
        optimise.step()

    lit = int(images[chosen].flatten(1).any(0).sum()) if network is not model else widths[0]
    second = widths[1] * widths[2]
    return step, 2.0 * batch * ((lit + widths[0]) * widths[1] + 3 * second)  # nothing needs the gradient of the pixels


def multiplications(model: Classifier) -> float:
    """How many multiplications one image needs in convolutions and dense layers."""
    found = 0.0
    image = torch.zeros(1, 1, *model.architecture.size)
    for layer in model.layers.eval():
        image = layer(image)
        if isinstance(layer, torch.nn.Conv2d | torch.nn.Linear):
            found += layer.weight.numel() * (image[0].numel() / layer.weight.shape[0])
    return found


def reading_a_batch(folder: str) -> tuple[Callable[[], object], float]:
    """The default network on 256 images through ONNX Runtime, as Tenfold reads, and its operations."""
    model = build().eval()
    images = load_mnist().test.images
    path = Path(folder) / "model.onnx"
    export_onnx(model, path, images[:100])
    reader = load_recogniser(path)
    return lambda: reader.probabilities(images[:256]), 2.0 * 256 * multiplications(model)


def main() -> None:
    """Products and work in turns."""
    log = Log()
    with tempfile.TemporaryDirectory() as folder:
        works = {
            "a training step of 784-512-10, batch 128": (partial(training_step, 2), 2),
            "a training step of 784-512-10, batch 128, on one thread": (partial(training_step, 1), 1),
            "the default network's reading, batch 256": (partial(reading_a_batch, folder), 1),
        }
        left, right = torch.randn(1024, 1024), torch.randn(1024, 1024)
        for name, (make, threads) in works.items():
            torch.set_num_threads(threads)
            call, operations = make()
            product, work = [], []
            for _ in range(ROUNDS):
                product.append(quickest(lambda: left @ right))
                work.append(quickest(call))
            peak, rate = 2 * 1024**3 / min(product), operations / min(work)
            log.values[name] = {"peak": peak, "rate": rate, "milliseconds": 1e3 * min(work), "threads": threads}
            log.rows.append(Row(
                f"{name}, at least 60 % of the matrix product's rate", f"{rate / 1e9:.0f} GFLOP/s, {1e3 * min(work):.2f} ms",
                f"the quickest of {5 * ROUNDS}, {threads} threads, {load()}",
                rival=f"1024x1024 product {peak / 1e9:.0f} GFLOP/s", ratio=f"{rate / peak:.0%}", holds=rate / peak >= 0.6,
            ))  # fmt: skip
    keep(__file__, log)


if __name__ == "__main__":
    main()
