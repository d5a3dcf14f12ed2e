"""CSV and npz: every usual form is read alike, and a bad cell is named with file, line and column."""

import io
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tenfold.data import Dataset, read_csv, read_npz
from tenfold.errors import DataError

IMAGES = np.random.default_rng(0).integers(0, 256, (6, 28, 28), dtype=np.uint8)
LABELS = np.array([3, 0, 2, 1, 3, 0])
HEADER = ",".join(["label", *(f"pixel{place}" for place in range(784))])
ROWS = [",".join(map(str, [label, *image.ravel()])) for label, image in zip(LABELS, IMAGES, strict=True)]


def check(dataset: Dataset) -> None:
    """The six images and labels, as they were."""
    assert np.array_equal(dataset.images, IMAGES)
    assert dataset.labels.tolist() == LABELS.tolist()
    assert dataset.classes == ("0", "1", "2", "3")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("\n".join([HEADER, *ROWS]) + "\n", "as Kaggle's"),
        ("\n".join(ROWS), "no header, no line break at the end"),
        ("\ufeff" + "\n".join([HEADER, *ROWS]), "a byte-order mark, as Excel writes"),
        ("\ufeff" + "\n".join(ROWS), "a byte-order mark before a number"),
        ("\r\n".join([HEADER, *ROWS, ""]), "Windows line ends"),
        ("\r".join([HEADER, *ROWS]), "old Macintosh line ends"),
        ("\n\n".join([HEADER, *ROWS]) + "\n\n\n", "blank lines between and behind"),
        ("\n".join([HEADER, *(row.replace(",", ", ") for row in ROWS)]), "a space behind each comma"),
        ("\n".join([HEADER, *('"' + row.replace(",", '","') + '"' for row in ROWS)]), "every field quoted"),
        ("\n".join(["5,1x1" + ",1x2" * 783, *ROWS])[2:].replace("1x1", "label,1x1", 1), "another header"),
    ],
)
def test_every_usual_csv_gives_the_same_data(tmp_path: Path, content: str, reason: str) -> None:
    """Header or none, BOM or none, any line ends: the images and labels are those that were written."""
    path = tmp_path / "digits.csv"
    path.write_bytes(content.encode())
    dataset = read_csv(path)
    assert np.array_equal(dataset.images, IMAGES), reason
    check(dataset)


def changed(row: int, column: int, field: str) -> list[str]:
    """The rows with one field put in another's place."""
    fields = ROWS[row].split(",")
    fields[column] = field
    return [*ROWS[:row], ",".join(fields), *ROWS[row + 1 :]]


BAD_CELLS = [
    (7, "-1", "pixel -1 is not within 0 to 255", "below black"),
    (7, "256", "pixel 256 is not within 0 to 255", "above white"),
    (7, "1.5", "pixel '1.5' is no whole number", "a fraction"),
    (7, "NaN", "pixel 'NaN' is no whole number", "pandas' missing value"),
    (7, "", "pixel '' is no whole number", "nothing"),
    (7, "0x10", "pixel '0x10' is no whole number", "hexadecimal"),
    (7, "1e2", "pixel '1e2' is no whole number", "an exponent"),
    (7, "9" * 30, f"pixel '{'9' * 30}' is no whole number", "a number of 30 digits"),
    (784, "NaN", "pixel 'NaN' is no whole number", "the last column"),
    (784, "1.5", "pixel '1.5' is no whole number", "the last column, a fraction"),
    (1, "999", "pixel 999 is not within 0 to 255", "the first pixel"),
    (0, "seven", "label 'seven' is no whole number", "a label in words"),
    (0, "-1", "label -1 is not within 0 to 999", "a label below 0"),
    (0, "1000000000", "label 1000000000 is not within 0 to 999", "a label that would make as many classes"),
    (0, "3.0", "label '3.0' is no whole number", "a label as a fraction"),
]


