"""The Open Inference Protocol V2 on tensors: requests and answers, in JSON or with Triton's binary tensors.

https://github.com/kserve/open-inference-protocol and, for the binary form, the "binary tensor data" extension of Triton.
The model takes `images`, UINT8 [N, 28, 28] in MNIST's form, and gives `probabilities`, FP32 [N, classes].
"""

import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.reading import Recogniser
from tenfold.serving.problems import Problem

NAME, VERSION = "tenfold", "1"
INPUT, OUTPUT = "images", "probabilities"
HEADER_LENGTH = "Inference-Header-Content-Length"
"""HTTP header with the length of the JSON part of a body that has binary tensors behind it."""

Record = dict[str, Any]


@dataclass(frozen=True)
class Inferred:
    """An answer's body, and how long its JSON part is where a binary tensor follows; None where all of it is JSON."""

    content: bytes
    json_size: int | None


def metadata(recogniser: Recogniser) -> Record:
    """What a client learns of the model."""
    height, width = recogniser.size
    return {
        "name": NAME,
        "versions": [VERSION],
        "platform": "onnxruntime_onnx",
        "inputs": [{"name": INPUT, "datatype": "UINT8", "shape": [-1, height, width]}],
        "outputs": [{"name": OUTPUT, "datatype": "FP32", "shape": [-1, len(recogniser.classes)]}],
    }


def infer(body: bytes, json_size: int | None, recogniser: Recogniser) -> Inferred:
    """Run the images of a request through the network. `json_size` is what HEADER_LENGTH says, None without it.

    Raises Problem 400 for what is no valid request.
    """
    request, rest = parse(body, json_size)
    tensor = one_input(request)
    images = as_images(tensor, rest, recogniser.size)
    binary = wants_binary(request)
    found = recogniser.probabilities(images).astype("<f4")
    return encode(found, binary, request.get("id"))


def parse(body: bytes, json_size: int | None) -> tuple[Record, bytes]:
    """The JSON part and what lies behind it."""
    if json_size is not None and not 0 < json_size <= len(body):
        raise Problem(400, f"{HEADER_LENGTH} is not within the body")
    head, rest = (body, b"") if json_size is None else (body[:json_size], body[json_size:])
    try:
        request = json.loads(head)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "the body is no JSON") from error
    if not isinstance(request, dict):
        raise Problem(400, "the body is no JSON object")
    if not isinstance(request.get("id", ""), str):
        raise Problem(400, "id must be a string")
    _parameters(request)
    return request, rest


def one_input(request: Record) -> Record:
    """The only input."""
    inputs = request.get("inputs")
    if not isinstance(inputs, list) or len(inputs) != 1 or not isinstance(inputs[0], dict):
        raise Problem(400, f"wanted one input, {INPUT}")
    tensor: Record = inputs[0]
    if tensor.get("name") != INPUT:
        raise Problem(400, f"unknown input; the model takes {INPUT}")
    if tensor.get("datatype") != "UINT8":
        raise Problem(400, f"{INPUT} must have the datatype UINT8")
    return tensor


def as_images(tensor: Record, rest: bytes, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The input as (N, H, W) uint8."""
    shape = tensor.get("shape")
    count = shape[0] if isinstance(shape, list) and shape else None
    if type(count) is not int or count < 1 or shape != [count, *size]:
        raise Problem(400, f"{INPUT} must have the shape [N, {size[0]}, {size[1]}]")
    wanted = math.prod(shape)
    length = _parameters(tensor).get("binary_data_size")
    values = _listed(tensor.get("data"), shape) if length is None else rest
    if length is not None and not wanted == length == len(rest):
        raise Problem(400, f"wanted {wanted} bytes of binary data behind the JSON")
    return np.frombuffer(values, np.uint8).reshape(count, *size)


def _listed(data: object, shape: list[int]) -> bytes:
    """`data` of the JSON form, flat or nested as the shape says, as bytes."""
    nested = isinstance(data, list) and bool(data) and isinstance(data[0], list)
    values = _flat(data, shape if nested else [math.prod(shape)])
    if not all(type(value) in (int, float) and 0 <= value <= 255 and value == int(value) for value in values):
        raise Problem(400, "data must hold whole numbers from 0 to 255")
    return bytes(map(int, values))


def _flat(data: object, shape: list[int]) -> list[Any]:
    if not isinstance(data, list) or len(data) != shape[0]:
        raise Problem(400, "data does not have as many numbers as the shape says")
    return data if len(shape) == 1 else [value for part in data for value in _flat(part, shape[1:])]


def wants_binary(request: Record) -> bool:
    """Whether the output is to be binary; checks what outputs are asked for."""
    default = bool(_parameters(request).get("binary_data_output", False))
    outputs = request.get("outputs", [])
    if outputs == []:
        return default
    if not isinstance(outputs, list) or len(outputs) != 1 or not isinstance(outputs[0], dict):
        raise Problem(400, f"the model has one output, {OUTPUT}")
    if outputs[0].get("name") != OUTPUT:
        raise Problem(400, f"unknown output; the model gives {OUTPUT}")
    return bool(_parameters(outputs[0]).get("binary_data", default))


def _parameters(holder: Record) -> Record:
    parameters = holder.get("parameters", {})
    if not isinstance(parameters, dict):
        raise Problem(400, "parameters must be an object")
    return parameters


def encode(found: NDArray[np.float32], binary: bool, request_id: str | None) -> Inferred:
    """The answer with `found` (N, C)."""
    output: Record = {"name": OUTPUT, "datatype": "FP32", "shape": list(found.shape)}
    tail = found.tobytes() if binary else b""
    output |= {"parameters": {"binary_data_size": len(tail)}} if binary else {"data": found.ravel().tolist()}
    answer: Record = {"model_name": NAME, "model_version": VERSION, "outputs": [output]}
    head = json.dumps(answer if request_id is None else {"id": request_id, **answer}).encode()
    return Inferred(head + tail, len(head) if binary else None)
