"""Hooks for Schemathesis: it sends pictures where the document says picture, for no schema can say what one is."""

import io

import schemathesis
from hypothesis import strategies as st
from PIL import Image

from tenfold.data import load_mnist
from tenfold.serving.bodies import PICTURE_TYPES

IMAGES = load_mnist().test.images


def picture(place: int, form: str) -> bytes:
    """The file of a test image."""
    buffer = io.BytesIO()
    Image.fromarray(255 - IMAGES[place]).save(buffer, form)
    return buffer.getvalue()


for kind in PICTURE_TYPES:
    schemathesis.openapi.media_type(kind, st.builds(picture, st.integers(0, 99), st.sampled_from(["PNG", "GIF", "JPEG"])))