@pytest.mark.parametrize("with_header", [True, False], ids=["header", "no header"])
@pytest.mark.parametrize("row", [0, 4])
@pytest.mark.parametrize(("column", "field", "message", "reason"), BAD_CELLS)
def test_a_bad_cell_is_named(
    tmp_path: Path, with_header: bool, row: int, column: int, field: str, message: str, reason: str
) -> None:
    """The message has file, line and column, in the first row too, which must not pass for a header."""
    path = tmp_path / "bad.csv"
    path.write_text("\n".join([*([HEADER] if with_header else []), *changed(row, column, field)]))
    with pytest.raises(DataError) as caught:
        read_csv(path)
    line = row + 1 + with_header
    assert str(caught.value) == f"{path}: line {line}, column {column + 1}: {message}", reason


def drop(row: str) -> str:
    """The row without its last column."""
    return row.rsplit(",", 1)[0]


@pytest.mark.parametrize(
    ("lines", "message", "reason"),
    [
        ([drop(row) for row in ROWS], "line 1: 784 columns; wanted a label and", "783 pixels"),
        ([row + ",0" for row in ROWS], "line 1: 786 columns; wanted a label and", "785 pixels"),
        ([drop(row) for row in [HEADER, *ROWS]], "line 2: 784 columns; wanted a label and", "783 pixels and a header"),
        ([HEADER, *ROWS[:3], drop(ROWS[3])], "line 5: 784 columns where the first row has 785", "a ragged line, short"),
        ([HEADER, *ROWS[:3], ROWS[3] + ",0"], "line 5: 786 columns where the first row has 785", "a ragged line, long"),
        ([HEADER, "", ROWS[0], "", drop(ROWS[1])], "line 5: 784 columns where", "blank lines count as lines"),
        ([HEADER], "holds a header but no rows", "a header alone"),
        ([], "holds no rows", "nothing"),
        (["", "", ""], "holds no rows", "blank lines only"),
        (["hello"], "holds a header but no rows", "a text file"),
        ([row.replace(",", ";") for row in ROWS], "line 2: 1 columns; wanted a label and", "semicolons"),
        (['"' + ROWS[0]], "holds a header but no rows", "a quote that never ends"),
        (["a.png,3", "b.png,4"], "line 1: no picture at 'a.png'", "pictures that are not there"),
    ],
)
def test_a_bad_table_is_named(tmp_path: Path, lines: list[str], message: str, reason: str) -> None:
    """A table of the wrong shape is refused with file and line."""
    path = tmp_path / "bad.csv"
    path.write_text("\n".join(lines))
    with pytest.raises(DataError) as caught:
        read_csv(path)
    assert str(caught.value).startswith(f"{path}: {message}"), f"{reason}: {caught.value}"


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    """A binary file named .csv is refused with the byte where the text ends."""
    (tmp_path / "x.csv").write_bytes(b"1,2,3\n\xff\xfe")
    with pytest.raises(DataError, match=r"x\.csv: byte 6: is no text in UTF-8"):
        read_csv(tmp_path / "x.csv")


@pytest.mark.parametrize("header", ["", "path,label\n"])
def test_a_table_of_pictures(tmp_path: Path, header: str) -> None:
    """`path,label` reads pictures relative to the CSV file; any names are classes, numbers sorted by value."""
    (tmp_path / "in").mkdir()
    for place, image in enumerate(IMAGES[:3]):
        Image.fromarray(image).save(tmp_path / "in" / f"{place}.png")
    (tmp_path / "x.csv").write_text(header + "in/0.png,10\nin/1.png,9\nin/2.png,cat\n")
    dataset = read_csv(tmp_path / "x.csv")
    assert np.array_equal(dataset.images, IMAGES[:3])
    assert [dataset.classes[label] for label in dataset.labels] == ["10", "9", "cat"]
    assert dataset.classes == ("9", "10", "cat")


def test_a_missing_picture_in_a_table_is_named(tmp_path: Path) -> None:
    """The line and the path of a picture that is not there are told."""
    Image.fromarray(IMAGES[0]).save(tmp_path / "0.png")
    (tmp_path / "x.csv").write_text("path,label\n0.png,1\nno.png,2\n")
    with pytest.raises(DataError, match=r"x\.csv: line 3: no picture at 'no\.png'"):
        read_csv(tmp_path / "x.csv")


