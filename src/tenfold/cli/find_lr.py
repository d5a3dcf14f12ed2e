"""`tenfold find-lr`: the learning rate to train with, before training."""

import json
from pathlib import Path

import typer


def find_lr(
    data: str = typer.Option("mnist", help="'mnist', or a path: IDX, CSV, npz, a folder with a subfolder per class."),
    network: str = typer.Option("tenfold", help="softmax, mlp:WIDTH,WIDTH,..., cnn, tenfold, sprint or recogniser."),
    batch_size: int = typer.Option(128, help="Images a step."),
    optimiser: str = typer.Option("adamw", help="sgd, rmsprop, adam or adamw."),
    weight_decay: float = typer.Option(0.02, help="Weight decay of kernels and matrices."),
    classes: str = typer.Option("", help="Names for labels 0, 1, 2, ..., with commas between; for data with numbers only."),
    normalise: bool = typer.Option(False, help="Bring own pictures of digits, of any size, to MNIST's form first."),
    validation: float = typer.Option(0.1, help="Share of the training images left out, as in training; 0 for none."),
    lowest: float = typer.Option(1e-6, help="Learning rate to begin with."),
    highest: float = typer.Option(10.0, help="Learning rate to end at, unless training falls apart before."),
    steps: int = typer.Option(300, help="Steps at most; never more than one epoch."),
    seed: int = typer.Option(0, help="Draws the split, the starting weights, the order and dropout."),
    device: str = typer.Option("auto", help="auto, cpu or cuda."),
    out: Path | None = typer.Option(None, help="A PNG to draw the curve in; none is drawn without it."),
    as_json: bool = typer.Option(False, "--json", help="Print the number and the curve as JSON."),
) -> None:
    """Find the learning rate to train with.

    A range test of one epoch at most, with the settings that `tenfold train` takes. The first number is the --lr to hold
    (--schedule constant), the second the --lr of a schedule that falls to 0, as train's own does.
    """
    from tenfold.cli.train import load_splits
    from tenfold.models import build, parse_network
    from tenfold.training import find_lr as run_range_test

    name, arguments = parse_network(network)
    train_split, _, preparation = load_splits(data, validation, normalise, seed, classes)
    model = build(name, classes=train_split.classes, size=train_split.size, preparation=preparation, seed=seed, **arguments)
    curve = run_range_test(
        model, train_split, optimiser=optimiser, batch_size=batch_size, weight_decay=weight_decay,
        lowest=lowest, highest=highest, steps=steps, seed=seed, device=device,
    )  # fmt: skip
    typer.echo(json.dumps(curve.to_dict()) if as_json else str(curve))
    if out is None:
        return
    from tenfold.evaluation import lr_plot, save_plot

    title = f"Learning-rate range test: {network}, {optimiser}, {train_split.name}"
    figure = lr_plot(curve.lr, curve.loss, curve.smooth, curve.steepest, curve.suggestion, title)
    typer.echo(f"wrote {save_plot(figure, out)}", err=True)
