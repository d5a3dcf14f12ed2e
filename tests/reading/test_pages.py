"""Pages: lines in reading order, and a sensible answer for what is no page."""

import time

import cv2
import numpy as np
import pytest

import tenfold

PAGE = "305\n2718\n64"


@pytest.mark.parametrize("angle", [0, 3, -4])
def test_lines_come_from_the_top(write, angle):
    """Three lines, level or skewed, are three lines of text; each digit knows its line."""
    picture = write(PAGE).picture
    turn = cv2.getRotationMatrix2D((picture.shape[1] / 2, picture.shape[0] / 2), angle, 1)
    turned = cv2.warpAffine(picture, turn, picture.shape[::-1], borderValue=235)
    reading = tenfold.read(turned, layout="page")
    assert reading.text == PAGE
    assert [digit.line for digit in reading.digits] == [0, 0, 0, 1, 1, 1, 1, 2, 2]
    assert [line.text for line in reading.lines] == PAGE.split("\n")


def test_a_grid_is_read_row_by_row(write):
    """Grid lines between the cells are taken out; a row of cells is a line."""
    written = write("123\n456\n789", size=40, gap=40)
    picture = written.picture
    for y in range(10, picture.shape[0], 80):
        cv2.line(picture, (0, y), (picture.shape[1], y), 110, 2)
    for x in range(15, picture.shape[1], 75):
        cv2.line(picture, (x, 0), (x, picture.shape[0]), 110, 2)
    assert len(tenfold.read(picture, layout="page").lines) == 3


def test_uneven_light_and_a_dark_edge_change_nothing(write):
    """A shadow across the page and a black margin of the scanner."""
    picture = write(PAGE, margin=50).picture
    shadow = np.linspace(1.0, 0.5, picture.shape[1])
    shaded = (picture * shadow).astype(np.uint8)
    shaded[:, :20] = 5
    assert tenfold.read(shaded, layout="page").text == PAGE


def test_auto_knows_a_page_a_number_and_a_digit(write):
    """The layout is decided by the picture."""
    for text, layout in ((PAGE, "page"), ("2718", "number"), ("7", "digit")):
        reading = tenfold.read(write(text).picture)
        assert (reading.text, reading.layout) == (text, layout)


def test_auto_leaves_single_digits_as_they_are(mnist):
    """On 200 test images `auto` gives the very readings of the digit layout."""
    pictures = [255 - image for image in mnist.test.images[:200]]
    auto = list(tenfold.read_many(pictures))
    named = list(tenfold.read_many(pictures, layout="digit"))
    assert sum(a == b for a, b in zip(auto, named, strict=True)) >= 199


def text_page() -> np.ndarray:
    """Lines of print."""
    page = np.full((500, 700), 245, np.uint8)
    for y in range(40, 480, 30):
        cv2.putText(page, "the quick brown fox jumps over them", (20, y), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 30, 2)
    return page


def scenery() -> np.ndarray:
    """Clouds and edges, as a photograph of something else."""
    rng = np.random.default_rng(0)
    field = cv2.resize(rng.uniform(0, 255, (12, 16)).astype(np.float32), (640, 480), interpolation=cv2.INTER_CUBIC)
    return np.clip(field + rng.normal(0, 6, field.shape), 0, 255).astype(np.uint8)


BAD = [
    ("blank", np.full((800, 600), 255, np.uint8), "a page with nothing on it"),
    ("black", np.zeros((800, 600), np.uint8), "the lens cap left on"),
    ("strip", np.full((3, 900), 255, np.uint8), "three pixels high"),
    ("column", np.full((900, 2), 255, np.uint8), "two pixels wide"),
    ("noise", np.random.default_rng(0).integers(0, 256, (300, 400)).astype(np.uint8), "nothing but noise"),
    ("text", text_page(), "a page of print"),
    ("scenery", scenery(), "a photograph of something else"),
]


@pytest.mark.parametrize("layout", ["auto", "number", "page"])
@pytest.mark.parametrize(("name", "picture", "why"), BAD, ids=[row[0] for row in BAD])
def test_what_holds_no_numbers_gets_an_answer(layout, name, picture, why):
    """Every kind of picture is answered, within seconds; one without ink is empty."""
    started = time.perf_counter()
    reading = tenfold.read(picture, layout=layout)
    assert time.perf_counter() - started < 20, why
    assert reading.status in ("ok", "empty", "rejected")
    if name in ("blank", "black", "strip", "column"):
        assert (reading.status, reading.text) == ("empty", ""), why
    if (name, layout) == ("text", "auto"):
        assert (reading.status, reading.text) == ("rejected", ""), why
        assert reading.refused


def test_a_huge_scan_is_read(write):
    """A number on a scan of 39 megapixels is found, its box in the scan's own pixels."""
    written = write("2718", size=160, gap=60)
    page = np.full((5200, 7500), 235, np.uint8)
    h, w = written.picture.shape
    page[2000 : 2000 + h, 3000 : 3000 + w] = written.picture
    reading = tenfold.read(page, layout="number")
    assert reading.text == "2718"
    assert reading.digits[0].box[0] == pytest.approx(3000 + written.boxes[0][0], abs=12)


def test_a_model_of_ones_own_reads_one_digit():
    """Lines have a network of their own, so a digit model with a line's layout is wrong usage."""
    from tenfold.reading import shipped_weights

    with pytest.raises(tenfold.TenfoldError, match="reads one digit"):
        tenfold.read(np.zeros((5, 5), np.uint8), layout="page", model=shipped_weights())
