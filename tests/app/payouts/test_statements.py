"""Statements on paper: as the money left, in her language, made once by a job, hers alone."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine, delete
from sqlmodel import col, select, update

from app import db, jobs
from app.payouts import papers, statements
from app.tables import Message, Payment, StatementPaper, Volunteer
from tests.app.hours.bookings import at, confirmed
from tests.app.payouts.runs import owe, two_drawn
from tests.app.payouts.steps import activity, approve_all
from tests.app.payouts.test_payruns import MONDAY, draw
from tests.cast import Cast

NAMES = {"Dilan-Beispiel, Dilan": "dilan", "Mirela-Beispiel, Mirela": "mirela"}


async def paid(client: AsyncClient, cast: Cast, run: Any) -> dict[str, str]:
    """The payrun is paid; the ids of its transfers by name."""
    body = {"paid_on": "2027-01-04"}
    done = await client.post(f"/payruns/{run['id']}/paid", json=body, headers=cast.key("fatma"))
    assert done.status_code == 200, done.text
    return {NAMES[one["payee_name"]]: one["id"] for one in done.json()["payments"]}


async def paper(client: AsyncClient, cast: Cast, payment: str, who: str = "fatma") -> Any:
    """The statement of a transfer."""
    return await client.get(f"/payments/{payment}/statement.pdf", headers=cast.key(who))


def said(engine: Engine, payment: str, locale: str = "de") -> Any:
    """What the paper says, before it is set."""
    with db.transaction(engine, read_only=True) as session:
        row = session.get_one(Payment, UUID(payment))
        return statements.of(session, row, locale)


async def test_a_statement_says_each_line_the_sum_and_the_year(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await owe(client, cast, engine, dilan=1)
    for hour in ("10:00", "14:00"):
        confirmed(engine, cast, at(MONDAY, hour))
    await approve_all(client, cast)
    run = (await draw(client, cast)).json()
    ids = await paid(client, cast, run)
    one = said(engine, ids["dilan"])
    assert (one.volunteer, one.iban[-4:]) == ("Dilan Dilan-Beispiel", "3000")
    assert [line.line.amount_cents for line in one.lines] == [-2000, 2000, 2000]
    assert [line.correction for line in one.lines] == [True, False, False]
    assert {line.what for line in one.lines} == {"Grundschule"}
    assert {line.what for line in said(engine, ids["dilan"], "en").lines} == {"Primary school"}
    assert sum(line.line.amount_cents for line in one.lines) == run["amount_cents"]
    (year,) = one.taxes
    assert (year.year, year.received_cents) == (2027, 4000), "20 in December's payrun, 20 now"
    made = await paper(client, cast, ids["dilan"])
    assert made.content.startswith(b"%PDF-")
    assert made.headers["content-type"] == "application/pdf"


async def test_hours_without_an_appointment_are_called_by_their_kind(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    activity(engine, cast, at(MONDAY, "08:00"))
    await approve_all(client, cast)
    ids = await paid(client, cast, (await draw(client, cast)).json())
    assert [line.what for line in said(engine, ids["dilan"]).lines] == ["Sprechstunde"]
    assert [line.what for line in said(engine, ids["dilan"], "en").lines] == ["consultation hour"]


async def test_the_same_bytes_whatever_has_changed_since(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    run = await two_drawn(client, cast, engine)
    ids = await paid(client, cast, run)
    before = (await paper(client, cast, ids["dilan"])).content
    clock.shift(timedelta(days=400))
    confirmed(engine, cast, at(MONDAY, "16:00"))
    with db.transaction(engine) as session:
        session.exec(update(Volunteer).values(surname="Anders", iban=""))
    assert (await paper(client, cast, ids["dilan"])).content == before


async def test_a_job_makes_them_all_once_and_tells_everybody(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    run = await two_drawn(client, cast, engine)
    path, key = f"/payruns/{run['id']}/statements", cast.key("lea")
    early = await client.post(path, headers=key)
    assert early.json()["detail"].startswith("Die Abrechnung auf Papier gibt es, sobald")
    ids = await paid(client, cast, run)
    with db.transaction(engine) as session:
        her = col(Volunteer.id) == cast.volunteers["mirela"]
        session.exec(update(Volunteer).where(her).values(locale="en"))
    asked = await client.post(path, headers=key)
    assert (asked.status_code, asked.json()) == (202, {"payments": 2, "made": 0, "told": 0})
    jobs.work_all(engine)
    done = await client.get(path, headers=key)
    assert done.json() == {"payments": 2, "made": 2, "told": 2}
    again = await client.post(path, headers=key)
    jobs.work_all(engine)
    assert again.status_code == 202
    with db.transaction(engine, read_only=True) as session:
        kept = session.exec(select(StatementPaper)).all()
        told = session.exec(select(Message).where(col(Message.subject).contains("bereit"))).all()
    assert {one.locale for one in kept} == {"de", "en"}
    (word,) = told
    assert word.recipient == "dilan@example.org"
    assert ids["dilan"] in word.body
    assert "20" not in word.body.replace(ids["dilan"], ""), "no amount leaves by mail"


async def test_one_that_cannot_be_made_holds_up_nobody_elses(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await two_drawn(client, cast, engine)
    await paid(client, cast, run)
    right = papers.statement

    def torn(one: papers.Statement, locale: str) -> bytes:
        if one.volunteer.startswith("Dilan"):
            raise ValueError("torn")
        return right(one, locale)

    monkeypatch.setattr(papers, "statement", torn)
    with pytest.raises(ValueError, match="torn"):
        statements.make(engine, UUID(run["id"]))
    with db.transaction(engine, read_only=True) as session:
        (kept,) = session.exec(select(StatementPaper)).all()
    assert kept.volunteer_id == cast.volunteers["mirela"]


async def test_nobody_is_told_of_money_that_came_back_while_papers_are_made(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await two_drawn(client, cast, engine)
    ids = await paid(client, cast, run)
    waiting = [UUID(one) for one in ids.values()]
    monkeypatch.setattr(statements, "_waiting", lambda *_: waiting)
    path, body = f"/payments/{ids['dilan']}/returned", {"returned_on": "2027-01-04"}
    await client.post(path, json=body, headers=cast.key("fatma"))
    statements.make(engine, UUID(run["id"]))
    with db.transaction(engine, read_only=True) as session:
        told = session.exec(select(Message.subject_id).where(col(Message.subject_id).in_(waiting)))
        assert told.all() == [UUID(ids["mirela"])]


async def test_what_the_job_kept_is_what_is_made_again(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    ids = await paid(client, cast, run := await two_drawn(client, cast, engine))
    await client.post(f"/payruns/{run['id']}/statements", headers=cast.key("fatma"))
    jobs.work_all(engine)
    kept = (await paper(client, cast, ids["dilan"])).content
    with db.transaction(engine) as session:
        session.exec(delete(StatementPaper))
    assert (await paper(client, cast, ids["dilan"])).content == kept


async def test_she_reads_her_own_and_nobody_elses(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    ids = await paid(client, cast, await two_drawn(client, cast, engine))
    assert (await paper(client, cast, ids["dilan"], "dilan")).status_code == 200
    for who, status in (("mirela", 404), ("kofi", 404), ("nuru", 404), ("amal", 403)):
        assert (await paper(client, cast, ids["dilan"], who)).status_code == status, who


async def test_no_paper_for_money_that_has_not_left_or_came_back(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    run = await two_drawn(client, cast, engine)
    first = run["payments"][0]["id"]
    assert (await paper(client, cast, first)).json()["type"] == "/problems/statement-too-early"
    await paid(client, cast, run)
    body = {"returned_on": "2027-01-04"}
    await client.post(f"/payments/{first}/returned", json=body, headers=cast.key("fatma"))
    assert (await paper(client, cast, first)).json()["type"] == "/problems/payment-came-back"
