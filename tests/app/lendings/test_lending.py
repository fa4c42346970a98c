"""From the question to another pool to the booking, and what may come between."""

from datetime import timedelta

import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db, jobs
from app.lendings import following
from app.lendings.schemas import LendingWish
from app.tables import (
    Assignment,
    Enrolment,
    Event,
    Offer,
    Sponsor,
    Task,
)
from tests.app.examples import HOUR, MORNING, Asking
from tests.app.lendings import steps
from tests.cast import Cast


async def test_a_pool_lends_somebody_who_says_yes(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    found = await client.get(f"/seats/{asked.seat.id}/lenders", headers=cast.key("amal"))
    assert [one["lender"] for one in found.json()] == ["Lotsenbüro Fulda"]
    assert found.json()[0]["candidates"] == [
        {
            "language": "kmr",
            "level": "native",
            "times": [{"starts_at": "2027-01-12T09:00:00Z", "ends_at": "2027-01-12T10:00:00Z"}],
            "travel_minutes": 20,
        }
    ]
    lending_id = await steps.asked_of_fulda(client, cast, asked)
    jobs.work_all(engine)
    seen = await steps.read(client, cast, "kofi", lending_id)
    assert [one["volunteer"] for one in seen["candidates"]] == ["Nuru Nuru-Beispiel"]
    agreed = await steps.agree(client, cast, lending_id)
    assert agreed.json()["state"] == "agreed"
    assert agreed.json()["volunteer"] == "Nuru Nuru-Beispiel"
    jobs.work_all(engine)
    mail = [one for one in steps.messages(engine, cast.fulda) if one.event == Event.OFFER]
    assert "Sprachpool Wetterau" in mail[0].subject
    booked = await steps.answer(client, engine, cast, "accept")
    assert booked.status_code == 200, booked.text
    jobs.work_all(engine)
    mine = await steps.read(client, cast, "amal", lending_id)
    assert (mine["state"], mine["volunteer"], mine["phone"]) == (
        "booked", "Nuru Nuru-Beispiel", "0170 0000000",
    )  # fmt: skip
    assert steps.seat_now(engine, asked) == ("booked", "booked")
    listed = (await client.get("/assignments", headers=cast.key("amal"))).json()["items"]
    assert [one["volunteer"] for one in listed] == ["Nuru Nuru-Beispiel"]


async def test_her_number_is_gone_a_week_later_and_her_place_when_nothing_is_left(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking, clock: time_machine.Traveller
) -> None:
    lending_id = await steps.asked_of_fulda(client, cast, asked)
    await steps.agree(client, cast, lending_id)
    await steps.answer(client, engine, cast, "accept")
    jobs.work_all(engine)
    clock.move_to(MORNING + 6 * 24 * HOUR)
    following.watch(engine)
    assert (await steps.read(client, cast, "amal", lending_id))["phone"] == "0170 0000000"
    clock.move_to(MORNING + 8 * 24 * HOUR)
    after = await steps.read(client, cast, "amal", lending_id)
    assert (after["phone"], after["volunteer"]) == (None, "Nuru Nuru-Beispiel")
    following.watch(engine)
    hers = col(Enrolment.volunteer_id) == cast.volunteers["nuru"]
    at_both = steps.states(steps.rows(engine, Enrolment, hers))
    assert at_both == ["released", "lent"], "she has not yet said how it went"
    with db.transaction(engine) as session:
        booking = session.exec(select(Assignment)).one()
        booking.state = "volunteer_no_show"
        session.add(booking)
    following.watch(engine)
    assert steps.states(steps.rows(engine, Enrolment, hers)) == ["released", "ended"]


async def test_only_she_herself_says_that_she_may_be_lent(
    client: AsyncClient, engine: Engine, cast: Cast
) -> None:
    place = f"/enrolments/{cast.enrolments['nuru']}"
    for who in ("kofi", "amal", "lea", "selin", "arno"):
        refused = await client.patch(
            f"{place}/lending", json={"lendable": True}, headers=cast.key(who) | {"If-Match": "*"}
        )
        assert refused.status_code == 403, who
    other = await client.patch(
        f"{place}/lending", json={"lendable": True}, headers=cast.key("dilan") | {"If-Match": "*"}
    )
    assert other.status_code == 404
    read = await client.get(place, headers=cast.key("nuru"))
    assert read.json()["lendable"] is False
    tag = cast.key("nuru") | {"If-Match": read.headers["etag"]}
    saved = await client.patch(f"{place}/lending", json={"lendable": True}, headers=tag)
    assert saved.json()["lendable"] is True
    stale = await client.patch(f"{place}/lending", json={"lendable": False}, headers=tag)
    assert stale.status_code == 412
    by_office = await client.patch(
        place, json={"lendable": False}, headers=cast.key("kofi") | {"If-Match": "*"}
    )
    assert by_office.status_code == 422


async def test_who_takes_it_back_is_asked_no_more_but_goes_where_she_is_booked(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    later = steps.seat(engine, cast, MORNING + 24 * HOUR)
    first = await steps.asked_of_fulda(client, cast, asked)
    await steps.agree(client, cast, first)
    await steps.answer(client, engine, cast, "accept")
    second = await steps.asked_of_fulda(client, cast, later)
    await steps.agree(client, cast, second)
    jobs.work_all(engine)
    taken_back = await client.patch(
        f"/enrolments/{cast.enrolments['nuru']}/lending",
        json={"lendable": False},
        headers=cast.key("nuru") | {"If-Match": "*"},
    )
    assert taken_back.status_code == 200
    jobs.work_all(engine)
    seen = [await steps.read(client, cast, "amal", one) for one in (first, second)]
    assert [one["state"] for one in seen] == ["booked", "withdrawn"]
    assert steps.states(steps.rows(engine, Offer)) == ["accepted", "declined"]
    found = await client.get(f"/seats/{later.seat.id}/lenders", headers=cast.key("amal"))
    assert found.json() == []


async def test_her_no_ends_it_and_another_pool_or_person_may_be_asked(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking, clock: time_machine.Traveller
) -> None:
    lending_id = await steps.asked_of_fulda(client, cast, asked)
    await steps.agree(client, cast, lending_id)
    assert (await steps.answer(client, engine, cast, "decline")).status_code == 200
    jobs.work_all(engine)
    assert (await steps.read(client, cast, "amal", lending_id))["state"] == "declined"
    again = await steps.ask(client, cast, asked)
    assert again.json()["type"] == "/problems/nobody-to-lend"
    steps.at_fulda(engine, cast, "berfin")
    steps.willing(engine, cast, "berfin")
    assert (await steps.ask(client, cast, asked)).status_code == 201
    hers = col(Enrolment.volunteer_id) == cast.volunteers["nuru"]
    assert steps.states(steps.rows(engine, Enrolment, hers)) == ["released", "lent"]
    clock.shift(timedelta(days=8))
    following.watch(engine)
    assert steps.states(steps.rows(engine, Enrolment, hers)) == ["released", "ended"]


async def test_silence_is_a_no_and_a_late_yes_is_only_kept(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking, clock: time_machine.Traveller
) -> None:
    lending_id = await steps.asked_of_fulda(client, cast, asked)
    await steps.agree(client, cast, lending_id)
    clock.move_to(steps.offer_of(engine, cast).expires_at + timedelta(minutes=1))
    jobs.work_all(engine)
    assert (await steps.read(client, cast, "kofi", lending_id))["state"] == "declined"
    late = await steps.answer(client, engine, cast, "accept")
    assert (late.status_code, late.json()["type"]) == (409, "/problems/late-yes")
    assert steps.seat_now(engine, asked) == ("open", "open")


async def test_a_pool_says_no_with_a_word(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    lending_id = await steps.asked_of_fulda(client, cast, asked)
    path, key = f"/lendings/{lending_id}/decline", cast.key("kofi")
    named = await client.post(path, json={"reason": "Nuru ist krank"}, headers=key)
    assert named.status_code == 422
    said = await client.post(path, json={"reason": "needed_here"}, headers=key)
    assert said.json()["state"] == "declined"
    assert (await steps.read(client, cast, "amal", lending_id))["reason"] == "needed_here"
    late = await steps.agree(client, cast, lending_id)
    assert late.json()["type"] == "/problems/lending-answered"
    open_tasks = steps.rows(engine, Task, col(Task.state) == "open")
    assert open_tasks == []


async def test_each_side_does_its_own_part_only(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    lending_id = await steps.asked_of_fulda(client, cast, asked)
    body = {"volunteer_id": str(cast.volunteers["dilan"])}
    for who, verb, sent in (
        ("amal", "agree", body),
        ("amal", "decline", {"reason": "other"}),
        ("kofi", "withdraw", None),
    ):
        refused = await client.post(
            f"/lendings/{lending_id}/{verb}", json=sent, headers=cast.key(who)
        )
        assert refused.json()["type"] == "/problems/other-side", (who, verb)
    own = {"volunteer_id": str(cast.volunteers["nuru"])}
    for who, sent in (("amal", own), ("kofi", body)):
        foreign = await client.post(
            f"/lendings/{lending_id}/agree", json=sent, headers=cast.key(who)
        )
        assert foreign.status_code == 404
    for who, direction in (("amal", "borrowing"), ("kofi", "lending")):
        listed = await client.get(f"/lendings?direction={direction}", headers=cast.key(who))
        assert [one["direction"] for one in listed.json()["items"]] == [direction]
        other = "lending" if direction == "borrowing" else "borrowing"
        none = await client.get(f"/lendings?direction={other}", headers=cast.key(who))
        assert none.json()["items"] == []


async def test_whoever_asked_takes_it_back_and_she_hears_of_it(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    lending_id = await steps.asked_of_fulda(client, cast, asked)
    await steps.agree(client, cast, lending_id)
    jobs.work_all(engine)
    ended = await client.post(f"/lendings/{lending_id}/withdraw", headers=cast.key("amal"))
    assert ended.json()["state"] == "withdrawn"
    jobs.work_all(engine)
    assert Event.TAKEN in {one.event for one in steps.messages(engine, cast.fulda)}
    assert Event.TAKEN not in {one.event for one in steps.messages(engine, cast.wetterau)}
    again = await client.post(f"/lendings/{lending_id}/withdraw", headers=cast.key("amal"))
    assert again.json()["type"] == "/problems/lending-answered"


async def test_when_the_pool_that_lends_her_forgets_her_the_question_ends_for_everybody(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    """She stays in another pool, so her record is not gone and the question could still be hers."""
    with db.transaction(engine) as session:
        other = Sponsor(name="Sprachdienst Gießen", regions=["06531"])
        session.add(other)
        session.flush()
        session.add(
            Enrolment(
                sponsor_id=other.id,
                volunteer_id=cast.volunteers["nuru"],
                roles=["guide"],
                state="released",
                listing_renewed_on=MORNING.date(),
            )
        )
    lending_id = await steps.asked_of_fulda(client, cast, asked)
    await steps.agree(client, cast, lending_id)
    erased = await client.post(
        "/privacy/erase",
        json={"volunteer_id": str(cast.volunteers["nuru"]), "reason": "möchte aufhören"},
        headers=cast.key("kofi"),
    )
    assert erased.status_code == 200, erased.text
    jobs.work_all(engine)
    assert steps.offer_of(engine, cast).state == "withdrawn"
    assert (await steps.read(client, cast, "amal", lending_id))["state"] == "withdrawn"
    told = [one.subject for one in steps.messages(engine, cast.wetterau)]
    assert any("Die Frage an den anderen Pool ist beendet" in subject for subject in told)


def test_what_she_should_know_before_she_agrees_stands_in_the_contract() -> None:
    said = LendingWish.model_json_schema()["properties"]["lendable"]["description"]
    assert "erraten, dass Sie es sind" in said


async def test_a_pool_is_asked_once_at_a_time(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    await steps.asked_of_fulda(client, cast, asked)
    again = await steps.ask(client, cast, asked)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/pool-asked")


async def test_when_somebody_of_the_own_pool_goes_nobody_is_borrowed(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    lending_id = await steps.asked_of_fulda(client, cast, asked)
    await steps.agree(client, cast, lending_id)
    steps.alter(engine, cast, "dilan", state="released")
    body = {"seat_id": str(asked.seat.id), "volunteer_id": str(cast.volunteers["dilan"])}
    booked = await client.post("/assignments", json=body, headers=cast.key("amal"))
    assert booked.status_code == 201, booked.text
    jobs.work_all(engine)
    assert (await steps.read(client, cast, "kofi", lending_id))["state"] == "withdrawn"
    taken = await steps.answer(client, engine, cast, "accept")
    assert taken.json()["type"] == "/problems/late-yes"


async def test_a_request_that_is_called_off_ends_the_question_to_the_other_pool(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    lending_id = await steps.asked_of_fulda(client, cast, asked)
    path = f"/requests/{asked.request.id}/cancel"
    done = await client.post(path, json={"reason": "ausgefallen"}, headers=cast.key("amal"))
    assert done.status_code == 200, done.text
    following.watch(engine)
    assert (await steps.read(client, cast, "kofi", lending_id))["state"] == "withdrawn"


async def test_whoever_gives_it_back_was_lent_and_is_no_more(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    lending_id = await steps.asked_of_fulda(client, cast, asked)
    await steps.agree(client, cast, lending_id)
    booked = (await steps.answer(client, engine, cast, "accept")).json()
    jobs.work_all(engine)
    given = await client.post(
        f"/assignments/{booked['id']}/cancel",
        json={"cause": "illness", "reason": "krank"},
        headers=cast.key("nuru"),
    )
    assert given.status_code == 200, given.text
    jobs.work_all(engine)
    following.watch(engine)
    after = await steps.read(client, cast, "amal", lending_id)
    assert (after["state"], after["volunteer"]) == ("withdrawn", None)
