"""Signing in and out, and keys for programs."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select, update

from app import access
from app.access import Actor
from app.accounts.schemas import ApiTokenCreated, Login, MembershipRead, MeRead
from app.clock import now
from app.db import SYSTEM, open_session, set_scope
from app.errors import ApiError, NotFound
from app.passwords import verify_password
from app.tables import Account, ApiToken, SessionToken
from app.tokens import hash_token, new_token

SESSION_LASTS = timedelta(hours=12)
WINDOW = timedelta(minutes=15)
TRIES = 10
PLACE_TRIES = 60
"""Wrong passwords from one network address; many people may share it."""
MOST_KEPT = 10_000


class WrongPassword(ApiError):
    """Address or password is wrong; which of them is not told."""

    status, slug, title = 401, "wrong-password", "Sign-in failed"
    de = "E-Mail-Adresse oder Passwort stimmt nicht."
    en = "The address or the password is wrong."


class TooManyTries(ApiError):
    """Too many wrong passwords for one account, or from one place."""

    status, slug, title = 429, "too-many-tries", "Too many tries"
    de = "Zu viele Versuche. Bitte warten Sie eine Viertelstunde."
    en = "Too many tries. Please wait a quarter of an hour."
    headers: ClassVar[dict[str, str]] = {"Retry-After": "900"}


class Throttle:
    """Wrong passwords within a window: per e-mail address, known or not, and per place."""

    def __init__(self) -> None:
        self._misses: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def check(self, email: str, place: str) -> None:
        """Refuse when there were too many misses for this address or from this place."""
        with self._lock:
            if self._count(email) >= TRIES or self._count(place) >= PLACE_TRIES:
                raise TooManyTries

    def miss(self, email: str, place: str) -> None:
        """Remember a wrong password; when there is no more room, what was longest ago goes."""
        with self._lock:
            for key in (email, place):
                self._misses.setdefault(key, deque(maxlen=PLACE_TRIES)).append(now())
                self._misses.move_to_end(key)
            while len(self._misses) > MOST_KEPT:
                self._misses.popitem(last=False)

    def forget(self, email: str) -> None:
        """The right password clears the slate of its account."""
        with self._lock:
            self._misses.pop(email, None)

    def _count(self, key: str) -> int:
        misses = self._misses.get(key, ())
        return sum(moment >= now() - WINDOW for moment in misses)


def verify(engine: Engine, throttle: Throttle, login: Login, place: str) -> UUID:
    """The account behind address and password; nothing is locked while the hash is computed."""
    throttle.check(login.email, place)
    with open_session(engine, read_only=True) as session:
        set_scope(session, SYSTEM)
        query = select(Account).where(col(Account.email) == login.email)
        account = session.exec(query).one_or_none()
    fits = verify_password(login.password, account.password_hash if account else None)
    if account is None or not fits:
        throttle.miss(login.email, place)
        raise WrongPassword
    if not account.active:
        raise WrongPassword
    throttle.forget(login.email)
    return account.id


def begin_session(session: Session, account_id: UUID) -> str:
    """A new session's secret."""
    secret = new_token()
    session.add(
        SessionToken(
            account_id=account_id,
            token_hash=hash_token(secret),
            expires_at=now() + SESSION_LASTS,
        )
    )
    session.flush()
    return secret


def logout(session: Session, secret: str | None) -> None:
    """End the session behind a cookie; without one nothing happens."""
    if secret:
        session.exec(
            update(SessionToken)
            .where(col(SessionToken.token_hash) == hash_token(secret))
            .values(revoked_at=now())
        )


def me(session: Session, actor: Actor) -> MeRead:
    """Who is signed in, with the names of the sponsors."""
    names = {s.id: s.name for s in session.exec(access.visible_sponsors(actor)).all()}
    return MeRead(
        account_id=actor.account_id,
        name=actor.name,
        memberships=[
            MembershipRead(sponsor_id=sponsor_id, sponsor=names.get(sponsor_id, ""), role=role)
            for sponsor_id, role in sorted(actor.memberships, key=str)
        ],
        volunteer_id=actor.volunteer_id,
        institution_ids=sorted(actor.institution_ids),
    )


def create_api_token(
    session: Session, actor: Actor, name: str, expires_at: datetime | None
) -> ApiTokenCreated:
    """A new key; its secret is in the answer and nowhere else."""
    secret = new_token()
    token = ApiToken(
        account_id=actor.account_id,
        name=name,
        token_hash=hash_token(secret),
        expires_at=expires_at,
    )
    session.add(token)
    session.flush()
    return ApiTokenCreated(**token.model_dump(), token=secret)


def api_tokens(session: Session, actor: Actor) -> list[ApiToken]:
    """The caller's live keys."""
    query = select(ApiToken).where(
        col(ApiToken.account_id) == actor.account_id, col(ApiToken.revoked_at).is_(None)
    )
    return list(session.exec(query.order_by(col(ApiToken.id))).all())


def revoke_api_token(session: Session, actor: Actor, token_id: UUID) -> None:
    """End one of the caller's keys."""
    done = session.exec(
        update(ApiToken)
        .where(
            col(ApiToken.id) == token_id,
            col(ApiToken.account_id) == actor.account_id,
            col(ApiToken.revoked_at).is_(None),
        )
        .values(revoked_at=now())
    )
    if done.rowcount != 1:
        raise NotFound


def ensure_account(session: Session, email: str, name: str, password_hash: str | None) -> Account:
    """The account with this address, made when it is new."""
    account = session.exec(select(Account).where(col(Account.email) == email)).one_or_none()
    if account is None:
        account = Account(email=email, name=name, password_hash=password_hash)
        session.add(account)
        session.flush()
    return account
