"""Several runs side by side: what they reach on the same images, their curves, and whether a difference is one.

Runs that differ by their seed alone are one group, whose mean and standard deviation are given. Two runs are compared on
the images that only one of them gets right: McNemar's test, exact.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from tenfold.data import Dataset
from tenfold.errors import UsageError
from tenfold.evaluation.metrics import cross_entropy
from tenfold.evaluation.plots import ACCENT, INK, MUTED, new_figure
from tenfold.models import Checkpoint, parameter_count, predict

Bools = NDArray[np.bool_]

COLOURS = (MUTED, ACCENT, "#15803d", "#7c3aed", "#a16207", INK, "#be185d", "#0e7490")
CHANCE = ("settings.seed", "settings.device", "data.sha256")
"""Parts of a record that may differ within a group: the seed, what it draws (the split), and where it ran."""


@dataclass(frozen=True)
class Run:
    """One trained network and its answers.

    name:       what to call it, such as its folder
    record:     its checkpoint's record: architecture, preparation, data, settings, history
    parameters: how many numbers its training set
    right:      (N,) bool, whether it is right on each test image; every run on the same images in the same order
    loss:       mean cross-entropy on them, in nats
    """

    name: str
    record: Mapping[str, Any]
    parameters: int
    right: Bools
    loss: float

    @property
    def accuracy(self) -> float:
        """Share predicted right, 0 to 1."""
        return float(self.right.mean())


@dataclass(frozen=True)
class Group:
    """Runs that differ by their seed alone. Each figure is a mean over them, sd with n - 1, NaN for a single run."""

    label: str
    runs: tuple[Run, ...]

    @property
    def accuracy(self) -> float:
        """Mean accuracy, 0 to 1."""
        return float(np.mean([run.accuracy for run in self.runs]))

    @property
    def sd(self) -> float:
        """Standard deviation of the accuracy."""
        return float(np.std([run.accuracy for run in self.runs], ddof=1)) if len(self.runs) > 1 else math.nan

    @property
    def loss(self) -> float:
        """Mean loss."""
        return float(np.mean([run.loss for run in self.runs]))

    @property
    def seconds(self) -> float:
        """Mean seconds of training."""
        return float(np.mean([sum(run.record.get("history", {}).get("seconds", [])) for run in self.runs]))

    def to_dict(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "label": self.label, "runs": [run.name for run in self.runs], "parameters": self.runs[0].parameters,
            "accuracy": self.accuracy, "sd": None if math.isnan(self.sd) else self.sd, "loss": self.loss,
            "seconds": self.seconds, "accuracies": [run.accuracy for run in self.runs],
        }  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """Two runs on the same images: how many only the first, and only the second, gets right.

    p:    McNemar's exact test: how often chance alone would part them at least as far
    holm: the same, corrected for how many pairs were compared (Holm, 1979)
    """

    first: str
    second: str
    only_first: int
    only_second: int
    p: float
    holm: float

    def to_dict(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return dict(vars(self))


@dataclass(frozen=True)
class Comparison:
    """Groups, best first, and the pairs between them (between all runs where there is one group only)."""

    groups: tuple[Group, ...]
    pairs: tuple[Pair, ...]
    n: int

    def to_dict(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "n": self.n, "groups": [group.to_dict() for group in self.groups],
            "pairs": [pair.to_dict() for pair in self.pairs],
        }  # fmt: skip

    def __str__(self) -> str:
        width = max(len("runs"), *(len(group.label) for group in self.groups))
        head = f"{'runs':<{width}}  {'n':>3}  {'parameters':>10}  {'accuracy':>16}  {'loss':>7}  {'seconds':>7}"
        lines = [f"{self.n:,} test images", head]
        for group in self.groups:
            spread = "" if math.isnan(group.sd) else f" ± {group.sd:.2%}"
            lines.append(
                f"{group.label:<{width}}  {len(group.runs):>3}  {group.runs[0].parameters:>10,}  "
                f"{f'{group.accuracy:.2%}{spread}':>16}  {group.loss:>7.4f}  {group.seconds:>7.1f}"
            )
        names = [f"{pair.first} against {pair.second}" for pair in self.pairs]
        width = max(map(len, names))
        lines += ["", f"{'McNemar':<{width}}  {'only 1st right':>14}  {'only 2nd right':>14}  {'p':>8}  {'p (Holm)':>8}"]
        for name, pair in zip(names, self.pairs, strict=True):
            lines.append(
                f"{name:<{width}}  {pair.only_first:>14,}  {pair.only_second:>14,}  {pair.p:>8.2g}  {pair.holm:>8.2g}"
            )
        return "\n".join(lines)


def compare(runs: Sequence[Run]) -> Comparison:
    """Group `runs`, and test every pair of runs from different groups (of all runs where there is one group).

    Raises UsageError for fewer than two runs, or answers to different numbers of images.
    """
    if len(runs) < 2:
        raise UsageError("a comparison needs at least two runs")
    sizes = sorted({len(run.right) for run in runs})
    if len(sizes) > 1 or sizes[0] == 0:
        raise UsageError(f"runs are compared on the same test images, not on {' and '.join(map(str, sizes))}")
    groups = group_runs(runs)
    place = {id(run): label for label, group in enumerate(groups) for run in group.runs}
    ordered = [run for group in groups for run in group.runs]
    pairs = [pair for pair in combinations(ordered, 2) if len(groups) == 1 or place[id(pair[0])] != place[id(pair[1])]]
    counts = [(int((a.right & ~b.right).sum()), int((b.right & ~a.right).sum())) for a, b in pairs]
    p = [mcnemar(*count) for count in counts]
    rows = zip(pairs, counts, p, holm(p), strict=True)
    tested = tuple(Pair(a.name, b.name, *count, chance, corrected) for (a, b), count, chance, corrected in rows)
    return Comparison(tuple(groups), tested, sizes[0])


def measure_run(name: str, checkpoint: Checkpoint, data: Dataset) -> Run:
    """A checkpoint's answers to `data`, whose classes are the network's own."""
    logits = predict(checkpoint.model, data.images)
    right = logits.argmax(1) == data.labels
    return Run(name, checkpoint.record, parameter_count(checkpoint.model), right, cross_entropy(logits, data.labels))


def mcnemar(only_first: int, only_second: int) -> float:
    """The two-sided p-value of McNemar's exact test (Psychometrika 12, 1947, in its binomial form).

    Of the images that one of two classifiers alone gets right, chance gives half to each: p is how often a fair coin
    parts that many at least as unevenly. 1 where the two never differ.
    """
    n, fewer = only_first + only_second, min(only_first, only_second)
    ways, total = 1, 0  # whole numbers, so exact for any n
    for k in range(fewer + 1):
        total += ways
        ways = ways * (n - k) // (k + 1)
    return float(min(1.0, 2 * total / 2**n))


def holm(p: Sequence[float]) -> list[float]:
    """The p-values `p` corrected for their number, step by step from the smallest (Holm, Scand. J. Statist. 6, 1979)."""
    corrected, highest = [0.0] * len(p), 0.0
    for rank, place in enumerate(sorted(range(len(p)), key=lambda place: p[place])):
        highest = max(highest, min(1.0, (len(p) - rank) * p[place]))
        corrected[place] = highest
    return corrected


def group_runs(runs: Sequence[Run]) -> list[Group]:
    """The runs by everything in their record but chance, best group first, each labelled by what sets it apart."""
    settings = [settings_of(run.record) for run in runs]
    keys = [json.dumps(one, sort_keys=True) for one in settings]
    names = sorted({name for one in settings for name in one})
    telling = [name for name in names if is_telling(name, settings)]
    members = {key: [run for run, its in zip(runs, keys, strict=True) if its == key] for key in keys}
    groups = [Group(label_of(settings[keys.index(key)], telling), tuple(its)) for key, its in members.items()]
    return sorted(groups, key=lambda group: -group.accuracy)


def is_telling(name: str, settings: Sequence[Mapping[str, Any]]) -> bool:
    """Whether runs differ in a setting; an argument that only one network takes says no more than the network's name."""
    is_argument = name.startswith("architecture.arguments.")
    return len({json.dumps(one.get(name)) for one in settings if name in one or not is_argument}) > 1


