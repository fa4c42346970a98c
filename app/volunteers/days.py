"""Single days on which the weekly times do not hold: absences, and extra times."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session

from app import audit
from app.access import Actor
from app.auditing import records
from app.clock import today
from app.errors import Conflict, Invalid, NotFound
from app.tables import Absence, ExtraTime, RequestOption, Volunteer
from app.volunteers import dossiers, outside, windows
from app.volunteers.dossiers import Dossier
from app.volunteers.keeping import touch
from app.volunteers.schemas_times import (
    MINUTES_A_DAY,
    AbsenceSaved,
    AbsenceWrite,
    ExtraTimeSaved,
    ExtraTimeWrite,
)
from scheduling import availability, intervals

FARTHEST = timedelta(days=730)
MOST = 400
"""As many absences, and as many extra times, may lie ahead."""


class DayGone(Invalid):
    """A day has gone by."""

    de = "Der {day} ist schon vorbei. Bitte einen Tag ab heute nehmen."
    en = "{day} has gone by. Please take a day from today on."


class DayTooFar(Invalid):
    """A day is more than two years away."""

    de = "Der {day} liegt mehr als zwei Jahre voraus. Bitte das Datum prüfen."
    en = "{day} is more than two years ahead. Please check the date."


class AbsenceTooLong(Invalid):
    """An absence takes more than two years."""

    de = "Eine Abwesenheit dauert höchstens zwei Jahre. Wer länger fehlt, kann pausieren."
    en = "An absence takes two years at most. Who is away for longer can pause."


class TooManyDays(Conflict):
    """So many absences or extra times lie ahead that a weekly window is meant."""

    slug, title = "too-many-single-days", "Too many single days"
    de = "Es sind schon {most} einzelne Tage eingetragen. Bitte alte löschen oder zusammenfassen."
    en = "There are {most} single days already. Please delete old ones or put them together."


def _hers(session: Session, volunteer: Volunteer) -> Dossier:
    return dossiers.load(session, [volunteer], sponsor_ids=frozenset())[0]


def _written(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def _refuse_impossible(first: date, last: date) -> None:
    if last < today():
        raise DayGone(day=_written(last))
    if first - today() > FARTHEST:
        raise DayTooFar(day=_written(first))
    if last - first > FARTHEST:
        raise AbsenceTooLong


def add_absence(
    session: Session, actor: Actor, volunteer: Volunteer, body: AbsenceWrite, *, preview: bool
) -> AbsenceSaved:
    """Days on which she cannot, or only what that would be; the same absence twice is one."""
    (first, last), (start, end) = body.days(), body.minutes()
    _refuse_impossible(first, last)
    hers = _hers(session, volunteer)
    for known in hers.absences:
        said = known.first_day, known.last_day, known.start_minute, known.end_minute
        if said == (first, last, start, end):
            return AbsenceSaved(**known.model_dump(), work_outside=[])
    if sum(known.last_day >= today() for known in hers.absences) >= MOST:
        raise TooManyDays(most=MOST)
    absence = Absence(
        volunteer_id=volunteer.id,
        first_day=first,
        last_day=last,
        start_minute=start,
        end_minute=end,
        reason=body.reason,
    )
    without = replace(hers, absences=[*hers.absences, absence])
    if preview:
        found = outside.reads(actor, outside.newly(session, hers, without))
        return AbsenceSaved(**absence.model_dump(exclude={"id"}), id=None, work_outside=found)
    found = outside.settle(session, actor, hers, without, keep_work=body.keep_work)
    session.add(absence)
    touch(session, volunteer)
    records.changed(session, actor, volunteer, "absences")
    return AbsenceSaved(**absence.model_dump(), work_outside=found)


def remove_absence(session: Session, actor: Actor, volunteer: Volunteer, absence_id: UUID) -> None:
    """She can after all."""
    found = session.get(Absence, absence_id)
    if found is None or found.volunteer_id != volunteer.id:
        raise NotFound
    session.delete(found)
    touch(session, volunteer)
    records.changed(session, actor, volunteer, "absences")


def add_extra_time(
    session: Session, actor: Actor, volunteer: Volunteer, body: ExtraTimeWrite, *, preview: bool
) -> ExtraTimeSaved:
    """Time on one day besides the weekly windows; the same time twice is one."""
    _refuse_impossible(body.day, body.day)
    hers = _hers(session, volunteer)
    said = body.day, body.start_minute, body.end_minute, body.soft
    for known in hers.extras:
        if said == (known.day, known.start_minute, known.end_minute, known.soft):
            return ExtraTimeSaved(**known.model_dump(), work_outside=[])
    if sum(known.day >= today() for known in hers.extras) >= MOST:
        raise TooManyDays(most=MOST)
    extra = ExtraTime(volunteer_id=volunteer.id, **body.model_dump())
    if preview:
        return ExtraTimeSaved(**extra.model_dump(exclude={"id"}), id=None, work_outside=[])
    session.add(extra)
    touch(session, volunteer)
    records.changed(session, actor, volunteer, "extra_times")
    return ExtraTimeSaved(**extra.model_dump(), work_outside=[])


def remove_extra_time(
    session: Session, actor: Actor, volunteer: Volunteer, extra_id: UUID, *, keep_work: bool
) -> None:
    """She cannot on that day after all."""
    hers = _hers(session, volunteer)
    found = next((extra for extra in hers.extras if extra.id == extra_id), None)
    if found is None:
        raise NotFound
    without = replace(hers, extras=[extra for extra in hers.extras if extra is not found])
    outside.settle(session, actor, hers, without, keep_work=keep_work)
    session.delete(found)
    touch(session, volunteer)
    records.changed(session, actor, volunteer, "extra_times")


def keep_named(session: Session, volunteer: Volunteer, option: RequestOption) -> None:
    """Extra time for an appointment that lies outside of her times, when she named it herself."""
    hard, soft = availability.windows(
        windows.times(_hers(session, volunteer)), option.day, option.day
    )
    end_minute = option.start_minute + option.duration_minutes
    held = intervals.covers([*hard, *soft], (option.starts_at, option.ends_at))
    if held or end_minute > MINUTES_A_DAY:
        return
    session.add(
        ExtraTime(
            volunteer_id=volunteer.id,
            day=option.day,
            start_minute=option.start_minute,
            end_minute=end_minute,
        )
    )
    touch(session, volunteer)
    pools = records.places(session, volunteer.id)
    audit.record_each(session, None, records.UPDATE, pools, fields=["extra_times"])
