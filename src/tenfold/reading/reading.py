"""What was read: the results, as data and as a notebook shows them."""

import base64
import html
import io
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tenfold.reading.explain import draw_explanation

Box = tuple[int, int, int, int]
"""x, y, width, height in pixels of the upright original."""

Status = Literal["ok", "empty", "rejected", "error"]


@dataclass(frozen=True)
class Digit:
    """One digit of a picture.

    digit:         0 to 9 (the class name where a network has other classes)
    confidence:    its probability, 0 to 1
    box:           where its ink is, in pixels of the upright original
    line:          its line on the page, from 0
    probabilities: name of each digit -> its probability
    image:         (H, W) uint8, what the network saw
    doubtful:      accepted, but not sure enough to go unseen
    """

    digit: int | str
    confidence: float
    box: Box
    line: int
    probabilities: dict[str, float] = field(repr=False)
    image: NDArray[np.uint8] = field(repr=False, compare=False)
    doubtful: bool = False

    @property
    def runner_up(self) -> tuple[int | str, float]:
        """The second most probable digit and its probability."""
        others = {name: p for name, p in self.probabilities.items() if name != str(self.digit)}
        name = max(others, key=others.__getitem__)
        return as_digit(name), others[name]

    @property
    def none(self) -> float:
        """The probability that it is no digit at all: what those of the digits leave over."""
        return max(0.0, 1.0 - sum(self.probabilities.values()))

    def to_dict(self) -> dict[str, Any]:
        """As `--json` prints it; a doubtful digit comes with its runner-up."""
        record = {
            "digit": self.digit,
            "confidence": round(self.confidence, 4),
            "box": list(self.box),
            "line": self.line,
        }
        if not self.doubtful:
            return record
        other, probability = self.runner_up
        return {**record, "runner_up": {"digit": other, "confidence": round(probability, 4)}}


def as_digit(name: str) -> int | str:
    """A class name as a reading gives it: a number where it is one."""
    return int(name) if name.isdecimal() else name


@dataclass(frozen=True)
class TextLine:
    """One number of a picture, or one line of a page.

    text:       its digits
    confidence: the probability that all of them are right, 0 to 1
    box:        where its ink is, in pixels of the upright original
    """

    text: str
    confidence: float
    box: Box

    def to_dict(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {"text": self.text, "confidence": round(self.confidence, 4), "box": list(self.box)}


@dataclass(frozen=True)
class Refused:
    """Ink among digits that is none: a letter, a comma, a scribble.

    box:  where it is, in pixels of the upright original
    line: its line on the page, from 0
    """

    box: Box
    line: int

    def to_dict(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {"box": list(self.box), "line": self.line}


@dataclass(frozen=True)
class Preview:
    """The picture, shrunk if it was large, so that it can be shown again.

    pixels: (H, W) uint8
    factor: how many times smaller than the upright original
    """

    pixels: NDArray[np.uint8] = field(repr=False)
    factor: float


@dataclass(frozen=True)
class Reading:
    """What was read in one picture.

    text:   the digits, lines parted by newlines; "" unless status is "ok"
    status: "ok", "empty" (no ink), "rejected" (ink, but no digit) or "error" (the picture could not be opened)
    digits:  in reading order; with status "rejected" the best guess, which was not believed
    layout:  "digit", "number" or "page": how the picture was read
    lines:   the numbers, one a line, unless the layout is "digit"
    refused: ink that was found to be no digit, unless the layout is "digit"
    error:   one sentence, with status "error"
    hints:   what makes the picture hard, in words
    preview: the picture itself, for `explain`
    """

    text: str
    status: Status
    digits: tuple[Digit, ...] = ()
    layout: str = "digit"
    lines: tuple[TextLine, ...] = ()
    refused: tuple[Refused, ...] = ()
    error: str = ""
    hints: tuple[str, ...] = ()
    preview: Preview | None = field(default=None, repr=False, compare=False)

    @property
    def doubtful(self) -> bool:
        """Whether a person should look: some digit is doubtful, or there was ink that is no digit."""
        return self.status == "rejected" or any(digit.doubtful for digit in self.digits)

    @property
    def confidence(self) -> float:
        """The probability that every digit is right, 0 to 1; 0 where nothing was read."""
        parts = self.lines or self.digits
        return float(np.prod([part.confidence for part in parts])) if self.status == "ok" else 0.0

    def to_dict(self) -> dict[str, Any]:
        """As `--json` prints it, without the file's name."""
        digits = [digit.to_dict() for digit in self.digits] if self.status == "ok" else []
        record: dict[str, Any] = {"status": self.status, "text": self.text, "digits": digits}
        if self.status == "error":
            return {**record, "error": self.error}
        record |= {"layout": self.layout, "confidence": round(self.confidence, 4)}
        if self.layout != "digit":
            record["lines"] = [line.to_dict() for line in self.lines]
            record["refused"] = [ink.to_dict() for ink in self.refused]
        return record

    def __str__(self) -> str:
        return self.text

    def explain(self) -> Image.Image:
        """A picture of why: the original with its box, what the network saw, the ten probabilities, hints in words."""
        return draw_explanation(self)

    def _repr_html_(self) -> str:
        """The answer, what the network saw and the probabilities, for a notebook."""
        if not self.digits:
            return f"<p>{html.escape(self.status)}: {html.escape(self.error or 'no ink found')}</p>"
        cells = "".join(
            f'<td style="text-align:center"><img alt="what the network saw" src="{_data_url(digit.image)}" '
            f'style="image-rendering:pixelated" width="84"><br><b style="font-size:1.6em">'
            f"{html.escape(str(digit.digit)) if self.status == 'ok' else '?'}</b><br>{digit.confidence:.1%}</td>"
            for digit in self.digits
        )
        return f"<table><tr>{cells}</tr></table>"


def _data_url(image: NDArray[np.uint8]) -> str:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
