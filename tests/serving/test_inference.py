"""The Open Inference Protocol V2, as a client that no one here wrote speaks it."""

import json

import numpy as np
import pytest
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

from tenfold.data import load_mnist
from tenfold.reading import load_recogniser


@pytest.fixture
def images():
    """(5, 28, 28) uint8 in MNIST's form."""
    return load_mnist().test.images[:5]


@pytest.fixture
def wanted(images):
    """What the recogniser itself says of them."""
    return load_recogniser().probabilities(images)


@pytest.fixture
def server(service):
    """Triton's own client."""
    with triton.InferenceServerClient(service.url.removeprefix("http://")) as client:
        yield client


def test_triton_client_finds_everything_live_and_ready(server):
    """Live, ready, model ready, with and without a version; another model is not."""
    assert server.is_server_live()
    assert server.is_server_ready()
    assert server.is_model_ready("tenfold")
    assert server.is_model_ready("tenfold", "1")
    assert not server.is_model_ready("other")


def test_metadata(server):
    """The server's extensions and the model's tensors."""
    assert server.get_server_metadata()["extensions"] == ["binary_tensor_data"]
    model = server.get_model_metadata("tenfold")
    assert model["inputs"] == [{"name": "images", "datatype": "UINT8", "shape": [-1, 28, 28]}]
    assert model["outputs"] == [{"name": "probabilities", "datatype": "FP32", "shape": [-1, 11]}]


@pytest.mark.parametrize("binary_in", [True, False])
@pytest.mark.parametrize("binary_out", [True, False, None])
@pytest.mark.parametrize("version", ["", "1"])
def test_infer_gives_the_recognisers_probabilities(server, images, wanted, binary_in, binary_out, version):
    """In JSON and in binary form, both ways; without outputs asked for, all of them come."""
    tensor = triton.InferInput("images", list(images.shape), "UINT8").set_data_from_numpy(images, binary_data=binary_in)
    outputs = None if binary_out is None else [triton.InferRequestedOutput("probabilities", binary_data=binary_out)]
    found = server.infer("tenfold", [tensor], version, outputs, request_id="mine")
    assert found.get_response()["id"] == "mine"
    assert found.get_response()["model_version"] == "1"
    np.testing.assert_allclose(found.as_numpy("probabilities"), wanted, atol=1e-6)
    assert found.as_numpy("probabilities").argmax(1).tolist() == load_mnist().test.labels[:5].tolist()


def test_triton_client_gets_our_words_for_its_mistake(server, images):
    """An error is an InferenceServerException with the sentence of the problem."""
    tensor = triton.InferInput("pictures", list(images.shape), "UINT8").set_data_from_numpy(images)
    with pytest.raises(InferenceServerException, match="unknown input; the model takes images"):
        server.infer("tenfold", [tensor])


def record(**changes):
    """A request of one black image, with some of its tensor changed."""
    tensor = {"name": "images", "datatype": "UINT8", "shape": [1, 28, 28], "data": [0] * 784, **changes}
    return {"inputs": [tensor]}


INVALID = {
    "no object": [],
    "no inputs": {},
    "two inputs": {"inputs": record()["inputs"] * 2},
    "inputs is no list": {"inputs": {}},
    "other type": record(datatype="FP32"),
    "no shape": record(shape=None),
    "shape of a vector": record(shape=[784]),
    "negative": record(shape=[-1, 28, 28]),
    "no images": record(shape=[0, 28, 28], data=[]),
    "true images": record(shape=[True, 28, 28]),
    "a billion images": record(shape=[10**9, 28, 28]),
    "too few numbers": record(data=[0] * 783),
    "no numbers": record(data=None),
    "256": record(data=[256] + [0] * 783),
    "half": record(data=[0.5] + [0] * 783),
    "true": record(data=[True] + [0] * 783),
    "words": record(data=["0"] * 784),
    "nested otherwise": record(data=[[0] * 28] * 28),
    "ragged": record(data=[[[0] * 28] * 27 + [[0]]]),
    "parameters no object": record(parameters=[]),
    "binary of another length": record(parameters={"binary_data_size": 783}),
    "unknown output": {**record(), "outputs": [{"name": "logits"}]},
    "two outputs": {**record(), "outputs": [{"name": "probabilities"}] * 2},
    "id is a number": {**record(), "id": 7},
}


@pytest.mark.parametrize("name", INVALID)
def test_invalid_request(client, name):
    """What the protocol does not allow is a 400 with `error`, as the protocol wants it."""
    answer = client.post("/v2/models/tenfold/infer", json=INVALID[name])
    assert answer.status_code == 400
    assert answer.json()["error"] == answer.json()["detail"]


def test_nested_data_is_the_same(client, images, wanted):
    """`data` may be nested as the shape says."""
    answer = client.post("/v2/models/tenfold/infer", json=record(shape=[5, 28, 28], data=images.tolist()))
    np.testing.assert_allclose(answer.json()["outputs"][0]["data"], wanted.ravel(), atol=1e-6)


@pytest.mark.parametrize("length", ["-1", "x", "99999999999", "0", "2000"])
def test_wrong_header_length(client, length):
    """A length of the JSON part that cannot be is a 400."""
    headers = {"Inference-Header-Content-Length": length, "Content-Type": "application/octet-stream"}
    answer = client.post("/v2/models/tenfold/infer", content=json.dumps(record()).encode()[:1000], headers=headers)
    assert answer.status_code == 400


def test_compressed_and_foreign_bodies_are_refused(client):
    """No unpacking of bodies, and no forms."""
    path = "/v2/models/tenfold/infer"
    assert client.post(path, content=b"x", headers={"Content-Encoding": "gzip"}).status_code == 415
    assert client.post(path, content=b"x", headers={"Content-Type": "text/plain"}).status_code == 415
