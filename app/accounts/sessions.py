"""Signed-in browsers: begun, raised under a new secret, listed, ended."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from app import access, actors, db
from app.access import Actor
from app.accounts.arrivals import Arrival, Given
from app.clock import now
from app.errors import NotFound, NotSignedIn
from app.tables import Account, SessionToken
from app.tokens import hash_token, new_token

MOST = 20
"""Sessions of one account; the oldest ends when there is one more."""
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_OTHER = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,29}")


@dataclass(frozen=True)
class Visitor:
    """What a request says about where it comes from."""

    place: str
    label: str
    secret: str | None
    """Of the cookie that came along."""


@dataclass(frozen=True)
class Ticket:
    """A new secret for the cookie, and until when it holds."""

    secret: str
    expires_at: datetime


def label_of(user_agent: str) -> str:
    """`Firefox, Windows`: browser and system, and no version."""
    names = [
        next((name for mark, name in marks if mark in user_agent), "")
        for marks in (BROWSERS, SYSTEMS)
    ]
    if any(names):
        return ", ".join(filter(None, names))
    other = _OTHER.match(user_agent)
    return other[0] if other else ""


def begin(session: Session, arrival: Arrival, visitor: Visitor) -> Ticket:
    """A new session under a new secret; the one that this browser had before ends."""
    db.set_scope(session, db.SYSTEM)
    query = select(Account).where(col(Account.id) == arrival.account_id)
    account = session.exec(query.with_for_update()).one()
    end(session, visitor.secret)
    moment = now()
    _, lasts = actors.lasting(access.actor_of(session, account))
    ticket = Ticket(new_token(), moment + lasts)
    session.add(
        SessionToken(
            account_id=account.id,
            token_hash=hash_token(ticket.secret),
            expires_at=ticket.expires_at,
            created_at=moment,
            seen_at=moment,
            proven_at=moment,
            given=arrival.given,
            label=visitor.label,
        )
    )
    session.flush()
    _end_beyond(session, account.id)
    return ticket


def raised(
    session: Session, actor: Actor, secret: str | None, given: Given | None, *, factor: bool
) -> Ticket:
    """The same session with more rights, under a new secret: the old one ends with it.

    Raises
    ------
    NotSignedIn
        The session ended meanwhile, or was given another secret.
    """
    moment = now()
    shown = actor.proof.given | ({given} if given else set())
    values: dict[str, object] = {
        "token_hash": hash_token(fresh := new_token()),
        "given": " ".join(sorted(shown)),
    }
    if given is not None:
        values["proven_at"] = moment
    if factor:
        values["factor_at"] = moment
    found = session.exec(
        update(SessionToken)
        .where(
            col(SessionToken.id) == actor.proof.secret_id,
            col(SessionToken.token_hash) == hash_token(secret or ""),
            col(SessionToken.revoked_at).is_(None),
        )
        .values(**values)
        .returning(col(SessionToken.expires_at))
    ).one_or_none()
    if found is None:
        raise NotSignedIn
    return Ticket(fresh, found[0])


def end(session: Session, secret: str | None) -> None:
    """End the session behind a cookie; without one nothing happens."""
    if secret:
        session.exec(
            update(SessionToken)
            .where(
                col(SessionToken.token_hash) == hash_token(secret),
                col(SessionToken.revoked_at).is_(None),
            )
            .values(revoked_at=now())
        )


def end_one(session: Session, actor: Actor, session_id: UUID) -> None:
    """End one of the caller's sessions."""
    done = session.exec(
        update(SessionToken)
        .where(
            col(SessionToken.id) == session_id,
            col(SessionToken.account_id) == actor.account_id,
            col(SessionToken.revoked_at).is_(None),
        )
        .values(revoked_at=now())
    )
    if done.rowcount != 1:
        raise NotFound


def end_all(session: Session, account_id: UUID, *, but: UUID | None = None) -> None:
    """End every session of an account, or all others."""
    others = update(SessionToken).where(
        col(SessionToken.account_id) == account_id, col(SessionToken.revoked_at).is_(None)
    )
    if but is not None:
        others = others.where(col(SessionToken.id) != but)
    session.exec(others.values(revoked_at=now()))


def live(account_id: UUID) -> SelectOfScalar[SessionToken]:
    """The sessions of an account that still open a door, the newest first."""
    return (
        select(SessionToken)
        .where(col(SessionToken.account_id) == account_id, actors.alive())
        .order_by(col(SessionToken.created_at).desc(), col(SessionToken.id).desc())
    )


def mine(session: Session, actor: Actor) -> list[SessionToken]:
    """The caller's sessions that are not over."""
    idle, lasts = actors.lasting(actor)
    moment = now()
    return [
        row
        for row in session.exec(live(actor.account_id)).all()
        if moment - (row.seen_at or row.created_at) < idle and moment - row.created_at < lasts
    ]


def _end_beyond(session: Session, account_id: UUID) -> None:
    beyond = live(account_id).offset(MOST).limit(1000)
    ids = [row.id for row in session.exec(beyond).all()]
    if ids:
        session.exec(
            update(SessionToken).where(col(SessionToken.id).in_(ids)).values(revoked_at=now())
        )
