"""Nobody is planned beyond what can be paid: year caps, tax limits, clients' caps, grants."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine, event
from sqlmodel import Session, col, select

from app import db
from app.seam import build
from app.seam.asked import Asked, load_asked
from app.seam.people import Horizon
from app.tables import (
    CapException,
    DeclaredIncome,
    Enrolment,
    GrantNotice,
    Institution,
    OwnRatePlan,
    RatePlanChoice,
    Request,
    RequestOption,
    Seat,
    Sponsor,
    TaxChoice,
    Volunteer,
)
from matching import Problem, Reason, eligibility, solve
from tests.app.example_money import RULE
from tests.app.hours.bookings import at, book, client_case, confirmed
from tests.app.payouts.steps import activity, approve_all
from tests.app.taxes.test_ledger import in_the_books
from tests.app.test_dossiers import share
from tests.app.test_offers import plan
from tests.app.test_requests import offer
from tests.cast import Cast

TUESDAY = date(2027, 1, 12)
DECEMBER = date(2027, 12, 7)


@pytest.fixture(autouse=True)
def tireless(engine: Engine, cast: Cast) -> None:
    """Only Dilan is there, and no limit of a day or week stands in the way."""
    with db.transaction(engine) as session:
        for row in session.exec(select(Enrolment)).all():
            row.week_minutes, row.day_assignments = 36_000, 50
            row.listing_renewed_on = date(2027, 11, 1)
            row.state = "released" if row.id == cast.enrolments["dilan"] else "paused"


def ask(
    engine: Engine, cast: Cast, *starts: datetime, role: str = "interpreter", **more: Any
) -> list[UUID]:
    """Open seats of an hour."""
    found = []
    for start in starts:
        made = book(engine, cast, start, role=role, **more)
        with db.transaction(engine) as session:
            seat = session.get_one(Seat, made.seat_id)
            session.get_one(Request, seat.request_id).state = seat.state = "open"
            session.delete(session.merge(made))
            found.append(seat.id)
    return found


@contextmanager
def looked_at(
    engine: Engine, cast: Cast, seats: list[UUID], **how: Any
) -> Iterator[tuple[Session, Problem]]:
    """What a plan of these seats would see."""
    with db.transaction(engine, read_only=True) as session:
        rows = session.exec(
            select(Request)
            .join(Seat, col(Seat.request_id) == col(Request.id))
            .where(col(Seat.id).in_(seats))
        ).all()
        asked = load_asked(session, sorted(rows, key=lambda row: row.id))
        days = [option.day for one in asked for option in one.options]
        people = [session.get_one(Volunteer, cast.volunteers["dilan"])]
        sponsor = session.get_one(Sponsor, cast.wetterau)
        horizon = Horizon.of(min(days), max(days))
        how = {"with_grants": True} | how
        yield session, build.problem(session, sponsor, asked, people, horizon, **how)


def filled(engine: Engine, cast: Cast, seats: list[UUID]) -> int:
    """How many of them she is planned for."""
    with looked_at(engine, cast, seats) as (_, problem):
        return len(solve(problem).assignments)


def why_not(engine: Engine, cast: Cast, seat: UUID, **how: Any) -> list[Reason]:
    """What speaks against her for one seat."""
    with looked_at(engine, cast, [seat], **how) as (_, problem):
        found = eligibility.reasons(problem, problem.volunteers[0], problem.seats[0], 0)
        return list(found)


def worked(engine: Engine, cast: Cast, minutes: int) -> None:
    """Guide's time of this year that nobody has claimed yet."""
    activity(engine, cast, at(date(2027, 1, 2), "08:00"), minutes=minutes)


def said(engine: Engine, cast: Cast, cents: int, year: int = 2027, rule: str = "26a") -> None:
    """What she told Wetterau that she was paid elsewhere."""
    with db.transaction(engine) as session:
        session.add(
            DeclaredIncome(
                sponsor_id=cast.wetterau,
                volunteer_id=cast.volunteers["dilan"],
                tax_year=year,
                rule=rule,
                amount_cents=cents,
            )
        )


def notice(engine: Engine, cast: Cast, cents: int, purpose: str = "interpreters") -> None:
    """A running grant of WIR."""
    with db.transaction(engine) as session:
        session.add(
            GrantNotice(
                sponsor_id=cast.wetterau,
                funding_line="wir",
                year=2027,
                purpose=purpose,
                state="running",
                amount_cents=cents,
                starts_on=date(2027, 1, 1),
                ends_on=date(2027, 12, 31),
            )
        )


