"""The contract of `tenfold read`, which scripts rely on."""

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import tenfold
from tenfold.cli import main
from tenfold.reading import Recogniser

EXAMPLES = Path(__file__).parents[2] / "examples"
KEYS = ["file", "status", "text", "digits", "layout", "confidence"]


@pytest.fixture
def folder(tmp_path) -> Path:
    """Two pictures, a blank one and a text file."""
    for name in ("paper.jpg", "small.png"):
        (tmp_path / name).write_bytes((EXAMPLES / name).read_bytes())
    Image.new("L", (50, 50), 255).save(tmp_path / "blank.png")
    (tmp_path / "notes.txt").write_text("no picture")
    return tmp_path


def test_plain_output_is_name_and_text(folder, capsys):
    """One line a picture on standard output, in the order given; a folder's pictures sorted, other files passed over."""
    assert main(["read", str(folder / "small.png"), str(folder)]) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines() == [
        f"{folder}/small.png: 5",
        f"{folder}/blank.png: ",
        f"{folder}/paper.jpg: 2",
        f"{folder}/small.png: 5",
    ]
    assert shown.err.strip() == f"tenfold: {folder}/blank.png: no ink found"


def test_json_output_is_one_object_a_line(folder, capsys):
    """Nothing but JSON on standard output; a digit has its confidence and its box."""
    assert main(["read", "--json", str(folder)]) == 0
    shown = capsys.readouterr()
    records = [json.loads(line) for line in shown.out.splitlines()]
    assert [record["status"] for record in records] == ["empty", "ok", "ok"]
    assert all(list(record) == KEYS for record in records)
    assert records[0]["digits"] == []
    digit = records[1]["digits"][0]
    assert (digit["digit"], digit["line"], len(digit["box"])) == (2, 0, 4)
    assert 0.5 < digit["confidence"] <= 1
    assert shown.err == ""


def test_what_cannot_be_opened_costs_the_rest_nothing(folder, capsys):
    """Exit code 3, an error record in its place, and every other picture read."""
    (folder / "empty_folder").mkdir()
    (folder / "fake.png").write_text("no picture")
    paths = ["missing.png", str(folder / "small.png"), str(folder / "empty_folder"), str(folder / "fake.png")]
    assert main(["read", "--json", *paths, str(folder / "paper.jpg")]) == 3
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["status"] for record in records] == ["error", "ok", "error", "error", "ok"]
    assert [Path(record["file"]).name for record in records] == [
        "missing.png", "small.png", "empty_folder", "fake.png", "paper.jpg",
    ]  # fmt: skip
    assert "no such file" in records[0]["error"]
    assert "no pictures in this folder" in records[2]["error"]


