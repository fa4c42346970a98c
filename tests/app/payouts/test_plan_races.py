"""Two who choose, end or settle at the same moment: one rate plan a day, and what it has paid."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import access, db, rate_plans
from app.access import Actor
from app.payouts import building, caps, exceptions, plans, service, settled
from app.payouts.plan_schemas import ChoiceCreate
from app.payouts.schemas import ClaimsBuild
from app.tables import CapException, Claim, ClaimLine, ClaimState, RatePlanChoice, Sponsor
from tests.app.hours.bookings import at, client_case, confirmed
from tests.app.test_races import in_threads
from tests.app.waiting import Gathering
from tests.cast import Cast

KEYS = ("wir_interpreter", "wetterau_interpreter")
Call = Callable[[Session], Any]
USE = (caps, "year_use")
BOOK = (rate_plans, "book")
DECIDED = ((settled, "refuse_another"), (settled, "refuse_outdated"))


def actor(cast: Cast, name: str, part: str) -> Actor:
    """Somebody at work for Wetterau."""
    return Actor(cast.accounts[name], name, frozenset({(cast.wetterau, part)}))


def together(
    engine: Engine,
    cast: Cast,
    calls: Sequence[Call],
    monkeypatch: pytest.MonkeyPatch,
    *readings: tuple[Any, str],
) -> list[Any]:
    """Calls that wait for each other after they have read what they decide by."""
    everybody_read = Gathering(engine, len(calls))

    def waiting(read: Callable[..., Any]) -> Callable[..., Any]:
        def read_and_wait(*arguments: Any) -> Any:
            found = read(*arguments)
            everybody_read.wait()
            return found

        return read_and_wait

    for place in readings:
        monkeypatch.setattr(*place, waiting(getattr(*place)))

    def one(call: Call) -> Any:
        with db.transaction(engine, db.Scope(sponsor_ids=frozenset({cast.wetterau}))) as session:
            return call(session)

    return in_threads(one, calls)


def unlock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: nobody holds the sponsor."""

    def look(session: Session, sponsor_id: UUID) -> Sponsor:
        return session.exec(select(Sponsor).where(col(Sponsor.id) == sponsor_id)).one()

    monkeypatch.setattr(plans, "lock_sponsor", look)
    monkeypatch.setattr(exceptions, "lock_sponsor", look)


def choosing(cast: Cast) -> list[Call]:
    """Two plans for the same days."""
    lea = actor(cast, "lea", "lead")
    bodies = [ChoiceCreate(source_key=key, valid_from=date(2027, 1, 1)) for key in KEYS]
    return [lambda session, body=body: plans.choose(session, lea, body) for body in bodies]


def chosen(engine: Engine) -> int:
    """How many choices there are."""
    with db.open_session(engine, read_only=True) as session:
        db.set_scope(session, db.SYSTEM)
        return len(session.exec(select(RatePlanChoice)).all())


def test_of_two_who_choose_at_once_one_is_refused(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = together(engine, cast, choosing(cast), monkeypatch, BOOK)
    assert [isinstance(one, plans.PlansOverlap) for one in outcome].count(True) == 1
    assert chosen(engine) == 1


def test_control_without_the_lock_a_day_has_two_plans(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlock(monkeypatch)
    together(engine, cast, choosing(cast), monkeypatch, BOOK)
    writers_queue = engine.dialect.name == "sqlite"
    assert chosen(engine) == (1 if writers_queue else 2)


def granted(engine: Engine, cast: Cast) -> UUID:
    """Six appointments of a client, of which the last is paid by an exception."""
    case = client_case(engine, cast)
    for day in range(11, 17):
        confirmed(engine, cast, at(date(2027, 1, day), "10:00"), client_case_id=case)
    with db.transaction(engine) as session:
        row = CapException(
            sponsor_id=cast.wetterau,
            client_case_id=case,
            grant_year=2027,
            extra=1,
            granted_on=date(2027, 1, 4),
        )
        session.add(row)
    return row.id


def building_and_withdrawing(cast: Cast, exception_id: UUID) -> list[Call]:
    """Fatma builds the month while Lea takes the exception back."""
    fatma, lea = actor(cast, "fatma", "finance"), actor(cast, "lea", "lead")
    return [
        lambda session: building.build(session, fatma, ClaimsBuild(month="2027-01")),
        lambda session: exceptions.withdraw(session, lea, exception_id),
    ]


def overpaid(engine: Engine) -> bool:
    """Whether six were paid although five are allowed."""
    with db.open_session(engine, read_only=True) as session:
        db.set_scope(session, db.SYSTEM)
        paid = len(session.exec(select(ClaimLine).where(col(ClaimLine.amount_cents) > 0)).all())
        row = session.exec(select(CapException)).one()
        return paid == 6 and row.withdrawn_at is not None


def test_exception_is_not_withdrawn_while_it_is_being_used(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = granted(engine, cast)
    together(engine, cast, building_and_withdrawing(cast, row), monkeypatch, USE)
    assert not overpaid(engine)


def test_control_without_the_lock_it_is_used_and_withdrawn(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = granted(engine, cast)
    unlock(monkeypatch)
    together(engine, cast, building_and_withdrawing(cast, row), monkeypatch, USE)
    writers_queue = engine.dialect.name == "sqlite"
    assert overpaid(engine) is not writers_queue


def submitting_and_choosing(engine: Engine, cast: Cast) -> list[Call]:
    """Amal sends January on while Lea chooses another plan for it."""
    amal, lea = actor(cast, "amal", "coordinator"), actor(cast, "lea", "lead")
    confirmed(engine, cast, at(date(2027, 1, 20), "10:00"))
    with db.transaction(engine) as session:
        (claim,) = building.build(session, amal, ClaimsBuild(month="2027-01")).claims
    body = ChoiceCreate(source_key="wetterau_interpreter", valid_from=date(2027, 1, 1))

    def submit(session: Session) -> None:
        service.submit(
            session, amal, access.load(session, select(Claim), Claim, claim.id, lock=True)
        )

    return [submit, lambda session: plans.choose(session, lea, body)]


def settled_by_the_former(engine: Engine) -> bool:
    """Whether a claim was sent on by a plan that does not hold on its day."""
    with db.open_session(engine, read_only=True) as session:
        db.set_scope(session, db.SYSTEM)
        (claim,) = session.exec(select(Claim)).all()
        choices = session.exec(select(RatePlanChoice)).all()
        return claim.state == ClaimState.SUBMITTED and len(choices) == 1


def test_claim_is_not_sent_on_while_its_plan_is_changed(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = submitting_and_choosing(engine, cast)
    outcome = together(engine, cast, calls, monkeypatch, *DECIDED)
    assert not settled_by_the_former(engine)
    refusals = (settled.PlanChanged, settled.SettledOtherwise)
    assert [isinstance(one, refusals) for one in outcome].count(True) == 1


def test_control_without_holding_drafts_it_is_sent_on_by_the_former_plan(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = submitting_and_choosing(engine, cast)
    monkeypatch.setattr(settled, "hold_drafts", lambda *_: None)
    together(engine, cast, calls, monkeypatch, *DECIDED)
    writers_queue = engine.dialect.name == "sqlite"
    assert settled_by_the_former(engine) is not writers_queue
