"""The laws of the fifteen corruptions: harmless at 0, the same for the same rng, and the harder the higher."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold.data import Dataset, Mnist
from tenfold.errors import UsageError
from tenfold.images import CORRUPTIONS, find_corruption

NAMES = sorted(CORRUPTIONS)


@pytest.fixture(scope="module")
def digits(mnist: Mnist) -> Dataset:
    """The first 400 test digits."""
    return mnist.test.take(np.arange(400))


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_they_are_the_fifteen_of_mnist_c() -> None:
    """The names are those of the paper's table, in its order."""
    names = (
        "shot_noise, impulse_noise, glass_blur, motion_blur, shear, scale, rotate, brightness, translate, "
        "stripe, fog, spatter, dotted_line, zigzag, canny_edges"
    )
    assert ", ".join(CORRUPTIONS) == names


@pytest.mark.parametrize("name", NAMES)
def test_severity_0_changes_nothing_and_draws_nothing(name: str, digits: Dataset) -> None:
    """The images come back equal, as a copy, and the generator is where it was."""
    generator = rng(3)
    unchanged = CORRUPTIONS[name](digits.images, 0, generator)
    assert np.array_equal(unchanged, digits.images)
    assert not np.shares_memory(unchanged, digits.images)
    assert generator.bit_generator.state == rng(3).bit_generator.state


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15)
@given(
    shape=st.tuples(st.integers(0, 4), st.integers(1, 40), st.integers(1, 40)),
    severity=st.floats(0, 5) | st.integers(0, 5),
    seed=st.integers(0, 9),
)
def test_shape_and_dtype_are_kept_and_the_input_is_untouched(
    name: str, shape: tuple[int, int, int], severity: float, seed: int
) -> None:
    """Any size of image, any number of them, any severity: uint8 of the same shape, from images left as they were."""
    images = rng(seed).integers(0, 256, shape, np.uint8)
    before = images.copy()
    corrupted = CORRUPTIONS[name](images, severity, rng(seed))
    assert corrupted.shape == shape
    assert corrupted.dtype == np.uint8
    assert np.array_equal(images, before)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_rng_gives_the_same_bits(name: str, digits: Dataset) -> None:
    """Randomness is the argument and nothing else, numpy's and OpenCV's global states included."""
    images = digits.images[:20]
    state = repr(np.random.get_state())
    first = CORRUPTIONS[name](images, 3, rng(1))
    cv2.setRNGSeed(7)
    assert np.array_equal(first, CORRUPTIONS[name](images, 3, rng(1)))
    assert repr(np.random.get_state()) == state


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"scale", "brightness", "stripe", "canny_edges"}))
def test_another_seed_gives_other_images(name: str, digits: Dataset) -> None:
    """All but the four that draw nothing at random."""
    images = digits.images[:20]
    assert not np.array_equal(CORRUPTIONS[name](images, 3, rng(1)), CORRUPTIONS[name](images, 3, rng(2)))


@pytest.mark.parametrize("name", NAMES)
def test_every_level_changes_the_images_more(name: str, digits: Dataset) -> None:
    """The mean absolute difference from the clean images grows, half levels included.

    It may stand still: stripes are whole pixels wide, a stroke moved away from its place cannot differ more, and from
    3 to 4 fog is only finer.
    """
    clean = digits.images.astype(float)
    changes = [np.abs(CORRUPTIONS[name](digits.images, level / 2, rng(5)) - clean).mean() for level in range(1, 11)]
    assert (np.diff(changes) > -0.02 * changes[-1]).all(), np.round(changes, 2)
    assert changes[-1] > 1.5 * changes[0], np.round(changes, 2)


def test_stronger_corruption_hurts_a_real_classifier(mnist: Mnist, digits: Dataset) -> None:
    """Nearest class mean, 82 % right on clean digits: on average over the fifteen, each level costs it more."""
    train = mnist.train.take(np.arange(5000))
    means = np.stack([train.images[train.labels == digit].mean(0).ravel() for digit in range(10)])

    def accuracy(images: np.ndarray) -> float:
        distances = (means**2).sum(1) - 2.0 * images.reshape(len(images), -1) @ means.T
        return float((distances.argmin(1) == digits.labels).mean())

    mean = [
        np.mean([accuracy(corruption(digits.images, level, rng(level))) for corruption in CORRUPTIONS.values()])
        for level in range(6)
    ]
    assert mean[0] > 0.75
    assert (np.diff(mean) < -0.01).all(), np.round(mean, 3)


KNOWN = [
    ("brightness", 2, 40 * np.ones((28, 28)), 40 + 51, "0.2 of white is 51 levels"),
    ("brightness", 5, 200 * np.ones((28, 28)), 255, "white is as bright as it gets"),
    ("canny_edges", 5, 90 * np.ones((28, 28)), 0, "an even image has no edge"),
    ("glass_blur", 5, 90 * np.ones((28, 28)), 90, "an even image has nothing to blur"),
    ("fog", 5, np.zeros((28, 28)), 0, "fog is as bright as the image's brightest pixel allows"),
    ("shot_noise", 5, np.zeros((28, 28)), 0, "no light, no photons"),
]


