"""The service as a process that tests start, end and start again, and call as somebody."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine

from tests.cast import Cast
from tests.conftest import NOW, ROOT


def ahead_of(then: datetime) -> float:
    """So many seconds a moment is ahead of this machine's clock."""
    return (then - datetime.now(UTC)).total_seconds()


AHEAD = ahead_of(NOW)
"""So many seconds is the tests' present ahead."""
PATIENCE = 120.0
"""Seconds a slow machine may take to start a process."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
    return port


class Starter:
    """Starts the service without loading it anew each time; ends with whoever has it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.web.served"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer()

    def start(self, wanted: dict[str, Any]) -> int:
        """The process id of one more service."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(wanted) + "\n")
        self._process.stdin.flush()
        return int(self._answer())

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the starter has ended"
        return line

    def stop(self) -> None:
        """Start no more."""
        self._process.communicate(timeout=PATIENCE)


@dataclass
class Service:
    """The service on a database of its own."""

    engine: Engine
    cast: Cast
    var: Path
    starter: Starter
    port: int = field(default_factory=free_port)
    ahead: float = AHEAD
    """So many seconds its clock is ahead of this machine's."""
    process: int | None = None
    shown: dict[str, str] = field(default_factory=dict)
    """Ids of what there is to look at, by the name of the path parameter."""

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.var.mkdir(parents=True, exist_ok=True)
        told = {
            "LOTSENWERK_DATABASE_URL": self.engine.url.render_as_string(hide_password=False),
            "LOTSENWERK_VAR": str(self.var),
            "LOTSENWERK_BASE_URL": self.url,
        }
        wanted = {"port": self.port, "ahead": self.ahead, "environment": told}
        self.process = self.starter.start(wanted)
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            assert self._runs(), "the service ended while it started"
            try:
                if httpx.get(f"{self.url}/livez", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise TimeoutError("the service does not answer")

    def _runs(self) -> bool:
        try:
            os.kill(self.process or 0, 0)
        except ProcessLookupError:
            return False
        return True

    def stop(self) -> None:
        """End it, as a restart of the machine does."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
        while self._runs():
            time.sleep(0.01)
        self.process = None

    def travel(self, then: datetime) -> None:
        """Start it again at a later moment; what it had to do by then it does now."""
        self.stop()
        self.ahead = ahead_of(then)
        self.start()

    def call(self, name: str, method: str, path: str, **given: Any) -> Any:
        """What the service answers somebody with a key."""
        address = f"{self.url}/api/v1{path}"
        answer = httpx.request(method, address, headers=self.cast.key(name), timeout=60, **given)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None
