"""Claim: an epoch of the five notebooks' networks takes at most 0.40 of Keras' time on TensorFlow, tiny_mlp 0.15.

Conditions: the same network, images, batch size, optimiser and validation split; Tenfold and Keras in turns, each in
processes of its own; the first epoch, in which Keras compiles and Tenfold loads what was compiled once, is not counted.
Keras uses the threads it likes; Tenfold one for the small dense networks, which are no quicker on two, otherwise two.
Beside wall time stands processor time, which says the same on a busy machine. tiny_mlp is run as its experiment runs it,
ten trials side by side, and alone. Everything is computed in float32, as in Keras; the two whose products take longest
also with `precision="auto"`, where the processor multiplies matrices in bfloat16: not quite the same work, so in rows of
their own.

Both sides want two cores. The host of a virtual machine may run its two processors as two threads of one core, for
seconds or minutes, and then two threads multiply no faster than one. So how much faster they are is measured before,
between and after the two sides; a round in which it was ever less than 1.6 times is left out, both sides of it, and
another one taken, up to twice as many in all. The table says how many were left out and the ratio with them.

    python benchmarks/rivals/training_beside_keras.py

Last result: see docs/performance.md.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import chain, pairwise
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

ROUNDS, MOST, EPOCHS = 5, 10, 2
TWO_CORES = 1.6  # times as fast as one thread
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
    used = [time.process_time()]

    def note(*_: object) -> bool:
        used.append(time.process_time())
        return False

    history = fit(
        model, train, validation, epochs=EPOCHS + 1, precision=precision, callbacks=[note], progress=False, **settings
    )
    return history.history["seconds"][1:], [after - before for before, after in pairwise(used)][1:]


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


@dataclass(frozen=True)
class Round:
    """What one turn of every side gave.

    sides: wall and processor seconds of each epoch
    speedups: how many times as fast as one thread two were, before, between and after
    """

    sides: dict[str, Seconds]
    speedups: list[float]

    @property
    def had_two_cores(self) -> bool:
        """Whether two threads were as fast as two cores make them, whenever it was looked."""
        return min(self.speedups) >= TWO_CORES


def take_round(name: str, data: Path) -> Round:
    """Tenfold, in every way that is asked about, and then Keras."""
    speedups = [speedup()]
    sides = {"alone": in_a_process(epochs_alone, name)}
    if name == "tiny_mlp":
        sides["side by side"] = in_a_process(epochs_side_by_side)
    if name in MIXED:
        sides["mixed precision"] = in_a_process(epochs_alone, name, "bfloat16")
    speedups.append(speedup())
    answer = ask("keras_training.py", data, name, EPOCHS)
    sides["keras"] = (answer["wall"], answer["processor"])
    return Round(sides, [*speedups, speedup()])


def speedup() -> float:
    """How many times as fast as one thread two multiply, the median of several looks."""
    return statistics.median(rate(2) / rate(1) for _ in range(5))


def rate(threads: int) -> float:
    """Products of two 512x512 matrices a second."""
    torch.set_num_threads(threads)
    matrix = torch.ones(512, 512)
    started, done = time.perf_counter(), 0
    while time.perf_counter() < started + 0.1:
        matrix @ matrix
        done += 1
    return done / (time.perf_counter() - started)


def take_rounds(name: str, data: Path) -> list[Round]:
    """Rounds until enough of them had two cores, or there were too many."""
    rounds: list[Round] = []
    while sum(one.had_two_cores for one in rounds) < ROUNDS and len(rounds) < MOST:
        rounds.append(take_round(name, data))
    return rounds


def epochs_of(side: str, rounds: list[Round]) -> Seconds:
    """Wall and processor seconds of each epoch of all rounds."""
    wall, processor = zip(*(one.sides[side] for one in rounds), strict=True)
    return list(chain(*wall)), list(chain(*processor))


def row(name: str, title: str, side: str, rounds: list[Round], how: str) -> Row:
    """One line: the wall time of the rounds with two cores decides, what else there is stands beside it."""
    kept = [one for one in rounds if one.had_two_cores] or rounds
    (wall, processor), (their_wall, their_processor) = epochs_of(side, kept), epochs_of("keras", kept)
    found, left_out = ratio(wall, their_wall), len(rounds) - len(kept)
    of_all = ratio(epochs_of(side, rounds)[0], epochs_of("keras", rounds)[0])
    beside = [
        f"processor time {ratio(processor, their_processor):.2f} of Keras'",
        f"quickest by quickest {min(wall) / min(their_wall):.2f}",
        *([f"{left_out} of {len(rounds)} rounds left out, ratio with them {of_all:.2f}"] if left_out else []),
        *([] if kept[0].had_two_cores else ["no round with two cores"]),
    ]
    return Row(
        f"{title}: an epoch in at most {BARS[name]:.2f} of Keras' time", spread(wall, "s", 2),
        f"n {len(wall)} epochs each, in turns, {how}, {', '.join(beside)}, {load()}",
        rival=f"Keras {spread(their_wall, 's', 2)}", ratio=f"{found:.2f}", holds=found <= BARS[name],
    )  # fmt: skip


def main() -> None:
    """Every network in turn, Tenfold and Keras alternating."""
    log = Log()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data.npz"
        for name, (_, _, threads) in NETWORKS.items():
            write_data(data, *parts(name))
            rounds = take_rounds(name, data)
            how = f"{threads} threads" if threads > 1 else "1 thread"
            log.rows.append(row(name, name, "alone", rounds, how))
            if name == "tiny_mlp":
                title = "tiny_mlp, ten trials side by side"
                log.rows.append(row(name, title, "side by side", rounds, f"{how}, a trial's share"))
            if name in MIXED:
                log.rows.append(row(name, f"{name} in mixed precision", "mixed precision", rounds, how))
            log.values[name] = [asdict(one) for one in rounds]
            print(f"{name}: {len(rounds)} rounds", flush=True)
    keep(__file__, log)


if __name__ == "__main__":
    main()
