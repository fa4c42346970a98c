"""How much a grant held at a moment: a change of it stands in the audit, and nowhere else."""

from datetime import datetime

from sqlmodel import Session, col, select

from app.tables import AuditEvent, GrantNotice

GRANT, CHANGE = "grant_notice.grant", "grant_notice.change"


def granted(session: Session, notice: GrantNotice, as_of: datetime | None) -> int:
    """What was granted by a moment, in cents: 0 before the notice came."""
    if as_of is None:
        return notice.amount_cents
    query = (
        select(AuditEvent)
        .where(
            col(AuditEvent.sponsor_id) == notice.sponsor_id,
            col(AuditEvent.subject_id) == notice.id,
            col(AuditEvent.action).in_((GRANT, CHANGE)),
        )
        .order_by(col(AuditEvent.created_at), col(AuditEvent.id))
    )
    events = session.exec(query).all()
    known = [event for event in events if event.created_at <= as_of]
    if known:
        return int(known[-1].details["amount_cents"])
    return 0 if any(event.action == GRANT for event in events) else notice.amount_cents
