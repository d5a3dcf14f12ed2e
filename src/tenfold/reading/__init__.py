"""A picture -> digits, by an ONNX file alone: no training library is ever imported here."""

from tenfold.reading.annotate import annotate
from tenfold.reading.line_recogniser import LineRecogniser, load_line_recogniser, shipped_line_weights
from tenfold.reading.many import read_many
from tenfold.reading.reader import CORES, LAYOUTS, read
from tenfold.reading.reading import Digit, Preview, Reading, Refused, TextLine
from tenfold.reading.recogniser import Recogniser, load_recogniser, shipped_weights
from tenfold.reading.review import put_aside, write_review

__all__ = [
    "CORES",
    "LAYOUTS",
    "Digit",
    "LineRecogniser",
    "Preview",
    "Reading",
    "Recogniser",
    "Refused",
    "TextLine",
    "annotate",
    "load_line_recogniser",
    "load_recogniser",
    "put_aside",
    "read",
    "read_many",
    "shipped_line_weights",
    "shipped_weights",
    "write_review",
]
