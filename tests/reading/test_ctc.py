"""Frames spell what CTC's definition says, checked against every path there is."""

from itertools import groupby, product

import numpy as np
import pytest

from tenfold.reading.ctc import BLANK, align, prefix_beam, spell, spell_one


def frames(count: int, seed: int, sharpness: float = 2.0) -> np.ndarray:
    """Random log probabilities (count, 11)."""
    logits = np.random.default_rng(seed).normal(0, sharpness, (count, 11))
    return logits - np.log(np.exp(logits).sum(1, keepdims=True))


def read(path: tuple[int, ...]) -> str:
    """What a path spells: repeats merged, blanks dropped."""
    return "".join(str(symbol) for symbol, _ in groupby(path) if symbol != BLANK)


def every_text(logs: np.ndarray) -> dict[str, float]:
    """Each text with the probability of all its paths, by trying every path."""
    found: dict[str, float] = {}
    for path in product(range(11), repeat=len(logs)):
        probability = float(np.exp(sum(logs[t, symbol] for t, symbol in enumerate(path))))
        text = read(path)
        found[text] = found.get(text, 0.0) + probability
    return found


@pytest.mark.parametrize("seed", range(4))
def test_the_beam_finds_the_most_probable_text(seed):
    """Over all 11 ** 4 paths of four frames, the beam names the best text and its probability."""
    logs = frames(4, seed)
    wanted = every_text(logs)
    text, score = prefix_beam(logs, width=60)[0]
    assert text == max(wanted, key=wanted.__getitem__)
    assert np.exp(score) == pytest.approx(wanted[text], rel=0.05)  # improbable digits are not tried


def test_repeats_need_a_blank():
    """1 1 is one digit, 1 blank 1 is two."""
    logs = np.full((3, 11), np.log(0.002))
    logs[[0, 2], 1] = logs[1, BLANK] = np.log(0.98)
    assert spell(logs).text == "11"
    logs[1] = np.log(0.002)
    logs[1, 1] = np.log(0.98)
    assert spell(logs).text == "1"


def test_each_digit_knows_its_frames():
    """Spans follow one another and hold the frames in which the digit was seen."""
    path = [BLANK, 3, 3, BLANK, BLANK, 3, 7, 7, BLANK]
    logs = np.full((len(path), 11), np.log(0.001))
    logs[np.arange(len(path)), path] = np.log(0.99)
    spelled = spell(logs)
    assert (spelled.text, spelled.spans) == ("337", ((1, 3), (5, 6), (6, 8)))
    assert spelled.probability == pytest.approx(0.99**9)
    assert align(logs, "337") == spelled.spans


@pytest.mark.parametrize("seed", range(6))
def test_alignment_is_the_best_path(seed):
    """Of all paths that spell a text, the aligned one is the most probable."""
    logs = frames(5, seed)
    wanted = max(
        (path for path in product((BLANK, 4, 5), repeat=5) if read(path) == "455"),
        key=lambda path: sum(logs[t, symbol] for t, symbol in enumerate(path)),
        default=None,
    )
    spans = align(logs, "455")
    path = [BLANK] * 5
    for (a, b), digit in zip(spans, (4, 5, 5), strict=True):
        path[a:b] = [digit] * (b - a)
    assert tuple(path) == wanted


def test_nothing_spells_nothing():
    """No frames, and frames of blanks, are the empty text."""
    assert spell(np.zeros((0, 11))).text == ""
    logs = np.full((6, 11), np.log(0.001))
    logs[:, BLANK] = np.log(0.99)
    assert spell(logs).text == ""
    assert spell(logs).spans == ()


def test_unsure_frames_are_summed_over_paths():
    """Where the best path says one thing and the sum over paths another, the sum counts."""
    logs = np.log(np.full((2, 11), 1e-6))
    logs[0, [BLANK, 2]] = np.log([0.6, 0.4])
    logs[1, [BLANK, 2]] = np.log([0.6, 0.4])
    assert spell(logs).text == "2"  # 0.64 against 0.36, though the single best path is two blanks


@pytest.mark.parametrize(("count", "seed"), [(1, 0), (2, 1), (3, 2), (4, 3)])
def test_the_probability_of_one_digit_alone_is_that_of_all_its_paths(count, seed):
    """For each digit."""
    logs = frames(count, seed)
    texts = every_text(logs)
    assert np.allclose(spell_one(logs), [texts[str(digit)] for digit in range(10)])
