"""A 3x3 convolution, the largest of every 2x2 pixels and ReLU as one operation of autograd, compiled by Numba.

Of the gradient of such a convolution at most one number in four is not zero: pooling passes it on to the largest of four
pixels, and ReLU to none where that is negative. PyTorch multiplies the zeros too; this leaves them out. The convolution
itself stays PyTorch's, without the rows and columns that pooling leaves over; only that of grey images, nine
multiplications for each number, is done here as well, so that its numbers are never written and read again.

The numbers are those of the three layers one after the other, up to the order in which they are summed. Inside, channels
come last, (N, height, width, channels) as C-contiguous float32; `places` says which of four pixels was the largest.
"""

from functools import partial
from typing import Any

import numba
import numpy as np
import torch
from numba import njit, prange
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional

Floats = NDArray[np.float32]
Three = tuple[np.float32, np.float32, np.float32]
Four = tuple[np.float32, np.float32, np.float32, np.float32]
Places = NDArray[np.int8]
"""0 to 3: top left, top right, bottom left, bottom right; NOWHERE where ReLU cut off."""

NOWHERE = np.int32(-1)
ZERO = np.float32(0)
compiled = partial(njit, nogil=True, cache=True, error_model="numpy", fastmath={"contract"})  # no checks, fused multiply-add


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
        pooled: Tensor = PooledConvolution.apply(images, weights, biases, self.even)  # type: ignore[no-untyped-call]
        return pooled


def start_threads() -> bool:
    """Start as many of Numba's threads as PyTorch has; whether they are of a kind that two trainings at once may use."""
    threads = torch.get_num_threads()
    numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))  # type: ignore[attr-defined]
    torch.set_num_threads(threads)  # both have OpenMP's threads, and Numba's start makes them as many as there are cores
    layer: str = numba.threading_layer()  # type: ignore[attr-defined]
    return layer != "workqueue"  # which ends the process when it is used from two threads at once


