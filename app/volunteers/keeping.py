"""What every change about a volunteer leaves behind."""

from uuid import UUID

from sqlmodel import Session, col, select

from app.clock import now
from app.tables import Volunteer


def touch(session: Session, volunteer: Volunteer) -> None:
    """Something that belongs to her changed."""
    volunteer.updated_at = now()
    session.add(volunteer)
    session.flush()


def hold(session: Session, volunteer_id: UUID) -> None:
    """Hold her row until the commit: a yes of hers waits, or is waited for."""
    session.exec(
        select(Volunteer.id)
        .where(col(Volunteer.id) == volunteer_id)
        .with_for_update(key_share=True)
    ).one()
