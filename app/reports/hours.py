"""Hours and amount per volunteer and month."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, func, select

from app.clock import ZONE
from app.reports.period import Period
from app.sheets import Column, Row
from app.tables import (
    HOURS_STAND,
    Assignment,
    Claim,
    ClaimLine,
    ClaimState,
    ServiceRecord,
    Volunteer,
)

COLUMNS = (
    Column("volunteer_id", "Kennung", "Id", "text"),
    Column("volunteer", "Name", "Name", "text"),
    Column("month", "Monat", "Month", "text"),
    Column("minutes", "Stunden abgerechnet", "Hours claimed", "minutes"),
    Column("paid_minutes", "davon bezahlt", "of these paid", "minutes"),
    Column("amount_cents", "Betrag in EUR", "Amount in EUR", "cents"),
    Column("unclaimed_minutes", "Stunden noch nicht abgerechnet", "Hours not claimed", "minutes"),
)
NOT_COUNTED = (ClaimState.RETURNED, ClaimState.REJECTED)


@dataclass
class Sums:
    """What one volunteer did in one month."""

    minutes: int = 0
    paid_minutes: int = 0
    amount_cents: int = 0
    unclaimed_minutes: int = 0


Totals = dict[tuple[UUID, str], Sums]


def rows(session: Session, sponsor_id: UUID, period: Period) -> list[Row]:
    """By name and month; what is confirmed and in no claim has a column of its own."""
    totals: Totals = defaultdict(Sums)
    _add_claimed(session, sponsor_id, period, totals)
    _add_unclaimed(session, sponsor_id, period, totals)
    named = _names(session, {volunteer_id for volunteer_id, _ in totals})
    ordered = sorted(totals, key=lambda key: (named[key[0]], key[1], str(key[0])))
    return [
        {
            "volunteer_id": str(volunteer_id),
            "volunteer": named[volunteer_id],
            "month": month,
            **vars(totals[volunteer_id, month]),
        }
        for volunteer_id, month in ordered
    ]


def _names(session: Session, volunteer_ids: set[UUID]) -> dict[UUID, str]:
    query = select(Volunteer).where(col(Volunteer.id).in_(volunteer_ids))
    return {v.id: f"{v.surname}, {v.given_name}" for v in session.exec(query).all()}


def _add_claimed(session: Session, sponsor_id: UUID, period: Period, totals: Totals) -> None:
    """Lines of claims that were neither returned nor rejected, by day of the assignment."""
    query = (
        select(
            col(Claim.volunteer_id),
            col(ClaimLine.day),
            func.sum(col(ClaimLine.minutes)),
            func.sum(col(ClaimLine.paid_minutes)),
        )
        .add_columns(func.sum(col(ClaimLine.amount_cents)))
        .join(Claim, col(Claim.id) == col(ClaimLine.claim_id))
        .where(
            col(ClaimLine.sponsor_id) == sponsor_id,
            col(ClaimLine.day) >= period.first_day,
            col(ClaimLine.day) <= period.last_day,
            col(Claim.state).not_in(NOT_COUNTED),
        )
        .group_by(col(Claim.volunteer_id), col(ClaimLine.day))
    )
    for volunteer_id, day, minutes, paid, cents in session.execute(query).all():
        sums = totals[volunteer_id, f"{day:%Y-%m}"]
        sums.minutes += int(minutes)
        sums.paid_minutes += int(paid)
        sums.amount_cents += int(cents)


def _add_unclaimed(session: Session, sponsor_id: UUID, period: Period, totals: Totals) -> None:
    """Confirmed records without a line in a claim that counts."""
    claimed = (
        select(ClaimLine.service_record_id)
        .join(Claim, col(Claim.id) == col(ClaimLine.claim_id))
        .where(
            col(ClaimLine.service_record_id) == col(ServiceRecord.id),
            col(Claim.state).not_in(NOT_COUNTED),
        )
    )
    query = (
        select(
            col(ServiceRecord.volunteer_id), col(Assignment.starts_at), col(ServiceRecord.minutes)
        )
        .join(Assignment, col(Assignment.id) == col(ServiceRecord.assignment_id))
        .where(
            col(ServiceRecord.sponsor_id) == sponsor_id,
            col(ServiceRecord.state).in_(HOURS_STAND),
            col(Assignment.starts_at) >= period.starts_at,
            col(Assignment.starts_at) < period.ends_at,
            ~claimed.exists(),
        )
    )
    for volunteer_id, starts_at, minutes in session.exec(query).all():
        month = f"{starts_at.astimezone(ZONE):%Y-%m}"
        totals[volunteer_id, month].unclaimed_minutes += minutes
