"""Dense layers as one operation: what they give, and their gradients, are those of the layers one after the other."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn

from tenfold.training.dense_layers import DenseLayers


@pytest.fixture
def threads() -> Iterator[Callable[[int], None]]:
    """Sets PyTorch's number of threads until the test is over."""
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


def layers_of(*widths: int, last: bool = False) -> list[nn.Module]:
    """Dense layers of these widths with ReLU between them, and behind the last one if wanted."""
    layers = [layer for pair in pairwise(widths) for layer in (nn.Linear(*pair), nn.ReLU())]
    return layers if last else layers[:-1]


def gradients(module: nn.Module, images: Tensor) -> list[Tensor]:
    """What it makes of the images, and the gradients of a mixture of that by its weights, and by images that want one."""
    made = module(images)
    mixture = made * torch.linspace(-1, 1, made.numel()).reshape(made.shape)
    wanted = [images, *module.parameters()] if images.requires_grad else list(module.parameters())
    return [made.detach(), *torch.autograd.grad(mixture.sum(), wanted)]


def assert_alike(layers: list[nn.Module], images: Tensor) -> None:
    """Up to the order in which they are summed, all numbers and gradients are those of the layers."""
    found, expected = gradients(DenseLayers(*layers), images), gradients(nn.Sequential(*layers), images)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("n_threads", [1, 2, 3])
@pytest.mark.parametrize("n", [1, 2, 15, 16, 17, 75, 128])
@pytest.mark.parametrize("wanted", [False, True])
def test_any_batch_gives_the_numbers_and_gradients_of_the_layers(
    threads: Callable[[int], None], n_threads: int, n: int, wanted: bool
):
    """With rows that fill no vector, fewer classes than threads, and the gradient of the images where it is wanted."""
    threads(n_threads)
    torch.manual_seed(n)
    assert_alike(layers_of(100, 33, 16, 2), torch.randn(n, 100, requires_grad=wanted))


@pytest.mark.parametrize("widths", [(16, 1), (784, 10), (50, 512, 10), (17, 18, 19, 20)])
@pytest.mark.parametrize("last", [False, True])
def test_any_widths(widths: tuple[int, ...], last: bool):
    """ReLU behind the last layer or not."""
    torch.manual_seed(0)
    assert_alike(layers_of(*widths, last=last), torch.randn(20, widths[0], requires_grad=True))


def test_layers_without_relu_between_them():
    """And two in a row, of which the second changes nothing."""
    torch.manual_seed(0)
    layers = [nn.Linear(40, 30), nn.Linear(30, 20), nn.ReLU(), nn.ReLU(), nn.Linear(20, 3)]
    assert_alike(layers, torch.randn(9, 40, requires_grad=True))


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_black_pixels_are_left_out_and_change_nothing(share: float):
    """Those black in every image; blank images leave the biases."""
    torch.manual_seed(0)
    images = torch.rand(12, 64)
    images[:, : int(share * 64)] = 0
    assert_alike(layers_of(64, 20, 10), images)


@pytest.mark.parametrize("place", [(0, 0), (3, 63), (11, 31)])
def test_what_is_no_number_stays_none(place: tuple[int, int]):
    """A NaN is seen in what its image gives, and in no other's, so that a training that diverged ends."""
    layers, images = layers_of(64, 20, 10), torch.rand(12, 64)
    images[place] = torch.nan
    assert torch.equal(DenseLayers(*layers)(images).isnan(), nn.Sequential(*layers)(images).isnan())


def test_the_same_number_of_threads_gives_the_same_bits(threads: Callable[[int], None]):
    """However often; what comes out forward does not depend on the threads at all."""
    torch.manual_seed(0)
    module, images = DenseLayers(*layers_of(784, 100, 10)), torch.rand(30, 784, requires_grad=True)
    found = {}
    for n_threads in (1, 2, 5, 1, 2, 5):
        threads(n_threads)
        made = gradients(module, images)
        assert all(torch.equal(one, other) for one, other in zip(found.setdefault(n_threads, made), made, strict=True))
    assert torch.equal(found[1][0], found[5][0])


def test_two_batches_may_wait_for_their_gradients():
    """What a batch gave is kept apart from the next one's."""
    torch.manual_seed(0)
    module, images = DenseLayers(*layers_of(64, 20, 10)), torch.rand(2, 6, 64)
    one, other = module(images[0]), module(images[1])
    first = torch.autograd.grad(one.sum(), list(module.parameters()))
    second = torch.autograd.grad(other.sum(), list(module.parameters()))
    torch.testing.assert_close(first, torch.autograd.grad(module(images[0]).sum(), list(module.parameters())))
    torch.testing.assert_close(second, torch.autograd.grad(module(images[1]).sum(), list(module.parameters())))


@pytest.mark.parametrize("shape", [(3, 5, 64), (0, 64)])
def test_rows_of_rows_and_none_are_given_to_the_layers(shape: tuple[int, ...]):
    """nn.Linear takes them."""
    layers, images = layers_of(64, 20, 10), torch.rand(shape)
    assert torch.equal(DenseLayers(*layers)(images), nn.Sequential(*layers)(images))
