"""The shipped weights for lines, from MNIST and our own drawings alone: compose, train, calibrate, export, describe.

    python experiments/line_weights.py            # what `make weights` runs beside the digits' script
    python experiments/line_weights.py --evaluation ../pictures    # and what it reads of somebody's own sets of numbers
    python experiments/line_weights.py --quick    # a hundredth of it: whether it runs, not how well

Composes numbers from MNIST's training digits (all but a held-out tenth) and drawn glyphs, finds them again by the very
search that reading uses, and trains the line network with CTC on what was found: one cycle of the learning rate, then on
at a constant rate, whose weights are averaged. The temperature comes from lines composed of the held-out tenth.

The pictures of --evaluation choose nothing. Writes src/tenfold/reading/weights/lines.onnx, in 8 bits, prints its
figures of the held-out lines and of those sets, and describes it in LINES_CARD.md beside it.
"""

import argparse
import csv
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from tenfold.data import Dataset, load_mnist, split
from tenfold.export import Refusal
from tenfold.export.line_file import export_line_onnx
from tenfold.export.quantise import quantise
from tenfold.files import write_atomically
from tenfold.images import decode
from tenfold.images.compose import Composed, compose
from tenfold.images.line_form import LineForm, normalise_line
from tenfold.images.lines import Line, find_lines
from tenfold.images.skeleton import Shape, shapes_of
from tenfold.models import parameter_count
from tenfold.models.line_network import LineArchitecture, LineNetwork, frames, seeded_line_network
from tenfold.reading import load_recogniser
from tenfold.reading.ctc import spell
from tenfold.reading.line_recogniser import LineRecogniser, load_line_recogniser
from tenfold.reading.pages import read_number, read_page
from tenfold.reading.second_opinion import ask_again
from tenfold.training.ctc import LineSet, average_lines, fit_lines, pack

WEIGHTS = Path(__file__).parents[1] / "src" / "tenfold" / "reading" / "weights"
CHUNK = 500  # lines a job
COVERED = 0.75  # share of each digit's box that a found line must hold: what was lost cannot be learned
LONGEST = 1000  # pixels: longer lines are passed over
THRESHOLD = 0.4  # digits less probable than this are refused
DOUBTFUL = 0.8

# --------------------------------------------------------------------------------------------- data


def found_line(composed: Composed) -> Line | None:
    """The line that reading finds in a composed picture; None where it misses a digit."""
    lines = find_lines(composed.picture, one_number=True)
    if not lines:
        return None
    if not composed.text:
        return max(lines, key=lambda line: cv2.countNonZero(line.mask))
    best = max(lines, key=lambda line: covered(line, composed))
    return best if covered(best, composed) > COVERED else None


def covered(line: Line, composed: Composed) -> float:
    """The smallest share of a digit's box that the line's box holds."""
    x, y, w, h = line.box
    left, top = np.maximum(composed.boxes[:, 0], x), np.maximum(composed.boxes[:, 1], y)
    right = np.minimum(composed.boxes[:, 0] + composed.boxes[:, 2], x + w)
    bottom = np.minimum(composed.boxes[:, 1] + composed.boxes[:, 3], y + h)
    shared = np.maximum(0, right - left) * np.maximum(0, bottom - top)
    return float((shared / (composed.boxes[:, 2] * composed.boxes[:, 3])).min())


def make(shape: Shape, seed: int, number: int) -> tuple[list[NDArray[np.uint8]], list[str]]:
    """One job's lines and what they say."""
    rng = np.random.default_rng([seed, number])
    images: list[NDArray[np.uint8]] = []
    texts: list[str] = []
    while len(images) < CHUNK:
        composed = compose(shape, rng)
        line = found_line(composed)
        if line is None:
            continue
        image = normalise_line(line).image
        if image.shape[1] <= LONGEST and frames(image.shape[1]) > 2 * len(composed.text):
            images.append(image)
            texts.append(composed.text)
    return images, texts


