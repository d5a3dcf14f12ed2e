"""Claim: 98 % of MNIST's test images in 1/25, 99 % in 1/15 of the training time that the notebooks' own Keras code needs.

Conditions: each notebook's network as its Keras code trains it, up to five epochs, the test images looked at after each (in
Keras' favour); its time is that of the quickest network that reaches the bar, or of all five epochs where none does.
Tenfold: the training loop of `tenfold train --recipe`, median of the seeds in `benchmarks/log/time_to_accuracy.json`, which
`make bench` writes. tiny_mlp, which reaches neither, is left out.

    python benchmarks/rivals/accuracy_beside_keras.py

Last result: see docs/performance.md.
"""

import json
import statistics
import tempfile
from pathlib import Path

import numpy as np
from beside import ask
from measured import LOG, Log, Row, keep, load

from tenfold.data import load_mnist

NETWORKS, EPOCHS = ("mlp_vs_cnn", "wide_mlp", "deep_mlp", "quickstart_logits"), 5
BARS = {"fast": (0.98, 25), "good": (0.99, 15)}


def quickest(found: dict[str, dict[str, list[float]]], bar: float) -> tuple[float, str]:
    """Seconds of the network that was first at the bar, and its name; of all epochs where none was."""
    first = {
        name: seconds
        for name, curve in found.items()
        for seconds, accuracy in reversed(list(zip(curve["seconds"], curve["accuracy"], strict=True)))
        if accuracy >= bar
    }
    if not first:
        return max(curve["seconds"][-1] for curve in found.values()), "none, so five epochs of the slowest"
    name = min(first, key=first.__getitem__)
    return first[name], name


def main() -> None:
    """Keras once a network; Tenfold's recipes from the log."""
    mnist = load_mnist()
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.npz"
        np.savez(path, images=mnist.train.images, labels=mnist.train.labels, test_images=mnist.test.images,
                 test_labels=mnist.test.labels)  # fmt: skip
        for name in NETWORKS:
            found[name] = ask("keras_accuracy.py", path, name, EPOCHS)
    races = json.loads((LOG / "time_to_accuracy.json").read_text(encoding="utf-8"))["values"]
    rows = []
    for recipe, (bar, times) in BARS.items():
        seconds, name = quickest(found, bar)
        ours = statistics.median(races[recipe]["loop"])
        rows.append(Row(
            f"{bar:.0%} of MNIST in 1/{times} of the notebooks' Keras code", f"{ours:.2f} s",
            f"training loops alone, {load()}",
            rival=f"Keras {seconds:.1f} s ({name})", ratio=f"1/{seconds / ours:.0f}", holds=seconds / ours >= times,
        ))  # fmt: skip
    keep(__file__, Log(rows, dict(found)))


if __name__ == "__main__":
    main()
