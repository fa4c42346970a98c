"""What the books and the calendar say about a grant: each question in one statement."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Uuid,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    union_all,
)
from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.clock import midnight
from app.tables import (
    HOURS_STAND,
    TIME_TAKEN,
    Activity,
    Assignment,
    Claim,
    ClaimLine,
    ClaimState,
    Course,
    CourseParticipant,
    CourseState,
    Enrolment,
    Fundable,
    GrantNotice,
    GrantPurpose,
    LedgerEntry,
    LedgerKind,
    Request,
    RequestOption,
    RequestState,
    Seat,
    SeatState,
    ServiceRecord,
    Volunteer,
    taken_in,
)

ROLES = {GrantPurpose.GUIDES: "guide", GrantPurpose.INTERPRETERS: "interpreter"}
"""Whose allowance a grant pays; the other purposes pay none."""
CLAIMED = (LedgerKind.APPROVED, LedgerKind.WAIVED)
"""What holds hours; a line that is waived is not approved any more."""
WAITING = (
    RequestState.SUBMITTED,
    RequestState.NEEDS_INFO,
    RequestState.OPEN,
    RequestState.BOOKED,
)
"""States of a request whose open seats somebody may still take."""


def _entries(
    notice: GrantNotice, first_day: date, last_day: date, as_of: datetime | None
) -> list[ColumnElement[bool]]:
    """The lines of the books for a grant's sponsor and role."""
    found = [
        col(LedgerEntry.sponsor_id) == notice.sponsor_id,
        col(LedgerEntry.role) == ROLES[GrantPurpose(notice.purpose)],
        col(LedgerEntry.day) >= first_day,
        col(LedgerEntry.day) <= last_day,
    ]
    return found if as_of is None else [*found, col(LedgerEntry.recorded_at) <= as_of]


def _cents(kind: LedgerKind) -> ColumnElement[int]:
    amount = case((col(LedgerEntry.kind) == kind, col(LedgerEntry.amount_cents)), else_=0)
    return func.sum(amount)


def money(session: Session, notice: GrantNotice, as_of: datetime | None) -> Sequence[Any]:
    """By day: what is paid, and what is approved and not paid yet.

    Who gives up her money has it booked back first: it is neither.
    """
    day, paid = col(LedgerEntry.day), _cents(LedgerKind.PAID)
    approved = _cents(LedgerKind.APPROVED) - paid
    query = (
        sql_select(day, paid.label("paid"), approved.label("approved"))
        .where(
            *_entries(notice, notice.starts_on, notice.ends_on, as_of),
            col(LedgerEntry.kind).in_((LedgerKind.APPROVED, LedgerKind.PAID)),
            col(LedgerEntry.funding_line) == notice.funding_line,
        )
        .group_by(day)
        .order_by(day)
    )
    return session.execute(query).all()


def unclaimed(session: Session, notice: GrantNotice, as_of: datetime | None) -> Sequence[Any]:
    """Hours that stand and that no approved or waived claim holds: alike ones in one row.

    A line of a claim and the hours it is about are alike in person, day, detail and length.
    """
    keys: list[Any] = [
        col(LedgerEntry.volunteer_id),
        col(LedgerEntry.day),
        col(LedgerEntry.detail),
        func.abs(col(LedgerEntry.minutes)).label("length"),
    ]
    quantity, is_work = col(LedgerEntry.quantity), col(LedgerEntry.kind) == LedgerKind.WORK
    left = func.sum(case((is_work, quantity), else_=-quantity))
    unpaid = select(Activity.id).where(
        col(Activity.sponsor_id) == notice.sponsor_id, col(Activity.fundable) == Fundable.NO
    )
    query = (
        sql_select(*keys, left.label("quantity"))
        .where(
            *_entries(notice, notice.starts_on, notice.ends_on, as_of),
            col(LedgerEntry.kind).in_((LedgerKind.WORK, *CLAIMED)),
            col(LedgerEntry.minutes) != 0,
            col(LedgerEntry.subject_id).not_in(unpaid),
            col(LedgerEntry.subject_id).not_in(_turned_down(notice, as_of)),
        )
        .group_by(*keys)
        .having(left > 0)
        .order_by(*keys)
    )
    return session.execute(query).all()


def _turned_down(notice: GrantNotice, as_of: datetime | None) -> Any:
    """Hours whose claim was rejected, and that no other claim holds: they are not paid.

    Of a moment: the claims that were there then. A rejected one does not change any more.
    """
    done = func.coalesce(col(ClaimLine.service_record_id), col(ClaimLine.activity_id))
    is_rejected, known = col(Claim.state) == ClaimState.REJECTED, []
    if as_of is not None:
        is_rejected = and_(is_rejected, col(Claim.updated_at) <= as_of)
        known = [col(Claim.created_at) <= as_of]
    return (
        sql_select(done)
        .join(Claim, col(Claim.id) == col(ClaimLine.claim_id))
        .where(
            col(Claim.sponsor_id) == notice.sponsor_id,
            col(Claim.month) >= date(notice.year, 1, 1),
            col(Claim.month) <= date(notice.year, 12, 1),
            done.is_not(None),
            *known,
        )
        .group_by(done)
        .having(func.sum(case((is_rejected, 0), else_=1)) == 0)
    )


