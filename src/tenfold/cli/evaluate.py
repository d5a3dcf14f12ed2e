"""`tenfold evaluate`: how good a trained network is on data it has not seen."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from tenfold.data import Dataset
    from tenfold.evaluation import Robustness
    from tenfold.models import Checkpoint


def evaluate(
    run: Path = typer.Argument(help="A folder that `tenfold train` wrote."),
    data: str | None = typer.Option(None, help="What to measure on; by default the test part of the run's own data."),
    part: str | None = typer.Option(None, help="train or test, where the data has both; test by default."),
    out: Path | None = typer.Option(None, help="Folder for report and figures; RUN/evaluation by default."),
    robustness: bool = typer.Option(False, help="Also on 15 corruptions at 5 severities; takes a minute or two."),
    as_json: bool = typer.Option(False, "--json", help="Print the figures as JSON."),
) -> None:
    """Measure a run on test data.

    Prints accuracy, misses, precision and recall, and calibration, and writes a report with figures.
    """
    from tenfold.data import KNOWN_BAD_TEST_LABELS
    from tenfold.evaluation import evaluate as measure
    from tenfold.evaluation import write_report
    from tenfold.models import load_checkpoint, predict, summary

    checkpoint = load_checkpoint(run)
    dataset = load_for(checkpoint, data, part)
    logits = predict(checkpoint.model, dataset.images)
    found = measure(logits, dataset.labels, dataset.classes)
    folder = out or checkpoint.folder / "evaluation"
    report = write_report(
        folder, dataset, logits, checkpoint.record,
        layers=str(summary(checkpoint.model)), title=f"Evaluation of {checkpoint.folder}",
    )  # fmt: skip
    borne = bear_corruptions(checkpoint, dataset, folder) if robustness else None
    if as_json:
        record = {"run": str(run), "data": dataset.name, **found.to_dict(), "report": str(report)}
        typer.echo(json.dumps(record | ({"robustness": borne.to_dict()} if borne else {})))
        return
    typer.echo(f"{dataset.name}\n{found}")
    if dataset.name == "MNIST test":
        wrong = set((logits.argmax(1) != dataset.labels).nonzero()[0].tolist())
        known = len(wrong & set(KNOWN_BAD_TEST_LABELS))
        typer.echo(f"{known} of the misses are among the {len(KNOWN_BAD_TEST_LABELS)} test images with a doubtful label")
    if borne:
        typer.echo(str(borne))
    typer.echo(f"report: {report}")


def bear_corruptions(checkpoint: "Checkpoint", dataset: "Dataset", folder: Path) -> "Robustness":
    """The run's robustness on `dataset`, drawn in FOLDER/robustness.png."""
    from tenfold.evaluation import measure_robustness, robustness_plot, save_plot
    from tenfold.models import predict

    model = checkpoint.model
    found = measure_robustness(lambda images: predict(model, images), dataset.images, dataset.labels, progress=True)
    typer.echo(f"wrote {save_plot(robustness_plot(found, str(checkpoint.folder)), folder / 'robustness.png')}", err=True)
    return found


def load_for(checkpoint: "Checkpoint", data: str | None, part: str | None) -> "Dataset":
    """The data to use a checkpoint on; raises DataError where its classes or its size are not the network's."""
    import numpy as np

    from tenfold.data import check_part, load, make_dataset, renamed
    from tenfold.errors import DataError

    normalisation = checkpoint.model.preparation.normalisation if checkpoint.record["data"]["normalised"] else None
    own = data is None or data == checkpoint.data
    dataset = load(data or checkpoint.data, check_part(part or ("test" if own else None)), normalisation=normalisation)
    network = checkpoint.model.architecture
    if dataset.classes == tuple(map(str, range(len(dataset.classes)))) and not set(dataset.classes) <= set(network.classes):
        dataset = renamed(dataset, network.classes)
    if dataset.size != network.size:
        raise DataError(f"{dataset.name}: images are {dataset.size}, but the network takes {network.size}")
    unknown = sorted(set(dataset.classes) - set(network.classes))
    if unknown:
        raise DataError(f"{dataset.name}: class '{unknown[0]}' is not one of the network's ({', '.join(network.classes)})")
    places = np.array([network.classes.index(name) for name in dataset.classes], np.int64)
    return make_dataset(dataset.images, places[dataset.labels], network.classes, dataset.name)
