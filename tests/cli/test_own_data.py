"""Own data through every command: grey images of any size, with class names of their own; and data that will not do."""

import csv
import io
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tenfold.cli import main
from tenfold.data import load, write_idx
from tenfold.models import build, save_checkpoint

Capture = pytest.CaptureFixture[str]

NAMES = ("bar", "cross", "ring")


def draw(name: str, rng: np.random.Generator) -> np.ndarray:
    """A noisy drawing, (16, 12) uint8, at a place of its own."""
    image = rng.integers(0, 60, (16, 12), np.uint8)
    x, y = int(rng.integers(4, 8)), int(rng.integers(5, 11))
    if name == "ring":
        cv2.circle(image, (x, y), 3, 255, 1)
    else:
        cv2.line(image, (x, y - 4), (x, y + 4), 255, 1)
    if name == "cross":
        cv2.line(image, (x - 3, y), (x + 3, y), 255, 1)
    return image


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with train/ and test/, a subfolder per class, 40 and 10 pictures of each."""
    folder, rng = tmp_path_factory.mktemp("shapes"), np.random.default_rng(0)
    for part, n in (("train", 40), ("test", 10)):
        for name in NAMES:
            (folder / part / name).mkdir(parents=True)
            for place in range(n):
                cv2.imwrite(str(folder / part / name / f"{place:02}.png"), draw(name, rng))
    return folder


@pytest.fixture(scope="module")
def runs(shapes: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two runs of one network with different seeds, and one of another."""
    folder = tmp_path_factory.mktemp("runs")
    made = [folder / "a", folder / "b", folder / "flat"]
    for out, network, seed in zip(made, ("mlp:32", "mlp:32", "softmax"), ("0", "1", "0"), strict=True):
        arguments = ["--network", network, "--epochs", "12", "--batch-size", "16", "--seed", seed, "--out", str(out)]
        assert main(["train", "--data", str(shapes), *arguments, "--quiet"]) == 0
    return made


