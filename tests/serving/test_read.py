"""Reading over HTTP is reading."""

import json
import subprocess
import sys

import pytest

import tenfold
from tenfold.reading import LAYOUTS

FORMS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory, digit):
    """200 files of test images in six formats, and a folder that holds them."""
    folder = tmp_path_factory.mktemp("pictures")
    for place in range(200):
        form = FORMS[place % len(FORMS)]
        (folder / f"{place:03}.{form.lower()}").write_bytes(digit(place, form))
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def printed(pictures):
    """What `tenfold read --json` prints of the 200, one line each."""
    command = [sys.executable, "-m", "tenfold", "read", "--json", str(pictures[0].parent)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def test_http_answers_what_the_command_prints_and_python_returns(client, pictures, printed):
    """200 pictures: the body sent as it is gives the very text of `--json`, and the record of `tenfold.read`."""
    assert len(printed) == 200
    for path, line in zip(pictures, printed, strict=True):
        answer = client.post("/v1/read", content=path.read_bytes())
        assert answer.status_code == 200
        assert answer.text == line.replace(json.dumps(str(path)), '"-"')
        assert answer.json() == {"file": "-", **tenfold.read(path).to_dict()}


def test_a_form_gives_a_line_for_each_picture(client, pictures, printed):
    """Pictures sent together, in the order of the form, read as the command reads a folder."""
    chosen = pictures[:64]
    answer = client.post("/v1/read", files=[("picture", (path.name, path.read_bytes())) for path in chosen])
    wanted = [{**json.loads(line), "file": path.name} for path, line in zip(chosen, printed, strict=False)]
    assert answer.json() == wanted


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("file", ["number.jpg", "page.jpg", "note.jpg", "sideways.jpg", "house.png"])
def test_every_layout_is_that_of_python(client, layout, file):
    """The gallery's pictures, which come from the service too, give the same in every layout."""
    content = client.get(f"/examples/{file}").content
    answer = client.post("/v1/read", params={"layout": layout}, content=content)
    assert answer.json() == {"file": "-", **tenfold.read(content, layout=layout).to_dict()}


def test_one_picture_that_cannot_be_opened_leaves_the_others_of_a_form(client, digit):
    """It has the status error and is named; the rest is read."""
    files = [("a", ("one.png", digit(0))), ("a", ("notes.txt", b"no picture")), ("a", ("two.png", digit(1)))]
    answers = client.post("/v1/read", files=files).json()
    assert [one["status"] for one in answers] == ["ok", "error", "ok"]
    assert answers[1]["error"].startswith("notes.txt: is no PNG")


def test_explain_adds_the_reasons_and_changes_nothing_else(client, digit):
    """With `explain` come ten probabilities, the image that the network saw, the runner-up and hints."""
    plain = client.post("/v1/read", content=digit(0)).json()
    explained = client.post("/v1/read?explain=true", content=digit(0)).json()
    reasons = explained.pop("explanation")
    assert explained == plain
    (found,) = reasons["digits"]
    assert list(found["probabilities"]) == [str(digit) for digit in range(10)]
    assert found["image"].startswith("data:image/png;base64,")
    assert found["digit"] == 7


def test_a_refused_guess_is_in_the_reasons_alone(client):
    """A house is no digit: no text, no digits, but the guess that was not believed."""
    house = client.get("/examples/house.png").content
    answer = client.post("/v1/read?explain=true&layout=digit", content=house).json()
    assert (answer["status"], answer["text"], answer["digits"]) == ("rejected", "", [])
    assert len(answer["explanation"]["digits"]) == 1


def test_the_model_says_what_it_is(client):
    """Names, classes, preparation, limits, and the figures of the model card."""
    model = client.get("/v1/model").json()
    assert model["classes"][:10] == [str(digit) for digit in range(10)]
    assert model["preparation"]["size"] == [28, 28]
    assert model["layouts"] == list(LAYOUTS)
    assert model["figures"][0]["set"] == "MNIST test"


def test_what_is_counted(client, digit):
    """Requests by code, latency, batch sizes, queue and requests in progress stand in /metrics."""
    client.post("/v1/read", content=digit(3))
    client.get("/nowhere")
    lines = client.get("/metrics").text.splitlines()
    figures = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}
    assert figures['tenfold_requests_total{code="200",path="/v1/read"}'] >= 1
    assert figures['tenfold_requests_total{code="404",path="other"}'] >= 1
    assert figures['tenfold_request_seconds_count{path="/v1/read"}'] >= 1
    assert figures["tenfold_batch_size_count"] >= 1
    assert figures["tenfold_queue"] == 0
    assert figures["tenfold_in_progress"] == 1, "the request for the metrics itself"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/v2/health/live", "/v2/health/ready"])
def test_health(client, path):
    """A service that runs says so."""
    assert client.get(path).status_code == 200
