"""Files that are whole or not there: written beside their place, then renamed into it."""

import hashlib
import os
import uuid
from pathlib import Path

from tenfold.errors import TenfoldError


def write_atomically(path: str | Path, content: bytes | str) -> Path:
    """Write `content` to `path` so that a reader, or a crash, sees the old file or the new one and nothing between.

    Raises TenfoldError, with the path in its one line, where the folder cannot be written or the disk is full.
    """
    path = Path(path)
    data = content.encode() if isinstance(content, str) else content
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise TenfoldError(f"{path}: cannot be written ({error.strerror or error}); choose another place") from error
    finally:
        _remove(beside)
    return path


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:  # the folder is no folder, or not ours: the error that brought us here says so already
        return


def sha256(content: bytes) -> str:
    """The SHA-256 of `content` in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
