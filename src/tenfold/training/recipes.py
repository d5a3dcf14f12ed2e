"""Recipes by name: settings that aim at an accuracy on MNIST in little time, chosen on held-out training images."""

from dataclasses import asdict, dataclass
from typing import Any

from torch import nn

from tenfold.data import Dataset
from tenfold.errors import unknown_name
from tenfold.models import Classifier
from tenfold.training.hard_images import draw_hard
from tenfold.training.whitening import whiten


@dataclass(frozen=True)
class Recipe:
    """A network of the zoo and how `fit` trains it.

    network:    its name
    width:      of its first layer
    images:     how many of the training images are used, drawn by the seed; None for all
    preference: for images that are hard, as `draw_hard` takes it
    whitened:   whether the first layer is set by the images' patches and held fast
    augment:    whether the images are turned, sheared, scaled and moved a little
    others:     as `fit` takes them; the optimiser is AdamW with weight decay 0.02, the schedule one cycle
    """

    network: str
    width: int
    images: int | None
    epochs: int
    batch_size: int
    lr: float = 0.01
    label_smoothing: float = 0.0
    precision: str = "auto"
    preference: float = 0.0
    whitened: bool = False
    augment: bool = False

    def settings(self) -> dict[str, Any]:
        """What `fit` takes, augmentation aside."""
        chosen = asdict(self)
        for other in ("network", "width", "images", "preference", "whitened", "augment"):
            del chosen[other]
        return chosen | {"optimiser": "adamw", "weight_decay": 0.02, "schedule": "one-cycle"}

    def part_of(self, train: Dataset, seed: int) -> Dataset:
        """The images to train on; all where there are no more than the recipe takes."""
        return train if self.images is None else draw_hard(train, self.images, self.preference, seed=seed)

    def start(self, model: Classifier, train: Dataset) -> None:
        """Set what a fresh network does not learn but is given."""
        if self.whitened:
            first = model.layers[0]
            assert isinstance(first, nn.Conv2d)
            whiten(first, train.images, model.preparation)


RECIPES = {
    "fast": Recipe(
        "sprint", width=16, images=6_016, epochs=1, batch_size=64, lr=0.02, label_smoothing=0.2, preference=5, whitened=True
    ),
    "good": Recipe(
        "sprint",
        width=16,
        images=30_048,
        epochs=1,
        batch_size=96,
        lr=0.015,
        label_smoothing=0.2,
        preference=5,
        whitened=True,
    ),
    "best": Recipe("tenfold", width=32, images=None, epochs=6, batch_size=64, augment=True),
}
"""They reach 98 %, 99 % and 99.5 % of MNIST's test images; what was measured of them is in docs/speed-log.md."""


def find_recipe(name: str) -> Recipe:
    """The recipe of that name. Raises UsageError listing the known names."""
    if name not in RECIPES:
        raise unknown_name("recipe", name, RECIPES)
    return RECIPES[name]
