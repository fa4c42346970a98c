"""Payruns: approved claims are paid once."""

import io
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import time_machine
from httpx import AsyncClient
from openpyxl import load_workbook
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select, update

from app import clock, db
from app.access import Actor
from app.payouts import payruns
from app.payouts.payrun_schemas import PayrunCreate
from app.payouts.payruns import NothingToPay
from app.tables import Claim, ClaimState, Payrun, Volunteer
from tests.app.hours.bookings import at, confirmed
from tests.app.payouts.steps import approve_all, build, step
from tests.cast import Cast

MONDAY = date(2027, 1, 4)
Take = Callable[[Session, Payrun, Sequence[UUID]], int]


async def draw(client: AsyncClient, cast: Cast, who: str = "fatma", **sent: Any) -> Any:
    """What the service answers."""
    return await client.post("/payruns", json=sent, headers=cast.key(who))


def set_iban(engine: Engine, cast: Cast, name: str, iban: str) -> None:
    """Change or remove somebody's account number."""
    with db.transaction(engine) as session:
        session.exec(
            update(Volunteer).where(col(Volunteer.id) == cast.volunteers[name]).values(iban=iban)
        )


async def two_approved(client: AsyncClient, cast: Cast, engine: Engine) -> list[str]:
    """Approved claims of Dilan (20 EUR) and Mirela (40 EUR), in this order."""
    confirmed(engine, cast, at(MONDAY, "10:00"))
    for hour in ("10:00", "14:00"):
        confirmed(engine, cast, at(MONDAY, hour), name="mirela")
    ids = await approve_all(client, cast)
    listed = (await client.get("/claims", headers=cast.key("fatma"))).json()["items"]
    amounts = {claim["id"]: claim["amount_cents"] for claim in listed}
    return sorted(ids, key=lambda claim: int(amounts[claim]))


