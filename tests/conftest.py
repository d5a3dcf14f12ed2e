"""What the tests share: MNIST read once, small balanced parts of it, one thread and stable examples."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, settings

from tenfold.data import Dataset, Mnist, load_mnist

torch.set_num_threads(1)  # two test runs at once do not fight, and sums come in one order
settings.register_profile(
    "tenfold",
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("tenfold")


@pytest.fixture(scope="session")
def mnist() -> Mnist:
    """The complete MNIST; not to be written to."""
    return load_mnist()


@pytest.fixture(scope="session")
def few(mnist: Mnist) -> Dataset:
    """500 training images, 50 of each digit."""
    return balanced(mnist.train, 50)


@pytest.fixture(scope="session")
def held(mnist: Mnist) -> Dataset:
    """200 test images, 20 of each digit."""
    return balanced(mnist.test, 20)


def balanced(dataset: Dataset, each: int) -> Dataset:
    """The first `each` images of every class, in the order of the whole."""
    places = [np.flatnonzero(dataset.labels == label)[:each] for label in range(len(dataset.classes))]
    return dataset.take(np.sort(np.concatenate(places)))


@pytest.fixture
def make_entry() -> Callable[[Path, str], Path]:
    """Makes what is no plain file at a path: "missing", "folder", "pipe" or "dangling link"."""

    def make(path: Path, kind: str) -> Path:
        if kind == "folder":
            path.mkdir()
        elif kind == "pipe":
            os.mkfifo(path)
        elif kind == "dangling link":
            path.symlink_to(path.with_name("nowhere"))
        return path

    return make
