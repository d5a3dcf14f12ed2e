"""Claim: `tenfold read` answers for one picture in under 0.5 s from process start.

Conditions: fresh processes, one after another, files in the operating system's cache; the import times are those of one
process under `-X importtime`, heaviest first, each with what it imports itself.

    python benchmarks/cold_start.py

Last result: see docs/performance.md.
"""

import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

PICTURE = Path(__file__).parents[1] / "examples" / "small.png"
RUNS = 15
SHOWN = ("numpy", "cv2", "onnxruntime", "PIL.Image", "typer", "click", "rich", "tenfold.cli", "tenfold.reading")


def seconds_to_answer() -> float:
    """One fresh process from start to exit."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "tenfold.cli", "read", str(PICTURE)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().endswith(": 5"), done.stdout
    return time.perf_counter() - started


def import_times() -> dict[str, float]:
    """Milliseconds each heavy module takes to import, with what it imports."""
    command = [sys.executable, "-X", "importtime", "-m", "tenfold.cli", "read", str(PICTURE)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stderr.splitlines()
    found = (re.match(r"import time:\s+\d+ \|\s+(\d+) \|\s+(\S+)$", line) for line in lines)
    times = {match[2]: int(match[1]) / 1000 for match in found if match}
    return {name: times[name] for name in sorted(SHOWN, key=lambda name: -times.get(name, 0)) if name in times}


def main() -> None:
    """Print the median and the spread, then the imports."""
    seconds_to_answer()
    taken = sorted(seconds_to_answer() for _ in range(RUNS))
    load = os.getloadavg()[0]
    print(f"tenfold read, one picture: median {statistics.median(taken):.3f} s, {taken[0]:.3f} to {taken[-1]:.3f} s")
    print(f"n = {RUNS} processes, {os.cpu_count()} cores, load {load:.1f}")
    for name, milliseconds in import_times().items():
        print(f"  import {name:<18}{milliseconds:>7.0f} ms")


if __name__ == "__main__":
    main()
