"""Doubtful pictures put aside for a person: a folder with the pictures and a table to fill in."""

import csv
import io
import shutil
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from tenfold.errors import TenfoldError
from tenfold.files import write_atomically
from tenfold.reading.reading import Reading

COLUMNS = ("picture", "source", "status", "read_as", "confidence", "runner_up", "runner_up_confidence", "hints", "label")
"""Of review.csv; `label` is empty, for the person."""

Row = tuple[str, ...]


def put_aside(folder: str | Path, number: int, name: str, reading: Reading) -> Row:
    """Copy one doubtful picture into `folder`; returns its row of the table, which `write_review` writes at the end.

    Of several digits the least sure one is told of. Raises TenfoldError where the folder cannot be written.
    """
    copy = keep_picture(Path(folder), number, name, reading)
    answer = (reading.status, "", "", "", "")
    if reading.digits:
        digit = min(reading.digits, key=lambda digit: digit.confidence)
        other, probability = digit.runner_up
        read_as = reading.text.replace("\n", " ") or str(digit.digit)
        answer = (reading.status, read_as, f"{digit.confidence:.4f}", str(other), f"{probability:.4f}")
    return copy.name, name, *answer, "; ".join(reading.hints), ""


def write_review(folder: str | Path, rows: Sequence[Row]) -> Path:
    """Write the table of what was put aside to review.csv in `folder`; returns its path."""
    table = io.StringIO()
    csv.writer(table).writerows([COLUMNS, *rows])
    return write_atomically(Path(folder) / "review.csv", table.getvalue())


def keep_picture(folder: Path, number: int, name: str, reading: Reading) -> Path:
    """The picture's file copied as NUMBER_NAME; what came by standard input is kept as a PNG of its grey levels."""
    source = Path(name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if name != "-" and source.is_file():
            return Path(shutil.copyfile(source, folder / f"{number:04}_{source.name}"))
        target = folder / f"{number:04}_stdin.png"
        if reading.preview is not None:
            Image.fromarray(reading.preview.pixels).save(target)
        return target
    except OSError as error:
        raise TenfoldError(f"{folder}: cannot be written ({error.strerror or error}); choose another folder") from error
