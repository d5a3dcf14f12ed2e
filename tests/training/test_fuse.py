"""Fewer operations, the same network: a joined layer gives what three give one after the other, and no others are joined."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tenfold.data import Dataset
from tenfold.models import Architecture, Classifier, build
from tenfold.models.checkpoint import weight_bytes
from tenfold.models.classifier import UNIT
from tenfold.training import fit
from tenfold.training.dense_layers import DenseLayers
from tenfold.training.fuse import fuse, quickest
from tenfold.training.pooled_convolution import Pooled


@pytest.fixture
def threads() -> Iterator[Callable[[int], None]]:
    """Sets PyTorch's number of threads until the test is over."""
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


def three_layers(channels: int = 32, filters: int = 16) -> list[nn.Module]:
    """A convolution as the tutorials' network has it."""
    return [nn.Conv2d(channels, filters, 3), nn.MaxPool2d(2), nn.ReLU()]


def network(*layers: nn.Module) -> Classifier:
    """A classifier of these layers."""
    return Classifier(nn.Sequential(*layers), Architecture("own", ("0", "1"), (28, 28)), UNIT)


def gradients(layers: Callable[[Tensor], Tensor], images: Tensor, weights: list[Tensor]) -> list[Tensor]:
    """What `layers` make of `images`, and the gradients of a fixed mixture of it by weights, and by images that want one."""
    made = layers(images)
    mixture = made * torch.linspace(-1, 1, made.numel()).reshape(made.shape)
    wanted = [images, *weights] if images.requires_grad else weights
    return [made.detach(), *torch.autograd.grad(mixture.sum(), wanted)]


@pytest.mark.parametrize("n_threads", [1, 2])
@pytest.mark.parametrize(
    ("n", "channels", "filters", "height", "width"),
    [(1, 1, 1, 4, 4), (2, 1, 32, 28, 28), (3, 32, 64, 13, 13), (5, 32, 17, 9, 12), (4, 64, 16, 5, 4), (7, 96, 40, 6, 11)],
)
def test_numbers_and_gradients_are_those_of_the_three_layers(
    threads: Callable[[int], None], n_threads: int, n: int, channels: int, filters: int, height: int, width: int
):
    """For any shapes, odd sides and batches that do not share out evenly included; up to the order of sums."""
    threads(n_threads)
    torch.manual_seed(n)
    layers = three_layers(channels, filters)
    images = torch.randn(n, channels, height, width, requires_grad=channels > 1)
    weights = list(layers[0].parameters())
    expected = gradients(nn.Sequential(*layers), images, weights)
    found = gradients(fuse(network(*layers)).layers, images, weights)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("height", "width"), [(12, 12), (12, 14), (16, 12), (15, 17), (28, 28)])
@pytest.mark.parametrize("wanted", [False, True])
def test_two_in_a_row_give_the_numbers_and_gradients_of_the_six_layers(height: int, width: int, wanted: bool):
    """Where the second leaves out what makes a side odd, the first does not reckon it, nor pass a gradient to it."""
    torch.manual_seed(0)
    layers = [*three_layers(1, 32), *three_layers(32, 16)]
    images = torch.randn(2, 1, height, width, requires_grad=wanted)
    weights = [weight for layer in layers for weight in layer.parameters()]
    expected = gradients(nn.Sequential(*layers), images, weights)
    first, second = fuse(network(*layers)).layers
    found = gradients(nn.Sequential(first, second), images, weights)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)
    assert not any(side % 2 for side in first(images).shape[2:])


def test_grey_images_that_want_a_gradient_get_it():
    """The operation reckons none; the three layers do."""
    torch.manual_seed(0)
    layers, images = three_layers(1, 32), torch.randn(5, 1, 27, 28, requires_grad=True)
    weights = list(layers[0].parameters())
    for one, other in zip(
        gradients(fuse(network(*layers)).layers, images, weights),
        gradients(nn.Sequential(*layers), images, weights),
        strict=True,
    ):
        assert torch.equal(one, other)


@pytest.mark.parametrize("channels", [1, 32])
def test_of_equal_pixels_the_first_is_the_largest(channels: int):
    """As in PyTorch: a blank field sends its gradient to the top left pixel, and a black one nowhere."""
    layers = three_layers(channels)
    with torch.no_grad():
        layers[0].bias.copy_(torch.tensor([1.0, 1.0, 0.0, -1.0]).repeat(4))
    images = torch.zeros(1, channels, 8, 8, requires_grad=channels > 1)
    weights = list(layers[0].parameters())
    expected = gradients(nn.Sequential(*layers), images, weights)
    found = gradients(fuse(network(*layers)).layers, images, weights)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("row", range(6))
@pytest.mark.parametrize("column", range(6))
@pytest.mark.parametrize("channels", [1, 32])
def test_what_is_no_number_stays_none(row: int, column: int, channels: int):
    """A NaN is seen wherever it lies, so that a training that diverged ends."""
    layers = three_layers(channels)
    images = torch.rand(1, channels, 6, 6)
    images[0, 0, row, column] = torch.nan
    assert torch.equal(fuse(network(*layers)).layers(images).isnan(), nn.Sequential(*layers)(images).isnan())


