"""No moment and no claim is paid twice, whoever builds, approves and pays at once."""

import asyncio
import threading
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import Session, col, select, update

from app import db
from app.access import Actor
from app.backups import invariants
from app.payouts import building, service
from app.payouts.building import Built
from app.payouts.schemas import ClaimsBuild
from app.payouts.states import Step
from app.tables import Activity, Claim, ClaimLine, Enrolment, LedgerEntry, Membership, Payment
from tests.app.hours.bookings import at, confirmed
from tests.app.payouts.steps import activity, build
from tests.app.payouts.test_books import drop_guard
from tests.app.test_races import in_threads
from tests.cast import Cast

MONDAY = date(2027, 1, 4)
ROUNDS = 20


def in_fulda(engine: Engine, cast: Cast, starts_at: datetime) -> None:
    """Dilan guides in Fulda's pool as well, an hour that its office has confirmed."""
    with db.transaction(engine) as session:
        session.add(
            Activity(
                sponsor_id=cast.fulda, volunteer_id=cast.volunteers["dilan"], role="guide",
                kind="consultation", state="confirmed", fundable="yes", minutes=60,
                started_at=starts_at, ended_at=starts_at + timedelta(hours=1),
            )
        )  # fmt: skip


@pytest.fixture
def two_pools(engine: Engine, cast: Cast) -> None:
    """Dilan is in the pools of Wetterau and Fulda."""
    with db.transaction(engine) as session:
        here = session.get_one(Enrolment, cast.enrolments["dilan"])
        there = here.model_dump(include={"volunteer_id", "state", "roles", "listing_renewed_on"})
        session.add(Enrolment(**there, sponsor_id=cast.fulda))


def built_by(engine: Engine, cast: Cast, who: str, month: str) -> Built:
    """What comes of it when the coordinator of a pool builds its claims of a month."""
    sponsor = {"amal": cast.wetterau, "kofi": cast.fulda}[who]
    actor = Actor(cast.accounts[who], who, frozenset({(sponsor, "coordinator")}))
    scope = db.Scope(account_id=actor.account_id, sponsor_ids=frozenset({sponsor}))
    return db.in_transaction(
        engine,
        lambda session: building.build(session, actor, ClaimsBuild(month=month)),
        scope=scope,
    )


