"""The books: every line is written once, and booked back where it was wrong.

Reports read nothing else of what lies in the past: what was recorded by a day stays what it was.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, insert
from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from app.clock import local_day, now
from app.tables import (
    Activity,
    Assignment,
    Claim,
    ClaimLine,
    Course,
    CourseParticipant,
    Institution,
    LedgerEntry,
    LedgerKind,
    Request,
    Seat,
    ServiceRecord,
    new_id,
)

AMOUNTS = ("quantity", "minutes", "paid_minutes", "units", "amount_cents", "travel_cents")
"""What is taken back with the opposite sign."""
_KEPT = (
    "sponsor_id", "kind", "day", "paid_on", "volunteer_id", "subject_type", "subject_id",
    "claim_id", "payment_id", "role", "funding_line", "plan_key", "language", "region_ags",
    "institution_kind", "detail",
)  # fmt: skip
"""What a line and the one that takes it back have in common."""


def write(session: Session, rows: Iterable[dict[str, Any]]) -> int:
    """Write lines, in as few statements as one; how many."""
    moment = now()
    every = _blank() | {"created_at": moment, "updated_at": moment, "recorded_at": moment}
    made = [{**every, **row, "id": new_id()} for row in rows]
    if made:
        session.flush()
        # Into the table itself: lines are many, and nobody holds them as objects.
        table = LedgerEntry.__table__  # type: ignore[attr-defined]
        session.connection().execute(insert(table), made)
    return len(made)


def _blank() -> dict[str, Any]:
    return {
        "paid_on": None, "volunteer_id": None, "claim_id": None, "payment_id": None,
        "reverses_id": None, "role": "", "funding_line": "", "plan_key": "", "language": "",
        "region_ags": "", "institution_kind": "", "detail": "", "quantity": 1, "minutes": 0,
        "paid_minutes": 0, "units": 0, "amount_cents": 0, "travel_cents": 0,
    }  # fmt: skip


def work_of_records(session: Session, *which: ColumnElement[bool]) -> int:
    """Book the hours of service records that have begun to count; no minutes are no appointment."""
    query = (
        sql_select(ServiceRecord, Assignment, col(Seat.language))
        .add_columns(col(Institution.region_ags), col(Institution.kind))
        .join(Assignment, col(Assignment.id) == col(ServiceRecord.assignment_id))
        .join(Seat, col(Seat.id) == col(Assignment.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .where(*which)
        .order_by(col(ServiceRecord.id))
    )
    session.flush()
    return write(
        session,
        (
            {
                "sponsor_id": record.sponsor_id,
                "kind": LedgerKind.WORK,
                "day": local_day(assignment.starts_at),
                "volunteer_id": record.volunteer_id,
                "subject_type": "service_record",
                "subject_id": record.id,
                "role": assignment.role,
                "language": language or "",
                "region_ags": region or "",
                "institution_kind": kind,
                "detail": record.outcome,
                "quantity": min(record.minutes, 1),
                "minutes": record.minutes,
            }
            for record, assignment, language, region, kind in session.execute(query).all()
        ),
    )


def work_of_activity(session: Session, activity: Activity) -> None:
    """Book hours without an appointment, once the office has confirmed them."""
    row = {
        "sponsor_id": activity.sponsor_id,
        "kind": LedgerKind.WORK,
        "day": local_day(activity.started_at),
        "volunteer_id": activity.volunteer_id,
        "subject_type": "activity",
        "subject_id": activity.id,
        "role": activity.role,
        "detail": activity.kind,
        "minutes": activity.minutes,
    }
    write(session, [row])


def unfilled(session: Session, seats: Sequence[tuple[Seat, Institution, date]], why: str) -> None:
    """Book seats that nobody could take."""
    write(
        session,
        (
            {
                "sponsor_id": seat.sponsor_id,
                "kind": LedgerKind.UNFILLED,
                "day": day,
                "subject_type": "seat",
                "subject_id": seat.id,
                "role": seat.role,
                "language": seat.language or "",
                "region_ags": place.region_ags or "",
                "institution_kind": place.kind,
                "detail": why,
            }
            for seat, place, day in seats
        ),
    )


def attended(session: Session, course: Course, participants: Sequence[CourseParticipant]) -> None:
    """Book who has taken part in a course."""
    write(
        session,
        (
            {
                "sponsor_id": course.sponsor_id,
                "kind": LedgerKind.COURSE,
                "day": course.ends_on,
                "volunteer_id": one.volunteer_id,
                "subject_type": "course_participant",
                "subject_id": one.id,
                "detail": course.kind,
                "units": one.units,
            }
            for one in participants
        ),
    )


def lines(
    session: Session,
    kind: LedgerKind,
    *which: ColumnElement[bool],
    paid_on: date | None = None,
    payments: dict[UUID, UUID] | None = None,
) -> int:
    """Book every line of claims; `payments` says by claim which transfer it belongs to."""
    of_claim = payments or {}
    every = {"kind": kind, "paid_on": paid_on, "subject_type": "claim_line"}
    session.flush()
    return write(
        session,
        (
            {**every, **one, "payment_id": of_claim.get(one["claim_id"])}
            for one in session.execute(_lines(*which)).mappings()
        ),
    )


_OF_LINE = (
    "sponsor_id", "day", "volunteer_id", "claim_id", "plan_key",
    "minutes", "paid_minutes", "amount_cents", "travel_cents",
)  # fmt: skip
"""What is booked of a line as it is."""


def _lines(*which: ColumnElement[bool]) -> Any:
    """Claim lines under the names that they bear in the books."""
    first = func.coalesce
    return (
        sql_select(
            col(ClaimLine.id).label("subject_id"),
            *(col(getattr(ClaimLine, name)) for name in _OF_LINE),
            col(Claim.funding_line),
            first(col(Assignment.role), col(Activity.role), "").label("role"),
            first(col(Seat.language), "").label("language"),
            first(col(Institution.region_ags), "").label("region_ags"),
            first(col(Institution.kind), "").label("institution_kind"),
            first(col(ServiceRecord.outcome), col(Activity.kind), "").label("detail"),
            _quantity().label("quantity"),
        )
        .join(Claim, col(Claim.id) == col(ClaimLine.claim_id))
        .outerjoin(ServiceRecord, col(ServiceRecord.id) == col(ClaimLine.service_record_id))
        .outerjoin(Assignment, col(Assignment.id) == col(ServiceRecord.assignment_id))
        .outerjoin(Seat, col(Seat.id) == col(Assignment.seat_id))
        .outerjoin(Request, col(Request.id) == col(Seat.request_id))
        .outerjoin(Institution, col(Institution.id) == col(Request.institution_id))
        .outerjoin(Activity, col(Activity.id) == col(ClaimLine.activity_id))
        .where(*which)
        .order_by(col(ClaimLine.id))
    )


def _quantity() -> Any:
    """1, -1 where something is taken back, 0 where nothing was."""
    minutes, cents = col(ClaimLine.minutes), col(ClaimLine.amount_cents)
    amount = case((minutes != 0, minutes), else_=cents)
    return case((amount > 0, 1), (amount < 0, -1), else_=0)


def back(session: Session, *which: ColumnElement[bool]) -> int:
    """Take back lines that have not been taken back.

    Each in the year of its own days: money that came back was never received, and taxed in no year.
    """
    taken = sql_select(col(LedgerEntry.reverses_id)).where(
        col(LedgerEntry.reverses_id).is_not(None)
    )
    session.flush()
    query = (
        sql_select(LedgerEntry)
        .where(*which, col(LedgerEntry.reverses_id).is_(None), col(LedgerEntry.id).not_in(taken))
        .order_by(col(LedgerEntry.id))
    )
    found = session.scalars(query).all()
    return write(
        session,
        (
            {name: getattr(one, name) for name in _KEPT}
            | {name: -getattr(one, name) for name in AMOUNTS}
            | {"reverses_id": one.id}
            for one in found
        ),
    )


def sums(
    session: Session,
    *which: ColumnElement[bool],
    by: Sequence[str | ColumnElement[Any]] = (),
    as_of: datetime | None = None,
) -> list[Any]:
    """Sums of the amounts of lines, grouped by members of a line; as they stood at a moment."""
    groups = [col(getattr(LedgerEntry, one)) if isinstance(one, str) else one for one in by]
    totals = [
        func.coalesce(func.sum(col(getattr(LedgerEntry, name))), 0).label(name) for name in AMOUNTS
    ]
    query = sql_select(*groups, *totals).where(*which)
    if as_of is not None:
        query = query.where(col(LedgerEntry.recorded_at) <= as_of)
    return list(session.execute(query.group_by(*groups).order_by(*groups)).all())
