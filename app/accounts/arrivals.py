"""Ways of signing in: each says who has arrived, and what she has shown.

A further way (passkey, single sign-on) is a function here that gives an `Arrival`, a word in
`Given`, and a route that hands the arrival to `sessions.begin`. What counts as two factors is
decided in `factors.counts` and nowhere else.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select, update

from app import db
from app.accounts import codes, throttling
from app.accounts.refusals import WrongPassword
from app.accounts.throttling import CODE, PASSWORD, PLACE
from app.passwords import hash_password, is_current, verify_password
from app.tables import Account, CodePurpose


class Given(StrEnum):
    """What somebody can show."""

    PASSWORD = "password"  # noqa: S105 - a word for it
    MAIL = "mail"
    APP = "totp"


@dataclass(frozen=True)
class Arrival:
    """Somebody who has shown one thing that only she has."""

    account_id: UUID
    given: Given


def by_password(engine: Engine, session: Session, email: str, password: str, place: str) -> Arrival:
    """With address and password; nothing is locked while the hash is computed.

    Raises
    ------
    WrongPassword, TooManyTries
        The same for an address that nobody has.
    """
    tried = throttling.attempt(engine, PASSWORD, email, (PLACE, place))
    account = account_of(engine, email)
    fits = verify_password(password, account.password_hash if account else None)
    if account is None or not fits or not account.active:
        raise WrongPassword
    renewed = _renewed(account.password_hash, password)
    db.set_scope(session, db.SYSTEM)
    throttling.was_right(session, tried)
    _hold(session, account, renewed)
    return Arrival(account.id, Given.PASSWORD)


def by_code(engine: Engine, session: Session, email: str, code: str, place: str) -> Arrival:
    """With address and the code that was mailed; raises `WrongCode`, `TooManyTries`."""
    tried = throttling.attempt(engine, CODE, email, (PLACE, place))
    account = account_of(engine, email)
    known = account.id if account is not None and account.active else None
    code_id = codes.look(engine, known, CodePurpose.SIGN_IN, code)
    db.set_scope(session, db.SYSTEM)
    found = codes.take(session, code_id)
    throttling.was_right(session, tried)
    return Arrival(found.account_id, Given.MAIL)


def by_link(session: Session, token: str) -> Arrival:
    """With the link that was mailed; raises `WrongCode`."""
    db.set_scope(session, db.SYSTEM)
    found = codes.take(session, codes.behind_link(session, token).id)
    return Arrival(found.account_id, Given.MAIL)


def account_of(engine: Engine, email: str) -> Account | None:
    """The account with this address, read in a transaction of its own."""
    with db.transaction(engine, read_only=True) as session:
        query = select(Account).where(col(Account.email) == email)
        return session.exec(query).one_or_none()


def _renewed(stored: str | None, password: str) -> str:
    """A hash of former settings is made anew while the password is known."""
    return stored if stored and is_current(stored) else hash_password(password)


def _hold(session: Session, account: Account, renewed: str) -> None:
    """Whoever changes the password or closes the account meanwhile comes first or waits."""
    same = update(Account).where(
        col(Account.id) == account.id,
        col(Account.password_hash) == account.password_hash,
        col(Account.active).is_(True),
    )
    if session.exec(same.values(password_hash=renewed)).rowcount != 1:
        raise WrongPassword
