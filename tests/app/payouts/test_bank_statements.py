"""What the bank says: what has left, what came back, and that reading twice is reading once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, select

from app import books, db
from app.access import Actor
from app.backups import invariants
from app.payouts import bank
from app.tables import AuditEvent, BankEntry, Claim, LedgerKind, Payment, Payrun
from tests.app.payouts.runs import (
    DETAIL,
    back,
    entry,
    file_name,
    left,
    paid_in_books,
    statement,
    states,
    two_drawn,
    upload,
    whole,
)
from tests.app.payouts.steps import step
from tests.app.payouts.test_payruns import draw
from tests.cast import HOUSE_FULDA, Cast


def sentences(lines: list[dict[str, Any]]) -> list[str]:
    """What is said about lines."""
    return [line["sentence"] for line in lines]


async def test_transfers_are_paid_by_their_ids(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    run = await two_drawn(client, cast, engine)
    first = (await upload(client, cast, statement(left(run, 1, 2000)))).json()
    assert sentences(first["booked"]) == [
        "Zahllauf 1, Überweisung an Dilan Dilan-Beispiel: bezahlt am 04.01.2027."
    ]
    assert paid_in_books(engine) == 2000
    read = await client.get(f"/payruns/{run['id']}", headers=cast.key("lea"))
    assert [one["state"] for one in read.json()["payments"]] == ["paid", "drawn"]
    assert (read.json()["state"], read.json()["paid_on"]) == ("drawn", None)
    rest = statement(left(run, 2, 4000, reference="b2"), name="S2")
    assert (await upload(client, cast, rest)).json()["payments_paid"] == 1
    read = await client.get(f"/payruns/{run['id']}", headers=cast.key("lea"))
    assert (read.json()["state"], read.json()["paid_on"]) == ("paid", "2027-01-04")
    assert states(engine) == {"payments": {"paid"}, "claims": {"paid"}}
    assert paid_in_books(engine) == 6000
    assert invariants.findings(engine) == []


async def test_files_of_one_name_are_all_read(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    run = await two_drawn(client, cast, engine)
    one, other = (
        statement(left(run, 1, 2000)),
        statement(left(run, 2, 4000, reference="b2"), name="S2"),
    )
    named = (("3-camt.xml", one), ("camt.xml", other), ("camt.xml", other))
    files = [("files", part) for part in named]
    answer = await client.post("/bank-statements", files=files, headers=cast.key("fatma"))
    assert answer.json()["payments_paid"] == 2


async def test_one_line_of_the_bank_pays_the_whole_file(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    run = await two_drawn(client, cast, engine)
    answer = (await upload(client, cast, statement(whole(run, 6000)))).json()
    assert sentences(answer["booked"]) == ["Zahllauf 1: alle Überweisungen bezahlt am 04.01.2027."]
    assert states(engine) == {"payments": {"paid"}, "claims": {"paid"}}
    with db.transaction(engine, read_only=True) as session:
        noted = session.exec(select(AuditEvent.action)).all()
    assert noted.count("payrun.paid") == 1, "receivers hear of it as if it were noted by hand"


async def test_the_same_file_again_books_nothing(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    run = await two_drawn(client, cast, engine)
    told = statement(whole(run, 6000), entry(-99_900, reference="miete"))
    first, second = [(await upload(client, cast, told)).json() for _ in range(2)]
    assert (first["payments_paid"], first["known"], first["others"]) == (2, 0, 1)
    assert (second["payments_paid"], second["known"], second["booked"]) == (0, 1, [])
    other = statement(whole(run, 6000), name="S2")
    third = (await upload(client, cast, other)).json()
    assert sentences(third["booked"]) == ["Zahllauf 1: war schon als bezahlt eingetragen."]
    assert paid_in_books(engine) == 6000
    with db.transaction(engine) as session:
        assert len(session.exec(select(BankEntry)).all()) == 2, "and nothing of the rent"


async def test_what_came_back_waits_for_another_payrun_until_somebody_has_looked(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    run = await two_drawn(client, cast, engine)
    clock.shift(timedelta(days=2))
    told = statement(whole(run, 6000), back(run, 1, 2000, day="2027-01-06"))
    answer = (await upload(client, cast, told)).json()
    assert (answer["payments_paid"], answer["payments_returned"]) == (2, 1)
    assert sentences(answer["booked"])[1] == (
        "Die Überweisung an Dilan Dilan-Beispiel kam am 06.01.2027 zurück (AC04)."
        " Bitte das Konto prüfen."
    )
    assert states(engine)["claims"] == {"approved", "paid"}
    assert paid_in_books(engine) == 4000
    assert invariants.findings(engine) == []
    tasks = (await client.get("/tasks", headers=cast.key("amal"))).json()["items"]
    (asked,) = [one for one in tasks if one["code"] == "payment_returned"]
    assert asked["question"].startswith("Überweisung an Dilan Dilan-Beispiel kam zurück (AC04)")
    nothing = await draw(client, cast)
    assert "Die letzte Überweisung kam zurück" in nothing.json()["detail"]
    path, looked = f"/tasks/{asked['id']}/resolve", {"reason": "Konto geprüft"}
    done = await client.post(path, json=looked, headers=cast.key("amal"))
    assert done.status_code == 200, done.text
    again = await draw(client, cast)
    assert (again.status_code, again.json()["amount_cents"]) == (201, 2000)
    assert invariants.findings(engine) == []


async def test_money_that_came_back_was_never_received(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    run = await two_drawn(client, cast, engine)
    clock.shift(timedelta(days=2))
    await upload(client, cast, statement(whole(run, 6000), back(run, 2, 4000, day="2027-01-06")))
    with db.transaction(engine, read_only=True) as session:
        found = books.sums(session, by=("kind", "paid_on"))
    paid = {row.paid_on: int(row.amount_cents) for row in found if row.kind == LedgerKind.PAID}
    assert paid == {date(2027, 1, 4): 2000}, "no year taxes it, and no other year pays for that"


async def test_lines_for_which_a_bank_has_no_reference_are_told_apart(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    run = await two_drawn(client, cast, engine)
    lines = left(run, 1, 2000, reference="NONREF"), back(run, 1, 2000, reference="NONREF")
    for known in (0, 2):
        answer = (await upload(client, cast, statement(*lines))).json()
        assert (answer["payments_returned"], answer["known"]) == (1 - known // 2, known)
    assert paid_in_books(engine) == 0


async def test_of_two_statements_the_later_one_may_come_first(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    run = await two_drawn(client, cast, engine)
    came = (await upload(client, cast, statement(back(run, 1, 2000), name="S2"))).json()
    assert came["payments_returned"] == 1
    went = (await upload(client, cast, statement(left(run, 1, 2000)))).json()
    assert sentences(went["booked"]) == ["Zahllauf 1: war schon als bezahlt eingetragen."]
    assert paid_in_books(engine) == 0


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda run: left(run, 1, 1999), "laut Bank 19,99 EUR, laut Zahllauf 1 20,00 EUR"),
        (lambda run: whole(run, 2000), "laut Bank 20,00 EUR, laut Zahllauf 1 60,00 EUR"),
        (lambda run: left(run, 7, 2000), "gibt es hier keine Überweisung"),
        (lambda run: left(run | {"number": 9}, 1, 2000), "gibt es hier keine Überweisung"),
        (lambda run: left(run, 1, 2000, day="2027-01-05"), "liegt in der Zukunft"),
        (lambda run: left(run, 1, 2000, day="2027-01-03"), "liegt vor dem Zahllauf"),
        (lambda run: back(run, 1, 2000, why=""), "ohne Grund"),
        (lambda run: back(run, 1, 1500), "laut Bank 15,00 EUR"),
        (lambda run: back(run, 1, 2000, day="2027-01-05"), "liegt in der Zukunft"),
    ],
)
async def test_what_does_not_fit_is_shown_and_not_booked(
    client: AsyncClient, cast: Cast, engine: Engine, make: Any, said: str
) -> None:
    run = await two_drawn(client, cast, engine)
    answer = (await upload(client, cast, statement(make(run)))).json()
    (line,) = answer["not_booked"]
    assert said in line["sentence"]
    assert answer["booked"] == []
    assert states(engine) == {"payments": {"drawn"}, "claims": {"in_payrun"}}


async def test_amounts_that_the_bank_leaves_out_are_those_of_the_whole_line(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    run = await two_drawn(client, cast, engine)
    names = [f"{file_name(run)}-{number}" for number in (1, 2)]
    bare = "".join(DETAIL.format(name=name, amount="", why="") for name in names)
    told = statement(entry(-6000, f"<NtryDtls>{bare}</NtryDtls>"))
    assert (await upload(client, cast, told)).json()["payments_paid"] == 2


@pytest.mark.parametrize("why", ["unbekannter Grund", "unknown"])
async def test_where_the_bank_gives_no_code_no_sentence_holds_one(
    client: AsyncClient, cast: Cast, engine: Engine, why: str
) -> None:
    run = await two_drawn(client, cast, engine)
    told = statement(whole(run, 6000), back(run, 1, 2000, why=why))
    booked = (await upload(client, cast, told)).json()["booked"]
    assert "kam am 04.01.2027 zurück. Bitte" in booked[1]["sentence"]
    path = f"/payments/{run['payments'][1]['id']}/returned"
    await client.post(path, json={"returned_on": "2027-01-04"}, headers=cast.key("fatma"))
    tasks = (await client.get("/tasks", headers=cast.key("amal"))).json()["items"]
    asked = [one["question"] for one in tasks if one["code"] == "payment_returned"]
    assert len(asked) == 2
    assert all("-Beispiel kam zurück: Bitte" in one for one in asked)


async def test_transfer_that_we_called_off_and_the_bank_has_made_is_an_alarm(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    run = await two_drawn(client, cast, engine)
    path = f"/payments/{run['payments'][0]['id']}/returned"
    await client.post(path, json={"returned_on": "2027-01-04"}, headers=cast.key("fatma"))
    for told in (left(run, 1, 2000), whole(run, 6000)):
        (line,) = (await upload(client, cast, statement(told))).json()["not_booked"]
        assert line["sentence"].startswith("Bei uns steht: Eine Überweisung aus Zahllauf 1 ist nie")
        assert "zurückgenommen" not in line["sentence"]


async def test_money_of_a_payrun_that_was_taken_back_is_an_alarm(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    run = await two_drawn(client, cast, engine)
    why = {"reason": "doppelt gezogen"}
    await client.post(f"/payruns/{run['id']}/reverse", json=why, headers=cast.key("fatma"))
    for told in (left(run, 1, 2000), whole(run, 6000)):
        answer = (await upload(client, cast, statement(told))).json()
        assert "bevor jemand doppelt bezahlt wird" in answer["not_booked"][0]["sentence"]
    assert states(engine)["claims"] == {"approved"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (statement(entry(-100), iban=HOUSE_FULDA), "gehört zu einem anderen Konto (DE12 … 90)"),
        (statement(entry(-100, currency="CHF")), "nicht in Euro"),
        (b"Datum;Betrag\n", "kein Kontoauszug der Bank"),
        (b"", "kein Kontoauszug der Bank"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "kein Kontoauszug der Bank"),
    ],
)
async def test_other_files_are_refused_with_a_sentence(
    client: AsyncClient, cast: Cast, data: bytes, said: str
) -> None:
    refused = await upload(client, cast, data)
    assert refused.status_code == 422
    assert said in refused.json()["detail"]


async def test_another_sponsor_cannot_pay_our_payrun(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    run = await two_drawn(client, cast, engine)
    told = statement(whole(run, 6000), iban=HOUSE_FULDA)
    answer = await upload(client, cast, told, who="kofi")
    assert "keine Überweisung" in answer.json()["not_booked"][0]["sentence"]
    assert (await upload(client, cast, told, who="amal")).status_code == 403
    assert states(engine)["payments"] == {"drawn"}


async def test_by_hand_a_transfer_comes_back_once(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    run = await two_drawn(client, cast, engine)
    key = cast.key("fatma")
    await client.post(f"/payruns/{run['id']}/paid", json={"paid_on": "2027-01-04"}, headers=key)
    path = f"/payments/{run['payments'][0]['id']}/returned"
    early = await client.post(path, json={"returned_on": "2027-01-03"}, headers=key)
    assert "nicht vor der Zahlung am 04.01.2027" in early.json()["detail"]
    done = await client.post(path, json={"returned_on": "2027-01-04", "code": "AC01"}, headers=key)
    assert (done.json()["state"], done.json()["return_code"]) == ("returned", "AC01")
    again = await client.post(path, json={"returned_on": "2027-01-04"}, headers=key)
    assert again.json()["type"] == "/problems/payment-returned"
    assert paid_in_books(engine) == 4000
    strange = await client.post(path, json={"returned_on": "2027-01-04"}, headers=cast.key("kofi"))
    assert strange.status_code == 404


async def test_nothing_is_owed_for_what_was_taken_back_meanwhile(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    run = await two_drawn(client, cast, engine)
    await upload(client, cast, statement(whole(run, 6000)))
    claim = next(one["id"] for one in run["claims"] if one["amount_cents"] == 2000)
    counter = (await step(client, cast, "fatma", claim, "reverse")).json()["id"]
    assert (await step(client, cast, "lea", counter, "approve")).status_code == 200
    answer = (await upload(client, cast, statement(back(run, 1, 2000), name="S2"))).json()
    assert answer["payments_returned"] == 1
    assert paid_in_books(engine) == 4000
    assert invariants.findings(engine) == []
    nothing = await draw(client, cast)
    assert nothing.json()["type"] == "/problems/nothing-to-pay"


def read_by_two(engine: Engine, cast: Cast, data: bytes) -> list[int]:
    """How many transfers each of two people books who read the same file at once."""
    member = frozenset({(cast.wetterau, "finance")})
    actor = Actor(cast.accounts["fatma"], "Fatma", member)
    barrier = threading.Barrier(2, timeout=20)

    def one(_: int) -> int:
        barrier.wait()

        def work(session: Any) -> int:
            return bank.read(session, actor, cast.wetterau, [data]).payments_paid

        return db.in_transaction(engine, work, scope=db.Scope(sponsor_ids=actor.reach))

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(one, range(2)))


async def test_of_two_who_read_the_same_file_one_books(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    run = await two_drawn(client, cast, engine)
    assert read_by_two(engine, cast, statement(whole(run, 6000))) == [0, 2]
    assert paid_in_books(engine) == 6000


async def test_without_lock_and_condition_both_would_book(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    """The control: what was read before is booked, whatever became of it meanwhile."""
    run = await two_drawn(client, cast, engine)
    barrier = threading.Barrier(2, timeout=20)

    def one(_: int) -> None:
        with db.open_session(engine, read_only=True) as session:
            db.set_scope(session, db.SYSTEM)
            payrun = session.get_one(Payrun, UUID(run["id"]))
            drawn = session.exec(select(Payment.state)).all()
        barrier.wait()
        if set(drawn) != {"drawn"}:
            return
        with db.transaction(engine) as session:
            mine = col(Claim.payrun_id) == payrun.id
            books.lines(session, LedgerKind.PAID, mine, paid_on=date(2027, 1, 4))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, range(2)))
    assert paid_in_books(engine) == 12_000
