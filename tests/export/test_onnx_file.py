"""Laws of the export: the same answers, the same bytes, nothing of this machine inside."""

import hashlib
import json

import numpy as np
import onnx
import pytest
import torch

from tenfold.errors import TenfoldError
from tenfold.export import Refusal, compare_with_onnx, export_onnx
from tenfold.images import Normalisation
from tenfold.models import build, load_checkpoint, predict, save_checkpoint
from tenfold.reading import load_recogniser

IMAGES = np.random.default_rng(0).integers(0, 256, (130, 28, 28)).astype(np.uint8)


@pytest.mark.parametrize(
    ("network", "arguments"),
    [("softmax", {}), ("mlp", {"widths": [8, 4], "dropout": 0.5}), ("cnn", {}), ("tenfold", {"width": 8})],
)
def test_onnx_gives_what_pytorch_gives(tmp_path, network, arguments):
    """Every network of the zoo answers the same through ONNX Runtime, dropout and batch norm in evaluation mode."""
    model = build(network, **arguments)
    result = export_onnx(model, tmp_path / "model.onnx", IMAGES)
    reader = load_recogniser(tmp_path / "model.onnx")
    wanted = torch.softmax(torch.from_numpy(predict(model, IMAGES)), 1).numpy()
    np.testing.assert_allclose(reader.probabilities(IMAGES), wanted, atol=1e-5)
    assert result.largest_difference < 1e-3
    assert result.bytes == (tmp_path / "model.onnx").stat().st_size


def test_the_same_weights_give_the_same_bytes(tmp_path):
    """Exporting twice gives one SHA-256; other weights give another."""
    digests = [export_onnx(build("tenfold", seed=seed), tmp_path / "m.onnx", IMAGES).sha256 for seed in (0, 0, 1)]
    assert digests[0] == digests[1] != digests[2]
    assert digests[2] == hashlib.sha256((tmp_path / "m.onnx").read_bytes()).hexdigest()


def test_a_checkpoint_gives_the_bytes_of_the_network_it_was_made_of(tmp_path):
    """However the weights lie in memory, which after training is not as in a file."""
    model = build("tenfold", width=8).to(memory_format=torch.channels_last)
    save_checkpoint(tmp_path, model, {})
    before = export_onnx(model, tmp_path / "before.onnx", IMAGES)
    after = export_onnx(load_checkpoint(tmp_path).model, tmp_path / "after.onnx", IMAGES)
    assert before.sha256 == after.sha256


def test_the_file_says_what_reading_needs(tmp_path):
    """Classes, size, preparation, temperature and refusal travel in the metadata."""
    model = build("mlp", classes=("cat", "dog"), size=(8, 12), widths=[4])
    export_onnx(model, tmp_path / "m.onnx", IMAGES[:, :8, :12].copy(), temperature=2.0, refusal=Refusal("dog", 0.6))
    reader = load_recogniser(tmp_path / "m.onnx")
    assert (reader.classes, reader.size, reader.network) == (("cat", "dog"), (8, 12), "mlp")
    assert (reader.none, reader.threshold, reader.normalisation) == ("dog", 0.6, Normalisation())
    record = json.loads(onnx.load(tmp_path / "m.onnx").metadata_props[0].value)
    assert record["preparation"]["mean"] == model.preparation.mean
    assert record["temperature"] == 2.0


def test_temperature_divides_the_logits(tmp_path):
    """A temperature softens the probabilities and changes no answer."""
    model = build("mlp", widths=[16])
    export_onnx(model, tmp_path / "warm.onnx", IMAGES, temperature=3.0)
    wanted = torch.softmax(torch.from_numpy(predict(model, IMAGES)) / 3, 1).numpy()
    np.testing.assert_allclose(load_recogniser(tmp_path / "warm.onnx").probabilities(IMAGES), wanted, atol=1e-5)


def test_a_file_of_another_network_is_found_out(tmp_path):
    """The comparison fails, with the number of differing predictions, where the file is not the network's."""
    export_onnx(build("mlp", widths=[16], seed=1), tmp_path / "m.onnx", IMAGES)
    with pytest.raises(TenfoldError, match=r"differs from the network: \d+ of 130 predictions"):
        compare_with_onnx(build("mlp", widths=[16], seed=2), (tmp_path / "m.onnx").read_bytes(), IMAGES)


def test_weights_that_are_no_numbers_are_not_exported(tmp_path):
    """A network of NaN agrees with nothing, itself included, and no file is written."""
    model = build("softmax")
    torch.nn.init.constant_(model.layers[1].weight, float("nan"))
    with pytest.raises(TenfoldError, match="nothing was written"):
        export_onnx(model, tmp_path / "m.onnx", IMAGES)
    assert list(tmp_path.iterdir()) == []


def test_nothing_of_the_machine_is_in_the_file(tmp_path):
    """No path and no name of a source file travels with the weights."""
    export_onnx(build("tenfold"), tmp_path / "m.onnx", IMAGES)
    content = (tmp_path / "m.onnx").read_bytes()
    assert b".py" not in content
    assert b"site-packages" not in content


def test_the_weights_are_in_the_file_itself(tmp_path):
    """No tensor lies in another file."""
    export_onnx(build("tenfold"), tmp_path / "m.onnx", IMAGES)
    tensors = onnx.load(tmp_path / "m.onnx", load_external_data=False).graph.initializer
    assert tensors
    assert all(tensor.data_location == onnx.TensorProto.DEFAULT for tensor in tensors)
