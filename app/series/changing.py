"""Changing a series: one date, the following ones, or all that are still to come."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select, update

from app import audit
from app.access import Actor
from app.clock import now
from app.errors import Conflict
from app.requests import editing, intake, times
from app.requests.editing import Standing
from app.requests.schemas import OptionWrite, RequestUpdate, SeatUpdate, TextChange
from app.requests.times import clock
from app.series import calendar, dates, retiming
from app.series.calendar import Calendar
from app.series.dates import Date
from app.series.schemas import SeriesUpdate
from app.series.service import Outcome, place_in_rule
from app.tables import Institution, Request, Seat, Series

TEXTS = set(TextChange.model_fields)


class SeatUnknown(Conflict):
    """There is no seat at that position in every date."""

    slug, title = "seat-unknown", "No such seat"
    de = "Einen Platz {position} gibt es in dieser Serie nicht."
    en = "There is no seat {position} in this series."


def change(session: Session, actor: Actor, series: Series, body: SeriesUpdate) -> Outcome:
    """Carry out a change of a locked series; its dates are locked in the order of their ids."""
    rows = dates.load(session, [series.id], lock=True)
    if body.scope == "this":
        outcome = _one(session, actor, series, dates.one_of(rows, body.request_id), body)
    else:
        if body.scope == "following":
            first = dates.one_of(rows, body.request_id)
            series, rows = _cut(session, series, rows, first)
        outcome = _all(session, actor, series, rows, body)
    audit.record(session, actor.account_id, "series.change", outcome.series, scope=body.scope)
    session.flush()
    return outcome


def _one(session: Session, actor: Actor, series: Series, row: Date, body: SeriesUpdate) -> Outcome:
    """Change one date, which is an exception from then on."""
    option = row.option
    update_ = RequestUpdate(
        **body.model_dump(include=TEXTS, exclude_unset=True),
        duration_minutes=body.duration_minutes,
        seats=_seats(_by_position(session, [row])[row.request.id], body),
    )
    if body.day or body.start:
        start = body.start or clock(option.start_minute)
        time = OptionWrite(day=body.day or option.day, start=start, fold=body.fold)
        update_ = update_.model_copy(update={"times": [time]})
    editing.edit(session, actor, row.request, update_)
    timed = body.day or body.start or body.duration_minutes
    outcome = Outcome(series)
    (outcome.moved if timed else outcome.changed).append(row.request.id)
    return outcome


def _all(
    session: Session, actor: Actor, series: Series, rows: list[Date], body: SeriesUpdate
) -> Outcome:
    outcome = Outcome(series)
    present = Calendar.of(series)
    _change_template(series, body)
    session.add(series)
    session.flush()
    _change_texts(session, series, rows, body, outcome)
    wanted = _wanted(present, body)
    if wanted != present:
        if wanted.pattern.weekdays != present.pattern.weekdays:
            wanted = wanted.anchored(_earliest(session, series))
        retiming.retime(session, actor, outcome, rows, retiming.Wish(wanted, body.reason))
    return outcome


def _wanted(present: Calendar, body: SeriesUpdate) -> Calendar:
    """The calendar with what was sent."""
    sent: dict[str, Any] = {}
    if body.start is not None:
        sent["start_minute"] = times.minute_of(body.start)
    for name in ("duration_minutes", "skip_school_holidays", "fold"):
        if getattr(body, name) is not None:
            sent[name] = getattr(body, name)
    if body.rule or body.weekdays or body.every_weeks or body.until or body.count:
        sent["rule"] = calendar.rule_of(body, present.first_day, present.pattern)
    return replace(present, **sent)


def _earliest(session: Session, series: Series) -> date:
    """The first day that no series before this one takes."""
    if series.follows_id is None:
        return date.min
    before = session.get_one(Series, series.follows_id)
    query = select(func.max(Request.series_day)).where(col(Request.series_id) == before.id)
    taken = session.exec(query).one()
    return max(before.last_day, taken or date.min) + calendar.ONE_DAY


def _change_template(series: Series, body: SeriesUpdate) -> None:
    template = dict(series.template)
    template |= body.model_dump(mode="json", include=TEXTS, exclude_none=True)
    if body.skip_school_holidays is not None:
        template["skip_school_holidays"] = body.skip_school_holidays
    if body.fold is not None:
        template["fold"] = body.fold
    seats = [dict(seat) for seat in template.get("seats", [])]
    for seat in body.seats:
        if seat.position >= len(seats):
            raise SeatUnknown(position=seat.position)
        sent = seat.model_dump(mode="json", exclude={"position"}, exclude_unset=True)
        seats[seat.position] |= {k: v for k, v in sent.items() if v is not None or k == "gender"}
        if seats[seat.position].get("gender") is None:
            if sent.get("gender_hard"):
                raise intake.WishMissing
            seats[seat.position]["gender_hard"] = False
    series.template = template | {"seats": seats}


def _change_texts(
    session: Session, series: Series, rows: list[Date], body: SeriesUpdate, outcome: Outcome
) -> None:
    """Texts reach booked dates as well; mode and wish only where nobody counts on them."""
    texts = TextChange(**body.model_dump(include=TEXTS, exclude_unset=True))
    institution = session.get_one(Institution, series.institution_id)
    counted = dates.standing(session, rows)
    seats = _by_position(session, rows) if body.seats else {}
    told: list[UUID] = []
    for row in rows:
        if row.begun or not row.live:
            continue
        if row.request.series_exception:
            outcome.keep(row, "own")
            continue
        changed = bool(editing.change_texts(session, row.request, institution, texts))
        if changed and row.request.id in counted.booked:
            told.append(row.request.id)
        if body.seats and (code := retiming.counts_on(counted, row)):
            outcome.keep(row, code)
        elif body.seats:
            known = seats[row.request.id]
            wanted = _seats(known, body)
            changed |= editing.set_wishes(list(known.values()), Standing(), wanted)
        if changed:
            outcome.changed.append(row.request.id)
    editing.announce(session, told, texts.model_dump(exclude_none=True))
    session.flush()


def _by_position(session: Session, rows: list[Date]) -> dict[UUID, dict[int, Seat]]:
    """The seats of dates by request and position, in one statement."""
    found: dict[UUID, dict[int, Seat]] = defaultdict(dict)
    query = select(Seat).where(col(Seat.request_id).in_([row.request.id for row in rows]))
    for seat in session.exec(query).all():
        found[seat.request_id][seat.position] = seat
    return found


def _seats(known: dict[int, Seat], body: SeriesUpdate) -> list[SeatUpdate]:
    """The changes of seats by id instead of position."""
    missing = [seat.position for seat in body.seats if seat.position not in known]
    if missing:
        raise SeatUnknown(position=missing[0])
    return [
        SeatUpdate(
            id=known[seat.position].id, **seat.model_dump(exclude={"position"}, exclude_unset=True)
        )
        for seat in body.seats
    ]


def _cut(
    session: Session, series: Series, rows: list[Date], first: Date
) -> tuple[Series, list[Date]]:
    """The series that begins at a date; the one before ends the day before, its dates stay."""
    day, present = first.request.series_day, Calendar.of(series)
    named = present.named()
    if day is None or day not in named:
        raise dates.NotInRule
    if all(place_in_rule(row) >= day for row in rows):
        return series, rows
    later = replace(present, first_day=day)
    later = later.with_rule(calendar.left_from(present.pattern, named, day))
    following = Series(
        sponsor_id=series.sponsor_id,
        institution_id=series.institution_id,
        follows_id=series.id,
        rule=later.rule,
        first_day=day,
        last_day=series.last_day,
        start_minute=series.start_minute,
        duration_minutes=series.duration_minutes,
        template=dict(series.template),
    )
    session.add(following)
    session.flush()
    session.exec(
        update(Series)
        .where(col(Series.follows_id) == series.id, col(Series.id) != following.id)
        .values(follows_id=following.id, updated_at=now())
    )
    series.rule = present.ended_before(day).rule
    series.last_day = max((d for d in named if d < day), default=day - calendar.ONE_DAY)
    session.add(series)
    moved = [row for row in rows if (row.request.series_day or date.min) >= day]
    for row in moved:
        row.request.series_id = following.id
        session.add(row.request)
    session.flush()
    return following, moved
