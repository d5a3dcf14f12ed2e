"""One HTTP connection, with the limits that uvicorn leaves to others: slow or endless headers, endless bodies, numbers."""

import json
import uuid
from asyncio import TimerHandle, Transport
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tenfold.serving.problems import MEDIA_TYPE

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
        """Parse, and count the bytes of a header that does not end."""
        super().data_received(data)
        self.header_bytes += len(data)
        if self.in_header and self.header_bytes > LARGEST_HEADER:
            self.refuse(431, "the header is too large")

    def on_message_begin(self) -> None:
        """The first byte of a request is there."""
        self.in_header, self.header_bytes = True, 0
        self.start_clock()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The whole header is there."""
        self.in_header = False
        self.stop_clock()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Drop what still comes after the answer, but not for ever."""
        if self.cycle.response_complete:
            self.surplus += len(body)
            if self.surplus > LARGEST_SURPLUS:
                self.transport.abort()
            return
        super().on_body(body)

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
        title = HTTPStatus(status).phrase
        record = {"type": "about:blank", "title": title, "status": status, "detail": detail, "request_id": uuid.uuid4().hex}
        body = json.dumps(record).encode()
        head = f"HTTP/1.1 {status} {title}\r\nContent-Type: {MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\n"
        self.transport.write(head.encode() + b"Retry-After: 1\r\nConnection: close\r\n\r\n" + body)
        self.transport.close()
