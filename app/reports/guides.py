"""Every hour of each guide: when, what for, and what it brought."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal
from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from app.clock import ZONE
from app.reports import asked, words
from app.reports.asked import Asked
from app.sheets import Column, Row
from app.tables import Activity, ClaimLine, Fundable, LedgerEntry, LedgerKind, ServiceRecord

COLUMNS = (
    Column("volunteer_id", "Kennung", "Id", "text"),
    Column("volunteer", "Name", "Name", "text"),
    Column("day", "Tag", "Day", "date"),
    Column("from", "Von", "From", "text"),
    Column("to", "Bis", "To", "text"),
    Column("what", "Tätigkeit", "Activity", "text"),
    Column("institution", "Art der Einrichtung", "Kind of institution", "text"),
    Column("fundable", "Förderfähig", "Fundable", "text"),
    Column("minutes", "Stunden", "Hours", "minutes"),
    Column("paid_minutes", "davon vergütet", "of these with pay", "minutes"),
    Column("amount_cents", "Betrag in EUR", "Amount in EUR", "cents"),
)
GUIDE = "guide"


@dataclass
class Hours:
    """One appointment or activity, as the books say."""

    volunteer_id: UUID
    day: date
    detail: str
    kind: str
    minutes: int = 0
    paid_minutes: int = 0
    amount_cents: int = 0


def rows(session: Session, one: Asked) -> list[Row]:
    """By name, day and time; what was approved stands beside what was done."""
    found = _hours(session, one)
    named = words.people(session, {hours.volunteer_id for hours in found.values()})
    times = _times(session, one)
    made = [
        _row(hours, named.get(hours.volunteer_id, ""), times.get(key), one.locale)
        for key, hours in found.items()
    ]
    return sorted(made, key=lambda row: tuple(str(row[key]) for key in _ORDER))


_ORDER = ("volunteer", "volunteer_id", "day", "from", "to", "what", "institution", "minutes")


def _row(hours: Hours, name: str, span: Any, locale: str) -> Row:
    return {
        "volunteer_id": str(hours.volunteer_id),
        "volunteer": name,
        "day": hours.day,
        "from": _clock(span.started_at) if span else "",
        "to": _clock(_end(span, hours.minutes)) if span else "",
        "what": words.of(words.OUTCOMES, hours.detail, locale),
        "institution": words.institution(hours.kind, locale) if hours.kind else "",
        "fundable": words.of(words.YES_NO, span.fundable if span else "", locale),
        "minutes": hours.minutes,
        "paid_minutes": hours.paid_minutes,
        "amount_cents": hours.amount_cents,
    }


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%H:%M}"


def _end(span: Any, minutes: int) -> datetime:
    """When it ended as reported, or later where the books then held more: a revision moves it."""
    length = max(span.reported_minutes, minutes) + span.break_minutes
    end: datetime = span.started_at.astimezone(UTC) + timedelta(minutes=length)
    return end


def _hours(session: Session, one: Asked) -> dict[UUID, Hours]:
    """By record or activity; what no line of a claim leads to keeps the id of its line."""
    found: dict[UUID, Hours] = {}
    by = ("subject_id", "volunteer_id", "day", "detail", "institution_kind")
    guides = col(LedgerEntry.role) == GUIDE
    for line in asked.sums(session, one, LedgerKind.WORK, guides, by=by):
        if not line.minutes:
            # Taken back, and perhaps booked anew as something else.
            continue
        hours = found.setdefault(line.subject_id, _of(line))
        hours.minutes += int(line.minutes)
    for line in session.execute(_approved(one)).all():
        if not (line.paid_minutes or line.amount_cents):
            continue
        hours = found.setdefault(line.subject_id, _of(line))
        hours.paid_minutes += int(line.paid_minutes)
        hours.amount_cents += int(line.amount_cents)
    return found


def _of(line: Any) -> Hours:
    return Hours(line.volunteer_id, line.day, line.detail, line.institution_kind)


def _approved(one: Asked) -> Any:
    """What was approved, by the record or the activity that the line of the claim was about."""
    subject = func.coalesce(
        col(ClaimLine.service_record_id), col(ClaimLine.activity_id), col(LedgerEntry.subject_id)
    )
    members = [
        subject.label("subject_id"),
        col(LedgerEntry.volunteer_id),
        col(LedgerEntry.day),
        col(LedgerEntry.detail),
        col(LedgerEntry.institution_kind),
    ]
    return (
        sql_select(
            *members,
            func.sum(col(LedgerEntry.paid_minutes)).label("paid_minutes"),
            func.sum(col(LedgerEntry.amount_cents)).label("amount_cents"),
        )
        .outerjoin(ClaimLine, col(ClaimLine.id) == col(LedgerEntry.subject_id))
        .where(
            *asked.of(one, LedgerKind.APPROVED),
            col(LedgerEntry.role) == GUIDE,
            col(LedgerEntry.recorded_at) <= one.as_of,
        )
        .group_by(*members)
    )


def _times(session: Session, one: Asked) -> dict[UUID, Any]:
    """From when on, how long by her own word, and whether it may be funded.

    None of it changes once it counts.
    """
    subjects = sql_select(col(LedgerEntry.subject_id)).where(
        *asked.of(one, LedgerKind.WORK), col(LedgerEntry.role) == GUIDE
    )
    tables: list[tuple[Any, Any, Any]] = [
        (ServiceRecord, literal(Fundable.YES.value), col(ServiceRecord.reported_minutes)),
        (Activity, col(Activity.fundable), col(Activity.minutes)),
    ]
    found: dict[UUID, Any] = {}
    for table, fundable, reported in tables:
        query = sql_select(
            table.id,
            table.started_at,
            table.break_minutes,
            fundable.label("fundable"),
            reported.label("reported_minutes"),
        ).where(table.id.in_(subjects))
        found |= {row.id: row for row in session.execute(query).all()}
    return found
