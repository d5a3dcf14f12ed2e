"""One digit, however it is stored, turned, inked, placed or sized, is one answer."""

import io

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import tenfold
from tenfold.images import decode, normalise

FIELD = 120


@pytest.fixture(scope="module", params=range(10))
def drawing(request, mnist) -> NDArray[np.uint8]:
    """A test digit of each class, dark on white, 56x56 in a field of 120x120."""
    digit = mnist.test.images[np.flatnonzero(mnist.test.labels == request.param)[3]]
    large = cv2.resize(digit, (56, 56), interpolation=cv2.INTER_LINEAR)
    return placed(large, 30, 34)


def placed(digit: NDArray[np.uint8], top: int, left: int, height: int = FIELD, width: int = FIELD) -> NDArray[np.uint8]:
    """Dark ink somewhere on white paper."""
    field = np.full((height, width), 255, np.uint8)
    field[top : top + digit.shape[0], left : left + digit.shape[1]] = 255 - digit
    return field


def seen(picture: object) -> NDArray[np.uint8]:
    """The 28x28 that the network gets."""
    return normalise(decode(picture)).image  # type: ignore[arg-type]


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    """The bytes of a file."""
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def with_alpha(grey: NDArray[np.uint8]) -> Image.Image:
    """Black ink whose darkness is its opacity, on nothing."""
    return Image.fromarray(np.dstack([np.zeros_like(grey)] * 3 + [255 - grey]))


MODES = {
    "L": lambda grey: Image.fromarray(grey),
    "RGB": lambda grey: Image.fromarray(grey).convert("RGB"),
    "RGBA": with_alpha,
    "LA": lambda grey: Image.fromarray(grey).convert("LA"),
    "P": lambda grey: Image.fromarray(grey).convert("P"),
    "I;16": lambda grey: Image.fromarray(grey.astype(np.uint16) * 257),
    "CMYK": lambda grey: Image.merge("CMYK", [Image.new("L", grey.shape[::-1])] * 3 + [Image.fromarray(255 - grey)]),
}
FORMS = {
    "PNG": ("L", "RGB", "RGBA", "LA", "P", "I;16"),
    "TIFF": ("L", "RGB", "RGBA", "LA", "P", "I;16", "CMYK"),
    "BMP": ("L", "RGB", "P"),
    "GIF": ("L", "P"),
    "WEBP": ("RGB", "RGBA"),
}


@pytest.mark.parametrize(("form", "mode"), [(form, mode) for form, modes in FORMS.items() for mode in modes])
def test_every_lossless_encoding_is_the_same_image(drawing, form, mode):
    """The network sees the same pixels to the bit, whatever file and mode the drawing comes in."""
    options = {"lossless": True} if form == "WEBP" else {}
    content = encoded(MODES[mode](drawing), form, **options)
    np.testing.assert_array_equal(seen(content), seen(drawing))


def test_one_bit_forms_agree(drawing):
    """A 1-bit picture is the same in every file, and the same as its black and white pixels."""
    black_white = np.where(drawing < 128, 0, 255).astype(np.uint8)
    for form in ("PNG", "TIFF", "BMP"):
        content = encoded(Image.fromarray(black_white).convert("1", dither=Image.Dither.NONE), form)
        np.testing.assert_array_equal(seen(content), seen(black_white))


@pytest.mark.parametrize("quality", [95, 70, 40])
def test_jpeg_keeps_the_answer(drawing, quality):
    """Lossy files change pixels, not answers."""
    content = encoded(Image.fromarray(drawing), "JPEG", quality=quality)
    assert tenfold.read(content).text == tenfold.read(drawing).text != ""


TURNS = {
    1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
}  # fmt: skip
"""How the camera must have stored an upright picture for each EXIF orientation."""


@pytest.mark.parametrize("orientation", TURNS)
def test_every_exif_turn_is_undone(drawing, orientation):
    """A picture stored in any of the eight EXIF orientations is seen upright."""
    stored = Image.fromarray(drawing)
    turn = TURNS[orientation]
    stored = stored if turn is None else stored.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    np.testing.assert_array_equal(seen(encoded(stored, "PNG", exif=exif)), seen(drawing))


def test_polarity_is_found_out(drawing):
    """Light on dark is seen as dark on light."""
    np.testing.assert_array_equal(seen(255 - drawing), seen(drawing))


@pytest.mark.parametrize("place", [(2, 2), (62, 3), (0 + 40, 60), (62, 62)])
def test_position_does_not_matter(drawing, place):
    """The digit may stand anywhere in its field, and the field may have any size."""
    digit = 255 - drawing[30:86, 34:90]
    np.testing.assert_array_equal(seen(placed(digit, *place)), seen(drawing))
    np.testing.assert_array_equal(seen(placed(digit, place[0] + 50, place[1], 300, 200)), seen(drawing))


@pytest.mark.parametrize("zoom", [2, 3, 5])
def test_size_does_not_matter(drawing, zoom):
    """Enlarging changes the 28x28 little and the answer not at all."""
    large = cv2.resize(drawing, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC)
    difference = np.abs(seen(large).astype(int) - seen(drawing)).mean()
    assert difference < 8, difference
    assert tenfold.read(large).text == tenfold.read(drawing).text
