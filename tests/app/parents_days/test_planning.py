"""A parents' day is planned: its shifts go to speakers, nobody gets more than is good for her."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import Session, select

from app import db, jobs
from app.seam import build, days
from app.seam.asked import load_asked
from app.seam.people import Horizon
from app.tables import Request, Sponsor, Volunteer
from matching import Problem, solve
from tests.app.parents_days.asking import book, made, offer
from tests.cast import Cast

ONE_AFTER_THE_OTHER = [{"language": "kmr", "slots": 16, "at_once": 1}]
"""14 to 16 and 16 to 18 o'clock: Dilan, who lives in town, could do both but for the rules."""
WEEK = {"first_day": "2027-01-11", "last_day": "2027-01-16"}
TWO = datetime(2027, 1, 13, 13, tzinfo=UTC)


def opt_in(engine: Engine, cast: Cast, who: str) -> None:
    """She does not mind long days."""
    with db.transaction(engine) as session:
        person = session.get_one(Volunteer, cast.volunteers[who])
        person.long_days = True
        session.add(person)


def problem_of(session: Session, cast: Cast) -> Problem:
    """The week as the engine sees it."""
    db.set_scope(session, db.SYSTEM)
    asked = load_asked(session, session.exec(select(Request)).all())
    sponsor = session.get_one(Sponsor, cast.wetterau)
    horizon = Horizon.of(date(2027, 1, 11), date(2027, 1, 16))
    found = build.problem(session, sponsor, asked, build.pool(session, sponsor.id), horizon)
    return replace(found, parents_days=days.parents_days(asked))


def solved(problem: Problem, cast: Cast) -> list[str]:
    """Who gets the shifts, in the order of their names."""
    names = {str(who): name for name, who in cast.volunteers.items()}
    plan = solve(problem, seconds=5, seed=1, method="exact")
    return sorted(names[made.volunteer] for made in plan.assignments)


async def test_the_shifts_of_a_day_belong_together_and_nobody_gets_too_many(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await made(client, cast, needs=ONE_AFTER_THE_OTHER)
    await made(client, cast, day="2027-01-14", needs=[{"language": "ro", "slots": 4}])
    with db.open_session(engine, read_only=True) as session:
        problem = problem_of(session, cast)
    assert sorted(len(day.seats) for day in problem.parents_days) == [1, 2]
    assert {(d.work_minutes, d.rest_minutes, d.most_minutes) for d in problem.parents_days} == {
        (120, 15, 180)
    }
    assert solved(problem, cast) == ["dilan", "mirela", "mirela"]


async def test_control_without_the_day_one_person_gets_both(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await made(client, cast, needs=ONE_AFTER_THE_OTHER)
    with db.open_session(engine, read_only=True) as session:
        problem = replace(problem_of(session, cast), parents_days=())
    assert solved(problem, cast) == ["dilan", "dilan"]


async def proposals(client: AsyncClient, cast: Cast, engine: Engine) -> list[dict[str, Any]]:
    """A plan of the week, asked for over HTTP."""
    asked = await client.post("/plans", json=WEEK, headers=cast.key("amal"))
    assert asked.status_code == 202, asked.text
    jobs.work_all(engine)
    path = f"/plans/{asked.json()['id']}"
    plan = (await client.get(path, headers=cast.key("amal"))).json()
    assert (plan["state"], plan["seats"]) == ("ready", 2), plan
    answer = await client.get(f"{path}/proposals", headers=cast.key("amal"))
    found: list[dict[str, Any]] = answer.json()
    return found


async def test_a_plan_over_http_shares_the_day_between_two(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    day = await made(client, cast, needs=ONE_AFTER_THE_OTHER)
    found = await proposals(client, cast, engine)
    assert {row["seat_id"] for row in found} == {shift["seat_id"] for shift in day["shifts"]}
    people = {row["volunteer_id"] for row in found}
    assert people == {str(cast.volunteers[name]) for name in ("dilan", "mirela")}


async def test_a_plan_over_http_gives_a_long_day_to_who_wants_it(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    opt_in(engine, cast, "dilan")
    await made(client, cast, needs=ONE_AFTER_THE_OTHER)
    found = await proposals(client, cast, engine)
    assert {row["volunteer_id"] for row in found} == {str(cast.volunteers["dilan"])}


def pairs(engine: Engine, cast: Cast, *, with_offers: bool = True) -> set[str]:
    """Who may take no further shift of the day."""
    names = {str(who): name for name, who in cast.volunteers.items()}
    with db.open_session(engine, read_only=True) as session:
        db.set_scope(session, db.SYSTEM)
        asked = load_asked(session, session.exec(select(Request)).all())
        pool = build.pool(session, cast.wetterau)
        found = days.too_long(session, asked, pool, with_offers=with_offers)
    return {names[who] for who, _ in found}


async def test_who_has_a_shift_may_not_take_another_that_is_too_much(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    day = await made(client, cast, needs=ONE_AFTER_THE_OTHER)
    assert pairs(engine, cast) == set()
    await offer(client, cast, day["shifts"][0]["seat_id"], "dilan")
    assert "dilan" in pairs(engine, cast)
    assert pairs(engine, cast, with_offers=False) == set(), "a question takes no time"
    await book(client, cast, day["shifts"][1]["seat_id"], "mirela")
    assert "mirela" in pairs(engine, cast, with_offers=False)
    opt_in(engine, cast, "mirela")
    assert pairs(engine, cast, with_offers=False) == set()


async def test_another_day_or_a_short_shift_is_no_obstacle(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    first = await made(client, cast, needs=[{"language": "kmr", "slots": 8}])
    await book(client, cast, first["shifts"][0]["seat_id"], "dilan")
    await made(client, cast, start="18:00", end="20:00", needs=[{"language": "kmr", "slots": 8}])
    assert pairs(engine, cast) == set()


def hours(*spans: tuple[int, int]) -> list[tuple[datetime, datetime]]:
    """Spans in minutes after two o'clock."""
    return [(TWO + timedelta(minutes=a), TWO + timedelta(minutes=b)) for a, b in spans]


@pytest.mark.parametrize(("spans", "too_long"), [
    (hours((0, 180)), False),
    (hours((0, 60), (60, 120)), False),
    (hours((60, 120), (0, 60)), False),
    (hours((0, 60), (60, 125)), True),
    (hours((0, 60), (74, 139)), True),
    (hours((0, 60), (75, 140)), False),
    (hours((0, 90), (105, 195)), False),
    (hours((0, 90), (105, 196)), True),
    (hours((0, 40), (40, 80), (80, 121)), True),
])  # fmt: skip
def test_work_without_a_break_and_a_long_day_are_too_much(
    spans: list[tuple[datetime, datetime]], too_long: bool
) -> None:
    assert days.is_too_long(spans) is too_long


async def test_the_question_for_a_shift_does_not_speak_against_itself(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    day = await made(client, cast, needs=[{"language": "kmr", "slots": 11}])
    await offer(client, cast, day["shifts"][0]["seat_id"], "dilan")
    assert pairs(engine, cast) == set()


async def test_nobody_is_asked_or_booked_for_more_than_is_good_for_her(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    day = await made(client, cast, needs=ONE_AFTER_THE_OTHER)
    first, second = (shift["seat_id"] for shift in day["shifts"])
    await book(client, cast, first, "dilan")
    refused = await offer(client, cast, second, "dilan")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/may-not-go")
    assert "parents_day" in refused.json()["reasons"]
    opt_in(engine, cast, "dilan")
    await book(client, cast, second, "dilan")
