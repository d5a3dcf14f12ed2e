"""A path -> a data set, its form found out by looking."""

import zipfile
from pathlib import Path
from typing import Literal

import numpy as np

from tenfold.data.dataset import Dataset, make_dataset
from tenfold.data.folders import read_folders
from tenfold.data.idx import is_idx, read_idx, read_unpacked
from tenfold.data.mnist import load_mnist
from tenfold.data.tables import read_csv, read_npz
from tenfold.errors import DataError

Part = Literal["train", "test"]

IDX_PREFIXES = {"train": ("train",), "test": ("t10k", "test")}


def load(source: str | Path = "mnist", part: Part | None = None) -> Dataset:
    """The data set at `source`: "mnist", or a path to one of the forms people have.

    A folder of IDX files as MNIST's; a folder with a subfolder for each class; an IDX file of images beside its labels
    (`images-idx3` becomes `labels-idx1`); CSV; npz. `.gz` is unpacked. Where the source has a train and a test part (MNIST,
    a folder with `train/` and `test/`, Keras' npz) `part` says which; without it, train. Raises DataError naming the
    file and the reason.
    """
    if str(source) == "mnist":
        mnist = load_mnist()
        return mnist.test if part == "test" else mnist.train
    path = Path(source)
    if not path.exists():
        raise DataError(f"{path}: no such file or folder; give 'mnist' or a path to IDX, CSV, npz or a folder per class")
    return _load_folder(path, part) if path.is_dir() else _load_file(path, part)


def _load_folder(folder: Path, part: Part | None) -> Dataset:
    if any(folder.glob("*-idx3-ubyte*")):
        return _load_idx(_idx_images(folder, part))
    if (folder / "train").is_dir():
        return _load_folder_part(folder, part or "train")
    _only_part(folder, part)
    return read_folders(folder)


def _load_folder_part(folder: Path, part: Part) -> Dataset:
    """One part of a folder with `train/` and `test/`; a test part keeps the classes of its train part."""
    train = read_folders(folder / "train")
    if part == "train":
        return train
    if not (folder / "test").is_dir():
        raise DataError(f"{folder}: has train/ but no test/")
    test = read_folders(folder / "test")
    unknown = sorted(set(test.classes) - set(train.classes))
    if unknown:
        raise DataError(f"{folder / 'test' / unknown[0]}: class '{unknown[0]}' is not in {folder / 'train'}")
    places = np.array([train.classes.index(name) for name in test.classes], np.int64)
    return make_dataset(test.images, places[test.labels], train.classes, test.name)


def _load_file(path: Path, part: Part | None) -> Dataset:
    if zipfile.is_zipfile(path):
        return read_npz(path, part)
    _only_part(path, part)
    if is_idx(read_unpacked(path)[:4]):
        return _load_idx(path)
    return read_csv(path)


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
