"""Lendings as each side sees them: what it needs, and no more.

Everything is read behind the wall and cut here. Whoever lends gets time, town, language and form of
the seat; whoever borrows gets the person once she is booked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app import db
from app.access import Actor
from app.clock import now
from app.institutions.naming import CONTACT_KEPT
from app.lendings import candidates
from app.lendings.candidates import Candidate
from app.lendings.schemas import (
    AnonymousRead,
    CandidateRead,
    Direction,
    LenderRead,
    LendingDetail,
    LendingRead,
    TimeRead,
)
from app.seam.build import GIVEN_BACK
from app.tables import (
    Assignment,
    Institution,
    Lending,
    LendingState,
    Request,
    RequestOption,
    Seat,
    Sponsor,
    Volunteer,
)


@dataclass
class Known:
    """All that is stored about one lending."""

    seat: Seat
    town: str
    borrower: str
    lender: str
    volunteer: Volunteer | None
    booking: Assignment | None
    options: list[RequestOption] = field(default_factory=list)


def reads(session: Session, actor: Actor, rows: Sequence[Lending]) -> list[LendingRead]:
    """Lendings from the side on which the actor stands."""
    known = _known(session, [row.id for row in rows])
    return [_read(actor, row, known[row.id]) for row in rows]


def detail(session: Session, actor: Actor, row: Lending) -> LendingDetail:
    """One lending; whoever is asked reads which of her own people could go."""
    read = reads(session, actor, [row])[0]
    asked = read.direction == Direction.LENDING and row.state == LendingState.ASKED
    found = []
    if asked:
        with db.as_system(session):
            seat = session.get_one(Seat, row.seat_id)
        found = candidates.find(session, seat, lender_id=row.lender_id)
    return LendingDetail(**read.model_dump(), candidates=[_candidate(one) for one in found])


def lender(pool: Sponsor, found: Sequence[Candidate]) -> LenderRead:
    """A pool that could help."""
    return LenderRead(
        lender_id=pool.id, lender=pool.name, candidates=[_anonymous(one) for one in found]
    )


def _times(options: Sequence[RequestOption]) -> list[TimeRead]:
    return [TimeRead(starts_at=one.starts_at, ends_at=one.ends_at) for one in options]


def _anonymous(one: Candidate) -> AnonymousRead:
    return AnonymousRead(
        language=one.language,
        level=one.level,
        times=_times(one.options),
        travel_minutes=one.travel_minutes,
    )


def _candidate(one: Candidate) -> CandidateRead:
    return CandidateRead(
        **_anonymous(one).model_dump(),
        volunteer_id=one.volunteer.id,
        volunteer=_name(one.volunteer),
    )


def _name(volunteer: Volunteer) -> str:
    return f"{volunteer.given_name} {volunteer.surname}"


def _known(session: Session, ids: Sequence[UUID]) -> dict[UUID, Known]:
    borrower, lender_ = aliased(Sponsor), aliased(Sponsor)
    query = (
        sa.select(
            col(Lending.id), Seat, col(Institution.town), col(borrower.name), col(lender_.name),
            Volunteer, Assignment, RequestOption,
        )
        .select_from(Lending)
        .join(Seat, col(Seat.id) == col(Lending.seat_id))
        .join(Request, col(Request.id) == col(Seat.request_id))
        .join(Institution, col(Institution.id) == col(Request.institution_id))
        .join(RequestOption, col(RequestOption.request_id) == col(Request.id))
        .join(borrower, col(borrower.id) == col(Lending.sponsor_id))
        .join(lender_, col(lender_.id) == col(Lending.lender_id))
        .outerjoin(Volunteer, col(Volunteer.id) == col(Lending.volunteer_id))
        .outerjoin(
            Assignment,
            (col(Assignment.seat_id) == col(Lending.seat_id))
            & (col(Assignment.volunteer_id) == col(Lending.volunteer_id))
            & col(Assignment.state).not_in(GIVEN_BACK),
        )
        .where(col(Lending.id).in_(ids))
        .order_by(col(RequestOption.position))
    )  # fmt: skip
    found: dict[UUID, Known] = {}
    with db.as_system(session):
        for lending_id, *parts, option in session.execute(query).all():
            known = found.setdefault(lending_id, Known(*parts))
            if option not in known.options:
                known.options.append(option)
    return found


def _read(actor: Actor, row: Lending, known: Known) -> LendingRead:
    borrows = row.sponsor_id in actor.sponsor_ids
    chosen = [option for option in known.options if option.chosen]
    seat = known.seat
    return LendingRead(
        **row.model_dump(
            include={"id", "state", "travel_minutes", "reason", "created_at", "answered_at"}
        ),
        direction=Direction.BORROWING if borrows else Direction.LENDING,
        partner=known.lender if borrows else known.borrower,
        seat_id=seat.id if borrows else None,
        role=seat.role,
        language=seat.language,
        min_level=seat.min_level,
        mode=seat.mode,
        times=_times(chosen or known.options),
        town=known.town,
        **(_for_borrower(row, known) if borrows else _for_lender(known)),
    )


def _for_lender(known: Known) -> dict[str, object]:
    """Her own pool knows her, and has her number."""
    her = known.volunteer
    return {
        "volunteer_id": her.id if her else None,
        "volunteer": _name(her) if her else None,
        "phone": None,
    }


def _for_borrower(row: Lending, known: Known) -> dict[str, object]:
    """Who comes, from her yes on; her number until seven days after."""
    her, booking = known.volunteer, known.booking
    if (
        her is None
        or booking is None
        or row.state not in (LendingState.AGREED, LendingState.BOOKED)
    ):
        return {"volunteer_id": None, "volunteer": None, "phone": None}
    reachable = booking.ends_at + CONTACT_KEPT > now()
    return {
        "volunteer_id": her.id,
        "volunteer": _name(her),
        "phone": her.phone if reachable else None,
    }
