"""Images -> images, by pure functions on arrays: decode, normalise to MNIST's form, augment, corrupt."""

from tenfold.images.augment import augment
from tenfold.images.corrupt import CORRUPTIONS, Corruption, find_corruption
from tenfold.images.decode import ENDINGS, MAX_PIXELS, Picture, decode
from tenfold.images.normalise import Normalisation, Normalised, normalise
from tenfold.images.segment import Piece, segment
from tenfold.images.shift import random_shift, shift_by

__all__ = [
    "CORRUPTIONS",
    "ENDINGS",
    "MAX_PIXELS",
    "Corruption",
    "Normalisation",
    "Normalised",
    "Picture",
    "Piece",
    "augment",
    "decode",
    "find_corruption",
    "normalise",
    "random_shift",
    "segment",
    "shift_by",
]
