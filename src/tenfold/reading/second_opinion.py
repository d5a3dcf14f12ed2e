"""What one network reads with doubt is looked at again by it and by the other one, and all of it counts.

a number: texts that the line network thinks of, and pieces that stand apart -> digit network -> how well each text fits them
               -> the texts weighed by both; where that leaves a doubt, again with the texts of a coarser line too
a digit:  its image as a line -> line network -> the probability of each digit alone -> the digits weighed by both

The line network sees touching digits and their neighbours, the digit network has learned more forms: they err differently.
From farther off, scraps and rough edges of ink are gone that had misled it.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from math import log

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.images import Normalisation, normalise
from tenfold.images.line_form import coarser, normalise_line
from tenfold.images.lines import Line
from tenfold.images.pieces import pieces_of
from tenfold.reading.ctc import Spelled, align, prefix_beam, spell_one
from tenfold.reading.line_recogniser import LineRecogniser
from tenfold.reading.numbers import Number, as_number
from tenfold.reading.recogniser import Recogniser

__all__ = ["ask_about_digit", "ask_again"]

SURE = 0.85  # probability of a text that nobody is asked about, or that needs no further look
FAR = 20  # pixels: the height of a line's ink at further looks
NARROWER = 0.88  # times as wide: the last look
LIKELY = 5  # texts of each look that are weighed
WEIGHT = 0.4  # of how well a text fits the pieces, beside its log probability by the line network
UNSEEN = 1e-3  # what the digit network calls impossible is this probable: it has been wrong
SKIPPED = -1.0  # added to the log probability that a piece is no digit: the line was taken for a number
TOUCHING = -2.0  # log probability, at least, that a piece is two digits; a third one costs THIRD more
THIRD = -1.0
UNFIT = -50.0  # log probability of a text with more digits than the pieces can hold
NONE = 10

BESIDE = 0.2  # of the line network's log probabilities beside the digit network's: it has seen fewer things that are none
RARE = 1e-2  # what the line network calls impossible is this probable
DARK = 40  # of 255: from here on a pixel of a digit's image is ink

Texts = Sequence[tuple[str, float]]
"""Texts and their log probabilities, the likeliest first."""

Pieces = NDArray[np.float64]
"""(N, 11): what the digit network says of each piece: the ten digits, and none."""


def ask_again(number: Number, lines: LineRecogniser, digits: Recogniser) -> Number:
    """The number as both networks together read it; as it is where the line network is sure."""
    spelled, logs = number.evidence.spelled, number.evidence.logs
    if spelled.probability >= SURE or len(logs) == 0:
        return number
    line = number.evidence.line
    fits = cache(partial(fit, pieces=look_at(pieces_of(line), digits)))
    looks = [spelled.beam or tuple(prefix_beam(logs))]
    texts, weights = weigh(looks, fits)
    for further in further_off(line):
        if weights.max() >= SURE:
            break
        looks.append(tuple(prefix_beam(lines.log_probabilities(normalise_line(further, lines.form).image))))
        texts, weights = weigh(looks, fits)
    best = int(weights.argmax())
    spans = spelled.spans if texts[best] == spelled.text else align(logs, texts[best])
    chosen = Spelled(texts[best], float(weights[best]), spans)
    return as_number(number.evidence, chosen, support(texts, weights, texts[best]), lines)


def further_off(line: Line) -> Iterator[Line]:
    """The line from farther off, where its ink is high, and then narrower too."""
    far = coarser(line, FAR)
    if far is not line:
        yield far
    yield coarser(line, FAR, NARROWER)


def weigh(looks: Sequence[Texts], fits: Callable[[str], float]) -> tuple[list[str], NDArray[np.float64]]:
    """The likely texts of all looks, and how probable each is by them and by how it fits the pieces, summing to 1."""
    likely = all_looks(looks)
    scores = np.array([score + WEIGHT * fits(text) for text, score in likely])
    weights = np.exp(scores - scores.max())
    return [text for text, _ in likely], weights / weights.sum()


def all_looks(looks: Sequence[Texts]) -> Texts:
    """The likeliest texts of each look with the logarithm of their mean probability: 0 where a look did not think of one."""
    scores: dict[str, float] = {}
    for look in looks:
        for text, score in look[:LIKELY]:
            scores[text] = float(np.logaddexp(scores.get(text, -np.inf), score))
    return [(text, score - log(len(looks))) for text, score in scores.items()]


def look_at(pieces: list[NDArray[np.uint8]], digits: Recogniser) -> Pieces:
    """What the digit network says of each piece's ink; a piece without any is none."""
    found = [normalise(piece, digits.normalisation or Normalisation()) for piece in pieces]
    seen = np.zeros((len(pieces), NONE + 1))
    seen[:, NONE] = 1
    places = [place for place, one in enumerate(found) if one.box is not None]
    if places:
        seen[places] = digits.probabilities(np.stack([found[place].image for place in places]))
    return seen


def fit(text: str, pieces: Pieces) -> float:
    """The log probability of a text by what the digit network says of pieces: each is a digit, none, or several touching.

    The best of all ways to share the text out among the pieces, from left to right.
    """
    best = np.full(len(text) + 1, -np.inf)
    best[0] = 0.0
    for piece in np.log(np.maximum(pieces, UNSEEN)):
        touching = max(float(piece[NONE]), TOUCHING)
        after = best + piece[NONE] + SKIPPED
        after[1:] = np.maximum(after[1:], best[:-1] + piece[[int(char) for char in text]])
        after[2:] = np.maximum(after[2:], best[:-2] + touching)
        after[3:] = np.maximum(after[3:], best[:-3] + touching + THIRD)
        best = after
    return max(float(best[-1]), UNFIT)


def support(texts: list[str], weights: NDArray[np.float64], text: str) -> list[NDArray[np.float64]]:
    """For each digit of a text the probabilities (10,) of what stands there, by all weighed texts.

    Another text of the same length says what it has in that place; one of another length speaks for a digit as long as
    both agree from the beginning up to it, or from it to the end.
    """
    rows = [np.zeros(NONE) for _ in text]
    for other, weight in zip(texts, weights, strict=True):
        for place, char in enumerate(text):
            left = len(text) - place
            if len(other) == len(text):
                rows[place][int(other[place])] += weight
            elif other[: place + 1] == text[: place + 1] or other[-left:] == text[-left:]:
                rows[place][int(char)] += weight
    return rows


def ask_about_digit(image: NDArray[np.uint8], row: list[float], lines: LineRecogniser) -> list[float]:
    """The 11 probabilities of a digit's image (28, 28) by both networks; as they are where the image holds no ink."""
    mask = np.where(image >= DARK, 255, 0).astype(np.uint8)
    x, y, w, h = cv2.boundingRect(mask)
    if w == 0:
        return row
    window = (slice(y, y + h), slice(x, x + w))
    line = Line(np.ascontiguousarray(image[window]), np.ascontiguousarray(mask[window]), np.eye(3)[:2])
    each = spell_one(lines.log_probabilities(normalise_line(line, lines.form).image))
    other = np.maximum(np.append(each, 1 - each.sum()), RARE)
    both = np.array(row) * other**BESIDE
    weighed: list[float] = (both / both.sum()).tolist()
    return weighed
