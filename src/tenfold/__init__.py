"""Tenfold reads handwritten digits: it trains on MNIST in seconds, proves how good it is, and reads your picture.

    tenfold.data        files on disk -> images and labels
    tenfold.images      images -> images: decode, normalise, augment
    tenfold.models      names -> networks, checkpoints
    tenfold.training    network + data -> a trained network
    tenfold.evaluation  predictions + labels -> numbers, figures, the report
    tenfold.export      checkpoint -> ONNX
    tenfold.reading     a picture -> digits
    tenfold.serving     a reader -> HTTP and a web page
    tenfold.cli         the same words as commands

Names are imported when they are first used, so that reading never waits for a training library.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tenfold.data import Dataset, load, load_mnist, one_hot, split
    from tenfold.errors import TenfoldError
    from tenfold.evaluation import compare, evaluate
    from tenfold.export import export_onnx
    from tenfold.images import normalise
    from tenfold.models import build, load_checkpoint, predict, probabilities, save_checkpoint, summary
    from tenfold.reading import Digit, Reading, read, read_many
    from tenfold.training import find_lr, fit, trials

__version__ = "0.1.0"

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # or ONNX Runtime would tell its maker over the network what is run

ROOM_OF = {
    "Dataset": "data",
    "load": "data",
    "load_mnist": "data",
    "one_hot": "data",
    "split": "data",
    "normalise": "images",
    "build": "models",
    "load_checkpoint": "models",
    "predict": "models",
    "probabilities": "models",
    "save_checkpoint": "models",
    "summary": "models",
    "find_lr": "training",
    "fit": "training",
    "trials": "training",
    "compare": "evaluation",
    "evaluate": "evaluation",
    "export_onnx": "export",
    "Digit": "reading",
    "Reading": "reading",
    "read": "reading",
    "read_many": "reading",
    "TenfoldError": "errors",
}
"""The public names and the room each lives in."""

__all__ = [
    "Dataset",
    "Digit",
    "Reading",
    "TenfoldError",
    "__version__",
    "build",
    "compare",
    "evaluate",
    "export_onnx",
    "find_lr",
    "fit",
    "load",
    "load_checkpoint",
    "load_mnist",
    "normalise",
    "one_hot",
    "predict",
    "probabilities",
    "read",
    "read_many",
    "save_checkpoint",
    "split",
    "summary",
    "trials",
]


def __getattr__(name: str) -> Any:
    if name not in ROOM_OF:
        raise AttributeError(f"module 'tenfold' has no attribute '{name}'")
    return getattr(import_module(f"tenfold.{ROOM_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
