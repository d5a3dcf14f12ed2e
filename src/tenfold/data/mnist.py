"""MNIST, complete, inside the package: nothing is downloaded."""

from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from tenfold.data.dataset import Dataset, make_dataset
from tenfold.data.idx import read_idx
from tenfold.errors import DataError
from tenfold.files import sha256

DIGITS = tuple("0123456789")

CHECKSUMS = {
    "train-images-idx3-ubyte.gz": "0b367032e93c5d0cea0925647cfdb18614af8ee15f83e6f2fc2ad904a6835971",
    "train-labels-idx1-ubyte.gz": "1787548bbe0bff1ec2ecdc0ef292b02df999e2d1a6002d27500982c652b17203",
    "t10k-images-idx3-ubyte.gz": "1a1a05eab793c14bb050b398624a11b0ffd1a2953baed553b1b9bd079e2a20be",
    "t10k-labels-idx1-ubyte.gz": "b91679a0acfe4ba0e50a2437a903084cba1f5f92592b016a25a7dfd00455798b",
}

KNOWN_BAD_TEST_LABELS = (947, 1621, 1901, 2130, 2462, 2597, 2654, 3520, 3558, 5937, 6651, 6783, 8527, 9679, 9729)
"""Test images whose label five human voters called wrong or undecidable (github.com/cleanlab/label-errors)."""


class Mnist(NamedTuple):
    """Both splits: train of 60,000 and test of 10,000 images, 28x28."""

    train: Dataset
    test: Dataset


def load_mnist(folder: str | Path | None = None) -> Mnist:
    """The complete MNIST, from the package or from a `folder` with the same four files.

    Raises DataError naming the file whose SHA-256 is not the published one.
    """
    place = Path(__file__).parent / "mnist" if folder is None else Path(folder)
    return Mnist(_split(place, "train"), _split(place, "t10k"))


def _split(folder: Path, prefix: Literal["train", "t10k"]) -> Dataset:
    images, labels = (folder / name for name in CHECKSUMS if name.startswith(prefix))
    for path in (images, labels):
        _check(path)
    name = "MNIST train" if prefix == "train" else "MNIST test"
    return make_dataset(read_idx(images), read_idx(labels).astype(np.int64), DIGITS, name)


def _check(path: Path) -> None:
    try:
        found = sha256(path.read_bytes())
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); install Tenfold again") from error
    if found != CHECKSUMS[path.name]:
        raise DataError(
            f"{path}: damaged: SHA-256 is {found[:16]}..., not {CHECKSUMS[path.name][:16]}...; install Tenfold again"
        )
