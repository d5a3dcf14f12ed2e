"""A path's form is found out by looking: the same digits in every form are the same data."""

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tenfold.data import Dataset, Mnist, load, write_idx
from tenfold.errors import DataError, TenfoldError


def as_idx(folder: Path, data: Dataset) -> Path:
    """Two IDX files beside each other."""
    write_idx(folder / "my-images-idx3-ubyte", data.images)
    write_idx(folder / "my-labels-idx1-ubyte", data.labels.astype(np.uint8))
    return folder / "my-images-idx3-ubyte"


def as_idx_folder(folder: Path, data: Dataset) -> Path:
    """A folder with MNIST's names, gzipped."""
    for prefix, part in (("train", data), ("t10k", data.take(np.arange(9, -1, -1)))):
        write_idx(folder / f"{prefix}-images-idx3-ubyte.gz", part.images)
        write_idx(folder / f"{prefix}-labels-idx1-ubyte.gz", part.labels.astype(np.uint8))
    return folder


def as_csv(folder: Path, data: Dataset) -> Path:
    """Kaggle's form."""
    np.savetxt(folder / "x.csv", np.column_stack([data.labels, data.images.reshape(len(data), -1)]), "%d", ",")
    return folder / "x.csv"


def as_zipped_csv(folder: Path, data: Dataset) -> Path:
    """Kaggle's form, gzipped."""
    path = folder / "x.csv.gz"
    path.write_bytes(gzip.compress(as_csv(folder, data).read_bytes()))
    return path


def as_npz(folder: Path, data: Dataset) -> Path:
    """Keras' form, with an ending that says nothing."""
    with (folder / "data.bin").open("wb") as file:
        np.savez(file, x_train=data.images, y_train=data.labels)
    return folder / "data.bin"


def as_folders(folder: Path, data: Dataset) -> Path:
    """A folder per class; file names keep the order."""
    for place, (image, label) in enumerate(zip(data.images, data.labels, strict=True)):
        (folder / str(label)).mkdir(exist_ok=True)
        Image.fromarray(image).save(folder / str(label) / f"{place:03}.png")
    return folder


FORMS = [as_idx, as_idx_folder, as_csv, as_zipped_csv, as_npz, as_folders]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_data(tmp_path: Path, few: Dataset, form: Callable[[Path, Dataset], Path]) -> None:
    """IDX, CSV, npz and folders of the same digits hold the same images, labels and classes, whatever the file is called."""
    data = few.take(np.argsort(few.labels, kind="stable")[::10])
    found = load(form(tmp_path, data))
    assert found.sha256 == data.sha256


def test_mnist_by_name(mnist: Mnist) -> None:
    """ "mnist" is the train split, or the part that is asked for."""
    assert [load().name, load("mnist", "train").name, load("mnist", "test").name] == ["MNIST train"] * 2 + ["MNIST test"]


def test_parts_of_a_folder_of_idx_files(tmp_path: Path, few: Dataset) -> None:
    """The part says which pair of files is read; without it, train."""
    as_idx_folder(tmp_path, few)
    assert [len(load(tmp_path)), len(load(tmp_path, "train")), len(load(tmp_path, "test"))] == [500, 500, 10]


def test_a_test_part_keeps_the_classes_of_its_train_part(tmp_path: Path, few: Dataset) -> None:
    """Where `test/` lacks a class the labels still mean what they mean in `train/`; a new class is refused by name."""
    for name in ("train", "test"):
        (tmp_path / name).mkdir()
    as_folders(tmp_path / "train", few.take(np.arange(100)))
    as_folders(tmp_path / "test", few.take(np.flatnonzero(few.labels >= 5)[:20]))
    found = load(tmp_path, "test")
    assert found.classes == load(tmp_path).classes == tuple("0123456789")
    assert found.labels.min() == 5
    (tmp_path / "test" / "5").rename(tmp_path / "test" / "five")
    with pytest.raises(DataError, match="test/five: class 'five' is not in"):
        load(tmp_path, "test")


@pytest.mark.parametrize("form", [as_idx, as_csv, as_folders])
def test_a_part_that_is_not_there_is_refused(tmp_path: Path, few: Dataset, form: Callable[[Path, Dataset], Path]) -> None:
    """Asked for a test part, a source without one says so and does not hand out the training data."""
    with pytest.raises(DataError, match="has no test part"):
        load(form(tmp_path, few), "test")


def test_images_without_labels_are_refused(tmp_path: Path, few: Dataset) -> None:
    """IDX images without labels beside them name the file that is wanted; too few labels give both counts."""
    path = as_idx(tmp_path, few)
    write_idx(tmp_path / "my-labels-idx1-ubyte", few.labels[:-1].astype(np.uint8))
    with pytest.raises(DataError, match="my-labels-idx1-ubyte: 499 labels, but my-images-idx3-ubyte holds 500 images"):
        load(path)
    (tmp_path / "my-labels-idx1-ubyte").unlink()
    with pytest.raises(DataError, match="no labels beside it; wanted my-labels-idx1-ubyte"):
        load(path)


def test_labels_given_for_images_are_refused(tmp_path: Path, few: Dataset) -> None:
    """A file of labels is no data set by itself."""
    as_idx(tmp_path, few)
    with pytest.raises(DataError, match=r"labels beside|rank 3"):
        load(tmp_path / "my-labels-idx1-ubyte")


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe", "dangling link"])
def test_what_is_no_data_is_refused(tmp_path: Path, kind: str, make_entry: Callable[[Path, str], Path]) -> None:
    """A missing path, an empty folder, a pipe and a dangling link are each one line that begins with the path."""
    path = make_entry(tmp_path / "x", kind)
    with pytest.raises(TenfoldError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: ")
