"""Who is asking, and which rows that person may see: the first wall.

A route says in its signature who may call it (`actor: Coordinator`). Rows are reached only through
`visible_*()`: load and authorise in one call. What is not visible does not exist (404).
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, Request
from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from app import db, idempotency
from app.actors import Actor as Actor
from app.actors import Part as Part
from app.actors import actor_of as actor_of
from app.actors import signed_in
from app.db import SessionDep
from app.errors import ApiError, Conflict, Forbidden, Invalid, NotFound, NotSignedIn
from app.settings import get_settings
from app.tables import (
    ApiToken,
    Assignment,
    Claim,
    Enrolment,
    EnrolmentState,
    ImportBatch,
    Institution,
    Message,
    Offer,
    ParentsDay,
    Partnership,
    Payrun,
    Plan,
    Row,
    Search,
    Seat,
    Series,
    ServiceRecord,
    SessionToken,
    Sponsor,
    SponsorRow,
    Standby,
    Task,
    Volunteer,
    Webhook,
)
from app.tables import Request as RequestRow
from app.tokens import BEARER_PREFIX

COOKIE = "__Host-session"
PUBLIC = frozenset({
    "/livez",
    "/readyz",
    "/",
    "/a/{token}",
    "/b/{token}",
    "/c/{token}",
    "/s/{token}",
    "/calendars/{token}.ics",
    "/api/v1/auth/login",
    "/api/v1/languages",
    "/api/v1/regions",
    "/api/v1/holidays",
})  # fmt: skip
"""Routes without an actor; a test walks the application and compares."""

S = TypeVar("S", bound=SponsorRow)
R = TypeVar("R", bound=Row)


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


def _secret_of(request: Request) -> tuple[type[ApiToken] | type[SessionToken], str]:
    bearer, cookie = _bearer(request), request.cookies.get(COOKIE)
    if bearer:
        return ApiToken, bearer
    if cookie:
        refuse_cross_site(request)
        return SessionToken, cookie
    raise NotSignedIn


def current_actor(request: Request, session: SessionDep) -> Actor:
    """The signed-in person; sets the second wall and answers repeated requests."""
    db.set_scope(session, db.SYSTEM)
    actor = signed_in(session, *_secret_of(request))
    idempotency.claim(session, request, actor.account_id)
    db.set_scope(session, db.Scope(account_id=actor.account_id, sponsor_ids=actor.reach))
    return actor


def acting_as(*parts: Part) -> Callable[[Actor], Awaitable[Actor]]:
    """A dependency: the actor narrowed to `parts`, or 403 when she has none of them."""
    allowed = frozenset(str(part) for part in parts)

    # Not worth a thread of its own.
    async def narrowed(actor: Annotated[Actor, Depends(current_actor)]) -> Actor:
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
Operator = Annotated[Actor, Depends(acting_as(Part.OPERATOR))]


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


def visible_searches(actor: Actor) -> SelectOfScalar[Search]:
    """Searches for seats of the actor's sponsors."""
    return _of_sponsor(Search, actor)


def visible_offers(actor: Actor) -> SelectOfScalar[Offer]:
    """Offers of the actor's sponsors, and her own."""
    return select(Offer).where(
        or_(
            col(Offer.sponsor_id).in_(actor.sponsor_ids),
            col(Offer.volunteer_id) == actor.volunteer_id,
        )
    )


def visible_standbys(actor: Actor) -> SelectOfScalar[Standby]:
    """Who stands by at the actor's sponsors, and her own standbys."""
    return select(Standby).where(
        or_(
            col(Standby.sponsor_id).in_(actor.sponsor_ids),
            col(Standby.volunteer_id) == actor.volunteer_id,
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


def visible_messages(actor: Actor) -> SelectOfScalar[Message]:
    """Messages that left the actor's sponsors."""
    return _of_sponsor(Message, actor)


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


def visible_webhooks(actor: Actor) -> SelectOfScalar[Webhook]:
    """Webhooks of the actor's sponsors."""
    return _of_sponsor(Webhook, actor)


class OwnWork(Conflict):
    """Nobody checks, confirms or approves her own work."""

    slug, title = "own-work", "Own work"
    de = "Das muss eine andere Person tun: niemand bestätigt die eigene Arbeit."
    en = "Somebody else has to do this: nobody confirms their own work."
