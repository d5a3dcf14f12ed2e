"""A folder per class: each subfolder is named after its class and holds its pictures."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold.data.dataset import Dataset, Images, make_dataset
from tenfold.errors import DataError
from tenfold.images import ENDINGS, Normalisation, decode, normalise


def read_folders(folder: str | Path, normalisation: Normalisation | None = None) -> Dataset:
    """The pictures in the subfolders of `folder`, classes in the order of their names (numbers by value).

    All pictures must have one size, unless `normalisation` brings them to one.

    Raises DataError naming the subfolder or picture at fault, PictureError for a picture that cannot be decoded.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataError(f"{folder}: is no folder; wanted one with a subfolder for each class")
    classes = sorted((path for path in folder.iterdir() if _is_class(path)), key=lambda path: by_value(path.name))
    if not classes:
        raise DataError(f"{folder}: has no subfolder with pictures; wanted a folder for each class")
    paths = [path for place in classes for path in pictures_in(place)]
    labels = [label for label, place in enumerate(classes) for _ in pictures_in(place)]
    names = [place.name for place in classes]
    return make_dataset(read_pictures(paths, normalisation), np.array(labels, np.int64), names, str(folder))


def pictures_in(folder: Path) -> list[Path]:
    """The pictures directly in `folder`, known by their endings, sorted by name; other files are passed over."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and not path.is_dir())


def read_pictures(paths: list[Path], normalisation: Normalisation | None = None) -> Images:
    """(N, H, W) uint8: the pictures at `paths`, normalised if wanted; otherwise all must have one size.

    Raises DataError naming the odd one out.
    """
    images = [decode(path) for path in paths]
    if normalisation is not None:
        images = [normalise(image, normalisation).image for image in images]
    for path, image in zip(paths, images, strict=True):
        if image.shape != images[0].shape:
            raise DataError(
                f"{path}: is {_size(image)} but {paths[0].name} is {_size(images[0])}; "
                "bring all to one size, or pass --normalise for digits"
            )
    return np.stack(images)


def by_value(name: str) -> tuple[int, float, str]:
    """A sort key that puts numbers first, by value, then names."""
    return (0, float(name), name) if name.isdecimal() else (1, 0.0, name)


def _is_class(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith(".") and bool(pictures_in(path))


def _size(image: NDArray[np.uint8]) -> str:
    return f"{image.shape[1]}x{image.shape[0]}"
