"""Many pictures, by one process and by several: the same readings in the same order, whatever happens on the way."""

import multiprocessing
import os
import signal
from queue import SimpleQueue

import cv2
import numpy as np
import pytest

import tenfold
from tenfold.errors import TenfoldError, UsageError
from tenfold.reading.many import ALONE, BATCH, _ask, _start


@pytest.fixture(scope="module")
def digits(mnist, tmp_path_factory):
    """340 test digits, dark on light, as files."""
    folder = tmp_path_factory.mktemp("digits")
    paths = [folder / f"{place:03}.png" for place in range(340)]
    for path, image in zip(paths, mnist.test.images, strict=False):
        cv2.imwrite(str(path), 255 - image)
    return paths


def said(readings):
    """What is compared of each reading."""
    return [(r.text, r.status, r.error, r.confidence, r.lines, r.refused) for r in readings]


def test_many_pictures_are_the_same_one_by_one(digits):
    """Batches change nothing: 150 pictures through read_many are what read gives for each."""
    assert said(tenfold.read_many(digits[:150])) == said(map(tenfold.read, digits[:150]))


def test_other_processes_read_the_same(digits):
    """Files, arrays, bytes and what is no picture, in the order given; no process is left behind."""
    array, content = cv2.imread(str(digits[300]), 0), digits[301].read_bytes()
    mixed = [
        *digits[:300], "nowhere.png", array, content, b"no picture", *digits[302:],
    ]  # fmt: skip
    alone, together = said(tenfold.read_many(mixed)), said(tenfold.read_many(mixed, workers=2))
    assert [status for _, status, *_ in alone].count("error") == 2
    assert together == alone
    assert not multiprocessing.active_children()


def test_a_reading_from_another_process_is_whole(digits):
    """It shows its picture and explains itself as one read here does."""
    *_, last = tenfold.read_many(digits, workers=2)
    here = tenfold.read(digits[-1])
    assert np.array_equal(last.preview.pixels, here.preview.pixels)
    assert last.explain().tobytes() == here.explain().tobytes()


def test_few_pictures_start_no_process(digits, monkeypatch):
    """They would cost more than they bring."""
    monkeypatch.setattr("tenfold.reading.many._start", None)
    assert len(list(tenfold.read_many(digits[:ALONE], workers=2))) == ALONE


@pytest.mark.parametrize(("workers", "ahead"), [(1, 2 * BATCH), (2, ALONE + 2 * BATCH)])
def test_pictures_are_asked_for_only_as_they_are_read(digits, workers, ahead):
    """Memory stays flat: a stream without end is read batch by batch, by however many."""
    taken = 0

    def endless():
        nonlocal taken
        while True:
            taken += 1
            yield digits[0]

    readings = tenfold.read_many(endless(), workers=workers)
    for given in range(1, ALONE + 50):
        assert next(readings).text == "7"
        assert taken <= given + ahead + 1
    readings.close()
    assert not multiprocessing.active_children()


def test_an_ended_process_is_one_clear_line(digits):
    """As where memory ran out: an error, and no waiting for ever."""
    readings = tenfold.read_many((digits[i % 340] for i in range(5_000)), workers=2)
    for _ in range(ALONE + 1):
        next(readings)
    os.kill(multiprocessing.active_children()[0].pid, signal.SIGKILL)
    with pytest.raises(TenfoldError, match="read with one worker"):
        list(readings)


def test_half_an_answer_is_the_same_error():
    """As of a process that is ended while it writes: nobody waits for the rest."""
    link, other_end = multiprocessing.Pipe()
    idle = SimpleQueue()
    idle.put(link)
    os.write(other_end.fileno(), (1_000).to_bytes(4, "big") + b"half")
    other_end.close()
    for _ in range(2):
        with pytest.raises(TenfoldError, match="read with one worker"):
            _ask(idle, ([], "digit", None))
    link.close()


def test_no_process_is_ended_by_ctrl_c(digits):
    """It reaches all of a terminal's processes, also those that have hardly begun: one says when to end."""
    started = _start(3)
    for process, _ in started * 2:
        os.kill(process.pid, signal.SIGINT)
    for process, link in started:
        link.send(([digits[7]], "digit", None))
        assert said(link.recv()) == said([tenfold.read(digits[7])])
        link.close()
        process.join()


@pytest.mark.parametrize("one", ["examples", b"picture"])
def test_one_picture_is_not_several(one):
    """A string would be read letter by letter."""
    with pytest.raises(UsageError, match="read_many takes several pictures"):
        next(tenfold.read_many(one))


def test_less_than_one_worker_is_wrong(digits):
    """And said before a picture is opened."""
    with pytest.raises(UsageError, match="workers: 0 is less than 1"):
        next(tenfold.read_many(digits, workers=0))
