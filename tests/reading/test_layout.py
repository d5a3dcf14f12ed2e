"""`auto` tells one digit, a number and a page apart by what is in the picture."""

from dataclasses import replace

import numpy as np
import pytest

import tenfold
from tenfold.images.lines import find_lines
from tenfold.reading import Reading, load_line_recogniser, load_recogniser
from tenfold.reading.layout import choose_layout, is_number, is_page, is_part
from tenfold.reading.numbers import read_line
from tenfold.reading.pages import read_page


@pytest.mark.parametrize(("text", "layout"), [
    ("7", "digit"),
    ("42", "number"),
    ("90215", "number"),
    ("305\n472", "page"),
    ("305\n472\n918", "page"),
])  # fmt: skip
def test_the_layout_is_found(write, text, layout):
    """And the text with it."""
    reading = tenfold.read(write(text).picture)
    assert (reading.layout, reading.text) == (layout, text)


@pytest.mark.parametrize(("text", "layout"), [("42", "number"), ("305\n472", "page")])
def test_where_lines_are_plain_the_digit_network_is_not_asked(write, text, layout):
    """Of a folder of numbers it would take an eighth of the time."""

    def as_one_digit():
        raise AssertionError("asked")

    picture = write(text).picture
    assert picture.shape[1] > 1.3 * picture.shape[0] or layout == "page"
    found, numbers = choose_layout(picture, load_line_recogniser(), load_recogniser(), as_one_digit)
    assert (found, [number.text for number in numbers]) == (layout, text.split())


def test_lines_of_letters_are_no_page(write):
    """Some letters are read as digits, more are refused: a line counts for a page while digits outnumber those."""
    numbers = [number for number in read_page(write("305\n472\n918").picture, load_line_recogniser()) if number.text]
    assert is_page(numbers)
    refused = [replace(number, refused=((0, 0, 9, 9),) * 4) for number in numbers]
    assert not is_page(refused)


def test_two_digits_in_a_square_picture_are_a_number(write):
    """Though a picture of one digit is square too: each of the two is a digit by itself."""
    picture = write("42", size=60, gap=20).picture
    side = max(picture.shape)
    square = np.full((side, side), picture[0, 0], np.uint8)
    square[(side - picture.shape[0]) // 2 :][: picture.shape[0], : picture.shape[1]] = picture
    reading = tenfold.read(square)
    assert (reading.layout, reading.text) == ("number", "42")


def test_the_black_edge_of_a_page_is_no_one(write):
    """In a strip of a page with a number on it."""
    picture = write("27", size=30, gap=8).picture
    strip = np.full((3 * picture.shape[0], picture.shape[1] + 24), picture[0, 0], np.uint8)
    strip[:, :20] = 8
    strip[picture.shape[0] : 2 * picture.shape[0], 24:] = picture
    assert tenfold.read(strip).text == "27"


def test_another_number_in_the_corner_makes_no_page(write):
    """A strip of a page may hold the beginning of the next column's number."""
    one, other = write("36", size=30, gap=8).picture, write("25", size=30, gap=8).picture
    strip = np.full((5 * one.shape[0], one.shape[1] + other.shape[1]), one[0, 0], np.uint8)
    strip[one.shape[0] : 2 * one.shape[0], : one.shape[1]] = one
    strip[-other.shape[0] :, one.shape[1] :] = other
    assert tenfold.read(strip).layout == "number"


@pytest.mark.parametrize(("text", "confidence", "believed"), [
    ("42", 0.95, True),
    ("11", 0.95, False),  # may be the legs of trousers
    ("11", 0.995, True),
])  # fmt: skip
def test_ones_alone_must_be_beyond_doubt(write, text, confidence, believed):
    """In a square picture in which the digit network saw no digit: whatever is long and straight looks like a 1."""
    (line,) = find_lines(write(text).picture, one_number=True)
    number = replace(read_line(line, load_line_recogniser()), confidence=confidence ** len(text))
    assert number.text == text
    assert is_number(number, Reading("", "rejected"), (90, 100), load_recogniser()) is believed


@pytest.mark.parametrize(("a", "b", "expected"), [
    ((5, 5, 2, 8), (0, 0, 20, 20), True),
    ((18, 5, 8, 8), (0, 0, 20, 20), False),  # hardly inside
    ((30, 5, 8, 8), (0, 0, 20, 20), False),
    ((0, 0, 20, 20), (5, 5, 2, 8), False),  # the larger one is no part of the smaller
])  # fmt: skip
def test_a_part_is_mostly_inside(a, b, expected):
    """More than half of it."""
    assert is_part(a, b) is expected
