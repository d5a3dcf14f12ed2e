"""The Open Inference Protocol V2 over HTTP: health, metadata, infer."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

import tenfold
from tenfold.serving.bodies import content_type
from tenfold.serving.jobs import Infer
from tenfold.serving.problems import Problem
from tenfold.serving.schemas import refusals
from tenfold.serving.service import Service
from tenfold.serving.tensors import HEADER_LENGTH, INPUT, NAME, OUTPUT, VERSION, Inferred, metadata

OCTETS = "application/octet-stream"


def inference_routes(service: Service) -> APIRouter:
    """The protocol's routes, for the one model in its one version."""
    router = APIRouter(prefix="/v2", tags=["Open Inference Protocol V2"])
    health_routes(router, service)
    for place in (f"/models/{NAME}", f"/models/{NAME}/versions/{VERSION}"):
        model_routes(router, place, service)
    return router


def health_routes(router: APIRouter, service: Service) -> None:
    """Of the server."""

    @router.get("", summary="The server and its extensions")
    async def server() -> dict[str, Any]:
        return {"name": "tenfold", "version": tenfold.__version__, "extensions": ["binary_tensor_data"]}

    @router.get("/health/live", summary="Whether the server is alive")
    async def live() -> dict[str, bool]:
        return {"live": True}

    @router.get("/health/ready", summary="Whether it can take work")
    async def ready() -> dict[str, bool]:
        service.batcher.check_room()
        return {"ready": True}


def model_routes(router: APIRouter, place: str, service: Service) -> None:
    """Of the model, with or without its version in the path."""

    @router.get(place, summary="Inputs and outputs of the model")
    async def model() -> dict[str, Any]:
        return metadata(service.recogniser)

    @router.get(f"{place}/ready", summary="Whether the model can take work")
    async def model_ready() -> dict[str, Any]:
        return {"name": NAME, "ready": True}

    @router.post(
        f"{place}/infer",
        summary="Probabilities of images in MNIST's form",
        responses=refusals(400, 408, 413, 415, 422, 500, 503),
        openapi_extra=infer_body(service),
    )
    async def infer(request: Request) -> Response:
        """Takes JSON, or JSON with binary tensors behind it as Triton's clients send them."""
        service.batcher.check_room()
        if content_type(request) not in ("application/json", OCTETS, ""):
            raise Problem(415, "takes application/json")
        if request.headers.get("content-encoding", "identity") != "identity":
            raise Problem(415, "takes no compressed body")
        json_size = announced(request)
        async with service.bodies.whole(request) as body:
            found: Inferred = await service.batcher.answer(Infer(body, json_size))
        if found.json_size is None:
            return Response(found.content, media_type="application/json")
        return Response(found.content, headers={HEADER_LENGTH: str(found.json_size)}, media_type=OCTETS)


def announced(request: Request) -> int | None:
    """The length of the JSON part, where binary tensors follow."""
    said = request.headers.get(HEADER_LENGTH)
    if said is None:
        return None
    if not (said.isascii() and said.isdecimal() and len(said) < 10):
        raise Problem(400, f"{HEADER_LENGTH} is no length")
    return int(said)


def infer_body(service: Service) -> dict[str, Any]:
    """The `openapi_extra` of infer: requests of one image, whose shape a schema can say."""
    height, width = service.recogniser.size
    pixels = {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 255}}
    data = {**pixels, "minItems": height * width, "maxItems": height * width}
    shape = {"type": "array", "enum": [[1, height, width]], "description": "N may be larger; data grows with it"}
    tensor = _record(name={"enum": [INPUT]}, datatype={"enum": ["UINT8"]}, shape=shape, data=data)
    output = _record(name={"enum": [OUTPUT]})
    body = _record(inputs={"type": "array", "items": tensor, "minItems": 1, "maxItems": 1})
    body["properties"] |= {"id": {"type": "string"}, "outputs": {"type": "array", "items": output, "maxItems": 1}}
    example = {"name": INPUT, "datatype": "UINT8", "shape": [1, height, width], "data": [0] * (height * width)}
    content = {"application/json": {"schema": body, "example": {"inputs": [example]}}}
    return {"requestBody": {"required": True, "content": content}}


def _record(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "required": list(properties)}
