"""When somebody cannot come: who stands by goes, else somebody is sought at once."""

from uuid import UUID

from sqlmodel import Session

from app.bookings import codes, informing, standbys, texts, visits
from app.bookings.visits import Visit
from app.offers import seeking
from app.tables import Event


def seek(session: Session, account_id: UUID | None, gone: Visit) -> None:
    """The seat of a booking that has ended is open again: fill it with the least change."""
    booked = standbys.call(session, account_id, gone.seat)
    if booked is None:
        seeking.open_again(session, gone.seat.id)
        informing.tell_place(session, gone, texts.substitute_sought(gone))
        return
    visit = visits.one(session, booked.id)
    text = texts.stepped_in(visit, informing.link(session, booked))
    informing.tell_her(session, visit, Event.BOOKED, text)
    text = texts.substitute_found(visit, codes.code(session, booked))
    informing.tell_place(session, visit, text)
