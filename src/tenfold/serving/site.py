"""The page and its files, held in memory: nothing outside the package can be asked for."""

import mimetypes
from collections.abc import Awaitable, Callable
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tenfold.files import sha256

TYPES = {".js": "text/javascript", ".webmanifest": "application/manifest+json"}
"""Where a machine's own table of types may differ."""


def site_routes() -> list[Route]:
    """A route for every file of the page; index.html is at /."""
    root = files("tenfold.serving") / "page"
    found = {**_contents(root, ""), **_contents(root / "examples", "examples/")}
    return [
        Route("/" if name == "index.html" else f"/{name}", _giving(name, content), methods=["GET"])
        for name, content in found.items()
    ]


def _contents(folder: Traversable, prefix: str) -> dict[str, bytes]:
    return {prefix + file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def _giving(name: str, content: bytes) -> Callable[[Request], Awaitable[Response]]:
    tag = f'"{sha256(content)[:16]}"'
    kind = _type(name)

    async def give(request: Request) -> Response:
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type=kind)

    return give


def _type(name: str) -> str:
    ending = name[name.rfind(".") :]
    return TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"
