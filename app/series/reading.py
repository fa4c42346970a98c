"""Series as they are read."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from app.requests.ending import ENDED
from app.requests.times import clock
from app.series import dates, sentences
from app.series.calendar import Calendar
from app.series.dates import Date
from app.series.schemas import SeriesDate, SeriesDetail, SeriesRead, Skipped
from app.tables import Institution, Request, Series
from scheduling import holidays

EMPTY: dict[str, Any] = {
    "topic": "", "note": "", "room": "", "contact_name": "", "contact_phone": "",
    "cost_centre": "", "people_count": 1, "urgent": False, "urgency_reason": "",
    "same_person_wished": False, "consent_substitution": False,
    "skip_school_holidays": False, "seats": [],
}  # fmt: skip
"""What a template may leave out."""


def reads(session: Session, rows: Sequence[Series], locale: str) -> list[SeriesRead]:
    """Series without their dates, in two statements."""
    names = session.exec(
        select(Institution.id, Institution.name).where(
            col(Institution.id).in_({row.institution_id for row in rows})
        )
    ).all()
    left = session.exec(
        select(Request.series_id, func.count())
        .where(
            col(Request.series_id).in_([row.id for row in rows]), col(Request.state).not_in(ENDED)
        )
        .group_by(col(Request.series_id))
    ).all()
    named, counted = dict(names), dict(left)
    return [
        SeriesRead(
            **_members(row, named[row.institution_id]),
            dates_left=counted.get(row.id, 0),
            sentence=sentences.series(row, locale),
        )
        for row in rows
    ]


def _members(row: Series, institution: str) -> dict[str, Any]:
    return {
        **row.model_dump(exclude={"template", "start_minute", "created_at", "updated_at"}),
        **{name: row.template.get(name, empty) for name, empty in EMPTY.items()},
        "start": clock(row.start_minute),
        "institution": institution,
    }


def detail(session: Session, row: Series) -> SeriesDetail:
    """One series with its dates, in codes instead of words: its tag is the same to everybody."""
    found = dates.load(session, [row.id])
    name = session.exec(
        select(Institution.name).where(col(Institution.id) == row.institution_id)
    ).one()
    return SeriesDetail(
        **_members(row, name),
        dates_left=sum(one.live for one in found),
        dates=[_date(one) for one in found],
        skipped=skipped(row, None),
    )


def worded(row: Series, read: SeriesDetail, locale: str) -> SeriesDetail:
    """The same with its sentences."""
    warning = holidays.school_holiday_warning(row.first_day, row.last_day, locale)
    return read.model_copy(
        update={
            "sentence": sentences.series(row, locale),
            "skipped": skipped(row, locale),
            "warnings": [warning] if warning else [],
        }
    )


def skipped(row: Series, locale: str | None) -> list[Skipped]:
    """Days of the rule on which nothing takes place; the reason is a code without a language."""
    left_out = Calendar.of(row).left_out()
    return [
        Skipped(day=day, reason=sentences.left_out(code, locale) if locale else code)
        for day, code in left_out.items()
    ]


def _date(one: Date) -> SeriesDate:
    return SeriesDate(
        request_id=one.request.id,
        series_day=one.request.series_day,
        day=one.option.day,
        start=clock(one.option.start_minute),
        duration_minutes=one.option.duration_minutes,
        state=one.request.state,
        exception=one.request.series_exception,
    )


def ids(rows: Sequence[Date]) -> list[UUID]:
    """The requests of these dates."""
    return [row.request.id for row in rows]
