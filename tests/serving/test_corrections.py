"""What is corrected lies where `tenfold train` finds it."""

import pytest

from tenfold.data import load
from tenfold.images import Normalisation, decode
from tenfold.serving.corrections import Correction, keep
from tenfold.serving.problems import Problem

PNG = {"Content-Type": "image/png"}


@pytest.fixture
def corrected(tmp_path, digit):
    """A folder with a 7 and a 2."""
    keep(Correction(digit(0), "7", None), tmp_path)
    keep(Correction(digit(1), "2", None), tmp_path)
    return tmp_path


def test_the_folder_is_a_data_set(corrected):
    """A folder per class, loaded with its labels."""
    dataset = load(corrected, normalisation=Normalisation())
    assert dataset.classes == ("2", "7")
    assert dataset.labels.tolist() == [0, 1]


def test_the_last_word_counts(corrected, digit):
    """The same digit under another label leaves its old folder; said twice, it is kept once."""
    keep(Correction(digit(0), "1", None), corrected)
    keep(Correction(digit(0), "1", None), corrected)
    assert sorted(path.parent.name for path in corrected.glob("*/*.png")) == ["1", "2"]


def test_the_box_with_its_margin_is_kept(tmp_path, digit):
    """A fifth of the longer side on every side, as far as the picture reaches."""
    kept = keep(Correction(digit(0), "7", (10, 10, 5, 10)), tmp_path)
    assert decode(tmp_path / kept["kept"]).shape == (14, 9)
    kept = keep(Correction(digit(0), "7", (0, 0, 10, 28)), tmp_path)
    assert decode(tmp_path / kept["kept"]).shape == (28, 16)


@pytest.mark.parametrize("box", [(-1, 0, 5, 5), (0, 0, 0, 5), (20, 20, 9, 5), (0, 0, 5, 10**9)])
def test_a_box_outside_is_refused(tmp_path, digit, box):
    """With a sentence that says how large the picture is, and nothing written."""
    with pytest.raises(Problem, match="28x28"):
        keep(Correction(digit(0), "7", box), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_over_http(client, service, digit):
    """201, and the file is there; an answer never names the folder itself."""
    answer = client.post("/v1/corrections?label=3&box=2&box=2&box=20&box=20", content=digit(5), headers=PNG)
    assert answer.status_code == 201
    assert (service.corrections / answer.json()["kept"]).is_file()
    assert str(service.corrections) not in answer.text
    broken = client.post("/v1/corrections?label=3", content=b"no picture", headers=PNG)
    assert broken.status_code == 422
