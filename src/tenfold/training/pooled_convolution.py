"""A 3x3 convolution, the largest of every 2x2 pixels and ReLU as one operation of autograd, compiled by Numba.

Of the gradient of such a convolution at most one number in four is not zero: pooling passes it on to the largest of four
pixels, and ReLU to none where that is negative. PyTorch multiplies the zeros too; this leaves them out. The numbers of the
convolution itself, without the rows and columns that pooling leaves over, are used where they are made: those of grey
images, nine multiplications for each, are never written, others no further than into the nearest caches.

The numbers are those of the three layers one after the other, up to the order in which they are summed. Inside, channels
come last, (N, height, width, channels) as C-contiguous float32; `places` says which of four pixels was the largest.
"""

from typing import Any

import numpy as np
import torch
from numba import prange
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional

from tenfold.training.products import Floats, add_products, compiled, evenly, sum_products
from tenfold.training.registers import FLOAT_BYTES

Three = tuple[np.float32, np.float32, np.float32]
Four = tuple[np.float32, np.float32, np.float32, np.float32]
Largest = NDArray[np.int8]
"""0 to 3: top left, top right, bottom left, bottom right; NOWHERE where ReLU cut off."""

NOWHERE = np.int32(-1)
ZERO = np.float32(0)


class Pooled(nn.Module):
    """The three layers as one, with the weights of the convolution, an nn.Conv2d.

    even: whether a last row or column that makes the sides odd is left out, as another such layer behind this one does
    """

    def __init__(self, convolution: nn.Module, even: bool = False) -> None:
        super().__init__()
        self.convolution, self.even = convolution, even

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, F, (H - 2) // 2, (W - 2) // 2), or the even numbers below."""
        weights, biases = self.convolution.weight, self.convolution.bias
        if images.shape[1] == 1 and images.requires_grad:  # somebody asks for what the operation does not reckon
            height, width = pooled_sides(images, self.even)
            return functional.relu(functional.max_pool2d(self.convolution(images), 2)[:, :, :height, :width])
        pooled: Tensor = PooledConvolution.apply(images, weights, biases, self.even)  # type: ignore[no-untyped-call]
        return pooled


class PooledConvolution(torch.autograd.Function):
    """(N, C, H, W), weights (F, C, 3, 3), biases (F,), all float32 on the CPU -> (N, F, (H - 2) // 2, (W - 2) // 2).

    C is 1, of images whose own gradient nobody asks for, or a multiple of 32, with F at least 16. With `even`, a last odd
    row or column of what comes out is left out.
    Works in as many parts as PyTorch has threads; the same number gives the same bits.
    """

    @staticmethod
    def forward(ctx: Any, images: Tensor, weights: Tensor, biases: Tensor, even: bool) -> Tensor:
        """The largest of every 2x2 pixels of the convolution, at least 0."""
        height, width = pooled_sides(images, even)
        pooled = torch.empty(len(images), height, width, len(weights))
        ctx.places = np.empty(pooled.shape, np.int8)
        ctx.save_for_backward(images, weights)
        into, parts = (pooled.numpy(), ctx.places), torch.get_num_threads()
        if images.shape[1] == 1:
            by_pixel = weights.detach().reshape(-1, 9).t().contiguous().numpy()
            _pool_grey(_channels_last(images)[..., 0], by_pixel, biases.detach().numpy(), *into, parts)
        else:
            by_pixel = weights.detach().permute(2, 3, 1, 0).reshape(-1, len(weights)).contiguous().numpy()
            _pool(_channels_last(images), by_pixel, biases.detach().numpy(), *into, parts)
        return pooled.permute(0, 3, 1, 2)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor, Tensor, None]:
        """The gradients of images (None where nobody asks), weights and biases."""
        images, weights = map(_channels_last, ctx.saved_tensors)
        parts = torch.get_num_threads()
        of_weights, of_biases = torch.zeros(parts, *weights.shape), torch.zeros(parts, len(weights))
        into = of_weights.numpy(), of_biases.numpy()
        of_images = None
        if images.shape[3] == 1:
            _gradients_of_grey(images[..., 0], _channels_last(gradient), ctx.places, *into)
        else:
            back = torch.empty(images.shape)
            _gradients(images, weights, _channels_last(gradient), ctx.places, back.numpy(), *into)
            of_images = back.permute(0, 3, 1, 2)
        return of_images, of_weights.sum(0).permute(0, 3, 1, 2), of_biases.sum(0), None


