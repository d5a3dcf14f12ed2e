"""`tenfold predict`: what a trained network says of every image of a data set."""

from pathlib import Path

import typer


def predict(
    run: Path | None = typer.Argument(None, help="A run's folder or an ONNX file; the shipped weights by default."),
    data: str | None = typer.Option(None, help="What to predict; by default the test part of the network's own data."),
    part: str | None = typer.Option(None, help="train or test, where the data has both; test by default."),
    out: str = typer.Option("-", help="The CSV file to write; - for standard output."),
) -> None:
    """Predict a data set to CSV.

    A row an image, in the order of the data: label, prediction, confidence, and the probability of every class.
    """
    from tenfold.cli.trained import load_for, load_trained
    from tenfold.evaluation import predictions_csv
    from tenfold.files import write_atomically

    trained = load_trained(run)
    dataset = load_for(trained, data, part)
    table = predictions_csv(dataset, trained.logits(dataset.images))
    if out == "-":
        typer.echo(table, nl=False)
    else:
        typer.echo(f"wrote {write_atomically(out, table)}", err=True)
