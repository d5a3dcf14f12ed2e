"""The recipe of the line weights runs, and what it composes is what reading finds."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from tenfold.images.compose import Composed
from tenfold.images.lines import find_lines
from tenfold.reading import load_line_recogniser

RECIPE = Path(__file__).parents[2] / "experiments" / "line_weights.py"


@pytest.fixture(scope="module")
def recipe():
    """The experiment as a module."""
    spec = importlib.util.spec_from_file_location("line_weights", RECIPE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_a_line_misses_is_not_taught(recipe):
    """A found line covers the boxes of its digits; where one digit lies outside, the picture is passed over."""
    picture = np.full((100, 400), 230, np.uint8)
    for x in (60, 100, 140):
        cv2.ellipse(picture, (x, 50), (11, 19), 0, 0, 360, 40, 3)
    boxes = np.array([(x - 12, 30, 25, 41) for x in (60, 100, 140)], np.int32)
    assert recipe.found_line(Composed(picture, "000", boxes)) is not None
    far = np.vstack((boxes, [[320, 30, 20, 40]])).astype(np.int32)
    assert recipe.found_line(Composed(picture, "0001", far)) is None
    (line,) = find_lines(picture, one_number=True)
    assert recipe.covered(line, Composed(picture, "000", boxes)) > 0.9


def test_the_same_seed_makes_the_same_lines(recipe, few):
    """A job is made of its seed and number alone."""
    shape = recipe.shapes_of(few.images, few.labels)
    recipe.CHUNK = 8
    cv2.setNumThreads(1)
    first, second, other = (recipe.make(shape, 0, number) for number in (3, 3, 4))
    assert first[1] == second[1]
    assert all(np.array_equal(a, b) for a, b in zip(first[0], second[0], strict=True))
    assert first[1] != other[1]


@pytest.mark.slow
def test_the_recipe_runs(tmp_path):
    """A hundredth of it composes, trains, calibrates and exports a model that can be read with."""
    command = [sys.executable, RECIPE, "--quick", "--out", tmp_path, "--workers", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "composed 1,000 lines" in done.stdout
    assert "the same answers as PyTorch" in done.stdout
    reader = load_line_recogniser(tmp_path / "lines.onnx")
    assert reader.log_probabilities(np.zeros((32, 60), np.uint8)).shape == (30, 11)
    assert "CC BY-SA" in (tmp_path / "LINES_CARD.md").read_text()
