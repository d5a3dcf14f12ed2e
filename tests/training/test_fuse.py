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
from tenfold.training.features_first import FeaturesFirst
from tenfold.training.fuse import fuse, lay_features_first, quickest
from tenfold.training.pooled_convolution import Pooled


@pytest.fixture
def threads() -> Iterator[Callable[[int], None]]:
    """Sets PyTorch's number of threads until the test is over."""
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


@pytest.fixture
def mkl(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyTorch with MKL, which not every processor has."""
    monkeypatch.setattr("torch.backends.mkl.is_available", lambda: True)


def three_layers(channels: int = 3, filters: int = 5) -> list[nn.Module]:
    """A convolution as the tutorials' network has it."""
    return [nn.Conv2d(channels, filters, 3), nn.MaxPool2d(2), nn.ReLU()]


def network(*layers: nn.Module) -> Classifier:
    """A classifier of these layers."""
    return Classifier(nn.Sequential(*layers), Architecture("own", ("0", "1"), (28, 28)), UNIT)


def gradients(layers: Callable[[Tensor], Tensor], images: Tensor, weights: list[Tensor]) -> list[Tensor]:
    """What `layers` make of `images`, and the gradients of a fixed mixture of it by images and weights."""
    made = layers(images)
    mixture = made * torch.linspace(-1, 1, made.numel()).reshape(made.shape)
    return [made.detach(), *torch.autograd.grad(mixture.sum(), [images, *weights])]


@pytest.mark.parametrize("n_threads", [1, 2])
@pytest.mark.parametrize(
    ("n", "channels", "filters", "height", "width"),
    [(1, 1, 1, 4, 4), (2, 1, 32, 28, 28), (3, 32, 64, 13, 13), (5, 3, 7, 9, 12), (4, 2, 8, 5, 4), (7, 16, 3, 6, 11)],
)
def test_numbers_and_gradients_are_those_of_the_three_layers(
    threads: Callable[[int], None], n_threads: int, n: int, channels: int, filters: int, height: int, width: int
):
    """For any shapes, odd sides and batches that do not share out evenly included; up to the order of sums."""
    threads(n_threads)
    torch.manual_seed(n)
    layers = three_layers(channels, filters)
    images = torch.randn(n, channels, height, width, requires_grad=True)
    weights = list(layers[0].parameters())
    expected = gradients(nn.Sequential(*layers), images, weights)
    found = gradients(fuse(network(*layers)).layers, images, weights)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("height", "width"), [(12, 12), (12, 14), (16, 12), (15, 17), (28, 28)])
def test_two_in_a_row_give_the_numbers_and_gradients_of_the_six_layers(height: int, width: int):
    """Where the second leaves out what makes a side odd, the first does not reckon it, nor pass a gradient to it."""
    torch.manual_seed(0)
    layers = [*three_layers(1, 4), *three_layers(4, 3)]
    images = torch.randn(2, 1, height, width, requires_grad=True)
    weights = [weight for layer in layers for weight in layer.parameters()]
    expected = gradients(nn.Sequential(*layers), images, weights)
    first, second = fuse(network(*layers)).layers
    found = gradients(nn.Sequential(first, second), images, weights)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)
    assert not any(side % 2 for side in first(images).shape[2:])


