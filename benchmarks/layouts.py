"""Claim: `auto` picks the right layout for at least 98 % of pictures, and reads as well as the right layout, named, would.

    python benchmarks/layouts.py FOLDER

FOLDER holds a folder for each set of pictures, with labels.csv (file, label, ...) beside them: one digit, a number, the
lines of a page parted by a bar, or nothing where there is no digit. One digit is rightly read as a digit or as a number; one
line of several digits as a number or a page; several lines as a page; where nothing is to be read, an empty answer is right.
Prints, for each set, the share of right layouts and the share read exactly by `auto` and by the layout of most of the set.

Last result: see docs/performance.md.
"""

import argparse
import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tenfold import Reading, read_many


def labels_of(folder: Path) -> dict[str, str]:
    """File name -> what it says, lines parted by newlines."""
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        return {row["file"]: row["label"].replace("|", "\n") for row in csv.DictReader(file)}


def fits(layout: str, label: str) -> bool:
    """Whether a layout is a right one for what a picture says."""
    if "\n" in label:
        return layout == "page"
    return layout in (("number", "page") if len(label) > 1 else ("digit", "number"))


def usual_layout(labels: Sequence[str]) -> str:
    """The layout that one would name for a set."""
    if any("\n" in label for label in labels):
        return "page"
    return "number" if any(len(label) > 1 for label in labels) else "digit"


def digits_of(label: str) -> str:
    """A label's digits and line ends, without points, commas and signs."""
    return "".join(c for c in label if c.isdigit() or c == "\n")


def exact(readings: Sequence[Reading], labels: Sequence[str]) -> float:
    """The share of pictures read exactly."""
    return sum(reading.text == digits_of(label) for reading, label in zip(readings, labels, strict=True)) / len(labels)


def main() -> None:
    """Print a row for each set, and the whole."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?", help="a folder of sets of pictures")
    folder = parser.parse_args().folder
    if folder is None:
        print("layouts: no folder of pictures given; nothing to measure")
        return
    print(f"{'set':<20}{'n':>6}{'layout right':>14}{'auto exact':>12}{'named exact':>13}  named   auto's layouts")
    right = n = 0
    for listing in sorted(folder.glob("*/labels.csv")):
        found = labels_of(listing.parent)
        paths, labels = [listing.parent / name for name in found], list(found.values())
        auto, named = list(read_many(paths)), usual_layout(labels)
        by_name = list(read_many(paths, layout=named))
        fit = sum(fits(reading.layout, label) if label else not reading.text or reading.layout == "digit"
                  for reading, label in zip(auto, labels, strict=True))  # fmt: skip
        right, n = right + fit, n + len(labels)
        layouts = ", ".join(f"{name} {count}" for name, count in Counter(reading.layout for reading in auto).most_common())
        print(f"{listing.parent.name:<20}{len(labels):>6}{fit / len(labels):>14.1%}{exact(auto, labels):>12.1%}"
              f"{exact(by_name, labels):>13.1%}  {named:<8}{layouts}", flush=True)  # fmt: skip
    print(f"{'all':<20}{n:>6}{right / max(1, n):>14.1%}")


if __name__ == "__main__":
    main()
