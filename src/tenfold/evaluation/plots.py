"""Figures: each function draws one on a fresh matplotlib Figure and returns it; a notebook shows what it returns.

No global state of matplotlib is touched, so nothing needs closing and no display is asked for.
"""

import io
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from tenfold.data import Dataset
from tenfold.evaluation.metrics import Evaluation
from tenfold.files import write_atomically

INK, ACCENT, MUTED = "#1f2937", "#c2410c", "#2563eb"
"""Text and training; what to look at; validation."""


def history_plot(history: Mapping[str, Sequence[float]], title: str = "Training") -> Figure:
    """Loss and accuracy over the epochs, training beside validation."""
    figure = new_figure(9, 3.6)
    for place, metric in enumerate(("loss", "accuracy"), start=1):
        axes = figure.add_subplot(1, 2, place)
        for name, label, colour in ((metric, "training", INK), (f"val_{metric}", "validation", MUTED)):
            values = history.get(name, [])
            if values:
                marker = "o" if len(values) <= 30 else ""
                axes.plot(range(1, len(values) + 1), values, color=colour, label=label, marker=marker, markersize=4)
        axes.set(xlabel="epoch", ylabel=metric, title=_plain(f"{title}: {metric}"))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.25)
        if axes.lines:
            axes.legend(frameon=False)
    return figure


def confusion_plot(evaluation: Evaluation, title: str = "Confusion matrix") -> Figure:
    """Counts by label and prediction with the share of each label's row, coloured by that share, with a colour bar."""
    counts = evaluation.confusion
    share = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    n = len(evaluation.classes)
    figure = new_figure(max(6.4, 0.72 * n + 1.4), max(5.4, 0.6 * n + 1))
    axes = figure.add_subplot()
    drawn = axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    figure.colorbar(drawn, ax=axes, label="share of the label's images")
    for row, column in np.ndindex(counts.shape):
        if counts[row, column]:
            text = f"{counts[row, column]:,}\n{share[row, column]:.1%}"
            colour = "white" if share[row, column] > 0.5 else INK
            axes.text(column, row, text, ha="center", va="center", fontsize=7, color=colour)
    turn = 45 if max(map(len, evaluation.classes)) > 3 else 0
    names = list(map(_plain, evaluation.classes))
    axes.set_xticks(range(n), names, rotation=turn)
    axes.set_yticks(range(n), names)
    right = f"{evaluation.accuracy:.2%} of {evaluation.n:,} right"
    axes.set(xlabel="prediction", ylabel="label", title=f"{_plain(title)}: {right}")
    return figure


def sheet_plot(
    images: NDArray[np.uint8], captions: Sequence[str], title: str = "", *, wrong: Sequence[bool] = (), columns: int = 8
) -> Figure:
    """Images (N, H, W) in rows with a caption under each; captions of those marked `wrong` stand out."""
    rows = max(1, -(-len(images) // columns))
    figure = new_figure(columns * 1.15, rows * 1.42 + (0.4 if title else 0))
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in grid:
        axes.set_axis_off()
    for place, (axes, image, caption) in enumerate(zip(grid, images, captions, strict=False)):
        axes.imshow(image, cmap="gray_r", vmin=0, vmax=255)
        marked = place < len(wrong) and wrong[place]
        axes.set_title(_plain(caption), fontsize=8, y=-0.26, color=ACCENT if marked else INK)
    if title:
        figure.suptitle(_plain(title))
    return figure


def samples_plot(dataset: Dataset, rng: np.random.Generator, columns: int = 12) -> Figure:
    """A row of images a class, drawn at random."""
    figure = new_figure(columns * 0.62 + 1, len(dataset.classes) * 0.62 + 0.5)
    axes = figure.add_subplot()
    height, width = dataset.size
    sheet = np.zeros((len(dataset.classes) * height, columns * width), np.uint8)
    for row in range(len(dataset.classes)):
        places = rng.permutation(np.flatnonzero(dataset.labels == row))[:columns]
        for column, place in enumerate(places):
            sheet[row * height : (row + 1) * height, column * width : (column + 1) * width] = dataset.images[place]
    axes.imshow(sheet, cmap="gray_r", vmin=0, vmax=255)
    axes.set_yticks([(row + 0.5) * height for row in range(len(dataset.classes))], list(map(_plain, dataset.classes)))
    axes.set_xticks([])
    axes.set_title(_plain(f"{dataset.name}: {columns} of each class"))
    return figure


def counts_plot(counts: NDArray[np.int64], classes: Sequence[str], title: str = "Images per class") -> Figure:
    """A bar a class with its number of images."""
    figure = new_figure(7, 3.4)
    axes = figure.add_subplot()
    bars = axes.bar(range(len(classes)), counts, color=MUTED)
    axes.bar_label(bars, [f"{count:,}" for count in counts], fontsize=8)
    axes.margins(y=0.1)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.set_xticks(range(len(classes)), list(map(_plain, classes)))
    axes.set(xlabel="class", ylabel="images", title=_plain(title))
    return figure


def lr_plot(
    lr: NDArray[np.float64],
    loss: NDArray[np.float64],
    smooth: NDArray[np.float64],
    steepest: tuple[float, float],
    suggestion: float,
    title: str = "Learning-rate range test",
) -> Figure:
    """The loss of a range test against the learning rate on a log axis, its steepest region and the suggestion marked."""
    figure = new_figure(8, 4.2)
    axes = figure.add_subplot()
    axes.axvspan(*steepest, color=MUTED, alpha=0.12, linewidth=0, label=f"steepest: {steepest[0]:.2g} to {steepest[1]:.2g}")
    axes.plot(lr, loss, color=INK, alpha=0.25, linewidth=0.8, label="loss of each batch")
    axes.plot(lr, smooth, color=INK, linewidth=2, label="the same, smoothed")
    there = float(np.interp(np.log(suggestion), np.log(lr), smooth))
    axes.plot([suggestion], [there], "o", color=ACCENT, markersize=9, label=f"suggestion: {suggestion:.2g}")
    axes.axvline(suggestion, color=ACCENT, linewidth=1, linestyle="--")
    axes.set(xscale="log", xlabel="learning rate", ylabel="loss", title=_plain(title), ylim=(0, 1.1 * smooth.max()))
    axes.grid(alpha=0.25)
    axes.legend(frameon=False, loc="lower left")
    return figure


def save_plot(figure: Figure, path: str | Path) -> Path:
    """Write the figure as PNG, whole or not at all. Raises TenfoldError where the folder cannot be written."""
    return write_atomically(path, png_bytes(figure))


def png_bytes(figure: Figure) -> bytes:
    """The figure as a PNG file's bytes."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # drawn as a box; the report's tables hold the name itself
        figure.savefig(buffer, format="png", dpi=140)
    return buffer.getvalue()


def _plain(text: str) -> str:
    """Dollar signs in names are no formulas."""
    return text.replace("$", r"\$")


class Plot(Figure):
    """A Figure that a notebook shows by itself; matplotlib's own needs pyplot and its inline backend for that."""

    def _repr_png_(self) -> bytes:
        return png_bytes(self)


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of so many inches on which nothing overlaps; a cell of a notebook that ends in it shows it."""
    return Plot(figsize=(width, height), layout="constrained", facecolor="white")