def test_standard_input_is_a_picture(monkeypatch, capsys):
    """`-` reads one picture from standard input."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO((EXAMPLES / "paper.jpg").read_bytes())))
    assert main(["read", "-"]) == 0
    assert capsys.readouterr().out == "-: 2\n"


def truncated_jpeg(path: Path) -> None:
    """The first half of a JPEG."""
    content = (EXAMPLES / "paper.jpg").read_bytes()
    path.write_bytes(content[: len(content) // 2])


def fifty_megapixels(path: Path) -> None:
    """A small file that stands for a huge picture."""
    Image.new("1", (10_000, 5_000)).save(path)


BAD = [
    ("text.png", lambda path: path.write_text("hello"), "is no PNG", "text with a picture's ending"),
    ("cut.jpg", truncated_jpeg, "damaged or cut off", "a JPEG that ends too early"),
    ("none.png", lambda path: path.write_bytes(b""), "0 bytes", "a file without content"),
    ("huge.png", fifty_megapixels, "too large", "refused from its header"),
    ("folder.png", lambda path: path.mkdir(), "no pictures in this folder", "a folder without pictures"),
]


@pytest.mark.parametrize(("name", "make", "says", "why"), BAD, ids=[row[0] for row in BAD])
def test_bad_pictures_are_one_clear_line(tmp_path, capsys, name, make, says, why):
    """Every kind of bad picture: exit code 3 and one line that names the file and the reason."""
    make(tmp_path / name)
    assert main(["read", str(tmp_path / name)]) == 3
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 1, (why, shown.err)
    assert name in shown.err
    assert says in shown.err


USAGE = [
    (["read"], "Missing argument"),
    (["read", "--layout", "poem", "x.png"], "unknown layout 'poem'; known: auto, digit, number, page"),
    (["read", "--bogus", "x.png"], "No such option"),
    (["nonsense"], "No such command"),
]


@pytest.mark.parametrize(("arguments", "says"), USAGE)
def test_wrong_usage_is_one_line_and_exit_code_2(capsys, arguments, says):
    """Wrong usage never reaches a picture."""
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 1
    assert says in shown.err


def test_a_model_that_is_none_is_named(tmp_path, capsys):
    """A broken model is a failure, not a bad picture: exit code 1."""
    (tmp_path / "m.onnx").write_bytes(b"nothing")
    assert main(["read", "--model", str(tmp_path / "m.onnx"), str(EXAMPLES / "paper.jpg")]) == 1
    assert "m.onnx: cannot be loaded" in capsys.readouterr().err


def test_a_file_name_cannot_fake_an_answer(tmp_path, capsys):
    """A newline in a name is shown escaped, so that every output line is one picture."""
    path = tmp_path / "a\nb.png: 9"
    path.write_bytes((EXAMPLES / "small.png").read_bytes())
    assert main(["read", str(path)]) == 0
    assert capsys.readouterr().out == f"{tmp_path}/a\\nb.png: 9: 5\n"


def test_a_name_with_a_dash_or_strange_bytes_is_read(tmp_path):
    """`--` ends the options, and a name that is no text in UTF-8 is shown escaped."""
    content = (EXAMPLES / "small.png").read_bytes()
    (tmp_path / "-x.png").write_bytes(content)
    strange = os.fsencode(tmp_path) + b"/\xff.png"
    Path(os.fsdecode(strange)).write_bytes(content)
    command = [sys.executable, "-m", "tenfold", "read", "--", "-x.png", strange]
    done = subprocess.run(command, capture_output=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == b"-x.png: 5"
    assert done.stdout.splitlines()[1].endswith(b": 5")


def test_a_reader_that_goes_away_is_no_error():
    """`tenfold read ... | head -1` ends quietly."""
    command = f"{sys.executable} -m tenfold read {' '.join([str(EXAMPLES)] * 40)} | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_ctrl_c_ends_it_and_its_processes(tmp_path):
    """However often it comes, as `timeout` sends it twice: exit code 130, nothing printed, no process left waiting."""
    for number in range(1_000):
        (tmp_path / f"{number}.png").symlink_to(EXAMPLES / "small.png")
    reading = subprocess.Popen(
        [sys.executable, "-u", "-m", "tenfold", "read", "--workers", "2", str(tmp_path)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    assert reading.stdout is not None
    reading.stdout.readline()
    for _ in range(3):
        os.killpg(reading.pid, signal.SIGINT)
    assert reading.communicate(timeout=60)[1] == b""
    assert reading.returncode == 130


def test_ink_that_is_no_digit_is_rejected(monkeypatch, capsys, tmp_path):
    """A refused picture has status rejected, no text and exit code 0."""
    monkeypatch.setattr(Recogniser, "refuses", lambda self, probabilities: True)
    Image.fromarray(np.pad(np.zeros((20, 4), np.uint8), 20, constant_values=255)).save(tmp_path / "one.png")
    assert main(["read", "--json", str(tmp_path / "one.png")]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["status"], record["text"], record["digits"]) == ("rejected", "", [])


def test_of_what_is_refused_nothing_is_guessed(tmp_path, capsys):
    """One line says that there is ink but no digit; how sure the best guess was is nobody's concern."""
    picture = np.full((120, 120), 255, np.uint8)
    picture[20:100:8, 20:100] = picture[20:100, 20:100:8] = 0
    Image.fromarray(picture).save(tmp_path / "grid.png")
    assert tenfold.read(tmp_path / "grid.png", layout="digit").digits[0].doubtful
    assert main(["read", "--layout", "digit", str(tmp_path / "grid.png")]) == 0
    shown = capsys.readouterr()
    assert shown.out == f"{tmp_path / 'grid.png'}: \n"
    assert shown.err == f"tenfold: {tmp_path / 'grid.png'}: ink, but no digit\n"


def test_explain_writes_a_picture(tmp_path, capsys):
    """`--explain` draws one picture's reading, and only one's."""
    assert main(["read", "--explain", str(tmp_path / "why.png"), str(EXAMPLES / "paper.jpg")]) == 0
    with Image.open(tmp_path / "why.png") as sheet:
        assert sheet.width > 900
    assert main(["read", "--explain", str(tmp_path / "why.png"), str(EXAMPLES)]) == 2
    assert main(["read", "--explain", str(tmp_path / "why.txt"), str(EXAMPLES / "paper.jpg")]) == 2
    assert "one picture" in capsys.readouterr().err


