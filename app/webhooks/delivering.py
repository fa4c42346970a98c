"""One delivery: claimed, sent, noted. At least once: who is lost in between is not noted.

No transaction waits for the other side. A receiver that is silent again and again is left alone
for a while with everything that waits for it, so that it holds up nobody else's work.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select, update

from app import audit, db, fetching, jobs
from app.clock import now
from app.fetching import FetchRefused, Rules, Taken
from app.tables import AuditEvent, DeliveryState, Task, Webhook, WebhookDelivery
from app.webhooks import events, signing

log = logging.getLogger(__name__)

DELIVER = "webhooks.deliver"
AGENT = "Lotsenwerk-Webhook"
LEASE = timedelta(seconds=60)
"""So long nobody else tries; longer than one attempt can take."""
PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 28_800)
)
"""Between one attempt and the next: about a day in all."""
PATIENCE = timedelta(hours=30)
"""A delivery older than this is given up, however few attempts it had."""
STRIKES = 3
"""After so many failed attempts in a row a receiver is left alone for a while."""
SHORTEST_PEACE, LONGEST_PEACE = timedelta(seconds=10), timedelta(minutes=15)
LONGEST_WISH = timedelta(hours=8)
"""The longest time for which a receiver can ask to be left alone."""
MOST_GIVEN_UP = 10
"""After so many deliveries given up in a row a webhook is switched off."""
GONE, BUSY = 410, (429, 503)
ANSWERED, SILENT, OFF, UNKNOWN = "status", "silent", "off", "event"


@dataclass(frozen=True)
class Attempt:
    """What one worker sends, and the number by which it notes the outcome."""

    delivery_id: UUID
    number: int
    address: str
    event_id: UUID
    keys: tuple[str, ...]
    content: bytes


@dataclass(frozen=True)
class Outcome:
    """How it went: the status of the other side, or the code of what failed."""

    failure: str = ""
    status: int | None = None
    wish: timedelta = timedelta()
    """How long the other side asks to be left alone."""


@jobs.task(DELIVER)
def deliver(engine: Engine, delivery_id: UUID) -> None:
    """Try a delivery whose time has come; run again it finds nothing to do."""
    attempt(engine, delivery_id, fetching.SERVICE)


def attempt(engine: Engine, delivery_id: UUID, rules: Rules) -> None:
    """Try a delivery by these rules."""
    claimed = _claim(engine, delivery_id)
    if claimed is not None:
        _note(engine, claimed, _send(claimed, rules))


def _claim(engine: Engine, delivery_id: UUID) -> Attempt | None:
    """Take a delivery for a minute, unless another worker has it or its time has not come."""
    with db.transaction(engine) as session:
        hook = _locked(session, delivery_id)
        delivery = session.exec(
            select(WebhookDelivery)
            .where(
                col(WebhookDelivery.id) == delivery_id,
                col(WebhookDelivery.state) == DeliveryState.WAITING,
                col(WebhookDelivery.next_at) <= now(),
            )
            .with_for_update()
        ).one_or_none()
        if hook is None or delivery is None or not _may_try(session, hook, delivery):
            return None
        delivery.attempts += 1
        delivery.next_at = now() + LEASE
        session.add(delivery)
        event = session.get_one(AuditEvent, delivery.audit_event_id)
        return Attempt(
            delivery_id=delivery.id,
            number=delivery.attempts,
            address=hook.address,
            event_id=event.id,
            keys=_keys(hook),
            content=events.payload(delivery.event, event, replay=delivery.replay),
        )


def _locked(session: Session, delivery_id: UUID) -> Webhook | None:
    """The webhook of a delivery; it is always locked before its deliveries."""
    query = (
        select(Webhook)
        .join(WebhookDelivery, col(WebhookDelivery.webhook_id) == col(Webhook.id))
        .where(col(WebhookDelivery.id) == delivery_id)
    )
    return session.exec(query.with_for_update(of=Webhook, key_share=True)).one_or_none()


def _may_try(session: Session, hook: Webhook, delivery: WebhookDelivery) -> bool:
    """Whether it may be tried now; else it ends with its webhook, or waits with its receiver."""
    if delivery.event not in events.MODELS:
        _end(session, delivery, UNKNOWN)
    elif delivery.event == events.TEST.name:
        return True
    elif not hook.active:
        _end(session, delivery, OFF)
    elif hook.resume_at is None or hook.resume_at <= now():
        return True
    elif _is_old(delivery):
        _give_up(session, hook, delivery, delivery.failure or SILENT)
    else:
        delivery.next_at = _spread(hook.resume_at, delivery)
        session.add(delivery)
        jobs.defer(session, DELIVER, delivery.id, due_at=delivery.next_at)
    return False


def _end(session: Session, delivery: WebhookDelivery, failure: str) -> None:
    delivery.state, delivery.failure = DeliveryState.DEAD, failure
    session.add(delivery)


def _give_up(session: Session, hook: Webhook, delivery: WebhookDelivery, failure: str) -> None:
    """End a delivery for which its receiver is to blame; too many of them end the webhook."""
    _end(session, delivery, failure)
    hook.failures += 1
    session.add(hook)
    if hook.failures >= MOST_GIVEN_UP:
        switch_off(session, hook, "given_up")


def _is_old(delivery: WebhookDelivery) -> bool:
    return delivery.created_at < now() - PATIENCE


def _keys(hook: Webhook) -> tuple[str, ...]:
    """The secrets to sign with: for a while after a rotation the one before, too."""
    return (hook.secret, hook.previous_secret) if is_rotating(hook) else (hook.secret,)


def is_rotating(hook: Webhook) -> bool:
    """Whether the secret before the last rotation signs as well."""
    return hook.previous_until is not None and hook.previous_until > now()


def _send(claimed: Attempt, rules: Rules) -> Outcome:
    timestamp = int(now().timestamp())
    signed = signing.headers(claimed.keys, claimed.event_id, timestamp, claimed.content)
    headers = {"User-Agent": AGENT, "Content-Type": "application/json", **signed}
    try:
        taken = fetching.post(claimed.address, claimed.content, headers, rules=rules)
    except FetchRefused as refused:
        return Outcome(refused.code)
    if 200 <= taken.status < 300:
        return Outcome(status=taken.status)
    return Outcome(ANSWERED, taken.status, _wish(taken))


def _wish(taken: Taken) -> timedelta:
    """How long a receiver that is busy asks to be left alone, in seconds or until a date."""
    if taken.status not in BUSY:
        return timedelta()
    try:
        if taken.retry_after.isascii() and taken.retry_after.isdigit():
            wish = timedelta(seconds=int(taken.retry_after[:9]))
        else:
            until = parsedate_to_datetime(taken.retry_after)
            wish = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now()
    except (ValueError, TypeError, OverflowError):
        return timedelta()
    return min(max(wish, timedelta()), LONGEST_WISH)


def _note(engine: Engine, claimed: Attempt, outcome: Outcome) -> None:
    with db.transaction(engine) as session:
        if outcome.failure:
            _note_failure(session, claimed, outcome)
        else:
            _note_success(session, claimed, outcome)


def _note_success(session: Session, claimed: Attempt, outcome: Outcome) -> None:
    """It was taken: also when another attempt has begun meanwhile."""
    hook = _locked(session, claimed.delivery_id)
    if hook is not None and (hook.strikes or hook.failures):
        begin_afresh(hook)
        session.add(hook)
    session.exec(
        update(WebhookDelivery)
        .where(
            col(WebhookDelivery.id) == claimed.delivery_id,
            col(WebhookDelivery.state) == DeliveryState.WAITING,
        )
        .values(
            state=DeliveryState.DELIVERED,
            status=outcome.status,
            failure="",
            delivered_at=now(),
            updated_at=now(),
        )
    )


def _note_failure(session: Session, claimed: Attempt, outcome: Outcome) -> None:
    """It was not taken: try later, or give up; nothing when another attempt has begun meanwhile."""
    hook = _locked(session, claimed.delivery_id)
    delivery = session.exec(
        select(WebhookDelivery)
        .where(
            col(WebhookDelivery.id) == claimed.delivery_id,
            col(WebhookDelivery.state) == DeliveryState.WAITING,
            col(WebhookDelivery.attempts) == claimed.number,
        )
        .with_for_update()
    ).one_or_none()
    if hook is None or delivery is None:
        return
    delivery.status, delivery.failure = outcome.status, outcome.failure
    session.add(delivery)
    if outcome.status == GONE:
        _end(session, delivery, outcome.failure)
        switch_off(session, hook, "gone")
    elif delivery.event == events.TEST.name:
        _end(session, delivery, outcome.failure)
    else:
        _try_later(session, hook, delivery, outcome.wish)


def _try_later(session: Session, hook: Webhook, delivery: WebhookDelivery, wish: timedelta) -> None:
    hook.strikes += 1
    if wish or hook.strikes >= STRIKES:
        hook.resume_at = now() + max(wish, _peace(hook.strikes))
    session.add(hook)
    if delivery.attempts > len(PAUSES) or _is_old(delivery):
        _give_up(session, hook, delivery, delivery.failure)
        return
    pause = max(PAUSES[delivery.attempts - 1], wish)
    delivery.next_at = _spread(now() + pause, delivery, pause)
    jobs.defer(session, DELIVER, delivery.id, due_at=delivery.next_at)


def _peace(strikes: int) -> timedelta:
    """How long a receiver is left alone after failed attempts in a row: ever longer."""
    if strikes < STRIKES:
        return timedelta()
    doublings = min(strikes - STRIKES, 10)
    return min(SHORTEST_PEACE * int(2**doublings), LONGEST_PEACE)


def _spread(
    moment: datetime, delivery: WebhookDelivery, over: timedelta = timedelta(seconds=30)
) -> datetime:
    """A little after a moment, each delivery at another time: not all come back at once."""
    return moment + over * (delivery.id.int % 1000 / 10_000)


def begin_afresh(hook: Webhook) -> None:
    """What failed before counts no more."""
    hook.failures, hook.strikes, hook.resume_at = 0, 0, None


def switch_off(session: Session, hook: Webhook, reason: str) -> None:
    """Send nothing more to a webhook whose row is locked, and have somebody look at it."""
    if not hook.active:
        return
    turn_off(session, hook, reason)
    audit.record(session, None, "webhook.off", hook, reason=reason)
    session.add(
        Task(
            sponsor_id=hook.sponsor_id,
            code=f"webhook:{reason}",
            params={"host": urlsplit(hook.address).hostname or ""},
            subject_type="webhook",
            subject_id=hook.id,
        )
    )


def turn_off(session: Session, hook: Webhook, reason: str) -> None:
    """A webhook is off: what waits for it ends, and can be asked for again later."""
    hook.active, hook.off_reason = False, reason
    session.add(hook)
    session.flush()
    session.exec(
        update(WebhookDelivery)
        .where(
            col(WebhookDelivery.webhook_id) == hook.id,
            col(WebhookDelivery.state) == DeliveryState.WAITING,
        )
        .values(state=DeliveryState.DEAD, failure=OFF, updated_at=now())
    )
