"""Who did what on what: written in the same transaction as the change itself."""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.tables import AuditEvent, SponsorRow


def record(
    session: Session,
    account_id: UUID | None,
    action: str,
    subject: SponsorRow,
    **details: Any,
) -> None:
    """Write one event; details hold codes and numbers, never names of clients."""
    session.add(
        AuditEvent(
            sponsor_id=subject.sponsor_id,
            account_id=account_id,
            action=action,
            subject_type=str(type(subject).__tablename__),
            subject_id=subject.id,
            details=details,
        )
    )
