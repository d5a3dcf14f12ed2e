"""One HTTP connection, with the limits that uvicorn leaves to others: slow or endless headers, endless bodies, numbers."""

import json
import os
import uuid
from asyncio import TimerHandle, Transport
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tenfold.serving.envelope import Envelope
from tenfold.serving.problems import BUSY, MEDIA_TYPE

HEADER_SECONDS = 10.0
"""A connection that has not sent a whole header by then is closed."""

LARGEST_HEADER = 64 << 10  # bytes
MOST_CONNECTIONS = 1000
LARGEST_SURPLUS = 64 << 20
"""Bytes that are read and dropped after the answer is out; then the connection is cut."""


class Connection(HttpToolsProtocol):
    """Uvicorn's connection, watched."""

    in_header = False
    header_bytes = 0
    surplus = 0
    refusing = False
    clock: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Start the clock, or refuse where there are too many already."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            self.refuse(503, "too many connections")
        else:
            self.start_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self.stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse; time and count the bytes of a header that does not end."""
        super().data_received(data)
        if self.in_header:
            self.start_clock()
            self.header_bytes += len(data)
            if self.header_bytes > LARGEST_HEADER:
                self.refuse(431, "the header is too large")

    def on_message_begin(self) -> None:
        """The first byte of a request is there."""
        self.in_header, self.header_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The whole header is there."""
        self.in_header = False
        self.stop_clock()
        idle = self.cycle is None or self.cycle.response_complete
        self.refusing = idle and self.parser.get_method() == b"POST" and self.envelope.is_full()
        if not self.refusing:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Drop what still comes after the answer, but not for ever."""
        if self.refusing or self.cycle.response_complete:
            self.surplus += len(body)
            if self.surplus > LARGEST_SURPLUS:
                self.transport.abort()
            return
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole; one that there is no room for is refused here, at a tenth of what an answer costs."""
        if not self.refusing:
            super().on_message_complete()
            return
        self.refusing = False
        self.envelope.count_refusal()
        self.transport.write(REFUSAL.replace(ANY_ID, os.urandom(16).hex().encode()))
        if not self.parser.should_keep_alive():
            self.transport.close()
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    @property
    def envelope(self) -> Envelope:
        """The application, which knows whether there is room."""
        assert isinstance(self.config.app, Envelope)
        return self.config.app

    def send_400_response(self, msg: str) -> None:
        """What uvicorn says of broken HTTP, as a problem."""
        self.refuse(400, "this is no valid HTTP request")

    def too_slow(self) -> None:
        """The clock has run out."""
        self.refuse(408, f"no request within {HEADER_SECONDS:g} s")

    def start_clock(self) -> None:
        """A whole header must come in time."""
        if self.clock is None:
            self.clock = self.loop.call_later(HEADER_SECONDS, self.too_slow)

    def stop_clock(self) -> None:
        """Nothing is waited for."""
        if self.clock is not None:
            self.clock.cancel()
            self.clock = None

    def refuse(self, status: int, detail: str) -> None:
        """Answer with a problem and close."""
        self.stop_clock()
        self.transport.write(problem_bytes(status, detail, close=True))
        self.transport.close()


def problem_bytes(status: int, detail: str, *, close: bool, request_id: str = "") -> bytes:
    """A problem as it goes over the wire."""
    title, request_id = HTTPStatus(status).phrase, request_id or uuid.uuid4().hex
    record = {"type": "about:blank", "title": title, "status": status, "detail": detail, "request_id": request_id}
    body = json.dumps(record).encode()
    head = f"HTTP/1.1 {status} {title}\r\nContent-Type: {MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\nRetry-After: 1\r\n"
    return f"{head}X-Request-ID: {request_id}\r\n{CLOSE if close else ''}\r\n".encode() + body


CLOSE = "Connection: close\r\n"
ANY_ID = b"0" * 32
REFUSAL = problem_bytes(503, BUSY, close=False, request_id=ANY_ID.decode())
"""What thousands a second are told when there is no room, made once; each gets an id of its own in place of ANY_ID."""
