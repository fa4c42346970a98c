"""The treasurer's link: approves just what was asked, once, and never what she is paid herself."""

import asyncio
import re
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db
from app.main import create_app
from app.payouts import approvals
from app.tables import (
    Account,
    AuditEvent,
    Claim,
    ClaimApproval,
    Message,
    Sponsor,
    Volunteer,
)
from tests.app.hours.bookings import at, confirmed
from tests.app.payouts.steps import build, step
from tests.app.trials import calling
from tests.cast import Cast

MONDAY = date(2027, 1, 4)
TREASURER = "kasse@example.org"
YES, NO = {"answer": "yes"}, {"answer": "no", "note": "Die Stunden im Januar stimmen nicht."}


@pytest.fixture
def treasurer(engine: Engine, cast: Cast) -> None:
    """At Wetterau a treasurer approves."""
    with db.transaction(engine) as session:
        sponsor = session.get_one(Sponsor, cast.wetterau)
        sponsor.four_eyes, sponsor.treasurer_name = "treasurer_link", "Tilda Kasse"
        sponsor.treasurer_email = TREASURER
        session.add(sponsor)


async def checked(client: AsyncClient, cast: Cast, engine: Engine, *names: str) -> list[str]:
    """Claims of January, checked by Fatma."""
    for name in names or ("dilan",):
        confirmed(engine, cast, at(MONDAY, "10:00"), name=name)
    ids = [claim["id"] for claim in (await build(client, cast))["claims"]]
    for claim in ids:
        await submitted_and_checked(client, cast, claim)
    return ids


async def submitted_and_checked(client: AsyncClient, cast: Cast, claim: str) -> None:
    """Amal submits it, Fatma checks it."""
    for who, verb in (("amal", "submit"), ("fatma", "check")):
        answer = await step(client, cast, who, claim, verb)
        assert answer.status_code == 200, answer.text


async def ask(client: AsyncClient, cast: Cast, who: str = "fatma", **body: Any) -> Response:
    """Ask the treasurer."""
    return await client.post("/claim-approvals", json=body, headers=cast.key(who))


def link(engine: Engine) -> str:
    """The address in the last mail to the treasurer."""
    with db.transaction(engine) as session:
        query = select(Message).where(col(Message.recipient) == TREASURER)
        mails = session.exec(query.order_by(col(Message.id))).all()
    found = re.search(r"http://test/v/lw_[\w-]+", mails[-1].body)
    assert found, mails[-1].body
    return found[0]


async def asked(client: AsyncClient, cast: Cast, engine: Engine, *names: str) -> str:
    """A link to checked claims."""
    await checked(client, cast, engine, *names)
    answer = await ask(client, cast)
    assert answer.status_code == 201, answer.text
    return link(engine)


def states(engine: Engine) -> list[str]:
    """How the claims stand, in the order of their ids."""
    with db.transaction(engine) as session:
        return list(session.exec(select(Claim.state).order_by(col(Claim.id))).all())


def treasurer_is(engine: Engine, cast: Cast, name: str) -> None:
    """Her account has the treasurer's address."""
    with db.transaction(engine) as session:
        account = session.get_one(Account, cast.accounts[name])
        account.email = TREASURER
        session.add(account)


async def test_treasurer_sees_sums_and_approves_once(
    client: AsyncClient, cast: Cast, engine: Engine, treasurer: None
) -> None:
    url = await asked(client, cast, engine, "dilan", "mirela")
    page = await client.get(url)
    assert page.status_code == 200
    for shown in (
        "Tilda Kasse",
        "Sprachpool Wetterau",
        "Dilan Dilan-Beispiel",
        "40,00 EUR",
        "1:00",
    ):
        assert shown in page.text
    for hidden in ("Elterngespr", "Löwenzahn", "DE89", "Kurmandschi", "example.org"):
        assert hidden not in page.text
    assert states(engine) == ["checked"] * 2, "looking answers nothing"
    thanks = await client.post(url, data=YES)
    assert thanks.status_code == 200
    assert "alles ist freigegeben" in thanks.text
    assert states(engine) == ["approved"] * 2
    again = await client.post(url, data=NO)
    assert "alles ist freigegeben" in again.text
    assert states(engine) == ["approved"] * 2, "the first answer stands"
    drawn = await client.post("/payruns", json={}, headers=cast.key("fatma"))
    assert drawn.json()["amount_cents"] == 4000
    with db.transaction(engine) as session:
        events = session.exec(select(AuditEvent).order_by(col(AuditEvent.id))).all()
    noted = [(one.action, one.account_id is None) for one in events if "approv" in one.action]
    assert noted == [
        ("claim_approval.ask", False),
        ("claim_approval.approved", True),
        ("claim.approve", True),
        ("claim.approve", True),
    ]


