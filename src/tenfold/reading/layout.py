"""One digit, a number or a page? Decided by the picture: cheaply where it is plainly one digit, otherwise by reading.

square:  digit network -> plainly one digit, or lines -> page, number or digit
oblong:  lines -> page or plainly a number, or digit network -> number or digit
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tenfold.images import Normalised
from tenfold.images.lines import find_lines
from tenfold.images.pieces import pieces_of
from tenfold.reading.line_recogniser import LineRecogniser
from tenfold.reading.numbers import Number
from tenfold.reading.pages import certainty, likeliest, read_page
from tenfold.reading.reading import Box, Reading
from tenfold.reading.recogniser import Recogniser
from tenfold.reading.second_opinion import ask_again, look_at

__all__ = ["choose_layout", "is_one_digit", "is_square"]

HIGH = 1.4  # times as high as wide: a picture of one digit seldom is,
WIDE = 1.25  # nor so many times as wide as high
BROAD = 1.0  # times its height: a digit is seldom broader,
BROADEST = 1.3  # and never broader than this
FILLS = 0.5  # of the picture's width or height: a digit this large leaves no room for a second one
CERTAIN = 0.9  # confidence of a digit that needs no second look
BELIEVED = 0.85  # certainty of a lone digit elsewhere than where the digit network looked
BEYOND_DOUBT = 0.99  # certainty of a number where it saw none, or of ones alone: letters and bars are often read as digits
LEGIBLE = 0.75  # certainty of a line that counts for a page
ALIKE = 1.8  # times as high: digits of one page differ by no more
SAME = 0.3  # of both boxes together: so much overlap means the same ink


def is_square(shape: tuple[int, ...]) -> bool:
    """Whether a picture of this shape is about square, as pictures of one digit are, and of one letter."""
    return shape[1] <= WIDE * shape[0] and shape[0] <= HIGH * shape[1]


def is_one_digit(found: Normalised, reading: Reading, shape: tuple[int, ...]) -> bool:
    """Whether a square picture is plainly one digit, by what the digit network said and the shape of its ink."""
    if found.box is None or reading.status != "ok" or reading.digits[0].confidence < CERTAIN or found.blobs > 1:
        return False
    _, _, w, h = found.box
    return max(w / shape[1], h / shape[0]) >= FILLS and w <= BROADEST * h


def choose_layout(
    picture: NDArray[np.uint8],
    lines: LineRecogniser,
    digits: Recogniser,
    as_one_digit: Callable[[], Reading],
) -> tuple[str, list[Number]]:
    """The layout of a picture that is not plainly one digit, and its numbers, not to be believed where that is "digit".

    as_one_digit: gives what the digit network says of the picture; not asked where the lines are plain.
    """
    rows = find_lines(picture, one_number=True)
    page = [number for number in read_page(picture, lines) if number.text] if len(rows) > 1 else []
    if is_page(page):
        return "page", [ask_again(number, lines, digits) for number in page]
    numbers = [ask_again(number, lines, digits) for number in likeliest(rows, lines)]
    if not numbers or not numbers[0].text:
        return "digit", numbers
    believed = is_broad(numbers[0], picture.shape) or is_number(numbers[0], as_one_digit(), picture.shape, digits)
    return "number" if believed else "digit", numbers


def is_page(lines: list[Number]) -> bool:
    """Whether most lines can be read, two or more, below each other, and their digits are about as high.

    Lines of 1 and 11 count nothing: they may be the page's edge. Nor do lines with more ink refused than digits: text.
    """
    legible = [line for line in lines if certainty(line) >= LEGIBLE and line.text not in ("1", "11")]
    legible = [line for line in legible if len(line.refused) <= len(line.digits)]
    widest = max((line.box for line in legible), key=lambda box: box[2], default=(0, 0, 0, 0))
    legible = [line for line in legible if share_columns(line.box, widest)]
    heights = np.array([np.median([digit.box[3] for digit in line.digits]) for line in legible])
    usual = float(np.sort(heights)[len(heights) // 2]) if legible else 0.0  # the larger one of two
    alike = [line for line, h in zip(legible, heights, strict=True) if usual / ALIKE < h < usual * ALIKE]
    return len(alike) > 1 and sum(len(line.text) for line in alike) > 3 and 2 * len(alike) > len(lines)


def share_columns(a: Box, b: Box) -> bool:
    """Whether one of two boxes stands above the other."""
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2]


def is_broad(number: Number, shape: tuple[int, ...]) -> bool:
    """Whether a picture is oblong and its number too, of several digits."""
    return not is_square(shape) and len(number.text) > 1 and number.box[2] > BROAD * number.box[3]


def is_number(number: Number, reading: Reading, shape: tuple[int, ...], digits: Recogniser) -> bool:
    """Whether a number is to be believed rather than what the digit network said of the picture.

    An oblong picture without a sure digit holds a number.
    """
    box = reading.digits[0].box if reading.digits else None
    same = box is not None and overlap(number.box, box) > SAME
    several, sure = len(number.text) > 1, certainty(number)
    if not is_square(shape) and reading.status != "ok":
        return True
    if set(number.text) == {"1"} and sure < BEYOND_DOUBT:  # trousers, rails and bars of any kind look like ones
        return False
    if not several:
        is_stroke = number.text == "1" and box is not None and is_part(number.box, box)
        return not same and sure >= BELIEVED and not is_stroke
    if reading.status == "ok" and same:
        return sure > max(CERTAIN, reading.digits[0].confidence)
    return sure >= CERTAIN and (not same or sure >= BEYOND_DOUBT or is_digit_by_digit(number, digits))


def is_digit_by_digit(number: Number, digits: Recogniser) -> bool:
    """Whether the digit network sees the same digits in the pieces that stand apart."""
    pieces = look_at(pieces_of(number.evidence.line), digits)
    each = [piece[int(char)] for piece, char in zip(pieces, number.text, strict=False)]
    return len(pieces) == len(number.text) and min(each) >= CERTAIN


def is_part(a: Box, b: Box) -> bool:
    """Whether most of one box is inside another."""
    return 2 * shared_area(a, b) > a[2] * a[3]


def overlap(a: Box, b: Box) -> float:
    """The share of two boxes together that both cover."""
    shared = shared_area(a, b)
    return shared / (a[2] * a[3] + b[2] * b[3] - shared)


def shared_area(a: Box, b: Box) -> int:
    """Pixels that both boxes cover."""
    wide = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    high = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(0, wide) * max(0, high)
