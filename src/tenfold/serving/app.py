"""The service as an ASGI application: the page, the reading of pictures, the inference protocol, health."""

from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp

import tenfold
from tenfold.serving.envelope import Envelope
from tenfold.serving.inference import inference_routes
from tenfold.serving.model_routes import model_routes
from tenfold.serving.pictures import correction_routes, reading_routes
from tenfold.serving.problems import answer_problems
from tenfold.serving.schemas import ProblemShape
from tenfold.serving.service import make_service
from tenfold.serving.settings import Settings
from tenfold.serving.site import site_routes


def create_app(settings: Settings | None = None) -> ASGIApp:
    """The service of one process, its model loaded.

    Raises TenfoldError for a model that cannot be loaded or a folder for corrections that cannot be made.
    """
    service = make_service(settings or Settings())
    api = FastAPI(
        title="Tenfold",
        version=tenfold.__version__,
        summary="Reads handwritten digits in pictures",
        docs_url=None,  # FastAPI's own pages load their scripts from another host
        redoc_url=None,
        redirect_slashes=False,
    )
    answer_problems(api)
    for router in (
        reading_routes(service),
        correction_routes(service),
        inference_routes(service),
        model_routes(service),
    ):
        api.include_router(router)
    api.router.routes.extend(site_routes())
    describe_problems(api)
    return Envelope(api, service.metrics, service.batcher.is_full)


def describe_problems(api: FastAPI) -> None:
    """Put the shape of a problem into the OpenAPI document, in place of FastAPI's own shapes of errors."""
    generate = api.openapi

    def openapi() -> dict[str, Any]:
        fresh = api.openapi_schema is None
        document = generate()
        if fresh:
            schemas = document["components"]["schemas"]
            schemas["Problem"] = ProblemShape.model_json_schema()
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
        return document

    api.openapi = openapi  # type: ignore[method-assign]
