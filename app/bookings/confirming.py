"""The day before: does the appointment stand? A missing answer becomes a task for the office."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select, update

from app import audit, db, jobs
from app.bookings import informing, texts, visits
from app.bookings.visits import Visit
from app.clock import ZONE, local_day, now
from app.messages import telling
from app.offers.refusals import Begun, NotBooked
from app.requests import tasks
from app.tables import Assignment, AssignmentState, Event, Message, Task, TaskState
from scheduling import quiet

ONE_DAY = timedelta(days=1)
ASKED_FROM = time(9)
"""On the day before, from this local hour on, people are asked."""
ANSWER_BY = time(18)
"""On the day before, at this local hour, the office takes a look at who has not answered."""
SHORTEST = timedelta(hours=3)
"""Who was asked later is looked for so long before the start."""
UNCONFIRMED = "unconfirmed"
CALLED = f"{telling.CALL}:{Event.REMINDER}"
"""The question to call her, because nobody has looked at the message: it says the same."""
TO_CALL = (CALLED, f"{telling.CALL}:{Event.CHANGED}", f"{telling.CALL}:{Event.CANCELLED}")
AT_A_TIME = 100


@jobs.periodic("bookings.confirm", every=timedelta(minutes=15))
def look_ahead(engine: Engine) -> None:
    """Ask who goes tomorrow; say to the office who has not answered. Again changes nothing."""
    with db.transaction(engine, read_only=True) as session:
        due = [visit.booking.id for visit in _to_be_asked(session)]
    for at in range(0, len(due), AT_A_TIME):
        with db.transaction(engine) as session:
            _ask(session, due[at : at + AT_A_TIME])
    with db.transaction(engine) as session:
        _close_overtaken(session)
        _raise(session)


def _to_be_asked(session: Session) -> list[Visit]:
    """Bookings of today and, from nine on, of tomorrow that were made more than a day before."""
    moment = now()
    here = moment.astimezone(ZONE)
    last = here.date() + (ONE_DAY if here.time() >= ASKED_FROM else timedelta())
    found = visits.load(
        session,
        col(Assignment.state) == AssignmentState.BOOKED,
        col(Assignment.reminded_at).is_(None),
        col(Assignment.starts_at) > moment,
        col(Assignment.starts_at) < _local(last + ONE_DAY, time.min),
    )
    return [one for one in found if one.booking.created_at < one.booking.starts_at - ONE_DAY]


def _local(day: date, hour: time) -> datetime:
    """The exact moment of a local hour."""
    return datetime.combine(day, hour, ZONE).astimezone(UTC)


def _ask(session: Session, booking_ids: Sequence[UUID]) -> None:
    """Ask each once, whoever else looks at the same moment; what was said before counts no more."""
    held = select(Assignment.id).where(col(Assignment.id).in_(booking_ids))
    session.exec(held.order_by(col(Assignment.id)).with_for_update(key_share=True)).all()
    claimed = session.exec(
        update(Assignment)
        .where(
            col(Assignment.id).in_(booking_ids),
            col(Assignment.state) == AssignmentState.BOOKED,
            col(Assignment.reminded_at).is_(None),
        )
        .values(reminded_at=now(), reconfirmed_at=None, updated_at=now())
        .returning(col(Assignment.id))
    ).scalars()
    hers = visits.load(session, col(Assignment.id).in_(list(claimed)))
    telling.post(session, [_reminder(session, visit) for visit in hers])


def _reminder(session: Session, visit: Visit) -> Message:
    her = visit.volunteer
    return informing.written_to_her(
        visit,
        Event.REMINDER,
        texts.question(visit, informing.link(session, visit.booking)),
        due_at=quiet.next_allowed(now(), her.quiet_from_minute, her.quiet_to_minute),
    )


def answer_by(booking: Assignment, reminded_at: datetime) -> datetime:
    """Until when she should have said that she comes."""
    day = local_day(booking.starts_at) - ONE_DAY
    evening = _local(day, ANSWER_BY)
    return evening if reminded_at < evening else booking.starts_at - SHORTEST


def _raise(session: Session) -> None:
    """A question to the office for each who has not answered in time, once."""
    called = (col(Task.code) == CALLED) & (col(Task.state) == TaskState.OPEN)
    asked = select(Task.id).where(
        col(Task.subject_id) == col(Assignment.id), (col(Task.code) == UNCONFIRMED) | called
    )
    waiting = visits.load(
        session,
        col(Assignment.state) == AssignmentState.BOOKED,
        col(Assignment.reminded_at).is_not(None),
        col(Assignment.reconfirmed_at).is_(None),
        col(Assignment.starts_at) > now(),
        ~asked.exists(),
    )
    for visit in waiting:
        reminded_at = visit.booking.reminded_at
        if reminded_at is not None and answer_by(visit.booking, reminded_at) <= now():
            session.add(question(visit, UNCONFIRMED))


def question(visit: Visit, code: str, **params: str) -> Task:
    """A question to the office about a booking."""
    start = visit.booking.starts_at.astimezone(ZONE)
    return Task(
        sponsor_id=visit.booking.sponsor_id,
        code=code,
        params={
            "volunteer": f"{visit.volunteer.given_name} {visit.volunteer.surname}",
            "day": f"{start:%d.%m.%Y}",
            "start": f"{start:%H:%M}",
            **params,
        },
        subject_type="assignment",
        subject_id=visit.booking.id,
    )


def _close_overtaken(session: Session) -> None:
    """What has begun or was answered needs nobody any more."""
    begun = col(Assignment.starts_at) <= now()
    answered = (col(Assignment.state) != AssignmentState.BOOKED) | col(
        Assignment.reconfirmed_at
    ).is_not(None)
    over = col(Task.code).in_([UNCONFIRMED, CALLED]) & (begun | answered)
    too_late = col(Task.code).in_(TO_CALL) & begun
    found = session.exec(
        select(Task.id)
        .join(Assignment, col(Assignment.id) == col(Task.subject_id))
        .where(col(Task.state) == TaskState.OPEN, over | too_late)
        .order_by(col(Task.id))
    ).all()
    tasks.resolve(session, col(Task.id).in_(found))


def reconfirm(session: Session, account_id: UUID | None, booking: Assignment) -> Assignment:
    """She comes: said twice is said once. Said long before, she is asked again the day before."""
    done = session.exec(
        update(Assignment)
        .where(
            col(Assignment.id) == booking.id,
            col(Assignment.state) == AssignmentState.BOOKED,
            col(Assignment.starts_at) > now(),
            col(Assignment.reconfirmed_at).is_(None),
        )
        .values(reconfirmed_at=now(), updated_at=now())
    )
    session.refresh(booking)
    if done.rowcount == 1:
        tasks.close_all(session, [booking.id], UNCONFIRMED)
        telling.drop(session, booking.id, Event.REMINDER)
        telling.mark_read(session, booking.id, booking.volunteer_id)
        audit.record(session, account_id, "assignment.reconfirm", booking)
    elif booking.state != AssignmentState.BOOKED:
        raise NotBooked(state=booking.state)
    elif booking.reconfirmed_at is None:
        raise Begun
    session.flush()
    return booking
