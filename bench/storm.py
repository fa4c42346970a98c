"""Everybody presses everything at once on a few seats: does what always holds still hold?

    python -m bench.storm [--storms N] [--seconds S] [--people N] [--careless]

Two sponsors share a school and their volunteers. Many clients press at random whatever changes
work (`bench.pressed`), time runs out for questions and searches, and two workers do the jobs. When
all is done the rules of `app.backups.invariants` and those below must hold, nobody may have heard
of an internal error, no job may have failed, and no search may lie still. Repeated keys are one
piece of work. With `--careless` a yes holds nothing and no guard is left: rules must be broken.

Runs on a PostgreSQL of its own; how often its rows were locked in a circle is printed.
"""

import argparse
import http.client
import json
import random
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from app import clock, db, jobs
from app.backups import invariants
from app.jobs import queue
from app.migrations import migrate
from app.offers.asking import EXPIRE
from app.offers.seeking import ADVANCE
from app.tables import JobState
from bench import ground, pressed
from bench.ground import Ground
from bench.pressed import Hand, Press, Sight, timed
from bench.served import BUSY, CARELESS, Service, drop_guards, running
from tests.databases import Databases
from tests.throwaway_postgres import Server, binaries

DAWDLING = ("-m", "bench.dawdling")
NEVER = (400, 401, 403, 428)
"""Nobody presses what would be answered like this."""
SIGHT_SECONDS = 0.15
DRAIN_SECONDS = 90.0
TOLD: dict[str, str] = {
    "Somebody was told twice that she is booked": (
        "SELECT m.subject_id FROM message m WHERE m.event = 'booked' AND m.state <> 'dropped'"
        " AND m.fallback_of_id IS NULL GROUP BY m.subject_id HAVING count(*) > 1"
    ),
    "Somebody is booked and was not told": (
        "SELECT a.id FROM assignment a WHERE a.state = 'booked' AND a.starts_at > :now"
        " AND NOT EXISTS (SELECT 1 FROM message m WHERE m.subject_id = a.id"
        " AND m.event IN ('booked', 'changed'))"
    ),
    "Somebody was told that she is booked, and not that it was called off": (
        "SELECT a.id FROM assignment a WHERE a.state IN ('cancelled_early', 'cancelled_late')"
        " AND EXISTS (SELECT 1 FROM message m WHERE m.subject_id = a.id"
        " AND m.event = 'booked' AND m.state = 'sent')"
        " AND NOT EXISTS (SELECT 1 FROM message m WHERE m.subject_id = a.id"
        " AND m.event = 'cancelled')"
        " AND a.cancel_cause <> 'moved'"
    ),
    "Somebody was asked twice by one question": (
        "SELECT m.subject_id FROM message m WHERE m.event = 'offer' AND m.fallback_of_id IS NULL"
        " GROUP BY m.subject_id HAVING count(*) > 1"
    ),
    "Somebody is asked and was not told": (
        "SELECT o.id FROM offer o WHERE o.state = 'pending' AND NOT EXISTS"
        " (SELECT 1 FROM message m WHERE m.subject_id = o.id AND m.event = 'offer'"
        " AND m.state <> 'dropped')"
    ),
    "A question is on its way that is answered": (
        "SELECT o.id FROM offer o JOIN message m ON m.subject_id = o.id AND m.event = 'offer'"
        " WHERE o.state <> 'pending' AND m.state IN ('queued', 'sending')"
    ),
    "Somebody whose question was taken back was not told": (
        "SELECT o.id FROM offer o JOIN message m ON m.subject_id = o.id AND m.event = 'offer'"
        " WHERE o.state = 'withdrawn' AND m.state = 'sent' AND NOT EXISTS"
        " (SELECT 1 FROM message n WHERE n.subject_id = o.id AND n.event = 'taken')"
        " AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.seat_id = o.seat_id"
        " AND a.volunteer_id = o.volunteer_id)"
        " AND NOT EXISTS (SELECT 1 FROM offer p WHERE p.seat_id = o.seat_id"
        " AND p.volunteer_id = o.volunteer_id AND p.id <> o.id)"
    ),
    "Somebody stands by for what has ended": (
        "SELECT y.id FROM standby y JOIN seat s ON s.id = y.seat_id"
        " JOIN request r ON r.id = s.request_id WHERE y.state IN ('asked', 'ready')"
        " AND r.state IN ('rejected', 'unfilled', 'cancelled')"
    ),
    "A search lies still": (
        "SELECT s.id FROM search s JOIN seat t ON t.id = s.seat_id"
        " JOIN request r ON r.id = t.request_id"
        " WHERE s.state IN ('running', 'exhausted') AND r.state <> 'needs_info'"
        " AND NOT EXISTS (SELECT 1 FROM task k WHERE k.subject_id = r.id AND k.state = 'open')"
        " AND (t.state <> 'open' OR s.next_at < :late OR s.next_at IS NULL AND s.wave > 0)"
    ),
}
"""A sentence and the query that finds of whom it is true; it should find nobody."""