def pooled_sides(images: Tensor, even: bool) -> tuple[int, int]:
    """Height and width of what (N, C, H, W) becomes, without a last odd row or column if `even`."""
    height, width = ((side - 2) // 4 * 2 if even else (side - 2) // 2 for side in images.shape[2:])
    return height, width


def _channels_last(tensor: Tensor) -> Floats:
    """(N, C, H, W) -> (N, H, W, C), without a copy where it lies so already."""
    array: Floats = tensor.detach().permute(0, 2, 3, 1).contiguous().numpy()
    return array


@compiled(parallel=True)
def _pool(images: Floats, weights: Floats, biases: Floats, pooled: Floats, places: Largest, parts: int) -> None:
    """Fill `pooled` and `places`, both (N, h, w, F), from images (N, H, W, C) and weights (9 C, F)."""
    for part in prange(parts):
        some = slice(part * len(images) // parts, (part + 1) * len(images) // parts)
        _pool_part(images[some], weights, biases, pooled[some], places[some])


@compiled()
def _pool_part(images: Floats, weights: Floats, biases: Floats, pooled: Floats, places: Largest) -> None:
    """The convolution is a product of windows, each three runs of 3 C numbers of an image, by the weights."""
    n, height, width, filters = pooled.shape
    maps = np.empty((2 * height, 2 * width, filters), np.float32)
    windows, terms = np.empty(4 * height * width, np.intp), np.empty(len(weights), np.intp)
    run, (_, of_row, of_pixel, _) = len(weights) // 3, images.strides
    for at in range(len(windows)):
        windows[at] = at // (2 * width) * of_row + at % (2 * width) * of_pixel
    for k in range(len(terms)):
        terms[k] = k // run * of_row + k % run * FLOAT_BYTES
    rows, to = evenly(len(weights), weights.strides[0]), evenly(len(windows), maps.strides[1])
    for image in range(n):
        sum_products(images[image].ctypes.data, windows, terms, weights.ctypes.data, rows, maps.ctypes.data, to, filters)
        for i in range(height):
            for j in range(width):
                upper, lower = maps[2 * i], maps[2 * i + 1]
                for f in range(filters):
                    pooled[image, i, j, f], places[image, i, j, f] = _largest(
                        biases[f] + upper[2 * j, f],
                        biases[f] + upper[2 * j + 1, f],
                        biases[f] + lower[2 * j, f],
                        biases[f] + lower[2 * j + 1, f],
                    )


@compiled(inline="always")
def _largest(a: np.float32, b: np.float32, c: np.float32, d: np.float32) -> tuple[np.float32, np.int32]:
    """The largest of four numbers, at least 0, and its place; no number where one of them is none."""
    largest, place = a, np.int32(0)
    if b > largest or b != b:
        largest, place = b, np.int32(1)
    if c > largest or c != c:
        largest, place = c, np.int32(2)
    if d > largest or d != d:
        largest, place = d, np.int32(3)
    if largest <= 0:
        largest, place = ZERO, NOWHERE
    return largest, place


@compiled(parallel=True)
def _pool_grey(images: Floats, weights: Floats, biases: Floats, pooled: Floats, places: Largest, parts: int) -> None:
    """The same from images of one channel (N, H, W) and weights (9, F)."""
    for part in prange(parts):
        some = slice(part * len(images) // parts, (part + 1) * len(images) // parts)
        _pool_grey_part(images[some], weights, biases, pooled[some], places[some])


@compiled()
def _pool_grey_part(images: Floats, weights: Floats, biases: Floats, pooled: Floats, places: Largest) -> None:
    n, height, width, filters = pooled.shape
    for image in range(n):
        for i in range(height):
            for j in range(width):
                rows = images[image, 2 * i : 2 * i + 4, 2 * j : 2 * j + 4]
                first, second, third, fourth = _four(rows[0]), _four(rows[1]), _four(rows[2]), _four(rows[3])
                for f in range(filters):
                    pooled[image, i, j, f], places[image, i, j, f] = _largest(
                        biases[f] + _product(weights, f, first[:3], second[:3], third[:3]),
                        biases[f] + _product(weights, f, first[1:], second[1:], third[1:]),
                        biases[f] + _product(weights, f, second[:3], third[:3], fourth[:3]),
                        biases[f] + _product(weights, f, second[1:], third[1:], fourth[1:]),
                    )


@compiled(inline="always")
def _four(row: Floats) -> Four:
    """Pixels out of memory, which a compiler would otherwise fetch again for every filter."""
    return row[0], row[1], row[2], row[3]


@compiled(inline="always")
def _product(weights: Floats, f: int, upper: Three, middle: Three, lower: Three) -> np.float32:
    """One number of the convolution: three rows of three pixels by the weights of filter f."""
    number: np.float32 = (
        weights[0, f] * upper[0] + weights[1, f] * upper[1] + weights[2, f] * upper[2]
        + weights[3, f] * middle[0] + weights[4, f] * middle[1] + weights[5, f] * middle[2]
        + weights[6, f] * lower[0] + weights[7, f] * lower[1] + weights[8, f] * lower[2]
    )  # fmt: skip
    return number


@compiled(parallel=True)
def _gradients(
    images: Floats, weights: Floats, behind: Floats, places: Largest,
    of_images: Floats, of_weights: Floats, of_biases: Floats,
) -> None:  # fmt: skip
    """Fill `of_images` (N, H, W, C), add to `of_weights` (parts, F, 3, 3, C) and `of_biases` (parts, F).

    behind: the gradient behind ReLU, (N, h, w, F)
    """
    parts = len(of_weights)
    for part in prange(parts):
        for image in range(part * len(images) // parts, (part + 1) * len(images) // parts):
            _gradients_of_one(
                images[image], weights, behind[image], places[image], of_images[image], of_weights[part], of_biases[part]
            )


@compiled()
def _gradients_of_one(
    image: Floats, weights: Floats, behind: Floats, places: Largest, of_image: Floats, of_weights: Floats, of_biases: Floats
) -> None:
    """The same of one image (H, W, C).

    Every number of the gradient that is left adds three runs of 3 C pixels to the gradient of its filter, and three runs of
    the filter to that of the image: first all the one, then all the other, as together they do not fit the nearest cache.
    """
    height, width, filters = behind.shape
    of_row, of_pixel, _ = image.strides
    counts = np.zeros(filters, np.intp)
    values = np.empty((filters, height * width + 1), np.float32)
    windows = np.empty((filters, height * width + 1), np.intp)
    for i in range(height):
        for j in range(width):
            for f in range(filters):  # without a branch, which the processor would guess wrong half of the time
                place, count = places[i, j, f], counts[f]
                values[f, count] = behind[i, j, f]
                windows[f, count] = (2 * i + (place >> 1)) * of_row + (2 * j + (place & 1)) * of_pixel
                counts[f] = count + (place != NOWHERE)
    run, nowhere = 3 * image.shape[2], np.zeros(1, np.intp)
    for f in range(filters):
        factors, where = values[f].ctypes.data, windows[f].ctypes.data
        for k in range(counts[f]):
            of_biases[f] += values[f, k]
        for r in range(3):
            add_products(factors, counts[f], image.ctypes.data + r * of_row, where, of_weights[f, r].ctypes.data, run)
    of_image[:] = ZERO
    for f in range(filters):
        factor, of_filter = values[f].ctypes.data, weights[f].ctypes.data
        for k in range(counts[f]):
            into = of_image.ctypes.data + windows[f, k]
            for r in range(3):
                numbers = of_filter + r * run * FLOAT_BYTES
                add_products(factor + k * FLOAT_BYTES, 1, numbers, nowhere.ctypes.data, into + r * of_row, run)


@compiled(parallel=True)
def _gradients_of_grey(images: Floats, behind: Floats, places: Largest, of_weights: Floats, of_biases: Floats) -> None:
    """Add to `of_weights` and `of_biases` for images of one channel (N, H, W) whose own gradient nobody asks for."""
    parts = len(of_weights)
    for part in prange(parts):
        some = slice(part * len(images) // parts, (part + 1) * len(images) // parts)
        _gradients_of_grey_part(images[some], behind[some], places[some], of_weights[part], of_biases[part])


@compiled()
def _gradients_of_grey_part(images: Floats, behind: Floats, places: Largest, of_weights: Floats, of_biases: Floats) -> None:
    """Rows of three pixels are too short to be added one by one; here every filter adds its own of four pixels, or none."""
    n, height, width, filters = behind.shape
    sums = np.zeros((9, filters), np.float32)
    for image in range(n):
        for i in range(height):
            for j in range(width):
                left, place = behind[image, i, j], places[image, i, j]
                for f in range(filters):
                    of_biases[f] += left[f] if place[f] != NOWHERE else ZERO
                for k in range(9):
                    top, beside = 2 * i + k // 3, 2 * j + k % 3
                    upper, lower = images[image, top, beside : beside + 2], images[image, top + 1, beside : beside + 2]
                    a, b, c, d = upper[0], upper[1], lower[0], lower[1]
                    for f in range(filters):
                        at = np.int32(place[f])
                        pixel = a if at == 0 else b if at == 1 else c if at == 2 else d if at == 3 else ZERO
                        sums[k, f] += pixel * left[f]
    for f in range(filters):
        for k in range(9):
            of_weights[f, k // 3, k % 3, 0] += sums[k, f]