def times(count: int, day: date = TUESDAY) -> list[datetime]:
    """One after the other, with time to walk."""
    return [at(day, f"{8 + 2 * number:02}:00") for number in range(count)]


@pytest.mark.parametrize(("coordinating", "cap"), [(False, 276), (True, 414)])
def test_a_guide_is_planned_up_to_the_year_cap(
    engine: Engine, cast: Cast, coordinating: bool, cap: int
) -> None:
    with db.transaction(engine) as session:
        session.get_one(Enrolment, cast.enrolments["dilan"]).coordinating = coordinating
        session.add(
            TaxChoice(
                sponsor_id=cast.wetterau, role="guide", rule="none", from_year=2020, reason="x"
            )
        )
    seats = ask(engine, cast, *times(3), role="guide")
    worked(engine, cast, (cap - 2) * 60)
    assert filled(engine, cast, seats) == 2
    activity(engine, cast, at(date(2027, 1, 3), "08:00"), minutes=61)
    assert filled(engine, cast, seats) == 0
    (against,) = why_not(engine, cast, seats[0])
    assert against == Reason("cap", {"period": "year", "unit": "minutes", "left": 59})
    assert why_not(engine, cast, ask(engine, cast, times(4)[3])[0]) == [], "as an interpreter"


def test_hours_of_the_year_before_take_nothing_from_the_cap(engine: Engine, cast: Cast) -> None:
    said(engine, cast, 0)
    activity(engine, cast, at(date(2026, 11, 2), "08:00"), minutes=276 * 60)
    (seat,) = ask(engine, cast, *times(1), role="guide")
    assert why_not(engine, cast, seat) == []


def test_what_is_booked_done_or_asked_for_counts_once(engine: Engine, cast: Cast) -> None:
    """In minutes of the grant year and cents of the tax year: 20 EUR each, or 5 EUR an hour."""
    confirmed(engine, cast, at(date(2027, 1, 2), "08:00"), role="guide", minutes=90)
    book(engine, cast, at(date(2027, 1, 14), "08:00"), role="guide", minutes=60)
    book(engine, cast, at(date(2027, 1, 14), "10:00"))
    (seat,) = ask(engine, cast, *times(1))
    with looked_at(engine, cast, [seat]) as (_, problem):
        left = {cap.period: cap.left for cap in problem.volunteers[0].caps if "year" in cap.period}
    assert left == {"year": 276 * 60 - 150, "tax_year": 96_000 - 750 - 500 - 2000}


async def test_a_claim_changes_nothing_and_neither_does_its_payment(
    client: AsyncClient, cast: Cast, engine: Engine, clock: Any
) -> None:
    said(engine, cast, 0)
    confirmed(engine, cast, at(date(2027, 1, 4), "08:00"), role="guide", minutes=90)
    confirmed(engine, cast, at(date(2027, 1, 4), "12:00"))
    (seat,) = ask(engine, cast, *times(1))

    def left() -> dict[str, int]:
        with looked_at(engine, cast, [seat]) as (_, problem):
            caps = problem.volunteers[0].caps
        return {cap.period: cap.left for cap in caps if "year" in cap.period}

    before = left()
    assert before == {"year": 276 * 60 - 90, "tax_year": 96_000 - 2750}
    await approve_all(client, cast)
    assert left() == before
    made = await client.post("/payruns", json={}, headers=cast.key("fatma"))
    assert left() == before
    sent, path = {"paid_on": "2027-01-04"}, f"/payruns/{made.json()['id']}/paid"
    assert (await client.post(path, json=sent, headers=cast.key("fatma"))).status_code == 200
    assert left() == before


def test_960_euros_are_48_assignments(engine: Engine, cast: Cast) -> None:
    in_the_books(engine, cast.wetterau, cast.volunteers["dilan"], 46 * 2000)
    seats = ask(engine, cast, *times(3))
    assert filled(engine, cast, seats) == 2
    said(engine, cast, 2001)
    (against,) = why_not(engine, cast, seats[0])
    assert against == Reason("cap", {"period": "tax_year", "unit": "cents", "left": 1_999})


