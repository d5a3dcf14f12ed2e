"""Recipes by name: settings that aim at an accuracy on MNIST in little time, chosen on held-out training images."""

from dataclasses import asdict, dataclass
from typing import Any

from tenfold.data import Dataset, split
from tenfold.errors import unknown_name


@dataclass(frozen=True)
class Recipe:
    """A network of the zoo and how `fit` trains it.

    network: its name
    width:   of its first layer
    images:  how many of the training images are used, drawn by the seed; None for all
    augment: whether the images are turned, sheared, scaled and moved a little
    others:  as `fit` takes them; the optimiser is AdamW with weight decay 0.02, the schedule one cycle
    """

    network: str
    width: int
    images: int | None
    epochs: int
    batch_size: int
    lr: float = 0.01
    label_smoothing: float = 0.0
    precision: str = "auto"
    augment: bool = False

    def settings(self) -> dict[str, Any]:
        """What `fit` takes, augmentation aside."""
        chosen = asdict(self)
        for other in ("network", "width", "images", "augment"):
            del chosen[other]
        return chosen | {"optimiser": "adamw", "weight_decay": 0.02, "schedule": "one-cycle"}

    def part_of(self, train: Dataset, seed: int) -> Dataset:
        """The images to train on, the same share of every class; all where there are no more than the recipe takes."""
        if self.images is None or self.images >= len(train):
            return train
        return split(train, self.images / len(train), seed=seed)[1]


RECIPES = {
    "fast": Recipe("sprint", width=16, images=8_000, epochs=1, batch_size=64, lr=0.02, label_smoothing=0.2),
    "good": Recipe("sprint", width=16, images=None, epochs=1, batch_size=96, lr=0.015, label_smoothing=0.2),
    "best": Recipe("tenfold", width=32, images=None, epochs=6, batch_size=64, augment=True),
}
"""They reach 98 %, 99 % and 99.5 % of MNIST's test images; what was measured of them is in docs/speed-log.md."""


def find_recipe(name: str) -> Recipe:
    """The recipe of that name. Raises UsageError listing the known names."""
    if name not in RECIPES:
        raise unknown_name("recipe", name, RECIPES)
    return RECIPES[name]