def people(session: Session, notice: GrantNotice, as_of: datetime | None) -> Sequence[Any]:
    """Everybody of the pool, with the paid minutes of the claims of the year, by rate plan.

    What somebody gave up is not paid, and takes nothing from a year cap.
    """
    whose, plan = col(LedgerEntry.volunteer_id), col(LedgerEntry.plan_key)
    used = (
        sql_select(whose, plan, func.sum(col(LedgerEntry.paid_minutes)).label("minutes"))
        .where(
            *_entries(notice, date(notice.year, 1, 1), date(notice.year, 12, 31), as_of),
            col(LedgerEntry.kind) == LedgerKind.APPROVED,
            col(LedgerEntry.funding_line) == notice.funding_line,
        )
        .group_by(whose, plan)
        .subquery()
    )
    query = (
        sql_select(
            col(Enrolment.volunteer_id), col(Enrolment.coordinating), col(Enrolment.state),
            col(Enrolment.roles), col(Volunteer.given_name), col(Volunteer.surname),
            used.c.plan_key, used.c.minutes,
        )
        .join(Volunteer, col(Volunteer.id) == col(Enrolment.volunteer_id))
        .outerjoin(used, used.c.volunteer_id == col(Enrolment.volunteer_id))
        .where(col(Enrolment.sponsor_id) == notice.sponsor_id, taken_in())
        .order_by(col(Volunteer.surname), col(Volunteer.given_name), col(Volunteer.id))
    )  # fmt: skip
    return session.execute(query).all()


def ahead(session: Session, notice: GrantNotice, today: date) -> Sequence[Any]:
    """Bookings whose hours do not stand yet, and from today on the seats nobody is booked on."""
    role = ROLES[GrantPurpose(notice.purpose)]
    query = union_all(_booked(notice, role), _asked_for(notice, role, max(today, notice.starts_on)))
    return session.execute(query).all()


def _booked(notice: GrantNotice, role: str) -> Any:
    stands = and_(col(ServiceRecord.id).is_not(None), col(ServiceRecord.state).in_(HOURS_STAND))
    columns: list[Any] = [
        col(Seat.id).label("seat_id"), col(Assignment.volunteer_id).label("volunteer_id"),
        col(Assignment.starts_at).label("starts_at"), col(Assignment.ends_at).label("ends_at"),
        col(Request.institution_id).label("institution_id"), col(Request.kind).label("kind"),
        col(Request.client_case_id).label("client_case_id"),
        func.coalesce(col(ServiceRecord.outcome), col(Assignment.state)).label("outcome"),
        col(ServiceRecord.minutes).label("minutes"),
    ]  # fmt: skip
    return (
        sql_select(*columns)
        .join(Seat, col(Seat.id) == col(Assignment.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .outerjoin(ServiceRecord, col(ServiceRecord.assignment_id) == col(Assignment.id))
        .where(
            col(Assignment.sponsor_id) == notice.sponsor_id,
            col(Assignment.role) == role,
            col(Assignment.starts_at) >= midnight(notice.starts_on),
            col(Assignment.starts_at) < midnight(notice.ends_on + timedelta(days=1)),
            or_(col(Assignment.state).in_(TIME_TAKEN), col(ServiceRecord.id).is_not(None)),
            ~stands,
        )
    )


def _asked_for(notice: GrantNotice, role: str, first_day: date) -> Any:
    """Of a request with several times the chosen one, else the first."""
    columns: list[Any] = [
        col(Seat.id), cast(null(), Uuid()),
        col(RequestOption.starts_at), col(RequestOption.ends_at),
        col(Request.institution_id), col(Request.kind), col(Request.client_case_id),
        literal("performed"), col(RequestOption.duration_minutes),
    ]  # fmt: skip
    other = aliased(RequestOption)
    chosen = exists().where(col(other.request_id) == col(Request.id), col(other.chosen))
    return (
        sql_select(*columns)
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(RequestOption, col(RequestOption.request_id) == col(Request.id))
        .where(
            col(Seat.sponsor_id) == notice.sponsor_id,
            col(Seat.role) == role,
            col(Seat.state) == SeatState.OPEN,
            col(Request.state).in_(WAITING),
            col(RequestOption.day) >= first_day,
            col(RequestOption.day) <= notice.ends_on,
            or_(col(RequestOption.chosen), ~chosen & (col(RequestOption.position) == 0)),
        )
    )


def taught(session: Session, notice: GrantNotice, as_of: datetime | None) -> Sequence[Any]:
    """Who has taken part in full in the courses that were held: by day, kind and units."""
    keys = [col(LedgerEntry.day), col(LedgerEntry.detail), func.abs(col(LedgerEntry.units))]
    query = sql_select(*keys, func.sum(col(LedgerEntry.quantity))).where(
        col(LedgerEntry.sponsor_id) == notice.sponsor_id,
        col(LedgerEntry.kind) == LedgerKind.COURSE,
        col(LedgerEntry.day) >= notice.starts_on,
        col(LedgerEntry.day) <= notice.ends_on,
    )
    if as_of is not None:
        query = query.where(col(LedgerEntry.recorded_at) <= as_of)
    return session.execute(query.group_by(*keys).order_by(*keys)).all()


def to_teach(session: Session, notice: GrantNotice) -> Sequence[Any]:
    """Courses that are planned, with how many are registered."""
    keys: list[Any] = [col(Course.ends_on), col(Course.kind), col(Course.units)]
    query = (
        sql_select(*keys, func.count(col(CourseParticipant.id)))
        .join(CourseParticipant, col(CourseParticipant.course_id) == col(Course.id))
        .where(
            col(Course.sponsor_id) == notice.sponsor_id,
            col(Course.state) == CourseState.PLANNED,
            col(Course.ends_on) >= notice.starts_on,
            col(Course.ends_on) <= notice.ends_on,
        )
        .group_by(col(Course.id), *keys)
        .order_by(*keys, col(Course.id))
    )
    return session.execute(query).all()
