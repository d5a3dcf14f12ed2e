"""The layer table has Keras' rows."""

import torch

from tenfold.models import build, parameter_count, summary


def test_the_table_of_the_tutorials_cnn() -> None:
    """Every layer stands with its output shape and parameters, as Keras' model.summary() prints them (channels first)."""
    rows = [(layer.kind, layer.output_shape, layer.parameters) for layer in summary(build("cnn")).layers]
    assert rows == [
        ("Conv2d", (32, 26, 26), 320),
        ("MaxPool2d", (32, 13, 13), 0),
        ("ReLU", (32, 13, 13), 0),
        ("Conv2d", (64, 11, 11), 18496),
        ("MaxPool2d", (64, 5, 5), 0),
        ("ReLU", (64, 5, 5), 0),
        ("Flatten", (1600,), 0),
        ("Linear", (128,), 204928),
        ("ReLU", (128,), 0),
        ("Dropout", (128,), 0),
        ("Linear", (10,), 1290),
    ]


def test_the_total_is_the_parameter_count() -> None:
    """The rows add up, and the printed table has the sum with its thousands parted."""
    model = build("mlp", widths=(512, 256))
    table = summary(model)
    assert table.parameters == parameter_count(model) == 535818
    lines = str(table).splitlines()
    assert lines[0] == "Network: mlp"
    assert lines[-1].split() == ["Total", "535,818"]
    assert len({len(line) for line in lines[1:]}) == 1


def test_weights_held_fast_are_counted_and_told_apart() -> None:
    """As Keras tells trainable parameters from the rest; what is held fast is a parameter all the same."""
    model = build("mlp", widths=(4,))
    next(model.parameters()).requires_grad_(False)
    table = summary(model)
    assert (table.parameters, table.trainable) == (784 * 4 + 4 + 50, 54)
    assert [line.split() for line in str(table).splitlines()[-2:]] == [["Total", "3,190"], ["Trainable", "54"]]


def test_looking_changes_nothing() -> None:
    """The table is drawn without touching mode, weights, batch norm's statistics or hooks."""
    model = build("tenfold").train()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    assert str(summary(model)) == str(summary(model))
    assert model.training
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
    assert not any(layer._forward_hooks for layer in model.layers)
