"""Hours and amount per volunteer and month, as the books say."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import case, extract, func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from app.reports import asked, pictures, words
from app.reports.asked import Asked
from app.reports.pictures import Picture
from app.sheets import Column, Row
from app.tables import LedgerEntry, LedgerKind

COLUMNS = (
    Column("volunteer_id", "Kennung", "Id", "text"),
    Column("volunteer", "Name", "Name", "text"),
    Column("month", "Monat", "Month", "text"),
    Column("minutes", "Stunden", "Hours", "minutes"),
    Column("approved_minutes", "davon freigegeben", "of these approved", "minutes"),
    Column("paid_minutes", "davon vergütet", "of these with pay", "minutes"),
    Column("amount_cents", "Betrag in EUR", "Amount in EUR", "cents"),
    Column("travel_cents", "davon Fahrt in EUR", "of this travel in EUR", "cents"),
    Column("transferred_cents", "Überwiesen in EUR", "Transferred in EUR", "cents"),
    Column("waived_minutes", "Stunden mit Verzicht", "Hours waived", "minutes"),
    Column("unclaimed_minutes", "Stunden noch offen", "Hours not approved", "minutes"),
)
YEAR: Any = extract("year", col(LedgerEntry.day)).label("year")
MONTH: Any = extract("month", col(LedgerEntry.day)).label("month")
WHAT = {
    "minutes": (LedgerKind.WORK, "minutes"),
    "approved_minutes": (LedgerKind.APPROVED, "minutes"),
    "paid_minutes": (LedgerKind.APPROVED, "paid_minutes"),
    "amount_cents": (LedgerKind.APPROVED, "amount_cents"),
    "travel_cents": (LedgerKind.APPROVED, "travel_cents"),
    "transferred_cents": (LedgerKind.PAID, "amount_cents"),
    "waived_minutes": (LedgerKind.WAIVED, "minutes"),
}
"""Which line of the books each sum is of; in the order of `Sums`."""
KINDS = {kind for kind, _ in WHAT.values()}


@dataclass
class Sums:
    """What one volunteer did in one month."""

    minutes: int = 0
    approved_minutes: int = 0
    paid_minutes: int = 0
    amount_cents: int = 0
    travel_cents: int = 0
    transferred_cents: int = 0
    waived_minutes: int = 0

    @property
    def unclaimed_minutes(self) -> int:
        """What counts and was neither approved nor waived."""
        return self.minutes - self.approved_minutes - self.waived_minutes

    @property
    def is_empty(self) -> bool:
        """Whether all of it was taken back."""
        return not any(vars(self).values())


def rows(session: Session, one: Asked) -> list[Row]:
    """By name and month; what is confirmed and not approved has a column of its own."""
    totals = {key: sums for key, sums in _totals(session, one).items() if not sums.is_empty}
    named = words.people(session, {volunteer_id for volunteer_id, _ in totals})
    ordered = sorted(totals, key=lambda key: (named.get(key[0], ""), key[1], str(key[0])))
    return [
        {
            "volunteer_id": str(volunteer_id),
            "volunteer": named.get(volunteer_id, ""),
            "month": month,
            **vars(totals[volunteer_id, month]),
            "unclaimed_minutes": totals[volunteer_id, month].unclaimed_minutes,
        }
        for volunteer_id, month in ordered
    ]


def _totals(session: Session, one: Asked) -> dict[tuple[UUID, str], Sums]:
    members = [col(LedgerEntry.volunteer_id), YEAR, MONTH]
    query = (
        sql_select(*members, *(_sum(name, *which) for name, which in WHAT.items()))
        .where(*asked.of(one, *KINDS), col(LedgerEntry.recorded_at) <= one.as_of)
        .group_by(*members)
    )
    return {
        (who, f"{int(year)}-{int(month):02d}"): Sums(*map(int, sums))
        for who, year, month, *sums in session.execute(query).all()
    }


def _sum(name: str, kind: LedgerKind, member: str) -> Any:
    of_kind = (col(LedgerEntry.kind) == kind, col(getattr(LedgerEntry, member)))
    return func.sum(case(of_kind, else_=0)).label(name)


def picture(session: Session, one: Asked) -> Picture:
    """Hours by month: guides and interpreters."""
    months: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for line in asked.sums(session, one, LedgerKind.WORK, by=("role", "day")):
        months[line.day.replace(day=1)][line.role] += int(line.minutes)
    shown = [
        (month, max(some["guide"], 0), max(some["interpreter"], 0))
        for month, some in sorted(months.items())
    ]
    return pictures.hours_by_month(shown, one.locale)
