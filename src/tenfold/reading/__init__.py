"""A picture -> digits, by an ONNX file alone: no training library is ever imported here."""

from tenfold.reading.reader import LAYOUTS, read, read_many
from tenfold.reading.reading import Digit, Reading
from tenfold.reading.recogniser import Recogniser, load_recogniser, shipped_weights

__all__ = [
    "LAYOUTS",
    "Digit",
    "Reading",
    "Recogniser",
    "load_recogniser",
    "read",
    "read_many",
    "shipped_weights",
]
