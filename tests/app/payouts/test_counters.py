"""What was paid wrongly is taken back by a counter-booking, approved by two, and claimed anew."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, select

from app import books, db
from app.access import Actor
from app.backups import invariants
from app.payouts import counters, statements
from app.tables import (
    Claim,
    ClaimLine,
    LedgerEntry,
    Payment,
    PaymentPart,
    ServiceRecord,
    Sponsor,
)
from tests.app.hours.bookings import at, confirmed
from tests.app.payouts.steps import approve_all, build, claim, pay, step
from tests.app.payouts.test_treasurer import TREASURER, YES, link
from tests.cast import Cast

MONDAY = date(2027, 1, 4)
KINDS = ("approved", "paid")


async def paid(client: AsyncClient, cast: Cast, engine: Engine) -> tuple[str, UUID]:
    """A claim of Dilan's for an hour as a guide that was paid, and its record."""
    record = confirmed(engine, cast, at(MONDAY, "10:00"), role="guide")
    (made,) = await approve_all(client, cast)
    await pay(client, cast)
    return made, record.id


async def reversing(client: AsyncClient, cast: Cast, made: str, who: str = "fatma") -> Any:
    """The counter-booking that somebody asks for."""
    answer = await step(client, cast, who, made, "reverse")
    assert answer.status_code == 201, answer.text
    return answer.json()


def sums(engine: Engine, *by: str) -> dict[Any, int]:
    """Cents of claims in the books, by kind and more."""
    with db.transaction(engine, read_only=True) as session:
        found = books.sums(session, col(LedgerEntry.claim_id).is_not(None), by=("kind", *by))
    return {row[: 1 + len(by)] if by else row.kind: int(row.amount_cents) for row in found}


def resolve(engine: Engine, record_id: UUID, minutes: int) -> None:
    """The hours turn out to have been others."""
    with db.transaction(engine) as session:
        record = session.get_one(ServiceRecord, record_id)
        record.minutes = minutes
        session.add(record)


