"""Health, metrics and what there is to know of the model."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

import tenfold
from tenfold.serving.service import Service
from tenfold.serving.tensors import NAME


def model_routes(service: Service) -> APIRouter:
    """The routes that only tell."""
    router = APIRouter(tags=["service"])

    @router.get("/v1/model", summary="Names, classes, preparation and figures of the model")
    async def model() -> dict[str, Any]:
        return describe(service)

    @router.get("/healthz", summary="Whether the process is alive", response_class=PlainTextResponse)
    async def healthz() -> str:
        return "ok"

    @router.get("/readyz", summary="Whether it can take work", response_class=PlainTextResponse)
    async def readyz() -> str:
        service.batcher.check_room()
        return "ok"

    @router.get("/metrics", summary="Counts for Prometheus", response_class=PlainTextResponse)
    async def metrics() -> Response:
        content, kind = service.metrics.text()
        return Response(content, media_type=kind)

    return router


def describe(service: Service) -> dict[str, Any]:
    """What `GET /v1/model` answers."""
    recogniser = service.recogniser
    settings = recogniser.normalisation
    return {
        "name": NAME,
        "version": tenfold.__version__,
        "network": recogniser.network,
        "classes": list(recogniser.classes),
        "preparation": {"size": list(recogniser.size), "normalisation": None if settings is None else asdict(settings)},
        "refusal": {"none": recogniser.none, "threshold": recogniser.threshold, "doubtful": recogniser.doubtful},
        "layouts": list(service.layouts),
        "figures": service.figures,
        "corrections": service.corrections is not None,
        "limits": asdict(service.limits),
    }
