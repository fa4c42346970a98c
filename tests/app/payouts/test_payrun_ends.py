"""How payruns end, and who is paid: taken back or paid, never both; what is owed is set off."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import Session, col, update

from app import db
from app.access import Actor
from app.backups import invariants
from app.errors import ApiError
from app.payouts import settling
from app.tables import Claim, Payrun, Volunteer
from tests.app.hours.bookings import at, confirmed
from tests.app.payouts.runs import (
    left,
    owe,
    paid_in_books,
    statement,
    states,
    two_drawn,
    upload,
)
from tests.app.payouts.steps import approve_all
from tests.app.payouts.test_payruns import MONDAY, draw
from tests.cast import Cast

WHY = {"reason": "doppelt gezogen"}
NEW = "DE02120300000000202051"


@pytest.mark.parametrize(
    ("bank_first", "ended"),
    [(True, ("paid", "payrun.paid")), (False, ("reversed", "payrun.reverse"))],
)
async def test_the_last_transfer_that_never_leaves_ends_a_payrun_and_the_audit_says_so(
    client: AsyncClient, cast: Cast, engine: Engine, bank_first: bool, ended: tuple[str, str]
) -> None:
    run = await two_drawn(client, cast, engine)
    first, second = run["payments"]
    body, key = {"returned_on": "2027-01-04"}, cast.key("fatma")
    if bank_first:
        await upload(client, cast, statement(left(run, 1, 2000)))
    else:
        await client.post(f"/payments/{first['id']}/returned", json=body, headers=key)
    await client.post(f"/payments/{second['id']}/returned", json=body, headers=key)
    state = (await client.get(f"/payruns/{run['id']}", headers=key)).json()["state"]
    found = (await client.get("/audit?limit=200", headers=cast.key("lea"))).json()["items"]
    told = [one["action"] for one in found if one["subject_id"] == run["id"]]
    ends = [action for action in told if action in ("payrun.paid", "payrun.reverse")]
    assert (state, *ends) == ended


async def test_a_payrun_taken_back_frees_its_claims(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    run = await two_drawn(client, cast, engine)
    path, key = f"/payruns/{run['id']}", cast.key("fatma")
    vague = await client.post(f"{path}/reverse", json={"reason": "x"}, headers=key)
    assert vague.status_code == 422
    done = await client.post(f"{path}/reverse", json=WHY, headers=key)
    assert (done.status_code, done.json()["state"], done.json()["claims"]) == (200, "reversed", [])
    assert {one["state"] for one in done.json()["payments"]} == {"returned"}
    assert states(engine) == {"payments": {"returned"}, "claims": {"approved"}}
    paid = {"paid_on": "2027-01-04"}
    for verb, body in (("reverse", WHY), ("paid", paid)):
        refused = await client.post(f"{path}/{verb}", json=body, headers=key)
        assert refused.json()["type"] == "/problems/payrun-reversed"
    refused = await client.get(f"{path}/pain001.xml", headers=key)
    assert refused.json()["type"] == "/problems/payrun-reversed"
    again = await draw(client, cast)
    assert (again.json()["number"], again.json()["amount_cents"]) == (2, 6000)
    assert invariants.findings(engine) == []


async def test_what_has_left_is_not_taken_back(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    run = await two_drawn(client, cast, engine)
    path, key = f"/payruns/{run['id']}/reverse", cast.key("fatma")
    await upload(client, cast, statement(left(run, 1, 2000)))
    part = await client.post(path, json=WHY, headers=key)
    assert part.json()["type"] == "/problems/payrun-partly-paid"
    paid = {"paid_on": "2027-01-04"}
    await client.post(f"/payruns/{run['id']}/paid", json=paid, headers=key)
    assert paid_in_books(engine) == 6000, "the first transfer is not booked again"
    whole = await client.post(path, json=WHY, headers=key)
    assert whole.json()["detail"] == "Dieser Zahllauf ist schon bezahlt (am 04.01.2027)."
    assert (await client.post(path, json=WHY, headers=cast.key("kofi"))).status_code == 404
    assert (await client.post(path, json=WHY, headers=cast.key("lea"))).status_code == 403


Ends = tuple[Callable[[Session, Payrun], None], Callable[[Session, Payrun], None]]


def end_guarded(cast: Cast) -> Ends:
    """Paid by one, taken back by the other."""
    member = frozenset({(cast.wetterau, "finance")})
    actor = Actor(cast.accounts["fatma"], "Fatma", member)
    return (
        lambda session, run: settling.pay(session, actor, run, MONDAY),
        lambda session, run: settling.reverse(session, actor, run, "doppelt gezogen"),
    )


def end_unguarded(_cast: Cast) -> Ends:
    """The control: the same without looking how the payrun stands."""

    def set_state(session: Session, run: Payrun, state: str, claims: str) -> None:
        session.exec(update(Payrun).where(col(Payrun.id) == run.id).values(state=state))
        mine = col(Claim.payrun_id) == run.id
        session.exec(update(Claim).where(mine).values(state=claims))

    return (
        lambda session, run: set_state(session, run, "paid", "paid"),
        lambda session, run: set_state(session, run, "reversed", "approved"),
    )


def ended_by_two(engine: Engine, ends: Ends, payrun_id: UUID) -> int:
    """How many of the two get their way who end a payrun at once."""
    barrier = threading.Barrier(2, timeout=20)

    def one(end: Callable[[Session, Payrun], None]) -> bool:
        with db.open_session(engine, read_only=True) as session:
            db.set_scope(session, db.SYSTEM)
            seen = session.get_one(Payrun, payrun_id)
            assert seen.state == "drawn"
        barrier.wait()

        def work(session: Session) -> None:
            end(session, session.get_one(Payrun, payrun_id))

        try:
            db.in_transaction(engine, work)
        except ApiError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(one, ends))


@pytest.mark.parametrize(("way", "winners"), [(end_guarded, 1), (end_unguarded, 2)])
async def test_paid_or_taken_back_never_both(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    way: Callable[[Cast], Ends],
    winners: int,
) -> None:
    run = await two_drawn(client, cast, engine)
    assert ended_by_two(engine, way(cast), UUID(run["id"])) == winners
    if way is end_guarded:
        assert states(engine) in (
            {"payments": {"paid"}, "claims": {"paid"}},
            {"payments": {"returned"}, "claims": {"approved"}},
        )


async def test_what_was_paid_too_much_is_set_off(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await owe(client, cast, engine, mirela=1, dilan=2)
    confirmed(engine, cast, at(MONDAY, "10:00"))
    for hour in ("10:00", "14:00"):
        confirmed(engine, cast, at(MONDAY, hour), name="mirela")
    ids = await approve_all(client, cast)
    made = (await draw(client, cast, claim_ids=ids)).json()
    (payment,) = made["payments"]
    assert (payment["payee_name"], payment["amount_cents"]) == ("Mirela-Beispiel, Mirela", 2000)
    assert sorted(one["amount_cents"] for one in made["claims"]) == [-2000, 4000]
    assert {one["sentence"] for one in made["left_behind"]} == {
        "Dilan Dilan-Beispiel: Zuerst wird verrechnet, was zu viel gezahlt ist (40,00 EUR). Bis"
        " etwas übrig bleibt, wartet die Abrechnung."
    }
    nothing = await draw(client, cast)
    assert nothing.json()["type"] == "/problems/nothing-to-pay"
    paid = {"paid_on": "2027-01-04"}
    await client.post(f"/payruns/{made['id']}/paid", json=paid, headers=cast.key("fatma"))
    assert paid_in_books(engine) == 6000 + 2000, "in December and now"
    assert invariants.findings(engine) == []


async def change_iban(client: AsyncClient, cast: Cast, who: str, iban: str) -> None:
    """Dilan's account is changed by somebody."""
    path = f"/volunteers/{cast.volunteers['dilan']}"
    read = await client.get(path, headers=cast.key(who))
    headers = cast.key(who) | {"If-Match": read.headers["etag"]}
    done = await client.patch(path, json={"iban": iban}, headers=headers)
    assert done.status_code == 200, done.text


