"""Composed lines say what they are labelled, and no two are alike."""

from dataclasses import replace

import numpy as np
import pytest

from tenfold.images.compose import (
    FORMS,
    Hand,
    compose,
    corner,
    draw_text,
    drawn_shape,
    rows_seen,
    show_through,
    some_hand,
    some_text,
)
from tenfold.images.skeleton import SIDE, enlarged, skeletons

PLAIN = Hand(height=40, pen=0.1, slant=0, narrow=1, gap=0.3, touching=False, own_pen=False, small_zero=1,
             wander=0, slope=0, bend=0)  # fmt: skip


@pytest.fixture(scope="module")
def shape(mnist):
    """One training image of each digit, thinned or whole."""
    images = [mnist.train.images[np.flatnonzero(mnist.train.labels == digit)[3]] for digit in range(10)]
    thin = skeletons(np.stack(images))
    return lambda digit, own_pen, rng: enlarged(images[digit]) if own_pen else thin[digit]


def test_the_same_seed_gives_the_same_picture(shape):
    """Everything is drawn from the generator."""
    first, second, third = (compose(shape, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.text == second.text
    assert np.array_equal(first.picture, second.picture)
    assert first.picture.shape != third.picture.shape or not np.array_equal(first.picture, third.picture)


def test_every_digit_has_its_box(shape):
    """There are as many boxes as digits, inside the picture, from left to right; marks and letters have none."""
    rng = np.random.default_rng(0)
    for _ in range(60):
        made = compose(shape, rng)
        assert made.text == "".join(c for c in made.text if c.isdigit())
        assert made.boxes.shape == (len(made.text), 4)
        if made.text:
            assert (made.boxes[:, 0] + made.boxes[:, 2] <= made.picture.shape[1] + 2).all()
            assert (made.boxes[:, 1] + made.boxes[:, 3] <= made.picture.shape[0] + 2).all()
            assert (made.boxes[:, :2] >= -2).all()


def test_ink_lies_in_the_boxes(shape):
    """A text's ink is all inside the boxes of its digits, each of which holds some."""
    ink, boxes = draw_text("20731", shape, PLAIN, np.random.default_rng(0))
    left = ink.copy()
    for x, y, w, h in boxes:
        assert ink[y : y + h, x : x + w].max() > 0.9
        left[y : y + h, x : x + w] = 0
    assert left.max() < 0.5


def test_some_pictures_are_cropped_into_their_digits(shape):
    """In a few of a hundred pictures ink touches the upper or lower border; the boxes end there with it."""
    rng = np.random.default_rng(0)
    drawn = [rows_seen((20, 60), 80, PLAIN, rng) for _ in range(400)]
    whole = drawn.count((0, 80))
    assert 0.88 < whole / 400 < 0.98
    assert all(first == 0 or (20 < first <= 28 and end == 80) for first, end in drawn)
    assert all(end == 80 or (52 <= end < 60 and first == 0) for first, end in drawn)


def test_touching_digits_touch(shape):
    """The touching hand's line is narrower than the spaced one's, and most of its digits hang together."""
    spaced, _ = draw_text("80808", shape, PLAIN, np.random.default_rng(0))
    close, _ = draw_text("80808", shape, replace(PLAIN, touching=True, gap=0.0), np.random.default_rng(0))
    assert close.shape[1] < 0.9 * spaced.shape[1]


def test_marks_and_letters_are_no_digits(shape):
    """A comma, a dot, a dash and a letter add ink and no box."""

    def drawn(text: str) -> list[tuple[np.ndarray, np.ndarray]]:
        return [draw_text(text, shape, PLAIN, np.random.default_rng(seed)) for seed in range(12)]

    plain = np.mean([ink.shape[1] for ink, _ in drawn("12")])
    for text in ("1,2", "12.", "-12", "12?"):
        found = drawn(text)
        assert all(len(boxes) == 2 for _, boxes in found)
        assert np.mean([ink.shape[1] for ink, _ in found]) > plain + 3


def test_the_pen_is_as_broad_as_it_says(shape):
    """Twice the pen gives about twice the ink."""
    thin, thick = (
        draw_text("11", shape, replace(PLAIN, pen=pen), np.random.default_rng(3))[0].sum() for pen in (0.06, 0.12)
    )
    assert 1.6 < thick / thin < 2.4


def test_texts_are_numbers():
    """One to thirteen digits, every digit among them."""
    rng = np.random.default_rng(0)
    texts = [some_text(rng) for _ in range(500)]
    assert {len(text) for text in texts} >= set(range(1, 9))
    assert max(map(len, texts)) <= 13
    assert set("".join(texts)) == set("0123456789")
    assert some_hand(rng).height < 49


def test_the_side_is_that_of_the_shapes(shape):
    """Shapes are SIDE pixels wide."""
    assert shape(3, True, np.random.default_rng(0)).shape == (SIDE, SIDE)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_form_is_drawn_whole_and_never_twice_alike(form):
    """Its middle line is there, is thin, leaves paper around itself, and changes from one to the next."""
    rng = np.random.default_rng(2)
    made = [drawn_shape(FORMS[form][0], form, rng) for _ in range(20)]
    for one in made:
        assert one.shape == (SIDE, SIDE)
        assert 20 < one.sum() < one.size / 4
        assert not np.concatenate((one[0], one[-1], one[:, 0], one[:, -1])).any()
    assert len({one.tobytes() for one in made}) == 20


def test_what_shines_through_is_weak_and_as_high_as_the_number(shape):
    """It is set beside the number as it is: the same rows, never ink at its full level, paper between them."""
    rng = np.random.default_rng(4)
    for tall in (30, 48, 70):
        for _ in range(10):
            weak = show_through(tall, shape, PLAIN, rng)
            assert weak.shape[0] == tall
            assert 0.05 < weak.max() <= 0.45
            assert not weak[:, 0].any()


def test_a_corner_has_both_arms():
    """An upright arm alone would be a 1: there is ink along a row as well as along a column, near the border."""
    rng = np.random.default_rng(6)
    for _ in range(30):
        field = np.zeros((100, 160), np.float32)
        corner(field, 1.0, 1, 40.0, rng)
        assert (field > 0.4).sum(axis=1).max() >= 6
        assert (field > 0.4).sum(axis=0).max() >= 4
        rows, columns = np.nonzero(field)
        assert min(rows.min(), 99 - rows.max()) <= 9
        assert min(columns.min(), 159 - columns.max()) <= 14
