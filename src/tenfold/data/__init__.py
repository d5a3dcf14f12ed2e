"""Files on disk -> images and labels: MNIST inside the package, your own data in the form it is in, splits."""

from tenfold.data.dataset import Dataset, check_trainable, make_dataset, split
from tenfold.data.folders import pictures_in, read_folders
from tenfold.data.idx import read_idx, write_idx
from tenfold.data.load import load
from tenfold.data.mnist import KNOWN_BAD_TEST_LABELS, Mnist, load_mnist
from tenfold.data.tables import read_csv, read_npz

__all__ = [
    "KNOWN_BAD_TEST_LABELS",
    "Dataset",
    "Mnist",
    "check_trainable",
    "load",
    "load_mnist",
    "make_dataset",
    "pictures_in",
    "read_csv",
    "read_folders",
    "read_idx",
    "read_npz",
    "split",
    "write_idx",
]
