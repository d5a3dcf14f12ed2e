"""`tenfold experiment`: finds its files, runs them as programs of their own, and tables what they found."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tenfold.cli import experiment as experiment_command
from tenfold.cli import main

ROOT = Path(__file__).parents[2]
cli = sys.modules[experiment_command.__module__]


def test_an_unknown_experiment_lists_the_known_ones(capsys):
    """Exit code 2 and one line."""
    assert main(["experiment", "nosuch"]) == 2
    told = capsys.readouterr().err
    assert told == (
        "tenfold: unknown experiment 'nosuch'; known: all, deep_mlp, mlp_vs_cnn, quickstart_logits, tiny_mlp, wide_mlp\n"
    )


@pytest.mark.parametrize("name", cli.NAMES)
def test_every_name_has_its_file_in_a_checkout(name):
    """Each name is a file in experiments/."""
    assert cli.find_file(name) == ROOT / "experiments" / f"{name}.py"


def test_an_installed_package_finds_its_own_files(tmp_path, monkeypatch):
    """Without a checkout around it, the package's folder `experiments` is where the files are."""
    package = tmp_path / "lib" / "site-packages" / "tenfold"
    (package / "experiments").mkdir(parents=True)
    (package / "experiments" / "wide_mlp.py").touch()
    monkeypatch.setattr(cli, "__file__", str(package / "cli" / "experiment.py"))
    assert cli.find_file("wide_mlp") == package / "experiments" / "wide_mlp.py"


@pytest.mark.slow
def test_the_wheel_holds_the_experiments(tmp_path):
    """The built wheel has every experiment, and its command finds them there."""
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", tmp_path, ROOT], check=True)
    zipfile.ZipFile(next(tmp_path.glob("*.whl"))).extractall(tmp_path / "site")
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r}); from tenfold.cli import experiment as e; "
        "m = sys.modules[e.__module__]; print(*[m.find_file(name) for name in m.NAMES], sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    files = [Path(line) for line in done.stdout.splitlines()]
    assert [file.stem for file in files] == list(cli.NAMES)
    assert all(file.is_file() and file.is_relative_to(tmp_path) for file in files), files


def test_what_training_needs_is_named_before_anything_runs(monkeypatch, capsys):
    """Without PyTorch: one line with what to install, exit code 1."""
    monkeypatch.setattr(cli.importlib.util, "find_spec", lambda name: None)
    assert main(["experiment", "wide_mlp"]) == 1
    assert "(torch); install it with: pip install 'tenfold[train]'" in capsys.readouterr().err


STAND_IN = """
from tenfold.evaluation import Experiment, Finding
experiment = Experiment("{name}", "{name}")
experiment.found(Finding("784-10", 7850, "test accuracy", 0.97, (0.9, 0.92), 1.0, "because"))
experiment.finish("Little.")
"""


@pytest.fixture
def stand_ins(tmp_path, monkeypatch):
    """Two experiments that take no time, instead of the five."""
    for name in ("one", "two"):
        (tmp_path / f"{name}.py").write_text(STAND_IN.format(name=name))
    monkeypatch.setattr(cli, "NAMES", ("one", "two"))
    monkeypatch.setattr(cli, "find_file", lambda name: tmp_path / f"{name}.py")
    return tmp_path / "out"


def test_all_ends_in_one_table(stand_ins, capfd):
    """Every experiment's findings, and in words which are lower than printed, and why."""
    assert main(["experiment", "all", "--out", str(stand_ins)]) == 0
    table = capfd.readouterr().out.split("Report:")[-1]
    assert "experiment  network  parameters  measure        notebook         Tenfold" in table
    for name in ("one", "two"):
        assert f"{name}, 784-10: test accuracy, mean 91.00%, is lower than the notebook's 97.00%; " in table
        assert "97.00%; lowest 90.00%, median 91.00%, best 92.00%; because" in table
        assert (stand_ins / name / "report.html").exists()


def test_json_is_one_document(stand_ins, capfd):
    """One experiment gives an object, all give a list; the story is on standard error."""
    assert main(["experiment", "one", "--json", "--out", str(stand_ins)]) == 0
    told = capfd.readouterr()
    assert json.loads(told.out)["findings"][0]["mean"] == pytest.approx(0.91)
    assert "What one learns" in told.err
    assert main(["experiment", "all", "--json", "--out", str(stand_ins)]) == 0
    assert [each["experiment"] for each in json.loads(capfd.readouterr().out)] == ["one", "two"]


def test_a_failing_experiment_fails_the_command(stand_ins, capfd):
    """Its exit code comes through, and the ones after it are not run."""
    (stand_ins.parent / "one.py").write_text("raise SystemExit(7)")
    assert main(["experiment", "all", "--out", str(stand_ins)]) == 7
    assert not (stand_ins / "two").exists()
