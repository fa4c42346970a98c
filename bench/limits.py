"""What hostile bodies cost: memory and time, beside a service that takes in whatever comes.

    python -m bench.limits

Each request goes to a process of its own over a real line; its memory is what the system says.
"""

import argparse
import http.client
import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench.served import Service, running

PLAIN = ("-m", "bench.limits", "plain")
MB = 1024 * 1024
KEY = "lw_nobody"
HEAD = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}


@dataclass(frozen=True)
class Hostile:
    """A request that is a thousand times too large in one way."""

    name: str
    body: bytes = b""
    path: str = "/api/v1/requests/check"
    headers: tuple[tuple[str, str], ...] = ()
    unstated: int = 0
    """Bytes that come without a stated size."""


def hostile() -> list[Hostile]:
    """The requests, smallest first."""
    return [
        Hostile("an address of 60 kB", path="/api/v1/requests/check?q=" + "a" * 60_000),
        Hostile("40,000 parameters", path="/api/v1/requests/check?" + "a&" * 25_000),
        Hostile("20 kB of headers", headers=(("X-Long", "a" * 20_000),)),
        Hostile("20,000 lists in each other", b"[" * 20_000 + b"]" * 20_000),
        Hostile("500,000 numbers", b"[" + b"1," * 499_999 + b"1]"),
        Hostile("1,000 MB that say so", headers=(("Content-Length", str(1000 * MB)),)),
        Hostile("1,000 MB that do not", unstated=1000 * MB),
    ]


def _send(port: int, one: Hostile) -> int:
    """The status of the answer; 0 when the line is closed."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=8)
    try:
        line.putrequest("POST", one.path)
        for name, value in (*HEAD.items(), *one.headers):
            line.putheader(name, value)
        if one.unstated:
            line.putheader("Transfer-Encoding", "chunked")
        elif "Content-Length" not in dict(one.headers):
            line.putheader("Content-Length", str(len(one.body)))
        line.endheaders()
        with suppress(BrokenPipeError, ConnectionResetError):
            for piece in _pieces(one):
                line.send(piece)
        return line.getresponse().status
    except (http.client.HTTPException, ConnectionError, TimeoutError):
        return 0
    finally:
        line.close()


def _pieces(one: Hostile) -> Iterator[bytes]:
    if one.body:
        yield one.body
    piece = b" " * 65_536
    for _ in range(one.unstated // len(piece)):
        yield b"%x\r\n" % len(piece) + piece + b"\r\n"
    if one.unstated:
        yield b"0\r\n\r\n"


def _memory(pid: int) -> dict[str, int]:
    """Memory of a process now and at its highest, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = dict(line.split(":", 1) for line in lines if ":" in line)
    return {name: int(found[name].split()[0]) // 1024 for name in ("VmRSS", "VmHWM")}


def slow_heads(port: int, lines: int, seconds: float) -> int:
    """How many lines that never finish their head are still open after a while."""
    waiting = []
    for _ in range(lines):
        one = socket.create_connection(("127.0.0.1", port))
        one.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n")
        waiting.append(one)
    time.sleep(seconds)
    still = 0
    for one in waiting:
        one.setblocking(False)
        try:
            still += bool(one.recv(1))
        except BlockingIOError:
            still += 1
        except OSError:
            pass
        one.close()
    return still


def measure(service: Service) -> list[tuple[str, int, float, int]]:
    """Name, status, seconds and memory gained at the highest, for each request."""
    rows = []
    for one in hostile():
        with running(service):
            before, began = _memory(service.pid)["VmRSS"], time.perf_counter()
            status = _send(service.port, one)
            took = time.perf_counter() - began
            rows.append((one.name, status, took, _memory(service.pid)["VmHWM"] - before))
    return rows


def plain(port: int) -> None:
    """Starlette and uvicorn as they come: the body is read and parsed."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse, PlainTextResponse
    from starlette.routing import Route

    async def take(request: Request) -> JSONResponse:
        try:
            found = json.loads(await request.body() or b"0")
        except (ValueError, RecursionError) as error:
            return JSONResponse({"error": type(error).__name__}, 400)
        return JSONResponse({"kind": type(found).__name__})

    async def alive(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("")

    routes = [Route("/livez", alive), Route("/{rest:path}", take, methods=["GET", "POST"])]
    uvicorn.run(Starlette(routes=routes), port=port, log_level="error", access_log=False)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=["plain"])
    parser.add_argument("--port", type=int, default=0)
    chosen = parser.parse_args()
    if chosen.what == "plain":
        plain(chosen.port)
        return
    os.environ.pop("LOTSENWERK_DATABASE_URL", None)
    with tempfile.TemporaryDirectory() as folder:
        ours = measure(Service("", Path(folder), ("-m", "app.cli", "serve")))
        theirs = measure(Service("", Path(folder), PLAIN))
        print(f"## Hostile bodies, {date.today()}\n")  # noqa: DTZ011
        print("| sent | Lotsenwerk | memory | plain starlette | memory |\n|---|---|---|---|---|")
        for mine, other in zip(ours, theirs, strict=True):
            print(f"| {mine[0]} | {_said(mine)} | {_said(other)} |")
        service = Service("", Path(folder))
        with running(service):
            still = slow_heads(service.port, 200, 15)
            print(f"\n{still} of 200 heads that never end are open after 15 s.")


def _said(row: tuple[str, int, float, int]) -> str:
    _, status, took, memory = row
    return f"{status or 'no answer'}, {took * 1000:,.0f} ms | +{memory} MB"


if __name__ == "__main__":
    sys.exit(main())
