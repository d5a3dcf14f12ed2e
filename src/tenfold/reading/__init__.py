"""A picture -> digits, by an ONNX file alone: no training library is ever imported here."""

from tenfold.reading.reader import LAYOUTS, read, read_many
from tenfold.reading.reading import Digit, Preview, Reading
from tenfold.reading.recogniser import Recogniser, load_recogniser, shipped_weights
from tenfold.reading.review import put_aside, write_review

__all__ = [
    "LAYOUTS",
    "Digit",
    "Preview",
    "Reading",
    "Recogniser",
    "load_recogniser",
    "put_aside",
    "read",
    "read_many",
    "shipped_weights",
    "write_review",
]
