"""Files on disk -> images and labels: MNIST inside the package, your own data in the form it is in, splits."""

from tenfold.data.dataset import Dataset, check_trainable, make_dataset, renamed, split
from tenfold.data.describe import Description, describe
from tenfold.data.folders import pictures_in, read_folders
from tenfold.data.idx import read_idx, write_idx
from tenfold.data.labels import one_hot
from tenfold.data.load import check_part, load
from tenfold.data.mnist import KNOWN_BAD_TEST_LABELS, Mnist, load_mnist
from tenfold.data.tables import read_csv, read_npz

__all__ = [
    "KNOWN_BAD_TEST_LABELS",
    "Dataset",
    "Description",
    "Mnist",
    "check_part",
    "check_trainable",
    "describe",
    "load",
    "load_mnist",
    "make_dataset",
    "one_hot",
    "pictures_in",
    "read_csv",
    "read_folders",
    "read_idx",
    "read_npz",
    "renamed",
    "split",
    "write_idx",
]
