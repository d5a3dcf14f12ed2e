"""Claim: 64 clients with single digits are answered without an error, 99 % of them within 100 ms; memory stays flat.

Conditions: the client and the service share the machine; PNG files of MNIST test images, one a request, each client
sending its next when its last is answered. A minute at 64 clients, then 100,000 requests and the memory before and
after. Batching is tried too: the same with batches of one.

    python benchmarks/serving.py [seconds] [requests]

Last result: see docs/serving.md.
"""

import asyncio
import os
import sys
import time
from pathlib import Path

from load.client import Tally, closed_loop, percentile, request
from load.server import digits, load, resident, serving

CLIENTS = 64
ALONE = (
    sys.executable,
    "-c",
    "import sys; from tenfold.serving import *; b = bind('127.0.0.1', 0); serve(Settings(limits=Limits(batch=1)), b, "
    "lambda: print('serving on http://127.0.0.1:%d/' % b.getsockname()[1], file=sys.stderr, flush=True))",
)


def processor_seconds(pid: int) -> float:
    """What a process and its children have used of the processor."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(processor_seconds(int(child)) for child in children)


def row(name: str, tally: Tally, wall: float, used: float) -> str:
    """One line of figures."""
    taken, statuses = tally.seconds(), dict(tally.statuses())
    rate, p50, p99 = len(taken) / wall, percentile(taken, 50), percentile(taken, 99)
    cost = 1e6 * used / max(len(taken), 1)
    return f"{name:<28} {rate:>6.0f}/s   p50 {p50:>6.1f} ms   p99 {p99:>6.1f} ms   {cost:>5.0f} us of processor   {statuses}"


def measure(name: str, port: int, pid: int, seconds: float, most: int = 10**9) -> int:
    """Load a service, print what came of it; returns the number of answers."""
    requests = [request("/v1/read", content) for content in digits()]
    asyncio.run(closed_loop(port, requests, CLIENTS, 2))
    started, before = time.perf_counter(), processor_seconds(pid)
    tally = asyncio.run(closed_loop(port, requests, CLIENTS, seconds, most))
    print(row(name, tally, time.perf_counter() - started, processor_seconds(pid) - before), load(), flush=True)
    return len(tally.answers)


def main() -> None:
    """Print a row for one process, for two, for batches of one, and the memory."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60
    most = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    with serving("--workers", "2") as (port, pid):
        measure("two workers", port, pid, seconds)
    with serving(command=ALONE) as (port, pid):
        measure("batches of one", port, pid, seconds)
    with serving() as (port, pid):
        answered = measure("one process", port, pid, seconds)
        early = resident(pid)
        measure("the same, on and on", port, pid, 3600, max(most - answered, 1))
        print(f"memory after {answered:,} requests {early:.0f} MB, after {most:,} {resident(pid):.0f} MB")


if __name__ == "__main__":
    main()
