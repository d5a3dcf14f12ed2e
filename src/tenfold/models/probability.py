"""Logits -> probabilities, as part of the network."""

from torch import nn

from tenfold.models.classifier import Classifier


def probabilities(model: Classifier) -> Classifier:
    """The same network with softmax at its end: raw images (N, H, W) -> probabilities (N, C) float32, rows summing to 1.

    It shares the weights with `model`, so training either trains both, and what `predict` returns for it are
    probabilities. To train it, use the loss "probability-cross-entropy"; for training, though, prefer logits: softmax
    followed by a logarithm loses what the two together keep.
    """
    wrapped = Classifier(nn.Sequential(*model.layers, nn.Softmax(dim=1)), model.architecture, model.preparation)
    return wrapped.train(model.training)
