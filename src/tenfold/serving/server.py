"""Running the service: one process or several on one socket, ended gracefully."""

import asyncio
import gc
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NoReturn

from tenfold.errors import TenfoldError
from tenfold.serving.settings import SHARED, Settings

SWITCH = 0.001
"""Seconds after which a reading thread lets the event loop go on; Python's 5 ms make every answer wait under load."""

GRACE = 30  # seconds that requests in hand have to be answered after SIGTERM
QUIET = 0.25
"""Seconds after SIGTERM during which connections that are open already may still bring a request."""


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises TenfoldError, naming host and port, where there is none to be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(1024)
    except (OSError, OverflowError) as error:
        bound.close()
        raise TenfoldError(f"{host}:{port}: cannot listen there ({error}); choose another with --port") from error
    bound.set_inheritable(True)
    return bound


def serve(settings: Settings, bound: socket.socket, ready: Callable[[], None]) -> None:
    """Serve on `bound` until SIGTERM or SIGINT, in this process; calls `ready` when requests are answered.

    On the signal nothing new is accepted, and what was accepted is answered. Raises TenfoldError, before it listens, for a
    model that cannot be loaded.
    """
    import cv2
    import uvicorn

    from tenfold.serving.app import create_app
    from tenfold.serving.connection import Connection

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            gc.collect()
            gc.freeze()  # else every full search for garbage goes through all modules, and requests wait 23 ms for it
            ready()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            for listening in self.servers:
                listening.close()
            self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
            await asyncio.sleep(QUIET)
            await super().shutdown(sockets)

    cv2.setNumThreads(1)  # its threads wait busily for work that small pictures do not give them
    sys.setswitchinterval(SWITCH)
    config = uvicorn.Config(
        create_app(settings),
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nobody asks who the client is
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GRACE,
    )
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs begin with it ignored
    signal.signal(signal.SIGTERM, _ended)  # uvicorn raises the signal again when it is done: that is no failure
    Server(config).run([bound])


def _ended(number: int, frame: FrameType | None) -> None:
    """What is left to do on a SIGTERM that has been obeyed."""


def serve_with_workers(settings: Settings, bound: socket.socket, ready: Callable[[], None], workers: int) -> None:
    """Serve in so many processes that share `bound`; one that dies is replaced, a signal ends them all gracefully."""
    with tempfile.TemporaryDirectory(prefix="tenfold-metrics-") as folder:
        os.environ[SHARED] = folder  # read by prometheus-client when it is imported, in the workers
        children = {_fork(settings, bound, ready) for _ in range(workers)}
        ending: list[int] = []

        def end(number: int, frame: FrameType | None) -> None:
            ending.append(number)
            for child in children:
                os.kill(child, signal.SIGTERM)

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        while children:
            child, status = os.wait()
            children.discard(child)
            for gauge in Path(folder).glob(f"gauge_live*_{child}.db"):
                gauge.unlink()  # what the dead one had in hand
            if not ending and os.waitstatus_to_exitcode(status) == START_FAILED:
                end(signal.SIGTERM, None)
            elif not ending:
                children.add(_fork(settings, bound, ready))
        if ending == [signal.SIGINT]:
            raise KeyboardInterrupt


START_FAILED = 78


def _fork(settings: Settings, bound: socket.socket, ready: Callable[[], None]) -> int:
    """A worker's process id."""
    return os.fork() or _work(settings, bound, ready)


def _work(settings: Settings, bound: socket.socket, ready: Callable[[], None]) -> NoReturn:
    """A worker's life. It leaves Ctrl-C, which reaches all processes of a terminal, to the one that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    code = 0
    try:
        serve(settings, bound, ready)
    except TenfoldError as error:
        print(f"tenfold: {error}", file=sys.stderr)
        code = START_FAILED
    finally:
        sys.stdout.flush()
        os._exit(code)
