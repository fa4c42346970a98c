"""The day before: asked from nine on, looked at by six in the evening."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from app import db, jobs
from app.bookings import confirming
from app.tables import Task, Volunteer
from tests.app.bookings.acting import booked, cancel, open_tasks, post, row, said
from tests.app.examples import HOUR, MORNING
from tests.cast import Cast

NINE = datetime(2027, 1, 11, 8, 0, tzinfo=UTC)
"""Nine in the morning of the day before, in Hessen."""
SIX = NINE + 9 * HOUR
MINUTE = timedelta(minutes=1)


@pytest.fixture
def booking(engine: Engine, cast: Cast) -> UUID:
    """Dilan is booked for Tuesday at ten."""
    return booked(engine, cast, MORNING)


def asked(engine: Engine, cast: Cast, who: str = "dilan") -> int:
    """How often somebody was asked whether it stands."""
    return len(said(engine, "reminder", cast.volunteers[who]))


def test_from_nine_on_she_is_asked_once(
    cast: Cast, engine: Engine, booking: UUID, clock: Any
) -> None:
    clock.move_to(NINE - MINUTE)
    confirming.look_ahead(engine)
    assert asked(engine, cast) == 0
    clock.move_to(NINE)
    for _ in range(3):
        confirming.look_ahead(engine)
        clock.shift(900)
    assert asked(engine, cast) == 1
    told = said(engine, "reminder")[0]
    assert "/b/lw_" in told.body
    assert "Schulstr. 1" in told.body
    assert "METHOD:PUBLISH" in told.calendar
    assert row(engine, booking).reminded_at == NINE


def test_only_tomorrows_appointments_and_missed_ones_of_today(
    cast: Cast, engine: Engine, clock: Any
) -> None:
    for days in (0, 1, 2):
        booked(engine, cast, MORNING + timedelta(days=days))
    clock.move_to(MORNING - 2 * HOUR)
    confirming.look_ahead(engine)
    assert {one.starts_at for one in said(engine, "reminder")} == {MORNING}
    clock.move_to(MORNING)
    confirming.look_ahead(engine)
    starts = {one.starts_at for one in said(engine, "reminder")}
    assert starts == {MORNING, MORNING + timedelta(days=1)}


def test_who_was_booked_less_than_a_day_ahead_needs_no_question(
    cast: Cast, engine: Engine, clock: Any
) -> None:
    booked(engine, cast, MORNING, created_at=MORNING - timedelta(hours=24))
    booked(engine, cast, MORNING, "mirela", created_at=MORNING - timedelta(hours=24, minutes=1))
    clock.move_to(NINE + 6 * HOUR)
    confirming.look_ahead(engine)
    assert (asked(engine, cast), asked(engine, cast, "mirela")) == (0, 1)
    clock.move_to(MORNING - HOUR)
    confirming.look_ahead(engine)
    assert len(open_tasks(engine, "unconfirmed")) == 1


def test_her_quiet_hours_are_kept(cast: Cast, engine: Engine, booking: UUID, clock: Any) -> None:
    with db.transaction(engine) as session:
        her = session.get_one(Volunteer, cast.volunteers["dilan"])
        her.quiet_from_minute, her.quiet_to_minute = 8 * 60, 11 * 60
        session.add(her)
    clock.move_to(NINE)
    confirming.look_ahead(engine)
    assert said(engine, "reminder")[0].due_at == NINE + 2 * HOUR


async def test_a_yes_is_said_once_and_no_question_is_left(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, clock: Any
) -> None:
    clock.move_to(NINE)
    confirming.look_ahead(engine)
    path = f"/assignments/{booking}/reconfirm"
    first = await post(client, cast, "dilan", path)
    assert first.json()["reconfirmed_at"] is not None
    clock.shift(60)
    assert (await post(client, cast, "amal", path)).json() == first.json()
    clock.move_to(SIX + HOUR)
    confirming.look_ahead(engine)
    assert open_tasks(engine, "unconfirmed") == []


async def test_silence_becomes_a_task_at_six_once(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, clock: Any
) -> None:
    clock.move_to(NINE)
    confirming.look_ahead(engine)
    clock.move_to(SIX - MINUTE)
    confirming.look_ahead(engine)
    assert open_tasks(engine, "unconfirmed") == []
    clock.move_to(SIX)
    for _ in range(2):
        confirming.look_ahead(engine)
    task = open_tasks(engine, "unconfirmed")[0]
    assert len(open_tasks(engine, "unconfirmed")) == 1
    listed = (await client.get("/tasks", headers=cast.key("amal"))).json()["items"]
    assert "Dilan Dilan-Beispiel" in listed[0]["question"]
    english = cast.key("amal") | {"Accept-Language": "en"}
    listed = (await client.get("/tasks", headers=english)).json()["items"]
    assert "has not said yet" in listed[0]["question"]
    done = await post(client, cast, "amal", f"/tasks/{task.id}/resolve")
    assert done.status_code == 200, done.text
    confirming.look_ahead(engine)
    assert open_tasks(engine, "unconfirmed") == []


@pytest.mark.parametrize("answer", ["reconfirm", "cancel"])
async def test_a_late_answer_closes_the_task(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, clock: Any, answer: str
) -> None:
    clock.move_to(NINE)
    confirming.look_ahead(engine)
    clock.move_to(SIX)
    confirming.look_ahead(engine)
    if answer == "cancel":
        await cancel(client, cast, booking, "dilan")
    else:
        path = f"/assignments/{booking}/reconfirm"
        assert (await post(client, cast, "dilan", path)).status_code == 200
    assert open_tasks(engine, "unconfirmed") == []


def test_who_was_asked_after_six_is_looked_for_three_hours_before(
    cast: Cast, engine: Engine, booking: UUID, clock: Any
) -> None:
    clock.move_to(SIX + MINUTE)
    confirming.look_ahead(engine)
    assert asked(engine, cast) == 1
    clock.move_to(MORNING - 3 * HOUR - MINUTE)
    confirming.look_ahead(engine)
    assert open_tasks(engine, "unconfirmed") == []
    clock.move_to(MORNING - 3 * HOUR)
    confirming.look_ahead(engine)
    assert len(open_tasks(engine, "unconfirmed")) == 1
    clock.move_to(MORNING)
    confirming.look_ahead(engine)
    assert open_tasks(engine, "unconfirmed") == [], "it has begun: nobody needs to call any more"


async def test_a_yes_said_long_before_is_asked_for_again(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, clock: Any
) -> None:
    path = f"/assignments/{booking}/reconfirm"
    assert (await post(client, cast, "dilan", path)).status_code == 200
    clock.move_to(NINE)
    confirming.look_ahead(engine)
    assert row(engine, booking).reconfirmed_at is None
    jobs.work_all(engine)
    assert [one.state for one in said(engine, "reminder")] == ["sent"]


async def test_what_is_cancelled_or_begun_cannot_be_confirmed(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, clock: Any
) -> None:
    path = f"/assignments/{booking}/reconfirm"
    assert (await post(client, cast, "mirela", path)).status_code == 404
    assert (await post(client, cast, "selin", path)).status_code == 403
    clock.move_to(MORNING)
    begun = await post(client, cast, "dilan", path)
    assert (begun.status_code, begun.json()["type"]) == (409, "/problems/appointment-begun")
    clock.move_to(NINE)
    await cancel(client, cast, booking, "dilan")
    gone = await post(client, cast, "dilan", path)
    assert (gone.status_code, gone.json()["type"]) == (409, "/problems/not-booked")
    confirming.look_ahead(engine)
    assert asked(engine, cast) == 0


@pytest.mark.parametrize(
    ("day_before", "asked_at", "by"),
    [
        ("2027-03-27", datetime(2027, 3, 27, 8, 0, tzinfo=UTC), "2027-03-27 17:00"),
        ("2027-10-30", datetime(2027, 10, 30, 7, 0, tzinfo=UTC), "2027-10-30 16:00"),
    ],
)
def test_nine_and_six_are_local_when_the_clocks_change(
    cast: Cast, engine: Engine, clock: Any, day_before: str, asked_at: datetime, by: str
) -> None:
    start = datetime.fromisoformat(f"{day_before}T10:00:00+00:00") + timedelta(days=1)
    booking = booked(engine, cast, start)
    clock.move_to(asked_at - MINUTE)
    confirming.look_ahead(engine)
    assert asked(engine, cast) == 0
    clock.move_to(asked_at)
    confirming.look_ahead(engine)
    assert asked(engine, cast) == 1
    until = confirming.answer_by(row(engine, booking), asked_at)
    assert f"{until:%Y-%m-%d %H:%M}" == by


async def test_who_has_only_a_telephone_is_called_and_the_office_answers_for_her(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, clock: Any
) -> None:
    with db.transaction(engine) as session:
        her = session.get_one(Volunteer, cast.volunteers["dilan"])
        her.phone_only, her.email = True, ""
        session.add(her)
    clock.move_to(NINE)
    confirming.look_ahead(engine)
    jobs.work_all(engine)
    assert len(open_tasks(engine, "call:reminder")) == 1
    answer = await post(client, cast, "amal", f"/assignments/{booking}/reconfirm")
    assert answer.status_code == 200
    assert open_tasks(engine, "call:reminder") == []


def test_more_than_one_handful_are_all_asked(
    cast: Cast, engine: Engine, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confirming, "AT_A_TIME", 2)
    for number in range(5):
        booked(engine, cast, MORNING + number * HOUR)
    clock.move_to(NINE)
    confirming.look_ahead(engine)
    assert asked(engine, cast) == 5


def called(engine: Engine, cast: Cast, booking: UUID) -> None:
    """Nobody looked at the message: the office is asked to call her."""
    with db.transaction(engine) as session:
        session.add(
            Task(
                sponsor_id=cast.wetterau,
                code="call:reminder",
                params={"name": "Dilan", "say": "Kommen Sie?"},
                subject_type="assignment",
                subject_id=booking,
            )
        )


def test_who_is_to_be_called_already_is_no_second_question(
    cast: Cast, engine: Engine, booking: UUID, clock: Any
) -> None:
    clock.move_to(NINE)
    confirming.look_ahead(engine)
    called(engine, cast, booking)
    clock.move_to(SIX)
    confirming.look_ahead(engine)
    assert open_tasks(engine, "unconfirmed") == []
    assert len(open_tasks(engine, "call:reminder")) == 1
    clock.move_to(MORNING)
    confirming.look_ahead(engine)
    assert open_tasks(engine, "call:reminder") == [], "nobody need call any more"
