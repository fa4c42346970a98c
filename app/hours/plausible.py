"""Whether hours can be true beside all else she has reported, at whichever sponsor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, literal, or_
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, func, select

from app import db, rate_plans
from app.clock import local_day, midnight
from app.errors import Conflict, Invalid
from app.hours.rules import Span
from app.hours.schemas import MAX_MINUTES, Doubt
from app.seam.papers import TRAINING_UNITS
from app.tables import (
    Activity,
    ActivityState,
    Outcome,
    ServiceRecord,
    Training,
    Volunteer,
)

BEFORE_CERTIFICATE = "before_certificate"
SENTENCES = {
    BEFORE_CERTIFICATE: (
        "An diesem Tag war noch keine Basisqualifizierung eingetragen. Bitte prüfen.",
        "No basic training was entered for this day yet. Please check.",
    ),
}


class RecordsOverlap(Conflict):
    """The volunteer has reported a part of this time before."""

    slug, title = "records-overlap", "Records overlap"
    de = "Diese Zeit ist schon zum Teil eingetragen. Bitte die Zeiten prüfen."
    en = "A part of this time is reported already. Please check the times."


class DayTooLong(Conflict):
    """More hours on a day than anybody works."""

    slug, title = "day-too-long", "Too many hours on one day"
    de = (
        "Am {day} sind schon {there} Minuten eingetragen. Mehr als 10 Stunden an einem Tag gehen"
        " nicht. Bitte die Zeiten prüfen."
    )
    en = (
        "On {day} there are {there} minutes already. More than 10 hours a day cannot be reported."
        " Please check the times."
    )


class TravelIncluded(Invalid):
    """The plan of the day has no kilometres to pay."""

    de = "Die Fahrt ist im Satz enthalten. Bitte keine Kilometer eintragen."
    en = "Travel is included in the rate. Please report no kilometres."


class NoTravel(Invalid):
    """Nobody travels to an appointment by phone or video."""

    de = "Zu einem Termin am Telefon oder per Video gibt es keine Fahrt. Bitte 0 Kilometer angeben."
    en = "There is no way to an appointment by phone or video. Please report 0 kilometres."


@dataclass(frozen=True)
class Reported:
    """A time she has reported: a record or an activity."""

    id: UUID
    start: datetime
    end: datetime
    worked: int
    """Minutes she was busy; none where the appointment was called off."""


def refuse_untrue(
    session: Session, volunteer_id: UUID, row_id: UUID, span: Span, *, busy: int
) -> None:
    """No time is reported twice, and no day has more than 10 hours; her rows are the lock.

    `busy` is for how many minutes: none in what was called off, which is paid for its time all the
    same.

    Raises
    ------
    RecordsOverlap, DayTooLong
    """
    day = local_day(span.start)
    since, until = midnight(day), midnight(day + timedelta(days=1))
    with db.as_system(session):
        hers = _held(session, volunteer_id)
        found = _reported(session, hers, since, max(until, span.end))
    others = [one for one in found if one.id != row_id]
    if any(one.start < span.end and one.end > span.start for one in others):
        raise RecordsOverlap
    there = sum(one.worked for one in others if local_day(one.start) == day)
    if busy and there + busy > MAX_MINUTES:
        raise DayTooLong(day=f"{day:%d.%m.%Y}", there=there)


def _held(session: Session, volunteer_id: UUID) -> Sequence[UUID]:
    """Her rows, held until the commit: each pool may have entered her anew, and she is one."""
    key = select(Volunteer.identity_key).where(col(Volunteer.id) == volunteer_id).scalar_subquery()
    # Who was erased has no key left.
    same = and_(col(Volunteer.identity_key) == key, col(Volunteer.identity_key) != "")
    return session.exec(
        select(Volunteer.id)
        .where(or_(col(Volunteer.id) == volunteer_id, same))
        .order_by(col(Volunteer.id))
        .with_for_update(key_share=True)
    ).all()


def _reported(
    session: Session, hers: Sequence[UUID], since: datetime, until: datetime
) -> list[Reported]:
    """All of hers that touches a time, but what was found to have taken no time at all."""
    of_records = sql_select(
        col(ServiceRecord.id),
        col(ServiceRecord.started_at),
        col(ServiceRecord.ended_at),
        col(ServiceRecord.minutes),
        col(ServiceRecord.outcome),
    ).where(
        col(ServiceRecord.volunteer_id).in_(hers),
        col(ServiceRecord.started_at) < until,
        col(ServiceRecord.ended_at) > since,
        col(ServiceRecord.minutes) > 0,
    )
    of_activities = sql_select(
        col(Activity.id),
        col(Activity.started_at),
        col(Activity.ended_at),
        col(Activity.minutes),
        literal(Outcome.PERFORMED.value),
    ).where(
        col(Activity.volunteer_id).in_(hers),
        col(Activity.started_at) < until,
        col(Activity.ended_at) > since,
        col(Activity.state) != ActivityState.REJECTED,
    )
    return [
        Reported(row_id, start, end, 0 if outcome == Outcome.CANCELLED_LATE else minutes)
        for row_id, start, end, minutes, outcome in session.execute(
            of_records.union_all(of_activities)
        ).all()
    ]


def doubts(session: Session, volunteer_id: UUID, role: str, day: date) -> list[str]:
    """Codes of what a person should look at; hours with a doubt are taken in all the same."""
    done = select(func.coalesce(func.sum(Training.units), 0)).where(
        col(Training.volunteer_id) == volunteer_id,
        col(Training.role) == role,
        col(Training.done_on) <= day,
    )
    with db.as_system(session):
        units = session.exec(done).one()
    return [BEFORE_CERTIFICATE] if units < TRAINING_UNITS[role] else []


def told(codes: list[str]) -> list[Doubt]:
    """Doubts with their sentences."""
    return [Doubt(code=code, de=SENTENCES[code][0], en=SENTENCES[code][1]) for code in codes]


def refuse_kilometres(
    session: Session, sponsor_id: UUID, volunteer_id: UUID, role: str, day: date
) -> None:
    """Refuse kilometres on a day whose plan includes the way."""
    if rate_plans.that_pays(session, sponsor_id, volunteer_id, role, day).km_cents == 0:
        raise TravelIncluded
