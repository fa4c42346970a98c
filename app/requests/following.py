"""A request that goes on from an earlier one, and who went there before."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlmodel import Session, col, select

from app import access
from app.access import Actor
from app.errors import Invalid
from app.requests.storing import NewRequest
from app.tables import TIME_TAKEN, Assignment, Request, Seat, Series


class FollowsAnother(Invalid):
    """The earlier request was made by another institution, or to another sponsor."""

    de = "Der frühere Termin gehört zu einer anderen Einrichtung oder einem anderen Träger."
    en = "The earlier appointment belongs to another institution or another sponsor."


def follow_up(session: Session, actor: Actor, new: NewRequest, earlier_id: UUID) -> NewRequest:
    """The same, with the client case of an earlier request and the person who went there.

    Where nobody went, or is booked, there is no wish: a request that was called off may be
    followed as well.
    """
    visible = access.visible_requests(actor)
    earlier = access.load(session, visible, Request, earlier_id)
    same = (new.institution.id, new.sponsor_id)
    if (earlier.institution_id, earlier.sponsor_id) != same:
        raise FollowsAnother
    wished = _who_went(session, earlier.id, new) if new.same_person_wished else None
    return replace(
        new,
        follow_up_of_id=earlier.id,
        client_case_id=None if new.case_number else earlier.client_case_id,
        wished_volunteer_id=wished,
    )


def _who_went(session: Session, request_id: UUID, new: NewRequest) -> UUID | None:
    """Who went to the seat most like the first one: the same role, the same language if any."""
    first = new.seats[0]
    query = (
        select(Seat.language, Assignment.volunteer_id)
        .join(Assignment, col(Assignment.seat_id) == col(Seat.id))
        .where(
            col(Seat.request_id) == request_id,
            col(Seat.role) == first.role,
            col(Assignment.state).in_(TIME_TAKEN),
        )
    )
    rows = session.exec(query.order_by(col(Seat.position))).all()
    alike = [who for language, who in rows if language == first.language]
    return next(iter([*alike, *(who for _, who in rows)]), None)


def regulars_of_series(
    session: Session, series_ids: Sequence[UUID]
) -> dict[tuple[UUID, int], UUID]:
    """Who went last, or is booked last, by series and position of the seat; one statement.

    A series that goes on from another one knows the people of that one as well.
    """
    chain = (
        select(col(Series.id).label("of"), col(Series.id), col(Series.follows_id))
        .where(col(Series.id).in_(series_ids))
        .cte("chain", recursive=True)
    )
    chain = chain.union_all(
        select(chain.c.of, col(Series.id), col(Series.follows_id)).join(
            chain, col(Series.id) == chain.c.follows_id
        )
    )
    query = (
        select(chain.c.of, col(Seat.position), col(Assignment.volunteer_id))
        .select_from(chain)
        .join(Request, col(Request.series_id) == chain.c.id)
        .join(Seat, col(Seat.request_id) == col(Request.id))
        .join(Assignment, col(Assignment.seat_id) == col(Seat.id))
        .where(col(Assignment.state).in_(TIME_TAKEN))
        .order_by(col(Assignment.starts_at))
    )
    return {(series, position): who for series, position, who in session.exec(query).all()}