def test_evaluate_with_robustness(runs: list[Path], capsys: Capture) -> None:
    """Accuracy by corruption and severity for images of 16x12; the plot stands beside the report."""
    assert main(["evaluate", str(runs[0]), "--robustness", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["n"] == 30
    assert record["accuracy"] > 0.8, record["accuracy"]
    assert len(record["robustness"]["accuracy"]) == 15
    assert all(row[0] == record["accuracy"] for row in record["robustness"]["accuracy"].values())
    assert record["robustness"]["corrupted"] < record["accuracy"]
    assert (runs[0] / "evaluation" / "robustness.png").read_bytes().startswith(b"\x89PNG")


def test_robustness_as_a_table(runs: list[Path], capsys: Capture) -> None:
    """A row a corruption and one for the mean, on standard output."""
    assert main(["evaluate", str(runs[2]), "--robustness"]) == 0
    assert {"shot_noise", "canny_edges", "mean"} <= {line.split()[0] for line in capsys.readouterr().out.splitlines()}


def test_compare_groups_the_seeds(runs: list[Path], capsys: Capture, tmp_path: Path) -> None:
    """Two rows for three runs, a pair for each two runs of different groups, the curves as a PNG."""
    assert main(["compare", *map(str, runs), "--json", "--out", str(tmp_path / "curves.png")]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["n"] == 30
    assert {group["label"]: len(group["runs"]) for group in record["groups"]} == {"mlp:32": 2, "softmax": 1}
    assert {(pair["first"], pair["second"]) for pair in record["pairs"]} in (
        {(str(runs[0]), str(runs[2])), (str(runs[1]), str(runs[2]))},
        {(str(runs[2]), str(runs[0])), (str(runs[2]), str(runs[1]))},
    )
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_compare_counts_what_evaluate_counts(runs: list[Path], capsys: Capture) -> None:
    """A run's accuracy in the comparison is the one that evaluate gives."""
    assert main(["evaluate", str(runs[1]), "--json"]) == 0
    alone = json.loads(capsys.readouterr().out)
    assert main(["compare", *map(str, runs), "--json"]) == 0
    groups = json.loads(capsys.readouterr().out)["groups"]
    together = {name: value for group in groups for name, value in zip(group["runs"], group["accuracies"], strict=True)}
    assert together[str(runs[1])] == alone["accuracy"]


def test_compare_prints_a_table(runs: list[Path], capsys: Capture) -> None:
    """Mean ± sd for the seeds; McNemar below."""
    assert main(["compare", *map(str, runs)]) == 0
    shown = capsys.readouterr().out
    assert "±" in shown
    assert "McNemar" in shown


def test_compare_wants_the_same_images(runs: list[Path], capsys: Capture, tmp_path: Path) -> None:
    """One run, a run twice, and runs on different data are one line each."""
    assert main(["compare", str(runs[0])]) == 2
    assert "at least two runs" in capsys.readouterr().err
    assert main(["compare", str(runs[0]), str(runs[0]) + "/"]) == 2
    assert "a run is named twice" in capsys.readouterr().err
    save_checkpoint(tmp_path, build("softmax"), {"data": {"source": "mnist", "normalised": False}})
    assert main(["compare", str(runs[0]), str(tmp_path)]) == 2
    assert "have other test images; name the same for all with --data" in capsys.readouterr().err


def test_predict_names_the_classes(runs: list[Path], shapes: Path, capsys: Capture, tmp_path: Path) -> None:
    """A row an image with the classes' own names; probabilities sum to 1; accuracy is that of evaluate; a file holds the
    same as standard output."""
    assert main(["predict", str(runs[0])]) == 0
    shown = capsys.readouterr().out
    rows = list(csv.DictReader(io.StringIO(shown)))
    assert [row["label"] for row in rows] == [name for name in NAMES for _ in range(10)]
    assert list(rows[0]) == ["image", "label", "prediction", "confidence", "p_bar", "p_cross", "p_ring"]
    assert all(abs(sum(float(row[f"p_{name}"]) for name in NAMES) - 1) < 1e-5 for row in rows)
    assert main(["evaluate", str(runs[0]), "--json"]) == 0
    accuracy = json.loads(capsys.readouterr().out)["accuracy"]
    assert sum(row["label"] == row["prediction"] for row in rows) == round(30 * accuracy)
    assert main(["predict", str(runs[0]), "--out", str(tmp_path / "p.csv")]) == 0
    assert (tmp_path / "p.csv").read_text(encoding="utf-8") == shown


def test_numbers_get_names(tmp_path: Path, capsys: Capture) -> None:
    """IDX files hold numbers only: --classes names them, and the names stay with the run, also where the test images lack
    the last class."""
    rng = np.random.default_rng(0)
    for part, names in (("train", NAMES), ("t10k", NAMES[:2])):
        labels = np.arange(60) % len(names)
        write_idx(tmp_path / f"{part}-images-idx3-ubyte", np.stack([draw(names[label], rng) for label in labels]))
        write_idx(tmp_path / f"{part}-labels-idx1-ubyte", labels.astype(np.uint8))
    arguments = ["--data", str(tmp_path), "--network", "softmax", "--epochs", "1", "--quiet", "--out", str(tmp_path / "run")]
    assert main(["train", *arguments, "--classes", "bar,cross"]) == 2
    assert "2 class names for the labels 0 to 2" in capsys.readouterr().err
    assert main(["train", *arguments, "--classes", "bar, cross, ring"]) == 0
    capsys.readouterr()
    assert main(["predict", str(tmp_path / "run")]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["label"] for row in rows} == {"bar", "cross"}
    assert list(rows[0])[-1] == "p_ring"


def test_predict_takes_other_data_and_parts(runs: list[Path], shapes: Path, capsys: Capture) -> None:
    """The training part of its own data, or a folder of its own."""
    assert main(["predict", str(runs[0]), "--part", "train"]) == 0
    assert capsys.readouterr().out.count("\n") == 121
    assert main(["predict", str(runs[0]), "--data", str(shapes / "test")]) == 0
    assert capsys.readouterr().out.count("\n") == 31


def test_find_lr_on_own_data(shapes: Path, capsys: Capture) -> None:
    """A small batch makes enough steps of 120 images."""
    assert main(["find-lr", "--data", str(shapes), "--network", "mlp:32", "--batch-size", "4"]) == 0
    assert capsys.readouterr().out.startswith("learning rate ")
    assert main(["find-lr", "--data", str(shapes), "--network", "mlp:32"]) == 1
    assert "108 images make 1 batches of 128; a range test needs 20: take a batch size of 5" in capsys.readouterr().err


# --------------------------------------------------------------------------------- data that will not do


def one_class(folder: Path) -> tuple[str, str]:
    (folder / "bar").mkdir()
    cv2.imwrite(str(folder / "bar" / "0.png"), np.zeros((8, 8), np.uint8))
    return str(folder), f"{folder}: has one class only ('bar'); a network needs at least two"


def missing_class(folder: Path) -> tuple[str, str]:
    write_idx(folder / "train-images-idx3-ubyte", np.zeros((40, 8, 8), np.uint8))
    write_idx(folder / "train-labels-idx1-ubyte", np.repeat(np.array([0, 2], np.uint8), 20))
    return str(folder), "no image of class '1'; add some or take the class out"


def two_sizes(folder: Path) -> tuple[str, str]:
    for name, shape in (("bar", (8, 8)), ("cross", (8, 9))):
        (folder / name).mkdir()
        cv2.imwrite(str(folder / name / "0.png"), np.zeros(shape, np.uint8))
    return str(folder), f"{folder / 'cross' / '0.png'}: is 9x8 but 0.png is 8x8; bring all to one size"


def labels_no_numbers(folder: Path) -> tuple[str, str]:
    table = folder / "table.csv"
    table.write_text("label,p0,p1,p2,p3\nseven,0,0,0,0\n1,0,0,0,0\n")
    return str(table), f"{table}: line 2, column 1: label 'seven' is no whole number"


def empty_validation(folder: Path) -> tuple[str, str]:
    table = folder / "table.csv"
    table.write_text("0,0,0,0,0\n1,9,9,9,9\n")
    return str(table), f"{table}: 0.1 of 2 images leaves an empty split; use more images"


@pytest.mark.parametrize("command", ["train", "find-lr"])
@pytest.mark.parametrize("make", [one_class, missing_class, two_sizes, labels_no_numbers, empty_validation])
def test_bad_data_is_one_clear_line(make, command: str, tmp_path: Path, capsys: Capture) -> None:  # type: ignore[no-untyped-def]
    """File, reason and what to do, on standard error; exit code 1; no run is left behind."""
    folder = tmp_path / "data"
    folder.mkdir()
    data, message = make(folder)
    out = ["--out", str(tmp_path / "run"), "--quiet"] if command == "train" else []
    assert main([command, "--data", data, "--network", "softmax", *out]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err
    assert captured.err.count("\n") == 1
    assert not (tmp_path / "run" / "model.json").exists()


# ------------------------------------------------------------------------------------------ Fashion-MNIST

FASHION = Path("/usr/share/datasets/fashion-mnist")


@pytest.mark.skipif(not FASHION.is_dir(), reason="Debian's package dataset-fashion-mnist is not installed")
def test_fashion_mnist_through_every_command(capsys: Capture, tmp_path: Path) -> None:
    """Clothes instead of digits: found out by looking, learned, measured, predicted and compared."""
    assert load(FASHION, "test").counts.tolist() == [1000] * 10
    runs = [str(tmp_path / "softmax"), str(tmp_path / "mlp")]
    names = "T-shirt, Trouser, Pullover, Dress, Coat, Sandal, Shirt, Sneaker, Bag, Ankle boot"
    for run, network in zip(runs, ("softmax", "mlp:64"), strict=True):
        arguments = ["--network", network, "--classes", names, "--epochs", "1", "--quiet", "--out", run]
        assert main(["train", "--data", str(FASHION), *arguments]) == 0
    capsys.readouterr()
    assert main(["compare", *runs, "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    best, worst = record["groups"]
    assert (best["label"], worst["label"]) == ("mlp:64", "softmax")
    assert 0.75 < worst["accuracy"] < best["accuracy"] < 0.9, (worst["accuracy"], best["accuracy"])
    assert record["pairs"][0]["p"] < 0.01
    assert main(["predict", runs[1]]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == 10_000
    assert rows[0]["label"] == "Ankle boot"
    assert {row["prediction"] for row in rows} == set(names.split(", "))
