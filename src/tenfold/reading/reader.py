"""A picture -> digits: decode, normalise, recognise, and say what was found."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.errors import PictureError, UsageError, unknown_name
from tenfold.images import Normalised, Picture, decode, normalise
from tenfold.reading.explain import hints_for
from tenfold.reading.reading import Digit, Preview, Reading, as_digit
from tenfold.reading.recogniser import Recogniser, load_recogniser

LAYOUTS = ("auto", "digit", "number", "page")

BATCH = 64  # pictures that go through the network together
PREVIEW = 640  # pixels; larger pictures are kept shrunk to this longer side


@dataclass(frozen=True)
class Prepared:
    """A picture on its way: normalised, and kept to be shown."""

    found: Normalised
    preview: Preview


def read(picture: Picture, *, layout: str = "auto", model: str | Path | None = None) -> Reading:
    """Read the digit in one picture.

    picture: a path, the bytes of a file, a Pillow image or an array (see `tenfold.images.decode`)
    model:   an ONNX file that `tenfold export` wrote; the shipped weights by default

    Raises PictureError for what is no whole picture, TenfoldError for a model that cannot be loaded.
    """
    check_layout(layout)
    reader = _reader(model)
    return _answer([_prepare(decode(picture), reader)], reader)[0]


def read_many(pictures: Iterable[Picture], *, layout: str = "auto", model: str | Path | None = None) -> Iterator[Reading]:
    """Read many pictures, one Reading each in their order, in constant memory.

    A picture that cannot be opened gives a Reading with status "error" and the rest is read all the same.
    """
    check_layout(layout)
    reader = _reader(model)
    waiting = iter(pictures)
    while batch := list(islice(waiting, BATCH)):
        yield from _read_batch(batch, reader)


def check_layout(layout: str) -> None:
    """Raise UsageError for a layout that there is not, or not yet."""
    if layout not in LAYOUTS:
        raise unknown_name("layout", layout, LAYOUTS)
    if layout in ("number", "page"):
        raise UsageError(f"layout '{layout}' is not there yet: this version reads one digit a picture (layout digit)")


@cache
def _reader(model: str | Path | None) -> Recogniser:
    """One session a model and process: loading costs a thousand times what reading does."""
    return load_recogniser(model)


def _read_batch(pictures: list[Picture], reader: Recogniser) -> list[Reading]:
    found: list[Prepared | PictureError] = []
    for picture in pictures:
        try:
            found.append(_prepare(decode(picture), reader))
        except PictureError as error:
            found.append(error)
    answers = iter(_answer([one for one in found if isinstance(one, Prepared)], reader))
    return [Reading("", "error", error=str(one)) if isinstance(one, PictureError) else next(answers) for one in found]


def _prepare(grey: NDArray[np.uint8], reader: Recogniser) -> Prepared:
    """The picture in the form of the network's training images."""
    if reader.normalisation is not None:
        return Prepared(normalise(grey, reader.normalisation), _preview(grey))
    height, width = reader.size
    image = np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    return Prepared(Normalised(image, (0, 0, grey.shape[1], grey.shape[0]), contrast=1.0), _preview(grey))


def _preview(grey: NDArray[np.uint8]) -> Preview:
    """The picture at most PREVIEW pixels long, so that a batch of photographs stays small in memory."""
    factor = max(1.0, max(grey.shape) / PREVIEW)
    if factor == 1:
        return Preview(grey, 1.0)
    size = (max(1, round(grey.shape[1] / factor)), max(1, round(grey.shape[0] / factor)))
    return Preview(np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8), factor)


def _answer(prepared: list[Prepared], reader: Recogniser) -> list[Reading]:
    """One Reading for each prepared picture; those with ink go through the network together."""
    inked = [one.found.image for one in prepared if one.found.box is not None]
    rows = iter(reader.probabilities(np.stack(inked)) if inked else ())
    return [
        Reading("", "empty", preview=one.preview) if one.found.box is None else _reading(one, next(rows), reader)
        for one in prepared
    ]


def _reading(one: Prepared, probabilities: NDArray[np.float64], reader: Recogniser) -> Reading:
    named = {name: float(p) for name, p in zip(reader.classes, probabilities, strict=True) if name != reader.none}
    best = max(named, key=named.__getitem__)
    assert one.found.box is not None  # _answer sends on only what has ink
    no = bool(reader.refuses(probabilities[None])[0])
    doubtful = not no and named[best] < reader.doubtful
    digit = Digit(as_digit(best), named[best], one.found.box, 0, named, one.found.image, doubtful)
    return Reading(
        text="" if no else best,
        status="rejected" if no else "ok",
        digits=(digit,),
        hints=hints_for(one.found) if no or doubtful else (),
        preview=one.preview,
    )
