"""Files are whole or not there."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tenfold.errors import TenfoldError
from tenfold.files import sha256, write_atomically


def fail(*_: object, **__: object) -> None:
    """Stands in for a step of writing on a full disk."""
    raise OSError(28, "No space left on device")


def interrupt(*_: object, **__: object) -> None:
    """Stands in for a step of writing during which Ctrl-C is pressed."""
    raise KeyboardInterrupt


STEPS = {"open": (Path, "open"), "fsync": (os, "fsync"), "rename": (Path, "replace")}


def test_text_and_bytes_arrive_as_they_are(tmp_path: Path) -> None:
    """What is written is what is read back, text as UTF-8, in folders made on the way."""
    assert write_atomically(tmp_path / "a" / "b" / "text", "é\r\n").read_bytes() == "é\r\n".encode()
    assert write_atomically(tmp_path / "bytes", b"\x00\xff").read_bytes() == b"\x00\xff"


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("accident", [fail, interrupt])
def test_an_accident_at_any_step_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, accident: Callable[..., None]
) -> None:
    """Whichever step of writing fails, the old file is there, whole, and nothing lies beside it."""
    path = write_atomically(tmp_path / "file", "old")
    with monkeypatch.context() as patched:
        patched.setattr(*STEPS[step], accident)
        with pytest.raises((TenfoldError, KeyboardInterrupt)):
            write_atomically(path, "new")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_the_new_file_is_on_the_disk_before_it_takes_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The content is flushed and synced before the rename, so a power cut cannot leave an empty file under the name."""
    calls: list[str] = []
    sync, rename = os.fsync, Path.replace

    def note_sync(file: int) -> None:
        calls.append(f"fsync of {os.fstat(file).st_size} bytes")
        sync(file)

    def note_rename(self: Path, target: Path) -> Path:
        calls.append("rename")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "replace", note_rename)
    write_atomically(tmp_path / "file", b"12345")
    assert calls == ["fsync of 5 bytes", "rename"]


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("file/under", "a file stands where the folder should be"),
        ("folder", "a folder has the file's name"),
        ("n" * 300, "the name is too long for the disk"),
    ],
)
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, place: str, reason: str) -> None:
    """The error is one line that begins with the path."""
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(TenfoldError) as caught:
        write_atomically(tmp_path / place, "x")
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / place}: cannot be written ("), reason
    assert "\n" not in message, reason


def test_sha256_is_the_published_one() -> None:
    """The hash of "abc" is the one in FIPS 180-4's examples."""
    assert sha256(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
