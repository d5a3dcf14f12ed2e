"""The shipped weights, from MNIST and our own drawings alone: generate, train, calibrate, export, measure, describe.

    python experiments/shipped_weights.py                             # what `make weights` runs
    python experiments/shipped_weights.py --evaluation ../pictures    # and the table of somebody's own sets of pictures

What it trains on: MNIST's training images as they are; the same by another hand and pen, on other paper, in other light,
through other cameras; glyphs that MNIST lacks, drawn as strokes; and what is no digit. All of it passes through the very
normalisation that reading uses. MNIST's test images and the pictures of --evaluation choose nothing: temperature,
the prior of "none" and the threshold come from held-out MNIST and fresh drawings, disturbed alike.

Writes two networks to src/tenfold/reading/weights: tenfold.onnx, in 8 bits, and quick.onnx, a small one that is asked first
and whose answers count where it is sure. Prints the figures of tenfold.onnx on every set, how far quick.onnx can be
believed, and describes both in MODEL_CARD.md beside them.
"""

import argparse
import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from tenfold.data import Dataset, load_mnist, make_dataset, split
from tenfold.evaluation import calibration_error, softmax
from tenfold.export import Refusal, export_onnx
from tenfold.export.quantise import quantise
from tenfold.files import write_atomically
from tenfold.images import decode, normalise
from tenfold.images.disturb import disturb, enlarge, rewrite
from tenfold.images.glyphs import glyphs
from tenfold.images.negatives import join_digits, negatives, turn_digit
from tenfold.models import Classifier, build, load_checkpoint, parameter_count, predict, save_checkpoint
from tenfold.reading import Recogniser, load_recogniser
from tenfold.training import fit

CLASSES = (*"0123456789", "none")
NONE = CLASSES.index("none")
WEIGHTS = Path(__file__).parents[1] / "src" / "tenfold" / "reading" / "weights"
CHUNK = 500  # drawings a job
PRIOR = 0.15  # share of the pictures that people hand in which hold no digit
THRESHOLD = 0.5  # answers less probable than this are refused
SURE = 0.99  # from here on the small network gets no more held-out images wrong than the large one would
ALIKE = 0.75  # cosine below which a disturbance has destroyed its digit

Images = NDArray[np.uint8]
Labels = NDArray[np.int64]
Batch = tuple[Images, Labels]


# --------------------------------------------------------------------------------------------- data


@dataclass(frozen=True)
class Amounts:
    """How much is generated: every MNIST image as it is and disturbed, so many times, glyphs, and what is no digit."""

    plain: int = 2
    copies: int = 4
    glyphs: int = 200_000
    negatives: int = 150_000


def is_alike(a: Images, b: Images) -> bool:
    """Whether two images (28, 28) show the same shape, a pixel of shift or so aside."""
    a, b = (cv2.GaussianBlur(image, (0, 0), 1.2).astype(np.float32) for image in (a, b))
    return float((a * b).sum()) > ALIKE * float(np.linalg.norm(a) * np.linalg.norm(b))


def photograph(ink: Images, rng: np.random.Generator, hand: float) -> Images:
    """A digit's ink rewritten, disturbed and normalised, (28, 28); where three disturbances destroy it, undisturbed."""
    written = rewrite(ink, rng, hand)
    clean = normalise(written).image
    tries = (normalise(disturb(written, rng)).image for _ in range(3))
    return next((image for image in tries if is_alike(image, clean)), clean)


def as_they_are(images: Images, labels: Labels, rng: np.random.Generator) -> Batch:
    """MNIST's images, normalised."""
    return np.stack([normalise(image).image for image in images]), labels


def disturbed(images: Images, labels: Labels, rng: np.random.Generator) -> Batch:
    """MNIST's images by another hand, on other paper, in other light."""
    return np.stack([photograph(enlarge(image), rng, 1.0) for image in images]), labels


def drawn(images: Images, labels: Labels, rng: np.random.Generator) -> Batch:
    """As many glyphs of our own."""
    pictures, digits, _ = glyphs(len(images), rng)
    return np.stack([photograph(picture, rng, 0.8) for picture in pictures]), digits


