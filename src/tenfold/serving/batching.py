"""Work off the event loop: a bounded queue, and threads that take together what waits together."""

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import Any, Generic, Protocol, TypeVar

from tenfold.serving.metrics import Metrics
from tenfold.serving.problems import SOON, Problem, too_busy
from tenfold.serving.settings import Limits

PRESSED = 0.5  # seconds in which so many are refused as the queue holds: more than waiting clients do that come again


class Job(Protocol):
    """Something to read: jobs of one `kind` may be done together; `weight` is how many pictures it holds."""

    @property
    def kind(self) -> Hashable:
        """What jobs must have in common to be done together."""

    @property
    def weight(self) -> int:
        """Pictures in it."""


J = TypeVar("J", bound=Job)
Work = Callable[[Sequence[J]], Sequence[Any]]
"""Jobs of one kind -> the answer to each, or the Exception that it failed with, in order; it runs in a thread."""


@dataclass(frozen=True)
class Waiting(Generic[J]):
    """A job and where its answer goes."""

    job: J
    answer: asyncio.Future[Any]


class Batcher(Generic[J]):
    """Jobs go to the next free thread, with all others of their kind that wait at that moment.

    Nothing ever waits for company: a job that finds a thread free starts at once, and batches grow only because the threads
    are busy. Belongs to one event loop.
    """

    def __init__(self, work: Work[J], limits: Limits, metrics: Metrics) -> None:
        self._work = work
        self._limits = limits
        self._metrics = metrics
        self._waiting: deque[Waiting[J]] = deque()
        self._pool = ThreadPoolExecutor(limits.threads, thread_name_prefix="reader")
        self._free = limits.threads
        self._taken = 0
        self._refused: deque[float] = deque([-inf] * limits.queue, limits.queue)

    def check_room(self, weight: int = 1) -> None:
        """Raise Problem 503 where `weight` more pictures find no room. One request alone always has room."""
        if self._taken and self._taken + weight > self._limits.queue:
            raise too_busy()

    def is_full(self) -> bool:
        """Whether one more picture would find no room; a yes is noted.

        Under pressure, when a whole queue has been refused within half a second, there is only half the room: refusing takes
        the readers' time, and who is accepted shall not wait twice as long for it.
        """
        now = monotonic()
        pressed = now - self._refused[0] < PRESSED
        full = self._taken >= (self._limits.queue // 2 if pressed else self._limits.queue)
        if full and self._taken:
            self._refused.append(now)
        return full and self._taken > 0

    async def answer(self, job: J) -> Any:
        """The answer to `job`. Raises Problem 503 for a full queue or an answer that is too long in coming."""
        self.check_room(job.weight)
        waiting = Waiting(job, asyncio.get_running_loop().create_future())
        self._taken += job.weight
        self._waiting.append(waiting)
        self._start()
        try:
            async with asyncio.timeout(self._limits.answer):
                return await waiting.answer
        except TimeoutError as error:
            raise Problem(503, f"no answer within {self._limits.answer:g} s; given up", SOON) from error

    def _start(self) -> None:
        """Give what waits to the free threads."""
        while self._free and (batch := self._next_batch()):
            self._free -= 1
            self._metrics.batch.observe(sum(one.job.weight for one in batch))
            self._pool.submit(self._work, [one.job for one in batch]).add_done_callback(self._finisher(batch))
        self._metrics.queue.set(sum(one.job.weight for one in self._waiting))

    def _finisher(self, batch: list[Waiting[J]]) -> Callable[[Future[Sequence[Any]]], object]:
        """What the thread calls when it is done: it brings the answers back to the event loop."""
        loop = asyncio.get_running_loop()
        return lambda done: loop.call_soon_threadsafe(self._finish, batch, done)

    def _next_batch(self) -> list[Waiting[J]]:
        """The jobs at the head that may go together; those that were given up are dropped."""
        batch: list[Waiting[J]] = []
        size = 0
        while self._waiting:
            one = self._waiting[0]
            if one.answer.done():
                self._taken -= self._waiting.popleft().job.weight
                continue
            if batch and (one.job.kind != batch[0].job.kind or size + one.job.weight > self._limits.batch):
                break
            batch.append(self._waiting.popleft())
            size += one.job.weight
        return batch

    def _finish(self, batch: list[Waiting[J]], done: Future[Sequence[Any]]) -> None:
        """Hand the answers out, and let the thread go on."""
        self._free += 1
        self._taken -= sum(one.job.weight for one in batch)
        failure = done.exception()
        answers = [failure] * len(batch) if failure else done.result()
        for one, answer in zip(batch, answers, strict=True):
            if one.answer.done():  # given up, or the client has gone
                continue
            if isinstance(answer, BaseException):
                one.answer.set_exception(answer)
            else:
                one.answer.set_result(answer)
        self._start()

    def close(self) -> None:
        """Let the threads end."""
        self._pool.shutdown(wait=False, cancel_futures=True)
