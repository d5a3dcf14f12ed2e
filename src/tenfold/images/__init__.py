"""Images -> images, by pure functions on arrays: decode, normalise to MNIST's form, augment."""

from tenfold.images.decode import ENDINGS, MAX_PIXELS, Picture, decode
from tenfold.images.normalise import Normalisation, Normalised, normalise

__all__ = ["ENDINGS", "MAX_PIXELS", "Normalisation", "Normalised", "Picture", "decode", "normalise"]
