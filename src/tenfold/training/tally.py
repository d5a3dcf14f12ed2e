"""Loss and accuracy of an epoch so far, reckoned only when asked for: a tiny network's step takes no longer than that."""

import torch
from torch import Tensor

TOGETHER = 256  # steps whose outputs wait in memory


class Tally:
    """What the steps of an epoch gave: their losses, and how many images were right."""

    def __init__(self) -> None:
        self.images = 0
        self._loss, self._right = 0.0, 0
        self._waiting: list[tuple[Tensor, Tensor, Tensor]] = []

    def add(self, loss: Tensor, outputs: Tensor, labels: Tensor) -> None:
        """Count a batch: its mean loss (), what the network said (B, C), its labels (B,)."""
        self.images += len(labels)
        self._waiting.append((loss.detach(), outputs.detach(), labels))
        if len(self._waiting) == TOGETHER:
            self._reckon()

    def mean_loss(self) -> float:
        """The mean over the images so far."""
        self._reckon()
        return self._loss / self.images

    def accuracy(self) -> float:
        """The share of the images so far whose largest output was their label's."""
        self._reckon()
        return self._right / self.images

    def _reckon(self) -> None:
        if not self._waiting:
            return
        losses, outputs, labels = zip(*self._waiting, strict=True)
        sizes = torch.tensor([len(one) for one in labels], dtype=torch.float64)
        self._loss += float(torch.stack(losses).cpu().double() @ sizes)  # some devices have no float64
        self._right += int((torch.cat(outputs).argmax(1) == torch.cat(labels)).sum())
        self._waiting.clear()
