"""The networks by name. Each builder takes the image size and the number of classes and returns the layers.

The layers take (N, 1, H, W) float32 and give logits (N, C).
"""

import inspect
from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import torch
from torch import nn

from tenfold.errors import UsageError, unknown_name
from tenfold.models.classifier import MNIST_STANDARD, Architecture, Classifier, Preparation

Size = tuple[int, int]


def softmax(size: Size, classes: int) -> nn.Sequential:
    """Softmax regression: one dense layer from pixels to logits."""
    return nn.Sequential(nn.Flatten(), *_keras_start(nn.Linear(prod(size), classes)))


def mlp(size: Size, classes: int, *, widths: Sequence[int] = (512,), dropout: float = 0.0) -> nn.Sequential:
    """A stack of dense layers of any `widths` with ReLU, each followed by `dropout`."""
    if min(widths, default=1) < 1:
        raise ValueError(f"widths are positive numbers, not {min(widths)}")
    layers: list[nn.Module] = [nn.Flatten()]
    before = prod(size)
    for width in widths:
        layers += [nn.Linear(before, width), nn.ReLU()]
        layers += [nn.Dropout(dropout)] if dropout else []
        before = width
    return nn.Sequential(*_keras_start(*layers, nn.Linear(before, classes)))


def cnn(size: Size, classes: int, *, pool_stride: int = 2, dropout: float = 0.5) -> nn.Sequential:
    """The two-convolution network of the Keras tutorials: 32 and 64 filters 3x3, pooling by 2, dense 128, dropout."""
    convolutions = [
        # pooled before ReLU: the same numbers to the bit, and a quarter of them to cut off, an eighth of a step's time
        *(nn.Conv2d(1, 32, 3), nn.MaxPool2d(2, pool_stride), nn.ReLU()),
        *(nn.Conv2d(32, 64, 3), nn.MaxPool2d(2, pool_stride), nn.ReLU()),
        nn.Flatten(),
    ]
    flat = prod(output_shape(nn.Sequential(*convolutions), size))
    dense = [nn.Linear(flat, 128), nn.ReLU(), nn.Dropout(dropout), nn.Linear(128, classes)]
    return nn.Sequential(*_keras_start(*convolutions, *dense))


def tenfold(size: Size, classes: int, *, width: int = 24) -> nn.Sequential:
    """Tenfold's own compact network: a strided 5x5 stem, two 3x3 convolutions, batch norm throughout, one dense layer.

    The stem works at half resolution, which is where most of a small network's time would go otherwise.
    """
    convolutions = [
        *_convolution(1, width, 5, stride=2),
        *_convolution(width, width * 3 // 2, 3),
        nn.MaxPool2d(2),
        *_convolution(width * 3 // 2, width * 2, 3),
        nn.Flatten(),
    ]
    flat = prod(output_shape(nn.Sequential(*convolutions), size))
    return nn.Sequential(*convolutions, nn.Dropout(0.1), nn.Linear(flat, classes))


def sprint(size: Size, classes: int, *, width: int = 16) -> nn.Sequential:
    """The network that learns most in a second of training: narrow where maps are large, broad where they are small.

    Pooled before batch norm, which is then a quarter of the work. In powers of two its filters fill the tiles of a processor
    that multiplies in bfloat16. Its dense layer is a convolution over the whole map, which spares turning the map round.
    """
    convolutions = [
        *(nn.Conv2d(1, width, 5, 2, bias=False), nn.ReLU()),
        *(nn.Conv2d(width, 2 * width, 3, bias=False), nn.MaxPool2d(2), nn.BatchNorm2d(2 * width), nn.ReLU()),
        *_convolution(2 * width, 8 * width, 3),
    ]
    whole_map = output_shape(nn.Sequential(*convolutions), size)[1:]
    return nn.Sequential(*convolutions, nn.Conv2d(8 * width, classes, (whole_map[0], whole_map[1])), nn.Flatten())


def recogniser(size: Size, classes: int, *, width: int = 32) -> nn.Sequential:
    """The network of the shipped weights: `tenfold` with wider layers and one convolution more."""
    convolutions = [
        *_convolution(1, width, 5, stride=2),
        *_convolution(width, width * 3 // 2, 3),
        nn.MaxPool2d(2),
        *_convolution(width * 3 // 2, width * 3, 3, padding=1),
        *_convolution(width * 3, width * 4, 3),
        nn.Flatten(),
    ]
    flat = prod(output_shape(nn.Sequential(*convolutions), size))
    return nn.Sequential(*convolutions, nn.Dropout(0.2), nn.Linear(flat, classes))


ZOO: dict[str, Callable[..., nn.Sequential]] = {
    "softmax": softmax,
    "mlp": mlp,
    "cnn": cnn,
    "tenfold": tenfold,
    "sprint": sprint,
    "recogniser": recogniser,
}

DEFAULT = "tenfold"


def build(
    network: str = DEFAULT,
    *,
    classes: Sequence[str] = tuple("0123456789"),
    size: Size = (28, 28),
    preparation: Preparation = MNIST_STANDARD,
    seed: int = 0,
    **arguments: Any,
) -> Classifier:
    """A fresh network of the zoo with weights drawn by `seed`; the caller's random state is left alone.

    Raises UsageError for an unknown name (it lists the known ones), for arguments that the network does not take, and
    for images too small for it.
    """
    if network not in ZOO:
        raise unknown_name("network", network, ZOO)
    if not classes:
        raise UsageError("a network needs a class to tell; classes is empty")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        try:
            bound = inspect.signature(ZOO[network]).bind(size, len(classes), **arguments)
            bound.apply_defaults()  # a record must say what was built, whatever the defaults become
            layers = ZOO[network](*bound.args, **bound.kwargs)
        except (TypeError, ValueError) as error:
            raise UsageError(f"network '{network}' does not take these arguments: {error}") from error
        except RuntimeError as error:
            small = f"{size[1]}x{size[0]} images are too small for it; softmax and mlp take any"
            raise UsageError(f"network '{network}' cannot be built: {small}") from error
    kept = {key: list(value) if isinstance(value, tuple) else value for key, value in bound.kwargs.items()}
    return Classifier(layers, Architecture(network, tuple(classes), size, kept), preparation)


def parse_network(text: str) -> tuple[str, dict[str, Any]]:
    """A network as the command line writes it -> (name, arguments): "cnn", or "mlp:256,256" with the widths."""
    name, _, widths = text.partition(":")
    if not widths:
        return name, {}
    try:
        numbers = [int(width) for width in widths.split(",")]
    except ValueError:
        numbers = []
    if name != "mlp" or not numbers or min(numbers) < 1:
        raise UsageError(f"network '{text}': widths are positive numbers after mlp, such as mlp:256,256")
    return name, {"widths": numbers}


def output_shape(layers: nn.Sequential, size: Size) -> tuple[int, ...]:
    """The shape of what `layers` make of one image of `size`."""
    with torch.no_grad():
        shape = tuple(layers.eval()(torch.zeros(1, 1, *size)).shape[1:])
    layers.train()
    return shape


def _convolution(channels: int, filters: int, kernel: int, *, stride: int = 1, padding: int = 0) -> list[nn.Module]:
    layer = nn.Conv2d(channels, filters, kernel, stride, padding, bias=False)
    return [layer, nn.BatchNorm2d(filters), nn.ReLU()]


def _keras_start(*layers: nn.Module) -> tuple[nn.Module, ...]:
    """The layers with Keras' starting weights (Glorot uniform, biases zero), which the classic notebooks use."""
    for layer in layers:
        if isinstance(layer, nn.Linear | nn.Conv2d):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return layers