async def test_payrun_takes_all_approved_claims(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await two_approved(client, cast, engine)
    answer = await draw(client, cast)
    assert answer.status_code == 201
    run = answer.json()
    assert (run["number"], run["amount_cents"], run["state"]) == (1, 6000, "drawn")
    assert {c["state"] for c in run["claims"]} == {"in_payrun"}
    listed = await client.get("/payruns", headers=cast.key("lea"))
    assert [one["id"] for one in listed.json()["items"]] == [run["id"]]
    nothing = (await draw(client, cast)).json()
    assert nothing["type"] == "/problems/nothing-to-pay"
    assert nothing["detail"].endswith("die bezahlt werden kann.")


async def test_payrun_takes_only_the_claims_that_were_named(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    ids = await two_approved(client, cast, engine)
    first = (await draw(client, cast, claim_ids=ids[:1])).json()
    second = (await draw(client, cast)).json()
    assert (first["number"], second["number"]) == (1, 2)
    assert [c["id"] for c in first["claims"] + second["claims"]] == ids


async def test_claims_without_iban_or_approval_stay_behind_and_are_named(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    ids = await two_approved(client, cast, engine)
    set_iban(engine, cast, "mirela", "")
    await step(client, cast, "lea", ids[0], "return")
    nothing = await draw(client, cast)
    assert nothing.status_code == 409
    assert "Mirela Mirela-Beispiel: Es fehlt die IBAN." in nothing.json()["detail"]
    set_iban(engine, cast, "mirela", "DE89370400440532013000")
    run = (await draw(client, cast, claim_ids=ids)).json()
    assert [c["id"] for c in run["claims"]] == ids[1:]
    assert "nicht freigegeben" in run["left_behind"][0]["sentence"]


async def test_claim_in_a_payrun_is_not_returned_or_rebuilt(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    ids = await two_approved(client, cast, engine)
    await draw(client, cast)
    refused = await step(client, cast, "fatma", ids[0], "return")
    assert refused.status_code == 409
    confirmed(engine, cast, at(MONDAY, "18:00"))
    left = (await build(client, cast))["left_over"]
    assert "schon im Zahllauf" in left[0]["sentence"]


async def test_payrun_is_paid_once(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    await two_approved(client, cast, engine)
    path = f"/payruns/{(await draw(client, cast)).json()['id']}/paid"
    clock.shift(timedelta(days=3))
    key = cast.key("fatma")
    for day in ("2027-01-03", "2027-01-08"):
        assert (await client.post(path, json={"paid_on": day}, headers=key)).status_code == 422
    answer = await client.post(path, json={"paid_on": "2027-01-06"}, headers=key)
    assert answer.json()["state"] == "paid"
    assert {c["state"] for c in answer.json()["claims"]} == {"paid"}
    again = await client.post(path, json={"paid_on": "2027-01-07"}, headers=key)
    assert again.status_code == 409
    assert "06.01.2027" in again.json()["detail"]


async def test_paylist_ends_with_the_sum_and_is_the_same_each_time(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await two_approved(client, cast, engine)
    set_iban(engine, cast, "dilan", "DE02120300000000202051")
    path = f"/payruns/{(await draw(client, cast)).json()['id']}/paylist"
    key = cast.key("fatma")
    sheet = await client.get(path, headers=key)
    assert sheet.headers["content-disposition"] == 'attachment; filename="zahlliste-1.csv"'
    rows = [line.split(";") for line in sheet.content.decode("utf-8-sig").splitlines()]
    assert rows[1][:3] == ["Dilan-Beispiel, Dilan", "DE02120300000000202051", "2027-01"]
    assert rows[1][3] == "Aufwandsentschädigung 01/2027 Sprachpool Wetterau"
    assert rows[-1] == ["Summe", "", "", "", "3:00", "60,00"]
    books = [await client.get(f"{path}?format=xlsx", headers=key) for _ in range(2)]
    assert books[0].content == books[1].content
    cells = load_workbook(io.BytesIO(books[0].content)).active
    assert cells is not None
    assert [row[-1].value for row in cells.iter_rows(min_row=2)] == [20, 40, 60]


async def test_only_finance_draws_and_strangers_find_nothing(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    ids = await two_approved(client, cast, engine)
    for who in ("amal", "lea", "dilan", "selin"):
        assert (await draw(client, cast, who)).status_code == 403
    assert (await draw(client, cast, "kofi", claim_ids=ids)).status_code == 404
    assert (await draw(client, cast, "kofi")).status_code == 409
    path = f"/payruns/{(await draw(client, cast)).json()['id']}"
    key = cast.key("kofi")
    assert (await client.get("/payruns", headers=key)).json()["items"] == []
    assert (await client.get(path, headers=key)).status_code == 404
    assert (await client.get(f"{path}/paylist", headers=key)).status_code == 404
    paid = await client.post(f"{path}/paid", json={"paid_on": "2027-01-04"}, headers=key)
    assert paid.status_code == 404
    assert (await client.get(f"{path}/paylist", headers=cast.key("amal"))).status_code == 403


def take_unguarded(session: Session, payrun: Payrun, claim_ids: Sequence[UUID]) -> int:
    """The control: what was read before is taken, whatever became of it meanwhile."""
    ids = col(Claim.id).in_(claim_ids)
    done = session.exec(update(Claim).where(ids).values(state="in_payrun", payrun_id=payrun.id))
    payrun.amount_cents = int(
        session.exec(select(func.sum(col(Claim.amount_cents))).where(ids)).one()
    )
    session.add(payrun)
    return done.rowcount


def taken_by_two(engine: Engine, cast: Cast, take: Take) -> int:
    """What two payruns pay together that both saw the same approved claims."""
    barrier = threading.Barrier(2, timeout=20)

    def one(number: int) -> int:
        with db.open_session(engine, read_only=True) as session:
            db.set_scope(session, db.SYSTEM)
            approved = select(Claim.id).where(col(Claim.state) == ClaimState.APPROVED)
            ids = session.exec(approved).all()
        barrier.wait()
        with db.transaction(engine) as session:
            payrun = Payrun(sponsor_id=cast.wetterau, number=number, amount_cents=0)
            session.add(payrun)
            session.flush()
            take(session, payrun, ids)
            return payrun.amount_cents

    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(one, (1, 2)))


async def test_two_payruns_at_once_never_share_a_claim(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await two_approved(client, cast, engine)
    assert taken_by_two(engine, cast, payruns.take) == 6000


async def test_without_the_condition_two_payruns_pay_twice(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await two_approved(client, cast, engine)
    assert taken_by_two(engine, cast, take_unguarded) == 12000


async def test_an_account_that_is_changed_while_a_payrun_is_drawn_is_not_paid(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    ids = await two_approved(client, cast, engine)
    with db.transaction(engine) as session:
        her = col(Volunteer.id) == cast.volunteers["dilan"]
        changed = {"iban": "DE02120300000000202051", "iban_changed_at": clock.now()}
        session.exec(update(Volunteer).where(her).values(**changed))
        payrun = Payrun(sponsor_id=cast.wetterau, number=1, amount_cents=0)
        session.add(payrun)
        session.flush()
        payruns.take(session, payrun, [UUID(one) for one in ids])
        assert payrun.amount_cents == 4000, "what was seen as payable before"


async def test_of_two_draws_at_once_one_finds_nothing(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await two_approved(client, cast, engine)
    actor = Actor(cast.accounts["fatma"], "Fatma", frozenset({(cast.wetterau, "finance")}))
    barrier = threading.Barrier(2, timeout=20)

    def one(_: int) -> int:
        barrier.wait()
        try:
            with db.transaction(engine, db.Scope(sponsor_ids=actor.reach)) as session:
                return payruns.draw(session, actor, PayrunCreate()).payrun.amount_cents
        except NothingToPay:
            return 0

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, range(2))) == [0, 6000]