@pytest.mark.parametrize("n_threads", [1, 2])
def test_grey_images_that_need_no_gradient(threads: Callable[[int], None], n_threads: int):
    """The first layer's own way gives the weights the gradients that the general one gives."""
    threads(n_threads)
    torch.manual_seed(0)
    layers, images = three_layers(1, 32), torch.randn(5, 1, 28, 28)
    joined = fuse(network(*layers)).layers
    weights = list(layers[0].parameters())
    _, _, *expected = gradients(joined, images.requires_grad_(), weights)
    found = torch.autograd.grad(
        (made := joined(images.detach())), weights, torch.linspace(-1, 1, made.numel()).reshape(made.shape)
    )
    torch.testing.assert_close(found, tuple(expected), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("channels", [1, 2])
def test_of_equal_pixels_the_first_is_the_largest(channels: int):
    """As in PyTorch: a blank field sends its gradient to the top left pixel, and a black one nowhere."""
    layers = three_layers(channels, 4)
    with torch.no_grad():
        layers[0].bias.copy_(torch.tensor([1.0, 1.0, 0.0, -1.0]))
    images = torch.zeros(1, channels, 8, 8, requires_grad=True)
    weights = list(layers[0].parameters())
    expected = gradients(nn.Sequential(*layers), images, weights)
    found = gradients(fuse(network(*layers)).layers, images, weights)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("row", range(6))
@pytest.mark.parametrize("column", range(6))
@pytest.mark.parametrize("channels", [1, 2])
def test_what_is_no_number_stays_none(row: int, column: int, channels: int):
    """A NaN is seen wherever it lies, so that a training that diverged ends."""
    layers = three_layers(channels, 2)
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


NOT_JOINED = {
    "stride": [nn.Conv2d(1, 2, 3, stride=2), nn.MaxPool2d(2), nn.ReLU()],
    "padding": [nn.Conv2d(1, 2, 3, padding=1), nn.MaxPool2d(2), nn.ReLU()],
    "dilation": [nn.Conv2d(1, 2, 3, dilation=2), nn.MaxPool2d(2), nn.ReLU()],
    "groups": [nn.Conv2d(2, 2, 3, groups=2), nn.MaxPool2d(2), nn.ReLU()],
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
}


@pytest.mark.parametrize("layers", NOT_JOINED.values(), ids=NOT_JOINED.keys())
def test_other_layers_are_left_as_they_are(layers: list[nn.Module]):
    """Only what the operation does is given to it."""
    model = network(*layers)
    assert fuse(model) is model


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("register", ["forward_hook", "forward_pre_hook", "full_backward_hook", "full_backward_pre_hook"])
def test_a_watched_layer_is_called(place: int, register: str):
    """Whoever hooks into a layer sees what goes through it."""
    layers = three_layers()
    getattr(layers[place], f"register_{register}")(lambda *_: None)
    model = network(*layers)
    assert fuse(model) is model


def test_without_numba_the_layers_do(monkeypatch: pytest.MonkeyPatch):
    """Not installed: nothing is lost but time."""
    model = build("cnn")
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "numba", None)
        without.delitem(sys.modules, "tenfold.training.pooled_convolution")
        assert fuse(model) is model
    assert fuse(model) is not model


def test_where_two_trainings_at_once_would_end_the_process_the_layers_do(monkeypatch: pytest.MonkeyPatch):
    """Numba's own threads, which it has where there is no OpenMP."""
    model = build("cnn")
    monkeypatch.setattr("numba.threading_layer", lambda: "workqueue")
    assert fuse(model) is model


def test_two_trainings_at_once_learn_what_each_alone_does(few: Dataset, monkeypatch: pytest.MonkeyPatch):
    """To the bit, in two threads of one process."""
    monkeypatch.setattr("tenfold.training.fuse.WORTH", 1)

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
    ("device", "precision", "images", "joined"),
    [("cpu", "float32", 50_000, True), ("cpu", "float32", 49_999, False), ("cpu", "bfloat16", 50_000, False),
     ("meta", "float32", 50_000, False)],
)  # fmt: skip
def test_joined_where_it_pays(device: str, precision: str, images: int, joined: bool):
    """In float32 on a CPU, and where there is enough to do."""
    model = build("cnn")
    assert (quickest(model, torch.device(device), precision, images) is not model) == joined


@pytest.mark.parametrize("n", [1, 2, 3, 4, 8, 75, 128])
@pytest.mark.usefixtures("mkl")
def test_features_first_gives_the_numbers_and_gradients_of_the_layers(threads: Callable[[int], None], n: int):
    """For any batch; the weights are shared."""
    threads(2)
    torch.manual_seed(n)
    model = build("mlp", widths=[128, 16])
    first = lay_features_first(model)
    assert [type(layer) for layer in first.layers] == [nn.Flatten, FeaturesFirst]
    weights, images = list(model.parameters()), torch.randn(n, 28, 28, requires_grad=True)
    assert [id(one) for one in first.parameters()] == [id(one) for one in weights]
    for one, other in zip(gradients(first, images, weights), gradients(model, images, weights), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)


def large(*between: nn.Module, features: int = 784) -> list[nn.Module]:
    """A dense network of over 100,000 weights with other layers in it."""
    return [nn.Flatten(), nn.Linear(features, 256), *between, nn.Linear(256, 10)]


