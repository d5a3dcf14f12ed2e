"""Laws of the quantised file: hardly other answers, fewer bytes, the same description, one result."""

import logging

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import numpy_helper

from tenfold.errors import TenfoldError
from tenfold.export import Refusal, export_onnx
from tenfold.export.quantise import quantise
from tenfold.models import build
from tenfold.reading import load_recogniser
from tenfold.training import fit


@pytest.fixture(scope="module")
def exported(mnist, tmp_path_factory):
    """A recogniser that has learned from 2,000 images, exported."""
    path = tmp_path_factory.mktemp("exported") / "float32.onnx"
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    model = build("recogniser", classes=mnist.train.classes)
    fit(model, mnist.train.take(range(2_000)), epochs=3, batch_size=64, optimiser="adamw", lr=4e-3, progress=False)
    torch.set_num_threads(before)
    export_onnx(model, path, mnist.test.images[:200], temperature=1.3, refusal=Refusal("", 0.4))
    return path


@pytest.fixture(scope="module")
def content(exported, mnist):
    """The same in 8 bits, its ranges taken from 700 training images."""
    return quantise(exported.read_bytes(), [mnist.train.images[:700]])


def test_it_gives_hardly_other_answers(exported, content, mnist, tmp_path):
    """Fewer than one in a hundred, where the network doubts; confidences move by hundredths."""
    path = tmp_path / "quantised.onnx"
    path.write_bytes(content)
    images = mnist.test.images[:2_000]
    before, after = (load_recogniser(one).probabilities(images) for one in (exported, path))
    others = before.argmax(1) != after.argmax(1)
    assert others.mean() < 0.01
    assert before.max(1)[others].max(initial=0) < 0.75
    assert np.abs(before - after).mean() < 0.005


def test_one_image_or_many(content, mnist):
    """An image's logits do not depend on its company."""
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (together,) = session.run(["logits"], {"images": mnist.test.images[:20]})
    alone = [session.run(["logits"], {"images": mnist.test.images[place : place + 1]})[0] for place in range(20)]
    np.testing.assert_allclose(np.concatenate(alone), together, atol=1e-5)


def test_weights_fit_into_seven_bits(content):
    """Of all convolutions but the first, each filter with a scale of its own, so that no processor's sums overflow."""
    graph = onnx.load_from_string(content).graph
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    made_by = {node.output[0]: node for node in graph.node}
    first, *others = (made_by.get(node.input[1]) for node in graph.node if node.op_type == "Conv")
    assert first is None
    assert [node.op_type for node in others] == 3 * ["DequantizeLinear"]
    weights, scales = ([arrays[node.input[place]] for node in others] for place in (0, 1))
    assert {array.dtype for array in weights} == {np.dtype(np.int8)}
    assert max(np.abs(array.astype(int)).max() for array in weights) in (63, 64)
    assert [len(scale) for scale in scales] == [len(array) for array in weights]


def test_it_is_described_as_before(exported, content):
    """Classes, temperature and refusal travel on; nothing else does, and it is less than half as large."""
    before, after = onnx.load(exported), onnx.load_from_string(content)
    assert {entry.key: entry.value for entry in after.metadata_props} == {
        entry.key: entry.value for entry in before.metadata_props
    }
    assert after.producer_name == "tenfold"
    assert len(content) < exported.stat().st_size / 2


def test_the_same_file_gives_the_same_bytes(exported, content, mnist):
    """Other images, other ranges."""
    assert quantise(exported.read_bytes(), [mnist.train.images[:700]]) == content
    assert quantise(exported.read_bytes(), [mnist.train.images[:10]]) != content


def test_a_network_without_a_second_convolution_is_an_error(tmp_path, mnist):
    """There is nothing to be gained, and one line says so."""
    export_onnx(build("mlp", widths=[4]), tmp_path / "m.onnx", mnist.test.images[:10])
    with pytest.raises(TenfoldError, match="mlp has no second convolution"):
        quantise((tmp_path / "m.onnx").read_bytes(), [mnist.test.images[:10]])


def test_advice_reaches_nobody(exported, mnist, capfd):
    """ONNX Runtime's advice on files that are not ours stays away, and other warnings come again afterwards."""
    quantise(exported.read_bytes(), [mnist.train.images[:10]])
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger().isEnabledFor(logging.WARNING)
