"""Who somebody is: the account behind a token or cookie and everything it may act for."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    Uuid,
    and_,
    bindparam,
    cast,
    literal_column,
    null,
    true,
    union_all,
)
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, func, or_, select
from sqlmodel.sql.sqltypes import UTCDateTime

from app.clock import now
from app.errors import NotSignedIn
from app.prepared import settled
from app.tables import (
    Account,
    ApiToken,
    Contact,
    Enrolment,
    EnrolmentState,
    Membership,
    Partnership,
    Role,
    Scope,
    SessionToken,
    Volunteer,
)
from app.tokens import hash_token

ACCOUNT = "account"
"""Marks the row of the account itself among the rows of what it is."""
IDLE, LASTS = timedelta(hours=2), timedelta(hours=12)
"""A session that nobody used for so long, or that began so long ago, has ended."""
IDLE_ALONE, LASTS_ALONE = timedelta(days=14), timedelta(days=30)
"""The same for who volunteers and is nothing else: she sees only what is hers, on her own phone."""
PROOF_LASTS = timedelta(minutes=10)
"""So long after a password or code nobody asks for it again."""


class Part(StrEnum):
    """In which part somebody acts."""

    COORDINATOR = Role.COORDINATOR
    FINANCE = Role.FINANCE
    LEAD = Role.LEAD
    AUDITOR = Role.AUDITOR
    VOLUNTEER = "volunteer"
    INSTITUTION = "institution"
    OPERATOR = "operator"
    PROGRAMME = "programme"


@dataclass(frozen=True)
class Proof:
    """How somebody showed who she is."""

    secret_id: UUID | None = None
    """Of the session or key; None: the service itself acts for her."""
    session: bool = False
    factor: bool = True
    """Whether a second factor was given; a key was made by somebody who gave it."""
    proven_at: datetime | None = None
    """When she last gave password or code, in this session."""
    scopes: frozenset[str] = frozenset(Scope)
    """What the key may do; a session may do everything."""
    seen_at: datetime | None = None
    """When session or key was used before, to the minute."""
    given: frozenset[str] = frozenset()
    """What she showed in this session: password, code by mail, code of the app."""
    has_app: bool = False
    """Whether she has set up an authenticator app."""

    def is_fresh(self) -> bool:
        """Whether it is only some minutes ago that she proved it."""
        return self.proven_at is not None and now() - self.proven_at < PROOF_LASTS


@dataclass(frozen=True)
class Actor:
    """A signed-in person and what she acts for, narrowed to the parts the route allows."""

    account_id: UUID
    name: str
    memberships: frozenset[tuple[UUID, str]] = field(default_factory=frozenset)
    volunteer_id: UUID | None = None
    enrolled_at: frozenset[UUID] = field(default_factory=frozenset)
    institution_ids: frozenset[UUID] = field(default_factory=frozenset)
    partner_of: frozenset[UUID] = field(default_factory=frozenset)
    operator: bool = False
    programme: bool = False
    proof: Proof = field(default_factory=Proof)

    @property
    def sponsor_ids(self) -> frozenset[UUID]:
        """Sponsors at which the actor works in an allowed role."""
        return frozenset(sponsor_id for sponsor_id, _ in self.memberships)

    def audits(self, sponsor_id: UUID) -> bool:
        """Whether she is nothing but an auditor at this sponsor: sums and evidence, no clients."""
        return {role for where, role in self.memberships if where == sponsor_id} == {Role.AUDITOR}

    @property
    def reach(self) -> frozenset[UUID]:
        """Sponsors whose rows the second wall lets through."""
        return self.sponsor_ids | self.enrolled_at | self.partner_of

    @property
    def parts(self) -> frozenset[str]:
        """Every part this actor can take."""
        roles = {role for _, role in self.memberships}
        if self.volunteer_id:
            roles.add(Part.VOLUNTEER)
        if self.institution_ids:
            roles.add(Part.INSTITUTION)
        if self.operator:
            roles.add(Part.OPERATOR)
        if self.programme:
            roles.add(Part.PROGRAMME)
        return frozenset(roles)

    def narrowed(self, allowed: frozenset[str]) -> "Actor":
        """The same person, with only the parts that are allowed here."""
        return replace(
            self,
            memberships=frozenset(m for m in self.memberships if m[1] in allowed),
            volunteer_id=self.volunteer_id if Part.VOLUNTEER in allowed else None,
            institution_ids=self.institution_ids if Part.INSTITUTION in allowed else frozenset(),
            operator=self.operator and Part.OPERATOR in allowed,
            programme=self.programme and Part.PROGRAMME in allowed,
        )


def _roles(account_id: ColumnElement[UUID]) -> CompoundSelect[Any]:
    """Everything an account is: (part, whose, at which sponsor, name)."""
    no_name = cast(null(), String)
    return union_all(
        select(
            col(Membership.role), col(Membership.account_id), col(Membership.sponsor_id), no_name
        ).where(col(Membership.account_id) == account_id),
        select(
            literal_column(f"'{Part.VOLUNTEER}'"),
            col(Volunteer.id),
            col(Enrolment.sponsor_id),
            no_name,
        )
        .join(Enrolment, col(Enrolment.volunteer_id) == col(Volunteer.id))
        .where(
            col(Volunteer.account_id) == account_id,
            col(Enrolment.state) != EnrolmentState.ENDED,
        ),
        select(
            literal_column(f"'{Part.INSTITUTION}'"),
            col(Contact.institution_id),
            col(Partnership.sponsor_id),
            no_name,
        )
        .join(Partnership, col(Partnership.institution_id) == col(Contact.institution_id))
        .where(col(Contact.account_id) == account_id),
        select(
            literal_column(f"'{ACCOUNT}'"), col(Account.id), cast(null(), Uuid), col(Account.name)
        ).where(col(Account.id) == account_id),
        select(
            literal_column(f"'{Part.OPERATOR}'"), col(Account.id), cast(null(), Uuid), no_name
        ).where(col(Account.id) == account_id, col(Account.operator).is_(True)),
        select(
            literal_column(f"'{Part.PROGRAMME}'"), col(Account.id), cast(null(), Uuid), no_name
        ).where(col(Account.id) == account_id, col(Account.programme).is_(True)),
    )


def alive() -> ColumnElement[bool]:
    """Which sessions are neither ended nor too old nor idle for too long, whoever has them."""
    used = func.coalesce(col(SessionToken.seen_at), col(SessionToken.created_at))
    return and_(
        col(SessionToken.revoked_at).is_(None),
        col(SessionToken.expires_at) > now(),
        used > now() - IDLE_ALONE,
    )


def _valid(table: type[ApiToken] | type[SessionToken]) -> ColumnElement[bool]:
    """Which secrets still open a door."""
    moment = bindparam("moment", type_=UTCDateTime())
    holds = and_(
        col(table.token_hash) == bindparam("token_hash"),
        col(table.revoked_at).is_(None),
        or_(col(table.expires_at).is_(None), col(table.expires_at) > moment),
        col(Account.active).is_(True),
    )
    if table is ApiToken:
        return holds
    since = bindparam("idle_since", type_=UTCDateTime())
    used = func.coalesce(col(SessionToken.seen_at), col(SessionToken.created_at))
    return and_(holds, used > since)


def _owned_by(table: type[ApiToken] | type[SessionToken]) -> Select[Any]:
    """The same for whom a valid secret belongs to, in one statement; no row for any other."""
    about: tuple[Any, ...] = (
        (
            col(SessionToken.created_at),
            col(SessionToken.seen_at),
            col(SessionToken.factor_at),
            col(SessionToken.proven_at),
            col(SessionToken.given),
        )
        if table is SessionToken
        else (col(ApiToken.used_at), col(ApiToken.scopes), col(ApiToken.factor_at))
    )
    owner = (
        sql_select(
            col(Account.id), col(table.id).label("secret_id"), col(Account.totp_since), *about
        )
        .join(table, col(table.account_id) == col(Account.id))
        .where(_valid(table))
        .cte("owner")
    )
    roles = _roles(select(owner.c.id).scalar_subquery()).subquery("roles")
    said = [column for column in owner.c if column.key != "id"]
    return sql_select(*roles.c, *said).join_from(roles, owner, true())


_BY_ACCOUNT = settled(_roles(bindparam("account_id", type_=Uuid())))
_BY_SECRET = {table: settled(_owned_by(table)) for table in (ApiToken, SessionToken)}


def actor_of(session: Session, account: Account) -> Actor:
    """Everything an account is: memberships, volunteer, contact of institutions."""
    return _actor(session.execute(_BY_ACCOUNT, {"account_id": account.id}).all())


def _actor(found: Sequence[Any], proof: Proof | None = None) -> Actor:
    roles = [tuple(row)[:4] for row in found]
    account_id, name = next((whose, name) for part, whose, _, name in roles if part == ACCOUNT)
    enrolled = [(whose, sponsor) for part, whose, sponsor, _ in roles if part == Part.VOLUNTEER]
    partners = [(whose, sponsor) for part, whose, sponsor, _ in roles if part == Part.INSTITUTION]
    parts = {part for part, *_ in roles}
    return Actor(
        account_id=account_id,
        name=name,
        memberships=frozenset((s, part) for part, _, s, _ in roles if part in set(Role)),
        volunteer_id=enrolled[0][0] if enrolled else None,
        enrolled_at=frozenset(sponsor for _, sponsor in enrolled),
        institution_ids=frozenset(institution for institution, _ in partners),
        partner_of=frozenset(sponsor for _, sponsor in partners),
        operator=Part.OPERATOR in parts,
        programme=Part.PROGRAMME in parts,
        proof=proof or Proof(),
    )


def signed_in(session: Session, table: type[ApiToken] | type[SessionToken], secret: str) -> Actor:
    """Whom a token or cookie belongs to, with everything she is, in one statement.

    Raises
    ------
    NotSignedIn
        The secret is unknown, too old, idle for too long or revoked, or the account is closed.
    """
    values = {"token_hash": hash_token(secret), "moment": now()}
    if table is SessionToken:
        values["idle_since"] = now() - IDLE_ALONE
    found = session.execute(_BY_SECRET[table], values).all()
    if not found:
        raise NotSignedIn
    actor = _actor(found, _proof(table, found[0]))
    if table is SessionToken and _is_over(actor, found[0]):
        raise NotSignedIn
    return actor


def lasting(actor: Actor) -> tuple[timedelta, timedelta]:
    """How long a session may lie idle, and how long it lasts; as long as her parts allow today."""
    alone = actor.parts <= {Part.VOLUNTEER} and bool(actor.parts)
    return (IDLE_ALONE, LASTS_ALONE) if alone else (IDLE, LASTS)


def _is_over(actor: Actor, row: Any) -> bool:
    idle, lasts = lasting(actor)
    used = row.seen_at or row.created_at
    return bool(now() - used >= idle or now() - row.created_at >= lasts)


def _proof(table: type[ApiToken] | type[SessionToken], row: Any) -> Proof:
    if table is ApiToken:
        return Proof(
            row.secret_id,
            factor=row.factor_at is not None,
            scopes=frozenset(row.scopes),
            seen_at=row.used_at,
            has_app=row.totp_since is not None,
        )
    return Proof(
        row.secret_id,
        session=True,
        factor=row.factor_at is not None,
        proven_at=row.proven_at,
        seen_at=row.seen_at,
        given=frozenset(row.given.split()),
        has_app=row.totp_since is not None,
    )
