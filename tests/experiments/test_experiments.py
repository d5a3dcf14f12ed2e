"""The five experiments: readable files, the networks they claim, cuts that learn neither nothing nor too much."""

import ast
import json
from pathlib import Path

import pytest

from tenfold.cli import main
from tenfold.models import build, parameter_count, summary

FOLDER = Path(__file__).parents[2] / "experiments"
NAMES = ("deep_mlp", "wide_mlp", "mlp_vs_cnn", "tiny_mlp", "quickstart_logits")


@pytest.mark.parametrize("name", NAMES)
def test_an_experiment_is_one_readable_file(name):
    """40 to 150 lines in cells, opening with the result to expect."""
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    assert 40 <= len(text.splitlines()) <= 150, len(text.splitlines())
    assert text.startswith('# %% [markdown]\n"""\n# ')
    assert text.count("\n# %%") >= 4
    assert "Expect" in (ast.get_docstring(ast.parse(text)) or "")


@pytest.mark.parametrize(
    ("network", "size", "arguments", "parameters"),
    [
        ("mlp", (28, 28), {"widths": [256] * 5}, 466_698),  # deep_mlp
        ("mlp", (28, 28), {"widths": [512]}, 407_050),  # wide_mlp
        ("mlp", (28, 28), {"widths": [512, 256]}, 535_818),  # mlp_vs_cnn
        ("mlp", (48, 48), {"widths": [512, 256]}, 1_314_058),
        ("cnn", (28, 28), {}, 225_034),
        ("cnn", (28, 28), {"pool_stride": 1}, 3_985_162),
        ("cnn", (48, 48), {}, 839_434),
        ("mlp", (28, 28), {"widths": [4, 4]}, 3_210),  # tiny_mlp
        ("mlp", (28, 28), {"widths": [10, 10]}, 8_070),
        ("mlp", (28, 28), {"widths": [128], "dropout": 0.2}, 101_770),  # quickstart_logits
    ],
)
def test_the_networks_have_the_notebooks_sizes(network, size, arguments, parameters):
    """Parameter counts worked out by hand, and the layer table sums to them."""
    model = build(network, size=size, **arguments)
    assert parameter_count(model) == parameters
    assert summary(model).parameters == parameters


@pytest.mark.parametrize(("stride", "flat"), [(2, 1_600), (1, 30_976)])
def test_pooling_by_two_and_by_one(stride, flat):
    """The shapes on the way: 28, 26, 13, 11, 5 with stride 2; 28, 26, 25, 23, 22 with stride 1."""
    shapes = [layer.output_shape for layer in summary(build("cnn", pool_stride=stride)).layers if layer.kind != "ReLU"]
    sides = {2: (26, 13, 11, 5), 1: (26, 25, 23, 22)}[stride]
    channels = (32, 32, 64, 64)
    assert shapes[:4] == [(channel, side, side) for channel, side in zip(channels, sides, strict=True)]
    assert shapes[4] == (flat,)


slow = pytest.mark.slow
BOUNDS = [
    pytest.param("wide_mlp", "784-512-10", "test accuracy", 0.87, 0.94, id="wide_mlp"),
    pytest.param("quickstart_logits", "784-128-dropout-10, logits", "test accuracy", 0.88, 0.94, id="quickstart_logits"),
    pytest.param("deep_mlp", "784-5x256-10", "test accuracy", 0.89, 0.96, id="deep_mlp", marks=slow),
    pytest.param("mlp_vs_cnn", "convolutional", "test accuracy", 0.85, 0.95, id="mlp_vs_cnn", marks=slow),
    pytest.param("tiny_mlp", "10 + 10, tuned", "validation accuracy", 0.80, 0.93, id="tiny_mlp", marks=slow),
]


@pytest.mark.parametrize(("name", "network", "measure", "floor", "ceiling"), BOUNDS)
def test_the_cut_learns_neither_nothing_nor_too_much(name, network, measure, floor, ceiling, tmp_path, capfd):
    """A few thousand images and epochs: below the floor nothing was learned, above the ceiling something leaked."""
    assert main(["experiment", name, "--quick", "--json", "--out", str(tmp_path)]) == 0, capfd.readouterr().err
    result = json.loads(capfd.readouterr().out)
    found = next(each for each in result["findings"] if (each["network"], each["measure"]) == (network, measure))
    assert floor < found["mean"] < ceiling, found["mean"]
    page = (tmp_path / name / "report.html").read_text(encoding="utf-8")
    figures = list((tmp_path / name).glob("*.png"))
    assert len(figures) >= 2
    assert page.count("data:image/png;base64,") == len(figures)
