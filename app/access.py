"""Who is asking, and which rows that person may see: the first wall.

A route says in its signature who may call it (`actor: Coordinator`). Rows are reached only through
`visible_*()`: load and authorise in one call. What is not visible does not exist (404).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy import literal, union_all
from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from app import db, idempotency
from app.clock import now
from app.db import SessionDep
from app.errors import ApiError, Conflict, Forbidden, Invalid, NotFound, NotSignedIn
from app.settings import get_settings
from app.tables import (
    Account,
    ApiToken,
    Assignment,
    Claim,
    Contact,
    Enrolment,
    EnrolmentState,
    ImportBatch,
    Institution,
    Membership,
    Offer,
    ParentsDay,
    Partnership,
    Payrun,
    Plan,
    Role,
    Row,
    Seat,
    Series,
    ServiceRecord,
    SessionToken,
    Sponsor,
    SponsorRow,
    Task,
    Volunteer,
)
from app.tables import Request as RequestRow
from app.tokens import BEARER_PREFIX, hash_token

COOKIE = "__Host-session"
PUBLIC = frozenset({
    "/livez",
    "/readyz",
    "/",
    "/a/{token}",
    "/c/{token}",
    "/calendars/{token}.ics",
    "/api/v1/auth/login",
    "/api/v1/languages",
    "/api/v1/regions",
    "/api/v1/holidays",
})  # fmt: skip
"""Routes without an actor; a test walks the application and compares."""

S = TypeVar("S", bound=SponsorRow)
R = TypeVar("R", bound=Row)


class Part(StrEnum):
    """In which part somebody acts."""

    COORDINATOR = Role.COORDINATOR
    FINANCE = Role.FINANCE
    LEAD = Role.LEAD
    VOLUNTEER = "volunteer"
    INSTITUTION = "institution"


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
        return frozenset(roles)

    def narrowed(self, allowed: frozenset[str]) -> "Actor":
        """The same person, with only the parts that are allowed here."""
        return replace(
            self,
            memberships=frozenset(m for m in self.memberships if m[1] in allowed),
            volunteer_id=self.volunteer_id if Part.VOLUNTEER in allowed else None,
            institution_ids=self.institution_ids if Part.INSTITUTION in allowed else frozenset(),
        )


class CrossSite(ApiError):
    """A cookie came with a request that another site made."""

    status, slug, title = 403, "cross-site", "Request from another site"
    de = "Diese Anfrage kam von einer fremden Seite und wurde nicht ausgeführt."
    en = "This request came from another site and was not carried out."


class SponsorUnclear(Invalid):
    """Someone who works for several sponsors did not say for which one."""

    de = "Bitte sponsor_id angeben: Sie arbeiten für mehrere Träger."
    en = "Please give sponsor_id: you work for several sponsors."


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" and token.startswith(BEARER_PREFIX) else None


def refuse_cross_site(request: Request) -> None:
    """A cookie alone does not prove intent: the browser must say that the page is ours."""
    if request.method in db.READ_METHODS:
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise CrossSite
        return
    origin = request.headers.get("origin")
    if origin is None or origin != get_settings().base_url.rstrip("/"):
        raise CrossSite


def _owner(session: Session, table: type[ApiToken] | type[SessionToken], secret: str) -> Account:
    found = session.exec(
        select(Account, table.expires_at, table.revoked_at)
        .join(table, col(table.account_id) == col(Account.id))
        .where(col(table.token_hash) == hash_token(secret))
    ).one_or_none()
    if found is None:
        raise NotSignedIn
    account, expires_at, revoked_at = found
    expired = expires_at is not None and expires_at <= now()
    if expired or revoked_at is not None or not account.active:
        raise NotSignedIn
    return account


def _account_of(session: Session, request: Request) -> Account:
    bearer, cookie = _bearer(request), request.cookies.get(COOKIE)
    if bearer:
        return _owner(session, ApiToken, bearer)
    if cookie:
        refuse_cross_site(request)
        return _owner(session, SessionToken, cookie)
    raise NotSignedIn


def _roles(account_id: UUID) -> Any:
    """One statement for everything an account is: (part, whose, at which sponsor)."""
    return union_all(
        select(col(Membership.role), col(Membership.account_id), col(Membership.sponsor_id)).where(
            col(Membership.account_id) == account_id
        ),
        select(literal(Part.VOLUNTEER.value), col(Volunteer.id), col(Enrolment.sponsor_id))
        .join(Enrolment, col(Enrolment.volunteer_id) == col(Volunteer.id))
        .where(
            col(Volunteer.account_id) == account_id,
            col(Enrolment.state) != EnrolmentState.ENDED,
        ),
        select(
            literal(Part.INSTITUTION.value),
            col(Contact.institution_id),
            col(Partnership.sponsor_id),
        )
        .join(Partnership, col(Partnership.institution_id) == col(Contact.institution_id))
        .where(col(Contact.account_id) == account_id),
    )


def actor_of(session: Session, account: Account) -> Actor:
    """Everything an account is: memberships, volunteer, contact of institutions."""
    found = session.execute(_roles(account.id)).all()
    enrolled = [(whose, sponsor) for part, whose, sponsor in found if part == Part.VOLUNTEER]
    partners = [(whose, sponsor) for part, whose, sponsor in found if part == Part.INSTITUTION]
    outside = (Part.VOLUNTEER, Part.INSTITUTION)
    return Actor(
        account_id=account.id,
        name=account.name,
        memberships=frozenset((s, part) for part, _, s in found if part not in outside),
        volunteer_id=enrolled[0][0] if enrolled else None,
        enrolled_at=frozenset(sponsor for _, sponsor in enrolled),
        institution_ids=frozenset(institution for institution, _ in partners),
        partner_of=frozenset(sponsor for _, sponsor in partners),
    )


def current_actor(request: Request, session: SessionDep) -> Actor:
    """The signed-in person; sets the second wall and answers repeated requests."""
    db.set_scope(session, db.SYSTEM)
    actor = actor_of(session, _account_of(session, request))
    idempotency.recall(session, request, actor.account_id)
    db.set_scope(session, db.Scope(account_id=actor.account_id, sponsor_ids=actor.reach))
    return actor


def acting_as(*parts: Part) -> Callable[[Actor], Actor]:
    """A dependency: the actor narrowed to `parts`, or 403 when she has none of them."""
    allowed = frozenset(str(part) for part in parts)

    def narrowed(actor: Annotated[Actor, Depends(current_actor)]) -> Actor:
        if not actor.parts & allowed:
            raise Forbidden
        return actor.narrowed(allowed)

    return narrowed


Anyone = Annotated[Actor, Depends(current_actor)]
Coordinator = Annotated[Actor, Depends(acting_as(Part.COORDINATOR))]
Asker = Annotated[Actor, Depends(acting_as(Part.COORDINATOR, Part.INSTITUTION))]
Answerer = Annotated[Actor, Depends(acting_as(Part.COORDINATOR, Part.VOLUNTEER))]
Participant = Annotated[
    Actor, Depends(acting_as(Part.COORDINATOR, Part.VOLUNTEER, Part.INSTITUTION))
]
Confirmer = Annotated[Actor, Depends(acting_as(Part.COORDINATOR, Part.INSTITUTION))]
Finance = Annotated[Actor, Depends(acting_as(Part.FINANCE))]
Lead = Annotated[Actor, Depends(acting_as(Part.LEAD))]
Office = Annotated[Actor, Depends(acting_as(Part.COORDINATOR, Part.FINANCE, Part.LEAD))]
Bookkeeper = Annotated[Actor, Depends(acting_as(Part.COORDINATOR, Part.FINANCE))]
Treasury = Annotated[Actor, Depends(acting_as(Part.FINANCE, Part.LEAD))]
Payee = Annotated[
    Actor, Depends(acting_as(Part.COORDINATOR, Part.FINANCE, Part.LEAD, Part.VOLUNTEER))
]


def sponsor_for(actor: Actor, sponsor_id: UUID | None) -> UUID:
    """The sponsor a new row belongs to: the one named, or the only one there is."""
    choices = actor.sponsor_ids or actor.partner_of
    if sponsor_id is None:
        if len(choices) != 1:
            raise SponsorUnclear
        return next(iter(choices))
    if sponsor_id not in choices:
        raise NotFound
    return sponsor_id


def load(
    session: Session,
    visible: SelectOfScalar[R],
    table: type[R],
    row_id: UUID,
    *,
    lock: bool = False,
) -> R:
    """One visible row, or `NotFound`; with `lock` nobody else changes it until the commit."""
    query = visible.where(col(table.id) == row_id)
    if lock:
        query = query.with_for_update(of=table, key_share=True).execution_options(
            populate_existing=True
        )
    row = session.exec(query).one_or_none()
    if row is None:
        raise NotFound
    return row


def _of_sponsor(table: type[S], actor: Actor) -> SelectOfScalar[S]:
    return select(table).where(col(table.sponsor_id).in_(actor.sponsor_ids))


def visible_sponsors(actor: Actor) -> SelectOfScalar[Sponsor]:
    """Sponsors the actor works for, helps or asks."""
    return select(Sponsor).where(col(Sponsor.id).in_(actor.reach))


def visible_volunteers(actor: Actor) -> SelectOfScalar[Volunteer]:
    """Volunteers with a live enrolment at the actor's sponsors, and herself."""
    enrolled = select(Enrolment.volunteer_id).where(
        col(Enrolment.sponsor_id).in_(actor.sponsor_ids),
        col(Enrolment.state) != EnrolmentState.ENDED,
    )
    return select(Volunteer).where(
        or_(col(Volunteer.id).in_(enrolled), col(Volunteer.id) == actor.volunteer_id)
    )


