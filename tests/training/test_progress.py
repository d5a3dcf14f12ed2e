"""Piped, training is one line an epoch on standard error; quiet, nothing; on a terminal, a bar."""

import io
import re
import sys
import time

import pytest
from rich.console import Console

from tenfold.data import Dataset
from tenfold.models import build
from tenfold.training import fit
from tenfold.training.progress import EpochLines, LiveBar, epoch_line, watch

FIGURES = {"loss": 0.5, "accuracy": 0.25, "lr": 0.001, "seconds": 2.0}
LINE = r"epoch {}/3  loss \d\.\d{{4}}  accuracy [01]\.\d{{4}}{}  \d+\.\d s  [\d,]+ images/s"
VALIDATION = r"  val_loss \d\.\d{4}  val_accuracy [01]\.\d{4}"


@pytest.mark.parametrize("with_validation", [True, False])
def test_piped_is_one_line_an_epoch_on_stderr(
    few: Dataset, held: Dataset, capsys: pytest.CaptureFixture[str], with_validation: bool
) -> None:
    """Three epochs print three lines to standard error, with validation's figures if there is one, and nothing to stdout."""
    fit(build("softmax"), few, held if with_validation else None, epochs=3, device="cpu")
    out, err = capsys.readouterr()
    assert out == ""
    lines = err.splitlines()
    assert len(lines) == 3
    for number, line in enumerate(lines, start=1):
        assert re.fullmatch(LINE.format(number, VALIDATION if with_validation else ""), line), line


def test_quiet_prints_nothing(few: Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    """Without progress both streams stay empty."""
    fit(build("softmax"), few, epochs=2, device="cpu", progress=False)
    assert capsys.readouterr() == ("", "")


def test_the_line_of_an_epoch() -> None:
    """The line has loss, accuracy, seconds and images a second, and validation's figures where there are any."""
    assert epoch_line(1, 5, FIGURES, 5000) == "epoch 1/5  loss 0.5000  accuracy 0.2500  2.0 s  2,500 images/s"
    assert "val_loss 0.7500  val_accuracy 0.1250" in epoch_line(1, 5, FIGURES | {"val_loss": 0.75, "val_accuracy": 0.125}, 9)


def test_a_long_line_is_not_broken() -> None:
    """On a narrow terminal the line stays one."""
    console = Console(file=io.StringIO(), width=20)
    LiveBar(5, console).end_epoch(1, FIGURES, 5000)
    assert console.file.getvalue() == epoch_line(1, 5, FIGURES, 5000) + "\n"


def test_a_terminal_gets_a_bar_with_figures() -> None:
    """The bar shows epoch, images done, loss, accuracy and images a second, and leaves one line an epoch behind."""
    console = Console(file=io.StringIO(), force_terminal=True, width=160, color_system=None)
    with LiveBar(2, console) as bar:
        bar.start_epoch(1, 5000)
        bar.batch(2500, 0.5, 0.25)
        bar.bar.refresh()
        bar.end_epoch(1, FIGURES, 5000)
    shown = console.file.getvalue()
    assert "epoch 1/2" in shown
    assert "2500/5000" in shown
    assert re.search(r"loss 0\.5000  accuracy 0\.2500  [\d,]+ images/s", shown)
    assert epoch_line(1, 2, FIGURES, 5000) in shown


def test_a_clock_that_stands_still_divides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch within one tick of a coarse clock does not divide by zero."""
    monkeypatch.setattr(time, "perf_counter", lambda: 5.0)
    with LiveBar(1, Console(file=io.StringIO(), force_terminal=True)) as bar:
        bar.start_epoch(1, 10)
        bar.batch(10, 0.5, 0.5)
    assert "images/s" in epoch_line(1, 1, FIGURES | {"seconds": 0.0}, 10)


def test_figures_are_due_ten_times_a_second_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar just drawn wants no figures, a tenth of a second later it does; lines never do."""
    now = 5.0
    monkeypatch.setattr(time, "perf_counter", lambda: now)
    bar = LiveBar(1, Console(file=io.StringIO(), force_terminal=True))
    bar.start_epoch(1, 10)
    assert bar.is_due()
    bar.batch(10, 0.5, 0.5)
    assert not bar.is_due()
    now = 5.11
    assert bar.is_due()
    assert not EpochLines(1).is_due()


def test_what_watches_depends_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal gets the bar, a pipe gets lines, and without progress a terminal gets no bar."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert [type(watch(1, progress)) for progress in (True, False)] == [LiveBar, EpochLines]
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False)
    assert type(watch(1, True)) is EpochLines
