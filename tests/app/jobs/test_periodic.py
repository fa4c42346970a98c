"""Work that is done again and again: by one worker each time, never twice, never made up for."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import Engine, text
from sqlmodel import col, update

from app import db, jobs
from app.clock import now
from app.jobs import ticks
from app.tables import Tick
from tests.app.jobs.asking import in_threads
from tests.cast import Cast

NAME = "test.tick"
EVERY = timedelta(seconds=5)
Register = Callable[..., None]
Looks = Callable[[Callable[[Engine], bool]], None]


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Register:
    """Makes a function the periodic work behind `NAME`, with a look before it."""
    return lambda *work: monkeypatch.setitem(jobs.PERIODIC, NAME, jobs.Periodic(EVERY, *work))


@pytest.fixture
def ran(register: Register) -> list[str]:
    """The moments at which it was run."""
    moments: list[str] = []
    register(lambda _engine: moments.append(f"{now():%H:%M:%S}"))
    return moments


@pytest.fixture
def looks(ran: list[str], register: Register) -> Looks:
    """Says how somebody looks whether there is something to do."""
    noting = jobs.PERIODIC[NAME].function
    return lambda look: register(noting, look)


def broken(_engine: Engine) -> bool:
    """Work, or a look, that fails."""
    raise RuntimeError("no paper")


def test_it_is_run_once_in_each_period_and_missed_ones_are_not_made_up_for(
    engine: Engine, cast: Cast, ran: list[str], clock: time_machine.Traveller
) -> None:
    assert jobs.run_periodic(engine, NAME) == 1
    assert jobs.run_periodic(engine, NAME) == 0
    clock.shift(4)
    assert jobs.run_periodic(engine, NAME) == 0
    clock.shift(1)
    assert jobs.run_periodic(engine, NAME) == 1
    clock.shift(3600)
    assert jobs.run_periodic(engine, NAME) == 1
    assert jobs.run_periodic(engine, NAME) == 0
    assert ran == ["09:00:00", "09:00:05", "10:00:05"]


def test_of_many_workers_one_runs_it(
    engine: Engine, cast: Cast, ran: list[str], clock: time_machine.Traveller
) -> None:
    for _ in range(5):
        in_threads(lambda: jobs.run_periodic(engine, NAME), 6)
        clock.shift(5)
    assert len(ran) == 5
    assert len(set(ran)) == 5


def test_control_without_the_condition_every_worker_runs_it(
    engine: Engine, cast: Cast, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    all_looked = threading.Barrier(4)
    look = ticks._due  # noqa: SLF001 - the race lies between looking and taking

    def look_and_wait(engine: Engine, names: tuple[str, ...]) -> list[str]:
        found = look(engine, names)
        all_looked.wait(timeout=20)
        return found

    monkeypatch.setattr(ticks, "_due", look_and_wait)
    monkeypatch.setattr(ticks, "_may_begin", lambda *_: col(Tick.name) == NAME)
    in_threads(lambda: jobs.run_periodic(engine, NAME), 4)
    assert len(ran) == 4


def test_where_a_look_finds_nothing_to_do_nobody_begins(
    engine: Engine, cast: Cast, ran: list[str], looks: Looks, clock: time_machine.Traveller
) -> None:
    there: list[int] = []
    looks(lambda _engine: bool(there))
    assert jobs.run_periodic(engine, NAME) == 1, "what was never run is run"
    clock.shift(60)
    assert jobs.run_periodic(engine, NAME) == 0
    there.append(1)
    in_threads(lambda: jobs.run_periodic(engine, NAME), 6)
    assert ran == ["09:00:00", "09:01:00"], "of many who find something one begins"


def test_a_look_that_fails_stops_nothing(
    engine: Engine, cast: Cast, ran: list[str], looks: Looks, clock: time_machine.Traveller
) -> None:
    looks(broken)
    jobs.run_periodic(engine, NAME)
    clock.shift(5)
    assert jobs.run_periodic(engine, NAME) == 1, "the work tells what the look could not"
    assert ran == ["09:00:00", "09:00:05"]


def test_what_failed_is_tried_again_whatever_the_look_finds(
    engine: Engine, cast: Cast, register: Register, looks: Looks, clock: time_machine.Traveller
) -> None:
    register(broken)
    jobs.run_periodic(engine, NAME)
    looks(lambda _engine: False)
    clock.shift(5)
    assert jobs.run_periodic(engine, NAME) == 1, "or it would be said to fail for ever"
    clock.shift(5)
    assert jobs.run_periodic(engine, NAME) == 0
    with db.transaction(engine) as session:
        assert jobs.failures(session) == []


def test_while_one_is_at_it_no_other_begins(
    engine: Engine, cast: Cast, register: Register, clock: time_machine.Traveller
) -> None:
    begun, may_end = threading.Event(), threading.Event()
    runs: list[int] = []

    def work(_engine: Engine) -> None:
        runs.append(1)
        begun.set()
        may_end.wait(timeout=20)

    register(work)
    first = threading.Thread(target=lambda: jobs.run_periodic(engine, NAME))
    first.start()
    assert begun.wait(timeout=20)
    clock.shift(30)
    assert jobs.run_periodic(engine, NAME) == 0
    may_end.set()
    first.join(timeout=20)
    assert jobs.run_periodic(engine, NAME) == 1
    assert len(runs) == 2


def test_who_is_at_it_long_says_so_and_who_is_lost_does_not(
    engine: Engine,
    cast: Cast,
    register: Register,
    clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said, may_end = threading.Event(), threading.Event()
    monkeypatch.setattr(ticks, "SAY_SECONDS", 0.05)

    def work(engine: Engine) -> None:
        clock.shift(50)
        for _ in range(200):
            with db.transaction(engine) as session:
                held = session.connection().scalar(
                    text("SELECT count(*) FROM tick WHERE held_until > :soon"),
                    {"soon": now() + timedelta(seconds=30)},
                )
            if held:
                said.set()
                break
            may_end.wait(timeout=0.05)

    register(work)
    jobs.run_periodic(engine, NAME)
    assert said.is_set()
    with db.transaction(engine) as session:
        session.exec(update(Tick).values(held_until=now() + timedelta(seconds=60), due_at=now()))
    assert jobs.run_periodic(engine, NAME) == 0
    clock.shift(61)
    assert jobs.run_periodic(engine, NAME) == 1


def test_a_clock_that_was_far_ahead_stops_nothing(
    engine: Engine, cast: Cast, ran: list[str], clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(days=30))
    jobs.run_periodic(engine, NAME)
    clock.shift(-timedelta(days=30))
    assert jobs.run_periodic(engine, NAME) == 1, "the other machine's clock is right"
    clock.shift(-30)
    assert jobs.run_periodic(engine, NAME) == 0, "clocks are never quite the same"


def test_what_fails_is_told_and_tried_again_the_next_time(
    engine: Engine, cast: Cast, register: Register, ran: list[str], clock: time_machine.Traveller
) -> None:
    good = jobs.PERIODIC[NAME].function
    register(broken)
    assert jobs.run_periodic(engine, NAME) == 1
    with db.transaction(engine) as session:
        assert jobs.failures(session) == [(NAME, "RuntimeError: no paper")]
    assert jobs.run_periodic(engine, NAME) == 0
    register(good)
    clock.shift(5)
    assert jobs.run_periodic(engine, NAME) == 1
    with db.transaction(engine) as session:
        assert jobs.failures(session) == []


def test_a_worker_does_it_by_itself(engine: Engine, cast: Cast, register: Register) -> None:
    done = threading.Event()
    register(lambda _engine: done.set())
    worker = jobs.Worker(engine)
    worker.start()
    try:
        assert done.wait(timeout=20)
    finally:
        worker.stop()
