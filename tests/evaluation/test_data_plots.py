"""Figures that look at the data and at curves: what is drawn is what was given."""

import numpy as np
import pytest

from tenfold.evaluation import bars_plot, colour_map_plot, curves_plot, pixels_plot
from tenfold.evaluation.plots import png_bytes


def test_pixels_are_all_counted(few):
    """The bars of both histograms sum to the number of pixels, and their range is divided."""
    raw, scaled = pixels_plot(few.images).axes
    for axes, top in ((raw, 256), (scaled, 256 / 255)):
        assert sum(bar.get_height() for bar in axes.patches) == few.images.size
        assert max(bar.get_x() + bar.get_width() for bar in axes.patches) == pytest.approx(top)


def test_one_image_in_three_colour_maps(few):
    """The same pixels three times, with viridis, gray and gray_r."""
    drawn = [axes.images[0] for axes in colour_map_plot(few.images[0]).axes if axes.images]
    assert [image.get_cmap().name for image in drawn] == ["viridis", "gray", "gray_r"]
    assert all((np.asarray(image.get_array()) == few.images[0]).all() for image in drawn)


def test_curves_are_drawn_as_given():
    """Each with its name; the band and the log axis where asked for."""
    figure = curves_plot(
        {"a": ([1, 10], [0.5, 0.25]), "b": ([1, 10], [1.0, 2.0])},
        xlabel="x", ylabel="y", title="t", log_x=True, band=(2, 3), band_name="here",
    )  # fmt: skip
    axes = figure.axes[0]
    assert axes.get_xscale() == "log"
    assert [list(line.get_ydata()) for line in axes.lines] == [[0.5, 0.25], [1.0, 2.0]]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["a", "b", "here"]


def test_bars_reach_the_mean_and_one_trial_has_no_whisker():
    """A bar ends at its mean whatever its start; NaN draws without a warning."""
    figure = bars_plot(["one", "two"], [0.9, 0.95], [0.01, float("nan")], xlabel="accuracy", title="t", start=0.8)
    ends = [bar.get_x() + bar.get_width() for bar in figure.axes[0].patches]
    assert ends == pytest.approx([0.9, 0.95])
    assert png_bytes(figure).startswith(b"\x89PNG")
