"""How often somebody may guess: counted in the database, so that all processes know.

A try is written down before it is looked at, in a transaction of its own: a thousand guesses at
once get no more looks than one after the other, and a refused sign-in still counts. Known and
unknown addresses are treated alike. What is stored is a keyed hash: no address lies in the table.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, delete, func, or_, select

from app import db, sealing
from app.accounts.refusals import TooManyMails, TooManyMailsFromHere, TooManyTries
from app.clock import now
from app.errors import ApiError
from app.tables import SignInMiss


@dataclass(frozen=True)
class Limit:
    """So many within so long; whoever wants more is refused."""

    kind: str
    most: int
    within: timedelta = timedelta(minutes=15)
    refusal: type[ApiError] = TooManyTries


PASSWORD = Limit("password", 10)
CODE = Limit("code", 10)
APP = Limit("app", 5)
MAIL = Limit("mail", 3, refusal=TooManyMails)
"""Within the time that a code holds: whoever is refused has a mail whose link still lets her in."""
PLACE = Limit("place", 60)
"""Many people may share one network address."""
MAILS_FROM_PLACE = Limit("mails from place", 60, timedelta(hours=1), TooManyMailsFromHere)
KEPT = timedelta(hours=1)


@dataclass(frozen=True)
class Attempt:
    """A try that was written down: forgotten when it was right, with all others of its account."""

    row_ids: tuple[UUID, ...]
    account_key: str


def attempt(engine: Engine, limit: Limit, value: str, *places: tuple[Limit, str]) -> Attempt:
    """Write a try down before it is looked at.

    Parameters
    ----------
    value
        The address or account that is guessed at.
    places
        Further limits, such as one for the network place.

    Raises
    ------
    TooManyTries, TooManyMails
        There were too many before, or so many come at the same time.
    """
    asked = [(limit, value), *places]
    keys = [_key(one, said) for one, said in asked]
    with db.transaction(engine, read_only=True) as session:
        _refuse_beyond(session, asked, keys, spare=1)
    rows = [SignInMiss(key_hash=key) for key in keys]
    row_ids = tuple(row.id for row in rows)
    db.in_transaction(engine, lambda session: session.add_all([_copy(row) for row in rows]))
    with db.transaction(engine, read_only=True) as session:
        _refuse_beyond(session, asked, keys, spare=0)
    return Attempt(row_ids, keys[0])


def _copy(row: SignInMiss) -> SignInMiss:
    """A fresh row with the same id, for each time the transaction is tried."""
    return SignInMiss(id=row.id, created_at=row.created_at, key_hash=row.key_hash)


def was_right(session: Session, done: Attempt) -> None:
    """Clear the slate of the account; of its place only this try goes."""
    session.exec(
        delete(SignInMiss).where(
            or_(col(SignInMiss.key_hash) == done.account_key, col(SignInMiss.id).in_(done.row_ids))
        )
    )


def forget_old(session: Session) -> None:
    """Delete what no limit counts any more."""
    session.exec(delete(SignInMiss).where(col(SignInMiss.created_at) < now() - KEPT))


def _refuse_beyond(
    session: Session, asked: list[tuple[Limit, str]], keys: list[str], *, spare: int
) -> None:
    for (limit, _), key in zip(asked, keys, strict=True):
        counted = select(func.count()).where(
            col(SignInMiss.key_hash) == key, col(SignInMiss.created_at) > now() - limit.within
        )
        if session.exec(counted).one() + spare > limit.most:
            raise limit.refusal


def _key(limit: Limit, value: str) -> str:
    said = f"{limit.kind} {value.strip().lower()}".encode()
    return hmac.new(sealing.derived("throttle"), said, hashlib.sha256).hexdigest()
