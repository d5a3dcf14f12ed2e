"""What a network is trained by: itself, or the same weights in fewer operations where those are quicker."""

import torch
from torch import nn

from tenfold.models import Classifier

WORTH = 50_000  # images: two or three such trainings save what compiling takes, which is once on a machine


def quickest(model: Classifier, device: torch.device, precision: str, images: int) -> Classifier:
    """The network to train `model` by with so many images in all; the weights are the model's."""
    return fuse(model) if device.type == "cpu" and precision == "float32" and images >= WORTH else model


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
