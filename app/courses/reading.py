"""A course as somebody may read it, however many courses in the same statements."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from allowance import grants
from app import fields
from app.access import Actor
from app.courses.schemas import CourseDetail, CourseRead, ParticipantRead
from app.courses.settling import in_full
from app.tables import Course, CourseParticipant, Volunteer

_NOTES = {
    "few": (
        "Für eine Förderung braucht der Kurs mindestens {fewest} Einheiten, er hat {units}.",
        "For a grant the course needs at least {fewest} units, it has {units}.",
    ),
    "many": (
        "Gefördert werden höchstens {most} Einheiten, der Kurs hat {units}.",
        "At most {most} units are granted, the course has {units}.",
    ),
    "none": (
        "Gefördert werden nur Basiskurse.",
        "Only basic courses are granted money.",
    ),
}


def read(session: Session, actor: Actor, course: Course, locale: str) -> CourseDetail:
    """One course with who is in it."""
    return reads(session, actor, [course], locale)[0]


def reads(
    session: Session, actor: Actor, courses: Sequence[Course], locale: str
) -> list[CourseDetail]:
    """The courses in their order."""
    people: dict[UUID, list[tuple[CourseParticipant, str, str]]] = defaultdict(list)
    query = (
        sql_select(CourseParticipant, col(Volunteer.given_name), col(Volunteer.surname))
        .join(Volunteer, col(Volunteer.id) == col(CourseParticipant.volunteer_id))
        .where(col(CourseParticipant.course_id).in_([one.id for one in courses]))
        .order_by(col(CourseParticipant.id))
    )
    for one, given_name, surname in session.execute(query).all() if courses else ():
        people[one.course_id].append((one, given_name, surname))
    return [_read(actor, course, people[course.id], locale) for course in courses]


def _read(
    actor: Actor,
    course: Course,
    people: Sequence[tuple[CourseParticipant, str, str]],
    locale: str,
) -> CourseDetail:
    office = course.sponsor_id in actor.sponsor_ids
    full = sum(in_full(course, one) for one, _, _ in people)
    about = course.model_dump(include=set(CourseRead.model_fields) - {"cost_cents"})
    whole = CourseDetail(
        **about | ({} if office else {"reason": ""}),
        participants_count=len(people),
        in_full_count=full,
        cost_cents=course.cost_cents if office else None,
        grant_cents=_grant(course, full) if office else None,
        units_note=_note(course, locale) if office else "",
        participants=[
            _participant(course, one, f"{given_name} {surname}")
            for one, given_name, surname in people
            if office or one.volunteer_id == actor.volunteer_id
        ],
    )
    hers = any(one.volunteer_id == actor.volunteer_id for one, _, _ in people)
    return fields.for_auditor(whole) if actor.audits(course.sponsor_id) and not hers else whole


def _participant(course: Course, one: CourseParticipant, name: str) -> ParticipantRead:
    return ParticipantRead(
        **one.model_dump(include={"volunteer_id", "attendance", "units", "certified_on"}),
        volunteer=name,
        in_full=in_full(course, one),
    )


def _grant(course: Course, people: int) -> int:
    return grants.course_grant(course.kind, course.units, people, course.ends_on)


def _note(course: Course, locale: str) -> str:
    """What to know about the units of a course, before it is held."""
    allowed = grants.rule_on(course.ends_on).course_units.get(course.kind)
    if allowed is None:
        return _NOTES["none"][locale == "en"]
    fewest, most = allowed
    if fewest <= course.units <= most:
        return ""
    said = _NOTES["few" if course.units < fewest else "many"][locale == "en"]
    return said.format(fewest=fewest, most=most, units=course.units)
