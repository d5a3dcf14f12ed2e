"""IDX files: what is written is read back, and a malformed one is refused with its byte."""

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tenfold.data import idx, read_idx, write_idx
from tenfold.errors import DataError


def header(*sizes: int, magic: bytes = b"\x00\x00\x08", rank: int | None = None) -> bytes:
    """An IDX header of these sizes."""
    return magic + bytes([len(sizes) if rank is None else rank]) + struct.pack(f">{len(sizes)}I", *sizes)


WHOLE = header(2, 3, 4) + bytes(24)
ZIPPED = gzip.compress(WHOLE, mtime=0)
HUGE = 2**32 - 1

MALFORMED = {
    "nothing at all": b"",
    "one byte": b"\x00",
    "three bytes of magic": b"\x00\x00\x08",
    "magic only, images": b"\x00\x00\x08\x03",
    "magic only, labels": b"\x00\x00\x08\x01",
    "first byte not zero": header(2, 3, 4, magic=b"\x01\x00\x08") + bytes(24),
    "second byte not zero": header(2, 3, 4, magic=b"\x00\x01\x08") + bytes(24),
    "little-endian magic": b"\x03\x08\x00\x00" + struct.pack("<3I", 2, 3, 4) + bytes(24),
    "little-endian sizes": b"\x00\x00\x08\x03" + struct.pack("<3I", 2, 3, 4) + bytes(24),
    "signed bytes": header(2, 3, 4, magic=b"\x00\x00\x09") + bytes(24),
    "16-bit numbers": header(2, 3, 4, magic=b"\x00\x00\x0b") + bytes(48),
    "32-bit numbers": header(2, 3, 4, magic=b"\x00\x00\x0c") + bytes(96),
    "floats": header(2, 3, 4, magic=b"\x00\x00\x0d") + bytes(96),
    "doubles": header(2, 3, 4, magic=b"\x00\x00\x0e") + bytes(192),
    "type code 0": header(2, 3, 4, magic=b"\x00\x00\x00") + bytes(24),
    "rank 0": header(rank=0),
    "rank 2": header(2, 3) + bytes(6),
    "rank 4": header(2, 3, 4, 1) + bytes(24),
    "rank 255": header(2, 3, 4, rank=255) + bytes(24),
    "header cut off after the rank": header(2, 3, 4)[:4],
    "header cut off inside the last size": header(2, 3, 4)[:15],
    "labels' header cut off": header(5)[:7],
    "no values": header(2, 3, 4),
    "one value too few": WHOLE[:-1],
    "one value too many": WHOLE + b"\x00",
    "count one too high": header(3, 3, 4) + bytes(24),
    "count one too low": header(1, 3, 4) + bytes(24),
    "labels one too many": header(5) + bytes(6),
    "sizes whose product wraps to 24 in 32 bits": header(2**31 + 2, 2, 6) + bytes(24),
    "sizes whose product wraps to 0 in 64 bits": header(2**31, 2**31, 4),
    "largest sizes": header(HUGE, HUGE, HUGE) + bytes(24),
    "no images of the largest size": header(0, HUGE, HUGE),
    "images without pixels": header(5, 0, 0),
    "no labels": header(0),
    "gzip cut off": ZIPPED[:-9],
    "gzip without its checksum": ZIPPED[:-8],
    "gzip with a wrong checksum": ZIPPED[:-8] + b"\x00\x00\x00\x00" + ZIPPED[-4:],
    "gzip's header only": ZIPPED[:10],
    "gzip with rubbish behind": ZIPPED + b"rubbish",
    "gzip of nothing": gzip.compress(b"", mtime=0),
    "gzip with damaged stream": ZIPPED[:10] + b"\xff" * 10 + ZIPPED[20:],
    "text": b"label,pixel0\n",
    "a PNG": b"\x89PNG\r\n\x1a\n",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_file_is_refused_with_its_name(tmp_path: Path, name: str) -> None:
    """Every malformed file is refused by one line that begins with the file and says what is wrong."""
    path = tmp_path / "t-images-idx3-ubyte"
    path.write_bytes(MALFORMED[name])
    with pytest.raises(DataError) as caught:
        read_idx(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: "), f"{name}: {message}"
    assert "byte" in message or "cannot be read" in message, f"{name}: {message}"
    assert "\n" not in message, name


def test_the_message_counts_what_is_promised_and_what_is_there(tmp_path: Path) -> None:
    """A wrong count is told as numbers: byte, sizes, promised and found."""
    path = tmp_path / "x"
    path.write_bytes(header(3, 3, 4) + bytes(24))
    with pytest.raises(DataError, match=r"x: byte 16: the header promises 3 x 3 x 4 = 36 bytes, but 24 follow"):
        read_idx(path)


@given(
    array=hnp.arrays(np.uint8, st.one_of(st.tuples(st.integers(1, 9)), st.tuples(*[st.integers(1, 6)] * 3))),
    ending=st.sampled_from(["", ".gz"]),
)
def test_round_trip(tmp_path: Path, array: np.ndarray, ending: str) -> None:
    """What is written as IDX, plain or gzipped, is read back equal, of the same shape, and may be written to."""
    write_idx(tmp_path / f"x{ending}", array)
    back = read_idx(tmp_path / f"x{ending}")
    assert back.shape == array.shape
    assert np.array_equal(back, array)
    assert back.flags.writeable


def test_the_same_array_gives_the_same_bytes(tmp_path: Path) -> None:
    """A gzipped file holds no time stamp and no name: the same array makes the same bytes."""
    array = np.arange(12, dtype=np.uint8).reshape(3, 2, 2)
    write_idx(tmp_path / "a.gz", array)
    write_idx(tmp_path / "other.gz", array)
    content = (tmp_path / "a.gz").read_bytes()
    assert content == (tmp_path / "other.gz").read_bytes()
    assert content[4:8] == bytes(4), "the header's time stamp"


def test_the_layout_is_the_published_one(tmp_path: Path) -> None:
    """The header is big-endian and the last index runs fastest, as on the page that defined the format."""
    write_idx(tmp_path / "x", np.array([[[1, 2], [3, 4]]], np.uint8))
    assert (tmp_path / "x").read_bytes() == bytes.fromhex("00000803 00000001 00000002 00000002 01020304")


def test_a_gzip_bomb_is_not_unpacked_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that unpacks to more than the limit is refused once the limit is reached."""
    monkeypatch.setattr(idx, "LARGEST", 1 << 16)
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(1 << 22)))
    with pytest.raises(DataError, match="unpacks to more than"):
        read_idx(path)


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe"])
def test_what_is_no_file_is_refused(tmp_path: Path, kind: str, make_entry: Callable[[Path, str], Path]) -> None:
    """A missing file, a folder and a pipe are refused at once, by name."""
    path = make_entry(tmp_path / "x", kind)
    with pytest.raises(DataError, match=r"x: (cannot be read|is no plain file)"):
        read_idx(path)
