"""The layer table, as Keras prints it."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from tenfold.models.classifier import Classifier, parameter_count


@dataclass(frozen=True)
class Layer:
    """One row: the layer's kind, its output shape without the batch, its parameters and how many of them training sets."""

    kind: str
    output_shape: tuple[int, ...]
    parameters: int
    trainable: int


@dataclass(frozen=True)
class Summary:
    """The layers of a network in order; printing it gives the table."""

    network: str
    layers: tuple[Layer, ...]

    @property
    def parameters(self) -> int:
        """Parameters in all."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def trainable(self) -> int:
        """Those that training sets: fewer where a layer is held fast."""
        return sum(layer.trainable for layer in self.layers)

    def __str__(self) -> str:
        head = f"{'Layer':<16}{'Output shape':<22}{'Parameters':>12}"
        rows = [f"{layer.kind:<16}{(None, *layer.output_shape)!s:<22}{layer.parameters:>12,}" for layer in self.layers]
        rule = "-" * len(head)
        sums = [f"{'Total':<38}{self.parameters:>12,}", f"{'Trainable':<38}{self.trainable:>12,}"]
        told = sums if self.trainable < self.parameters else sums[:1]
        return "\n".join([f"Network: {self.network}", head, rule, *rows, rule, *told])


def summary(model: Classifier) -> Summary:
    """The layer table of `model`, its shapes found by sending one image through."""
    rows: list[Layer] = []
    images = torch.zeros(1, *model.architecture.size)

    def note(layer: nn.Module, _inputs: object, output: Tensor) -> None:
        trainable = sum(p.numel() for p in layer.parameters() if p.requires_grad)
        rows.append(Layer(type(layer).__name__, tuple(output.shape[1:]), parameter_count(layer), trainable))

    hooks = [layer.register_forward_hook(note) for layer in model.layers]
    was_training = model.training
    try:
        with torch.inference_mode():
            model.eval()(images.to(next(model.parameters()).device))
    finally:
        model.train(was_training)
        for hook in hooks:
            hook.remove()
    return Summary(model.architecture.network, tuple(rows))
