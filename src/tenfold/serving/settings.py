"""What a service is started with, and the limits it keeps."""

from dataclasses import dataclass, field
from pathlib import Path

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""Environment variable, of prometheus-client: the folder in which several processes add up their counts."""


@dataclass(frozen=True)
class Limits:
    """What one process takes on; beyond it a request is refused at once.

    body:     bytes of one request's body
    pictures: pictures in one request
    queue:    pictures and tensors that wait for the network or go through it
    held:     bytes of all bodies that are held at one time
    receive:  seconds in which a body must have come
    answer:   seconds after which a request that still waits is given up
    batch:    pictures that go through the network together; 1 turns batching off
    threads:  threads that decode and recognise
    """

    body: int = 10 << 20
    pictures: int = 64
    queue: int = 64
    held: int = 256 << 20
    receive: float = 30.0
    answer: float = 30.0
    batch: int = 32
    threads: int = 1


@dataclass(frozen=True)
class Settings:
    """How to serve: the model file (None: the shipped weights), where corrections are kept (None: nowhere), the limits."""

    model: Path | None = None
    corrections: Path | None = None
    limits: Limits = field(default_factory=Limits)
