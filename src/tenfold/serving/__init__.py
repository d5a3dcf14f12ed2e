"""A reader -> HTTP and a web page."""

from tenfold.serving.app import create_app
from tenfold.serving.settings import Limits, Settings

__all__ = ["Limits", "Settings", "create_app"]
