"""Logits and labels -> numbers. Every example counts once, whatever the batches were."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Evaluation:
    """How good the predictions on one split are.

    n:          how many examples
    accuracy:   share predicted right, 0 to 1
    misses:     how many were predicted wrong
    loss:       mean cross-entropy in nats
    ece:        expected calibration error, 0 to 1, 15 equal bins of confidence
    precision:  (C,) of those predicted as a class, the share that is it; NaN where none was
    recall:     (C,) of those that are a class, the share found; NaN where there are none
    confusion:  (C, C) counts, row the label, column the prediction
    """

    n: int
    accuracy: float
    misses: int
    loss: float
    ece: float
    precision: Floats
    recall: Floats
    confusion: Ints
    classes: tuple[str, ...]

    @property
    def error_rate(self) -> float:
        """Share predicted wrong, 0 to 1."""
        return self.misses / self.n

    def to_dict(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "n": self.n, "accuracy": self.accuracy, "error_rate": self.error_rate, "misses": self.misses,
            "loss": self.loss, "ece": self.ece, "classes": list(self.classes),
            "precision": [None if np.isnan(value) else float(value) for value in self.precision],
            "recall": [None if np.isnan(value) else float(value) for value in self.recall],
            "confusion": self.confusion.tolist(),
        }  # fmt: skip

    def __str__(self) -> str:
        head = (
            f"n {self.n:,}   accuracy {self.accuracy:.2%}   error rate {self.error_rate:.2%}   misses {self.misses:,}   "
            f"loss {self.loss:.4f}   ECE {self.ece:.2%}"
        )
        counts = self.confusion.sum(1)
        width = max(5, *map(len, self.classes))
        rows = [
            f"{name:>{width}}  {count:>7,}  {precision:>9.2%}  {recall:>7.2%}"
            for name, count, precision, recall in zip(self.classes, counts, self.precision, self.recall, strict=True)
        ]
        return "\n".join([head, f"{'class':>{width}}  {'images':>7}  {'precision':>9}  {'recall':>7}", *rows])


def evaluate(logits: NDArray[np.floating[Any]], labels: Ints, classes: tuple[str, ...]) -> Evaluation:
    """The metrics of `logits` (N, C) against `labels` (N,). Raises ValueError where the shapes do not fit."""
    if logits.shape != (len(labels), len(classes)) or len(labels) == 0:
        raise ValueError(f"logits {logits.shape} do not fit {len(labels)} labels of {len(classes)} classes")
    predicted = logits.argmax(1)
    right = predicted == labels
    confusion = confusion_matrix(predicted, labels, len(classes))
    chosen, actual, hits = confusion.sum(0), confusion.sum(1), np.diag(confusion)
    with np.errstate(invalid="ignore"):
        precision, recall = hits / chosen, hits / actual
    return Evaluation(
        n=len(labels),
        accuracy=float(right.mean()),
        misses=int((~right).sum()),
        loss=cross_entropy(logits, labels),
        ece=calibration_error(softmax(logits).max(1), right),
        precision=precision,
        recall=recall,
        confusion=confusion,
        classes=classes,
    )


def log_softmax(logits: NDArray[np.floating[Any]]) -> Floats:
    """log softmax over the last axis, without overflow for logits of any size."""
    shifted: Floats = logits.astype(np.float64) - logits.max(-1, keepdims=True)
    total: Floats = np.exp(shifted).sum(-1, keepdims=True)
    return shifted - np.log(total)


def softmax(logits: NDArray[np.floating[Any]]) -> Floats:
    """Probabilities (N, C) of logits (N, C); each row sums to 1."""
    return np.exp(log_softmax(logits))


def cross_entropy(logits: NDArray[np.floating[Any]], labels: Ints) -> float:
    """Mean negative log-likelihood in nats."""
    return float(-log_softmax(logits)[np.arange(len(labels)), labels].mean())


def confusion_matrix(predicted: Ints, labels: Ints, classes: int) -> Ints:
    """(C, C) counts: row the label, column the prediction."""
    return np.bincount(labels.astype(np.int64) * classes + predicted, minlength=classes * classes).reshape(classes, classes)


@dataclass(frozen=True)
class Reliability:
    """A reliability diagram's bins: (B,) mean confidence, share right and count of each; NaN where a bin is empty."""

    confidence: Floats
    accuracy: Floats
    count: Ints


def reliability(confidence: Floats, right: NDArray[np.bool_], bins: int = 15) -> Reliability:
    """Confidences (N,) in equal bins of 0 to 1, against how often they were right."""
    place = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)
    count = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):
        mean = np.bincount(place, confidence, bins) / count
        share = np.bincount(place, right, bins) / count
    return Reliability(mean, share, count)


def calibration_error(confidence: Floats, right: NDArray[np.bool_], bins: int = 15) -> float:
    """Expected calibration error: mean |confidence - share right| over the bins, by count (arXiv 1706.04599, eq. 3)."""
    found = reliability(confidence, right, bins)
    gaps = np.where(found.count > 0, np.abs(found.confidence - found.accuracy), 0.0)
    return float((gaps * found.count).sum() / found.count.sum())


def worst_misses(logits: NDArray[np.floating[Any]], labels: Ints, n: int = 24) -> Ints:
    """Places of the misses with the highest confidence in the wrong answer, worst first, at most `n`."""
    confidence = softmax(logits).max(1)
    wrong = np.flatnonzero(logits.argmax(1) != labels)
    return wrong[np.argsort(-confidence[wrong], kind="stable")][:n]
