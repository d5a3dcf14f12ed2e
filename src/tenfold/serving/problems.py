"""What went wrong, as problem+json (RFC 9457): a status, a sentence and a request id, never a path or a traceback."""

import json
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"
SOON = {"Retry-After": "1"}
"""With a refusal for want of room: a second is enough, see the overload benchmark."""


class Problem(HTTPException):
    """A request that is refused, with the status and the sentence that the client gets."""


BUSY = "too busy: the queue is full; try again in a moment"


def too_busy() -> Problem:
    """The refusal of what the queue has no room for."""
    return Problem(503, BUSY, SOON)


def problem(status: int, detail: str, request_id: str, path: str = "", headers: dict[str, str] | None = None) -> Response:
    """The answer to a request that failed. Below /v2 it carries `error` too, which that protocol's clients look for."""
    record = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    record["request_id"] = request_id
    if path.startswith("/v2"):
        record["error"] = detail
    return Response(json.dumps(record), status, headers, MEDIA_TYPE)


def answer_problems(app: FastAPI) -> None:
    """Let `app` answer every error as a problem."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unexpected)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _answer(request, error.status_code, str(error.detail), dict(error.headers or {}))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = " ".join(str(part) for part in first["loc"])
    return _answer(request, 422, f"{where}: {first['msg']}"[:300])


async def _unexpected(request: Request, error: Exception) -> Response:
    return _answer(request, 500, "an unexpected error; the service's log has it under this request id")


def _answer(request: Request, status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    return problem(status, detail, request.scope["request_id"], request.url.path, headers)
