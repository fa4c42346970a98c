"""Transfers: the claims of a payrun, one amount for each person."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Update, insert
from sqlalchemy import select as sql_select
from sqlmodel import Session, case, col, func, select, update

from app import fields
from app.clock import now
from app.payouts.payrun_schemas import PaymentRead
from app.tables import (
    Claim,
    ClaimState,
    Payment,
    PaymentPart,
    PaymentState,
    Payrun,
    Sponsor,
    new_id,
)

MAX_PURPOSE = 140
AT_ONCE = 5_000
"""So many ids go into one statement."""
NO_CODE = "unknown"
"""Of a transfer that came back without a code for why."""
NOBODY: dict[str, Any] = {"payrun_id": None, "payee_name": "", "payee_iban": ""}
"""What a claim holds that is in no payrun."""

_UNSEEN = {"synchronize_session": False}


def make(session: Session, payrun: Payrun) -> int:
    """Make the transfers of the claims that were taken into a payrun; what they add up to.

    Who has nothing to get once corrections are counted gets no transfer: her claims go back to
    those that wait.
    """
    by_person: dict[UUID, list[Any]] = defaultdict(list)
    for claim in session.execute(_taken(payrun)).all():
        by_person[claim.volunteer_id].append(claim)
    owed = {who: sum(one.amount_cents for one in claims) for who, claims in by_person.items()}
    _leave(session, [one.id for who in owed if owed[who] <= 0 for one in by_person[who]])
    payees = _payees(session, payrun)
    paid = sorted((payees[who][0], str(who), who) for who in owed if owed[who] > 0)
    sponsor = session.get_one(Sponsor, payrun.sponsor_id)
    made = [
        _payment(payrun, sponsor, number, payees[who], by_person[who])
        for number, (_, _, who) in enumerate(paid, start=1)
    ]
    session.add_all(made)
    session.flush()
    _add_parts(session, made, by_person)
    return sum(one.amount_cents for one in made)


def _taken(payrun: Payrun) -> Any:
    """Its claims by month, without the account numbers, which take long to open."""
    members = (col(Claim.id), col(Claim.volunteer_id), col(Claim.month), col(Claim.amount_cents))
    query = sql_select(*members).where(col(Claim.payrun_id) == payrun.id)
    return query.order_by(col(Claim.month), col(Claim.id))


def _payees(session: Session, payrun: Payrun) -> dict[UUID, tuple[str, str]]:
    """Name and account of each person, as they were kept with her claims."""
    members = (col(Claim.volunteer_id), col(Claim.payee_name), col(Claim.payee_iban))
    query = sql_select(*members).where(col(Claim.payrun_id) == payrun.id).distinct()
    return {who: (name, iban) for who, name, iban in session.execute(query).all()}


def _payment(
    payrun: Payrun, sponsor: Sponsor, number: int, payee: tuple[str, str], claims: Sequence[Any]
) -> Payment:
    return Payment(
        sponsor_id=payrun.sponsor_id,
        payrun_id=payrun.id,
        volunteer_id=claims[0].volunteer_id,
        number=number,
        payee_name=payee[0],
        payee_iban=payee[1],
        purpose=purpose(claims, sponsor),
        amount_cents=sum(one.amount_cents for one in claims),
    )


def _add_parts(
    session: Session, made: Sequence[Payment], by_person: Mapping[UUID, Sequence[Any]]
) -> None:
    moment = now()
    parts = [
        {
            "id": new_id(),
            "created_at": moment,
            "updated_at": moment,
            "sponsor_id": payment.sponsor_id,
            "payment_id": payment.id,
            "claim_id": one.id,
            "amount_cents": one.amount_cents,
            "returned": False,
        }
        for payment in made
        for one in by_person[payment.volunteer_id]
    ]
    if parts:
        session.execute(insert(PaymentPart), parts)


def purpose(claims: Sequence[Any], sponsor: Sponsor) -> str:
    """What stands on her bank statement: `Aufwandsentschädigung 12/2026 Sprachpool`."""
    months = dict.fromkeys(f"{one.month:%m/%Y}" for one in claims)
    return f"Aufwandsentschädigung {', '.join(months)} {sponsor.name}"[:MAX_PURPOSE]


def _leave(session: Session, claim_ids: Sequence[UUID]) -> None:
    for some in batches(claim_ids):
        session.exec(
            update(Claim)
            .where(col(Claim.id).in_(some))
            .values(state=ClaimState.APPROVED, **NOBODY, updated_at=now())
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


def mark_paid(
    session: Session, payrun: Payrun, paid_on: date, which: Collection[UUID] | None = None
) -> set[UUID]:
    """The money of transfers that stand has left, of all of them by default; which they were."""
    marked: set[UUID] = set()
    for some in [None] if which is None else batches(sorted(which)):
        drawn = [col(Payment.payrun_id) == payrun.id, col(Payment.state) == PaymentState.DRAWN]
        if some is not None:
            drawn.append(col(Payment.id).in_(some))
        query = update(Payment).where(*drawn).returning(col(Payment.id))
        query = query.values(state=PaymentState.PAID, paid_on=paid_on, updated_at=now())
        marked |= set(session.scalars(query, execution_options=_UNSEEN).all())
    return marked


def mark_returned(session: Session, payrun: Payrun) -> int:
    """The claims within transfers that came back are free for another one; how many."""
    back = select(Payment.id).where(
        col(Payment.payrun_id) == payrun.id, col(Payment.state) == PaymentState.RETURNED
    )
    free = update(PaymentPart).values(returned=True, updated_at=now())
    mine = col(PaymentPart.payment_id).in_(back), col(PaymentPart.returned).is_(False)
    return change(session, free.where(*mine))


def standing(session: Session, payrun: Payrun) -> tuple[bool | None, date | None]:
    """Whether any money of a payrun has left, and the last day on which it did.

    None while a transfer is still on its way.
    """
    drawn = case((col(Payment.state) == PaymentState.DRAWN, 1), else_=0)
    query = select(func.sum(drawn), func.max(col(Payment.paid_on)))
    waiting, day = session.exec(query.where(col(Payment.payrun_id) == payrun.id)).one()
    return None if waiting else day is not None, day


def reads(rows: Sequence[Payment], numbers: Mapping[UUID, int]) -> list[PaymentRead]:
    """Transfers with the numbers of their payruns, accounts masked."""
    return [
        PaymentRead(
            **row.model_dump(include=set(PaymentRead.model_fields)),
            payrun_number=numbers[row.payrun_id],
            iban_masked=fields.masked(row.payee_iban),
        )
        for row in rows
    ]


def numbers(session: Session, rows: Sequence[Payment]) -> dict[UUID, int]:
    """The numbers of the payruns of transfers; also of those that she sees by her own alone."""
    query = select(Payrun.id, Payrun.number).where(
        col(Payrun.id).in_({row.payrun_id for row in rows})
    )
    return dict(session.exec(query).all())


def of(session: Session, payrun: Payrun) -> Sequence[Payment]:
    """The transfers of a payrun as they stand, in the order of its file."""
    query = select(Payment).where(col(Payment.payrun_id) == payrun.id).order_by(col(Payment.number))
    return session.exec(query.execution_options(populate_existing=True)).all()


def holder(payment: Payment) -> str:
    """The name as people say it, from how it stands in the list."""
    surname, _, given = payment.payee_name.partition(", ")
    return f"{given} {surname}".strip()


def why_back(code: str) -> str:
    """The bank's code for why money came back, within a sentence; nothing where there is none."""
    return f" ({code})" if code not in ("", NO_CODE) else ""


def change(session: Session, statement: Update) -> int:
    """Change rows where they still are as the statement says; how many.

    Rows that were read before do not see it: whoever goes on with them reads them anew.
    """
    session.flush()
    return session.exec(statement, execution_options=_UNSEEN).rowcount
