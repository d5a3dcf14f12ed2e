"""Training a line network with CTC: lines of any width, batches of about the same width."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.optim.swa_utils import AveragedModel, update_bn

from tenfold.models.line_network import BLANK, LineNetwork, frames
from tenfold.training.precision import autocast, find_precision
from tenfold.training.schedules import find_schedule

__all__ = ["LineSet", "average_lines", "fit_lines", "pack"]

CLIP = 2.0  # the gradient's norm is held below this: a line that cannot be aligned yet gives a large one
STRETCH = 0.15  # lines are made narrower or wider by at most this share, drawn anew every time,
TALLER = 0.06  # lower or higher by this,
SHEAR = 0.12  # leaned by at most so many pixels a pixel,
ROUND = 8  # batches are padded to multiples of so many columns: kernels are compiled anew for every new width
WARM_UP = 300  # steps in which a constant rate is reached; weights before that count nothing for their mean
SETTLING = 150  # batches from which batch norm learns what is usual for averaged weights
SHIFT = 1.2  # and moved up or down by at most so many pixels: where exactly ink ends is chance


@dataclass(frozen=True)
class LineSet:
    """Lines of one height and any width, side by side.

    pixels: (height, sum of widths) uint8
    starts: (N + 1,) int64, where each line begins
    texts:  (N,) their digits
    """

    pixels: NDArray[np.uint8]
    starts: NDArray[np.int64]
    texts: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.texts)

    def line(self, place: int) -> NDArray[np.uint8]:
        """The line's image, (height, W) uint8."""
        return self.pixels[:, self.starts[place] : self.starts[place + 1]]


def pack(images: list[NDArray[np.uint8]], texts: list[str]) -> LineSet:
    """Images (height, W) uint8 and what they say, as one set."""
    starts = np.cumsum([0, *(image.shape[1] for image in images)])
    return LineSet(np.concatenate(images, axis=1), starts.astype(np.int64), np.array(texts, np.str_))


def fit_lines(
    network: LineNetwork,
    lines: LineSet,
    *,
    epochs: int = 3,
    batch_size: int = 64,
    lr: float = 3e-3,
    weight_decay: float = 0.02,
    seed: int = 0,
    report: Callable[[str], None] | None = None,
) -> list[float]:
    """Train `network` in place with AdamW and one cycle of the learning rate; the mean loss of each epoch.

    Every epoch goes once through all lines, each bent into shape a little differently, in batches of similar width in an
    order drawn by `seed`. Convolutions are computed in bfloat16 where the processor multiplies matrices in it, which takes
    half as long. `report` is told how it goes, about every ten seconds.
    """
    factor_at = find_schedule("one-cycle")
    optimise = torch.optim.AdamW(network.parameters(), lr=lr, weight_decay=weight_decay, fused=True)

    def step(number: int, steps: int) -> None:
        set_rate(optimise, lr * factor_at(number, steps))
        optimise.step()

    return go_through(network, lines, epochs, batch_size, seed, step, report)


