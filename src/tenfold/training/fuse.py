"""What a network is trained by: itself, or the same weights in fewer operations where those are quicker."""

import torch
from torch import Tensor, nn

from tenfold.models import Classifier

WORTH = 50_000  # images: what they save on two cores is what compiling takes, the first time on a machine


class Pooled(nn.Module):
    """A convolution, its pooling and its ReLU in one operation, with the convolution's own weights."""

    def __init__(self, convolution: nn.Conv2d) -> None:
        super().__init__()
        self.convolution = convolution

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, F, (H - 2) // 2, (W - 2) // 2)."""
        from tenfold.training.pooled_convolution import PooledConvolution

        pooled: Tensor = PooledConvolution.apply(  # type: ignore[no-untyped-call]
            images, self.convolution.weight, self.convolution.bias
        )
        return pooled


def quickest(model: Classifier, device: torch.device, precision: str, images: int) -> Classifier:
    """The network to train `model` by with so many images in all; the weights are the model's."""
    return fuse(model) if device.type == "cpu" and precision == "float32" and images >= WORTH else model


def fuse(model: Classifier) -> Classifier:
    """The same weights with each 3x3 convolution, pooling by 2 and ReLU in a row as one operation, for float32 on a CPU.

    It is the model itself where there are no such layers, where somebody's hooks watch them, and where Numba is not
    installed, does not know this NumPy, has no folder to keep in what it compiles, or no threads that two trainings may use.
    """
    rest, layers = list(model.layers), list[nn.Module]()
    while rest:
        convolution = _pooled_convolution(rest[:3])
        layers.append(Pooled(convolution) if convolution else rest[0])
        rest = rest[3 if convolution else 1 :]
    if len(layers) == len(model.layers) or not _start_numba():
        return model
    return Classifier(nn.Sequential(*layers), model.architecture, model.preparation)


def _pooled_convolution(layers: list[nn.Module]) -> nn.Conv2d | None:
    """The convolution of three layers that are one operation, None where they are not."""
    if [type(layer) for layer in layers] != [nn.Conv2d, nn.MaxPool2d, nn.ReLU] or any(map(_is_watched, layers)):
        return None
    convolution, pooling, _ = layers
    assert isinstance(convolution, nn.Conv2d)
    shape = convolution.kernel_size, convolution.stride, convolution.padding, convolution.dilation, convolution.groups
    plain = shape == ((3, 3), (1, 1), (0, 0), (1, 1), 1) and convolution.bias is not None
    by_2 = pooling.extra_repr() == nn.MaxPool2d(2).extra_repr() and not pooling.return_indices
    return convolution if plain and by_2 else None


def _is_watched(layer: nn.Module) -> bool:
    """Whether somebody's hooks expect that the layer itself is called."""
    hooks = layer._forward_hooks, layer._forward_pre_hooks, layer._backward_hooks, layer._backward_pre_hooks
    return any(map(len, hooks))


def _start_numba() -> bool:
    """Start Numba with as many threads as PyTorch has; whether it could be started."""
    try:
        import numba

        from tenfold.training import pooled_convolution  # noqa: F401
    except (ImportError, RuntimeError):
        return False
    threads = torch.get_num_threads()
    numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))  # type: ignore[attr-defined]
    torch.set_num_threads(threads)  # both have OpenMP's threads, and Numba's start makes them as many as there are cores
    layer = numba.threading_layer()  # type: ignore[attr-defined]
    return bool(layer != "workqueue")  # which ends the process when it is used from two threads at once
