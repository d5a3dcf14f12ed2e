"""Claim: 98 % of MNIST's test images in 1/25, 99 % in 1/15 of the training time that the notebooks' own Keras code needs.

Conditions: each notebook's network as its Keras code trains it, up to five epochs, the test images looked at after each (in
Keras' favour); its time is that of the quickest network that reaches the bar, or of all five epochs where none does.
tiny_mlp, which reaches neither, is left out. Tenfold: the training loop of `tenfold train --recipe`, three seeds before each
of Keras' networks and three after the last, so that both meet the same machine; their median, and the share above the bar.

    python benchmarks/rivals/accuracy_beside_keras.py

Last result: see docs/performance.md.
"""

import statistics
import tempfile
from pathlib import Path

import numpy as np
from beside import ask
from measured import Log, Row, keep, load, spread

from tenfold.data import load_mnist
from tenfold.evaluation import Speedrun, run_recipe

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
    """Keras once a network, Tenfold's recipes in between."""
    mnist = load_mnist()
    found: dict[str, dict[str, list[float]]] = {}
    races: dict[str, list[Speedrun]] = {recipe: [] for recipe in BARS}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.npz"
        np.savez(path, images=mnist.train.images, labels=mnist.train.labels, test_images=mnist.test.images,
                 test_labels=mnist.test.labels)  # fmt: skip
        for turn, name in enumerate((*NETWORKS, None)):
            for recipe, (bar, _) in BARS.items():
                races[recipe].append(run_recipe(recipe, bar, mnist.test, Path(folder), range(3 * turn, 3 * turn + 3)))
            if name:
                found[name] = ask("keras_accuracy.py", path, name, EPOCHS)
    rows = []
    for recipe, (bar, times) in BARS.items():
        seconds, name = quickest(found, bar)
        loops = [loop for race in races[recipe] for loop in race.loop]
        reached = float(np.mean([accuracy >= bar for race in races[recipe] for accuracy in race.accuracy]))
        times_quicker = seconds / statistics.median(loops)
        rows.append(Row(
            f"{bar:.0%} of MNIST in 1/{times} of the notebooks' Keras code", spread(loops, "s", 2),
            f"training loops alone, {reached:.0%} of {len(loops)} seeds above, {load()}",
            rival=f"Keras {seconds:.1f} s ({name})", ratio=f"1/{times_quicker:.0f}", holds=times_quicker >= times,
        ))  # fmt: skip
    ours = {recipe: [race.to_dict() for race in raced] for recipe, raced in races.items()}
    keep(__file__, Log(rows, {"keras": found, "tenfold": ours}))


if __name__ == "__main__":
    main()