class PooledConvolution(torch.autograd.Function):
    """(N, C, H, W), weights (F, C, 3, 3), biases (F,), all float32 on the CPU -> (N, F, (H - 2) // 2, (W - 2) // 2).

    With `even`, a last odd row or column of these is left out.
    Works in as many parts as PyTorch has threads; the same number gives the same bits.
    """

    @staticmethod
    def forward(ctx: Any, images: Tensor, weights: Tensor, biases: Tensor, even: bool) -> Tensor:
        """The largest of every 2x2 pixels of the convolution, at least 0."""
        height, width = ((side - 2) // 4 * 2 if even else (side - 2) // 2 for side in images.shape[2:])
        pooled = torch.empty(len(images), height, width, len(weights))
        ctx.places = np.empty(pooled.shape, np.int8)
        ctx.save_for_backward(images, weights)
        into, parts = (pooled.numpy(), ctx.places), torch.get_num_threads()
        if images.shape[1] == 1:
            by_pixel = weights.detach().reshape(-1, 9).t().contiguous().numpy()
            _pool_grey(_channels_last(images)[..., 0], by_pixel, biases.detach().numpy(), *into, parts)
        else:
            maps = functional.conv2d(images[:, :, : 2 * height + 2, : 2 * width + 2], weights, biases)
            _pool(_channels_last(maps), *into, parts)
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
        if images.shape[3] == 1 and not ctx.needs_input_grad[0]:
            _gradients_of_grey(images[..., 0], _channels_last(gradient), ctx.places, *into)
        else:
            back = torch.empty(images.shape)
            _gradients(images, weights, _channels_last(gradient), ctx.places, back.numpy(), *into)
            of_images = back.permute(0, 3, 1, 2)
        return of_images, of_weights.sum(0).permute(0, 3, 1, 2), of_biases.sum(0), None


def _channels_last(tensor: Tensor) -> Floats:
    """(N, C, H, W) -> (N, H, W, C), without a copy where it lies so already."""
    array: Floats = tensor.detach().permute(0, 2, 3, 1).contiguous().numpy()
    return array


@compiled(parallel=True)
def _pool(maps: Floats, pooled: Floats, places: Places, parts: int) -> None:
    """Fill `pooled` and `places`, both (N, h, w, F), from `maps` (N, 2 h, 2 w, F). What is no number stays none."""
    for part in prange(parts):
        some = slice(part * len(maps) // parts, (part + 1) * len(maps) // parts)
        _pool_part(maps[some], pooled[some], places[some])


@compiled()
def _pool_part(maps: Floats, pooled: Floats, places: Places) -> None:
    n, height, width, filters = pooled.shape
    for image in range(n):
        for i in range(height):
            for j in range(width):
                upper, lower = maps[image, 2 * i], maps[image, 2 * i + 1]
                for f in range(filters):
                    pooled[image, i, j, f], places[image, i, j, f] = _largest(
                        upper[2 * j, f], upper[2 * j + 1, f], lower[2 * j, f], lower[2 * j + 1, f]
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
def _pool_grey(images: Floats, weights: Floats, biases: Floats, pooled: Floats, places: Places, parts: int) -> None:
    """The same from images of one channel (N, H, W) and weights (9, F)."""
    for part in prange(parts):
        some = slice(part * len(images) // parts, (part + 1) * len(images) // parts)
        _pool_grey_part(images[some], weights, biases, pooled[some], places[some])


@compiled()
def _pool_grey_part(images: Floats, weights: Floats, biases: Floats, pooled: Floats, places: Places) -> None:
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
    images: Floats, weights: Floats, behind: Floats, places: Places, of_images: Floats, of_weights: Floats, of_biases: Floats
) -> None:
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
    image: Floats, weights: Floats, behind: Floats, places: Places, of_image: Floats, of_weights: Floats, of_biases: Floats
) -> None:
    """The same of one image (H, W, C).

    Every number of the gradient that is left adds three rows of 3 C pixels to the gradient of its filter, and three rows of
    the filter to that of the image: first all the one, then all the other, as together they do not fit the nearest cache.
    """
    height, width, filters = behind.shape
    channels, row = image.shape[2], image.shape[1] * image.shape[2]
    counts = np.zeros(filters, np.int64)
    values = np.empty((filters, height * width + 1), np.float32)
    corners = np.empty((filters, height * width + 1), np.int64)
    for i in range(height):
        for j in range(width):
            for f in range(filters):  # without a branch, which the processor would guess wrong half of the time
                place, count = places[i, j, f], counts[f]
                values[f, count] = behind[i, j, f]
                corners[f, count] = (2 * i + (place >> 1)) * row + (2 * j + (place & 1)) * channels
                counts[f] = count + (place != NOWHERE)
    pixels, back = image.reshape(-1), of_image.reshape(-1)
    for f in range(filters):
        of_filter = of_weights[f].reshape(3, -1)
        for k in range(counts[f]):
            of_biases[f] += values[f, k]
            for r in range(3):
                corner = corners[f, k] + r * row
                _add(values[f, k], pixels[corner : corner + 3 * channels], of_filter[r])
    back[:] = 0
    for f in range(filters):
        filter_rows = weights[f].reshape(3, -1)
        for k in range(counts[f]):
            for r in range(3):
                corner = corners[f, k] + r * row
                _add(values[f, k], filter_rows[r], back[corner : corner + 3 * channels])


@compiled(inline="always")
def _add(factor: float, numbers: Floats, to: Floats) -> None:
    for k in range(to.size):
        to[k] += factor * numbers[k]


@compiled(parallel=True)
def _gradients_of_grey(images: Floats, behind: Floats, places: Places, of_weights: Floats, of_biases: Floats) -> None:
    """Add to `of_weights` and `of_biases` for images of one channel (N, H, W) whose own gradient nobody asks for."""
    parts = len(of_weights)
    for part in prange(parts):
        some = slice(part * len(images) // parts, (part + 1) * len(images) // parts)
        _gradients_of_grey_part(images[some], behind[some], places[some], of_weights[part], of_biases[part])


@compiled()
def _gradients_of_grey_part(images: Floats, behind: Floats, places: Places, of_weights: Floats, of_biases: Floats) -> None:
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
