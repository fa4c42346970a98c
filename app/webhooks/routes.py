"""Webhooks: who at a sponsor's side hears of what happens, and how that goes."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from app import access, etags
from app.access import Actor, Lead
from app.db import SessionDep, UnitOfWork
from app.errors import locale_of
from app.etags import IfMatch
from app.paging import Cursor, Limit, Page, page_of
from app.tables import DeliveryState, Webhook, WebhookDelivery
from app.webhooks import service as webhooks
from app.webhooks.schemas import (
    DeliveryRead,
    Replayed,
    ReplayRequest,
    WebhookCreate,
    WebhookCreated,
    WebhookRead,
    WebhookSecret,
    WebhookUpdate,
)

router = APIRouter(route_class=UnitOfWork, tags=["webhooks"])
ONE = "/webhooks/{webhook_id}"


def _load(session: Session, actor: Actor, webhook_id: UUID, *, lock: bool) -> Webhook:
    return access.load(session, access.visible_webhooks(actor), Webhook, webhook_id, lock=lock)


def _tagged(hook: Webhook, request: Request, response: Response) -> WebhookRead:
    response.headers["ETag"] = etags.etag(webhooks.version(hook))
    return webhooks.read(hook, locale_of(request))


@router.get("/webhooks")
def list_webhooks(
    request: Request, session: SessionDep, actor: Lead, limit: Limit = 50, cursor: Cursor = None
) -> Page[WebhookRead]:
    """The webhooks of our sponsors, without their secrets."""
    query = access.visible_webhooks(actor)
    rows, following = page_of(session, query, Webhook.id, limit, cursor)
    locale = locale_of(request)
    return Page(items=[webhooks.read(row, locale) for row in rows], next=following)


@router.post("/webhooks", status_code=201)
def create_webhook(
    body: WebhookCreate, request: Request, response: Response, session: SessionDep, actor: Lead
) -> WebhookCreated:
    """Have events sent to an address of yours. The secret is shown only in this answer.

    Each event comes by POST, signed; what it looks like stands under `webhooks` in this document.
    """
    hook = webhooks.create(session, actor, body)
    response.headers["Location"] = f"/api/v1/webhooks/{hook.id}"
    return WebhookCreated(**_tagged(hook, request, response).model_dump(), secret=hook.secret)


@router.post(ONE + "/rotate")
def rotate_webhook_secret(webhook_id: UUID, session: SessionDep, actor: Lead) -> WebhookSecret:
    """A fresh secret, shown only in this answer; for 24 hours the old one signs as well."""
    return webhooks.rotate(session, actor, _load(session, actor, webhook_id, lock=True))


@router.post(ONE + "/test", status_code=202)
def test_webhook(
    webhook_id: UUID, request: Request, session: SessionDep, actor: Lead
) -> DeliveryRead:
    """Send a test event once, also while the webhook is off; look at its deliveries afterwards."""
    hook = _load(session, actor, webhook_id, lock=True)
    return webhooks.read_delivery(webhooks.try_out(session, actor, hook), locale_of(request))


@router.get(ONE + "/deliveries")
def list_webhook_deliveries(
    webhook_id: UUID,
    request: Request,
    session: SessionDep,
    actor: Lead,
    state: Annotated[DeliveryState | None, Query(description="Only those in this state")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[DeliveryRead]:
    """What was sent in the last 30 days, what is waiting, and what was given up."""
    query = webhooks.deliveries(_load(session, actor, webhook_id, lock=False), state)
    rows, following = page_of(session, query, WebhookDelivery.id, limit, cursor)
    locale = locale_of(request)
    return Page(items=[webhooks.read_delivery(row, locale) for row in rows], next=following)


@router.post(ONE + "/replay", status_code=202)
def replay_webhook(
    webhook_id: UUID, body: ReplayRequest, session: SessionDep, actor: Lead
) -> Replayed:
    """Send events again: one delivery, or everything of the last 30 days since a time.

    They keep their ids and say `"replay": true`. At most 500 events are looked at in one call.
    """
    hook = _load(session, actor, webhook_id, lock=True)
    return webhooks.replay(session, actor, hook, body)


@router.get(ONE)
def get_webhook(
    webhook_id: UUID, request: Request, response: Response, session: SessionDep, actor: Lead
) -> WebhookRead:
    """One webhook: where it leads, what it hears of, whether it is on."""
    return _tagged(_load(session, actor, webhook_id, lock=False), request, response)


@router.patch(ONE)
def update_webhook(
    webhook_id: UUID,
    body: WebhookUpdate,
    request: Request,
    response: Response,
    session: SessionDep,
    actor: Lead,
    if_match: IfMatch = None,
) -> WebhookRead:
    """Change address, name or events; switch it off, or on again.

    What waited when it was switched off is not sent; ask for it with a replay.
    """
    hook = _load(session, actor, webhook_id, lock=True)
    etags.require_match(if_match, webhooks.version(hook))
    webhooks.update(session, actor, hook, body)
    return _tagged(hook, request, response)


@router.delete(ONE, status_code=204)
def delete_webhook(
    webhook_id: UUID, session: SessionDep, actor: Lead, if_match: IfMatch = None
) -> None:
    """Send nothing more, and forget the webhook with its deliveries."""
    webhooks.remove(session, actor, webhook_id, if_match)
