"""Transfers: the claims of a payrun, one amount for each person."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from uuid import UUID

from sqlmodel import Session, col, select, update

from app.clock import now
from app.tables import (
    Claim,
    ClaimState,
    Payment,
    PaymentPart,
    PaymentState,
    Payrun,
    Sponsor,
)

MAX_PURPOSE = 140
AT_ONCE = 5_000
"""So many ids go into one statement."""


def make(session: Session, payrun: Payrun) -> int:
    """Make the transfers of the claims that were taken into a payrun; what they add up to.

    Who has nothing to get once corrections are counted gets no transfer: her claims go back to
    those that wait.
    """
    query = select(Claim).where(col(Claim.payrun_id) == payrun.id)
    found = session.exec(query.execution_options(populate_existing=True)).all()
    by_person: dict[UUID, list[Claim]] = defaultdict(list)
    for claim in found:
        by_person[claim.volunteer_id].append(claim)
    owed = {who: sum(one.amount_cents for one in claims) for who, claims in by_person.items()}
    _leave(session, [one.id for one in found if owed[one.volunteer_id] <= 0])
    paid = [claims for who, claims in by_person.items() if owed[who] > 0]
    paid.sort(key=lambda claims: (claims[0].payee_name, str(claims[0].volunteer_id)))
    sponsor = session.get_one(Sponsor, payrun.sponsor_id)
    for number, claims in enumerate(paid, start=1):
        _add(session, payrun, sponsor, number, sorted(claims, key=lambda one: one.month))
    session.flush()
    return sum(owed[claims[0].volunteer_id] for claims in paid)


def _add(
    session: Session, payrun: Payrun, sponsor: Sponsor, number: int, claims: Sequence[Claim]
) -> None:
    payment = Payment(
        sponsor_id=payrun.sponsor_id,
        payrun_id=payrun.id,
        volunteer_id=claims[0].volunteer_id,
        number=number,
        payee_name=claims[0].payee_name,
        payee_iban=claims[0].payee_iban,
        purpose=purpose(claims, sponsor),
        amount_cents=sum(one.amount_cents for one in claims),
    )
    session.add(payment)
    session.add_all(
        PaymentPart(
            sponsor_id=payrun.sponsor_id,
            payment_id=payment.id,
            claim_id=one.id,
            amount_cents=one.amount_cents,
        )
        for one in claims
    )


def purpose(claims: Sequence[Claim], sponsor: Sponsor) -> str:
    """What stands on her bank statement: `Aufwandsentschädigung 12/2026 Sprachpool`."""
    months = dict.fromkeys(f"{one.month:%m/%Y}" for one in claims)
    return f"Aufwandsentschädigung {', '.join(months)} {sponsor.name}"[:MAX_PURPOSE]


def _leave(session: Session, claim_ids: Sequence[UUID]) -> None:
    for some in batches(claim_ids):
        session.exec(
            update(Claim)
            .where(col(Claim.id).in_(some))
            .values(
                state=ClaimState.APPROVED,
                payrun_id=None,
                payee_name="",
                payee_iban="",
                updated_at=now(),
            )
        )


def batches(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    """Ids in parts that fit into a statement."""
    rest = iter(ids)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def by_claim(session: Session, payrun: Payrun) -> dict[UUID, UUID]:
    """Which transfer pays each claim of a payrun."""
    query = (
        select(PaymentPart.claim_id, PaymentPart.payment_id)
        .join(Payment, col(Payment.id) == col(PaymentPart.payment_id))
        .where(col(Payment.payrun_id) == payrun.id)
    )
    return dict(session.exec(query).all())


def mark_paid(session: Session, payrun: Payrun, paid_on: date) -> None:
    """The money of all transfers that stand has left."""
    session.exec(
        update(Payment)
        .where(col(Payment.payrun_id) == payrun.id, col(Payment.state) == PaymentState.DRAWN)
        .values(state=PaymentState.PAID, paid_on=paid_on, updated_at=now())
    )
