"""The training loop."""

import copy
import math
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from tenfold.data import Dataset, check_trainable
from tenfold.errors import DataError, UsageError
from tenfold.models import Classifier, predict, summary
from tenfold.training.fuse import quickest
from tenfold.training.history import Callback, Epoch, History
from tenfold.training.losses import Loss, find_loss
from tenfold.training.optimisers import DEFAULT_LR, find_optimiser
from tenfold.training.precision import autocast, find_precision
from tenfold.training.progress import watch
from tenfold.training.schedules import Schedule, find_schedule
from tenfold.training.tally import Tally

Augment = Callable[[NDArray[np.uint8], np.random.Generator], NDArray[np.uint8]]
"""(B, H, W) uint8 -> the same shape, drawn anew for every batch."""


def fit(
    model: Classifier,
    train: Dataset,
    validation: Dataset | None = None,
    *,
    epochs: int = 5,
    batch_size: int = 128,
    optimiser: str | torch.optim.Optimizer = "adam",
    lr: float | None = None,
    schedule: str | Schedule = "constant",
    loss: str = "cross-entropy",
    label_smoothing: float = 0.0,
    weight_decay: float = 0.0,
    augment: Augment | None = None,
    callbacks: Sequence[Callback] = (),
    seed: int = 0,
    device: str = "auto",
    precision: str = "float32",
    progress: bool = True,
) -> History:
    """Train `model` in place on `train`; measure it on `validation` after every epoch.

    The whole split is one tensor on the device. Every epoch goes once through all images in an order drawn by `seed`,
    which also draws dropout and augmentation: the same seed gives the same bits on a CPU with the same number of threads.
    `optimiser` is a name, or one in use on this network, which goes on from its state and keeps its own weight decay.
    `lr` is the optimiser's usual one unless given; `schedule` scales it at every step. `precision` is "float32", "bfloat16",
    or "auto" for the quicker of the two on this machine. Ctrl-C ends the training after the
    step in hand and returns what was learned; a loss that is no number ends it with the last good epoch's weights
    (`History.stopped` says which). The network comes back on the CPU, in evaluation mode.

    Raises UsageError for settings out of range, DataError for data that nothing can be learned from.
    """
    check_settings(epochs, batch_size, lr, label_smoothing, weight_decay)
    check_data(model, train, validation)
    check_batches(model, len(train), batch_size)
    criterion, factor_at, lr = find_loss(loss), find_schedule(schedule), lr or usual_lr(optimiser)
    place = find_device(device)
    precision = find_precision(precision, place)
    model.to(place, memory_format=torch.channels_last)  # type: ignore[call-overload]  # halves a convolution's time
    optimise = find_optimiser(optimiser)(model, lr, weight_decay) if isinstance(optimiser, str) else optimiser
    images, labels = torch.from_numpy(train.images).to(place), torch.from_numpy(train.labels).to(place)
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    steps = epochs * math.ceil(len(train) / batch_size)
    history = History(settings={
        "images": len(train), "epochs": epochs, "batch_size": batch_size, "optimiser": name_of(optimiser), "lr": lr,
        "schedule": name_of(schedule), "loss": loss, "label_smoothing": label_smoothing, "weight_decay": weight_decay,
        "augment": "none" if augment is None else name_of(augment), "seed": seed, "device": str(place),
        "precision": precision,
    })  # fmt: skip
    last_good = copy.deepcopy(model.state_dict())
    step = 0
    gpus = [place] if place.type == "cuda" else []  # whose random state, like the CPU's, is given back
    with torch.random.fork_rng(devices=gpus), watch(epochs, progress) as shown:
        torch.manual_seed(seed)
        try:
            for epoch in range(1, epochs + 1):
                started = time.perf_counter()
                shown.start_epoch(epoch, len(train))
                model.train()
                network = quickest(model, place, precision, epochs * len(train))
                tally = Tally()
                order = torch.randperm(len(train), generator=generator).to(place)
                for chosen in torch.split(order, batch_size):
                    batch, truth = images.index_select(0, chosen), labels.index_select(0, chosen)  # quicker than [chosen]
                    if augment is not None:
                        batch = torch.from_numpy(augment(batch.cpu().numpy(), rng)).to(place)
                    for group in optimise.param_groups:
                        group["lr"] = lr * factor_at(step, steps)
                    with autocast(precision, place):
                        logits = network(batch)
                    logits = logits.float()
                    value = criterion(logits, truth, label_smoothing)
                    optimise.zero_grad()
                    value.backward()  # type: ignore[no-untyped-call]
                    optimise.step()
                    step += 1
                    tally.add(value, logits, truth)
                    if shown.is_due():
                        shown.batch(tally.images, tally.mean_loss(), tally.accuracy())
                if not (math.isfinite(tally.mean_loss()) and is_finite(model)):
                    model.load_state_dict(last_good)
                    history.stopped = "diverged"
                    break
                figures = {"loss": tally.mean_loss(), "accuracy": tally.accuracy()}
                figures |= measure(network, validation, criterion) if validation is not None else {}
                figures |= {"lr": optimise.param_groups[0]["lr"], "seconds": time.perf_counter() - started}
                history.append(figures)
                shown.end_epoch(epoch, figures, len(train))
                last_good = copy.deepcopy(model.state_dict())
                wishes = [callback(epoch, history, model) for callback in callbacks]
                if any(wishes):
                    history.stopped = "callback"
                    break
        except KeyboardInterrupt:
            history.stopped = "interrupted"
            if not is_finite(model):
                model.load_state_dict(last_good)
    model.to("cpu").eval()
    return history


