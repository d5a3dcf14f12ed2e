"""Predictions + labels -> numbers, figures and the report."""

from tenfold.evaluation.metrics import (
    Evaluation,
    Reliability,
    calibration_error,
    confusion_matrix,
    evaluate,
    log_softmax,
    reliability,
    softmax,
    worst_misses,
)
from tenfold.evaluation.plots import confusion_plot, counts_plot, history_plot, new_figure, save_plot, sheet_plot
from tenfold.evaluation.report import Section, misses_plot, write_page, write_report

__all__ = [
    "Evaluation",
    "Reliability",
    "Section",
    "calibration_error",
    "confusion_matrix",
    "confusion_plot",
    "counts_plot",
    "evaluate",
    "history_plot",
    "log_softmax",
    "misses_plot",
    "new_figure",
    "reliability",
    "save_plot",
    "sheet_plot",
    "softmax",
    "worst_misses",
    "write_page",
    "write_report",
]
