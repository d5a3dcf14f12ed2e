"""The report is one HTML file that needs no other and says what was measured."""

import base64
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tenfold.data import Dataset, make_dataset
from tenfold.errors import TenfoldError
from tenfold.evaluation import Section, evaluate, misses_plot, write_page, write_report

RECORD = {
    "architecture": {"network": "cnn", "classes": ["0", "1"]},
    "history": {"loss": [1.0, 0.5], "accuracy": [0.5, 0.9]},
    "seed": 3,
    "settings": {"lr": 0.001, "note": "<script>alert(1)</script>"},
}


class Page(HTMLParser):
    """What a page is made of: its tags in order, its texts, its links, its open tags."""

    VOID = frozenset({"meta", "img", "br", "hr"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag and every address in it."""
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "data", "action")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Every tag closes the last one opened."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.texts.append(data)


@pytest.fixture
def logits(held: Dataset) -> np.ndarray:
    """Answers to the 200 held-out digits of which 13 are wrong."""
    answers = np.eye(10, dtype=np.float32)[held.labels] * 5
    answers[::16] = np.roll(answers[::16], 1, 1)
    return answers


def test_the_report_is_self_contained_and_well_formed(tmp_path: Path, held: Dataset, logits: np.ndarray) -> None:
    """One HTML file: every tag closed, no script, every picture inside it and whole, no address of any other file."""
    text = write_report(tmp_path, held, logits, RECORD, layers="Layer  <Conv2d>").read_text()
    page = Page(text)
    assert page.open == []
    assert "script" not in page.tags
    assert "link" not in page.tags
    assert len(page.links) == 3
    for link in page.links:
        assert link.startswith("data:image/png;base64,")
        with Image.open(io.BytesIO(base64.b64decode(link.partition(",")[2]))) as image:
            image.load()
    assert not re.search(r"url\(|@import|https?://", text)


def test_the_report_has_the_numbers(tmp_path: Path, held: Dataset, logits: np.ndarray) -> None:
    """Accuracy, misses, each class' precision and recall, settings and layer table are in it as text."""
    found = evaluate(logits, held.labels, held.classes)
    page = Page(write_report(tmp_path, held, logits, RECORD, layers="Layer  <Conv2d>", title="A & B").read_text())
    text = "\n".join(page.texts)
    assert found.misses == 13
    for part in ("93.50% of 200 right", "13 misses, error rate 6.50%", "A & B", "settings.lr", "0.001", "Layer  <Conv2d>",
                 "<script>alert(1)</script>", *(f"{value:.2%}" for value in found.recall)):  # fmt: skip
        assert part in text, part
    assert "history" not in text.replace("history.png", "")


def test_curves_of_before_calibration_say_so(tmp_path: Path, held: Dataset, logits: np.ndarray) -> None:
    """Their loss is not the one in the headline then; otherwise nothing is said."""
    said = "Measured before the logits were divided by the temperature, 0.32."
    assert said in write_report(tmp_path, held, logits, {**RECORD, "temperature": 0.3191}).read_text()
    assert "temperature" not in write_report(tmp_path, held, logits, RECORD).read_text()


def test_figures_lie_beside_it_as_png(tmp_path: Path, held: Dataset, logits: np.ndarray) -> None:
    """The figures are written as PNG too, and nothing else; without a history there are no curves."""
    write_report(tmp_path / "a", held, logits, RECORD)
    write_report(tmp_path / "b", held, logits, {})
    names = [sorted(path.name for path in (tmp_path / folder).iterdir()) for folder in "ab"]
    assert names[0] == ["confusion.png", "history.png", "misses.png", "report.html"]
    assert names[1] == ["confusion.png", "misses.png", "report.html"]


def test_a_perfect_network_has_a_report_too(tmp_path: Path, held: Dataset) -> None:
    """Without a single miss the report is written, and the sheet of misses is empty."""
    text = write_report(tmp_path, held, np.eye(10, dtype=np.float32)[held.labels], {}).read_text()
    assert "100.00% of 200 right" in text


def test_any_class_names(tmp_path: Path) -> None:
    """Class names with tags, dollars and other scripts stand in the report as they are."""
    names = ("<b>bold</b>", "$x$", "あ")
    data = make_dataset(np.zeros((3, 8, 8), np.uint8), np.array([0, 1, 2]), names, "a <set> & more")
    text = write_report(tmp_path, data, np.eye(3, dtype=np.float32)[[1, 2, 0]], {}).read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert set(names) <= set(page.texts)
    assert "b" not in page.tags


def test_the_sheet_of_misses_shows_label_prediction_and_confidence(held: Dataset, logits: np.ndarray) -> None:
    """Each miss is captioned label > prediction with the confidence of the wrong answer, at most as many as asked for."""
    figure = misses_plot(held, logits, 5)
    captions = [axes.get_title() for axes in figure.axes if axes.images]
    assert len(captions) == 5
    sure = np.exp(5) / (np.exp(5) + 9)
    for caption in captions:
        label, _, prediction, confidence = caption.split()
        assert int(prediction) == (int(label) + 1) % 10
        assert confidence == f"{sure:.0%}"


def test_a_section_is_text_then_table_then_figure(tmp_path: Path) -> None:
    """The parts of a section come in this order, the table's first row as its head; a missing part leaves nothing."""
    section = Section("Head", "text", table=[("a", "b"), (1, "<2>")], preformatted="as is")
    page = Page(write_page(tmp_path / "x.html", "T", [section, Section("Alone")]).read_text())
    assert page.tags[page.tags.index("h2") :] == ["h2", "p", "table", "tr", "th", "th", "tr", "td", "td", "pre", "h2"]
    assert [text for text in page.texts if text.strip()][-8:] == ["Head", "text", "a", "b", "1", "<2>", "as is", "Alone"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, held: Dataset, logits: np.ndarray) -> None:
    """A file where the folder should be gives one line with the path."""
    (tmp_path / "file").touch()
    with pytest.raises(TenfoldError, match=r"file/.*cannot be written"):
        write_report(tmp_path / "file", held, logits, RECORD)
