"""What a reading says of itself."""

import numpy as np
import pytest

from tenfold.reading import Digit, Reading

IMAGE = np.zeros((28, 28), np.uint8)


def digit(value: int, confidence: float) -> Digit:
    """A digit somewhere."""
    return Digit(value, confidence, (1, 2, 3, 4), 0, {str(value): confidence}, IMAGE)


def test_confidence_is_that_of_all_digits():
    """Two digits at 0.9 and 0.8 are both right with 0.72."""
    assert Reading("12", "ok", (digit(1, 0.9), digit(2, 0.8))).confidence == pytest.approx(0.72)


@pytest.mark.parametrize("status", ["empty", "rejected", "error"])
def test_what_was_not_read_has_no_confidence_and_no_digits(status):
    """Only an accepted answer speaks of digits."""
    reading = Reading("", status, (digit(1, 0.4),), error="broken" if status == "error" else "")
    assert reading.confidence == 0
    assert reading.to_dict()["digits"] == []
    assert ("error" in reading.to_dict()) == (status == "error")


def test_digits_are_rounded_for_people():
    """Four decimals of confidence, the box as a list."""
    assert digit(7, 0.99876543).to_dict() == {"digit": 7, "confidence": 0.9988, "box": [1, 2, 3, 4], "line": 0}
