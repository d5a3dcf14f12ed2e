"""The network that reads a line: convolutions alone, so that a line may be as long as it likes.

images (N, 32, W) uint8 -> (N, T, 11) logits: the ten digits and the blank, two frames for each four pixels
"""

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn

__all__ = ["BLANK", "LineArchitecture", "LineNetwork", "frames"]

BLANK = 10
"""The output that stands for "no digit begins here"."""

STRIDE = 4  # pixels a column of features stands for; each column speaks twice


@dataclass(frozen=True)
class LineArchitecture:
    """How large a line network is: the filters of its convolutions, from the first to the last, the third and fourth twice.

    neighbours: filters with which a column looks at those around it, some 75 pixels in all.
    """

    filters: tuple[int, int, int, int, int] = (16, 32, 64, 128, 256)
    neighbours: int = 96
    height: int = 32
    dropout: float = 0.1

    def to_dict(self) -> dict[str, object]:
        """As a model file keeps it."""
        return asdict(self)


class LineNetwork(nn.Module):
    """Convolutions down to one row, then two frames of eleven logits a column, for CTC (Graves et al., 2006)."""

    def __init__(self, architecture: LineArchitecture | None = None) -> None:
        super().__init__()
        self.architecture = architecture or LineArchitecture()
        a, b, c, d, e = self.architecture.filters
        rows = self.architecture.height // 8
        self.layers = nn.Sequential(
            *_convolution(1, a, (5, 5), (2, 2), (2, 2)),
            *_convolution(a, b, (3, 3), (1, 1), (1, 1), pool=(2, 2)),
            *_convolution(b, c, (3, 3), (1, 1), (1, 1)),
            *_convolution(c, c, (3, 3), (1, 1), (1, 1), pool=(2, 1)),
            *_convolution(c, d, (3, 3), (1, 1), (1, 1)),
            *_convolution(d, d, (3, 3), (1, 1), (1, 1)),
            *_convolution(d, e, (rows, 1), (1, 1), (0, 0)),
            nn.Dropout2d(self.architecture.dropout),
            *_convolution(e, e, (1, 3), (1, 1), (0, 1)),
            _Neighbours(e, self.architecture.neighbours),
            nn.Dropout2d(self.architecture.dropout),
            nn.Conv2d(e, 2 * (BLANK + 1), (1, 3), padding=(0, 1)),
        )

    def forward(self, images: Tensor) -> Tensor:
        """(N, height, W) uint8 -> (N, T, 11) float32, T = `frames(W)`."""
        pixels = images.unsqueeze(1).float() / 255.0
        columns = self.layers(pixels).squeeze(2).transpose(1, 2)
        logits: Tensor = columns.reshape(columns.shape[0], -1, BLANK + 1)
        return logits


def frames(width: int) -> int:
    """How many frames a line of so many pixels gives."""
    return 2 * -(-width // STRIDE)


def seeded_line_network(architecture: LineArchitecture, seed: int) -> LineNetwork:
    """A fresh network with weights drawn by `seed`; the caller's random state is left alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return LineNetwork(architecture)


class _Neighbours(nn.Module):
    """Adds to each column what stands beside it: a broad digit must know that its other half is no second digit."""

    def __init__(self, channels: int, inner: int) -> None:
        super().__init__()
        last = nn.BatchNorm2d(channels)
        nn.init.zeros_(last.weight)  # nothing at first: a network trained without it can be trained on
        self.layers = nn.Sequential(
            nn.Conv2d(channels, inner, (1, 5), padding=(0, 4), dilation=(1, 2), bias=False),
            nn.BatchNorm2d(inner),
            nn.ReLU(),
            nn.Conv2d(inner, channels, 1, bias=False),
            last,
        )

    def forward(self, columns: Tensor) -> Tensor:
        """(N, C, 1, T) float32 -> the same shape."""
        beside: Tensor = self.layers(columns)
        return columns + beside


def _convolution(
    channels: int, filters: int, kernel: tuple[int, int], stride: tuple[int, int], padding: tuple[int, int],
    pool: tuple[int, int] = (1, 1),
) -> tuple[nn.Module, ...]:  # fmt: skip
    layer = nn.Conv2d(channels, filters, kernel, stride, padding, bias=False)
    # pooled before it is normalised: a quarter of the work for the layers that follow
    pooled = (nn.MaxPool2d(pool, ceil_mode=True),) if pool != (1, 1) else ()
    return layer, *pooled, nn.BatchNorm2d(filters), nn.ReLU()
