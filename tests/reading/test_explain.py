"""What people are shown when they ask why."""

import numpy as np
import pytest

from tenfold.images import Normalised
from tenfold.reading import Digit, Preview, Reading
from tenfold.reading.explain import ACCENT, MARGIN, PANEL, headline, hints_for

IMAGE = np.zeros((28, 28), np.uint8)
PROBABILITIES = {str(value): 0.05 for value in range(10)} | {"7": 0.4, "1": 0.2}


def reading(status: str = "ok", *, doubtful: bool = False) -> Reading:
    """A 7 in the lower right quarter of a picture twice as large as its preview."""
    digit = Digit(7, 0.4, (200, 100, 100, 100), 0, PROBABILITIES, IMAGE, doubtful)
    preview = Preview(np.full((100, 200), 255, np.uint8), 2.0)
    return Reading("7" if status == "ok" else "", status, (digit,), hints=("low contrast",), preview=preview)


HINTS = [
    (Normalised(IMAGE, (0, 0, 5, 5), 0.9, False, 1), [], "an easy picture needs no hint"),
    (Normalised(IMAGE, (0, 0, 5, 5), 0.1, False, 1), ["low contrast"], "faint pencil"),
    (Normalised(IMAGE, (0, 0, 5, 5), 0.9, True, 1), ["touches the picture's border"], "cut off"),
    (Normalised(IMAGE, (0, 0, 5, 5), 0.9, False, 3), ["3 separate pieces"], "two digits or crumbs"),
    (Normalised(IMAGE, None), [], "no ink is its own status"),
]


@pytest.mark.parametrize(("found", "says", "why"), HINTS, ids=[row[2] for row in HINTS])
def test_hints_say_what_makes_it_hard(found, says, why):
    """One hint for each thing that makes a picture hard, and none otherwise."""
    hints = hints_for(found)
    assert len(hints) == len(says), why
    assert all(part in hint for part, hint in zip(says, hints, strict=True)), hints


def test_the_headline_gives_the_runner_up_only_in_doubt():
    """A sure answer is one number; a doubtful one comes with the second best; a refused one says so."""
    assert headline(reading()) == "read as 7 with 40.0%"
    assert headline(reading(doubtful=True)) == "read as 7 with 40.0%; it may also be a 1 (20.0%)"
    assert headline(reading("rejected")) == "looks like no digit (a 7 with 40.0% at best)"
    assert headline(Reading("", "empty")) == "no ink found"


def test_what_is_likelier_no_digit_than_another_one_says_so():
    """What the ten probabilities leave over is that of no digit; it is named where it exceeds the runner-up's."""
    digit = Digit(5, 0.69, (0, 0, 9, 9), 0, {"5": 0.69, "3": 0.01}, IMAGE, doubtful=True)
    assert digit.none == pytest.approx(0.3)
    assert headline(Reading("5", "ok", (digit,))) == "read as 5 with 69.0%; it may also be no digit (30.0%)"
    assert Digit(5, 1.0, (0, 0, 9, 9), 0, {"5": 1.0, "3": 1e-12}, IMAGE).none == 0


def test_the_sheet_shows_the_box_where_the_ink_is():
    """The box is drawn around the right half, lower half of the picture's panel, in the preview's scale."""
    sheet = np.asarray(reading().explain())
    panel = sheet[MARGIN : MARGIN + PANEL, MARGIN : MARGIN + PANEL]
    rows, columns = np.nonzero((panel == ACCENT).all(2))
    zoom = PANEL / 400  # original pixels to panel pixels
    top = (PANEL - PANEL / 2) / 2
    assert abs(columns.min() - 200 * zoom) <= 4
    assert abs(columns.max() - 300 * zoom) <= 4
    assert abs(rows.min() - top - 100 * zoom) <= 4


def test_the_best_bar_is_as_long_as_its_probability():
    """The accent bar takes 40 % of the bars' width."""
    sheet = np.asarray(reading().explain())
    panel = sheet[MARGIN : MARGIN + PANEL, 2 * PANEL + 3 * MARGIN :]
    row = (panel == ACCENT).all(2).sum(1).max()
    assert row == pytest.approx(0.4 * (PANEL - 110), abs=3)


def test_a_picture_without_ink_can_be_explained_too():
    """There is always a sheet."""
    blank = Reading("", "empty", preview=Preview(np.full((30, 30), 255, np.uint8), 1.0))
    assert blank.explain().width == 3 * PANEL + 4 * MARGIN


def test_doubt_is_a_digits_or_a_refusals():
    """Doubtful digits and refused ink are for a person to see; sure ones are not."""
    assert reading(doubtful=True).doubtful
    assert reading("rejected").doubtful
    assert not reading().doubtful
    assert not Reading("", "empty").doubtful


def test_json_gives_the_runner_up_in_doubt():
    """The runner-up is in the record of a doubtful digit only."""
    assert reading(doubtful=True).to_dict()["digits"][0]["runner_up"] == {"digit": 1, "confidence": 0.2}
    assert "runner_up" not in reading().to_dict()["digits"][0]
