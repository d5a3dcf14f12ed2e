"""Lines are found in reading order, with their own ink alone."""

import cv2
import numpy as np
import pytest

from tenfold.images.lines import find_lines, find_skew, shrink


def page(rows: int, columns: int, *, pitch: int = 60, grid: bool = False) -> np.ndarray:
    """Rings 30 px high in rows and columns, dark on light, between grid lines or not."""
    picture = np.full((rows * pitch + 40, columns * pitch + 40), 230, np.uint8)
    for row in range(rows):
        for column in range(columns):
            cv2.ellipse(picture, (50 + column * pitch, 50 + row * pitch), (9, 15), 0, 0, 360, 50, 3)
    if grid:
        for row in range(rows + 1):
            cv2.line(picture, (0, 20 + row * pitch), (picture.shape[1], 20 + row * pitch), 90, 2)
        for column in range(columns + 1):
            cv2.line(picture, (20 + column * pitch, 0), (20 + column * pitch, picture.shape[0]), 90, 2)
    return picture


def rings(mask: np.ndarray) -> int:
    """How many separate pieces a mask has."""
    return cv2.connectedComponents(mask)[0] - 1


@pytest.mark.parametrize("speck", [False, True])
def test_a_digit_may_fill_its_picture(speck):
    """Also where a speck in a corner, a seventh as high, is all that there is to tell how high digits are."""
    picture = np.full((50, 88), 230, np.uint8)
    cv2.ellipse(picture, (27, 26), (13, 22), 25, 0, 360, 50, 4)
    if speck:
        picture[:7, 83:85] = 50
    (line,) = find_lines(picture, one_number=True)
    assert rings(line.mask) == 1
    assert line.box[3] > 42


@pytest.mark.parametrize("grid", [False, True])
@pytest.mark.parametrize("angle", [0, 4, -3])
def test_rows_are_lines(grid, angle):
    """Four rows of five are four lines of five pieces from the top, between grid lines and skewed as well."""
    picture = page(4, 5, grid=grid)
    turn = cv2.getRotationMatrix2D((picture.shape[1] / 2, picture.shape[0] / 2), angle, 1)
    turned = cv2.warpAffine(picture, turn, picture.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    lines = find_lines(turned)
    assert [rings(line.mask) for line in lines] == [5, 5, 5, 5]
    tops = [line.box[1] for line in lines]
    assert tops == sorted(tops)


def test_boxes_are_in_the_pictures_pixels():
    """The line's box is that of its ink, to a pixel or two, in small pictures and in ones that are shrunk first."""
    picture = page(1, 3)
    for zoom in (1, 12):
        large = cv2.resize(picture, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_NEAREST)
        (line,) = find_lines(large)
        assert np.allclose(line.box, np.array([39, 33, 143, 35]) * zoom, atol=2 * zoom)


def test_boxes_of_small_pictures_are_in_their_own_pixels():
    """A picture that is enlarged first keeps its boxes, and strokes with a pixel of light between them stay apart."""
    picture = np.full((34, 60), 230, np.uint8)
    for x in (20, 23):  # two strokes of two pixels, one pixel apart
        picture[8:27, x : x + 2] = 60
    (line,) = find_lines(picture, one_number=True)
    assert np.allclose(line.box, (20, 8, 5, 19), atol=1)
    assert rings(line.mask) == 2


def test_a_skewed_page_gives_boxes_around_the_ink():
    """Undoing the skew is undone in the boxes: they hold the same dark pixels of the given picture."""
    picture = page(3, 6)
    turn = cv2.getRotationMatrix2D((picture.shape[1] / 2, picture.shape[0] / 2), 5, 1)
    turned = cv2.warpAffine(picture, turn, picture.shape[::-1], borderValue=230)
    boxes = [line.box for line in find_lines(turned)]
    inside = np.zeros(turned.shape, bool)
    for x, y, w, h in boxes:
        inside[y : y + h, x : x + w] = True
    dark = turned < 120
    assert np.count_nonzero(dark & inside) > 0.97 * np.count_nonzero(dark)


def test_a_level_page_is_not_turned():
    """Without skew there is none."""
    assert find_skew(np.where(page(4, 5) < 120, 255, 0).astype(np.uint8)) == 0


def test_a_number_ends_at_a_wide_gap():
    """Two groups far apart are one line of a page, but two numbers."""
    picture = page(1, 12)
    picture[:, 200:560] = 230
    assert len(find_lines(picture)) == 1
    assert len(find_lines(picture, one_number=True)) == 2


SIDES = [  # an upright stroke in a cell 34 px high and 90 px wide: x, from y, to y, and whether it is a side of the cell
    (86, 3, 33, True),
    (84, 20, 33, True),
    (3, 0, 18, True),
    (84, 9, 25, False),  # as high as the digits: a 1
    (60, 13, 30, False),  # not at the edge
]


@pytest.mark.parametrize(("x", "top", "bottom", "side"), SIDES)
def test_a_cells_side_is_no_digit(x, top, bottom, side):
    """An upright stroke at the edge that runs to the border and further than the digits belongs to the cell."""
    cell = np.full((34, 90), 230, np.uint8)
    for middle in (22, 40):
        cv2.ellipse(cell, (middle, 17), (5, 8), 0, 0, 360, 50, 2)
    cv2.line(cell, (x, top), (x, bottom), 60, 2)
    (line,) = find_lines(cell, one_number=True)
    assert rings(line.mask) == (2 if side else 3)


def test_neighbours_ink_is_no_part_of_a_line():
    """Where another line's stroke reaches into a line's box, the line's ink has a hole."""
    picture = page(2, 4, pitch=44)
    cv2.line(picture, (160, 96), (162, 68), 50, 3)
    first = find_lines(picture)[0]
    assert np.count_nonzero(first.ink[first.mask == 0] > 60) < 20


@pytest.mark.parametrize(("shape", "level"), [((60, 80), 255), ((60, 80), 0), ((2, 90), 0), ((1, 1), 0)])
def test_no_ink_no_lines(shape, level):
    """Blank and black pages, strips and single pixels hold no line."""
    picture = np.full(shape, level, np.uint8)
    assert find_lines(picture) == []
    assert find_lines(picture, one_number=True) == []


def test_shrinking_keeps_small_pictures():
    """Only what is longer is made smaller."""
    small = np.zeros((30, 50), np.uint8)
    assert shrink(small, 50) is small
    assert shrink(small, 25).shape == (15, 25)
