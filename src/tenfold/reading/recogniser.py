"""An ONNX file and what its metadata says -> probabilities of normalised images."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from math import exp
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import TenfoldError
from tenfold.images import Normalisation

LARGEST_MODEL = 256 << 20  # bytes


@dataclass(frozen=True)
class Recogniser:
    """A network ready to recognise images of one size.

    classes:       names of all outputs, in order
    size:          height and width of the images it takes
    normalisation: how a picture is brought to their form; None for networks of images that are no digits
    none:          the class that stands for what is no digit; "" where there is none
    threshold:     answers less probable than this are refused
    doubtful:      accepted answers less probable than this deserve a second look
    network:       the architecture's name
    """

    session: Any  # onnxruntime.InferenceSession, which has no types
    classes: tuple[str, ...]
    size: tuple[int, int]
    normalisation: Normalisation | None
    none: str
    threshold: float
    doubtful: float
    network: str

    def probabilities(self, images: NDArray[np.uint8]) -> NDArray[np.float64]:
        """(N, H, W) uint8 -> (N, C) probabilities, each row summing to 1."""
        return np.array(self.rows(images)).reshape(len(images), len(self.classes))

    def rows(self, images: NDArray[np.uint8]) -> list[list[float]]:
        """(N, H, W) uint8 -> N times C of the same probabilities as lists, which are quicker where there are few images."""
        return [softmax(row) for row in self.session.run(["logits"], {"images": images})[0].tolist()]

    def refuses(self, probabilities: Sequence[float]) -> bool:
        """Whether the answer to one image is a no, being too doubtful or more probably no digit at all."""
        best = max(probabilities)
        return best < self.threshold or probabilities.index(best) == self._none

    @cached_property
    def _none(self) -> int:
        return self.classes.index(self.none) if self.none in self.classes else -1


def softmax(logits: Sequence[float]) -> list[float]:
    """Probabilities that sum to 1, of one image. In Python, as NumPy's sums take longer than a dozen numbers do."""
    largest = max(logits)
    weights = [exp(logit - largest) for logit in logits]
    total = sum(weights)
    return [weight / total for weight in weights]


def shipped_weights() -> Path:
    """Where the weights that come with Tenfold are."""
    return Path(__file__).parent / "weights" / "tenfold.onnx"


def shipped_quick_weights() -> Path:
    """Where the weights of the small network are that is asked first."""
    return Path(__file__).parent / "weights" / "quick.onnx"


@cache
def load_quick_recogniser() -> Recogniser:
    """The small network that is asked first; only what it gives its `threshold` or more is to be believed."""
    return _described(open_model(shipped_quick_weights()), shipped_quick_weights())


def load_recogniser(path: str | Path | None = None) -> Recogniser:
    """The recogniser in an ONNX file that `tenfold export` wrote; the shipped one by default.

    Runs on one thread, which is fastest for images this small. A file is loaded once a process, and again when it has
    changed. Raises TenfoldError, naming the file, where it is missing, damaged or no model of Tenfold's.
    """
    if path is None:
        return _load(None)
    try:
        stat = Path(path).stat()
    except OSError as error:
        raise cannot_be_opened(path, error) from error
    return _load(os.fspath(path), stat.st_mtime_ns, stat.st_size, stat.st_ino)


@lru_cache(maxsize=8)  # loading costs a thousand times what reading does
def _load(name: str | None, *stamp: int) -> Recogniser:
    path = shipped_weights() if name is None else Path(name)
    return _described(open_model(path), path)


def open_model(path: Path) -> Any:
    """An ONNX Runtime session on one thread. Raises TenfoldError, naming the file, where it is missing or damaged."""
    content = _read(path)
    import onnxruntime  # a fifth of a second; not before somebody reads

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what goes wrong is raised; nothing else is to reach standard error
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime has a dozen kinds of error for a damaged file
        raise TenfoldError(f"{path}: cannot be loaded as an ONNX model ({_first_line(error)})") from error


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_MODEL:
            raise TenfoldError(f"{path}: is larger than {LARGEST_MODEL >> 20} MB; that is no model of Tenfold's")
        return path.read_bytes()
    except OSError as error:
        raise cannot_be_opened(path, error) from error


def cannot_be_opened(path: str | Path, error: OSError) -> TenfoldError:
    """The error for a model file that is missing or not to be read."""
    return TenfoldError(f"{path}: the model cannot be opened ({error.strerror or error})")


def _described(session: Any, path: Path) -> Recogniser:
    try:
        record = json.loads(session.get_modelmeta().custom_metadata_map["tenfold"])
        settings = record["preparation"]["normalisation"]
        return Recogniser(
            session=session,
            classes=tuple(record["classes"]),
            size=(int(record["size"][0]), int(record["size"][1])),
            normalisation=None if settings is None else Normalisation(**settings),
            none=record["refusal"]["none"],
            threshold=float(record["refusal"]["threshold"]),
            doubtful=float(record["refusal"]["doubtful"]),
            network=record["network"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise TenfoldError(f"{path}: is no model that `tenfold export` wrote (its description is missing)") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:150] if str(error).strip() else type(error).__name__
