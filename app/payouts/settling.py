"""What becomes of a payrun: the money leaves, comes back, or the payrun is taken back before.

Whoever changes something holds the payrun first, so that paid and taken back exclude each other.
"""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from allowance import euro
from app import audit, books, freetext
from app.access import Actor
from app.clock import local_day, now, today
from app.errors import ApiError, Conflict, Invalid
from app.payouts import counters, payments, plans
from app.payouts.candidates import CAME_BACK
from app.tables import (
    Claim,
    ClaimState,
    LedgerEntry,
    LedgerKind,
    Payment,
    PaymentPart,
    PaymentState,
    Payrun,
    PayrunState,
    Task,
)

_OWED = {
    "de": " Eine Gegenbuchung dazu ist schon verrechnet ({months}, {amount}): Bitte die Abrechnung,"
    " die das ausgleicht, freigeben lassen.",
    "en": " A counter-booking of it was settled already ({months}, {amount}): please have the claim"
    " that makes up for it approved.",
}


class AlreadyPaid(Conflict):
    """The payrun was paid before."""

    slug, title = "payrun-paid", "Paid already"
    de = "Dieser Zahllauf ist schon bezahlt (am {day})."
    en = "This payrun is paid already (on {day})."


class PartlyPaid(Conflict):
    """Some of its money has left already."""

    slug, title = "payrun-partly-paid", "Paid in part"
    de = "Ein Teil ist schon überwiesen. Bitte die übrigen Überweisungen einzeln zurücknehmen."
    en = "A part of it has been transferred. Please take the other transfers back one by one."


class TakenBack(Conflict):
    """The payrun was taken back before."""

    slug, title = "payrun-reversed", "Taken back"
    de = "Dieser Zahllauf ist zurückgenommen. Bitte einen neuen ziehen."
    en = "This payrun was taken back. Please draw a new one."


class PaidInFuture(Invalid):
    """The day of payment has not come yet."""

    de = "Der Zahltag liegt in der Zukunft. Bitte das Datum prüfen."
    en = "The day of payment is in the future. Please check the date."


class PaidBeforeDrawn(Invalid):
    """The day of payment lies before the payrun."""

    de = "Der Zahltag liegt vor dem Zahllauf vom {day}. Bitte das Datum prüfen."
    en = "The day of payment is before the payrun of {day}. Please check the date."


class BackBeforePaid(Invalid):
    """Money comes back after it has left."""

    de = "Das Geld kann nicht vor der Zahlung am {day} zurückkommen. Bitte das Datum prüfen."
    en = "Money cannot come back before the payment on {day}. Please check the date."


class CameBackBefore(Conflict):
    """It is noted already that the transfer came back."""

    slug, title = "payment-returned", "Came back already"
    de = "Diese Überweisung ist schon als zurückgekommen eingetragen."
    en = "It is noted already that this transfer came back."


def hold(session: Session, payrun: Payrun) -> None:
    """Nobody else settles this payrun until the commit; it is read anew."""
    session.refresh(payrun, with_for_update={"key_share": True})


def pay(session: Session, actor: Actor, payrun: Payrun, paid_on: date) -> None:
    """Note the day on which the money left, of all transfers that have not been noted; once."""
    refuse_day(payrun, paid_on)
    hold(session, payrun)
    done = session.exec(
        update(Payrun)
        .where(col(Payrun.id) == payrun.id, col(Payrun.state) == PayrunState.DRAWN)
        .values(state=PayrunState.PAID, paid_on=paid_on, updated_at=now())
    )
    session.refresh(payrun)
    if done.rowcount != 1:
        raise _settled(payrun)
    settle(session, payrun, paid_on)
    audit.record(session, actor.account_id, "payrun.paid", payrun, paid_on=paid_on.isoformat())
    session.flush()


def refuse_day(payrun: Payrun, paid_on: date) -> None:
    """Money leaves between the day of the payrun and today."""
    drawn_on = local_day(payrun.created_at)
    if paid_on > today():
        raise PaidInFuture
    if paid_on < drawn_on:
        raise PaidBeforeDrawn(day=f"{drawn_on:%d.%m.%Y}")


def _settled(payrun: Payrun) -> ApiError:
    """Why nothing more is done to a payrun."""
    if payrun.state == PayrunState.PAID:
        return AlreadyPaid(day=f"{payrun.paid_on:%d.%m.%Y}")
    return TakenBack() if payrun.state == PayrunState.REVERSED else PartlyPaid()


def settle(
    session: Session, payrun: Payrun, paid_on: date, which: Collection[UUID] | None = None
) -> set[UUID]:
    """Transfers have left, all of them or some: they and their claims are paid, and in the books.

    Which of them it was: what was noted before, or came back, is left alone.
    """
    left = payments.mark_paid(session, payrun, paid_on, which)
    of_claim = payments.by_claim(session, payrun)
    taken = (
        col(Claim.id).in_(_claims_of(payrun, col(Payment.state) == PaymentState.PAID)),
        col(Claim.state) == ClaimState.IN_PAYRUN,
    )
    books.lines(session, LedgerKind.PAID, *taken, paid_on=paid_on, payments=of_claim)
    payments.change(
        session, update(Claim).where(*taken).values(state=ClaimState.PAID, updated_at=now())
    )
    _close(session, payrun)
    return left


def _claims_of(payrun: Payrun, *which: ColumnElement[bool]) -> SelectOfScalar[UUID]:
    """The claims within transfers of a payrun, as far as these have not come back."""
    of_transfer = col(Payment.id) == col(PaymentPart.payment_id)
    query = select(PaymentPart.claim_id).join(Payment, of_transfer)
    stands = col(PaymentPart.returned).is_(False)
    return query.where(col(Payment.payrun_id) == payrun.id, stands, *which)


