"""A recipe over several seeds: every seed a process, two clocks, the share above the bar."""

from pathlib import Path

import pytest

from tenfold.data import Dataset
from tenfold.evaluation import Speedrun, run_recipe
from tenfold.models import build, load_checkpoint, predict, save_checkpoint


def made(*accuracies: float) -> Speedrun:
    """A race of known accuracies."""
    return Speedrun("fast", 0.98, (1.0, 3.0, 2.0), (4.0, 5.0, 6.0), accuracies)


def test_the_share_above_the_bar_is_counted() -> None:
    """0.979 is below 0.98, 0.98 itself is not; the printed line has the medians of both clocks."""
    found = made(0.979, 0.98, 0.985)
    assert found.above == pytest.approx(2 / 3)
    assert found.to_dict()["above"] == found.above
    assert "67% of 3 seeds at 98.0% or above" in str(found)
    assert "loop 2.00 s, process start to saved model 5.00 s" in str(found)


def test_each_seed_is_a_command_of_its_own_and_is_measured_on_the_test_images(
    tmp_path: Path, held: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commands name recipe and seed and hold nothing out; accuracy is that of the network each left behind."""
    called: list[list[str]] = []

    def pretend(command: list[str], **_: object) -> None:
        called.append(command)
        seed = int(command[command.index("--seed") + 1])
        record = {"recipe": {"name": "good", "seconds": 0.25}, "history": {"seconds": [1.5, 2.0]}}
        save_checkpoint(command[command.index("--out") + 1], build("softmax", seed=seed), record)

    monkeypatch.setattr("tenfold.evaluation.speedrun.subprocess.run", pretend)
    found = run_recipe("good", 0.5, held, tmp_path, seeds=(4, 5))
    assert [command[3:8] for command in called] == [["train", "--recipe", "good", "--validation", "0"]] * 2
    assert found.loop == (3.75, 3.75)
    assert all(seconds >= 0 for seconds in found.whole)
    for seed, accuracy in zip((4, 5), found.accuracy, strict=True):
        model = load_checkpoint(tmp_path / f"good-{seed}").model
        assert accuracy == pytest.approx((predict(model, held.images).argmax(1) == held.labels).mean())
