"""Which records of a month can be paid, and what the grant year has used before."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, func, or_, select

from allowance import RatePlan, Used, Work
from allowance.grants import months_later
from allowance.pay import is_paid
from app.clock import local_day, midnight
from app.payouts import plans
from app.payouts.plans import Choices
from app.tables import (
    HOURS_STAND,
    Assignment,
    Claim,
    ClaimLine,
    ClaimState,
    Enrolment,
    Request,
    Seat,
    ServiceRecord,
)


@dataclass(frozen=True)
class Payable:
    """A confirmed record with the plan that pays it, and the claim it is in, if any."""

    volunteer_id: UUID
    record_id: UUID
    work: Work
    plan: RatePlan
    claim_id: UUID | None

    @property
    def key(self) -> tuple[UUID, str]:
        """Which claim of the month it belongs to: volunteer and funding line."""
        return self.volunteer_id, self.plan.funding_line


def _coordinating(session: Session, sponsor_id: UUID) -> frozenset[UUID]:
    query = select(Enrolment.volunteer_id).where(
        col(Enrolment.sponsor_id) == sponsor_id, col(Enrolment.coordinating)
    )
    return frozenset(session.exec(query).all())


def payable(
    session: Session, sponsor_id: UUID, month: date, volunteer_id: UUID | None
) -> list[Payable]:
    """Confirmed and resolved records whose assignment was in the month, in order of id."""
    query = (
        select(ServiceRecord, Assignment, Request, col(ClaimLine.claim_id))
        .join(Assignment, col(Assignment.id) == col(ServiceRecord.assignment_id))
        .join(Seat, col(Seat.id) == col(Assignment.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .outerjoin(ClaimLine, col(ClaimLine.service_record_id) == col(ServiceRecord.id))
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
    chosen = plans.choices(session, sponsor_id)
    coordinating = _coordinating(session, sponsor_id)
    return [
        _payable(row[0], row[1], row[2], claim_id=row[3], plan=_plan(chosen, row[1], coordinating))
        for row in session.exec(query).all()
    ]


def _plan(chosen: Choices, assignment: Assignment, coordinating: frozenset[UUID]) -> RatePlan:
    return chosen.plan_for(
        assignment.role,
        local_day(assignment.starts_at),
        coordinating=assignment.volunteer_id in coordinating,
    )


def _payable(
    record: ServiceRecord,
    assignment: Assignment,
    request: Request,
    *,
    claim_id: UUID | None,
    plan: RatePlan,
) -> Payable:
    case = str(request.client_case_id) if request.client_case_id else None
    work = Work(
        record_id=str(record.id),
        role=assignment.role,
        start=record.started_at,
        end=record.ended_at,
        minutes=record.minutes,
        day=local_day(assignment.starts_at),
        client_case=case,
        institution=str(request.institution_id),
        outcome=record.outcome,
        group=_is_group(request),
        pay_rule=plan.key,
    )
    return Payable(record.volunteer_id, record.id, work, plan, claim_id)


def _is_group(request: Request) -> bool:
    """A parents' day or evening; several people for one client are no group event."""
    return request.kind == "parents_day" or (
        request.kind == "team" and request.client_case_id is None
    )


@dataclass
class YearUse:
    """What the claims of a grant year have used, by volunteer or client and funding line."""

    minutes: dict[tuple[UUID, str], int] = field(default_factory=lambda: defaultdict(int))
    clients: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    dealt: dict[tuple[UUID, str], dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    """By claim: how many assignments of each client others may be paid for."""

    def deal(self, found: Iterable[Payable]) -> None:
        """Share out what is left of each client's cap: the earlier appointment is paid first."""
        for one in sorted(found, key=lambda one: (one.work.start, one.work.record_id)):
            client, cap = one.work.client_case, one.plan.per_client_cap
            if client is None or cap is None or not _counts(one):
                continue
            others = self.dealt[one.key]
            others.setdefault(client, cap)
            if self.clients[client, one.plan.funding_line] < cap:
                self.clients[client, one.plan.funding_line] += 1
                others[client] -= 1

    def before(self, volunteer_id: UUID, funding_line: str) -> Used:
        """What is used up when this volunteer's claim is built."""
        key = (volunteer_id, funding_line)
        return Used(self.minutes[key], self.dealt[key])


def _counts(one: Payable) -> bool:
    """Whether it is paid at all, and not as one of several people at one event."""
    once = one.work.group and one.plan.group == "once"
    return not once and is_paid(one.plan, one.work)


def year_use(
    session: Session, sponsor_id: UUID, year: int, volunteer_ids: Collection[UUID]
) -> YearUse:
    """What the other claims of the year have used.

    All of them count, later months too: whatever the order in which months are claimed, a cap is
    never paid twice.
    """
    use = YearUse()
    in_year = and_(
        col(ClaimLine.sponsor_id) == sponsor_id,
        col(ClaimLine.day) >= date(year, 1, 1),
        col(ClaimLine.day) <= date(year, 12, 31),
        col(Claim.state) != ClaimState.REJECTED,
    )
    _add_minutes(session, use, in_year, volunteer_ids)
    _add_clients(session, use, in_year)
    return use


def _add_minutes(
    session: Session,
    use: YearUse,
    in_year: ColumnElement[bool],
    volunteer_ids: Collection[UUID],
) -> None:
    """Paid minutes under plans with a year cap."""
    query = (
        select(
            col(Claim.volunteer_id), col(ClaimLine.plan_key), func.sum(col(ClaimLine.paid_minutes))
        )
        .join(ClaimLine, col(ClaimLine.claim_id) == col(Claim.id))
        .where(in_year, col(Claim.volunteer_id).in_(volunteer_ids))
        .group_by(col(Claim.volunteer_id), col(ClaimLine.plan_key))
    )
    for volunteer_id, key, minutes in session.exec(query).all():
        plan = plans.of_key(key)
        if plan is not None and plan.year_cap_minutes is not None:
            use.minutes[volunteer_id, plan.funding_line] += int(minutes)


def _add_clients(session: Session, use: YearUse, in_year: ColumnElement[bool]) -> None:
    """Paid assignments of each client: the cap is the client's, whoever interprets."""
    query = (
        select(col(Request.client_case_id), col(ClaimLine.plan_key), func.count())
        .join(Seat, col(Seat.request_id) == col(Request.id))
        .join(Assignment, col(Assignment.seat_id) == col(Seat.id))
        .join(ServiceRecord, col(ServiceRecord.assignment_id) == col(Assignment.id))
        .join(ClaimLine, col(ClaimLine.service_record_id) == col(ServiceRecord.id))
        .join(Claim, col(Claim.id) == col(ClaimLine.claim_id))
        .where(
            in_year,
            col(Request.client_case_id).is_not(None),
            col(ClaimLine.reason_code) != "group_event",
            or_(col(ClaimLine.paid_minutes) > 0, col(ClaimLine.amount_cents) > 0),
        )
        .group_by(col(Request.client_case_id), col(ClaimLine.plan_key))
    )
    for client, key, count in session.exec(query).all():
        plan = plans.of_key(key)
        if plan is not None and plan.per_client_cap is not None:
            use.clients[str(client), plan.funding_line] += int(count)
