"""The IDX format of MNIST, plain or gzipped.

Magic number (two zero bytes, a type code, the rank), one big-endian 32-bit size a dimension, then the values.
Source: http://yann.lecun.com/exdb/mnist/, "File formats for the MNIST database".
"""

import gzip
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import DataError
from tenfold.files import write_atomically

UNSIGNED_BYTE = 0x08
LARGEST = 1 << 31  # bytes; no header may promise more


def is_idx(head: bytes) -> bool:
    """Whether the first four (unpacked) bytes of a file are those of an IDX file of bytes."""
    return len(head) >= 4 and head[:3] == b"\x00\x00\x08" and head[3] in (1, 3)


def read_idx(path: str | Path) -> NDArray[np.uint8]:
    """The array in an IDX file of unsigned bytes, rank 1 (labels) or 3 (images); `.gz` is unpacked.

    Raises DataError naming the file and the byte where the header and what follows disagree.
    """
    content = read_unpacked(Path(path))
    if not is_idx(content[:4]):
        raise DataError(f"{path}: byte 0: {content[:4].hex() or 'nothing'} is no IDX header of bytes (0000 08 01 or 03)")
    rank = content[3]
    start = 4 + 4 * rank
    if len(content) < start:
        raise DataError(f"{path}: byte {len(content)}: the file ends inside its header")
    shape = struct.unpack(f">{rank}I", content[4:start])
    wanted = int(np.prod(shape, dtype=object))
    found = len(content) - start
    if found != wanted:
        sizes = " x ".join(map(str, shape))
        raise DataError(f"{path}: byte {start}: the header promises {sizes} = {wanted} bytes, but {found} follow")
    if wanted == 0:
        raise DataError(f"{path}: byte 4: the header promises {' x '.join(map(str, shape))}, so nothing")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape).copy()


def read_unpacked(path: Path) -> bytes:
    """The file's bytes, gunzipped if they are gzip. Raises DataError where the file cannot be read."""
    if path.exists() and not path.is_file():  # opening a pipe would wait for ever
        raise DataError(f"{path}: is no plain file")
    try:
        content = path.read_bytes()
        if content[:2] != b"\x1f\x8b":
            return content
        with gzip.open(path) as file:
            content = file.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{path}: cannot be read ({reason})") from error
    if len(content) > LARGEST:
        raise DataError(f"{path}: unpacks to more than {LARGEST >> 30} GiB; no small-image set is that large")
    return content


def write_idx(path: str | Path, array: NDArray[np.uint8]) -> None:
    """Write `array` (rank 1 or 3, uint8) as IDX; gzipped, with no time stamp, if the name ends in .gz."""
    content = struct.pack(f">4B{array.ndim}I", 0, 0, UNSIGNED_BYTE, array.ndim, *array.shape) + array.tobytes()
    write_atomically(path, gzip.compress(content, mtime=0) if str(path).endswith(".gz") else content)
