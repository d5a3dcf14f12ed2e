"""What a client sends: bodies within their limits, and the pictures of a form."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import Message
from email.parser import HeaderParser

from fastapi import Request
from starlette.requests import ClientDisconnect

from tenfold.serving.problems import Problem, too_busy
from tenfold.serving.settings import Limits

PICTURE_TYPES = ("image/png", "image/jpeg", "image/webp", "image/bmp", "image/gif", "image/tiff", "application/octet-stream")
"""Content types that a picture may come as; what it is shows in its bytes."""

TOLERATED_TYPES = ("", "image/jpg", "application/x-www-form-urlencoded")
"""Taken for a picture too: no type at all, a frequent slip, and what `curl --data-binary` says by itself."""

FORM = "multipart/form-data"


class NamedPicture(io.BytesIO):
    """The bytes of a picture file and the name that the client gave it."""

    def __init__(self, content: bytes, name: str) -> None:
        super().__init__(content)
        self.name = name


class Bodies:
    """Receives bodies within the limits; knows how many bytes of them are held. Belongs to one event loop."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._held = 0

    @asynccontextmanager
    async def whole(self, request: Request) -> AsyncIterator[bytes]:
        """The request's whole body, which counts as held until the context ends.

        Raises Problem: 413 for one byte over the limit, 408 where it takes too long, 503 where too much is held already.
        """
        length = request.headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._limits.body:  # before a byte of it is taken
            raise self._too_large()
        pieces: list[bytes] = []
        try:
            await self._receive(request, pieces)
            yield b"".join(pieces)
        finally:
            self._held -= sum(map(len, pieces))

    async def _receive(self, request: Request, pieces: list[bytes]) -> None:
        taken = 0
        try:
            async with asyncio.timeout(self._limits.receive):
                async for piece in request.stream():
                    pieces.append(piece)
                    taken += len(piece)
                    self._held += len(piece)
                    if taken > self._limits.body:
                        raise self._too_large()
                    if self._held > self._limits.held:
                        raise too_busy()
        except TimeoutError as error:
            late = f"the body did not come within {self._limits.receive:g} s"
            raise Problem(408, late, {"Connection": "close"}) from error
        except ClientDisconnect as error:
            raise Problem(400, "the client left before its body was whole") from error

    def _too_large(self) -> Problem:
        return Problem(413, f"the body is larger than {self._limits.body >> 20} MB; send a smaller picture, or fewer")


def content_type(request: Request) -> str:
    """The bare type of the body, in lower case; "" where none is said."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def pictures_of_form(header: str, body: bytes, most: int) -> list[NamedPicture]:
    """The pictures of a multipart/form-data body (RFC 7578), by its Content-Type header.

    Works on the whole body with `bytes.split`, in linear time whatever the parts are. Raises Problem: 400 for a body that is
    no such form, 413 for more than `most` parts, 422 for none.
    """
    boundary = _parameters(header).get_param("boundary")
    if not isinstance(boundary, str) or not 0 < len(boundary) <= 70:  # RFC 2046
        raise Problem(400, "the multipart body has no boundary")
    mark = b"\r\n--" + boundary.encode()
    parts = (b"\r\n" + body).split(mark, most + 1)
    if len(parts) < 2 or parts[0].strip():
        raise Problem(400, "the multipart body does not begin with its boundary")
    if len(parts) == most + 2 and not parts[-1].startswith(b"--"):
        raise Problem(413, f"more than {most} pictures; send them in several requests")
    if not parts[-1].startswith(b"--"):
        raise Problem(400, "the multipart body is cut off: its last boundary is missing")
    if len(parts) == 2:
        raise Problem(422, "the form holds no picture")
    return [_picture(part) for part in parts[1:-1]]


def _picture(part: bytes) -> NamedPicture:
    """One part of a form: header lines, an empty line, the file."""
    head, gap, content = part.partition(b"\r\n\r\n")
    if not gap or len(head) > 4096:
        raise Problem(400, "a part of the multipart body has no header")
    name = HeaderParser().parsestr(head.decode("utf-8", "replace").lstrip("\r\n")).get_filename()
    if name is None:
        raise Problem(422, "a part of the form is no file; layout and explain belong into the address: ?layout=number")
    return NamedPicture(content, name or "picture")


def _parameters(header: str) -> Message:
    message = Message()
    message["Content-Type"] = header
    return message
