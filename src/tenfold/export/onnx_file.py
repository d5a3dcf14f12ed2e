"""A trained network -> an ONNX file that needs no training library, with the proof that both give the same answers.

The file takes raw pixels, `images` (N, H, W) uint8 with N free, and gives `logits` (N, C) float32, already divided by the
temperature. Its metadata holds one JSON under "tenfold": class names, size, preparation, temperature, what is refused.
"""

import json
import logging
import warnings
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tenfold.errors import TenfoldError
from tenfold.files import sha256, write_atomically
from tenfold.models import Classifier, predict
from tenfold.models.checkpoint import versions

FORMAT = 1
TOLERANCE = 1e-3  # of a logit; float32 rounding in another order of summation stays well below it


@dataclass(frozen=True)
class Refusal:
    """What makes an answer a no.

    none:      the class that stands for what is no digit; "" where the network has none
    threshold: answers whose probability is below this are refused, 0 to 1
    doubtful:  accepted answers whose probability is below this are marked for a second look, 0 to 1
    """

    none: str = ""
    threshold: float = 0.0
    doubtful: float = 0.9


@dataclass(frozen=True)
class Export:
    """An exported file and how it compares with the network it was made from."""

    path: Path
    sha256: str
    bytes: int
    images: int
    largest_difference: float

    def __str__(self) -> str:
        return (
            f"{self.path}: {self.bytes / 1e3:,.0f} kB, the same answers as PyTorch on {self.images:,} images "
            f"(largest difference of a logit {self.largest_difference:.1e})"
        )


def export_onnx(
    model: Classifier,
    path: str | Path,
    images: NDArray[np.uint8],
    *,
    temperature: float = 1.0,
    refusal: Refusal | None = None,
) -> Export:
    """Write `model` as ONNX to `path` after comparing ONNX Runtime with PyTorch on `images` (N, H, W) uint8.

    The same weights give the same bytes. Raises TenfoldError, and writes nothing, where a prediction differs or a logit is
    off by more than TOLERANCE, or where the folder cannot be written.
    """
    content = _with_metadata(_graph(model, temperature), model, temperature, refusal or Refusal())
    difference = compare_with_onnx(model, content, images, temperature)
    written = write_atomically(path, content)
    return Export(written, sha256(content), len(content), len(images), difference)


def compare_with_onnx(model: Classifier, content: bytes, images: NDArray[np.uint8], temperature: float = 1.0) -> float:
    """The largest difference of a logit between PyTorch and the ONNX file's bytes on `images`.

    Raises TenfoldError where it exceeds TOLERANCE or any prediction differs.
    """
    wanted = predict(model, images) / np.float32(temperature)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    found = np.concatenate([session.run(["logits"], {"images": part})[0] for part in _parts(images)])
    difference = float(np.abs(found - wanted).max())
    differing = int((found.argmax(1) != wanted.argmax(1)).sum())
    if not difference <= TOLERANCE or differing:
        raise TenfoldError(
            f"the export differs from the network: {differing} of {len(images)} predictions, "
            f"largest difference of a logit {difference:.1e}; nothing was written"
        )
    return difference


def _parts(images: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """Pieces of several sizes, 1 among them, so that the free batch axis is tried too."""
    return [part for part in (images[:1], images[1:100], images[100:]) if len(part)]


class _Calibrated(nn.Module):
    """The network with its logits divided by the temperature."""

    def __init__(self, model: Classifier, temperature: float) -> None:
        super().__init__()
        self.model = model
        self.temperature = temperature

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.model(images)
        return logits if self.temperature == 1 else logits / self.temperature


def _graph(model: Classifier, temperature: float) -> onnx.ModelProto:
    example = torch.zeros(2, *model.architecture.size, dtype=torch.uint8)
    model = deepcopy(model)
    # as `fit` leaves the weights; those of a checkpoint lie otherwise, and other names would be written
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it reports on libraries that nobody asked for
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's exporter uses what PyTorch itself deprecates
        program = torch.onnx.export(
            _Calibrated(model, temperature).eval(),
            (example,),
            input_names=["images"],
            output_names=["logits"],
            dynamic_shapes=({0: torch.export.Dim("N")},),
            dynamo=True,
            verbose=False,
        )
    assert program is not None  # only exports to a file return nothing
    return program.model_proto


def _with_metadata(graph: onnx.ModelProto, model: Classifier, temperature: float, refusal: Refusal) -> bytes:
    forget_origins(graph)
    record: dict[str, Any] = {
        "format": FORMAT,
        "network": model.architecture.network,
        "classes": list(model.classes),
        "size": list(model.architecture.size),
        "preparation": model.preparation.to_dict(),
        "temperature": temperature,
        "refusal": asdict(refusal),
    }
    return sealed(graph, record)


def sealed(graph: onnx.ModelProto, record: dict[str, Any]) -> bytes:
    """The bytes of a checked graph with `record` as its description, the same for the same graph and record."""
    graph.producer_name, graph.producer_version = "tenfold", versions()["tenfold"]
    entry = graph.metadata_props.add()
    entry.key, entry.value = "tenfold", json.dumps(record)
    onnx.checker.check_model(graph)
    content: bytes = graph.SerializeToString(deterministic=True)
    return content


def forget_origins(graph: onnx.ModelProto) -> None:
    """Drop the exporter's notes, which hold paths of the machine and line numbers of the source."""
    del graph.metadata_props[:]
    del graph.graph.metadata_props[:]
    del graph.graph.value_info[:]
    for part in (*graph.graph.node, *graph.graph.initializer, *graph.graph.input, *graph.graph.output):
        part.doc_string = ""
        del part.metadata_props[:]
