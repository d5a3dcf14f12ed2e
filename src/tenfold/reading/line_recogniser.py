"""The line network's ONNX file and what its metadata says -> log probabilities, frame by frame."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import TenfoldError
from tenfold.images.line_form import LineForm
from tenfold.reading.recogniser import open_model

__all__ = ["LineRecogniser", "load_line_recogniser", "shipped_line_weights"]


@dataclass(frozen=True)
class LineRecogniser:
    """A network ready to read lines.

    form:        how a line is brought to what it takes
    temperature: what its logits are divided by, so that confidences are honest
    threshold:   digits less probable than this are refused
    doubtful:    accepted digits less probable than this deserve a second look
    stride:      pixels a frame stands for
    """

    session: Any  # onnxruntime.InferenceSession, which has no types
    form: LineForm
    temperature: float
    threshold: float
    doubtful: float
    stride: int

    def log_probabilities(self, image: NDArray[np.uint8]) -> NDArray[np.float64]:
        """(height, W) uint8 -> (T, 11) log probabilities, each row's probabilities summing to 1; the blank is last."""
        logits = self.session.run(["logits"], {"images": image[None]})[0][0].astype(np.float64) / self.temperature
        shifted = logits - logits.max(1, keepdims=True)
        logs: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        return logs


def shipped_line_weights() -> Path:
    """Where the line network's weights that come with Tenfold are."""
    return Path(__file__).parent / "weights" / "lines.onnx"


@cache
def load_line_recogniser(path: Path | None = None) -> LineRecogniser:
    """The line recogniser in an ONNX file; the shipped one by default. Loaded once a process.

    Raises TenfoldError, naming the file, where it is missing, damaged or no line model of Tenfold's.
    """
    path = path or shipped_line_weights()
    session = open_model(path)
    try:
        record = json.loads(session.get_modelmeta().custom_metadata_map["tenfold"])
        return LineRecogniser(
            session=session,
            form=LineForm(**record["form"]),
            temperature=float(record["temperature"]),
            threshold=float(record["refusal"]["threshold"]),
            doubtful=float(record["refusal"]["doubtful"]),
            stride=int(record["stride"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise TenfoldError(f"{path}: is no line model of Tenfold's (its description is missing)") from error
