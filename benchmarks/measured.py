"""What the benchmarks share: timing with its spread, rows of the table, and the log they are kept in.

`keep` writes benchmarks/log/NAME.json: the rows, the raw values, the machine, and the source that measured them.
"""

import json
import os
import platform
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter, sleep

LOG = Path(__file__).parent / "log"
PACKAGES = ("tenfold", "numpy", "torch", "onnxruntime", "opencv-python-headless")


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines() if Path(path).exists() else []


def processor_ticks() -> tuple[int, int]:
    """Since the machine started: what its host kept its processors from doing, and that with all they did; 0, 0 unknown."""
    fields = [int(value) for value in (_lines("/proc/stat") or [""])[0].split()[1:9]]
    if len(fields) < 8:
        return 0, 0
    user, nice, system, _, _, interrupts, soft, steal = fields
    return steal, user + nice + system + interrupts + soft + steal


def busy_cores(wait: float = 0.5) -> float:
    """How many cores are at work while this process waits so many seconds; the load average remembers what has ended."""
    before = processor_ticks()[1]
    sleep(wait)
    return (processor_ticks()[1] - before) / os.sysconf("SC_CLK_TCK") / wait


LOAD_BEFORE = busy_cores()  # with others, before the benchmark begins
TICKS_BEFORE = processor_ticks()


@dataclass(frozen=True)
class Row:
    """One line of the table.

    claim: what is claimed, with its bar; tenfold, rival: what was measured, with spread; ratio: of the two medians
    conditions: n, threads, what ran; holds: whether the bar was met, None where there is none
    """

    claim: str
    tenfold: str
    conditions: str
    rival: str = ""
    ratio: str = ""
    holds: bool | None = None


@dataclass
class Log:
    """What one benchmark found: rows for the table, raw values for whoever wants to look."""

    rows: list[Row] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=dict)


def seconds(call: Callable[[], object]) -> float:
    """How long one call takes."""
    started = perf_counter()
    call()
    return perf_counter() - started


def spread(values: Sequence[float], unit: str, digits: int = 3) -> str:
    """Median with the smallest and the largest value: 0.109 s (0.107 to 0.120)."""
    shown = (f"{value:,.{digits}f}" for value in (min(values), max(values)))
    return f"{statistics.median(values):,.{digits}f} {unit} ({' to '.join(shown)})"


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Median by median."""
    return statistics.median(ours) / statistics.median(theirs)


def load() -> str:
    """How busy the machine is, what others on its host take of it, and how much of it this process may use."""
    lost = stolen()
    note = f", {lost:.0%} of the time stolen" if lost >= 0.01 else ""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {allowed()} of them allowed{note}"


def stolen() -> float:
    """The share of the processor time asked for since the benchmark began that the host gave to others."""
    steal, asked = (now - before for now, before in zip(processor_ticks(), TICKS_BEFORE, strict=True))
    return steal / asked if asked else 0.0


def allowed() -> int:
    """How many cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine() -> dict[str, object]:
    """What the figures depend on."""
    names = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    return {
        "processor": names[0] if names else platform.processor(), "cores": os.cpu_count(), "allowed": allowed(),
        "load_before": LOAD_BEFORE, "stolen": stolen(),
        "python": platform.python_version(), "load": list(os.getloadavg()),
        "versions": {name: _version(name) for name in PACKAGES},
    }  # fmt: skip


def keep(script: str, log: Log) -> Path:
    """Write the log of the benchmark in the file `script`, and print its rows."""
    path = Path(script)
    content = {
        "benchmark": path.relative_to(LOG.parent).as_posix(), "when": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
        "machine": machine(), "rows": [asdict(row) for row in log.rows], "values": log.values,
        "source": path.read_text(encoding="utf-8").splitlines(),
    }  # fmt: skip
    LOG.mkdir(exist_ok=True)
    target = LOG / f"{path.stem}.json"
    target.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    for row in log.rows:
        beside = f"  beside {row.rival}, ratio {row.ratio}" if row.rival else ""
        print(
            f"{row.claim}: {row.tenfold}{beside}  [{row.conditions}]{'  NOT REACHED' if row.holds is False else ''}",
            flush=True,
        )
    return target


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
