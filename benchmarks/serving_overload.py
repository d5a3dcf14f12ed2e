"""Claim: with four times what it can hold, the service answers what it accepts within twice the normal p99, refuses the
rest at once, and is itself again within two seconds.

Conditions: the client and the service share the machine. First 64 clients in a closed loop say what the service can
hold (its rate and its p99); then four times that rate is sent for a minute whatever the answers do; then, two seconds
later, 64 clients again.

    python benchmarks/serving_overload.py [seconds]

Last result: see docs/serving.md.
"""

import asyncio
import sys
import time

from load.client import closed_loop, open_loop, percentile, request
from load.server import digits, load, serving


def main() -> None:
    """Print the normal state, the overload, and what is two seconds after it."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60
    requests = [request("/v1/read", content) for content in digits()]
    with serving() as (port, _):
        asyncio.run(closed_loop(port, requests, 64, 2))
        normal = asyncio.run(closed_loop(port, requests, 64, 10)).seconds()
        rate = len(normal) / 10
        print(f"normal     {rate:>6.0f}/s accepted   p99 {percentile(normal, 99):>6.1f} ms   {load()}")
        over = asyncio.run(open_loop(port, requests, 4 * rate, seconds, 900))
        taken, refused = over.seconds(), over.seconds(503)
        p99, late = percentile(taken, 99), percentile(refused, 99)
        print(f"four times {len(taken) / seconds:>6.0f}/s accepted   p99 {p99:>6.1f} ms   {dict(over.statuses())}")
        print(f"           {len(refused) / seconds:>6.0f}/s refused    p99 {late:>6.1f} ms   {over.refused} not sent")
        time.sleep(2)
        again = asyncio.run(closed_loop(port, requests, 64, 5))
        taken = again.seconds()
        print(
            f"after 2 s  {len(taken) / 5:>6.0f}/s accepted   p99 {percentile(taken, 99):>6.1f} ms   {dict(again.statuses())}"
        )


if __name__ == "__main__":
    main()
