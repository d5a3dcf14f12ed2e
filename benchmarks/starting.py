"""Claim: `tenfold --help` answers in 0.15 s, `tenfold read one.png` in 0.35 s, `tenfold train` takes a step within 2.5 s.

Conditions: fresh processes, one after another, from process start to exit (for training: to the second step's
gradients, before which the first has ended); files in the operating system's cache, compiled Python files allowed; the
median counts. Beside it stands the processor time of both cores, which other programs lengthen less.

    python benchmarks/starting.py
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measured import Log, Row, keep, load, seconds, spread

PICTURE = Path(__file__).parents[1] / "examples" / "small.png"
TENFOLD = str(Path(sys.executable).with_name("tenfold"))
RUNS = 15
QUIET = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

FIRST_STEP = """
import os, sys, time
import torch

def second(loss):
    print(time.time(), flush=True)
    os._exit(0)

def first(loss, backward=torch.Tensor.backward):
    torch.Tensor.backward = second
    backward(loss)

torch.Tensor.backward = first
from tenfold.cli import main
main(sys.argv[1:])
"""


def run(*command: str) -> str:
    """What a fresh process prints."""
    return subprocess.run(command, capture_output=True, text=True, check=True, env=QUIET).stdout


def seconds_to_first_step(folder: str) -> float:
    """From process start until training's first step has ended, which the second one shows."""
    started = time.time()
    return float(run(sys.executable, "-c", FIRST_STEP, "train", "--quiet", "--replace", "--out", folder)) - started


def children_cpu() -> float:
    """Processor seconds of all processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Each command in turn, several rounds."""
    taken: dict[str, list[float]] = {"help": [], "read": [], "train": []}
    cpu: dict[str, list[float]] = {name: [] for name in taken}

    def note(name: str, value: float, before: float) -> None:
        taken[name].append(value)
        cpu[name].append(children_cpu() - before)

    assert run(TENFOLD, "read", str(PICTURE)).strip().endswith(": 5")
    with tempfile.TemporaryDirectory() as folder:
        seconds_to_first_step(folder)
        for place in range(RUNS):
            before = children_cpu()
            note("help", seconds(lambda: run(TENFOLD, "--help")), before)
            before = children_cpu()
            note("read", seconds(lambda: run(TENFOLD, "read", str(PICTURE))), before)
            before = children_cpu()
            if place % 3 == 0:
                note("train", seconds_to_first_step(folder), before)
    claims = (
        ("help", "`tenfold --help` within 0.15 s", 0.15),
        ("read", "`tenfold read one.png` within 0.35 s of process start", 0.35),
        ("train", "`tenfold train` at its first step within 2.5 s of process start", 2.5),
    )
    rows = [
        Row(claim, spread(taken[name], "s"),
            f"{len(taken[name])} processes, processor time {spread(cpu[name], 's')}, {load()}",
            holds=statistics.median(taken[name]) <= bar)
        for name, claim, bar in claims
    ]  # fmt: skip
    keep(__file__, Log(rows, {"seconds": taken, "processor_seconds": cpu}))


if __name__ == "__main__":
    main()
