"""Digits found in lines and on pages, where they stand apart."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

import tenfold
from tenfold.images import segment

PITCH = 44  # pixels from digit to digit


@pytest.fixture(scope="module")
def digits(mnist) -> list[NDArray[np.uint8]]:
    """A clean test image of each digit."""
    return [mnist.test.images[np.flatnonzero(mnist.test.labels == label)[2]] for label in range(10)]


def page(digits: list[NDArray[np.uint8]], lines: list[str]) -> NDArray[np.uint8]:
    """Dark digits in lines on white paper, 36 pixels high."""
    width = 60 + PITCH * max(map(len, lines), default=1)
    sheet = np.full((40 + 64 * len(lines), width), 250, np.uint8)
    for row, line in enumerate(lines):
        for column, figure in enumerate(line):
            ink = cv2.resize(digits[int(figure)], (50, 50), interpolation=cv2.INTER_LINEAR)
            top, left = 20 + 64 * row, 24 + PITCH * column
            place = sheet[top : top + 50, left : left + 50]
            np.minimum(place, 250 - ink // 51 * 46, out=place)
    return sheet


NUMBERS = ["7", "42", "1234567890", "000", "31415926"]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_read_from_left_to_right(digits, number):
    """Digits that stand apart are read in order, each with a box of its own."""
    reading = tenfold.read(page(digits, [number]), layout="number")
    assert reading.text == number
    lefts = [digit.box[0] for digit in reading.digits]
    assert lefts == sorted(lefts)


def test_a_page_is_read_line_by_line(digits):
    """Lines come from the top, parted by newlines, and every digit knows its line."""
    lines = ["123", "4567", "89"]
    reading = tenfold.read(page(digits, lines), layout="page")
    assert reading.text == "\n".join(lines)
    assert [digit.line for digit in reading.digits] == [0] * 3 + [1] * 4 + [2] * 2


def test_boxes_are_in_the_originals_pixels(digits):
    """A picture too large to work on gives boxes in its own pixels."""
    large = cv2.resize(page(digits, ["42"]), None, fx=15, fy=15)
    small = segment(page(digits, ["42"]), one_line=True)
    for found, wanted in zip(segment(large, one_line=True), small, strict=True):
        assert np.abs(np.array(found.box) / 15 - wanted.box).max() < 2


def test_polarity_and_shade_do_not_matter(digits):
    """Light on dark, and paper that darkens to one side, give the same text."""
    sheet = page(digits, ["2468"])
    shade = np.linspace(1, 0.5, sheet.shape[1])
    for picture in (255 - sheet, (sheet * shade).astype(np.uint8)):
        assert tenfold.read(picture, layout="number").text == "2468"


def test_rules_are_taken_out(digits):
    """A grid around the digits is no ink."""
    sheet = page(digits, ["135", "790"])
    sheet[10], sheet[80], sheet[-8] = 120, 120, 120
    sheet[:, [6, 24 + PITCH - 6 + 8]] = 120
    assert tenfold.read(sheet, layout="page").text == "135\n790"


@pytest.mark.parametrize("shape", [(1, 1), (3, 400), (400, 3), (50, 50)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_blank_paper_is_empty(shape, level):
    """Without ink there is nothing, in any shape of picture."""
    assert segment(np.full(shape, level, np.uint8), one_line=False) == []
    assert tenfold.read(np.full(shape, level, np.uint8), layout="page").status == "empty"


def test_a_small_mark_is_no_digit(digits):
    """Dots, commas and dashes beside digits are passed over."""
    sheet = page(digits, ["58"])
    cv2.circle(sheet, (24 + 2 * PITCH + 20, 62), 3, 30, -1)
    cv2.line(sheet, (4, 45), (16, 45), 30, 3)
    assert tenfold.read(sheet, layout="number").text == "58"
