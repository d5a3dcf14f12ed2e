"""An ONNX file -> the same network with convolutions in whole numbers of 8 bits: a third of the size, and quicker to run.

The first convolution, whose one channel gains nothing, and the dense layer stay in float32. Weights have 7 bits, each filter
a scale of its own: a processor without instructions for it adds two products in 16 bits, which 8 bits would overflow.
What is quantised stands between QuantizeLinear and DequantizeLinear, which other runtimes read too: QLinearConv, with the
same results, OpenVINO 2026.4 cannot convert where each filter has its scale.
"""

import json
import logging
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import QuantFormat, QuantType, quantize_static

from tenfold.errors import TenfoldError
from tenfold.export.onnx_file import forget_origins, sealed

BETWEEN = ("Relu", "MaxPool")  # what works on 8 bits where the convolution before it gives them


def quantise(content: bytes, batches: Iterable[NDArray[np.uint8]]) -> bytes:
    """The bytes of an ONNX file that `export_onnx` or `export_line_onnx` wrote, all convolutions but the first in 8 bits.

    batches: images such as the network will see, each (N, H, W) uint8; the range of the numbers between its layers is
    taken from them. The same file and images give the same bytes. Raises TenfoldError for a network without a second
    convolution.
    """
    graph = onnx.load_from_string(content)
    record = next(json.loads(entry.value) for entry in graph.metadata_props if entry.key == "tenfold")
    convolutions = [node.name for node in graph.graph.node if node.op_type == "Conv"][1:]
    if not convolutions:
        raise TenfoldError(f"the network {record['network']} has no second convolution that could be quantised")
    between = [node.name for node in graph.graph.node if node.op_type in BETWEEN]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "quantised.onnx"
        logging.disable(logging.WARNING)  # it advises a preparation that changes nothing in such a file
        try:
            quantize_static(
                graph, path, _Batches(batches), quant_format=QuantFormat.QDQ, per_channel=True, reduce_range=True,
                nodes_to_quantize=convolutions + between, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
            )  # fmt: skip
        finally:
            logging.disable(logging.NOTSET)
        graph = onnx.load(path)
    forget_origins(graph)
    return sealed(graph, record)


class _Batches:
    """The images in the form that ONNX Runtime asks for."""

    def __init__(self, batches: Iterable[NDArray[np.uint8]]) -> None:
        self.batches = iter(batches)

    def get_next(self) -> dict[str, NDArray[np.uint8]] | None:
        """The next batch, None at the end."""
        batch = next(self.batches, None)
        return None if batch is None else {"images": batch}
