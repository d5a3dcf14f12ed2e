"""`tenfold explore`: what is in a data set, before anybody trains on it."""

import json
from pathlib import Path

import typer


def explore(
    data: str = typer.Argument("mnist", help="'mnist', or a path: IDX, CSV, npz, a folder with a subfolder per class."),
    part: str | None = typer.Option(None, help="train or test, where the data has both; train by default."),
    out: Path | None = typer.Option(None, help="Folder for the figures; none are made without it."),
    normalise: bool = typer.Option(False, help="Bring own pictures of digits, of any size, to MNIST's form first."),
    seed: int = typer.Option(0, help="Draws the sample."),
    as_json: bool = typer.Option(False, "--json", help="Print the figures as JSON."),
) -> None:
    """Look at a data set.

    Counts the classes, measures the pixels, shows a sheet of samples and the most unusual images.
    """
    from tenfold.data import check_part, describe, load
    from tenfold.images import Normalisation

    dataset = load(data, check_part(part), normalisation=Normalisation() if normalise else None)
    found = describe(dataset)
    typer.echo(json.dumps(found.to_dict()) if as_json else str(found))
    if out is None:
        return
    import numpy as np

    from tenfold.evaluation import counts_plot, samples_plot, save_plot, sheet_plot

    captions = [f"{dataset.classes[dataset.labels[place]]}  ({place})" for place in found.unusual]
    figures = {
        "counts.png": counts_plot(found.counts, found.classes, f"{found.name}: images per class"),
        "samples.png": samples_plot(dataset, np.random.default_rng(seed)),
        "unusual.png": sheet_plot(dataset.images[found.unusual], captions, f"Most unusual images of {found.name}"),
    }
    for name, figure in figures.items():
        typer.echo(f"wrote {save_plot(figure, out / name)}", err=True)
