"""Two networks are asked about a doubtful number, and both count."""

from dataclasses import replace

import numpy as np
import pytest

from tenfold.images.lines import find_lines
from tenfold.reading import load_line_recogniser, load_recogniser
from tenfold.reading.ctc import BLANK
from tenfold.reading.numbers import read_line
from tenfold.reading.second_opinion import FAR, UNFIT, all_looks, ask_about_digit, ask_again, fit, further_off, support


def pieces(*digits: int, sure: float = 0.98) -> np.ndarray:
    """What the digit network says where it sees these digits; 10 is none."""
    seen = np.full((len(digits), 11), (1 - sure) / 10)
    seen[np.arange(len(digits)), list(digits)] = sure
    return seen


@pytest.mark.parametrize(("seen", "better", "worse"), [
    ((3, 0, 5), "305", "365"),  # another digit
    ((3, 0, 5), "305", "35"),  # one too few
    ((3, 0, 5), "305", "3055"),  # one too many
    ((3, 10, 5), "35", "315"),  # a piece that is none
    ((3, 10), "305", "3"),  # a piece that is none may be two that touch
    ((10,), "", "3"),
    ((), "", "3"),
])  # fmt: skip
def test_a_text_fits_pieces_or_not(seen, better, worse):
    """The better one is more probable."""
    assert fit(better, pieces(*seen)) > fit(worse, pieces(*seen))


def test_what_cannot_fit_is_not_impossible():
    """However many digits a text has."""
    assert fit("1234567", pieces(1)) == UNFIT


def test_texts_support_each_others_digits():
    """In the same place for the same length, from either end for another one; nothing is counted twice."""
    rows = support(["305", "365", "05", "30"], np.array([0.4, 0.3, 0.2, 0.1]), "305")
    assert np.allclose([row.sum() for row in rows], [0.8, 1.0, 0.9])
    assert np.allclose([rows[0][3], rows[1][0], rows[1][6], rows[2][5]], [0.8, 0.7, 0.3, 0.9])


def test_all_looks_count_alike():
    """A text's probability is the mean of all; what one look did not think of has nothing of it, however small that is."""
    likely = all_looks([[("12", np.log(0.6)), ("72", np.log(0.2))], [("72", np.log(0.5)), ("1", -2000.0)]])
    assert [text for text, _ in likely] == ["12", "72", "1"]
    assert np.allclose([score for _, score in likely], [np.log(0.3), np.log(0.35), -2000 - np.log(2)])


@pytest.mark.parametrize(("size", "looks"), [(16, 1), (60, 2)])
def test_further_looks_are_coarser(write, size, looks):
    """At most FAR pixels high, the last one narrower; from farther off small ink would look the same."""
    (line,) = find_lines(write("305", size=size).picture, one_number=True)
    found = list(further_off(line))
    assert [one.ink.shape[0] for one in found] == [min(FAR, line.ink.shape[0])] * looks
    assert found[-1].ink.shape[1] / found[-1].ink.shape[0] < 0.95 * line.ink.shape[1] / line.ink.shape[0]
    assert all(np.allclose(one.box, line.box, atol=3) for one in found)


def unsure(written, *likely: str):
    """The number read in a picture, by frames that hesitate between these digits, one pair for each frame."""
    (line,) = find_lines(written.picture, one_number=True)
    number = read_line(line, load_line_recogniser())
    frames = np.full((2 * len(likely) + 1, 11), 1e-6)
    frames[::2, BLANK] = 1
    for place, pair in enumerate(likely):
        frames[2 * place + 1, [int(char) for char in pair]] = (0.55, 0.44)
    logs = np.log(frames / frames.sum(1, keepdims=True))
    spelled = replace(number.evidence.spelled, probability=0.5)
    return replace(number, evidence=replace(number.evidence, logs=logs, spelled=spelled))


def test_a_sure_number_is_left_alone(write):
    """It comes back as it is."""
    written = write("305")
    (line,) = find_lines(written.picture, one_number=True)
    number = read_line(line, load_line_recogniser())
    number = replace(number, evidence=replace(number.evidence, spelled=replace(number.evidence.spelled, probability=0.99)))
    assert ask_again(number, load_line_recogniser(), load_recogniser()) is number


def test_a_wrong_guess_is_put_right(write):
    """Where the line network hesitates between two digits the other one decides, and the digits keep their boxes' order."""
    asked = ask_again(unsure(write("305"), "38", "60", "53"), load_line_recogniser(), load_recogniser())
    assert asked.text == "305"
    assert 0.5 < asked.confidence <= 1
    assert all(0.5 < digit.confidence <= 1 for digit in asked.digits)
    assert [digit.box[0] for digit in asked.digits] == sorted(digit.box[0] for digit in asked.digits)


def test_both_networks_count_for_a_doubtful_digit(mnist):
    """The line network sees what the image holds and tips the scale; the probabilities still sum to 1."""
    image, label = mnist.test.images[0], int(mnist.test.labels[0])
    row = [1e-3] * 11
    row[label], row[3] = 0.45, 0.541
    both = ask_about_digit(image, row, load_line_recogniser())
    assert both.index(max(both)) == label
    assert sum(both) == pytest.approx(1)
    assert ask_about_digit(np.zeros((28, 28), np.uint8), row, load_line_recogniser()) is row
