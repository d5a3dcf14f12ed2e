"""Doubtful pictures are put aside whole, with a table to fill in."""

import csv
from pathlib import Path

import numpy as np
import pytest

from tenfold.errors import TenfoldError
from tenfold.reading import Digit, Preview, Reading, put_aside, write_review

DIGIT = Digit(7, 0.4, (0, 0, 5, 5), 0, {"7": 0.4, "1": 0.3}, np.zeros((28, 28), np.uint8), True)
DOUBTFUL = Reading("7", "ok", (DIGIT,), hints=("low contrast",), preview=Preview(np.zeros((9, 9), np.uint8), 1.0))


def test_pictures_of_one_name_are_both_kept(tmp_path):
    """Copies are numbered, byte for byte the originals, and the table has a row each with an empty label."""
    rows = []
    for number, place in enumerate(("a", "b"), start=1):
        (tmp_path / place).mkdir()
        (tmp_path / place / "x.png").write_bytes(place.encode())
        rows.append(put_aside(tmp_path / "review", number, str(tmp_path / place / "x.png"), DOUBTFUL))
    table = write_review(tmp_path / "review", rows)
    assert (tmp_path / "review" / "0002_x.png").read_bytes() == b"b"
    with table.open(newline="") as file:
        found = list(csv.DictReader(file))
    assert [row["picture"] for row in found] == ["0001_x.png", "0002_x.png"]
    assert found[0]["read_as"] == "7"
    assert found[0]["runner_up"] == "1"
    assert found[0]["hints"] == "low contrast"
    assert found[0]["label"] == ""


def test_standard_input_is_kept_as_a_picture(tmp_path):
    """What has no file is kept as PNG."""
    put_aside(tmp_path, 1, "-", DOUBTFUL)
    assert (tmp_path / "0001_stdin.png").read_bytes().startswith(b"\x89PNG")


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    """One line, and the picture stays where it is."""
    (tmp_path / "file").write_text("")
    with pytest.raises(TenfoldError, match="file: cannot be written"):
        put_aside(Path(tmp_path / "file"), 1, "-", DOUBTFUL)
