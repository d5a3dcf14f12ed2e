"""The command line: each command is a thin skin over library calls of the same words.

Results go to standard output, everything else to standard error. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 some
picture could not be opened, 130 ended by Ctrl-C. Commands import what they need when they run, so `--help` is quick.
"""

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import typer
import typer.core
from click import ClickException

from tenfold.cli.compare import compare
from tenfold.cli.evaluate import evaluate
from tenfold.cli.experiment import experiment
from tenfold.cli.explore import explore
from tenfold.cli.export import export
from tenfold.cli.find_lr import find_lr
from tenfold.cli.interrupts import INTERRUPTED, interruptible
from tenfold.cli.predict import predict
from tenfold.cli.read import read
from tenfold.cli.serve import serve
from tenfold.cli.train import train
from tenfold.errors import TenfoldError

NEEDED_BY_TRAINING = ("torch", "safetensors", "onnx", "onnxscript", "matplotlib")
"""Modules that the base install lacks."""

NEEDED_BY_SERVING = ("fastapi", "starlette", "uvicorn", "httptools", "prometheus_client", "pydantic")
"""The same, for `tenfold serve`."""

COMMANDS: dict[Callable[..., Any], str] = {
    train: "tenfold train --network mlp:256,256 --epochs 5 --out runs/mlp",
    evaluate: "tenfold evaluate runs/mlp",
    compare: "tenfold compare runs/mlp-1 runs/mlp-2 runs/cnn-1 --out curves.png",
    predict: "tenfold predict runs/mlp --data my-digits/ --out predictions.csv",
    find_lr: "tenfold find-lr --network mlp:256,256 --out lr.png",
    export: "tenfold export runs/mlp --out mlp.onnx",
    read: "tenfold read --json photo.jpg scans/",
    serve: "tenfold serve --port 8080",
    experiment: "tenfold experiment deep_mlp --quick",
    explore: "tenfold explore --out sheets/ my-digits/",
}
"""Each command with the example that ends its help."""

typer.core.HAS_RICH = False  # else help, plain as it is, has Rich's escapes in it and takes a tenth of a second more

app = typer.Typer(
    name="tenfold",
    help="Tenfold reads handwritten digits: train, prove how good it is, read the picture you have.",
    epilog="Example: tenfold read photo.jpg",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from tenfold import __version__

        typer.echo(f"tenfold {__version__}")
        raise typer.Exit()


@app.callback()
def _options(
    version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="Print the version."),
) -> None:
    """What comes before a command."""


for _command, _example in COMMANDS.items():
    app.command(epilog=f"Example: {_example}")(_command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, without arguments its help; returns its exit code.

    What the user can mend is one line on standard error.
    """
    words = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy multiplies little here; its threads take long to start
    for stream in (sys.stdout, sys.stderr):  # a file name may hold what the terminal's encoding cannot say
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    command = typer.main.get_command(app)
    try:
        with interruptible():
            result = command.main(words, "tenfold", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except BrokenPipeError:  # the reader of our output has gone, as `| head` does; nothing is left to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (KeyboardInterrupt, typer.Abort):
        message, exit_code = "interrupted", INTERRUPTED
    except Exception as error:
        message, exit_code = complaint(error)
    typer.echo(f"tenfold: {' '.join(message.splitlines())}", err=True)
    return exit_code


def complaint(error: Exception) -> tuple[str, int]:
    """What to say of an error that the user can mend, and the exit code; any other error is raised again."""
    if isinstance(error, TenfoldError):
        return str(error), error.exit_code
    for extra, modules in (("train", NEEDED_BY_TRAINING), ("serve", NEEDED_BY_SERVING)):
        if isinstance(error, ModuleNotFoundError) and error.name in modules:
            return f"this needs more than reading does ({error.name}); install it with: pip install 'tenfold[{extra}]'", 1
    if isinstance(error, ClickException):  # a wrong option or argument
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "tenfold"
        return f"{error.format_message()} (see {command} --help)", error.exit_code
    raise error
