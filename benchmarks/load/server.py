"""`tenfold serve`, started for a benchmark, and pictures to send it."""

import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from tenfold.data import load_mnist

RIVALS = Path(__file__).parents[2] / ".venv-rivals" / "bin" / "python"
"""The environment of the rivals, where there is one."""

SERVE = (sys.executable, "-m", "tenfold", "serve", "--port", "0")


@contextmanager
def serving(*options: str, command: tuple[str, ...] = SERVE) -> Iterator[tuple[int, int]]:
    """A service of its own process on a free port: (port, process id); ended by SIGTERM."""
    started = subprocess.Popen([*command, *options], stderr=subprocess.PIPE, text=True)
    assert started.stderr is not None
    try:
        while "serving on" not in (line := started.stderr.readline()):  # TensorFlow says a lot before
            if not line:
                raise SystemExit("the service did not start")
        yield int(line.split("http://")[1].split("/")[0].rpartition(":")[2]), started.pid
    finally:
        started.terminate()
        started.wait(40)


def digits(number: int = 500) -> list[bytes]:
    """PNG files of MNIST test images, dark on light, as people send them."""
    return [png(255 - image) for image in load_mnist().test.images[:number]]


def png(image: object) -> bytes:
    """(H, W) uint8 -> a PNG file."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")  # type: ignore[arg-type]
    return buffer.getvalue()


def resident(pid: int) -> float:
    """MB of memory that a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def load() -> str:
    """The machine's load, to stand beside a figure."""
    return f"load {os.getloadavg()[0]:.1f}, {time.strftime('%Y-%m-%d')}"
