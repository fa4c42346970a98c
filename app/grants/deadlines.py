"""By which day something has to be sent to the Land, and whether that was done."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, or_, select

from allowance import grants
from app.grants import states
from app.tables import Course, CourseKind, CourseState, GrantNotice, GrantPurpose, GrantState

BASIC = (CourseKind.BASIC_GUIDE, CourseKind.BASIC_INTERPRETER)


@dataclass(frozen=True)
class Due:
    """Something that has to be sent by a day."""

    code: str
    """As `allowance.grants.deadlines` names it."""
    day: date
    sponsor_id: UUID
    subject_type: str
    subject_id: UUID
    notice: GrantNotice
    done: bool
    course_ends_on: date | None = None
    """The last day of the course that it is about."""


def around(day: date) -> tuple[int, int, int]:
    """Years of grants for which something may be due: the next one is applied for in this one."""
    return day.year - 1, day.year, day.year + 1


def of_sponsor(session: Session, sponsor_id: UUID, years: Sequence[int]) -> list[Due]:
    """The deadlines of the grants of some years, in order of time."""
    query = select(GrantNotice).where(
        col(GrantNotice.sponsor_id) == sponsor_id,
        or_(
            col(GrantNotice.year).in_(years),
            col(GrantNotice.year).in_([year + 1 for year in years]),
        ),
    )
    known = session.exec(query.order_by(col(GrantNotice.id))).all()
    applied = {_line(one) for one in known if states.reached(one, GrantState.APPLIED)}
    courses = _courses(session, sponsor_id, years)
    found = [
        due
        for notice in known
        if notice.year in years
        for due in [*_of_notice(notice, applied), *_of_courses(notice, courses)]
    ]
    return sorted(found, key=lambda due: (due.day, due.code, due.subject_id))


def _line(notice: GrantNotice, later: int = 0) -> tuple[str, str, int]:
    return notice.funding_line, notice.purpose, notice.year + later


def _of_notice(notice: GrantNotice, applied: set[tuple[str, str, int]]) -> Iterator[Due]:
    granted = states.reached(notice, GrantState.GRANTED)
    proven = states.reached(notice, GrantState.PROOF_SENT)
    done = {
        "application": states.reached(notice, GrantState.APPLIED),
        "declaration": notice.declared_on is not None or proven,
        "follow_up_application": _line(notice, 1) in applied,
        "proof_of_use": proven,
    }
    found = grants.deadlines(notice.year, notice_on=notice.noticed_on, starts_on=notice.starts_on)
    for one in found:
        of_courses = notice.purpose == GrantPurpose.COURSES and one.code == "proof_of_use"
        if of_courses or not (granted or one.code == "application"):
            continue
        yield _due(notice, one.code, one.day, done=done[one.code])


def _of_courses(notice: GrantNotice, courses: Sequence[Course]) -> Iterator[Due]:
    """Of a grant for courses each course has its own proof."""
    if notice.purpose != GrantPurpose.COURSES or not states.reached(notice, GrantState.GRANTED):
        return
    proven = states.reached(notice, GrantState.PROOF_SENT)
    for course in courses:
        if notice.starts_on <= course.ends_on <= notice.ends_on:
            for one in grants.deadlines(notice.year, course_ends=[course.ends_on]):
                if one.code == "proof_of_course":
                    done = proven or course.proof_sent_on is not None
                    yield _due(notice, one.code, one.day, done=done, course=course)


def _due(
    notice: GrantNotice, code: str, day: date, *, done: bool, course: Course | None = None
) -> Due:
    kind, subject_id = ("course", course.id) if course else ("grant_notice", notice.id)
    ends_on = course.ends_on if course else None
    return Due(code, day, notice.sponsor_id, kind, subject_id, notice, done, ends_on)


def _courses(session: Session, sponsor_id: UUID, years: Sequence[int]) -> Sequence[Course]:
    query = select(Course).where(
        col(Course.sponsor_id) == sponsor_id,
        col(Course.kind).in_(BASIC),
        col(Course.state) != CourseState.CANCELLED,
        col(Course.ends_on) >= date(min(years), 1, 1),
        col(Course.ends_on) <= date(max(years), 12, 31),
    )
    return session.exec(query.order_by(col(Course.ends_on), col(Course.id))).all()
