"""Several small dense networks trained at once.

A training step of a tiny network is nearly all overhead, which networks in one batched product share: 784-4-4-10 with
batches of 32 takes less than half the processor time for five at once, a third for ten (one thread, against one after the
other).
"""

import math
import time
from collections.abc import Sequence
from statistics import mean
from typing import Any

import torch
from torch import Tensor, nn

from tenfold.data import Dataset
from tenfold.errors import UsageError
from tenfold.models import Classifier
from tenfold.training.fit import check_data, check_settings, measure, name_of
from tenfold.training.history import Epoch, History
from tenfold.training.losses import find_loss
from tenfold.training.optimisers import DEFAULT_LR, find_optimiser
from tenfold.training.progress import watch
from tenfold.training.schedules import Schedule, find_schedule


class Stack(nn.Module):
    """Dense networks of one shape as one: prepared pixels (n, B, H * W) -> logits (n, B, C)."""

    def __init__(self, models: Sequence[Classifier]) -> None:
        super().__init__()
        self.layers: list[tuple[nn.Parameter, nn.Parameter]] = []  # weight (n, in, out) and bias (n * out,) of each layer
        for place, layers in enumerate(zip(*map(dense_layers, models), strict=True)):
            weight = nn.Parameter(torch.stack([layer.weight.detach().T for layer in layers]))
            # in one dimension, as alone, by which optimisers know what does not decay
            bias = nn.Parameter(torch.cat([layer.bias.detach() for layer in layers]))
            self.register_parameter(f"weight{place}", weight)
            self.register_parameter(f"bias{place}", bias)
            self.layers.append((weight, bias))

    def forward(self, inputs: Tensor) -> Tensor:
        """Logits of each network for its own batch."""
        for weight, bias in self.layers[:-1]:
            inputs = torch.baddbmm(bias.view(len(weight), 1, -1), inputs, weight).relu()
        weight, bias = self.layers[-1]
        return torch.baddbmm(bias.view(len(weight), 1, -1), inputs, weight)

    def copy_to(self, place: int, model: Classifier) -> bool:
        """Give `model` the weights of the network at `place`; False, and nothing is done, where one is no number."""
        weights = [(weight[place].detach().T, bias.detach().view(len(weight), -1)[place]) for weight, bias in self.layers]
        if not all(bool(tensor.isfinite().all()) for pair in weights for tensor in pair):
            return False
        with torch.no_grad():
            for layer, (weight, bias) in zip(dense_layers(model), weights, strict=True):
                layer.weight.copy_(weight)
                layer.bias.copy_(bias)
        return True


