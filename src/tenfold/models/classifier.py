"""A network with all it needs to be used on raw pixels: its architecture, its preparation, its classes."""

from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from tenfold.images import Normalisation


@dataclass(frozen=True)
class Preparation:
    """What happens to pixels before the first layer, (pixel - mean) / std, and how pictures become such pixels.

    mean, std:     in grey levels: 0 and 1 leave raw pixels, 0 and 255 give 0 to 1, a split's own mean and standard
                   deviation standardise it
    normalisation: the settings by which a picture is brought to the form of the training images; None for images
                   that are no digits and are only resized
    """

    mean: float = 0.0
    std: float = 255.0
    normalisation: Normalisation | None = field(default_factory=Normalisation)

    def to_dict(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Preparation":
        """The inverse of `to_dict`."""
        settings = values["normalisation"]
        return cls(float(values["mean"]), float(values["std"]), None if settings is None else Normalisation(**settings))


RAW = Preparation(0.0, 1.0)
UNIT = Preparation(0.0, 255.0)
MNIST_STANDARD = Preparation(33.318, 78.567)  # mean and standard deviation of MNIST's 60,000 training images


@dataclass(frozen=True)
class Architecture:
    """A network's name in the zoo and what it was built with; enough to build it again."""

    network: str
    classes: tuple[str, ...]
    size: tuple[int, int]  # height, width
    arguments: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Architecture":
        """The inverse of `to_dict`."""
        height, width = map(int, values["size"])
        classes = tuple(map(str, values["classes"]))
        return cls(str(values["network"]), classes, (height, width), dict(values["arguments"]))


class Classifier(nn.Module):
    """Raw images to logits: the preparation, then the layers.

    One class for every network of the zoo; what differs is `layers`.
    """

    def __init__(self, layers: nn.Sequential, architecture: Architecture, preparation: Preparation) -> None:
        super().__init__()
        self.layers = layers
        self.architecture = architecture
        self.preparation = preparation

    @property
    def classes(self) -> tuple[str, ...]:
        """The class names, in the order of the logits."""
        return self.architecture.classes

    def forward(self, images: Tensor) -> Tensor:
        """Grey levels (N, H, W), uint8 or float from 0 to 255 -> logits (N, C) float32."""
        mean, std = self.preparation.mean, self.preparation.std
        prepared = (images.float() - mean if mean else images.float()) / std
        logits: Tensor = self.layers(prepared.unsqueeze(1))
        return logits


def parameter_count(model: nn.Module) -> int:
    """How many weights a network has, those that are held fast included, batch norm's statistics not."""
    return sum(parameter.numel() for parameter in model.parameters())


def device_of(model: nn.Module) -> torch.device:
    """Where the network's weights are."""
    return next(model.parameters()).device