def visible_enrolments(actor: Actor) -> SelectOfScalar[Enrolment]:
    """Enrolments at the actor's sponsors, and her own."""
    return select(Enrolment).where(
        or_(
            col(Enrolment.sponsor_id).in_(actor.sponsor_ids),
            col(Enrolment.volunteer_id) == actor.volunteer_id,
        )
    )


def visible_institutions(actor: Actor) -> SelectOfScalar[Institution]:
    """Partners of the actor's sponsors, and the institutions she acts for."""
    partners = select(Partnership.institution_id).where(
        col(Partnership.sponsor_id).in_(actor.sponsor_ids)
    )
    return select(Institution).where(
        or_(col(Institution.id).in_(partners), col(Institution.id).in_(actor.institution_ids))
    )


def visible_requests(actor: Actor) -> SelectOfScalar[RequestRow]:
    """Requests to the actor's sponsors, and those of her institutions."""
    return select(RequestRow).where(
        or_(
            col(RequestRow.sponsor_id).in_(actor.sponsor_ids),
            col(RequestRow.institution_id).in_(actor.institution_ids),
        )
    )


def visible_parents_days(actor: Actor) -> SelectOfScalar[ParentsDay]:
    """Parents' days at the actor's sponsors, and those of her institutions."""
    return select(ParentsDay).where(
        or_(
            col(ParentsDay.sponsor_id).in_(actor.sponsor_ids),
            col(ParentsDay.institution_id).in_(actor.institution_ids),
        )
    )


