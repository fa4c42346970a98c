"""Series: asked for at once, each date a request of its own, and called off."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session

from app import audit
from app.access import Actor
from app.bookings import cancelling
from app.clock import now
from app.errors import Conflict
from app.requests import duplicates, intake, times
from app.requests import service as requests
from app.series import calendar, dates
from app.series.calendar import Calendar
from app.series.dates import Date
from app.series.schemas import SeriesCancel, SeriesCreate
from app.tables import Series


class NothingToCancel(Conflict):
    """Every date has begun or has ended already."""

    slug, title = "nothing-to-cancel", "Nothing is left to call off"
    de = "Es gibt hier keinen Termin mehr, der sich absagen lässt."
    en = "There is no date left here that can be called off."


@dataclass
class Outcome:
    """What happened to the dates of a series; `kept` with the code of why."""

    series: Series
    changed: list[UUID] = field(default_factory=list)
    moved: list[UUID] = field(default_factory=list)
    cancelled: list[UUID] = field(default_factory=list)
    added: list[date] = field(default_factory=list)
    kept: dict[UUID, tuple[date, str]] = field(default_factory=dict)

    def keep(self, row: Date, code: str) -> None:
        """A date that stays as it is; the first reason is said."""
        self.kept.setdefault(row.request.id, (row.option.day, code))


def create(session: Session, actor: Actor, body: SeriesCreate) -> Series:
    """Write a series and a request for each of its dates: all of them, or none."""
    place = intake.place_of(session, actor, body)
    wanted = Calendar(
        calendar.rule_of(body, body.first_day),
        body.first_day,
        times.minute_of(body.start),
        body.duration_minutes,
        body.fold,
        body.skip_school_holidays,
    )
    days = wanted.days()
    calendar.require_number(days, new=True)
    wanted.require_whole()
    times.refuse_far(days[-1])
    slots = [wanted.slot(day) for day in days]
    times.refuse_past(slots[0].starts_at)
    new = intake.new_request(session, place, body, slots, now())
    if not body.another:
        duplicates.refuse(session, new, [slot.starts_at for slot in slots])
    series = Series(
        sponsor_id=new.sponsor_id,
        institution_id=new.institution.id,
        template=dates.template_of(session, new, body),
        **stored(wanted),
    )
    session.add(series)
    session.flush()
    pattern = dates.like_all(session, series)
    news = [dates.at(pattern, day, slot) for day, slot in zip(days, slots, strict=True)]
    requests.store_all(session, news)
    audit.record(session, actor.account_id, "series.create", series, dates=len(days))
    session.flush()
    return series


def stored(wanted: Calendar) -> dict[str, Any]:
    """The columns in which a series keeps when it takes place."""
    return {
        "rule": wanted.rule,
        "first_day": wanted.first_day,
        "last_day": wanted.named()[-1],
        "start_minute": wanted.start_minute,
        "duration_minutes": wanted.duration_minutes,
    }


def cancel(session: Session, actor: Actor, series: Series, body: SeriesCancel) -> Outcome:
    """Call off one date, the following ones or all; bookings end, and people are told."""
    rows = dates.load(session, [series.id], lock=True)
    outcome = Outcome(series)
    meant = [row.request for row in _meant(rows, body)]
    if not meant:
        raise NothingToCancel
    cancelling.cancel_requests(session, actor, meant, body.reason)
    outcome.cancelled += [request.id for request in meant]
    if body.scope == "following":
        _end_before(session, series, rows, dates.one_of(rows, body.request_id))
    why = audit.stated(body.reason)
    audit.record(session, actor.account_id, "series.cancel", series, reason=why, scope=body.scope)
    session.flush()
    return outcome


def _meant(rows: list[Date], body: SeriesCancel) -> list[Date]:
    left = [row for row in rows if row.live and not row.begun]
    if body.scope == "all":
        return left
    first = dates.one_of(rows, body.request_id)
    if body.scope == "this":
        return [first] if first.live else []
    return [row for row in left if place_in_rule(row) >= place_in_rule(first)]


def place_in_rule(row: Date) -> date:
    """The day a date stands for, or takes place on when it stands for none."""
    return row.request.series_day or row.option.day


def _end_before(session: Session, series: Series, rows: list[Date], first: Date) -> None:
    """The rule ends before the first date that was called off; those stand for no day any more."""
    day = place_in_rule(first)
    if day <= series.first_day:
        return
    present = Calendar.of(series)
    shorter = present.ended_before(day)
    series.rule = shorter.rule
    series.last_day = max(shorter.named(), default=day - calendar.ONE_DAY)
    for row in rows:
        if place_in_rule(row) >= day and not row.begun:
            row.request.series_day = None
            session.add(row.request)
    session.add(series)
    session.flush()
