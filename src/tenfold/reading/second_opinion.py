"""Doubtful digits of a number, looked at once more by the network for single digits.

    number, picture -> crops of doubtful digits -> normalise -> digit network -> both networks' probabilities multiplied

The line network sees touching digits and their neighbours, the digit network has learned more forms: they err differently.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tenfold.images import Normalisation, normalise
from tenfold.reading.numbers import Number
from tenfold.reading.reading import Box
from tenfold.reading.recogniser import Recogniser

__all__ = ["ask_again"]

SURE = 0.99  # confidence of a digit that nobody is asked about
WEIGHT = 0.6  # of the digit network's log probabilities beside the line network's
UNSEEN = 1e-3  # what either network calls impossible is this probable: both have been wrong
RIM = 1 / 6  # of a digit's height: how much around its box is shown


def ask_again(picture: NDArray[np.uint8], number: Number, reader: Recogniser) -> Number:
    """The number of a grey picture (H, W) uint8 with its doubtful digits weighed by both networks; their count stays."""
    places = [place for place, digit in enumerate(number.digits) if digit.confidence < SURE]
    found = [normalise(crop(picture, number.digits[place].box), reader.normalisation or Normalisation()) for place in places]
    places = [place for place, one in zip(places, found, strict=True) if one.box is not None]
    if not places:
        return number
    rows = reader.probabilities(np.stack([one.image for one in found if one.box is not None]))
    digits = list(number.digits)
    for place, row in zip(places, rows[:, : len("0123456789")], strict=True):
        digits[place] = replace(digits[place], probabilities=weigh(digits[place].probabilities, row))
    change = np.prod([new.confidence / old.confidence for new, old in zip(digits, number.digits, strict=True)])
    text = "".join(str(digit.digit) for digit in digits)
    return replace(number, text=text, digits=tuple(digits), confidence=min(1.0, float(number.confidence * change)))


def crop(picture: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """A box of the picture with a rim around it."""
    x, y, w, h = box
    rim = max(2, round(RIM * h))
    return picture[max(0, y - rim) : y + h + rim, max(0, x - rim) : x + w + rim]


def weigh(line: NDArray[np.float64], digit: NDArray[np.float64]) -> NDArray[np.float64]:
    """Two networks' probabilities (10,) of one digit as one, with the line network's sum: the rest is for no digit."""
    both = (line + UNSEEN) * (digit + UNSEEN) ** WEIGHT
    return np.asarray(both / both.sum() * line.sum())
