"""What a grant held and what a sponsor was at a moment: changes stand in the audit alone."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from app.sponsors import settings
from app.tables import AuditEvent, GrantNotice, Sponsor

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


@dataclass(frozen=True)
class House:
    """What the Land asks about a sponsor."""

    kind: str
    nonprofit: bool
    population: int | None


def house(session: Session, sponsor: Sponsor, as_of: datetime) -> House:
    """What a sponsor was at a moment, by the first change since."""
    query = (
        select(AuditEvent)
        .where(
            col(AuditEvent.sponsor_id) == sponsor.id,
            col(AuditEvent.subject_id) == sponsor.id,
            col(AuditEvent.action) == settings.CHANGE,
            col(AuditEvent.created_at) > as_of,
        )
        .order_by(col(AuditEvent.created_at), col(AuditEvent.id))
    )
    for event in session.exec(query).all():
        was = event.details
        if "was_kind" in was:
            return House(was["was_kind"], was["was_nonprofit"], was["was_population"])
    return House(sponsor.kind, sponsor.nonprofit, sponsor.population)
