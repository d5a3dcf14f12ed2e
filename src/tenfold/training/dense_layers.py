"""Dense layers and ReLU in a row as one operation of autograd, on products compiled by Numba.

On two threads PyTorch's products of matrices this small reach 100 to 174 GFLOP/s where a large one reaches 202; these reach
160 to 220. They share out the weights alike in products, gradients and optimiser, so that each core keeps its part in its
cache, and leave out pixels that are black in all images of a batch, a third of MNIST's.

On the way forward outputs lie in memory feature by feature, (features, P), with P the batch's size filled up with zeros to
whole vectors, and, for the way back, image by image, (N, features). The numbers are those of the layers one after the other,
up to the order in which they are summed.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numba import prange
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

    Works in as many parts as PyTorch has threads; the same number gives the same bits. Each part has its own outputs of
    every layer, and their weights, forward and back: a core fetches no weights that the optimiser changed on another.
    """

    @staticmethod
    def forward(ctx: Any, images: Tensor, layers: list[DenseLayer], *_: Tensor) -> Tensor:
        """All layers' outputs, of which the last are returned."""
        n, parts = len(images), torch.get_num_threads()
        before = images.detach().contiguous().numpy()
        by_image = [before]
        for layer in layers:
            outputs = torch.empty(n, len(layer.weights))
            by_feature = torch.empty(len(layer.weights), -(-n // LANES) * LANES).numpy()
            by_image.append(outputs.numpy())
            _layer(before, layer is layers[0], layer.weights, layer.biases, layer.relu, by_feature, by_image[-1], parts)
            before = by_feature
        ctx.kept = layers, by_image
        return outputs

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients of images (None where nobody asks), weights and biases."""
        layers, by_image = ctx.kept
        parts, found = torch.get_num_threads(), list[Tensor]()
        shares = gradient.contiguous().numpy()[np.newaxis]
        for i in range(len(layers) - 1, -1, -1):
            weights = layers[i].weights
            of_weights, of_biases = torch.empty(weights.shape), torch.empty(len(weights))
            wanted = parts if i > 0 or ctx.needs_input_grad[0] else 0
            before = torch.empty(wanted, *by_image[i].shape)
            into = of_weights.numpy(), of_biases.numpy(), before.numpy()
            _gradients(shares, by_image[i + 1], layers[i].relu, weights, by_image[i], *into, parts)
            found += of_biases, of_weights
            shares = into[2]
        return before.sum(0) if wanted else None, None, *reversed(found)


@compiled(parallel=True)
def _layer(
    before: Floats, is_first: bool, weights: Floats, biases: Floats, relu: bool,
    by_feature: Floats, by_image: Floats, parts: int,
) -> None:  # fmt: skip
    """Fill `by_feature` (features, P) and `by_image` (N, features) from what was before the layer.

    before: (features before, P), or of the first layer (N, features before), which each part turns for itself
    """
    for part in prange(parts):
        some = slice(part * len(weights) // parts, (part + 1) * len(weights) // parts)
        if some.start < some.stop:
            turned = _turn(before, by_feature.shape[1]) if is_first else before
            terms = _lit(turned) if is_first else evenly(len(turned), 1)
            _layer_part(turned, terms, weights[some], biases[some], relu, by_feature[some], by_image[:, some])


@compiled()
def _turn(by_image: Floats, padded: int) -> Floats:
    """(N, features) -> (features, padded), with zeros behind N."""
    turned = np.empty((by_image.shape[1], padded), np.float32)
    turned[:, len(by_image) :] = ZERO
    transpose(by_image, turned)
    return turned


@compiled()
def _lit(by_feature: Floats) -> Places:
    """Which features are not 0 in every image."""
    found, n = np.empty(len(by_feature), np.intp), 0
    for f in range(len(by_feature)):
        lit = 0
        for k in range(by_feature.shape[1]):  # all of them, which is quicker than to stop at the first
            lit += by_feature[f, k] != ZERO
        found[n] = f
        n += lit > 0
    return found[:n]


@compiled()
def _layer_part(
    before: Floats, terms: Places, weights: Floats, biases: Floats, relu: bool, by_feature: Floats, by_image: Floats
) -> None:
    multiply(weights, before, by_feature, terms)
    for f in range(len(by_feature)):
        row, bias = by_feature[f], biases[f]
        for k in range(len(row)):
            row[k] += bias
        if relu:
            for k in range(len(row)):
                row[k] = ZERO if row[k] <= ZERO else row[k]  # what is no number stays none
    transpose(by_feature[:, : len(by_image)], by_image)


@compiled(parallel=True)
def _gradients(
    shares: Floats, outputs: Floats, relu: bool, weights: Floats, images: Floats,
    of_weights: Floats, of_biases: Floats, before: Floats, parts: int,
) -> None:  # fmt: skip
    """Fill the gradients of a layer's weights, its biases and, as shares that are to be summed up, of what was before it.

    shares: those of the gradient of its outputs, (any, N, features); outputs: (N, features)
    images: what was before, (N, features before); before: (parts, N, features before), or no parts where nobody asks
    """
    for part in prange(parts):
        some = slice(part * len(weights) // parts, (part + 1) * len(weights) // parts)
        if some.start < some.stop:
            behind = np.empty((some.stop - some.start, len(images)), np.float32)
            transpose(_sum_up(shares, outputs, relu, of_biases, some.start, some.stop), behind)
            multiply(behind, images, of_weights[some], evenly(len(images), 1))
            if len(before):
                multiply(behind.T, weights[some], before[part], evenly(len(behind), 1))
        elif len(before):
            before[part] = ZERO


@compiled()
def _sum_up(shares: Floats, outputs: Floats, relu: bool, of_biases: Floats, first: int, last: int) -> Floats:
    """Some features' gradient (N, features) before ReLU, if there is one, from shares of that behind it; and its sums.

    A loop over one row at a time, without conditions that stay, becomes a processor's vectors.
    """
    found = np.empty((shares.shape[1], last - first), np.float32)
    sums = of_biases[first:last]
    sums[:] = ZERO
    for i in range(len(found)):
        here, row = found[i], shares[0, i, first:last]
        for f in range(len(here)):
            here[f] = row[f]
        for share in range(1, len(shares)):
            row = shares[share, i, first:last]
            for f in range(len(here)):
                here[f] += row[f]
        if relu:
            row = outputs[i, first:last]
            for f in range(len(here)):
                here[f] = ZERO if row[f] <= ZERO else here[f]
        for f in range(len(here)):
            sums[f] += here[f]
    return found
