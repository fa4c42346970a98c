"""The service as a process of its own, a pool for it, and people who all press at once.

Used by the trials over HTTP, here and in the tests. Everybody is invented.
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, text

from app import clock, db
from app.planning import kernels
from app.tables import Account, ApiToken, Institution, Membership, Partnership, Scope, Sponsor
from app.tokens import hash_token

START_SECONDS = 60.0
NEVER_NOTED = datetime(2200, 1, 1, tzinfo=UTC)
"""When keys were used last: so no request has to write down that it used one."""
ANSWER_SECONDS = 30.0
BUSY = 503
LEAD = timedelta(days=14)
OFFICE = "lw_office"
SERVE = ("-m", "app.cli", "serve")
CARELESS, HASTY = ("-m", "bench.careless"), ("-m", "bench.hasty")
WORKER = ("-m", "app.cli", "worker")


def free_port() -> int:
    """Give a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Service:
    """A serving process on loopback, from `start` to `stop` or `kill`; or its workers."""

    def __init__(self, url: str, var: Path, program: tuple[str, ...] = SERVE) -> None:
        self.port = free_port()
        self.var = var
        self._listens = program[-1] != "worker"
        self._command = [sys.executable, *program]
        if self._listens:
            self._command += ["--port", str(self.port)]
        self._env = os.environ | {
            "LOTSENWERK_DATABASE_URL": url,
            "LOTSENWERK_VAR": str(var),
            "LOTSENWERK_SECRET": "only for this trial",
            "LOTSENWERK_BASE_URL": f"http://127.0.0.1:{self.port}",
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Give the number of the process."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it answers."""
        compiled = kernels.folder(self.var) / kernels.READY
        compiled.parent.mkdir(parents=True, exist_ok=True)
        # No plan is made here: nothing has to be compiled beside the load.
        compiled.touch()
        with (self.var / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._env, stdout=log, stderr=log, start_new_session=True
            )
        if self._listens:
            self.wait_for("/livez", START_SECONDS)

    def wait_for(self, path: str, seconds: float) -> float:
        """Wait until an address answers with 200; how many seconds that took."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            with suppress(OSError, http.client.HTTPException):
                if call(self.port, "GET", path).status == 200:
                    return time.monotonic() - began
            assert self._process is None or self._process.poll() is None, self.said()
            time.sleep(0.02)
        raise TimeoutError(f"{path} does not answer: {self.said()}")

    def said(self) -> str:
        """Give the last lines of its log."""
        return "\n".join((self.var / "log").read_text().splitlines()[-20:])

    def kill(self) -> None:
        """End the process and its children at once: nobody can do anything any more."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end."""
        self._end(signal.SIGTERM)

    def _end(self, number: int) -> None:
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
        self._process.wait(timeout=START_SECONDS)
        self._process = None


@contextmanager
def running(service: Service) -> Iterator[Service]:
    """A service that is certainly gone afterwards."""
    try:
        service.start()
        yield service
    finally:
        service.kill()


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers in lower case, content."""

    status: int
    headers: dict[str, str]
    content: Any


@dataclass(frozen=True)
class Press:
    """One thing that somebody presses: a POST with a key of its own."""

    path: str
    token: str
    body: dict[str, Any] | None
    mark: str = ""
    """What the request stored by it carries; empty for an acceptance."""
    key: str = field(default_factory=lambda: uuid4().hex)


def call(port: int, method: str, path: str, press: Press | None = None) -> Answer:
    """Send one request over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    try:
        headers, body = {}, None
        if press is not None:
            headers = {"Authorization": f"Bearer {press.token}", "Idempotency-Key": press.key}
            if press.body is not None:
                body = json.dumps(press.body)
                headers["Content-Type"] = "application/json"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        raw = answer.read()
        is_json = "json" in answer.headers.get("content-type", "")
        content = json.loads(raw) if raw and is_json else None
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, found, content)
    finally:
        connection.close()


def post(port: int, press: Press) -> Answer:
    """Press it."""
    return call(port, "POST", f"/api/v1{press.path}", press)


