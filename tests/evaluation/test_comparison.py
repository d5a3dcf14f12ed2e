"""The laws of the comparison: the same images, seeds grouped, and a test whose p-values are exact."""

import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from tenfold.data import Mnist
from tenfold.errors import UsageError
from tenfold.evaluation import Run, compare, comparison_plot, evaluate, mcnemar, measure_run
from tenfold.evaluation.comparison import holm
from tenfold.evaluation.plots import png_bytes
from tenfold.models import Checkpoint, build, predict


def make_run(name: str, right: list[int], *, seed: int = 0, widths: tuple[int, ...] = (32,), **settings: Any) -> Run:
    """A run of an mlp with a record as `tenfold train` keeps it."""
    record = {
        "architecture": {"network": "mlp", "classes": ["0", "1"], "size": [28, 28], "arguments": {"widths": list(widths)}},
        "preparation": {"mean": 33.3, "std": 78.6, "normalisation": None},
        "data": {"source": "mnist", "sha256": f"split drawn by {seed}", "validation": 0.1},
        "settings": {"lr": 0.01, "optimiser": "adam", "device": "cpu", **settings, "seed": seed},
        "history": {"val_loss": [0.5, 0.4], "val_accuracy": [0.8, 0.9], "seconds": [1.0, 2.0 + seed]},
        "stopped": "",
    }
    return Run(name, record, 1000, np.array(right, bool), 0.25)


TABLES = [
    (0, 0, 1.0, "they never differ"),
    (1, 0, 1.0, "one image says nothing: 2 * 1/2"),
    (5, 0, 2 / 32, "five of five: 2 * 1/32"),
    (6, 0, 2 / 64, "six of six is the fewest below 0.05"),
    (5, 1, 2 * (1 + 6) / 64, "tail of 0 and 1 of six"),
    (3, 3, 1.0, "as even as can be; twice the tail is more than 1"),
    (10, 2, 2 * (1 + 12 + 66) / 4096, "tail of 0, 1 and 2 of twelve"),
]


@pytest.mark.parametrize(("first", "second", "p", "reason"), TABLES)
def test_mcnemar_against_tables_worked_by_hand(first: int, second: int, p: float, reason: str) -> None:
    """The binomial tail, doubled; which of the two is first makes no difference."""
    assert mcnemar(first, second) == p, reason
    assert mcnemar(second, first) == p, reason


@given(first=st.integers(0, 300), second=st.integers(0, 300))
def test_mcnemar_against_scipy(first: int, second: int) -> None:
    """The same as scipy's exact binomial test of a fair coin."""
    n = first + second
    wanted = binomtest(first, n).pvalue if n else 1.0
    assert mcnemar(first, second) == pytest.approx(wanted, rel=1e-9)


def test_mcnemar_is_exact_where_floats_give_out() -> None:
    """Ten thousand differing images: no overflow, and the value of the exact fraction."""
    assert mcnemar(5000, 5000) == 1.0
    assert mcnemar(1000, 0) == float(Fraction(2, 2**1000))
    assert 0 < mcnemar(5300, 4700) < 1e-8


def test_holm_against_a_table_worked_by_hand() -> None:
    """Smallest times three, next times two, last as it is; never falling, never above 1; in the order given."""
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_seeds_are_grouped_with_mean_and_sd() -> None:
    """Runs that differ by seed (and the split it draws) are one row; sd has n - 1 below; seconds are means too."""
    runs = [
        make_run("a", [1, 1, 1, 0], seed=0),
        make_run("b", [1, 1, 0, 0], seed=1),
        make_run("c", [0, 0, 0, 1], widths=(8, 8)),
    ]
    found = compare(runs)
    assert [group.label for group in found.groups] == ["mlp:32", "mlp:8,8"]
    assert [run.name for run in found.groups[0].runs] == ["a", "b"]
    assert found.groups[0].accuracy == 0.625
    assert found.groups[0].sd == pytest.approx(math.sqrt(2) / 8)
    assert found.groups[0].seconds == 3.5
    assert math.isnan(found.groups[1].sd)


DIFFERENT = [
    ({"lr": 0.1}, "mlp:32 lr=0.1", "a setting"),
    ({"optimiser": "sgd"}, "mlp:32 optimiser=sgd", "a name"),
    ({"widths": (64,)}, "mlp:64", "the architecture says it itself"),
    ({"augment": "augment"}, "mlp:32 augment=augment", "a setting that the other does not have"),
]


@pytest.mark.parametrize(("change", "label", "reason"), DIFFERENT)
def test_what_differs_parts_groups_and_names_them(change: dict[str, Any], label: str, reason: str) -> None:
    """The label holds the network and what sets it apart, nothing that all share."""
    found = compare([make_run("a", [1, 0]), make_run("b", [0, 0], **change)])
    assert found.groups[1].label == label, reason


def test_a_machine_or_a_split_of_its_own_parts_nothing() -> None:
    """The device, and the mean of a split drawn by another seed, leave runs in one group."""
    first, second = make_run("a", [1, 0], device="cpu"), make_run("b", [1, 0], seed=1, device="cuda")
    second.record["preparation"]["mean"] = 33.4
    assert len(compare([first, second]).groups) == 1
    second.record["preparation"].update(mean=0.0, std=255.0)
    assert len(compare([first, second]).groups) == 2


