"""Which network answers, and that asking the small one first costs no accuracy."""

import numpy as np
import pytest
from numpy.typing import NDArray

import tenfold
from tenfold.images import normalise
from tenfold.reading import load_line_recogniser, load_recogniser, shipped_weights
from tenfold.reading.cascade import DOUBTFUL, recognise
from tenfold.reading.recogniser import load_quick_recogniser
from tenfold.reading.second_opinion import ask_about_digit


@pytest.fixture(scope="module")
def images(mnist) -> NDArray[np.uint8]:
    """Test digits as they are, turned upside down, and thinned out by noise: plain ones, hard ones and no digits."""
    digits = mnist.test.images[:400]
    noise = np.random.default_rng(0).integers(0, 2, (100, 28, 28)).astype(np.uint8)
    return np.concatenate([digits, digits[:100, ::-1], digits[100:200] * noise])


def test_each_network_answers_what_the_one_before_was_not_sure_of(images):
    """The small one from its threshold on, then the large one, and both together with the one for lines in doubt."""
    quick, large = load_quick_recogniser().probabilities(images), load_recogniser().probabilities(images)
    sure = quick.max(1) >= load_quick_recogniser().threshold
    doubtful = ~sure & (large.max(1) < DOUBTFUL)
    assert min(sure.sum(), doubtful.sum(), (~sure & ~doubtful).sum()) > 10
    wanted = np.where(sure[:, None], quick, large)
    lines = load_line_recogniser()
    wanted[doubtful] = [ask_about_digit(images[place], list(large[place]), lines) for place in np.flatnonzero(doubtful)]
    np.testing.assert_allclose(recognise(images), wanted, atol=1e-5)


def test_an_image_does_not_depend_on_its_neighbours(images):
    """Alone it gets the row that it gets in a batch, and each row is a distribution."""
    together = recognise(images)
    np.testing.assert_allclose(np.sum(together, axis=1), 1)
    np.testing.assert_allclose(np.concatenate([recognise(image[None]) for image in images]), together, atol=1e-5)


def test_the_small_network_is_sure_of_most_and_right_about_them(mnist):
    """Of test digits it answers three quarters or more, and not one oftener wrong than the large one would be."""
    images = np.stack([normalise(image).image for image in mnist.test.images[:2000]])
    labels = mnist.test.labels[:2000]
    quick, large = load_quick_recogniser().probabilities(images), load_recogniser().probabilities(images)
    sure = quick.max(1) >= load_quick_recogniser().threshold
    assert sure.mean() > 0.75
    assert (quick.argmax(1) != labels)[sure].sum() <= (large.argmax(1) != labels)[sure].sum()


def test_a_model_of_ones_own_answers_alone(mnist):
    """Even where it is a copy of the shipped large one: nobody is asked before it, nor after it."""
    digit = tenfold.read(mnist.test.images[0], model=shipped_weights()).digits[0]
    alone = load_recogniser(shipped_weights()).probabilities(digit.image[None])[0]
    assert digit.confidence == pytest.approx(alone.max(), abs=1e-9)
    assert digit.confidence != pytest.approx(load_quick_recogniser().probabilities(digit.image[None]).max(), abs=1e-9)
