"""The service as a process that tests start, end and start again, and call as somebody."""

import socket
import subprocess
import sys
import time
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


@dataclass
class Service:
    """The service on a database of its own."""

    engine: Engine
    cast: Cast
    var: Path
    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    ahead: float = AHEAD
    """So many seconds its clock is ahead of this machine's."""
    process: subprocess.Popen[bytes] | None = None

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
            "TESTS_AHEAD": str(self.ahead),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.web.served", str(self.port)],
            cwd=ROOT,
            env=self.environment | told,
        )
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            assert self.process is not None
            assert self.process.poll() is None, "the service ended while it started"
            try:
                if httpx.get(f"{self.url}/livez", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise TimeoutError("the service does not answer")

    def stop(self) -> None:
        """End it, as a restart of the machine does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
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