NOT_FEATURES_FIRST = {
    "small": [nn.Flatten(), nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 10)],
    "dropout, whose mask follows memory": large(nn.ReLU(), nn.Dropout(0.2)),
    "batch norm": large(nn.BatchNorm1d(256), nn.ReLU()),
    "softmax": [*large(nn.ReLU()), nn.Softmax(1)],
    "no bias": large(nn.ReLU(), nn.Linear(256, 256, bias=False)),
    "parametrised": large(nn.utils.parametrizations.weight_norm(nn.Linear(256, 256))),
    "all images in a row": [nn.Flatten(0), *large()[1:]],
    "a convolution": [nn.Conv2d(1, 4, 3), *large(nn.ReLU(), features=4 * 26 * 26)],
    "no layers": [],
}


@pytest.mark.parametrize("layers", NOT_FEATURES_FIRST.values(), ids=NOT_FEATURES_FIRST.keys())
@pytest.mark.usefixtures("mkl")
def test_other_networks_lie_as_they_do(threads: Callable[[int], None], layers: list[nn.Module]):
    """Only what may lie either way is laid so."""
    threads(2)
    model = network(*layers)
    assert lay_features_first(model) is model


@pytest.mark.usefixtures("mkl")
def test_features_first_is_for_several_threads_that_nobody_watches(threads: Callable[[int], None]):
    """One thread has all weights in its cache either way."""
    model = build("mlp", widths=[512])
    threads(1)
    assert quickest(model, torch.device("cpu"), "float32", 1) is model
    threads(2)
    assert quickest(model, torch.device("cpu"), "float32", 1) is not model
    assert quickest(model, torch.device("cpu"), "bfloat16", 1) is model
    model.layers[1].register_forward_hook(lambda *_: None)
    assert quickest(model, torch.device("cpu"), "float32", 1) is model


@pytest.mark.usefixtures("mkl")
@pytest.mark.parametrize("name", ["mlp", "cnn"])
def test_a_network_that_is_watched_or_does_more_is_trained_itself(threads: Callable[[int], None], name: str):
    """By hooks on the whole, or a forward pass of its own."""

    class Own(Classifier):
        """Somebody's own class."""

    threads(2)
    made, layers_watched, watched = (build(name) for _ in range(3))
    layers_watched.layers.register_forward_hook(lambda *_: None)
    watched.register_forward_pre_hook(lambda *_: None)
    own = Own(made.layers, made.architecture, made.preparation)
    for model, is_itself in ((made, False), (layers_watched, True), (watched, True), (own, True)):
        assert (quickest(model, torch.device("cpu"), "float32", 10**6) is model) == is_itself


def test_without_mkl_outputs_lie_as_they_do(threads: Callable[[int], None], monkeypatch: pytest.MonkeyPatch):
    """Other libraries share out products in ways of their own."""
    threads(2)
    model = build("mlp", widths=[512])
    monkeypatch.setattr("torch.backends.mkl.is_available", lambda: False)
    assert lay_features_first(model) is model


@pytest.mark.usefixtures("mkl")
def test_features_first_learns_the_same(threads: Callable[[int], None], few: Dataset):
    """Within rounding of what the layers learn, to the bit when repeated."""
    threads(2)
    learned = []
    for watched in (False, False, True):
        model = build("mlp", widths=[512])
        if watched:
            model.layers[1].register_forward_hook(lambda *_: None)
        fit(model, few, epochs=1, batch_size=48, device="cpu", progress=False)
        learned.append(torch.cat([weight.detach().flatten() for weight in model.parameters()]))
    assert torch.equal(learned[0], learned[1])
    assert not torch.equal(learned[0], learned[2])
    np.testing.assert_allclose(learned[0], learned[2], atol=2e-3)


def test_training_learns_the_same(few: Dataset, monkeypatch: pytest.MonkeyPatch):
    """Step by step within rounding, to the bit when repeated, and the network comes back with the layers it had."""
    learned = []
    for worth in (1, 1, 10**9):
        monkeypatch.setattr("tenfold.training.fuse.WORTH", worth)
        model = build("cnn", dropout=0.0)
        fit(model, few, epochs=1, batch_size=50, device="cpu", progress=False)
        learned.append(torch.cat([weight.detach().flatten() for weight in model.parameters()]))
        assert [type(layer) for layer in model.layers][:3] == [nn.Conv2d, nn.MaxPool2d, nn.ReLU]
    assert torch.equal(learned[0], learned[1])
    assert not torch.equal(learned[0], learned[2])
    np.testing.assert_allclose(learned[0], learned[2], atol=2e-3)