def average_lines(
    network: LineNetwork,
    lines: LineSet,
    *,
    epochs: int = 3,
    batch_size: int = 64,
    lr: float = 1e-3,
    weight_decay: float = 0.02,
    seed: int = 0,
    report: Callable[[str], None] | None = None,
) -> list[float]:
    """Train `network` in place further, at a constant rate, and leave it with the mean of its weights after each step.

    Averaged weights lie where the loss is flat, and read writing better that is unlike what they were trained on
    (Izmailov et al., 2018, arXiv 1803.05407; Cha et al., 2021, arXiv 2102.08604). The mean loss of each epoch is that of
    the weights on the way. Otherwise as `fit_lines`.
    """
    optimise = torch.optim.AdamW(network.parameters(), lr=lr, weight_decay=weight_decay, fused=True)
    mean = AveragedModel(network)

    def step(number: int, steps: int) -> None:
        set_rate(optimise, lr * min(1.0, (number + 1) / WARM_UP))
        optimise.step()
        if number >= min(WARM_UP, steps // 2):
            mean.update_parameters(network)

    losses = go_through(network, lines, epochs, batch_size, seed, step, report)
    network.load_state_dict(mean.module.state_dict())
    rng = np.random.default_rng(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        update_bn((collate(lines, *chosen, rng)[0] for chosen in islice(batches(lines, batch_size, rng), SETTLING)), network)
    return losses


def set_rate(optimise: torch.optim.Optimizer, lr: float) -> None:
    """The learning rate of the next step."""
    for group in optimise.param_groups:
        group["lr"] = lr


def go_through(
    network: LineNetwork,
    lines: LineSet,
    epochs: int,
    batch_size: int,
    seed: int,
    step: Callable[[int, int], None],
    report: Callable[[str], None] | None,
) -> list[float]:
    """Gradients for all lines, `epochs` times; the mean loss of each epoch. Leaves the network in evaluation mode.

    step: called after each batch's gradients with its number and how many there will be
    """
    network.train()
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # halves a convolution's time
    rng, precision = np.random.default_rng(seed), find_precision("auto", torch.device("cpu"))
    steps, number, losses = epochs * math.ceil(len(lines) / batch_size), 0, []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for epoch in range(epochs):
            total, told, started = 0.0, time.perf_counter(), number
            for chosen in batches(lines, batch_size, rng):
                value = ctc_loss(network, *collate(lines, *chosen, rng), precision=precision)
                network.zero_grad()
                value.backward()  # type: ignore[no-untyped-call]
                nn.utils.clip_grad_norm_(network.parameters(), CLIP)
                step(number, steps)
                number += 1
                total += value.item()
                if report is not None and time.perf_counter() - told > 10:
                    told = time.perf_counter()
                    report(f"epoch {epoch + 1}, step {number:,} of {steps:,}: loss {total / (number - started):.4f}")
            losses.append(total / (number - started))
    network.eval()
    return losses


def batches(
    lines: LineSet, batch_size: int, rng: np.random.Generator
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float64]]]:
    """Every line once, and by what share it is made wider: sorted by what width that gives within pieces of the shuffled
    set, so that little is padded; the batches shuffled again."""
    wider = rng.uniform(-STRETCH, STRETCH, len(lines))
    widths = np.diff(lines.starts) * (1 + wider)
    order = rng.permutation(len(lines))
    found = []
    for start in range(0, len(order), 64 * batch_size):
        part = order[start : start + 64 * batch_size]
        part = part[np.argsort(widths[part], kind="stable")]
        found += [part[i : i + batch_size] for i in range(0, len(part), batch_size)]
    yield from ((found[i], wider[found[i]]) for i in rng.permutation(len(found)))


Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]


def collate(lines: LineSet, chosen: NDArray[np.intp], wider: NDArray[np.float64], rng: np.random.Generator) -> Batch:
    """Images (B, height, W) uint8 padded with paper, frames (B,), labels one after another, and their lengths (B,).

    chosen: (B,) the lines; wider: (B,) by what share each is made wider.
    """
    others = rng.uniform(-1, 1, (len(chosen), 3)) * (TALLER, SHEAR, SHIFT)
    images = [vary(lines.line(int(i)), float(w), *o.tolist()) for i, w, o in zip(chosen, wider, others, strict=True)]
    widest = max(image.shape[1] for image in images)
    padded = np.zeros((len(images), images[0].shape[0], -(-widest // ROUND) * ROUND), np.uint8)
    for place, image in enumerate(images):
        padded[place, :, : image.shape[1]] = image
    texts = [str(lines.texts[i]) for i in chosen]
    labels = torch.tensor([int(char) for text in texts for char in text], dtype=torch.long)
    lengths = torch.tensor([len(text) for text in texts])
    return torch.from_numpy(padded), torch.tensor([frames(image.shape[1]) for image in images]), labels, lengths


def vary(image: NDArray[np.uint8], wider: float, taller: float, lean: float, lower: float) -> NDArray[np.uint8]:
    """The image wider and taller by these shares about its middle, leaned to the left, and so many pixels lower."""
    height, width = image.shape[0], max(4, round(image.shape[1] * (1 + wider)))
    middle = (height - 1) / 2
    across, down = width / image.shape[1], 1 + taller
    matrix = np.array([[across, lean, (across - 1) / 2 - lean * middle], [0, down, middle * (1 - down) + lower]])
    return np.asarray(cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_LINEAR), np.uint8)


def ctc_loss(
    network: LineNetwork, images: torch.Tensor, lengths: torch.Tensor, labels: torch.Tensor, digits: torch.Tensor,
    precision: str = "float32",
) -> torch.Tensor:  # fmt: skip
    """The mean negative log likelihood of the texts, a digit at a time; lines too narrow for their text count nothing."""
    with autocast(precision, images.device):
        logits = network(images)
    logits = logits.float().log_softmax(-1).transpose(0, 1)
    return nn.functional.ctc_loss(logits, labels, lengths, digits, blank=BLANK, zero_infinity=True)
