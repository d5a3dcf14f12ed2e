"""The queue: everything is answered once, together where it waits together, and there is an end to its patience."""

import asyncio
import threading
from dataclasses import dataclass

import pytest

from tenfold.serving import batching
from tenfold.serving.batching import Batcher
from tenfold.serving.metrics import make_metrics
from tenfold.serving.problems import Problem
from tenfold.serving.settings import Limits


@dataclass(frozen=True)
class Task:
    """A job that is answered by its number."""

    number: int
    kind: str = "a"
    weight: int = 1


class Worker:
    """Notes the batches that it is given; waits at `gate` before it answers."""

    def __init__(self) -> None:
        self.batches = []
        self.gate = threading.Event()

    def __call__(self, jobs):
        self.gate.wait(5)
        self.batches.append([job.number for job in jobs])
        return [ValueError("odd") if job.number == 13 else job.number for job in jobs]


def run(tasks, limits, opened=True):
    """The answer to each task, all asked at once, and the batches in which they were done."""
    worker = Worker()
    if opened:
        worker.gate.set()

    async def ask():
        batcher = Batcher(worker, limits, make_metrics())
        asked = [asyncio.ensure_future(batcher.answer(task)) for task in tasks]
        await asyncio.sleep(0.02)
        worker.gate.set()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        batcher.check_room()
        batcher.close()
        return answers

    return asyncio.run(ask()), worker.batches


def test_what_waits_together_is_done_together():
    """The first goes at once and alone; what came meanwhile goes in batches of at most `batch`."""
    answers, batches = run([Task(number) for number in range(10)], Limits(batch=4), opened=False)
    assert answers == list(range(10))
    assert batches == [[0], [1, 2, 3, 4], [5, 6, 7, 8], [9]]


def test_kinds_do_not_mix_and_keep_their_order():
    """A batch ends where the kind changes."""
    tasks = [Task(0), Task(1, "a"), Task(2, "b"), Task(3, "b"), Task(4, "a")]
    assert run(tasks, Limits(), opened=False)[1] == [[0], [1], [2, 3], [4]]


def test_weights_count():
    """A form of many pictures fills a batch; one that is larger than any batch still goes, alone."""
    tasks = [Task(0), Task(1, weight=3), Task(2, weight=3), Task(3, weight=50)]
    assert run(tasks, Limits(batch=4), opened=False)[1] == [[0], [1], [2], [3]]


def test_a_failure_is_that_jobs_alone():
    """An exception that stands for one answer reaches the one that asked."""
    answers, _ = run([Task(number) for number in (1, 13, 2)], Limits(), opened=False)
    assert answers[0] == 1
    assert isinstance(answers[1], ValueError)
    assert answers[2] == 2


def test_a_full_queue_refuses_at_once():
    """With room for 4, the fifth gets 503 and a Retry-After; later there is room again."""
    answers, _ = run([Task(number) for number in range(6)], Limits(queue=4), opened=False)
    assert answers[:4] == [0, 1, 2, 3]
    assert [answer.status_code for answer in answers[4:]] == [503, 503]
    assert answers[4].headers == {"Retry-After": "1"}


def test_patience_has_an_end():
    """A job that is not answered in time gets 503, and one that never began is not done at all."""
    worker = Worker()

    async def ask():
        batcher = Batcher(worker, Limits(answer=0.05), make_metrics())
        asked = [asyncio.ensure_future(batcher.answer(Task(number))) for number in range(3)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        worker.gate.set()
        assert await batcher.answer(Task(9)) == 9
        batcher.close()
        return answers

    answers = asyncio.run(ask())
    assert all(isinstance(answer, Problem) and answer.status_code == 503 for answer in answers)
    assert worker.batches == [[0], [9]]


def test_a_worker_that_breaks_leaves_the_queue_in_order():
    """Should the work itself raise, all of its batch learn of it, and the next is done."""

    def work(jobs):
        if jobs[0].number == 0:
            raise RuntimeError("broken")
        return [job.number for job in jobs]

    async def ask():
        batcher = Batcher(work, Limits(), make_metrics())
        with pytest.raises(RuntimeError):
            await batcher.answer(Task(0))
        return await batcher.answer(Task(1))

    assert asyncio.run(ask()) == 1


def test_under_pressure_there_is_half_the_room(monkeypatch):
    """Once a whole queue has been refused within half a second; a second later there is all of it again."""
    clock = [100.0]
    monkeypatch.setattr(batching, "monotonic", lambda: clock[0])
    batcher = batching.Batcher(lambda jobs: [], Limits(queue=4), make_metrics())
    batcher._taken = 3
    assert not batcher.is_full()
    batcher._taken = 4
    assert [batcher.is_full() for _ in range(4)] == [True] * 4
    batcher._taken = 2
    assert batcher.is_full()
    batcher._taken = 1
    assert not batcher.is_full()
    clock[0] += 1
    batcher._taken = 3
    assert not batcher.is_full()
    batcher.close()
