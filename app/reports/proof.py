"""The figures of the proof of use: by funding line and purpose what was granted and done."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from allowance.grants import course_grant
from app.grants import past
from app.rate_plans import DEFAULT_LINE
from app.reports import asked, participants, words
from app.reports.asked import Asked
from app.sheets import Column, Row
from app.tables import GrantNotice, GrantPurpose, LedgerKind

COLUMNS = (
    Column("funding_line", "Förderlinie", "Funding line", "text"),
    Column("purpose", "Kürzel", "Code", "text"),
    Column("purpose_name", "Zweck", "Purpose", "text"),
    Column("reference", "Aktenzeichen", "Reference", "text"),
    Column("granted_cents", "Bewilligt in EUR", "Granted in EUR", "cents"),
    Column("spent_cents", "Ausgaben in EUR", "Spent in EUR", "cents"),
    Column("travel_cents", "davon Fahrt in EUR", "of this travel in EUR", "cents"),
    Column("paid_cents", "davon überwiesen in EUR", "of this transferred in EUR", "cents"),
    Column("left_cents", "Rest in EUR", "Left in EUR", "cents"),
    Column("minutes", "Stunden", "Hours", "minutes"),
    Column("paid_minutes", "davon vergütet", "of these with pay", "minutes"),
    Column("waived_minutes", "davon mit Verzicht", "of these waived", "minutes"),
    Column("people", "Personen", "People", "integer"),
    Column("assignments", "Einsätze", "Assignments", "integer"),
    Column("activities", "Tätigkeiten ohne Termin", "Activities", "integer"),
    Column("courses", "Kurse", "Courses", "integer"),
    Column("participants", "Teilnahmen", "Participants", "integer"),
    Column("units", "Einheiten", "Units", "integer"),
)
OF_ROLE = {"guide": GrantPurpose.GUIDES, "interpreter": GrantPurpose.INTERPRETERS}
Key = tuple[str, str]
"""Funding line and purpose."""


@dataclass
class Figures:
    """What was granted and done."""

    references: list[str] = field(default_factory=list)
    granted_cents: int = 0
    spent_cents: int = 0
    travel_cents: int = 0
    paid_cents: int = 0
    minutes: int = 0
    paid_minutes: int = 0
    waived_minutes: int = 0
    assignments: int = 0
    activities: int = 0
    participants: int = 0
    units: int = 0
    volunteers: set[UUID] = field(default_factory=set)
    courses: set[UUID] = field(default_factory=set)


def rows(session: Session, one: Asked) -> list[Row]:
    """What was approved is spent; hours count also where somebody does not want the money."""
    found: dict[Key, Figures] = defaultdict(Figures)
    _add_grants(session, one, found)
    _add_work(session, one, found)
    _add_courses(session, one, found)
    return [_row(key, found[key], one.locale) for key in sorted(found)]


def _row(key: Key, figures: Figures, locale: str) -> Row:
    line, purpose = key
    shown = vars(figures) | {
        "people": len(figures.volunteers),
        "courses": len(figures.courses),
        "reference": ", ".join(figures.references),
        "left_cents": figures.granted_cents - figures.spent_cents,
        "funding_line": line,
        "purpose": purpose,
        "purpose_name": words.of(words.PURPOSES, purpose, locale),
    }
    return {column.key: shown[column.key] for column in COLUMNS}


def _add_grants(session: Session, one: Asked, found: dict[Key, Figures]) -> None:
    """Notices whose time touches the period and that held something at the moment."""
    query = select(GrantNotice).where(
        col(GrantNotice.sponsor_id) == one.sponsor_id,
        col(GrantNotice.starts_on) <= one.period.last_day,
        col(GrantNotice.ends_on) >= one.period.first_day,
        col(GrantNotice.created_at) <= one.as_of,
    )
    for notice in session.exec(query.order_by(col(GrantNotice.year), col(GrantNotice.id))).all():
        granted = past.granted(session, notice, one.as_of)
        if not granted:
            # Only planned: it may be taken away again.
            continue
        figures = found[notice.funding_line, notice.purpose]
        figures.granted_cents += granted
        figures.references += [notice.reference] if notice.reference else []


def _add_work(session: Session, one: Asked, found: dict[Key, Figures]) -> None:
    by = ("kind", "funding_line", "role", "volunteer_id", "institution_kind")
    kinds = (LedgerKind.APPROVED, LedgerKind.WAIVED, LedgerKind.PAID)
    for line in asked.sums(session, one, kinds, by=by):
        figures = found[line.funding_line, OF_ROLE[line.role]]
        if line.kind == LedgerKind.PAID:
            figures.paid_cents += int(line.amount_cents)
            continue
        if line.kind == LedgerKind.WAIVED:
            figures.waived_minutes += int(line.minutes)
        else:
            figures.spent_cents += int(line.amount_cents)
            figures.travel_cents += int(line.travel_cents)
            figures.paid_minutes += int(line.paid_minutes)
        _count(figures, line)


def _count(figures: Figures, line: Any) -> None:
    """Hours, and who did them where; an appointment has an institution, an activity has none."""
    figures.minutes += int(line.minutes)
    if line.institution_kind:
        figures.assignments += int(line.quantity)
    else:
        figures.activities += int(line.quantity)
    if line.quantity or line.minutes:
        figures.volunteers.add(line.volunteer_id)


def _add_courses(session: Session, one: Asked, found: dict[Key, Figures]) -> None:
    """Courses belong to the line that pays them, which is that of the Land."""
    lines = {line for line, purpose in found if purpose == GrantPurpose.COURSES}
    key = (min(lines, default=DEFAULT_LINE), GrantPurpose.COURSES.value)
    for line in participants.lines(session, one):
        figures = found[key]
        figures.courses.add(line.id)
        figures.volunteers.add(line.volunteer_id)
        figures.participants += 1
        figures.units += int(line.units)
        figures.spent_cents += course_grant(line.detail, int(line.units), 1, line.day)
