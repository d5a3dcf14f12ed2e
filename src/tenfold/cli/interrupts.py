"""Ctrl-C: once to end in good order, again to end at once."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

INTERRUPTED = 130
SAME = 0.5  # seconds: so soon after the first it is the same one, which `timeout` sends to a process and to its group


@contextmanager
def interruptible() -> Iterator[None]:
    """The first Ctrl-C is a KeyboardInterrupt, as ever; a further one ends the process and those it started.

    A second KeyboardInterrupt would break off what the first one sets going, and leave processes that wait for ever.
    """
    first: float | None = None

    def interrupt(*_: object) -> None:
        nonlocal first
        if first is None:
            first = time.monotonic()
            raise KeyboardInterrupt
        if time.monotonic() - first > SAME:
            end_at_once()

    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # as in a shell's background jobs
        yield
        return
    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        if first is None:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def end_at_once() -> None:
    """Leave without tidying up; what was written before is whole all the same."""
    if "multiprocessing" in sys.modules:
        for child in sys.modules["multiprocessing"].active_children():
            child.kill()
    os._exit(INTERRUPTED)
