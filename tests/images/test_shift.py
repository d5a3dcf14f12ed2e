"""Images moved about in a larger field."""

import numpy as np
import pytest

from tenfold.errors import UsageError
from tenfold.images import random_shift, shift_by


def corners(fields: np.ndarray) -> np.ndarray:
    """(N, 2) row and column of the first pixel with ink."""
    return np.array([(field.any(1).argmax(), field.any(0).argmax()) for field in fields])


def test_every_image_is_whole_and_alone_in_its_field(few):
    """What is cut out at the place is the image to the bit, and all else is empty."""
    solid = np.maximum(few.images, 1)  # ink in every pixel, so that the corner shows the place
    fields = random_shift(solid, rng=np.random.default_rng(0))
    assert fields.shape == (500, 48, 48)
    assert fields.dtype == np.uint8
    for field, image, (row, column) in zip(fields, solid, corners(fields), strict=True):
        assert (field[row : row + 28, column : column + 28] == image).all()
        assert field.sum(dtype=int) == image.sum(dtype=int)


def test_places_are_all_alike():
    """Of 21 rows and 21 columns each is drawn about as often: 6,300 draws, 300 expected, within five sd."""
    solid = np.ones((6_300, 28, 28), np.uint8)
    for axis in (0, 1):
        counts = np.bincount(corners(random_shift(solid, rng=np.random.default_rng(1)))[:, axis])
        assert len(counts) == 21
        assert counts.min() > 215, counts.min()
        assert counts.max() < 385, counts.max()


def test_the_same_generator_gives_the_same_places(few):
    """Randomness is the argument alone: equal seeds equal to the bit, others not."""
    first, again, other = (random_shift(few.images, rng=np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert (first == again).all()
    assert (first != other).any()


def test_no_shift_is_the_centre(few):
    """Distance 0 puts every image into the middle: ten pixels of the field on each side."""
    assert (shift_by(few.images, 0, rng=np.random.default_rng(0))[:, 10:38, 10:38] == few.images).all()


@pytest.mark.parametrize("distance", [1, 4, 10])
def test_a_shift_is_as_long_as_it_is_called(distance):
    """The corner lies `distance` from the centred corner, to the rounding of a pixel each way, in every direction."""
    solid = np.ones((400, 28, 28), np.uint8)
    moves = corners(shift_by(solid, distance, rng=np.random.default_rng(0))) - 10
    lengths = np.hypot(*moves.T)
    assert np.abs(lengths - distance).max() <= 0.5**0.5, lengths
    assert (moves.min(0) < 0).all()
    assert (moves.max(0) > 0).all()


def test_a_field_of_the_images_size_moves_nothing(few):
    """No room, no shift."""
    assert (random_shift(few.images, (28, 28), rng=np.random.default_rng(0)) == few.images).all()


def test_too_small_a_field_and_too_long_a_shift_are_one_line():
    """The message holds the sizes and the room."""
    images, rng = np.zeros((1, 28, 28), np.uint8), np.random.default_rng(0)
    with pytest.raises(UsageError, match="images of 28x28 do not fit a field of 20x48"):
        random_shift(images, (20, 48), rng=rng)
    with pytest.raises(UsageError, match="shift of 11 pixels: the field has room for 0 to 10"):
        shift_by(images, 11, rng=rng)