@pytest.mark.parametrize(
    ("images", "labels", "keys", "part", "reason"),
    [
        (IMAGES, LABELS, ("images", "labels"), None, "our own names"),
        (IMAGES, LABELS, ("x", "y"), None, "short names"),
        (IMAGES, LABELS, ("x_train", "y_train"), "train", "Keras' names"),
        (IMAGES, LABELS, ("x_train", "y_train"), None, "Keras' names, no part asked for"),
        (IMAGES, LABELS, ("x_test", "y_test"), "test", "Keras' test part"),
        (IMAGES[..., None], LABELS[:, None], ("x", "y"), None, "a channel axis, labels in a column"),
        (IMAGES.astype(np.int64), LABELS.astype(np.uint8), ("x", "y"), None, "wide pixels, narrow labels"),
        (IMAGES / 255, LABELS.astype(float), ("x", "y"), None, "floats 0 to 1"),
        (IMAGES.astype(np.float32), LABELS, ("x", "y"), None, "floats 0 to 255"),
        (IMAGES, LABELS.astype(str), ("x", "y"), None, "labels as text"),
    ],
)
def test_every_usual_npz_gives_the_same_data(
    tmp_path: Path, images: np.ndarray, labels: np.ndarray, keys: tuple[str, str], part: str | None, reason: str
) -> None:
    """Names of arrays, number types and axes differ; the data set is the same."""
    np.savez_compressed(tmp_path / "x.npz", **{keys[0]: images, keys[1]: labels})
    dataset = read_npz(tmp_path / "x.npz", part)
    assert np.array_equal(dataset.images, IMAGES), reason
    check(dataset)


def test_npz_may_name_its_classes(tmp_path: Path) -> None:
    """The array `classes` gives the names in the order of the labels."""
    np.savez(tmp_path / "x.npz", images=IMAGES, labels=LABELS, classes=["d", "c", "b", "a"])
    assert read_npz(tmp_path / "x.npz").classes == ("d", "c", "b", "a")


BAD_ARRAYS = {
    "no labels": ({"images": IMAGES}, "holds images; wanted images/labels"),
    "nothing": ({}, "holds nothing; wanted"),
    "one label short": ({"images": IMAGES, "labels": LABELS[:-1]}, "6 images but 5 labels"),
    "no images": ({"images": IMAGES[:0], "labels": LABELS[:0]}, "holds no images"),
    "colour": (
        {"images": np.zeros((6, 28, 28, 3), np.uint8), "labels": LABELS},
        r"images is uint8 of shape \(6, 28, 28, 3\)",
    ),
    "flat rows": ({"images": IMAGES.reshape(6, -1), "labels": LABELS}, r"images is uint8 of shape \(6, 784\)"),
    "text for images": ({"images": np.array(["a"] * 6), "labels": LABELS}, "images is <U1"),
    "complex images": ({"images": IMAGES * 1j, "labels": LABELS}, "images is complex128"),
    "standardised images": ({"images": IMAGES / 255 - 0.5, "labels": LABELS}, "images has values outside 0 to 255"),
    "16-bit images": ({"images": IMAGES.astype(np.uint16) * 257, "labels": LABELS}, "images has values outside 0 to 255"),
    "NaN in images": ({"images": np.full((6, 2, 2), np.nan), "labels": LABELS}, "images has values outside 0 to 255"),
    "infinite image": ({"images": np.full((6, 2, 2), np.inf), "labels": LABELS}, "images has values outside 0 to 255"),
    "one-hot labels": ({"images": IMAGES, "labels": np.eye(6)}, r"labels has shape \(6, 6\)"),
    "a single label": ({"images": IMAGES, "labels": np.array(3)}, r"labels has shape \(\)"),
    "label -1": ({"images": IMAGES, "labels": LABELS - 1}, "labels holds labels that are not within 0 to 999"),
    "label 10**12": ({"images": IMAGES, "labels": LABELS * 10**12}, "labels holds labels that are not within 0 to 999"),
    "label infinite": ({"images": IMAGES, "labels": LABELS + np.inf}, "labels holds labels that are not within"),
    "label NaN": ({"images": IMAGES, "labels": LABELS * np.nan}, "labels holds labels that are neither"),
    "label 1.5": ({"images": IMAGES, "labels": LABELS + 0.5}, "labels holds labels that are neither"),
    "labels as bytes": ({"images": IMAGES, "labels": LABELS.astype("S")}, "labels holds labels that are neither"),
    "label without a class": (
        {"images": IMAGES, "labels": LABELS, "classes": ["a", "b"]},
        "label 3 of image 0 is not one of",
    ),
    "classes that are no list": ({"images": IMAGES, "labels": LABELS, "classes": "abcd"}, r"classes has shape \(\)"),
}


