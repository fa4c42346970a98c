"""What the grant year has used before, and how the cap of a client is shared out."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, func, or_, select

from allowance import Used
from allowance.pay import is_paid
from app import rate_plans
from app.payouts.works import Payable
from app.rate_plans import Book
from app.tables import Assignment, Claim, ClaimLine, ClaimState, Request, Seat, ServiceRecord

UNUSED = (ClaimState.REJECTED, ClaimState.WAIVED)
"""Claims on which nothing is spent."""


@dataclass
class YearUse:
    """What the claims of a grant year have used, by volunteer or client and funding line."""

    minutes: dict[tuple[UUID, str], int] = field(default_factory=lambda: defaultdict(int))
    clients: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    caps: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    """Of each client the highest cap by which other claims were worked out."""
    granted: dict[str, int] = field(default_factory=dict)
    """By client how many assignments beyond the cap were granted on application."""
    beyond: set[str] = field(default_factory=set)
    """Records of the month that find nothing left of their client's cap."""

    def deal(self, found: Iterable[Payable]) -> None:
        """Share out what is left of each client's cap: the earlier appointment is paid first."""
        for one in sorted(found, key=lambda one: (one.work.start, one.work.record_id)):
            client, cap = one.work.client_case, one.plan.per_client_cap
            if client is None or cap is None or not _counts(one):
                continue
            if self.clients[client, one.plan.funding_line] < cap + self.granted.get(client, 0):
                self.clients[client, one.plan.funding_line] += 1
            else:
                self.beyond.add(one.work.record_id)

    def before(self, volunteer_id: UUID, funding_line: str) -> Used:
        """What is used up when this volunteer's claim is built."""
        minutes = self.minutes[volunteer_id, funding_line]
        return Used(minutes, granted=self.granted, beyond=self.beyond)


def _counts(one: Payable) -> bool:
    """Whether it is paid at all, and not as one of several people at one event."""
    once = one.work.group and one.plan.group == "once"
    return not once and is_paid(one.plan, one.work)


def year_use(
    session: Session, book: Book, sponsor_id: UUID, year: int, volunteer_ids: Collection[UUID]
) -> YearUse:
    """What the other claims of the year have used.

    All of them count, later months too: whatever the order in which months are claimed, a cap is
    never paid twice. Nothing is used by what was rejected, waived or taken back.
    """
    use = YearUse(granted=rate_plans.extra_assignments(session, sponsor_id, year))
    in_year = and_(
        col(ClaimLine.sponsor_id) == sponsor_id,
        col(ClaimLine.day) >= date(year, 1, 1),
        col(ClaimLine.day) <= date(year, 12, 31),
        col(ClaimLine.counts),
        col(Claim.state).not_in(UNUSED),
    )
    _add_minutes(session, book, use, in_year, volunteer_ids)
    _add_clients(session, book, use, in_year)
    return use


def _add_minutes(
    session: Session,
    book: Book,
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
        plan = book.of_key(key)
        if plan is not None and plan.year_cap_minutes is not None:
            use.minutes[volunteer_id, plan.funding_line] += int(minutes)


def _add_clients(session: Session, book: Book, use: YearUse, in_year: ColumnElement[bool]) -> None:
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
    for client, plan_key, count in session.exec(query).all():
        plan = book.of_key(plan_key)
        if plan is not None and plan.per_client_cap is not None:
            key = (str(client), plan.funding_line)
            use.clients[key] += int(count)
            use.caps[key] = max(use.caps[key], plan.per_client_cap)