def measure(model: Classifier, validation: Dataset, criterion: Loss) -> Epoch:
    """Loss and accuracy on the whole validation split, in evaluation mode, without label smoothing."""
    outputs = torch.from_numpy(predict(model, validation.images))
    truth = torch.from_numpy(validation.labels)
    accuracy = (outputs.argmax(1) == truth).double().mean().item()
    return {"val_loss": criterion(outputs, truth, 0.0).item(), "val_accuracy": accuracy}


def is_finite(model: Classifier) -> bool:
    """Whether every weight is a number: a step can overflow though the loss before it was finite."""
    return all(bool(tensor.isfinite().all()) for tensor in model.state_dict().values())


def check_settings(epochs: int, batch_size: int, lr: float | None, label_smoothing: float, weight_decay: float) -> None:
    """Raise UsageError for a setting out of its range."""
    if epochs < 1:
        raise UsageError(f"epochs must be at least 1, not {epochs}")
    if batch_size < 1:
        raise UsageError(f"batch size must be at least 1, not {batch_size}")
    if lr is not None and not 0 < lr < math.inf:
        raise UsageError(f"the learning rate must be above 0, not {lr:g}")
    if not 0 <= label_smoothing < 1:
        raise UsageError(f"label smoothing must be from 0 to below 1, not {label_smoothing:g}")
    if not 0 <= weight_decay < math.inf:
        raise UsageError(f"weight decay must not be below 0, not {weight_decay:g}")


def usual_lr(optimiser: str | torch.optim.Optimizer) -> float:
    """The learning rate of an optimiser in use, or the usual one of that name."""
    if isinstance(optimiser, str):
        return DEFAULT_LR.get(optimiser, 1e-3)
    return float(optimiser.param_groups[0]["lr"])


def check_data(model: Classifier, train: Dataset, validation: Dataset | None) -> None:
    """Raise where the data cannot train this network, or the validation split cannot measure it.

    DataError, and UsageError for arrays, such as Keras takes.
    """
    parts = [train] if validation is None else [train, validation]
    for part in parts:
        if not isinstance(part, Dataset):
            made = "tenfold.data.make_dataset(images, labels, classes, name)"
            raise UsageError(f"training takes a Dataset, not {type(part).__name__}; make one with {made}")
    check_trainable(train)
    for part in parts:
        if len(part) == 0:
            raise DataError(f"{part.name}: the split is empty")
        if part.size != model.architecture.size:
            raise DataError(f"{part.name}: images are {part.size}, but the network takes {model.architecture.size}")
        if part.classes != model.classes:
            raise DataError(f"{part.name}: its classes are not those of the network ({', '.join(model.classes)})")


def check_batches(model: Classifier, images: int, batch_size: int) -> None:
    """Raise UsageError where batch norm would see one value a channel: a batch of one image on maps of one pixel."""
    lone = batch_size == 1 or images % batch_size == 1
    if lone and any(layer.kind == "BatchNorm2d" and layer.output_shape[1:] == (1, 1) for layer in summary(model).layers):
        raise UsageError(f"batch size {batch_size} leaves a batch of one image, too few for this network; choose another")


def find_device(name: str) -> torch.device:
    """The device of that name; "auto" is a GPU where there is one, otherwise the CPU."""
    if name == "auto":
        there = (("cuda", torch.cuda.is_available()), ("mps", torch.backends.mps.is_available()), ("cpu", True))
        name = next(name for name, available in there if available)
    try:
        torch.zeros(1, device=name).item()  # a device that cannot give a number back is none
        return torch.device(name)
    except (RuntimeError, AssertionError, ImportError) as error:
        raise UsageError(f"device '{name}' is not there; use auto or cpu") from error


def name_of(thing: object) -> str:
    """What to call a setting in the record: a name as it is, a function by its own."""
    return thing if isinstance(thing, str) else getattr(thing, "__name__", type(thing).__name__)
