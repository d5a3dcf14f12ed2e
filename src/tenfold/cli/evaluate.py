"""`tenfold evaluate`: how good a trained network is on data it has not seen."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from tenfold.cli.trained import Trained
    from tenfold.data import Dataset
    from tenfold.evaluation import Robustness


def evaluate(
    run: Path | None = typer.Argument(None, help="A run's folder or an ONNX file; the shipped weights by default."),
    data: str | None = typer.Option(None, help="What to measure on; by default the test part of the network's own data."),
    part: str | None = typer.Option(None, help="train or test, where the data has both; test by default."),
    out: Path | None = typer.Option(None, help="Folder for report and figures; RUN/evaluation by default."),
    robustness: bool = typer.Option(False, help="Also on 15 corruptions at 5 severities; takes a minute or two."),
    as_json: bool = typer.Option(False, "--json", help="Print the figures as JSON."),
) -> None:
    """Measure a network on test data.

    Prints accuracy, misses, precision and recall, and calibration, and writes a report with figures. A network that can say
    "none" is measured by the likeliest of the other answers; beside it stands how many would be refused.
    """
    from tenfold.cli.trained import load_for, load_trained, without_none
    from tenfold.data import KNOWN_BAD_TEST_LABELS
    from tenfold.evaluation import evaluate as measure
    from tenfold.evaluation import write_report

    trained = load_trained(run)
    dataset = load_for(trained, data, part)
    all_logits = trained.logits(dataset.images)
    is_refused = trained.refuses(all_logits)
    dataset, logits = without_none(trained, dataset, all_logits)
    found = measure(logits, dataset.labels, dataset.classes)
    refused = int(is_refused.sum())
    right = float((~is_refused & (logits.argmax(1) == dataset.labels)).mean())
    folder = out or trained.folder
    title = f"Evaluation of {trained.name}"
    report = write_report(folder, dataset, logits, trained.record, layers=trained.layers, title=title)
    borne = bear_corruptions(trained, dataset, folder) if robustness else None
    if as_json:
        record = {"run": trained.name, "data": dataset.name, **found.to_dict(), "report": str(report)}
        record |= {"refused": refused, "right_and_accepted": right}
        typer.echo(json.dumps(record | ({"robustness": borne.to_dict()} if borne else {})))
        return
    typer.echo(f"{dataset.name}\n{found}")
    if refused:
        typer.echo(
            f"{refused} of {len(dataset):,} would be refused when reading pictures; {right:.2%} are right and accepted"
        )
    if dataset.name == "MNIST test":
        wrong = set((logits.argmax(1) != dataset.labels).nonzero()[0].tolist())
        known = len(wrong & set(KNOWN_BAD_TEST_LABELS))
        typer.echo(f"{known} of the misses are among the {len(KNOWN_BAD_TEST_LABELS)} test images with a doubtful label")
    if borne:
        typer.echo(str(borne))
    typer.echo(f"report: {report}")


def bear_corruptions(trained: "Trained", dataset: "Dataset", folder: Path) -> "Robustness":
    """The network's robustness on `dataset`, drawn in FOLDER/robustness.png."""
    from tenfold.evaluation import measure_robustness, robustness_plot, save_plot

    found = measure_robustness(trained.logits, dataset.images, dataset.labels, progress=True)
    typer.echo(f"wrote {save_plot(robustness_plot(found, trained.name), folder / 'robustness.png')}", err=True)
    return found
