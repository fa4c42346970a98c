"""Planning runs in a process of its own: it tells how far it is, ends when told, harms nobody."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from app import db, jobs
from app.planning import failures, solver
from app.planning.failures import Failure, SolverFailed
from app.planning.progress import Diary, figures
from app.planning.service import Week
from app.settings import get_settings
from app.tables import Plan
from matching import Problem, Progress, check
from matching.generate import SIZES, Size, generate
from tests.app.examples import MORNING, asking, snapshot
from tests.cast import Cast

WEEK = {"first_day": "2027-01-11", "last_day": "2027-01-16"}
PATIENCE = 60.0
"""How long a test waits for something that has to come, before it says that it never came."""
HARD = Size(120, 200, 2, 4)
"""A week that keeps the engine busy as long as it may go on."""


@pytest.fixture
def slow(var: Path, monkeypatch: pytest.MonkeyPatch) -> Problem:
    """A problem on which the engine works for an hour if nobody ends it; nothing is compiled."""
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    return generate(HARD, 1)


@pytest.fixture
def slow_week(slow: Problem, monkeypatch: pytest.MonkeyPatch) -> Problem:
    """The service plans that problem, whatever it is asked for."""
    week = Week(slow, (), (), 0)
    monkeypatch.setattr("app.planning.service.gather", lambda *_, **__: week)
    monkeypatch.setenv("LOTSENWERK_PLAN_SECONDS", "300")
    get_settings.cache_clear()
    return slow


def children() -> list[int]:
    """Processes that look for a plan on our behalf."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
                words = (folder / "cmdline").read_text().split("\0")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if parent == os.getpid() and "matching" in words:
                found.append(int(folder.name))
    return found


async def until(question: Callable[[], Any]) -> Any:
    """The first answer that is not empty."""
    async with asyncio.timeout(PATIENCE):
        while not (answer := question()):
            await asyncio.sleep(0.02)
    return answer


@asynccontextmanager
async def running(
    client: AsyncClient, cast: Cast, engine: Engine
) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """A plan at work that has told how far it is: its address and itself."""
    asked = await client.post("/plans", json=WEEK, headers=cast.key("amal"))
    path = asked.headers["location"][7:]
    assert asked.json()["progress"] is None
    work = asyncio.create_task(asyncio.to_thread(jobs.work_all, engine))
    try:
        async with asyncio.timeout(PATIENCE):
            plan = asked.json()
            while not (plan["progress"] and plan["progress"]["objective"]):
                await asyncio.sleep(0.05)
                plan = (await client.get(path, headers=cast.key("amal"))).json()
        yield path, plan
        async with asyncio.timeout(PATIENCE):
            await work
    finally:
        for child in children():
            os.kill(child, signal.SIGKILL)
        await work


async def test_a_running_plan_tells_how_far_it_is(
    client: AsyncClient, cast: Cast, engine: Engine, slow_week: Problem
) -> None:
    async with running(client, cast, engine) as (path, plan):
        progress = plan["progress"]
        assert plan["state"] == "running"
        assert progress["phase"] in {"greedy", "exact", "prices", "dive", "moves", "lns"}
        assert progress["iteration"] >= 1
        assert progress["objective"] > 0
        assert 0 <= progress["seconds"] <= progress["seconds_allowed"] == 300
        listed = (await client.get("/plans", headers=cast.key("amal"))).json()
        assert listed["items"][0]["progress"]["phase"]
        await client.post(f"{path}/cancel", headers=cast.key("amal"))


async def test_cancelling_ends_the_process_and_stays(
    client: AsyncClient, cast: Cast, engine: Engine, slow_week: Problem
) -> None:
    async with running(client, cast, engine) as (path, _):
        (child,) = children()
        answer = await client.post(f"{path}/cancel", headers=cast.key("amal"))
        assert answer.status_code == 200
        assert (answer.json()["state"], answer.json()["progress"]) == ("cancelled", None)
        await until(lambda: child not in children())
    plan = (await client.get(path, headers=cast.key("amal"))).json()
    assert (plan["state"], plan["failure"], plan["filled"]) == ("cancelled", "", 0)
    assert (await client.post(f"{path}/cancel", headers=cast.key("amal"))).status_code == 409
    assert jobs.work_all(engine) == 0


