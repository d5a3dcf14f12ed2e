"""Several small networks at once: each becomes what it becomes alone."""

import numpy as np
import pytest
import torch

from tenfold.errors import UsageError
from tenfold.models import UNIT, Classifier, build, predict
from tenfold.training import OPTIMISERS, fit, trials


def small(seed: int) -> Classifier:
    """A network of two small layers."""
    return build("mlp", widths=[6, 5], preparation=UNIT, seed=seed)


SETTINGS = {"epochs": 3, "batch_size": 64, "progress": False}  # 500 images: the last batch is smaller


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("changes", [{}, {"schedule": "one-cycle", "lr": 0.01, "weight_decay": 0.1}])
def test_each_becomes_what_it_becomes_alone(few, held, optimiser, changes):
    """Weights, history and accuracy of three networks, for every optimiser, with and without schedule and decay."""
    settings = SETTINGS | {"optimiser": optimiser} | changes
    together = trials(3, small, few, held, held, seed=4, side_by_side=True, **settings)
    alone = trials(3, small, few, held, held, seed=4, **settings)
    for a, b in zip(together.runs, alone.runs, strict=True):
        assert a.seed == b.seed
        for left, right in zip(a.model.parameters(), b.model.parameters(), strict=True):
            torch.testing.assert_close(left, right, rtol=1e-3, atol=1e-4)
        for name in ("loss", "val_loss", "lr", "accuracy", "val_accuracy"):
            assert a.history.history[name] == pytest.approx(b.history.history[name], abs=0.004), name
        assert a.history.settings == b.history.settings
        assert a.loss == pytest.approx(b.loss, abs=1e-3)


def test_networks_do_not_hear_of_each_other(few, held):
    """With other neighbours the second network comes out the same; so does one whose neighbour falls apart."""
    two = trials(2, small, few, held, side_by_side=True, **SETTINGS).runs[1].model

    def with_a_wreck(seed: int) -> Classifier:
        model = small(seed)
        if seed == 0:
            with torch.no_grad():
                model.layers[1].weight.fill_(torch.nan)
        return model

    beside = trials(2, with_a_wreck, few, held, side_by_side=True, **SETTINGS)
    assert [run.history.stopped for run in beside.runs] == ["diverged", ""]
    assert beside.runs[0].history.epochs == 0
    for left, right in zip(two.parameters(), beside.runs[1].model.parameters(), strict=True):
        torch.testing.assert_close(left, right)


def test_all_diverged_ends_it(few):
    """A rate far too high: as alone, both keep finite weights, and the training stops before its last epoch."""
    found = trials(
        2, lambda seed: build("mlp", widths=[4], seed=seed), few, few,
        side_by_side=True, optimiser="sgd", lr=1e38, **SETTINGS,
    )  # fmt: skip
    assert [run.history.stopped for run in found.runs] == ["diverged", "diverged"]
    assert all(np.isfinite(predict(run.model, few.images)).all() for run in found.runs)


def test_the_callers_random_state_is_left_alone(few, held):
    """As with `fit`."""
    before = torch.get_rng_state()
    trials(2, small, few, held, side_by_side=True, **SETTINGS)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize(("network", "arguments"), [("cnn", {}), ("tenfold", {}), ("mlp", {"dropout": 0.2})])
def test_what_is_no_stack_of_dense_layers_is_refused(few, held, network, arguments):
    """One line that says what can be."""
    with pytest.raises(UsageError, match="only dense layers with ReLU between can"):
        trials(2, lambda seed: build(network, seed=seed, **arguments), few, held, side_by_side=True, **SETTINGS)


def test_networks_of_two_shapes_are_refused(few, held):
    """They would not fit into one product."""
    with pytest.raises(UsageError, match="same architecture"):
        trials(2, lambda seed: build("mlp", widths=[4 + seed]), few, held, side_by_side=True, **SETTINGS)


def test_it_shows_the_mean_of_all_while_it_runs(few, held, capfd):
    """One line an epoch, of all networks together."""
    found = trials(2, small, few, held, held, side_by_side=True, **SETTINGS | {"progress": True})
    line = capfd.readouterr().err.splitlines()[-1]
    mean = np.mean([run.history.history["val_accuracy"][-1] for run in found.runs])
    assert line.startswith("epoch 3/3  loss ")
    assert f"val_accuracy {mean:.4f}" in line


def test_fit_is_the_judge(few):
    """The first network is what `fit` itself makes of it."""
    model = small(9)
    history = fit(model, few, seed=9, **SETTINGS)
    beside = trials(2, small, few, few, seed=9, side_by_side=True, **SETTINGS).runs[0]
    assert beside.history.history["loss"] == pytest.approx(history.history["loss"], abs=1e-4)
