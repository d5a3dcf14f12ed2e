"""Which images to learn from when there is no time for all: rather those that a straight-line classifier finds hard.

    images -> every third pixel -> ridge regression -> margin of each image -> drawn, the harder the likelier

A small model chooses for a large one, as in Coleman et al. (2020, arXiv 1906.11829); by the margin, as in Sorscher et al.
(2022, arXiv 2206.14486).
"""

import numpy as np
import torch
from numpy.typing import NDArray

from tenfold.data import Dataset

__all__ = ["draw_hard", "margins"]

ACROSS = 9  # pixels looked at along a side, about
SEEN = 5_000  # images that the classifier learns from
RIDGE = 1.0


def draw_hard(dataset: Dataset, count: int, preference: float, *, seed: int) -> Dataset:
    """`count` images, the hardest exp(preference) times as likely as the easiest; the hardest of every class among them.

    All where there are no more than `count`. They keep the order of the whole.
    """
    if count >= len(dataset):
        return dataset
    rng = np.random.default_rng(seed)
    found = margins(dataset, rng)
    ease = np.empty(len(dataset))
    ease[np.argsort(found)] = np.linspace(0, 1, len(dataset))
    # the smallest of such keys are a weighted sample without replacement (Efraimidis and Spirakis, 2006)
    keys = rng.exponential(size=len(dataset)) * np.exp(preference * ease)
    for label in range(len(dataset.classes)):
        keys[np.argmin(np.where(dataset.labels == label, found, np.inf))] = 0
    return dataset.take(np.sort(np.argpartition(keys, count)[:count]))


def margins(dataset: Dataset, rng: np.random.Generator) -> NDArray[np.float32]:
    """(N,) by how much a ridge regression of the labels on pixels prefers the right class to the best other one.

    It learns from `SEEN` images drawn by `rng`. Below 0 it is wrong.
    """
    down, right = (max(1, side // ACROSS) for side in dataset.size)
    pixels = torch.from_numpy(dataset.images)[:, down // 2 :: down, right // 2 :: right].flatten(1).float() / 255
    inputs = torch.cat((pixels, torch.ones(len(pixels), 1)), 1)
    truth = torch.nn.functional.one_hot(torch.from_numpy(dataset.labels), len(dataset.classes)).float()
    seen = torch.from_numpy(rng.permutation(len(dataset))[:SEEN])
    x, y = inputs[seen], truth[seen]
    weights = torch.linalg.solve(x.T @ x + RIDGE * torch.eye(x.shape[1]), x.T @ y)
    outputs = inputs @ weights
    right = (outputs * truth).sum(1)
    best_other = outputs.masked_fill_(truth.bool(), -torch.inf).amax(1)
    return np.asarray((right - best_other).numpy())