async def test_a_process_that_is_killed_fails_its_plan_and_nothing_else(
    client: AsyncClient, cast: Cast, engine: Engine, slow_week: Problem
) -> None:
    before = snapshot(engine)
    async with running(client, cast, engine) as (path, _):
        (child,) = children()
        os.kill(child, signal.SIGKILL)
    said = {
        locale: (
            await client.get(path, headers=cast.key("amal") | {"Accept-Language": locale})
        ).json()
        for locale in ("de", "en")
    }
    assert said["de"]["state"] == "failed"
    assert said["de"]["progress"] is None
    assert said["de"]["failure"].startswith("Die Planung wurde von außen beendet")
    assert said["en"]["failure"].startswith("The planning was ended from outside")
    after = snapshot(engine)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"api_token", "audit_event", "job", "plan"}
    assert jobs.work_all(engine) == 0


async def test_after_a_crash_the_next_plan_is_made(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.transaction(engine) as session:
        asking(session, cast.wetterau, cast.school, MORNING)
    states = []
    for memory in ("60", "4096"):
        monkeypatch.setenv("LOTSENWERK_PLAN_MEMORY_MB", memory)
        get_settings.cache_clear()
        asked = await client.post("/plans", json=WEEK, headers=cast.key("amal"))
        jobs.work_all(engine)
        plan = await client.get(asked.headers["location"][7:], headers=cast.key("amal"))
        states.append((plan.json()["state"], plan.json()["filled"], plan.json()["failure"]))
    failed, made = states
    assert failed == ("failed", 0, failures.sentence("memory"))
    assert made == ("ready", 1, "")


def run(problem: Problem, **changes: Any) -> SolverFailed:
    """How a run fails."""
    limits = {"seconds": 300.0, "seed": 0, "memory_mb": 4096} | changes
    with pytest.raises(SolverFailed) as caught:
        solver.solve(problem, **limits)
    assert children() == []
    return caught.value


@pytest.mark.parametrize("memory_mb", [60, 120, 200, 300, 400])
def test_too_little_memory_is_called_by_its_name(memory_mb: int) -> None:
    failed = run(generate(SIZES["tiny"], 1), memory_mb=memory_mb)
    assert failed.failure == Failure.MEMORY, failed.said


def test_memory_that_runs_out_on_the_way_is_called_by_its_name() -> None:
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (2**29, 2**29));"
        "import matching.__main__ as command;"
        "command.COMMANDS['check'] = lambda _: len(bytearray(2**30));"
        "raise SystemExit(command.main(['check', 'a', 'b']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=solver.ROOT
    )
    assert done.returncode == failures.OUT_OF_MEMORY, done.stderr
    assert failures.of_exit(done.returncode, done.stderr).failure == Failure.MEMORY


def test_a_run_over_time_is_ended(slow: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "GRACE_SECONDS", -299.0)
    assert run(slow).failure == Failure.TIME


@pytest.mark.parametrize(
    ("number", "failure"),
    [
        (signal.SIGKILL, Failure.KILLED),
        (signal.SIGTERM, Failure.KILLED),
        (signal.SIGSEGV, Failure.CRASHED),
        (signal.SIGABRT, Failure.CRASHED),
    ],
)
def test_the_signal_that_ends_a_run_is_told(
    slow: Problem, number: signal.Signals, failure: Failure
) -> None:
    def shoot(_: Progress) -> None:
        for child in children():
            os.kill(child, number)

    assert run(slow, watch=solver.Watch(tell=shoot)).failure == failure


def test_control_without_a_process_of_its_own_the_crash_takes_the_caller_along(
    slow: Problem,
) -> None:
    code = (
        "import os, signal;"
        "from matching import Budget, solve;"
        "from matching.generate import SIZES, generate;"
        "end = lambda _: os.kill(os.getpid(), signal.SIGKILL);"
        "solve(generate(SIZES['tiny'], 1), budget=Budget(progress=end));"
        "print('served on')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=solver.ROOT
    )
    assert done.returncode == -signal.SIGKILL
    assert "served on" not in done.stdout


def test_a_problem_the_engine_refuses_fails_with_its_own_sentence() -> None:
    problem = generate(SIZES["tiny"], 1)
    twice = Problem(
        **{name: getattr(problem, name) for name in problem.__dataclass_fields__}
        | {"seats": (*problem.seats, problem.seats[0])}
    )
    said = run(twice).failure
    assert problem.seats[0].id in said
    assert "Traceback" not in said


