"""Precision: a name means one of two, and the coarser one learns as well."""

import numpy as np
import pytest
import torch

from tenfold.data import Dataset
from tenfold.errors import UsageError
from tenfold.models import build
from tenfold.training import fit
from tenfold.training.precision import find_precision, has_bfloat16

CPU = torch.device("cpu")


def test_names():
    """What is named is taken; "auto" is what the device is quicker at."""
    assert find_precision("float32", CPU) == "float32"
    assert find_precision("bfloat16", CPU) == "bfloat16"
    assert find_precision("auto", CPU) == ("bfloat16" if has_bfloat16(CPU) else "float32")


def test_an_unknown_name_lists_the_known(few: Dataset):
    """Before anything is trained."""
    with pytest.raises(UsageError, match=r"float16.*auto, bfloat16, float32"):
        fit(build("softmax"), few, precision="float16", device="cpu", progress=False)


@pytest.mark.parametrize("network", ["mlp", "tenfold"])
def test_bfloat16_learns_as_well(few: Dataset, network: str):
    """The loss after a few epochs is within a tenth of float32's, not equal to it, and the weights stay float32."""
    losses = {}
    for precision in ("float32", "bfloat16"):
        model = build(network)
        history = fit(model, few, epochs=8, batch_size=32, lr=0.003, precision=precision, device="cpu", progress=False)
        losses[precision] = np.array(history.history["loss"])
        assert history.settings["precision"] == precision
        assert {tensor.dtype for tensor in model.parameters()} == {torch.float32}
    assert not np.array_equal(losses["float32"], losses["bfloat16"])
    assert losses["bfloat16"][-1] < 0.5 * losses["float32"][0]
    assert abs(losses["bfloat16"] - losses["float32"]).max() < 0.1 * losses["float32"][0], losses
