"""Saying yes: what it costs, what it leaves behind, and what becomes of a yes that is too late."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine, event
from sqlmodel import col, select

from app import db, jobs
from app.offers import answering, booking
from app.offers.refusals import LateYes, SeatTaken
from app.tables import (
    Assignment,
    AuditEvent,
    ClientCase,
    Message,
    Offer,
    ParentsDay,
    Request,
    RequestOption,
    Search,
    Seat,
    Volunteer,
)
from tests.app.examples import HOUR, MORNING, Asking, asking, offer
from tests.app.test_offer_page import link_in
from tests.app.test_races import at_once, rows
from tests.cast import Cast, volunteer

AT_MOST = 8
APART = (
    "PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE", "SELECT set_config", "INSERT INTO audit_event",
    "INSERT INTO idempotency_key", "UPDATE idempotency_key",
)  # fmt: skip
"""What is counted apart: the transaction itself, the second wall, the key, the trace."""


@pytest.fixture
def statements(engine: Engine) -> Iterator[list[str]]:
    """The statements that were sent to the database."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(APART):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def asked(engine: Engine, cast: Cast) -> Asking:
    """One seat at the school."""
    with db.transaction(engine) as session:
        return asking(session, cast.wetterau, cast.school, MORNING)


def ask(engine: Engine, asked: Asking, volunteer_id: UUID, **changes: object) -> UUID:
    """A question to somebody."""
    with db.transaction(engine) as session:
        made = offer(asked, volunteer_id, **changes)
        session.add(made)
    return made.id


def crowd(engine: Engine, cast: Cast, asked: Asking, count: int) -> None:
    """So many others are asked for the same seat."""
    with db.transaction(engine) as session:
        for number in range(count):
            who = volunteer(
                session, cast, f"gast{number}", languages={"kmr": "C1"}, sponsor_id=cast.wetterau
            )
            session.add(offer(asked, who.id))


async def accept(client: AsyncClient, cast: Cast, offer_id: UUID, name: str = "dilan") -> Any:
    """Somebody says yes."""
    return await client.post(f"/offers/{offer_id}/accept", headers=cast.key(name))


def hard(engine: Engine, cast: Cast, asked: Asking) -> None:
    """The seat belongs to a client, to a parents' day and to a search; a team goes there."""
    with db.transaction(engine) as session:
        case = ClientCase(sponsor_id=cast.wetterau, pseudonym="2" * 64)
        day = ParentsDay(
            sponsor_id=cast.wetterau,
            institution_id=cast.school,
            day=asked.option.day,
            start_minute=540,
            end_minute=1080,
            slot_minutes=15,
        )
        search = Search(
            sponsor_id=cast.wetterau, seat_id=asked.seat.id, strategy="all", act_by=MORNING
        )
        session.add_all([case, day, search])
        session.flush()
        request = session.get_one(Request, asked.request.id)
        request.client_case_id, request.parents_day_id = case.id, day.id
        values = {"sponsor_id": cast.wetterau, "request_id": request.id}
        session.add(Seat(**values, role="interpreter", language="kmr", position=1))


@pytest.mark.parametrize("others", [0, 3, 12])
async def test_a_yes_takes_few_statements_however_many_were_asked(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    asked: Asking,
    statements: list[str],
    others: int,
) -> None:
    hard(engine, cast, asked)
    crowd(engine, cast, asked, others)
    offer_id = ask(engine, asked, cast.volunteers["dilan"])
    statements.clear()
    answer = await accept(client, cast, offer_id)
    assert answer.status_code == 200, answer.text
    if engine.dialect.name == "postgresql":
        assert len(statements) <= AT_MOST, "\n\n".join(statements)
    writes = [s for s in statements if s.startswith(("UPDATE offer", "UPDATE search"))]
    assert len(writes) <= 3, "the number of those who were asked does not count"