@dataclass
class Storm:
    """Clients, and what they were told."""

    engine: Engine
    ground: Ground
    port: int
    seed: int
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    _sight: Sight = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)

    @property
    def done(self) -> int:
        """How often something was done."""
        return sum(count for (_, status), count in self.answers.items() if status < 300)

    def rage(self, clients: int, seconds: float) -> None:
        """Let everybody press for a while."""
        self._sight = pressed.look(self.engine)
        tasks = [self._look, self._age, self._tick]
        threads = [threading.Thread(target=task) for task in tasks]
        threads += [threading.Thread(target=self._press, args=[n]) for n in range(clients)]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        self._over.set()
        for thread in threads:
            thread.join()

    def _look(self) -> None:
        while not self._over.wait(SIGHT_SECONDS):
            self._sight = pressed.look(self.engine)

    def _press(self, number: int) -> None:
        dice = random.Random(f"{self.seed} {number}")
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not self._over.is_set():
            one = Hand(self.ground, dice, self._sight).press()
            if one is None:
                continue
            key = uuid4().hex if one.method == "POST" and dice.random() < 0.5 else ""
            first = self._send(line, one, key)
            if key and first[0] != BUSY and dice.random() < 0.3:
                self._compare(one, first, self._send(line, one, key))
        line.close()

    def _send(self, line: http.client.HTTPConnection, one: Press, key: str) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {one.token}", "Content-Type": "application/json"}
        if one.method in ("PATCH", "PUT"):
            headers["If-Match"] = "*"
        if key:
            headers["Idempotency-Key"] = key
        body = None if one.body is None else json.dumps(one.body)
        try:
            line.request(one.method, f"/api/v1{one.path}", body, headers)
            answer = line.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            # A line that was idle for long is closed by the service.
            line.close()
            return BUSY, None
        said = json.loads(content) if content else None
        slug = said.get("type", "") if answer.status >= 400 and isinstance(said, dict) else ""
        self.answers[f"{one.name} {slug.rpartition('/')[2]}".strip(), answer.status] += 1
        is_busy = answer.status == BUSY and self.engine.dialect.name == "sqlite"
        if answer.status in NEVER or (answer.status >= 500 and not is_busy):
            self.wrong.append(f"{one.name} {answer.status}: {slug}")
        return answer.status, said

    def _compare(self, one: Press, first: tuple[int, Any], again: tuple[int, Any]) -> None:
        """What was stored once is answered the same; what was refused is looked at anew."""
        if first[0] >= 300 or again[0] == BUSY:
            return
        if (again[0], again[1].get("id")) != (first[0], first[1].get("id")):
            self.wrong.append(f"{one.name}: {first} and for the same key {again}"[:400])

    def _age(self) -> None:
        """Time runs out: for some questions, and for some searches."""
        dice = random.Random(self.seed)
        while not self._over.wait(0.1):
            pending, running_ = self._sight.get("pending"), self._sight.get("searches")
            # Each alone: whoever changes both has another order.
            if pending:
                with suppress(OperationalError), db.transaction(self.engine) as session:
                    _late(session, "offer", "expires_at = :now", dice.choice(pending)["id"], EXPIRE)
            if running_ and dice.random() < 0.7:
                change = "created_at = :early" if dice.random() < 0.1 else "next_at = :now"
                with suppress(OperationalError), db.transaction(self.engine) as session:
                    _late(session, "search", change, dice.choice(running_)["id"], ADVANCE)

    def _tick(self) -> None:
        """The time of periodic work comes oftener than it does."""
        while not self._over.wait(1.0):
            with suppress(OperationalError), db.transaction(self.engine) as session:
                query = timed("UPDATE tick SET due_at = :now")
                session.connection().execute(query, {"now": clock.now()})