def test_review_puts_doubtful_pictures_aside(monkeypatch, tmp_path, capsys):
    """`--review` copies what was refused, with a table, and says how many there are."""
    monkeypatch.setattr(Recogniser, "refuses", lambda self, probabilities: True)
    assert main(["read", "--layout", "digit", "--review", str(tmp_path / "review"), str(EXAMPLES / "paper.jpg")]) == 0
    assert "1 to look at" in capsys.readouterr().err
    assert {path.name for path in (tmp_path / "review").iterdir()} == {"0001_paper.jpg", "review.csv"}


def test_csv_is_a_row_a_line(capsys):
    """`--csv` prints a header and a row for each line of digits; a page has several."""
    assert main(["read", "--csv", str(EXAMPLES / "pages"), str(EXAMPLES / "paper.jpg"), "missing.png"]) == 3
    shown = capsys.readouterr()
    rows = [line.split(",") for line in shown.out.splitlines()]
    assert rows[0] == ["file", "line", "text", "confidence", "status"]
    assert [(Path(row[0]).name, row[1], row[2]) for row in rows[1:5]] == [
        ("number.jpg", "1", "1974"), ("page.jpg", "1", "2718"), ("page.jpg", "2", "60943"), ("page.jpg", "3", "35"),
    ]  # fmt: skip
    assert rows[5][2] == "2"
    assert rows[6][1:] == ["1", "", "0.0000", "error"]
    assert len(shown.err.splitlines()) == 1


def test_a_name_that_looks_like_a_formula_is_text_in_csv(tmp_path, capsys, monkeypatch):
    """A spreadsheet must not run a file's name."""
    (tmp_path / "=1+1.png").write_bytes((EXAMPLES / "small.png").read_bytes())
    monkeypatch.chdir(tmp_path)
    assert main(["read", "--csv", "=1+1.png"]) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("'=1+1.png,")


def test_annotate_writes_a_picture(tmp_path, capsys):
    """`--annotate` draws one picture's boxes, as large as the picture; a folder, standard input, a JPEG are wrong usage."""
    page = str(EXAMPLES / "pages" / "page.jpg")
    assert main(["read", "--annotate", str(tmp_path / "page.png"), page]) == 0
    with Image.open(tmp_path / "page.png") as sheet, Image.open(page) as original:
        assert sheet.size == original.size
        assert sheet.mode == "RGB"
    for wrong in ([str(tmp_path / "a.png"), str(EXAMPLES)], [str(tmp_path / "a.png"), "-"], [str(tmp_path / "a.jpg"), page]):
        assert main(["read", "--annotate", *wrong]) == 2
    assert main(["read", "--csv", "--json", page]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 4


def test_json_of_a_page_holds_all_of_it(capsys):
    """Lines with their boxes, digits with their lines, what was refused, and the layout."""
    assert main(["read", "--json", "--layout", "page", str(EXAMPLES / "pages" / "page.jpg")]) == 0
    record = json.loads(capsys.readouterr().out)
    assert list(record) == [*KEYS, "lines", "refused"]
    assert record["text"] == "2718\n60943\n35"
    assert (record["layout"], len(record["lines"]), len(record["digits"])) == ("page", 3, 11)
    assert [line["text"] for line in record["lines"]] == ["2718", "60943", "35"]
    assert {digit["line"] for digit in record["digits"]} == {0, 1, 2}
    for digit in record["digits"]:
        x, y, w, h = record["lines"][digit["line"]]["box"]
        assert x - 3 <= digit["box"][0] <= x + w
        assert y - 8 <= digit["box"][1] <= y + h


def test_review_takes_ink_without_any_digit(tmp_path, capsys):
    """A number layout that finds only scribbles has no digit to tell of, and is put aside all the same."""
    picture = np.full((80, 200), 255, np.uint8)
    picture[30:34, 20:60] = picture[50:70:5, 100:104] = 0
    Image.fromarray(picture).save(tmp_path / "dashes.png")
    assert main(["read", "--layout", "number", "--review", str(tmp_path / "r"), str(tmp_path / "dashes.png")]) == 0
    capsys.readouterr()
