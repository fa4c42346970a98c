"""An appointment gets a time that somebody named who was asked: she is asked about it first."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session

from app.errors import ApiError
from app.offers import asking
from app.tables import Offer, RequestOption, Seat, SeatState, Volunteer
from app.volunteers import days


def ask(
    session: Session,
    actor_id: UUID | None,
    before: Offer,
    options: Sequence[RequestOption],
) -> Offer | None:
    """The question about the first of the new times she can go; `before` is that about the old one.

    Request, seat and volunteer are locked. None when something speaks against each of them.
    """
    seat = session.get_one(Seat, before.seat_id)
    her = session.get_one(Volunteer, before.volunteer_id)
    if seat.state != SeatState.OPEN:
        return None
    asked = (_asked(session, actor_id, seat, her, option) for option in options)
    return next(filter(None, asked), None)


def _asked(
    session: Session, actor_id: UUID | None, seat: Seat, her: Volunteer, option: RequestOption
) -> Offer | None:
    """What she named is time of hers from now on, where her own times do not hold it."""
    try:
        with session.begin_nested():
            days.keep_named(session, her, option)
            offer, _ = asking.ask(
                session,
                actor_id,
                seat,
                option,
                volunteer_id=her.id,
                mode=seat.mode,
                may_repeat=True,
            )
    except ApiError:
        return None
    return offer
