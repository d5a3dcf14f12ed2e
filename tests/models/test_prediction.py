"""Every image is answered once, in order, for any batch size."""

import numpy as np
import pytest
import torch

from tenfold.data import Dataset
from tenfold.errors import UsageError
from tenfold.evaluation import evaluate
from tenfold.models import build, predict


@pytest.mark.parametrize("batch_size", [1, 3, 7, 64, 199, 200, 201, 100000])
def test_every_batch_size_gives_the_same_answers(held: Dataset, batch_size: int) -> None:
    """200 images in batches that divide 200 or do not: as many answers, in order, and the same metrics."""
    model = build("cnn", seed=3)
    whole, found = predict(model, held.images), predict(model, held.images, batch_size)
    assert found.shape == (200, 10)
    assert np.abs(found - whole).max() < 1e-4
    one, other = (evaluate(logits, held.labels, held.classes) for logits in (whole, found))
    assert (other.n, other.misses, other.confusion.tolist()) == (200, one.misses, one.confusion.tolist())
    assert other.loss == pytest.approx(one.loss, abs=1e-5)


@pytest.mark.parametrize("training", [True, False])
def test_the_mode_is_left_as_it_was(held: Dataset, training: bool) -> None:
    """Prediction is in evaluation mode (no dropout, the same twice) and puts the network's mode back."""
    model = build("cnn", dropout=0.9).train(training)
    assert np.array_equal(predict(model, held.images), predict(model, held.images))
    assert model.training is training


def test_no_images_give_no_rows() -> None:
    """An empty split has an answer of shape (0, C)."""
    assert predict(build("softmax"), np.empty((0, 28, 28), np.uint8)).shape == (0, 10)


@pytest.mark.parametrize("batch_size", [0, -1])
def test_a_batch_size_below_one_is_refused(held: Dataset, batch_size: int) -> None:
    """A batch size of 0 or less is refused instead of answering nothing."""
    with pytest.raises(UsageError, match=f"batch size must be at least 1, not {batch_size}"):
        predict(build("softmax"), held.images, batch_size)


def test_images_of_another_shape_are_refused(held: Dataset) -> None:
    """A single image, small images, and images with a channel, as other libraries have them."""
    for images in (held.images[0], held.images[:, ::2, ::2], held.images[:, None]):
        with pytest.raises(UsageError, match=r"takes images of shape \(N, 28, 28\), not \("):
            predict(build("softmax"), images)


def test_images_of_any_memory_layout(held: Dataset) -> None:
    """Read-only, reversed and sliced arrays are answered like fresh copies, without a warning."""
    model = build("softmax")
    fixed = np.frombuffer(held.images.tobytes(), np.uint8).reshape(held.images.shape)
    assert np.array_equal(predict(model, fixed), predict(model, held.images))
    assert np.array_equal(predict(model, held.images[::-2]), predict(model, held.images[::-2].copy()))


def test_predictions_need_no_gradients(held: Dataset) -> None:
    """Nothing is remembered for a backward pass, so a large split does not fill the memory."""
    model = build("softmax")
    predict(model, held.images)
    assert all(parameter.grad is None for parameter in model.parameters())
    assert torch.is_grad_enabled()
