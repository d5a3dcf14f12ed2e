"""Claim: SIGTERM under load loses no request that the service has accepted, 20 times out of 20.

Conditions: 32 clients in a closed loop; after one second the service gets SIGTERM. Counted are the answers, the
connections that were hung up with a request on them (0 is wanted), and the connections that were refused since
nothing listens any more. A connection that stands in the kernel's queue when the service stops listening was never
accepted; it counts as hung up all the same.

    python benchmarks/serving_sigterm.py [times]

Last result: see docs/serving.md.
"""

import asyncio
import os
import signal
import sys
from collections import Counter

from load.client import LOST, Tally, closed_loop, request
from load.server import digits, load, serving


async def load_and_stop(port: int, pid: int, requests: list[bytes]) -> Tally:
    """Clients at work, and a SIGTERM among them."""
    asyncio.get_running_loop().call_later(1, os.kill, pid, signal.SIGTERM)
    return await closed_loop(port, requests, 32, 20)


def main() -> None:
    """Print what came of every round, and the sum."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    requests = [request("/v1/read", content) for content in digits(100)]
    total: Counter[int] = Counter()
    for number in range(times):
        with serving() as (port, pid):
            tally = asyncio.run(load_and_stop(port, pid, requests))
        total += tally.statuses()
        print(f"{number + 1:>2}: {dict(tally.statuses())}, {tally.refused} connections refused afterwards", flush=True)
    print(f"{times} times: {total[200]:,} answered, {total[LOST]} hung up without an answer; {load()}")


if __name__ == "__main__":
    main()
