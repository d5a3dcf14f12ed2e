"""A folder per class: classes in the order of their names, and the odd picture named."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tenfold.data import pictures_in, read_folders
from tenfold.errors import DataError, PictureError


def put(path: Path, level: int = 0, size: tuple[int, int] = (8, 6)) -> None:
    """A grey picture of one level at `path`, its folder made on the way."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", size, level).save(path)


def test_classes_are_sorted_by_value_then_name(tmp_path: Path) -> None:
    """Folders called 10, 9, b and a give the classes 9, 10, a, b, and each picture its own folder's."""
    for level, name in enumerate(["10", "9", "b", "a"]):
        put(tmp_path / name / "one.png", level)
    dataset = read_folders(tmp_path)
    assert dataset.classes == ("9", "10", "a", "b")
    assert dataset.images[:, 0, 0].tolist() == [1, 0, 3, 2]
    assert dataset.labels.tolist() == [0, 1, 2, 3]
    assert dataset.images.shape == (4, 6, 8)


def test_pictures_are_known_by_their_endings_and_sorted(tmp_path: Path) -> None:
    """Endings count in any case; other files, hidden folders, empty folders and folders named .png are passed over."""
    for name in ["b.png", "a.JPG", "c.bmp"]:
        put(tmp_path / "x" / name)
    (tmp_path / "x" / "notes.txt").write_text("no picture")
    (tmp_path / "x" / "folder.png").mkdir()
    put(tmp_path / ".hidden" / "d.png")
    (tmp_path / "empty").mkdir()
    (tmp_path / "README.md").touch()
    assert [path.name for path in pictures_in(tmp_path / "x")] == ["a.JPG", "b.png", "c.bmp"]
    dataset = read_folders(tmp_path)
    assert dataset.classes == ("x",)
    assert len(dataset) == 3


def test_two_sizes_name_the_odd_file(tmp_path: Path) -> None:
    """Where one picture has another size the message has its path and both sizes, width first."""
    put(tmp_path / "a" / "1.png")
    put(tmp_path / "a" / "2.png")
    put(tmp_path / "b" / "3.png", size=(9, 6))
    with pytest.raises(DataError) as caught:
        read_folders(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / 'b' / '3.png'}: is 9x6 but 1.png is 8x6")


def test_a_picture_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A text named .png stops the reading with its path."""
    put(tmp_path / "a" / "1.png")
    (tmp_path / "a" / "2.png").write_text("no picture")
    with pytest.raises(PictureError, match=r"a/2\.png: is no PNG"):
        read_folders(tmp_path)


@pytest.mark.parametrize(
    ("kind", "message"),
    [("folder", "has no subfolder with pictures"), ("missing", "is no folder"), ("dangling link", "is no folder")],
)
def test_a_folder_without_classes_is_refused(
    tmp_path: Path, kind: str, message: str, make_entry: Callable[[Path, str], Path]
) -> None:
    """An empty or missing folder is refused by name."""
    with pytest.raises(DataError, match=f"data: {message}"):
        read_folders(make_entry(tmp_path / "data", kind))


def test_training_and_reading_see_the_same_pixels(tmp_path: Path) -> None:
    """A coloured, transparent picture in a folder is the grey that decode makes of it."""
    pixels = np.zeros((5, 5, 4), np.uint8)
    pixels[1:4, 2] = [0, 0, 0, 255]
    (tmp_path / "a").mkdir()
    Image.fromarray(pixels).save(tmp_path / "a" / "x.png")
    image = read_folders(tmp_path).images[0]
    assert image[0, 0] == 255
    assert image[2, 2] == 0
