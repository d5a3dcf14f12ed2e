"""What a model file may be, and what is refused."""

import json
import os
from dataclasses import replace

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from tenfold.errors import TenfoldError
from tenfold.reading import load_recogniser, shipped_weights
from tenfold.reading.recogniser import softmax


def test_the_shipped_weights_read_digits():
    """The file in the package knows the ten digits, in order, and takes MNIST's form."""
    reader = load_recogniser()
    assert reader.classes[:10] == tuple("0123456789")
    assert reader.size == (28, 28)
    assert reader.normalisation is not None


def test_probabilities_sum_to_one_for_any_batch():
    """Each row is a distribution, and a picture's row does not depend on its neighbours."""
    reader = load_recogniser()
    images = np.random.default_rng(0).integers(0, 256, (7, 28, 28)).astype(np.uint8)
    together = reader.probabilities(images)
    alone = np.concatenate([reader.probabilities(image[None]) for image in images])
    np.testing.assert_allclose(together.sum(1), 1)
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_probabilities_of_any_logits():
    """Softmax of its textbook form where that does not overflow, and numbers where it would."""
    logits = np.random.default_rng(1).normal(0, 5, 11)
    np.testing.assert_allclose(softmax(logits.tolist()), np.exp(logits) / np.exp(logits).sum(), rtol=1e-12)
    assert softmax([3e38, 0.0, -3e38]) == [1.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("probabilities", "threshold", "refused"),
    [((0.6, 0.3, 0.1), 0.5, False), ((0.4, 0.3, 0.3), 0.5, True), ((0.1, 0.2, 0.7), 0.5, True),
     ((0.4, 0.2, 0.4), 0.3, False), ((0.5, 0.3, 0.2), 0.5, False)],
)  # fmt: skip
def test_what_is_refused(probabilities: tuple[float, ...], threshold: float, refused: bool):
    """Answers below the threshold, and the class for what is no digit, here the last; of two alike the first counts."""
    reader = replace(load_recogniser(), classes=("0", "1", "none"), none="none", threshold=threshold)
    assert reader.refuses(probabilities) == refused


def test_a_missing_model_is_named(tmp_path):
    """The line begins with the path that was asked for."""
    with pytest.raises(TenfoldError, match=r"none\.onnx: the model cannot be opened"):
        load_recogniser(tmp_path / "none.onnx")


@pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.5, 0.9, 0.999])
def test_a_model_cut_off_anywhere_is_refused(tmp_path, share):
    """A truncated file gives one clear line, never a traceback of the runtime."""
    content = shipped_weights().read_bytes()
    path = tmp_path / "cut.onnx"
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(TenfoldError, match=r"cut\.onnx") as raised:
        load_recogniser(path)
    assert "\n" not in str(raised.value)


def plain_model(**tensor: object) -> onnx.ModelProto:
    """The smallest valid model: a constant added to its input."""
    constant = helper.make_tensor("c", TensorProto.FLOAT, [1], [1.0])
    graph = helper.make_graph(
        [helper.make_node("Add", ["images", "c"], ["logits"])],
        "g",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["N"])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N"])],
        [constant],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def test_somebody_elses_model_is_refused(tmp_path):
    """A valid ONNX file without Tenfold's description cannot be read with."""
    onnx.save(plain_model(), tmp_path / "other.onnx")
    with pytest.raises(TenfoldError, match="no model that `tenfold export` wrote"):
        load_recogniser(tmp_path / "other.onnx")


@pytest.mark.parametrize("absolute", [True, False])
def test_weights_in_another_file_are_refused(tmp_path, monkeypatch, absolute):
    """A model that points at a file outside (external data) is not loaded, wherever that file is."""
    monkeypatch.chdir(tmp_path)
    model = plain_model()
    secret = tmp_path / "secret.bin"
    secret.write_bytes(np.float32([42]).tobytes())
    tensor = model.graph.initializer[0]
    tensor.ClearField("float_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", str(secret) if absolute else secret.name
    note = model.metadata_props.add()
    note.key = "tenfold"
    note.value = json.dumps(
        {
            "classes": ["0"], "size": [28, 28], "network": "x", "preparation": {"normalisation": None},
            "refusal": {"none": "", "threshold": 0, "doubtful": 0.9},
        }
    )  # fmt: skip
    (tmp_path / "points.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(TenfoldError, match=r"points\.onnx: cannot be loaded"):
        load_recogniser(tmp_path / "points.onnx")


def test_a_model_is_loaded_once_and_again_when_it_has_changed(tmp_path):
    """By its file's time, size and place."""
    path = tmp_path / "model.onnx"
    path.write_bytes(shipped_weights().read_bytes())
    first = load_recogniser(path)
    assert load_recogniser(str(path)) is first
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)
    os.utime(path, ns=(1, 1))
    assert load_recogniser(path) is not first
    path.write_bytes(b"")
    with pytest.raises(TenfoldError, match="cannot be loaded"):
        load_recogniser(path)
