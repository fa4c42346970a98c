"""What a booking says to whom, and which are listed."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from app import db
from app.tables import Institution, Volunteer
from tests.app.bookings.acting import booked, request_of
from tests.app.examples import HOUR, MORNING, asking, offer
from tests.app.hours.bookings import at, confirmed
from tests.cast import Cast

DAY = timedelta(days=1)


@pytest.fixture
def booking(engine: Engine, cast: Cast) -> UUID:
    """Mirela comes from Büdingen to Friedberg on Tuesday."""
    return booked(engine, cast, MORNING, "mirela")


async def test_a_booking_says_what_it_is_about(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    for who in ("mirela", "amal", "selin"):
        answer = await client.get(f"/assignments/{booking}", headers=cast.key(who))
        read = answer.json()
        assert (read["language"], read["topic"]) == ("kmr", "Elterngespräch"), who
        assert (read["institution"], read["town"]) == ("Löwenzahnschule", "Friedberg"), who
        assert read["request_id"] == str(request_of(engine, booking).id), who
        assert read["record_id"] is None


async def test_her_way_is_told_to_her_and_the_office(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    asked = booked(engine, cast, MORNING + DAY, "mirela", mode="phone")
    for who in ("mirela", "amal", "selin"):
        listed = await client.get("/assignments", headers=cast.key(who))
        ways = {one["id"]: one["travel_minutes"] for one in listed.json()["items"]}
        assert ways[str(asked)] is None, "nobody goes anywhere"
        if who == "selin":
            assert ways[str(booking)] is None
        else:
            assert ways[str(booking)] >= 20, who
            assert ways[str(booking)] % 5 == 0, who


async def test_an_institution_knows_who_comes_by_the_given_name(
    client: AsyncClient, cast: Cast, booking: UUID
) -> None:
    whole = "Mirela Mirela-Beispiel"
    for who, name in (("mirela", whole), ("amal", whole), ("selin", "Mirela")):
        listed = await client.get("/assignments", headers=cast.key(who))
        assert [one["volunteer"] for one in listed.json()["items"]] == [name], who
        answer = await client.get(f"/assignments/{booking}", headers=cast.key(who))
        assert answer.json()["volunteer"] == name, who


async def test_who_has_one_name_only_is_called_by_it(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    with db.transaction(engine) as session:
        session.get_one(Volunteer, cast.volunteers["mirela"]).given_name = ""
    for who in ("mirela", "amal", "selin"):
        answer = await client.get(f"/assignments/{booking}", headers=cast.key(who))
        assert answer.json()["volunteer"] == "Mirela-Beispiel", who


async def test_a_yes_is_answered_with_the_way_of_the_question(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        made = asking(session, cast.wetterau, cast.school, MORNING)
        question = offer(made, cast.volunteers["mirela"])
        session.add(question)
        session.flush()
        path = f"/offers/{question.id}"
    read = (await client.get(path, headers=cast.key("mirela"))).json()
    said = await client.post(f"{path}/accept", headers=cast.key("mirela"))
    assert said.status_code == 200, said.text
    same = ("language", "topic", "town", "travel_minutes")
    assert {name: said.json()[name] for name in same} == {name: read[name] for name in same}
    assert said.json()["travel_minutes"] is not None


async def test_where_somebody_hides_the_town_is_all_that_is_left_after_a_week(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, clock: Any
) -> None:
    with db.transaction(engine) as session:
        session.get_one(Institution, cast.school).kind = "womens_counselling"
    clock.move_to(MORNING + 9 * DAY)
    read = (await client.get(f"/assignments/{booking}", headers=cast.key("mirela"))).json()
    assert (read["institution"], read["town"]) == ("Beratungsstelle", "Friedberg")


async def test_reported_hours_are_found_at_the_booking(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    record = confirmed(engine, cast, at(MORNING.date() - 10 * DAY, "10:00"))
    path = f"/assignments/{record.assignment_id}"
    for who in ("dilan", "amal", "selin"):
        read = (await client.get(path, headers=cast.key(who))).json()
        assert read["record_id"] == str(record.id), who


async def test_a_list_ends_before_a_moment(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    made = [str(booked(engine, cast, MORNING + number * DAY)) for number in range(3)]

    async def found(**query: datetime) -> list[str]:
        params = {name: moment.isoformat() for name, moment in query.items()}
        answer = await client.get("/assignments", params=params, headers=cast.key("dilan"))
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()["items"]]

    assert await found(to=MORNING + DAY) == made[:1]
    assert await found(to=MORNING + DAY + HOUR) == made[:2]
    assert await found(**{"from": MORNING + DAY, "to": MORNING + 2 * DAY}) == made[1:2]
    assert await found(**{"from": MORNING + DAY}) == made[1:]


@pytest.mark.parametrize("days", [-1, 500])
async def test_a_time_that_is_none_or_too_long_is_refused(
    client: AsyncClient, cast: Cast, days: int
) -> None:
    params = {"from": MORNING.isoformat(), "to": (MORNING + days * DAY).isoformat()}
    answer = await client.get("/assignments", params=params, headers=cast.key("dilan"))
    assert answer.status_code == 422
