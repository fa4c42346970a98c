"""When the way into an account changes its owner is told by mail: it may not have been her."""

import logging
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from app import audit, db, jobs
from app.accounts import mails
from app.clock import now
from app.tables import Account
from app.tables.row import new_id

log = logging.getLogger(__name__)


def tell(session: Session, account_id: UUID, what: str) -> None:
    """Mail what was changed (`password`, `app`, `no_app`), and note it in log and audit."""
    log.info("account %s: %s changed", account_id, what)
    audit.record_account(session, account_id, f"account.{what}", ("account", account_id))
    jobs.defer(session, f"accounts.changed_{what}", account_id)


@jobs.task("accounts.changed_password")
def mail_password(engine: Engine, account_id: UUID) -> None:
    """Mail that the password was changed."""
    _mail(engine, account_id, "password")


@jobs.task("accounts.changed_app")
def mail_app(engine: Engine, account_id: UUID) -> None:
    """Mail that an app was set up."""
    _mail(engine, account_id, "app")


@jobs.task("accounts.changed_no_app")
def mail_no_app(engine: Engine, account_id: UUID) -> None:
    """Mail that the app was removed."""
    _mail(engine, account_id, "no_app")


def _mail(engine: Engine, account_id: UUID, what: str) -> None:
    with db.transaction(engine, read_only=True) as session:
        account = session.get(Account, account_id)
    if account is None:
        return
    mails.send(new_id(), account, mails.changed(account, what), now())
