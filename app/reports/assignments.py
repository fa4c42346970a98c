"""Assignments of interpreters by language, Kreis and kind of institution."""

from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import Session, col

from app.reports import asked, words
from app.reports.asked import Asked
from app.sheets import Column, Row
from app.tables import LedgerEntry, LedgerKind

COLUMNS = (
    Column("language", "Kürzel", "Tag", "text"),
    Column("language_name", "Sprache", "Language", "text"),
    Column("region_ags", "AGS", "AGS", "text"),
    Column("region", "Kreis", "Kreis", "text"),
    Column("institution_kind", "Kürzel der Einrichtung", "Code of the institution", "text"),
    Column("institution", "Art der Einrichtung", "Kind of institution", "text"),
    Column("assignments", "Einsätze", "Assignments", "integer"),
    Column("people", "Personen", "People", "integer"),
    Column("minutes", "Stunden", "Hours", "minutes"),
    Column("amount_cents", "Betrag in EUR", "Amount in EUR", "cents"),
)
Key = tuple[str, str, str]
"""Language, Kreis and kind of institution."""


@dataclass
class Sums:
    """What was interpreted in one cell."""

    assignments: int = 0
    minutes: int = 0
    amount_cents: int = 0
    volunteers: set[UUID] = field(default_factory=set)


def rows(session: Session, one: Asked) -> list[Row]:
    """By language, Kreis and kind; the amount is what was approved for them."""
    found = cells(session, one)
    return [
        {
            "language": language,
            "language_name": words.language(language, one.locale),
            "region_ags": kreis,
            "region": words.kreis_name(kreis, one.period.last_day, one.locale),
            "institution_kind": kind,
            "institution": words.institution(kind, one.locale),
            "assignments": sums.assignments,
            "people": len(sums.volunteers),
            "minutes": sums.minutes,
            "amount_cents": sums.amount_cents,
        }
        for (language, kreis, kind), sums in sorted(found.items())
    ]


def cells(session: Session, one: Asked) -> dict[Key, Sums]:
    """Every cell in which something took place or was paid for."""
    found: dict[Key, Sums] = defaultdict(Sums)
    by = ("kind", "language", "region_ags", "institution_kind", "volunteer_id")
    interprets = col(LedgerEntry.role) == "interpreter"
    # Hours without an appointment are no assignments.
    at_place = col(LedgerEntry.institution_kind) != ""
    kinds = (LedgerKind.WORK, LedgerKind.APPROVED)
    for line in asked.sums(session, one, kinds, interprets, at_place, by=by):
        sums = found[line.language, words.kreis(line.region_ags), line.institution_kind]
        if line.kind == LedgerKind.APPROVED:
            sums.amount_cents += int(line.amount_cents)
            continue
        sums.assignments += int(line.quantity)
        sums.minutes += int(line.minutes)
        if line.quantity:
            sums.volunteers.add(line.volunteer_id)
    return {key: s for key, s in found.items() if s.assignments or s.minutes or s.amount_cents}
