"""`POST /v1/read` and `/v1/corrections`: pictures in, readings out."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from tenfold.serving.bodies import FORM, PICTURE_TYPES, TOLERATED_TYPES, content_type, pictures_of_form
from tenfold.serving.corrections import Correction
from tenfold.serving.jobs import Correct, ReadForm, ReadOne
from tenfold.serving.problems import Problem
from tenfold.serving.schemas import Kept, Layout, PictureReading, picture_body, refusals
from tenfold.serving.service import Service

JSON = "application/json"


def reading_routes(service: Service) -> APIRouter:
    """The route that reads."""
    router = APIRouter(tags=["pictures"])

    @router.post(
        "/v1/read",
        summary="Read the digits in pictures",
        response_model=PictureReading | list[PictureReading],
        responses=refusals(400, 408, 413, 415, 422, 500, 503),
        openapi_extra=picture_body(form=True),
    )
    async def read(
        request: Request,
        layout: Annotated[Layout, Query(description="one digit, a line of digits, or several lines")] = "auto",
        explain: Annotated[bool, Query(description="add hints, all probabilities and what the network saw")] = False,
    ) -> Response:
        """Takes one picture as the body, or several as the files of a form of any field names; keeps nothing.

        Answers what `tenfold read --json` prints: an object for one picture, a list for a form.
        """
        service.batcher.check_room()
        if layout not in service.layouts:
            raise Problem(422, f"this service's model reads one digit a picture; leave out layout={layout}")
        kind = content_type(request)
        if kind != FORM:
            check_picture_type(kind)
        async with service.bodies.whole(request) as body:
            job: ReadOne | ReadForm = ReadOne(body, layout, explain)
            if kind == FORM:
                parts = pictures_of_form(request.headers["content-type"], body, service.limits.pictures)
                job = ReadForm(tuple(part.name for part in parts), tuple(parts), layout, explain)
            return Response(await service.batcher.answer(job), media_type=JSON)

    return router


def correction_routes(service: Service) -> APIRouter:
    """The route that keeps corrections; there is none unless a folder was named for them."""
    router = APIRouter(tags=["pictures"])
    folder = service.corrections
    if folder is None:
        return router
    labels = [name for name in service.recogniser.classes if name != service.recogniser.none]

    @router.post(
        "/v1/corrections",
        summary="Keep a wrongly read digit with its right label",
        status_code=201,
        response_model=Kept,
        responses=refusals(408, 409, 413, 415, 422, 500, 503),
        openapi_extra=picture_body(form=False),
    )
    async def correct(
        request: Request,
        label: Annotated[str, Query(description="what it is", json_schema_extra={"enum": labels})],
        box: Annotated[
            list[Annotated[int, Field(ge=0)]] | None,
            Query(description="x, y, width, height: where in the picture the digit is", min_length=4, max_length=4),
        ] = None,
    ) -> Response:
        """Takes one picture as the body, only with a type that no other site's page can send unasked."""
        kind = content_type(request)
        if kind not in PICTURE_TYPES:
            raise Problem(415, "send a picture as the body, with its type, for example image/png")
        if label not in labels:
            raise Problem(422, f"unknown label; known: {', '.join(labels)}")
        async with service.bodies.whole(request) as body:
            place = None if box is None else (box[0], box[1], box[2], box[3])
            job = Correct(Correction(body, label, place), folder)
            return Response(await service.batcher.answer(job), 201, media_type=JSON)

    return router


def check_picture_type(kind: str) -> None:
    """Raise Problem 415 for a type that is no picture's."""
    if kind not in PICTURE_TYPES and kind not in TOLERATED_TYPES:
        wanted = "image/png, image/jpeg, image/webp, image/bmp, image/gif, image/tiff"
        raise Problem(415, f"takes a picture as the body ({wanted}), or several as {FORM}")
