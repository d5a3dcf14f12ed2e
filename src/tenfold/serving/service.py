"""What every route of one process shares: the model, the queue, the counts, the limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tenfold.errors import TenfoldError
from tenfold.reading import LAYOUTS, Recogniser, load_recogniser, read_many, shipped_weights
from tenfold.serving.batching import Batcher
from tenfold.serving.bodies import Bodies
from tenfold.serving.jobs import Job, do
from tenfold.serving.metrics import Metrics, make_metrics
from tenfold.serving.settings import Limits, Settings

STROKE = np.pad(np.zeros((40, 5), np.uint8), 20, constant_values=255)
"""A picture with something to read."""


@dataclass(frozen=True)
class Service:
    """One process's parts. `figures` are rows of the model card, `layouts` what the model can read."""

    recogniser: Recogniser
    batcher: Batcher[Job]
    bodies: Bodies
    metrics: Metrics
    limits: Limits
    corrections: Path | None
    figures: list[dict[str, str]]
    layouts: tuple[str, ...]


def make_service(settings: Settings) -> Service:
    """Load the model and make ready, by reading once, so that the first request waits for nothing.

    Raises TenfoldError for a model that cannot be loaded or a folder for corrections that cannot be written.
    """
    recogniser = load_recogniser(settings.model)
    layouts = LAYOUTS if settings.model is None else ("auto", "digit")
    for layout in layouts:
        list(read_many([STROKE], layout=layout, model=settings.model))
    metrics = make_metrics()

    def work(jobs: Sequence[Job]) -> list[Any]:
        return do(jobs, recogniser, settings.model)

    if settings.corrections is not None:
        _make_folder(settings.corrections)
    return Service(
        recogniser=recogniser,
        batcher=Batcher(work, settings.limits, metrics),
        bodies=Bodies(settings.limits),
        metrics=metrics,
        limits=settings.limits,
        corrections=settings.corrections,
        layouts=layouts,
        figures=read_figures((settings.model or shipped_weights()).with_name("MODEL_CARD.md")),
    )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TenfoldError(f"{folder}: cannot be made ({error.strerror or error}); choose another folder") from error


def read_figures(card: Path) -> list[dict[str, str]]:
    """The rows of the tables in the model card beside the weights, as it says them; none where there is no card."""
    if not card.is_file():
        return []
    rows: list[dict[str, str]] = []
    heads: list[str] = []
    for line in card.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if not cells or set(line) <= set("|- "):
            heads = heads if cells else []
        elif heads:
            rows.append(dict(zip(heads, cells, strict=False)))
        else:
            heads = cells
    return rows
