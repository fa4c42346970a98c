"""A course that was held: the books, the certificates, and who may be sent from then on."""

import asyncio
import threading
from datetime import date, timedelta
from uuid import UUID

import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, select

from app import books, db
from app.courses import service as courses
from app.seam import papers
from app.seam.clock import Calendar
from app.tables import Course, LedgerEntry, LedgerKind, Sponsor, Training, Volunteer
from app.volunteers import dossiers
from tests.app.courses.planned import LAST_DAY, course, send, untrained, were_there
from tests.app.test_races import in_threads
from tests.cast import Cast


def booked(engine: Engine) -> list[tuple[int, int]]:
    """Quantity and units of every line about a course."""
    query = select(LedgerEntry).where(col(LedgerEntry.kind) == LedgerKind.COURSE)
    with db.transaction(engine) as session:
        found = session.exec(query.order_by(col(LedgerEntry.id))).all()
    return [(one.quantity, one.units) for one in found]


def trained(engine: Engine, cast: Cast, name: str) -> list[tuple[str, int, date]]:
    """What stands in somebody's papers."""
    query = select(Training).where(col(Training.volunteer_id) == cast.volunteers[name])
    with db.transaction(engine) as session:
        return [(one.role, one.units, one.done_on) for one in session.exec(query).all()]


def may_interpret(engine: Engine, cast: Cast, name: str, on: date) -> bool:
    """Whether her papers say so on a day."""
    with db.transaction(engine) as session:
        sponsor = session.get_one(Sponsor, cast.wetterau)
        her = session.get_one(Volunteer, cast.volunteers[name])
        (file,) = dossiers.load(session, [her], sponsor_ids=frozenset({sponsor.id}))
        return "training_interpreter" in papers.papers(file, sponsor, Calendar.from_day(on), on)


async def held(client: AsyncClient, cast: Cast) -> str:
    """The address of a course that Oksana did in full and Mirela did not."""
    path = await course(client, cast, "oksana", "mirela")
    await were_there(client, cast, path, oksana=24, mirela=20)
    answer = await send(client, cast, f"{path}/held")
    assert answer.status_code == 200, answer.text
    return path


async def test_who_took_part_in_full_is_certified_booked_and_may_be_sent(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    untrained(engine, cast, "oksana")
    untrained(engine, cast, "mirela")
    path = await held(client, cast)
    read = (await client.get(path, headers=cast.key("amal"))).json()
    certified = {one["volunteer"].split()[0]: one["certified_on"] for one in read["participants"]}
    assert (read["state"], read["grant_cents"]) == ("held", 30_000)
    assert certified == {"Oksana": "2027-01-04", "Mirela": None}
    assert booked(engine) == [(1, 24)]
    assert trained(engine, cast, "oksana") == [("interpreter", 24, LAST_DAY)]
    assert trained(engine, cast, "mirela") == []
    assert may_interpret(engine, cast, "oksana", LAST_DAY)
    assert not may_interpret(engine, cast, "oksana", LAST_DAY - timedelta(days=1))
    hers = await client.get(f"/volunteers/{cast.volunteers['oksana']}", headers=cast.key("amal"))
    assert [one["units"] for one in hers.json()["trainings"]] == [24]


async def test_a_seminar_is_booked_and_makes_nobody_a_basic_course(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    untrained(engine, cast, "oksana")
    path = await course(client, cast, "oksana", kind="reflection", units=24)
    await were_there(client, cast, path, oksana=24)
    assert (await send(client, cast, f"{path}/held")).json()["in_full_count"] == 1
    assert booked(engine) == [(1, 24)]
    assert trained(engine, cast, "oksana") == []


async def test_a_course_is_not_settled_before_it_is_over(
    client: AsyncClient, cast: Cast, clock: time_machine.Traveller
) -> None:
    path = await course(client, cast, starts_on="2027-01-05", ends_on="2027-01-05")
    early = await send(client, cast, f"{path}/held")
    assert (early.status_code, "05.01.2027" in early.json()["detail"]) == (409, True)
    clock.shift(timedelta(days=1))
    assert (await send(client, cast, f"{path}/held")).status_code == 200


async def test_a_course_is_not_settled_while_attendance_is_missing(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    path = await course(client, cast, "oksana", "mirela")
    await were_there(client, cast, path, oksana=24)
    answer = await send(client, cast, f"{path}/held")
    assert answer.json()["type"] == "/problems/attendance-missing"
    assert answer.json()["detail"].startswith("Bei 1 Teilnehmenden")
    assert booked(engine) == []


async def test_what_was_noted_wrongly_is_opened_corrected_and_held_again(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    untrained(engine, cast, "oksana")
    untrained(engine, cast, "mirela")
    path = await held(client, cast)
    assert (await were_there(client, cast, path, mirela=24)).status_code == 409
    opened = await send(client, cast, f"{path}/reopen", reason="Liste verwechselt")
    assert (opened.json()["state"], opened.json()["reason"]) == ("planned", "Liste verwechselt")
    assert {one["certified_on"] for one in opened.json()["participants"]} == {None}
    assert trained(engine, cast, "oksana") == []
    await were_there(client, cast, path, oksana=0, mirela=24)
    await send(client, cast, f"{path}/held")
    assert booked(engine) == [(1, 24), (-1, -24), (1, 24)]
    assert trained(engine, cast, "mirela") == [("interpreter", 24, LAST_DAY)]
    with db.transaction(engine) as session:
        lines = col(LedgerEntry.kind) == LedgerKind.COURSE
        sums = books.sums(session, lines, by=["volunteer_id"])
        found = {one.volunteer_id: one.quantity for one in sums}
        assert found == {cast.volunteers["oksana"]: 0, cast.volunteers["mirela"]: 1}


async def test_a_course_is_held_once_however_often_that_is_said(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    untrained(engine, cast, "oksana")
    path = await course(client, cast, "oksana")
    await were_there(client, cast, path, oksana=24)
    answers = await asyncio.gather(*(send(client, cast, f"{path}/held") for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    assert booked(engine) == [(1, 24)]
    assert len(trained(engine, cast, "oksana")) == 1


async def test_control_who_looks_first_and_books_later_books_twice(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    path = await course(client, cast, "oksana")
    await were_there(client, cast, path, oksana=24)
    course_id = UUID(path.rpartition("/")[2])
    both_looked = threading.Barrier(2)

    def careless(_number: int) -> None:
        with db.open_session(engine, read_only=True) as session:
            db.set_scope(session, db.SYSTEM)
            state = session.get_one(Course, course_id).state
        both_looked.wait(timeout=20)
        with db.transaction(engine) as session:
            if state == "planned":
                over = session.get_one(Course, course_id)
                books.attended(session, over, courses.participants(session, over))

    in_threads(careless, range(2))
    assert booked(engine) == [(1, 24), (1, 24)]


async def test_what_was_held_tells_every_pool_that_her_papers_changed(
    client: AsyncClient, cast: Cast
) -> None:
    await held(client, cast)
    mine = (await client.get("/me/audit", headers=cast.key("oksana"))).json()["items"]
    assert [one["action"] for one in mine] == ["volunteer.update"]
