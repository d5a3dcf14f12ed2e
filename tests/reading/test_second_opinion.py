"""Two networks are asked about a doubtful digit, and both count."""

from dataclasses import replace

import numpy as np
import pytest

from tenfold.images.lines import find_lines
from tenfold.reading import load_line_recogniser, load_recogniser
from tenfold.reading.numbers import read_line
from tenfold.reading.second_opinion import ask_again, weigh


def test_both_networks_count():
    """Where the line network hesitates the digit network decides; where it is sure it does not; the sum stays."""
    unsure, sure = np.full(10, 0.01), np.full(10, 0.001)
    unsure[[3, 5]] = 0.4, 0.45
    sure[3] = 0.985
    other = np.full(10, 0.002)
    other[5] = 0.98
    assert weigh(unsure, np.roll(other, -2)).argmax() == 3
    assert weigh(unsure, other).argmax() == 5
    assert weigh(sure, other).argmax() == 3
    assert weigh(unsure, other).sum() == pytest.approx(unsure.sum())


def test_sure_digits_are_left_alone(write):
    """A number whose digits are all sure comes back as it is."""
    written = write("305")
    (line,) = find_lines(written.picture, one_number=True)
    number = read_line(line, load_line_recogniser())
    certain = tuple(replace(digit, probabilities=np.eye(10)[digit.digit]) for digit in number.digits)
    number = replace(number, digits=certain)
    assert ask_again(written.picture, number, load_recogniser()) is number


def test_a_wrong_guess_is_put_right(write):
    """A digit that the line network hardly favours over the right one is read right; its confidence enters the number's."""
    written = write("305")
    (line,) = find_lines(written.picture, one_number=True)
    number = read_line(line, load_line_recogniser())
    guess = np.full(10, 0.01)
    guess[[0, 6]] = 0.42, 0.48
    digits = (number.digits[0], replace(number.digits[1], probabilities=guess), number.digits[2])
    asked = ask_again(written.picture, replace(number, digits=digits, text="365", confidence=0.4), load_recogniser())
    assert asked.text == "305"
    assert 0.4 < asked.confidence <= 1
