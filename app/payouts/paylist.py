"""The pay list: who gets how much for what, with the sum as last row."""

from sqlmodel import Session, col, select

from app import fields
from app.downloads import Table
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
    query = (
        select(Payment, Claim)
        .join(PaymentPart, col(PaymentPart.payment_id) == col(Payment.id))
        .join(Claim, col(Claim.id) == col(PaymentPart.claim_id))
        .where(col(Payment.payrun_id) == payrun.id)
    )
    found = [(row[0], row[1]) for row in session.exec(query).all()]
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


def _row(payment: Payment, claim: Claim, *, masked: bool) -> dict[str, str | int | None]:
    iban = payment.payee_iban
    return {
        "name": payment.payee_name,
        "iban": fields.masked(iban) if masked else iban,
        "month": f"{claim.month:%Y-%m}",
        "purpose": payment.purpose,
        "minutes": claim.minutes,
        "amount_cents": claim.amount_cents,
    }
