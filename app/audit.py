"""Who did what on what: written in the same transaction as the change itself.

What was recorded is also what receivers of webhooks hear of: `app/webhooks/events.py` says which
actions go out under which name.
"""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from app.clock import now
from app.tables import AuditEvent, SponsorRow, new_id


def record(
    session: Session,
    account_id: UUID | None,
    action: str,
    subject: SponsorRow,
    **details: Any,
) -> AuditEvent:
    """Write one event; details hold codes and numbers, never names of clients."""
    moment = now()
    event = AuditEvent(
        # Given, because a row that has to ask for them costs twice as much.
        id=new_id(),
        created_at=moment,
        updated_at=moment,
        sponsor_id=subject.sponsor_id,
        account_id=account_id,
        action=action,
        subject_type=str(type(subject).__tablename__),
        subject_id=subject.id,
        details=details,
    )
    session.add(event)
    return event
