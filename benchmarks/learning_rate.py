"""Claim: what one sweep of `find_lr` finds is within 2 points of the best of seven rates, in the median of 12 cases each.

Conditions: four networks, three optimisers, pixels divided by 255, batch 128; a range test on 54,000 training images, then
one epoch of 20,000 of them, with the rate held at the suggestion, and with one that falls straight to 0 from the rate of
lowest loss; each beside seven other rates; accuracy on the 6,000 held-out training images; one seed.

    python benchmarks/learning_rate.py

Last result: see docs/find-lr.md.
"""

import os

import numpy as np
import torch

from tenfold.data import Dataset, load_mnist, split
from tenfold.models import UNIT, Classifier, build, parse_network, predict
from tenfold.training import find_lr, fit

RATES = (3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3)
NETWORKS = ("softmax", "mlp:4,4", "mlp:512", "mlp:256,256,256,256,256")


def fresh(network: str) -> Classifier:
    """The network with its starting weights."""
    name, arguments = parse_network(network)
    return build(name, preparation=UNIT, **arguments)


def accuracy(network: str, optimiser: str, schedule: str, lr: float, train: Dataset, held_out: Dataset) -> float:
    """What one epoch at `lr` reaches."""
    model = fresh(network)
    fit(model, train, epochs=1, optimiser=optimiser, schedule=schedule, lr=lr, progress=False)
    return float((predict(model, held_out.images).argmax(1) == held_out.labels).mean())


def main() -> None:
    """Two lines a network and optimiser, then how far the found rates are behind the best."""
    whole, held_out = split(load_mnist().train)
    train = whole.take(np.arange(20_000))
    behind: dict[str, list[float]] = {"constant": [], "linear": []}
    print("| network | optimiser | rate | found | accuracy | best of seven | accuracy |\n|---|---|---|---|---|---|---|")
    for network in NETWORKS:
        for optimiser in ("adam", "rmsprop", "sgd"):
            curve = find_lr(fresh(network), whole, optimiser=optimiser)
            for schedule, lr in (("constant", curve.suggestion), ("linear", curve.lowest)):
                here = accuracy(network, optimiser, schedule, lr, train, held_out)
                searched = {rate: accuracy(network, optimiser, schedule, rate, train, held_out) for rate in RATES}
                best = max(searched, key=searched.__getitem__)
                behind[schedule].append(searched[best] - here)
                how = "held" if schedule == "constant" else "falling"
                cells = (network, optimiser, how, f"{lr:.2g}", f"{here:.1%}", f"{best:g}", f"{searched[best]:.1%}")
                print(f"| {' | '.join(cells)} |", flush=True)
    for schedule, points in behind.items():
        print(f"{schedule}: behind the best: median {np.median(points):.1%}, at most {np.max(points):.1%}")
    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
