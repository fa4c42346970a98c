"""A receiver, a webhook that leads to it, and a way to make things happen."""

import ssl
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import db, fetching
from app.tables import AuditEvent, Webhook, WebhookDelivery
from app.webhooks import publishing, signing
from tests.app.webhooks.receiver import CERTIFICATE, Receiver
from tests.cast import Cast


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A receiver to which the service may send."""
    made = Receiver()
    monkeypatch.setattr(fetching, "SERVICE", made.rules())
    yield made
    made.close()


@pytest.fixture
def secured(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A receiver with a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    made = Receiver(tls=context)
    monkeypatch.setattr(fetching, "SERVICE", made.rules())
    yield made
    made.close()


def webhook(engine: Engine, sponsor_id: UUID, address: str, **more: Any) -> Webhook:
    """A webhook of a sponsor."""
    hook = Webhook(sponsor_id=sponsor_id, address=address, secret=signing.new_secret(), **more)
    with db.transaction(engine) as session:
        session.add(hook)
    return hook


def record(session: Session, sponsor_id: UUID, action: str, **details: Any) -> AuditEvent:
    """An entry of the audit, as the services write them."""
    event = AuditEvent(
        sponsor_id=sponsor_id,
        action=action,
        subject_type=action.partition(".")[0],
        subject_id=uuid4(),
        details=details,
    )
    session.add(event)
    return event


def happen(engine: Engine, sponsor_id: UUID, *actions: str, **details: Any) -> list[UUID]:
    """Have the audit say that things happened; the ids of the entries."""
    with db.transaction(engine) as session:
        return [record(session, sponsor_id, action, **details).id for action in actions]


def made(engine: Engine) -> list[WebhookDelivery]:
    """Every delivery there is."""
    with db.transaction(engine) as session:
        return list(session.exec(select(WebhookDelivery).order_by(col(WebhookDelivery.id))).all())


def the(engine: Engine) -> WebhookDelivery:
    """The only delivery there is."""
    (one,) = made(engine)
    return one


def fresh(engine: Engine, hook: Webhook) -> Webhook:
    """A webhook as it stands now."""
    with db.transaction(engine) as session:
        return session.get_one(Webhook, hook.id)


@pytest.fixture
def hook(engine: Engine, cast: Cast, receiver: Receiver) -> Webhook:
    """A webhook of Wetterau's that hears of everything."""
    return webhook(engine, cast.wetterau, receiver.address)


@pytest.fixture
def waiting(engine: Engine, cast: Cast, hook: Webhook) -> WebhookDelivery:
    """A delivery that is about to be tried."""
    happen(engine, cast.wetterau, "offer.make")
    publishing.publish(engine)
    return the(engine)
