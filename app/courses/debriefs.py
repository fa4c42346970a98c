"""A volunteer would like to talk about her work: the office hears of it and says when.

Nothing has to be explained. A wish that nobody has seen to yet is not asked a second time.
"""

from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app import access, audit
from app.access import Actor, SponsorUnclear
from app.clock import ZONE
from app.courses.schemas import DebriefCreate, DebriefRead, Topic
from app.errors import NotFound
from app.tables import Assignment, Enrolment, Task, TaskState, Volunteer

WANTED = "debrief:wanted"
_TOPICS = {
    Topic.APPOINTMENT: ("einen Termin", "an appointment"),
    Topic.COOPERATION: ("die Zusammenarbeit", "working together"),
    Topic.BOUNDARIES: ("die Grenzen ihrer Aufgabe", "the limits of the work"),
    Topic.OTHER: ("", ""),
}


def ask(session: Session, actor: Actor, body: DebriefCreate) -> DebriefRead:
    """Tell the office that she would like to talk; the wish that is open, if there is one."""
    booking = None
    if body.assignment_id is not None:
        visible = access.visible_assignments(actor)
        booking = access.load(session, visible, Assignment, body.assignment_id)
    enrolment = _enrolment(session, actor, booking.sponsor_id if booking else body.sponsor_id)
    task = _open(session, enrolment) or _asked(session, enrolment, body.topic, booking)
    audit.record(session, actor.account_id, "debrief.ask", enrolment)
    session.flush()
    return DebriefRead(id=task.id, sponsor_id=task.sponsor_id, asked_at=task.created_at)


def _enrolment(session: Session, actor: Actor, sponsor_id: UUID | None) -> Enrolment:
    """Her place in the pool that is meant, which the call names where she is in several."""
    if sponsor_id is None:
        if len(actor.enrolled_at) != 1:
            raise SponsorUnclear
        sponsor_id = next(iter(actor.enrolled_at))
    query = select(Enrolment).where(
        col(Enrolment.volunteer_id) == actor.volunteer_id, col(Enrolment.sponsor_id) == sponsor_id
    )
    enrolment = session.exec(query).one_or_none()
    if enrolment is None or sponsor_id not in actor.enrolled_at:
        raise NotFound
    return enrolment


def _open(session: Session, enrolment: Enrolment) -> Task | None:
    query = _wishes(enrolment).where(col(Task.state) == TaskState.OPEN)
    return session.exec(query).one_or_none()


def _wishes(enrolment: Enrolment) -> SelectOfScalar[Task]:
    return select(Task).where(col(Task.subject_id) == enrolment.id, col(Task.code) == WANTED)


def _asked(
    session: Session, enrolment: Enrolment, topic: Topic, booking: Assignment | None
) -> Task:
    task = Task(
        sponsor_id=enrolment.sponsor_id,
        code=WANTED,
        params=_said(session, enrolment, topic, booking),
        subject_type="enrolment",
        subject_id=enrolment.id,
    )
    try:
        with session.begin_nested():
            session.add(task)
    except IntegrityError:
        # She has tapped twice: the other wish was written at the same moment, and may be seen to.
        newest = _wishes(enrolment).order_by(col(Task.created_at).desc(), col(Task.id).desc())
        return session.exec(newest.limit(1)).one()
    return task


def _said(
    session: Session, enrolment: Enrolment, topic: Topic, booking: Assignment | None
) -> dict[str, Any]:
    """What the office reads, in German and English."""
    her = session.get_one(Volunteer, enrolment.volunteer_id)
    german, english = _TOPICS[topic]
    day = f"{booking.starts_at.astimezone(ZONE):%d.%m.%Y}" if booking else ""
    return {
        "volunteer": f"{her.given_name} {her.surname}",
        "about": _about(("über ", german), ("Termin am ", day)),
        "about_en": _about(("about ", english), ("appointment on ", day)),
        "topic": topic,
    }


def _about(*parts: tuple[str, str]) -> str:
    """`, über die Zusammenarbeit (Termin am 04.01.2027)`, or nothing."""
    said = [before + what if what else "" for before, what in parts]
    return (f", {said[0]}" if said[0] else "") + (f" ({said[1]})" if said[1] else "")
