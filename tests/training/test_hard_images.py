"""Which images are drawn: as many as asked, the hard ones more often, no class left out."""

import numpy as np
import pytest

from tenfold.data import Mnist, make_dataset
from tenfold.training.hard_images import draw_hard, margins


@pytest.mark.parametrize("count", [1_000, 5_999, 6_000, 7_000])
def test_as_many_as_asked_in_their_order(mnist: Mnist, count: int) -> None:
    """Each image at most once, the order that of the whole; all where there are no more."""
    whole = mnist.train.take(range(6_000))
    drawn = draw_hard(whole, count, 5, seed=0)
    assert len(drawn) == min(count, 6_000)
    places = {image.tobytes(): place for place, image in enumerate(whole.images)}  # none of them comes twice
    found = [places[image.tobytes()] for image in drawn.images]
    assert found == sorted(set(found))
    assert (drawn.labels == whole.labels[found]).all()


def test_the_seed_draws(mnist: Mnist) -> None:
    """The same images for the same seed, others for another one."""
    first, again, other = (draw_hard(mnist.train, 3_000, 5, seed=seed).sha256 for seed in (3, 3, 4))
    assert first == again != other


def test_hard_images_come_more_often_the_more_they_are_preferred(mnist: Mnist) -> None:
    """Without a preference the drawn images are as hard as all; with one, harder, and harder still with a greater one."""
    found = margins(mnist.train, np.random.default_rng(7))
    places = {image.tobytes(): place for place, image in enumerate(mnist.train.images)}
    means = []
    for preference in (0, 2, 5):
        drawn = draw_hard(mnist.train, 5_000, preference, seed=0)
        means.append(float(np.mean([found[places[image.tobytes()]] for image in drawn.images])))
    assert abs(means[0] - found.mean()) < 4 * found.std() / np.sqrt(5_000)
    assert means[0] > means[1] + 0.02 > means[2] + 0.04


def test_a_wrong_label_is_the_hardest_of_all() -> None:
    """Two patterns that a line parts: the margin is above 0 for all but the image whose label is wrong."""
    rng = np.random.default_rng(0)
    labels = np.arange(400) % 2
    images = rng.integers(0, 40, (400, 28, 28)).astype(np.uint8)
    images[labels == 1, :, :14] += 150
    images[labels == 0, :, 14:] += 150
    labels[7] = 1 - labels[7]
    found = margins(make_dataset(images, labels, ("left", "right"), "made"), rng)
    assert found.argmin() == 7
    assert found[7] < 0 < np.delete(found, 7).min()


def test_no_class_is_left_out() -> None:
    """A class of one image among many is drawn, however few are: a network cannot learn it otherwise."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (2_000, 12, 10)).astype(np.uint8)
    labels = np.array([1] + [0] * 1_998 + [2])
    drawn = draw_hard(make_dataset(images, labels, ("often", "once", "too"), "made"), 10, 8, seed=0)
    assert drawn.counts.tolist() == [8, 1, 1]


@pytest.mark.parametrize("size", [(1, 1), (5, 40), (300, 500), (4, 3_000)])
def test_images_of_any_size(size: tuple[int, int]) -> None:
    """Tiny ones, slim ones, and large ones, of which only some pixels are looked at."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (60, *size)).astype(np.uint8)
    drawn = draw_hard(make_dataset(images, np.arange(60) % 3, tuple("abc"), "made"), 20, 5, seed=0)
    assert len(drawn) == 20
