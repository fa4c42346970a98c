"""The pay list: who gets how much for what, with the sum as last row."""

from sqlmodel import Session, col, select

from app.downloads import Table
from app.sheets import Column
from app.tables import Claim, Payrun, Sponsor

COLUMNS = (
    Column("name", "Name", "Name", "text"),
    Column("iban", "IBAN", "IBAN", "text"),
    Column("month", "Monat", "Month", "text"),
    Column("purpose", "Verwendungszweck", "Purpose", "text"),
    Column("minutes", "Stunden", "Hours", "minutes"),
    Column("amount_cents", "Betrag in EUR", "Amount in EUR", "cents"),
)
MAX_PURPOSE = 140
_TITLES = {"de": "Zahllauf {number}", "en": "Payrun {number}"}
_SUMS = {"de": "Summe", "en": "Sum"}


def paylist(session: Session, payrun: Payrun, locale: str) -> Table:
    """The claims of a payrun, by name and month."""
    query = (
        select(Claim, Sponsor)
        .join(Sponsor, col(Sponsor.id) == col(Claim.sponsor_id))
        .where(col(Claim.payrun_id) == payrun.id)
    )
    found = [(row[0], row[1]) for row in session.exec(query).all()]
    found.sort(key=lambda row: (row[0].payee_name, row[0].month, str(row[0].id)))
    rows: list[dict[str, str | int | None]] = [_row(*row) for row in found]
    total: dict[str, str | int | None] = {
        "name": _SUMS[locale],
        "iban": "",
        "month": "",
        "purpose": "",
        "minutes": sum(claim.minutes for claim, _ in found),
        "amount_cents": sum(claim.amount_cents for claim, _ in found),
    }
    title = _TITLES[locale].format(number=payrun.number)
    return Table(f"zahlliste-{payrun.number}", title, COLUMNS, [*rows, total])


def _row(claim: Claim, sponsor: Sponsor) -> dict[str, str | int | None]:
    purpose = f"Aufwandsentschädigung {claim.month:%m/%Y} {sponsor.name}"
    return {
        "name": claim.payee_name,
        "iban": claim.payee_iban,
        "month": f"{claim.month:%Y-%m}",
        "purpose": purpose[:MAX_PURPOSE],
        "minutes": claim.minutes,
        "amount_cents": claim.amount_cents,
    }