def test_a_calm_run_gives_a_checked_plan_and_its_reports() -> None:
    problem, heard = generate(SIZES["small"], 1), list[Progress]()
    solved = solver.solve(
        problem, seconds=20, seed=0, memory_mb=4096, watch=solver.Watch(tell=heard.append)
    )
    assert check(problem, solved.plan) == []
    assert all(one.objective <= solved.plan.objective for one in heard)


def test_reports_are_read_as_they_come() -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        reports = solver.Reports(pipe)
        assert reports.latest() is None
        os.write(writing, b'{"method": "greedy", "iteration": 1, "objective": 5, "seco')
        assert reports.latest() is None
        os.write(writing, b'nds": 0.1}\n{"method": "lns", "iteration": 2, "objective": 7, ')
        first = reports.latest()
        assert first is not None
        assert first.objective == 5
        os.write(writing, b'"seconds": 0.2, "bound": 9}\n')
        assert reports.latest() == Progress("lns", 2, 7, 0.2, 9)
        os.close(writing)
        assert reports.latest() is None


def test_progress_has_no_figures_before_the_engine_begins() -> None:
    begun = figures(Progress("lns", 4, 750, 2.0, 1000), 10.0)
    assert (begun["objective"], begun["bound"], begun["gap"]) == (750, 1000, 0.25)
    waiting = figures(Progress("preparing", 0, 0, 0.0), 10.0)
    assert (waiting["phase"], waiting["objective"], waiting["gap"]) == ("preparing", None, None)


def _plan(engine: Engine, cast: Cast, state: str) -> Plan:
    with db.transaction(engine) as session:
        plan = Plan(sponsor_id=cast.wetterau, state=state, **{n: MORNING.date() for n in WEEK})
        session.add(plan)
    return plan


@pytest.mark.parametrize("state", ["ready", "failed", "cancelled", "released"])
def test_a_late_report_leaves_a_finished_plan_alone(engine: Engine, cast: Cast, state: str) -> None:
    plan = _plan(engine, cast, state)
    before = snapshot(engine)["plan"]
    Diary(engine, plan.id, 10.0).tell(Progress("lns", 4, 750, 2.0, 1000))
    assert snapshot(engine)["plan"] == before


def test_reports_are_written_down_once_a_second_at_most(engine: Engine, cast: Cast) -> None:
    plan = _plan(engine, cast, "running")
    diary = Diary(engine, plan.id, 10.0)
    diary.tell(Progress("greedy", 1, 100, 0.1))
    diary.written += 3600
    diary.tell(Progress("lns", 2, 200, 0.2))
    with db.transaction(engine) as session:
        kept = session.get_one(Plan, plan.id).progress
    assert kept is not None
    assert (kept["phase"], kept["objective"]) == ("greedy", 100)


def test_a_database_that_is_away_does_not_end_a_run(engine: Engine, cast: Cast) -> None:
    plan = _plan(engine, cast, "running")
    away = db.make_engine("sqlite:////nowhere/at/all.db")
    diary = Diary(away, plan.id, 10.0)
    diary.tell(Progress("greedy", 1, 100, 0.1))
    assert not diary.is_cancelled()
    assert Diary(engine, plan.id, 10.0).is_cancelled() is False


def test_every_failure_has_a_sentence_in_both_languages() -> None:
    for failure in Failure:
        german, english = (failures.sentence(failure, locale) for locale in ("de", "en"))
        assert len({german, english, failure.value}) == 3
        assert german.endswith(".")
        assert english.endswith(".")
    assert failures.sentence("seat s1 is there twice") == "seat s1 is there twice"
    assert failures.sentence("") == ""


@pytest.mark.parametrize("seconds", [0.1, 10.0, 120.0, 300.0])
def test_a_run_ends_before_its_job_is_thought_to_be_lost(seconds: float) -> None:
    waiting = solver.patience(seconds)
    assert waiting >= 60
    longest = waiting + seconds + solver.GRACE_SECONDS + solver.COMPILING_SECONDS
    assert longest < jobs.STALLED_AFTER.total_seconds()


def test_a_run_that_is_too_long_for_waiting_begins_at_once() -> None:
    assert solver.patience(3600.0) == 0
