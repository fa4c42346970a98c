"""What every change about a volunteer leaves behind."""

from sqlmodel import Session

from app.clock import now
from app.tables import Volunteer


def touch(session: Session, volunteer: Volunteer) -> None:
    """Something that belongs to her changed."""
    volunteer.updated_at = now()
    session.add(volunteer)
    session.flush()
