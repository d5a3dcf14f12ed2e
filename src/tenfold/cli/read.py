"""`tenfold read`: pictures in, digits out. Scripts rely on what this prints."""

import json
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tenfold.errors import UsageError

if TYPE_CHECKING:
    from PIL import Image

    from tenfold.images import Picture
    from tenfold.reading import Reading

WHY = {"empty": "no ink found", "rejected": "ink, but no digit"}


def read(
    pictures: list[str] = typer.Argument(metavar="PATH...", help="Pictures, folders of pictures, or - for standard input."),
    layout: str = typer.Option("auto", help="auto, digit, number or page."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object a line."),
    as_csv: bool = typer.Option(False, "--csv", help="Print a table for spreadsheets: a row for each line of digits."),
    model: Path | None = typer.Option(None, help="An ONNX file that `tenfold export` wrote; the shipped one by default."),
    workers: int | None = typer.Option(None, help="Processes that read many pictures; by default one a core, at most 4."),
    explain: Path | None = typer.Option(None, help="Write a PNG that shows why; for one picture."),
    annotate: Path | None = typer.Option(None, help="Write a PNG of the picture with boxes and readings; for one picture."),
    review: Path | None = typer.Option(None, help="Copy doubtful and refused pictures into this folder, with a CSV."),
) -> int:
    """Read the digits in pictures.

    Prints `name: text`, one a line.

    A picture that cannot be opened is named on standard error, the rest is read all the same, and the exit code is 3.
    """
    from tenfold.reading import annotate as draw_annotated
    from tenfold.reading import put_aside, write_review

    unopened = 0
    aside: list[tuple[str, ...]] = []
    check_one_picture({"--explain": explain, "--annotate": annotate}, pictures)
    if as_json and as_csv:
        raise UsageError("--json and --csv print different things; choose one")
    if as_csv:
        typer.echo(as_row(CSV_COLUMNS))
    for name, reading in shown(read_named(pictures, layout, model, workers), pictures):
        unopened += reading.status == "error"
        if as_json:
            typer.echo(json.dumps({"file": name, **reading.to_dict()}))
        elif as_csv:
            show_rows(name, reading)
        else:
            show(name, reading)
        if explain is not None and reading.status != "error":
            write_png(explain, reading.explain())
        if annotate is not None and reading.status != "error":
            write_png(annotate, draw_annotated(pictures[0], reading))
        if review is not None and reading.doubtful:
            aside.append(put_aside(review, len(aside) + 1, name, reading))
    if review is not None:
        typer.echo(f"tenfold: {len(aside)} to look at: {write_review(review, aside)}", err=True)
    return 3 if unopened else 0


def check_one_picture(options: dict[str, Path | None], pictures: list[str]) -> None:
    """Raise UsageError unless each option given has one picture that stays to be opened again, and names a PNG."""
    for option, path in options.items():
        if path is None:
            continue
        if len(pictures) != 1 or Path(pictures[0]).is_dir():
            raise UsageError(f"{option} takes one picture")
        if option == "--annotate" and pictures[0] == "-":
            raise UsageError("--annotate opens the picture twice, which standard input does not allow; name a file")
        if path.suffix.lower() != ".png":
            raise UsageError(f"{option} writes a PNG; name it so, not {path.name}")


def write_png(path: Path, sheet: "Image.Image") -> None:
    """Write a drawing as PNG."""
    import io

    from tenfold.files import write_atomically

    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    write_atomically(path, buffer.getvalue())


CSV_COLUMNS = ("file", "line", "text", "confidence", "status")


def show_rows(name: str, reading: "Reading") -> None:
    """One picture's lines on standard output, as rows of a table; a picture without any has one row all the same."""
    if reading.status == "error":
        typer.echo(f"tenfold: {printable(reading.error)}", err=True)
    if reading.lines:
        for number, line in enumerate(reading.lines, 1):
            typer.echo(as_row((name, number, line.text, f"{line.confidence:.4f}", reading.status)))
    else:
        typer.echo(as_row((name, 1, reading.text, f"{reading.confidence:.4f}", reading.status)))


def as_row(cells: Sequence[object]) -> str:
    """Cells as a row of CSV, without its line end; a name that a spreadsheet would run as a formula is shown as text."""
    import csv
    import io

    row = io.StringIO()
    safe = [f"'{cell}" if str(cell).startswith(("=", "+", "-", "@")) else cell for cell in cells]
    csv.writer(row, lineterminator="").writerow(safe)
    return row.getvalue()


def show(name: str, reading: "Reading") -> None:
    """One picture's answer on standard output; why there is none on standard error."""
    if reading.status == "error":
        typer.echo(f"tenfold: {printable(reading.error)}", err=True)
        return
    typer.echo(f"{printable(name)}: {reading.text.replace(chr(10), ' ')}")
    if reading.status != "ok":
        typer.echo(f"tenfold: {printable(name)}: {WHY[reading.status]}", err=True)
        return
    for digit in reading.digits:
        if digit.doubtful:
            other, probability = max(digit.runner_up, ("no digit", digit.none), key=lambda guess: guess[1])
            doubt = f"{digit.digit} with {digit.confidence:.0%}, or {other} with {probability:.0%}"
            typer.echo(f"tenfold: {printable(name)}: doubtful: {doubt}", err=True)


def printable(text: str) -> str:
    """The text on one line, its control characters escaped, so that no file name can fake a second answer."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def read_named(
    paths: list[str], layout: str, model: Path | None, workers: int | None = None
) -> Iterator[tuple[str, "Reading"]]:
    """Name and reading of every picture that `paths` stand for, in order; a folder without pictures is an error."""
    from tenfold.reading import CORES, Reading, read_many

    waiting: deque[tuple[str, Reading | None]] = deque()  # what was handed out and not yet answered

    def pictures() -> Iterator["Picture"]:
        for name, picture in expand(paths):
            empty = Reading("", "error", error=f"{name}: no pictures in this folder") if picture is None else None
            waiting.append((name, empty))
            if picture is not None:
                yield picture

    for reading in read_many(pictures(), layout=layout, model=model, workers=CORES if workers is None else workers):
        while (known := waiting[0][1]) is not None:
            yield waiting.popleft()[0], known
        yield waiting.popleft()[0], reading
    yield from ((name, known) for name, known in waiting if known is not None)


def expand(paths: list[str]) -> Iterator[tuple[str, "Picture | None"]]:
    """Name and picture for each path, a folder standing for the pictures in it; None for a folder that has none."""
    for path in paths:
        if path == "-":
            yield "-", sys.stdin.buffer
        elif Path(path).is_dir():
            from tenfold.data import pictures_in

            found = pictures_in(Path(path))
            yield from ((str(picture), picture) for picture in found) if found else [(path, None)]
        else:
            yield path, Path(path)


def shown(answers: Iterator[tuple[str, "Reading"]], paths: list[str]) -> Iterator[tuple[str, "Reading"]]:
    """The answers, behind a bar where they go to a file and a person waits; on a terminal they show themselves."""
    folders = any(Path(path).is_dir() for path in paths)
    if not folders or sys.stdout.isatty() or not sys.stderr.isatty():
        yield from answers
        return
    from rich.console import Console
    from rich.progress import track

    total = sum(1 for _ in expand(paths))
    yield from track(answers, "reading", total=total, console=Console(stderr=True), transient=True)
