"""Predictions + labels -> numbers, figures and the report."""

from tenfold.evaluation.data_plots import bars_plot, colour_map_plot, curves_plot, pixels_plot
from tenfold.evaluation.experiment import FINDINGS_HEAD, Experiment, Finding, aligned, finding_row
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
    "FINDINGS_HEAD",
    "Evaluation",
    "Experiment",
    "Finding",
    "Reliability",
    "Section",
    "aligned",
    "bars_plot",
    "calibration_error",
    "colour_map_plot",
    "confusion_matrix",
    "confusion_plot",
    "counts_plot",
    "curves_plot",
    "evaluate",
    "finding_row",
    "history_plot",
    "log_softmax",
    "misses_plot",
    "new_figure",
    "pixels_plot",
    "reliability",
    "save_plot",
    "sheet_plot",
    "softmax",
    "worst_misses",
    "write_page",
    "write_report",
]