def test_work_of_december_is_taxed_in_the_year_after(engine: Engine, cast: Cast) -> None:
    said(engine, cast, 96_000, 2027)
    (november,) = ask(engine, cast, at(date(2027, 11, 30), "10:00"))
    (december,) = ask(engine, cast, at(DECEMBER, "10:00"))
    assert [reason.code for reason in why_not(engine, cast, november)] == ["cap"]
    assert why_not(engine, cast, december) == []
    assert filled(engine, cast, [november, december]) == 1
    said(engine, cast, 96_000, 2028)
    assert [reason.code for reason in why_not(engine, cast, december)] == ["cap"]


def test_each_tax_rule_has_a_limit_of_its_own(engine: Engine, cast: Cast) -> None:
    values = {"sponsor_id": cast.wetterau, "from_year": 2026, "reason": "x"}
    with db.transaction(engine) as session:
        session.add(TaxChoice(**values, role="guide", rule="26"))
    said(engine, cast, 96_000)
    (guide,), (interpreter,) = (
        ask(engine, cast, *times(1), role="guide"),
        ask(engine, cast, *times(1)),
    )
    assert why_not(engine, cast, guide) == []
    assert [reason.code for reason in why_not(engine, cast, interpreter)] == ["cap"]
    with db.transaction(engine) as session:
        session.add(TaxChoice(**values, role="interpreter", rule="none"))
    assert why_not(engine, cast, interpreter) == []


def test_other_pools_payments_count_by_her_word_alone(engine: Engine, cast: Cast) -> None:
    share(engine, cast)
    in_the_books(engine, cast.fulda, cast.volunteers["dilan"], 96_000)
    book(engine, cast, at(date(2027, 1, 14), "08:00"), home=cast.fulda)
    (seat,) = ask(engine, cast, *times(1))
    with looked_at(engine, cast, [seat]) as (_, problem):
        (left,) = (cap.left for cap in problem.volunteers[0].caps if cap.period == "tax_year")
    assert left == 96_000
    said(engine, cast, 96_000)
    assert [reason.code for reason in why_not(engine, cast, seat)] == ["cap"]


def test_a_client_gets_what_the_plan_pays_and_what_was_granted_besides(
    engine: Engine, cast: Cast
) -> None:
    case = client_case(engine, cast)
    for day in range(4, 8):
        book(engine, cast, at(date(2027, 1, day), "10:00"), client_case_id=case)
    seats = ask(engine, cast, *times(5), client_case_id=case)
    assert filled(engine, cast, seats) == 1
    with db.transaction(engine) as session:
        session.add(
            CapException(
                sponsor_id=cast.wetterau,
                client_case_id=case,
                grant_year=2027,
                extra=2,
                granted_on=date(2027, 1, 4),
            )
        )
    assert filled(engine, cast, seats) == 3


def test_no_more_is_planned_than_the_grant_can_pay(engine: Engine, cast: Cast) -> None:
    seats = ask(engine, cast, *times(4))
    guides = ask(engine, cast, *times(2, TUESDAY + timedelta(days=1)), role="guide")
    assert filled(engine, cast, seats + guides) == 6, "without a notice nothing is limited"
    notice(engine, cast, 7_999)
    assert filled(engine, cast, seats + guides) == 3 + 2
    book(engine, cast, at(date(2027, 1, 14), "08:00"))
    ask(engine, cast, at(date(2027, 1, 26), "08:00"))
    assert filled(engine, cast, seats + guides) == 2 + 2, "booked counts, open elsewhere does not"
    notice(engine, cast, 500, "guides")
    assert filled(engine, cast, seats + guides) == 2 + 1


def test_what_is_booked_already_is_not_taken_from_the_grant_twice(
    engine: Engine, cast: Cast
) -> None:
    made = book(engine, cast, at(TUESDAY, "10:00"))
    notice(engine, cast, 2_000)
    with db.transaction(engine, read_only=True) as session:
        seat = session.get_one(Seat, made.seat_id)
        request = session.get_one(Request, seat.request_id)
        options = session.exec(
            select(RequestOption).where(col(RequestOption.request_id) == request.id)
        ).all()
        spot = session.get_one(Institution, request.institution_id)
        problem = build.problem(
            session,
            session.get_one(Sponsor, cast.wetterau),
            [Asked(request, spot, list(options), [seat])],
            [session.get_one(Volunteer, cast.volunteers["dilan"])],
            Horizon.of(TUESDAY, TUESDAY),
            ignore_load_of=[seat.id],
            with_grants=True,
        )
    assert problem.at_most == ()


