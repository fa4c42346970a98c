"""Webhooks of a sponsor: made, changed, rotated, tried out, asked to be sent again."""

from datetime import timedelta
from uuid import UUID

from pydantic import BaseModel
from sqlmodel import Session, col, delete, func, select
from sqlmodel.sql.expression import SelectOfScalar

from app import access, audit, fetching
from app.access import Actor
from app.clock import now
from app.errors import ApiError, Conflict, Invalid, NotFound
from app.etags import require_match
from app.requests import tasks
from app.tables import AuditEvent, DeliveryState, Webhook, WebhookDelivery
from app.webhooks import delivering, events, publishing, sentences, signing
from app.webhooks.schemas import (
    DeliveryRead,
    Replayed,
    ReplayRequest,
    WebhookCreate,
    WebhookRead,
    WebhookSecret,
    WebhookUpdate,
)

MOST_WEBHOOKS = 20
MOST_REPLAYED = 500
OVERLAP = timedelta(hours=24)


class AddressRefused(ApiError):
    """The address of a webhook is none to which anything is sent."""

    status, slug, title = 422, "webhook-address", "Webhook address refused"
    en = "This address of a webhook is refused: {code}."

    def detail(self, locale: str) -> str:
        """The sentence for what is wrong with it."""
        return sentences.failure(str(self.members["code"]), locale)


class TooManyWebhooks(Conflict):
    """So many webhooks are more than one sponsor needs."""

    slug, title = "too-many-webhooks", "Too many webhooks"
    de = "Es gibt schon {limit} Webhooks. Bitte löschen Sie einen, der nicht mehr gebraucht wird."
    en = "There are {limit} webhooks already. Please delete one that is not needed any more."


class WebhookOff(Conflict):
    """Nothing is sent to a webhook that is off."""

    slug, title = "webhook-off", "The webhook is off"
    de = "Der Webhook ist abgeschaltet. Bitte erst wieder einschalten."
    en = "The webhook is off. Please switch it on first."


class ReplayUnclear(Invalid):
    """It was not said what to send again."""

    de = "Bitte entweder since oder delivery_id angeben; cursor nur zusammen mit since."
    en = "Please give either since or delivery_id; cursor only together with since."


class TooLongAgo(Invalid):
    """Events are sent again for 30 days."""

    de = "Ereignisse werden höchstens {days} Tage lang noch einmal geschickt."
    en = "Events can be sent again for at most {days} days."


class WebhookVersion(BaseModel):
    """What an update may change: the tag of a webhook is that of its version."""

    id: UUID
    address: str
    name: str
    events: str
    active: bool


def version(hook: Webhook) -> WebhookVersion:
    """The version of a webhook; deliveries that come or fail do not change it."""
    return WebhookVersion(**hook.model_dump())


def read(hook: Webhook, locale: str) -> WebhookRead:
    """A webhook without its secret."""
    paused = hook.active and hook.resume_at is not None and hook.resume_at > now()
    return WebhookRead(
        **hook.model_dump(exclude={"events"}),
        events=hook.events.split(),
        off_text=sentences.off(hook.off_reason, locale),
        given_up_in_a_row=hook.failures,
        paused_until=hook.resume_at if paused else None,
        previous_secret_until=hook.previous_until if delivering.is_rotating(hook) else None,
    )


def read_delivery(delivery: WebhookDelivery, locale: str) -> DeliveryRead:
    """How a delivery stands."""
    waits = delivery.state == DeliveryState.WAITING
    return DeliveryRead(
        **delivery.model_dump(exclude={"next_at"}),
        event_id=delivery.audit_event_id,
        next_at=delivery.next_at if waits else None,
        failure_text=sentences.failure(delivery.failure, locale),
    )


def create(session: Session, actor: Actor, body: WebhookCreate) -> Webhook:
    """A new webhook with a fresh secret."""
    sponsor_id = access.sponsor_for(actor, body.sponsor_id)
    of_sponsor = select(func.count()).where(col(Webhook.sponsor_id) == sponsor_id)
    if session.exec(of_sponsor.select_from(Webhook)).one() >= MOST_WEBHOOKS:
        raise TooManyWebhooks(limit=MOST_WEBHOOKS)
    hook = Webhook(
        sponsor_id=sponsor_id,
        address=_checked(body.address),
        name=body.name,
        events=_listed(body.events),
        secret=signing.new_secret(),
    )
    session.add(hook)
    audit.record(session, actor.account_id, "webhook.create", hook)
    session.flush()
    return hook


def _checked(address: str) -> str:
    try:
        return fetching.checked(address)
    except fetching.FetchRefused as refused:
        raise AddressRefused(code=refused.code) from None


def _listed(names: list[str]) -> str:
    return " ".join(sorted(set(names)))


