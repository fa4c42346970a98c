"""Confirmed work that a change of somebody's times would leave outside of them.

Bookings of all pools count: nobody is booked somewhere else without knowing it. What another pool
booked is told by its time alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app import db
from app.access import Actor
from app.clock import ZONE, local_day, now
from app.errors import Conflict
from app.tables import (
    Assignment,
    AssignmentState,
    Institution,
    Request,
    Seat,
    Task,
    TaskState,
    Volunteer,
)
from app.volunteers import windows
from app.volunteers.dossiers import Dossier
from app.volunteers.schemas_times import WorkOutside
from scheduling import availability, intervals

HORIZON = timedelta(days=400)
OTHER_POOL = "anderer Pool"
CODE = "availability:outside"
"""The question to the office: somebody is booked outside of her times."""


class WorkIsOutside(Conflict):
    """Confirmed work would lie outside of the new times; `assignments` lists it, and `keep_work`
    saves anyway.
    """

    slug, title = "work-outside", "Confirmed work lies outside"
    de = (
        "Zugesagte Einsätze liegen dann außerhalb der Zeiten: {when}. Bitte zuerst absagen, oder"
        " trotzdem speichern: Dann bleiben sie gebucht, und die Koordination fragt nach."
    )
    en = (
        "Confirmed work would lie outside of the times: {when}. Please cancel it first, or save"
        " anyway: it stays booked then, and the coordination office asks."
    )


@dataclass(frozen=True)
class Booked:
    """A booking and where it is."""

    assignment: Assignment
    institution: str

    @property
    def span(self) -> tuple[datetime, datetime]:
        """When it is, half-open."""
        return self.assignment.starts_at, self.assignment.ends_at


def newly(session: Session, before: Dossier, after: Dossier) -> list[Booked]:
    """Her bookings from now on which her times held before and do not hold any more."""
    booked = _booked(session, before.volunteer)
    if not booked:
        return []
    held, holds = _open(before, booked), _open(after, booked)
    return [
        one
        for one in booked
        if intervals.covers(held, one.span) and not intervals.covers(holds, one.span)
    ]


def _booked(session: Session, volunteer: Volunteer) -> list[Booked]:
    """Bookings of all pools that are not over, the next ones first."""
    query = (
        select(Assignment, Institution.name)
        .join(Seat, col(Seat.id) == col(Assignment.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .where(
            col(Assignment.volunteer_id) == volunteer.id,
            col(Assignment.state) == AssignmentState.BOOKED,
            col(Assignment.ends_at) > now(),
            col(Assignment.starts_at) < now() + HORIZON,
        )
        .order_by(col(Assignment.starts_at))
    )
    with db.as_system(session):
        return [Booked(assignment, name) for assignment, name in session.exec(query).all()]


def _open(dossier: Dossier, booked: Sequence[Booked]) -> Sequence[availability.Span]:
    """When she can, also when only on request, on the days of these bookings."""
    first = local_day(min(one.assignment.starts_at for one in booked))
    last = local_day(max(one.assignment.ends_at for one in booked))
    hard, soft = availability.windows(windows.times(dossier), first, last)
    return intervals.merge([*hard, *soft])


def settle(
    session: Session, actor: Actor, before: Dossier, after: Dossier, *, keep_work: bool
) -> list[WorkOutside]:
    """Refuse the change, or ask the offices concerned about what then lies outside."""
    found = newly(session, before, after)
    if found and not keep_work:
        raise WorkIsOutside(
            when=", ".join(_when(one) for one in found[:5]) + (" …" if found[5:] else ""),
            assignments=[shown.model_dump(mode="json") for shown in reads(actor, found)],
        )
    _ask(session, before.volunteer, found)
    return reads(actor, found)


def reads(actor: Actor, found: Sequence[Booked]) -> list[WorkOutside]:
    """The bookings as this person may see them."""
    return [
        WorkOutside(
            id=one.assignment.id,
            starts_at=one.assignment.starts_at,
            ends_at=one.assignment.ends_at,
            institution=one.institution if _may_see(actor, one.assignment) else OTHER_POOL,
        )
        for one in found
    ]


def _may_see(actor: Actor, assignment: Assignment) -> bool:
    is_hers = assignment.volunteer_id == actor.volunteer_id
    return is_hers or assignment.sponsor_id in actor.sponsor_ids


def _when(one: Booked) -> str:
    start, end = (moment.astimezone(ZONE) for moment in one.span)
    return f"{start:%d.%m.%Y %H:%M}-{end:%H:%M}"


def _ask(session: Session, volunteer: Volunteer, found: Sequence[Booked]) -> None:
    """One open question for each booking, at the pool that booked it."""
    ids = [one.assignment.id for one in found]
    if not ids:
        return
    query = select(Task.subject_id).where(
        col(Task.subject_id).in_(ids),
        col(Task.code) == CODE,
        col(Task.state) == TaskState.OPEN,
    )
    with db.as_system(session):
        asked = set(session.exec(query).all())
        session.add_all(
            _question(volunteer, one) for one in found if one.assignment.id not in asked
        )


def _question(volunteer: Volunteer, one: Booked) -> Task:
    start, end = (moment.astimezone(ZONE) for moment in one.span)
    return Task(
        sponsor_id=one.assignment.sponsor_id,
        code=CODE,
        params={
            "volunteer": f"{volunteer.given_name} {volunteer.surname}",
            "day": f"{start:%d.%m.%Y}",
            "start": f"{start:%H:%M}",
            "end": f"{end:%H:%M}",
        },
        subject_type="assignment",
        subject_id=one.assignment.id,
    )
