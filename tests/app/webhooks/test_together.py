"""Several workers at once, and one that is killed: at least once, never two at a time."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, delete, select, update

from app import db, jobs
from app.tables import AuditEvent, DeliveryState, Webhook, WebhookDelivery
from app.webhooks import delivering, publishing
from tests.app.webhooks.conftest import happen, made, record, the, webhook
from tests.app.webhooks.receiver import INSIDE, Receiver
from tests.cast import Cast

WORKERS = 8
ROOT = Path(__file__).resolve().parents[3]
WORKER = """
import sys
import time_machine
from datetime import UTC, datetime
from uuid import UUID
from app import db, jobs
from app.fetching import Rules
from app.webhooks import delivering
url, delivery_id, inside, port = sys.argv[1:]
rules = Rules(resolve=lambda *_: [inside], allowed=frozenset({inside}),
              schemes=frozenset({"http"}), ports=frozenset({int(port)}))
with time_machine.travel(datetime(2027, 1, 4, 9, 0, tzinfo=UTC), tick=False):
    delivering.attempt(db.make_engine(url), UUID(delivery_id), rules)
print("noted", flush=True)
"""


def at_once(work: Callable[[], Any]) -> None:
    """Do the same in several threads that begin together."""
    gate = threading.Barrier(WORKERS)

    def begin() -> None:
        gate.wait()
        work()

    with ThreadPoolExecutor(WORKERS) as pool:
        for done in [pool.submit(begin) for _ in range(WORKERS)]:
            done.result()


def test_a_delivery_is_tried_by_one_worker_at_a_time(
    engine: Engine, receiver: Receiver, waiting: WebhookDelivery
) -> None:
    at_once(lambda: delivering.deliver(engine, waiting.id))
    assert len(receiver.seen) == 1
    assert (the(engine).state, the(engine).attempts) == ("delivered", 1)


def test_control_without_the_claim_all_of_them_send(
    engine: Engine, receiver: Receiver, waiting: WebhookDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "LEASE", timedelta(seconds=-1))
    noted = threading.Barrier(WORKERS)
    kept = delivering._note  # noqa: SLF001 - all have sent before the first one notes

    def note(*args: Any) -> None:
        noted.wait(timeout=60)
        kept(*args)

    monkeypatch.setattr(delivering, "_note", note)
    at_once(lambda: delivering.deliver(engine, waiting.id))
    assert len(receiver.seen) == WORKERS


def test_several_workers_publish_each_entry_once(
    engine: Engine, cast: Cast, hook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "BATCH", 7)
    ids = happen(engine, cast.wetterau, *["offer.make"] * 60)
    happen(engine, cast.fulda, *["offer.make"] * 20)
    at_once(lambda: publishing.publish(engine))
    publishing.publish(engine)
    assert Counter(d.audit_event_id for d in made(engine)) == Counter(ids)
    with db.transaction(engine) as session:
        assert session.exec(select(AuditEvent.id).where(~col(AuditEvent.published))).all() == []


def test_nothing_is_lost_while_people_write_and_workers_publish(
    engine: Engine, cast: Cast, hook: Webhook
) -> None:
    """Transactions end in another order than they began, some are rolled back."""
    written: list[Any] = []
    ended = threading.Event()

    def write(number: int) -> None:
        for step in range(10):
            with db.open_session(engine) as session:
                db.set_scope(session, db.SYSTEM)
                entry = record(session, cast.wetterau, "offer.make")
                session.flush()
                if (number + step) % 4 == 0:
                    session.rollback()
                else:
                    session.commit()
                    written.append(entry.id)

    def publish() -> None:
        while not ended.is_set():
            publishing.publish(engine)

    with ThreadPoolExecutor(WORKERS) as pool:
        publishers = [pool.submit(publish) for _ in range(2)]
        for done in [pool.submit(write, number) for number in range(4)]:
            done.result()
        ended.set()
        for one in publishers:
            one.result()
    publishing.publish(engine)
    assert len(written) == 30
    assert Counter(d.audit_event_id for d in made(engine)) == Counter(written)


def test_control_by_number_alone_the_late_one_is_lost(
    engine: Engine, cast: Cast, hook: Webhook
) -> None:
    """What a reader that remembers the last number would pass over, the mark does not."""
    with db.transaction(engine) as session:
        early = record(session, cast.wetterau, "offer.make")
        session.expunge(early)
    (late_id,) = happen(engine, cast.wetterau, "offer.make")
    publishing.publish(engine)
    last_number = max(d.audit_event_id for d in made(engine))
    with db.transaction(engine) as session:
        session.add(AuditEvent(**early.model_dump()))
    assert early.id < late_id == last_number, "control: it lies before the last number"
    publishing.publish(engine)
    assert {d.audit_event_id for d in made(engine)} == {early.id, late_id}


def test_a_webhook_deleted_while_others_publish_breaks_nothing(
    engine: Engine, cast: Cast, receiver: Receiver, hook: Webhook
) -> None:
    stays = webhook(engine, cast.wetterau, receiver.address)
    ids = happen(engine, cast.wetterau, *["offer.make"] * 30)

    def remove() -> None:
        with db.transaction(engine) as session:
            session.exec(select(Webhook).where(col(Webhook.id) == hook.id).with_for_update()).all()
            session.exec(delete(WebhookDelivery).where(col(WebhookDelivery.webhook_id) == hook.id))
            session.exec(delete(Webhook).where(col(Webhook.id) == hook.id))

    with ThreadPoolExecutor(2) as pool:
        published, removed = pool.submit(publishing.publish, engine), pool.submit(remove)
        published.result()
        removed.result()
    publishing.publish(engine)
    assert [d.audit_event_id for d in made(engine) if d.webhook_id == stays.id] == ids
    assert {d.webhook_id for d in made(engine)} == {stays.id}


def _worker(engine: Engine, receiver: Receiver, delivery: WebhookDelivery) -> Any:
    """A process of its own that delivers, on the tests' clock."""
    return subprocess.Popen(
        [
            sys.executable, "-c", WORKER, engine.url.render_as_string(hide_password=False),
            str(delivery.id), INSIDE, str(receiver.server.server_port),
        ],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_a_worker_killed_between_sending_and_noting_is_made_good(
    engine: Engine, receiver: Receiver, waiting: WebhookDelivery, clock: Any
) -> None:
    arrived, killed = threading.Event(), threading.Event()

    def hold(_received: Any) -> None:
        arrived.set()
        killed.wait(timeout=60)

    receiver.before = hold
    worker = _worker(engine, receiver, waiting)
    try:
        assert arrived.wait(timeout=60)
        worker.send_signal(signal.SIGKILL)
        output, _ = worker.communicate(timeout=60)
    finally:
        worker.kill()
        killed.set()
    assert "noted" not in output
    assert the(engine).state == DeliveryState.WAITING
    receiver.before = lambda _: None
    delivering.deliver(engine, waiting.id)
    assert len(receiver.seen) == 1, "it may still be at work"
    clock.shift(delivering.LEASE + publishing.LATE + timedelta(seconds=1))
    publishing.publish(engine)
    jobs.work_all(engine)
    first, second = receiver.seen
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert the(engine).state == DeliveryState.DELIVERED


def test_control_a_worker_that_lives_notes_it(
    engine: Engine, receiver: Receiver, waiting: WebhookDelivery
) -> None:
    output, errors = _worker(engine, receiver, waiting).communicate(timeout=60)
    assert "noted" in output, errors
    assert the(engine).state == DeliveryState.DELIVERED
    assert len(receiver.seen) == 1


def test_control_without_taking_up_a_lost_delivery_stays_lost(
    engine: Engine, receiver: Receiver, waiting: WebhookDelivery, clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with db.transaction(engine) as session:
        session.exec(
            update(WebhookDelivery).values(attempts=1, next_at=waiting.next_at + delivering.LEASE)
        )
    jobs.work_all(engine)
    clock.shift(timedelta(hours=1))
    monkeypatch.setattr(publishing, "LATE", timedelta(days=1))
    publishing.publish(engine)
    jobs.work_all(engine)
    assert (the(engine).state, receiver.seen) == ("waiting", [])
