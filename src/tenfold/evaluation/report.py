"""A run's report: one HTML file that needs no other, with figures, tables and the worst misses as pictures."""

import base64
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from tenfold.data import Dataset
from tenfold.evaluation.metrics import Evaluation, evaluate, softmax, worst_misses
from tenfold.evaluation.plots import confusion_plot, history_plot, png_bytes, sheet_plot
from tenfold.files import write_atomically

STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: 1rem 0 } td, th { padding: .2rem .8rem; text-align: right }
th { border-bottom: 1px solid } td:first-child, th:first-child { text-align: left }
td { overflow-wrap: anywhere }
td:first-child { overflow-wrap: break-word }
figure { margin: 1.5rem 0 } img { max-width: 100%; border-radius: 6px } figcaption, .quiet { opacity: .7 }
.big { font-size: 2.4rem; font-weight: 600; margin-right: .4rem } pre { overflow-x: auto }
"""


@dataclass(frozen=True)
class Section:
    """A part of a report: a heading, then text, a table (its first row the head), a PNG, in that order where given."""

    heading: str
    text: str = ""
    table: Sequence[Sequence[object]] = ()
    png: bytes = b""
    preformatted: str = ""


def write_page(path: str | Path, title: str, sections: Sequence[Section]) -> Path:
    """Write one self-contained HTML file. Raises TenfoldError where the folder cannot be written."""
    body = "\n".join(map(_section, sections))
    page = (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>\n'
        f"<body><h1>{html.escape(title)}</h1>\n{body}\n</body></html>\n"
    )
    return write_atomically(path, page)


def write_report(
    folder: str | Path,
    data: Dataset,
    logits: NDArray[np.float32],
    record: Mapping[str, Any],
    *,
    layers: str = "",
    title: str = "Tenfold run",
) -> Path:
    """Write report.html and its figures (confusion.png, misses.png, history.png) into `folder`; returns the report's path.

    data:    the split that was measured
    logits:  (N, C), the network's answers to it
    record:  the checkpoint's record; its history is drawn, its settings are listed
    layers:  the layer table, as `summary` prints it
    """
    folder = Path(folder)
    found = evaluate(logits, data.labels, data.classes)
    plots = {"confusion.png": confusion_plot(found), "misses.png": misses_plot(data, logits)}
    history = record.get("history", {})
    if history.get("loss"):
        plots["history.png"] = history_plot(history)
    figures = {name: png_bytes(plot) for name, plot in plots.items()}
    for name, content in figures.items():
        write_atomically(folder / name, content)
    sections = [
        Section(f"{found.accuracy:.2%} of {found.n:,} right", headline(data, found)),
        *([Section("Curves", when_measured(record), png=figures["history.png"])] if "history.png" in figures else []),
        Section("Confusion matrix", png=figures["confusion.png"]),
        Section("Per class", table=per_class(found)),
        Section("Worst misses", "The wrong answers given with the most confidence: label > prediction, confidence.",
                png=figures["misses.png"]),
        Section("Network", preformatted=layers),
        Section("Settings", table=[("setting", "value"), *_flat(record)]),
    ]  # fmt: skip
    return write_page(folder / "report.html", title, sections)


def headline(data: Dataset, found: Evaluation) -> str:
    """One sentence of figures."""
    return (
        f"{data.name}: {found.misses:,} misses, error rate {found.error_rate:.2%}, loss {found.loss:.4f}, "
        f"expected calibration error {found.ece:.2%}."
    )


def when_measured(record: Mapping[str, Any]) -> str:
    """That the curves are of a time before confidences were calibrated, if they were."""
    temperature = record.get("temperature", 1.0)
    return "" if temperature == 1 else f"Measured before the logits were divided by the temperature, {temperature:.2f}."


def per_class(found: Evaluation) -> list[tuple[str, ...]]:
    """The table of classes with precision and recall, its head first."""
    rows = zip(found.classes, found.confusion.sum(1), found.precision, found.recall, strict=True)
    return [("class", "images", "precision", "recall"), *((n, f"{c:,}", f"{p:.2%}", f"{r:.2%}") for n, c, p, r in rows)]


def misses_plot(data: Dataset, logits: NDArray[np.float32], n: int = 24) -> Figure:
    """The worst misses as pictures with label, prediction and confidence."""
    places = worst_misses(logits, data.labels, n)
    probabilities = softmax(logits[places])
    captions = [
        f"{data.classes[label]} > {data.classes[row.argmax()]}  {row.max():.0%}"
        for label, row in zip(data.labels[places], probabilities, strict=True)
    ]
    return sheet_plot(data.images[places], captions, f"{len(places)} worst misses of {data.name}")


def _section(section: Section) -> str:
    parts = [f"<h2>{html.escape(section.heading)}</h2>"]
    if section.text:
        parts.append(f"<p>{html.escape(section.text)}</p>")
    if section.table:
        parts.append(_table(section.table))
    if section.preformatted:
        parts.append(f"<pre>{html.escape(section.preformatted)}</pre>")
    if section.png:
        picture = base64.b64encode(section.png).decode()
        alt = html.escape(section.heading, quote=True)
        parts.append(f'<figure><img alt="{alt}" src="data:image/png;base64,{picture}"></figure>')
    return "\n".join(parts)


def _table(rows: Sequence[Sequence[object]]) -> str:
    head, *body = [[html.escape(str(cell)) for cell in row] for row in rows]
    lines = ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in body]
    return "<table><tr>" + "".join(f"<th>{cell}</th>" for cell in head) + "</tr>" + "".join(lines) + "</table>"


def _flat(record: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Settings as rows; the history is drawn, not listed."""
    rows: list[tuple[str, str]] = []
    for key, value in record.items():
        if key == "history":
            continue
        if isinstance(value, Mapping):
            rows += _flat(value, f"{prefix}{key}.")
        else:
            rows.append((prefix + key, f"{value:.6g}" if isinstance(value, float) else str(value)))
    return rows