def _close(session: Session, payrun: Payrun) -> None:
    """A payrun is settled with its last transfer: paid, or taken back where no money has left."""
    paid, day = payments.standing(session, payrun)
    if paid is None:
        return
    state = PayrunState.PAID if paid else PayrunState.REVERSED
    drawn = col(Payrun.id) == payrun.id, col(Payrun.state) == PayrunState.DRAWN
    values = {"state": state, "paid_on": day, "updated_at": now()}
    payments.change(session, update(Payrun).where(*drawn).values(**values))
    session.refresh(payrun)


def note_end(session: Session, actor: Actor, payrun: Payrun) -> None:
    """Record what became of a payrun with its last transfer."""
    if payrun.state == PayrunState.PAID:
        day = payrun.paid_on.isoformat() if payrun.paid_on else ""
        audit.record(session, actor.account_id, "payrun.paid", payrun, paid_on=day)
    else:
        cents = payrun.amount_cents
        audit.record(session, actor.account_id, "payrun.reverse", payrun, amount_cents=cents)


def reverse(session: Session, actor: Actor, payrun: Payrun, reason: str) -> None:
    """Take a payrun back before any money has left: its claims wait for another one."""
    freetext.require_plain(reason)
    hold(session, payrun)
    moved = select(Payment.id).where(
        col(Payment.payrun_id) == payrun.id, col(Payment.paid_on).is_not(None)
    )
    done = session.exec(
        update(Payrun)
        .where(
            col(Payrun.id) == payrun.id,
            col(Payrun.state) == PayrunState.DRAWN,
            ~moved.exists(),
        )
        .values(state=PayrunState.REVERSED, reason=reason, updated_at=now())
    )
    session.refresh(payrun)
    if done.rowcount != 1:
        raise _settled(payrun)
    _give_back(session, payrun, today())
    audit.record(
        session,
        actor.account_id,
        "payrun.reverse",
        payrun,
        reason=audit.stated(reason),
        amount_cents=payrun.amount_cents,
    )
    session.flush()


def come_back(
    session: Session, actor: Actor, payrun: Payrun, payment: Payment, on: date, code: str
) -> None:
    """Money came back: its claims wait for another payrun, and somebody looks at the account."""
    plans.lock_sponsor(session, payrun.sponsor_id)
    hold(session, payrun)
    session.refresh(payment)
    state, before = payrun.state, payment.paid_on or local_day(payment.created_at)
    if on > today():
        raise PaidInFuture
    if on < before:
        raise BackBeforePaid(day=f"{before:%d.%m.%Y}")
    owed: list[Claim] = []
    if payment.state == PaymentState.DRAWN:
        _give_back(session, payrun, on, col(Payment.id) == payment.id)
    else:
        owed = _take_back(session, actor, payrun, payment, on)
    note = update(Payment).where(col(Payment.id) == payment.id).values(return_code=code)
    payments.change(session, note)
    _close(session, payrun)
    if payrun.state != state:
        note_end(session, actor, payrun)
    session.refresh(payment)
    _ask(session, payment, owed)
    audit.record(
        session,
        actor.account_id,
        "payment.return",
        payment,
        reason=code.lower(),
        amount_cents=payment.amount_cents,
    )
    session.flush()


def _take_back(
    session: Session, actor: Actor, payrun: Payrun, payment: Payment, on: date
) -> list[Claim]:
    """A transfer that had left is in the books no more; what she is owed for it meanwhile."""
    one = col(Payment.id) == payment.id
    values = {"state": PaymentState.RETURNED, "returned_on": on, "updated_at": now()}
    paid = one, col(Payment.state) == PaymentState.PAID
    if not payments.change(session, update(Payment).where(*paid).values(**values)):
        raise CameBackBefore
    books.back(
        session,
        col(LedgerEntry.kind) == LedgerKind.PAID,
        col(LedgerEntry.payment_id) == payment.id,
    )
    claim_ids = session.scalars(_claims_of(payrun, one)).all()
    payments.mark_returned(session, payrun)
    return counters.came_back(session, actor, claim_ids)


def _give_back(session: Session, payrun: Payrun, on: date, *which: ColumnElement[bool]) -> None:
    """Transfers never leave; their claims are approved as before."""
    values = {"state": PaymentState.RETURNED, "returned_on": on, "updated_at": now()}
    drawn = col(Payment.payrun_id) == payrun.id, col(Payment.state) == PaymentState.DRAWN
    payments.change(session, update(Payment).where(*drawn, *which).values(**values))
    back = _claims_of(payrun, col(Payment.state) == PaymentState.RETURNED)
    free = update(Claim).values(state=ClaimState.APPROVED, **payments.NOBODY, updated_at=now())
    taken = col(Claim.id).in_(back), col(Claim.state) == ClaimState.IN_PAYRUN
    payments.change(session, free.where(*taken))
    payments.mark_returned(session, payrun)


def _ask(session: Session, payment: Payment, owed: Sequence[Claim]) -> None:
    """A question to the office: is the account right, and who approves what she is owed now?"""
    params = {"name": payments.holder(payment), "why": payments.why_back(payment.return_code)}
    months = ", ".join(f"{month:%m/%Y}" for month in sorted({one.month for one in owed}))
    if owed:
        cents = sum(one.amount_cents for one in owed)
        params["owed"] = _OWED["de"].format(months=months, amount=euro(cents, "de"))
        params["owed_en"] = _OWED["en"].format(months=months, amount=euro(cents, "en"))
    session.add(
        Task(
            sponsor_id=payment.sponsor_id,
            code=CAME_BACK,
            params=params,
            subject_type="payment",
            subject_id=payment.id,
        )
    )
