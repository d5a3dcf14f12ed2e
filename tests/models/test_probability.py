"""Networks wrapped so that they return probabilities."""

import numpy as np
import torch

from tenfold.evaluation import softmax
from tenfold.models import build, load_checkpoint, parameter_count, predict, probabilities, save_checkpoint


def test_probabilities_are_the_softmax_of_the_logits(few):
    """The same numbers as NumPy's softmax of the network's own logits; rows sum to 1."""
    model = build("mlp", widths=[16], seed=1)
    found = predict(probabilities(model), few.images)
    assert np.allclose(found, softmax(predict(model, few.images)), atol=1e-6)
    assert np.allclose(found.sum(1), 1, atol=1e-5)


def test_the_wrapped_network_shares_the_weights():
    """Changing one changes the other, and nothing is added to train."""
    model = build("mlp", widths=[16])
    wrapped = probabilities(model)
    assert parameter_count(wrapped) == parameter_count(model)
    assert all(a is b for a, b in zip(model.parameters(), wrapped.parameters(), strict=True))


def test_the_mode_is_the_networks():
    """A network in evaluation stays in it, so dropout does not wake up."""
    model = build("mlp", widths=[16], dropout=0.5).eval()
    assert not probabilities(model).training
    assert probabilities(model.train()).training


def test_a_checkpoint_of_it_is_the_network_with_logits(tmp_path, few):
    """Saved and loaded it gives logits: what the ending was for is a matter of use, not of weights."""
    model = build("mlp", widths=[16], seed=2)
    save_checkpoint(tmp_path, probabilities(model), {"data": {"source": "mnist"}})
    logits = predict(load_checkpoint(tmp_path).model, few.images[:5])
    assert torch.equal(torch.from_numpy(logits), torch.from_numpy(predict(model, few.images[:5])))
