"""`tenfold find-lr` as a user meets it."""

import json
from pathlib import Path

import pytest

from tenfold.cli import main

QUICK = ["find-lr", "--network", "mlp:16", "--batch-size", "64", "--steps", "60"]


def test_it_prints_one_line_with_the_number(capsys: pytest.CaptureFixture[str]) -> None:
    """The number first; nothing else on standard output, and the same again for the same seed."""
    assert main(QUICK) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("learning rate 0.0")
    assert shown.count("\n") == 1
    assert main(QUICK) == 0
    assert capsys.readouterr().out == shown


def test_json_holds_number_and_curve_and_the_picture_is_drawn(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The suggestion lies in the swept range; the PNG is where it was asked for, named on standard error."""
    assert main([*QUICK, "--json", "--out", str(tmp_path / "lr.png")]) == 0
    captured = capsys.readouterr()
    record = json.loads(captured.out)
    assert record["lr"][0] < record["suggestion"] < record["lr"][-1]
    assert len(record["lr"]) == len(record["loss"]) == record["steps"] <= 60
    assert (tmp_path / "lr.png").read_bytes().startswith(b"\x89PNG")
    assert captured.err == f"wrote {tmp_path / 'lr.png'}\n"


def test_its_number_is_one_that_train_takes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Passed on as --lr, an epoch at it learns the digits."""
    assert main([*QUICK, "--json"]) == 0
    lr = json.loads(capsys.readouterr().out)["suggestion"]
    arguments = ["--network", "mlp:16", "--epochs", "1", "--quiet", "--json", "--out", str(tmp_path / "run")]
    assert main(["train", "--lr", str(lr), *arguments]) == 0
    assert json.loads(capsys.readouterr().out)["accuracy"] > 0.88


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--steps", "3"], "a range test needs at least 20 steps, not 3"),
        (["--lowest", "1", "--highest", "0.1"], "learning rates must grow from above 0, not from 1 to 0.1"),
        (["--optimiser", "lion"], "unknown optimiser 'lion'; known: adam, adamw, rmsprop, sgd"),
        (["--network", "resnet"], "unknown network 'resnet'"),
        (["--validation", "1"], "--validation must be from 0 to below 1, not 1"),
    ],
)
def test_wrong_options_are_one_line_and_exit_code_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing on standard output."""
    assert main(["find-lr", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err
    assert captured.err.count("\n") == 1
