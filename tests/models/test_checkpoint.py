"""A checkpoint comes back as it was, and no accident while saving can cost the old one."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from tenfold.data import Dataset
from tenfold.errors import TenfoldError
from tenfold.files import sha256
from tenfold.images import Normalisation
from tenfold.models import ZOO, Preparation, build, load_checkpoint, predict, save_checkpoint
from tenfold.models.checkpoint import weight_bytes

RECORD = {"data": {"source": "mnist"}, "history": {"loss": [0.5, 0.25]}, "seed": 3}


@pytest.mark.parametrize("network", ZOO)
def test_round_trip(tmp_path: Path, held: Dataset, network: str) -> None:
    """Weights, architecture, preparation, classes and record come back equal, and the answers to the bit."""
    preparation = Preparation(12.5, 34.5, Normalisation(fit=18))
    model = build(network, classes=tuple("abcdefghij"), preparation=preparation, seed=7)
    save_checkpoint(tmp_path, model, RECORD)
    back = load_checkpoint(tmp_path)
    assert weight_bytes(back.model) == weight_bytes(model)
    assert (back.model.architecture, back.model.preparation) == (model.architecture, preparation)
    assert {key: back.record[key] for key in RECORD} == RECORD
    assert (back.data, back.folder) == ("mnist", tmp_path)
    assert not back.model.training
    assert np.array_equal(predict(back.model, held.images), predict(model, held.images))


def test_arguments_of_the_network_come_back(tmp_path: Path) -> None:
    """A network with arguments of its own, for images of another size, is built again."""
    model = build("mlp", widths=(9, 5), dropout=0.25, size=(6, 4), classes=("x", "y"))
    path = save_checkpoint(tmp_path / "new" / "folder", model, {})
    back = load_checkpoint(path).model
    assert back.architecture == model.architecture
    assert weight_bytes(back) == weight_bytes(model)


def test_the_same_weights_give_the_same_bytes(tmp_path: Path) -> None:
    """Saved twice, in two folders, with weights in another memory layout, the weights file is the same to the bit."""
    model = build("cnn", seed=1)
    save_checkpoint(tmp_path / "a", model, RECORD)
    model.to(memory_format=torch.channels_last)
    save_checkpoint(tmp_path / "b", model, {})
    (a,), (b,) = ((tmp_path / name).glob("*.safetensors") for name in "ab")
    assert a.name == b.name
    assert a.read_bytes() == b.read_bytes()


def test_the_json_is_readable_and_names_its_weights(tmp_path: Path) -> None:
    """model.json says what the network is in plain words, and a folder holds one JSON and one weights file."""
    for seed in (1, 2):
        path = save_checkpoint(tmp_path, build("softmax", seed=seed), RECORD)
    record = json.loads(path.read_text())
    assert record["architecture"]["network"] == "softmax"
    assert record["versions"]["torch"] == torch.__version__
    assert sorted(entry.name for entry in tmp_path.iterdir()) == sorted(["model.json", record["weights"]["file"]])


def fail(*_: object, **__: object) -> None:
    """Stands in for a step of saving on a full disk."""
    raise OSError(28, "No space left on device")


def killed(*_: object, **__: object) -> None:
    """Stands in for the end of the process: no handler may catch it."""
    raise SystemExit(137)


STEPS = {"open": (Path, "open"), "fsync": (os, "fsync"), "rename": (Path, "replace"), "removal of the old": (Path, "unlink")}


@pytest.mark.parametrize("accident", [fail, killed])
@pytest.mark.parametrize("call", [1, 2])
@pytest.mark.parametrize("step", STEPS)
def test_an_accident_at_any_step_leaves_a_whole_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, call: int, accident: Callable[..., Any]
) -> None:
    """Whichever step fails, while the weights are written (1) or the JSON (2): the old checkpoint or the new one loads."""
    old, new = build("softmax", seed=1), build("softmax", seed=2)
    save_checkpoint(tmp_path, old, RECORD)
    place, name = STEPS[step]
    real, calls = getattr(place, name), []

    def at_call(*arguments: Any, **options: Any) -> object:
        if isinstance(arguments[0], Path) and tmp_path not in arguments[0].parents:  # Python reading its own files
            return real(*arguments, **options)
        calls.append(1)
        return accident() if len(calls) >= call else real(*arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(place, name, at_call)
        with suppress(TenfoldError, SystemExit):
            save_checkpoint(tmp_path, new, RECORD)
    assert len(calls) >= call
    found = weight_bytes(load_checkpoint(tmp_path).model)
    assert found in (weight_bytes(old), weight_bytes(new))
    if step != "removal of the old":
        assert found == weight_bytes(old)
    save_checkpoint(tmp_path, new, RECORD)
    assert weight_bytes(load_checkpoint(tmp_path).model) == weight_bytes(new)
    assert len(list(tmp_path.glob("*.safetensors"))) == 1


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A folder with a checkpoint of softmax regression."""
    save_checkpoint(tmp_path / "run", build("softmax"), RECORD)
    return tmp_path / "run"


