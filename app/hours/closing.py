"""Closed months: once a month's hours are settled, nothing about them is reported or changed.

Claims of a closed month are built, built again and paid: it is the hours that stand still. What was
reported before may still be confirmed or disputed by the institution, which is asked for 21 days.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select, update
from sqlmodel.sql.expression import SelectOfScalar

from allowance.grants import months_later
from app import access, audit, db, fields, freetext
from app.access import Actor
from app.clock import midnight, now, today
from app.errors import Conflict
from app.hours.schemas_activities import ClosedMonthRead, MonthClose, Reopen
from app.tables import (
    Activity,
    ActivityState,
    Assignment,
    AssignmentState,
    ClosedMonth,
    RecordState,
    ServiceRecord,
    Sponsor,
)

WAITING = (RecordState.REPORTED, RecordState.DISPUTED)


class MonthClosed(Conflict):
    """The hours of this month are settled."""

    slug, title = "month-closed", "The month is closed"
    de = "Der Monat {month} ist abgeschlossen. Bitte die Leitung bitten, ihn wieder zu öffnen."
    en = "The month {month} is closed. Please ask the lead to open it again."


class MonthNotOver(Conflict):
    """Only a month that is over can be closed."""

    slug, title = "month-not-over", "The month is not over"
    de = "Der Monat {month} ist noch nicht vorbei. Bitte ab dem {day} abschließen."
    en = "The month {month} is not over yet. Please close it from {day} on."


class HoursWait(Conflict):
    """Somebody still has to report, confirm or decide hours of the month."""

    slug, title = "hours-wait", "Hours of this month still wait"
    de = (
        "Im Monat {month} ist noch etwas offen (Nachweise: {records}, Tätigkeiten: {activities},"
        " Termine ohne Nachweis: {unreported}). Bitte erst klären oder trotzdem abschließen."
    )
    en = (
        "Something still waits in {month} (service records: {records}, activities: {activities},"
        " appointments without a record: {unreported}). Please settle it first, or close all the"
        " same."
    )


class AlreadyClosed(Conflict):
    """Somebody closed the month before."""

    slug, title = "month-already-closed", "Closed already"
    de = "Der Monat {month} ist schon abgeschlossen."
    en = "The month {month} is closed already."


class NotClosed(Conflict):
    """The month was opened again before."""

    slug, title = "month-not-closed", "Not closed"
    de = "Der Monat {month} ist schon wieder offen."
    en = "The month {month} is open again already."


def _shown(month: date) -> str:
    return f"{month:%m/%Y}"


def _together(session: Session, sponsor_id: UUID) -> None:
    """Many write hours at once, and nobody closes a month meanwhile."""
    query = select(Sponsor.id).where(col(Sponsor.id) == sponsor_id)
    session.exec(query.with_for_update(read=True, key_share=True)).one()


def _alone(session: Session, sponsor_id: UUID) -> None:
    """Who closes a month waits for those who write hours, and they wait for it."""
    query = select(Sponsor.id).where(col(Sponsor.id) == sponsor_id)
    session.exec(query.with_for_update()).one()


def refuse_closed(session: Session, sponsor_id: UUID, *days: date) -> None:
    """Refuse to change hours of these days where their month is closed.

    Until the commit nobody closes a month of the sponsor: who closes waits, and then counts what
    was written here as well.
    """
    _together(session, sponsor_id)
    query = select(col(ClosedMonth.month)).where(
        col(ClosedMonth.sponsor_id) == sponsor_id,
        col(ClosedMonth.month).in_({day.replace(day=1) for day in days}),
        col(ClosedMonth.reopened_at).is_(None),
    )
    closed = session.exec(query.order_by(col(ClosedMonth.month))).first()
    if closed is not None:
        raise MonthClosed(month=_shown(closed))


def close(session: Session, actor: Actor, body: MonthClose) -> ClosedMonth:
    """Settle a month that is over; whoever writes hours of it at this moment is waited for."""
    sponsor_id = access.sponsor_for(actor, body.sponsor_id)
    month = body.first_day
    following = months_later(month, 1)
    if following > today():
        raise MonthNotOver(month=_shown(month), day=f"{following:%d.%m.%Y}")
    _alone(session, sponsor_id)
    waiting = _waiting(session, sponsor_id, month)
    if any(waiting.values()) and not body.despite_open:
        raise HoursWait(month=_shown(month), **waiting)
    closed = _insert(session, actor, sponsor_id, month)
    details: dict[str, Any] = {"month": f"{month:%Y-%m}", **waiting}
    audit.record(session, actor.account_id, "month.close", closed, **details)
    session.flush()
    return closed


def _waiting(session: Session, sponsor_id: UUID, month: date) -> dict[str, int]:
    """How much of a month is not settled, by what it is."""
    since, until = midnight(month), midnight(months_later(month, 1))
    there = (
        col(Assignment.sponsor_id) == sponsor_id,
        col(Assignment.starts_at) >= since,
        col(Assignment.starts_at) < until,
    )
    records = (
        select(func.count())
        .select_from(ServiceRecord)
        .join(Assignment, col(Assignment.id) == col(ServiceRecord.assignment_id))
        .where(*there, col(ServiceRecord.state).in_(WAITING))
    )
    unreported = (
        select(func.count())
        .select_from(Assignment)
        .where(*there, or_(col(Assignment.state) == AssignmentState.BOOKED, _missed()))
    )
    activities = select(func.count()).where(
        col(Activity.sponsor_id) == sponsor_id,
        col(Activity.started_at) >= since,
        col(Activity.started_at) < until,
        col(Activity.state) == ActivityState.REPORTED,
    )
    counted = {"records": records, "activities": activities, "unreported": unreported}
    return {name: session.exec(query).one() for name, query in counted.items()}


def _missed() -> ColumnElement[bool]:
    """Who went, and whose client did not come, may still have to report it."""
    record = select(ServiceRecord.id).where(col(ServiceRecord.assignment_id) == col(Assignment.id))
    return and_(col(Assignment.state) == AssignmentState.CLIENT_NO_SHOW, ~record.exists())


def _insert(session: Session, actor: Actor, sponsor_id: UUID, month: date) -> ClosedMonth:
    closed = ClosedMonth(sponsor_id=sponsor_id, month=month, closed_by=actor.account_id)
    session.add(closed)
    try:
        session.flush()
    except IntegrityError as error:
        if "closed_month" in db.constraint_of(error):
            raise AlreadyClosed(month=_shown(month)) from error
        raise
    return closed


def reopen(session: Session, actor: Actor, closed: ClosedMonth, body: Reopen) -> None:
    """Let hours of the month be changed again."""
    freetext.require_plain(body.reason)
    done = session.exec(
        update(ClosedMonth)
        .where(col(ClosedMonth.id) == closed.id, col(ClosedMonth.reopened_at).is_(None))
        .values(
            reopened_at=now(),
            reopened_by=actor.account_id,
            reason=body.reason,
            updated_at=now(),
        )
    )
    session.refresh(closed)
    if done.rowcount != 1:
        raise NotClosed(month=_shown(closed.month))
    audit.record(
        session,
        actor.account_id,
        "month.reopen",
        closed,
        reason=audit.stated(body.reason),
        month=f"{closed.month:%Y-%m}",
    )
    session.flush()


def filtered(actor: Actor, *, month: date | None) -> SelectOfScalar[ClosedMonth]:
    """The months that were closed at the actor's sponsors, also those opened again."""
    query = access.visible_closed_months(actor)
    return query.where(col(ClosedMonth.month) == month) if month else query


def read(actor: Actor, closed: ClosedMonth) -> ClosedMonthRead:
    """A closed month as the actor reads it."""
    members = closed.model_dump(include=set(ClosedMonthRead.model_fields) - {"month"})
    whole = ClosedMonthRead(**members, month=f"{closed.month:%Y-%m}", closed_at=closed.created_at)
    return fields.for_auditor(whole) if actor.audits(closed.sponsor_id) else whole
