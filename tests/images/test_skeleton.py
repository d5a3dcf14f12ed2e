"""Thinning leaves one line, in the middle and whole."""

import cv2
import numpy as np
import pytest

from tenfold.images.skeleton import SIDE, enlarged, field_of, shapes_of, skeletons


def test_a_thick_ring_becomes_a_thin_one(mnist):
    """A ring of 5 px is thinned to a closed line of 1 to 2 px at its middle radius."""
    image = np.zeros((28, 28), np.uint8)
    cv2.circle(image, (13, 13), 8, 255, 5)
    (thin,) = skeletons(image[None])
    y, x = np.nonzero(thin)
    radii = np.hypot(x - thin.shape[1] * 13.5 / 28, y - thin.shape[0] * 13.5 / 28)
    assert np.abs(radii - 16).max() < 3
    assert cv2.connectedComponents(1 - thin, connectivity=4)[0] - 1 == 2  # inside and outside stay apart
    assert thin.sum() < 0.3 * enlarged(image).sum()


def test_strokes_stay_connected(mnist):
    """Thinning never breaks a digit apart nor loses one, over 60 of MNIST's."""
    for image in mnist.train.images[:60]:
        thin, whole = skeletons(image[None])[0], enlarged(image)
        assert cv2.connectedComponents(thin, connectivity=8)[0] == cv2.connectedComponents(whole, connectivity=8)[0]


def test_a_field_is_the_distance_to_the_line():
    """Zero on the line, growing by one a pixel; below zero inside a solid."""
    line = np.zeros((SIDE, SIDE), np.uint8)
    line[:, 20] = 1
    assert field_of(line)[30, 20] == 0
    assert field_of(line)[30, 27] == pytest.approx(7, abs=0.2)
    line[:, 15:26] = 1
    assert field_of(line, solid=True)[30, 20] == pytest.approx(-5.5, abs=0.3)


def test_no_image_is_no_skeleton():
    """An empty batch comes back empty."""
    assert skeletons(np.zeros((0, 28, 28), np.uint8)).shape == (0, SIDE, SIDE)


@pytest.mark.parametrize(("own_pen", "made"), [(True, lambda images: [enlarged(one) for one in images]), (False, skeletons)])
def test_picked_shapes_are_those_of_the_digit_asked_for(mnist, own_pen, made):
    """Whole or thinned, each is one of that digit's images, and not always the same."""
    train = mnist.train.take(range(120))
    shape, rng = shapes_of(train.images, train.labels), np.random.default_rng(0)
    for digit in (1, 8):
        known = {one.tobytes() for one in made(train.images[train.labels == digit])}
        picked = {shape(digit, own_pen, rng).tobytes() for _ in range(30)}
        assert picked <= known
        assert len(picked) > 1
