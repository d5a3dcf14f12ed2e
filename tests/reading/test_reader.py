"""From a picture to its digit, by every way in."""

import io
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

import tenfold
from tenfold.errors import PictureError, UsageError
from tenfold.reading import Reading

EXAMPLES = Path(__file__).parents[2] / "examples"

TRUTH = {
    "large.png": "9", "light_on_dark.png": "0", "off_centre.png": "4", "paper.jpg": "2", "small.png": "5", "turned.jpg": "3",
}  # fmt: skip


@pytest.fixture(scope="module")
def seven(mnist) -> np.ndarray:
    """A test digit as a dark-on-light picture, 56x56."""
    digit = mnist.test.images[0]
    return 255 - cv2.resize(digit, (56, 56), interpolation=cv2.INTER_CUBIC)


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_the_example_pictures_are_read(name):
    """Every picture that ships with the project is read right, with confidence."""
    reading = tenfold.read(EXAMPLES / name)
    assert (reading.status, reading.text) == ("ok", TRUTH[name]), reading
    assert reading.confidence > 0.5, reading


def test_every_way_in_gives_the_same_answer(seven, tmp_path):
    """Path, bytes, open file, Pillow image and array are one picture."""
    path = tmp_path / "seven.png"
    Image.fromarray(seven).save(path)
    content = path.read_bytes()
    ways = [path, str(path), content, io.BytesIO(content), Image.open(path), seven, np.dstack([seven] * 3), seven / 255]
    assert {(r.text, r.digits[0].box, r.confidence) for r in map(tenfold.read, ways)} == {
        ("7", tenfold.read(seven).digits[0].box, tenfold.read(seven).confidence)
    }


def test_the_box_is_in_the_originals_pixels(seven):
    """Moving the digit moves the box by as much, and the ink lies inside."""
    field = np.full((300, 400), 255, np.uint8)
    field[100:156, 250:306] = seven
    x, y, width, height = tenfold.read(field).digits[0].box
    rows, columns = np.nonzero(field < 128)
    assert x - 2 <= columns.min() <= columns.max() < x + width + 2, (x, width, columns.min(), columns.max())
    assert y - 2 <= rows.min() <= rows.max() < y + height + 2, (y, height, rows.min(), rows.max())


def test_probabilities_are_those_of_the_ten_digits(seven):
    """Ten names with a probability each; the confidence is the largest of them."""
    digit = tenfold.read(seven).digits[0]
    assert list(digit.probabilities) == list("0123456789")
    assert digit.confidence == max(digit.probabilities.values()) == digit.probabilities["7"]
    assert sum(digit.probabilities.values()) <= 1 + 1e-9
    assert digit.image.shape == (28, 28)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_blank_picture_is_empty(level):
    """Without ink nothing is read, whatever the paper's grey."""
    reading = tenfold.read(np.full((100, 80), level, np.uint8))
    assert (reading.status, reading.text, reading.digits) == ("empty", "", ())


def test_one_bad_picture_costs_the_others_nothing(seven):
    """An unreadable picture becomes an error in its place."""
    readings = list(tenfold.read_many([seven, b"no picture", seven]))
    assert [r.status for r in readings] == ["ok", "error", "ok"]
    assert "is no PNG" in readings[1].error


def test_one_bad_picture_is_an_exception_in_python():
    """`read` raises where `read_many` goes on."""
    with pytest.raises(PictureError, match=r"nowhere\.png: no such file"):
        tenfold.read("nowhere.png")


def test_a_layout_that_is_not_there_is_refused(seven):
    """An unknown layout lists the known ones."""
    with pytest.raises(UsageError, match="unknown layout 'poem'; known: auto, digit, number, page"):
        tenfold.read(seven, layout="poem")


def test_a_lone_digit_is_read_in_every_layout(seven):
    """Whatever the picture is taken for, one digit is one digit."""
    assert {tenfold.read(seven, layout=layout).text for layout in ("auto", "digit", "number", "page")} == {"7"}


def test_a_reading_shows_itself_in_a_notebook(seven):
    """The notebook form holds the answer and the picture that the network saw; an empty one says why."""
    shown = tenfold.read(seven)._repr_html_()
    assert ">7<" in shown
    assert "data:image/png;base64," in shown
    assert "no ink" in Reading("", "empty")._repr_html_()


def test_a_reading_is_json(seven):
    """The dictionary is the command line's contract."""
    record = tenfold.read(seven).to_dict()
    assert list(record) == ["status", "text", "digits", "layout", "confidence"]
    assert set(record["digits"][0]) >= {"digit", "confidence", "box", "line"}
    assert record["digits"][0]["digit"] == 7


def test_reading_imports_no_training_library():
    """`tenfold.read` works where PyTorch, onnx, safetensors and matplotlib cannot be imported."""
    program = (
        "import sys\n"
        "class Blocked:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in {'torch', 'onnx', 'safetensors', 'matplotlib', 'scipy', 'sklearn'}:\n"
        "            raise ImportError(name + ' is blocked')\n"
        "sys.meta_path.insert(0, Blocked())\n"
        "import tenfold\n"
        f"print(tenfold.read({str(EXAMPLES / 'paper.jpg')!r}))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "2", done.stderr
