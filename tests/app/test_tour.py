"""The demo pool, end to end: `lotsenwerk run` in a process of its own, and the tour over HTTP."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.tour import play
from tests.databases import Databases

README = Path(__file__).resolve().parents[2] / "README.md"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(url: str, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        assert server.poll() is None, "the server ended by itself"
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("the server did not become ready")


@pytest.fixture(scope="module")
def served(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service that was started on an empty database."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    with databases.fresh(migrated=False) as engine:
        env = {
            **os.environ,
            "LOTSENWERK_VAR": str(tmp_path_factory.mktemp("tour")),
            "LOTSENWERK_DATABASE_URL": engine.url.render_as_string(hide_password=False),
            "LOTSENWERK_BASE_URL": url,
        }
        command = [sys.executable, "-m", "app.cli", "run", "--port", str(port)]
        server = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
        try:
            _wait_until_ready(url, server)
            yield url
        finally:
            server.terminate()
            server.wait(timeout=30)


def test_a_week_is_planned_asked_confirmed_and_paid(served: str) -> None:
    lines = list(play(served))
    text = "\n".join(lines)
    planned = re.search(r"(\d+) of (\d+) seats filled, (\d+) wait; optimal \(exact\)", text)
    assert planned, text
    filled, seats, waiting = map(int, planned.groups())
    assert (seats, waiting) == (96, 17)
    assert 60 <= filled <= 96
    assert f"{filled} offers sent, 0 skipped" in text
    confirmed = re.search(r"(\d+) records; the institutions answered by link: (.*)", text)
    assert confirmed, text
    assert confirmed[2] == f"{{'confirmed': {confirmed[1]}}}"
    assert re.search(r"Payrun 1: \d+,\d\d EUR", text)
    claims = re.search(r"claims for [\d, -]+: (\d+),00 EUR", text)
    assert claims, text
    assert int(claims[1]) == 20 * int(confirmed[1]), "20 EUR flat for each assignment"
    again = "\n".join(play(served))
    assert "0 records" in again, "the same tour again finds nothing left to do"


def test_readme_shows_the_steps_of_the_tour(served: str) -> None:
    readme = README.read_text(encoding="utf-8")
    for step in ("1. A school asks", "2. Amal asks for a plan", "5. Claims, two pairs of eyes"):
        assert step in readme
    assert "lotsenwerk tour" in readme
