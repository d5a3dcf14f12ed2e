"""Figures show the numbers they are given, whatever the classes are called, and leave no trace."""

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from tenfold.errors import TenfoldError
from tenfold.evaluation import confusion_plot, counts_plot, evaluate, history_plot, save_plot, sheet_plot
from tenfold.evaluation.plots import ACCENT, png_bytes

HISTORY = {
    "loss": [2.0, 1.0, 0.5],
    "accuracy": [0.3, 0.6, 0.9],
    "val_loss": [2.1, 1.2, 0.8],
    "val_accuracy": [0.2, 0.5, 0.8],
}

NAMES = {
    "digits": ("0", "1"),
    "one formula in dollar signs": ("$a_$", "$\\bad$"),
    "a price": ("under 5$", "over 5$"),
    "tags": ("<b>", "&amp;"),
    "a script that the font lacks": ("あ", "い"),
    "emoji": ("😀", "😁"),
    "long names": ("T-shirt or top" * 3, "ankle boot"),
    "empty and blank": ("", " "),
    "a line break": ("a\nb", "c"),
}


def pixels(figure: Figure) -> np.ndarray:
    """The figure as it is drawn."""
    with Image.open(io.BytesIO(png_bytes(figure))) as image:
        return np.asarray(image.convert("L"))


@pytest.mark.parametrize("name", NAMES)
def test_any_class_names_can_be_drawn(name: str) -> None:
    """Every figure is drawn without error or warning, whatever classes and titles are called."""
    names = NAMES[name]
    found = evaluate(np.eye(2), np.array([0, 1]), names)
    for figure in (
        confusion_plot(found, names[1]),
        counts_plot(np.array([1, 2]), names, names[1]),
        sheet_plot(np.eye(8, dtype=np.uint8)[None].repeat(2, 0) * 255, names, names[1]),
        history_plot(HISTORY, names[1]),
    ):
        assert pixels(figure).std() > 0


def test_the_history_has_a_curve_a_metric() -> None:
    """Loss and accuracy have a panel each, training and validation a curve each, epochs counted from 1."""
    left, right = history_plot(HISTORY).axes
    curves = [[line.get_ydata().tolist() for line in axes.lines] for axes in (left, right)]
    assert curves == [[HISTORY["loss"], HISTORY["val_loss"]], [HISTORY["accuracy"], HISTORY["val_accuracy"]]]
    assert list(left.lines[0].get_xdata()) == [1, 2, 3]
    assert [text.get_text() for text in left.get_legend().get_texts()] == ["training", "validation"]


@pytest.mark.parametrize(
    "history", [{}, {"loss": [], "accuracy": []}, {"loss": [float("nan")]}, {"loss": [1.0], "accuracy": [0.5]}]
)
def test_short_histories_can_be_drawn(history: dict[str, list[float]]) -> None:
    """No epoch, one epoch and an epoch that is no number make a figure without a warning."""
    assert pixels(history_plot(history)).size


def test_the_confusion_matrix_shows_every_count() -> None:
    """Each cell that counted has its number and its share of the label's row; the title has the accuracy."""
    labels = np.array([0, 0, 0, 0, 1])
    logits = np.eye(2)[[0, 0, 0, 1, 1]]
    axes = confusion_plot(evaluate(logits, labels, ("a", "b")), "Test").axes[0]
    cells = {text.get_position(): text.get_text() for text in axes.texts}
    assert cells == {(0, 0): "3\n75.0%", (1, 0): "1\n25.0%", (1, 1): "1\n100.0%"}
    assert axes.get_title() == "Test: 80.00% of 5 right"
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("prediction", "label")


@pytest.mark.parametrize("n", [0, 1, 8, 9, 24])
def test_a_sheet_has_every_image_with_its_caption(n: int) -> None:
    """As many pictures as images, each with its caption; those marked wrong stand out; the rest of the grid is empty."""
    images = np.random.default_rng(0).integers(0, 256, (n, 5, 5), dtype=np.uint8)
    figure = sheet_plot(images, [f"no {place}" for place in range(n)], "Sheet", wrong=[True])
    drawn = [axes for axes in figure.axes if axes.images]
    assert len(drawn) == n
    assert all(np.array_equal(axes.images[0].get_array(), image) for axes, image in zip(drawn, images, strict=True))
    assert [axes.get_title() for axes in drawn] == [f"no {place}" for place in range(n)]
    assert [axes.title.get_color() == ACCENT for axes in drawn] == [place == 0 for place in range(n)]


def test_counts_have_a_bar_each() -> None:
    """Each class has a bar as high as its count."""
    axes = counts_plot(np.array([3, 1000]), ("a", "b")).axes[0]
    assert [bar.get_height() for bar in axes.patches] == [3, 1000]
    assert [text.get_text() for text in axes.texts] == ["3", "1,000"]


def test_no_global_state_of_matplotlib() -> None:
    """No figure is registered with pyplot, so none needs closing and no display is asked for."""
    confusion_plot(evaluate(np.eye(2), np.array([0, 1]), ("a", "b")))
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or pyplot.get_fignums() == []


def test_a_saved_plot_is_a_png_and_repeats(tmp_path: Path) -> None:
    """The file is a whole PNG, the same bytes for the same numbers; a place that cannot be written is named."""
    path = save_plot(counts_plot(np.array([1, 2]), ("a", "b")), tmp_path / "new" / "x.png")
    assert path.read_bytes() == png_bytes(counts_plot(np.array([1, 2]), ("a", "b")))
    with Image.open(path) as image:
        assert image.format == "PNG"
    with pytest.raises(TenfoldError, match=r"x\.png/y\.png: cannot be written"):
        save_plot(counts_plot(np.array([1, 2]), ("a", "b")), path / "y.png")
