"""Around every request: an id, security headers, the counts, and a last catch."""

import logging
import re
import time
import uuid
from collections.abc import Callable, MutableMapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tenfold.serving.metrics import Metrics
from tenfold.serving.problems import problem

log = logging.getLogger("tenfold.serving")

GIVEN_ID = re.compile(rb"[A-Za-z0-9_.-]{1,64}")
"""A request id that a client may choose by X-Request-ID; any other is replaced."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

SECURITY_HEADERS = [
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), microphone=(), geolocation=()"),
]


class Envelope:
    """The outermost layer of the service."""

    def __init__(self, app: ASGIApp, metrics: Metrics, is_full: Callable[[], bool]) -> None:
        self._app = app
        self._metrics = metrics
        self._refusals = metrics.requests.labels("refused", "503")
        self.is_full = is_full

    def count_refusal(self) -> None:
        """Note a request that was refused for want of room before it came here."""
        self._refusals.inc()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = scope["request_id"] = _request_id(scope)
        sent: list[int] = []

        async def send_dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent.append(message["status"])
                _dress(message, request_id)
            await send(message)

        self._metrics.in_progress.inc()
        try:
            await self._app(scope, receive, send_dressed)
        except Exception:
            log.exception("request %s failed", request_id)
            if not sent:
                await problem(500, "an unexpected error", request_id)(scope, receive, send_dressed)
        finally:
            self._metrics.in_progress.dec()
            path = _path(scope)
            self._metrics.requests.labels(path, str(sent[0] if sent else 499)).inc()
            self._metrics.seconds.labels(path).observe(time.perf_counter() - started)


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and GIVEN_ID.fullmatch(value):
            given: str = value.decode()
            return given
    return uuid.uuid4().hex


def _dress(message: MutableMapping[str, Any], request_id: str) -> None:
    headers = list(message.get("headers", ()))
    names = {name.lower() for name, _ in headers}
    headers.append((b"x-request-id", request_id.encode()))
    headers.extend(header for header in SECURITY_HEADERS if header[0] not in names)
    if b"cache-control" not in names:
        headers.append((b"cache-control", b"no-store"))
    message["headers"] = headers


def _path(scope: Scope) -> str:
    """The route as it is declared, so that there are few labels whatever is asked for."""
    route = scope.get("route")
    return str(getattr(route, "path", "other"))
