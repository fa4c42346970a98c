"""Standby: asked, answered, called, let go."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from app import db, jobs
from app.bookings import watching
from app.tables import Enrolment, Standby
from tests.app.bookings.acting import (
    booked,
    cancel,
    open_tasks,
    post,
    request_of,
    said,
    seat_of,
    standby,
)
from tests.app.examples import HOUR, MORNING, asking
from tests.app.test_the_way import REQUEST
from tests.cast import Cast


@pytest.fixture
def booking(engine: Engine, cast: Cast) -> UUID:
    """Dilan is booked for a critical appointment next week."""
    return booked(engine, cast, MORNING, critical=True)


async def ask(client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, **more: Any) -> Any:
    path = f"/seats/{seat_of(engine, booking).id}/standbys"
    body = {"volunteer_id": str(cast.volunteers["mirela"])} | more
    return await post(client, cast, "amal", path, **body)


async def test_she_is_asked_and_says_yes(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    made = await ask(client, cast, engine, booking)
    assert (made.status_code, made.json()["state"]) == (201, "asked")
    told = said(engine, "standby", cast.volunteers["mirela"])
    assert len(told) == 1
    assert "/s/lw_" in told[0].body
    assert "Schulstr" not in told[0].body + str(made.json())
    path = f"/standbys/{made.json()['id']}"
    yes = await post(client, cast, "mirela", f"{path}/accept")
    assert yes.json()["state"] == "ready"
    assert (await post(client, cast, "mirela", f"{path}/accept")).json() == yes.json()
    again = await ask(client, cast, engine, booking)
    assert again.json() == yes.json(), "asking twice is asking once"
    assert len(said(engine, "standby")) == 1


async def test_a_yes_on_the_telephone_needs_no_link(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    made = await ask(client, cast, engine, booking, agreed=True)
    assert made.json()["state"] == "ready"
    told = said(engine, "standby", cast.volunteers["mirela"])
    assert ["/s/" in one.body for one in told] == [False]


async def test_who_was_asked_by_message_may_agree_on_the_telephone(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    first = await ask(client, cast, engine, booking)
    then = await ask(client, cast, engine, booking, agreed=True)
    assert (then.json()["id"], then.json()["state"]) == (first.json()["id"], "ready")


async def test_a_yes_may_be_taken_back_until_she_is_called(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    standby_id = standby(engine, cast, booking, "mirela")
    path = f"/standbys/{standby_id}"
    no = await post(client, cast, "mirela", f"{path}/decline")
    assert no.json()["state"] == "declined"
    assert (await post(client, cast, "mirela", f"{path}/decline")).json() == no.json()
    late = await post(client, cast, "mirela", f"{path}/accept")
    assert (late.status_code, late.json()["type"]) == (409, "/problems/standby-over")
    await cancel(client, cast, booking, "dilan")
    assert seat_of(engine, booking).state == "open"


async def test_what_was_answered_or_let_go_is_not_asked_any_more(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    made = await ask(client, cast, engine, booking)
    await post(client, cast, "amal", f"/standbys/{made.json()['id']}/decline")
    path = f"/requests/{request_of(engine, booking).id}/cancel"
    await ask(client, cast, engine, booking)
    await post(client, cast, "selin", path, reason="fällt aus")
    told = said(engine, "standby", cast.volunteers["mirela"])
    assert [one.state for one in told] == ["dropped", "dropped"]
    assert told[0].read_at is not None


async def test_who_was_called_is_booked_and_gives_back_like_everybody(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    standby_id = standby(engine, cast, booking, "mirela")
    await cancel(client, cast, booking, "dilan")
    answer = await post(client, cast, "mirela", f"/standbys/{standby_id}/decline")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/standby-over")


async def test_only_where_somebody_else_is_booked(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, clock: Any
) -> None:
    herself = await ask(client, cast, engine, booking, volunteer_id=str(cast.volunteers["dilan"]))
    assert (herself.status_code, herself.json()["type"]) == (409, "/problems/booked-herself")
    with db.transaction(engine) as session:
        seat_id = asking(session, cast.wetterau, cast.school, MORNING + 48 * HOUR).seat.id
    body = {"volunteer_id": str(cast.volunteers["mirela"])}
    nobody = await post(client, cast, "amal", f"/seats/{seat_id}/standbys", **body)
    assert (nobody.status_code, nobody.json()["type"]) == (409, "/problems/nobody-booked")
    clock.move_to(MORNING + HOUR)
    late = await ask(client, cast, engine, booking)
    assert (late.status_code, late.json()["type"]) == (409, "/problems/appointment-begun")


async def test_who_could_not_go_is_not_asked(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    answer = await ask(client, cast, engine, booking, volunteer_id=str(cast.volunteers["oksana"]))
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/may-not-go")
    booked(engine, cast, MORNING, "mirela")
    busy = await ask(client, cast, engine, booking)
    assert "busy" in busy.json()["reasons"]


async def test_the_first_who_said_yes_goes_and_the_next_when_she_cannot(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    first = standby(engine, cast, booking, "mirela")
    with db.transaction(engine) as session:
        enrolment = session.get_one(Enrolment, cast.enrolments["mirela"])
        enrolment.state = "paused"
        session.add(enrolment)
    await cancel(client, cast, booking, "dilan")
    with db.transaction(engine) as session:
        assert session.get_one(Standby, first).state == "released"
    assert seat_of(engine, booking).state == "open"


async def test_a_standby_takes_no_time(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    standby(engine, cast, booking, "mirela")
    with db.transaction(engine) as session:
        seat_id = asking(session, cast.wetterau, cast.school, MORNING).seat.id
    body = {"seat_id": str(seat_id), "volunteer_id": str(cast.volunteers["mirela"])}
    assert (await post(client, cast, "amal", "/assignments", **body)).status_code == 201


async def test_others_do_not_see_it(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    standby_id = standby(engine, cast, booking, "mirela", "asked")
    for who in ("dilan", "kofi"):
        assert (await client.get("/standbys", headers=cast.key(who))).json()["items"] == []
        assert (await post(client, cast, who, f"/standbys/{standby_id}/accept")).status_code == 404
    assert (await client.get("/standbys", headers=cast.key("selin"))).status_code == 403
    path = f"/standbys?state=asked&seat_id={seat_of(engine, booking).id}"
    seen = (await client.get(path, headers=cast.key("amal"))).json()["items"]
    assert [one["volunteer"] for one in seen] == ["Mirela Mirela-Beispiel"]


async def test_who_stood_by_is_thanked_when_it_is_over_or_off(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, clock: Any
) -> None:
    standby(engine, cast, booking, "mirela")
    watching.look_at_standbys(engine)
    assert said(engine, "standby") == []
    clock.move_to(MORNING + HOUR)
    watching.look_at_standbys(engine)
    watching.look_at_standbys(engine)
    told = said(engine, "standby", cast.volunteers["mirela"])
    assert ["Vielen Dank" in one.body for one in told] == [True]
    off = booked(engine, cast, MORNING + 72 * HOUR, critical=True)
    standby(engine, cast, off, "mirela")
    path = f"/requests/{request_of(engine, off).id}/cancel"
    await post(client, cast, "selin", path, reason="fällt aus")
    assert len(said(engine, "standby", cast.volunteers["mirela"])) == 2


async def test_three_days_before_the_office_is_asked_once(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, clock: Any
) -> None:
    booked(engine, cast, MORNING + 3 * HOUR, "mirela")
    clock.move_to(MORNING - timedelta(days=3, minutes=1))
    watching.look_at_standbys(engine)
    assert open_tasks(engine, "standby_missing") == []
    clock.move_to(MORNING - timedelta(days=3))
    for _ in range(2):
        watching.look_at_standbys(engine)
    task = open_tasks(engine, "standby_missing")[0]
    assert (len(open_tasks(engine, "standby_missing")), task.subject_id) == (1, booking)
    listed = (await client.get("/tasks", headers=cast.key("amal"))).json()["items"]
    assert "wichtigen Termin am 12.01.2027 um 10:00" in listed[0]["question"]
    assert (await ask(client, cast, engine, booking, agreed=True)).status_code == 201
    assert open_tasks(engine, "standby_missing") == []


async def test_the_question_is_answered_with_nothing_more(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, clock: Any
) -> None:
    clock.move_to(MORNING - HOUR)
    watching.look_at_standbys(engine)
    task = open_tasks(engine, "standby_missing")[0]
    done = await post(client, cast, "amal", f"/tasks/{task.id}/resolve")
    assert (done.status_code, done.json()["state"]) == (200, "resolved")
    watching.look_at_standbys(engine)
    assert open_tasks(engine, "standby_missing") == []


async def test_the_office_alone_calls_a_request_critical(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    body = REQUEST | {"critical": True}
    refused = await post(client, cast, "selin", "/requests", **body)
    assert refused.status_code == 403
    assert "Koordination" in refused.json()["detail"]
    place = {"institution_id": str(cast.school)}
    made = await post(client, cast, "amal", "/requests", **body, **place)
    assert made.json()["critical"] is True
    path = f"/requests/{made.json()['id']}"
    tag = {"If-Match": "*"}
    for who, status in (("selin", 403), ("amal", 200)):
        changed = await client.patch(path, json={"critical": False}, headers=cast.key(who) | tag)
        assert changed.status_code == status
    assert changed.json()["critical"] is False
    same = await client.patch(path, json={"critical": False}, headers=cast.key("selin") | tag)
    assert same.status_code == 200, "what it is already may be sent back"


async def test_who_else_could_go_is_ranked_for_a_booked_seat(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID
) -> None:
    path = f"/seats/{seat_of(engine, booking).id}/candidates"
    found = (await client.get(path, headers=cast.key("amal"))).json()
    assert [one["volunteer_id"] for one in found["candidates"]] == [str(cast.volunteers["mirela"])]
    against = {one["volunteer_id"]: one["reasons"] for one in found["rejected"]}
    assert [one["code"] for one in against[str(cast.volunteers["dilan"])]] == ["busy"]


async def test_messages_about_a_standby_reach_the_outbox(
    client: AsyncClient, cast: Cast, engine: Engine, booking: UUID, var: Any
) -> None:
    await ask(client, cast, engine, booking)
    jobs.work_all(engine)
    assert any("Bereitschaft" in one.read_text() for one in (var / "outbox").glob("*.eml"))
