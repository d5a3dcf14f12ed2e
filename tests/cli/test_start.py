"""Commands start quickly because they import only what they need: a list of what each may load before it does its work."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

HEAVY = (
    *("numpy", "numpy.random", "cv2", "PIL", "onnxruntime", "rich", "pydantic", "fastapi", "uvicorn", "torch"),
    *("torch._dynamo", "torch._inductor", "sympy", "matplotlib", "numba", "safetensors", "onnx", "onnxscript", "sklearn"),
    *("tenfold.data", "tenfold.models", "tenfold.training", "tenfold.evaluation", "tenfold.export", "tenfold.reading"),
)
"""Modules that cost a command a noticeable part of its start, or that a command has no business with."""

READING = {"numpy", "cv2", "PIL", "onnxruntime", "tenfold.reading"}
TRAINING = {
    "numpy",
    "numpy.random",
    "cv2",
    "PIL",
    "torch",
    "safetensors",
    "tenfold.data",
    "tenfold.models",
    "tenfold.training",
}

AT_THE_END = f"""
import json, sys
from tenfold.cli import main
code = main(sys.argv[1:])
print(json.dumps([name for name in {HEAVY} if name in sys.modules]))
sys.exit(code)
"""

AT_THE_FIRST_STEP = f"""
import json, os, sys
import torch

def tell(loss):
    print(json.dumps([name for name in {HEAVY} if name in sys.modules]), flush=True)
    os._exit(0)

torch.Tensor.backward = tell
from tenfold.cli import main
main(sys.argv[1:])
"""


def imported(code: str, *arguments: str) -> set[str]:
    """Which of HEAVY a fresh process has loaded, as the last line of what it prints says."""
    environment = os.environ | {"PYTHONWARNINGS": "ignore"}
    found = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False, env=environment
    )
    assert found.returncode == 0, found.stderr
    return set(json.loads(found.stdout.splitlines()[-1]))


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["train", "--help"], ["read", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    """Help and version need Typer and nothing else of weight."""
    assert imported(AT_THE_END, *arguments) == set()


def test_reading_a_picture_imports_what_reading_needs() -> None:
    """`tenfold read one.png` loads NumPy, OpenCV, Pillow and ONNX Runtime; no data sets, no training, no progress bar."""
    picture = Path(__file__).parents[2] / "examples" / "small.png"
    assert imported(AT_THE_END, "read", str(picture)) == READING


def test_training_reaches_its_first_step_without_what_comes_later(tmp_path: Path) -> None:
    """Neither plots nor export nor PyTorch's compiler are loaded before the first step is taken."""
    data = tmp_path / "data.npz"
    labels = np.arange(200) % 10
    np.savez(data, images=np.random.default_rng(0).integers(0, 255, (200, 28, 28), np.uint8), labels=labels)
    arguments = ("train", "--data", str(data), "--out", str(tmp_path / "run"), "--epochs", "1")
    assert imported(AT_THE_FIRST_STEP, *arguments) == TRAINING
