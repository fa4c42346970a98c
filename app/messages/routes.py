"""Messages and their fate; how people want to hear of things; browsers that may be woken."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import access
from app.access import Answerer, Anyone, Coordinator
from app.auditing import records
from app.db import SessionDep, UnitOfWork
from app.etags import IfMatch, require_match, tagged
from app.messages import outbox, preferences, push, subscriptions
from app.messages.schemas import (
    MessageRead,
    PreferencesRead,
    PreferencesWrite,
    PushKey,
    PushSubscriptionCreate,
    PushSubscriptionRead,
    Seen,
)
from app.paging import Cursor, Limit, Page, page_of
from app.settings import get_settings
from app.tables import Channel, Event, Message, MessageState, Volunteer

router = APIRouter(route_class=UnitOfWork, tags=["messages"])


@router.get("/messages")
def list_messages(
    session: SessionDep,
    actor: Coordinator,
    state: MessageState | None = None,
    event: Event | None = None,
    channel: Channel | None = None,
    volunteer_id: Annotated[UUID | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[MessageRead]:
    """What was said to whom by which channel, and whether it arrived (`state=dead`: it did not)."""
    query = outbox.search(actor, state=state, event=event, channel=channel, who=volunteer_id)
    rows, following = page_of(session, query, Message.id, limit, cursor)
    return Page(items=[outbox.read(row) for row in rows], next=following)


@router.post("/messages/{message_id}/retry")
def retry_message(message_id: UUID, session: SessionDep, actor: Coordinator) -> MessageRead:
    """Try a dead message again from the beginning."""
    visible = access.visible_messages(actor)
    message = access.load(session, visible, Message, message_id, lock=True)
    return outbox.read(outbox.retry(session, actor, message))


@router.post("/messages/seen", status_code=204)
def mark_seen(body: Seen, session: SessionDep, actor: Answerer) -> None:
    """The app has shown these things: their messages need not come by another channel.

    What is not one's own is passed over.
    """
    outbox.mark_seen(session, actor, body.seen)


@router.get("/message-preferences")
def get_preferences(response: Response, session: SessionDep, actor: Anyone) -> PreferencesRead:
    """By which channel one hears of what; an event that is not listed follows the default.

    The default: push where a browser is subscribed, else mail, else SMS, else the office calls.
    """
    owner = preferences.of_actor(session, actor)
    return tagged(response, preferences.read(session, owner))


@router.put("/message-preferences")
def set_preferences(
    body: PreferencesWrite,
    response: Response,
    session: SessionDep,
    actor: Anyone,
    if_match: IfMatch = None,
) -> PreferencesRead:
    """Set all one's wishes."""
    owner = preferences.of_actor(session, actor, lock=True)
    require_match(if_match, preferences.read(session, owner))
    preferences.replace(session, owner, body)
    return tagged(response, preferences.read(session, owner))


@router.get("/volunteers/{volunteer_id}/message-preferences")
def get_volunteer_preferences(
    volunteer_id: UUID, response: Response, session: SessionDep, actor: Answerer
) -> PreferencesRead:
    """A volunteer's wishes."""
    visible = access.visible_volunteers(actor)
    volunteer = access.load(session, visible, Volunteer, volunteer_id)
    owner = preferences.of_volunteer(session, volunteer)
    return tagged(response, preferences.read(session, owner))


@router.put("/volunteers/{volunteer_id}/message-preferences")
def set_volunteer_preferences(
    volunteer_id: UUID,
    body: PreferencesWrite,
    response: Response,
    session: SessionDep,
    actor: Answerer,
    if_match: IfMatch = None,
) -> PreferencesRead:
    """Set a volunteer's wishes, as she said on the telephone."""
    visible = access.visible_volunteers(actor)
    volunteer = access.load(session, visible, Volunteer, volunteer_id, lock=True)
    owner = preferences.of_volunteer(session, volunteer)
    require_match(if_match, preferences.read(session, owner))
    preferences.replace(session, owner, body)
    records.changed(session, actor, volunteer, "message_preferences")
    return tagged(response, preferences.read(session, owner))


@router.get("/push-key")
def get_push_key(actor: Anyone) -> PushKey:
    """The key with which a browser subscribes (`applicationServerKey`)."""
    return PushKey(key=push.public_key(get_settings()))


@router.get("/push-subscriptions")
def list_push_subscriptions(session: SessionDep, actor: Anyone) -> list[PushSubscriptionRead]:
    """One's browsers that are woken."""
    return subscriptions.mine(session, actor.account_id)


@router.post("/push-subscriptions", status_code=201)
def add_push_subscription(
    body: PushSubscriptionCreate, session: SessionDep, actor: Anyone
) -> PushSubscriptionRead:
    """Enter this browser; the same one again takes its newest keys."""
    return subscriptions.read(subscriptions.add(session, actor, body))


@router.delete("/push-subscriptions/{subscription_id}", status_code=204)
def remove_push_subscription(subscription_id: UUID, session: SessionDep, actor: Anyone) -> None:
    """This browser is woken no more."""
    subscriptions.remove(session, actor.account_id, subscription_id)
