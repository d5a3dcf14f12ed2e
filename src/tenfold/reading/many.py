"""Many pictures -> a Reading each, in their order and in constant memory: batch by batch here, or by several processes.

Threads help where the work is long and in libraries, as with photographs. Small pictures are mostly Python, which runs one
thread at a time; processes of their own read them on every core.
"""

import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import chain
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.errors import PictureError, TenfoldError, UsageError
from tenfold.images import Picture, decode
from tenfold.reading.reader import CORES, check_layout, read_batch
from tenfold.reading.reading import Reading

if TYPE_CHECKING:
    from concurrent.futures import Future
    from multiprocessing.connection import Connection as Link
    from multiprocessing.context import SpawnProcess

BATCH = 64  # pictures that go through the digit network together,
PART = 16  # and that another process is given together: fewer, so that none has to wait for another's at the end
PIXELS = 16_000_000  # a batch is cut off here: pictures wait in memory for their second look
ALONE = 256  # pictures for which no other processes are started: they would cost more than they bring
PATIENCE = 0.1  # seconds after which Ctrl-C is noticed while a part is waited for
AHEAD = 4  # parts that wait for each process, so that none waits for work

Grey = NDArray[np.uint8]
Item = str | Path | Grey | PictureError
"""What another process is given: a path to decode, a decoded picture, or what was wrong with it."""
Job = tuple[list[Item], str, str | Path | None]
"""Such a part, the layout and the model to read it by."""


def read_many(
    pictures: Iterable[Picture], *, layout: str = "auto", model: str | Path | None = None, workers: int = 1
) -> Iterator[Reading]:
    """Read many pictures, one Reading each in their order, in constant memory.

    pictures, layout and model are those of `read`. workers: processes that read; with 1, threads of this one do. Others are
    started where more than 256 pictures come, anew by Python itself: a script that asks for them runs what it does below
    `if __name__ == "__main__":`.

    A picture that cannot be opened gives a Reading with status "error" and the rest is read all the same. Raises UsageError
    as `read` does, for less than one worker and for one path instead of several, TenfoldError where a process was ended
    from outside.
    """
    layout = check_layout(layout, model)
    if isinstance(pictures, str | bytes | Path):  # a string would be read letter by letter
        raise UsageError("read_many takes several pictures: a list, or Path(folder).glob('*.png'); read takes one")
    if workers < 1:
        raise UsageError(f"workers: {workers} is less than 1")
    if workers == 1:
        yield from _by_this_process(pictures, layout, model)
        return
    coming = map(_to_hand_over, pictures)
    first = next(_batches(coming, ALONE + 1), [])
    read_by = partial(_by_others, workers=workers) if len(first) > ALONE else _by_this_process
    yield from read_by(chain(first, coming), layout, model)


# --------------------------------------------------------------------------------------- this process


def _by_this_process(
    pictures: Iterable[Picture | PictureError], layout: str, model: str | Path | None, threads: int = CORES
) -> Iterator[Reading]:
    for batch in _batches(map(_decoded, pictures), BATCH):
        greys = [one for one in batch if isinstance(one, np.ndarray)]
        answers = iter(read_batch(greys, layout, model, threads))
        for one in batch:
            yield Reading("", "error", error=str(one)) if isinstance(one, PictureError) else next(answers)


def _decoded(picture: Picture | PictureError) -> Grey | PictureError:
    """The picture's grey levels, or what is wrong with it."""
    if isinstance(picture, PictureError):
        return picture
    try:
        return decode(picture)
    except PictureError as error:
        return error


def _batches(items: Iterable[Item], most: int) -> Iterator[list[Item]]:
    """The items, at most so many together and as many as memory allows."""
    batch: list[Item] = []
    pixels = 0
    for item in items:
        batch.append(item)
        pixels += item.size if isinstance(item, np.ndarray) else 0
        if len(batch) == most or pixels > PIXELS:
            yield batch
            batch, pixels = [], 0
    if batch:
        yield batch


# ------------------------------------------------------------------------------------ other processes


def _by_others(items: Iterable[Item], layout: str, model: str | Path | None, workers: int) -> Iterator[Reading]:
    from concurrent.futures import ThreadPoolExecutor  # not before it is wanted: few pictures need none

    started = _start(workers)
    idle: SimpleQueue[Link] = SimpleQueue()
    for _, link in started:
        idle.put(link)
    threads = ThreadPoolExecutor(workers)  # each waits for one process
    waiting: deque[Future[list[Reading]]] = deque()
    try:
        for part in _batches(items, PART):
            with _interrupted_afterwards():
                waiting.append(threads.submit(_ask, idle, (part, layout, model)))
            if len(waiting) >= AHEAD * workers:
                yield from _answers(waiting.popleft())
        while waiting:
            yield from _answers(waiting.popleft())
    finally:
        with _interrupted_afterwards():
            for process, _ in started:
                process.kill()  # it writes nothing
            threads.shutdown(cancel_futures=True)
            for process, link in started:
                link.close()
                process.join()


def _ask(idle: "SimpleQueue[Link]", job: Job) -> list[Reading]:
    """What the next idle process answers, which raises TenfoldError where it was ended."""
    link = idle.get()
    try:
        link.send(job)
        answer: list[Reading] | Exception = link.recv()
    except (EOFError, OSError) as error:
        raise TenfoldError("a process that read pictures was ended; where memory is short, read with one worker") from error
    finally:
        idle.put(link)
    if isinstance(answer, Exception):
        raise answer
    return answer


def _answers(future: "Future[list[Reading]]") -> list[Reading]:
    from concurrent.futures import wait

    with _interrupted_afterwards() as interrupts:
        while not (interrupts or wait([future], timeout=PATIENCE).done):
            pass
    return future.result()


def _start(workers: int) -> list[tuple["SpawnProcess", "Link"]]:
    """So many processes that read, and the link to each: a pipe of its own, which ends where the process is ended."""
    from multiprocessing import get_context  # takes long to import

    context = get_context("spawn")
    started = []
    with _on_interrupt(signal.SIG_IGN):  # which processes inherit: this one says when to end
        for _ in range(workers):
            link, other_end = context.Pipe()
            process = context.Process(target=_read_parts, args=(other_end,), daemon=True)
            process.start()
            other_end.close()
            started.append((process, link))
    return started


@contextmanager
def _interrupted_afterwards() -> Iterator[list[Any]]:
    """Ctrl-C acts at the end of the block, and is in what this gives before: amid it, it may leave the pool's locks held."""
    came: list[Any] = []
    before = signal.getsignal(signal.SIGINT)
    with _on_interrupt(lambda *how: came.append(how)):
        yield came
    if came and callable(before):
        before(*came[0])


@contextmanager
def _on_interrupt(handler: Any) -> Iterator[None]:
    """What Ctrl-C does meanwhile, if this is the main thread: no other one is interrupted, or may say how."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)


def _to_hand_over(picture: Picture) -> Item:
    """What another process can open itself, as it is; anything else decoded."""
    return picture if isinstance(picture, str | Path) else _decoded(picture)


def _read_parts(link: "Link") -> None:
    """What a process of its own does until nobody asks any more: with one thread, as the others have the other cores."""
    cv2.setNumThreads(1)
    with suppress(EOFError, OSError):  # the one that asked is gone
        while True:
            part, layout, model = link.recv()
            answer: list[Reading] | Exception
            try:
                answer = list(_by_this_process(part, layout, model, threads=1))
            except Exception as error:
                answer = error
            link.send(answer)