def test_pairs_are_counted_on_the_same_images() -> None:
    """Only images that one of two gets right count; pairs within a group are left out where there are several groups."""
    runs = [
        make_run("a", [1, 1, 1, 1, 1, 1, 0, 0], seed=0),
        make_run("b", [1, 1, 1, 1, 1, 0, 0, 0], seed=1),
        make_run("c", [0, 0, 0, 0, 0, 0, 1, 0], lr=0.1),
    ]
    found = compare(runs)
    assert [(pair.first, pair.second, pair.only_first, pair.only_second) for pair in found.pairs] == [
        ("a", "c", 6, 1),
        ("b", "c", 5, 1),
    ]
    assert found.pairs[0].p == mcnemar(6, 1)
    assert found.pairs[0].holm == 2 * mcnemar(6, 1)
    assert len(compare(runs[:2]).pairs) == 1


@given(
    right=st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=40),
    order=st.permutations([0, 1, 2]),
)
def test_the_order_of_the_runs_changes_no_number(right: list[tuple[bool, bool, bool]], order: list[int]) -> None:
    """Groups and p-values are the same for runs named in any order, and p-values lie in 0 to 1."""
    runs = [make_run(str(i), [int(row[i]) for row in right], lr=0.1 * (i + 1)) for i in range(3)]
    first, second = compare(runs), compare([runs[i] for i in order])
    assert {group.label: group.accuracy for group in first.groups} == {g.label: g.accuracy for g in second.groups}
    assert sorted(pair.p for pair in first.pairs) == sorted(pair.p for pair in second.pairs)
    assert all(0 < pair.p <= pair.holm <= 1 for pair in first.pairs)


def test_a_run_against_itself_is_no_difference() -> None:
    """p is 1 where two runs are right on the same images."""
    assert compare([make_run("a", [1, 0, 1]), make_run("b", [1, 0, 1], seed=1)]).pairs[0].p == 1.0


def test_the_table_as_text_and_as_json() -> None:
    """Text for people with mean ± sd; JSON without NaN."""
    runs = [make_run("a", [1, 1, 1, 0]), make_run("b", [1, 1, 0, 0], seed=1), make_run("c", [1, 0, 0, 0], lr=0.1)]
    found = compare(runs)
    lines = str(found).splitlines()
    assert lines[0] == "4 test images"
    assert lines[2].split() == ["mlp:32", "lr=0.01", "2", "1,000", "62.50%", "±", "17.68%", "0.2500", "3.5"]
    assert lines[3].split() == ["mlp:32", "lr=0.1", "1", "1,000", "25.00%", "0.2500", "3.0"]
    assert lines[-2].split() == ["a", "against", "c", "2", "0", "0.5", "1"]
    record = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert record["groups"][0]["sd"] == pytest.approx(math.sqrt(2) / 8)
    assert record["groups"][1]["sd"] is None
    assert record["pairs"][0] == {"first": "a", "second": "c", "only_first": 2, "only_second": 0, "p": 0.5, "holm": 1.0}


def test_the_plot_has_a_thick_mean_and_a_thin_line_a_run() -> None:
    """Two runs of one group are two thin lines and their mean; a lone run is one line; runs may be of unequal length."""
    runs = [make_run("a", [1, 1]), make_run("b", [1, 0], seed=1), make_run("c", [0, 0], lr=0.1)]
    runs[1].record["history"].update(val_loss=[0.7, 0.6, 0.5], val_accuracy=[0.6, 0.7, 0.8])
    figure = comparison_plot(compare(runs))
    assert [axes.get_ylabel() for axes in figure.axes] == ["validation loss", "validation accuracy"]
    drawn = [list(map(float, line.get_ydata())) for line in figure.axes[0].lines]
    assert drawn == [[0.5, 0.4], [0.7, 0.6, 0.5], pytest.approx([0.6, 0.5]), [0.5, 0.4]]
    assert png_bytes(figure).startswith(b"\x89PNG")


def test_without_a_validation_split_the_plot_shows_training() -> None:
    """One run without it, and all are drawn by what all have."""
    runs = [make_run("a", [1, 1]), make_run("b", [1, 0], lr=0.1)]
    for run in runs:
        run.record["history"].update(loss=[0.3, 0.2], accuracy=[0.9, 0.95])
    del runs[1].record["history"]["val_loss"]
    assert comparison_plot(compare(runs)).axes[0].get_ylabel() == "training loss"


def test_a_checkpoint_is_measured_once_an_image(mnist: Mnist) -> None:
    """Right or wrong for each image, and the loss, as its logits say; the record is the checkpoint's own."""
    data = mnist.test.take(np.arange(50))
    model = build("softmax")
    run = measure_run("fresh", Checkpoint(model, {"stopped": ""}, Path("nowhere")), data)
    logits = predict(model, data.images)
    found = evaluate(logits, data.labels, data.classes)
    assert run.right.tolist() == (logits.argmax(1) == data.labels).tolist()
    assert (run.accuracy, run.loss, run.parameters) == (found.accuracy, found.loss, 7850)
    assert run.record == {"stopped": ""}


def test_too_few_runs_and_other_images_are_one_clear_line() -> None:
    """Two runs at least, the same number of images, at least one."""
    with pytest.raises(UsageError, match="at least two runs"):
        compare([make_run("a", [1])])
    with pytest.raises(UsageError, match="on the same test images, not on 1 and 2"):
        compare([make_run("a", [1]), make_run("b", [1, 0])])
    with pytest.raises(UsageError, match="not on 0"):
        compare([make_run("a", []), make_run("b", [])])
