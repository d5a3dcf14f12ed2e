"""Seconds to an accuracy: a recipe over several seeds, each in a process of its own, on two clocks.

The test images are read once, after the last training; they choose nothing.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tenfold.data import Dataset
from tenfold.models import load_checkpoint, predict


@dataclass(frozen=True)
class Speedrun:
    """What `run_recipe` found.

    recipe:   its name
    bar:      the accuracy aimed at, 0 to 1
    loop:     seconds of the training loop, one a seed, choosing the images included
    whole:    seconds from the start of the process until the model is saved
    accuracy: on the test images, 0 to 1
    """

    recipe: str
    bar: float
    loop: tuple[float, ...]
    whole: tuple[float, ...]
    accuracy: tuple[float, ...]

    @property
    def above(self) -> float:
        """Share of the seeds whose accuracy reached the bar."""
        return float(np.mean(np.array(self.accuracy) >= self.bar))

    def to_dict(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self) | {"above": self.above}

    def __str__(self) -> str:
        accuracy = np.array(self.accuracy)
        sd = f" ± {accuracy.std(ddof=1):.2%}" if len(accuracy) > 1 else ""
        return (
            f"{self.recipe}: test accuracy {accuracy.mean():.2%}{sd}, {self.above:.0%} of {len(accuracy)} seeds "
            f"at {self.bar:.1%} or above; medians: loop {np.median(self.loop):.2f} s, "
            f"process start to saved model {np.median(self.whole):.2f} s"
        )


def run_recipe(recipe: str, bar: float, test: Dataset, folder: Path, seeds: Sequence[int] = range(10)) -> Speedrun:
    """Train the recipe on all 60,000 training images' choice, once a seed, one after another; then measure all on `test`.

    Every training is the command `tenfold train --recipe` in a fresh process, its run kept in `folder`.
    """
    whole = [_seconds_to_saved(recipe, seed, folder / f"{recipe}-{seed}") for seed in seeds]
    loop, accuracy = [], []
    for seed in seeds:
        trained = load_checkpoint(folder / f"{recipe}-{seed}")
        loop.append(trained.record["recipe"]["seconds"] + sum(trained.record["history"]["seconds"]))
        accuracy.append(float((predict(trained.model, test.images).argmax(1) == test.labels).mean()))
    return Speedrun(recipe, bar, tuple(loop), tuple(whole), tuple(accuracy))


def _seconds_to_saved(recipe: str, seed: int, run: Path) -> float:
    """From the start of a training's process until its model is on disk."""
    options = ["--recipe", recipe, "--validation", "0", "--seed", str(seed), "--out", str(run), "--replace", "--quiet"]
    started = time.time()
    subprocess.run([sys.executable, "-m", "tenfold", "train", *options], check=True, capture_output=True)
    return (run / "model.json").stat().st_mtime - started
