"""From the audit to deliveries: nothing is lost, nothing comes twice, nobody hears too much."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, func, select

from app import db, jobs
from app.clock import now
from app.tables import AuditEvent, DeliveryState, Webhook, WebhookDelivery
from app.webhooks import delivering, publishing
from tests.app.examples import furnish
from tests.app.webhooks.conftest import happen, made, record, the, webhook
from tests.app.webhooks.receiver import Receiver
from tests.cast import Cast


def unpublished(engine: Engine) -> int:
    """How many entries nobody has looked at."""
    with db.transaction(engine) as session:
        query = select(func.count()).select_from(AuditEvent)
        return session.exec(query.where(~col(AuditEvent.published))).one()


def test_each_webhook_hears_what_it_asked_for(
    engine: Engine, cast: Cast, receiver: Receiver
) -> None:
    everything = webhook(engine, cast.wetterau, receiver.address)
    some = webhook(engine, cast.wetterau, receiver.address, events="offer.declined offer.made")
    off = webhook(engine, cast.wetterau, receiver.address, active=False, off_reason="office")
    others = webhook(engine, cast.fulda, receiver.address)
    happen(engine, cast.wetterau, "offer.make", "offer.accept", "volunteer.update", "no.such")
    publishing.publish(engine)
    heard: dict[Any, list[str]] = {everything.id: [], some.id: [], off.id: [], others.id: []}
    for delivery in made(engine):
        heard[delivery.webhook_id].append(delivery.event)
    assert sorted(heard[everything.id]) == ["offer.accepted", "offer.made"]
    assert heard[some.id] == ["offer.made"]
    assert heard[off.id] == heard[others.id] == []
    assert unpublished(engine) == 0


def test_the_state_decides_what_a_triage_means(engine: Engine, cast: Cast, hook: Webhook) -> None:
    for state in ("open", "rejected", "booked"):
        happen(engine, cast.wetterau, "request.triage", state=state)
    publishing.publish(engine)
    assert [d.event for d in made(engine)] == ["request.opened", "request.rejected"]


def test_each_entry_is_looked_at_once(engine: Engine, cast: Cast, hook: Webhook) -> None:
    happen(engine, cast.wetterau, "offer.make")
    for _ in range(3):
        publishing.publish(engine)
    assert len(made(engine)) == 1


def test_without_a_webhook_entries_are_only_marked(engine: Engine, cast: Cast) -> None:
    happen(engine, cast.wetterau, *["offer.make"] * 20)
    publishing.publish(engine)
    assert (unpublished(engine), made(engine)) == (0, [])


def test_more_than_fits_into_one_go_is_published_too(
    engine: Engine, cast: Cast, hook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "BATCH", 3)
    monkeypatch.setattr(publishing, "MARKED_AT_ONCE", 2)
    ids = happen(engine, cast.wetterau, *["offer.make"] * 10)
    happen(engine, cast.fulda, *["offer.make"] * 5)
    publishing.publish(engine)
    assert unpublished(engine) == 0
    assert [d.audit_event_id for d in made(engine)] == ids


def test_what_was_rolled_back_is_never_heard_of(
    engine: Engine, cast: Cast, receiver: Receiver, hook: Webhook
) -> None:
    with pytest.raises(ZeroDivisionError):
        _fail(engine, cast)
    publishing.publish(engine)
    jobs.work_all(engine)
    assert (made(engine), receiver.seen) == ([], [])


def _fail(engine: Engine, cast: Cast) -> None:
    with db.transaction(engine) as session:
        record(session, cast.wetterau, "offer.make")
        session.flush()
        _ = 1 / 0


def test_what_a_job_did_without_an_account_is_heard_of(engine: Engine, cast: Cast) -> None:
    """Work begun by a job has no account, and is heard of all the same."""
    examples = furnish(engine, cast)
    with db.transaction(engine) as session:
        event = record(session, cast.wetterau, "plan.ready")
        assert event.account_id is None
    publishing.publish(engine)
    found = [d for d in made(engine) if d.audit_event_id == event.id]
    assert [str(d.webhook_id) for d in found] == [examples["webhook_id"]]


async def test_what_is_done_over_http_is_heard_of(
    engine: Engine, cast: Cast, client: AsyncClient, receiver: Receiver
) -> None:
    examples = furnish(engine, cast)
    publishing.publish(engine)
    webhook(engine, cast.wetterau, receiver.address)
    path = f"/offers/{examples['offer_id']}/decline"
    answer = await client.post(path, headers=cast.key("dilan"))
    assert answer.status_code == 200, answer.text
    publishing.publish(engine)
    jobs.work_all(engine)
    heard = {came.content["type"]: came.content for came in receiver.seen}
    assert heard["offer.declined"]["subject"] == {"type": "offer", "id": examples["offer_id"]}


def test_what_lies_too_long_is_taken_up_again(
    engine: Engine, receiver: Receiver, waiting: WebhookDelivery, clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Its job was lost, whatever became of the queue."""
    with monkeypatch.context() as patched:
        patched.setitem(jobs.REGISTRY, delivering.DELIVER, lambda *_: None)
        jobs.work_all(engine)
    clock.shift(publishing.LATE.total_seconds() - 1)
    publishing.publish(engine)
    assert jobs.work_all(engine) == 0
    clock.shift(2)
    publishing.publish(engine)
    publishing.publish(engine)
    jobs.work_all(engine)
    assert len(receiver.seen) == 1
    assert the(engine).state == DeliveryState.DELIVERED


def test_what_became_of_deliveries_is_forgotten_after_30_days(
    engine: Engine, cast: Cast, receiver: Receiver, hook: Webhook, clock: Any
) -> None:
    happen(engine, cast.wetterau, "offer.make")
    publishing.publish(engine)
    jobs.work_all(engine)
    clock.shift(timedelta(days=30).total_seconds() - 1)
    publishing.tidy(engine)
    assert len(made(engine)) == 1
    happen(engine, cast.wetterau, "offer.make")
    publishing.publish(engine)
    clock.shift(timedelta(days=31).total_seconds())
    publishing.tidy(engine)
    assert the(engine).state == DeliveryState.WAITING, "what waits is kept, however old"
    assert the(engine).created_at < now()
