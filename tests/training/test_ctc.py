"""Training with CTC learns lines, the same from the same seed."""

import numpy as np
import pytest
import torch

from tenfold.models.line_network import LineArchitecture, seeded_line_network
from tenfold.reading.ctc import spell
from tenfold.training import ctc
from tenfold.training.ctc import average_lines, batches, collate, fit_lines, pack, vary

SMALL = LineArchitecture(filters=(6, 8, 12, 16, 24), dropout=0.0)


def lines(count: int, seed: int = 0):
    """Lines of one to three bars: a bar high up is a 1, one low down a 7."""
    rng = np.random.default_rng(seed)
    images, texts = [], []
    for _ in range(count):
        text = "".join(rng.choice(["1", "7"], rng.integers(1, 4)))
        image = np.zeros((32, 20 * len(text) + 8), np.uint8)
        for place, char in enumerate(text):
            top = 3 if char == "1" else 18
            image[top : top + 10, 20 * place + 10 : 20 * place + 18] = 220
        images.append(image)
        texts.append(text)
    return pack(images, texts)


def right(network, data) -> int:
    """How many lines are read right."""
    with torch.no_grad():
        images = (torch.from_numpy(data.line(i)[None].copy()) for i in range(len(data)))
        logs = [network(image).log_softmax(-1)[0].double().numpy() for image in images]
    return sum(spell(log).text == text for log, text in zip(logs, data.texts, strict=True))


def test_it_learns():
    """On 48 easy lines the loss falls below a twentieth of where it began, and most lines are then read right.

    So they are with averaged weights.
    """
    data = lines(48)
    network = seeded_line_network(SMALL, 0)
    losses = fit_lines(network, data, epochs=40, batch_size=8, lr=1e-2)
    assert losses[-1] < 0.05 * losses[0], losses
    assert right(network, data) >= 44
    average_lines(network, data, epochs=4, batch_size=8, lr=1e-3)
    assert right(network, data) >= 44


def test_averaged_weights_are_their_mean(monkeypatch):
    """Of those after each step of the second half, where there are few; with batch norm's statistics of its own."""
    data, seen = lines(16), []
    network = seeded_line_network(SMALL, 0)
    update = ctc.AveragedModel.update_parameters

    def noted(self, model):
        seen.append(model.layers[0].weight.detach().clone())
        update(self, model)

    monkeypatch.setattr(ctc.AveragedModel, "update_parameters", noted)
    average_lines(network, data, epochs=5, batch_size=8)
    assert len(seen) == 5
    assert torch.allclose(network.layers[0].weight, torch.stack(seen).mean(0), atol=1e-6)
    assert not torch.allclose(seen[0], seen[-1], atol=1e-6)
    norm = next(layer for layer in network.layers if isinstance(layer, torch.nn.BatchNorm2d))
    assert norm.num_batches_tracked == 2  # as many batches as there are, once
    assert not network.training


@pytest.mark.parametrize("train", [fit_lines, average_lines])
def test_the_same_seed_gives_the_same_bits(train):
    """And another seed other weights."""
    data = lines(16)
    found = []
    for seed in (1, 1, 2):
        network = seeded_line_network(SMALL, 0)
        train(network, data, epochs=1, batch_size=8, seed=seed)
        found.append(network.layers[0].weight.detach().clone())
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])


@pytest.mark.parametrize("batch_size", [7, 16, 100])
def test_every_line_comes_once(batch_size):
    """For batch sizes that divide the set and that do not."""
    data = lines(50)
    seen = np.concatenate([chosen for chosen, _ in batches(data, batch_size, np.random.default_rng(0))])
    assert sorted(seen) == list(range(50))


def test_a_batch_is_padded_with_paper():
    """Narrower lines end in zeros and have fewer frames; labels follow one another."""
    data = lines(6)
    images, lengths, labels, digits = collate(data, np.arange(6), np.zeros(6), np.random.default_rng(0))
    assert images.shape[0] == 6
    assert int(digits.sum()) == len(labels) == sum(map(len, data.texts))
    narrow = int(lengths.argmin())
    assert not images[narrow, :, int(lengths[narrow]) * 2 :].any()


def test_varying_nothing_changes_nothing():
    """Bit by bit."""
    image = np.random.default_rng(0).integers(0, 256, (32, 50)).astype(np.uint8)
    assert np.array_equal(vary(image, 0.0, 0.0, 0.0, 0.0), image)


@pytest.mark.parametrize(("change", "box"), [
    ((0.5, 0.0, 0.0, 0.0), (30, 12, 30, 8)),  # wider
    ((0.0, 0.5, 0.0, 0.0), (20, 10, 20, 12)),  # taller about the middle row
    ((0.0, 0.0, 0.0, 3.0), (20, 15, 20, 8)),  # lower
])  # fmt: skip
def test_varying_moves_a_box_as_told(change, box):
    """Within a pixel, on each side."""
    image = np.zeros((32, 60), np.uint8)
    image[12:20, 20:40] = 255
    rows, columns = np.nonzero(vary(image, *change) > 127)
    found = (columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1)
    assert np.abs(np.subtract(found, box)).max() <= 1, found


def test_leaning_moves_the_top_against_the_bottom():
    """By the lean times the height, the middle row staying."""
    image = np.zeros((32, 60), np.uint8)
    image[:, 30] = 255
    leaned = vary(image, 0.0, 0.0, 0.5, 0.0)
    assert abs(int(leaned[31].argmax()) - int(leaned[0].argmax()) - 15) <= 1
    assert abs(int(leaned[16].argmax()) - 30) <= 1
