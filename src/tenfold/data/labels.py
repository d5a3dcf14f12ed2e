"""Labels in the two forms that losses and tutorials use."""

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import DataError


def one_hot(labels: NDArray[np.int64], classes: int) -> NDArray[np.float32]:
    """Labels (N,) -> (N, C) float32: a row a label, 1 in the label's column and 0 elsewhere; Keras' `to_categorical`.

    Raises DataError naming the first label that is not one of 0 to C - 1.
    """
    wrong = np.flatnonzero((labels < 0) | (labels >= classes))
    if len(wrong):
        raise DataError(f"label {labels[wrong[0]]} at place {wrong[0]} is not one of 0 to {classes - 1}")
    rows = np.zeros((len(labels), classes), np.float32)
    rows[np.arange(len(labels)), labels] = 1
    return rows
