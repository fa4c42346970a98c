"""Worker processes that are killed, share a queue, and are far from each other.

On SQLite the one serving process is killed and started again.
"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text
from sqlmodel import col, delete, select, update

from app import db, jobs
from app.access import Actor
from app.clock import now
from app.messages import telling
from app.offers import asking
from app.planning import service as planning
from app.tables import (
    Event,
    JobState,
    Membership,
    Message,
    MessageState,
    Offer,
    OfferState,
    Plan,
    PlanState,
    Proposal,
    Role,
)
from bench import hands, questions, served

WORK = 40
AT_ONCE = 4
CUTS = 10


@pytest.fixture
def url(engine: Engine) -> str:
    """Where the workers find the database."""
    hands.prepare(engine)
    return engine.url.render_as_string(hide_password=False)


def done(engine: Engine, number: int) -> bool:
    """Whether so many jobs are done."""
    with db.transaction(engine, read_only=True) as session:
        return (JobState.DONE, hands.MARK, number) in jobs.counted(session)


def several(engine: Engine) -> int:
    """On SQLite one process works, on PostgreSQL two."""
    return 2 if engine.dialect.name == "postgresql" else 1


def apart(engine: Engine) -> bool:
    """Whether the workers are in networks of their own: where the machine allows it."""
    return engine.dialect.name == "postgresql" and hands.networks_allowed()


def test_workers_in_different_networks_share_one_queue_each_job_once(
    engine: Engine, url: str
) -> None:
    with hands.hands(
        url, several(engine), apart=apart(engine), BENCH_PAUSE="0.02", BENCH_TICK="1"
    ) as started:
        begun = now()
        subjects = hands.ask(engine, WORK)
        hands.wait_until(lambda: done(engine, WORK))
        assert [hand.stop() for hand in started] == [0] * len(started)
        periods = (now() - begun).total_seconds() / hands.TICK_SECONDS
    marks = hands.marks(engine)
    assert Counter(subject for subject, _ in marks) == Counter(subjects)
    assert len({worker for _, worker in marks}) == several(engine)
    assert 1 <= len(hands.ticks(engine)) <= periods + 2, "periodic work is done by one of them"


def test_when_a_worker_is_killed_the_other_does_its_jobs(engine: Engine, url: str) -> None:
    subjects = hands.ask(engine, WORK)
    with hands.hands(url, several(engine), apart=apart(engine), BENCH_PAUSE="0.2") as started:
        hands.wait_until(lambda: _marked_by(engine, started[0].pid) > 0)
        started[0].kill()
        if engine.dialect.name == "sqlite":
            with hands.hands(url, 1, apart=False):
                hands.wait_until(lambda: done(engine, WORK))
        else:
            hands.wait_until(lambda: done(engine, WORK))
    found = Counter(subject for subject, _ in hands.marks(engine))
    assert set(found) == set(subjects), "none is lost"
    again = sum(times - 1 for times in found.values())
    assert again <= AT_ONCE, "only what the killed one was at is done again"


def _marked_by(engine: Engine, worker: int) -> int:
    return sum(who == worker for _, who in hands.marks(engine))


def test_control_without_giving_back_the_jobs_of_a_killed_worker_are_lost(
    engine: Engine, url: str
) -> None:
    hands.ask(engine, WORK)
    keep = {"BENCH_KEEP_LOST": "1"}
    with hands.hands(url, 1, apart=False, BENCH_PAUSE="30", **keep) as started:
        hands.wait_until(lambda: _marked_by(engine, started[0].pid) > 0)
        started[0].kill()
    with hands.hands(url, 1, apart=False, **keep):
        hands.wait_until(lambda: _waiting(engine) == 0)
        lost = {JobState.RUNNING: 0, JobState.DONE: 0}
        with db.transaction(engine) as session:
            lost |= {state: number for state, _, number in jobs.counted(session)}
    assert lost[JobState.RUNNING] >= 1


def test_workers_outlive_their_connections(engine: Engine, url: str) -> None:
    """All connections are cut again and again; on SQLite the file is held by somebody else."""
    subjects = hands.ask(engine, WORK)
    with hands.hands(url, several(engine), apart=False, BENCH_PAUSE="0.05") as started:
        hands.wait_until(lambda: len(hands.marks(engine)) > 0)
        for _ in range(CUTS):
            _cut(engine)
            time.sleep(0.2)
        hands.wait_until(lambda: done(engine, WORK))
        assert [hand.stop() for hand in started] == [0] * len(started), "none has ended by itself"
    assert {subject for subject, _ in hands.marks(engine)} == set(subjects)


def _cut(engine: Engine) -> None:
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            time.sleep(0.1)
            return
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


def _waiting(engine: Engine) -> int:
    with db.transaction(engine, read_only=True) as session:
        return sum(n for state, _, n in jobs.counted(session) if state == JobState.WAITING)


def test_control_without_the_lock_jobs_are_done_twice(engine: Engine, url: str) -> None:
    """Two who take without a lock what both have seen; on SQLite there is one at a time."""
    workers = several(engine)
    if engine.dialect.name == "postgresql":
        _take_without_lock(engine)
    hands.ask(engine, WORK)
    with hands.hands(url, workers, apart=False) as started:
        hands.wait_until(lambda: _waiting(engine) == 0)
        for hand in started:
            hand.stop()
    twice = len(hands.marks(engine)) - WORK
    assert (twice > 0) == (workers == 2)


def _take_without_lock(engine: Engine) -> None:
    with engine.begin() as connection:
        made = connection.scalar(
            text("SELECT pg_get_functiondef('procrastinate_fetch_job_v2'::regproc)")
        )
        assert made is not None
        changed = (
            made.replace("FOR UPDATE OF jobs SKIP LOCKED", "")
            .replace("WITH candidate AS (", "WITH candidate AS MATERIALIZED (")
            .replace("FROM candidate", "FROM candidate, pg_sleep(0.02)")
        )
        assert changed.count("pg_sleep") == 1
        connection.exec_driver_sql(changed.replace("%", "%%"))


MESSAGES = 20
SEATS = 6


class Office:
    """The service's own process that works the queue: started, killed, started again."""

    def __init__(self, engine: Engine, var: Path) -> None:
        self._url = engine.url.render_as_string(hide_password=False)
        self._program = ("app.cli", "worker")
        if engine.dialect.name == "sqlite":
            self._program = ("app.cli", "serve", "--port", "0")
        self._environment = {
            "LOTSENWERK_VAR": str(var),
            "LOTSENWERK_BASE_URL": "http://test",
            "LOTSENWERK_PLAN_SECONDS": "1",
            "LOTSENWERK_WORKER_SILENCE_SECONDS": str(hands.SILENCE_SECONDS),
        }

    @contextmanager
    def works(self) -> Iterator[None]:
        """At work for the length of a block, then killed."""
        hand = hands.Hand(self._url, *self._program, **self._environment)
        try:
            yield
        finally:
            hand.kill()