def update(session: Session, actor: Actor, hook: Webhook, body: WebhookUpdate) -> None:
    """Change a webhook whose row is locked."""
    sent = body.model_dump(exclude_none=True)
    if body.address is not None:
        hook.address = _checked(body.address)
    if body.name is not None:
        hook.name = body.name
    if body.events is not None:
        hook.events = _listed(body.events)
    if body.active is False and hook.active:
        delivering.turn_off(session, hook, "office")
    elif body.active or body.address is not None:
        delivering.begin_afresh(hook)
    if body.active and not hook.active:
        hook.active, hook.off_reason = True, ""
        tasks.close(session, hook.id)
    session.add(hook)
    audit.record(session, actor.account_id, "webhook.update", hook, fields=sorted(sent))
    session.flush()


def rotate(session: Session, actor: Actor, hook: Webhook) -> WebhookSecret:
    """A fresh secret; for a day deliveries carry the signature of the one before, too."""
    hook.previous_secret, hook.previous_until = hook.secret, now() + OVERLAP
    hook.secret = signing.new_secret()
    session.add(hook)
    audit.record(session, actor.account_id, "webhook.rotate", hook)
    session.flush()
    return WebhookSecret(secret=hook.secret, previous_secret_until=hook.previous_until)


def remove(session: Session, actor: Actor, hook_id: UUID, if_match: str | None) -> None:
    """Forget a webhook with its secret and its deliveries."""
    # The strong lock: nobody makes a delivery for it meanwhile.
    query = access.visible_webhooks(actor).where(col(Webhook.id) == hook_id).with_for_update()
    hook = session.exec(query).one_or_none()
    if hook is None:
        raise NotFound
    require_match(if_match, version(hook))
    audit.record(session, actor.account_id, "webhook.delete", hook)
    tasks.close(session, hook.id)
    session.exec(delete(WebhookDelivery).where(col(WebhookDelivery.webhook_id) == hook.id))
    session.exec(delete(Webhook).where(col(Webhook.id) == hook.id))
    session.flush()


def try_out(session: Session, actor: Actor, hook: Webhook) -> WebhookDelivery:
    """Send a test event, once; also to a webhook that is off, before it is switched on."""
    event = audit.record(session, actor.account_id, "webhook.test", hook)
    event.published = True
    session.flush()
    delivery = publishing.delivery_of(hook, event, events.TEST.name)
    publishing.send_out(session, [delivery])
    return delivery


def deliveries(hook: Webhook, state: DeliveryState | None) -> SelectOfScalar[WebhookDelivery]:
    """The deliveries of a webhook in the last 30 days."""
    query = select(WebhookDelivery).where(col(WebhookDelivery.webhook_id) == hook.id)
    return query.where(col(WebhookDelivery.state) == state) if state else query


def replay(session: Session, actor: Actor, hook: Webhook, body: ReplayRequest) -> Replayed:
    """Send again what was sent, or should have been, as new deliveries of the same events."""
    if (body.since is None) == (body.delivery_id is None) or (body.cursor and not body.since):
        raise ReplayUnclear
    if not hook.active:
        raise WebhookOff
    if body.delivery_id is not None:
        outcome = _replay_one(session, hook, body.delivery_id)
    else:
        outcome = _replay_since(session, hook, body)
    audit.record(session, actor.account_id, "webhook.replay", hook, deliveries=outcome.deliveries)
    session.flush()
    return outcome


def _replay_one(session: Session, hook: Webhook, delivery_id: UUID) -> Replayed:
    known = session.exec(
        deliveries(hook, None).where(col(WebhookDelivery.id) == delivery_id)
    ).one_or_none()
    if known is None:
        raise NotFound
    event = session.get_one(AuditEvent, known.audit_event_id)
    again = publishing.delivery_of(hook, event, known.event, replay=True)
    publishing.send_out(session, [again])
    return Replayed(deliveries=1)


def _replay_since(session: Session, hook: Webhook, body: ReplayRequest) -> Replayed:
    """What the audit holds since then; what was not looked at yet comes of its own accord."""
    if body.since is None or body.since < now() - publishing.KEPT:
        raise TooLongAgo(days=publishing.KEPT.days)
    query = select(AuditEvent).where(
        col(AuditEvent.sponsor_id) == hook.sponsor_id,
        col(AuditEvent.published),
        col(AuditEvent.created_at) >= body.since,
        col(AuditEvent.action).in_(events.ACTIONS),
    )
    if body.cursor is not None:
        query = query.where(col(AuditEvent.id) > body.cursor)
    found = session.exec(query.order_by(col(AuditEvent.id)).limit(MOST_REPLAYED + 1)).all()
    made = [
        one
        for event in found[:MOST_REPLAYED]
        for one in publishing.wanted(event, [hook], replay=True)
    ]
    publishing.send_out(session, made)
    more = len(found) > MOST_REPLAYED
    return Replayed(deliveries=len(made), next=found[MOST_REPLAYED - 1].id if more else None)
