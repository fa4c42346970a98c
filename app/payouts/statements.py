"""A volunteer's statement of a payment: from its rows to the paper, made once and kept for a while.

What it says stands in the books and in what the payrun holds, as it was when the money left. Made
again it has the same bytes.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from app import audit, db, jobs
from app.access import Actor
from app.clock import now
from app.errors import Conflict
from app.institutions import kinds
from app.messages import telling
from app.messages.wording import known
from app.payouts import explaining, mails, papers, payments
from app.payouts.paper_words import activity
from app.payouts.papers import Statement, StatementLine, TaxYear
from app.payouts.payrun_schemas import StatementsRead
from app.settings import get_settings
from app.tables import (
    Claim,
    ClaimKind,
    ClaimLine,
    Event,
    LedgerEntry,
    LedgerKind,
    Message,
    Payment,
    PaymentPart,
    PaymentState,
    Payrun,
    Sponsor,
    StatementPaper,
    Volunteer,
    new_id,
)
from app.taxes import ledger
from app.writing import INSERTS

MAKE = "payouts.statements"
"""A job on the id of a payrun: make the statements that are missing, and tell whose they are."""
AT_ONCE = 40
"""So many papers one job makes."""


class NotPaidYet(Conflict):
    """A statement tells of money that has left."""

    slug, title = "statement-too-early", "No statement yet"
    de = "Die Abrechnung auf Papier gibt es, sobald das Geld überwiesen ist."
    en = "There is a statement once the money has left."


class PaidBack(Conflict):
    """The money has come back, or never left."""

    slug, title = "payment-came-back", "The payment came back"
    de = "Diese Überweisung kam zurück. Eine Abrechnung gibt es mit der nächsten Zahlung."
    en = "This transfer came back. There is a statement with the next payment."


def pdf(session: Session, payment: Payment, locale: str) -> bytes:
    """The statement of a payment, as it was kept, or made now."""
    refuse_unpaid(payment)
    query = select(StatementPaper.pdf).where(
        col(StatementPaper.payment_id) == payment.id, col(StatementPaper.locale) == known(locale)
    )
    return session.exec(query).first() or papers.statement(of(session, payment, locale), locale)


def refuse_unpaid(payment: Payment) -> None:
    """Only of money that has left and not come back."""
    if payment.state == PaymentState.RETURNED:
        raise PaidBack
    if payment.state != PaymentState.PAID or payment.paid_on is None:
        raise NotPaidYet


def of(session: Session, payment: Payment, locale: str) -> Statement:
    """What the statement of a paid transfer says."""
    day = payment.paid_on
    assert day is not None  # noqa: S101 - it was paid
    return Statement(
        sponsor=session.get_one(Sponsor, payment.sponsor_id).name,
        volunteer=payments.holder(payment),
        payrun_number=session.get_one(Payrun, payment.payrun_id).number,
        paid_on=day,
        issued_on=day,
        iban=payment.payee_iban,
        lines=_lines(session, payment, locale),
        taxes=_taxes(session, payment, day.year),
        contact="",
    )


def _booked(payment: Payment) -> Sequence[Any]:
    return (
        col(LedgerEntry.kind) == LedgerKind.PAID,
        col(LedgerEntry.payment_id) == payment.id,
        col(LedgerEntry.reverses_id).is_(None),
    )


def _lines(session: Session, payment: Payment, locale: str) -> list[StatementLine]:
    """The lines of its claims, with what the books say that each was about."""
    booked = session.exec(select(LedgerEntry).where(*_booked(payment))).all()
    about = {one.subject_id: one for one in booked}
    query = (
        select(ClaimLine, Claim.kind)
        .join(Claim, col(Claim.id) == col(ClaimLine.claim_id))
        .join(PaymentPart, col(PaymentPart.claim_id) == col(Claim.id))
        .where(col(PaymentPart.payment_id) == payment.id)
        .order_by(col(ClaimLine.started_at), col(ClaimLine.id))
    )
    return [
        StatementLine(
            day=line.day,
            what=_what(about.get(line.id), locale),
            line=explaining.stored(line),
            correction=kind == ClaimKind.COUNTER and line.minutes < 0,
        )
        for line, kind in session.exec(query).all()
    ]


def _what(booked: LedgerEntry | None, locale: str) -> str:
    """The kind of place or of activity; never who it was about."""
    if booked is None:
        return ""
    if booked.institution_kind:
        return kinds.called(booked.institution_kind, locale)
    return activity(booked.detail, locale)


def _taxes(session: Session, payment: Payment, year: int) -> list[TaxYear]:
    """What she had received in the year when this payment was booked."""
    moment = session.exec(select(func.max(LedgerEntry.recorded_at)).where(*_booked(payment))).one()
    hers = [payment.volunteer_id]
    found = ledger.years(session, payment.sponsor_id, hers, year, as_of=moment)
    return [
        TaxYear(one.rule, one.year, one.received_cents, one.declared_cents)
        for one in found[payment.volunteer_id]
        if one.total_cents
    ]


def ask(session: Session, actor: Actor, payrun: Payrun) -> None:
    """Have the statements of a payrun made, and everybody told whose is ready."""
    if not _paid(session, payrun.id):
        raise NotPaidYet
    jobs.defer(session, MAKE, payrun.id)
    audit.record(session, actor.account_id, "payrun.statements", payrun)
    session.flush()


def _paid(session: Session, payrun_id: UUID) -> int:
    query = select(func.count()).select_from(Payment)
    paid = col(Payment.state) == PaymentState.PAID
    return session.exec(query.where(col(Payment.payrun_id) == payrun_id, paid)).one()


def progress(session: Session, payrun: Payrun) -> StatementsRead:
    """How many statements there are to be, how many are made, and how many people were told."""
    of_run = select(Payment.id).where(
        col(Payment.payrun_id) == payrun.id, col(Payment.state) == PaymentState.PAID
    )
    made = select(func.count(func.distinct(StatementPaper.payment_id))).where(
        col(StatementPaper.payment_id).in_(of_run)
    )
    told = select(func.count()).select_from(Message).where(col(Message.subject_id).in_(of_run))
    return StatementsRead(
        payments=_paid(session, payrun.id),
        made=session.exec(made).one(),
        told=session.exec(told).one(),
    )


@jobs.task(MAKE)
def make(engine: Engine, payrun_id: UUID) -> None:
    """Make the statements of a payrun that are missing, some at a time; again makes nothing."""
    with db.transaction(engine, read_only=True) as session:
        waiting = _waiting(session, payrun_id)
    failed: list[Exception] = []
    for payment_id in waiting[:AT_ONCE]:
        try:
            _make_one(engine, payment_id)
        except Exception as error:  # the others are made all the same
            failed.append(error)
    if len(waiting) > AT_ONCE and len(failed) < AT_ONCE:
        db.in_transaction(engine, lambda session: jobs.defer(session, MAKE, payrun_id))
    if failed:
        raise failed[0]


def _waiting(session: Session, payrun_id: UUID) -> Sequence[UUID]:
    made = select(StatementPaper.id).where(col(StatementPaper.payment_id) == col(Payment.id))
    query = (
        select(Payment.id)
        .where(
            col(Payment.payrun_id) == payrun_id,
            col(Payment.state) == PaymentState.PAID,
            ~made.exists(),
        )
        .order_by(col(Payment.number))
    )
    return session.exec(query.limit(AT_ONCE + 1)).all()


def _make_one(engine: Engine, payment_id: UUID) -> None:
    """One statement in her language, set outside of any transaction, and a word to her.

    Nothing where the money has come back since the job began.
    """
    with db.transaction(engine, read_only=True) as session:
        payment = session.get_one(Payment, payment_id)
        if payment.state != PaymentState.PAID:
            return
        locale = known(session.get_one(Volunteer, payment.volunteer_id).locale)
        said = of(session, payment, locale)
    made = papers.statement(said, locale)

    def keep(session: Session) -> None:
        if _keep(session, payment, locale, made):
            _tell(session, payment)

    db.in_transaction(engine, keep)


def _keep(session: Session, payment: Payment, locale: str, made: bytes) -> bool:
    """Keep a paper unless somebody else has done so meanwhile; whether it was kept."""
    insert = INSERTS[session.get_bind().dialect.name](StatementPaper)
    row = {"sponsor_id": payment.sponsor_id, "payment_id": payment.id, "locale": locale}
    times = dict.fromkeys(("created_at", "updated_at"), now())
    row |= {"id": new_id(), "volunteer_id": payment.volunteer_id, "pdf": made} | times
    new = insert.values(row).on_conflict_do_nothing().returning(col(StatementPaper.id))
    return session.execute(new).first() is not None


def _tell(session: Session, payment: Payment) -> None:
    """A mail to her, without any amount; who has no address gets it from the office."""
    her = session.get_one(Volunteer, payment.volunteer_id)
    if not her.email:
        return
    url = f"{get_settings().base_url.rstrip('/')}/api/v1/payments/{payment.id}/statement.pdf"
    text = mails.statement_ready(her, url)
    person = telling.volunteer(her)
    telling.tell(session, payment.sponsor_id, person, Event.CHANGED, text, subject_id=payment.id)
