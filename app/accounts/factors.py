"""The second factor: an authenticator app, or for whoever is alone in an office a code by mail.

References
----------
RFC 6238 (codes of a time step of 30 seconds); a step before and after is taken as well, and no
step twice.
"""

import io
from dataclasses import dataclass
from uuid import UUID

import pyotp
import segno
from sqlalchemy import Engine
from sqlmodel import Session, col, exists, select, update

from app import access, db
from app.access import Actor, FactorNeeded, ProofNeeded
from app.accounts import codes, notices, throttling
from app.accounts.arrivals import Given
from app.accounts.refusals import (
    AppInPlace,
    AppNeeded,
    CodeRefused,
    NoApp,
    OldPasswordNeeded,
    WrongCode,
)
from app.accounts.throttling import APP, CODE
from app.clock import now
from app.tables import Account, CodePurpose, Membership, Role

ISSUER = "Lotsenwerk"
BEFORE_AND_AFTER = (0, -1, 1)
"""Steps that are taken: clocks of phones are not quite right."""
PAYING = (Role.FINANCE, Role.LEAD)


@dataclass(frozen=True)
class Beginning:
    """What an authenticator app needs to know; shown once."""

    secret: str
    uri: str
    qr_svg: str


def counts(session: Session, actor: Actor, given: frozenset[str]) -> bool:
    """Whether what she has shown makes two factors.

    The app always, because nobody signs in with it alone. Password and mailbox only where she has
    no app and is the only one who pays at her sponsors; mail with mail is one. Who does not pay
    yet has shown nothing for a part that is given to her later.
    """
    if Given.APP in given:
        return True
    both = {Given.PASSWORD, Given.MAIL} <= given
    pays = bool(actor.parts & access.NEED_FACTOR)
    return both and pays and not actor.proof.has_app and may_use_mail(session, actor)


def may_use_mail(session: Session, actor: Actor) -> bool:
    """Whether a mailed code may be her second factor: she is alone in paying at each sponsor."""
    needing = actor.parts & access.NEED_FACTOR
    if needing - set(PAYING):
        return False
    sponsors = [sponsor_id for sponsor_id, role in actor.memberships if role in PAYING]
    colleague = (
        exists(select(1))
        .select_from(Membership)
        .where(
            col(Membership.account_id) == col(Account.id),
            col(Membership.account_id) != actor.account_id,
            col(Membership.sponsor_id).in_(sponsors),
            col(Membership.role).in_(PAYING),
            col(Account.active).is_(True),
        )
    )
    with db.as_system(session):
        return not session.scalar(select(colleague))


def begin_app(session: Session, actor: Actor) -> Beginning:
    """A new secret for an app, kept until a code of it was tried.

    Raises
    ------
    AppInPlace, ProofNeeded, OldPasswordNeeded, FactorNeeded
        There is one already; she has to prove that it is she, with more than her mailbox, and
        where that is her second factor with more than her password.
    """
    _require_enough(session, actor)
    secret = pyotp.random_base32()
    begun = session.exec(
        update(Account)
        .where(col(Account.id) == actor.account_id, col(Account.totp_since).is_(None))
        .values(totp_secret=secret, totp_step=0)
    )
    if begun.rowcount != 1:
        raise AppInPlace
    email = session.get_one(Account, actor.account_id).email
    return beginning(secret, email)


def begun_app(session: Session, actor: Actor) -> Beginning:
    """The secret that waits for its first code once more."""
    account = _waiting(session, actor)
    return beginning(account.totp_secret, account.email)


def _waiting(session: Session, actor: Actor, *, lock: bool = False) -> Account:
    """Her account, whose new secret waits for its first code.

    Raises
    ------
    NoApp, AppInPlace, ProofNeeded, OldPasswordNeeded, FactorNeeded
    """
    account = session.get_one(
        Account, actor.account_id, populate_existing=True, with_for_update=lock or None
    )
    if account.totp_since is not None:
        raise AppInPlace
    if not account.totp_secret:
        raise NoApp
    _require_enough(session, actor)
    return account