def test_the_tutorials_network_is_joined_twice():
    """Its weights are shared, not copied, and PyTorch keeps its number of threads."""
    model, before = build("cnn"), torch.get_num_threads()
    joined = fuse(model)
    assert [type(layer) for layer in joined.layers][:2] == [Pooled, Pooled]
    assert [id(one) for one in joined.parameters()] == [id(one) for one in model.parameters()]
    assert torch.get_num_threads() == before


def test_dense_layers_are_joined_where_there_are_many_weights():
    """Those with ReLU between them, before and behind which other layers stay; the weights are shared."""
    dense = [nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 64)]
    model = network(nn.Flatten(), nn.ReLU(), *dense, nn.Dropout(), nn.Linear(64, 10), nn.ReLU())
    joined = fuse(model)
    expected = [nn.Flatten, nn.ReLU, DenseLayers, nn.Dropout, nn.Linear, nn.ReLU]
    assert [type(layer) for layer in joined.layers] == expected
    assert [id(one) for one in joined.parameters()] == [id(one) for one in model.parameters()]


def turned() -> nn.Linear:
    """A dense layer whose weights lie in memory column by column."""
    layer = nn.Linear(784, 256)
    layer.weight = nn.Parameter(torch.randn(784, 256).t())
    return layer


NOT_JOINED = {
    "stride": [nn.Conv2d(1, 2, 3, stride=2), nn.MaxPool2d(2), nn.ReLU()],
    "padding": [nn.Conv2d(1, 2, 3, padding=1), nn.MaxPool2d(2), nn.ReLU()],
    "dilation": [nn.Conv2d(1, 2, 3, dilation=2), nn.MaxPool2d(2), nn.ReLU()],
    "groups": [nn.Conv2d(32, 32, 3, groups=2), nn.MaxPool2d(2), nn.ReLU()],
    "5x5": [nn.Conv2d(1, 2, 5), nn.MaxPool2d(2), nn.ReLU()],
    "no bias": [nn.Conv2d(1, 2, 3, bias=False), nn.MaxPool2d(2), nn.ReLU()],
    "pooling by 3": [nn.Conv2d(1, 2, 3), nn.MaxPool2d(3), nn.ReLU()],
    "overlapping": [nn.Conv2d(1, 2, 3), nn.MaxPool2d(2, 1), nn.ReLU()],
    "rounding up": [nn.Conv2d(1, 2, 3), nn.MaxPool2d(2, ceil_mode=True), nn.ReLU()],
    "the places too": [nn.Conv2d(1, 2, 3), nn.MaxPool2d(2, return_indices=True), nn.ReLU()],
    "mean": [nn.Conv2d(1, 2, 3), nn.AvgPool2d(2), nn.ReLU()],
    "batch norm between": [nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.MaxPool2d(2), nn.ReLU()],
    "no ReLU": [nn.Conv2d(1, 2, 3), nn.MaxPool2d(2)],
    "parametrised": [nn.utils.parametrizations.weight_norm(nn.Conv2d(1, 2, 3)), nn.MaxPool2d(2), nn.ReLU()],
    "channels that do not fill vectors": three_layers(16, 16),
    "filters that do not fill one": three_layers(32, 15),
    "few weights": [nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10)],
    "few weights in a row": [nn.Flatten(), nn.Linear(784, 128), nn.Dropout(), nn.Linear(128, 512), nn.Tanh()],
    "dense, but one layer": [nn.Flatten(), nn.Linear(784, 256)],
    "no bias in the dense one": [nn.Flatten(), nn.Linear(784, 256, bias=False), nn.ReLU()],
    "dense and parametrised": [nn.utils.parametrizations.weight_norm(nn.Linear(784, 256)), nn.ReLU()],
    "dense, column by column": [nn.Flatten(), turned(), nn.ReLU()],
    "dense, in double precision": [nn.Flatten(), nn.Linear(784, 256).double(), nn.ReLU()],
    "in double precision": [layer.double() for layer in three_layers()],
    "few features": [nn.Flatten(), nn.Linear(15, 20_000), nn.ReLU()],
    "no layers": [],
}


@pytest.mark.parametrize("layers", NOT_JOINED.values(), ids=NOT_JOINED.keys())
def test_other_layers_are_left_as_they_are(layers: list[nn.Module]):
    """Only what the operation does is given to it."""
    model = network(*layers)
    assert fuse(model) is model


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("kind", ["convolution", "dense"])
@pytest.mark.parametrize("register", ["forward_hook", "forward_pre_hook", "full_backward_hook", "full_backward_pre_hook"])
def test_a_watched_layer_is_called(place: int, kind: str, register: str):
    """Whoever hooks into a layer sees what goes through it."""
    layers = three_layers() if kind == "convolution" else [nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 2500)]
    getattr(layers[place], f"register_{register}")(lambda *_: None)
    assert layers[place] in fuse(network(*layers)).layers