async def test_the_months_of_one_person_stand_in_their_order(
    client: AsyncClient, cast: Cast, engine: Engine, treasurer: None
) -> None:
    confirmed(engine, cast, at(date(2026, 12, 14), "10:00"))
    for claim in (await build(client, cast, "2026-12"))["claims"]:
        await submitted_and_checked(client, cast, claim["id"])
    page = await client.get(await asked(client, cast, engine))
    assert re.findall(r"Monat (\d\d/\d{4})", page.text) == ["12/2026", "01/2027"]


async def test_a_reason_holds_no_signs_that_nobody_writes(
    client: AsyncClient, cast: Cast, engine: Engine, treasurer: None
) -> None:
    url = await asked(client, cast, engine)
    typed = "Der\r\nJanuar\x00\x7f\x9b\ufffe\uffff stimmt\tnicht."
    page = await client.post(url, data={"answer": "no", "note": typed})
    assert "alles ist zurückgegeben" in page.text
    found = (await client.get("/claims", headers=cast.key("fatma"))).json()["items"]
    assert found[0]["return_reason"] == "Der Januar stimmt nicht."


async def test_treasurer_returns_with_a_reason(
    client: AsyncClient, cast: Cast, engine: Engine, treasurer: None
) -> None:
    url = await asked(client, cast, engine)
    for wrong in ({}, {"answer": "maybe"}, {"answer": "no"}, {"answer": "no", "note": " a "}):
        page = await client.post(url, data=wrong)
        assert page.status_code == 422
        assert "Bitte noch einmal ansehen" in page.text
    assert states(engine) == ["checked"]
    page = await client.post(url, data=NO)
    assert "alles ist zurückgegeben" in page.text
    assert states(engine) == ["returned"]
    found = (await client.get("/claims", headers=cast.key("fatma"))).json()["items"]
    assert found[0]["return_reason"] == NO["note"]
    (said,) = (await client.get("/claim-approvals", headers=cast.key("arno"))).json()["items"]
    assert (said["state"], said["amount_cents"]) == ("returned", 2000)
    assert TREASURER not in str(said)


async def test_the_link_is_in_the_mail_alone_and_names_nobody(
    client: AsyncClient, cast: Cast, engine: Engine, treasurer: None
) -> None:
    await checked(client, cast, engine)
    answer = await ask(client, cast)
    assert "/v/" not in answer.text
    with db.transaction(engine) as session:
        mail = session.exec(select(Message).where(col(Message.recipient) == TREASURER)).one()
    assert "20,00 EUR" in mail.body
    assert "Dilan" not in mail.body
    assert "/v/" not in (await client.get("/messages", headers=cast.key("amal"))).text


async def test_a_link_is_too_old_after_fourteen_days(
    client: AsyncClient, cast: Cast, engine: Engine, treasurer: None, clock: Any
) -> None:
    url = await asked(client, cast, engine)
    clock.shift(14 * 86_400)
    assert (await client.post(url, data=YES)).status_code == 410
    assert states(engine) == ["checked"]


