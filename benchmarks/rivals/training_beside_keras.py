"""Claim: an epoch of the five notebooks' networks takes at most 0.40 of Keras' time on TensorFlow, tiny_mlp 0.15.

Conditions: the same network, images, batch size, optimiser and validation split; Tenfold and Keras in turns, each in
processes of its own; the first epoch, in which Keras compiles and Tenfold loads what was compiled once, is not counted.
Keras uses the threads it likes; Tenfold one for the small dense networks, which are no quicker on two, otherwise two.
Beside wall time stands processor time, which says the same on a busy machine. tiny_mlp is run as its experiment runs it,
ten trials side by side, and alone. Everything is computed in float32, as in Keras; the two whose products take longest
also with `precision="auto"`, where the processor multiplies matrices in bfloat16: not quite the same work, so in rows of
their own.

    python benchmarks/rivals/training_beside_keras.py

Last result: see docs/performance.md.
"""

import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from beside import ask
from measured import Log, Row, keep, load, ratio, spread

from tenfold.data import Dataset, load_mnist, split
from tenfold.models import UNIT, build
from tenfold.training import fit, trials
from tenfold.training.precision import find_precision

Seconds = tuple[list[float], list[float]]
"""Wall and processor seconds of each epoch."""

ROUNDS, EPOCHS = 3, 2
NETWORKS: dict[str, tuple[dict[str, Any], dict[str, Any], int]] = {  # how it is built, how it is trained, threads
    "deep_mlp": ({"network": "mlp", "widths": [256] * 5}, {"batch_size": 75}, 2),
    "wide_mlp": (
        {"network": "mlp", "widths": [512]},
        {"batch_size": 128, "optimiser": "rmsprop", "loss": "one-hot-cross-entropy"},
        2,
    ),
    "mlp_vs_cnn": ({"network": "cnn"}, {"batch_size": 32}, 2),
    "quickstart_logits": ({"network": "mlp", "widths": [128], "dropout": 0.2}, {"batch_size": 32}, 1),
    "tiny_mlp": ({"network": "mlp", "widths": [4, 4]}, {"batch_size": 32}, 1),
}
MIXED = ("wide_mlp", "mlp_vs_cnn") if find_precision("auto", torch.device("cpu")) == "bfloat16" else ()
BARS = {name: 0.15 if name == "tiny_mlp" else 0.40 for name in NETWORKS}


def parts(name: str) -> tuple[Dataset, Dataset | None]:
    """Training and validation images as the experiment splits them."""
    whole = load_mnist().train
    if name in ("wide_mlp", "quickstart_logits"):
        return whole, None
    if name == "tiny_mlp":
        return split(whole, 0.2, seed=17)
    return split(whole, 0.1)


def write_data(path: Path, train: Dataset, validation: Dataset | None) -> None:
    """The same arrays for the rival."""
    held_out = {} if validation is None else {"val_images": validation.images, "val_labels": validation.labels}
    np.savez(path, images=train.images, labels=train.labels, **held_out)


def in_a_process(epochs: Callable[..., Seconds], *arguments: object) -> Seconds:
    """The same in a fresh process, as an experiment runs; in memory that other networks had left a step took 5 % longer."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(epochs, *arguments).result()


def epochs_alone(name: str, precision: str = "float32") -> Seconds:
    """Wall and processor seconds of each epoch."""
    arguments, settings, threads = NETWORKS[name]
    torch.set_num_threads(threads)
    train, validation = parts(name)
    model = build(preparation=UNIT, **arguments)
    wall, processor = [], []
    for epoch in range(EPOCHS + 1):
        used = time.process_time()
        history = fit(model, train, validation, epochs=1, seed=epoch, precision=precision, progress=False, **settings)
        processor.append(time.process_time() - used)
        wall.append(history.seconds)
    return wall[1:], processor[1:]


def epochs_side_by_side(n: int = 10) -> Seconds:
    """The same of tiny_mlp, `n` trials at once: each trial's share."""
    arguments, settings, threads = NETWORKS["tiny_mlp"]
    torch.set_num_threads(threads)
    train, validation = parts("tiny_mlp")
    used = time.process_time()
    found = trials(
        n, lambda seed: build(preparation=UNIT, seed=seed, **arguments), train, train.take(range(100)), validation,
        side_by_side=True, epochs=EPOCHS, progress=False, **settings,
    )  # fmt: skip
    share = (time.process_time() - used) / n / EPOCHS
    return found.runs[0].history.history["seconds"], [share] * EPOCHS


def row(name: str, title: str, ours: dict[str, list[float]], theirs: dict[str, list[float]], how: str) -> Row:
    """One line: wall time decides, processor time stands beside it."""
    found = ratio(ours["wall"], theirs["wall"])
    used = f"processor time {ratio(ours['processor'], theirs['processor']):.2f} of Keras'"
    return Row(
        f"{title}: an epoch in at most {BARS[name]:.2f} of Keras' time", spread(ours["wall"], "s", 2),
        f"n {len(ours['wall'])} epochs each, in turns, {how}, {used}, {load()}",
        rival=f"Keras {spread(theirs['wall'], 's', 2)}", ratio=f"{found:.2f}", holds=found <= BARS[name],
    )  # fmt: skip


def main() -> None:
    """Every network in turn, Tenfold and Keras alternating."""
    log = Log()
    with tempfile.TemporaryDirectory() as folder:
        for name in NETWORKS:
            write_data(Path(folder) / "data.npz", *parts(name))
            found: dict[str, dict[str, list[float]]] = {}
            for _ in range(ROUNDS):
                sides = {"alone": in_a_process(epochs_alone, name)}
                if name == "tiny_mlp":
                    sides["side by side"] = in_a_process(epochs_side_by_side)
                if name in MIXED:
                    sides["mixed precision"] = in_a_process(epochs_alone, name, "bfloat16")
                answer = ask("keras_training.py", Path(folder) / "data.npz", name, EPOCHS)
                sides["keras"] = (answer["wall"], answer["processor"])
                for side, (wall, processor) in sides.items():
                    kept = found.setdefault(side, {"wall": [], "processor": []})
                    kept["wall"] += wall
                    kept["processor"] += processor
            threads = f"{NETWORKS[name][2]} threads"
            log.rows.append(row(name, name, found["alone"], found["keras"], threads))
            if name == "tiny_mlp":
                title = "tiny_mlp, ten trials side by side"
                log.rows.append(row(name, title, found["side by side"], found["keras"], "1 threads, a trial's share"))
            if "mixed precision" in found:
                log.rows.append(row(name, f"{name} in mixed precision", found["mixed precision"], found["keras"], threads))
            log.values[name] = found
            print(name, flush=True)
    keep(__file__, log)


if __name__ == "__main__":
    main()
