"""The same picture in every form is the same array, and what is no picture is one clear line."""

import io
import os
import struct
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from tenfold.errors import PictureError
from tenfold.images import MAX_PIXELS, decode

GREY = np.random.default_rng(0).integers(0, 256, (23, 17), dtype=np.uint8)
"""Odd sizes, no symmetry, every level likely."""

LEVELS = GREY // 52 * 51
"""The same with six levels, for palettes of few colours."""

BLACK_WHITE = np.where(GREY > 127, 255, 0).astype(np.uint8)

ORIENTATION = 0x0112


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    """The image as a file's bytes."""
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def opaque(image: Image.Image) -> Image.Image:
    """The image with an alpha channel that hides nothing."""
    image = image.copy()
    image.putalpha(255)
    return image


L, RGB = Image.fromarray(GREY), Image.fromarray(GREY).convert("RGB")
DEEP = GREY.astype(np.uint16) * 257
CMYK = Image.merge("CMYK", [Image.new("L", L.size, 0)] * 3 + [Image.fromarray(255 - GREY)])

FILES = {
    "L PNG": encoded(L, "PNG"),
    "LA PNG": encoded(opaque(L), "PNG"),
    "P PNG": encoded(L.convert("P"), "PNG"),
    "RGB PNG": encoded(RGB, "PNG"),
    "RGBA PNG": encoded(opaque(RGB), "PNG"),
    "I;16 PNG": encoded(Image.fromarray(DEEP), "PNG"),
    "RGB PNG with a colour called transparent that is not there": encoded(RGB, "PNG", transparency=(1, 2, 3)),
    "L BMP": encoded(L, "BMP"),
    "P BMP": encoded(L.convert("P"), "BMP"),
    "RGB BMP": encoded(RGB, "BMP"),
    "RGBA BMP": encoded(opaque(RGB), "BMP"),
    "L TIFF": encoded(L, "TIFF"),
    "LA TIFF": encoded(opaque(L), "TIFF"),
    "RGB TIFF, LZW": encoded(RGB, "TIFF", compression="tiff_lzw"),
    "RGBA TIFF, deflate": encoded(opaque(RGB), "TIFF", compression="tiff_adobe_deflate"),
    "CMYK TIFF": encoded(CMYK, "TIFF"),
    "I;16 TIFF": encoded(Image.fromarray(DEEP), "TIFF"),
    "I;16B TIFF": encoded(Image.frombytes("I;16B", L.size, DEEP.astype(">u2").tobytes()), "TIFF"),
    "F TIFF": encoded(Image.fromarray(GREY.astype(np.float32)), "TIFF"),
    "RGB WebP": encoded(RGB, "WEBP", lossless=True),
    "RGBA WebP": encoded(opaque(RGB), "WEBP", lossless=True),
    "L GIF": encoded(L, "GIF"),
    "interlaced GIF": encoded(L, "GIF", interlace=1),
    "PNG with rubbish behind": encoded(L, "PNG") + b"rubbish",
}


@pytest.mark.parametrize("name", FILES)
def test_every_lossless_form_gives_the_same_array(name: str) -> None:
    """The same grey picture in every mode and file format decodes to the very same (H, W) uint8 array."""
    found = decode(FILES[name])
    assert (found.shape, found.dtype) == (GREY.shape, np.uint8)
    assert np.array_equal(found, GREY), f"largest difference {np.abs(found.astype(int) - GREY).max()}"


@pytest.mark.parametrize("form", ["PNG", "BMP", "TIFF", "GIF"])
def test_one_bit_pictures(form: str) -> None:
    """Black and white of one bit are 0 and 255."""
    assert np.array_equal(decode(encoded(Image.fromarray(BLACK_WHITE).convert("1"), form)), BLACK_WHITE)


def test_one_bit_fax() -> None:
    """A TIFF as a fax machine packs it (CCITT group 4) is read."""
    content = encoded(Image.fromarray(BLACK_WHITE).convert("1"), "TIFF", compression="group4")
    assert np.array_equal(decode(content), BLACK_WHITE)


