"""What `evaluate` and `predict` take: a run's folder, an ONNX file, or the shipped weights, all used alike."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tenfold.data import Dataset
    from tenfold.images import Normalisation
    from tenfold.models import Checkpoint

Logits = Callable[[NDArray[np.uint8]], NDArray[np.float32]]

REPORTS = Path("runs") / "evaluation"
"""Where the report on an ONNX file goes; a run's goes into its own folder."""


@dataclass(frozen=True)
class Trained:
    """A trained network, wherever it came from.

    name:          what to call it
    logits:        (N, H, W) uint8 -> (N, C) float32
    refuses:       (N, C) logits -> (N,) bool, which answers it does not believe; a run believes all
    classes, size: of its answers and its images
    none:          the class that stands for what is none of the others; "" where there is none
    normalisation: how images are brought to its form before it sees them; None where they are in it
    source:        the data it was trained on
    record, layers: what a report tells of it
    folder:        where reports go
    """

    name: str
    logits: Logits
    refuses: Callable[[NDArray[np.float32]], NDArray[np.bool_]]
    classes: tuple[str, ...]
    size: tuple[int, int]
    none: str
    normalisation: "Normalisation | None"
    source: str
    record: dict[str, Any]
    layers: str
    folder: Path


def load_trained(path: Path | None) -> Trained:
    """The network at `path`: an ONNX file by its ending, otherwise a run; the shipped weights where it is None."""
    if path is None or path.suffix == ".onnx":
        return load_model(path)
    from tenfold.models import load_checkpoint

    return trained_run(load_checkpoint(path))


def trained_run(checkpoint: "Checkpoint") -> Trained:
    """A run's network, as it is in its checkpoint."""
    from tenfold.models import predict, summary

    model = checkpoint.model
    return Trained(
        name=str(checkpoint.folder),
        logits=lambda images: predict(model, images),
        refuses=lambda logits: np.zeros(len(logits), bool),
        classes=model.classes,
        size=model.architecture.size,
        none="",
        normalisation=model.preparation.normalisation if checkpoint.record["data"]["normalised"] else None,
        source=checkpoint.data,
        record=checkpoint.record,
        layers=str(summary(model)),
        folder=checkpoint.folder / "evaluation",
    )


def load_model(path: Path | None) -> Trained:
    """An ONNX file; MNIST, normalised as pictures are, is what it is measured on unless told otherwise."""
    from tenfold.reading import load_recogniser

    recogniser = load_recogniser(path)

    def logits(images: NDArray[np.uint8]) -> NDArray[np.float32]:
        parts = [recogniser.probabilities(images[start : start + 500]) for start in range(0, len(images), 500)]
        return np.log(np.maximum(np.concatenate(parts), 1e-12)).astype(np.float32)

    return Trained(
        name="the shipped weights" if path is None else str(path),
        logits=logits,
        refuses=lambda found: np.array([recogniser.refuses(row) for row in np.exp(found.astype(np.float64)).tolist()], bool),
        classes=recogniser.classes,
        size=recogniser.size,
        none=recogniser.none,
        normalisation=recogniser.normalisation,
        source="mnist",
        record={"network": recogniser.network, "threshold": recogniser.threshold, "doubtful": recogniser.doubtful},
        layers="",
        folder=REPORTS,
    )


def without_none(trained: Trained, dataset: "Dataset", logits: NDArray[np.float32]) -> tuple["Dataset", NDArray[np.float32]]:
    """Data and logits without the class that stands for none of the others, unless the data has it: none is no answer."""
    from tenfold.data import make_dataset

    stays = [place for place, name in enumerate(trained.classes) if name != trained.none]
    if len(stays) == len(trained.classes) or not np.isin(dataset.labels, stays).all():
        return dataset, logits
    labels = np.searchsorted(stays, dataset.labels)
    return make_dataset(dataset.images, labels, [trained.classes[place] for place in stays], dataset.name), logits[:, stays]


def load_for(trained: Trained, data: str | None, part: str | None) -> "Dataset":
    """The data to use a network on; raises DataError where its classes or its size are not the network's."""
    from tenfold.data import check_part, load, make_dataset, renamed
    from tenfold.errors import DataError

    own = data is None or data == trained.source
    known = check_part(part or ("test" if own else None))
    dataset = load(data or trained.source, known, normalisation=trained.normalisation)
    if dataset.classes == tuple(map(str, range(len(dataset.classes)))) and not set(dataset.classes) <= set(trained.classes):
        dataset = renamed(dataset, trained.classes)
    if dataset.size != trained.size:
        raise DataError(f"{dataset.name}: images are {dataset.size}, but the network takes {trained.size}")
    unknown = sorted(set(dataset.classes) - set(trained.classes))
    if unknown:
        raise DataError(f"{dataset.name}: class '{unknown[0]}' is not one of the network's ({', '.join(trained.classes)})")
    places = np.array([trained.classes.index(name) for name in dataset.classes], np.int64)
    return make_dataset(dataset.images, places[dataset.labels], trained.classes, dataset.name)
