"""The page of measured figures is what the log says, and the log is what the benchmarks wrote."""

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
BENCHMARKS = ROOT / "benchmarks"
LOGS = sorted((BENCHMARKS / "log").glob("*.json"))
SCRIPTS = sorted(path for path in BENCHMARKS.rglob("*.py") if "keep(__file__" in path.read_text(encoding="utf-8"))


def table() -> ModuleType:
    """benchmarks/table.py, which is no package."""
    spec = importlib.util.spec_from_file_location("table", BENCHMARKS / "table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date() -> None:
    """docs/performance.md is what `python benchmarks/table.py --write` makes of the log."""
    page = ROOT / "docs" / "performance.md"
    assert page.read_text(encoding="utf-8") == table().page(), "run: python benchmarks/table.py --write"


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.stem)
def test_a_log_says_what_was_measured_where_and_by_which_source(path: Path) -> None:
    """Rows with claim, figure and conditions, the machine with its load, and the source of the benchmark of that name."""
    record = json.loads(path.read_text(encoding="utf-8"))
    assert (ROOT / "benchmarks" / record["benchmark"]).stem == path.stem
    assert record["rows"]
    assert all(row["claim"] and row["tenfold"] and row["conditions"] for row in record["rows"])
    assert len(record["machine"]["load"]) == 3
    assert record["source"][0].startswith('"""Claim')


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_benchmark_opens_with_its_claim_its_conditions_and_how_to_run_it(path: Path) -> None:
    """So that a figure is never without them."""
    text = path.read_text(encoding="utf-8")
    assert text.startswith(('"""Claim: ', '"""Claims: '))
    assert "\nConditions: " in text
    assert f"    python {path.relative_to(ROOT).as_posix()}" in text


def test_make_runs_every_benchmark_that_keeps_a_log() -> None:
    """What needs no rival is named in the Makefile; what does is found by its name, *_beside_*.py."""
    named = set(re.findall(r"benchmarks/([a-z_]+)\.py", (ROOT / "Makefile").read_text(encoding="utf-8")))
    for script in SCRIPTS:
        assert script.stem in named or (script.parent.name == "rivals" and "_beside_" in script.stem), script
