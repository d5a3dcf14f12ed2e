"""A path -> a data set, its form found out by looking."""

from pathlib import Path
from typing import Literal

import numpy as np

from tenfold.data.dataset import Dataset, make_dataset, normalised
from tenfold.data.folders import read_folders
from tenfold.data.idx import is_idx, read_idx, read_unpacked
from tenfold.data.mnist import load_mnist
from tenfold.data.tables import read_csv, read_npz
from tenfold.errors import DataError, unknown_name
from tenfold.images import Normalisation

Part = Literal["train", "test"]

ZIP = b"PK\x03\x04"  # the first bytes of an npz file
PARTS: dict[str, Part] = {"train": "train", "test": "test"}

IDX_PREFIXES = {"train": ("train",), "test": ("t10k", "test")}


def load(source: str | Path = "mnist", part: Part | None = None, *, normalisation: Normalisation | None = None) -> Dataset:
    """The data set at `source`: "mnist", or a path to one of the forms people have.

    A folder of IDX files as MNIST's; a folder with a subfolder for each class; an IDX file of images beside its labels
    (`images-idx3` becomes `labels-idx1`); CSV; npz. `.gz` is unpacked. Where the source has a train and a test part (MNIST,
    a folder with `train/` and `test/`, Keras' npz) `part` says which; without it, train. `normalisation` brings pictures
    of digits, each of any size, to MNIST's form.

    Raises DataError naming the file and the reason, PictureError for a picture that cannot be decoded.
    """
    if str(source) == "mnist":
        mnist = load_mnist()
        return normalised(mnist.test if part == "test" else mnist.train, normalisation)
    path = Path(source)
    if not path.exists():
        raise DataError(f"{path}: no such file or folder; give 'mnist' or a path to IDX, CSV, npz or a folder per class")
    loader = _load_folder if path.is_dir() else _load_file
    return loader(path, part, normalisation)


def check_part(part: str | None) -> Part | None:
    """The part as `load` takes it. Raises UsageError for a name that is neither train nor test."""
    if part is None:
        return None
    if part not in PARTS:
        raise unknown_name("part", part, PARTS)
    return PARTS[part]


def _load_folder(folder: Path, part: Part | None, normalisation: Normalisation | None) -> Dataset:
    if any(folder.glob("*-idx3-ubyte*")):
        return normalised(_load_idx(_idx_images(folder, part)), normalisation)
    if (folder / "train").is_dir():
        return _load_folder_part(folder, part or "train", normalisation)
    _only_part(folder, part)
    return read_folders(folder, normalisation)


def _load_folder_part(folder: Path, part: Part, normalisation: Normalisation | None) -> Dataset:
    """One part of a folder with `train/` and `test/`; a test part keeps the classes of its train part."""
    train = read_folders(folder / "train", normalisation)
    if part == "train":
        return train
    if not (folder / "test").is_dir():
        raise DataError(f"{folder}: has train/ but no test/")
    test = read_folders(folder / "test", normalisation)
    unknown = sorted(set(test.classes) - set(train.classes))
    if unknown:
        raise DataError(f"{folder / 'test' / unknown[0]}: class '{unknown[0]}' is not in {folder / 'train'}")
    places = np.array([train.classes.index(name) for name in test.classes], np.int64)
    return make_dataset(test.images, places[test.labels], train.classes, test.name)


def _load_file(path: Path, part: Part | None, normalisation: Normalisation | None) -> Dataset:
    head = read_unpacked(path)[:4]
    if head == ZIP:
        return read_npz(path, part, normalisation)
    _only_part(path, part)
    if is_idx(head):
        return normalised(_load_idx(path), normalisation)
    return read_csv(path, normalisation)


def _only_part(path: Path, part: Part | None) -> None:
    if part == "test":
        raise DataError(f"{path}: has no test part; name the test data itself")


def _idx_images(folder: Path, part: Part | None) -> Path:
    for prefix in IDX_PREFIXES[part or "train"]:
        found = sorted(folder.glob(f"{prefix}*-idx3-ubyte*"))
        if found:
            return found[0]
    raise DataError(f"{folder}: has no {part or 'train'}-images-idx3-ubyte file")


def _load_idx(path: Path) -> Dataset:
    beside = path.with_name(path.name.replace("images", "labels").replace("idx3", "idx1"))
    if beside == path or not beside.exists():
        raise DataError(f"{path}: no labels beside it; wanted {beside.name if beside != path else '...labels-idx1-ubyte'}")
    images, labels = read_idx(path), read_idx(beside)
    if images.ndim != 3 or labels.ndim != 1:
        raise DataError(f"{path}: wanted images of rank 3 and labels of rank 1 beside them")
    if len(images) != len(labels):
        raise DataError(f"{beside}: {len(labels)} labels, but {path.name} holds {len(images)} images")
    classes = [str(label) for label in range(int(labels.max(initial=0)) + 1)]
    return make_dataset(images, labels.astype(np.int64), classes, str(path))