def _late(session: Session, table: str, change: str, row_id: Any, job: str) -> None:
    moments = {"now": clock.now(), "early": clock.now() - timedelta(days=10)}
    used = {name: moment for name, moment in moments.items() if f":{name}" in change}
    query = timed(f"UPDATE {table} SET {change} WHERE id = :id")  # noqa: S608
    session.connection().execute(query, {"id": row_id, **used})
    jobs.defer(session, job, UUID(str(row_id)))


def drain(engine: Engine) -> None:
    """Wait until the workers have done what is due."""
    until = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < until:
        with db.transaction(engine, read_only=True) as session:
            if not _due(session):
                return
        time.sleep(0.3)


def _due(session: Session) -> bool:
    found = queue.of(session.get_bind())
    oldest = found.oldest_due(session)
    busy = any(state == JobState.RUNNING for state, _, _ in found.counted(session))
    return busy or (oldest is not None and oldest <= clock.now())


def judge(engine: Engine) -> list[str]:
    """What does not hold now that all is done."""
    found = invariants.findings(engine)
    with db.transaction(engine, read_only=True) as session:
        moment = clock.now()
        values = {"now": moment, "late": moment - timedelta(minutes=1)}
        for rule, query in TOLD.items():
            used = {name: value for name, value in values.items() if f":{name}" in query}
            rows = session.connection().scalars(timed(query), used).all()
            if rows:
                found.append(f"{rule}: {len(rows)}, as {rows[0]}.")
        known = queue.of(engine).listed(session, list(JobState), 100_000, None)
        found += [f"{one.name} {one.state}: {one.failure}" for one in known if one.failure]
    return found


def circles(server: Server) -> list[str]:
    """What the server says about rows that were locked in a circle."""
    said = (server.folder / "log").read_text()
    found = re.findall(r"deadlock detected.*?HINT", said, re.DOTALL)
    return ["\n".join(line[:300] for line in one.splitlines()) for one in found]


def storm(server: Server, folder: Path, seed: int, chosen: argparse.Namespace) -> list[str]:
    """One storm in a database of its own; what went wrong."""
    made = Databases(folder, server.url("postgres"))
    with made.fresh(migrated=False) as engine, ExitStack() as stack:
        migrate(engine)
        hot = ground.found(engine, chosen.people, past=12)
        url = engine.url.render_as_string(hide_password=False)
        (folder / f"{seed}").mkdir()
        serve = CARELESS if chosen.careless else (*DAWDLING, "serve")
        api = Service(url, folder / f"{seed}" / "api", serve)
        work = (*DAWDLING, "worker")
        hands = [Service(url, folder / f"{seed}" / f"worker{n}", work) for n in range(2)]
        for service in (api, *hands):
            service.var.mkdir(parents=True, exist_ok=True)
            stack.enter_context(running(service))
        if chosen.careless:
            drop_guards(engine)
        raging = Storm(engine, hot, api.port, seed)
        raging.rage(chosen.clients, chosen.seconds)
        drain(engine)
        if chosen.verbose:
            for (name, status), count in sorted(raging.answers.items()):
                print(f"    {name:36} {status} {count:6}")
        logs = "".join((one.var / "log").read_text() for one in (api, *hands))
        print(
            f"  {sum(raging.answers.values())} answers; tried again: {logs.count('; again')};"
            f" tracebacks: {logs.count('Traceback')}"
        )
        if chosen.keep:
            (Path(chosen.keep) / f"log{seed}").write_text(logs)
        idle = [] if raging.done else ["Nothing was done."]
        return idle + sorted(set(raging.wrong)) + judge(engine)


def main() -> int:
    """Let it storm, and print what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--storms", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--careless", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--keep", default="")
    chosen = parser.parse_args()
    found = binaries()
    if found is None:
        sys.exit("PostgreSQL is not installed.")
    broken = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(chosen.seed, chosen.seed + chosen.storms):
            server = Server(found, deadlock_timeout="100ms")
            try:
                server.start()
                print(f"storm {seed}")
                wrong = storm(server, Path(folder), seed, chosen)
                locked = circles(server)
                print(f"  {len(locked)} circles")
                if chosen.keep:
                    (Path(chosen.keep) / f"circles{seed}").write_text("\n\n".join(locked))
                for line in wrong:
                    print(f"  {line}")
                broken += bool(wrong)
            finally:
                server.stop()
    print(f"{broken} of {chosen.storms} storms broke something")
    return int(not broken if chosen.careless else bool(broken))


if __name__ == "__main__":
    sys.exit(main())
