# %% [markdown]
"""
# quickstart_logits: logits, softmax and dropout

Flatten, dense 128 with ReLU, dropout 0.2, dense 10 without activation: a network that returns logits. Adam, cross-entropy
from logits, batch 32, five epochs.

Expect (mean ± sd of 5 seeds; two and a half minutes of one core):

    what                                      the notebook    Tenfold
    first loss, training images               2.367           2.376 (ln 10 is 2.303)
    test accuracy, loss from logits           .9768           .9769 ± .0017
    test loss, loss from logits               .0754           .0751
    test accuracy, softmax in the network                     .9769 ± .0022
"""

# %%
import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from tenfold.data import load_mnist
from tenfold.evaluation import Experiment, Finding, curves_plot, log_softmax, sheet_plot, softmax
from tenfold.models import UNIT, Classifier, build, parameter_count, predict, probabilities, summary
from tenfold.training import LOSSES, trials

torch.set_num_threads(1)  # a small network is no faster on two, and its bits do not depend on the machine's cores
experiment = Experiment("quickstart_logits", "quickstart_logits: logits, softmax and dropout")
seeds, epochs = (1, 2) if experiment.quick else (5, 5)
train, test = load_mnist()
train = train.take(range(6_000)) if experiment.quick else train


def network(seed: int = 0) -> Classifier:
    """Flatten, 128 ReLU, dropout 0.2, 10 logits."""
    return build("mlp", widths=[128], dropout=0.2, preparation=UNIT, seed=seed)


# %% The network, and what it says before it has learned anything
model = network()
assert parameter_count(model) == 784 * 128 + 128 + 128 * 10 + 10 == 101_770
experiment.text("The network", preformatted=summary(model))
logits = predict(model, train.images[:1])
odds = softmax(logits)
experiment.table("The first image, untrained", [
    ("class", *train.classes),
    *((name, *(f"{value:.3f}" for value in row)) for name, row in (("logit", logits[0]), ("softmax", odds[0]))),
], "A logit is a log-odds up to a constant: the difference of two logits is the logarithm of how many times likelier the "
   f"one class is than the other. Here z0 - z1 = {logits[0, 0] - logits[0, 1]:.3f} and ln(p0 / p1) = "
   f"{math.log(odds[0, 0] / odds[0, 1]):.3f}. Softmax turns all ten at once into probabilities that sum to 1.")  # fmt: skip

# %% The first loss: ln 10, because ten answers are equally likely to someone who knows nothing
first_losses = [-log_softmax(predict(network(seed), train.images[:1]))[0, train.labels[0]] for seed in range(100)]
on_all = -log_softmax(predict(model, train.images))[np.arange(len(train)), train.labels].mean()
experiment.table("The first loss", [
    ("what", "loss"), ("ln 10", f"{math.log(10):.3f}"), ("the notebook, first image", "2.367"),
    ("first image, mean of 100 fresh networks", f"{np.mean(first_losses):.3f} ± {np.std(first_losses, ddof=1):.3f}"),
    ("all training images, one fresh network", f"{on_all:.3f}"),
])  # fmt: skip

# %% Training on logits, and the same network with softmax inside and the loss on probabilities
settings = {"epochs": epochs, "batch_size": 32, "progress": experiment.progress}
found = trials(seeds, network, train, test, **settings)
settings["loss"] = "probability-cross-entropy"
inside = trials(seeds, lambda seed: probabilities(network(seed)), train, test, **settings)
experiment.table("Test set, after the last epoch", [
    ("network", "accuracy", "loss", "seconds"), ("notebook", "0.9768", "0.0754", ""),
    *((name, f"{each.mean:.4f} ± {each.sd:.4f}", f"{np.mean([run.loss for run in each.runs]):.4f}", f"{each.seconds:.1f}")
      for name, each in (("logits, loss from logits", found), ("softmax inside, loss from probabilities", inside))),
])  # fmt: skip

# %% The trained network wrapped so that it returns probabilities
trained = found.runs[0].model
five = predict(probabilities(trained), test.images[:5])
assert np.allclose(five, softmax(predict(trained, test.images[:5])), atol=1e-6)
experiment.table("Five test images: probabilities", [
    ("label", *test.classes),
    *((test.classes[label], *(f"{value:.4f}" for value in row)) for label, row in zip(test.labels, five, strict=False)),
])  # fmt: skip
captions = [f"{label} > {row.argmax()}  {row.max():.1%}" for label, row in zip(test.labels, five, strict=False)]
experiment.figure("five_test_images", sheet_plot(test.images[:5], captions, "label > prediction, probability", columns=5))

