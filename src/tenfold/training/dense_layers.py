"""Dense layers and ReLU in a row as one operation of autograd, on products compiled by Numba.

PyTorch's products of matrices this small reach about 0.6 of what a core can multiply; between them come 40 calls of a few
microseconds. These reach nearly all, share out the weights alike in products, gradients and optimiser, so that each core
keeps its part in its cache, and leave out pixels that are black in all images of a batch, a third of MNIST's.

Outputs lie in memory twice: image by image, (N, features), for the gradient of the weights, and feature by feature,
(features, P), with P the batch's size filled up with zeros to whole vectors, for everything else. The numbers are those of
the layers one after the other, up to the order in which they are summed.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numba import prange
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from tenfold.training.products import Floats, Places, compiled, evenly, multiply, transpose
from tenfold.training.registers import LANES

ZERO = np.float32(0)


@dataclass(frozen=True)
class DenseLayer:
    """One nn.Linear's weights (features, features before) and biases (features,), and whether nn.ReLU stands behind it."""

    weights: Floats
    biases: Floats
    relu: bool


class DenseLayers(nn.Module):
    """The layers as one: each nn.Linear with a bias, with or without an nn.ReLU behind it.

    The weights are looked up once: they are to be changed in place.
    """

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)
        dense = [
            (one, behind) for one, behind in zip(layers, [*layers[1:], None], strict=True) if isinstance(one, nn.Linear)
        ]
        self._tensors = [tensor for one, _ in dense for tensor in (one.weight, one.bias)]
        self._dense = [
            DenseLayer(one.weight.detach().numpy(), one.bias.detach().numpy(), isinstance(behind, nn.ReLU))
            for one, behind in dense
        ]

    def forward(self, images: Tensor) -> Tensor:
        """(N, features of the first layer) -> (N, features of the last)."""
        outputs: Tensor = (
            Dense.apply(images, self._dense, *self._tensors)  # type: ignore[no-untyped-call]
            if images.ndim == 2 and len(images)
            else self.layers(images)  # rows of rows, or none, which nn.Linear takes too
        )
        return outputs


