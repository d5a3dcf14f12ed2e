"""The log -> docs/performance.md: one table of all claims, generated, so that no figure is typed by hand.

python benchmarks/table.py            # print it
python benchmarks/table.py --write    # write docs/performance.md
"""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "performance.md"
LOG = ROOT / "benchmarks" / "log"

HEAD = """# Measured

This page is generated from `benchmarks/log/`, in which each benchmark keeps its figures, the machine and its own
source. `make bench` measures again what needs no rival, `make bench-rivals` makes an environment with TensorFlow,
Keras and OpenVINO in it and measures beside them, both alternating. Medians, with the smallest and largest value in
brackets; a ratio is Tenfold's median by the rival's, so less is quicker. Stolen is the share of the processor time that a
virtual machine asked for and its host gave to others. Where a bar was missed though other programs had a quarter of the
cores before, or 5 % was stolen, the table says so: it is to be measured again. Most rows are from hours in which the host
was quiet: in busy ones everything takes 1.4 times as long and more, and some bars that hold here are missed. Those runs,
what was tried, and what stands in the way where a bar is not reached: all that is in the
[speed log](speed-log.md).

"""


def records() -> list[dict[str, Any]]:
    """What every benchmark kept, in the order of their names."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(LOG.glob("*.json"))]


def table(found: list[dict[str, Any]]) -> str:
    """Claim, Tenfold, rival, ratio, conditions: a row a claim."""
    lines = ["| claim | Tenfold | rival | ratio | holds | conditions |", "|---|---|---|---|---|---|"]
    for record in found:
        here = record["machine"]
        busy = here["load_before"] > here["cores"] / 4 or here.get("stolen", 0) > 0.05
        for row in record["rows"]:
            holds = {True: "yes", False: "not beside other programs" if busy else "**no**", None: ""}[row["holds"]]
            cells = (row["claim"], row["tenfold"], row["rival"], row["ratio"], holds, row["conditions"])
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def machines(found: list[dict[str, Any]]) -> str:
    """Where and when each benchmark ran."""
    lines = ["| benchmark | when (UTC) | machine | load before | versions |", "|---|---|---|---|---|"]
    for record in found:
        here = record["machine"]
        versions = ", ".join(f"{name} {number}" for name, number in here["versions"].items())
        where = f"{here['cores']} cores, {here['processor']}, Python {here['python']}"
        lines.append(f"| `{record['benchmark']}` | {record['when']} | {where} | {here['load_before']:.1f} | {versions} |")
    return "\n".join(lines) + "\n"


def page() -> str:
    """The whole page."""
    found = records()
    return f"{HEAD}{table(found)}\n## Where and when\n\n{machines(found)}"


def main() -> None:
    """Print the table, or write the page."""
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page(), encoding="utf-8")
        print(f"wrote {PAGE.relative_to(ROOT)}")
    else:
        print(table(records()))


if __name__ == "__main__":
    main()
