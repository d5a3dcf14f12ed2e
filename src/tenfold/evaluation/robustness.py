"""How a classifier bears corrupted images: accuracy by corruption and severity, as a table and as curves."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from tenfold.errors import UsageError
from tenfold.evaluation.plots import ACCENT, INK, MUTED, new_figure
from tenfold.images import CORRUPTIONS, find_corruption

Floats = NDArray[np.float64]
Classify = Callable[[NDArray[np.uint8]], NDArray[Any]]
"""Images (N, H, W) uint8 -> labels (N,), or logits or probabilities (N, C)."""

SEVERITIES = (0, 1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Robustness:
    """Accuracy by corruption and severity.

    accuracy:    (K, S) float64, 0 to 1: corruption by severity
    corruptions: (K,) their names
    severities:  (S,) growing, 0 to 5; 0 is the clean images
    n:           how many images each number is measured on
    """

    accuracy: Floats
    corruptions: tuple[str, ...]
    severities: tuple[float, ...]
    n: int

    @property
    def by_severity(self) -> Floats:
        """(S,) mean accuracy over the corruptions."""
        mean: Floats = self.accuracy.mean(0)
        return mean

    @property
    def corrupted(self) -> float:
        """Mean accuracy over all corruptions and all severities above 0: one number for the whole table."""
        return float(self.accuracy[:, np.array(self.severities) > 0].mean())

    def to_dict(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "n": self.n, "corrupted": self.corrupted, "severities": list(self.severities),
            "by_severity": self.by_severity.tolist(),
            "accuracy": dict(zip(self.corruptions, self.accuracy.tolist(), strict=True)),
        }  # fmt: skip

    def __str__(self) -> str:
        head = f"{'severity':<14}" + "".join(f"{severity:>9g}" for severity in self.severities)
        rows = zip((*self.corruptions, "mean"), (*self.accuracy, self.by_severity), strict=True)
        lines = [f"{name:<14}" + "".join(f"{value:>9.2%}" for value in values) for name, values in rows]
        last = f"n {self.n:,}   accuracy on corrupted images {self.corrupted:.2%}"
        return "\n".join([head, *lines, last])


def measure_robustness(
    classify: Classify,
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    *,
    corruptions: Sequence[str] = tuple(CORRUPTIONS),
    severities: Sequence[float] = SEVERITIES,
    seed: int = 0,
    progress: bool = False,
) -> Robustness:
    """The accuracy of `classify` on `images` (N, H, W) uint8 with `labels` (N,), corrupted in every way at every severity.

    Each corruption draws by `seed` and its name's place, the same at every severity: the same noise grows. Raises
    UsageError for an unknown corruption, severities that do not grow or none above 0, or no images.
    """
    if len(images) == 0 or len(images) != len(labels):
        raise UsageError(f"{len(images)} images and {len(labels)} labels: robustness needs as many of each, at least one")
    if not corruptions or list(severities) != sorted(set(severities)) or max(severities, default=0) <= 0:
        raise UsageError("robustness needs a corruption and severities that grow from 0 to at most 5")
    clean = _accuracy(classify, images, labels)
    places = [(name, find_corruption(name), list(CORRUPTIONS).index(name)) for name in corruptions]
    console = Console(file=sys.stderr, quiet=not progress)
    rows = [
        [
            clean if severity == 0 else _accuracy(classify, corrupt(images, severity, rng(seed, place)), labels)
            for severity in severities
        ]
        for _, corrupt, place in track(places, "corruptions", console=console, disable=not console.is_terminal)
    ]
    return Robustness(np.array(rows), tuple(corruptions), tuple(severities), len(images))


def rng(seed: int, place: int) -> np.random.Generator:
    """The generator of the corruption at `place` in the registry."""
    return np.random.default_rng([seed, place])


def _accuracy(classify: Classify, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> float:
    answers = np.asarray(classify(images))
    predicted = answers.argmax(1) if answers.ndim == 2 else answers
    if predicted.shape != labels.shape:
        raise ValueError(f"{len(labels)} images gave answers of shape {answers.shape}; wanted (N,) or (N, C)")
    return float((predicted == labels).mean())


def robustness_plot(found: Robustness, title: str = "Robustness") -> Figure:
    """Accuracy against severity, one small plot a corruption, hardest last; the mean of all behind each in grey.

    The number beside each name is the accuracy at the highest severity.
    """
    order = np.argsort(-found.accuracy.mean(1), kind="stable")
    columns = min(5, len(order))
    rows = -(-len(order) // columns)
    figure = new_figure(2.3 * columns + 0.5, 1.9 * rows + 0.9)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for axes in grid.ravel()[len(order) :]:
        axes.set_axis_off()
    for axes, place in zip(grid.ravel(), order, strict=False):
        values = found.accuracy[place]
        axes.plot(found.severities, found.by_severity, color="#9ca3af", linewidth=1)
        axes.plot(found.severities, values, color=MUTED, marker="o", markersize=4, linewidth=2)
        axes.set_title(found.corruptions[place].replace("_", " "), fontsize=10, loc="left", color=INK)
        axes.set_title(f"{values[-1]:.0%}", fontsize=10, loc="right", color=ACCENT, fontweight="bold")
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
        axes.set(ylim=(-0.03, 1.06), xticks=range(6))
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    figure.suptitle(f"{title}: {found.corrupted:.1%} right on corrupted images, n {found.n:,} each")
    grey = Line2D([], [], color="#9ca3af", linewidth=1, label="mean of all")
    last = Line2D([], [], linestyle="", label=f"number: at severity {found.severities[-1]:g}")
    figure.legend(handles=[grey, last], loc="outside lower right", frameon=False, ncols=2, labelcolor=["black", ACCENT])
    figure.supxlabel("severity", fontsize=10)
    figure.supylabel("accuracy", fontsize=10)
    return figure


def corruptions_plot(images: NDArray[np.uint8], seed: int = 0) -> Figure:
    """What the corruptions look like: two columns of strips, each an image at severities 0 to 5.

    The k-th corruption is shown on the k-th of `images` (N, H, W), beginning anew where they are fewer.
    """
    strips = []
    for place, corrupt in enumerate(CORRUPTIONS.values()):
        image = images[[place % len(images)]]
        strips.append(np.concatenate([corrupt(image, severity, rng(seed, place))[0] for severity in SEVERITIES], 1))
    rows = -(-len(strips) // 2)
    figure = new_figure(9.4, 0.62 * rows + 0.5)
    figure.set_layout_engine("constrained", w_pad=0.12)  # names need air at the figure's edge
    grid = figure.subplots(rows, 2, squeeze=False)
    for axes in grid.ravel():
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    for axes, name, strip in zip(grid.T.ravel(), CORRUPTIONS, strips, strict=False):
        axes.imshow(strip, cmap="gray_r", vmin=0, vmax=255)
        axes.set_ylabel(name.replace("_", " "), rotation=0, ha="right", va="center", color=INK)
    for axes in grid[0]:
        axes.xaxis.tick_top()
        axes.set_xticks((np.arange(6) + 0.5) * images.shape[2], [f"{severity}" for severity in SEVERITIES])
        axes.tick_params(length=0)
    return figure
