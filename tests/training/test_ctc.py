"""Training with CTC learns lines, the same from the same seed."""

import numpy as np
import pytest
import torch

from tenfold.models.line_network import LineArchitecture, seeded_line_network
from tenfold.reading.ctc import spell
from tenfold.training.ctc import batches, collate, fit_lines, pack, stretch

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


def test_it_learns():
    """On 48 easy lines the loss falls below a twentieth of where it began, and most lines are then read right."""
    data = lines(48)
    network = seeded_line_network(SMALL, 0)
    losses = fit_lines(network, data, epochs=40, batch_size=8, lr=1e-2)
    assert losses[-1] < 0.05 * losses[0], losses
    with torch.no_grad():
        logs = [network(torch.from_numpy(data.line(i)[None].copy())).log_softmax(-1)[0].double().numpy() for i in range(48)]
    right = sum(spell(log).text == text for log, text in zip(logs, data.texts, strict=True))
    assert right >= 44, right


def test_the_same_seed_gives_the_same_bits():
    """And another seed other weights."""
    data = lines(16)
    found = []
    for seed in (1, 1, 2):
        network = seeded_line_network(SMALL, 0)
        fit_lines(network, data, epochs=1, batch_size=8, seed=seed)
        found.append(network.layers[0].weight.detach().clone())
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])


@pytest.mark.parametrize("batch_size", [7, 16, 100])
def test_every_line_comes_once(batch_size):
    """For batch sizes that divide the set and that do not."""
    data = lines(50)
    seen = np.concatenate(list(batches(data, batch_size, np.random.default_rng(0))))
    assert sorted(seen) == list(range(50))


def test_a_batch_is_padded_with_paper():
    """Narrower lines end in zeros and have fewer frames; labels follow one another."""
    data = lines(6)
    images, lengths, labels, digits = collate(data, np.arange(6), np.random.default_rng(0))
    assert images.shape[0] == 6
    assert int(digits.sum()) == len(labels) == sum(map(len, data.texts))
    narrow = int(lengths.argmin())
    assert not images[narrow, :, int(lengths[narrow]) * 2 :].any()


def test_stretching_changes_the_width_alone():
    """By the share asked for."""
    assert stretch(np.zeros((32, 100), np.uint8), 0.15).shape == (32, 115)
    assert stretch(np.zeros((32, 100), np.uint8), -0.15).shape == (32, 85)
