"""`tenfold experiment`: the classic MNIST notebooks, run to the end, with what they printed and what was measured."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from tenfold.evaluation import Finding

NAMES = ("deep_mlp", "wide_mlp", "mlp_vs_cnn", "tiny_mlp", "quickstart_logits")


def experiment(
    name: str = typer.Argument(help=f"{', '.join(NAMES)}; or all, one after the other."),
    quick: bool = typer.Option(False, help="A cut that only shows that everything runs; its figures mean nothing."),
    out: Path = typer.Option(Path("runs") / "experiments", help="Folder in which each experiment gets one of its own."),
    as_json: bool = typer.Option(False, "--json", help="Print the findings as JSON; the story goes to standard error."),
) -> int:
    """Run one of the classic MNIST notebooks.

    Writes its figures as PNG and an HTML report, and prints what was measured beside what the notebook printed.
    """
    from tenfold.errors import unknown_name

    if name != "all" and name not in NAMES:
        raise unknown_name("experiment", name, (*NAMES, "all"))
    check_training_is_installed()
    names = NAMES if name == "all" else (name,)
    for each in names:
        code = run(each, out / each, quick, as_json)
        if code:
            return code
    results = [json.loads((out / each / "results.json").read_text(encoding="utf-8")) for each in names]
    if as_json:
        typer.echo(json.dumps(results if name == "all" else results[0], indent=2))
    elif name == "all":
        typer.echo(closing_table(results))
    return 0


def run(name: str, folder: Path, quick: bool, story_aside: bool) -> int:
    """Run an experiment's file as its own program, into `folder`; returns its exit code."""
    command = [sys.executable, str(find_file(name)), "--out", str(folder), *(["--quick"] if quick else [])]
    return subprocess.run(command, stdout=2 if story_aside else None, check=False).returncode


def find_file(name: str) -> Path:
    """The experiment's file: in a checkout's experiments/, or where the wheel put it, in the package."""
    package = Path(__file__).parents[1]
    places = [package.parents[1] / "experiments" / f"{name}.py", package / "experiments" / f"{name}.py"]
    return next((place for place in places if place.is_file()), places[-1])


def check_training_is_installed() -> None:
    """Raise ModuleNotFoundError, naming it, for what the experiments need and a plain install lacks."""
    for module in ("torch", "safetensors", "onnx", "matplotlib"):
        if importlib.util.find_spec(module) is None:
            raise ModuleNotFoundError(f"no module {module}", name=module)


def closing_table(results: list[dict[str, Any]]) -> str:
    """All findings of all experiments in one table, and under it what is lower than the notebook printed, and why."""
    from tenfold.evaluation import FINDINGS_HEAD, Finding, aligned, finding_row

    findings = [(each["experiment"], Finding.from_dict(values)) for each in results for values in each["findings"]]
    rows = [("experiment", *FINDINGS_HEAD), *((name, *finding_row(finding)) for name, finding in findings)]
    lower = [lower_in_words(name, finding) for name, finding in findings if finding.verdict.startswith("lower")]
    minutes = sum(each["seconds"] for each in results) / 60
    last = f"{minutes:.0f} minutes in all; the seconds are those of a training, mean over n, on a machine as busy as it was."
    return "\n".join(["", aligned(rows), "", *lower, last])


def lower_in_words(name: str, finding: "Finding") -> str:
    """One line on a finding whose mean is below what the notebook printed."""
    beside = f"{finding.measure}, mean {finding.mean:.2%}, is lower than the notebook's {finding.printed:.2%}"
    return "; ".join(filter(None, [f"{name}, {finding.network}: {beside}", finding.span, finding.why]))
