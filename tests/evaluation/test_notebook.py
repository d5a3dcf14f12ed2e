"""Figures in a notebook, and the figure of the range test."""

import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

from tenfold.evaluation import counts_plot, lr_plot, save_plot
from tenfold.evaluation.plots import png_bytes

PNG = b"\x89PNG\r\n\x1a\n"


def range_plot() -> Figure:
    lr = np.geomspace(1e-5, 1, 100)
    loss = 2.3 - 2 * np.exp(-((np.log10(lr) + 2) ** 2))
    return lr_plot(lr, loss + 0.1, loss, (1e-3, 5e-3), 4e-3)


def test_a_figure_shows_itself() -> None:
    """What a notebook asks an object for, its PNG, is the file that would be saved; nothing else has to be imported."""
    figure = counts_plot(np.array([3, 5]), ["a", "b"])
    assert isinstance(figure, Figure)
    shown = figure._repr_png_()  # type: ignore[attr-defined]
    assert shown.startswith(PNG)
    assert shown == png_bytes(figure)
    assert "matplotlib.pyplot" not in sys.modules or figure.number is None  # type: ignore[attr-defined]


@pytest.mark.parametrize("inline", [False, True], ids=["plain", "inline"])
def test_ipython_shows_one_picture(inline: bool) -> None:
    """With matplotlib's inline backend and without it, a cell that ends in a figure shows a PNG, once."""
    formatters = pytest.importorskip("IPython.core.formatters")
    formatter = formatters.DisplayFormatter()
    formatter.active_types = ["text/plain", "image/png"]
    if inline:
        pylabtools = pytest.importorskip("IPython.core.pylabtools")
        formatter.formatters["image/png"].for_type(Figure, lambda figure: pylabtools.print_figure(figure, base64=True))
    shown, _ = formatter.format(range_plot())
    assert set(shown) == {"text/plain", "image/png"}


def test_the_range_plot_marks_what_was_found() -> None:
    """A log axis, the steepest region from edge to edge, the suggestion on the smooth curve."""
    (axes,) = range_plot().axes
    assert axes.get_xscale() == "log"
    (region,) = axes.patches
    assert region.get_x() == pytest.approx(1e-3)
    assert region.get_x() + region.get_width() == pytest.approx(5e-3)
    _, smooth, point, line = axes.lines
    assert point.get_xdata()[0] == 4e-3
    assert point.get_ydata()[0] == pytest.approx(np.interp(np.log(4e-3), np.log(smooth.get_xdata()), smooth.get_ydata()))
    assert list(line.get_xdata()) == [4e-3, 4e-3]
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels[0] == "steepest: 0.001 to 0.005"
    assert labels[-1] == "suggestion: 0.004"


def test_the_range_plot_is_saved(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """As any other figure."""
    assert save_plot(range_plot(), tmp_path / "lr.png").read_bytes().startswith(PNG)
