"""The commands that train, measure and export, as a user meets them."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tenfold.cli import COMMANDS, main
from tenfold.cli.trained import load_trained, without_none
from tenfold.data import make_dataset, write_idx


@pytest.fixture(scope="module")
def data(tmp_path_factory, mnist) -> Path:
    """A folder like MNIST's with 600 training and 200 test images."""
    folder = tmp_path_factory.mktemp("data")
    for name, split, n in (("train", mnist.train, 600), ("t10k", mnist.test, 200)):
        write_idx(folder / f"{name}-images-idx3-ubyte", split.images[:n])
        write_idx(folder / f"{name}-labels-idx1-ubyte", split.labels[:n].astype(np.uint8))
    return folder


@pytest.fixture(scope="module")
def run(tmp_path_factory, data) -> Path:
    """A run trained on that folder by the command."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    arguments = ["--data", str(data), "--network", "mlp:32", "--epochs", "3", "--out", str(folder), "--quiet"]
    assert main(["train", *arguments]) == 0
    return folder


def test_train_leaves_a_run(run):
    """Weights, a readable record that says where they came from, curves, confusion matrix, misses and one page."""
    record = json.loads((run / "model.json").read_text())
    assert record["architecture"]["network"] == "mlp"
    assert record["settings"]["seed"] == 0
    assert len(record["history"]["val_accuracy"]) == 3
    assert len(record["data"]["sha256"]) == 64
    assert (run / record["weights"]["file"]).exists()
    assert {path.name for path in run.glob("*.png")} == {"confusion.png", "history.png", "misses.png"}
    page = (run / "report.html").read_text()
    assert "data:image/png;base64," in page
    assert 'src="http' not in page
    assert "<link" not in page


def test_confidences_are_calibrated_after_label_smoothing(run, data, tmp_path, capsys):
    """What it keeps low is brought back by the validation split; without it nothing is touched."""
    smoothed = ["--data", str(data), "--network", "mlp:32", "--epochs", "8", "--label-smoothing", "0.3", "--quiet"]
    found = {}
    for validation in ("0.3", "0"):
        folder = tmp_path / validation
        assert main(["train", *smoothed, "--validation", validation, "--out", str(folder)]) == 0
        capsys.readouterr()
        assert main(["evaluate", str(folder), "--json"]) == 0
        evaluated = json.loads(capsys.readouterr().out)
        found[validation] = (json.loads((folder / "model.json").read_text())["temperature"], evaluated["ece"])
    assert found["0.3"][0] < 0.8
    assert found["0"][0] == 1
    assert found["0.3"][1] < 0.5 * found["0"][1]
    assert json.loads((run / "model.json").read_text())["temperature"] == 1


def test_evaluate_counts_every_test_image(run, capsys):
    """The figures are of all 200 images, and the confusion matrix sums to them."""
    assert main(["evaluate", str(run), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["n"] == 200 == np.sum(record["confusion"])
    assert 0.5 < record["accuracy"] < 1, record["accuracy"]
    assert record["misses"] == round(200 * record["error_rate"])
    assert Path(record["report"]).exists()


def test_evaluate_prints_a_table(run, capsys):
    """A person gets a line of figures and a row a class."""
    assert main(["evaluate", str(run)]) == 0
    shown = capsys.readouterr().out
    assert "accuracy" in shown
    assert len([line for line in shown.splitlines() if line.strip().endswith("%")]) >= 10


def test_export_then_read(run, capsys, tmp_path):
    """The exported file reads pictures."""
    assert main(["export", str(run), "--out", str(tmp_path / "m.onnx"), "--images", "100"]) == 0
    assert "the same answers as PyTorch on 100 images" in capsys.readouterr().out
    picture = Path(__file__).parents[2] / "examples" / "light_on_dark.png"
    assert main(["read", "--model", str(tmp_path / "m.onnx"), str(picture)]) == 0
    assert capsys.readouterr().out.startswith(str(picture))


def test_explore_counts_and_draws(data, capsys, tmp_path):
    """Text on standard output, three figures in the folder asked for."""
    assert main(["explore", str(data), "--out", str(tmp_path), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["images"] == 600 == sum(record["counts"].values())
    assert {path.name for path in tmp_path.iterdir()} == {"counts.png", "samples.png", "unusual.png"}


def test_own_classes_go_all_the_way(tmp_path, capsys):
    """A folder a class with other names and another size trains, measures, exports and reads."""
    from PIL import Image

    rng = np.random.default_rng(0)
    for part, n in (("train", 40), ("test", 10)):
        for name, row in (("high", 2), ("low", 9)):
            (tmp_path / part / name).mkdir(parents=True)
            for i in range(n):
                image = rng.integers(0, 60, (12, 12)).astype(np.uint8)
                image[row] = 255
                Image.fromarray(image).save(tmp_path / part / name / f"{i}.png")
    run = tmp_path / "run"
    options = ["--network", "softmax", "--epochs", "8", "--batch-size", "8", "--quiet", "--out", str(run)]
    assert main(["train", "--data", str(tmp_path), *options]) == 0
    assert main(["evaluate", str(run), "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["accuracy"] == 1
    assert main(["export", str(run)]) == 0
    capsys.readouterr()
    assert main(["read", "--model", str(run / "model.onnx"), str(tmp_path / "test" / "low" / "0.png")]) == 0
    assert capsys.readouterr().out.endswith(": low\n")


def test_a_run_is_not_written_over_unasked(run, data, capsys):
    """A second training into the same folder needs --replace; the first stays as it is."""
    before = (run / "model.json").read_bytes()
    assert main(["train", "--data", str(data), "--out", str(run)]) == 2
    assert "--replace" in capsys.readouterr().err
    assert (run / "model.json").read_bytes() == before


BAD = [
    (["--network", "resnet"], 2, "unknown network 'resnet'; known: cnn, mlp, recogniser, softmax, sprint, tenfold"),
    (["--network", "mlp:0"], 2, "positive numbers"),
    (["--network", "cnn:32"], 2, "positive numbers"),
    (["--epochs", "0"], 2, "epochs must be at least 1"),
    (["--epochs", "many"], 2, "epochs"),
    (["--lr", "-1"], 2, "learning rate must be above 0"),
    (["--optimiser", "lion"], 2, "unknown optimiser 'lion'"),
    (["--schedule", "steps"], 2, "unknown schedule 'steps'"),
    (["--device", "tpu9"], 2, "device 'tpu9' is not there"),
    (["--validation", "1.5"], 2, "--validation"),
    (["--data", "nowhere"], 1, "nowhere: no such file or folder"),
    (["--out", "/proc/nothing/run"], 1, "/proc/nothing/run: cannot be written"),
]


@pytest.mark.parametrize(("options", "code", "says"), BAD, ids=[" ".join(row[0]) for row in BAD])
def test_bad_training_settings_are_one_clear_line(tmp_path, monkeypatch, capsys, options, code, says):
    """Every wrong setting: its exit code, one line, and no run left behind."""
    monkeypatch.chdir(tmp_path)
    assert main(["train", "--quiet", *options]) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 1, shown.err
    assert says in shown.err
    assert not list(tmp_path.rglob("model.json"))


def test_bad_data_is_named(tmp_path, capsys):
    """A CSV of 783 columns and an IDX file with a wrong count name file and place."""
    csv = tmp_path / "digits.csv"
    csv.write_text(",".join(["1"] * 783) + "\n")
    assert main(["train", "--data", str(csv), "--out", str(tmp_path / "run")]) == 1
    assert "digits.csv: line 1: 783 columns" in capsys.readouterr().err
    write_idx(tmp_path / "x-images-idx3-ubyte", np.zeros((5, 4, 4), np.uint8))
    write_idx(tmp_path / "x-labels-idx1-ubyte", np.arange(5, dtype=np.uint8) % 2)
    content = (tmp_path / "x-images-idx3-ubyte").read_bytes()
    (tmp_path / "x-images-idx3-ubyte").write_bytes(content[:7] + b"\x06" + content[8:])
    assert main(["train", "--data", str(tmp_path / "x-images-idx3-ubyte"), "--out", str(tmp_path / "run")]) == 1
    assert "the header promises 6 x 4 x 4 = 96 bytes, but 80 follow" in capsys.readouterr().err


def test_a_run_that_is_none_is_named(tmp_path, capsys):
    """Evaluating and exporting nothing says which folder was wanted."""
    for command in ("evaluate", "export"):
        assert main([command, str(tmp_path)]) == 1
        assert "model.json: cannot be read" in capsys.readouterr().err


def heed_ctrl_c() -> None:
    """Undo what shells do to programs in the background: they are started deaf to SIGINT."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_keeps_what_was_learned(tmp_path, data):
    """SIGINT in training: exit 130, one line, and a checkpoint that can be evaluated."""
    run = tmp_path / "run"
    command = [sys.executable, "-m", "tenfold", "train", "--data", str(data), "--network", "mlp:32"]
    training = subprocess.Popen(
        [*command, "--epochs", "1000000", "--out", str(run)], stderr=subprocess.PIPE, text=True, preexec_fn=heed_ctrl_c
    )
    assert training.stderr is not None
    assert any(line.startswith("epoch 1/") for line in training.stderr)
    training.send_signal(signal.SIGINT)
    started = time.monotonic()
    _, said = training.communicate(timeout=60)
    assert training.returncode == 130, said
    assert time.monotonic() - started < 30
    assert said.splitlines()[-1] == "tenfold: interrupted; what was learned so far is kept"
    assert json.loads((run / "model.json").read_text())["stopped"] == "interrupted"
    assert main(["evaluate", str(run), "--json"]) == 0


