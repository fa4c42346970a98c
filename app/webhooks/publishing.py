"""From the audit to deliveries: each entry is looked at once, and goes to each webhook that asked.

The audit is the outbox: an entry is there exactly when its change is. Entries are found by their
mark and not by their number, so that one committed late is not passed over.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Engine
from sqlmodel import Session, col, delete, select, update

from app import db, jobs
from app.clock import now
from app.tables import AuditEvent, DeliveryState, Webhook, WebhookDelivery
from app.webhooks import delivering, events

BATCH = 500
MARKED_AT_ONCE = 5000
LATE = timedelta(minutes=2)
"""A delivery that nobody took up for so long is asked for again: its worker was lost."""
KEPT = timedelta(days=30)
"""How long it is shown what became of a delivery, and how far back one can be asked for again."""

_UNPUBLISHED = col(AuditEvent.published).is_(False)


def _is_to_do(engine: Engine) -> bool:
    return _are_unpublished(engine) or _are_left_lying(engine)


@jobs.periodic("webhooks.publish", every=timedelta(seconds=5), is_to_do=_is_to_do)
def publish(engine: Engine) -> None:
    """Turn what happened into deliveries, and take up those that were left lying."""
    while _are_unpublished(engine) and _publish_some(engine):
        pass
    while _are_left_lying(engine) and _take_up_some(engine):
        pass


def _are_unpublished(engine: Engine) -> bool:
    return _there_is(engine, AuditEvent, _UNPUBLISHED)


def _are_left_lying(engine: Engine) -> bool:
    return _there_is(engine, WebhookDelivery, _left_lying())


def _there_is(engine: Engine, table: type[Any], condition: ColumnElement[bool]) -> bool:
    """Whether there is something to do; where there is not, nobody waits for the one writer."""
    with db.transaction(engine, read_only=True) as session:
        return session.exec(select(table.id).where(condition).limit(1)).first() is not None


def _publish_some(engine: Engine) -> bool:
    """Look at some entries; whether there were any that no other worker looks at."""
    with db.transaction(engine) as session:
        hooks = _hooks(session)
        marked = _pass_over(session, hooks)
        found = _take(session, hooks)
        send_out(session, [one for e in found for one in wanted(e, hooks[e.sponsor_id])])
        _mark(session, found)
    return bool(marked or found)


def _hooks(session: Session) -> dict[UUID, list[Webhook]]:
    """The webhooks that are on, by sponsor; none of them is deleted before the commit."""
    query = select(Webhook).where(col(Webhook.active)).order_by(col(Webhook.id))
    found: dict[UUID, list[Webhook]] = defaultdict(list)
    for hook in session.exec(query.with_for_update(read=True, key_share=True)).all():
        found[hook.sponsor_id].append(hook)
    return found


def _pass_over(session: Session, hooks: Iterable[UUID]) -> int:
    """Mark what nobody wants to know in one statement."""
    some = (
        select(AuditEvent.id)
        .where(_UNPUBLISHED, col(AuditEvent.sponsor_id).not_in(list(hooks)))
        .limit(MARKED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    done = session.exec(
        update(AuditEvent).where(col(AuditEvent.id).in_(some)).values(published=True)
    )
    return int(done.rowcount)


def _take(session: Session, hooks: Iterable[UUID]) -> Sequence[AuditEvent]:
    """The oldest entries, which no other worker looks at until the commit."""
    query = (
        select(AuditEvent)
        .where(_UNPUBLISHED, col(AuditEvent.sponsor_id).in_(list(hooks)))
        .order_by(col(AuditEvent.created_at), col(AuditEvent.id))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    return session.exec(query).all()


def _mark(session: Session, found: Sequence[AuditEvent]) -> None:
    ids = [event.id for event in found]
    if ids:
        session.exec(update(AuditEvent).where(col(AuditEvent.id).in_(ids)).values(published=True))


def wanted(
    event: AuditEvent, hooks: Iterable[Webhook], *, replay: bool = False
) -> Iterator[WebhookDelivery]:
    """A delivery to each webhook that wants to hear of an entry."""
    happening = events.happening(event.action, event.details)
    for hook in hooks:
        if happening is not None and _wants(hook, happening.name):
            yield delivery_of(hook, event, happening.name, replay=replay)


def _wants(hook: Webhook, name: str) -> bool:
    """Whether a webhook hears of events of this name."""
    return not hook.events or name in hook.events.split()


def delivery_of(
    hook: Webhook, event: AuditEvent, name: str, *, replay: bool = False
) -> WebhookDelivery:
    """An entry of the audit on its way to a webhook."""
    return WebhookDelivery(
        sponsor_id=hook.sponsor_id,
        webhook_id=hook.id,
        audit_event_id=event.id,
        event=name,
        replay=replay,
        next_at=now(),
    )


def send_out(session: Session, made: Sequence[WebhookDelivery]) -> None:
    """Have new deliveries tried after the commit."""
    session.add_all(made)
    session.flush()
    jobs.defer_many(session, [(delivering.DELIVER, one.id, None) for one in made])


def _left_lying() -> ColumnElement[bool]:
    waiting = col(WebhookDelivery.state) == DeliveryState.WAITING
    return waiting & (col(WebhookDelivery.next_at) < now() - LATE)


def _take_up_some(engine: Engine) -> bool:
    """Ask again for deliveries whose worker was lost; whether there were any."""
    with db.transaction(engine) as session:
        some = select(WebhookDelivery.id).where(_left_lying()).limit(BATCH)
        found = session.exec(some.with_for_update(skip_locked=True)).all()
        session.exec(
            update(WebhookDelivery)
            .where(col(WebhookDelivery.id).in_(found))
            .values(next_at=now(), updated_at=now())
        )
        jobs.defer_many(session, [(delivering.DELIVER, one, None) for one in found])
    return bool(found)


@jobs.periodic("webhooks.tidy", every=timedelta(days=1))
def tidy(engine: Engine) -> None:
    """Forget what became of deliveries long ago."""
    with db.transaction(engine) as session:
        session.exec(
            delete(WebhookDelivery).where(
                col(WebhookDelivery.state) != DeliveryState.WAITING,
                col(WebhookDelivery.updated_at) < now() - KEPT,
            )
        )
