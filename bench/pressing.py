"""Many clients that press at once, each over one connection that stays open: cheap to drive."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle

from bench.served import Press
from bench.timing import percentile

BUSY = 503
PAUSE_SECONDS = 0.2


@dataclass
class Load:
    """What came back, and how long it took in milliseconds."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    took: list[float] = field(default_factory=list)
    reconnected: int = 0

    @property
    def per_second(self) -> float:
        """Give how many answers there were a second."""
        return len(self.took) / self.seconds

    def p(self, share: int) -> float:
        """Give the milliseconds that `share` per cent did not exceed."""
        return percentile(sorted(self.took), share)


def press(
    ports: Sequence[int], presses: Sequence[Press], clients: int, *, repeats_busy: bool = False
) -> Load:
    """Send every press once, so many at a time; `repeats_busy`: after 503 again."""
    return asyncio.run(_press(ports, presses, clients, repeats_busy))


async def _press(
    ports: Sequence[int], presses: Sequence[Press], clients: int, repeats_busy: bool
) -> Load:
    load, waiting = Load(), iter(presses)
    begin = time.perf_counter()
    await asyncio.gather(
        *(
            _client(port, waiting, load, repeats_busy)
            for _, port in zip(range(clients), cycle(ports), strict=False)
        )
    )
    load.seconds = time.perf_counter() - begin
    return load


async def _client(port: int, waiting: Iterator[Press], load: Load, repeats_busy: bool) -> None:
    line = await asyncio.open_connection("127.0.0.1", port)
    for one in waiting:
        status = BUSY
        while status == BUSY:
            begin = time.perf_counter()
            try:
                status = await _send(*line, one)
            except (ConnectionError, asyncio.IncompleteReadError):
                # As a browser does when a line that was kept open turns out to be closed.
                load.reconnected += 1
                line[1].close()
                line = await asyncio.open_connection("127.0.0.1", port)
                continue
            load.took.append(1_000 * (time.perf_counter() - begin))
            load.statuses[status] += 1
            if status != BUSY or not repeats_busy:
                break
            await asyncio.sleep(PAUSE_SECONDS)
    line[1].close()


async def _send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, one: Press) -> int:
    writer.write(
        f"POST /api/v1{one.path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {one.token}\r\n"
        "Content-Length: 0\r\n\r\n".encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
    await reader.readexactly(length)
    return int(lines[0].split()[1])
