"""One digit by the shipped networks, the quickest first: each is asked about what the one before was not sure of.

quick.onnx, sure of most digits that are plain -> tenfold.onnx -> with lines.onnx where that is in doubt
"""

import numpy as np
from numpy.typing import NDArray

from tenfold.reading.line_recogniser import load_line_recogniser
from tenfold.reading.recogniser import load_quick_recogniser, load_recogniser
from tenfold.reading.second_opinion import ask_about_digit

DOUBTFUL = 0.9  # confidence from which on the network for lines is not asked


def recognise(images: NDArray[np.uint8]) -> list[list[float]]:
    """Normalised images (N, 28, 28) -> N times 11 probabilities: of the ten digits, and of none."""
    quick = load_quick_recogniser()
    rows = quick.rows(images)
    unsure = [place for place, row in enumerate(rows) if max(row) < quick.threshold]
    if unsure:
        for place, row in zip(unsure, load_recogniser().rows(images[unsure]), strict=True):
            doubtful = max(row) < DOUBTFUL
            rows[place] = ask_about_digit(images[place], row, load_line_recogniser()) if doubtful else row
    return rows
