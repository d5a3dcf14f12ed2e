"""What a network is trained by: itself, or the same weights in fewer operations, where those are quicker."""

import math
from itertools import takewhile

import torch
from torch import nn

from tenfold.models import Classifier, parameter_count

LARGE = 150_000  # weights of dense layers in a row: fewer take no longer than the calls between them
VECTOR = 16  # numbers that are multiplied at a time: fewer features or filters do not fill one
WORTH_CONVOLUTIONS, WORTH_DENSE = 50_000, 150_000  # images: a few such trainings save what compiling takes, which is once


def quickest(model: Classifier, device: torch.device, precision: str, images: int) -> Classifier:
    """The network to train `model` by with so many images in all; the weights are the model's.

    It is the model itself where that is of a class of somebody's own, or hooks watch it as a whole.
    """
    is_own = type(model) is not Classifier or any(map(_is_watched, (model, model.layers)))
    if is_own or device.type != "cpu" or precision != "float32":
        return model
    return fuse(model, images)


def fuse(model: Classifier, images: float = math.inf) -> Classifier:
    """The same weights with layers in a row as one operation, for float32 on a CPU and training with so many images in all.

    These are a 3x3 convolution, pooling by 2 and ReLU, and dense layers and ReLU with many weights. It is the model itself
    where there are none, where somebody's hooks watch them, and where Numba is not installed, does not know this NumPy, has
    no folder to keep in what it compiles, or no threads that two trainings may use.
    """
    groups = _groups(list(model.layers), images)
    if all(len(group) == 1 for group in groups):
        return model
    try:
        from tenfold.training.dense_layers import DenseLayers  # not before they are wanted
        from tenfold.training.pooled_convolution import Pooled
        from tenfold.training.products import start_threads
    except (ImportError, RuntimeError):
        return model
    if not start_threads():
        return model
    joined = list[nn.Module]()
    for group, behind in zip(groups, [*groups[1:], []], strict=True):
        if _is_pooled(group):
            joined.append(Pooled(group[0], even=_is_pooled(behind)))
        else:
            joined.append(DenseLayers(*group) if type(group[0]) is nn.Linear and len(group) > 1 else group[0])
    return Classifier(nn.Sequential(*joined), model.architecture, model.preparation)


def _groups(layers: list[nn.Module], images: float) -> list[list[nn.Module]]:
    """The layers in their order, those that are one operation together."""
    groups = list[list[nn.Module]]()
    while layers:
        row = list(takewhile(_is_dense, layers))
        if images >= WORTH_CONVOLUTIONS and _is_pooled(layers[:3]):
            together = 3
        elif images >= WORTH_DENSE and sum(map(parameter_count, row)) >= LARGE and type(row[0]) is nn.Linear:
            together = len(row)
        else:
            together = 1
        groups.append(layers[:together])
        layers = layers[together:]
    return groups


def _is_dense(layer: nn.Module) -> bool:
    """Whether it is a dense layer as the operation takes it, or ReLU."""
    is_dense = type(layer) is nn.Linear and layer.bias is not None and layer.in_features >= VECTOR
    return ((is_dense and _lies_plain(layer)) or type(layer) is nn.ReLU) and not _is_watched(layer)


def _lies_plain(layer: nn.Module) -> bool:
    """Whether its weights are float32 that lie row by row, as the operations read them."""
    return all(one.dtype == torch.float32 and one.is_contiguous() for one in layer.parameters())


def _is_pooled(layers: list[nn.Module]) -> bool:
    """Whether these are a convolution, pooling and ReLU, set as the operation takes them."""
    if [type(layer) for layer in layers] != [nn.Conv2d, nn.MaxPool2d, nn.ReLU] or any(map(_is_watched, layers)):
        return False
    convolution, pooling, _ = layers
    assert isinstance(convolution, nn.Conv2d)
    assert isinstance(pooling, nn.MaxPool2d)
    taken = (
        *(convolution.kernel_size, convolution.stride, convolution.padding, convolution.dilation, convolution.groups),
        *(pooling.kernel_size, pooling.stride, pooling.padding, pooling.dilation, pooling.ceil_mode, pooling.return_indices),
    )
    channels, filters = convolution.in_channels, convolution.out_channels
    fills_vectors = channels == 1 or (channels % (2 * VECTOR) == 0 and filters >= VECTOR)
    is_set = taken == ((3, 3), (1, 1), (0, 0), (1, 1), 1, 2, 2, 0, 1, False, False)
    is_float32 = convolution.weight.dtype == torch.float32  # however they lie: the operation lays them as it needs them
    return convolution.bias is not None and is_set and fills_vectors and is_float32


def _is_watched(layer: nn.Module) -> bool:
    """Whether somebody's hooks expect that the layer itself is called."""
    hooks = layer._forward_hooks, layer._forward_pre_hooks, layer._backward_hooks, layer._backward_pre_hooks
    return any(map(len, hooks))
