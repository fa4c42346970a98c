"""Keys for programs: with chosen scopes, shown once, never more than their maker could do."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select, update

from app import access, audit
from app.access import Actor, FactorNeeded, ProofNeeded
from app.clock import now
from app.errors import Conflict, NotFound
from app.tables import ApiToken, Scope
from app.tokens import hash_token, new_token

TO_PROVE = frozenset({Scope.PAYOUT, Scope.EXPORT, Scope.ERASE})
MOST = 50


class TooManyKeys(Conflict):
    """One account holds only so many live keys."""

    slug, title = "too-many-keys", "Too many keys"
    de = "Sie haben schon {most} Schlüssel. Bitte widerrufen Sie erst einen."
    en = "You have {most} keys already. Please revoke one first."


def create(
    session: Session,
    actor: Actor,
    name: str,
    expires_at: datetime | None,
    scopes: Sequence[Scope],
) -> tuple[ApiToken, str]:
    """A new key and its secret, which is kept nowhere.

    Whoever has a part that needs a second factor gives it first; scopes that move money or data
    need a fresh proof. A key made without a second factor never takes such a part, later either.

    Raises
    ------
    FactorNeeded, ProofNeeded, TooManyKeys
    """
    if access.needs_factor(actor):
        raise FactorNeeded
    if TO_PROVE & set(scopes) and not actor.proof.is_fresh():
        raise ProofNeeded
    if len(mine(session, actor)) >= MOST:
        raise TooManyKeys(most=MOST)
    secret = new_token()
    token = ApiToken(
        account_id=actor.account_id,
        name=name,
        token_hash=hash_token(secret),
        expires_at=expires_at,
        scopes=[one for one in Scope if one in scopes],
        factor_at=now() if actor.proof.factor else None,
    )
    session.add(token)
    session.flush()
    on = ("api_token", token.id)
    audit.record_account(session, actor.account_id, "api_token.create", on)
    return token, secret


def mine(session: Session, actor: Actor) -> list[ApiToken]:
    """The caller's live keys."""
    query = select(ApiToken).where(
        col(ApiToken.account_id) == actor.account_id, col(ApiToken.revoked_at).is_(None)
    )
    return list(session.exec(query.order_by(col(ApiToken.id))).all())


def revoke(session: Session, actor: Actor, token_id: UUID) -> None:
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
    on = ("api_token", token_id)
    audit.record_account(session, actor.account_id, "api_token.revoke", on)
