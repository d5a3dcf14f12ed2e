"""speedrun_995: 99.5 % of MNIST's test images in the least training, on two cores.

The recipe "best" (`src/tenfold/training/recipes.py`): the network `tenfold` with 32 channels, six passes over all
60,000 images, turned, sheared, scaled and moved a little, in batches of 64, AdamW on one cycle up to 0.01. Not
yet measured: docs/speed-log.md says what was.

    python experiments/speedrun_995.py        # three seeds, into runs/speedrun
"""

from pathlib import Path

from tenfold.data import load_mnist
from tenfold.evaluation import run_recipe
from tenfold.training import RECIPES

if __name__ == "__main__":
    print(RECIPES["best"])
    print(run_recipe("best", 0.995, load_mnist().test, Path("runs") / "speedrun", seeds=range(3)))
