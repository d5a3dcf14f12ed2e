"""speedrun_99: 99 % of MNIST's test images in the least training, on two cores.

The recipe "good" (`src/tenfold/training/recipes.py`): the network `sprint`, its first layer given by the images' patches,
one pass over 30,048 of the 60,000 images, rather hard ones, in batches of 96, AdamW on one cycle up to 0.015, label
smoothing 0.2, in bfloat16 where the processor is quicker at it.
Chosen on held-out training images; what was tried is in docs/speed-log.md, the last result in docs/performance.md.

    python experiments/speedrun_99.py        # ten seeds, into runs/speedrun
"""

from pathlib import Path

from tenfold.data import load_mnist
from tenfold.evaluation import run_recipe
from tenfold.training import RECIPES

if __name__ == "__main__":
    print(RECIPES["good"])
    print(run_recipe("good", 0.99, load_mnist().test, Path("runs") / "speedrun", seeds=range(10)))