# %% Why logits are safer: a wrong answer, ever more certain
WAYS = {
    "from logits": lambda z, label: LOSSES["cross-entropy"](z, label, 0.0),
    "from probabilities, clipped at 1e-7": lambda z, label: LOSSES["probability-cross-entropy"](z.softmax(1), label, 0.0),
    "exp / sum, then log": lambda z, label: -torch.log(z.exp() / z.exp().sum())[0, label[0]],
}


def value_and_slope(way: str, margin: float) -> tuple[float, float]:
    """Loss and its slope at the right class's logit, where a wrong class is `margin` above it and the other eight."""
    z = torch.tensor([[0.0, margin, *[0.0] * 8]], requires_grad=True)
    value = WAYS[way](z, torch.tensor([0]))
    value.backward()
    return value.item(), z.grad[0, 0].item()


margins = (1, 5, 10, 15, 16, 17, 40, 80, 88, 89, 1000)
experiment.table("The same loss computed in three ways, float32: value (slope)", [("wrong by", *WAYS), *(
    (margin, *("{:.3f} ({:.3f})".format(*value_and_slope(way, margin)) for way in WAYS)) for margin in margins
)], "From logits the value grows with the mistake and the slope stays -1. On probabilities the clip makes the slope 0 "
    "beyond 16: the worst mistakes teach nothing. Without the shift by the maximum exp overflows from 89 on.")  # fmt: skip
fine = np.linspace(0, 30, 121)
experiment.figure("gradient_of_a_mistake", curves_plot(
    {way: (fine, [-value_and_slope(way, margin)[1] for margin in fine]) for way in list(WAYS)[:2]},
    xlabel="logits by which a wrong class leads", ylabel="pull on the right class's logit",
    title="A confident mistake: from logits it teaches most, from probabilities nothing",
))  # fmt: skip

# %% The layers, explained by running them
torch.manual_seed(0)
batch = torch.arange(24.0).reshape(2, 3, 4)
dense = nn.Linear(4, 5)
experiment.table("Shapes", [
    ("layer", "input", "output", "what happens"),
    ("Flatten", (32, 28, 28), tuple(nn.Flatten()(torch.zeros(32, 28, 28)).shape), "all but the batch becomes one axis"),
    ("Linear(4, 5)", (2, 4), tuple(dense(batch[:, 0]).shape), "one dense layer a row"),
    ("Linear(4, 5)", tuple(batch.shape), tuple(dense(batch).shape), "rank 3: the same weights at every place of axis 1"),
])  # fmt: skip
assert torch.allclose(dense(batch)[:, 1], dense(batch[:, 1]), atol=1e-5)
ones = torch.ones(4, 10)
many = functional.dropout(torch.ones(1_000_000), 0.2)
shared = torch.ones(2, 3, 5) * functional.dropout(torch.ones(2, 1, 5), 0.5)  # one mask for all three rows of an example
assert bool((shared[:, 0] == shared[:, 2]).all())
experiment.text("Dropout in training", "At rate 0.2 each number becomes 0 or 1 / (1 - 0.2) = 1.25, so the mean stays: "
                f"{many.mean():.4f} over a million ones, {float((many == 0).float().mean()):.2%} of them zero.",
                preformatted=functional.dropout(ones, 0.2).numpy())  # fmt: skip
experiment.text("Dropout, shared noise shape (2, 1, 5)", "One mask an example, all rows alike.", preformatted=shared.numpy())
still = nn.Dropout(0.2).eval()(ones)
assert torch.equal(still, ones)
experiment.text("Dropout in inference", "Nothing happens: what goes in comes out.", preformatted=still[:1].numpy())

# %%
size = parameter_count(model)
experiment.found(Finding("784-128-dropout-10, logits", size, "test accuracy", 0.9768, tuple(found.accuracies), found.seconds,
                         "the same settings; what differs is chance: starting weights, order, dropout"))  # fmt: skip
experiment.found(Finding("784-128-dropout-softmax", size, "test accuracy", None, tuple(inside.accuracies), inside.seconds,
                         "the two losses part only where the network is surely wrong"))  # fmt: skip
experiment.finish(
    f"Untrained, every class is about equally likely, so the first loss is near ln 10. Five epochs bring {found.mean:.2%} "
    "on the test set. Train on logits and put softmax at the end afterwards: the same answers on MNIST, and a gradient"
    " where a mistake is a bad one."
)