@pytest.fixture
def office(engine: Engine, var: Path) -> Office:
    """The process for this database."""
    return Office(engine, var)


@pytest.fixture
def pool(engine: Engine) -> served.Pool:
    """A pool of today: open seats, and as many people who could go."""
    made = served.found(engine)
    questions.one_each(engine, made, SEATS)
    with db.transaction(engine) as session:
        session.exec(delete(Offer))
    return made


def of(engine: Engine, query: Any) -> list[Any]:
    """What the database says."""
    with db.transaction(engine, read_only=True) as session:
        return list(session.exec(query).all())


def test_a_killed_service_loses_no_message(
    engine: Engine, pool: served.Pool, office: Office, var: Path
) -> None:
    with db.transaction(engine) as session:
        for number in range(MESSAGES):
            telling.tell(
                session,
                pool.sponsor_id,
                telling.Person(f"somebody{number}@example.org"),
                Event.CHANGED,
                telling.Text("Neue Zeit", "Guten Tag"),
                subject_id=uuid4(),
            )
    folder = var / "outbox"
    for least in (1, 3):
        with office.works():
            hands.wait_until(lambda least=least: len(list(folder.glob("*.eml"))) >= least)
    with office.works():
        hands.wait_until(lambda: not of(engine, _in(MessageState.QUEUED)))
        hands.wait_until(lambda: _waiting_for(engine) >= set(of(engine, _in(MessageState.SENDING))))
    laid_out = {UUID(file.stem) for file in folder.glob("*.eml")}
    in_hands = set(of(engine, _in(MessageState.SENDING)))
    assert laid_out | in_hands == set(of(engine, select(Message.id)))
    assert set(of(engine, _in(MessageState.SENT))) <= laid_out


