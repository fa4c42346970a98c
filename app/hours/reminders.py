"""An institution that does not answer is reminded twice; then the office hears of it."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Engine, and_, or_
from sqlmodel import Session, col, select, update

from app import db, jobs, links
from app.clock import ZONE, local_day, now
from app.hours import details, mails
from app.hours.details import Detail
from app.hours.service import LINK_LASTS, SILENT
from app.messages import telling
from app.requests import tasks
from app.tables import (
    Assignment,
    ClosedMonth,
    Event,
    Institution,
    LinkPurpose,
    RecordState,
    Request,
    Seat,
    ServiceRecord,
    Source,
    Task,
)

DAYS = (timedelta(days=3), timedelta(days=7))
"""So long after the report the institution is reminded the first and the second time."""
TOLD_AFTER = timedelta(days=8)
"""So long after the report, a day after the second reminder, the office hears of it."""
NO_ANSWER, NO_ADDRESS = f"{SILENT}:record", f"{SILENT}:address"
AT_A_TIME = 200
Due = Callable[[datetime], ColumnElement[bool]]
"""Which reports are due at a moment."""


@jobs.periodic("hours.reminders", every=timedelta(hours=1))
def see_to_silence(engine: Engine) -> None:
    """Remind whom it is time to remind, and tell the office; doing it again changes nothing."""
    _each(engine, _to_remind, _remind)
    _each(engine, _to_ask_about, _ask)


def _each(engine: Engine, due: Due, see_to: Callable[[Session, Detail], None]) -> None:
    """See to each record that is due, some at a time."""
    after: UUID | None = UUID(int=0)
    while after is not None:
        with db.transaction(engine) as session:
            after = _some(session, due(now()), see_to, after)


def _some(
    session: Session,
    due: ColumnElement[bool],
    see_to: Callable[[Session, Detail], None],
    after: UUID,
) -> UUID | None:
    """See to some records in the order of their ids; the last one, or None when that was all."""
    query = (
        select(ServiceRecord)
        .join(Assignment, col(Assignment.id) == col(ServiceRecord.assignment_id))
        .join(Seat, col(Seat.id) == col(Assignment.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .where(
            col(ServiceRecord.state) == RecordState.REPORTED,
            # On paper the institution has answered.
            col(ServiceRecord.source) != Source.PAPER,
            due,
            col(ServiceRecord.id) > after,
        )
        .order_by(col(ServiceRecord.id))
        .limit(AT_A_TIME)
        .with_for_update(of=ServiceRecord, key_share=True)
    )
    records = session.exec(query).all()
    found = details.load(session, records) if records else []
    closed = _closed(session, found)
    for one in found:
        if (
            one.record.sponsor_id,
            local_day(one.assignment.starts_at).replace(day=1),
        ) not in closed:
            see_to(session, one)
    session.flush()
    return records[-1].id if len(records) == AT_A_TIME else None


def _to_remind(moment: datetime) -> ColumnElement[bool]:
    """Reports to a place with an address, the first or second time of which has come."""
    told = [
        and_(col(ServiceRecord.reminders) <= before, col(ServiceRecord.created_at) <= moment - days)
        for before, days in enumerate(DAYS)
    ]
    return and_(col(Institution.email) != "", or_(*told))


def _to_ask_about(moment: datetime) -> ColumnElement[bool]:
    """Reports about which the office was not asked, after the reminders or without an address."""
    asked = select(Task.id).where(
        col(Task.subject_id) == col(ServiceRecord.id),
        col(Task.code).in_([NO_ANSWER, NO_ADDRESS]),
    )
    silent = and_(
        col(ServiceRecord.reminders) >= len(DAYS),
        col(ServiceRecord.created_at) <= moment - TOLD_AFTER,
    )
    return and_(~asked.exists(), or_(silent, col(Institution.email) == ""))


def _closed(session: Session, found: Sequence[Detail]) -> set[tuple[UUID, date]]:
    """The months that are settled: nobody is asked about them any more."""
    query = select(col(ClosedMonth.sponsor_id), col(ClosedMonth.month)).where(
        col(ClosedMonth.sponsor_id).in_({one.record.sponsor_id for one in found}),
        col(ClosedMonth.reopened_at).is_(None),
    )
    return set(session.exec(query).all())


def _remind(session: Session, one: Detail) -> None:
    """A mail with a link of its own, counted once; after a standstill one stands for both."""
    passed = now() - one.record.created_at
    due = sum(passed >= days for days in DAYS)
    done = session.exec(
        update(ServiceRecord)
        .where(
            col(ServiceRecord.id) == one.record.id,
            col(ServiceRecord.state) == RecordState.REPORTED,
            col(ServiceRecord.reminders) < due,
        )
        .values(reminders=due, updated_at=now())
    )
    if done.rowcount != 1:
        return
    url = links.make(session, LinkPurpose.CONFIRM_RECORD, one.record, now() + LINK_LASTS)
    telling.tell(
        session,
        one.record.sponsor_id,
        telling.institution(one.institution),
        Event.CONFIRM_RECORD,
        mails.remind_to_confirm(one, url),
        subject_id=one.record.id,
    )


def _ask(session: Session, one: Detail) -> None:
    """Tell the office, once: it may confirm with a reason."""
    params = {
        "institution": one.institution.name,
        "volunteer": f"{one.volunteer.given_name} {one.volunteer.surname}",
        "day": f"{one.record.started_at.astimezone(ZONE):%d.%m.%Y}",
    }
    code = NO_ANSWER if one.institution.email else NO_ADDRESS
    tasks.ask_about(session, one.record.sponsor_id, "service_record", one.record.id, code, params)
