"""An experiment as it is told."""

import json
import math

import pytest

from tenfold.errors import UsageError
from tenfold.evaluation import Experiment, Finding, aligned, finding_row, new_figure


def finding(*values: float, printed: float | None = 0.97) -> Finding:
    """A finding with those values."""
    return Finding("784-10", 7_850, "test accuracy", printed, values, 1.25, "chance")


@pytest.mark.parametrize(
    ("values", "printed", "verdict"),
    [
        ((0.98, 0.96), 0.97, "reached"),  # a mean as high as the printed figure
        ((0.97, 0.96), 0.97, "lower, within one sd"),  # mean .965, sd .0071
        ((0.96, 0.961), 0.97, "lower"),
        ((0.5, 0.5, 0.5, 0.97), 0.97, "lower, some seeds reach it"),  # mean .6175, sd .235
        ((0.969,), 0.97, "lower"),  # one seed has no sd that could excuse it
        ((0.5,), None, "not printed"),
    ],
)
def test_the_verdict_is_honest(values, printed, verdict):
    """Lower is said wherever the mean stays below the printed figure, and how far the seeds reach."""
    assert finding(*values, printed=printed).verdict == verdict


def test_mean_and_sd_by_hand():
    """0.90, 0.92, 0.97: mean 0.93, sd with n - 1; one value has none."""
    three = finding(0.90, 0.92, 0.97)
    assert three.mean == pytest.approx(0.93)
    assert three.sd == pytest.approx(math.sqrt(26e-4 / 2))
    assert math.isnan(finding(0.9).sd)


def test_the_span_by_hand():
    """Lowest, median and best of three; one seed spans nothing."""
    assert finding(0.92, 0.90, 0.97).span == "lowest 90.00%, median 92.00%, best 97.00%"
    assert finding(0.9).span == ""


def test_a_finding_is_the_same_after_json():
    """To JSON and back, NaN-free."""
    for one in (finding(0.9), finding(0.9, 0.95, printed=None)):
        assert Finding.from_dict(json.loads(json.dumps(one.to_dict(), allow_nan=False))) == one


def test_a_finding_without_values_is_refused():
    """Nothing measured is no finding."""
    with pytest.raises(UsageError, match="784-10: nothing was measured"):
        finding()


def test_the_row_of_a_finding():
    """Percentages with their spread and n."""
    row = finding_row(finding(0.96, 0.98))
    assert row == ("784-10", "7,850", "test accuracy", "97.00%", "97.00% ± 1.41%", "2", "1.2", "reached")


def test_tables_are_aligned():
    """Numbers to the right, words to the left, a rule under the head."""
    assert aligned([("name", "n"), ("a", 5), ("bc", "1,000")]) == "name      n\n----  -----\na         5\nbc    1,000"
    assert aligned([]) == ""


def tell(arguments: list[str]) -> Experiment:
    """A short experiment from beginning to end."""
    experiment = Experiment("short", "A short one", arguments)
    experiment.text("Data", "Sixty <thousand> images", preformatted="[[1 2]]")
    experiment.table("Counts", [("class", "images"), ("0", 5)])
    figure = new_figure(2, 2)
    figure.add_subplot().plot([1, 2])
    experiment.figure("a_line", figure)
    experiment.found(finding(0.96, 0.961))
    experiment.finish("Little.")
    return experiment


def test_a_story_leaves_figures_a_page_and_findings(tmp_path, capsys):
    """Everything told is on the terminal and in one self-contained page; figures are PNG; findings are JSON."""
    tell(["--out", str(tmp_path)])
    told = capsys.readouterr().out
    page = (tmp_path / "report.html").read_text()
    for word in ("A short one", "Counts", "[[1 2]]", "96.05%", "lower", "chance", "Little."):
        assert word in told, word
        assert word in page, word
    assert "Sixty &lt;thousand&gt; images" in page
    assert "data:image/png;base64," in page
    assert (tmp_path / "a_line.png").read_bytes().startswith(b"\x89PNG")
    result = json.loads((tmp_path / "results.json").read_text())
    assert result["experiment"] == "short"
    assert result["findings"][0]["mean"] == pytest.approx(0.9605)


def test_json_leaves_standard_output_to_the_findings(tmp_path, capsys):
    """With --json the story goes to standard error and standard output is one JSON document."""
    tell(["--out", str(tmp_path), "--json", "--quick"])
    told = capsys.readouterr()
    assert json.loads(told.out)["quick"] is True
    assert "Sixty <thousand> images" in told.err


def test_an_unknown_option_ends_with_2(capsys):
    """A mistyped option is not ignored."""
    with pytest.raises(SystemExit) as ended:
        Experiment("short", "A short one", ["--quik"])
    assert ended.value.code == 2
    assert "--quik" in capsys.readouterr().err