def beginning(secret: str, email: str) -> Beginning:
    """The secret as text, as an address for apps, and as a QR code."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)
    drawn = io.BytesIO()
    segno.make(uri, error="m").save(
        drawn, kind="svg", scale=5, dark="#000", light="#fff", xmldecl=False, svgns=True
    )
    return Beginning(secret, uri, drawn.getvalue().decode().strip())


def confirm_app(engine: Engine, session: Session, actor: Actor, code: str) -> None:
    """Take the app into use once a code of it was right; wrong ones are counted as everywhere.

    The transaction of the request is begun anew: nothing is held while the try is written down.

    Raises
    ------
    CodeRefused, TooManyTries, NoApp, AppInPlace, ProofNeeded, OldPasswordNeeded, FactorNeeded
    """
    _waiting(session, actor)
    session.rollback()
    tried = throttling.attempt(engine, APP, str(actor.account_id))
    db.set_scope(session, db.SYSTEM)
    account = _waiting(session, actor, lock=True)
    step = _step(account.totp_secret, code)
    if step is None:
        raise CodeRefused
    throttling.was_right(session, tried)
    done = session.exec(
        update(Account)
        .where(col(Account.id) == account.id, col(Account.totp_since).is_(None))
        .values(totp_since=now(), totp_step=step)
    )
    if done.rowcount != 1:
        raise AppInPlace
    codes.void(session, account.id, CodePurpose.FACTOR)
    notices.tell(session, account.id, "app")


def remove_app(session: Session, actor: Actor) -> None:
    """Take the app out of use; whoever does that has just given its code or her password."""
    if not actor.proof.has_app:
        raise NoApp
    if not actor.proof.factor:
        raise FactorNeeded
    if not actor.proof.is_fresh():
        raise ProofNeeded
    forget_app(session, actor.account_id)


def forget_app(session: Session, account_id: UUID) -> None:
    """No app belongs to the account any more."""
    gone = {"totp_secret": "", "totp_since": None, "totp_step": 0}
    session.exec(update(Account).where(col(Account.id) == account_id).values(**gone))
    notices.tell(session, account_id, "no_app")


def require_more_than_mail(session: Session, actor: Actor) -> None:
    """Nobody takes an account over through its mailbox alone: where a password is set and more
    than one factor is asked for, she has to know it.
    """
    if not actor.proof.is_fresh():
        raise ProofNeeded
    guarded = actor.proof.has_app or bool(actor.parts & access.NEED_FACTOR)
    if not guarded or actor.proof.factor or Given.PASSWORD in actor.proof.given:
        return
    account = session.get_one(Account, actor.account_id)
    if account.password_hash is not None or actor.proof.has_app:
        raise OldPasswordNeeded


def _require_enough(session: Session, actor: Actor) -> None:
    """What an app is set up with, from its secret to its first code: more than the mailbox, and
    whose second factor is her mailbox shows it first. Else who has her password would set up an
    app of her own, or take over the one that she began.
    """
    require_more_than_mail(session, actor)
    if Given.MAIL in actor.proof.given or not access.needs_factor(actor):
        return
    if may_use_mail(session, actor):
        raise FactorNeeded


def require_mail(session: Session, actor: Actor) -> None:
    """Raise `AppNeeded` where somebody has an app, or a mailed code would be no factor."""
    if actor.proof.has_app or not may_use_mail(session, actor):
        raise AppNeeded


def shown(engine: Engine, session: Session, actor: Actor, code: str) -> Given:
    """What a code shows: of her app where she has one, else of her mailbox; used up by this.

    The transaction of the request is begun anew: nothing is held while the try is written down.

    Raises
    ------
    CodeRefused, TooManyTries
    """
    session.rollback()
    by_app = actor.proof.has_app
    tried = throttling.attempt(engine, APP if by_app else CODE, str(actor.account_id))
    if by_app:
        step = _step(_secret(engine, actor.account_id), code)
        db.set_scope(session, db.SYSTEM)
        _take_step(session, actor.account_id, step)
    else:
        _take_mailed(engine, session, actor.account_id, code)
    throttling.was_right(session, tried)
    return Given.APP if by_app else Given.MAIL


def _take_mailed(engine: Engine, session: Session, account_id: UUID, code: str) -> None:
    try:
        code_id = codes.look(engine, account_id, CodePurpose.FACTOR, code)
        db.set_scope(session, db.SYSTEM)
        codes.take(session, code_id)
    except WrongCode as error:
        raise CodeRefused from error


def _secret(engine: Engine, account_id: UUID) -> str:
    with db.transaction(engine, read_only=True) as session:
        account = session.get_one(Account, account_id)
        return account.totp_secret if account.totp_since else ""


def _step(secret: str, code: str) -> int | None:
    """The time step whose code this is."""
    if not secret:
        return None
    typed, this = "".join(code.split()), pyotp.TOTP(secret).timecode(now())
    steps = (this + beside for beside in BEFORE_AND_AFTER)
    return next((step for step in steps if pyotp.HOTP(secret).verify(typed, step)), None)


def _take_step(session: Session, account_id: UUID, step: int | None) -> None:
    """No code is taken twice, and none after a later one."""
    taken = session.exec(
        update(Account)
        .where(
            col(Account.id) == account_id,
            col(Account.totp_since).is_not(None),
            col(Account.totp_step) < (step or 0),
        )
        .values(totp_step=step or 0)
    )
    if taken.rowcount != 1:
        raise CodeRefused