class Dense(torch.autograd.Function):
    """(N, features) float32 on the CPU, the layers, and their weights and biases as autograd knows them -> (N, features).

    Works in as many parts as PyTorch has threads, which changes no number.
    """

    @staticmethod
    def forward(ctx: Any, images: Tensor, layers: list[DenseLayer], *_: Tensor) -> Tensor:
        """All layers' outputs, of which the last are returned."""
        n, parts = len(images), torch.get_num_threads()
        by_image = [images.detach().contiguous().numpy()]
        by_feature = [_turn(by_image[0])]
        lit = np.flatnonzero(_is_lit(by_feature[0]))
        for layer in layers:
            features = len(layer.weights)
            outputs = torch.empty(n, features)
            by_image.append(outputs.numpy())
            by_feature.append(torch.empty(features, by_feature[0].shape[1]).numpy())
            _layer(by_feature[-2], lit, layer.weights, layer.biases, layer.relu, by_feature[-1], by_image[-1], parts)
            lit = np.arange(features)
        ctx.kept = layers, by_image, by_feature
        return outputs

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients of images (None where nobody asks), weights and biases."""
        layers, by_image, by_feature = ctx.kept
        parts, found = torch.get_num_threads(), list[Tensor]()
        behind = _turn(gradient.contiguous().numpy())
        if layers[-1].relu:
            behind[by_feature[-1] <= 0] = 0
        for i in range(len(layers) - 1, -1, -1):
            weights = layers[i].weights
            of_weights, of_biases = torch.empty(weights.shape), torch.empty(len(weights))
            before = torch.empty(by_feature[i].shape if i else (0, 0)).numpy()
            into = of_weights.numpy(), of_biases.numpy(), before
            _gradients(behind, weights, by_image[i], by_feature[i], i > 0 and layers[i - 1].relu, *into, parts)
            found += of_biases, of_weights
            behind = before if i else behind
        of_images = torch.empty(by_image[0].shape) if ctx.needs_input_grad[0] else None
        if of_images is not None:
            _gradients_of_images(behind, layers[0].weights, of_images.numpy(), parts)
        return of_images, None, *reversed(found)


def _turn(by_image: Floats) -> Floats:
    """(N, features) -> (features, P)."""
    n, features = by_image.shape
    by_feature: Floats = torch.empty(features, -(-n // LANES) * LANES).numpy()
    by_feature[:, n:] = 0
    transpose(by_image, by_feature)
    return by_feature


@compiled()
def _is_lit(by_feature: Floats) -> NDArray[np.bool_]:
    """Which features (features,) are not 0 in every image."""
    found = np.empty(len(by_feature), np.bool_)
    for f in range(len(by_feature)):
        lit = 0
        for k in range(by_feature.shape[1]):  # all of them, which is quicker than to stop at the first
            lit += by_feature[f, k] != ZERO
        found[f] = lit > 0
    return found


@compiled(parallel=True)
def _layer(
    before: Floats, lit: Places, weights: Floats, biases: Floats, relu: bool,
    by_feature: Floats, by_image: Floats, parts: int,
) -> None:  # fmt: skip
    """Fill `by_feature` (features, P) and `by_image` (N, features) from the layer before, (features before, P).

    lit: which features of the layer before are not 0 in every image
    """
    for part in prange(parts):
        some = slice(part * len(weights) // parts, (part + 1) * len(weights) // parts)
        if some.start < some.stop:
            _layer_part(before, lit, weights[some], biases[some], relu, by_feature[some], by_image[:, some])


@compiled()
def _layer_part(
    before: Floats, lit: Places, weights: Floats, biases: Floats, relu: bool, by_feature: Floats, by_image: Floats
) -> None:
    multiply(weights, before, by_feature, lit)
    for f in range(len(by_feature)):
        for k in range(by_feature.shape[1]):
            number = by_feature[f, k] + biases[f]
            by_feature[f, k] = ZERO if relu and number <= ZERO else number  # what is no number stays none
    transpose(by_feature[:, : len(by_image)], by_image)


@compiled(parallel=True)
def _gradients(
    behind: Floats, weights: Floats, by_image: Floats, by_feature: Floats, relu: bool,
    of_weights: Floats, of_biases: Floats, before: Floats, parts: int,
) -> None:  # fmt: skip
    """Fill the gradients of the weights, the biases and, unless it is empty, of what was before the layer, (features, P).

    behind: that of the layer's outputs, (features, P); by_image, by_feature, relu: of what was before
    """
    for part in prange(parts):
        some = slice(part * len(weights) // parts, (part + 1) * len(weights) // parts)
        if some.start < some.stop:
            multiply(behind[some], by_image, of_weights[some], evenly(len(by_image), 1))
            for f in range(some.start, some.stop):
                of_biases[f] = behind[f].sum()
        some = slice(part * len(before) // parts, (part + 1) * len(before) // parts)
        if some.start < some.stop:
            multiply(weights.T[some], behind, before[some], evenly(len(weights), 1))
            for f in range(some.start, some.stop):
                for k in range(before.shape[1]):
                    before[f, k] = ZERO if relu and by_feature[f, k] <= ZERO else before[f, k]


@compiled(parallel=True)
def _gradients_of_images(behind: Floats, weights: Floats, of_images: Floats, parts: int) -> None:
    """Fill `of_images` (N, features before), of which each part takes whole vectors; the last one what is left over, too."""
    blocks = weights.shape[1] // LANES
    for part in prange(parts):
        first, last = LANES * (part * blocks // parts), LANES * ((part + 1) * blocks // parts)
        some = slice(first, weights.shape[1] if part == parts - 1 else last)
        if some.start < some.stop:
            multiply(behind.T[: len(of_images)], weights[:, some], of_images[:, some], evenly(len(weights), 1))