def none(images: Images, labels: Labels, rng: np.random.Generator) -> Batch:
    """As many things that are no digits: two thirds drawn, the rest made of turned and joined digits."""
    pictures, kinds = negatives(2 * len(images) // 3, rng)
    made = [
        rewrite(ink, rng, 0.8) if kind in ("letter", "invented") else ink for ink, kind in zip(pictures, kinds, strict=True)
    ]
    while len(made) < len(images):
        i, j = rng.integers(len(images), size=2)
        first, second = (rewrite(enlarge(images[k]), rng, 0.8) for k in (i, j))
        other = turn_digit(first, int(labels[i]), rng) if rng.random() < 0.6 else join_digits(first, second, rng)
        if other is not None:
            made.append(other)
    found = np.stack([normalise(disturb(ink, rng)).image for ink in made])
    found = found[found.any(axis=(1, 2))]  # what vanished in noise would be told from paper by nobody
    return found, np.full(len(found), NONE, np.int64)


Maker = Callable[[Images, Labels, np.random.Generator], Batch]


def chunks(maker: Maker, mnist: Dataset, count: int, seed: int) -> Iterator[tuple[Maker, Images, Labels, list[int]]]:
    """The jobs that make `count` images out of MNIST's in order, over and over; each has a seed of its own."""
    for start in range(0, count, CHUNK):
        chosen = np.arange(start, min(count, start + CHUNK)) % len(mnist)
        # makers may share a seed: they draw different things
        yield maker, mnist.images[chosen], mnist.labels[chosen], [seed, ord(maker.__name__[0]), start]


def make(job: tuple[Maker, Images, Labels, list[int]]) -> Batch:
    """One job's images and labels."""
    maker, images, labels, seed = job
    return maker(images, labels, np.random.default_rng(seed))


def generate(mnist: Dataset, amounts: Amounts, seed: int, workers: int, name: str, kept: Path | None = None) -> Dataset:
    """All of it, in one data set of eleven classes; the same seed gives the same bits for any number of workers.

    Taken from the file `kept` where that exists, otherwise kept there.
    """
    jobs = [
        *chunks(as_they_are, mnist, amounts.plain * len(mnist), seed),
        *chunks(disturbed, mnist, amounts.copies * len(mnist), seed),
        *chunks(drawn, mnist, amounts.glyphs, seed),
        *chunks(none, mnist, amounts.negatives, seed),
    ]
    if kept is not None and kept.exists():
        with np.load(kept) as arrays:
            return make_dataset(arrays["images"], arrays["labels"], CLASSES, name)
    with get_context("spawn").Pool(workers, cv2.setNumThreads, (1,)) as pool:
        made = pool.map(make, jobs, chunksize=4)
    data = make_dataset(np.concatenate([m[0] for m in made]), np.concatenate([m[1] for m in made]), CLASSES, name)
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez(kept, images=data.images, labels=data.labels)
    return data


# -------------------------------------------------------------------------------------- calibration


def calibrate(logits: NDArray[np.float32], labels: Labels, prior: float) -> tuple[float, float]:
    """The temperature at which held-out digits are calibrated best, and what to take off the logit of "none".

    A tenth or more of the training images are negatives, pictures that people hand in hold few: `prior` is the share
    expected, and the logit of "none" is lowered as Bayes' rule has it.
    """
    share = float((labels == NONE).mean())
    shift = float(np.log((share / (1 - share)) / (prior / (1 - prior))))
    is_digit = labels != NONE

    def error(temperature: float) -> float:
        z = logits[is_digit].astype(float) / temperature
        z[:, NONE] -= shift
        digits = softmax(z)[:, :NONE]
        return calibration_error(digits.max(1), digits.argmax(1) == labels[is_digit])

    best = float(min(np.geomspace(0.5, 2.0, 61), key=error))
    return best, shift * best  # to be taken off before the division by the temperature


def export_calibrated(model: Classifier, path: Path, held: Dataset, prior: float, threshold: float) -> float:
    """Write the network to `path`, calibrated on held-out images; returns the temperature."""
    temperature, shift = calibrate(predict(model, held.images), held.labels, prior)
    with torch.no_grad():
        model.layers[-1].bias[NONE] -= shift
    refusal = Refusal("none", threshold)
    print(export_onnx(model, path, held.images[:1_000], temperature=temperature, refusal=refusal))
    return temperature


# ------------------------------------------------------------------------------------------ figures


@dataclass(frozen=True)
class Row:
    """One set's figures, each a share: read right (a refused digit is wrong), the best of ten right, refused, ECE."""

    name: str
    n: int
    right: float
    best: float
    refused: float
    ece: float

    @property
    def holds_digits(self) -> bool:
        """Whether there is anything to be read."""
        return not np.isnan(self.right)

    def __str__(self) -> str:
        if not self.holds_digits:
            return f"{self.name:24} {self.n:6,}  accepted {1 - self.refused:7.2%}"
        return (
            f"{self.name:24} {self.n:6,}  right {self.right:7.2%}  refused {self.refused:6.2%}  "
            f"right were none refused {self.best:7.2%}  ECE {self.ece:6.2%}"
        )

    def as_line(self) -> str:
        """As a row of the model card's tables."""
        shares = (self.right, self.best, self.refused, self.ece) if self.holds_digits else (1 - self.refused,)
        return " | ".join(("", self.name, f"{self.n:,}", *(f"{share:.2%}" for share in shares), "")).strip()


def figures(name: str, probabilities: NDArray[np.float64], labels: Labels, threshold: float) -> Row:
    """A set's row; labels of -1 or `none` are what is no digit."""
    confidence, answer = probabilities[:, :NONE].max(1), probabilities[:, :NONE].argmax(1)
    accepted = (confidence >= threshold) & (confidence >= probabilities[:, NONE])
    refused = float(1 - accepted.mean())
    if ((labels < 0) | (labels == NONE)).all():
        return Row(name, len(labels), np.nan, np.nan, refused, np.nan)
    right = answer == labels
    ece = calibration_error(confidence, right)
    return Row(name, len(labels), float((right & accepted).mean()), float(right.mean()), refused, ece)


def where_sure(quick: Recogniser, large: Recogniser, held: Dataset) -> str:
    """How many held-out images the small network is sure of, and how many of these either network gets wrong."""
    answers = quick.probabilities(held.images)
    sure = answers.max(1) >= quick.threshold
    labels = held.labels[sure]
    wrong, others = (int((p.argmax(1) != labels).sum()) for p in (answers[sure], large.probabilities(held.images[sure])))
    shares = f"{sure[held.labels != NONE].mean():.1%} of the held-out digits, {sure.mean():.1%} of all"
    return f"sure of {shares}; of these {wrong} wrong, {others} by the large network"


def evaluation_sets(folder: Path) -> Iterator[tuple[str, Images, Labels]]:
    """The sets of single digits below `folder`: each a folder of pictures beside labels.csv (file, label, ..., note).

    A set without any label holds no digits, and comes once more for each kind of thing that its notes name.
    """
    for listing in sorted(folder.glob("*/labels.csv")):
        with listing.open(newline="") as lines:
            rows = list(csv.DictReader(lines))
        if any(len(row["label"]) > 1 for row in rows):
            continue  # numbers or pages
        images = np.stack([normalise(decode(listing.parent / row["file"])).image for row in rows])
        labels = np.array([int(row["label"] or -1) for row in rows], np.int64)
        yield listing.parent.name, images, labels
        for kind in sorted({row["note"] for row in rows if not row["label"]}):
            chosen = np.array([row["note"] == kind for row in rows])
            yield f"{listing.parent.name}: {kind}", images[chosen], labels[chosen]


# --------------------------------------------------------------------------------------------- card

CARD = """# The shipped recogniser

Reads one handwritten digit in a picture, or says that there is none.

| set | pictures | right | right, were none refused | refused | calibration error |
|---|---|---|---|---|---|
{digits}

| no digits | pictures | accepted all the same |
|---|---|---|
{others}

In "right" a refused digit counts as wrong. The figures are of `tenfold.onnx` alone: `tenfold read` asks `quick.onnx` first,
and where neither is sure the network for lines too. All sets but MNIST and the held-out ones are other people's handwriting,
which was never trained on; the normalisation, the drawings and the share of "none" were improved by looking at them, so
expect a little less of yours. The way the temperature is fitted was changed after seeing MNIST test's calibration error
(0.41 % before), so that one figure is not untouched.

- Network: `{network}`, {parameters:,} weights, images 28x28, {classes} outputs: the ten digits and "none". Its
  convolutions but the first are in whole numbers of 8 bits; {kilobytes:,.0f} kB in all.
- Asked before it, `quick.onnx`: `{quick_network}`, {quick_parameters:,} weights, trained and calibrated alike; an answer to
  which it gives {sure} or more stands.
- Data: MNIST's training images (Yann LeCun, Corinna Cortes, Christopher J. C. Burges; CC BY-SA 3.0), as they are and
  disturbed, and drawings made by `tenfold.images`: {images:,} images in all. No other handwriting was trained on.
  SHA-256 of the training set: {data}.
- Training: {settings}; {minutes:.0f} minutes.
- Confidence: softmax at temperature {temperature:.2f}, fitted to held-out MNIST and fresh drawings; "none" is expected in
  {prior:.0%} of the pictures. Answers below {threshold:.2f}, and those that "none" outweighs, are refused.
- `make weights` makes it again.

Limits. One digit a picture. A lone l, O, S or Z is read as 1, 0, 5 or 2: nobody can tell them apart without their word.
Letters and signs that resemble no digit are mostly refused, not always. Digits of other scripts are none. Handwriting is as
various as hands: look at what is marked doubtful.
"""


def main(arguments: Iterable[str] | None = None) -> None:
    """Everything, from top to bottom."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="folder for both networks and MODEL_CARD.md")
    parser.add_argument("--evaluation", type=Path, help="folder of sets of pictures to be measured at the end")
    parser.add_argument("--keep", type=Path, help="folder that keeps images and network, or has them already")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2, help="processes that draw")
    parser.add_argument("--prior", type=float, default=PRIOR, help="share of pictures expected to be no digit")
    parser.add_argument("--threshold", type=float, default=THRESHOLD, help="answers less probable than this are refused")
    parser.add_argument("--quick", action="store_true", help="a hundredth of the data: whether it runs, not how well")
    options = parser.parse_args(None if arguments is None else list(arguments))
    torch.set_num_threads(1)  # the same bits on every machine, and layers this small gain little from a second one
    cv2.setNumThreads(1)

    mnist = load_mnist()
    train, validation = split(mnist.train, 0.1, seed=0)
    amounts, held_amounts = Amounts(), Amounts(1, 1, 6_000, 6_000)
    if options.quick:
        train, validation = train.take(range(600)), validation.take(range(600))
        amounts = held_amounts = Amounts(1, 1, 600, 600)
    keep = options.keep
    data = generate(train, amounts, options.seed, options.workers, "training", keep and keep / "training.npz")
    held = generate(validation, held_amounts, options.seed + 1, options.workers, "held out", keep and keep / "held_out.npz")
    test_images, test_labels = as_they_are(mnist.test.images, mnist.test.labels, np.random.default_rng(0))

    model, history = train_or_load("recogniser", {}, data, held, options.epochs, options.seed, keep and keep / "checkpoint")
    onnx = options.out / "tenfold.onnx"
    temperature = export_calibrated(model, onnx, held, options.prior, options.threshold)
    write_atomically(onnx, quantise(onnx.read_bytes(), np.array_split(held.images, 50)))
    reader = load_recogniser(onnx)
    changed = (reader.probabilities(held.images).argmax(1) != predict(model, held.images).argmax(1)).mean()
    print(f"{onnx}: {onnx.stat().st_size / 1e3:,.0f} kB in 8 bits, other answers to {changed:.2%} of the held-out images")

    small, _ = train_or_load("tenfold", {"width": 16}, data, held, options.epochs, options.seed, keep and keep / "quick")
    quick = options.out / "quick.onnx"
    export_calibrated(small, quick, held, options.prior, SURE)
    print(where_sure(load_recogniser(quick), reader, held))

    is_digit = held.labels != NONE
    sets = [
        ("MNIST test", test_images, test_labels),
        ("held out: digits", held.images[is_digit], held.labels[is_digit]),
        ("held out: no digits", held.images[~is_digit], held.labels[~is_digit]),
        *(evaluation_sets(options.evaluation) if options.evaluation else ()),
    ]
    rows = [figures(name, reader.probabilities(images), labels, options.threshold) for name, images, labels in sets]
    print(*rows, sep="\n")
    card = CARD.format(
        digits="\n".join(row.as_line() for row in rows if row.holds_digits),
        others="\n".join(row.as_line() for row in rows if not row.holds_digits),
        network=model.architecture.network, parameters=parameter_count(model), classes=len(CLASSES), images=len(data),
        kilobytes=onnx.stat().st_size / 1e3,
        quick_network=small.architecture.network, quick_parameters=parameter_count(small), sure=SURE,
        data=data.sha256, temperature=temperature, prior=options.prior, threshold=options.threshold,
        settings=", ".join(f"{name} {value}" for name, value in history["settings"].items()),
        minutes=sum(history["history"]["seconds"]) / 60,
    )  # fmt: skip
    (options.out / "MODEL_CARD.md").write_text(card)
    print(f"{options.out / 'MODEL_CARD.md'} describes them")


def train_or_load(
    network: str, arguments: dict[str, Any], data: Dataset, held: Dataset, epochs: int, seed: int, kept: Path | None
) -> tuple[Classifier, dict[str, Any]]:
    """A trained network of the zoo and the record of its training; from the checkpoint `kept` where that is on this data."""
    if kept is not None and kept.exists():
        checkpoint = load_checkpoint(kept)
        if checkpoint.record["data"] == data.sha256:
            return checkpoint.model, checkpoint.record["history"]
    model = build(network, classes=CLASSES, seed=seed, **arguments)
    history = fit(
        model, data, held, epochs=epochs, batch_size=128, optimiser="adamw", lr=4e-3, weight_decay=0.02,
        schedule="one-cycle", seed=seed, device="cpu",
    ).to_dict()  # fmt: skip
    if kept is not None:
        save_checkpoint(kept, model, {"history": history, "data": data.sha256})
    return model, history


if __name__ == "__main__":
    main()