def test_every_command_has_help_that_ends_in_an_example(capsys):
    """The example belongs to the command it stands under."""
    for command, example in COMMANDS.items():
        name = command.__name__.replace("_", "-")
        assert main([name, "--help"]) == 0
        shown = capsys.readouterr().out
        assert shown.strip().splitlines()[-1].strip() == f"Example: {example}"
        assert "\\" not in shown  # Typer escapes brackets for Rich, plain though the help is
        assert example.startswith(f"tenfold {name}")


def test_without_arguments_there_is_help(capsys):
    """`tenfold` alone is what somebody types first: the same as `tenfold --help`."""
    assert main(["--help"]) == 0
    wanted = capsys.readouterr()
    assert main([]) == 0
    assert capsys.readouterr() == wanted


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["reed"], "tenfold: No such command 'reed'. Did you mean 'read'? (see tenfold --help)"),
        (["read"], "tenfold: Missing argument 'PATH...'. (see tenfold read --help)"),
        (["train", "--lr", "x"], "tenfold: Invalid value for '--lr': 'x' is not a valid float. (see tenfold train --help)"),
        (["--nope"], "tenfold: No such option: --nope (see tenfold --help)"),
    ],
)
def test_a_mistyped_command_is_one_line_that_says_where_to_look(arguments, line, capsys):
    """The help that is named is the command's own."""
    assert main(arguments) == 2
    assert capsys.readouterr().err == f"{line}\n"


