"""What of a month can be paid: confirmed appointments, and hours without one."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, and_, col, select

from allowance import RatePlan, Work
from allowance.grants import months_later
from app import rate_plans
from app.clock import local_day, midnight
from app.rate_plans import Book, PlanMissing
from app.tables import (
    HOURS_STAND,
    Activity,
    ActivityState,
    Assignment,
    Claim,
    ClaimLine,
    ClaimState,
    Fundable,
    Request,
    Seat,
    ServiceRecord,
    is_group_event,
)


@dataclass(frozen=True)
class Payable:
    """Confirmed work with the plan that pays it, and the claim in which it counts, if any."""

    volunteer_id: UUID
    record_id: UUID | None
    activity_id: UUID | None
    work: Work
    plan: RatePlan
    claim_id: UUID | None

    @property
    def key(self) -> tuple[UUID, str]:
        """Which claim of the month it belongs to: volunteer and funding line."""
        return self.volunteer_id, self.plan.funding_line

    @property
    def about(self) -> UUID | None:
        """The record or the activity."""
        return self.record_id or self.activity_id


@dataclass(frozen=True)
class Found:
    """What of a month can be paid, and whom no rate plan pays on one of her days."""

    payable: list[Payable]
    missing: dict[UUID, PlanMissing]


def payable(
    session: Session, book: Book, sponsor_id: UUID, month: date, volunteer_id: UUID | None
) -> Found:
    """What was done in the month and can be paid: appointments, then activities, by id.

    An appointment belongs to the month for which it was booked, an activity to that of its start.
    Of whom a day has no rate plan nothing is paid: what she gets for the others may hang on it.
    """
    coordinators = rate_plans.coordinators(session, sponsor_id)
    missing: dict[UUID, PlanMissing] = {}

    def plan(who: UUID, role: str, day: date) -> RatePlan | None:
        try:
            return book.plan_for(role, day, coordinating=coordinators.on(who, day))
        except PlanMissing as error:
            missing.setdefault(who, error)
            return None

    found = []
    for record, assignment, request, claim_id in session.exec(
        _records(sponsor_id, month, volunteer_id)
    ).all():
        pays = plan(record.volunteer_id, assignment.role, local_day(assignment.starts_at))
        if pays is None:
            continue
        work = work_of_record(record, assignment, request, pays)
        found.append(Payable(record.volunteer_id, record.id, None, work, pays, claim_id))
    activities = _activities(sponsor_id, month, volunteer_id, Fundable.YES)
    for activity, claim_id in session.exec(activities).all():
        pays = plan(activity.volunteer_id, activity.role, local_day(activity.started_at))
        if pays is None:
            continue
        work = work_of_activity(activity, pays)
        found.append(Payable(activity.volunteer_id, None, activity.id, work, pays, claim_id))
    return Found([one for one in found if one.volunteer_id not in missing], missing)


def _records(sponsor_id: UUID, month: date, volunteer_id: UUID | None) -> Any:
    """Records that stand; what was resolved to no minutes did not happen."""
    counted = and_(col(ClaimLine.service_record_id) == col(ServiceRecord.id), col(ClaimLine.counts))
    query = (
        select(ServiceRecord, Assignment, Request, col(ClaimLine.claim_id))
        .join(Assignment, col(Assignment.id) == col(ServiceRecord.assignment_id))
        .join(Seat, col(Seat.id) == col(Assignment.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .outerjoin(ClaimLine, counted)
        .where(
            col(ServiceRecord.sponsor_id) == sponsor_id,
            col(ServiceRecord.state).in_(HOURS_STAND),
            col(ServiceRecord.minutes) > 0,
            col(Assignment.starts_at) >= midnight(month),
            col(Assignment.starts_at) < midnight(months_later(month, 1)),
        )
        .order_by(col(ServiceRecord.id))
    )
    if volunteer_id is not None:
        query = query.where(col(ServiceRecord.volunteer_id) == volunteer_id)
    return query


def _activities(
    sponsor_id: UUID, month: date, volunteer_id: UUID | None, fundable: Fundable
) -> Any:
    """Confirmed activities of the month."""
    counted = and_(col(ClaimLine.activity_id) == col(Activity.id), col(ClaimLine.counts))
    query = (
        select(Activity, col(ClaimLine.claim_id))
        .outerjoin(ClaimLine, counted)
        .where(
            col(Activity.sponsor_id) == sponsor_id,
            col(Activity.state) == ActivityState.CONFIRMED,
            col(Activity.fundable) == fundable,
            col(Activity.started_at) >= midnight(month),
            col(Activity.started_at) < midnight(months_later(month, 1)),
        )
        .order_by(col(Activity.id))
    )
    if volunteer_id is not None:
        query = query.where(col(Activity.volunteer_id) == volunteer_id)
    return query


def undecided(
    session: Session, sponsor_id: UUID, month: date, volunteer_id: UUID | None
) -> list[Activity]:
    """Activities of which nobody has said yet whether they are fundable: they are not paid."""
    query = _activities(sponsor_id, month, volunteer_id, Fundable.UNKNOWN)
    return [activity for activity, _ in session.exec(query).all()]


def rejected(session: Session, sponsor_id: UUID, month: date) -> frozenset[UUID]:
    """Records and activities of the month whose claim was turned down."""
    query = (
        select(ClaimLine.service_record_id, ClaimLine.activity_id)
        .join(Claim, col(Claim.id) == col(ClaimLine.claim_id))
        .where(
            col(Claim.sponsor_id) == sponsor_id,
            col(Claim.month) == month,
            col(Claim.state) == ClaimState.REJECTED,
        )
    )
    return frozenset(one for row in session.exec(query).all() for one in row if one)


def work_of_record(
    record: ServiceRecord, assignment: Assignment, request: Request, plan: RatePlan
) -> Work:
    """An appointment as the rules of pay see it."""
    return Work(
        record_id=str(record.id),
        role=assignment.role,
        start=record.started_at,
        end=record.ended_at,
        minutes=record.minutes,
        day=local_day(assignment.starts_at),
        client_case=str(request.client_case_id) if request.client_case_id else None,
        institution=str(request.institution_id),
        outcome=record.outcome,
        group=is_group_event(request.kind, request.client_case_id),
        pay_rule=plan.key,
        kilometres=record.kilometres,
    )


def work_of_activity(activity: Activity, plan: RatePlan) -> Work:
    """An activity as the rules of pay see it: where each assignment is paid, it is none."""
    fundable = Fundable.NO if plan.unit == "assignment" else activity.fundable
    return Work(
        record_id=str(activity.id),
        role=activity.role,
        start=activity.started_at,
        end=activity.ended_at,
        minutes=activity.minutes,
        day=local_day(activity.started_at),
        pay_rule=plan.key,
        kilometres=activity.kilometres,
        fundable=fundable,
    )
