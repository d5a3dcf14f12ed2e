"""Figures that look at the data and at how a number changes with a setting. As in plots: each returns a fresh Figure."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import NDArray

from tenfold.evaluation.plots import ACCENT, INK, MUTED, new_figure

COLOURS = (MUTED, ACCENT, INK, "#15803d", "#7c3aed", "#a16207")


def colour_map_plot(image: NDArray[np.uint8], title: str = "One image, three ways to show it") -> Figure:
    """One image (H, W) as matplotlib shows it unasked, in grey as stored, and as ink on paper, with colour bars."""
    figure = new_figure(10, 3.6)
    ways = ((None, "no colour map given (viridis)"), ("gray", "gray: as stored"), ("gray_r", "gray_r: ink on paper"))
    for axes, (colours, name) in zip(figure.subplots(1, 3), ways, strict=True):
        drawn = axes.imshow(image, cmap=colours, vmin=0, vmax=255)
        figure.colorbar(drawn, ax=axes, shrink=0.85)
        axes.set_title(name, fontsize=10)
        axes.set_axis_off()
    figure.suptitle(title)
    return figure


def pixels_plot(images: NDArray[np.uint8], divisor: float = 255.0) -> Figure:
    """The distribution of pixel values before and after division by `divisor`; counts on a log axis, since most are 0."""
    figure = new_figure(9, 3.6)
    counts = np.bincount(images.ravel(), minlength=256).reshape(64, 4).sum(1)
    mean, sd = float(images.mean()), float(images.std())
    for axes, scale, name in zip(figure.subplots(1, 2), (1.0, divisor), ("raw", f"divided by {divisor:g}"), strict=True):
        axes.bar(np.arange(2, 256, 4) / scale, counts, width=4 / scale, color=MUTED)
        axes.axvline(mean / scale, color=ACCENT, linestyle="--", label=f"mean {mean / scale:.3g}, sd {sd / scale:.3g}")
        axes.set(yscale="log", xlabel="pixel value", ylabel="pixels", title=f"Pixels, {name}")
        axes.legend(frameon=False)
    return figure


def curves_plot(
    curves: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    *,
    xlabel: str,
    ylabel: str,
    title: str,
    log_x: bool = False,
    percent: bool = False,
    band: tuple[float, float] | None = None,
    band_name: str = "",
) -> Figure:
    """Named curves (x, y) on one pair of axes, with a marked `band` of x; y as a percentage of 1 where `percent`."""
    figure = new_figure(8, 4.4)
    axes = figure.add_subplot()
    marker = "o" if max(len(x) for x, _ in curves.values()) <= 30 else ""
    for colour, (name, (x, y)) in zip(COLOURS * 3, curves.items(), strict=False):
        axes.plot(x, y, color=colour, label=name, marker=marker, markersize=4)
    if band is not None:
        axes.axvspan(*band, color=ACCENT, alpha=0.12, label=band_name or None)
    if percent:
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set(xlabel=xlabel, ylabel=ylabel, title=title, xscale="log" if log_x else "linear")
    if not log_x and all(float(value).is_integer() for x, _ in curves.values() for value in x):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if log_x and all(min(x) >= 1 for x, _ in curves.values()):
        axes.xaxis.set_major_formatter("{x:g}")  # epochs are counted, not written as powers
        axes.xaxis.set_minor_formatter("")
    axes.grid(alpha=0.25)
    axes.legend(framealpha=0.85, edgecolor="none")
    return figure


def bars_plot(
    names: Sequence[str], means: Sequence[float], sds: Sequence[float], *, xlabel: str, title: str, start: float = 0.0
) -> Figure:
    """A bar a setting from `start` on, its whisker one standard deviation each way; NaN draws no whisker."""
    figure = new_figure(8, 0.42 * len(names) + 1.4)
    axes = figure.add_subplot()
    places = np.arange(len(names))
    axes.barh(places, np.asarray(means) - start, left=start, xerr=np.nan_to_num(sds), color=MUTED, ecolor=INK, capsize=3)
    for place, (mean, sd) in enumerate(zip(means, np.nan_to_num(sds), strict=True)):
        axes.text(mean + sd, place, f"  {mean:.2%}", va="center", fontsize=9, color=INK)
    axes.set_yticks(places, names)
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set(xlabel=xlabel, title=title)
    axes.margins(x=0.12)
    axes.set_xlim(left=start)
    axes.grid(axis="x", alpha=0.25)
    return figure