async def test_who_comes_too_late_costs_next_to_nothing(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking, statements: list[str]
) -> None:
    first = ask(engine, asked, cast.volunteers["dilan"])
    second = ask(engine, asked, cast.volunteers["mirela"])
    assert (await accept(client, cast, first)).status_code == 200
    assert (await accept(client, cast, second, "mirela")).status_code == 409
    statements.clear()
    again = await accept(client, cast, second, "mirela")
    assert again.json()["type"] == "/problems/late-yes"
    assert len(statements) <= 2, statements
    assert not any("FOR NO KEY UPDATE" in s for s in statements), "nobody waits to learn that"


async def test_who_is_booked_at_that_time_learns_it_at_once(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking, statements: list[str]
) -> None:
    with db.transaction(engine) as session:
        beside = offer(
            asking(session, cast.wetterau, cast.school, MORNING), cast.volunteers["dilan"]
        )
        session.add(beside)
    assert (await accept(client, cast, beside.id)).status_code == 200
    offer_id = ask(engine, asked, cast.volunteers["dilan"])
    statements.clear()
    answer = await accept(client, cast, offer_id)
    assert answer.json()["type"] == "/problems/overlap"
    assert len(statements) <= 2, statements
    assert not any("FOR NO KEY UPDATE" in s for s in statements), "nobody waits to learn that"


