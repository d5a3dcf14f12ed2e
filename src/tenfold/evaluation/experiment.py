"""An experiment as it is told: every text, table and figure at once on the terminal, as PNG and in one HTML report.

    experiment = Experiment("wide_mlp", "One layer of 512 units")
    experiment.text("Data", "60,000 images")
    experiment.figure("curves", history_plot(history))
    experiment.found(Finding("784-512-10", 407_050, "test accuracy", 0.9765, (0.9801, 0.9812), seconds=9.1))
    experiment.finish("What one learns from it.")

Run as a script it takes --quick, --json and --out. In a notebook figures are shown below their cell.
"""

import argparse
import base64
import json
import math
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median, stdev
from typing import Any

from matplotlib.figure import Figure

from tenfold.errors import UsageError
from tenfold.evaluation.plots import png_bytes
from tenfold.evaluation.report import Section, write_page
from tenfold.files import write_atomically

INTERRUPTED = 130  # the exit code after Ctrl-C

NOTEBOOK_ARGUMENTS = "TENFOLD_EXPERIMENT"
"""The environment variable that stands for the command line in a notebook, such as "--quick"."""


@dataclass(frozen=True)
class Finding:
    """One network, what its notebook printed, and what was measured here.

    network:    its layers in a few words
    parameters: how many numbers training set
    measure:    what is measured, such as "test accuracy"
    printed:    the notebook's figure, 0 to 1; None where it printed none
    values:     what was measured, one value a seed, 0 to 1
    seconds:    of training, mean a seed
    why:        why the two differ
    """

    network: str
    parameters: int
    measure: str
    printed: float | None
    values: tuple[float, ...]
    seconds: float
    why: str = ""

    def __post_init__(self) -> None:
        if not self.values:
            raise UsageError(f"{self.network}: nothing was measured")

    @property
    def mean(self) -> float:
        """Mean over the seeds."""
        return mean(self.values)

    @property
    def sd(self) -> float:
        """Standard deviation over the seeds (n - 1 below the line); NaN for one seed."""
        return stdev(self.values) if len(self.values) > 1 else math.nan

    @property
    def verdict(self) -> str:
        """The mean beside the printed figure, which is mostly of one run; "not printed" where there is none.

        "reached"; otherwise "lower, within one sd", "lower, some seeds reach it" or "lower".
        """
        if self.printed is None:
            return "not printed"
        if self.mean >= self.printed:
            return "reached"
        if len(self.values) > 1 and self.mean + self.sd >= self.printed:
            return "lower, within one sd"
        return "lower, some seeds reach it" if max(self.values) >= self.printed else "lower"

    @property
    def span(self) -> str:
        """The lowest, the median and the best value in words; "" for one seed."""
        if len(self.values) == 1:
            return ""
        return f"lowest {min(self.values):.2%}, median {median(self.values):.2%}, best {max(self.values):.2%}"

    def to_dict(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "network": self.network, "parameters": self.parameters, "measure": self.measure, "printed": self.printed,
            "mean": self.mean, "sd": None if math.isnan(self.sd) else self.sd, "n": len(self.values),
            "values": list(self.values), "seconds": self.seconds, "verdict": self.verdict, "why": self.why,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Finding":
        """The inverse of `to_dict`."""
        wanted = ("network", "parameters", "measure", "printed", "seconds", "why")
        return cls(values=tuple(values["values"]), **{name: values[name] for name in wanted})


FINDINGS_HEAD = ("network", "parameters", "measure", "notebook", "Tenfold", "n", "seconds", "against the notebook")


def finding_row(finding: Finding) -> tuple[str, ...]:
    """A finding as the row of a table under `FINDINGS_HEAD`."""
    spread = "" if math.isnan(finding.sd) else f" ± {finding.sd:.2%}"
    printed = "" if finding.printed is None else f"{finding.printed:.2%}"
    return (
        finding.network, f"{finding.parameters:,}", finding.measure, printed, f"{finding.mean:.2%}{spread}",
        str(len(finding.values)), f"{finding.seconds:.1f}", finding.verdict,
    )  # fmt: skip


class Experiment:
    """Shows an experiment while it runs and keeps what it found.

    name:      the experiment's name; its folder is runs/experiments/NAME unless --out gives another
    title:     the report's heading
    arguments: the command line; by default the script's own

    `quick` is True where --quick asks for the cut that only shows that everything runs; `progress`, for `fit`, where someone
    watches on a terminal. With --json the story goes to standard error and `finish` prints the findings to standard output.
    """

    def __init__(self, name: str, title: str, arguments: Sequence[str] | None = None) -> None:
        wanted = _parser(name).parse_args(_own_arguments() if arguments is None else arguments)
        self.name, self.title = name, title
        self.quick: bool = wanted.quick
        self.progress = sys.stderr.isatty() and _notebook_display() is None
        self.folder = Path(wanted.out or Path("runs") / "experiments" / name)
        self.findings: list[Finding] = []
        self._json: bool = wanted.json
        self._sections: list[Section] = []
        self._started = time.perf_counter()
        if arguments is None and _notebook_display() is None:
            signal.signal(signal.SIGINT, _end)  # `fit` would keep half a training, which is no finding
        self.say(f"{title}\n{'=' * len(title)}")

    def say(self, text: str) -> None:
        """A line for the terminal alone, such as progress."""
        print(text, file=sys.stderr if self._json else sys.stdout, flush=True)

    def text(self, heading: str, text: str = "", *, preformatted: object = "") -> None:
        """A heading, a paragraph, and something to be shown letter by letter (a layer table, an array)."""
        self._add(Section(heading, text, preformatted=str(preformatted)))

    def table(self, heading: str, rows: Sequence[Sequence[object]], text: str = "") -> None:
        """A table; its first row is the head."""
        self._add(Section(heading, text, table=rows))

    def figure(self, name: str, figure: Figure, text: str = "") -> None:
        """A figure, written as NAME.png into the folder; in a notebook it is shown below the cell."""
        content = png_bytes(figure)
        path = write_atomically(self.folder / f"{name}.png", content)
        self._add(Section(name.replace("_", " ").capitalize(), text, png=content))
        self.say(f"[figure: {path}]")
        _display(content)

    def found(self, finding: Finding) -> None:
        """Keep a finding for the table at the end, and say it."""
        self.findings.append(finding)
        row = dict(zip(FINDINGS_HEAD, finding_row(finding), strict=True))
        printed = f"; the notebook printed {row['notebook']} ({row['against the notebook']})" if row["notebook"] else ""
        self.say(f"\n>> {row['network']}: {row['measure']} {row['Tenfold']} (n {row['n']}){printed}")

    def finish(self, lesson: str) -> Path:
        """The table of findings with their reasons, `lesson`, the report and results.json; returns the report's path."""
        self.table("Findings", [FINDINGS_HEAD, *map(finding_row, self.findings)])
        reasons = [(each.network, each.measure, each.span, each.why) for each in self.findings if each.why]
        self.table("Why they differ", [("network", "measure", "seeds", "why"), *reasons])
        self.text("What one learns", lesson)
        seconds = time.perf_counter() - self._started
        result = {
            "experiment": self.name, "title": self.title, "quick": self.quick, "seconds": seconds,
            "processor_seconds": time.process_time(), "load": _load(), "cores": os.cpu_count(),
            "findings": [finding.to_dict() for finding in self.findings],
        }  # fmt: skip
        write_atomically(self.folder / "results.json", json.dumps(result, indent=2) + "\n")
        path = write_page(self.folder / "report.html", self.title, self._sections)
        self.say(f"\n{seconds:.0f} s in all, {time.process_time():.0f} s of them on a processor. Report: {path}")
        if self._json:
            print(json.dumps(result, indent=2))
        return path

    def _add(self, section: Section) -> None:
        self._sections.append(section)
        parts = [section.heading, "-" * len(section.heading), section.text, section.preformatted, aligned(section.table)]
        self.say("\n" + "\n".join(filter(None, parts)))


def _parser(name: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"{name}.py", description=f"The experiment {name}; writes figures and a report.")
    parser.add_argument("--quick", action="store_true", help="a cut that only shows that everything runs")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON; the story goes to standard error")
    parser.add_argument("--out", metavar="FOLDER", help=f"where the files go (default runs/experiments/{name})")
    return parser


def _end(*_: object) -> None:
    sys.exit(INTERRUPTED)


def _own_arguments() -> list[str]:
    """The script's command line; a notebook's kernel has one of its own, which is not meant for us."""
    return os.environ.get(NOTEBOOK_ARGUMENTS, "").split() if _notebook_display() else sys.argv[1:]


def _notebook_display() -> Callable[..., Any] | None:
    """IPython's `display` inside a notebook, None elsewhere; nothing is imported that a notebook has not."""
    ipython = sys.modules.get("IPython")
    if ipython is None or ipython.get_ipython() is None:
        return None
    found: Callable[..., Any] = ipython.display.display
    return found


def _display(png: bytes) -> None:
    display = _notebook_display()
    if display is not None:
        display({"image/png": base64.b64encode(png).decode()}, raw=True)


def aligned(rows: Sequence[Sequence[object]]) -> str:
    """A table as lines of text, its first row the head: columns of numbers to the right, others to the left."""
    if not rows:
        return ""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    right = [all(_is_number(row[place]) for row in cells[1:]) for place in range(len(widths))]
    places = [(width, str.rjust if numbers else str.ljust) for width, numbers in zip(widths, right, strict=True)]
    lines = ["  ".join(put(cell, width) for cell, (width, put) in zip(row, places, strict=True)) for row in cells]
    return "\n".join(line.rstrip() for line in [lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"([+-]?[\d,.]+(e[+-]?\d+)?%?( ± [\d.]+%?)?|nan|inf)?", cell) is not None


def _load() -> float | None:
    """How many programs wanted a core during the last minute: seconds measured above `cores` are too long."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None
