"""A picture -> digits: decode, then one digit by its network, or lines by theirs, and say what was found."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.errors import UsageError, unknown_name
from tenfold.images import Normalised, Picture, decode, normalise
from tenfold.reading.cascade import recognise
from tenfold.reading.explain import hints_for
from tenfold.reading.layout import choose_layout, is_one_digit, is_square
from tenfold.reading.line_recogniser import LineRecogniser, load_line_recogniser
from tenfold.reading.numbers import Number
from tenfold.reading.pages import read_number, read_page
from tenfold.reading.reading import Digit, Preview, Reading, Refused, TextLine, as_digit
from tenfold.reading.recogniser import Recogniser, load_recogniser
from tenfold.reading.second_opinion import ask_again

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

LAYOUTS = ("auto", "digit", "number", "page")

SMALL = 100_000  # pixels of a picture, on average: up to here several threads take longer than one
PREVIEW = 640  # pixels; larger pictures are kept shrunk to this longer side
CORES = min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
"""That reading uses unless told otherwise: each further process would take as much memory again."""

Grey = NDArray[np.uint8]
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Prepared:
    """A picture on its way: its one digit in the form of the training images, if there is ink, and itself to be shown."""

    found: Normalised
    preview: Preview


def read(picture: Picture, *, layout: str = "auto", model: str | Path | None = None) -> Reading:
    """Read the digits in one picture.

    picture: a path, the bytes of a file, a Pillow image or an array (see `tenfold.images.decode`)
    layout:  "digit", one digit; "number", one line of digits; "page", all lines; "auto" decides by the picture
    model:   an ONNX file that `tenfold export` wrote, for one digit a picture; the shipped weights by default

    Raises UsageError for a layout that there is not, PictureError for what is no whole picture, TenfoldError for a model
    that cannot be loaded.
    """
    layout = check_layout(layout, model)
    return read_batch([decode(picture)], layout, model)[0]


def check_layout(layout: str, model: str | Path | None = None) -> str:
    """The layout to read by: a model of somebody's own reads one digit.

    Raises UsageError, listing the layouts, for one that there is not, and for lines together with a model.
    """
    if layout not in LAYOUTS:
        raise unknown_name("layout", layout, LAYOUTS)
    if model is None:
        return layout
    if layout in ("number", "page"):
        raise UsageError(f"{model}: a model of your own reads one digit a picture; leave out --layout {layout}")
    return "digit"


@cache
def _pool() -> "ThreadPoolExecutor":
    from concurrent.futures import ThreadPoolExecutor  # one picture alone needs none

    return ThreadPoolExecutor(CORES)


def read_batch(greys: list[Grey], layout: str, model: str | Path | None, threads: int = CORES) -> list[Reading]:
    """Read decoded pictures (H, W) uint8, by a layout that `check_layout` let pass, with one thread or one a core.

    Small pictures are read by one: it is Python that they wait for, which runs a thread at a time.
    """
    threads = threads if sum(grey.size for grey in greys) > SMALL * len(greys) else 1
    if layout in ("number", "page"):
        return _each(partial(_read_lines, layout=layout), greys, threads)
    if layout == "digit":
        return [reading for _, reading in _read_digits(greys, load_recogniser(model), threads)]
    square = [grey for grey in greys if is_square(grey.shape)]
    ones = iter(_read_digits(square, load_recogniser(), threads))
    looks = [(grey, next(ones) if is_square(grey.shape) else None) for grey in greys]
    return _each(_decide, looks, threads)


def _each(function: Callable[[Item], Result], items: Sequence[Item], threads: int) -> list[Result]:
    """The function of each item, in order, by so many threads."""
    return [function(item) for item in items] if len(items) < 2 or threads == 1 else list(_pool().map(function, items))


# ---------------------------------------------------------------------------------------------- digit


def _read_digits(greys: list[Grey], reader: Recogniser, threads: int) -> list[tuple[Prepared, Reading]]:
    """One digit each; all go through the network together."""
    prepared = _each(partial(_prepare, reader=reader), greys, threads)
    images = [one.found.image for one in prepared if one.found.box is not None]
    recognised = recognise if reader is load_recogniser() else reader.rows
    rows = iter(recognised(np.array(images)) if images else ())
    return [(one, _reading(one, None if one.found.box is None else next(rows), reader)) for one in prepared]


def _prepare(grey: Grey, reader: Recogniser) -> Prepared:
    """The picture's one digit in the form of the network's training images."""
    if reader.normalisation is not None:
        return Prepared(normalise(grey, reader.normalisation), _preview(grey))
    height, width = reader.size
    image = np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    return Prepared(Normalised(image, (0, 0, grey.shape[1], grey.shape[0]), contrast=1.0), _preview(grey))


def _preview(grey: Grey) -> Preview:
    """The picture at most PREVIEW pixels long, so that a batch of photographs stays small in memory."""
    factor = max(1.0, max(grey.shape) / PREVIEW)
    if factor == 1:
        return Preview(grey, 1.0)
    size = (max(1, round(grey.shape[1] / factor)), max(1, round(grey.shape[0] / factor)))
    return Preview(np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8), factor)


def _reading(one: Prepared, probabilities: list[float] | None, reader: Recogniser) -> Reading:
    """What was found, as a digit and a status."""
    if probabilities is None or one.found.box is None:
        return Reading("", "empty", preview=one.preview)
    named = dict(zip(reader.classes, probabilities, strict=True))
    named.pop(reader.none, None)
    best = max(named, key=named.__getitem__)
    doubtful = named[best] < reader.doubtful
    digit = Digit(as_digit(best), named[best], one.found.box, 0, named, one.found.image, doubtful)
    refused = reader.refuses(probabilities)
    return Reading(
        text="" if refused else best,
        status="rejected" if refused else "ok",
        digits=(digit,),
        hints=hints_for(one.found) if refused or doubtful else (),
        preview=one.preview,
    )


# ---------------------------------------------------------------------------------------------- lines


def _read_lines(grey: Grey, layout: str) -> Reading:
    """The numbers of a picture."""
    reader, digits = load_line_recogniser(), load_recogniser()
    numbers = (read_number if layout == "number" else read_page)(grey, reader)
    return reading_of([ask_again(number, reader, digits) for number in numbers], layout, reader, _preview(grey))


def _decide(one: tuple[Grey, tuple[Prepared, Reading] | None]) -> Reading:
    """A picture by the layout it has. What it is as one digit comes with it, or is found out where that matters."""
    grey, known = one
    if known is not None and is_one_digit(known[0].found, known[1], grey.shape):
        return known[1]
    reader, digits = load_line_recogniser(), load_recogniser()

    @cache
    def as_one_digit() -> Reading:
        return (known or _read_digits([grey], digits, threads=1)[0])[1]

    layout, numbers = choose_layout(grey, reader, digits, as_one_digit)
    if layout != "digit":
        return reading_of(numbers, layout, reader, _preview(grey))
    reading = as_one_digit()
    if reading.status != "empty" or not numbers:
        return reading
    # there is ink, such as print, in which neither a digit nor numbers are to be seen
    return replace(reading, status="rejected", refused=tuple(Refused(number.box, 0) for number in numbers))


def reading_of(numbers: list[Number], layout: str, reader: LineRecogniser, preview: Preview) -> Reading:
    """Numbers as a Reading: lines that hold a digit count, what else there is was refused."""
    with_digits = [number for number in numbers if number.text]
    digits = tuple(
        Digit(
            digit=digit.digit,
            confidence=digit.confidence,
            box=digit.box,
            line=line,
            probabilities={str(name): float(p) for name, p in enumerate(digit.probabilities)},
            image=digit.image,
            doubtful=digit.confidence < reader.doubtful,
        )
        for line, number in enumerate(with_digits)
        for digit in number.digits
    )
    lines = {id(number): place for place, number in enumerate(with_digits)}
    refused = [Refused(box, lines.get(id(number), 0)) for number in numbers for box in number.refused]
    return Reading(
        text="\n".join(number.text for number in with_digits),
        status="ok" if digits else "rejected" if refused else "empty",
        digits=digits,
        layout=layout,
        lines=tuple(TextLine(number.text, number.confidence, number.box) for number in with_digits),
        refused=tuple(refused),
        preview=preview,
    )