def test_hours_under_a_plan_without_a_cap_take_nothing_from_the_cap(
    engine: Engine, cast: Cast
) -> None:
    rule = RULE | {"role": "guide", "unit": "hour", "unit_minutes": 60, "amount_cents": 100}
    wetterau: dict[str, Any] = {"sponsor_id": cast.wetterau}
    with db.transaction(engine) as session:
        session.add(OwnRatePlan(**wetterau, key="own:guide", rule=rule))
        for key, first, last in (
            ("own:guide", date(2027, 1, 1), date(2027, 1, 10)),
            ("wir_guide", date(2027, 1, 11), None),
        ):
            session.add(RatePlanChoice(**wetterau, source_key=key, valid_from=first, valid_to=last))
    worked(engine, cast, 276 * 60)
    (seat,) = ask(engine, cast, *times(1), role="guide")
    assert why_not(engine, cast, seat) == []
    activity(engine, cast, at(date(2027, 1, 11), "08:00"), minutes=276 * 60)
    assert "year" in [reason.params["period"] for reason in why_not(engine, cast, seat)]


async def test_the_plan_says_that_the_money_is_used_up(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    ask(engine, cast, *times(2))
    notice(engine, cast, 2_000)
    made = await plan(client, cast, engine)
    assert made["filled"] == 1
    (empty,) = (row for row in made["proposals"] if row["volunteer_id"] is None)
    reason = empty["reasons"][0]
    assert reason["code"] == "budget"
    assert "Zuwendung" in reason["sentence"]


async def test_the_office_may_ask_beyond_what_can_be_paid_and_is_told(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    said(engine, cast, 95_000)
    (seat,) = ask(engine, cast, *times(1))
    path = f"/seats/{seat}/candidates/{cast.volunteers['dilan']}"
    found = await client.get(path, headers=cast.key("amal"))
    assert "Steuerfreibetrag" in found.text
    assert (await plan(client, cast, engine))["filled"] == 0
    asked = await offer(client, cast, {"id": str(seat)}, "dilan")
    assert asked.status_code == 201, asked.text
    (warning,) = asked.json()["warnings"]
    assert "frei: 10,00 EUR" in warning
    path = f"/offers/{asked.json()['id']}/accept"
    yes = await client.post(path, headers=cast.key("dilan"))
    assert yes.status_code == 200, yes.text


async def test_the_office_may_book_beyond_what_can_be_paid_and_is_told(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    first, second = ask(engine, cast, *times(2), role="guide")
    sent = {"volunteer_id": str(cast.volunteers["dilan"])}
    booked = await client.post(
        "/assignments", json=sent | {"seat_id": str(first)}, headers=cast.key("amal")
    )
    assert (booked.status_code, booked.json()["warnings"]) == (201, [])
    worked(engine, cast, 275 * 60 + 30)
    beyond = await client.post(
        "/assignments",
        json=sent | {"seat_id": str(second)},
        headers=cast.key("amal") | {"Accept-Language": "en"},
    )
    assert beyond.status_code == 201, beyond.text
    assert any("hours of the year" in one for one in beyond.json()["warnings"])


async def test_the_office_is_told_that_the_grant_is_used_up(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    first, second = ask(engine, cast, *times(2))
    notice(engine, cast, 2_000)
    dilan = {"volunteer_id": str(cast.volunteers["dilan"])}
    told = []
    for seat in (first, second):
        sent = dilan | {"seat_id": str(seat)}
        booked = await client.post("/assignments", json=sent, headers=cast.key("amal"))
        assert booked.status_code == 201, booked.text
        told.append(booked.json()["warnings"])
    assert told[0] == []
    assert "Förderung" in told[1][0]


def test_the_statements_do_not_grow_with_people_and_their_work(engine: Engine, cast: Cast) -> None:
    (seat,) = ask(engine, cast, *times(1))
    notice(engine, cast, 500_000)
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    def cost() -> int:
        sent.clear()
        with looked_at(engine, cast, [seat]):
            return len(sent)

    event.listen(engine, "before_cursor_execute", note)
    few = cost()
    for day in range(5, 12):
        confirmed(engine, cast, at(date(2027, 1, day), "08:00"), name="mirela")
        confirmed(engine, cast, at(date(2027, 1, day), "08:00"), role="guide")
        said(engine, cast, day)
        in_the_books(engine, cast.wetterau, cast.volunteers["mirela"], 10)
    assert cost() == few
    event.remove(engine, "before_cursor_execute", note)
