"""Predictions as a table for other programs: CSV with a probability for every class."""

import csv
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.data import Dataset
from tenfold.evaluation.metrics import softmax


def predictions_csv(data: Dataset, logits: NDArray[np.floating[Any]]) -> str:
    """CSV of `logits` (N, C) for `data`, a row an image in the order of the data, with a header.

    Columns: image (its place, from 0), label, prediction, confidence (the prediction's probability), then p_CLASS for
    every class. Labels and predictions are class names; probabilities have six decimals and sum to 1 but for rounding.
    Raises ValueError where the logits do not fit the data.
    """
    if logits.shape != (len(data), len(data.classes)):
        raise ValueError(f"logits {logits.shape} do not fit {len(data)} images of {len(data.classes)} classes")
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["image", "label", "prediction", "confidence", *(f"p_{name}" for name in data.classes)])
    probabilities = softmax(logits)
    predicted = logits.argmax(1)
    for place, (label, prediction, row) in enumerate(zip(data.labels, predicted, probabilities, strict=True)):
        shares = [f"{share:.6f}" for share in row]
        table.writerow([place, data.classes[label], data.classes[prediction], shares[prediction], *shares])
    return text.getvalue()