@pytest.mark.parametrize(("name", "severity", "image", "level", "reason"), KNOWN)
def test_known_answers(name: str, severity: float, image: np.ndarray, level: int, reason: str) -> None:
    """Even images whose corrupted level is known."""
    corrupted = CORRUPTIONS[name](image[None].astype(np.uint8), severity, rng())
    assert np.abs(corrupted.astype(int) - level).max() <= 1, reason


def test_stripe_is_a_negative_of_the_outer_quarters() -> None:
    """At severity 5: 7 of 28 columns a side, the middle untouched; twice gives the image back."""
    images = rng().integers(0, 256, (3, 28, 28), np.uint8)
    striped = CORRUPTIONS["stripe"](images, 5, rng())
    assert np.array_equal(striped[:, :, 7:21], images[:, :, 7:21])
    assert np.array_equal(striped[:, :, :7], 255 - images[:, :, :7])
    assert np.array_equal(CORRUPTIONS["stripe"](striped, 5, rng()), images)


def test_translate_moves_by_the_published_pixels() -> None:
    """At severity 3 a lone pixel moves by three pixels along both axes, in one of four directions."""
    images = np.zeros((40, 28, 28), np.uint8)
    images[:, 14, 14] = 255
    places = np.argwhere(CORRUPTIONS["translate"](images, 3, rng()) == 255)[:, 1:]
    assert {tuple(place) for place in places.tolist()} == {(11, 11), (11, 17), (17, 11), (17, 17)}


def test_rotate_turns_by_the_published_angle() -> None:
    """At severity 5 a pixel at the right of the middle comes to lie one radian up or down, as far from the middle."""
    images = np.zeros((20, 29, 29), np.uint8)
    images[:, 13:16, 23:26] = 255
    for image in CORRUPTIONS["rotate"](images, 5, rng()):
        y, x = (np.argwhere(image > 128) - 14).mean(0)
        assert abs(np.arctan2(y, x)) == pytest.approx(1.0, abs=0.05)
        assert np.hypot(x, y) == pytest.approx(10, abs=0.5)


def test_scale_shrinks_to_the_published_factor() -> None:
    """At severity 5 a square of 16 pixels is one of 8, about the same middle."""
    images = np.zeros((1, 28, 28), np.uint8)
    images[:, 6:22, 6:22] = 255
    rows, columns = np.nonzero(CORRUPTIONS["scale"](images, 5, rng())[0] > 128)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (10, 17, 10, 17)


def test_impulse_noise_hits_the_published_share() -> None:
    """At severity 4, 17 % of grey pixels are hit, half of them white and half black."""
    images = np.full((100, 28, 28), 128, np.uint8)
    noisy = CORRUPTIONS["impulse_noise"](images, 4, rng())
    assert (noisy == 0).mean() == pytest.approx(0.085, abs=0.003)
    assert (noisy == 255).mean() == pytest.approx(0.085, abs=0.003)


def test_shot_noise_has_the_spread_of_counted_photons() -> None:
    """At severity 2, 25 photons for white: grey 102 is 10 of them, whose standard deviation is sqrt(10)."""
    images = np.full((100, 28, 28), 102, np.uint8)
    photons = CORRUPTIONS["shot_noise"](images, 2, rng()) / 255 * 25
    assert photons.mean() == pytest.approx(10, abs=0.05)
    assert photons.std() == pytest.approx(np.sqrt(10), abs=0.1)


def test_spatter_covers_the_share_it_promises() -> None:
    """At severity 5, mud lies over a quarter of a white image."""
    muddy = CORRUPTIONS["spatter"](np.full((200, 28, 28), 255, np.uint8), 5, rng())
    assert (muddy < 159).mean() == pytest.approx(0.25, abs=0.02)
    assert muddy.min() == 63


@pytest.mark.parametrize("severity", [-0.1, 5.1, float("nan")])
def test_a_severity_outside_0_to_5_is_an_error(severity: float) -> None:
    """One line with the range and the number."""
    with pytest.raises(UsageError, match="severity must lie between 0 and 5, not"):
        CORRUPTIONS["fog"](np.zeros((1, 28, 28), np.uint8), severity, rng())


@pytest.mark.parametrize("images", [np.zeros((28, 28), np.uint8), np.zeros((1, 28, 28), np.float32)])
def test_other_images_are_an_error(images: np.ndarray) -> None:
    """A lone image, or floats, would give nonsense silently."""
    with pytest.raises(ValueError, match="wanted uint8"):
        CORRUPTIONS["fog"](images, 1, rng())


def test_an_unknown_name_lists_the_known_ones() -> None:
    """As every registry."""
    with pytest.raises(UsageError, match="unknown corruption 'snow'; known: brightness, canny_edges"):
        find_corruption("snow")
    assert find_corruption("fog") is CORRUPTIONS["fog"]
