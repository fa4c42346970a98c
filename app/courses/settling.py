"""A course is over: who took part in full is certified, and the books say so."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, delete, select

from app import audit, books, freetext
from app.access import Actor
from app.auditing import records
from app.clock import now, today
from app.courses import service as courses
from app.tables import (
    Attendance,
    Course,
    CourseKind,
    CourseParticipant,
    CourseState,
    LedgerEntry,
    LedgerKind,
    Training,
    Volunteer,
    VolunteerRole,
)
from app.volunteers import keeping

ROLES = {
    CourseKind.BASIC_GUIDE: VolunteerRole.GUIDE,
    CourseKind.BASIC_INTERPRETER: VolunteerRole.INTERPRETER,
}
"""For which role a course is the basic one: only these count for who may be sent."""


def in_full(course: Course, one: CourseParticipant) -> bool:
    """Whether somebody was there for every unit."""
    return one.attendance == Attendance.ATTENDED and one.units >= course.units


def settle(session: Session, actor: Actor, course: Course) -> None:
    """The course was held: book and certify who took part in full, once.

    Raises
    ------
    WrongState, NotOver, AttendanceMissing
    """
    courses.require(course, CourseState.PLANNED)
    if course.ends_on > today():
        raise courses.NotOver(day=f"{course.ends_on:%d.%m.%Y}")
    everybody = courses.participants(session, course)
    waiting = sum(one.attendance == Attendance.REGISTERED for one in everybody)
    if waiting:
        raise courses.AttendanceMissing(count=waiting)
    courses.move(session, course, CourseState.PLANNED, CourseState.HELD, held_at=now())
    done = [one for one in everybody if in_full(course, one)]
    _certify(session, actor, course, done)
    books.attended(session, course, done)
    audit.record(session, actor.account_id, "course.hold", course, people=len(done))
    session.flush()


def _certify(
    session: Session, actor: Actor, course: Course, done: Sequence[CourseParticipant]
) -> None:
    """The day of the certificate; a basic course is written into her papers as well."""
    hers = _held(session, [one.volunteer_id for one in done])
    role = ROLES.get(CourseKind(course.kind))
    for one in done:
        one.certified_on = today()
        volunteer = hers[one.volunteer_id]
        # Of who was erased nothing is kept but that somebody took part.
        if role is not None and volunteer.erased_at is None:
            one.training_id = _trained(session, actor, course, volunteer, role)
        session.add(one)


def _held(session: Session, volunteer_ids: Sequence[UUID]) -> dict[UUID, Volunteer]:
    """Their rows, locked in one order: nobody else changes their papers meanwhile."""
    query = (
        select(Volunteer)
        .where(col(Volunteer.id).in_(volunteer_ids))
        .order_by(col(Volunteer.id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {one.id: one for one in session.exec(query).all()}


def _trained(
    session: Session, actor: Actor, course: Course, volunteer: Volunteer, role: VolunteerRole
) -> UUID:
    training = Training(
        volunteer_id=volunteer.id, role=role, units=course.units, done_on=course.ends_on
    )
    session.add(training)
    keeping.touch(session, volunteer)
    records.changed(session, actor, volunteer, "trainings")
    return training.id


def reopen(session: Session, actor: Actor, course: Course, reason: str) -> None:
    """Take back that a course was held: it is corrected and held again."""
    freetext.require_plain(reason)
    values = {"held_at": None, "reason": reason}
    courses.move(session, course, CourseState.HELD, CourseState.PLANNED, **values)
    everybody = courses.participants(session, course)
    books.back(
        session,
        col(LedgerEntry.kind) == LedgerKind.COURSE,
        col(LedgerEntry.subject_id).in_([one.id for one in everybody]),
    )
    _take_back(session, actor, everybody)
    why = audit.stated(reason)
    audit.record(session, actor.account_id, "course.reopen", course, reason=why)
    session.flush()


def _take_back(session: Session, actor: Actor, everybody: Sequence[CourseParticipant]) -> None:
    """Certificates no longer hold, nor does what they wrote into somebody's papers."""
    hers = _held(session, [one.volunteer_id for one in everybody if one.training_id])
    written = [one.training_id for one in everybody if one.training_id]
    for one in everybody:
        trained, one.certified_on, one.training_id = one.training_id, None, None
        session.add(one)
        if trained:
            keeping.touch(session, hers[one.volunteer_id])
            records.changed(session, actor, hers[one.volunteer_id], "trainings")
    session.flush()
    session.exec(delete(Training).where(col(Training.id).in_(written)))
