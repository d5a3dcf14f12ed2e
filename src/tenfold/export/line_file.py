"""A trained line network -> an ONNX file that needs no training library, with the proof that both give the same answers.

The file takes `images` (N, height, W) uint8 with N and W free, and gives `logits` (N, T, 11) float32. Its metadata holds one
JSON under "tenfold": the form that lines are brought to, the temperature, what is refused.
"""

import logging
import warnings
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray

from tenfold.errors import TenfoldError
from tenfold.export.onnx_file import FORMAT, TOLERANCE, Export, Refusal, forget_origins, sealed
from tenfold.files import sha256, write_atomically
from tenfold.images.line_form import LineForm
from tenfold.models.line_network import LineNetwork, frames

__all__ = ["export_line_onnx"]


def export_line_onnx(
    network: LineNetwork,
    path: str | Path,
    images: Sequence[NDArray[np.uint8]],
    *,
    form: LineForm,
    temperature: float,
    refusal: Refusal,
) -> Export:
    """Write `network` as ONNX to `path` after comparing ONNX Runtime with PyTorch on `images`, each (height, W) uint8.

    Raises TenfoldError, and writes nothing, where a logit is off by more than TOLERANCE.
    """
    graph = _graph(network)
    record = {
        "format": FORMAT,
        "network": "line",
        "architecture": network.architecture.to_dict(),
        "form": asdict(form),
        "stride": 32 // frames(32),
        "temperature": temperature,
        "refusal": asdict(refusal),
    }
    content = sealed(graph, record)
    difference = _compare(network, content, images)
    written = write_atomically(path, content)
    return Export(written, sha256(content), len(content), len(images), difference)


def _compare(network: LineNetwork, content: bytes, images: Sequence[NDArray[np.uint8]]) -> float:
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    differences = [0.0]
    for image in images:
        found = session.run(["logits"], {"images": image[None]})[0]
        with torch.no_grad():
            wanted = network(torch.from_numpy(image[None])).numpy()
        differences.append(float(np.abs(found - wanted).max()))
    if not max(differences) <= TOLERANCE:
        raise TenfoldError(f"the export differs from the network by {max(differences):.1e} of a logit; nothing was written")
    return max(differences)


def _graph(network: LineNetwork) -> onnx.ModelProto:
    example = torch.zeros(2, network.architecture.height, 64, dtype=torch.uint8)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it reports on libraries that nobody asked for
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's exporter uses what PyTorch itself deprecates
        program = torch.onnx.export(
            network.eval(),
            (example,),
            input_names=["images"],
            output_names=["logits"],
            dynamic_shapes=({0: torch.export.Dim("N"), 2: torch.export.Dim("W", min=4)},),
            dynamo=True,
            verbose=False,
        )
    assert program is not None  # only exports to a file return nothing
    graph: onnx.ModelProto = program.model_proto
    forget_origins(graph)
    return graph
