"""A reader -> HTTP and a web page. `tenfold.serving.app.create_app` makes the ASGI application."""

from tenfold.serving.server import bind, serve, serve_with_workers
from tenfold.serving.settings import Limits, Settings

__all__ = ["Limits", "Settings", "bind", "serve", "serve_with_workers"]
