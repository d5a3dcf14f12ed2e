"""`tenfold serve`: the HTTP service and the page."""

from pathlib import Path

import typer

from tenfold.errors import UsageError


def serve(
    host: str = typer.Option("127.0.0.1", help="Where to listen; 0.0.0.0 lets other machines in."),
    port: int = typer.Option(8000, help="The port; 0 takes a free one."),
    model: Path | None = typer.Option(None, help="An ONNX file that `tenfold export` wrote; the shipped one by default."),
    corrections: Path | None = typer.Option(None, help="Keep corrected digits in this folder, for `tenfold train --data`."),
    workers: int = typer.Option(1, help="Processes, each with a model of its own."),
    queue: int = typer.Option(64, help="Pictures a process lets wait; more are refused with status 503."),
) -> int:
    """Serve a web page and an HTTP interface that read digits.

    Prints the address when it is ready. Ctrl-C or SIGTERM ends it, after what was accepted has been answered.
    """
    from tenfold.serving import Limits, Settings, bind, serve, serve_with_workers

    for name, value in (("--workers", workers), ("--queue", queue)):
        if value < 1:
            raise UsageError(f"{name} must be at least 1, not {value}")
    settings = Settings(model, corrections, Limits(queue=queue))
    bound = bind(host, port)
    address = f"http://{f'[{host}]' if ':' in host else host}:{bound.getsockname()[1]}/"

    def ready() -> None:
        typer.echo(f"tenfold: serving on {address} (Ctrl-C ends it)", err=True)

    if workers == 1:
        serve(settings, bound, ready)
    else:
        serve_with_workers(settings, bound, ready, workers)
    return 0
