"""Predictions + labels -> numbers, figures and the report."""

from tenfold.evaluation.comparison import Comparison, Group, Pair, Run, compare, comparison_plot, mcnemar, measure_run
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
from tenfold.evaluation.plots import (
    confusion_plot,
    counts_plot,
    history_plot,
    lr_plot,
    new_figure,
    samples_plot,
    save_plot,
    sheet_plot,
)
from tenfold.evaluation.predictions import predictions_csv
from tenfold.evaluation.report import Section, misses_plot, write_page, write_report
from tenfold.evaluation.robustness import Robustness, corruptions_plot, measure_robustness, robustness_plot
from tenfold.evaluation.speedrun import Speedrun, run_recipe

__all__ = [
    "FINDINGS_HEAD",
    "Comparison",
    "Evaluation",
    "Experiment",
    "Finding",
    "Group",
    "Pair",
    "Reliability",
    "Robustness",
    "Run",
    "Section",
    "Speedrun",
    "aligned",
    "bars_plot",
    "calibration_error",
    "colour_map_plot",
    "compare",
    "comparison_plot",
    "confusion_matrix",
    "confusion_plot",
    "corruptions_plot",
    "counts_plot",
    "curves_plot",
    "evaluate",
    "finding_row",
    "history_plot",
    "log_softmax",
    "lr_plot",
    "mcnemar",
    "measure_robustness",
    "measure_run",
    "misses_plot",
    "new_figure",
    "pixels_plot",
    "predictions_csv",
    "reliability",
    "robustness_plot",
    "run_recipe",
    "samples_plot",
    "save_plot",
    "sheet_plot",
    "softmax",
    "worst_misses",
    "write_page",
    "write_report",
]