def test_small_palettes() -> None:
    """A palette of six greys, packed four bits a pixel, is read."""
    image = Image.fromarray(LEVELS).quantize(6)
    assert np.array_equal(decode(encoded(image, "PNG", bits=4)), LEVELS)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpeg_is_close(mode: str) -> None:
    """A smooth picture as JPEG, CMYK included, is the same within a few levels."""
    smooth = np.add.outer(np.arange(40), np.arange(60)).astype(np.uint8) * 2
    image = {"L": Image.fromarray(smooth), "RGB": Image.fromarray(smooth).convert("RGB")}.get(mode)
    if image is None:
        image = Image.merge("CMYK", [Image.new("L", (60, 40), 0)] * 3 + [Image.fromarray(255 - smooth)])
    found = decode(encoded(image, "JPEG", quality=95)).astype(int)
    assert np.abs(found - smooth).max() <= 8


def test_colours_become_their_luma() -> None:
    """Red, green, blue and white weigh 0.299, 0.587, 0.114 and 1 (ITU-R 601)."""
    colours = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]], np.uint8)
    assert decode(colours).tolist() == [[76, 150, 29, 255]]


TURNS = {
    1: lambda image: image,
    2: np.fliplr,
    3: lambda image: np.rot90(image, 2),
    4: np.flipud,
    5: lambda image: image.T,
    6: lambda image: np.rot90(image, 1),
    7: lambda image: np.rot90(image, 2).T,
    8: lambda image: np.rot90(image, -1),
}
"""What a camera stores of an upright picture, by EXIF orientation (written from the standard's table, figure 5)."""


