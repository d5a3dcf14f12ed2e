"""Honest confidences after label smoothing, which keeps them low on purpose: temperature scaling.

As in Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks" (2017, arXiv 1706.04599, section 4.2).
"""

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from tenfold.data import Dataset
from tenfold.models import Classifier, predict

__all__ = ["calibrate", "fit_temperature"]

BOUND = 50.0  # the temperature lies between this and its reciprocal
HALVINGS = 40


def calibrate(model: Classifier, validation: Dataset) -> float:
    """Divide the network's logits by the temperature that fits them to the validation split, and return it.

    The last layer's weights are divided, so every answer stays what it was and nothing has to remember the temperature.
    """
    temperature = fit_temperature(predict(model, validation.images), validation.labels)
    last = [layer for layer in model.layers if isinstance(layer, nn.Linear | nn.Conv2d)][-1]
    with torch.no_grad():
        for parameter in last.parameters():
            parameter.div_(temperature)
    return temperature


def fit_temperature(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """The temperature at which logits (N, C) / temperature have the least cross-entropy with labels (N,).

    One label more is reckoned with, spread over all classes: N answers that are all right do not make the next one certain.
    """
    n, classes = logits.shape
    wanted = np.full((n, classes), 1 / (n + 1) / classes)
    wanted[np.arange(n), labels] += n / (n + 1)
    lowest, highest = 1 / BOUND, BOUND  # of what logits are multiplied by, in which the cross-entropy is convex
    for _ in range(HALVINGS):
        factor = math.sqrt(lowest * highest)
        powers = np.exp(factor * (logits - logits.max(1, keepdims=True)).astype(np.float64))
        slope = ((powers / powers.sum(1, keepdims=True) - wanted) * logits).sum()
        lowest, highest = (lowest, factor) if slope > 0 else (factor, highest)
    return 1 / factor
