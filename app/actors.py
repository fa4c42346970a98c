"""Who somebody is: the account behind a token or cookie and everything it may act for."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    String,
    Uuid,
    bindparam,
    cast,
    literal_column,
    null,
    union_all,
)
from sqlmodel import Session, col, or_, select
from sqlmodel.sql.sqltypes import UTCDateTime

from app.clock import now
from app.errors import NotSignedIn
from app.tables import (
    Account,
    ApiToken,
    Contact,
    Enrolment,
    EnrolmentState,
    Membership,
    Partnership,
    Role,
    SessionToken,
    Volunteer,
)
from app.tokens import hash_token

ACCOUNT = "account"
"""Marks the row of the account itself among the rows of what it is."""


class Part(StrEnum):
    """In which part somebody acts."""

    COORDINATOR = Role.COORDINATOR
    FINANCE = Role.FINANCE
    LEAD = Role.LEAD
    VOLUNTEER = "volunteer"
    INSTITUTION = "institution"
    OPERATOR = "operator"


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

    @property
    def sponsor_ids(self) -> frozenset[UUID]:
        """Sponsors at which the actor works in an allowed role."""
        return frozenset(sponsor_id for sponsor_id, _ in self.memberships)

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
        return frozenset(roles)

    def narrowed(self, allowed: frozenset[str]) -> "Actor":
        """The same person, with only the parts that are allowed here."""
        return replace(
            self,
            memberships=frozenset(m for m in self.memberships if m[1] in allowed),
            volunteer_id=self.volunteer_id if Part.VOLUNTEER in allowed else None,
            institution_ids=self.institution_ids if Part.INSTITUTION in allowed else frozenset(),
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
    )


def _owned_by(table: type[ApiToken] | type[SessionToken]) -> CompoundSelect[Any]:
    """The same for whom a valid secret belongs to, in one statement; no row for any other."""
    owner = (
        select(col(Account.id))
        .join(table, col(table.account_id) == col(Account.id))
        .where(
            col(table.token_hash) == bindparam("token_hash"),
            col(table.revoked_at).is_(None),
            or_(
                col(table.expires_at).is_(None),
                col(table.expires_at) > bindparam("moment", type_=UTCDateTime()),
            ),
            col(Account.active).is_(True),
        )
        .cte("owner")
    )
    return _roles(select(owner.c.id).scalar_subquery())


_BY_ACCOUNT = _roles(bindparam("account_id", type_=Uuid()))
_BY_SECRET = {table: _owned_by(table) for table in (ApiToken, SessionToken)}


def actor_of(session: Session, account: Account) -> Actor:
    """Everything an account is: memberships, volunteer, contact of institutions."""
    return _actor(session.execute(_BY_ACCOUNT, {"account_id": account.id}).all())


def _actor(found: Sequence[Any]) -> Actor:
    account_id, name = next((whose, name) for part, whose, _, name in found if part == ACCOUNT)
    enrolled = [(whose, sponsor) for part, whose, sponsor, _ in found if part == Part.VOLUNTEER]
    partners = [(whose, sponsor) for part, whose, sponsor, _ in found if part == Part.INSTITUTION]
    outside = (Part.VOLUNTEER, Part.INSTITUTION, Part.OPERATOR, ACCOUNT)
    return Actor(
        account_id=account_id,
        name=name,
        memberships=frozenset((s, part) for part, _, s, _ in found if part not in outside),
        volunteer_id=enrolled[0][0] if enrolled else None,
        enrolled_at=frozenset(sponsor for _, sponsor in enrolled),
        institution_ids=frozenset(institution for institution, _ in partners),
        partner_of=frozenset(sponsor for _, sponsor in partners),
        operator=any(part == Part.OPERATOR for part, *_ in found),
    )


def signed_in(session: Session, table: type[ApiToken] | type[SessionToken], secret: str) -> Actor:
    """Whom a token or cookie belongs to, with everything she is, in one statement.

    Raises
    ------
    NotSignedIn
        The secret is unknown, too old or revoked, or the account is closed.
    """
    values = {"token_hash": hash_token(secret), "moment": now()}
    found = session.execute(_BY_SECRET[table], values).all()
    if not found:
        raise NotSignedIn
    return _actor(found)