def test_damaged_weights_are_named(saved: Path) -> None:
    """100 truncations and 50 flips of one bit of the weights are refused by file."""
    (path,) = saved.glob("*.safetensors")
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    for trial, place in enumerate(rng.integers(0, len(whole), 150)):
        flipped = whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :]
        path.write_bytes(whole[:place] if trial < 100 else flipped)
        with pytest.raises(TenfoldError, match=f"{path.name}: is damaged"):
            load_checkpoint(saved)


def put_weights(folder: Path, content: bytes) -> None:
    """Put other weights in, with a hash that fits."""
    record = json.loads((folder / "model.json").read_text())
    (folder / record["weights"]["file"]).write_bytes(content)
    record["weights"]["sha256"] = sha256(content)
    (folder / "model.json").write_text(json.dumps(record))


ALIEN_WEIGHTS = {
    "of another network": weight_bytes(build("mlp", widths=(3,))),
    "a tensor missing": safetensors.torch.save({"layers.1.weight": torch.zeros(10, 784)}),
    "a tensor of another shape": safetensors.torch.save(
        {"layers.1.weight": torch.zeros(10, 783), "layers.1.bias": torch.zeros(10)}
    ),
    "nothing": b"",
    "a header of 2^63 bytes": (2**63 - 1).to_bytes(8, "little") + b"{}",
    "a header that is no JSON": (4).to_bytes(8, "little") + b"{{{{",
    "a pickle": b"\x80\x04]\x94.",
    "a shape bomb": (lambda head: len(head).to_bytes(8, "little") + head)(
        b'{"layers.1.weight":{"dtype":"F32","shape":[1000000000,1000000000],"data_offsets":[0,4]}}'
    ) + bytes(4),
}  # fmt: skip


@pytest.mark.parametrize("name", ALIEN_WEIGHTS)
def test_alien_weights_are_named(saved: Path, name: str) -> None:
    """Weights of another network, or no weights at all, are refused by file though their hash fits."""
    put_weights(saved, ALIEN_WEIGHTS[name])
    with pytest.raises(TenfoldError, match=r"\.safetensors: (is damaged|holds weights of another network)"):
        load_checkpoint(saved)


BAD_RECORDS = {
    "nothing": "",
    "no JSON": "{",
    "JSON, but no object": "[1, 2]",
    "nested 100,000 deep": "[" * 100_000,
    "an empty object": "{}",
    "a later format": '{"format": 99}',
    "only the format": '{"format": 1}',
}


@pytest.mark.parametrize("name", BAD_RECORDS)
def test_a_bad_record_is_named(saved: Path, name: str) -> None:
    """A model.json that is damaged, or of another program, is refused by file."""
    (saved / "model.json").write_text(BAD_RECORDS[name])
    with pytest.raises(TenfoldError, match=r"model\.json: is ") as caught:
        load_checkpoint(saved)
    assert "\n" not in str(caught.value)


FIELDS = [
    ("architecture",), ("architecture", "network"), ("architecture", "classes"), ("architecture", "size"),
    ("architecture", "arguments"), ("preparation",), ("preparation", "mean"), ("preparation", "std"),
    ("preparation", "normalisation"), ("weights",), ("weights", "file"), ("weights", "sha256"),
]  # fmt: skip


@pytest.mark.parametrize("value", [None, 7, -1, "x", [], {}, ["a", "b"], {"a": 1}, "removed"], ids=str)
@pytest.mark.parametrize("field", FIELDS, ids=".".join)
def test_a_wrong_field_is_an_error_of_one_line(saved: Path, field: tuple[str, ...], value: object) -> None:
    """Whatever stands in a field of model.json, the answer is a working network or one TenfoldError."""
    record = json.loads((saved / "model.json").read_text())
    inner = record
    for key in field[:-1]:
        inner = inner[key]
    if value == "removed":
        del inner[field[-1]]
    else:
        inner[field[-1]] = value
    (saved / "model.json").write_text(json.dumps(record))
    try:
        model = load_checkpoint(saved).model
    except TenfoldError as error:
        lines = str(error).splitlines()
    else:
        lines = [str(predict(model, np.zeros((1, *model.architecture.size), np.uint8)).shape)]
    assert len(lines) == 1


def test_a_record_cannot_point_elsewhere(saved: Path, tmp_path: Path) -> None:
    """A weights file named with a path is looked for in the checkpoint's own folder only."""
    record = json.loads((saved / "model.json").read_text())
    (saved / record["weights"]["file"]).rename(tmp_path / "stolen.safetensors")
    for place in ("../stolen.safetensors", str(tmp_path / "stolen.safetensors")):
        record["weights"]["file"] = place
        (saved / "model.json").write_text(json.dumps(record))
        with pytest.raises(TenfoldError, match=r"run/stolen\.safetensors: cannot be read"):
            load_checkpoint(saved)


@pytest.mark.parametrize("kind", ["missing", "folder", "dangling link"])
def test_no_checkpoint_is_named(tmp_path: Path, kind: str, make_entry: Callable[[Path, str], Path]) -> None:
    """Where there is no checkpoint the message has the path that was looked at."""
    path = make_entry(tmp_path / "run", kind)
    with pytest.raises(TenfoldError, match=r"run\S*: cannot be read"):
        load_checkpoint(path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file where the folder should be gives one line with the path."""
    (tmp_path / "file").touch()
    with pytest.raises(TenfoldError, match="cannot be written"):
        save_checkpoint(tmp_path / "file", build("softmax"), {})
