"""A picture in whatever form it comes -> upright grey levels.

One decoder for reading and for folders of training images, so that both see the same pixels.
"""

import io
import warnings
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, ImageStat, UnidentifiedImageError

from tenfold.errors import PictureError

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
"""What is opened. Short on purpose: every further decoder is a further way in for a hostile file."""

ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"})
"""File name endings by which a folder's pictures are known, in lower case."""

MAX_PIXELS = 40_000_000
"""Pictures with more pixels are refused from their header, before a pixel is decoded."""

LARGEST_FILE = 256 << 20  # bytes

ORIENTATION = 0x0112  # the EXIF tag that says how to turn a picture upright

OPAQUE = [255 * (alpha >= 128) for alpha in range(256)]
"""Alpha -> what counts as drawn."""

Picture = str | Path | bytes | BinaryIO | Image.Image | NDArray[np.generic]


def decode(picture: Picture, name: str | None = None) -> NDArray[np.uint8]:
    """The picture as (H, W) uint8 grey levels, turned upright by its EXIF orientation.

    Takes a path, the bytes of a file, an open file, a Pillow image, an array or a tensor ((H, W), (H, W, 3) or (H, W, 4);
    bool, uint8, uint16, or floats up to 1 or up to 255). Colours become their luma (ITU-R 601). What is transparent becomes
    paper: white behind dark ink, black behind light ink. The first frame is taken of several.

    Raises PictureError, which begins with `name` (the path, if there is one), for anything that is no whole picture or
    that has more than MAX_PIXELS pixels.
    """
    if isinstance(picture, np.ndarray):
        return _grey_array(picture, name or "array")
    if isinstance(picture, Image.Image):
        return _whole(picture, name or "picture")
    if isinstance(picture, bytes):
        return _decode_bytes(picture, name or "picture")
    if isinstance(picture, str | Path):
        return _decode_bytes(_read(Path(picture), name or str(picture)), name or str(picture))
    if hasattr(picture, "read"):
        return _decode_bytes(picture.read(LARGEST_FILE + 1), name or str(getattr(picture, "name", "picture")))
    if hasattr(picture, "__array__"):  # a tensor
        return _grey_array(np.asarray(picture), name or "array")
    kind = type(picture).__name__
    raise PictureError(f"{name or kind}: is no picture; give a path, bytes, an open file, a Pillow image or an array")


def _read(path: Path, name: str) -> bytes:
    try:
        if not path.is_file():  # opening a pipe would wait for ever
            reason = "is a folder" if path.is_dir() else "no such file" if not path.exists() else "is no plain file"
            raise PictureError(f"{name}: {reason}")
        if path.stat().st_size > LARGEST_FILE:
            raise PictureError(too_large_a_file(name))
        return path.read_bytes()
    except OSError as error:
        raise PictureError(f"{name}: cannot be opened ({error.strerror or error})") from error


def too_large_a_file(name: str) -> str:
    """What to say of more bytes than a picture needs."""
    return f"{name}: the file is larger than {LARGEST_FILE >> 20} MB; save it smaller"


def _decode_bytes(content: bytes, name: str) -> NDArray[np.uint8]:
    if not content:
        raise PictureError(f"{name}: the file is empty (0 bytes)")
    if len(content) > LARGEST_FILE:
        raise PictureError(too_large_a_file(name))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of oddities such as broken EXIF; the pixels are what counts
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                _check_size(image.width, image.height, name)
                if image.format == "PNG":
                    _check_png(content)
                return _whole(image, name)
    except UnidentifiedImageError as error:
        raise PictureError(f"{name}: is no {', '.join(FORMATS[:-1])} or {FORMATS[-1]} picture") from error
    except Image.DecompressionBombError as error:
        raise PictureError(f"{name}: too large (over {MAX_PIXELS // 10**6} megapixels); scale it down") from error
    except PictureError:
        raise
    except Exception as error:  # broken in its header
        raise damaged(name, error) from error


