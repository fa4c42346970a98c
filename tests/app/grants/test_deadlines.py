"""Deadlines of the Land: by which day, whether it was done, and one reminder each."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db
from app.grants import reminding
from app.tables import Course, Event, Message, Task, TaskState
from tests.app.grants.steps import got, patched, planned, verb
from tests.cast import Cast

GIVEN = {"state": "running", "amount_cents": 1, "noticed_on": date(2026, 12, 10)}


def due(read: list[dict[str, Any]]) -> list[tuple[str, str, bool]]:
    """Code, day and whether it was done."""
    return [(one["code"], one["day"], one["done"]) for one in read]


async def test_deadlines_of_a_grant_in_order_of_time(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    planned(engine, cast, **GIVEN)
    read = await got(client, cast, "/deadlines", "amal")
    assert due(read) == [
        ("application", "2026-12-04", True),
        ("declaration", "2027-01-10", False),
        ("follow_up_application", "2027-12-31", False),
        ("proof_of_use", "2028-03-31", False),
    ]
    assert [one["days_left"] for one in read] == [-31, 6, 361, 452]
    assert read[1]["sentence"] == (
        "Die Erklärung zum Bescheid für Laiendolmetscher 2027 (wir) bis 10.01.2027 abgeben:"
        " einen Monat nach dem Bescheid."
    )
    headers = cast.key("amal") | {"Accept-Language": "en"}
    english = (await client.get("/deadlines", headers=headers)).json()[1]["sentence"]
    assert english.startswith("Send the declaration for interpreters 2027 (wir) by 10.01.2027")
    assert await got(client, cast, "/deadlines?year=2029") == []
    assert await got(client, cast, "/deadlines", "kofi") == []


async def test_a_deadline_is_done_once_its_step_was_made(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    notice = planned(engine, cast, **GIVEN)
    await patched(client, cast, notice, declared_on="2027-01-04")
    following = planned(engine, cast, year=2028)
    await verb(client, cast, following, "apply", applied_on="2027-01-04")
    earlier = planned(engine, cast, year=2026, **(GIVEN | {"state": "proof_due"}))
    await verb(client, cast, earlier, "proof-sent", sent_on="2027-01-04")
    read = {
        (one["notice_id"], one["code"]): one["done"]
        for year in (2026, 2027, 2028)
        for one in await got(client, cast, f"/deadlines?year={year}")
    }
    assert read[str(notice), "declaration"] is True
    assert read[str(notice), "follow_up_application"] is True
    assert read[str(earlier), "proof_of_use"] is True
    assert read[str(notice), "proof_of_use"] is False
    assert (str(following), "declaration") not in read, "no notice came yet"


async def test_each_course_has_a_proof_of_its_own(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    planned(engine, cast, purpose="courses", **GIVEN)
    with db.transaction(engine) as session:
        for kind, state, last in (
            ("basic_guide", "held", date(2027, 1, 3)),
            ("basic_interpreter", "planned", date(2027, 11, 30)),
            ("deepening", "held", date(2027, 1, 3)),
            ("basic_guide", "cancelled", date(2027, 1, 3)),
        ):
            session.add(
                Course(
                    sponsor_id=cast.wetterau, kind=kind, state=state, title="Basiskurs", units=24,
                    starts_on=date(2027, 1, 1), ends_on=last,
                )
            )  # fmt: skip
    read = due(await got(client, cast, "/deadlines"))
    proofs = [one for one in read if one[0].startswith("proof")]
    assert proofs == [
        ("proof_of_course", "2027-04-03", False),
        ("proof_of_course", "2028-02-29", False),
    ]


async def test_the_proof_of_a_course_is_sent_while_the_grant_goes_on(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    planned(engine, cast, purpose="courses", **(GIVEN | {"declared_on": date(2027, 1, 1)}))
    courses = {}
    with db.transaction(engine) as session:
        for state in ("held", "planned"):
            course = Course(
                sponsor_id=cast.wetterau, kind="basic_guide", state=state, title="Basiskurs",
                units=24, starts_on=date(2027, 1, 1), ends_on=date(2027, 1, 3),
            )  # fmt: skip
            session.add(course)
            courses[state] = course.id
    clock.move_to(datetime(2027, 3, 10, 9, tzinfo=UTC))
    reminding.look_at_deadlines(engine)
    assert [state for _, state in asked(engine)] == ["open", "open"]
    key, path = cast.key("fatma"), f"/courses/{courses['held']}/proof-sent"
    ahead = await client.post(path, json={"sent_on": "2027-03-11"}, headers=key)
    assert (ahead.status_code, "Zukunft" in ahead.json()["detail"]) == (422, True)
    early = await client.post(f"/courses/{courses['planned']}/proof-sent", json={}, headers=key)
    assert (early.status_code, early.json()["type"]) == (409, "/problems/course-state")
    sent = await client.post(path, json={"sent_on": "2027-03-09"}, headers=key)
    assert (sent.status_code, sent.json()["proof_sent_on"]) == (200, "2027-03-09")
    proofs = [one for one in await got(client, cast, "/deadlines") if "course" in one["code"]]
    done = {one["subject_id"]: one["done"] for one in proofs}
    assert done == {str(courses["held"]): True, str(courses["planned"]): False}
    assert sorted(state for _, state in asked(engine)) == ["open", "resolved"]
    assert (await got(client, cast, "/grant-notices"))["items"][0]["state"] == "running"


async def test_a_proof_that_comes_years_late_closes_its_task(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    notice = planned(engine, cast, year=2025, **(GIVEN | {"state": "proof_due"}))
    with db.transaction(engine) as session:
        reminding.look(session, cast.wetterau, date(2026, 3, 10))
    assert [state for _, state in asked(engine)] == ["open"]
    await verb(client, cast, notice, "proof-sent", sent_on="2027-01-04")
    assert [state for _, state in asked(engine)] == ["resolved"]


async def test_the_list_of_today_names_the_application_for_the_next_year(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    planned(engine, cast, year=2028)
    assert due(await got(client, cast, "/deadlines")) == [("application", "2027-12-04", False)]
    report = await got(client, cast, "/reports/thresholds?from=2027-01-01&to=2027-12-31")
    assert "application" in [row["code"] for row in report["rows"]]


def asked(engine: Engine) -> list[tuple[str, TaskState]]:
    """The tasks about deadlines."""
    with db.transaction(engine, read_only=True) as session:
        query = select(Task).where(col(Task.code).startswith("deadline:"))
        return [(one.code, one.state) for one in session.exec(query.order_by(col(Task.id))).all()]


def written(engine: Engine) -> list[str]:
    """Who was written to about deadlines."""
    with db.transaction(engine, read_only=True) as session:
        query = select(Message).where(col(Message.event) == Event.TASK)
        return [one.recipient for one in session.exec(query).all()]


async def test_the_lead_is_reminded_30_and_7_days_before_and_never_twice(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    notice = planned(engine, cast, **(GIVEN | {"noticed_on": date(2027, 1, 15)}))
    seen = []
    for day in range(10, 50):
        clock.move_to(datetime(2027, 1, 4, 9, tzinfo=UTC) + timedelta(days=day))
        reminding.look_at_deadlines(engine)
        reminding.look_at_deadlines(engine)
        seen.append((day, len(written(engine))))
    # The declaration is due on 15 February.
    assert [day for (day, count), (_, before) in zip(seen[1:], seen, strict=False) if count > before
            ] == [12, 35]  # fmt: skip
    assert set(written(engine)) == {"lea@example.org"}
    assert sorted(asked(engine)) == [
        ("deadline:declaration:30", TaskState.RESOLVED),
        ("deadline:declaration:7", TaskState.OPEN),
    ]
    tasks = (await got(client, cast, "/tasks", "amal"))["items"]
    assert [one["question"] for one in tasks] == [
        "Die Erklärung zum Bescheid für Laiendolmetscher 2027 (wir) bis 15.02.2027 abgeben: einen"
        " Monat nach dem Bescheid. Danach bei der Förderung eintragen."
    ]
    await patched(client, cast, notice, declared_on="2027-02-20")
    assert {state for _, state in asked(engine)} == {TaskState.RESOLVED}


@pytest.mark.parametrize("later", [5, 60])
async def test_a_task_whose_day_has_moved_is_asked_anew_or_not_at_all(
    client: AsyncClient, cast: Cast, engine: Engine, later: int
) -> None:
    notice = planned(engine, cast, starts_on=date(2027, 2, 20))
    reminding.look_at_deadlines(engine)
    assert asked(engine) == [("deadline:application:30", TaskState.OPEN)]
    moved = date(2027, 2, 20) + timedelta(days=later)
    await patched(client, cast, notice, starts_on=f"{moved}")
    still_near = [TaskState.OPEN] if later == 5 else []
    assert sorted(state for _, state in asked(engine)) == [*still_near, TaskState.RESOLVED]


async def test_nobody_has_to_prove_a_course_that_was_called_off(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    planned(engine, cast, purpose="courses", **GIVEN)
    with db.transaction(engine) as session:
        course = Course(
            sponsor_id=cast.wetterau, kind="basic_guide", title="Basiskurs", units=24,
            starts_on=date(2027, 3, 1), ends_on=date(2027, 3, 3),
        )  # fmt: skip
        session.add(course)
        session.flush()
        path = f"/courses/{course.id}/cancel"
    clock.move_to(datetime(2027, 5, 20, 9, tzinfo=UTC))
    reminding.look_at_deadlines(engine)
    assert asked(engine) == [("deadline:proof_of_course:30", TaskState.OPEN)]
    done = await client.post(path, json={"reason": "fällt aus"}, headers=cast.key("amal"))
    assert done.status_code == 200, done.text
    assert asked(engine) == [("deadline:proof_of_course:30", TaskState.RESOLVED)]


def test_control_without_the_same_id_everybody_is_reminded_again(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two look at once, and neither sees the other's task yet: the id alone keeps it to one."""
    planned(engine, cast, **GIVEN)
    with db.transaction(engine) as session:
        reminding.look(session, cast.wetterau, date(2027, 1, 4))
    with db.transaction(engine) as session:
        for task in session.exec(select(Task)).all():
            task.state = TaskState.RESOLVED
            session.add(task)
    with db.transaction(engine) as session:
        reminding.look(session, cast.wetterau, date(2027, 1, 4))
    assert len(written(engine)) == 1
    monkeypatch.setattr(reminding, "_task_id", lambda *_: uuid4())
    with db.transaction(engine) as session:
        reminding.look(session, cast.wetterau, date(2027, 1, 4))
    assert len(written(engine)) == 2


def test_nobody_is_reminded_of_what_is_over_or_another_pools(engine: Engine, cast: Cast) -> None:
    planned(engine, cast, **(GIVEN | {"noticed_on": date(2026, 11, 1)}))
    planned(engine, cast, sponsor_id=cast.fulda, **GIVEN)
    reminding.look_at_deadlines(engine)
    assert written(engine) == ["kofi@example.org"]
