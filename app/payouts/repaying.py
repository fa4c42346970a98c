"""What was paid too much and comes back from her own account: who leaves has no next payment."""

from datetime import date

from sqlmodel import Session, col

from app import books
from app.access import Actor
from app.clock import local_day, today
from app.errors import Conflict, Invalid
from app.payouts.settling import PaidInFuture
from app.payouts.states import Step, go, refuse_own
from app.tables import Claim, ClaimKind, ClaimState, LedgerKind

REPAY = Step("repay", (ClaimState.APPROVED,), ClaimState.PAID)


class NothingToRepay(Conflict):
    """Only what a counter-booking takes back can be paid back."""

    slug, title = "nothing-to-repay", "Nothing to pay back"
    de = "Zurückgezahlt wird nur, was eine Gegenbuchung zurücknimmt. Bitte diese auswählen."
    en = "Only what a counter-booking takes back is paid back. Please choose that one."


class RepaidTooEarly(Invalid):
    """The money came before anybody had asked for it."""

    de = "Der Tag liegt vor der Gegenbuchung vom {day}. Bitte das Datum prüfen."
    en = "The day is before the counter-booking of {day}. Please check the date."


def repaid(session: Session, actor: Actor, claim: Claim, paid_on: date) -> None:
    """Note the day on which she has paid back what an approved counter-booking takes back."""
    refuse_own(session, actor, claim)
    if claim.kind != ClaimKind.COUNTER or claim.amount_cents >= 0:
        raise NothingToRepay
    booked_on = local_day(claim.created_at)
    if paid_on > today():
        raise PaidInFuture
    if paid_on < booked_on:
        raise RepaidTooEarly(day=f"{booked_on:%d.%m.%Y}")
    go(session, actor, claim, REPAY)
    books.lines(session, LedgerKind.PAID, col(Claim.id) == claim.id, paid_on=paid_on)
