"""A data set's parts fit together, and its splits are exact."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.data import Dataset, Mnist, check_trainable, make_dataset, split
from tenfold.errors import DataError, UsageError


def of_counts(*counts: int) -> Dataset:
    """A data set with so many images of each class, shuffled, every image another."""
    labels = np.random.default_rng(0).permutation(np.repeat(np.arange(len(counts)), counts))
    images = np.arange(len(labels), dtype=">u4").view(np.uint8).reshape(-1, 2, 2)
    return make_dataset(images, labels, [f"class {label}" for label in range(len(counts))], "made")


def test_the_validation_split_of_mnist_is_exact(mnist: Mnist) -> None:
    """10 % of 60,000 is 6,000: a tenth of every class, rounded down, or one more where the remainder is largest."""
    train, validation = split(mnist.train)
    assert (len(train), len(validation)) == (54000, 6000)
    assert validation.counts.tolist() == [592, 674, 596, 613, 584, 542, 592, 627, 585, 595]
    assert (train.counts + validation.counts).tolist() == mnist.train.counts.tolist()


@given(
    counts=st.lists(st.integers(10, 60), min_size=2, max_size=8),
    fraction=st.sampled_from([0.1, 0.2, 0.25, 0.29, 0.5, 0.7, 0.9]),
    seed=st.integers(0, 99),
)
def test_every_split_is_stratified_disjoint_and_whole(counts: list[int], fraction: float, seed: int) -> None:
    """Every image is in one part, in its old order; a class gives its share to within one; the sum is rounded once."""
    whole = of_counts(*counts)
    train, validation = split(whole, fraction, seed=seed)
    assert len(validation) == round(len(whole) * fraction)
    assert np.abs(validation.counts - whole.counts * fraction).max() < 1
    places = [part.images.reshape(-1, 4).copy().view(">u4").ravel() for part in (train, validation)]
    assert sorted(np.concatenate(places).tolist()) == list(range(len(whole)))
    assert all((np.diff(part) > 0).all() for part in places)


def test_the_seed_draws_the_split() -> None:
    """The same seed gives the same split, another seed another one."""
    whole = of_counts(50, 50)
    first, again, other = (split(whole, seed=seed)[1].sha256 for seed in (1, 1, 2))
    assert first == again
    assert first != other


@pytest.mark.parametrize("fraction", [0.0, 1.0, -0.1, 1.5, float("nan"), float("inf")])
def test_a_fraction_out_of_range_is_refused(fraction: float) -> None:
    """Only a fraction between 0 and 1 is taken, and the message has the one that was given."""
    with pytest.raises(UsageError, match=f"between 0 and 1, not {fraction:g}"):
        split(of_counts(10, 10), fraction)


def test_an_empty_part_is_refused() -> None:
    """A split that would leave a part without images is refused with the numbers."""
    with pytest.raises(DataError, match=r"made: 0.1 of 4 images leaves an empty split"):
        split(of_counts(2, 2), 0.1)
    with pytest.raises(DataError, match=r"made: 0.5 of 10 images leaves an empty split"):
        split(of_counts(*[1] * 10), 0.5)


@pytest.mark.parametrize("counts", [(1, 9), (1, 30), (1, 1, 1, 1, 9), (2, 2, 2)])
@pytest.mark.parametrize("fraction", [0.3, 0.5, 0.9])
def test_no_class_is_taken_out_of_training(counts: tuple[int, ...], fraction: float) -> None:
    """A class keeps an image for training: validation never takes the last one."""
    train, _ = split(of_counts(*counts), fraction)
    assert train.counts.min() >= 1, f"training has {train.counts.tolist()} images a class"


IMAGES, LABELS = np.zeros((4, 5, 6), np.uint8), np.array([0, 1, 1, 0])


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (IMAGES.astype(float), LABELS, r"images are float64 of shape \(4, 5, 6\)"),
        (IMAGES[0], LABELS, r"images are uint8 of shape \(5, 6\)"),
        (IMAGES, LABELS[:3], "4 images but 3 labels"),
        (IMAGES[:0], LABELS[:0], "holds no images"),
        (IMAGES[:, :0], LABELS, r"images are uint8 of shape \(4, 0, 6\)"),
        (IMAGES, LABELS - 1, "label -1 of image 0 is not one of 0 to 1"),
        (IMAGES, LABELS + 1, "label 2 of image 1 is not one of 0 to 1"),
    ],
)
def test_parts_that_do_not_fit_are_refused(images: np.ndarray, labels: np.ndarray, message: str) -> None:
    """Wrong types, shapes, counts and labels are refused with the name and the numbers."""
    with pytest.raises(DataError, match=f"mine: {message}"):
        make_dataset(images, labels, ("a", "b"), "mine")


def test_what_nothing_can_be_learned_from_is_refused() -> None:
    """One class only, or a class without images, is refused by name."""
    with pytest.raises(DataError, match="has one class only \\('class 0'\\)"):
        check_trainable(of_counts(5))
    with pytest.raises(DataError, match="no image of class 'class 1'"):
        check_trainable(of_counts(5, 0, 5))


def test_the_hash_tells_data_sets_apart() -> None:
    """Equal data has an equal hash; another pixel, label, class name or shape another one; the set's name does not count."""
    base = make_dataset(IMAGES, LABELS, ("a", "b"), "x")
    other = IMAGES.copy()
    other[1, 2, 3] = 1
    changed = [
        make_dataset(other, LABELS, ("a", "b"), "x"),
        make_dataset(IMAGES, LABELS[::-1] ^ 1, ("a", "b"), "x"),
        make_dataset(IMAGES, LABELS, ("a", "c"), "x"),
        make_dataset(IMAGES.reshape(4, 6, 5), LABELS, ("a", "b"), "x"),
    ]
    assert make_dataset(IMAGES.copy(), LABELS.copy(), ("a", "b"), "y").sha256 == base.sha256
    assert len({base.sha256, *(dataset.sha256 for dataset in changed)}) == 5