def visible_series(actor: Actor) -> SelectOfScalar[Series]:
    """Series asked of the actor's sponsors, and those of her institutions."""
    return select(Series).where(
        or_(
            col(Series.sponsor_id).in_(actor.sponsor_ids),
            col(Series.institution_id).in_(actor.institution_ids),
        )
    )


def visible_seats(actor: Actor) -> SelectOfScalar[Seat]:
    """Seats of requests to the actor's sponsors."""
    return _of_sponsor(Seat, actor)


def visible_tasks(actor: Actor) -> SelectOfScalar[Task]:
    """Open questions at the actor's sponsors."""
    return _of_sponsor(Task, actor)


def visible_imports(actor: Actor) -> SelectOfScalar[ImportBatch]:
    """Imports of lists at the actor's sponsors."""
    return _of_sponsor(ImportBatch, actor)


def visible_plans(actor: Actor) -> SelectOfScalar[Plan]:
    """Plans of the actor's sponsors."""
    return _of_sponsor(Plan, actor)


def visible_offers(actor: Actor) -> SelectOfScalar[Offer]:
    """Offers of the actor's sponsors, and her own."""
    return select(Offer).where(
        or_(
            col(Offer.sponsor_id).in_(actor.sponsor_ids),
            col(Offer.volunteer_id) == actor.volunteer_id,
        )
    )


def visible_assignments(actor: Actor) -> SelectOfScalar[Assignment]:
    """Bookings at the actor's sponsors, her own, and those at her institutions."""
    asked = (
        select(Seat.id)
        .join(RequestRow, col(RequestRow.id) == col(Seat.request_id))
        .where(col(RequestRow.institution_id).in_(actor.institution_ids))
    )
    return select(Assignment).where(
        or_(
            col(Assignment.sponsor_id).in_(actor.sponsor_ids),
            col(Assignment.volunteer_id) == actor.volunteer_id,
            col(Assignment.seat_id).in_(asked),
        )
    )


def visible_records(actor: Actor) -> SelectOfScalar[ServiceRecord]:
    """Service records of the assignments the actor sees."""
    assignments = visible_assignments(actor).with_only_columns(col(Assignment.id))
    return select(ServiceRecord).where(col(ServiceRecord.assignment_id).in_(assignments))


def visible_claims(actor: Actor) -> SelectOfScalar[Claim]:
    """Claims at the actor's sponsors, and her own."""
    return select(Claim).where(
        or_(
            col(Claim.sponsor_id).in_(actor.sponsor_ids),
            col(Claim.volunteer_id) == actor.volunteer_id,
        )
    )


def visible_payruns(actor: Actor) -> SelectOfScalar[Payrun]:
    """Payruns of the actor's sponsors."""
    return _of_sponsor(Payrun, actor)


class OwnWork(Conflict):
    """Nobody checks, confirms or approves her own work."""

    slug, title = "own-work", "Own work"
    de = "Das muss eine andere Person tun: niemand bestätigt die eigene Arbeit."
    en = "Somebody else has to do this: nobody confirms their own work."
