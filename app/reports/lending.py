"""Settlement between pools: who helped out where, for how long, and what was paid for it.

Each pool reads its own relations only: of those it lent the people are its own, of those it
borrowed it knows who came.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select as sql_select
from sqlmodel import Session, col, func, or_, select

from app import db
from app.clock import ZONE
from app.reports import words
from app.reports.asked import Asked
from app.sheets import Column, Row
from app.tables import (
    HOURS_STAND,
    Assignment,
    AssignmentState,
    ClaimLine,
    LedgerEntry,
    LedgerKind,
    Lending,
    LendingState,
    Offer,
    ServiceRecord,
    Sponsor,
    Volunteer,
)

COLUMNS = (
    Column("partner", "Anderer Pool", "Other pool", "text"),
    Column("month", "Monat", "Month", "text"),
    Column("direction", "Richtung", "Direction", "text"),
    Column("volunteer", "Name", "Name", "text"),
    Column("appointments", "Termine", "Appointments", "integer"),
    Column("minutes", "Stunden", "Hours", "minutes"),
    Column("travel_minutes", "Wege (einfach)", "Travel (one way)", "minutes"),
    Column("paid_cents", "Gezahlt in EUR", "Paid in EUR", "cents"),
    Column("balance_minutes", "Saldo Stunden in Minuten", "Balance in minutes", "integer"),
    Column("balance_cents", "Saldo in EUR", "Balance in EUR", "cents"),
)
LENT, BORROWED = "lent", "borrowed"
DIRECTIONS = {LENT: ("verliehen", "lent"), BORROWED: ("geliehen", "borrowed")}
TOOK_PLACE = (AssignmentState.PERFORMED, AssignmentState.CLIENT_NO_SHOW)


@dataclass
class Sums:
    """What one person did in one month for the other pool."""

    appointments: int = 0
    minutes: int = 0
    travel_minutes: int = 0
    paid_cents: int = 0


Key = tuple[UUID, str, str, UUID]
"""The other pool, the month, the direction, the person."""


def rows(session: Session, one: Asked) -> list[Row]:
    """By pool, month, direction and name.

    The balance counts what was lent for, and what was borrowed against the pool: added up over the
    rows of a partner it says who owes whom.
    """
    with db.as_system(session):
        totals = _totals(session, one)
        pools = _names(session, Sponsor, {key[0] for key in totals})
        people = _names(session, Volunteer, {key[3] for key in totals})
    named = {key: (pools[key[0]], key[1], key[2], people[key[3]]) for key in totals}
    return [
        {
            **dict(zip(("partner", "month", "direction", "volunteer"), named[key], strict=True)),
            "direction": words.of(DIRECTIONS, key[2], one.locale),
            **vars(totals[key]),
            "balance_minutes": _signed(key, totals[key].minutes),
            "balance_cents": _signed(key, totals[key].paid_cents),
        }
        for key in sorted(totals, key=lambda key: (*named[key], str(key[3])))
    ]


def _signed(key: Key, amount: int) -> int:
    return amount if key[2] == LENT else -amount


def _names(
    session: Session, table: type[Sponsor] | type[Volunteer], ids: set[UUID]
) -> dict[UUID, str]:
    found: Any = session.exec(select(table).where(col(table.id).in_(ids))).all()
    return {
        row.id: row.name if isinstance(row, Sponsor) else f"{row.surname}, {row.given_name}"
        for row in found
    }


def _totals(session: Session, one: Asked) -> dict[Key, Sums]:
    """Every booking by a lending, once; what it pays, pays the pool that borrows."""
    totals: dict[Key, Sums] = defaultdict(Sums)
    for lending, booking, minutes, cents in _lent(session, one):
        lends = lending.lender_id == one.sponsor_id
        month = f"{booking.starts_at.astimezone(ZONE):%Y-%m}"
        partner = lending.sponsor_id if lends else lending.lender_id
        sums = totals[partner, month, LENT if lends else BORROWED, booking.volunteer_id]
        if booking.state in TOOK_PLACE:
            sums.appointments += 1
            sums.travel_minutes += lending.travel_minutes or 0
        sums.minutes += minutes or 0
        sums.paid_cents += cents or 0
    return totals


def _lent(session: Session, one: Asked) -> list[tuple[Any, ...]]:
    """Bookings with their newest lending, and the minutes and cents that the books say of them.

    Another pool that was asked for the same person and seat, and lent nobody, has no part in it.
    """
    by_it = (
        select(Offer.id)
        .where(col(Offer.id) == col(Assignment.offer_id), col(Offer.lending_id) == col(Lending.id))
        .correlate(Assignment, Lending)
        .exists()
    )
    query = (
        sql_select(Lending, Assignment, _worked(one), _paid(one))
        .join(
            Assignment,
            (col(Assignment.seat_id) == col(Lending.seat_id))
            & (col(Assignment.volunteer_id) == col(Lending.volunteer_id)),
        )
        .outerjoin(
            ServiceRecord,
            (col(ServiceRecord.assignment_id) == col(Assignment.id))
            & col(ServiceRecord.state).in_(HOURS_STAND),
        )
        .where(
            or_(
                col(Lending.sponsor_id) == one.sponsor_id, col(Lending.lender_id) == one.sponsor_id
            ),
            or_(col(Lending.state) == LendingState.BOOKED, by_it),
            or_(col(Assignment.state).in_(TOOK_PLACE), col(ServiceRecord.id).is_not(None)),
            col(Assignment.starts_at) >= one.period.starts_at,
            col(Assignment.starts_at) < one.period.ends_at,
            col(Assignment.starts_at) <= one.as_of,
        )
        .order_by(col(Lending.id))
    )
    newest = {row[1].id: tuple(row) for row in session.execute(query).all()}
    return list(newest.values())


def _worked(one: Asked) -> Any:
    """The minutes of a record that count."""
    return (
        sql_select(func.sum(col(LedgerEntry.minutes)))
        .where(
            col(LedgerEntry.kind) == LedgerKind.WORK,
            col(LedgerEntry.subject_id) == col(ServiceRecord.id),
            col(LedgerEntry.recorded_at) <= one.as_of,
        )
        .correlate(ServiceRecord)
        .scalar_subquery()
    )


def _paid(one: Asked) -> Any:
    """What was paid for a record."""
    return (
        sql_select(func.sum(col(LedgerEntry.amount_cents)))
        .join(ClaimLine, col(ClaimLine.id) == col(LedgerEntry.subject_id))
        .where(
            col(LedgerEntry.kind) == LedgerKind.PAID,
            col(ClaimLine.service_record_id) == col(ServiceRecord.id),
            col(LedgerEntry.recorded_at) <= one.as_of,
        )
        .correlate(ServiceRecord)
        .scalar_subquery()
    )
