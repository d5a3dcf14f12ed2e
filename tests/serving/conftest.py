"""A service of its own process that the tests of this folder share; they may talk to 127.0.0.1 and to nothing else."""

import io
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from tenfold.data import load_mnist

FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items):
    """Let every test of this folder reach 127.0.0.1."""
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1"]))


@dataclass(frozen=True)
class Running:
    """A started service: its process, its address and the folder that it keeps corrections in."""

    process: subprocess.Popen
    url: str
    corrections: Path

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rpartition(":")[2])

    def client(self) -> httpx.Client:
        """A client of this service."""
        return httpx.Client(base_url=self.url, timeout=60)


@pytest.fixture(scope="session")
def start() -> Callable[..., Running]:
    """Starts a service: start(folder for corrections, *options)."""
    return start_service


@pytest.fixture(scope="session")
def stop() -> Callable[[Running], int]:
    """Ends one; its exit code."""
    return stop_service


def start_service(folder: Path, *options: str) -> Running:
    """`tenfold serve` on a free port, when it says that it is ready."""
    command = [sys.executable, "-m", "tenfold", "serve", "--port", "0", "--corrections", str(folder), *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said = process.stderr.readline()
    assert "serving on" in said, said
    return Running(process, said.split()[3].rstrip("/"), folder)


def stop_service(running: Running) -> int:
    """End a service as a supervisor does; its exit code."""
    running.process.send_signal(signal.SIGTERM)
    code = running.process.wait(40)
    running.process.stderr.close()
    return code


@pytest.fixture(scope="session")
def service(tmp_path_factory) -> Iterator[Running]:
    """A service with corrections on, for all tests."""
    running = start_service(tmp_path_factory.mktemp("corrections"))
    yield running
    assert stop_service(running) == 0


@pytest.fixture(scope="session")
def client(service) -> Iterator[httpx.Client]:
    """A client of the shared service."""
    with service.client() as client:
        yield client


@pytest.fixture(scope="session")
def digit() -> Callable[..., bytes]:
    """Makes the file of an MNIST test image, dark on light: digit(place, form="PNG")."""
    images = load_mnist().test.images

    def make(place: int = 0, form: str = "PNG") -> bytes:
        return as_file(255 - images[place], form)

    return make


def as_file(pixels: np.ndarray, form: str = "PNG") -> bytes:
    """The bytes of a picture file."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, form)
    return buffer.getvalue()
