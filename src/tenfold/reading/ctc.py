"""Frames of probabilities -> the digits they spell, by connectionist temporal classification (Graves et al., 2006).

(T, 11) log probabilities -> best path, or a prefix beam where that is unsure -> digits, each with its frames
"""

from dataclasses import dataclass
from heapq import nlargest
from math import exp, inf, log1p

import numpy as np
from numpy.typing import NDArray

__all__ = ["Spelled", "align", "prefix_beam", "spell", "spell_one"]

Frames = NDArray[np.float64]
BLANK = 10
BEAM = 10  # prefixes kept at each frame
UNLIKELY = -7.0  # log probability below which a digit is not tried in a frame
HOPELESS = -10.0  # log probability beside the likeliest prefix, below which a prefix is given up
NOTHING = -0.001  # log probability of the blank above which a frame says nothing else
SURE = 0.95  # a best path whose frames are all at least so probable needs no beam
NEVER = (-inf, -inf)  # log probabilities of paths that there are not
Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Spelled:
    """What frames spell.

    text:        the digits
    probability: of the text, 0 to 1
    spans:       for each digit its first frame and the one after its last
    beam:        texts that were weighed against it, itself among them, with their log probabilities; () where it was sure
    """

    text: str
    probability: float
    spans: Spans
    beam: tuple[tuple[str, float], ...] = ()


def spell(logs: Frames) -> Spelled:
    """The most probable digits of frames (T, 11) of log probabilities, the last column being the blank's."""
    if len(logs) == 0:
        return Spelled("", 1.0, ())
    best = logs.argmax(1)
    path = logs[np.arange(len(logs)), best]
    if path.min() >= np.log(SURE):
        text, spans = _collapse(best)
        return Spelled(text, float(np.exp(path.sum())), spans)
    beam = prefix_beam(logs)
    text, score = beam[0]
    greedy, spans = _collapse(best)
    return Spelled(text, exp(min(0.0, score)), spans if greedy == text else align(logs, text), tuple(beam))


def _collapse(best: NDArray[np.intp]) -> tuple[str, Spans]:
    """The best path's digits, repeats merged, and the frames of each."""
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    ends = np.append(starts[1:], len(best))
    runs = [(int(best[a]), int(a), int(b)) for a, b in zip(starts, ends, strict=True) if best[a] != BLANK]
    return "".join(str(digit) for digit, _, _ in runs), tuple((a, b) for _, a, b in runs)


def prefix_beam(logs: Frames, width: int = BEAM) -> list[tuple[str, float]]:
    """Texts and the log of their probability, summed over their paths, the best first (Hannun et al., 2014)."""
    beams: dict[str, tuple[float, float]] = {"": (0.0, -inf)}  # by prefix: its paths that end in a blank, and the others
    silence = 0.0  # log probability of all frames that say nothing, which no prefix gets round
    paused = False
    for frame in logs.tolist():
        if frame[BLANK] > NOTHING:
            silence, paused = silence + frame[BLANK], True
            continue
        if paused:
            beams, paused = {prefix: (_add(*scores), -inf) for prefix, scores in beams.items()}, False
        grown: dict[str, tuple[float, float]] = {}
        likely = [(str(digit), score) for digit, score in enumerate(frame[:BLANK]) if score > UNLIKELY]
        for prefix, (blank, other) in beams.items():
            both, last = _add(blank, other), prefix[-1:]
            longer = grown.get(prefix, NEVER)[1]  # from the prefix that is a digit shorter
            stays = other + frame[int(last)] if last else -inf
            grown[prefix] = both + frame[BLANK], _add(longer, stays)
            for digit, score in likely:
                ended, before = grown.get(prefix + digit, NEVER)
                grown[prefix + digit] = ended, _add(before, (blank if digit == last else both) + score)
        totals = {prefix: _add(*scores) for prefix, scores in grown.items()}
        least = max(totals.values()) + HOPELESS
        hopeful = [prefix for prefix, score in totals.items() if score > least]
        beams = {prefix: grown[prefix] for prefix in nlargest(width, hopeful, key=totals.__getitem__)}
    return [(prefix, silence + _add(*scores)) for prefix, scores in beams.items()]


def _add(a: float, b: float) -> float:
    """log(exp(a) + exp(b))."""
    if a < b:
        a, b = b, a
    return a if b == -inf else a + log1p(exp(b - a))


def spell_one(logs: Frames) -> NDArray[np.float64]:
    """The probability that frames (T, 11) spell one digit and nothing else, for each digit, (10,)."""
    before, within, after = 0.0, np.full(BLANK, -inf), np.full(BLANK, -inf)
    for frame in logs:
        after = np.logaddexp(after, within) + frame[BLANK]
        within = np.logaddexp(within, before) + frame[:BLANK]
        before += frame[BLANK]
    return np.asarray(np.exp(np.logaddexp(within, after)))


def align(logs: Frames, text: str) -> Spans:
    """The frames of each digit on the most probable path of a text (Viterbi)."""
    states = [BLANK]
    for char in text:
        states += [int(char), BLANK]
    n = len(states)
    skips = np.array([i >= 2 and states[i] != BLANK and states[i] != states[i - 2] for i in range(n)])
    score = np.full(n, -inf)
    score[0] = 0.0  # before the first frame, so that it may stay or step to the first digit
    came = np.zeros((len(logs), n), np.int8)
    for t, frame in enumerate(logs[:, states]):
        ways = np.full((3, n), -inf)
        ways[0] = score
        ways[1, 1:] = score[:-1]
        ways[2, 2:] = np.where(skips[2:], score[:-2], -inf)
        came[t] = ways.argmax(0)
        score = ways.max(0) + frame
    at = n - 1 if n == 1 or score[n - 1] >= score[n - 2] else n - 2
    spans: list[list[int]] = [[0, 0] for _ in text]
    for t in range(len(logs) - 1, -1, -1):
        if states[at] != BLANK:
            digit = spans[at // 2]
            digit[:] = [t, digit[1] or t + 1]
        at -= int(came[t, at])
    return tuple((a, b) for a, b in spans)