async def test_a_paid_claim_is_taken_back_by_two_people_and_claimed_anew(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made, record = await paid(client, cast, engine)
    resolve(engine, record, 30)
    counter = await reversing(client, cast, made)
    assert (counter["kind"], counter["reverses_id"], counter["state"]) == (
        "counter", made, "checked",
    )  # fmt: skip
    assert (counter["minutes"], counter["amount_cents"]) == (-60, -500)
    assert (await claim(client, cast, made))["state"] == "paid", "nobody has approved it yet"
    same = await step(client, cast, "fatma", counter["id"], "approve")
    assert same.json()["type"] == "/problems/same-person"
    assert (await build(client, cast))["claims"] == []
    assert (await step(client, cast, "lea", counter["id"], "approve")).status_code == 200
    assert (await claim(client, cast, made))["state"] == "reversed"
    assert sums(engine) == {"approved": 0, "paid": 500}
    (anew,) = (await build(client, cast))["claims"]
    assert (anew["amount_cents"], anew["number"], anew["minutes"]) == (250, 3, 30)
    assert invariants.findings(engine) == []


async def test_what_was_paid_too_much_is_settled_with_the_next_payment(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made, record = await paid(client, cast, engine)
    resolve(engine, record, 30)
    await step(client, cast, "lea", (await reversing(client, cast, made))["id"], "approve")
    alone = await client.post("/payruns", json={}, headers=cast.key("fatma"))
    assert alone.status_code == 409, "nothing is owed to her"
    confirmed(engine, cast, at(date(2027, 1, 5), "10:00"))
    await approve_all(client, cast)
    await pay(client, cast)
    with db.transaction(engine, read_only=True) as session:
        amounts = session.exec(select(Payment.amount_cents).order_by(col(Payment.id))).all()
    assert amounts == [500, 2000 + 250 - 500]
    assert sums(engine) == {"approved": 2250, "paid": 2250}
    assert sums(engine, "role", "day") == {
        ("approved", "guide", MONDAY): 250,
        ("approved", "interpreter", date(2027, 1, 5)): 2000,
        ("paid", "guide", MONDAY): 250,
        ("paid", "interpreter", date(2027, 1, 5)): 2000,
    }
    assert invariants.findings(engine) == []


async def test_every_line_of_a_counter_booking_says_what_it_takes_back(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made, _ = await paid(client, cast, engine)
    counter = await claim(client, cast, (await reversing(client, cast, made))["id"])
    assert [line["explanation"] for line in counter["lines"]] == [
        "Zurückgenommen: -5,00 EUR. Gebucht war: 1 Std. zu 5,00 EUR pro Stunde: 5,00 EUR."
    ]
    assert "nächsten Auszahlung" in counter["notes"][0]


async def test_a_refused_counter_booking_changes_nothing_and_may_be_asked_for_again(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made, _ = await paid(client, cast, engine)
    counter = await reversing(client, cast, made)
    waits = await step(client, cast, "lea", made, "reverse")
    assert waits.json()["type"] == "/problems/counter-waits"
    assert (await step(client, cast, "lea", counter["id"], "return")).json()["state"] == "returned"
    assert (await claim(client, cast, made))["state"] == "paid"
    again = await reversing(client, cast, made, "lea")
    assert (again["id"], again["state"]) == (counter["id"], "checked")
    assert (await step(client, cast, "lea", again["id"], "approve")).status_code == 409
    assert (await step(client, cast, "fatma", again["id"], "approve")).status_code == 200
    assert invariants.findings(engine) == []


async def test_an_approved_counter_booking_stands(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made, _ = await paid(client, cast, engine)
    counter = (await reversing(client, cast, made))["id"]
    assert (await step(client, cast, "lea", counter, "waive")).status_code == 409
    await step(client, cast, "lea", counter, "approve")
    for held in (False, True):
        if held:
            assert (await step(client, cast, "lea", counter, "hold")).status_code == 200
        for verb in ("return", "reject"):
            refused = await step(client, cast, "fatma", counter, verb)
            assert refused.json()["type"] == "/problems/counter-stands"
    assert (await step(client, cast, "fatma", counter, "reverse")).status_code == 409
    assert (await step(client, cast, "fatma", made, "reverse")).status_code == 409
    assert invariants.findings(engine) == []


async def test_what_is_not_paid_is_returned_instead(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    (made,) = await approve_all(client, cast)
    refused = await step(client, cast, "fatma", made, "reverse")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-paid-yet")
    assert "geben Sie sie einfach zurück" in refused.json()["detail"]


async def test_the_treasurer_approves_a_counter_booking_by_her_link(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made, _ = await paid(client, cast, engine)
    with db.transaction(engine) as session:
        sponsor = session.get_one(Sponsor, cast.wetterau)
        sponsor.four_eyes, sponsor.treasurer_name = "treasurer_link", "Tilda Kasse"
        sponsor.treasurer_email = TREASURER
        session.add(sponsor)
    counter = (await reversing(client, cast, made))["id"]
    refused = await step(client, cast, "lea", counter, "approve")
    assert refused.json()["type"] == "/problems/treasurer-approves"
    asked = await client.post("/claim-approvals", json={}, headers=cast.key("fatma"))
    assert (asked.json()["claim_ids"], asked.json()["amount_cents"]) == ([counter], -500)
    page = await client.get(link(engine))
    for shown in ("01/2027 (wird zurückgenommen)", "-1:00", "-5,00 EUR"):
        assert shown in page.text
    await client.post(link(engine), data=YES)
    assert (await claim(client, cast, made))["state"] == "reversed"
    assert invariants.findings(engine) == []


@pytest.mark.parametrize("verb", [None, "return", "reject", "hold"])
async def test_money_that_came_back_ends_what_nobody_has_approved(
    client: AsyncClient, cast: Cast, engine: Engine, verb: str | None
) -> None:
    """The claim may be built anew: its former amount would be taken back otherwise."""
    made, record = await paid(client, cast, engine)
    counter = (await reversing(client, cast, made))["id"]
    if verb:
        assert (await step(client, cast, "lea", counter, verb)).status_code == 200
    bounce(engine, cast)
    assert (await step(client, cast, "lea", counter, "approve")).status_code == 404
    assert (await claim(client, cast, made))["state"] == "approved"
    await step(client, cast, "fatma", made, "return")
    resolve(engine, record, 90)
    await approve_all(client, cast)
    await pay(client, cast)
    anew = await reversing(client, cast, made)
    assert anew["amount_cents"] == -750
    assert (await step(client, cast, "lea", anew["id"], "approve")).status_code == 200
    assert sums(engine) == {"approved": 0, "paid": 750}
    assert invariants.findings(engine) == []


def bounce(engine: Engine, cast: Cast) -> list[Claim]:
    """The first transfer comes back; the claims about which somebody has to look."""
    with db.transaction(engine) as session:
        payment = session.exec(select(Payment).order_by(col(Payment.id))).first()
        assert payment
        payment.state = "returned"
        parts = session.exec(select(PaymentPart).where(PaymentPart.payment_id == payment.id)).all()
        for part in parts:
            part.returned = True
        session.add_all([payment, *parts])
        session.flush()
        books.back(session, col(LedgerEntry.payment_id) == payment.id)
        fatma = Actor(cast.accounts["fatma"], "Fatma", frozenset({(cast.wetterau, "finance")}))
        return counters.came_back(session, fatma, [part.claim_id for part in parts])


async def test_money_that_came_back_for_what_was_taken_back_is_owed_by_nobody(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made, _ = await paid(client, cast, engine)
    counter = (await reversing(client, cast, made))["id"]
    await step(client, cast, "lea", counter, "approve")
    assert bounce(engine, cast) == []
    states = [(await claim(client, cast, one))["state"] for one in (made, counter)]
    assert states == ["reversed", "reversed"]
    assert set(sums(engine).values()) == {0}
    assert invariants.findings(engine) == []


async def test_money_that_came_back_after_it_was_settled_is_owed_to_her(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made, record = await paid(client, cast, engine)
    await step(client, cast, "lea", (await reversing(client, cast, made))["id"], "approve")
    resolve(engine, record, 30)
    confirmed(engine, cast, at(date(2027, 1, 5), "10:00"))
    await approve_all(client, cast)
    await pay(client, cast)
    said = await returned(client, cast, engine)
    assert said.endswith(
        "geht nichts mehr auf dieses Konto. Eine Gegenbuchung dazu ist schon verrechnet (01/2027,"
        " 5,00 EUR): Bitte die Abrechnung, die das ausgleicht, freigeben lassen."
    )
    owed = await owed_to_her(client, cast)
    assert (owed["amount_cents"], owed["kind"]) == (500, "counter")
    alone = await step(client, cast, "fatma", owed["id"], "approve")
    assert alone.json()["type"] == "/problems/same-person", "she has noted that it came back"
    assert (await step(client, cast, "lea", owed["id"], "approve")).status_code == 200
    await pay(client, cast)
    with db.transaction(engine, read_only=True) as session:
        last = session.exec(select(Payment).order_by(col(Payment.id).desc())).first()
        assert last
        assert [line.correction for line in statements.of(session, last, "de").lines] == [False]
        assert statements.pdf(session, last, "de").startswith(b"%PDF")
    assert sums(engine) == {"approved": 2250, "paid": 2250}
    with db.transaction(engine, read_only=True) as session:
        done = books.sums(session, col(LedgerEntry.kind) == "paid", by=("role",))
    assert {row.role: int(row.quantity) for row in done} == {"guide": 1, "interpreter": 1}
    assert invariants.findings(engine) == []


async def test_what_is_owed_to_her_can_be_asked_for_again(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    """Her money came back while it was being set off: that is paid before she gets it back."""
    made, _ = await paid(client, cast, engine)
    counter = (await reversing(client, cast, made))["id"]
    await step(client, cast, "lea", counter, "approve")
    confirmed(engine, cast, at(date(2027, 1, 5), "10:00"))
    await approve_all(client, cast)
    drawn = await client.post("/payruns", json={}, headers=cast.key("fatma"))
    await returned(client, cast, engine)
    owed = (await owed_to_her(client, cast))["id"]
    refused = await step(client, cast, "lea", owed, "approve")
    assert refused.json()["type"] == "/problems/not-paid-any-more"
    await step(client, cast, "lea", owed, "return")
    path, day = f"/payruns/{drawn.json()['id']}/paid", {"paid_on": "2027-01-04"}
    assert (await client.post(path, json=day, headers=cast.key("fatma"))).status_code == 200
    again = await reversing(client, cast, counter)
    assert (again["id"], again["amount_cents"]) == (owed, 500)
    assert (await step(client, cast, "lea", owed, "approve")).status_code == 200
    await pay(client, cast)
    assert set(sums(engine, "role")) == {(k, r) for k in KINDS for r in ("guide", "interpreter")}
    assert invariants.findings(engine) == []


async def returned(client: AsyncClient, cast: Cast, engine: Engine) -> str:
    """The first transfer comes back, and somebody looks at it; the question about it."""
    with db.transaction(engine, read_only=True) as session:
        payment = session.exec(select(Payment.id).order_by(col(Payment.id))).first()
    path, day = f"/payments/{payment}/returned", {"returned_on": "2027-01-04"}
    answer = await client.post(path, json=day, headers=cast.key("fatma"))
    assert answer.status_code == 200, answer.text
    tasks = (await client.get("/tasks", headers=cast.key("amal"))).json()["items"]
    (asked,) = [one for one in tasks if one["code"] == "payment_returned"]
    looked = {"reason": "Konto geprüft"}
    await client.post(f"/tasks/{asked['id']}/resolve", json=looked, headers=cast.key("amal"))
    return str(asked["question"])


async def owed_to_her(client: AsyncClient, cast: Cast) -> Any:
    """What waits to be approved since then."""
    found = await client.get("/claims", params={"state": "checked"}, headers=cast.key("fatma"))
    (owed,) = found.json()["items"]
    return owed


async def test_no_line_of_what_was_taken_back_counts(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made, _ = await paid(client, cast, engine)
    await step(client, cast, "lea", (await reversing(client, cast, made))["id"], "approve")
    with db.transaction(engine, read_only=True) as session:
        assert set(session.exec(select(ClaimLine.counts)).all()) == {False}


async def test_who_has_no_next_payment_pays_back_by_hand(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made, _ = await paid(client, cast, engine)
    counter = (await reversing(client, cast, made))["id"]

    async def repay(claim_id: str, day: str) -> Any:
        path, sent = f"/claims/{claim_id}/repaid", {"paid_on": day}
        return await client.post(path, json=sent, headers=cast.key("fatma"))

    early = await repay(counter, "2027-01-04")
    assert "geprüft" in early.json()["detail"], "nobody else has approved it"
    await step(client, cast, "lea", counter, "approve")
    for day in ("2027-01-03", "2027-01-05"):
        assert (await repay(counter, day)).status_code == 422
    assert (await repay(made, "2027-01-04")).json()["type"] == "/problems/nothing-to-repay"
    assert (await repay(counter, "2027-01-04")).json()["state"] == "paid"
    assert (await repay(counter, "2027-01-04")).status_code == 409
    assert sums(engine, "paid_on") == {("approved", None): 0, ("paid", MONDAY): 0}
    assert invariants.findings(engine) == []
