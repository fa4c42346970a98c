"""The institution's code confirms the time on the phone, also without a network in between."""

import threading
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import Session, col, select, update

from app import access, db, jobs, pseudonyms
from app.bookings import codes as bookings
from app.hours import codes
from app.offers.booking import CONFIRM
from app.offers.confirming import FOUND
from app.tables import (
    Account,
    Assignment,
    AuditEvent,
    Institution,
    LedgerEntry,
    Message,
    ServiceRecord,
)
from tests.app.bookings.acting import booked
from tests.app.hours.bookings import at, book, link_account
from tests.app.test_races import in_threads
from tests.cast import Cast

SUNDAY = date(2027, 1, 3)
AT_ONCE = 8


def code_of(engine: Engine, assignment: Assignment) -> str:
    """What the institution knows."""
    with db.transaction(engine) as session:
        return bookings.code(session, session.get_one(Assignment, assignment.id))


def wrong(right: str) -> str:
    """A code that is not the right one."""
    return f"{(int(right) + 1) % 10**6:06}"


async def report(
    client: AsyncClient, cast: Cast, booking: Assignment, who: str = "dilan", **more: Any
) -> Response:
    """What she sends after the appointment."""
    sent = {
        "assignment_id": str(booking.id),
        "started_at": booking.starts_at.isoformat(),
        "ended_at": booking.ends_at.isoformat(),
    }
    return await client.post("/service-records", json=sent | more, headers=cast.key(who))


async def type_in(client: AsyncClient, cast: Cast, record_id: str, code: str, who: str) -> Response:
    """She types a code on a record that is there."""
    path = f"/service-records/{record_id}/code"
    return await client.post(path, json={"code": code}, headers=cast.key(who))


def mails(engine: Engine, event: str) -> list[Message]:
    """What the school is told of."""
    query = select(Message).where(col(Message.event) == event, col(Message.volunteer_id).is_(None))
    with db.transaction(engine) as session:
        return list(session.exec(query.order_by(col(Message.id))).all())