async def drawn_for_dilan(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    """An approved claim of hers."""
    confirmed(engine, cast, at(MONDAY, "10:00"))
    await approve_all(client, cast)


@pytest.mark.parametrize("who", ["amal", "dilan"])
async def test_a_new_account_is_paid_three_days_later(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    clock: time_machine.Traveller,
    who: str,
) -> None:
    await drawn_for_dilan(client, cast, engine)
    await change_iban(client, cast, who, NEW)
    clock.shift(timedelta(days=2))
    early = await draw(client, cast)
    assert (
        "Dilan Dilan-Beispiel: Die Kontonummer wurde am 04.01.2027 geändert."
        " Auszahlung ab 07.01.2027." in early.json()["detail"]
    )
    clock.shift(timedelta(days=1))
    assert (await draw(client, cast)).json()["amount_cents"] == 2000


def forget_account(engine: Engine, cast: Cast) -> None:
    """She never had one."""
    with db.transaction(engine) as session:
        her = col(Volunteer.id) == cast.volunteers["dilan"]
        session.exec(update(Volunteer).where(her).values(iban="", iban_changed_at=None))


async def test_her_first_account_is_paid_at_once_when_she_enters_it_herself(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await drawn_for_dilan(client, cast, engine)
    forget_account(engine, cast)
    await change_iban(client, cast, "amal", NEW)
    assert "Auszahlung ab 07.01.2027" in (await draw(client, cast)).json()["detail"]
    await change_iban(client, cast, "dilan", "")
    await change_iban(client, cast, "dilan", NEW)
    waits = await draw(client, cast)
    assert "Auszahlung ab 07.01.2027" in waits.json()["detail"], "taking it away is no way round"
    forget_account(engine, cast)
    await change_iban(client, cast, "dilan", NEW)
    assert (await draw(client, cast)).status_code == 201


async def test_what_no_bank_can_carry_out_stays_behind(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await drawn_for_dilan(client, cast, engine)
    her = col(Volunteer.id) == cast.volunteers["dilan"]
    for values, said in (
        ({"iban": "DE88370400440532013000"}, "Die IBAN stimmt nicht."),
        ({"iban": "TR330006100519786457841326"}, "An dieses Konto geht keine SEPA-Überweisung."),
        ({"iban": NEW, "surname": "🙂", "given_name": ""}, "Diesen Namen kann keine Bank lesen."),
    ):
        with db.transaction(engine) as session:
            session.exec(update(Volunteer).where(her).values(**values))
        assert said in (await draw(client, cast)).json()["detail"]


async def test_a_claim_changed_after_its_transfer_came_back_breaks_no_rule(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    """A part of a transfer that came back keeps its amount; the claim may get another one."""
    run = await two_drawn(client, cast, engine)
    await client.post(f"/payruns/{run['id']}/reverse", json=WHY, headers=cast.key("fatma"))
    for claim in run["claims"]:
        sent = {"reason": "noch einmal prüfen"}
        await client.post(f"/claims/{claim['id']}/return", json=sent, headers=cast.key("fatma"))
    confirmed(engine, cast, at(MONDAY, "16:00"))
    await approve_all(client, cast)
    assert invariants.findings(engine) == []
    assert (await draw(client, cast)).json()["amount_cents"] == 8000
    assert invariants.findings(engine) == []


async def test_payments_are_listed_for_whoever_may_read_them(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    run = await two_drawn(client, cast, engine)
    sums = {"fatma": 6000, "lea": 6000, "arno": 6000, "dilan": 2000, "kofi": 0}
    for who, cents in sums.items():
        read = await client.get("/payments", headers=cast.key(who))
        items = read.json()["items"]
        assert sum(one["amount_cents"] for one in items) == cents, who
        assert "DE89370400440532013000" not in read.text
    found = await client.get(
        f"/payments?payrun_id={run['id']}&state=paid", headers=cast.key("fatma")
    )
    assert found.json()["items"] == []
    assert (await client.get("/payments", headers=cast.key("amal"))).status_code == 403
