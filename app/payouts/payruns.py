"""Payruns: approved claims paid together. A claim is in one payrun, whoever draws at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, SQLColumnExpression
from sqlmodel import Session, case, col, func, or_, select, update

from app import access, audit
from app.access import Actor
from app.clock import midnight, now, today
from app.errors import Conflict, Invalid
from app.payouts import candidates, payments
from app.payouts.payrun_schemas import LeftBehind, PayrunCreate
from app.payouts.plans import lock_sponsor
from app.tables import Claim, ClaimState, Payrun, Sponsor, Volunteer

DAY = timedelta(days=1)
FURTHEST = timedelta(days=60)
"""So far ahead a bank takes an order."""
SATURDAY = 5
MOST_NAMED = 20
"""So many claims a refusal explains."""


class NothingToPay(Conflict):
    """No claim can be paid."""

    slug, title = "nothing-to-pay", "Nothing to pay"
    de = "Es gibt keine freigegebene Abrechnung, die bezahlt werden kann.{why}"
    en = "There is no approved claim that can be paid.{why}"


class WrongDay(Invalid):
    """The bank cannot carry it out on this day."""

    de = "Die Bank kann nur zwischen heute und dem {last} überweisen. Bitte das Datum prüfen."
    en = "The bank can only transfer between today and {last}. Please check the date."


@dataclass(frozen=True)
class Drawn:
    """A new payrun and what stayed behind."""

    payrun: Payrun
    left_behind: list[LeftBehind]


def draw(session: Session, actor: Actor, body: PayrunCreate, locale: str = "de") -> Drawn:
    """Put approved claims into one payrun; those that cannot be paid stay behind, named."""
    sponsor_id = access.sponsor_for(actor, body.sponsor_id)
    execute_on = bank_day(body.execute_on)
    sponsor = lock_sponsor(session, sponsor_id)
    found = candidates.sort_out(session, sponsor_id, body.claim_ids, locale)
    payrun = _start(session, actor, sponsor, execute_on)
    take(session, payrun, found.ready)
    if not payrun.amount_cents:
        raise NothingToPay(why="".join(f" {one.sentence}" for one in found.left[:MOST_NAMED]))
    audit.record(session, actor.account_id, "payrun.draw", payrun, amount_cents=payrun.amount_cents)
    session.flush()
    return Drawn(payrun, found.left)


def bank_day(wanted: date | None) -> date:
    """When the bank carries it out: never on a weekend, by default on the next weekday."""
    first = today()
    if wanted is not None and not first <= wanted <= first + FURTHEST:
        raise WrongDay(last=f"{first + FURTHEST:%d.%m.%Y}")
    day = wanted or first + DAY
    while day.weekday() >= SATURDAY:
        day += DAY
    return day


def _start(session: Session, actor: Actor, sponsor: Sponsor, execute_on: date) -> Payrun:
    last = session.exec(
        select(func.max(col(Payrun.number))).where(col(Payrun.sponsor_id) == sponsor.id)
    ).one()
    payrun = Payrun(
        sponsor_id=sponsor.id,
        number=(last or 0) + 1,
        amount_cents=0,
        execute_on=execute_on,
        payer_name=sponsor.account_holder or sponsor.name,
        payer_iban=sponsor.iban,
        drawn_by=actor.account_id,
    )
    session.add(payrun)
    session.flush()
    return payrun


_LISTED = case(
    (col(Volunteer.given_name) == "", col(Volunteer.surname)),
    else_=col(Volunteer.surname) + ", " + col(Volunteer.given_name),
)
"""The same as `candidates.payee`, in the words of the database."""


def _payee(value: SQLColumnExpression[str]) -> ScalarSelect[str]:
    """Name or account as it is now, kept with the claim: the list never changes afterwards."""
    return (
        select(value)
        .where(col(Volunteer.id) == col(Claim.volunteer_id))
        .correlate(Claim)
        .scalar_subquery()
    )


def _known_long_enough() -> ColumnElement[bool]:
    """The account is not one that she, or somebody else, has changed at this very moment."""
    changed = col(Volunteer.iban_changed_at)
    first = midnight(today() - candidates.WAIT + DAY)
    return (
        select(Volunteer.id)
        .where(
            col(Volunteer.id) == col(Claim.volunteer_id), or_(changed.is_(None), changed < first)
        )
        .correlate(Claim)
        .exists()
    )


def take(session: Session, payrun: Payrun, claim_ids: Sequence[UUID]) -> int:
    """Take those claims that are still approved into the payrun; how many they are."""
    taken = 0
    for some in payments.batches(claim_ids):
        done = session.exec(
            update(Claim)
            .where(
                col(Claim.id).in_(some),
                col(Claim.state) == ClaimState.APPROVED,
                _known_long_enough(),
            )
            .values(
                state=ClaimState.IN_PAYRUN,
                payrun_id=payrun.id,
                payee_name=_payee(_LISTED),
                payee_iban=_payee(col(Volunteer.iban)),
                updated_at=now(),
            )
        )
        taken += done.rowcount
    payrun.amount_cents = payments.make(session, payrun)
    session.add(payrun)
    session.flush()
    return taken