def _check_png(content: bytes) -> None:
    """Raise ValueError for a chunk whose checksum is not its own: Pillow compares the pixels' only when asked, and slowly.

    The chunks: https://www.w3.org/TR/png/#5Chunk-layout
    """
    view, at = memoryview(content), 8
    while at + 12 <= len(content):
        end = at + 8 + int.from_bytes(view[at : at + 4])
        if zlib.crc32(view[at + 4 : end]) != int.from_bytes(view[end : end + 4]):
            raise ValueError("a checksum is wrong")
        if content[at + 4 : at + 8] == b"IEND":
            return
        at = end + 4
    raise ValueError("its end is missing")


def _whole(image: Image.Image, name: str) -> NDArray[np.uint8]:
    try:
        return _grey(image, name)
    except PictureError:
        raise
    except Exception as error:  # a decoder may raise anything on a damaged file; all of it means the same to the user
        raise damaged(name, error) from error


def damaged(name: str, error: Exception) -> PictureError:
    """The error for a picture that a decoder gave up on."""
    return PictureError(f"{name}: is damaged or cut off ({_one_line(error)})")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__


def _grey(image: Image.Image, name: str) -> NDArray[np.uint8]:
    _check_size(image.width, image.height, name)
    image = _upright(image)
    if image.mode in ("I;16", "I;16L", "I;16B", "I", "F"):
        return _grey_array(np.asarray(image), name)
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        return _on_paper(image.convert("RGBA"))
    if image.mode == "P":
        image = image.convert("RGB")
    return np.asarray(image if image.mode == "L" else image.convert("L"))


def _upright(image: Image.Image) -> Image.Image:
    try:
        turned = image.getexif().get(ORIENTATION, 1) != 1
        return ImageOps.exif_transpose(image) if turned else image  # which copies what it does not turn
    except Exception:  # broken EXIF says nothing about which way is up
        image.load()  # but broken pixels must still be reported
        return image


def _check_size(width: int, height: int, name: str) -> None:
    if width * height > MAX_PIXELS:
        size = f"{width}x{height} = {width * height / 1e6:.0f} megapixels"
        raise PictureError(f"{name}: too large ({size}, at most {MAX_PIXELS // 10**6}); scale it down")
    if width * height == 0:
        raise PictureError(f"{name}: has no pixels ({width}x{height})")


def _on_paper(image: Image.Image) -> NDArray[np.uint8]:
    """An RGBA image as (H, W) grey on white paper, or on black where what is drawn is light."""
    grey, alpha = image.convert("L"), image.getchannel("A")
    drawn = ImageStat.Stat(grey, alpha.point(OPAQUE))
    light = drawn.count[0] > 0 and drawn.mean[0] > 127.5 and alpha.getextrema()[0] < 128  # type: ignore[operator]
    paper = Image.new("L", image.size, 0 if light else 255)
    return np.asarray(Image.composite(grey, paper, alpha))


def _grey_array(array: NDArray[np.generic], name: str) -> NDArray[np.uint8]:
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise PictureError(f"{name}: shape {array.shape} is no picture; wanted (H, W), (H, W, 3) or (H, W, 4)")
    _check_size(array.shape[1], array.shape[0], name)
    pixels = _to_bytes(array, name)
    if pixels.ndim == 2:
        return pixels
    if pixels.shape[2] == 4:
        return _on_paper(Image.fromarray(pixels))
    return np.asarray(Image.fromarray(pixels).convert("L"))


def _to_bytes(array: NDArray[np.generic], name: str) -> NDArray[np.uint8]:
    """Any usual number type -> uint8, by the range that the type or the values speak for."""
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * np.uint8(255)
    if array.dtype == np.uint8:
        return np.ascontiguousarray(array, dtype=np.uint8)
    if array.dtype.kind not in "uif":
        raise PictureError(f"{name}: holds {array.dtype}; wanted bool, whole numbers or floats")
    values = array.astype(np.float64)
    if not np.isfinite(values).all():
        raise PictureError(f"{name}: holds values that are no numbers (NaN or infinite)")
    top = float(values.max())
    if values.min() < 0 or top > 65535:
        raise PictureError(f"{name}: values from {values.min():g} to {top:g}; wanted 0 to 1, 0 to 255 or 0 to 65535")
    if (array.dtype.kind, array.dtype.itemsize) == ("u", 2) or top > 255:
        values = values / 257
    elif np.issubdtype(array.dtype, np.floating) and top <= 1:
        values = values * 255
    return np.rint(values).astype(np.uint8)
