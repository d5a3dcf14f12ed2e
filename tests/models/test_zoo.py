"""The zoo's networks have the published sizes, start as they should, and cannot be asked for nonsense."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from tenfold.data import Dataset
from tenfold.errors import UsageError
from tenfold.models import DEFAULT, UNIT, ZOO, build, parameter_count, parse_network, predict
from tenfold.models.zoo import output_shape


@pytest.mark.parametrize(
    ("network", "arguments", "parameters", "reason"),
    [
        ("softmax", {}, 7850, "784 x 10 + 10"),
        ("mlp", {}, 407050, "784 x 512 + 512 + 512 x 10 + 10"),
        ("mlp", {"widths": (512, 256)}, 535818, "as the Keras tutorial prints"),
        ("mlp", {"widths": ()}, 7850, "no hidden layer is softmax regression"),
        ("cnn", {}, 225034, "as the Keras tutorial prints: 320 + 18,496 + 204,928 + 1,290"),
        (
            "cnn",
            {"pool_stride": 1},
            320 + 18496 + (64 * 22 * 22 * 128 + 128) + 1290,
            "pooling by 2 in steps of 1: flat 30,976",
        ),
    ],
)
def test_parameter_counts(network: str, arguments: dict[str, object], parameters: int, reason: str) -> None:
    """A network has exactly the parameters that its layers have by hand."""
    assert parameter_count(build(network, **arguments)) == parameters, reason


def test_what_is_left_of_an_image_before_the_last_layer() -> None:
    """`sprint`: 28 -> 12 by a stem 5x5 in steps of 2, 10 -> 5 by a convolution and pooling, 3 by the last one."""
    layers = build("sprint", width=16).layers
    assert output_shape(layers[:-2], (28, 28)) == (128, 3, 3)
    assert layers[-2].kernel_size == (3, 3)


def test_flat_size_of_the_network_with_overlapping_pooling() -> None:
    """Pooling by 2 in steps of 1 leaves 64 x 22 x 22 = 30,976 numbers before the dense layer."""
    assert build("cnn", pool_stride=1).layers[7].in_features == 64 * 22 * 22 == 30976


def test_the_default_is_in_the_zoo_and_compact() -> None:
    """The default network is known by name and has fewer parameters than the tutorial's CNN."""
    assert DEFAULT in ZOO
    assert parameter_count(build()) < 225034


@pytest.mark.parametrize("network", ZOO)
@pytest.mark.parametrize(("n", "size", "classes"), [(1, (28, 28), 10), (3, (28, 28), 47), (2, (32, 24), 2)])
def test_logits_have_one_row_an_image(network: str, n: int, size: tuple[int, int], classes: int) -> None:
    """(N, H, W) uint8 or float gives (N, C) float32, for other sizes and numbers of classes too."""
    model = build(network, size=size, classes=tuple(map(str, range(classes)))).eval()
    images = torch.randint(0, 256, (n, *size), dtype=torch.uint8)
    with torch.inference_mode():
        logits = model(images)
        assert torch.equal(logits, model(images.float()))
    assert (logits.shape, logits.dtype) == ((n, classes), torch.float32)


@pytest.mark.parametrize("network", ["softmax", "mlp", "cnn"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_first_loss_is_close_to_chance(few: Dataset, network: str, seed: int) -> None:
    """With Keras' start and pixels from 0 to 1 an untrained network guesses: its loss is near ln 10 = 2.303."""
    logits = torch.from_numpy(predict(build(network, preparation=UNIT, seed=seed), few.images))
    loss = functional.cross_entropy(logits, torch.from_numpy(few.labels)).item()
    assert abs(loss - math.log(10)) < 0.3, f"first loss {loss:.3f}"


@pytest.mark.parametrize("network", ZOO)
def test_the_seed_draws_the_weights_and_nothing_else(network: str) -> None:
    """The same seed gives the same weights, another seed others, and the caller's random state stays as it was."""
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first, again, other = (build(network, seed=seed).state_dict() for seed in (1, 1, 2))
    assert torch.equal(torch.rand(3), expected)
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not all(torch.equal(first[name], other[name]) for name in first)


@pytest.mark.parametrize("network", ZOO)
def test_a_fresh_network_is_in_training_mode_throughout(network: str) -> None:
    """No layer of a fresh network is left in evaluation mode, which would keep batch norm or dropout from working."""
    assert [type(layer).__name__ for layer in build(network).modules() if not layer.training] == []


@pytest.mark.parametrize(
    ("network", "options", "message"),
    [
        ("lenet", {}, r"unknown network 'lenet'; known: .*cnn.*, mlp.*, softmax"),
        ("softmax", {"widths": (3,)}, "network 'softmax' does not take these arguments"),
        ("mlp", {"widths": (0,)}, "widths are positive numbers, not 0"),
        ("mlp", {"widths": (8, -3)}, "widths are positive numbers, not -3"),
        ("mlp", {"widths": 512}, "network 'mlp' does not take these arguments"),
        ("cnn", {"dropout": 1.5}, "network 'cnn' does not take these arguments"),
        ("cnn", {"size": (8, 8)}, "8x8 images are too small"),
        ("tenfold", {"size": (28, 1)}, "1x28 images are too small"),
    ],
)
def test_what_cannot_be_built_is_refused(network: str, options: dict[str, object], message: str) -> None:
    """Unknown names, wrong arguments and images too small are refused in one line that says what there is."""
    with pytest.raises(UsageError, match=message):
        build(network, **options)


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        ("cnn", "cnn", {}),
        ("mlp:256,128", "mlp", {"widths": [256, 128]}),
        ("mlp:64", "mlp", {"widths": [64]}),
        ("mlp", "mlp", {}),
    ],
)
def test_networks_as_the_command_line_writes_them(text: str, name: str, arguments: dict[str, object]) -> None:
    """A name, or mlp with its widths."""
    assert parse_network(text) == (name, arguments)


@pytest.mark.parametrize("text", ["mlp:0", "mlp:-5", "mlp:a", "mlp:1.5", "mlp:64,", "cnn:64", "softmax:1"])
def test_wrong_widths_are_refused(text: str) -> None:
    """Widths that are no positive numbers, or widths of a network without any, are refused with the text."""
    with pytest.raises(UsageError, match=f"network '{text}': widths are positive numbers"):
        parse_network(text)


@pytest.mark.parametrize("network", ZOO)
def test_evaluation_mode_knows_no_neighbours(network: str, few: Dataset) -> None:
    """An image's logits do not depend on the images beside it in the batch."""
    model = build(network)
    together = predict(model, few.images[:20])
    alone = np.concatenate([predict(model, few.images[place : place + 1]) for place in range(20)])
    assert np.abs(together - alone).max() < 1e-4
