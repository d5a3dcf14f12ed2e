"""Claim: the default network reaches 99.0 % of MNIST's test images (mean of 3 seeds) with under 30 s of training.

Conditions: `tenfold train` as it is (2 epochs, 54,000 images, the rest held out), the training loop alone is timed, the test
images are read once at the end of each run.

    python benchmarks/default_network.py

Last result: see docs/performance.md.
"""

import os

import numpy as np
import torch

from tenfold.data import load_mnist, split
from tenfold.models import build, predict
from tenfold.training import fit

SEEDS = (0, 1, 2)


def main() -> None:
    """Train once a seed; print every run, then mean and standard deviation."""
    mnist = load_mnist()
    accuracies, seconds = [], []
    for seed in SEEDS:
        train, _ = split(mnist.train, seed=seed)
        model = build(seed=seed)
        history = fit(
            model, train, epochs=2, batch_size=128, optimiser="adamw", lr=0.01, weight_decay=0.02, schedule="one-cycle",
            seed=seed, progress=False,
        )  # fmt: skip
        accuracies.append(float((predict(model, mnist.test.images).argmax(1) == mnist.test.labels).mean()))
        seconds.append(history.seconds)
        print(f"seed {seed}: test accuracy {accuracies[-1]:.2%}, {seconds[-1]:.1f} s")
    print(
        f"test accuracy {np.mean(accuracies):.2%} ± {np.std(accuracies, ddof=1):.2%}, "
        f"training {np.mean(seconds):.1f} ± {np.std(seconds, ddof=1):.1f} s "
        f"(n = {len(SEEDS)} seeds, {torch.get_num_threads()} threads, load {os.getloadavg()[0]:.1f})"
    )


if __name__ == "__main__":
    main()
