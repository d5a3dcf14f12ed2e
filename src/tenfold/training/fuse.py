"""What a network is trained by: itself, or the same weights in fewer or other operations where those are quicker."""

import torch
from torch import nn

from tenfold.models import Classifier, parameter_count
from tenfold.training.features_first import FeaturesFirst

LARGE = 100_000  # weights: those of fewer take little time to fetch
WORTH = 50_000  # images: two or three such trainings save what compiling takes, which is once on a machine


def quickest(model: Classifier, device: torch.device, precision: str, images: int) -> Classifier:
    """The network to train `model` by with so many images in all; the weights are the model's.

    It is the model itself where that is of a class of somebody's own, or hooks watch it as a whole.
    """
    is_own = type(model) is not Classifier or any(map(_is_watched, (model, model.layers)))
    if is_own or device.type != "cpu" or precision != "float32":
        return model
    return lay_features_first(fuse(model) if images >= WORTH else model)


def fuse(model: Classifier) -> Classifier:
    """The same weights with each 3x3 convolution, pooling by 2 and ReLU in a row as one operation, for float32 on a CPU.

    It is the model itself where there are no such layers, where somebody's hooks watch them, and where Numba is not
    installed, does not know this NumPy, has no folder to keep in what it compiles, or no threads that two trainings may use.
    """
    rest, layers = list(model.layers), list[list[nn.Module]]()
    while rest:
        together = 3 if _are_one_operation(rest[:3]) else 1
        layers.append(rest[:together])
        rest = rest[together:]
    if len(layers) == len(model.layers):
        return model
    try:
        from tenfold.training.pooled_convolution import Pooled, start_threads  # not before it is wanted
    except (ImportError, RuntimeError):
        return model
    if not start_threads():
        return model
    joined = [len(some) == 3 for some in layers]
    behind = [*joined[1:], False]
    fewer = [Pooled(some[0], even) if own else some[0] for some, own, even in zip(layers, joined, behind, strict=True)]
    return Classifier(nn.Sequential(*fewer), model.architecture, model.preparation)


def lay_features_first(model: Classifier) -> Classifier:
    """The same weights with outputs in memory feature by feature, for float32 on several threads of a CPU.

    It is the model itself where it is small, has other layers than dense ones and ReLU, or somebody's hooks watch these,
    and where PyTorch has no MKL, whose way to share out products is meant.
    """
    if torch.get_num_threads() == 1 or not torch.backends.mkl.is_available():  # type: ignore[no-untyped-call]
        return model
    layers = list(model.layers)
    if parameter_count(model) < LARGE or not _is_flat(layers[0]) or not all(map(_is_dense, layers[1:])):
        return model
    return Classifier(nn.Sequential(layers[0], FeaturesFirst(*layers[1:])), model.architecture, model.preparation)


def _is_flat(layer: nn.Module) -> bool:
    """Whether it makes one row of features of each image."""
    return isinstance(layer, nn.Flatten) and (layer.start_dim, layer.end_dim) == (1, -1)


def _is_dense(layer: nn.Module) -> bool:
    """Whether outputs may lie either way: a dense layer with a bias, or ReLU."""
    return (type(layer) is nn.ReLU or (type(layer) is nn.Linear and layer.bias is not None)) and not _is_watched(layer)


def _are_one_operation(layers: list[nn.Module]) -> bool:
    """Whether these are the three layers, set as the operation takes them."""
    if [type(layer) for layer in layers] != [nn.Conv2d, nn.MaxPool2d, nn.ReLU] or any(map(_is_watched, layers)):
        return False
    convolution, pooling, _ = layers
    assert isinstance(convolution, nn.Conv2d)
    assert isinstance(pooling, nn.MaxPool2d)
    taken = (
        *(convolution.kernel_size, convolution.stride, convolution.padding, convolution.dilation, convolution.groups),
        *(pooling.kernel_size, pooling.stride, pooling.padding, pooling.dilation, pooling.ceil_mode, pooling.return_indices),
    )
    return convolution.bias is not None and taken == ((3, 3), (1, 1), (0, 0), (1, 1), 1, 2, 2, 0, 1, False, False)


def _is_watched(layer: nn.Module) -> bool:
    """Whether somebody's hooks expect that the layer itself is called."""
    hooks = layer._forward_hooks, layer._forward_pre_hooks, layer._backward_hooks, layer._backward_pre_hooks
    return any(map(len, hooks))
