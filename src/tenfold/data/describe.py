"""What is in a data set, in numbers: counts, pixel statistics, the most unusual images."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.data.dataset import Dataset, Images

COMPONENTS = 20
"""Principal components that count as a class's usual variation."""


@dataclass(frozen=True)
class Description:
    """A data set in numbers.

    counts:    (C,) images per class
    mean, std: of all pixels, in grey levels
    inked:     share of pixels that are not 0
    unusual:   places of the images least like the rest of their class, most unusual first
    """

    name: str
    size: tuple[int, int]
    classes: tuple[str, ...]
    counts: NDArray[np.int64]
    mean: float
    std: float
    inked: float
    unusual: NDArray[np.int64]

    def to_dict(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "name": self.name, "images": int(self.counts.sum()), "size": list(self.size),
            "counts": dict(zip(self.classes, self.counts.tolist(), strict=True)),
            "pixel_mean": self.mean, "pixel_std": self.std, "inked": self.inked, "unusual": self.unusual.tolist(),
        }  # fmt: skip

    def __str__(self) -> str:
        total = self.counts.sum()
        rows = [
            f"{name:>8}  {count:>8,}  {count / total:>6.1%}" for name, count in zip(self.classes, self.counts, strict=True)
        ]
        return "\n".join([
            f"{self.name}: {total:,} images of {self.size[1]}x{self.size[0]}, {len(self.classes)} classes",
            f"pixels: mean {self.mean:.3f}, standard deviation {self.std:.3f}, {self.inked:.1%} above 0",
            f"{'class':>8}  {'images':>8}  {'share':>6}",
            *rows,
            f"most unusual: {', '.join(map(str, self.unusual))}",
        ])  # fmt: skip


def describe(dataset: Dataset, unusual: int = 16) -> Description:
    """Count and measure `dataset` and find its `unusual` strangest images."""
    return Description(
        name=dataset.name,
        size=dataset.size,
        classes=dataset.classes,
        counts=dataset.counts,
        mean=float(dataset.images.mean()),
        std=float(dataset.images.std()),
        inked=float((dataset.images > 0).mean()),
        unusual=np.argsort(-strangeness(dataset), kind="stable")[:unusual],
    )


def strangeness(dataset: Dataset) -> NDArray[np.float64]:
    """(N,) how badly each image is rebuilt from its class's mean and first principal components, in grey levels (RMS)."""
    found = np.zeros(len(dataset))
    for label in range(len(dataset.classes)):
        places = np.flatnonzero(dataset.labels == label)
        if len(places):
            found[places] = _rebuilding_error(dataset.images[places])
    return found


def _rebuilding_error(images: Images) -> NDArray[np.float64]:
    pixels = images.reshape(len(images), -1).astype(np.float32)
    centred = pixels - pixels.mean(0)
    _, axes = np.linalg.eigh(centred.T @ centred)  # ascending: the last columns vary most
    usual = axes[:, -COMPONENTS:]
    rest = centred - centred @ usual @ usual.T
    error: NDArray[np.float64] = np.sqrt((rest.astype(np.float64) ** 2).mean(1))
    return error