@pytest.mark.parametrize("form", ["PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", TURNS)
def test_every_orientation_comes_upright(form: str, orientation: int) -> None:
    """However the camera was held, the picture is upright."""
    stored = Image.fromarray(np.ascontiguousarray(TURNS[orientation](GREY)))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    options = {"lossless": True} if form == "WEBP" else {}
    assert np.array_equal(decode(encoded(stored, form, exif=exif, **options)), GREY)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_turns_nothing(orientation: int) -> None:
    """Orientations that the standard does not know leave the picture as it is stored."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    assert np.array_equal(decode(encoded(L, "PNG", exif=exif)), GREY)


@pytest.mark.parametrize(
    "exif",
    [b"Exif\x00\x00", b"Exif\x00\x00MM\x00*", b"Exif\x00\x00II*\x00\x08\x00\x00\x00\xff\xff" + b"\xee" * 40, b"\xff" * 64],
)
def test_broken_exif_turns_nothing(exif: bytes) -> None:
    """EXIF that is cut off or nonsense says nothing about which way is up, and the pixels are read."""
    content = encoded(L, "PNG")
    assert np.array_equal(decode(content[:33] + png_chunk(b"eXIf" + exif) + content[33:]), GREY)


STROKE = np.zeros((9, 9), bool)
STROKE[1:8, 4] = True


def drawing(level: int, hidden: int, alpha_outside: int = 0) -> np.ndarray:
    """(9, 9, 4): a stroke of one level, opaque; around it `hidden` levels under an alpha of `alpha_outside`."""
    pixels = np.full((9, 9, 4), hidden, np.uint8)
    pixels[..., 3] = alpha_outside
    pixels[STROKE] = [level, level, level, 255]
    return pixels


@pytest.mark.parametrize("hidden", [0, 255, 90])
@pytest.mark.parametrize(("level", "paper"), [(0, 255), (60, 255), (200, 0), (255, 0)])
def test_transparency_becomes_paper(level: int, paper: int, hidden: int) -> None:
    """Behind dark ink transparency is white paper, behind light ink black, whatever colour lies hidden under it."""
    expected = np.where(STROKE, level, paper)
    pixels = drawing(level, hidden)
    assert np.array_equal(decode(pixels), expected)
    for form, options in (("PNG", {}), ("WEBP", {"lossless": True, "exact": True}), ("TIFF", {})):
        assert np.array_equal(decode(encoded(Image.fromarray(pixels), form, **options)), expected), form


def test_a_transparent_colour_becomes_paper() -> None:
    """Palette and grey pictures whose transparency is one colour, GIF among them, are drawings on paper too."""
    image = Image.fromarray(np.where(STROKE, 0, 100).astype(np.uint8))
    expected = np.where(STROKE, 0, 255)
    for mode, form in (("L", "PNG"), ("P", "PNG"), ("P", "GIF")):
        drawn = image if mode == "L" else image.quantize(2)
        clear = 100 if mode == "L" else int(np.asarray(drawn)[0, 0])
        assert np.array_equal(decode(encoded(drawn, form, transparency=clear)), expected), f"{mode} {form}"


@pytest.mark.parametrize("alpha", [0, 255])
def test_a_picture_with_no_ink_keeps_its_alpha_out_of_it(alpha: int) -> None:
    """Fully transparent is blank white paper; fully opaque white is white, not black."""
    assert (decode(drawing(255, 255, alpha)[:, :3]) == 255).all()


ARRAYS = {
    "uint8": GREY,
    "channel axis": GREY[..., None],
    "RGB": np.dstack([GREY] * 3),
    "RGBA": np.dstack([GREY] * 3 + [np.full_like(GREY, 255)]),
    "uint16": DEEP,
    "uint16, other byte order": DEEP.astype(">u2"),
    "uint16 RGB": np.dstack([DEEP] * 3),
    "int64": GREY.astype(np.int64),
    "float64 to 1": GREY / 255,
    "float32 to 1": (GREY / 255).astype(np.float32),
    "float32 to 255": GREY.astype(np.float32),
    "float RGBA to 1": np.dstack([GREY / 255] * 3 + [np.ones(GREY.shape)]),
    "not contiguous": np.ascontiguousarray(GREY[:, ::-1])[:, ::-1],
    "read-only": np.frombuffer(GREY.tobytes(), np.uint8).reshape(GREY.shape),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_every_array_gives_the_same_picture(name: str) -> None:
    """Arrays of every usual number type and shape are the same picture."""
    assert np.array_equal(decode(ARRAYS[name]), GREY)


def test_bool_arrays() -> None:
    """True is white."""
    assert np.array_equal(decode(BLACK_WHITE > 0), BLACK_WHITE)


@pytest.mark.parametrize("top", [65535, 255, 40])
def test_sixteen_bits_mean_the_same_in_every_container(top: int) -> None:
    """A dark 16-bit picture is as dark from an array, a PNG and a TIFF of either byte order."""
    deep = (GREY.astype(np.uint32) * top // 255).astype(np.uint16)
    big = Image.frombytes("I;16B", L.size, deep.astype(">u2").tobytes())
    forms = [deep, deep.astype(">u2"), encoded(Image.fromarray(deep), "PNG"), encoded(Image.fromarray(deep), "TIFF"),
             encoded(big, "TIFF")]  # fmt: skip
    expected = np.rint(deep / 257)
    assert [np.abs(decode(form) - expected).max() for form in forms] == [0] * 5


@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12))))
def test_png_round_trip(picture: np.ndarray) -> None:
    """Any grey picture, down to one pixel, comes back from a PNG as it was."""
    assert np.array_equal(decode(encoded(Image.fromarray(picture), "PNG")), picture)


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "HSV", "I", "F"]
)
def test_pillow_images_in_memory(mode: str) -> None:
    """A Pillow image of any mode is read like its file, and is not changed."""
    base = Image.fromarray(BLACK_WHITE)
    image = {"PA": base.convert("P"), "RGBa": base.convert("RGBA"), "HSV": base.convert("RGB")}.get(mode, base).convert(mode)
    before = image.tobytes()
    assert np.array_equal(decode(image), BLACK_WHITE)
    assert (image.mode, image.tobytes()) == (mode, before)


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "TIFF"])
def test_the_first_frame_of_several_is_read(form: str) -> None:
    """Of an animation, or of a TIFF's pages, the first counts."""
    options = {"lossless": True} if form == "WEBP" else {}
    frames = [Image.fromarray(255 - GREY), Image.new("L", L.size, 7)]
    assert np.array_equal(decode(encoded(L, form, save_all=True, append_images=frames, **options)), GREY)


def test_a_path_as_text_or_path(tmp_path: Path) -> None:
    """A path is taken as text and as Path, whatever the file is called."""
    path = tmp_path / "-😀\n.png"
    path.write_bytes(FILES["L PNG"])
    assert np.array_equal(decode(path), GREY)
    assert np.array_equal(decode(str(path)), GREY)
    with path.open("rb") as file:
        assert np.array_equal(decode(file), GREY)


def png_of(width: int, height: int) -> bytes:
    """A PNG of under 1 KB whose header claims so many pixels."""
    head = b"IHDR" + struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0)
    data = b"IDAT" + zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(png_chunk, (head, data, b"IEND")))


def png_chunk(content: bytes) -> bytes:
    """A PNG chunk with its length and checksum around its name and content."""
    return struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))


