"""What nobody could take: by language, Kreis and weekday, and why."""

from collections import Counter, defaultdict
from uuid import UUID

from sqlalchemy import func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from app.reports import asked, pictures, words
from app.reports.asked import Asked
from app.reports.pictures import Picture
from app.sheets import Column, Row
from app.tables import Assignment, LedgerEntry, LedgerKind, ServiceRecord

COLUMNS = (
    Column("language", "Kürzel", "Tag", "text"),
    Column("language_name", "Sprache", "Language", "text"),
    Column("region_ags", "AGS", "AGS", "text"),
    Column("region", "Kreis", "Kreis", "text"),
    Column("weekday", "Wochentag", "Weekday", "text"),
    Column("reason", "Kürzel des Grundes", "Code of the reason", "text"),
    Column("reason_name", "Grund", "Reason", "text"),
    Column("unfilled", "Ohne Besetzung", "Unfilled", "integer"),
)
Key = tuple[str, str, int, str]
"""Language, Kreis, weekday and reason."""


def rows(session: Session, one: Asked) -> list[Row]:
    """Each seat once, with the last reason; who came after all is no longer missing."""
    return [
        {
            "language": language,
            "language_name": words.language(language, one.locale),
            "region_ags": kreis,
            "region": words.kreis_name(kreis, one.period.last_day, one.locale),
            "weekday": words.weekday(weekday, one.locale),
            "reason": why,
            "reason_name": words.reason(why, one.locale),
            "unfilled": count,
        }
        for (language, kreis, weekday, why), count in sorted(cells(session, one).items())
    ]


def cells(session: Session, one: Asked) -> Counter[Key]:
    """How many seats nobody could take, cell by cell."""
    by = ("subject_id", "language", "region_ags", "day", "detail")
    found = [line for line in asked.sums(session, one, LedgerKind.UNFILLED, by=by) if line.quantity]
    served = _served(session, one)
    return Counter(
        (line.language, words.kreis(line.region_ags), line.day.weekday(), line.detail)
        for line in found
        if line.subject_id not in served
    )


def _served(session: Session, one: Asked) -> set[UUID]:
    """Seats that were given up, and somebody went there after all, as the hours say."""
    given_up = sql_select(col(LedgerEntry.subject_id)).where(*asked.of(one, LedgerKind.UNFILLED))
    query = (
        sql_select(col(Assignment.seat_id))
        .join(ServiceRecord, col(ServiceRecord.assignment_id) == col(Assignment.id))
        .join(LedgerEntry, col(LedgerEntry.subject_id) == col(ServiceRecord.id))
        .where(
            col(Assignment.seat_id).in_(given_up),
            col(LedgerEntry.kind) == LedgerKind.WORK,
            col(LedgerEntry.recorded_at) <= one.as_of,
        )
        .group_by(col(Assignment.seat_id))
        .having(func.sum(col(LedgerEntry.quantity)) > 0)
    )
    return set(session.scalars(query).all())


def picture(session: Session, one: Asked) -> Picture:
    """What was asked for in each language, and what of it took place."""
    missing: Counter[str] = Counter()
    for (language, *_), count in cells(session, one).items():
        missing[language] += count
    served: dict[str, int] = defaultdict(int)
    spoken = col(LedgerEntry.language) != ""
    for line in asked.sums(session, one, LedgerKind.WORK, spoken, by=("language",)):
        served[line.language] += max(int(line.quantity), 0)
    shown = [
        (words.language(tag, one.locale), missing[tag] + served[tag], served[tag])
        for tag in sorted({*missing, *served})
    ]
    return pictures.demand_and_supply(shown, one.locale)