async def test_a_right_code_confirms_what_was_reported(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    booking = book(engine, cast, at(SUNDAY, "10:00"))
    answer = await report(client, cast, booking, code=code_of(engine, booking))
    read = answer.json()
    assert answer.status_code == 201
    assert (read["state"], read["minutes"], read["code"]["accepted"]) == ("confirmed", 60, True)
    assert read["confirmed_by"].endswith("(Code)")
    with db.transaction(engine) as session:
        record = session.exec(select(ServiceRecord)).one()
        assert (record.source, record.confirmed_minutes) == ("code", 60)
        assert [line.minutes for line in session.exec(select(LedgerEntry)).all()] == [60]
    assert [one.state for one in mails(engine, "confirm_record")] == ["dropped"]
    assert ["Mit Ihrem Code" in one.subject for one in mails(engine, "request")] == [True]


async def test_a_wrong_code_costs_no_hours_and_the_institution_is_asked(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    booking = book(engine, cast, at(SUNDAY, "10:00"))
    answer = await report(client, cast, booking, code=wrong(code_of(engine, booking)))
    assert answer.status_code == 201
    assert answer.json()["state"] == "reported"
    assert answer.json()["code"]["accepted"] is False
    assert "noch 2-mal" in answer.json()["code"]["message"]
    assert [one.state for one in mails(engine, "confirm_record")] == ["queued"]


async def test_after_three_wrong_codes_the_right_one_is_too_late(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    booking = book(engine, cast, at(SUNDAY, "10:00"))
    right = code_of(engine, booking)
    record_id = (await report(client, cast, booking, code=wrong(right))).json()["id"]
    for left in ("noch 1-mal", "schon dreimal eingegeben"):
        answer = await type_in(client, cast, record_id, wrong(right), "dilan")
        assert (answer.status_code, left in answer.json()["code"]["message"]) == (200, True)
    late = await type_in(client, cast, record_id, right, "dilan")
    assert (late.json()["state"], late.json()["code"]["accepted"]) == ("reported", False)
    with db.transaction(engine) as session:
        query = select(AuditEvent).where(col(AuditEvent.action) == "service_record.code")
        tried = [one.details["state"] for one in session.exec(query).all()]
        assert tried == ["wrong", "wrong", "wrong", "used_up"]


async def test_a_code_is_tried_on_a_report_that_came_without(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    booking = book(engine, cast, at(SUNDAY, "10:00"))
    made = (await report(client, cast, booking)).json()
    assert made["code"] is None
    answer = await type_in(client, cast, made["id"], code_of(engine, booking), "dilan")
    assert answer.json()["state"] == "confirmed"
    again = await type_in(client, cast, made["id"], code_of(engine, booking), "dilan")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/record-state")


async def test_an_upload_that_comes_twice_is_one_report_and_one_try(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    booking = book(engine, cast, at(SUNDAY, "10:00"))
    sent = {
        "assignment_id": str(booking.id),
        "started_at": booking.starts_at.isoformat(),
        "ended_at": booking.ends_at.isoformat(),
        "code": wrong(code_of(engine, booking)),
    }
    headers = cast.key("dilan") | {"Idempotency-Key": "aus dem Funkloch"}
    first = await client.post("/service-records", json=sent, headers=headers)
    again = await client.post("/service-records", json=sent, headers=headers)
    assert (first.status_code, again.json()) == (201, first.json())
    with db.transaction(engine) as session:
        assert session.get_one(Assignment, booking.id).code_tries == 1


async def test_a_code_does_not_confirm_more_time_than_was_booked(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    """It is known before the appointment: an hour more is for the institution to say."""
    for clock, minutes, state in (("8:00", 70, "confirmed"), ("12:00", 71, "reported")):
        booking = book(engine, cast, at(SUNDAY, clock))
        ended = booking.starts_at + timedelta(minutes=minutes)
        answer = await report(
            client, cast, booking, ended_at=ended.isoformat(), code=code_of(engine, booking)
        )
        assert (answer.json()["state"], clock) == (state, clock)
    said = answer.json()["code"]["message"]
    assert "länger als geplant" in said
    assert "über den Link in ihrer E-Mail" in said


async def test_the_office_types_no_code(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    booking = book(engine, cast, at(SUNDAY, "10:00"))
    right = code_of(engine, booking)
    answer = await report(client, cast, booking, "amal", code=right)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/code-from-office")
    record_id = (await report(client, cast, booking, "amal")).json()["id"]
    assert (await type_in(client, cast, record_id, right, "amal")).status_code == 403
    assert (await type_in(client, cast, record_id, right, "mirela")).status_code == 404
    assert (await type_in(client, cast, record_id, right, "dilan")).json()["state"] == "confirmed"


async def test_only_institution_and_office_are_told_the_code(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    booking = book(engine, cast, at(SUNDAY, "10:00"))
    right, path = code_of(engine, booking), f"/assignments/{booking.id}/code"
    for who in ("selin", "amal"):
        told = (await client.get(path, headers=cast.key(who))).json()
        assert told == {"code": right, "scanned": f"LW1:{booking.id}:{right}"}
        drawn = await client.get(f"{path}.svg", headers=cast.key(who))
        assert drawn.headers["content-type"] == "image/svg+xml"
        assert "<svg" in drawn.text
    for who, status in {"dilan": 403, "arno": 403, "fatma": 403, "kofi": 404}.items():
        assert (await client.get(path, headers=cast.key(who))).status_code == status, who
        assert (await client.get(f"{path}.svg", headers=cast.key(who))).status_code == status


async def test_a_coordinator_who_goes_herself_is_not_told_her_code(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    link_account(engine, cast, "dilan", "amal")
    booking = book(engine, cast, at(SUNDAY, "10:00"))
    for path in (f"/assignments/{booking.id}/code", f"/assignments/{booking.id}/code.svg"):
        answer = await client.get(path, headers=cast.key("amal"))
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/own-work")


async def test_nothing_that_she_or_an_auditor_reads_holds_the_code(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    booking = book(engine, cast, at(SUNDAY, "10:00"))
    right = code_of(engine, booking)
    record_id = (await report(client, cast, booking)).json()["id"]
    paths = (f"/assignments/{booking.id}", "/assignments", f"/service-records/{record_id}")
    for path in (*paths, "/messages", "/audit"):
        for who in ("dilan", "arno", "amal"):
            answer = await client.get(path, headers=cast.key(who))
            assert right not in answer.text, (path, who)


async def test_the_institution_reads_the_code_in_the_mail_that_says_who_comes(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    booking_id = booked(engine, cast, at(SUNDAY, "10:00") + timedelta(days=9))
    with db.transaction(engine) as session:
        right = bookings.code(session, session.get_one(Assignment, booking_id))
    jobs.REGISTRY[FOUND](engine, booking_id)
    (mail,) = mails(engine, "request")
    assert f"Code: {right}" in mail.body
    jobs.REGISTRY[CONFIRM](engine, booking_id)
    with db.transaction(engine) as session:
        (hers,) = session.exec(select(Message).where(col(Message.volunteer_id).is_not(None))).all()
    assert right not in hers.body + hers.short + hers.calendar


def test_each_booking_has_a_code_of_its_own_that_outlives_a_new_key(
    cast: Cast, engine: Engine
) -> None:
    first, second = (book(engine, cast, at(SUNDAY, clock)) for clock in ("8:00", "12:00"))
    before = code_of(engine, first)
    assert before != code_of(engine, second)
    assert (len(before), before.isdecimal()) == (6, True)
    with db.transaction(engine) as session:
        pseudonyms.rotate(session, cast.wetterau)
        pseudonyms.rotate(session, cast.wetterau)
    after = code_of(engine, first)
    assert after != before
    with db.transaction(engine) as session:
        booking = session.get_one(Assignment, first.id)
        assert bookings.opens(session, booking, before)
        assert bookings.opens(session, booking, after)
        assert not bookings.opens(session, session.get_one(Assignment, second.id), before)
        pseudonyms.destroy(session, cast.wetterau, 1)
        pseudonyms.destroy(session, cast.wetterau, pseudonyms.LEGACY)
        assert not bookings.opens(session, booking, before)


async def guessing(client: AsyncClient, cast: Cast, engine: Engine) -> tuple[UUID, str]:
    """A report of Dilan's, and a code that is wrong for it."""
    booking = book(engine, cast, at(SUNDAY, "10:00"))
    made = (await report(client, cast, booking)).json()
    return UUID(made["id"]), wrong(code_of(engine, booking))


def _compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which codes were looked at."""
    seen: list[str] = []
    opens = bookings.opens

    def looked_at(session: Session, booking: Assignment, typed: str) -> bool:
        seen.append(typed)
        return opens(session, booking, typed)

    monkeypatch.setattr(bookings, "opens", looked_at)
    return seen


async def test_who_guesses_many_at_once_has_three_tries(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_id, guess = await guessing(client, cast, engine)
    seen = _compared(monkeypatch)

    def try_one(_number: int) -> str:
        with db.transaction(engine) as session:
            dilan = access.actor_of(session, session.get_one(Account, cast.accounts["dilan"]))
            record = session.get_one(ServiceRecord, record_id)
            return codes.confirm(session, dilan, record, guess, "de").message

    said = in_threads(try_one, range(AT_ONCE))
    assert len(seen) == codes.MOST_TRIES
    assert sum("schon dreimal" in one for one in said) == AT_ONCE - codes.MOST_TRIES + 1


async def test_control_who_looks_first_and_counts_later_is_guessed_to_the_end(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_id, guess = await guessing(client, cast, engine)
    seen, everybody_looked = _compared(monkeypatch), threading.Barrier(AT_ONCE)

    def try_one(_number: int) -> None:
        with db.open_session(engine, read_only=True) as session:
            db.set_scope(session, db.SYSTEM)
            record = session.get_one(ServiceRecord, record_id)
            tries = session.get_one(Assignment, record.assignment_id).code_tries
        everybody_looked.wait(timeout=20)
        if tries < codes.MOST_TRIES:
            with db.transaction(engine) as session:
                booking = session.get_one(Assignment, record.assignment_id)
                bookings.opens(session, booking, guess)
                session.exec(
                    update(Assignment)
                    .where(col(Assignment.id) == booking.id)
                    .values(code_tries=tries + 1)
                )

    in_threads(try_one, range(AT_ONCE))
    assert len(seen) == AT_ONCE


async def test_no_mail_is_promised_where_nobody_can_write_to(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        session.get_one(Institution, cast.school).email = ""
    booking = book(engine, cast, at(SUNDAY, "10:00"))
    longer = (booking.ends_at + timedelta(hours=1)).isoformat()
    made = await report(client, cast, booking, ended_at=longer, code=code_of(engine, booking))
    path = f"/service-records/{made.json()['id']}/code"
    sent = {"json": {"code": wrong(code_of(engine, booking))}}
    for _ in range(3):
        german = await client.post(path, headers=cast.key("dilan"), **sent)
    english = await client.post(path, headers=cast.key("dilan") | {"Accept-Language": "en"}, **sent)
    for answer in (made, german):
        assert "Koordination kümmert sich" in answer.json()["code"]["message"]
        assert "E-Mail" not in answer.json()["code"]["message"]
    assert "the coordination office sees to" in english.json()["code"]["message"]


async def test_what_a_code_confirmed_is_not_written_to_nowhere(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        session.get_one(Institution, cast.school).email = ""
    booking = book(engine, cast, at(SUNDAY, "10:00"))
    made = await report(client, cast, booking, code=code_of(engine, booking))
    assert (made.json()["state"], mails(engine, "request")) == ("confirmed", [])


async def test_a_place_without_an_address_is_not_waited_for(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    booking = book(engine, cast, at(SUNDAY, "10:00"))
    record_id = (await report(client, cast, booking)).json()["id"]
    body = {"minutes": 60, "reason": "am Telefon bestätigt"}
    path = f"/service-records/{record_id}/confirm"
    early = await client.post(path, json=body, headers=cast.key("amal"))
    assert early.json()["type"] == "/problems/wait-for-institution"
    with db.transaction(engine) as session:
        session.get_one(Institution, cast.school).email = ""
    answer = await client.post(path, json=body, headers=cast.key("amal"))
    assert answer.json()["state"] == "confirmed"
