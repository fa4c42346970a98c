"""Who is asking, and which rows that person may see: the first wall.

A route says in its signature who may call it (`actor: Coordinator`). Rows are reached only through
`visible_*()`: load and authorise in one call. What is not visible does not exist (404).
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, Request
from sqlmodel import Session, col, update
from sqlmodel.sql.expression import SelectOfScalar

from app import db, idempotency
from app.actors import Actor as Actor
from app.actors import Part as Part
from app.actors import Proof as Proof
from app.actors import actor_of as actor_of
from app.actors import signed_in
from app.clock import now
from app.db import SessionDep
from app.errors import ApiError, Conflict, Forbidden, Invalid, NotFound, NotSignedIn
from app.rates import Rates
from app.settings import get_settings
from app.tables import (
    ApiToken,
    Row,
    Scope,
    SessionToken,
    SponsorRow,
)
from app.tokens import BEARER_PREFIX
from app.visible import visible_activities as visible_activities
from app.visible import visible_anchors as visible_anchors
from app.visible import visible_approvals as visible_approvals
from app.visible import visible_assignments as visible_assignments
from app.visible import visible_audit as visible_audit
from app.visible import visible_cap_exceptions as visible_cap_exceptions
from app.visible import visible_claims as visible_claims
from app.visible import visible_client_cases as visible_client_cases
from app.visible import visible_closed_months as visible_closed_months
from app.visible import visible_courses as visible_courses
from app.visible import visible_enrolments as visible_enrolments
from app.visible import visible_erasures as visible_erasures
from app.visible import visible_imports as visible_imports
from app.visible import visible_institutions as visible_institutions
from app.visible import visible_lendings as visible_lendings
from app.visible import visible_members as visible_members
from app.visible import visible_messages as visible_messages
from app.visible import visible_notices as visible_notices
from app.visible import visible_offers as visible_offers
from app.visible import visible_parents_days as visible_parents_days
from app.visible import visible_payments as visible_payments
from app.visible import visible_payruns as visible_payruns
from app.visible import visible_plans as visible_plans
from app.visible import visible_records as visible_records
from app.visible import visible_requests as visible_requests
from app.visible import visible_retention_runs as visible_retention_runs
from app.visible import visible_searches as visible_searches
from app.visible import visible_seats as visible_seats
from app.visible import visible_series as visible_series
from app.visible import visible_sponsors as visible_sponsors
from app.visible import visible_standbys as visible_standbys
from app.visible import visible_tasks as visible_tasks
from app.visible import visible_templates as visible_templates
from app.visible import visible_volunteers as visible_volunteers
from app.visible import visible_webhooks as visible_webhooks

COOKIE = "__Host-session"
OURS = "X-Lotsenwerk"
"""A header that no form and no foreign page can send along: our own script says that it is ours."""
API = "/api/"
PUBLIC = frozenset({
    "/livez",
    "/readyz",
    "/",
    "/app",
    "/a/{token}",
    "/b/{token}",
    "/c/{token}",
    "/s/{token}",
    "/v/{token}",
    "/l/{token}",
    "/sign-in",
    "/sign-in/mail",
    "/sign-in/code",
    "/calendars/{token}.ics",
    "/api/v1/auth/login",
    "/api/v1/auth/link",
    "/api/v1/auth/code",
    "/api/v1/languages",
    "/api/v1/topics",
    "/api/v1/regions",
    "/api/v1/holidays",
    "/api/v1/site",
})  # fmt: skip
"""Routes without an actor; a test walks the application and compares."""
PUBLIC_POSTS = frozenset({"/api/v1/feedback"})
"""Routes of which the POST alone is without an actor."""

NEED_FACTOR = frozenset({Part.FINANCE, Part.LEAD, Part.OPERATOR, Part.AUDITOR, Part.PROGRAMME})
"""Parts that nobody takes with a password alone."""
SEEN_EVERY = timedelta(minutes=1)

S = TypeVar("S", bound=SponsorRow)
R = TypeVar("R", bound=Row)


class CrossSite(ApiError):
    """A cookie came with a request that another site made."""

    status, slug, title = 403, "cross-site", "Request from another site"
    de = "Diese Anfrage kam von einer fremden Seite und wurde nicht ausgeführt."
    en = "This request came from another site and was not carried out."


class FactorNeeded(ApiError):
    """This part asks for a second factor, and this session has none yet."""

    status, slug, title = 403, "factor-needed", "Second factor needed"
    de = "Dafür fehlt der zweite Schritt: Bitte geben Sie den Code aus App oder E-Mail ein."
    en = "This needs a second factor: please enter the code from your app or mail."


class ProofNeeded(ApiError):
    """What moves money or data asks again who it is."""

    status, slug, title = 403, "proof-needed", "Please prove that it is you"
    de = "Bitte bestätigen Sie vorher noch einmal mit Passwort oder Code, dass Sie es sind."
    en = "Please confirm once more with password or code that it is you."


class ScopeMissing(ApiError):
    """The key was not made for this."""

    status, slug, title = 403, "scope-missing", "The key may not do this"
    de = "Dieser Schlüssel darf das nicht: Er wurde ohne das Recht „{scope}“ angelegt."
    en = "This key may not do that: it was made without the scope “{scope}”."


class SessionOnly(ApiError):
    """A key for programs was used for what only a signed-in person may do."""

    status, slug, title = 403, "session-only", "Only for a person who is signed in"
    de = "Das geht nicht mit einem Schlüssel. Bitte melden Sie sich dafür im Browser an."
    en = "A key cannot do this. Please sign in with a browser."


class SponsorUnclear(Invalid):
    """Someone who works for several sponsors did not say for which one."""

    de = "Bitte den Träger angeben: Sie haben mit mehreren zu tun."
    en = "Please name the sponsor: you have to do with several of them."


def is_public(method: str, path: str) -> bool:
    """Whether nobody has to say who she is for an operation, named by its path with braces."""
    return path in PUBLIC or (method == "POST" and path in PUBLIC_POSTS)


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" and token.startswith(BEARER_PREFIX) else None


def refuse_cross_site(request: Request) -> None:
    """A cookie alone does not prove intent: the browser must say that the page is ours.

    The interface asks for the header `X-Lotsenwerk` as well. A form cannot send it, so forms of our
    own pages are taken at their own addresses only.
    """
    if request.method in db.READ_METHODS:
        return
    if not _is_ours(request):
        raise CrossSite
    if request.url.path.startswith(API) and OURS not in request.headers:
        raise CrossSite


def refuse_foreign_page(request: Request) -> None:
    """Nobody is signed in by another site, as somebody else; programs say nothing of a site."""
    speaks = "sec-fetch-site" in request.headers or "origin" in request.headers
    if speaks and not _is_ours(request):
        raise CrossSite


def require_own_page(request: Request) -> None:
    """A form that signs somebody in is sent from our own page; the browser has to say so."""
    if request.method not in db.READ_METHODS and not _is_ours(request):
        raise CrossSite


def _is_ours(request: Request) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    return request.headers.get("origin") == get_settings().base_url.rstrip("/")


def _secret_of(request: Request) -> tuple[type[ApiToken] | type[SessionToken], str]:
    bearer, cookie = _bearer(request), request.cookies.get(COOKIE)
    if bearer:
        return ApiToken, bearer
    if cookie:
        refuse_cross_site(request)
        return SessionToken, cookie
    raise NotSignedIn


def current_actor(request: Request, session: SessionDep) -> Actor:
    """The signed-in person; sets the second wall and looks whether she asked this before."""
    db.set_scope(session, db.SYSTEM)
    actor = signed_in(session, *_secret_of(request))
    request.state.account_id = actor.account_id
    _require_scope(actor, Scope.READ if request.method in db.READ_METHODS else Scope.WRITE)
    rates: Rates = request.app.state.rates
    rates.admit(request.scope, actor.account_id)
    _note_use(request, actor.proof)
    idempotency.claim(session, request, actor.account_id)
    db.set_scope(session, db.Scope(account_id=actor.account_id, sponsor_ids=actor.reach))
    return actor


def _require_scope(actor: Actor, scope: Scope) -> None:
    if scope not in actor.proof.scopes:
        raise ScopeMissing(scope=scope)


def _note_use(request: Request, proof: Proof) -> None:
    """Remember once a minute when a session or key was used; the request does not wait for it."""
    moment, secret_id = now(), proof.secret_id
    if proof.seen_at is not None and moment - proof.seen_at < SEEN_EVERY:
        return

    def write(session: Session) -> None:
        if proof.session:
            seen = update(SessionToken).values(seen_at=moment)
            session.exec(seen.where(col(SessionToken.id) == secret_id))
        else:
            used = update(ApiToken).values(used_at=moment)
            session.exec(used.where(col(ApiToken.id) == secret_id))

    db.afterwards(request, write)


def require_proof(actor: Actor, scope: Scope) -> None:
    """What moves money or data: a fresh proof in a session, the scope of its own with a key.

    Raises `ProofNeeded` or `ScopeMissing`.
    """
    _require_scope(actor, scope)
    if actor.proof.session and not actor.proof.is_fresh():
        raise ProofNeeded


def acting_as(*parts: Part, proven: Scope | None = None) -> Callable[..., Awaitable[Actor]]:
    """A dependency: the actor narrowed to `parts`, or 403 when she has none of them.

    Parts that need a second factor count only with it; with `proven` she has to prove it anew.
    """
    allowed = frozenset(str(part) for part in parts)

    # Not worth a thread of its own.
    async def narrowed(request: Request, actor: Annotated[Actor, Depends(current_actor)]) -> Actor:
        if not actor.parts & allowed:
            raise Forbidden
        usable = _usable(actor) & allowed
        if not usable:
            raise FactorNeeded
        if proven is not None:
            require_proof(actor, proven)
        idempotency.answer_again(request)
        return actor.narrowed(usable)

    return narrowed


def _usable(actor: Actor) -> frozenset[str]:
    """The parts she can take as things stand: who has an authenticator app is asked for its code
    whatever her part, the others where the part needs it.
    """
    if actor.proof.factor:
        return actor.parts
    return frozenset() if awaits_app(actor) else actor.parts - NEED_FACTOR


def awaits_app(actor: Actor) -> bool:
    """Whether she has an authenticator app and has not given its code in this session."""
    return actor.proof.session and actor.proof.has_app and not actor.proof.factor


def needs_factor(actor: Actor) -> bool:
    """Whether one of her parts waits for a second factor."""
    return not actor.proof.factor and (awaits_app(actor) or bool(actor.parts & NEED_FACTOR))


async def anyone(request: Request, actor: Annotated[Actor, Depends(current_actor)]) -> Actor:
    """Whoever is signed in, with the parts she can take now; `FactorNeeded` when it is none."""
    usable = _usable(actor)
    if (actor.parts or awaits_app(actor)) and not usable:
        raise FactorNeeded
    idempotency.answer_again(request)
    return actor.narrowed(usable)


async def in_person(request: Request, actor: Annotated[Actor, Depends(current_actor)]) -> Actor:
    """Who is signed in with a browser, before any second factor; a key is refused."""
    if not actor.proof.session:
        raise SessionOnly
    idempotency.answer_again(request)
    return actor


Oneself = Annotated[Actor, Depends(current_actor)]
"""The account, whatever it still has to show: for who-am-I and signing out."""
InPerson = Annotated[Actor, Depends(in_person)]
"""The same in a browser: for everything about passwords, factors, sessions and keys."""
Anyone = Annotated[Actor, Depends(anyone)]
Coordinator = Annotated[Actor, Depends(acting_as(Part.COORDINATOR))]
Herself = Annotated[Actor, Depends(acting_as(Part.VOLUNTEER))]
"""A volunteer, in what only she decides."""
Asker = Annotated[Actor, Depends(acting_as(Part.COORDINATOR, Part.INSTITUTION))]
Answerer = Annotated[Actor, Depends(acting_as(Part.COORDINATOR, Part.VOLUNTEER))]
Participant = Annotated[
    Actor, Depends(acting_as(Part.COORDINATOR, Part.VOLUNTEER, Part.INSTITUTION))
]
Confirmer = Annotated[Actor, Depends(acting_as(Part.COORDINATOR, Part.INSTITUTION))]
Lead = Annotated[Actor, Depends(acting_as(Part.LEAD))]
Office = Annotated[Actor, Depends(acting_as(Part.COORDINATOR, Part.FINANCE, Part.LEAD))]
Bookkeeper = Annotated[Actor, Depends(acting_as(Part.COORDINATOR, Part.FINANCE))]
Treasury = Annotated[Actor, Depends(acting_as(Part.FINANCE, Part.LEAD))]
Payer = Annotated[Actor, Depends(acting_as(Part.FINANCE, proven=Scope.PAYOUT))]
ProvenTreasury = Annotated[Actor, Depends(acting_as(Part.FINANCE, Part.LEAD, proven=Scope.PAYOUT))]
PaymentReader = Annotated[
    Actor, Depends(acting_as(Part.FINANCE, Part.LEAD, Part.AUDITOR, Part.VOLUNTEER))
]
Payee = Annotated[Actor, Depends(acting_as(Part.FINANCE, Part.LEAD, Part.VOLUNTEER))]
"""Whoever keeps the books, and a volunteer about money of her own."""
ProvenLead = Annotated[Actor, Depends(acting_as(Part.LEAD, proven=Scope.PAYOUT))]
Auditor = Annotated[Actor, Depends(acting_as(Part.AUDITOR, Part.LEAD))]
RecordReader = Annotated[
    Actor,
    Depends(
        acting_as(
            Part.COORDINATOR,
            Part.FINANCE,
            Part.LEAD,
            Part.AUDITOR,
            Part.VOLUNTEER,
            Part.INSTITUTION,
        )
    ),
]
ClaimReader = Annotated[
    Actor,
    Depends(acting_as(Part.COORDINATOR, Part.FINANCE, Part.LEAD, Part.AUDITOR, Part.VOLUNTEER)),
]
OfficeOrHerself = Annotated[
    Actor, Depends(acting_as(Part.COORDINATOR, Part.FINANCE, Part.LEAD, Part.VOLUNTEER))
]
"""The office, and a volunteer about what she herself has done or was paid; no auditor."""
SumReader = Annotated[
    Actor, Depends(acting_as(Part.COORDINATOR, Part.FINANCE, Part.LEAD, Part.AUDITOR))
]
PayrunReader = Annotated[Actor, Depends(acting_as(Part.FINANCE, Part.LEAD, Part.AUDITOR))]
Exporter = Annotated[Actor, Depends(acting_as(*Part, proven=Scope.EXPORT))]
"""Whoever asks for data about herself; a lead also for those about her people."""
Eraser = Annotated[Actor, Depends(acting_as(Part.VOLUNTEER, Part.LEAD, proven=Scope.ERASE))]
KeyKeeper = Annotated[Actor, Depends(acting_as(Part.LEAD, proven=Scope.ERASE))]
Operator = Annotated[Actor, Depends(acting_as(Part.OPERATOR))]
Programme = Annotated[Actor, Depends(acting_as(Part.PROGRAMME))]


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


class OwnWork(Conflict):
    """Nobody checks, confirms or approves her own work."""

    slug, title = "own-work", "Own work"
    de = "Das muss eine andere Person tun: niemand bestätigt die eigene Arbeit."
    en = "Somebody else has to do this: nobody confirms their own work."
