"""The recipes: what they train on and with, and that the command is the library."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from tenfold.cli import main
from tenfold.data import Dataset, Mnist
from tenfold.errors import UsageError
from tenfold.models import build, load_checkpoint
from tenfold.training import RECIPES, Recipe, find_recipe, fit
from tenfold.training.precision import find_precision


def test_a_recipe_takes_as_many_images_as_it_says(mnist: Mnist) -> None:
    """Of 60,000 so many, others for another seed; all where there are fewer."""
    recipe = Recipe("tenfold", width=8, images=6_000, epochs=1, batch_size=64)
    part, other = (recipe.part_of(mnist.train, seed) for seed in (0, 1))
    assert len(part) == len(other) == 6_000
    assert part.sha256 != other.sha256
    assert recipe.part_of(part, 0) is part
    assert Recipe("tenfold", width=8, images=None, epochs=1, batch_size=64).part_of(mnist.train, 0) is mnist.train


@pytest.mark.parametrize("name", RECIPES)
def test_fit_takes_the_settings_of_every_recipe(name: str, few: Dataset) -> None:
    """Each recipe's settings are `fit`'s, and end in its history."""
    recipe = find_recipe(name)
    settings = recipe.settings() | {"epochs": 1}
    model = build(recipe.network, width=4)
    recipe.start(model, few)
    history = fit(model, few, progress=False, **settings)
    precision = find_precision(settings.pop("precision"), torch.device("cpu"))
    assert history.settings.items() >= (settings | {"precision": precision}).items()


def test_an_unknown_recipe_lists_the_known_ones() -> None:
    """So that a slip of the keyboard mends itself."""
    with pytest.raises(UsageError, match="unknown recipe 'slow'; known: best, fast, good"):
        find_recipe("slow")


def test_the_command_trains_by_the_recipe(
    tmp_path: Path, few: Dataset, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`tenfold train --recipe` gives, to the bit, what the library gives with the recipe's network, images and settings."""
    data = tmp_path / "few.npz"
    np.savez(data, images=few.images, labels=few.labels)
    recipe = Recipe("sprint", width=4, images=200, epochs=2, batch_size=50, lr=0.02, preference=3, whitened=True)
    monkeypatch.setitem(RECIPES, "fast", recipe)
    options = ["--data", str(data), "--validation", "0", "--quiet", "--seed", "3"]
    assert main(["train", "--recipe", "fast", "--out", str(tmp_path / "run"), *options]) == 0
    trained = load_checkpoint(tmp_path / "run")
    record = json.loads((tmp_path / "run" / "model.json").read_text())
    assert record["settings"]["images"] == 200
    assert record["recipe"]["name"] == "fast"
    assert 0 < record["recipe"]["seconds"] < 60
    model = build("sprint", width=4, seed=3, preparation=trained.model.preparation)
    part = recipe.part_of(few, 3)
    recipe.start(model, part)
    fit(model, part, seed=3, progress=False, **recipe.settings())
    for ours, theirs in zip(model.state_dict().values(), trained.model.state_dict().values(), strict=True):
        assert torch.equal(ours, theirs)


def test_what_the_recipe_decides_cannot_be_given_beside_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One clear line that names the option, exit code 2, and nothing is trained."""
    assert main(["train", "--recipe", "fast", "--epochs", "3", "--out", str(tmp_path / "run")]) == 2
    assert "--recipe decides --epochs itself" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
