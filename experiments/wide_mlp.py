# %% [markdown]
"""
# wide_mlp: one layer of 512 units

The first network of many a course: 784-512-10, RMSprop, one-hot labels with categorical cross-entropy, batch 128, five
epochs on all 60,000 images, no validation split.

Expect (mean ± sd of 5 seeds; 74 s, one thread, beside other programs on a two-core machine):

    what                                 the notebook    Tenfold
    test accuracy                        .9765           .9784 ± .0012
    training minus test accuracy                         .0137 ± .0008
"""

# %%
import numpy as np
import torch

from tenfold.data import load_mnist, one_hot
from tenfold.evaluation import Experiment, Finding, bars_plot, curves_plot, evaluate, misses_plot, sheet_plot
from tenfold.models import UNIT, build, parameter_count, predict, summary
from tenfold.training import trials

torch.set_num_threads(1)  # a small network is no faster on two, and its bits do not depend on the machine's cores
experiment = Experiment("wide_mlp", "wide_mlp: one layer of 512 units")
seeds, epochs = (1, 2) if experiment.quick else (5, 5)

# %% The data: shapes, counts, and labels before and after one-hot
mnist = load_mnist()
train = mnist.train.take(range(6_000)) if experiment.quick else mnist.train
test = mnist.test
experiment.table("The data", [
    ("part", "images", "type", "labels", "smallest pixel", "largest pixel"),
    *((part.name, part.images.shape, part.images.dtype, part.labels.shape, part.images.min(), part.images.max())
      for part in (train, test)),
], "Stored as bytes; the network divides by 255 itself, so whoever uses it later cannot forget to.")  # fmt: skip
experiment.table("Images per class", [("part", *train.classes), *((part.name, *part.counts) for part in (train, test))])
first_ten = train.take(range(10))
experiment.figure("first_ten", sheet_plot(first_ten.images, list(map(str, first_ten.labels)), columns=10))
experiment.text("The first ten labels", "As stored, and as one-hot rows: a 1 in the column of the label.",
                preformatted=f"{first_ten.labels}\n{one_hot(first_ten.labels, 10).astype(int)}")  # fmt: skip

# %% The network
model = build("mlp", widths=[512], preparation=UNIT)
assert parameter_count(model) == 784 * 512 + 512 + 512 * 10 + 10 == 407_050
experiment.text("The network", preformatted=summary(model))

# %% Five epochs, several times from fresh weights
found = trials(
    seeds, lambda seed: build("mlp", widths=[512], preparation=UNIT, seed=seed), train, test,
    epochs=epochs, batch_size=128, optimiser="rmsprop", loss="one-hot-cross-entropy", progress=experiment.progress,
)  # fmt: skip
first = found.runs[0]
curves = first.history.history
experiment.table("Training, first trial", [
    ("epoch", "loss", "accuracy", "seconds"),
    *((epoch + 1, f"{curves['loss'][epoch]:.4f}", f"{curves['accuracy'][epoch]:.4f}", f"{curves['seconds'][epoch]:.1f}")
      for epoch in range(epochs)),
])  # fmt: skip

# %% Training against test: the gap is overfitting
logits = {part.name: predict(first.model, part.images) for part in (train, test)}
results = {part.name: evaluate(logits[part.name], part.labels, part.classes) for part in (train, test)}
experiment.table("Training against test, first trial", [
    ("part", "accuracy", "loss", "misses"),
    *((name, f"{result.accuracy:.4f}", f"{result.loss:.4f}", result.misses) for name, result in results.items()),
], "Both measured after the last epoch. The difference is what the network knows by heart.")  # fmt: skip
on_train = [float((predict(run.model, train.images).argmax(1) == train.labels).mean()) for run in found.runs]
gaps = [known - new for known, new in zip(on_train, found.accuracies, strict=True)]
experiment.figure("accuracy_by_epoch", curves_plot(
    {"training, while it runs": (range(1, epochs + 1), curves["accuracy"]),
     "test, after the last epoch": ([epochs], [first.accuracy])},
    xlabel="epoch", ylabel="accuracy", title="784-512-10: what training reports and what is true", percent=True,
))  # fmt: skip
spread = float(np.std(on_train, ddof=1)) if seeds > 1 else 0.0
experiment.figure("trials", bars_plot(
    ["training images", "test images"], [float(np.mean(on_train)), found.mean], [spread, found.sd],
    xlabel=f"accuracy after {epochs} epochs, mean of {seeds} trials", title="The gap is overfitting", start=0.9,
))  # fmt: skip
experiment.figure("misses", misses_plot(test, logits[test.name]))

# %%
experiment.found(Finding(
    "784-512-10", parameter_count(model), "test accuracy", 0.9765, tuple(found.accuracies), found.seconds,
    "the same settings; what differs is chance: starting weights and order",
))  # fmt: skip
experiment.found(Finding(
    "784-512-10", parameter_count(model), "training minus test accuracy", None, tuple(gaps), found.seconds,
    "with no validation split nothing warns of the gap until the test set is opened",
))  # fmt: skip
experiment.finish(
    f"One wide layer reaches {found.mean:.2%} on the test set. It knows its training images better than new ones by "
    f"{sum(gaps) / seeds:.2%}: that gap, not the training accuracy, is what a validation split is for."
)