def fit_side_by_side(
    models: Sequence[Classifier],
    train: Dataset,
    validation: Dataset | None = None,
    *,
    seeds: Sequence[int],
    epochs: int = 5,
    batch_size: int = 128,
    optimiser: str = "adam",
    lr: float | None = None,
    schedule: str | Schedule = "constant",
    loss: str = "cross-entropy",
    label_smoothing: float = 0.0,
    weight_decay: float = 0.0,
    progress: bool = True,
) -> list[History]:
    """Train dense networks of one shape in place, all at once: each what `fit` with its seed makes of it, up to rounding.

    Every network has its own order of the images, drawn by its seed, its own optimiser state and its own history, whose
    seconds are its share of the time, one n-th. One that diverges keeps its last good weights; the others go on. On the
    CPU. Ctrl-C is raised: half a training is no trial.

    Raises UsageError for networks that are no plain stack of dense layers, or differ in shape or preparation, and
    whatever `fit` raises.
    """
    check_settings(epochs, batch_size, lr, label_smoothing, weight_decay)
    check_alike(models, seeds)
    check_data(models[0], train, validation)
    criterion, factor_at, lr = find_loss(loss), find_schedule(schedule), lr or DEFAULT_LR.get(optimiser, 1e-3)
    stack, preparation, n = Stack(models), models[0].preparation, len(models)
    optimise = find_optimiser(optimiser)(stack, lr, weight_decay)
    images, labels = torch.from_numpy(train.images).flatten(1), torch.from_numpy(train.labels)
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    steps = epochs * math.ceil(len(train) / batch_size)
    settings: dict[str, Any] = {
        "images": len(train), "epochs": epochs, "batch_size": batch_size, "optimiser": optimiser, "lr": lr,
        "schedule": name_of(schedule), "loss": loss, "label_smoothing": label_smoothing, "weight_decay": weight_decay,
        "augment": "none", "device": "cpu", "precision": "float32",
    }  # fmt: skip
    histories = [History(settings=settings | {"seed": seed}) for seed in seeds]
    step = 0
    with watch(epochs, progress) as shown:
        for epoch in range(1, epochs + 1):
            started = time.perf_counter()
            shown.start_epoch(epoch, len(train))
            losses, right, seen = torch.zeros(n), torch.zeros(n), 0
            orders = torch.stack([torch.randperm(len(train), generator=generator) for generator in generators])
            for chosen in torch.split(orders, batch_size, dim=1):
                for group in optimise.param_groups:
                    group["lr"] = lr * factor_at(step, steps)
                batch, truth = images.index_select(0, chosen.flatten()), labels.index_select(0, chosen.flatten())
                logits = stack(((batch.float() - preparation.mean) / preparation.std).view(n, -1, images.shape[1]))
                # n times the mean over all is the sum of each network's mean: each gets the gradient of its own loss
                value = n * criterion(logits.flatten(0, 1), truth, label_smoothing)
                optimise.zero_grad()
                value.backward()  # type: ignore[no-untyped-call]
                optimise.step()
                step += 1
                seen += chosen.shape[1]
                outputs, truth = logits.detach(), truth.view(n, -1)
                each = [criterion(*one, label_smoothing) for one in zip(outputs, truth, strict=True)]
                losses.add_(torch.stack(each), alpha=chosen.shape[1])
                right += (outputs.argmax(2) == truth).sum(1)
                if shown.is_due():
                    shown.batch(seen, losses.mean().item() / seen, right.mean().item() / seen)
            for place, (model, history) in enumerate(zip(models, histories, strict=True)):
                if history.stopped or not math.isfinite(losses[place]) or not stack.copy_to(place, model):
                    history.stopped = "diverged"
                    continue
                figures = {"loss": losses[place].item() / seen, "accuracy": right[place].item() / seen}
                figures |= measure(model, validation, criterion) if validation is not None else {}
                history.append(figures | {"lr": optimise.param_groups[0]["lr"]})
            going = [history for history in histories if not history.stopped]
            if not going:
                break
            seconds = time.perf_counter() - started
            for history in going:
                history.append({"seconds": seconds / n})
            shown.end_epoch(epoch, mean_figures(going) | {"seconds": seconds}, n * len(train))
    for model in models:
        model.eval()
    return histories


def mean_figures(histories: Sequence[History]) -> Epoch:
    """The last epoch of several networks, on average."""
    return {name: mean(each.history[name][-1] for each in histories) for name in histories[0].history}


def dense_layers(model: Classifier) -> list[nn.Linear]:
    """The dense layers of a network that is Flatten, then dense layers with ReLU between. Raises UsageError for others."""
    flatten, *layers = model.layers
    dense, between = layers[::2], layers[1::2]
    plain = isinstance(flatten, nn.Flatten) and len(layers) % 2 and all(isinstance(layer, nn.ReLU) for layer in between)
    found = [layer for layer in dense if isinstance(layer, nn.Linear)]
    if not plain or len(found) < len(dense):
        name = model.architecture.network
        raise UsageError(f"network '{name}' cannot be trained side by side: only dense layers with ReLU between can")
    return found


def check_alike(models: Sequence[Classifier], seeds: Sequence[int]) -> None:
    """Raise UsageError unless there is a seed a network and all networks differ by their weights alone."""
    if not models or len(models) != len(seeds):
        raise UsageError(f"side by side needs a seed a network, not {len(seeds)} for {len(models)}")
    first = models[0]
    for model in models:
        if (model.architecture, model.preparation) != (first.architecture, first.preparation):
            raise UsageError("networks side by side must have the same architecture and preparation")
