"""Courses and reflection talks: who takes part, who was there, and what follows from it.

A course that was held stands in the books, and a basic course with every participant who took part
in full: from then on she may be sent. What was noted wrongly is opened, corrected and held again.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlmodel import Session, col, delete, select, update
from sqlmodel.sql.expression import SelectOfScalar

from app import access, audit, freetext, spans
from app.access import Actor
from app.clock import now
from app.courses.schemas import (
    MOST,
    Attended,
    CourseCreate,
    CourseUpdate,
)
from app.errors import Conflict, Invalid, NotFound, StateForbids
from app.grants.service import refuse_future
from app.requests import tasks
from app.tables import (
    NO_MEMBER,
    Attendance,
    Course,
    CourseKind,
    CourseParticipant,
    CourseState,
    Enrolment,
    LedgerEntry,
)

GRANTED_FROM = 2018


class TitleNamesSomebody(Invalid):
    """A title holds what looks like data about a person."""

    de = "Im Titel stehen Namen oder andere persönliche Angaben. Bitte weglassen."
    en = "The title holds names or other personal details. Please leave them out."


class LongAgo(Invalid):
    """No rule of the Land is known for a course that old."""

    de = "Für Kurse vor {year} ist keine Förderung bekannt. Bitte die Tage prüfen."
    en = "No grant is known for courses before {year}. Please check the days."


class WrongState(StateForbids):
    """The course was held or called off, or is not held yet."""

    slug, title = "course-state", "The course's state forbids this"
    de = "Das geht nicht: der Kurs ist {word}."
    en = "This is not possible: the course is {state}."
    words: ClassVar[Mapping[str, str]] = {
        CourseState.PLANNED: "noch geplant",
        CourseState.HELD: "schon abgerechnet",
        CourseState.CANCELLED: "abgesagt",
    }


class NotOver(Conflict):
    """A course is held on its last day at the earliest."""

    slug, title = "course-not-over", "The course is not over"
    de = "Der Kurs geht bis zum {day}. Bitte danach abschließen."
    en = "The course goes on until {day}. Please settle it afterwards."


class AttendanceMissing(Conflict):
    """Nobody has said of somebody whether she was there."""

    slug, title = "attendance-missing", "Attendance is missing"
    de = "Bei {count} Teilnehmenden fehlt noch, ob sie da waren. Bitte zuerst eintragen."
    en = "For {count} participants it is not noted whether they were there. Please note it first."


class AttendanceNoted(Conflict):
    """The units change although somebody was noted with some of them."""

    slug, title = "attendance-noted", "Attendance is noted already"
    de = "Die Teilnahme ist schon eingetragen. Bitte zuerst wieder auf „angemeldet“ setzen."
    en = "Attendance is noted already. Please set it back to registered first."


class WasCertified(Conflict):
    """Reports of an earlier day still tell of her part in a course that was opened again."""

    slug, title = "was-certified", "Certified before"
    de = "Diese Person hatte schon eine Bescheinigung. Bitte bei der Teilnahme „gefehlt“ eintragen."
    en = "This person was certified before. Please note her attendance as missed instead."


class TooManyUnits(Invalid):
    """Somebody cannot have been there for longer than it took."""

    de = "Der Kurs hat {units} Einheiten. Bitte die Teilnahme prüfen."
    en = "The course has {units} units. Please check the attendance."


class CourseFull(Conflict):
    """A course holds so many people."""

    slug, title = "course-full", "The course is full"
    de = "Ein Kurs hat höchstens {most} Teilnehmende. Bitte einen zweiten anlegen."
    en = "A course has at most {most} participants. Please set up a second one."


def create(session: Session, actor: Actor, body: CourseCreate) -> Course:
    """A new course of the actor's sponsor."""
    values = body.model_dump(exclude={"sponsor_id"})
    course = Course(sponsor_id=access.sponsor_for(actor, body.sponsor_id), **values)
    _check(course)
    session.add(course)
    session.flush()
    audit.record(session, actor.account_id, "course.create", course, kind=course.kind)
    session.flush()
    return course


def _check(course: Course) -> None:
    spans.check(course.starts_on, course.ends_on)
    if course.ends_on.year < GRANTED_FROM:
        raise LongAgo(year=GRANTED_FROM)
    if freetext.seems_personal(course.title):
        raise TitleNamesSomebody


def edit(session: Session, actor: Actor, course: Course, body: CourseUpdate) -> None:
    """Change a planned course; its units only while nobody was noted with some of them."""
    changes = {k: v for k, v in body.model_dump(exclude_unset=True).items() if v is not None}
    require(course, CourseState.PLANNED)
    if changes.get("units", course.units) != course.units and _noted(session, course):
        raise AttendanceNoted
    for name, value in changes.items():
        setattr(course, name, value)
    _check(course)
    session.add(course)
    audit.record(session, actor.account_id, "course.edit", course, fields=sorted(changes))
    session.flush()


