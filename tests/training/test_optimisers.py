"""Optimisers take the steps that their papers and Keras' constants give."""

import copy
import math
from collections.abc import Callable

import pytest
import torch
from torch import nn

from tenfold.errors import UsageError
from tenfold.training.optimisers import DEFAULT_LR, OPTIMISERS, find_optimiser


def after_steps(name: str, gradients: list[float], lr: float = 0.1, weight_decay: float = 0.0) -> float:
    """Where a weight of 1 is after steps with these gradients."""
    model = nn.Linear(1, 1, bias=False)
    nn.init.ones_(model.weight)
    optimiser = find_optimiser(name)(model, lr, weight_decay)
    for gradient in gradients:
        model.weight.grad = torch.tensor([[gradient]])
        optimiser.step()
    return model.weight.item()


@pytest.mark.parametrize(
    ("name", "gradients", "expected", "reason"),
    [
        ("sgd", [2.0], 1 - 0.1 * (2 + 0.9 * 2), "Nesterov looks one momentum ahead"),
        ("sgd", [2.0, 0.0], 1 - 0.1 * (2 + 0.9 * 2) - 0.1 * 0.9 * (0.9 * 2), "momentum 0.9 goes on without a gradient"),
        ("rmsprop", [2.0], 1 - 0.1 / math.sqrt(0.1), "rho 0.9: the first mean square is a tenth of the gradient's"),
        ("rmsprop", [-50.0], 1 + 0.1 / math.sqrt(0.1), "blind to the gradient's size"),
        ("adam", [2.0], 1 - 0.1, "the first step is the learning rate"),
        ("adam", [1e-3, 1e-3, 1e-3], 1 - 0.3, "so is every step of an even gradient, however small"),
        ("adamw", [2.0], 1 - 0.1, "without weight decay the same as Adam"),
    ],
)
def test_steps_worked_by_hand(name: str, gradients: list[float], expected: float, reason: str) -> None:
    """From a weight of 1 the steps lead to the number on paper."""
    assert after_steps(name, gradients) == pytest.approx(expected, abs=1e-4), reason


@pytest.mark.parametrize(
    ("name", "expected", "reason"),
    [
        ("sgd", 1 - 0.1 * 1.9 * 0.5, "decay is a gradient of 0.5 times the weight"),
        ("adam", 1 - 0.1, "through the gradient, so scaled to a full step"),
        ("adamw", 1 - 0.1 * 0.5, "decoupled: lr x decay x weight"),
    ],
)
def test_weight_decay_worked_by_hand(name: str, expected: float, reason: str) -> None:
    """Without a gradient weight decay alone takes this step."""
    assert after_steps(name, [0.0], weight_decay=0.5) == pytest.approx(expected, abs=1e-5), reason


OF_TORCH: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "sgd": lambda groups: torch.optim.SGD(groups, 0.01, momentum=0.9, nesterov=True),
    "rmsprop": lambda groups: torch.optim.RMSprop(groups, 0.01, alpha=0.9, eps=1e-7),
    "adam": lambda groups: torch.optim.Adam(groups, 0.01, eps=1e-7),
    "adamw": lambda groups: torch.optim.AdamW(groups, 0.01, eps=1e-7),
}


@pytest.mark.parametrize("name", OPTIMISERS)
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_steps_are_those_of_torchs_own_classes(name: str, weight_decay: float) -> None:
    """Thirty steps with drawn gradients, the learning rate falling, end where torch.optim's plain versions end."""
    generator = torch.Generator().manual_seed(5)
    ours = nn.Linear(40, 30)
    theirs = copy.deepcopy(ours)
    steppers = [
        find_optimiser(name)(ours, 0.01, weight_decay),
        OF_TORCH[name]([
            {"params": [theirs.weight], "weight_decay": weight_decay},
            {"params": [theirs.bias], "weight_decay": 0.0},
        ]),
    ]  # fmt: skip
    for step in range(30):
        for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
            mine.grad = torch.randn(mine.shape, generator=generator)
            other.grad = mine.grad.clone()
        for stepper in steppers:
            for group in stepper.param_groups:
                group["lr"] = 0.01 * (1 - step / 30)
            stepper.step()
    torch.testing.assert_close(ours.weight, theirs.weight, rtol=0, atol=1e-6)
    torch.testing.assert_close(ours.bias, theirs.bias, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", OPTIMISERS)
@pytest.mark.parametrize("weight_decay", [0.0, 0.5])
def test_biases_and_scales_do_not_decay(name: str, weight_decay: float) -> None:
    """Weight decay shrinks kernels and matrices and leaves biases and batch norm's scales; without it all stay."""
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Linear(3, 2))
    before = {name: parameter.clone() for name, parameter in model.named_parameters()}
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    find_optimiser(name)(model, 0.1, weight_decay).step()
    moved = {key for key, parameter in model.named_parameters() if not torch.equal(parameter, before[key])}
    assert moved == ({"0.weight", "2.weight"} if weight_decay else set())


@pytest.mark.parametrize("name", OPTIMISERS)
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_every_trainable_weight_is_in_it_once(name: str, weight_decay: float) -> None:
    """The optimiser holds each parameter that may train exactly once, and frozen ones not at all."""
    model = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3), nn.Linear(3, 2))
    model[0].weight.requires_grad_(False)
    held = [id(p) for group in find_optimiser(name)(model, 0.1, weight_decay).param_groups for p in group["params"]]
    assert sorted(held) == sorted(id(p) for p in model.parameters() if p.requires_grad)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_a_state_given_back_goes_on_as_before(name: str) -> None:
    """Steps interrupted by keeping the state and giving it to a fresh optimiser end at the same bits."""
    models = [nn.Linear(5, 4) for _ in range(2)]
    models[1].load_state_dict(models[0].state_dict())
    steppers = [find_optimiser(name)(model, 0.01, 0.1) for model in models]
    generator = torch.Generator().manual_seed(1)
    for step in range(6):
        if step == 3:
            kept = copy.deepcopy(steppers[1].state_dict())
            steppers[1] = find_optimiser(name)(models[1], 0.01, 0.1)
            steppers[1].load_state_dict(kept)
        for one, other in zip(models[0].parameters(), models[1].parameters(), strict=True):
            one.grad = torch.randn(one.shape, generator=generator)
            other.grad = one.grad.clone()
        for stepper in steppers:
            stepper.step()
    for one, other in zip(models[0].parameters(), models[1].parameters(), strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_moments_never_become_denormal(name: str) -> None:
    """What was learned of a pixel that stays dark from then on decays to 0, not to numbers that processors are slow at."""
    model = nn.Linear(30, 20)
    optimiser = find_optimiser(name)(model, 0.01, 0.0)
    generator = torch.Generator().manual_seed(2)
    for step in range(700):
        for parameter in model.parameters():
            drawn = 10.0 ** (-14 * torch.rand(parameter.shape, generator=generator))
            parameter.grad = drawn if step == 0 else torch.zeros_like(parameter)
        optimiser.step()
        for buffer in optimiser.param_groups[0]["buffers"]:
            assert not any(((one != 0) & (one.abs() < torch.finfo(torch.float32).tiny)).any() for one in buffer), step


def test_names_and_usual_learning_rates() -> None:
    """Every optimiser has a usual learning rate, and an unknown name lists the known ones."""
    assert set(DEFAULT_LR) == set(OPTIMISERS)
    with pytest.raises(UsageError, match="unknown optimiser 'lion'; known: adam, adamw, rmsprop, sgd"):
        find_optimiser("lion")
