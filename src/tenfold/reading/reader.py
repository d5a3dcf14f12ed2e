"""A picture -> digits: decode, normalise, recognise, and say what was found."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby, islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.errors import PictureError, unknown_name
from tenfold.images import Normalisation, Normalised, Picture, decode, normalise, segment
from tenfold.reading.explain import hints_for
from tenfold.reading.reading import Box, Digit, Preview, Reading, as_digit
from tenfold.reading.recogniser import Recogniser, load_recogniser

LAYOUTS = ("auto", "digit", "number", "page")

BATCH = 64  # pictures that go through the network together
PREVIEW = 640  # pixels; larger pictures are kept shrunk to this longer side


@dataclass(frozen=True)
class Found:
    """Ink that may be a digit: normalised, with its place in the picture."""

    normalised: Normalised
    box: Box
    line: int


@dataclass(frozen=True)
class Prepared:
    """A picture on its way: what was found in it, and itself to be shown."""

    found: tuple[Found, ...]
    preview: Preview


def read(picture: Picture, *, layout: str = "auto", model: str | Path | None = None) -> Reading:
    """Read the digits in one picture.

    picture: a path, the bytes of a file, a Pillow image or an array (see `tenfold.images.decode`)
    layout:  "digit", one digit (also what "auto" means in this version); "number", one line of digits that stand apart;
             "page", several lines
    model:   an ONNX file that `tenfold export` wrote; the shipped weights by default

    Raises UsageError for a layout that there is not, PictureError for what is no whole picture, TenfoldError for a model
    that cannot be loaded.
    """
    check_layout(layout)
    reader = _reader(model)
    return _answer([_prepare(decode(picture), reader, layout)], reader)[0]


def read_many(pictures: Iterable[Picture], *, layout: str = "auto", model: str | Path | None = None) -> Iterator[Reading]:
    """Read many pictures, one Reading each in their order, in constant memory.

    A picture that cannot be opened gives a Reading with status "error" and the rest is read all the same.
    """
    check_layout(layout)
    reader = _reader(model)
    waiting = iter(pictures)
    while batch := list(islice(waiting, BATCH)):
        yield from _read_batch(batch, reader, layout)


def check_layout(layout: str) -> None:
    """Raise UsageError, listing the layouts, for one that there is not."""
    if layout not in LAYOUTS:
        raise unknown_name("layout", layout, LAYOUTS)


@cache
def _reader(model: str | Path | None) -> Recogniser:
    """One session a model and process: loading costs a thousand times what reading does."""
    return load_recogniser(model)


def _read_batch(pictures: list[Picture], reader: Recogniser, layout: str) -> list[Reading]:
    found: list[Prepared | PictureError] = []
    for picture in pictures:
        try:
            found.append(_prepare(decode(picture), reader, layout))
        except PictureError as error:
            found.append(error)
    answers = iter(_answer([one for one in found if isinstance(one, Prepared)], reader))
    return [Reading("", "error", error=str(one)) if isinstance(one, PictureError) else next(answers) for one in found]


def _prepare(grey: NDArray[np.uint8], reader: Recogniser, layout: str) -> Prepared:
    """The picture's digits in the form of the network's training images."""
    find = _find_digits if layout in ("number", "page") else _find_digit
    return Prepared(tuple(find(grey, reader, layout)), _preview(grey))


def _find_digit(grey: NDArray[np.uint8], reader: Recogniser, layout: str) -> Iterator[Found]:
    """The one digit of a picture, if there is ink."""
    if reader.normalisation is None:
        height, width = reader.size
        image = np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        box = (0, 0, grey.shape[1], grey.shape[0])
        yield Found(Normalised(image, box, contrast=1.0), box, 0)
        return
    found = normalise(grey, reader.normalisation)
    if found.box is not None:
        yield Found(found, found.box, 0)


def _find_digits(grey: NDArray[np.uint8], reader: Recogniser, layout: str) -> Iterator[Found]:
    """The digits of a number or a page, in reading order."""
    for piece in segment(grey, one_line=layout == "number"):
        found = normalise(piece.picture, reader.normalisation or Normalisation())
        if found.box is not None:
            yield Found(found, piece.box, piece.line)


def _preview(grey: NDArray[np.uint8]) -> Preview:
    """The picture at most PREVIEW pixels long, so that a batch of photographs stays small in memory."""
    factor = max(1.0, max(grey.shape) / PREVIEW)
    if factor == 1:
        return Preview(grey, 1.0)
    size = (max(1, round(grey.shape[1] / factor)), max(1, round(grey.shape[0] / factor)))
    return Preview(np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8), factor)


def _answer(prepared: list[Prepared], reader: Recogniser) -> list[Reading]:
    """One Reading for each prepared picture; all their digits go through the network together."""
    images = [found.normalised.image for one in prepared for found in one.found]
    rows = iter(reader.probabilities(np.stack(images)) if images else ())
    return [_reading(one, [next(rows) for _ in one.found], reader) for one in prepared]


def _reading(one: Prepared, rows: list[NDArray[np.float64]], reader: Recogniser) -> Reading:
    """What was found, as digits, lines of text and a status."""
    if not one.found:
        return Reading("", "empty", preview=one.preview)
    guesses = [_digit(found, row, reader) for found, row in zip(one.found, rows, strict=True)]
    accepted = [guess for guess, no in zip(guesses, reader.refuses(np.stack(rows)), strict=True) if not no]
    lines = [[str(digit.digit) for digit in digits] for _, digits in groupby(accepted, lambda digit: digit.line)]
    unsure = not accepted or any(digit.doubtful for digit in accepted)
    return Reading(
        text="\n".join("".join(line) for line in lines),
        status="ok" if accepted else "rejected",
        digits=tuple(accepted or guesses),
        hints=hints_for(one.found[0].normalised) if unsure and len(one.found) == 1 else (),
        preview=one.preview,
    )


def _digit(found: Found, probabilities: NDArray[np.float64], reader: Recogniser) -> Digit:
    named = {name: float(p) for name, p in zip(reader.classes, probabilities, strict=True) if name != reader.none}
    best = max(named, key=named.__getitem__)
    doubtful = named[best] < reader.doubtful
    return Digit(as_digit(best), named[best], found.box, found.line, named, found.normalised.image, doubtful)
