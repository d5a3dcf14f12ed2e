"""Claim: Tenfold's service answers many times what a plain FastAPI endpoint around `keras.predict` does.

Conditions: as in serving.py, one process each, on the same machine one after the other; `.venv-rivals` holds Keras on
TensorFlow, FastAPI and uvicorn (see rivals/keras_service.py). Skipped where that environment is missing.

    python benchmarks/serving_beside_keras.py [seconds]

Last result: see docs/serving.md.
"""

import sys
from pathlib import Path

from load.server import RIVALS, serving
from serving import measure

RIVAL = Path(__file__).parent / "rivals" / "keras_service.py"


def main() -> None:
    """Print a row for each."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60
    if not RIVALS.exists():
        print("no .venv-rivals: nothing to stand beside")
        return
    with serving() as (port, pid):
        measure("tenfold serve", port, pid, seconds)
    with serving(command=(str(RIVALS), str(RIVAL))) as (port, pid):
        measure("keras.predict", port, pid, seconds)


if __name__ == "__main__":
    main()
