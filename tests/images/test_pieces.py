"""A line falls into the pieces that stand beside each other, whatever they are made of."""

import cv2
import numpy as np
import pytest

from tenfold.images.lines import Line
from tenfold.images.pieces import pieces_of

BAR = (0, 0, 6, 40)


def line_of(*boxes: tuple[int, int, int, int]) -> Line:
    """Ink in boxes of x, y, width, height, in a line 40 pixels high."""
    mask = np.zeros((40, 120), np.uint8)
    for x, y, w, h in boxes:
        mask[y : y + h, x : x + w] = 255
    return Line(mask // 2, mask, np.eye(3)[:2])


def width(piece: np.ndarray) -> int:
    """Of a piece's ink."""
    return cv2.boundingRect(piece)[2]


@pytest.mark.parametrize(("boxes", "widths"), [
    ((), []),
    ((BAR,), [6]),
    ((BAR, (20, 0, 20, 40), (60, 5, 10, 30)), [6, 20, 10]),  # three apart
    (((10, 0, 20, 12), (12, 16, 18, 24)), [20]),  # a 5 whose bar stands off
    ((BAR, (9, 4, 5, 6)), [14]),  # a low part near its piece
    ((BAR, (60, 4, 5, 6)), [6]),  # and one near none
    ((BAR, (9, 34, 5, 6)), [6]),  # a full stop
    ((BAR, (9, 10, 2, 2)), [6]),  # dirt
])  # fmt: skip
def test_what_belongs_together(boxes, widths):
    """By how parts stand to each other and how large they are."""
    assert [width(piece) for piece in pieces_of(line_of(*boxes))] == widths


def test_a_piece_holds_its_own_ink_alone():
    """A neighbour whose box reaches over it is not in it; there is paper all around."""
    mask = np.zeros((40, 120), np.uint8)
    cv2.line(mask, (5, 38), (35, 2), 255, 3)
    cv2.line(mask, (25, 38), (55, 2), 255, 3)
    first, second = pieces_of(Line(mask, mask, np.eye(3)[:2]))
    for piece in (first, second):
        assert cv2.connectedComponents(piece)[0] == 2
        assert not piece[0].any()
        assert not piece[:, 0].any()
    assert np.count_nonzero(first) + np.count_nonzero(second) == np.count_nonzero(mask)
