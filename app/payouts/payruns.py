"""Payruns: approved claims paid together. A claim is in one payrun, whoever draws at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ScalarSelect, SQLColumnExpression
from sqlmodel import Session, col, func, select, update

from app import access, audit, books
from app.access import Actor
from app.clock import local_day, now, today
from app.errors import Conflict, Invalid, NotFound
from app.payouts import payments
from app.payouts.plans import lock_sponsor
from app.payouts.schemas import LeftBehind, PayrunCreate
from app.tables import Claim, ClaimState, LedgerKind, Payrun, PayrunState, Volunteer

NO_IBAN = {
    "de": "{name}: Es fehlt die IBAN.",
    "en": "{name}: the IBAN is missing.",
}
NO_AMOUNT = {
    "de": "{name}: Es gibt nichts zu zahlen (0,00 EUR).",
    "en": "{name}: there is nothing to pay (0.00 EUR).",
}
NOT_APPROVED = {
    "de": "{name}: Die Abrechnung ist nicht freigegeben.",
    "en": "{name}: the claim is not approved.",
}


class NothingToPay(Conflict):
    """No claim can be paid."""

    slug, title = "nothing-to-pay", "Nothing to pay"
    de = "Es gibt keine freigegebene Abrechnung, die bezahlt werden kann. {why}"
    en = "There is no approved claim that can be paid. {why}"


class AlreadyPaid(Conflict):
    """The payrun was paid before."""

    slug, title = "payrun-paid", "Paid already"
    de = "Dieser Zahllauf ist schon bezahlt (am {day})."
    en = "This payrun is paid already (on {day})."


class PaidInFuture(Invalid):
    """The day of payment has not come yet."""

    de = "Der Zahltag liegt in der Zukunft. Bitte das Datum prüfen."
    en = "The day of payment is in the future. Please check the date."


class PaidBeforeDrawn(Invalid):
    """The day of payment lies before the payrun."""

    de = "Der Zahltag liegt vor dem Zahllauf vom {day}. Bitte das Datum prüfen."
    en = "The day of payment is before the payrun of {day}. Please check the date."


@dataclass(frozen=True)
class Drawn:
    """A new payrun and what stayed behind."""

    payrun: Payrun
    left_behind: list[LeftBehind]


@dataclass(frozen=True)
class Candidate:
    """A claim that was asked for, and whom it pays."""

    claim: Claim
    volunteer: Volunteer

    def obstacle(self, locale: str) -> str | None:
        """Why it cannot be paid now, as a sentence."""
        words = None
        if self.claim.state != ClaimState.APPROVED:
            words = NOT_APPROVED
        elif not self.volunteer.iban:
            words = NO_IBAN
        elif self.claim.amount_cents <= 0:
            words = NO_AMOUNT
        name = f"{self.volunteer.given_name} {self.volunteer.surname}"
        return words[locale].format(name=name) if words else None


def draw(session: Session, actor: Actor, body: PayrunCreate, locale: str = "de") -> Drawn:
    """Put approved claims into one payrun; those that cannot be paid stay behind, named."""
    sponsor_id = access.sponsor_for(actor, body.sponsor_id)
    lock_sponsor(session, sponsor_id)
    candidates = _candidates(session, sponsor_id, body.claim_ids)
    behind = [(one, one.obstacle(locale)) for one in candidates]
    ready = [one.claim.id for one, obstacle in behind if obstacle is None]
    left = [
        LeftBehind(
            claim_id=one.claim.id,
            volunteer=f"{one.volunteer.given_name} {one.volunteer.surname}",
            sentence=obstacle,
        )
        for one, obstacle in behind
        if obstacle is not None
    ]
    payrun = _start(session, actor, sponsor_id)
    if not take(session, payrun, ready):
        raise NothingToPay(why=" ".join(one.sentence for one in left))
    audit.record(session, actor.account_id, "payrun.draw", payrun, amount_cents=payrun.amount_cents)
    session.flush()
    return Drawn(payrun, left)


def _candidates(
    session: Session, sponsor_id: UUID, claim_ids: list[UUID] | None
) -> list[Candidate]:
    query = (
        select(Claim, Volunteer)
        .join(Volunteer, col(Volunteer.id) == col(Claim.volunteer_id))
        .where(col(Claim.sponsor_id) == sponsor_id)
        .order_by(col(Claim.id))
    )
    if claim_ids is None:
        query = query.where(col(Claim.state) == ClaimState.APPROVED)
    else:
        query = query.where(col(Claim.id).in_(claim_ids))
    found = [Candidate(claim, volunteer) for claim, volunteer in session.exec(query).all()]
    if claim_ids is not None and {one.claim.id for one in found} != set(claim_ids):
        raise NotFound
    return found


def _start(session: Session, actor: Actor, sponsor_id: UUID) -> Payrun:
    last = session.exec(
        select(func.max(col(Payrun.number))).where(col(Payrun.sponsor_id) == sponsor_id)
    ).one()
    payrun = Payrun(
        sponsor_id=sponsor_id,
        number=(last or 0) + 1,
        amount_cents=0,
        drawn_by=actor.account_id,
    )
    session.add(payrun)
    session.flush()
    return payrun


def _payee(value: SQLColumnExpression[str]) -> ScalarSelect[str]:
    """Name or account as it is now, kept with the claim: the list never changes afterwards."""
    return (
        select(value)
        .where(col(Volunteer.id) == col(Claim.volunteer_id))
        .correlate(Claim)
        .scalar_subquery()
    )


def take(session: Session, payrun: Payrun, claim_ids: Sequence[UUID]) -> int:
    """Take those claims that are still approved into the payrun; how many they are."""
    taken = 0
    for some in payments.batches(claim_ids):
        done = session.exec(
            update(Claim)
            .where(col(Claim.id).in_(some), col(Claim.state) == ClaimState.APPROVED)
            .values(
                state=ClaimState.IN_PAYRUN,
                payrun_id=payrun.id,
                payee_name=_payee(col(Volunteer.surname) + ", " + col(Volunteer.given_name)),
                payee_iban=_payee(col(Volunteer.iban)),
                updated_at=now(),
            )
        )
        taken += done.rowcount
    payrun.amount_cents = payments.make(session, payrun)
    session.add(payrun)
    session.flush()
    return taken


def claims_of(session: Session, payrun: Payrun) -> list[Claim]:
    """The claims of a payrun."""
    query = select(Claim).where(col(Claim.payrun_id) == payrun.id).order_by(col(Claim.id))
    return list(session.exec(query).all())


def pay(session: Session, actor: Actor, payrun: Payrun, paid_on: date) -> None:
    """Note the day on which the money left; once."""
    drawn_on = local_day(payrun.created_at)
    if paid_on > today():
        raise PaidInFuture
    if paid_on < drawn_on:
        raise PaidBeforeDrawn(day=f"{drawn_on:%d.%m.%Y}")
    done = session.exec(
        update(Payrun)
        .where(col(Payrun.id) == payrun.id, col(Payrun.state) == PayrunState.DRAWN)
        .values(state=PayrunState.PAID, paid_on=paid_on, updated_at=now())
    )
    session.refresh(payrun)
    if done.rowcount != 1:
        raise AlreadyPaid(day=f"{payrun.paid_on:%d.%m.%Y}")
    payments.mark_paid(session, payrun, paid_on)
    taken = col(Claim.payrun_id) == payrun.id, col(Claim.state) == ClaimState.IN_PAYRUN
    of_claim = payments.by_claim(session, payrun)
    books.lines(session, LedgerKind.PAID, *taken, paid_on=paid_on, payments=of_claim)
    session.exec(update(Claim).where(*taken).values(state=ClaimState.PAID, updated_at=now()))
    audit.record(session, actor.account_id, "payrun.paid", payrun, paid_on=paid_on.isoformat())
    session.flush()