def built_at_once(engine: Engine, cast: Cast, rounds: int = ROUNDS) -> list[list[Built]]:
    """Two pools claim the same hour of each month at the same moment."""
    answers = []
    for number in range(rounds):
        day = date(2026 + number // 12, number % 12 + 1, 5)
        confirmed(engine, cast, at(day, "10:00"))
        in_fulda(engine, cast, at(day, "10:30"))
        start = threading.Barrier(2, timeout=60)

        def one(who: str, begin: threading.Barrier = start, month: str = f"{day:%Y-%m}") -> Built:
            begin.wait()
            return built_by(engine, cast, who, month)

        answers.append(in_threads(one, ["amal", "kofi"]))
    return answers


@pytest.mark.usefixtures("two_pools")
def test_two_pools_that_claim_the_same_hour_at_once_are_not_both_paid(
    engine: Engine, cast: Cast
) -> None:
    for answers in built_at_once(engine, cast):
        assert sorted(len(one.claims) for one in answers) == [0, 1]
        (left,) = [stuck for one in answers for stuck in one.stuck]
        assert "ist schon abgerechnet" in left.why.detail("de")
        assert "is claimed already" in left.why.detail("en")
    assert invariants.findings(engine) == []


@pytest.mark.usefixtures("two_pools")
def test_control_without_the_guard_both_are_paid(engine: Engine, cast: Cast) -> None:
    drop_guard(engine)
    for answers in built_at_once(engine, cast, 1):
        assert [len(one.claims) for one in answers] == [1, 1]
    assert "A moment of somebody is paid twice" in " ".join(invariants.findings(engine))


@pytest.mark.usefixtures("two_pools")
def test_who_comes_second_reads_the_day_and_not_the_other_pool(engine: Engine, cast: Cast) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    confirmed(engine, cast, at(MONDAY, "10:00"), name="mirela")
    in_fulda(engine, cast, at(MONDAY, "09:59"))
    assert len(built_by(engine, cast, "kofi", "2027-01").claims) == 1
    made = built_by(engine, cast, "amal", "2027-01")
    assert [one.volunteer_id for one in made.claims] == [cast.volunteers["mirela"]]
    (left,) = made.stuck
    assert left.why.detail("de") == (
        "Die Abrechnung für Dilan Dilan-Beispiel geht nicht. Die Zeit am 04.01.2027 ist schon"
        " abgerechnet: in einer anderen Rolle oder Förderung oder bei einem anderen Träger."
        " Dieselbe Zeit wird nur einmal bezahlt. Bitte die Nachweise prüfen."
    )


async def test_the_same_hour_in_two_roles_and_funding_lines_is_paid_once(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    choice = {"source_key": "wetterau_interpreter", "valid_from": "2027-01-01"}
    await client.post("/rate-plans", json=choice, headers=cast.key("lea"))
    confirmed(engine, cast, at(MONDAY, "10:00"))
    activity(engine, cast, at(MONDAY, "10:45"))
    made = await build(client, cast)
    assert [c["funding_line"] for c in made["claims"]] == ["wetterau"]
    assert "schon abgerechnet" in made["left_out"][0]["sentence"]
    with db.transaction(engine) as session:
        session.exec(update(Activity).values(started_at=at(MONDAY, "11:00")))
    assert len((await build(client, cast))["claims"]) == 2, "times that touch share nothing"


async def test_the_same_hour_in_two_roles_of_one_funding_line_is_paid_once(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    activity(engine, cast, at(MONDAY, "10:45"))
    made = await build(client, cast)
    assert made["claims"] == []
    assert "Am 04.01.2027 überschneiden sich zwei Nachweise." in made["left_out"][0]["sentence"]
    headers = {**cast.key("fatma"), "Accept-Language": "en"}
    english = await client.post("/claims", json={"month": "2027-01"}, headers=headers)
    assert "overlap on 04.01.2027" in english.json()["left_out"][0]["sentence"]


async def paid_by_two(client: AsyncClient, cast: Cast, engine: Engine) -> list[list[int]]:
    """Two of the finance office approve, draw and pay the same claims at once; their answers."""
    with db.transaction(engine) as session:
        lea = cast.accounts["lea"]
        session.add(Membership(account_id=lea, sponsor_id=cast.wetterau, role="finance"))
    answers = []
    for number in range(ROUNDS):
        month = date(2026 + number // 12, number % 12 + 1, 5)
        confirmed(engine, cast, at(month, "10:00"))
        (made,) = [c["id"] for c in (await build(client, cast, f"{month:%Y-%m}"))["claims"]]
        with db.transaction(engine) as session:
            session.exec(update(Claim).where(col(Claim.id) == UUID(made)).values(state="checked"))
        approved = await both(client, cast, f"/claims/{made}/approve", None)
        drawn = await both(client, cast, "/payruns", {"claim_ids": [made]})
        (payrun,) = {one.json()["id"] for one in drawn if one.is_success}
        paid = await both(client, cast, f"/payruns/{payrun}/paid", {"paid_on": "2027-01-04"})
        answers += [[one.status_code for one in some] for some in (approved, drawn, paid)]
    return answers


async def both(client: AsyncClient, cast: Cast, path: str, body: Any) -> list[Response]:
    """Fatma and Lea press the same at once."""
    calls = [client.post(path, json=body, headers=cast.key(who)) for who in ("fatma", "lea")]
    return list(await asyncio.gather(*calls))


async def test_two_of_the_finance_office_who_approve_and_pay_at_once_pay_once(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    for answers in await paid_by_two(client, cast, engine):
        assert sorted(answers) in ([200, 409], [201, 409])
    with db.transaction(engine, read_only=True) as session:
        assert session.exec(select(Payment.amount_cents)).all() == [2000] * ROUNDS
        booked = select(LedgerEntry.kind).where(col(LedgerEntry.claim_id).is_not(None))
        assert sorted(session.exec(booked).all()) == ["approved"] * ROUNDS + ["paid"] * ROUNDS
    assert invariants.findings(engine) == []


def careless(
    session: Session, _actor: Actor, claim: Claim, step: Step, *_: Any, **values: Any
) -> None:
    """The control: the claim goes on, wherever it is by now."""
    session.exec(update(Claim).where(col(Claim.id) == claim.id).values(state=step.after, **values))
    session.refresh(claim)


async def test_control_without_the_condition_a_claim_is_approved_twice(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "go", careless)
    confirmed(engine, cast, at(MONDAY, "10:00"))
    (made,) = [c["id"] for c in (await build(client, cast))["claims"]]
    with db.transaction(engine) as session:
        session.exec(update(Claim).values(state="checked"))
    answers = await both(client, cast, f"/claims/{made}/approve", None)
    assert [one.status_code for one in answers] == [200, 200]
    assert "of what was approved" in " ".join(invariants.findings(engine))
    with db.transaction(engine, read_only=True) as session:
        assert len(session.exec(select(ClaimLine.id)).all()) == 1
