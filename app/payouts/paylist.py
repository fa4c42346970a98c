"""The pay list: who gets how much for what, with the sum as last row."""

from typing import Any

from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from app import fields
from app.downloads import Table
from app.payouts import payments
from app.sheets import Column
from app.tables import Claim, Payment, PaymentPart, Payrun

COLUMNS = (
    Column("name", "Name", "Name", "text"),
    Column("iban", "IBAN", "IBAN", "text"),
    Column("month", "Monat", "Month", "text"),
    Column("purpose", "Verwendungszweck", "Purpose", "text"),
    Column("minutes", "Stunden", "Hours", "minutes"),
    Column("amount_cents", "Betrag in EUR", "Amount in EUR", "cents"),
)
_TITLES = {"de": "Zahllauf {number}", "en": "Payrun {number}"}
_SUMS = {"de": "Summe", "en": "Sum"}


def paylist(session: Session, payrun: Payrun, locale: str, *, masked: bool = False) -> Table:
    """The claims of a payrun, by name and month; `masked` hides the middle of each IBAN."""
    of = {one.id: one for one in payments.of(session, payrun)}
    found = [(of[part.payment_id], part) for part in session.execute(_parts(payrun)).all()]
    found.sort(key=lambda row: (row[0].number, row[1].month, str(row[1].id)))
    rows: list[dict[str, str | int | None]] = [_row(*row, masked=masked) for row in found]
    total: dict[str, str | int | None] = {
        "name": _SUMS[locale],
        "iban": "",
        "month": "",
        "purpose": "",
        "minutes": sum(claim.minutes for _, claim in found),
        "amount_cents": sum(claim.amount_cents for _, claim in found),
    }
    title = _TITLES[locale].format(number=payrun.number)
    return Table(f"zahlliste-{payrun.number}", title, COLUMNS, [*rows, total])


def _parts(payrun: Payrun) -> Any:
    """What each claim brings, and in which transfer."""
    members = (col(Claim.id), col(Claim.month), col(Claim.minutes), col(Claim.amount_cents))
    return (
        sql_select(*members, col(PaymentPart.payment_id))
        .join(PaymentPart, col(PaymentPart.claim_id) == col(Claim.id))
        .join(Payment, col(Payment.id) == col(PaymentPart.payment_id))
        .where(col(Payment.payrun_id) == payrun.id)
    )


def _row(payment: Payment, claim: Any, *, masked: bool) -> dict[str, str | int | None]:
    iban = payment.payee_iban
    return {
        "name": payment.payee_name,
        "iban": fields.masked(iban) if masked else iban,
        "month": f"{claim.month:%Y-%m}",
        "purpose": payment.purpose,
        "minutes": claim.minutes,
        "amount_cents": claim.amount_cents,
    }
