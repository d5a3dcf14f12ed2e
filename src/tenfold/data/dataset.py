"""A labelled set of small grey images, and how it is split."""

from __future__ import annotations  # numpy.random is not imported before somebody draws

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import DataError, UsageError
from tenfold.files import sha256
from tenfold.images import Normalisation, normalise

Images = NDArray[np.uint8]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Dataset:
    """Images with a label each.

    images:  (N, H, W) uint8 grey levels, 0 paper and 255 ink for digits
    labels:  (N,) int64, places in `classes`
    classes: the names of the classes, in the order of the labels
    name:    what to call it in a report
    """

    images: Images
    labels: Labels
    classes: tuple[str, ...]
    name: str

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of every image, in pixels."""
        return self.images.shape[1], self.images.shape[2]

    @property
    def counts(self) -> NDArray[np.int64]:
        """(C,) how many images each class has."""
        return np.bincount(self.labels, minlength=len(self.classes))

    @cached_property
    def sha256(self) -> str:
        """A hash of images, labels and class names: two sets with the same one train the same network."""
        names = "\n".join(self.classes).encode()
        return sha256(str(self.images.shape).encode() + self.images.tobytes() + self.labels.tobytes() + names)

    def take(self, indices: Sequence[int] | NDArray[np.int64]) -> Dataset:
        """The images at `indices`, in that order."""
        return Dataset(self.images[indices], self.labels[indices], self.classes, self.name)


def make_dataset(images: Images, labels: Labels, classes: Sequence[str], name: str) -> Dataset:
    """A Dataset whose parts fit together. Raises DataError, which begins with `name`, where they do not."""
    if images.ndim != 3 or images.dtype != np.uint8 or 0 in images.shape[1:]:
        raise DataError(f"{name}: images are {images.dtype} of shape {images.shape}; wanted uint8 (N, H, W)")
    if len(images) != len(labels):
        raise DataError(f"{name}: {len(images)} images but {len(labels)} labels")
    if len(images) == 0:
        raise DataError(f"{name}: holds no images")
    if labels.min() < 0 or labels.max() >= len(classes):
        worst = int(np.argmax((labels < 0) | (labels >= len(classes))))
        raise DataError(f"{name}: label {labels[worst]} of image {worst} is not one of 0 to {len(classes) - 1}")
    return Dataset(np.ascontiguousarray(images), labels.astype(np.int64), tuple(classes), name)


def normalised(dataset: Dataset, normalisation: Normalisation | None) -> Dataset:
    """The data set with every image brought to MNIST's form; as it is where `normalisation` is None."""
    if normalisation is None:
        return dataset
    images = np.stack([normalise(image, normalisation).image for image in dataset.images])
    return Dataset(images, dataset.labels, dataset.classes, dataset.name)


def renamed(dataset: Dataset, classes: Sequence[str]) -> Dataset:
    """The data set with `classes` as the names of labels 0, 1, 2, ..., where its own names are only these numbers.

    There may be more names than its labels reach, as in a test set without the last class. Raises UsageError where there
    are fewer, one comes twice, or the data set has names of its own.
    """
    if dataset.classes != tuple(map(str, range(len(dataset.classes)))):
        raise UsageError(f"{dataset.name}: has class names of its own ({', '.join(dataset.classes)})")
    if len(classes) < len(dataset.classes):
        raise UsageError(f"{dataset.name}: {len(classes)} class names for the labels 0 to {len(dataset.classes) - 1}")
    if len(set(classes)) < len(classes):
        raise UsageError(f"a class name comes twice in {', '.join(classes)}")
    return Dataset(dataset.images, dataset.labels, tuple(classes), dataset.name)


def check_trainable(dataset: Dataset) -> None:
    """Raise DataError where nothing could be learned: one class only, or a class without images."""
    if len(dataset.classes) < 2:
        raise DataError(f"{dataset.name}: has one class only ('{dataset.classes[0]}'); a network needs at least two")
    missing = [name for name, count in zip(dataset.classes, dataset.counts, strict=True) if count == 0]
    if missing:
        raise DataError(f"{dataset.name}: no image of class '{missing[0]}'; add some or take the class out")


def split(dataset: Dataset, fraction: float = 0.1, *, seed: int = 0) -> tuple[Dataset, Dataset]:
    """Cut a stratified validation split from `dataset`: (train, validation).

    `fraction` of every class goes to validation, drawn by `seed`; both parts keep the order of the whole. The sizes add
    up to the exact share: 0.1 of 60,000 is 6,000, classes with the largest remainders giving one more. The last image of a
    class stays in train.
    Raises UsageError unless 0 < fraction < 1, DataError where a part would be empty.
    """
    if not 0 < fraction < 1:
        raise UsageError(f"the validation fraction must lie between 0 and 1, not {fraction:g}")
    chosen = _stratified(dataset.labels, dataset.counts, fraction, np.random.default_rng(seed))
    if not 0 < chosen.sum() < len(dataset):
        raise DataError(f"{dataset.name}: {fraction:g} of {len(dataset)} images leaves an empty split; use more images")
    return dataset.take(np.flatnonzero(~chosen)), dataset.take(np.flatnonzero(chosen))


def _stratified(labels: Labels, counts: NDArray[np.int64], fraction: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """(N,) True for the images drawn: the same share of every class, their sum rounded once."""
    exact, most = counts * fraction, np.maximum(counts - 1, 0)
    quota = np.minimum(np.floor(exact).astype(np.int64), most)
    missing = round(len(labels) * fraction) - quota.sum()
    by_remainder = np.argsort(quota - exact, kind="stable")
    quota[by_remainder[quota[by_remainder] < most[by_remainder]][:missing]] += 1
    chosen = np.zeros(len(labels), dtype=bool)
    for label, count in enumerate(quota):
        chosen[rng.permutation(np.flatnonzero(labels == label))[:count]] = True
    return chosen