def _in(state: MessageState) -> Any:
    return select(Message.id).where(col(Message.state) == state)


def _waiting_for(engine: Engine) -> set[UUID]:
    """Subjects of what is still to be done."""
    with db.transaction(engine, read_only=True) as session:
        return {job.subject_id for job in jobs.listed(session, JobState.WAITING)}


def test_a_killed_service_plans_and_asks_nothing_twice(
    engine: Engine, pool: served.Pool, office: Office
) -> None:
    plan = Plan(sponsor_id=pool.sponsor_id, first_day=pool.day, last_day=pool.day, seed=1)
    with db.transaction(engine) as session:
        session.add(plan)
        jobs.defer(session, planning.SOLVE, plan.id)
    with office.works():
        hands.wait_until(lambda: _state(engine, Plan, plan.id) == PlanState.RUNNING)
    assert of(engine, select(Proposal.id)) == []
    with office.works():
        hands.wait_until(lambda: _state(engine, Plan, plan.id) == PlanState.READY)
    assert len(of(engine, select(Proposal.id))) == SEATS
    assert len(set(of(engine, select(Proposal.seat_id)))) == SEATS
    _release(engine, pool, plan.id)
    with db.transaction(engine) as session:
        session.exec(update(Offer).values(expires_at=now()))
        for offer_id in session.exec(select(Offer.id)).all():
            jobs.defer(session, asking.EXPIRE, offer_id)
    with office.works():
        hands.wait_until(lambda: OfferState.EXPIRED in of(engine, select(Offer.state)))
    with office.works():
        hands.wait_until(lambda: _is_quiet(engine))
    asked = Counter(of(engine, select(Offer.seat_id, Offer.volunteer_id)))
    assert set(asked.values()) == {1}, "nobody is asked twice for one seat"
    open_now = Counter(of(engine, select(Offer.seat_id).where(Offer.state == OfferState.PENDING)))
    assert set(open_now.values()) <= {1}, "one after another"


def _state(engine: Engine, table: Any, row_id: UUID) -> str:
    (state,) = of(engine, select(table.state).where(table.id == row_id))
    return str(state)


def _release(engine: Engine, pool: served.Pool, plan_id: UUID) -> None:
    with db.transaction(engine) as session:
        (account_id,) = session.exec(select(Membership.account_id)).all()
        office = Actor(account_id, "Amal", frozenset({(pool.sponsor_id, Role.COORDINATOR)}))
        plan = session.get_one(Plan, plan_id)
        made, skipped = planning.release(session, office, plan, None, "de")
    assert (made, skipped) == (SEATS, [])


def _is_quiet(engine: Engine) -> bool:
    """Whether nothing is due and nothing runs."""
    with db.transaction(engine, read_only=True) as session:
        found = jobs.listed(session, JobState.WAITING) + jobs.listed(session, JobState.RUNNING)
        return all(job.state == JobState.WAITING and job.due_at > now() for job in found)