async def rebuilt_meanwhile(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    """The claim goes back, another rate holds, and it is built, submitted and checked again."""
    (claim_id,) = [c["id"] for c in (await client.get(
        "/claims", headers=cast.key("fatma"))).json()["items"]]  # fmt: skip
    assert (await step(client, cast, "fatma", claim_id, "return")).status_code == 200
    confirmed(engine, cast, at(MONDAY, "14:00"))
    (anew,) = (await build(client, cast))["claims"]
    assert (anew["id"], anew["amount_cents"]) == (claim_id, 4000)
    await submitted_and_checked(client, cast, claim_id)


async def test_a_claim_that_was_built_anew_needs_a_new_link(
    client: AsyncClient, cast: Cast, engine: Engine, treasurer: None
) -> None:
    url = await asked(client, cast, engine)
    await rebuilt_meanwhile(client, cast, engine)
    assert "gilt nicht mehr" in (await client.get(url)).text
    late = await client.post(url, data=YES)
    assert late.status_code == 409
    assert states(engine) == ["checked"]
    assert (await ask(client, cast)).status_code == 201
    assert (await client.post(link(engine), data=YES)).status_code == 200
    assert states(engine) == ["approved"]


async def test_control_without_the_hash_another_amount_would_be_approved(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    treasurer: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = await asked(client, cast, engine)
    await rebuilt_meanwhile(client, cast, engine)
    monkeypatch.setattr(approvals, "still_stands", lambda *_: True)
    assert (await client.post(url, data=YES)).status_code == 200
    with db.transaction(engine) as session:
        claim = session.exec(select(Claim)).one()
        approval = session.exec(select(ClaimApproval)).one()
    assert (claim.state, claim.amount_cents, approval.amount_cents) == ("approved", 4000, 2000)


async def test_of_two_links_to_one_claim_the_later_holds(
    client: AsyncClient, cast: Cast, engine: Engine, treasurer: None
) -> None:
    first = await asked(client, cast, engine)
    assert (await ask(client, cast, "amal")).status_code == 201
    second = link(engine)
    assert first != second
    assert "gilt nicht mehr" in (await client.post(first, data=YES)).text
    assert states(engine) == ["checked"]
    assert (await client.post(second, data=YES)).status_code == 200
    assert states(engine) == ["approved"]


async def test_two_answers_at_once_are_one(cast: Cast, engine: Engine, treasurer: None) -> None:
    async with calling(create_app(engine)) as client:
        url = await asked(client, cast, engine)
        answers = await asyncio.gather(*(client.post(url, data=d) for d in (YES, NO) * 4))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert states(engine) in (["approved"], ["returned"])
    with db.transaction(engine) as session:
        query = select(AuditEvent.action).where(
            col(AuditEvent.action).startswith("claim_approval.")
        )
        assert len(session.exec(query).all()) == 2, "asked, and answered once"


async def test_nobody_with_an_account_approves_in_place_of_the_treasurer(
    client: AsyncClient, cast: Cast, engine: Engine, treasurer: None
) -> None:
    (claim,) = await checked(client, cast, engine)
    answer = await step(client, cast, "lea", claim, "approve")
    assert answer.json()["type"] == "/problems/treasurer-approves"


async def test_a_coordinator_checks_only_where_a_treasurer_approves(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    (claim,) = [c["id"] for c in (await build(client, cast))["claims"]]
    await step(client, cast, "amal", claim, "submit")
    assert (await step(client, cast, "amal", claim, "check")).status_code == 403
    assert (await ask(client, cast)).json()["type"] == "/problems/no-treasurer"
    with db.transaction(engine) as session:
        sponsor = session.get_one(Sponsor, cast.wetterau)
        sponsor.four_eyes, sponsor.treasurer_email = "treasurer_link", TREASURER
        session.add(sponsor)
    assert (await ask(client, cast)).json()["type"] == "/problems/nothing-to-approve"
    assert (await step(client, cast, "amal", claim, "check")).status_code == 200


@pytest.mark.parametrize("address", [TREASURER, "Kasse+pool@EXAMPLE.org"])
async def test_the_treasurer_approves_nothing_she_is_paid(
    client: AsyncClient, cast: Cast, engine: Engine, treasurer: None, address: str
) -> None:
    await checked(client, cast, engine)
    with db.transaction(engine) as session:
        her = session.get_one(Volunteer, cast.volunteers["dilan"])
        her.email = address
        session.add(her)
    answer = await ask(client, cast)
    assert answer.json()["type"] == "/problems/treasurer-involved"


@pytest.mark.parametrize("name", ["dilan", "fatma"], ids=["who is paid", "who has checked"])
async def test_she_cannot_become_involved_after_she_was_asked(
    client: AsyncClient, cast: Cast, engine: Engine, treasurer: None, name: str
) -> None:
    url = await asked(client, cast, engine)
    treasurer_is(engine, cast, name)
    assert (await client.post(url, data=YES)).status_code == 409
    assert states(engine) == ["checked"]


async def test_control_without_the_check_she_would_approve_her_own(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    treasurer: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = await asked(client, cast, engine)
    treasurer_is(engine, cast, "dilan")
    monkeypatch.setattr(approvals, "_refuse_involved", lambda *_: None)
    assert (await client.post(url, data=YES)).status_code == 200
    assert states(engine) == ["approved"]


async def test_a_link_ends_when_the_sponsor_has_another_treasurer(
    client: AsyncClient, cast: Cast, engine: Engine, treasurer: None
) -> None:
    url = await asked(client, cast, engine)
    with db.transaction(engine) as session:
        sponsor = session.get_one(Sponsor, cast.wetterau)
        sponsor.treasurer_email = "neue-kasse@example.org"
        session.add(sponsor)
    assert (await client.post(url, data=YES)).status_code == 409
    assert states(engine) == ["checked"]


async def test_only_checked_claims_of_ones_own_sponsor_are_sent(
    client: AsyncClient, cast: Cast, engine: Engine, treasurer: None
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    (claim,) = [c["id"] for c in (await build(client, cast))["claims"]]
    early = await ask(client, cast, claim_ids=[claim])
    assert early.json()["type"] == "/problems/claim-state"
    unknown = await ask(client, cast, claim_ids=[str(UUID(int=1))])
    assert unknown.status_code == 404