def text_bomb() -> bytes:
    """A PNG with a text chunk that unpacks to 100 MB."""
    content = encoded(L, "PNG")
    return content[:33] + png_chunk(b"zTXtComment\x00\x00" + zlib.compress(bytes(100_000_000), 1)) + content[33:]


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'

NO_PICTURES = {
    "nothing": (b"", "the file is empty"),
    "one byte": (b"\x89", "is no PNG, JPEG, WEBP, BMP, GIF or TIFF picture"),
    "text": (b"a digit\n", "is no PNG"),
    "SVG": (SVG, "is no PNG"),
    "HTML": (b"<!doctype html><title>7</title>", "is no PNG"),
    "PDF": (b"%PDF-1.7\n1 0 obj\n", "is no PNG"),
    "EPS": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is no PNG"),
    "PSD": (b"8BPS\x00\x01" + bytes(40), "is no PNG"),
    "ZIP": (b"PK\x03\x04" + bytes(40), "is no PNG"),
    "PPM, which Pillow could open": (b"P6 1 1 255\n\x00\x00\x00", "is no PNG"),
    "random bytes": (np.random.default_rng(3).bytes(5000), "is no PNG"),
    "PNG's first bytes": (b"\x89PNG\r\n\x1a\n", "is "),
    "JPEG's first bytes": (b"\xff\xd8\xff\xe0", "is "),
    "PNG, 65,500 x 65,500 in under 1 KB": (png_of(65500, 65500), "too large"),
    "PNG, 50 megapixels": (png_of(10000, 5000), r"too large \(10000x5000 = 50 megapixels, at most 40\)"),
    "PNG, one row over 40 megapixels": (png_of(8000, 5001), "too large"),
    "PNG, no pixels": (png_of(0, 5), "is "),
    "PNG with a checksum of its header wrong": (FILES["L PNG"][:29] + bytes(4) + FILES["L PNG"][33:], "is "),
    "PNG with a changed byte in its pixels": (FILES["L PNG"][:99] + b"??" + FILES["L PNG"][101:], "is damaged or cut off"),
    "PNG without its end": (FILES["L PNG"][:-12], "is damaged or cut off"),
    "GIF, 65,535 x 65,535": (b"GIF89a\xff\xff\xff\xff\x00\x00\x00", "(too large|is )"),
    "BMP, 65,535 x 65,535": (
        b"BM" + struct.pack("<IHHIIiiHH6I", 54, 0, 0, 54, 40, 65535, 65535, 1, 24, *[0] * 6), "too large",
    ),
    "text bomb": (text_bomb(), "is damaged or cut off"),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_PICTURES)
def test_what_is_no_picture_is_one_line_with_its_name(tmp_path: Path, name: str) -> None:
    """Text, bombs and other formats named .png are each refused within a second, in one line that begins with the path."""
    content, message = NO_PICTURES[name]
    path = tmp_path / "x.png"
    path.write_bytes(content)
    started = time.process_time()
    with pytest.raises(PictureError, match=message) as caught:
        decode(path)
    seconds = time.process_time() - started
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    assert seconds < 1, f"took {seconds:.2f} s"


