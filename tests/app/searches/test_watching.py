"""Lost steps are taken again, and time that runs out is somebody's task."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import delete

from app import db, jobs
from app.main import create_app
from app.searches import watching
from app.tables import Job, Request, Seat, Task
from tests.app.examples import HOUR, MORNING
from tests.app.searches import sought
from tests.cast import Cast


@pytest.fixture(autouse=True)
def _jobs_known(engine: Engine) -> None:
    create_app(engine)


def lose_jobs(engine: Engine) -> None:
    """The queue is empty, as after a restore."""
    with db.transaction(engine) as session:
        if engine.dialect.name == "sqlite":
            session.exec(delete(Job))


def test_a_search_whose_step_was_lost_goes_on(engine: Engine, cast: Cast, clock: Any) -> None:
    asked = sought.seat(engine, cast)
    search_id = sought.begin(engine, asked, "sequence")
    lose_jobs(engine)
    ends = sought.offers(engine)[0].expires_at
    clock.move_to(ends + timedelta(minutes=3))
    watching.watch(engine)
    jobs.work_all(engine)
    assert sought.search(engine, search_id).wave == 2


def test_a_search_whose_seat_is_booked_ends(engine: Engine, cast: Cast, clock: Any) -> None:
    asked = sought.seat(engine, cast)
    search_id = sought.begin(engine, asked, "sequence")
    with db.transaction(engine) as session:
        sought.change(session, Seat, asked.seat.id, state="booked")
    watching.watch(engine)
    jobs.work_all(engine)
    assert sought.search(engine, search_id).state == "filled"


def test_an_open_seat_nobody_seeks_anybody_for_becomes_a_task_in_time(
    engine: Engine, cast: Cast, clock: Any
) -> None:
    near = sought.seat(engine, cast, MORNING - 96 * HOUR)
    sought.seat(engine, cast, MORNING + 168 * HOUR)
    sought.begin(engine, sought.seat(engine, cast, MORNING - 97 * HOUR), "sequence")
    sought.seat(engine, cast, MORNING - 95 * HOUR, state="needs_info")
    watching.watch(engine)
    assert sought.open_tasks(engine) == [], "there is still time"
    clock.move_to(MORNING - 109 * HOUR)
    for _ in range(2):
        watching.watch(engine)
    (task,) = sought.rows(engine, Task)
    assert (task.code, task.subject_id) == ("unsought", near.seat.id)
    with db.transaction(engine) as session:
        assert session.get_one(Request, near.request.id).state == "open", "the office decides"


@pytest.mark.parametrize("what", ["booked", "called off", "begun"])
def test_nobody_need_look_at_a_seat_that_is_settled(
    engine: Engine, cast: Cast, clock: Any, what: str
) -> None:
    near = sought.seat(engine, cast, MORNING - 96 * HOUR)
    clock.move_to(MORNING - 109 * HOUR)
    watching.watch(engine)
    assert sought.open_tasks(engine) == ["unsought"]
    if what == "begun":
        clock.move_to(MORNING - 96 * HOUR)
    else:
        state = "booked" if what == "booked" else "cancelled"
        with db.transaction(engine) as session:
            sought.change(session, Seat, near.seat.id, state=state)
            sought.change(session, Request, near.request.id, state=state)
    watching.watch(engine)
    assert sought.open_tasks(engine) == []


def test_an_unfilled_seat_is_looked_at_until_its_time(
    engine: Engine, cast: Cast, clock: Any
) -> None:
    asked = sought.seat(engine, cast)
    sought.begin(engine, asked, "all")
    clock.move_to(MORNING - 3 * HOUR)
    jobs.work_all(engine)
    watching.watch(engine)
    assert sought.open_tasks(engine) == ["unfilled"]
    clock.move_to(MORNING)
    watching.watch(engine)
    assert sought.open_tasks(engine) == []


async def test_the_task_says_what_to_do_and_is_done_with_a_click(
    client: AsyncClient, cast: Cast, engine: Engine, clock: Any
) -> None:
    sought.seat(engine, cast, MORNING - 96 * HOUR)
    clock.move_to(MORNING - 109 * HOUR)
    watching.watch(engine)
    (task,) = (await client.get("/tasks", headers=cast.key("amal"))).json()["items"]
    assert task["question"] == (
        "Für Löwenzahnschule am 08.01.2027 um 10:00, Kurdisch (Kurmandschi), ist noch niemand"
        " gefragt. Bitte suchen oder der Einrichtung absagen."
    )
    done = await sought.post(client, cast, f"/tasks/{task['id']}/resolve")
    assert done.status_code == 200, done.text
    assert sought.open_tasks(engine) == []
    watching.watch(engine)
    assert sought.open_tasks(engine) == [], "it was seen to"
