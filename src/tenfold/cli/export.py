"""`tenfold export`: a run -> an ONNX file."""

import json
from pathlib import Path

import typer


def export(
    run: Path = typer.Argument(help="A folder that `tenfold train` wrote."),
    out: Path | None = typer.Option(None, help="The file to write; RUN/model.onnx by default."),
    data: str | None = typer.Option(None, help="Images to prove it on; by default the run's own training data."),
    images: int = typer.Option(2000, min=2, help="How many images to prove it on."),
    as_json: bool = typer.Option(False, "--json", help="Print the result as JSON."),
) -> None:
    """Write a run's network as ONNX.

    Proves first that ONNX Runtime gives the same answers as PyTorch on real images.
    """
    from tenfold.cli.trained import load_for, trained_run
    from tenfold.export import export_onnx
    from tenfold.models import load_checkpoint

    checkpoint = load_checkpoint(run)
    dataset = load_for(trained_run(checkpoint), data, None if data else "train")
    result = export_onnx(checkpoint.model, out or checkpoint.folder / "model.onnx", dataset.images[:images])
    if as_json:
        record = {"file": str(result.path), "sha256": result.sha256, "bytes": result.bytes, "images": result.images}
        typer.echo(json.dumps(record | {"largest_difference": result.largest_difference}))
    else:
        typer.echo(str(result))
