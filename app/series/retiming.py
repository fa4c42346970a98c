"""When a series' rule or time changes: which dates move, end, begin, or stay as they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from app.access import Actor
from app.bookings import cancelling
from app.clock import now, today
from app.errors import Conflict
from app.requests import editing, times
from app.requests import service as requests
from app.requests.editing import Standing
from app.requests.times import Slot
from app.series import calendar, dates
from app.series.calendar import Calendar
from app.series.dates import Date
from app.series.pairing import pair
from app.series.service import Outcome, stored
from app.tables import Institution, Series


class GoesOn(Conflict):
    """A series that was cut ends before the one that goes on from it begins."""

    slug, title = "series-goes-on", "The series goes on elsewhere"
    de = "Die Serie geht ab dem {day} in einer anderen weiter. Bitte diese ändern."
    en = "The series goes on in another one from {day}. Please change that one."


@dataclass(frozen=True)
class Wish:
    """The new calendar, and what people are told whose date falls away."""

    calendar: Calendar
    reason: str


@dataclass(frozen=True)
class _Work:
    session: Session
    actor: Actor
    outcome: Outcome
    wish: Wish
    counted: Standing
    institution: Institution


def retime(
    session: Session, actor: Actor, outcome: Outcome, rows: Sequence[Date], wish: Wish
) -> None:
    """Bring the dates in line with the new calendar; past dates never change.

    A date keeps its request when the new rule has a day for it: the same day, else one in order
    within the week, else one in order within a month. Called-off dates and exceptions take part,
    so that no second request is made for the day they stand for.
    """
    series, days = outcome.series, wish.calendar.days()
    calendar.require_number(days, new=False)
    wish.calendar.require_whole()
    _refuse_overrun(session, series, wish.calendar.named()[-1])
    standing_for = {row.request.series_day: row for row in rows if row.request.series_day}
    begun = {day for day, row in standing_for.items() if day and row.begun}
    pairs = pair([day for day in standing_for if day], days, begun, today())
    work = _Work(
        session,
        actor,
        outcome,
        wish,
        dates.standing(session, rows),
        session.get_one(Institution, series.institution_id),
    )
    for old, new in sorted(pairs.together.items()):
        _take(work, standing_for[old], new)
    session.flush()
    for old in pairs.gone:
        _let_go(work, standing_for[old])
    for name, value in stored(wish.calendar).items():
        setattr(series, name, value)
    session.add(series)
    session.flush()
    _add(work, pairs.added)


def counts_on(counted: Standing, row: Date) -> str:
    """The code of why a date is not moved: somebody is booked, or being asked."""
    if row.request.id in counted.booked:
        return "booked"
    return "offered" if row.request.id in counted.offered else ""


def _refuse_overrun(session: Session, series: Series, last_day: date) -> None:
    following = select(Series).where(col(Series.follows_id) == series.id)
    later = session.exec(following).first()
    if later is not None and last_day >= later.first_day:
        raise GoesOn(day=f"{later.first_day:%d.%m.%Y}")


def _take(work: _Work, row: Date, day: date) -> None:
    """Let a date stand for a day of the new rule, and move it there when nothing is against it."""
    if row.begun:
        return
    if row.live and not row.request.series_exception:
        _move(work, row, work.wish.calendar.slot(day))
    elif row.live:
        work.outcome.keep(row, "own")
    row.request.series_day = day
    work.session.add(row.request)


def _move(work: _Work, row: Date, slot: Slot) -> None:
    if row.has(slot):
        return
    code = counts_on(work.counted, row)
    if not code and slot.starts_at <= now():
        code = "past"
    if code:
        row.request.series_exception = True
        work.outcome.keep(row, code)
        return
    times.refuse_far(slot.day)
    editing.move(work.session, row.request, work.institution, row.options, (slot,))
    work.outcome.moved.append(row.request.id)


def _let_go(work: _Work, row: Date) -> None:
    """A date the rule names no longer: called off, unless it is an exception or counted on."""
    if row.begun or not row.live:
        return
    if row.request.series_exception:
        work.outcome.keep(row, "own")
        return
    code = counts_on(work.counted, row)
    if code:
        row.request.series_exception = True
        work.outcome.keep(row, code)
    else:
        row.request.series_day = None
        cancelling.cancel_request(work.session, work.actor, row.request, work.wish.reason)
        work.outcome.cancelled.append(row.request.id)
    work.session.add(row.request)


def _add(work: _Work, days: Sequence[date]) -> None:
    """Ask for the days that are new, as all others of the series."""
    slots = [(day, work.wish.calendar.slot(day)) for day in days if day >= today()]
    left = [(day, slot) for day, slot in slots if slot.starts_at > now()]
    if not left:
        return
    pattern = dates.like_all(work.session, work.outcome.series)
    times.refuse_far(max(day for day, _ in left))
    requests.store_all(work.session, [dates.at(pattern, day, slot) for day, slot in left])
    work.outcome.added += [day for day, _ in left]
