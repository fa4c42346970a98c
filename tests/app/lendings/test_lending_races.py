"""What people decide at one moment about a lending is decided once. Each race has its control."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import Session, col

from app import db, jobs
from app.lendings import candidates, following, places, service
from app.lendings.candidates import Candidate
from app.offers import answering, booking, reading
from app.offers.schemas import AssignmentRead
from app.seam import pair
from app.tables import Assignment, Enrolment, Lending, LendingState, Offer, Seat
from bench.served import drop_guards
from tests.app.examples import Asking
from tests.app.lendings import steps
from tests.app.test_lock_order import _until_he_waits
from tests.app.test_races import at_once, unlock
from tests.cast import Cast

AT_ONCE = 4


@pytest.fixture
def asked(engine: Engine, cast: Cast) -> Asking:
    """A seat that nobody of Wetterau's can take; two of Fulda want to be lent."""
    steps.alone(engine, cast)
    steps.at_fulda(engine, cast, "berfin")
    steps.willing(engine, cast, "nuru", "berfin")
    return steps.seat(engine, cast)


def agreeing(client: AsyncClient, cast: Cast, lending_id: str, name: str) -> Callable[[], Any]:
    """A call that lends somebody."""
    return lambda: steps.agree(client, cast, lending_id, name)


async def agreed_at_once(
    client: AsyncClient, cast: Cast, asked: Asking
) -> tuple[str, list[Response]]:
    """Several people of Fulda's office lend different people for one question."""
    lending_id = await steps.asked_of_fulda(client, cast, asked)
    calls = [agreeing(client, cast, lending_id, name) for name in ("nuru", "berfin")]
    return lending_id, await at_once(calls * (AT_ONCE // 2))


async def test_one_person_is_lent_however_many_of_the_office_agree_at_once(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    lending_id, answers = await agreed_at_once(client, cast, asked)
    codes = sorted(one.status_code for one in answers)
    assert codes == [200, 409, 409, 409]
    offers = steps.rows(engine, Offer)
    assert len(offers) == 1
    seen = await steps.read(client, cast, "kofi", lending_id)
    assert seen["volunteer_id"] == str(offers[0].volunteer_id)
    places = steps.rows(engine, Enrolment, col(Enrolment.state) == "lent")
    assert [one.volunteer_id for one in places] == [offers[0].volunteer_id]


async def test_control_without_looking_at_the_state_several_are_lent(
    client: AsyncClient,
    engine: Engine,
    cast: Cast,
    asked: Asking,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def chosen(session: Session, lending: Lending, seat: Seat, volunteer_id: Any) -> Candidate:
        found = candidates.find(session, seat, lender_id=lending.lender_id)
        return next(one for one in found if one.volunteer.id == volunteer_id)

    move = following.move

    def move_from_anywhere(
        session: Session, lending: Lending, _states: Any, state: LendingState, **values: Any
    ) -> bool:
        return move(session, lending, tuple(LendingState), state, **values)

    monkeypatch.setattr(service, "_chosen", chosen)
    monkeypatch.setattr(following, "move", move_from_anywhere)
    lending_id = await steps.asked_of_fulda(client, cast, asked)
    for name in ("nuru", "berfin"):
        assert (await steps.agree(client, cast, lending_id, name)).status_code == 200
    assert len(steps.rows(engine, Offer)) == 2


async def two_pools_ask_theirs(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> list[Callable[[], Any]]:
    """Two pools are asked, agree at once, and both of their people are about to say yes."""
    giessen = steps.third_pool(engine, cast)
    first = await steps.asked_of_fulda(client, cast, asked)
    other = await client.post(
        f"/seats/{asked.seat.id}/lendings",
        json={"lender_id": str(giessen)},
        headers=cast.key("amal"),
    )
    body = {"volunteer_id": str(cast.volunteers["helin"])}
    path = f"/lendings/{other.json()['id']}/agree"
    answers = await at_once(
        [
            agreeing(client, cast, first, "nuru"),
            lambda: client.post(path, json=body, headers=cast.key("gundula")),
        ]
    )
    assert [one.status_code for one in answers] == [200, 200]
    found = {one.volunteer_id: one.id for one in steps.rows(engine, Offer)}
    assert len(found) == 2
    return [
        lambda name=name: client.post(
            f"/offers/{found[cast.volunteers[name]]}/accept", headers=cast.key(name)
        )
        for name in ("nuru", "helin")
    ]


async def test_two_pools_agree_at_once_and_the_first_yes_is_booked(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    calls = await two_pools_ask_theirs(client, engine, cast, asked)
    answers = await at_once(calls)
    assert sorted(one.status_code for one in answers) == [200, 409]
    jobs.work_all(engine)
    assert len(steps.rows(engine, Assignment)) == 1
    assert sorted(steps.states(steps.rows(engine, Lending))) == ["booked", "withdrawn"]
    listed = (await client.get("/lendings", headers=cast.key("amal"))).json()["items"]
    assert len([one for one in listed if one["volunteer"]]) == 1


async def test_control_without_looking_at_seat_and_question_both_are_booked(
    client: AsyncClient,
    engine: Engine,
    cast: Cast,
    asked: Asking,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls = await two_pools_ask_theirs(client, engine, cast, asked)
    drop_guards(engine)
    unlock(monkeypatch)
    monkeypatch.setattr(answering, "accept", _book_anyhow)
    answers = await at_once(calls)
    assert [one.status_code for one in answers] == [200, 200]
    assert len(steps.rows(engine, Assignment)) == 2


def _book_anyhow(
    session: Session, account_id: Any, offer: Offer, *, via: answering.Via
) -> AssignmentRead:
    """A yes that looks at nothing."""
    with db.as_system(session):
        held = pair.hold(session, offer.seat_id, offer.volunteer_id, offer_id=offer.id)
        assert held is not None
        held.seat.state, held.request.state = "open", "open"
        around = pair.around(session, held)
    made = booking.book(session, account_id, held, around, mode=offer.mode, accepted_via=via)
    booked = reading.Booked(made, held.volunteer, held.seat, held.request, held.institution)
    return reading.booked_reads(session, [booked], contacts=True)[0]


async def yes_and_withdraw(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> tuple[list[int], str, str]:
    """She says yes as the office that asked takes it back: codes, lending, seat."""
    lending_id = await steps.asked_of_fulda(client, cast, asked)
    await steps.agree(client, cast, lending_id)
    offer_id = steps.offer_of(engine, cast).id
    answers = await at_once(
        [
            lambda: client.post(f"/offers/{offer_id}/accept", headers=cast.key("nuru")),
            lambda: client.post(f"/lendings/{lending_id}/withdraw", headers=cast.key("amal")),
        ]
    )
    jobs.work_all(engine)
    state = (await steps.read(client, cast, "kofi", lending_id))["state"]
    return [one.status_code for one in answers], state, steps.seat_now(engine, asked)[0]


async def test_a_yes_and_its_taking_back_at_once_are_one_of_both(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    codes, lending, seat = await yes_and_withdraw(client, engine, cast, asked)
    assert (codes, lending, seat) in (
        ([200, 409], "booked", "booked"),
        ([409, 200], "withdrawn", "open"),
    )


async def test_control_when_nobody_looks_at_her_answer_a_booking_has_no_lending(
    client: AsyncClient,
    engine: Engine,
    cast: Cast,
    asked: Asking,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lending_id = await steps.asked_of_fulda(client, cast, asked)
    await steps.agree(client, cast, lending_id)
    assert (await steps.answer(client, engine, cast, "accept")).status_code == 200
    monkeypatch.setattr("app.offers.answering.withdraw", lambda *_: None)
    taken = await client.post(f"/lendings/{lending_id}/withdraw", headers=cast.key("amal"))
    assert taken.status_code == 200
    assert steps.seat_now(engine, asked)[0] == "booked"


async def test_who_takes_her_consent_back_at_once_with_the_agreement_is_not_asked(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    lending_id = await steps.asked_of_fulda(client, cast, asked)
    body, key = {"lendable": False}, cast.key("nuru") | {"If-Match": "*"}
    path = f"/enrolments/{cast.enrolments['nuru']}/lending"
    answers = await at_once(
        [
            agreeing(client, cast, lending_id, "nuru"),
            lambda: client.patch(path, json=body, headers=key),
        ]
    )
    assert answers[1].status_code == 200
    jobs.work_all(engine)
    state = (await steps.read(client, cast, "kofi", lending_id))["state"]
    offers = steps.states(steps.rows(engine, Offer))
    assert (answers[0].status_code, state, offers) in (
        (200, "withdrawn", ["declined"]),
        (409, "asked", []),
    )


@pytest.mark.postgres  # SQLite lets one writer in at a time: there is nothing to wait for.
async def test_a_place_that_is_given_again_at_this_moment_does_not_end(
    engine: Engine, cast: Cast, clock: time_machine.Traveller
) -> None:
    """What else she is asked now is not yet seen: the place itself has to say so."""
    hers = cast.volunteers["nuru"], cast.wetterau
    with db.transaction(engine) as session:
        places.give(session, *hers)
    clock.shift(8 * 24 * 3600)
    with db.open_session(engine) as session:
        db.set_scope(session, db.SYSTEM)
        places.give(session, *hers)
        ending = asyncio.create_task(asyncio.to_thread(following.watch, engine))
        await _until_he_waits(engine, ending)
        session.commit()
        await ending
    lent = steps.rows(engine, Enrolment, col(Enrolment.state) == "lent")
    assert [one.volunteer_id for one in lent] == [hers[0]]
    clock.shift(8 * 24 * 3600)
    following.watch(engine)
    assert not steps.rows(engine, Enrolment, col(Enrolment.state) == "lent"), "control"


async def test_a_pool_is_asked_once_however_often_at_once(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    answers = await at_once([lambda: steps.ask(client, cast, asked)] * AT_ONCE)
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
    assert len(steps.rows(engine, Lending)) == 1


async def test_control_without_the_index_each_question_is_kept(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP INDEX uq_lending_live")
    answers = await at_once([lambda: steps.ask(client, cast, asked)] * AT_ONCE)
    assert [one.status_code for one in answers] == [201] * AT_ONCE
    assert len(steps.rows(engine, Lending)) == AT_ONCE
