"""What a report is asked for: whose, of which days, as it stood when, for which reader."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col

from app import books
from app.clock import ZONE, end_of, now
from app.errors import Invalid
from app.reports.period import FIRST_YEAR, Period, PeriodOutside
from app.tables import LedgerEntry, LedgerKind


class AsOfAhead(Invalid):
    """Nobody knows yet how things will stand."""

    de = "Der Stand {day} liegt in der Zukunft. Bitte einen Tag bis heute angeben."
    en = "The state of {day} lies in the future. Please give a day up to today."


@dataclass(frozen=True)
class Asked:
    """One report of one sponsor."""

    sponsor_id: UUID
    period: Period
    as_of: datetime
    """Nothing counts that was recorded later."""
    locale: str = "de"


def moment(as_of: datetime | date | None) -> datetime:
    """The moment that is meant: a day stands for its end in Hessen, today and nothing for now."""
    latest = now()
    if as_of is None:
        return latest
    if as_of.year <= FIRST_YEAR:
        raise PeriodOutside(first=FIRST_YEAR + 1, last=latest.year)
    if isinstance(as_of, datetime):
        if as_of > latest:
            raise AsOfAhead(day=f"{as_of:%d.%m.%Y}")
        return as_of.astimezone(UTC)
    if as_of > latest.astimezone(ZONE).date():
        raise AsOfAhead(day=f"{as_of:%d.%m.%Y}")
    return min(latest, end_of(as_of))


def sums(
    session: Session,
    asked: Asked,
    kinds: LedgerKind | tuple[LedgerKind, ...],
    *which: ColumnElement[bool],
    by: tuple[str | ColumnElement[Any], ...],
) -> list[Any]:
    """Sums of what the books said of these days, by members of a line."""
    several = kinds if isinstance(kinds, tuple) else (kinds,)
    return books.sums(session, *of(asked, *several), *which, by=by, as_of=asked.as_of)


def of(asked: Asked, *kinds: LedgerKind) -> tuple[ColumnElement[bool], ...]:
    """Which lines of the books belong to these days, by the day of the work."""
    return (
        col(LedgerEntry.sponsor_id) == asked.sponsor_id,
        col(LedgerEntry.kind).in_(kinds),
        col(LedgerEntry.day) >= asked.period.first_day,
        col(LedgerEntry.day) <= asked.period.last_day,
    )
