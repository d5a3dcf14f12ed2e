"""Images -> images, by pure functions: decode, normalise to MNIST's form, find lines, augment, corrupt, compose."""

from tenfold.images.augment import augment
from tenfold.images.corrupt import CORRUPTIONS, Corruption, find_corruption
from tenfold.images.decode import ENDINGS, MAX_PIXELS, Picture, decode
from tenfold.images.normalise import Normalisation, Normalised, normalise
from tenfold.images.shift import random_shift, shift_by

__all__ = [
    "CORRUPTIONS",
    "ENDINGS",
    "MAX_PIXELS",
    "Corruption",
    "Normalisation",
    "Normalised",
    "Picture",
    "augment",
    "decode",
    "find_corruption",
    "normalise",
    "random_shift",
    "shift_by",
]