def test_version(capsys):
    """`--version` prints the package's."""
    from tenfold import __version__

    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"tenfold {__version__}\n"


def test_completion_is_offered(capsys):
    """Typer's completion can be installed."""
    assert main(["--help"]) == 0
    assert "--install-completion" in capsys.readouterr().out


def test_evaluate_measures_an_onnx_file_and_the_shipped_weights(run, data, capsys, tmp_path):
    """The ONNX file of a run has the run's figures; without a name the shipped weights are measured."""
    assert main(["export", str(run), "--out", str(tmp_path / "m.onnx"), "--images", "50"]) == 0
    capsys.readouterr()
    figures = []
    for which in ([str(run)], [str(tmp_path / "m.onnx"), "--data", str(data), "--part", "test"], ["--data", str(data)]):
        assert main(["evaluate", *which, "--json", "--out", str(tmp_path / "evaluation")]) == 0
        figures.append(json.loads(capsys.readouterr().out))
    assert figures[2]["run"] == "the shipped weights"
    assert figures[2]["n"] == 600
    assert figures[2]["accuracy"] > 0.98, figures[2]["accuracy"]
    assert figures[2]["accuracy"] - figures[2]["refused"] / 600 <= figures[2]["right_and_accepted"] <= figures[2]["accuracy"]
    assert (figures[0]["refused"], figures[0]["right_and_accepted"]) == (0, figures[0]["accuracy"])
    assert figures[1]["n"] == figures[0]["n"] == 200


def test_none_is_an_answer_only_where_the_data_has_it(few):
    """Otherwise its column goes, and labels stay with their names."""
    shipped = load_trained(None)
    digits = make_dataset(few.images, few.labels, shipped.classes, "digits")
    logits = np.random.default_rng(0).normal(size=(len(few), 11)).astype(np.float32)
    dataset, left = without_none(shipped, digits, logits)
    assert dataset.classes == tuple("0123456789")
    assert np.array_equal(dataset.labels, few.labels)
    assert np.array_equal(left, logits[:, :10])
    labels = few.labels.copy()
    labels[0] = 10
    with_none = make_dataset(few.images, labels, shipped.classes, "with none")
    dataset, left = without_none(shipped, with_none, logits)
    assert dataset is with_none
    assert left is logits
