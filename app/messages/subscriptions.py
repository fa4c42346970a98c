"""Browsers that may be woken: entered by their owners, forgotten when they are gone."""

from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, func, not_, or_, select

from app import actors, db, fetching
from app.access import Actor
from app.errors import Conflict, Invalid, NotFound
from app.fetching import FetchRefused
from app.messages import push
from app.messages.schemas import PushSubscriptionCreate, PushSubscriptionRead
from app.tables import PushSubscription, SessionToken

MOST = 20


class NoPushAddress(Invalid):
    """The address is not one of a push service."""

    de = "Diese Adresse gehört zu keinem Push-Dienst. Bitte im Browser neu anmelden."
    en = "This address belongs to no push service. Please subscribe anew in the browser."


class NoPushKeys(Invalid):
    """Nothing can be encrypted to these keys."""

    de = "Diese Schlüssel sind nicht lesbar. Bitte im Browser neu anmelden."
    en = "These keys cannot be read. Please subscribe anew in the browser."


class TooManyBrowsers(Conflict):
    """Nobody has so many browsers."""

    slug, title = "too-many-browsers", "Too many browsers"
    de = "Es sind schon {limit} Geräte angemeldet. Bitte erst eines abmelden."
    en = "There are {limit} devices already. Please remove one first."


def woken() -> ColumnElement[bool]:
    """Which browsers are woken: where she is signed in still, or that were entered with a key."""
    used = col(PushSubscription.session_id)
    return or_(used.is_(None), used.in_(select(SessionToken.id).where(actors.alive())))


def clear(session: Session) -> None:
    """Forget the browsers whose session has ended: a telephone that was lost hears nothing."""
    session.exec(delete(PushSubscription).where(not_(woken())))


def add(session: Session, actor: Actor, body: PushSubscriptionCreate) -> PushSubscription:
    """Enter a browser; the same one again takes the newest keys and owner."""
    try:
        endpoint = fetching.checked(body.endpoint, push.RULES)
    except FetchRefused:
        raise NoPushAddress from None
    if not push.is_key(body.keys.p256dh, body.keys.auth):
        raise NoPushKeys
    row = PushSubscription(
        account_id=actor.account_id,
        session_id=actor.proof.secret_id if actor.proof.session else None,
        endpoint=endpoint,
        label=body.label,
        **body.keys.model_dump(),
    )
    with db.as_system(session):
        # A browser belongs to whoever is signed in there now, not to who was before.
        session.exec(delete(PushSubscription).where(col(PushSubscription.endpoint) == endpoint))
        count = session.exec(
            select(func.count())
            .select_from(PushSubscription)
            .where(col(PushSubscription.account_id) == actor.account_id, woken())
        ).one()
        if count >= MOST:
            raise TooManyBrowsers(limit=MOST)
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:
            # The same browser at the same moment: the other one has entered it.
            query = select(PushSubscription).where(col(PushSubscription.endpoint) == endpoint)
            row = session.exec(query).one()
    return row


def mine(session: Session, account_id: UUID) -> list[PushSubscriptionRead]:
    """A person's browsers."""
    rows = session.exec(
        select(PushSubscription)
        .where(col(PushSubscription.account_id) == account_id, woken())
        .order_by(col(PushSubscription.id))
    ).all()
    return [read(row) for row in rows]


def read(row: PushSubscription) -> PushSubscriptionRead:
    """A browser as its owner sees it."""
    return PushSubscriptionRead(
        **row.model_dump(include=set(PushSubscriptionRead.model_fields)),
        host=urlsplit(row.endpoint).hostname or "",
    )


def remove(session: Session, account_id: UUID, subscription_id: UUID) -> None:
    """It is woken no more."""
    done = session.exec(
        delete(PushSubscription).where(
            col(PushSubscription.id) == subscription_id,
            col(PushSubscription.account_id) == account_id,
        )
    )
    if done.rowcount != 1:
        raise NotFound
