"""Rules are taken out, digits on them stay whole."""

import cv2
import numpy as np
import pytest

from tenfold.images.rules import find_rules, usual_height


def ring(picture: np.ndarray, x: int, y: int) -> None:
    """A 0, 30 px high, with a stroke of 3."""
    cv2.ellipse(picture, (x, y), (9, 15), 0, 0, 360, 255, 3)


def page(rules: bool) -> np.ndarray:
    """Six zeros on a ruled page with a margin line, or without."""
    picture = np.zeros((160, 300), np.uint8)
    if rules:
        for y in (40, 85, 130):
            cv2.line(picture, (0, y), (299, y + 2), 255, 1)
        cv2.line(picture, (30, 0), (30, 159), 255, 2)
    for x in range(60, 290, 40):
        ring(picture, x, 85)
    return picture


def test_rules_go_and_digits_stay():
    """All but scraps of the rules are found; of the digits that stand on them next to nothing."""
    ruled, plain = page(rules=True), page(rules=False)
    rules, _ = find_rules(ruled, 33, ruled)
    only_rules = (ruled > 0) & (plain == 0)
    assert np.count_nonzero(rules[only_rules]) > 0.9 * np.count_nonzero(only_rules)
    assert np.count_nonzero(rules[plain > 0]) < 0.06 * np.count_nonzero(plain)


@pytest.mark.parametrize("turned", [False, True])
def test_a_stroke_on_a_rule_stays_where_it_is_stronger(turned):
    """The bar of a 7 that lies on a weak rule is the pen's, in rows and in columns; on a rule as strong nobody can tell."""
    ink = np.zeros((160, 300), np.uint8)
    cv2.line(ink, (0, 60), (299, 60), 90, 2)
    bar = np.zeros_like(ink)
    cv2.line(bar, (120, 60), (150, 60), 255, 2)
    for strength, kept in ((255, True), (100, False)):
        pen = np.maximum(ink, np.minimum(bar, strength))
        pen, of_bar, of_rule = (np.ascontiguousarray(x.T if turned else x) for x in (pen, bar > 0, (ink > 0) & (bar == 0)))
        rules, _ = find_rules(np.where(pen > 0, 255, 0).astype(np.uint8), 33, pen)
        lost = np.count_nonzero(rules[of_bar]) / np.count_nonzero(of_bar)
        assert lost < 0.2 if kept else lost > 0.8
        assert np.count_nonzero(rules[of_rule]) > 0.9 * np.count_nonzero(of_rule)


def test_a_stem_that_runs_into_the_border_is_no_rule():
    """It is as long as it is seen to be: half of what makes a rule, and nothing tells that it goes on outside."""
    picture = page(rules=False)
    cv2.line(picture, (250, 115), (250, 159), 255, 3)
    cv2.line(picture, (0, 20), (45, 20), 255, 3)
    rules, _ = find_rules(picture, 33, picture)
    assert not rules.any()


def test_without_rules_nothing_is_found():
    """Digits alone, a long thin 1 among them, are no rules."""
    picture = page(rules=False)
    cv2.line(picture, (20, 60), (22, 105), 255, 3)
    rules, bands = find_rules(picture, 33, picture)
    assert not rules.any()
    assert not bands.any()


def test_the_usual_height_is_that_of_digits():
    """Specks and a wall do not count, a page without pieces gives a third of its height."""
    picture = page(rules=False)
    picture[::20, 150] = 255
    cv2.line(picture, (5, 0), (5, 159), 255, 2)
    assert abs(usual_height(picture) - 33) <= 2
    assert usual_height(np.zeros((90, 90), np.uint8)) == 30


def test_any_shape_is_taken():
    """Tiny and empty masks give masks of their shape."""
    for shape in ((1, 1), (3, 500), (500, 3)):
        full = np.full(shape, 255, np.uint8)
        rules, bands = find_rules(full, 12.0, full)
        assert rules.shape == bands.shape == shape
