"""How a sponsor asks, by how short the notice is: its own rule, else the default."""

from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app import access, audit
from app.access import Actor
from app.etags import require_match
from app.offers import seeking
from app.searches.schemas import OfferPolicyRead, OfferPolicyWrite
from app.tables import LeadTime, OfferPolicy


def reads(session: Session, actor: Actor) -> list[OfferPolicyRead]:
    """The three rules of each of the actor's sponsors."""
    query = select(OfferPolicy).where(col(OfferPolicy.sponsor_id).in_(actor.sponsor_ids))
    own = {(row.sponsor_id, row.lead_time): row for row in session.exec(query).all()}
    return [
        _read(sponsor_id, lead_time, own.get((sponsor_id, lead_time)))
        for sponsor_id in sorted(actor.sponsor_ids)
        for lead_time in LeadTime
    ]


def read(
    session: Session, actor: Actor, lead_time: LeadTime, sponsor_id: UUID | None
) -> OfferPolicyRead:
    """The rule of one sponsor for one notice."""
    sponsor_id = access.sponsor_for(actor, sponsor_id)
    return _read(sponsor_id, lead_time, seeking.own_rule(session, sponsor_id, lead_time))


def _read(sponsor_id: UUID, lead_time: LeadTime, own: OfferPolicy | None) -> OfferPolicyRead:
    return OfferPolicyRead(
        sponsor_id=sponsor_id,
        lead_time=lead_time,
        strategy=own.strategy if own else seeking.DEFAULTS[lead_time],
        wave_size=own.wave_size if own else None,
        own=own is not None,
    )


def put(
    session: Session,
    actor: Actor,
    lead_time: LeadTime,
    body: OfferPolicyWrite,
    if_match: str | None,
) -> OfferPolicyRead:
    """Set the rule for one notice. Searches that go on keep theirs."""
    sponsor_id = access.sponsor_for(actor, body.sponsor_id)
    row = seeking.own_rule(session, sponsor_id, lead_time, lock=True)
    require_match(if_match, _read(sponsor_id, lead_time, row))
    if row is None:
        row = _made(session, sponsor_id, lead_time, body, if_match)
    row.strategy, row.wave_size = body.strategy, body.wave_size
    session.add(row)
    audit.record(
        session, actor.account_id, "offer_policy.set", row, lead_time=lead_time, way=body.strategy
    )
    session.flush()
    return _read(sponsor_id, lead_time, row)


def _made(
    session: Session,
    sponsor_id: UUID,
    lead_time: LeadTime,
    body: OfferPolicyWrite,
    if_match: str | None,
) -> OfferPolicy:
    row = OfferPolicy(sponsor_id=sponsor_id, lead_time=lead_time, strategy=body.strategy)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        # Somebody else has made it at the same moment: ours was not made on the current version.
        own = seeking.own_rule(session, sponsor_id, lead_time)
        if own is None:
            raise
        require_match(if_match, _read(sponsor_id, lead_time, own))
        return own
    return row
