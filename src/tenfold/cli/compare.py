"""`tenfold compare`: runs side by side on the same test images."""

import json
from pathlib import Path

import typer


def compare(
    runs: list[Path] = typer.Argument(metavar="RUN...", help="Folders that `tenfold train` wrote, two or more."),
    data: str | None = typer.Option(None, help="What to measure on; by default the test part of the runs' own data."),
    part: str | None = typer.Option(None, help="train or test, where the data has both; test by default."),
    out: Path | None = typer.Option(None, help="A PNG to draw the runs' curves in; none is drawn without it."),
    as_json: bool = typer.Option(False, "--json", help="Print the figures as JSON."),
) -> None:
    """Compare runs on the same test images.

    Runs that differ by their seed alone are one row, mean ± sd; McNemar's exact test says whether two runs differ by more
    than chance.
    """
    from tenfold.cli.trained import load_for, trained_run
    from tenfold.errors import UsageError
    from tenfold.evaluation import compare as compare_runs
    from tenfold.evaluation import comparison_plot, measure_run, save_plot
    from tenfold.files import sha256
    from tenfold.models import load_checkpoint

    if len({folder.resolve() for folder in runs}) < len(runs):
        raise UsageError("a run is named twice; compare each with others")
    measured = []
    images: dict[str, str] = {}  # hash of the test images -> the run that was measured on them
    for folder in runs:
        checkpoint = load_checkpoint(folder)
        dataset = load_for(trained_run(checkpoint), data, part)
        other = images.setdefault(sha256(dataset.images.tobytes()), str(folder))
        if len(images) > 1:
            raise UsageError(f"{folder} and {other} have other test images; name the same for all with --data")
        measured.append(measure_run(str(folder), checkpoint, dataset))
    found = compare_runs(measured)
    typer.echo(json.dumps({"data": dataset.name, **found.to_dict()}) if as_json else f"{dataset.name}\n{found}")
    if out is not None:
        typer.echo(f"wrote {save_plot(comparison_plot(found), out)}", err=True)
