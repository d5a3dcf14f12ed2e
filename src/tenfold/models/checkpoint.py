"""A trained network on disk: weights as safetensors beside a readable JSON.

    RUN/model.json                  architecture, preparation, data, settings, versions, history; names the weights
    RUN/model-1a2b3c4d.safetensors  the weights, named by their hash

The JSON is written last and is what makes a checkpoint exist, so a crash at any moment leaves the old one or the new.
"""

import json
import platform
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

from tenfold.errors import TenfoldError
from tenfold.files import sha256, write_atomically
from tenfold.models.classifier import Architecture, Classifier, Preparation
from tenfold.models.zoo import build

FORMAT = 1


@dataclass(frozen=True)
class Checkpoint:
    """A network read back, and the record that was kept with it."""

    model: Classifier
    record: dict[str, Any]
    folder: Path

    @property
    def data(self) -> str:
        """Where the training data came from, as `tenfold.data.load` takes it."""
        return str(self.record["data"]["source"])


def save_checkpoint(folder: str | Path, model: Classifier, record: dict[str, Any]) -> Path:
    """Write `model` and `record` (JSON-able: data, settings, history) into `folder`; returns the JSON's path.

    Raises TenfoldError where the folder cannot be written.
    """
    folder = Path(folder)
    weights = weight_bytes(model)
    digest = sha256(weights)
    name = f"model-{digest[:8]}.safetensors"
    write_atomically(folder / name, weights)
    content = {
        "format": FORMAT,
        "architecture": model.architecture.to_dict(),
        "preparation": model.preparation.to_dict(),
        "weights": {"file": name, "sha256": digest},
        "versions": versions(),
        **record,
    }
    path = write_atomically(folder / "model.json", json.dumps(content, indent=2) + "\n")
    for old in folder.glob("model-*.safetensors"):
        if old.name != name:
            with suppress(OSError):  # the checkpoint is whole; what cannot be removed only takes up room
                old.unlink()
    return path


def load_checkpoint(folder: str | Path) -> Checkpoint:
    """The checkpoint in `folder` (or at its model.json), its network in evaluation mode on the CPU.

    Raises TenfoldError naming the file that is missing, damaged or made for another network.
    """
    path = Path(folder)
    path = path / "model.json" if path.is_dir() or path.suffix != ".json" else path
    record = _read_record(path)
    try:
        architecture = Architecture.from_dict(record["architecture"])
        preparation = Preparation.from_dict(record["preparation"])
        weights_file, digest = path.parent / Path(record["weights"]["file"]).name, record["weights"]["sha256"]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TenfoldError(f"{path}: is no Tenfold checkpoint ({type(error).__name__}: {error})") from error
    model = build(
        architecture.network,
        classes=architecture.classes,
        size=architecture.size,
        preparation=preparation,
        **architecture.arguments,
    )
    model.load_state_dict(_read_weights(weights_file, digest, model))
    return Checkpoint(model.eval(), record, path.parent)


def weight_bytes(model: Classifier) -> bytes:
    """The weights as safetensors: the same weights give the same bytes."""
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    return save_tensors(tensors)


def versions() -> dict[str, str]:
    """What a result depends on beside data, settings and seed."""
    return {
        "tenfold": version("tenfold"),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "numba": _version_or_none("numba"),
        "threads": str(torch.get_num_threads()),
        "machine": platform.machine(),
    }


def _version_or_none(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


def _read_record(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TenfoldError(f"{path}: cannot be read ({error.strerror}); give the folder that `train` wrote") from error
    except (ValueError, RecursionError) as error:
        raise TenfoldError(f"{path}: is damaged: no JSON ({error})") from error
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise TenfoldError(f"{path}: is no Tenfold checkpoint of format {FORMAT}")
    return record


def _read_weights(path: Path, digest: str, model: Classifier) -> dict[str, torch.Tensor]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TenfoldError(f"{path}: cannot be read ({error.strerror})") from error
    if sha256(content) != digest:
        raise TenfoldError(f"{path}: is damaged: its SHA-256 is not the one in model.json")
    try:
        tensors = load_tensors(content)
    except SafetensorError as error:
        raise TenfoldError(f"{path}: is damaged: no safetensors file ({error})") from error
    wanted = {name: tensor.shape for name, tensor in model.state_dict().items()}
    if {name: tensor.shape for name, tensor in tensors.items()} != wanted:
        raise TenfoldError(f"{path}: holds weights of another network than model.json names")
    return tensors
