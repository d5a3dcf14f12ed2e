"""Readings as the service answers them: what `tenfold read --json` prints, and why, if asked."""

import base64
import io
import json
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tenfold.reading import Digit, Reading


def as_record(name: str, reading: Reading, explain: bool) -> dict[str, Any]:
    """One line of `tenfold read --json`; with `explain`, the reasons too."""
    record = {"file": name, **reading.to_dict()}
    return {**record, "explanation": explanation(reading)} if explain else record


def as_json(record: object) -> bytes:
    """The text that `tenfold read --json` prints."""
    return json.dumps(record).encode()


def explanation(reading: Reading) -> dict[str, Any]:
    """Hints in words, and of each digit, refused ones too, all probabilities and the image that the network saw."""
    return {"hints": list(reading.hints), "digits": [_reasons(digit) for digit in reading.digits]}


def _reasons(digit: Digit) -> dict[str, Any]:
    other, probability = digit.runner_up
    return {
        "digit": digit.digit,
        "confidence": round(digit.confidence, 4),
        "box": list(digit.box),
        "line": digit.line,
        "doubtful": digit.doubtful,
        "runner_up": {"digit": other, "confidence": round(probability, 4)},
        "probabilities": {name: round(p, 4) for name, p in digit.probabilities.items()},
        "image": _data_url(digit.image),
    }


def _data_url(image: NDArray[np.uint8]) -> str:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
