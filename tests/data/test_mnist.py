"""MNIST inside the package is the published one, and a damaged file is named."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from tenfold.data import KNOWN_BAD_TEST_LABELS, Mnist, load_mnist
from tenfold.data import mnist as room
from tenfold.errors import DataError

PACKED = Path(room.__file__).with_name("mnist")
NAMES = tuple(room.CHECKSUMS)


def test_sizes_and_counts_are_the_published_ones(mnist: Mnist) -> None:
    """60,000 and 10,000 images of 28x28, with the counts of digits that the literature gives."""
    assert mnist.train.images.shape == (60000, 28, 28)
    assert mnist.test.images.shape == (10000, 28, 28)
    assert mnist.train.counts.tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert mnist.test.counts.tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert mnist.train.labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert mnist.test.labels[:5].tolist() == [7, 2, 1, 0, 4]


def test_mean_and_standard_deviation_are_the_published_ones(mnist: Mnist) -> None:
    """0.1307 and 0.3081 of full ink, as everyone standardises MNIST with."""
    pixels = mnist.train.images
    mean, square = pixels.mean() / 255, np.square(pixels, dtype=np.uint16).mean() / 255**2
    assert mean == pytest.approx(0.1307, abs=5e-5)
    assert np.sqrt(square - mean**2) == pytest.approx(0.3081, abs=5e-5)


def test_known_bad_labels_are_test_images() -> None:
    """The places of known bad labels are sorted, once each, and within the test split."""
    assert list(KNOWN_BAD_TEST_LABELS) == sorted(set(KNOWN_BAD_TEST_LABELS))
    assert max(KNOWN_BAD_TEST_LABELS) < 10000


def test_another_folder_with_the_same_files_gives_the_same_data(mnist: Mnist, tmp_path: Path) -> None:
    """Files elsewhere are read alike."""
    for name in NAMES:
        (tmp_path / name).symlink_to(PACKED / name)
    assert load_mnist(tmp_path).test.sha256 == mnist.test.sha256


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_file_is_named_by_its_checksum(tmp_path: Path, name: str) -> None:
    """40 flips of one bit and 10 truncations of each file: the message names the file and its SHA-256."""
    whole = (PACKED / name).read_bytes()
    rng = np.random.default_rng(NAMES.index(name))
    path = tmp_path / name
    for trial, place in enumerate(rng.integers(0, len(whole) * 8, 50)):
        damaged = bytearray(whole)
        if trial < 40:
            damaged[place // 8] ^= 1 << place % 8
        else:
            del damaged[place // 8 :]
        path.write_bytes(damaged)
        found = hashlib.sha256(damaged).hexdigest()[:16]
        with pytest.raises(DataError) as caught:
            room._check(path)
        assert str(caught.value).startswith(f"{path}: damaged: SHA-256 is {found}"), f"trial {trial}"


@pytest.mark.parametrize("name", NAMES)
def test_loading_checks_every_file(tmp_path: Path, name: str) -> None:
    """One damaged or missing file among the four stops the loading and is named."""
    for other in NAMES:
        (tmp_path / other).symlink_to(PACKED / other)
    (tmp_path / name).unlink()
    with pytest.raises(DataError, match=f"{name}: cannot be read"):
        load_mnist(tmp_path)
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(DataError, match=f"{name}: damaged: SHA-256"):
        load_mnist(tmp_path)