def generate(mnist: Dataset, count: int, seed: int, workers: int) -> LineSet:
    """So many lines of these digits and drawn ones; the same for any number of workers."""
    shape = shapes_of(mnist.images, mnist.labels)
    with get_context("spawn").Pool(workers, cv2.setNumThreads, (1,)) as pool:
        made = pool.map(partial(make, shape, seed), range(-(-count // CHUNK)), chunksize=1)
    return pack([image for images, _ in made for image in images], [text for _, texts in made for text in texts])


# -------------------------------------------------------------------------------------- calibration


def logits_of(network: LineNetwork, lines: LineSet) -> list[NDArray[np.float64]]:
    """The logits (T, 11) of each line."""
    with torch.no_grad():
        found = (network(torch.from_numpy(lines.line(i)[None].copy()))[0] for i in range(len(lines)))
        return [logits.double().numpy() for logits in found]


def log_softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log probabilities of each row."""
    shifted = logits - logits.max(1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(1, keepdims=True)))


def calibrate(logits: list[NDArray[np.float64]], texts: Iterable[str]) -> tuple[float, float]:
    """The temperature at which the mean confidence of a text is the share that is right, and that share."""
    texts = list(texts)
    right = float(np.mean([spell(log_softmax(one)).text == text for one, text in zip(logits, texts, strict=True)]))

    def error(temperature: float) -> float:
        return abs(float(np.mean([spell(log_softmax(one / temperature)).probability for one in logits])) - right)

    return min(np.geomspace(0.6, 2.0, 25).tolist(), key=error), right


# ------------------------------------------------------------------------------------------ figures


def share_right(reader: LineRecogniser, lines: LineSet) -> float:
    """The share of lines that are read exactly."""
    said = (spell(reader.log_probabilities(lines.line(i))).text for i in range(len(lines)))
    return float(np.mean([text == truth for text, truth in zip(said, lines.texts, strict=True)]))


def evaluation_sets(folder: Path, reader: LineRecogniser) -> Iterator[tuple[str, int, float]]:
    """The sets of numbers below `folder`, each with pictures beside labels.csv (file, label): name, lines, share right.

    A label with bars between its lines is a page's; of its lines those count that were read exactly, in whatever order.
    """
    digits = load_recogniser()
    for listing in sorted(folder.glob("*/labels.csv")):
        with listing.open(newline="") as file:
            rows = list(csv.DictReader(file))
        labels = [["".join(filter(str.isdecimal, line)) for line in row["label"].split("|")] for row in rows]
        if all(len(lines) == 1 and len(lines[0]) < 2 for lines in labels):
            continue  # single digits
        read = read_page if any(len(lines) > 1 for lines in labels) else read_number
        right = 0
        for row, lines in zip(rows, labels, strict=True):
            numbers = read(decode(listing.parent / row["file"]), reader)
            said = Counter(ask_again(number, reader, digits).text for number in numbers)
            right += (Counter(lines) & said).total()
        total = sum(map(len, labels))
        yield listing.parent.name, total, right / total


# --------------------------------------------------------------------------------------------- card

CARD = """# The shipped line network

Reads the digits of a line of handwriting, of any length, and says nothing of what is none.

- Network: convolutions alone, {parameters:,} weights, all but the first in whole numbers of 8 bits, {kilobytes:,.0f} kB;
  lines 32 px high, two frames for each four pixels, CTC.
- Data: {lines:,} lines composed by `tenfold.images.compose` from MNIST's training images (Yann LeCun, Corinna Cortes,
  Christopher J. C. Burges; CC BY-SA 3.0) and drawn glyphs. No other handwriting was trained on.
- Training: {epochs} epochs with AdamW and one cycle, {averaged} more at a constant rate whose weights are averaged;
  {minutes:.0f} minutes on one core.
- Held-out lines, composed of a tenth of MNIST's training images that were not trained on: {right:.1%} of {held:,} read
  exactly.
- Confidence: at temperature {temperature:.2f}, fitted to the held-out lines. Digits below {threshold:.2f} are refused.
- Made by `make weights`.
{table}
Limits. Digits of rare forms, faint pencil in tight cells; a plain stroke beside a wall of its cell may be taken for
the wall.
"""

TABLE = """
On other people's handwriting, never trained on; composer, search for lines and thresholds were improved by looking at these
sets, so expect a little less of yours. Doubtful numbers are weighed against the digit network too.

| set | lines | read exactly |
|---|---|---|
{rows}
"""


def main(arguments: Iterable[str] | None = None) -> None:
    """Everything, from top to bottom."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="folder for lines.onnx and LINES_CARD.md")
    parser.add_argument("--evaluation", type=Path, help="folder of sets of pictures to be measured at the end")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--lines", type=int, default=130_000, help="lines to compose")
    parser.add_argument("--epochs", type=int, default=12, help="epochs of the cycle")
    parser.add_argument("--averaged", type=int, default=3, help="epochs after it, of whose weights the mean is taken")
    parser.add_argument("--workers", type=int, default=2, help="processes that compose")
    parser.add_argument("--quick", action="store_true", help="a hundredth of the data: whether it runs, not how well")
    options = parser.parse_args(None if arguments is None else list(arguments))
    torch.set_num_threads(1)  # the same bits on every machine
    cv2.setNumThreads(1)

    train, validation = split(load_mnist().train, 0.1, seed=0)
    count, held_count = options.lines, 2_000
    if options.quick:
        train, validation, count, held_count = train.take(range(1_000)), validation.take(range(500)), 1_000, 500
    lines = generate(train, count, options.seed, options.workers)
    held = generate(validation, held_count, options.seed + 1, options.workers)
    print(f"composed {len(lines):,} lines")

    network = seeded_line_network(LineArchitecture(), options.seed)
    started = time.perf_counter()
    losses = fit_lines(network, lines, epochs=options.epochs, seed=options.seed, report=print)
    losses += average_lines(network, lines, epochs=options.averaged, seed=options.seed, report=print)
    minutes = (time.perf_counter() - started) / 60
    print(f"trained in {minutes:.1f} minutes, loss {losses[-1]:.4f}")
    temperature, right = calibrate(logits_of(network, held), held.texts)
    print(f"held out: {right:.2%} of {len(held):,} lines read exactly; temperature {temperature:.2f}")
    onnx = options.out / "lines.onnx"
    images = [held.line(i) for i in range(len(held))]
    refusal = Refusal("", THRESHOLD, DOUBTFUL)
    print(export_line_onnx(network, onnx, images[:100], form=LineForm(), temperature=temperature, refusal=refusal))
    write_atomically(onnx, quantise(onnx.read_bytes(), [image[None] for image in images]))
    reader = load_line_recogniser(onnx)
    right = share_right(reader, held)
    print(f"{onnx}: {onnx.stat().st_size / 1e3:,.0f} kB in 8 bits, {right:.2%} of the held-out lines read exactly")
    table = ""
    if options.evaluation:
        sets = evaluation_sets(options.evaluation, reader)
        table = TABLE.format(rows="\n".join(f"| {name} | {count:,} | {share:.1%} |" for name, count, share in sets))
        print(table)
    card = CARD.format(
        parameters=parameter_count(network), lines=len(lines), epochs=options.epochs, averaged=options.averaged,
        minutes=minutes, right=right, kilobytes=onnx.stat().st_size / 1e3,
        held=len(held), temperature=temperature, threshold=THRESHOLD, table=table,
    )  # fmt: skip
    (options.out / "LINES_CARD.md").write_text(card, encoding="utf-8")


if __name__ == "__main__":
    main()
