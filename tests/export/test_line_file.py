"""An exported line network gives PyTorch's answers, for every width."""

import numpy as np
import onnxruntime
import pytest
import torch

from tenfold.errors import TenfoldError
from tenfold.export import Refusal, line_file
from tenfold.export.line_file import export_line_onnx
from tenfold.images.line_form import LineForm
from tenfold.models.line_network import LineArchitecture, seeded_line_network
from tenfold.reading.line_recogniser import load_line_recogniser

SMALL = LineArchitecture(filters=(4, 6, 8, 8, 12))


@pytest.fixture(scope="module")
def network():
    """A small one, untrained."""
    return seeded_line_network(SMALL, 0).eval()


def images() -> list[np.ndarray]:
    """Lines of several widths."""
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (32, width)).astype(np.uint8) for width in (4, 31, 200)]


def export(network, path, **changes):
    """With settings that can be recognised."""
    settings = {"form": LineForm(gap=14), "temperature": 1.5, "refusal": Refusal("", 0.3, 0.7)} | changes
    return export_line_onnx(network, str(path), images(), **settings)


def test_answers_are_the_same(network, tmp_path):
    """ONNX Runtime and PyTorch agree on widths that the export never saw, and the file's settings come back."""
    export(network, tmp_path / "l.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "l.onnx"), providers=["CPUExecutionProvider"])
    image = np.random.default_rng(1).integers(0, 256, (32, 77)).astype(np.uint8)
    with torch.no_grad():
        wanted = network(torch.from_numpy(image[None])).numpy()
    assert np.allclose(session.run(["logits"], {"images": image[None]})[0], wanted, atol=1e-4)
    reader = load_line_recogniser(tmp_path / "l.onnx")
    assert (reader.form, reader.temperature, reader.threshold, reader.doubtful) == (LineForm(gap=14), 1.5, 0.3, 0.7)
    logs = reader.log_probabilities(image)
    assert np.allclose(np.exp(logs).sum(1), 1)
    assert reader.stride * len(logs) >= 77


def test_the_same_weights_give_the_same_bytes(network, tmp_path):
    """Nothing of the machine or the day gets into the file."""
    assert export(network, tmp_path / "a.onnx").sha256 == export(network, tmp_path / "b.onnx").sha256


def test_a_difference_is_an_error_and_nothing_is_written(network, tmp_path, monkeypatch):
    """Where the two disagree the export fails."""
    monkeypatch.setattr(line_file, "TOLERANCE", -1.0)
    with pytest.raises(TenfoldError, match="nothing was written"):
        export(network, tmp_path / "l.onnx")
    assert not (tmp_path / "l.onnx").exists()


def test_other_files_are_refused(tmp_path):
    """A digit model is no line model, and neither is text."""
    from tenfold.reading import shipped_weights

    with pytest.raises(TenfoldError, match="no line model"):
        load_line_recogniser(shipped_weights())
    (tmp_path / "x.onnx").write_text("nothing")
    with pytest.raises(TenfoldError, match=r"x\.onnx: cannot be loaded"):
        load_line_recogniser(tmp_path / "x.onnx")