def test_forty_megapixels_exactly_are_not_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit itself is allowed and one pixel more is not (tried at a limit of 23 x 17)."""
    room = sys.modules[decode.__module__]
    monkeypatch.setattr(room, "MAX_PIXELS", GREY.size)
    assert np.array_equal(decode(FILES["L PNG"]), GREY)
    monkeypatch.setattr(room, "MAX_PIXELS", GREY.size - 1)
    for picture in (FILES["L PNG"], GREY, L):
        with pytest.raises(PictureError, match="too large"):
            decode(picture)
    assert MAX_PIXELS == 40_000_000


NOISE = Image.fromarray(np.random.default_rng(2).integers(0, 256, (60, 50), dtype=np.uint8))


@pytest.mark.parametrize("orientation", [None, 6])
@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF"])
def test_a_truncated_picture_is_refused(form: str, orientation: int | None) -> None:
    """Cut off at each tenth of its length a file is refused, never read as half a picture; EXIF turning changes nothing."""
    exif = Image.Exif()
    if orientation:
        exif[ORIENTATION] = orientation
    options = {"lossless": True} if form == "WEBP" else {}
    options |= {"exif": exif} if form not in ("BMP", "GIF") else {}
    content = encoded(NOISE, form, **options)
    assert decode(content).shape == ((60, 50) if orientation is None or "exif" not in options else (50, 60))
    for tenth in range(10):
        with pytest.raises(PictureError, match=r"x\.bin: (is|the file is|has)") as caught:
            decode(content[: len(content) * tenth // 10], "x.bin")
        assert "\n" not in str(caught.value), f"cut at {tenth} tenths"


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF"])
def test_flipped_bits_raise_nothing_else(form: str) -> None:
    """Of 100 files with one bit flipped each is a picture of uint8 greys or one PictureError."""
    content = encoded(NOISE, form)
    for place in np.random.default_rng(4).integers(0, min(len(content), 600) * 8, 100):
        damaged = bytearray(content)
        damaged[place // 8] ^= 1 << place % 8
        try:
            found = decode(bytes(damaged))
        except PictureError as error:
            message = str(error)
        else:
            message = "picture: "
            assert (found.ndim, found.dtype) == (2, np.uint8)
        assert message.startswith("picture: "), f"bit {place}: {message}"
        assert "\n" not in message, f"bit {place}"


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("missing", "no such file"),
        ("folder", "is a folder"),
        ("pipe", "is no plain file"),
        ("dangling link", "no such file"),
    ],
)
def test_what_is_no_file_is_refused(
    tmp_path: Path, kind: str, message: str, make_entry: Callable[[Path, str], Path]
) -> None:
    """A missing file, a folder, a pipe (which would wait for ever) and a dangling link are refused by name."""
    path = make_entry(tmp_path / "x.png", kind)
    with pytest.raises(PictureError) as caught:
        decode(path)
    assert str(caught.value) == f"{path}: {message}"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    """A file that may not be read says so."""
    path = tmp_path / "x.png"
    path.write_bytes(FILES["L PNG"])
    path.chmod(0)
    with pytest.raises(PictureError, match="cannot be opened"):
        decode(path)


def test_a_giant_file_is_refused_unread(tmp_path: Path) -> None:
    """A file of 300 MB, here a sparse one, is refused by its size."""
    path = tmp_path / "x.png"
    with path.open("wb") as file:
        file.truncate(300 << 20)
    with pytest.raises(PictureError, match="the file is larger than 256 MB"):
        decode(path)


BAD_ARRAYS = {
    "one row": np.zeros(5),
    "five channels": np.zeros((4, 4, 5)),
    "a batch": np.zeros((2, 4, 4, 3)),
    "a number": np.array(7),
    "no pixels": np.zeros((0, 5)),
    "text": np.array([["a"]]),
    "objects": np.array([[None]]),
    "complex": np.ones((3, 3), complex),
    "dates": np.zeros((3, 3), "datetime64[s]"),
    "NaN": np.array([[np.nan]]),
    "infinite": np.array([[np.inf, 0.5]]),
    "below 0": np.array([[-0.5, 0.5]]),
    "above 16 bits": np.array([[70000, 0]]),
}


@pytest.mark.parametrize("name", BAD_ARRAYS)
def test_an_array_that_is_no_picture_is_refused(name: str) -> None:
    """Shapes, types and values that are no picture are refused by name."""
    with pytest.raises(PictureError, match=r"^mine: "):
        decode(BAD_ARRAYS[name], "mine")


def test_a_tensor_is_an_array() -> None:
    """What gives itself as an array is the picture that the array is."""
    pixels = np.array(NOISE)
    np.testing.assert_array_equal(decode(torch.from_numpy(pixels)), decode(pixels))  # type: ignore[arg-type]


@pytest.mark.parametrize("thing", [None, 5, [[0, 1], [1, 0]]])
def test_another_thing_is_no_picture(thing: object) -> None:
    """It is called by its type, and what would do is said."""
    with pytest.raises(PictureError, match=f"^{type(thing).__name__}: is no picture; give a path, bytes, an open file"):
        decode(thing)  # type: ignore[arg-type]


def test_a_damaged_pillow_image_is_refused() -> None:
    """An image that Pillow opened lazily and cannot load is refused as its file would be."""
    content = encoded(NOISE, "PNG")
    with Image.open(io.BytesIO(content[:1500])) as image, pytest.raises(PictureError, match="mine: is damaged or cut off"):
        decode(image, "mine")
