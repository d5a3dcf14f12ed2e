"""A number is read, and every digit has its place."""

import cv2
import numpy as np
import pytest

import tenfold
from tenfold.images.lines import find_lines
from tenfold.reading.line_recogniser import load_line_recogniser
from tenfold.reading.numbers import boxes_of, cut_between, read_line


def overlap(a, b) -> float:
    """Intersection over union of two boxes."""
    wide = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    high = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    shared = max(0, wide) * max(0, high)
    return shared / (a[2] * a[3] + b[2] * b[3] - shared)


NUMBERS = ["7", "42", "305", "1729", "60318", "98765", "20512073"]


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers_are_read(write, text):
    """Clean numbers of one to eight digits."""
    reading = tenfold.read(write(text).picture, layout="number")
    assert (reading.text, reading.status, reading.layout) == (text, "ok", "number")
    assert len(reading.lines) == 1
    assert 0.2 < reading.confidence <= 1


@pytest.mark.parametrize("size", [20, 40, 110])
def test_boxes_are_where_the_digits_are(write, size):
    """Each box overlaps its digit's by at least two thirds, in small pictures and in large ones."""
    written = write("305", size=size, gap=size // 3)
    reading = tenfold.read(written.picture, layout="number")
    assert reading.text == "305"
    for digit, box in zip(reading.digits, written.boxes, strict=True):
        assert overlap(digit.box, box) > 0.66, (digit.box, box)


def test_a_turned_photograph_gives_upright_boxes(write, tmp_path):
    """Boxes are in the pixels of the picture as EXIF turns it."""
    from PIL import Image

    written = write("4207")
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(written.picture).transpose(Image.Transpose.ROTATE_90).save(tmp_path / "t.jpg", exif=exif, quality=95)
    reading = tenfold.read(tmp_path / "t.jpg", layout="number")
    assert reading.text == "4207"
    assert overlap(reading.digits[0].box, written.boxes[0]) > 0.6


def test_touching_digits_are_parted(write):
    """Digits that hang together are read, and no box is wider than its digit by half."""
    written = write("2350", gap=-3)
    reading = tenfold.read(written.picture, layout="number")
    assert reading.text == "2350"
    for digit, box in zip(reading.digits, written.boxes, strict=True):
        assert digit.box[2] < 1.5 * box[2]


def test_a_number_in_a_cell_is_read_without_its_walls(write):
    """Frame and rules around and through the number change nothing."""
    picture = write("1405").picture
    cv2.rectangle(picture, (4, 4), (picture.shape[1] - 5, picture.shape[0] - 5), 120, 2)
    cv2.line(picture, (0, 68), (picture.shape[1], 68), 150, 1)
    assert tenfold.read(picture, layout="number").text == "1405"


def test_a_comma_is_refused_with_its_box(write):
    """What is no digit comes with its box and is not read."""
    written = write("25", gap=40)
    x = written.boxes[1][0] - 25
    cv2.line(written.picture, (x + 3, 66), (x, 76), 60, 4)
    reading = tenfold.read(written.picture, layout="number")
    assert reading.text == "25"
    assert len(reading.refused) == 1
    assert overlap(reading.refused[0].box, (x - 2, 64, 8, 15)) > 0.4
    assert reading.to_dict()["refused"][0]["line"] == 0


def test_the_digits_confidences_are_probabilities(write):
    """Each digit's ten probabilities sum to at most 1; its confidence is the largest; the number's is no larger than any."""
    reading = tenfold.read(write("60318").picture, layout="number")
    for digit in reading.digits:
        assert sum(digit.probabilities.values()) <= 1 + 1e-6
        assert digit.confidence == max(digit.probabilities.values())
        assert digit.image.shape == (32, 32)
    assert reading.confidence <= min(digit.confidence for digit in reading.digits) + 1e-6


def test_digits_below_the_threshold_are_left_out(write):
    """With a threshold that nothing reaches, nothing is read and all ink is refused."""
    from dataclasses import replace

    (line,) = find_lines(write("25").picture, one_number=True)
    number = read_line(line, replace(load_line_recogniser(), threshold=1.1))
    assert (number.text, number.digits) == ("", ())
    assert len(number.refused) == 2


def test_ink_is_cut_where_it_is_thinnest(write):
    """Between two digits joined by a thin stroke the cut is in that stroke."""
    mask = np.zeros((40, 100), np.uint8)
    mask[5:35, 10:30] = mask[5:35, 60:80] = 255
    mask[20:22, 30:60] = 255
    assert 30 <= cut_between(mask, 20, 70) <= 60
    (line,) = find_lines(255 - cv2.copyMakeBorder(mask, 20, 20, 20, 20, cv2.BORDER_CONSTANT, value=0), one_number=True)
    boxes, refused = boxes_of(line, np.array([10.0, 60.0]))
    assert refused == ()
    assert all(box is not None and box[2] < 45 for box in boxes)


def test_forty_digits_are_read_in_one_piece(write):
    """A number of 40 digits gives 40 digits or nearly so, from left to right."""
    text = "1729305842" * 4
    reading = tenfold.read(write(text, gap=16).picture, layout="number")
    assert abs(len(reading.text) - 40) <= 2
    lefts = [digit.box[0] for digit in reading.digits]
    assert lefts == sorted(lefts)