@pytest.mark.parametrize("name", BAD_ARRAYS)
def test_bad_arrays_are_named(tmp_path: Path, name: str) -> None:
    """Arrays that make no data set are refused by file and array."""
    arrays, message = BAD_ARRAYS[name]
    np.savez(tmp_path / "x.npz", **arrays)
    with pytest.raises(DataError, match=r"x\.npz: " + message):
        read_npz(tmp_path / "x.npz")


class Bomb:
    """An object whose unpickling writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.path,))


@pytest.mark.parametrize("form", ["in the archive", "in place of the archive"])
def test_a_pickle_is_refused_without_running_it(tmp_path: Path, form: str) -> None:
    """A pickle, inside an npz or named as one, is refused and nothing of it is run."""
    ran = tmp_path / "ran"
    if form == "in the archive":
        np.savez(tmp_path / "x.npz", images=np.array([Bomb(ran)], object), labels=LABELS[:1])
    else:
        (tmp_path / "x.npz").write_bytes(pickle.dumps(Bomb(ran)))
    with pytest.raises(DataError, match=r"x\.npz: cannot be read as npz"):
        read_npz(tmp_path / "x.npz")
    assert not ran.exists()


def shape_bomb() -> bytes:
    """An npz of under 1 KB whose array claims to have 10^15 numbers."""
    head = b"{'descr': '|u1', 'fortran_order': False, 'shape': (1000000000, 1000, 1000), }".ljust(117) + b"\n"
    member = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("images.npy", member)
        file.writestr("labels.npy", member)
    return archive.getvalue()


def other_archive() -> bytes:
    """A zip whose members are called as the arrays are, but are text."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("images", b"hello")
        file.writestr("labels", b"world")
    return archive.getvalue()


def lone_array() -> bytes:
    """A .npy file under the name of an npz."""
    buffer = io.BytesIO()
    np.save(buffer, IMAGES)
    return buffer.getvalue()


@pytest.mark.parametrize("content", [shape_bomb(), other_archive(), lone_array(), b"", b"PK\x03\x04", b"text"])
def test_what_is_no_npz_is_refused(tmp_path: Path, content: bytes) -> None:
    """A zip of something else, an array that claims to be huge, a lone array, nothing: one line with the file's name."""
    (tmp_path / "x.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"x\.npz: ") as caught:
        read_npz(tmp_path / "x.npz")
    assert "\n" not in str(caught.value)


def test_a_damaged_npz_is_refused_or_read_right(tmp_path: Path) -> None:
    """300 flips of one bit and 50 truncations: a DataError that begins with the file, or the very same data."""
    path = tmp_path / "x.npz"
    np.savez_compressed(path, images=IMAGES, labels=LABELS)
    whole = path.read_bytes()
    rng = np.random.default_rng(1)
    flips = [whole[: bit // 8] + bytes([whole[bit // 8] ^ 1 << bit % 8]) + whole[bit // 8 + 1 :]
             for bit in rng.integers(0, len(whole) * 8, 300)]  # fmt: skip
    messages = []
    for place, content in enumerate([*flips, *(whole[:end] for end in rng.integers(0, len(whole), 50))]):
        path.write_bytes(content)
        try:
            dataset = read_npz(path)
        except DataError as error:
            messages.append(str(error))
        else:
            assert np.array_equal(dataset.images, IMAGES), f"damage {place} was read as something else"
    assert [message for message in messages if not message.startswith(f"{path}: ")] == []
    assert len(messages) > 250, f"only {len(messages)} of 350 damaged files were refused"
