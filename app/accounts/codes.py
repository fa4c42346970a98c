"""Codes and links by mail: made when the mail is written, so that none lies anywhere before.

The request only asks for a job. The job draws code and link, keeps their hashes, and hands the mail
over: the code stands in no queue, no list of messages, no log and no backup of the database. The
newest counts; a job that runs twice sends two mails, of which the second holds.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, delete, select, update

from app import db, jobs, sealing
from app.accounts import mails
from app.accounts.refusals import WrongCode, WrongLink
from app.clock import now
from app.settings import get_settings
from app.tables import Account, CodePurpose, SignInCode
from app.tables.row import new_id
from app.tokens import hash_token, new_token

LASTS = timedelta(minutes=15)
INVITED_FOR = timedelta(days=3)
TRIES = 5
"""After so many looks a code is void, right or wrong."""
MAILS = {
    CodePurpose.SIGN_IN: "accounts.mail_sign_in",
    CodePurpose.FACTOR: "accounts.mail_factor",
    CodePurpose.INVITE: "accounts.mail_invitation",
}
INTO_APP = "accounts.mail_sign_in_to_app"
APP = "app"
"""The one word that may stand behind a link; it says where signing in leads."""


def ask_for(
    session: Session, purpose: CodePurpose, account_id: UUID | None, *, to_app: bool = False
) -> None:
    """Ask for a mail; for nobody the same is done, and no mail goes out."""
    jobs.defer(session, INTO_APP if to_app else MAILS[purpose], account_id or new_id())


@jobs.task(MAILS[CodePurpose.SIGN_IN])
def mail_sign_in(engine: Engine, account_id: UUID) -> None:
    """Mail a code and a link to sign in."""
    _mail(engine, account_id, CodePurpose.SIGN_IN)


@jobs.task(INTO_APP)
def mail_sign_in_to_app(engine: Engine, account_id: UUID) -> None:
    """Mail a code and a link to sign in, of which the link leads into the app."""
    _mail(engine, account_id, CodePurpose.SIGN_IN, behind=f"?to={APP}")


@jobs.task(MAILS[CodePurpose.FACTOR])
def mail_factor(engine: Engine, account_id: UUID) -> None:
    """Mail a code to somebody who is signed in already."""
    _mail(engine, account_id, CodePurpose.FACTOR)


@jobs.task(MAILS[CodePurpose.INVITE])
def mail_invitation(engine: Engine, account_id: UUID) -> None:
    """Mail a link with which somebody comes in for the first time."""
    _mail(engine, account_id, CodePurpose.INVITE)


def _mail(engine: Engine, account_id: UUID, purpose: CodePurpose, behind: str = "") -> None:
    code, token = f"{secrets.randbelow(1_000_000):06}", new_token()
    made = db.in_transaction(
        engine, lambda session: _make(session, account_id, purpose, code, token)
    )
    if made is None:
        return
    account, row = made
    url = f"{get_settings().base_url.rstrip('/')}/l/{token}{behind}"
    text = mails.code(account, purpose, code, url)
    mails.send(row.id, account, text, row.created_at)


def _make(
    session: Session, account_id: UUID, purpose: CodePurpose, code: str, token: str
) -> tuple[Account, SignInCode] | None:
    """A row for a fresh code; those before it are void. None where nobody is there."""
    query = select(Account).where(col(Account.id) == account_id, col(Account.active).is_(True))
    account = session.exec(query.with_for_update()).one_or_none()
    if account is None:
        return None
    void(session, account_id, purpose)
    row = SignInCode(
        account_id=account_id,
        purpose=purpose,
        code_hash="",
        token_hash=hash_token(token),
        expires_at=now() + (INVITED_FOR if purpose == CodePurpose.INVITE else LASTS),
    )
    # An invitation is a link alone: six digits would be too few for three days.
    row.code_hash = hash_code(row.id, new_token() if purpose == CodePurpose.INVITE else code)
    session.add(row)
    session.flush()
    return account, row


def void(session: Session, account_id: UUID, *purposes: CodePurpose) -> None:
    """What was mailed before holds no more."""
    session.exec(
        update(SignInCode)
        .where(
            col(SignInCode.account_id) == account_id,
            col(SignInCode.purpose).in_(purposes or tuple(CodePurpose)),
            col(SignInCode.used_at).is_(None),
        )
        .values(used_at=now())
    )


def hash_code(code_id: UUID, code: str) -> str:
    """What is stored of a code: keyed, because a million guesses at a plain hash are nothing."""
    said = f"{code_id} {code}".encode()
    return hmac.new(sealing.derived("sign-in code"), said, hashlib.sha256).hexdigest()


def look(engine: Engine, account_id: UUID | None, purpose: CodePurpose, code: str) -> UUID:
    """The id of the live code of an account if `code` is it.

    The look is counted before it is taken, in a transaction of its own.
    """
    typed = "".join(code.split())
    live = db.in_transaction(engine, lambda session: _counted(session, account_id, purpose))
    code_id, stored = live or (new_id(), "")
    if not hmac.compare_digest(hash_code(code_id, typed), stored):
        raise WrongCode
    return code_id


def _counted(
    session: Session, account_id: UUID | None, purpose: CodePurpose
) -> tuple[UUID, str] | None:
    found = session.exec(
        update(SignInCode)
        .where(
            col(SignInCode.account_id) == account_id,
            col(SignInCode.purpose) == purpose,
            col(SignInCode.used_at).is_(None),
            col(SignInCode.expires_at) > now(),
            col(SignInCode.tries) < TRIES,
        )
        .values(tries=col(SignInCode.tries) + 1)
        .returning(col(SignInCode.id), col(SignInCode.code_hash))
    ).one_or_none()
    return (found[0], found[1]) if found else None


def behind_link(session: Session, token: str) -> SignInCode:
    """The live row behind a link; only looking uses nothing up."""
    query = select(SignInCode).where(
        col(SignInCode.token_hash) == hash_token(token),
        col(SignInCode.purpose).in_([CodePurpose.SIGN_IN, CodePurpose.INVITE]),
        col(SignInCode.used_at).is_(None),
        col(SignInCode.expires_at) > now(),
    )
    found = session.exec(query).one_or_none()
    if found is None or not session.get_one(Account, found.account_id).active:
        raise WrongLink
    return found


def take(session: Session, code_id: UUID) -> SignInCode:
    """Use a code or link up; the second of two who come at once is refused."""
    taken = session.exec(
        update(SignInCode)
        .where(
            col(SignInCode.id) == code_id,
            col(SignInCode.used_at).is_(None),
            col(SignInCode.expires_at) > now(),
        )
        .values(used_at=now())
    )
    if taken.rowcount != 1:
        raise WrongCode
    return session.get_one(SignInCode, code_id)


def forget_old(session: Session) -> None:
    """Delete what has expired."""
    session.exec(delete(SignInCode).where(col(SignInCode.expires_at) < now()))
