"""HTTP clients in one process: so many at once, or so many requests a second whatever the answers do."""

import asyncio
import statistics
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

LOST = 0
"""Stands for a status where a connection ended without an answer to the request on it."""


@dataclass
class Tally:
    """Every answer's status, seconds from request to answer and moment of arrival; `refused` connections never stood."""

    answers: list[tuple[int, float, float]] = field(default_factory=list)
    refused: int = 0

    def statuses(self) -> Counter[int]:
        """How often each."""
        return Counter(status for status, _, _ in self.answers)

    def seconds(self, status: int = 200) -> list[float]:
        """Of the answers with this status."""
        return [taken for found, taken, _ in self.answers if found == status]


def request(path: str, body: bytes, kind: str = "image/png") -> bytes:
    """A POST, ready to be sent."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Connection(asyncio.Protocol):
    """One connection with at most one request under way."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.buffer = b""
        self.started = 0.0
        self.waiter: asyncio.Future[bool] | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport

    def send(self, content: bytes) -> asyncio.Future[bool]:
        """Send a request; the future's result is whether the connection may be used again."""
        self.started = time.perf_counter()
        self.waiter = asyncio.get_running_loop().create_future()
        assert self.transport is not None
        self.transport.write(content)
        return self.waiter

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, gap, rest = self.buffer.partition(b"\r\n\r\n")
        if not gap:
            return
        lines = head.lower().split(b"\r\n")
        length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
        if len(rest) < length:
            return
        self.buffer = rest[length:]
        self.finish(int(head[9:12]), b"connection: close" not in lines)

    def connection_lost(self, exc: Exception | None) -> None:
        self.finish(LOST, False)

    def finish(self, status: int, usable: bool) -> None:
        """Note the answer."""
        if self.waiter is None or self.waiter.done():
            return
        now = time.perf_counter()
        self.tally.answers.append((status, now - self.started, now))
        self.waiter.set_result(usable)


async def connect(port: int, tally: Tally) -> Connection | None:
    """A connection; None, and noted, where it is refused."""
    try:
        _, made = await asyncio.get_running_loop().create_connection(lambda: Connection(tally), "127.0.0.1", port)
        return made
    except OSError:
        tally.refused += 1
        return None


async def closed_loop(port: int, requests: Sequence[bytes], clients: int, seconds: float, most: int = 10**9) -> Tally:
    """`clients` at once, each sending its next request when its last is answered; a refused one waits a second, as told."""
    tally = Tally()
    end = time.perf_counter() + seconds

    async def client(number: int) -> None:
        place, connection = number, await connect(port, tally)
        while connection and time.perf_counter() < end and len(tally.answers) < most:
            usable = await connection.send(requests[place % len(requests)])
            place += clients
            if tally.answers[-1][0] in (429, 503):
                await asyncio.sleep(1)
            if not usable:
                connection = await connect(port, tally)

    await asyncio.gather(*(client(number) for number in range(clients)))
    return tally


async def open_loop(port: int, requests: Sequence[bytes], rate: float, seconds: float, connections: int) -> Tally:
    """`rate` requests a second come what may, each on a free one of `connections`; what finds none free is not sent."""
    tally = Tally()
    free = deque([one for one in [await connect(port, tally) for _ in range(connections)] if one is not None])
    under_way: set[asyncio.Future[bool]] = set()
    start, sent = time.perf_counter(), 0

    def back(connection: Connection, done: asyncio.Future[bool]) -> None:
        under_way.discard(done)
        if done.result():
            free.append(connection)

    while (now := time.perf_counter()) < start + seconds:
        due = int((now - start) * rate)
        while sent < due:
            sent += 1
            if not free:
                tally.refused += 1
                continue
            connection = free.popleft()
            done = connection.send(requests[sent % len(requests)])
            under_way.add(done)
            done.add_done_callback(lambda done, connection=connection: back(connection, done))
        await asyncio.sleep(0.001)
    if under_way:
        await asyncio.wait(under_way, timeout=10)
    return tally


def percentile(values: Sequence[float], percent: int) -> float:
    """In milliseconds; 0 where there are none."""
    if len(values) < 2:
        return 1000 * sum(values)
    return 1000 * statistics.quantiles(values, n=100)[percent - 1]