def test_without_numba_the_layers_do(monkeypatch: pytest.MonkeyPatch):
    """Not installed: nothing is lost but time."""
    model = build("cnn")
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "numba", None)
        for name in ("dense_layers", "pooled_convolution", "products", "registers"):
            without.delitem(sys.modules, f"tenfold.training.{name}")
        assert fuse(model) is model
    assert fuse(model) is not model


def test_where_two_trainings_at_once_would_end_the_process_the_layers_do(monkeypatch: pytest.MonkeyPatch):
    """Numba's own threads, which it has where there is no OpenMP."""
    model = build("cnn")
    monkeypatch.setattr("numba.threading_layer", lambda: "workqueue")
    assert fuse(model) is model


def test_two_trainings_at_once_learn_what_each_alone_does(few: Dataset, monkeypatch: pytest.MonkeyPatch):
    """To the bit, in two threads of one process."""
    monkeypatch.setattr("tenfold.training.fuse.WORTH_CONVOLUTIONS", 1)

    def learned(model: Classifier) -> bytes:
        torch.set_num_threads(1)  # a thread of Python's has as many as there are cores
        fit(model, few, epochs=2, batch_size=50, device="cpu", progress=False)
        return weight_bytes(model)

    alone = [learned(build("cnn", seed=seed, dropout=0.0)) for seed in range(2)]
    models = [build("cnn", seed=seed, dropout=0.0) for seed in range(2)]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(learned, models)) == alone


def test_with_nowhere_to_keep_what_is_compiled_the_layers_do(tmp_path: Path):
    """An installation that nobody may write to, and no home folder."""
    (tmp_path / "file").touch()
    nowhere = {
        "NUMBA_CACHE_LOCATOR_CLASSES": "UserProvidedCacheLocator",
        "NUMBA_CACHE_DIR": str(tmp_path / "file" / "cache"),
    }
    code = "from tenfold.models import build; from tenfold.training.fuse import fuse; m = build('cnn'); print(fuse(m) is m)"
    command = [sys.executable, "-c", code]
    found = subprocess.run(command, env=os.environ | nowhere, capture_output=True, text=True, check=False)
    assert (found.stdout, found.returncode) == ("True\n", 0), found.stderr


@pytest.mark.parametrize(
    ("name", "device", "precision", "images", "joined"),
    [("cnn", "cpu", "float32", 50_000, True), ("cnn", "cpu", "float32", 49_999, False),
     ("mlp", "cpu", "float32", 150_000, True), ("mlp", "cpu", "float32", 149_999, False),
     ("cnn", "cpu", "bfloat16", 150_000, False), ("mlp", "meta", "float32", 150_000, False)],
)  # fmt: skip
def test_joined_where_it_pays(name: str, device: str, precision: str, images: int, joined: bool):
    """In float32 on a CPU, and where there is enough to do."""
    model = build(name, **({"widths": [512]} if name == "mlp" else {}))
    assert (quickest(model, torch.device(device), precision, images) is not model) == joined


@pytest.mark.parametrize("name", ["mlp", "cnn"])
def test_a_network_that_is_watched_or_does_more_is_trained_itself(name: str):
    """By hooks on the whole, or a forward pass of its own."""

    class Own(Classifier):
        """Somebody's own class."""

    made, layers_watched, watched = (build(name, **({"widths": [512]} if name == "mlp" else {})) for _ in range(3))
    layers_watched.layers.register_forward_hook(lambda *_: None)
    watched.register_forward_pre_hook(lambda *_: None)
    own = Own(made.layers, made.architecture, made.preparation)
    for model, is_itself in ((made, False), (layers_watched, True), (watched, True), (own, True)):
        assert (quickest(model, torch.device("cpu"), "float32", 10**6) is model) == is_itself


@pytest.mark.parametrize(("name", "arguments"), [("cnn", {"dropout": 0.0}), ("mlp", {"widths": [256, 64]})])
def test_training_learns_the_same(few: Dataset, monkeypatch: pytest.MonkeyPatch, name: str, arguments: dict[str, object]):
    """Step by step within rounding, to the bit when repeated, and the network comes back with the layers it had."""
    learned = []
    for worth in (1, 1, 10**9):
        monkeypatch.setattr("tenfold.training.fuse.WORTH_CONVOLUTIONS", worth)
        monkeypatch.setattr("tenfold.training.fuse.WORTH_DENSE", worth)
        model = build(name, **arguments)
        before = [type(layer) for layer in model.layers]
        fit(model, few, epochs=1, batch_size=50, device="cpu", progress=False)
        learned.append(torch.cat([weight.detach().flatten() for weight in model.parameters()]))
        assert [type(layer) for layer in model.layers] == before
    assert torch.equal(learned[0], learned[1])
    assert not torch.equal(learned[0], learned[2])
    np.testing.assert_allclose(learned[0], learned[2], atol=2e-3)
