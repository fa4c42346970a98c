"""`lotsenwerk account`: what the technical operators do about somebody's way in.

Each command leaves a line in the log; the person is told by mail.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session, col, select, update

from app import db
from app.accounts import codes, factors, sessions
from app.bodies import Email, Name
from app.clock import now
from app.console import database, out, refuse
from app.passwords import hash_password
from app.tables import Account, ApiToken, CodePurpose, Membership, Role, Sponsor
from app.tokens import new_token

log = logging.getLogger(__name__)
commands = typer.Typer(help="Let people in, and help who cannot get in.", no_args_is_help=True)
FIRST = (Role.COORDINATOR, Role.FINANCE, Role.LEAD)
"""Of the first account; an auditor is somebody else."""
Address = Annotated[str, typer.Argument(help="E-mail address of the account.")]


def create_admin(
    email: str,
    sponsor: Annotated[str, typer.Option(help="Name of the sponsor; made when it is new.")],
    name: Annotated[str, typer.Option()] = "Leitung",
    operator: Annotated[
        bool, typer.Option("--operator", help="May also see failed jobs and try them again.")
    ] = False,
) -> None:
    """Make the first account of a sponsor, with every role of the office; prints its password."""
    address = _valid(Email, email, "is no e-mail address")
    password = new_token()[3:19]
    with database() as engine, db.transaction(engine) as session:
        if session.exec(select(Account.id).where(col(Account.email) == address)).first():
            refuse(f"There is an account {address} already.")
        row = session.exec(select(Sponsor).where(col(Sponsor.name) == sponsor)).one_or_none()
        if row is None:
            row = Sponsor(name=sponsor)
            session.add(row)
        account = Account(
            email=address, name=name, password_hash=hash_password(password), operator=operator
        )
        session.add(account)
        session.flush()
        for role in FIRST:
            session.add(Membership(account_id=account.id, sponsor_id=row.id, role=role))
    out.print(
        "The first sign-in asks for a second step: who is alone in the office and does not run the"
        " machine gets a code by mail, all others set up an app that shows codes (TOTP)."
    )
    out.print(f"{address} may sign in with the password {password}", markup=False)


@contextmanager
def _account(email: str) -> Iterator[tuple[Session, Account]]:
    with database() as engine, db.transaction(engine) as session:
        account = session.exec(
            select(Account).where(col(Account.email) == email.strip().lower())
        ).one_or_none()
        yield session, account or refuse(f"There is no account {email} here.")


@commands.command()
def invite(
    email: Address,
    name: Annotated[str, typer.Option(help="Needed for a new account.")] = "",
    sponsor: Annotated[str | None, typer.Option(help="Name of the sponsor.")] = None,
    role: Annotated[Role | None, typer.Option(help="What she is at the sponsor.")] = None,
    operator: Annotated[bool, typer.Option("--operator", help="Runs the machine.")] = False,
    programme: Annotated[
        bool, typer.Option("--programme", help="Looks after the state programme.")
    ] = False,
) -> None:
    """Mail somebody a link with which she comes in and chooses a password; holds three days."""
    address = _valid(Email, email, "is no e-mail address")
    with database() as engine, db.transaction(engine) as session:
        account = session.exec(select(Account).where(col(Account.email) == address)).one_or_none()
        if account is None:
            account = Account(email=address, name=_valid(Name, name, "is no name: give --name"))
        _require_open(account)
        account.operator, account.programme = (
            account.operator or operator,
            account.programme or programme,
        )
        session.add(account)
        session.flush()
        if sponsor is not None or role is not None:
            _make_member(session, account, sponsor, role)
        codes.ask_for(session, CodePurpose.INVITE, account.id)
    log.info("account %s: invited by the operators", account.id)
    out.print(f"A link goes to {address}.", markup=False)


def _require_open(account: Account) -> None:
    """No mail goes to a closed account."""
    if not account.active:
        refuse(f"The account {account.email} is closed. Reopen it first.")


def _make_member(session: Session, account: Account, name: str | None, role: Role | None) -> None:
    sponsor = session.exec(select(Sponsor).where(col(Sponsor.name) == name)).one_or_none()
    if sponsor is None or role is None:
        refuse("Give both --sponsor, by its full name, and --role.")
    known = select(Membership).where(
        col(Membership.account_id) == account.id,
        col(Membership.sponsor_id) == sponsor.id,
        col(Membership.role) == role,
    )
    if session.exec(known).one_or_none() is None:
        session.add(Membership(account_id=account.id, sponsor_id=sponsor.id, role=role))


def _valid(kind: Any, said: str, wrong: str) -> str:
    try:
        found: str = TypeAdapter(kind).validate_python(said)
    except ValidationError:
        refuse(f'"{said}" {wrong}.')
    return found


@commands.command()
def reset_factor(email: Address) -> None:
    """Take the app away from somebody who has lost it; she is signed out everywhere."""

    def reset(session: Session, account: Account) -> None:
        factors.forget_app(session, account.id)
        sessions.end_all(session, account.id)

    _carry_out(email, reset, "second factor reset")
    out.print(f"{email} signs in with password or mail and sets up an app anew.", markup=False)


@commands.command()
def reset_password(email: Address) -> None:
    """Take the password away from somebody who has forgotten it, and mail a link to choose one."""

    def reset(session: Session, account: Account) -> None:
        _require_open(account)
        account.password_hash, account.password_set_at = None, None
        session.add(account)
        sessions.end_all(session, account.id)
        codes.void(session, account.id)
        codes.ask_for(session, CodePurpose.INVITE, account.id)

    _carry_out(email, reset, "password reset")
    out.print(f"A link goes to {email}; the old password no longer holds.", markup=False)


@commands.command()
def close(email: Address) -> None:
    """Close an account: its sessions and keys end at once, and nothing signs in to it."""

    def shut(session: Session, account: Account) -> None:
        account.active = False
        session.add(account)
        sessions.end_all(session, account.id)
        codes.void(session, account.id)
        keys = col(ApiToken.account_id) == account.id
        live = update(ApiToken).where(keys, col(ApiToken.revoked_at).is_(None))
        session.exec(live.values(revoked_at=now()))

    _carry_out(email, shut, "closed")
    out.print(f"{email} is closed.", markup=False)


@commands.command()
def reopen(email: Address) -> None:
    """Open a closed account again; its keys stay revoked."""

    def unlock(session: Session, account: Account) -> None:
        account.active = True
        session.add(account)

    _carry_out(email, unlock, "reopened")
    out.print(f"{email} may sign in again.", markup=False)


def _carry_out(email: str, work: Callable[[Session, Account], None], what: str) -> None:
    with _account(email) as (session, account):
        work(session, account)
    log.warning("account %s: %s by the operators", account.id, what)
