"""`tenfold train`: data in, a run's folder out."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from tenfold.data import Dataset
    from tenfold.evaluation import Evaluation
    from tenfold.models import Preparation
    from tenfold.training import History


def train(
    context: typer.Context,
    data: str = typer.Option("mnist", help="'mnist', or a path: IDX, CSV, npz, a folder with a subfolder per class."),
    recipe: str = typer.Option("", help="fast, good or best: network and settings that aim at 98, 99 or 99.5 % of MNIST."),
    network: str = typer.Option("tenfold", help="softmax, mlp:WIDTH,WIDTH,..., cnn, tenfold, sprint or recogniser."),
    epochs: int = typer.Option(2, help="Times through the training images."),
    batch_size: int = typer.Option(128, help="Images a step."),
    optimiser: str = typer.Option("adamw", help="sgd, rmsprop, adam or adamw."),
    lr: float = typer.Option(0.01, help="Learning rate; the highest of the schedule."),
    schedule: str = typer.Option("one-cycle", help="constant, linear, cosine or one-cycle."),
    weight_decay: float = typer.Option(0.02, help="Weight decay of kernels and matrices."),
    label_smoothing: float = typer.Option(0.0, help="Share of the label spread over all classes."),
    augment: bool = typer.Option(False, help="Turn, shear, scale and move the images a little, anew for every batch."),
    classes: str = typer.Option("", help="Names for labels 0, 1, 2, ..., with commas between; for data with numbers only."),
    normalise: bool = typer.Option(False, help="Bring own pictures of digits, of any size, to MNIST's form first."),
    validation: float = typer.Option(0.1, help="Share of the training images held out to measure on; 0 for none."),
    patience: int = typer.Option(0, help="Stop after so many epochs without a better validation loss; 0 never stops."),
    seed: int = typer.Option(0, help="Draws the split, the starting weights, the order, dropout and augmentation."),
    device: str = typer.Option("auto", help="auto, cpu or cuda."),
    precision: str = typer.Option("float32", help="float32, bfloat16, or auto: the quicker of the two on this machine."),
    out: Path | None = typer.Option(None, help="Folder for the run; by default runs/NETWORK-1, -2, ..."),
    replace: bool = typer.Option(False, help="Write over a run that is in the folder already."),
    quiet: bool = typer.Option(False, help="No progress."),
    as_json: bool = typer.Option(False, "--json", help="Print the result as JSON."),
) -> int:
    """Train a network.

    Keeps the weights with a readable record, the curves and the worst misses in the run's folder.

    Ctrl-C keeps what was learned so far and exits with 130.
    """
    from tenfold.cli.experiment import check_training_is_installed
    from tenfold.models import build, parse_network, predict, save_checkpoint, summary
    from tenfold.training import calibrate, check_settings, early_stopping, find_recipe, fit

    check_training_is_installed()
    settings: dict[str, Any] = {
        "epochs": epochs, "batch_size": batch_size, "optimiser": optimiser, "lr": lr, "schedule": schedule,
        "weight_decay": weight_decay, "label_smoothing": label_smoothing, "precision": precision,
    }  # fmt: skip
    name, arguments = parse_network(network)
    chosen = find_recipe(recipe) if recipe else None
    if chosen:
        check_left_to_recipe(context, ("network", "augment", *settings))
        name, arguments = chosen.network, {"width": chosen.width}
        settings, augment = chosen.settings(), chosen.augment
    check_settings(settings["epochs"], settings["batch_size"], settings["lr"], label_smoothing, weight_decay)
    folder = run_folder(out, recipe or name, replace)
    train_split, validation_split, preparation = load_splits(data, validation, normalise, seed, classes)
    size = train_split.size
    model = build(name, classes=train_split.classes, size=size, preparation=preparation, seed=seed, **arguments)
    started = time.perf_counter()
    if chosen:
        train_split = chosen.part_of(train_split, seed)
        chosen.start(model, train_split)
    prepared = time.perf_counter() - started
    if augment:
        from tenfold.images import augment as augment_images
    if not quiet:
        typer.echo(str(summary(model)), err=True)
    history = fit(
        model, train_split, validation_split, augment=augment_images if augment else None,
        callbacks=[early_stopping(patience)] if patience else [], seed=seed, device=device, progress=not quiet, **settings,
    )  # fmt: skip
    # label smoothing keeps confidences low on purpose; this brings them back to what is right
    temperature = calibrate(model, validation_split) if validation_split and settings["label_smoothing"] else 1.0
    record: dict[str, Any] = {
        "data": {
            "source": data, "name": train_split.name, "sha256": train_split.sha256, "images": len(train_split),
            "validation": validation, "normalised": normalise,
        },
        "recipe": {"name": recipe, "seconds": prepared} if chosen else None,
        "temperature": temperature, **history.to_dict(),
    }  # fmt: skip
    save_checkpoint(folder, model, record)
    from tenfold.evaluation import evaluate, write_report  # a third of a second that training need not wait for

    measured = validation_split or train_split
    logits = predict(model, measured.images)
    report = write_report(
        folder, measured, logits, record, layers=str(summary(model)), title=f"Training of {recipe or network}"
    )
    show(folder, report, evaluate(logits, measured.labels, measured.classes), history, measured.name, as_json)
    return exit_code(history.stopped)


def check_left_to_recipe(context: typer.Context, names: tuple[str, ...]) -> None:
    """Raise UsageError for an option that the recipe decides."""
    from tenfold.errors import UsageError

    for name in names:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            raise UsageError(f"--recipe decides --{name.replace('_', '-')} itself; give one of the two")


def load_splits(
    data: str, validation: float, normalise: bool, seed: int, classes: str = ""
) -> tuple["Dataset", "Dataset | None", "Preparation"]:
    """(train, validation or None, preparation) for a data source as the options name it."""
    from tenfold.data import check_trainable, load, renamed, split
    from tenfold.errors import UsageError
    from tenfold.images import Normalisation
    from tenfold.models import MNIST_STANDARD, Preparation

    if not 0 <= validation < 1:
        raise UsageError(f"--validation must be from 0 to below 1, not {validation:g}")
    whole = load(data, "train" if data == "mnist" else None, normalisation=Normalisation() if normalise else None)
    if classes:
        whole = renamed(whole, [name.strip() for name in classes.split(",")])
    check_trainable(whole)
    train_split, validation_split = split(whole, validation, seed=seed) if validation else (whole, None)
    if data == "mnist":
        return train_split, validation_split, MNIST_STANDARD
    pixels = train_split.images
    settings = Normalisation() if normalise else None
    return train_split, validation_split, Preparation(float(pixels.mean()), float(pixels.std()) or 1.0, settings)


def run_folder(out: Path | None, network: str, replace: bool) -> Path:
    """Where the run goes; nobody's run is written over unasked, and a place that cannot be written is found at once."""
    from tenfold.errors import TenfoldError, UsageError

    if out is None:
        taken = {path.name for path in Path("runs").glob(f"{network}-*")}
        number = next(number for number in range(1, len(taken) + 2) if f"{network}-{number}" not in taken)
        out = Path("runs") / f"{network}-{number}"
    if (out / "model.json").exists() and not replace:
        raise UsageError(f"{out}: holds a run already; choose another --out or pass --replace")
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / ".writable").touch()
        (out / ".writable").unlink()
    except OSError as error:
        raise TenfoldError(f"{out}: cannot be written ({error.strerror}); choose another --out") from error
    return out


def show(folder: Path, report: Path, found: "Evaluation", history: "History", measured: str, as_json: bool) -> None:
    """Print what came of it."""
    if as_json:
        record = {"run": str(folder), "report": str(report), "measured": measured, "seconds": history.seconds}
        typer.echo(json.dumps(record | {"accuracy": found.accuracy, "loss": found.loss, "stopped": history.stopped}))
        return
    epochs = "1 epoch" if history.epochs == 1 else f"{history.epochs} epochs"
    typer.echo(f"trained {epochs} in {history.seconds:.1f} s")
    typer.echo(f"{measured}: accuracy {found.accuracy:.2%}, {found.misses:,} misses of {found.n:,}, loss {found.loss:.4f}")
    typer.echo(f"run:    {folder}")
    typer.echo(f"report: {report}")


def exit_code(stopped: str) -> int:
    """0 for a training that ended as planned, 130 after Ctrl-C, 1 where the loss was no number any more."""
    if stopped == "interrupted":
        typer.echo("tenfold: interrupted; what was learned so far is kept", err=True)
        return 130
    if stopped == "diverged":
        typer.echo("tenfold: the loss is no number any more; the last good weights are kept; try a lower --lr", err=True)
        return 1
    return 0
