"""Ways in for the attacks: a browser in which somebody is signed in, a link of a message."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Engine, delete
from sqlmodel import col

from app import db, links
from app.clock import now
from app.tables import ApiToken, LinkPurpose, Membership, Scope, SessionToken, SponsorRow
from app.tokens import hash_token, new_token
from tests.cast import Cast, in_browser


def browser(
    engine: Engine, cast: Cast, name: str, *, factor: bool = False, proven: bool = False
) -> dict[str, str]:
    """The headers of a browser in which `name` signed in with her password."""
    secret, moment = new_token(), now()
    session_row = SessionToken(
        account_id=cast.accounts[name],
        token_hash=hash_token(secret),
        expires_at=moment + timedelta(hours=12),
        seen_at=moment,
        factor_at=moment if factor else None,
        proven_at=moment if proven else None,
        given="password totp" if factor else "password",
    )
    with db.transaction(engine) as session:
        session.add(session_row)
    return in_browser(secret)


def key(engine: Engine, cast: Cast, name: str, *scopes: Scope) -> dict[str, str]:
    """The header of a program of `name`, whose key was made for `scopes`."""
    secret = new_token()
    row = ApiToken(
        account_id=cast.accounts[name],
        name="Excel",
        token_hash=hash_token(secret),
        scopes=list(scopes),
        used_at=now(),
    )
    with db.transaction(engine) as session:
        session.add(row)
    return {"Authorization": f"Bearer {secret}"}


def link(engine: Engine, purpose: LinkPurpose, table: type[SponsorRow], row_id: str) -> str:
    """The token of a fresh link, as it stands in a message."""
    with db.transaction(engine) as session:
        subject = session.get_one(table, UUID(row_id))
        address = links.make(session, purpose, subject, now() + timedelta(days=1))
    return address.rsplit("/", 1)[1]


def dismiss(engine: Engine, cast: Cast, name: str) -> None:
    """Take every role away from an account."""
    with db.transaction(engine) as session:
        session.execute(delete(Membership).where(col(Membership.account_id) == cast.accounts[name]))