@dataclass
class Pool:
    """A sponsor with an office that asks, and volunteers who are asked once each."""

    sponsor_id: UUID
    institution_id: UUID
    day: date

    def request(self) -> Press:
        """Give a request that nobody has sent yet."""
        mark = uuid4().hex
        body = {
            "institution_id": str(self.institution_id),
            "times": [{"day": str(self.day), "start": "10:00"}],
            "duration_minutes": 60,
            "seats": [{"language": "kmr"}],
            "topic": "Elterngespräch",
            "cost_centre": mark,
            "another": True,
        }
        return Press("/requests", OFFICE, body, mark)


def school() -> Institution:
    """Give the school that asks, not stored yet."""
    return Institution(
        name="Löwenzahnschule", kind="primary_school", kind_label="Grundschule",
        street="Schulstr. 1", postal_code="61169", town="Friedberg", lat=50.3353, lon=8.7553,
        phone="", email="schule@example.org", contact_name="",
    )  # fmt: skip


def found(engine: Engine) -> Pool:
    """Put a pool into an empty, migrated database."""
    with db.transaction(engine) as session:
        sponsor = Sponsor(name="Sprachpool", regions=["06440"])
        office = Account(email="amal@example.org", name="Amal")
        place = school()
        session.add_all([sponsor, office, place])
        session.flush()
        session.add(Partnership(institution_id=place.id, sponsor_id=sponsor.id))
        session.add(Membership(account_id=office.id, sponsor_id=sponsor.id, role="coordinator"))
        session.add(
            ApiToken(
                account_id=office.id,
                name="office",
                token_hash=hash_token(OFFICE),
                scopes=list(Scope),
                used_at=NEVER_NOTED,
            )
        )
        return Pool(sponsor.id, place.id, clock.today() + LEAD)


def drop_guards(engine: Engine) -> None:
    """For a control: the database refuses neither time that overlaps nor seats that are taken."""
    guards = {"assignment": "ex_assignment_no_overlap", "claim_line": "ex_claim_line_paid_once"}
    statements = [
        f"DROP TRIGGER {guard}_{when}" for guard in guards.values() for when in ("insert", "update")
    ]
    if engine.dialect.name == "postgresql":
        statements = [f"ALTER TABLE {t} DROP CONSTRAINT {guard}" for t, guard in guards.items()]
    with engine.begin() as connection:
        for statement in [*statements, "DROP INDEX uq_assignment_seat_taken"]:
            connection.execute(text(statement))


@dataclass
class Crowd:
    """People who press one thing after the other, and note what they were told."""

    port: int
    presses: Callable[[], Press | None]
    answered: list[tuple[Press, Answer]] = field(default_factory=list)
    unanswered: list[Press] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self, people: int) -> None:
        """Let them begin."""
        self._threads = [threading.Thread(target=self._go_on) for _ in range(people)]
        for thread in self._threads:
            thread.start()

    def wait(self, seconds: float) -> None:
        """Let them press for a while."""
        time.sleep(seconds)

    def wait_for_more(self, count: int = 1) -> None:
        """Let them press until so many more were told that it was done."""
        before, patience = len(self.acknowledged), time.monotonic() + ANSWER_SECONDS
        while len(self.acknowledged) < before + count and time.monotonic() < patience:
            time.sleep(0.01)

    def end(self) -> None:
        """Let each finish what she is at."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _go_on(self) -> None:
        while not self._over.is_set() and (press := self.presses()) is not None:
            try:
                self.answered.append((press, post(self.port, press)))
            except (OSError, http.client.HTTPException, ValueError):
                self.unanswered.append(press)
                # Nobody is there: not more often than people press.
                self._over.wait(0.02)

    @property
    def unclear(self) -> list[Press]:
        """Give what got no answer, or the one that it may be tried again."""
        again = [press for press, answer in self.answered if answer.status == BUSY]
        return [*self.unanswered, *again]

    @property
    def acknowledged(self) -> list[tuple[Press, Answer]]:
        """Give what was told to be done."""
        return [(press, answer) for press, answer in self.answered if answer.status < 300]