def settings_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """What makes a run what it is, flat: "settings.lr" -> 0.01; without the seed and what follows from it."""
    parts = {name: record.get(name, {}) for name in ("architecture", "data", "settings", "stopped")}
    preparation = record.get("preparation", {})
    scale = {(0.0, 1.0): "raw", (0.0, 255.0): "unit"}.get((preparation.get("mean"), preparation.get("std")), "standard")
    # by kind, since a split's own mean changes with the seed
    parts["preparation"] = {"normalisation": preparation.get("normalisation"), "pixels": scale}
    return {name: value for name, value in _flat(parts) if name not in CHANCE}


def label_of(settings: Mapping[str, Any], telling: Sequence[str]) -> str:
    """The network as the command line writes it, and those settings in which the runs differ."""
    widths = settings.get("architecture.arguments.widths", [])
    network = f"{settings.get('architecture.network', '?')}{':' if widths else ''}{','.join(map(str, widths))}"
    said = ("architecture.network", "architecture.arguments.widths")
    rest = [name for name in telling if name in settings and name not in said]
    return " ".join([network, *(f"{name.rpartition('.')[2]}={_short(settings[name])}" for name in rest)])


def comparison_plot(comparison: Comparison, title: str = "Comparison") -> Figure:
    """Loss and accuracy over the epochs, a colour a group: thin lines its runs, the thick one their mean.

    On the validation split where every run has one, otherwise on the training split.
    """
    histories = [run.record.get("history", {}) for group in comparison.groups for run in group.runs]
    prefix = "val_" if all(history.get("val_loss") for history in histories) else ""
    figure = new_figure(10, 4.2)
    for axes, metric in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        for colour, group in zip(COLOURS * len(comparison.groups), comparison.groups, strict=False):
            curves = [run.record.get("history", {}).get(prefix + metric, []) for run in group.runs]
            shortest = min(map(len, curves))
            mean = np.mean([curve[:shortest] for curve in curves], 0)
            for curve in curves if len(curves) > 1 else ():
                axes.plot(range(1, len(curve) + 1), curve, color=colour, alpha=0.35, linewidth=0.8)
            name = f"{group.label} (n {len(curves)})".replace("$", r"\$")
            marker = "o" if shortest <= 30 else ""
            axes.plot(range(1, shortest + 1), mean, color=colour, linewidth=2, marker=marker, markersize=4, label=name)
        split = "validation" if prefix else "training"
        axes.set(xlabel="epoch", ylabel=f"{split} {metric}", title=f"{title}: {split} {metric}".replace("$", r"\$"))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.25)
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", frameon=False, ncols=2)
    return figure


def _flat(record: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for key, value in record.items():
        rows += _flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else [(f"{prefix}{key}", value)]
    return rows


def _short(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
