"""Words to the search for a seat, a layer above: a question was answered, a seat is open again."""

from uuid import UUID

from sqlmodel import Session

from app import jobs
from app.tables import Offer

ADVANCE = "searches.advance"
"""A job on the id of a search: look how it stands and ask on."""
SUBSTITUTE = "searches.substitute"
"""A job on the id of a seat: somebody gave it back, seek somebody else at once."""


def answered(session: Session, offer: Offer) -> None:
    """An offer was answered or has expired: its search goes on."""
    if offer.search_id is not None:
        jobs.defer(session, ADVANCE, offer.search_id)


def open_again(session: Session, seat_id: UUID) -> None:
    """A booked seat was given back."""
    jobs.defer(session, SUBSTITUTE, seat_id)