async def test_many_press_at_once_and_each_seat_is_booked_once(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    seats, people, again = 4, 4, 3
    names = [f"gast{number}" for number in range(seats * people)]
    with db.transaction(engine) as session:
        hers = [
            volunteer(session, cast, name, languages={"kmr": "C1"}, sponsor_id=cast.wetterau).id
            for name in names
        ]
        places = [asking(session, cast.wetterau, cast.school, MORNING) for _ in range(seats)]
        made = [offer(places[n % seats], who) for n, who in enumerate(hers)]
        session.add_all(made)
    presses = list(zip([one.id for one in made], names, strict=True)) * again
    answers = await at_once([lambda o=o, n=n: accept(client, cast, o, n) for o, n in presses])
    assert rows(engine, Assignment) == seats
    won = [a.json()["id"] for a in answers if a.status_code == 200]
    assert (len(won), len(set(won))) == (seats * again, seats)
    lost = [a.json()["type"] for a in answers if a.status_code != 200]
    assert set(lost) == {"/problems/late-yes"}
    with db.transaction(engine) as session:
        late = session.exec(select(Offer).where(col(Offer.late_yes_at).is_not(None))).all()
        assert len(late) == seats * (people - 1)
        assert {one.state for one in late} == {"withdrawn"}


async def test_one_person_with_many_overlapping_offers_is_booked_once(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        made = [
            offer(
                asking(session, cast.wetterau, cast.school, MORNING + timedelta(minutes=4 * n)),
                cast.volunteers["dilan"],
            )
            for n in range(12)
        ]
        session.add_all(made)
    answers = await at_once([lambda o=one.id: accept(client, cast, o) for one in made] * 2)
    assert rows(engine, Assignment) == 1
    lost = {a.json()["type"] for a in answers if a.status_code != 200}
    assert lost == {"/problems/overlap"}


async def test_those_who_lost_are_thanked_and_she_gets_it_in_writing(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking, var: Path
) -> None:
    made = [ask(engine, asked, cast.volunteers[name]) for name in ("dilan", "mirela")]
    with db.transaction(engine) as session:
        for one in made:
            session.add(
                Message(
                    sponsor_id=cast.wetterau,
                    event="offer",
                    recipient="x@example.org",
                    subject="Anfrage",
                    body="?",
                    subject_id=one,
                    state="sent",
                    due_at=MORNING,
                )
            )
    assert (await accept(client, cast, made[0])).status_code == 200
    jobs.work_all(engine)
    jobs.work_all(engine)
    with db.transaction(engine) as session:
        told = session.exec(select(Message).where(col(Message.event) != "offer")).all()
        found = {(one.event, one.volunteer_id) for one in told}
        assert found == {
            ("booked", cast.volunteers["dilan"]),
            ("taken", cast.volunteers["mirela"]),
            ("request", None),
        }
        assert len(told) == 3
        letter = next(one for one in told if one.event == "booked")
        assert "Der Termin steht" in letter.body
    page = await client.get("http://test" + link_in(var / "outbox", "b"))
    assert page.status_code == 200, "there she sees room and contact"
    with db.transaction(engine) as session:
        assert session.get_one(Offer, made[1]).state == "withdrawn"


async def test_a_yes_at_another_time_is_not_waited_for_any_more(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking
) -> None:
    with db.transaction(engine) as session:
        values = {"sponsor_id": cast.wetterau, "request_id": asked.request.id, "position": 1}
        seat = Seat(**values, role="interpreter", language="ro")
        later = RequestOption(
            **values,
            day=asked.option.day,
            start_minute=840,
            duration_minutes=60,
            starts_at=MORNING + 4 * HOUR,
            ends_at=MORNING + 5 * HOUR,
        )
        session.add_all([seat, later])
        session.flush()
        search = Search(sponsor_id=cast.wetterau, seat_id=seat.id, strategy="all", act_by=MORNING)
        session.add(search)
        session.flush()
        beside = {"seat_id": seat.id, "search_id": search.id}
        same = offer(asked, cast.volunteers["mirela"], **beside)
        other = offer(asked, cast.volunteers["mirela"], seat_id=seat.id, option_id=later.id)
        other.search_id, same.state = search.id, "declined"
        session.add_all([same, other])
    assert (await accept(client, cast, ask(engine, asked, cast.volunteers["dilan"]))).json()
    with db.transaction(engine) as session:
        assert session.get_one(Offer, other.id).state == "withdrawn"
        assert session.get_one(Request, asked.request.id).state == "open"
        assert session.get_one(Search, search.id).state == "running"


async def test_the_office_takes_a_question_back(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking
) -> None:
    offer_id = ask(engine, asked, cast.volunteers["dilan"])
    path, amal = f"/offers/{offer_id}/withdraw", cast.key("amal")
    assert (await client.post(path, headers=cast.key("dilan"))).status_code == 403
    assert (await client.post(path, headers=cast.key("kofi"))).status_code == 404
    for _ in range(2):
        answer = await client.post(path, headers=amal)
        assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")
    late = await accept(client, cast, offer_id)
    assert late.json()["type"] == "/problems/late-yes"
    assert late.json()["state"] == "withdrawn"
    other = ask(engine, asked, cast.volunteers["mirela"])
    assert (await accept(client, cast, other, "mirela")).status_code == 200
    refused = await client.post(f"/offers/{other}/withdraw", headers=amal)
    assert refused.json()["type"] == "/problems/offer-answered"
    jobs.work_all(engine)
    with db.transaction(engine) as session:
        told = session.exec(select(Message.event)).all()
        assert "taken" not in told, "the question had not left"


async def test_she_sees_where_to_go_until_a_week_after_the_date(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking, clock: Any
) -> None:
    booked = await accept(client, cast, ask(engine, asked, cast.volunteers["dilan"]))
    assert booked.json()["contact"]["street"] == "Schulstr. 1"
    path, end = f"/assignments/{booked.json()['id']}", MORNING + HOUR + timedelta(days=7)
    for moment, is_shown in ((end - timedelta(seconds=1), True), (end, False)):
        clock.move_to(moment)
        seen = (await client.get(path, headers=cast.key("dilan"))).json()
        assert (seen["contact"] is not None) == is_shown


async def test_a_late_yes_is_kept_once_and_seen_by_the_office(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking, clock: Any
) -> None:
    late, other = (ask(engine, asked, cast.volunteers[name]) for name in ("dilan", "mirela"))
    with db.transaction(engine) as session:
        session.get_one(Offer, other).expires_at = MORNING
    clock.shift(25 * 3600)
    for _ in range(2):
        answer = await accept(client, cast, late)
        assert answer.status_code == 409
        assert answer.json()["type"] == "/problems/late-yes"
        assert answer.json()["state"] == "expired"
        clock.shift(60)
    seen = (await client.get(f"/offers/{late}", headers=cast.key("amal"))).json()
    assert seen["late_yes_at"] == "2027-01-05T10:00:00Z"
    with db.transaction(engine) as session:
        actions = session.exec(select(AuditEvent.action)).all()
        assert actions.count("offer.late_yes") == 1
    said = await client.post(f"/offers/{other}/decline", headers=cast.key("mirela"))
    assert said.json()["state"] == "declined"
    now_it_counts = await accept(client, cast, late)
    assert now_it_counts.status_code == 200, "nobody else is being asked any more"


async def test_a_late_no_is_a_no(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking, clock: Any
) -> None:
    offer_id = ask(engine, asked, cast.volunteers["dilan"])
    clock.shift(25 * 3600)
    with db.transaction(engine) as session:
        session.get_one(Offer, offer_id).state = "expired"
    answer = await client.post(f"/offers/{offer_id}/decline", headers=cast.key("dilan"))
    assert (answer.status_code, answer.json()["state"]) == (200, "declined")
    assert (await accept(client, cast, offer_id)).json()["type"] == "/problems/offer-answered"


async def test_nobody_is_booked_for_what_has_begun(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking, clock: Any
) -> None:
    offer_id = ask(engine, asked, cast.volunteers["dilan"], expires_at=MORNING)
    clock.move_to(MORNING)
    answer = await accept(client, cast, offer_id)
    assert answer.json()["type"] == "/problems/late-yes"


async def test_how_she_answered_is_written_down(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking
) -> None:
    offer_id = ask(engine, asked, cast.volunteers["dilan"])
    assert (await accept(client, cast, offer_id, "amal")).status_code == 200
    with db.transaction(engine) as session:
        event_ = session.exec(select(AuditEvent).where(AuditEvent.action == "offer.accept")).one()
        assert event_.details["via"] == "office"
        made = session.get_one(Offer, offer_id)
        assert made.answered_by == cast.accounts["amal"]
        hers = session.get_one(Volunteer, made.volunteer_id).account_id
        assert made.answered_by != hers
        assert made.answered_at is not None


def test_what_the_session_holds_is_what_was_written(
    engine: Engine, cast: Cast, asked: Asking
) -> None:
    """The rows are written past the session: it must know of it."""
    offer_id = ask(engine, asked, cast.volunteers["dilan"])
    with db.transaction(engine) as session:
        read = answering.accept(session, None, session.get_one(Offer, offer_id))
        assert not isinstance(read, LateYes)
        known = {row: row.model_dump() for row in session.identity_map.values()}
        for row in known:
            session.refresh(row)
            assert known[row] == row.model_dump()


def test_a_booking_without_a_question_answers_the_one_she_had(
    engine: Engine, cast: Cast, asked: Asking
) -> None:
    hers, others = (ask(engine, asked, cast.volunteers[name]) for name in ("dilan", "mirela"))
    with db.transaction(engine) as session:
        made = booking.book_seat(
            session,
            cast.accounts["amal"],
            asked.seat.id,
            asked.option.id,
            cast.volunteers["dilan"],
            mode="on_site",
        )
        assert (made.booked_via, made.offer_id) == ("phone", hers)
    with db.transaction(engine) as session:
        assert session.get_one(Offer, hers).state == "accepted"
        assert session.get_one(Offer, others).state == "withdrawn"
        with pytest.raises(SeatTaken):
            booking.book_seat(
                session,
                None,
                asked.seat.id,
                asked.option.id,
                cast.volunteers["mirela"],
                mode="on_site",
            )
