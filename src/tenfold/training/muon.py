"""Muon: momentum whose step is made orthogonal for each matrix of weights, so that every direction of it learns alike.

Jordan et al., Muon: an optimizer for hidden layers in neural networks, 2024 (https://kellerjordan.github.io/posts/muon/),
where its constants come from. For biases, normalisation, the first and the last layer another optimiser is better.
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

__all__ = ["Muon", "orthogonal"]

MOMENTUM = 0.95
STEPS = 5  # of the iteration towards an orthogonal matrix
POLYNOMIAL = (3.4445, -4.7750, 2.0315)  # brings singular values from anywhere in (0, 1] to between 0.7 and 1.2


class Muon(torch.optim.Optimizer):
    """Nesterov momentum 0.95, orthogonalised; a convolution's weight (F, C, h, w) counts as a matrix (F, C h w).

    dtype: in which matrices are multiplied.
    """

    def __init__(self, weights: Iterable[nn.Parameter], lr: float, weight_decay: float, dtype: torch.dtype) -> None:
        super().__init__(weights, {"lr": lr, "weight_decay": weight_decay, "dtype": dtype})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Move every weight that has a gradient."""
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                momentum = self.state[weight].setdefault("momentum", torch.zeros_like(weight))
                momentum.lerp_(weight.grad, 1 - MOMENTUM)
                ahead = weight.grad.lerp(momentum, MOMENTUM).flatten(1)
                direction = orthogonal(ahead.to(group["dtype"])).to(weight.dtype)
                scale = max(1.0, len(direction) / direction.shape[1]) ** 0.5
                weight.mul_(1 - group["lr"] * group["weight_decay"])
                weight.add_(direction.view(weight.shape), alpha=-group["lr"] * scale)


def orthogonal(matrix: Tensor) -> Tensor:
    """The matrix (M, N) with its singular vectors kept and its singular values near 1, by Newton and Schulz's iteration."""
    a, b, c = POLYNOMIAL
    tall = matrix.shape[0] > matrix.shape[1]
    x: Tensor = (matrix.T if tall else matrix) / (matrix.norm() + 1e-7)
    for _ in range(STEPS):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x.T if tall else x
