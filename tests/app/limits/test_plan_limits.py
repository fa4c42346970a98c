"""One plan of a sponsor at a time, and none that is too large."""

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from app import db, jobs
from app.limits import PLAN_DAYS
from app.planning import admitting
from app.planning.admitting import PlanUnderway
from app.seam import build
from app.tables import Enrolment, EnrolmentState, Plan
from tests.app.examples import HOUR, MORNING, asking
from tests.cast import Cast

WEEK = {"first_day": "2027-01-11", "last_day": "2027-01-16"}


async def test_a_second_plan_waits_for_the_first(client: AsyncClient, cast: Cast) -> None:
    first = await client.post("/plans", json=WEEK, headers=cast.key("amal"))
    assert first.status_code == 202
    second = await client.post("/plans", json=WEEK, headers=cast.key("amal"))
    assert (second.status_code, second.json()["type"]) == (409, "/problems/plan-underway")
    assert "Bitte warten Sie auf ihn" in second.json()["detail"]
    other = await client.post("/plans", json=WEEK, headers=cast.key("kofi"))
    assert other.status_code == 202, "another pool plans when it likes"


async def test_after_the_first_is_called_off_or_made_the_next_may_come(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    first = await client.post("/plans", json=WEEK, headers=cast.key("amal"))
    path = f"/plans/{first.json()['id']}/cancel"
    assert (await client.post(path, headers=cast.key("amal"))).status_code == 200
    assert (await client.post("/plans", json=WEEK, headers=cast.key("amal"))).status_code == 202
    jobs.work_all(engine)
    assert (await client.post("/plans", json=WEEK, headers=cast.key("amal"))).status_code == 202


def at_once(engine: Engine, sponsor_id: UUID, times: int = 6) -> int:
    """How many plans there are after so many asked at one moment."""
    barrier = Barrier(times)

    def ask() -> None:
        def work(session: Session) -> None:
            with suppress(PlanUnderway):
                admitting.admit(session, sponsor_id, MORNING.date(), MORNING.date())
                session.add(
                    Plan(sponsor_id=sponsor_id, first_day=MORNING.date(), last_day=MORNING.date())
                )

        barrier.wait(timeout=30)
        db.in_transaction(engine, work)

    async def press() -> None:
        await asyncio.gather(*(asyncio.to_thread(ask) for _ in range(times)))

    asyncio.run(press())
    with db.transaction(engine) as session:
        mine = select(func.count()).select_from(Plan).where(col(Plan.sponsor_id) == sponsor_id)
        return session.exec(mine).one()


def test_of_six_at_one_moment_one_comes_in(engine: Engine, cast: Cast) -> None:
    assert at_once(engine, cast.wetterau) == 1


def test_control_without_the_look_all_six_come_in(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admitting, "UNFINISHED", ())
    assert at_once(engine, cast.wetterau) == 6


def test_control_without_the_lock_more_than_one_comes_in(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite lets one transaction write at a time, so there the lock changes nothing."""
    if engine.dialect.name == "sqlite":
        assert at_once(engine, cast.wetterau) == 1
        return
    monkeypatch.setattr(admitting, "lock", _wait_for_the_others(6))
    assert at_once(engine, cast.wetterau) > 1


def _wait_for_the_others(number: int) -> Callable[[Session, UUID], None]:
    """Instead of the lock: everybody has begun before anybody looks."""
    barrier = Barrier(number)

    def wait(session: Session, _sponsor_id: UUID) -> None:
        session.connection()
        with suppress(Exception):
            barrier.wait(timeout=10)

    return wait


async def test_a_plan_has_so_many_seats_and_volunteers(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.transaction(engine) as session:
        for number in range(3):
            asking(session, cast.wetterau, cast.school, MORNING + number * HOUR)
        # Nobody plans what is not clear yet.
        asking(session, cast.wetterau, cast.school, MORNING, state="needs_info")
    people = admitting.PLAN_VOLUNTEERS

    async def asked(seats: int, volunteers: int = people) -> tuple[int, str]:
        monkeypatch.setattr(admitting, "PLAN_SEATS", seats)
        monkeypatch.setattr(admitting, "PLAN_VOLUNTEERS", volunteers)
        answer = await client.post("/plans", json=WEEK, headers=cast.key("amal"))
        if answer.status_code == 202:
            path = f"/plans/{answer.json()['id']}/cancel"
            await client.post(path, headers=cast.key("amal"))
        return answer.status_code, answer.json().get("detail", "")

    assert (await asked(3))[0] == 202
    status, said = await asked(2)
    assert status == 422
    assert "3 Plätze" in said
    assert "weniger Tage" in said
    with db.transaction(engine) as session:
        session.add(
            Enrolment(
                sponsor_id=cast.wetterau,
                volunteer_id=cast.volunteers["nuru"],
                roles=[],
                state=EnrolmentState.LENT,
                listing_renewed_on=MORNING.date(),
            )
        )
        pool = len(build.pool(session, cast.wetterau))
    status, said = await asked(3, 1)
    assert status == 422
    (known,) = (int(found) for found in re.findall(r"(\d+) Freiwillige", said))
    assert known == pool > 2, "nobody who is only lent is planned"
    assert [(await asked(3, most))[0] for most in (known, known - 1)] == [202, 422]


async def test_a_plan_has_so_many_days(client: AsyncClient, cast: Cast) -> None:
    for days, status in ((PLAN_DAYS, 202), (PLAN_DAYS + 1, 422), (60_000, 422)):
        last = MORNING.date() + timedelta(days=days - 1)
        body = {"first_day": str(MORNING.date()), "last_day": str(last)}
        answer = await client.post("/plans", json=body, headers=cast.key("amal"))
        assert answer.status_code == status, answer.text
