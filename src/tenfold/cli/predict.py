"""`tenfold predict`: what a trained network says of every image of a data set."""

from pathlib import Path

import typer


def predict(
    run: Path = typer.Argument(help="A folder that `tenfold train` wrote."),
    data: str | None = typer.Option(None, help="What to predict; by default the test part of the run's own data."),
    part: str | None = typer.Option(None, help="train or test, where the data has both; test by default."),
    out: str = typer.Option("-", help="The CSV file to write; - for standard output."),
) -> None:
    """Predict a data set to CSV.

    A row an image, in the order of the data: label, prediction, confidence, and the probability of every class.
    """
    from tenfold.cli.evaluate import load_for
    from tenfold.evaluation import predictions_csv
    from tenfold.files import write_atomically
    from tenfold.models import load_checkpoint
    from tenfold.models import predict as logits_of

    checkpoint = load_checkpoint(run)
    dataset = load_for(checkpoint, data, part)
    table = predictions_csv(dataset, logits_of(checkpoint.model, dataset.images))
    if out == "-":
        typer.echo(table, nl=False)
    else:
        typer.echo(f"wrote {write_atomically(out, table)}", err=True)
