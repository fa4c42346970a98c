"""What is no longer needed is cleared; what should have happened is seen to."""

import logging
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Engine
from sqlmodel import Session, col, delete, or_, select, update

from app import db, idempotency, jobs
from app.accounts import codes, throttling
from app.clock import now
from app.feedback import service as feedback
from app.messages import subscriptions
from app.offers import answering
from app.settings import get_settings
from app.tables import (
    Message,
    MessageState,
    Offer,
    OfferState,
    SessionToken,
    SignedLink,
)

log = logging.getLogger(__name__)

DONE_JOBS_KEPT = timedelta(days=2)
LINKS_KEPT = timedelta(days=90)
"""So long an old link is told that it has expired; later it is unknown."""
OVERDUE = timedelta(minutes=2)
MOST_OFFERS = 200


@jobs.periodic("upkeep.clear", every=timedelta(hours=1))
def clear(engine: Engine) -> None:
    """Finished jobs, old answers to repeated requests, sessions, links, texts of messages."""
    for part in CLEARED:
        with db.transaction(engine) as session:
            part(session)


def _clear_jobs(session: Session) -> None:
    jobs.clear_done(session, now() - DONE_JOBS_KEPT)


def _clear_sessions(session: Session) -> None:
    session.exec(
        delete(SessionToken).where(
            or_(col(SessionToken.expires_at) <= now(), col(SessionToken.revoked_at) <= now())
        )
    )
    subscriptions.clear(session)


def _clear_links(session: Session) -> None:
    session.exec(delete(SignedLink).where(col(SignedLink.expires_at) < now() - LINKS_KEPT))


def _empty_messages(session: Session) -> None:
    """That somebody was told something stays; what it said does not."""
    old = now() - timedelta(days=get_settings().message_days)
    ended = (MessageState.SENT, MessageState.DEAD, MessageState.DROPPED)
    session.exec(
        update(Message)
        .where(
            col(Message.state).in_(ended), col(Message.updated_at) < old, col(Message.body) != ""
        )
        # When it was told stays: by that the daily pass empties the rest, with a proof.
        .values(body="", short="", calendar="", updated_at=col(Message.updated_at))
    )


CLEARED: tuple[Callable[[Session], None], ...] = (
    _clear_jobs,
    idempotency.forget_old,
    _clear_sessions,
    codes.forget_old,
    throttling.forget_old,
    _clear_links,
    _empty_messages,
    feedback.forget_old,
)


@jobs.periodic("upkeep.expire_offers", every=timedelta(minutes=5))
def expire_offers(engine: Engine) -> None:
    """Offers that are still pending after their time: their own job was lost or given up."""
    query = (
        select(Offer.id)
        .where(col(Offer.state) == OfferState.PENDING, col(Offer.expires_at) < now() - OVERDUE)
        .order_by(col(Offer.expires_at))
        .limit(MOST_OFFERS)
    )
    with db.transaction(engine) as session:
        overdue = session.exec(query).all()
    for offer_id in overdue:
        log.warning("offer %s should have expired", offer_id)
        answering.expire(engine, offer_id)
