"""Volunteers report what really happened."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine, event
from sqlmodel import select
from time_machine import Traveller

from app import db
from app.hours.rules import OtherDay, Span, check_span
from app.tables import Assignment, Message, Request, Seat
from tests.app.hours.bookings import at, book
from tests.cast import Cast

FRIDAY = date(2026, 12, 18)
"""Seventeen days before the tests' present."""
SUNDAY = date(2027, 1, 3)


def body(assignment: Assignment, **changes: Any) -> dict[str, Any]:
    """A report of exactly the booked time."""
    return {
        "assignment_id": str(assignment.id),
        "started_at": assignment.starts_at.isoformat(),
        "ended_at": assignment.ends_at.isoformat(),
        **changes,
    }


async def report(client: AsyncClient, cast: Cast, who: str, sent: dict[str, Any]) -> Any:
    """What the service answers."""
    return await client.post("/service-records", json=sent, headers=cast.key(who))


async def test_volunteer_reports_her_hours_and_the_request_is_done(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    assignment = book(engine, cast, at(SUNDAY, "10:00"))
    answer = await report(client, cast, "dilan", body(assignment, break_minutes=15))
    assert answer.status_code == 201
    made = answer.json()
    assert (made["minutes"], made["reported_minutes"], made["state"]) == (45, 45, "reported")
    assert made["institution"] == "Löwenzahnschule"
    with db.transaction(engine) as session:
        assert session.get_one(Assignment, assignment.id).state == "performed"
        seat = session.get_one(Seat, assignment.seat_id)
        assert seat.state == "done"
        assert session.get_one(Request, seat.request_id).state == "done"
    read = await client.get(answer.headers["location"][7:], headers=cast.key("dilan"))
    assert read.headers["etag"] == answer.headers["etag"]


async def test_link_goes_to_the_institution_and_never_to_the_volunteer(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    assignment = book(engine, cast, at(SUNDAY, "10:00"))
    answer = await report(client, cast, "dilan", body(assignment))
    assert answer.json()["confirm_url"] is None
    with db.transaction(engine) as session:
        message = session.exec(select(Message)).one()
    assert message.recipient == "schule@example.org"
    assert "http://test/c/" in message.body
    assert "60 Minuten: von 10:00 bis 11:00 Uhr" in message.body
    assert "Dilan" in message.body
    assert "Beispiel" not in message.body


async def test_coordinator_reports_for_a_volunteer_and_gets_the_link(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    assignment = book(engine, cast, at(SUNDAY, "10:00"))
    answer = await report(client, cast, "amal", body(assignment))
    assert answer.json()["confirm_url"].startswith("http://test/c/")
    assert answer.json()["volunteer"] == "Dilan Dilan-Beispiel"


async def test_client_who_stayed_away_is_noted_on_the_assignment(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    assignment = book(engine, cast, at(SUNDAY, "10:00"))
    sent = body(assignment, outcome="client_no_show")
    assert (await report(client, cast, "dilan", sent)).status_code == 201
    with db.transaction(engine) as session:
        assert session.get_one(Assignment, assignment.id).state == "client_no_show"
        assert "nicht gekommen" in session.exec(select(Message)).one().body


async def test_what_was_called_off_is_not_reported_as_work(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    assignment = book(engine, cast, at(SUNDAY, "10:00"))
    answer = await report(client, cast, "dilan", body(assignment, outcome="cancelled_late"))
    assert answer.status_code == 422
    with db.transaction(engine) as session:
        assert session.get_one(Assignment, assignment.id).state == "booked"


async def test_second_report_of_an_assignment_is_refused(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    assignment = book(engine, cast, at(SUNDAY, "10:00"))
    assert (await report(client, cast, "dilan", body(assignment))).status_code == 201
    answer = await report(client, cast, "amal", body(assignment))
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/already-reported"


async def test_same_key_twice_reports_once(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    assignment = book(engine, cast, at(SUNDAY, "10:00"))
    headers = {**cast.key("dilan"), "Idempotency-Key": "einmal"}
    sent = body(assignment)
    first = await client.post("/service-records", json=sent, headers=headers)
    again = await client.post("/service-records", json=sent, headers=headers)
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"


async def test_cancelled_assignment_cannot_be_reported(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    assignment = book(engine, cast, at(SUNDAY, "10:00"))
    with db.transaction(engine) as session:
        row = session.get_one(Assignment, assignment.id)
        row.state = "cancelled_late"
        session.add(row)
    answer = await report(client, cast, "dilan", body(assignment))
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/assignment-not-booked"
    listed = await client.get("/service-records", headers=cast.key("dilan"))
    assert listed.json()["items"] == []


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"ended_at": "2027-01-03T10:00:00+01:00"}, 422, "nach dem Beginn"),
        ({"ended_at": "2027-01-03T20:01:00+01:00"}, 422, "Eintrag hat höchstens 10 Stunden"),
        ({"started_at": "2027-01-04T09:30:00+01:00", "ended_at": "2027-01-04T10:01:00+01:00"},
         422, "Zukunft"),
        ({"started_at": "2027-01-02T10:00:00+01:00", "ended_at": "2027-01-02T11:00:00+01:00"},
         422, "03.01.2027"),
        ({"started_at": "2027-01-03T00:00:00+01:00", "ended_at": "2027-01-03T09:00:00+01:00"},
         422, "von 10:00 bis 11:00"),
        ({"started_at": "2027-01-03T11:00:00+01:00", "ended_at": "2027-01-03T12:00:00+01:00"},
         422, "von 10:00 bis 11:00"),
        ({"break_minutes": 60}, 422, "keine Minute"),
        ({"started_at": "2027-01-03T10:00:00"}, 422, ""),
        ({"started_at": "0001-01-01T00:00:00+14:00"}, 422, ""),
        ({"outcome": "volunteer_no_show"}, 422, ""),
        ({"break_minutes": -1}, 422, ""),
    ],
)  # fmt: skip
async def test_times_that_cannot_be_true_are_refused_with_a_sentence(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    changes: dict[str, Any],
    status: int,
    sentence: str,
) -> None:
    assignment = book(engine, cast, at(SUNDAY, "10:00"))
    answer = await report(client, cast, "dilan", body(assignment, **changes))
    assert answer.status_code == status
    assert sentence in answer.json()["detail"]


async def test_report_after_fourteen_days_is_too_late(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    assignment = book(engine, cast, at(FRIDAY, "10:00"))
    answer = await report(client, cast, "dilan", body(assignment))
    assert answer.status_code == 409
    assert "14 Tage" in answer.json()["detail"]


async def test_last_moment_of_the_fourteen_days_is_in_time(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    assignment = book(engine, cast, at(FRIDAY, "10:00"))
    clock.move_to(assignment.ends_at + timedelta(days=14))
    assert (await report(client, cast, "dilan", body(assignment))).status_code == 201


async def test_overlapping_records_of_one_volunteer_are_refused(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    first = book(engine, cast, at(SUNDAY, "10:00"))
    second = book(engine, cast, at(SUNDAY, "12:00"))
    late = body(first, ended_at=at(SUNDAY, "12:05").isoformat())
    assert (await report(client, cast, "dilan", late)).status_code == 201
    answer = await report(client, cast, "dilan", body(second))
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/records-overlap"


@pytest.mark.parametrize(
    ("day", "start", "end", "minutes"),
    [
        (date(2027, 3, 28), ("01:30", 0), ("03:30", 0), 60),
        (date(2027, 10, 31), ("01:30", 0), ("03:30", 0), 180),
        (date(2027, 10, 31), ("02:15", 0), ("02:15", 1), 60),
        (date(2027, 10, 31), ("02:30", 0), ("02:10", 1), 40),
    ],
)
async def test_clock_changes_count_the_minutes_that_really_passed(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    clock: time_machine.Traveller,
    day: date,
    start: tuple[str, int],
    end: tuple[str, int],
    minutes: int,
) -> None:
    clock.move_to(datetime(day.year, day.month, day.day, 20, tzinfo=UTC))
    starts, ends = at(day, start[0], fold=start[1]), at(day, end[0], fold=end[1])
    assignment = book(engine, cast, starts)
    answer = await report(client, cast, "dilan", body(assignment, ended_at=ends.isoformat()))
    assert answer.status_code == 201
    assert answer.json()["minutes"] == minutes


async def test_volunteer_corrects_her_times_with_the_current_tag(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    assignment = book(engine, cast, at(SUNDAY, "10:00"))
    made = await report(client, cast, "dilan", body(assignment))
    path, change = f"/service-records/{made.json()['id']}", {"break_minutes": 10}
    key = cast.key("dilan")
    assert (await client.patch(path, json=change, headers=key)).status_code == 428
    stale = {**key, "If-Match": '"alt"'}
    assert (await client.patch(path, json=change, headers=stale)).status_code == 412
    current = {**key, "If-Match": made.headers["etag"]}
    answer = await client.patch(path, json=change, headers=current)
    assert answer.status_code == 200
    assert (answer.json()["minutes"], answer.json()["reported_minutes"]) == (50, 50)
    assert (await client.patch(path, json=change, headers=current)).status_code == 412


async def test_confirmed_times_are_not_corrected(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    assignment = book(engine, cast, at(SUNDAY, "10:00"))
    made = await report(client, cast, "dilan", body(assignment))
    path = f"/service-records/{made.json()['id']}"
    await client.post(f"{path}/confirm", json={"minutes": 60}, headers=cast.key("selin"))
    headers = {**cast.key("dilan"), "If-Match": "*"}
    answer = await client.patch(path, json={"break_minutes": 5}, headers=headers)
    assert answer.status_code == 409
    assert "bestätigt" in answer.json()["detail"]


async def test_strangers_see_and_report_nothing(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    assignment = book(engine, cast, at(SUNDAY, "10:00"))
    other = book(engine, cast, at(SUNDAY, "14:00"))
    made = await report(client, cast, "dilan", body(assignment))
    path = f"/service-records/{made.json()['id']}"
    for who in ("kofi", "mirela", "nuru"):
        key = {**cast.key(who), "If-Match": "*"}
        assert (await report(client, cast, who, body(other))).status_code == 404
        assert (await client.get(path, headers=key)).status_code == 404
        assert (await client.patch(path, json={}, headers=key)).status_code == 404
        assert (await client.get("/service-records", headers=key)).json()["items"] == []
    said = {"minutes": 60, "reason": "stimmt so"}
    for verb in ("confirm", "dispute", "resolve"):
        answer = await client.post(f"{path}/{verb}", json=said, headers=cast.key("kofi"))
        assert answer.status_code == 404


async def test_list_takes_the_same_number_of_statements_for_many_rows(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    counted: list[int] = []
    for hour in (8, 10, 12):
        assignment = book(engine, cast, at(SUNDAY, f"{hour}:00"))
        await report(client, cast, "dilan", body(assignment))
        statements: list[str] = []

        def note(*arguments: Any, seen: list[str] = statements) -> None:
            seen.append(arguments[2])

        event.listen(engine, "before_cursor_execute", note)
        listed = await client.get("/service-records", headers=cast.key("amal"))
        event.remove(engine, "before_cursor_execute", note)
        assert listed.status_code == 200
        counted.append(len([s for s in statements if s.startswith("SELECT")]))
    assert len(set(counted)) == 1


NIGHT = datetime(2026, 11, 30, 23, tzinfo=UTC)
"""Midnight in Berlin: the appointment begins on 1 December."""


@pytest.mark.parametrize(
    ("starts_at", "early", "late"), [(NIGHT, -10, 60), (NIGHT - timedelta(hours=1), 65, 120)]
)
def test_who_is_there_before_midnight_or_comes_after_it_reports_what_was(
    clock: Traveller, starts_at: datetime, early: int, late: int
) -> None:
    clock.move_to(NIGHT + timedelta(days=2))
    night = Assignment(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    minutes = timedelta(minutes=1)
    check_span(Span(starts_at + early * minutes, starts_at + late * minutes), night)
    with pytest.raises(OtherDay):
        check_span(Span(starts_at - 1500 * minutes, starts_at - 1440 * minutes), night)
