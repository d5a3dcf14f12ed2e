"""CSV and npz: images and labels in one table or archive."""

import csv
import io
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold.data.dataset import Dataset, make_dataset, normalised
from tenfold.data.folders import by_value, read_pictures
from tenfold.data.idx import read_unpacked
from tenfold.errors import DataError
from tenfold.images import Normalisation

Row = tuple[int, list[str]]  # line number, fields

MOST_CLASSES = 1000  # a larger label is a mistake, and would make as many class names


def read_csv(path: str | Path, normalisation: Normalisation | None = None) -> Dataset:
    """A data set from CSV: `label,pixel0,pixel1,...` as Kaggle's, or `path,label`; a header is optional.

    Pixels are whole numbers 0 to 255 of a square image, row by row, and the label is a whole number. In the other form the
    path is relative to the CSV file and the label is any name. Raises DataError naming file, line and column.
    """
    path = Path(path)
    rows = list(_rows(path))
    if not rows:
        raise DataError(f"{path}: holds no rows")
    if len(rows[0][1]) == 2:
        return _named_pictures(path, rows, normalisation)
    return normalised(_pixel_rows(path, rows), normalisation)


def _rows(path: Path) -> Iterator[Row]:
    try:
        text = read_unpacked(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: byte {error.start}: is no text in UTF-8, so no CSV") from error
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for fields in reader:
            if fields:
                yield reader.line_num, fields
    except csv.Error as error:
        raise DataError(f"{path}: line {reader.line_num}: {error}") from error


def _pixel_rows(path: Path, rows: list[Row]) -> Dataset:
    if not any(map(_is_number, rows[0][1])):
        del rows[0]
    if not rows:
        raise DataError(f"{path}: holds a header but no rows")
    line, fields = rows[0]
    pixels = len(fields) - 1
    side = math.isqrt(pixels)
    if side * side != pixels or side < 2:
        raise DataError(
            f"{path}: line {line}: {len(fields)} columns; wanted a label and the pixels of a square image "
            "(785 for 28x28: label,pixel0,...,pixel783)"
        )
    table = np.empty((len(rows), pixels + 1), np.int64)
    for place, (line, fields) in enumerate(rows):
        table[place] = _whole_numbers(path, line, fields, pixels + 1)
    labels, images = table[:, 0], table[:, 1:].astype(np.uint8).reshape(-1, side, side)
    classes = [str(label) for label in range(int(labels.max()) + 1)]
    return make_dataset(images, labels, classes, str(path))


def _whole_numbers(path: Path, line: int, fields: list[str], columns: int) -> NDArray[np.int64]:
    if len(fields) != columns:
        raise DataError(f"{path}: line {line}: {len(fields)} columns where the first row has {columns}")
    try:
        values = np.fromiter(map(int, fields), np.int64, columns)
    except (ValueError, OverflowError):
        column = next(place for place, field in enumerate(fields) if not _is_whole(field))
        what = "label" if column == 0 else "pixel"
        raise DataError(f"{path}: line {line}, column {column + 1}: {what} '{fields[column]}' is no whole number") from None
    wrong = np.flatnonzero((values[1:] < 0) | (values[1:] > 255))
    if len(wrong):
        column = int(wrong[0]) + 1
        raise DataError(f"{path}: line {line}, column {column + 1}: pixel {values[column]} is not within 0 to 255")
    if not 0 <= values[0] < MOST_CLASSES:
        raise DataError(f"{path}: line {line}, column 1: label {values[0]} is not within 0 to {MOST_CLASSES - 1}")
    return values


def _is_number(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def _is_whole(field: str) -> bool:
    try:
        return abs(int(field)) < 1 << 62
    except ValueError:
        return False


def _named_pictures(path: Path, rows: list[Row], normalisation: Normalisation | None) -> Dataset:
    for line, fields in rows:
        if len(fields) != 2:
            raise DataError(f"{path}: line {line}: {len(fields)} columns where the first row has 2 (path,label)")
    if not (path.parent / rows[0][1][0]).is_file():
        line, (first, _) = rows.pop(0)
        if not rows or not (path.parent / rows[0][1][0]).is_file():
            raise DataError(f"{path}: line {line}: no picture at '{first}' (paths are relative to the CSV file)")
    for line, (name, _) in rows:
        if not (path.parent / name).is_file():
            raise DataError(f"{path}: line {line}: no picture at '{name}' (paths are relative to the CSV file)")
    images = read_pictures([path.parent / fields[0] for _, fields in rows], normalisation)
    labels, classes = number_names([fields[1].strip() for _, fields in rows])
    return make_dataset(images, labels, classes, str(path))


def number_names(names: list[str]) -> tuple[NDArray[np.int64], list[str]]:
    """Labels for class names: (labels (N,), classes sorted by value or name)."""
    classes = sorted(set(names), key=by_value)
    place = {name: label for label, name in enumerate(classes)}
    return np.array([place[name] for name in names], np.int64), classes


KEYS = {
    None: (("images", "labels"), ("x", "y"), ("x_train", "y_train")),
    "train": (("x_train", "y_train"), ("train_images", "train_labels")),
    "test": (("x_test", "y_test"), ("test_images", "test_labels")),
}
"""Names of the arrays in an npz file, by split; the first pair that is there is taken."""


def read_npz(path: str | Path, part: str | None = None, normalisation: Normalisation | None = None) -> Dataset:
    """A data set from an npz archive with the arrays `images` and `labels` (or `x`/`y`, or Keras' `x_train`/`y_train`).

    Images are (N, H, W) or (N, H, W, 1) whole numbers 0 to 255, or floats 0 to 1; labels are whole numbers or names;
    an array `classes` may name the classes. Nothing pickled is loaded. Raises DataError naming the file and array.
    """
    content = io.BytesIO(read_unpacked(Path(path)))
    try:
        with np.load(content, allow_pickle=False) as archive:
            arrays = {name: np.asarray(archive[name]) for name in archive.files}
    except Exception as error:  # zipfile, zlib and NumPy each raise their own on a damaged file; it is one thing to the user
        raise DataError(f"{path}: cannot be read as npz ({error})") from error
    pair = next((pair for pair in KEYS[part] if all(key in arrays for key in pair)), None)
    if pair is None:
        known = " or ".join("/".join(pair) for pair in KEYS[part])
        raise DataError(f"{path}: holds {', '.join(arrays) or 'nothing'}; wanted {known}")
    images = _byte_images(path, pair[0], arrays[pair[0]])
    given = arrays.get("classes")
    if given is not None and given.ndim != 1:
        raise DataError(f"{path}: classes has shape {given.shape}; wanted one name a class")
    names = None if given is None else [str(name) for name in given]
    labels, classes = _numbered(path, pair[1], arrays[pair[1]], names)
    return normalised(make_dataset(images, labels, classes, str(path)), normalisation)


def _byte_images(path: str | Path, key: str, array: NDArray[np.generic]) -> NDArray[np.uint8]:
    if array.ndim == 4 and array.shape[3] == 1:
        array = array[..., 0]
    if array.ndim != 3 or not np.issubdtype(array.dtype, np.number) or np.issubdtype(array.dtype, np.complexfloating):
        raise DataError(f"{path}: {key} is {array.dtype} of shape {array.shape}; wanted numbers (N, H, W)")
    if array.dtype == np.uint8:
        return array.astype(np.uint8)
    values = array.astype(np.float64)
    if not np.isfinite(values).all() or values.size == 0 or values.min() < 0 or values.max() > 255:
        raise DataError(f"{path}: {key} has values outside 0 to 255 (or none at all)")
    if np.issubdtype(array.dtype, np.floating) and values.max() <= 1:
        values = values * 255
    return np.rint(values).astype(np.uint8)


def _numbered(
    path: str | Path, key: str, array: NDArray[np.generic], names: list[str] | None
) -> tuple[NDArray[np.int64], list[str]]:
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise DataError(f"{path}: {key} has shape {array.shape}; wanted one label an image")
    if array.dtype.kind == "U":
        return number_names([str(name) for name in array])
    if array.dtype.kind not in "iufb" or not np.all(array == np.rint(array.astype(np.float64))):
        raise DataError(f"{path}: {key} holds labels that are neither whole numbers nor names")
    values = array.astype(np.float64)
    if not np.all((values >= 0) & (values < MOST_CLASSES)):
        raise DataError(f"{path}: {key} holds labels that are not within 0 to {MOST_CLASSES - 1}")
    labels = values.astype(np.int64)
    return labels, names or [str(label) for label in range(int(labels.max(initial=0)) + 1)]