def _noted(session: Session, course: Course) -> bool:
    query = select(CourseParticipant.id).where(
        col(CourseParticipant.course_id) == course.id,
        col(CourseParticipant.attendance) != Attendance.REGISTERED,
    )
    return session.exec(query).first() is not None


def require(course: Course, state: CourseState) -> None:
    """Refuse a course in another state; its row is locked."""
    if course.state != state:
        raise WrongState(course.state)


def move(
    session: Session, course: Course, before: CourseState, after: CourseState, **values: Any
) -> None:
    """Bring a course from one state to the next; `WrongState` where it is in another one."""
    done = session.exec(
        update(Course)
        .where(col(Course.id) == course.id, col(Course.state) == before)
        .values(state=after, updated_at=now(), **values)
    )
    session.refresh(course)
    if done.rowcount != 1:
        raise WrongState(course.state)


def cancel(session: Session, actor: Actor, course: Course, reason: str) -> None:
    """Call a planned course off."""
    freetext.require_plain(reason)
    move(session, course, CourseState.PLANNED, CourseState.CANCELLED, reason=reason)
    tasks.close(session, course.id)
    why = audit.stated(reason)
    audit.record(session, actor.account_id, "course.cancel", course, reason=why)
    session.flush()


def prove(session: Session, actor: Actor, course: Course, day: date) -> None:
    """The proof of use of a course that was held has been sent; `course` is locked."""
    require(course, CourseState.HELD)
    refuse_future(day)
    course.proof_sent_on = day
    session.add(course)
    tasks.close(session, course.id)
    audit.record(session, actor.account_id, "course.proof_sent", course)
    session.flush()


def participants(session: Session, course: Course) -> Sequence[CourseParticipant]:
    """Everybody in a course."""
    query = select(CourseParticipant).where(col(CourseParticipant.course_id) == course.id)
    return session.exec(query.order_by(col(CourseParticipant.id))).all()


def add(session: Session, actor: Actor, course: Course, volunteer_ids: Sequence[UUID]) -> None:
    """Register people of the own pool; who is in the course already stays as she is."""
    require(course, CourseState.PLANNED)
    wanted = set(volunteer_ids)
    if wanted - _members(session, course.sponsor_id, wanted):
        raise NotFound
    known = {one.volunteer_id for one in participants(session, course)}
    if len(known | wanted) > MOST:
        raise CourseFull(most=MOST)
    new = sorted(wanted - known)
    session.add_all(
        CourseParticipant(sponsor_id=course.sponsor_id, course_id=course.id, volunteer_id=one)
        for one in new
    )
    audit.record(session, actor.account_id, "course.register", course, people=len(new))
    session.flush()


def _members(session: Session, sponsor_id: UUID, volunteer_ids: set[UUID]) -> set[UUID]:
    """Which of the people are in a pool, also before they may be sent."""
    query = select(Enrolment.volunteer_id).where(
        col(Enrolment.sponsor_id) == sponsor_id,
        col(Enrolment.state).not_in(NO_MEMBER),
        col(Enrolment.volunteer_id).in_(volunteer_ids),
    )
    return set(session.exec(query).all())


def remove(session: Session, actor: Actor, course: Course, volunteer_id: UUID) -> None:
    """Take somebody out of a planned course, unless the books tell of her."""
    hers = col(CourseParticipant.volunteer_id) == volunteer_id
    booked = select(CourseParticipant.id).join(
        LedgerEntry, col(LedgerEntry.subject_id) == col(CourseParticipant.id)
    )
    told = booked.where(col(CourseParticipant.course_id) == course.id, hers)
    if course.state == CourseState.PLANNED and session.exec(told).first() is not None:
        raise WasCertified
    done = session.exec(
        delete(CourseParticipant).where(col(CourseParticipant.course_id) == course.id, hers)
    )
    if done.rowcount != 1:
        raise NotFound
    require(course, CourseState.PLANNED)
    audit.record(session, actor.account_id, "course.withdraw", course)
    session.flush()


def note(session: Session, actor: Actor, course: Course, items: Sequence[Attended]) -> None:
    """Note who was there, and for how many units."""
    known = {one.volunteer_id: one for one in participants(session, course)}
    if {item.volunteer_id for item in items} - known.keys():
        raise NotFound
    require(course, CourseState.PLANNED)
    for item in items:
        one = known[item.volunteer_id]
        one.attendance, one.units = item.attendance, _units(course, item)
        session.add(one)
    audit.record(session, actor.account_id, "course.attendance", course, people=len(items))
    session.flush()


def _units(course: Course, item: Attended) -> int:
    if item.attendance != Attendance.ATTENDED:
        return 0
    if item.units is not None and item.units > course.units:
        raise TooManyUnits(units=course.units)
    return course.units if item.units is None else item.units


def filtered(
    actor: Actor, *, state: CourseState | None, kind: CourseKind | None
) -> SelectOfScalar[Course]:
    """The visible courses by state and kind."""
    query = access.visible_courses(actor)
    if state:
        query = query.where(col(Course.state) == state)
    return query.where(col(Course.kind) == kind) if kind else query
