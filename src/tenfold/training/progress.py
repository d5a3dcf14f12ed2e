"""Training as it is watched: a live bar on a terminal, one line an epoch when piped, nothing when not wanted."""

import sys
import time
from typing import TYPE_CHECKING

from tenfold.training.history import Epoch

if TYPE_CHECKING:
    from rich.console import Console

REDRAWN = 0.1  # seconds between two drawings of the bar


class EpochLines:
    """One line an epoch on standard error, for pipes and logs; also the form of the bar's finished epochs."""

    def __init__(self, epochs: int, silent: bool = False) -> None:
        self.epochs = epochs
        self.silent = silent

    def __enter__(self) -> "EpochLines":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def start_epoch(self, epoch: int, images: int) -> None:
        """Nothing to show yet."""

    def is_due(self) -> bool:
        """Whether a batch's figures are wanted; they never are for lines."""
        return False

    def batch(self, images: int, loss: float, accuracy: float) -> None:
        """Nothing to show."""

    def end_epoch(self, epoch: int, figures: Epoch, images: int) -> None:
        """Print the epoch's figures."""
        if not self.silent:
            print(epoch_line(epoch, self.epochs, figures, images), file=sys.stderr)


class LiveBar(EpochLines):
    """The running epoch as a bar with loss, accuracy, images a second and the time left; drawn ten times a second."""

    def __init__(self, epochs: int, console: "Console") -> None:
        # not before somebody watches: a tenth of a second
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        super().__init__(epochs)
        self.console = console
        self.bar = Progress(
            TextColumn("epoch {task.fields[epoch]}/{task.fields[epochs]}"),
            BarColumn(24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[figures]}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self.task = self.bar.add_task("", total=None, epoch=0, epochs=epochs, figures="")
        self.started = self.drawn = 0.0

    def __enter__(self) -> "LiveBar":
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def start_epoch(self, epoch: int, images: int) -> None:
        """Empty the bar for the next epoch."""
        self.started = time.perf_counter()
        self.bar.reset(self.task, total=images, epoch=epoch, epochs=self.epochs, figures="")

    def is_due(self) -> bool:
        """Whether the bar has stood still for a while: asking for figures, and drawing them, would slow every step."""
        return time.perf_counter() - self.drawn >= REDRAWN

    def batch(self, images: int, loss: float, accuracy: float) -> None:
        """Move the bar on to `images` of this epoch."""
        self.drawn = time.perf_counter()
        rate = images / max(self.drawn - self.started, 1e-9)
        figures = f"loss {loss:.4f}  accuracy {accuracy:.4f}  {rate:,.0f} images/s"
        self.bar.update(self.task, completed=images, figures=figures)

    def end_epoch(self, epoch: int, figures: Epoch, images: int) -> None:
        """Leave the epoch's figures above the bar."""
        self.console.print(epoch_line(epoch, self.epochs, figures, images), highlight=False, soft_wrap=True)


def watch(epochs: int, progress: bool) -> EpochLines:
    """What shows the training of so many epochs on standard error; nothing at all unless `progress`."""
    if not (progress and sys.stderr.isatty()):
        return EpochLines(epochs, silent=not progress)
    from rich.console import Console

    return LiveBar(epochs, Console(file=sys.stderr))


def epoch_line(epoch: int, epochs: int, figures: Epoch, images: int) -> str:
    """One epoch in one line."""
    parts = [f"epoch {epoch}/{epochs}", f"loss {figures['loss']:.4f}", f"accuracy {figures['accuracy']:.4f}"]
    if "val_loss" in figures:
        parts += [f"val_loss {figures['val_loss']:.4f}", f"val_accuracy {figures['val_accuracy']:.4f}"]
    seconds = figures["seconds"]
    return "  ".join([*parts, f"{seconds:.1f} s", f"{images / max(seconds, 1e-9):,.0f} images/s"])
