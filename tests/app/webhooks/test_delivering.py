"""Deliveries: tried, tried again, given up; and what a receiver can do to us."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from app import db, fetching, jobs
from app.clock import now
from app.tables import DeliveryState, Task, TaskState, Webhook, WebhookDelivery
from app.webhooks import delivering, publishing
from app.webhooks.delivering import LEASE, PATIENCE, PAUSES
from tests.app.webhooks.conftest import fresh, happen, made, the, webhook
from tests.app.webhooks.receiver import INSIDE, Receiver, documented
from tests.cast import Cast

genuine = documented()


def test_what_happened_arrives(
    engine: Engine, cast: Cast, receiver: Receiver, hook: Webhook
) -> None:
    (event_id,) = happen(engine, cast.wetterau, "offer.accept", assignment=str(hook.id))
    publishing.publish(engine)
    jobs.work_all(engine)
    (came,) = receiver.seen
    assert came.path == "/in"
    assert came.content == {
        "id": str(event_id),
        "type": "offer.accepted",
        "time": "2027-01-04T09:00:00Z",
        "sponsor_id": str(cast.wetterau),
        "subject": {"type": "offer", "id": came.content["subject"]["id"]},
        "replay": False,
        "data": {"assignment_id": str(hook.id)},
    }
    assert came.headers["webhook-id"] == str(event_id)
    assert came.headers["content-type"] == "application/json"
    assert came.headers["user-agent"] == "Lotsenwerk-Webhook"
    assert "cookie" not in came.headers
    delivery = the(engine)
    assert (delivery.state, delivery.status, delivery.attempts) == ("delivered", 200, 1)
    assert delivery.delivered_at == now()


def test_it_goes_over_tls_to_the_name_in_the_address(
    engine: Engine, cast: Cast, secured: Receiver
) -> None:
    webhook(engine, cast.wetterau, secured.address)
    webhook(engine, cast.wetterau, secured.address.replace("calendar", "other"))
    happen(engine, cast.wetterau, "offer.make")
    publishing.publish(engine)
    jobs.work_all(engine)
    assert len(secured.seen) == 1
    assert sorted(d.failure for d in made(engine)) == ["", "certificate"]


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_two_hundred_something_is_taken(
    engine: Engine, receiver: Receiver, waiting: WebhookDelivery, status: int
) -> None:
    receiver.status = status
    jobs.work_all(engine)
    assert the(engine).state == DeliveryState.DELIVERED


@pytest.mark.parametrize("status", [300, 301, 302, 307, 308, 400, 401, 404, 429, 500, 503])
def test_everything_else_is_tried_again(
    engine: Engine, receiver: Receiver, waiting: WebhookDelivery, clock: Any, status: int
) -> None:
    receiver.status, receiver.headers = status, {"Location": receiver.address + "/elsewhere"}
    jobs.work_all(engine)
    delivery = the(engine)
    assert (delivery.state, delivery.status, delivery.failure) == ("waiting", status, "status")
    assert [one.path for one in receiver.seen] == ["/in"], "no redirect is followed"
    receiver.status = 200
    clock.shift(10)
    jobs.work_all(engine)
    first, second = receiver.seen
    assert the(engine).state == DeliveryState.DELIVERED
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]


def _attempt_all(engine: Engine, clock: Any) -> list[float]:
    """Try until it is given up; the pauses in seconds."""
    pauses = []
    while True:
        jobs.work_all(engine)
        delivery = made(engine)[0]
        if delivery.state != DeliveryState.WAITING:
            return pauses
        pauses.append((delivery.next_at - now()).total_seconds())
        clock.shift(pauses[-1])


def test_the_pauses_grow_and_end_after_about_a_day(
    engine: Engine, receiver: Receiver, waiting: WebhookDelivery, clock: Any
) -> None:
    receiver.status = 500
    pauses = _attempt_all(engine, clock)
    delivery = the(engine)
    assert delivery.state == DeliveryState.DEAD
    assert pauses == sorted(pauses)
    assert len(receiver.seen) == delivery.attempts == len(PAUSES) + 1
    for pause, least in zip(pauses, PAUSES, strict=True):
        assert least.total_seconds() <= pause <= 1.1 * least.total_seconds()
    assert timedelta(hours=20) < timedelta(seconds=sum(pauses)) < PATIENCE


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("60", 60),
        ("7200", 7200),
        ("999999999999", 8 * 3600),
        ("-5", 5),
        ("soon", 5),
        ("", 5),
        ("²", 5),
        ("Mon, 04 Jan 2027 10:00:00 GMT", 3600),
        ("Mon, 04 Jan 2027 10:00:00 -0000", 3600),
        ("Mon, 04 Jan 2010 10:00:00 GMT", 5),
        ("Mon, 99 Foo 2027 10:00:00 GMT", 5),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_who_is_busy_is_left_alone_for_as_long_as_she_says(
    engine: Engine,
    receiver: Receiver,
    waiting: WebhookDelivery,
    said: str,
    seconds: int,
    status: int,
) -> None:
    receiver.status, receiver.headers = status, {"Retry-After": said.encode().decode("latin-1")}
    jobs.work_all(engine)
    pause = (the(engine).next_at - now()).total_seconds()
    assert seconds <= pause <= 1.1 * seconds


def test_who_asks_for_peace_gets_it_for_everything(
    engine: Engine, cast: Cast, receiver: Receiver, hook: Webhook, clock: Any
) -> None:
    receiver.status, receiver.headers = 503, {"Retry-After": "60"}
    happen(engine, cast.wetterau, "offer.make", "offer.make", "offer.make")
    publishing.publish(engine)
    jobs.work_all(engine)
    assert len(receiver.seen) == 1
    receiver.status = 200
    clock.shift(100)
    jobs.work_all(engine)
    assert len(receiver.seen) == 4
    assert {d.state for d in made(engine)} == {DeliveryState.DELIVERED}


def test_gone_means_never_again(
    engine: Engine, cast: Cast, receiver: Receiver, hook: Webhook
) -> None:
    receiver.status = 410
    happen(engine, cast.wetterau, "offer.make", "offer.decline")
    publishing.publish(engine)
    jobs.work_all(engine)
    assert len(receiver.seen) == 1
    assert sorted((d.state, d.failure) for d in made(engine)) == [
        ("dead", "off"),
        ("dead", "status"),
    ]
    stood = fresh(engine, hook)
    assert (stood.active, stood.off_reason) == (False, "gone")
    task = _task(engine)
    assert (task.code, task.subject_id, task.state) == ("webhook:gone", hook.id, TaskState.OPEN)
    assert task.params == {"host": "calendar.example"}
    happen(engine, cast.wetterau, "offer.make")
    publishing.publish(engine)
    assert len(made(engine)) == 2


def _task(engine: Engine) -> Task:
    with db.transaction(engine) as session:
        return session.exec(select(Task)).one()


def test_who_never_answers_for_a_day_is_switched_off_and_the_office_is_told(
    engine: Engine, cast: Cast, receiver: Receiver, hook: Webhook, clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(delivering, "MOST_GIVEN_UP", 3)
    receiver.status = 500
    happen(engine, cast.wetterau, *["offer.make"] * 5)
    publishing.publish(engine)
    for _ in range(8):
        jobs.work_all(engine)
        assert fresh(engine, hook).active
        clock.shift(3 * 3600)
    for _ in range(6):
        jobs.work_all(engine)
        clock.shift(3 * 3600)
    stood = fresh(engine, hook)
    assert (stood.active, stood.off_reason, stood.failures) == (False, "given_up", 3)
    assert {d.state for d in made(engine)} == {DeliveryState.DEAD}
    assert _task(engine).code == "webhook:given_up"


def test_one_delivery_that_a_receiver_chokes_on_switches_nothing_off(
    engine: Engine, cast: Cast, receiver: Receiver, hook: Webhook, clock: Any
) -> None:
    def choke(received: Any) -> None:
        receiver.status = 500 if received.content["type"] == "offer.made" else 200

    receiver.before = choke
    happen(engine, cast.wetterau, "offer.make")
    publishing.publish(engine)
    for _ in range(15):
        happen(engine, cast.wetterau, "offer.decline")
        publishing.publish(engine)
        jobs.work_all(engine)
        clock.shift(3 * 3600)
    states = [d.state for d in made(engine)]
    assert (states.count("dead"), states.count("delivered")) == (1, 15)
    stood = fresh(engine, hook)
    assert (stood.active, stood.failures, stood.strikes) == (True, 0, 0)


def test_a_receiver_that_is_silent_holds_up_nobody_for_long(
    engine: Engine, cast: Cast, receiver: Receiver, hook: Webhook, clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Of thirty deliveries three are tried; control: without strikes each one is waited for."""
    tried: list[str] = []

    def silent(address: str, *_: Any, **__: Any) -> None:
        tried.append(address)
        raise fetching.FetchRefused("too_slow")

    monkeypatch.setattr(fetching, "post", silent)
    happen(engine, cast.wetterau, *["offer.make"] * 30)
    publishing.publish(engine)
    jobs.work_all(engine)
    assert len(tried) == delivering.STRIKES
    for _ in range(3):
        clock.shift(300)
        jobs.work_all(engine)
    assert len(tried) <= delivering.STRIKES + 3 * 2
    assert fresh(engine, hook).active
    monkeypatch.setattr(delivering, "STRIKES", 10_000)
    other = webhook(engine, cast.fulda, receiver.address)
    happen(engine, cast.fulda, *["offer.make"] * 30)
    publishing.publish(engine)
    tried.clear()
    jobs.work_all(engine)
    assert len(tried) >= 30, "control"
    assert fresh(engine, other).strikes >= 30


@pytest.mark.parametrize(
    ("inside", "failure"), [(False, "forbidden_host"), (True, "")], ids=["guarded", "control"]
)
def test_nothing_is_sent_inside(
    engine: Engine, receiver: Receiver, waiting: WebhookDelivery, inside: bool, failure: str
) -> None:
    delivering.attempt(engine, waiting.id, receiver.rules(inside=inside))
    assert the(engine).failure == failure
    assert len(receiver.seen) == inside


@pytest.mark.parametrize(
    "answer",
    ["10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00::1", "64:ff9b::7f00:1",
     "2002:7f00:1::", "100.64.0.1", "0.0.0.0"],  # noqa: S104 - an address that is refused
)  # fmt: skip
def test_a_name_that_has_come_to_lead_inside_is_refused(
    engine: Engine, receiver: Receiver, waiting: WebhookDelivery, answer: str
) -> None:
    rules = replace(receiver.rules(), resolve=lambda *_: [INSIDE, answer])
    delivering.attempt(engine, waiting.id, rules)
    assert the(engine).failure == "forbidden_host"
    assert receiver.seen == []


def test_off_means_that_nothing_is_sent(
    engine: Engine, receiver: Receiver, hook: Webhook, waiting: WebhookDelivery
) -> None:
    with db.transaction(engine) as session:
        stood = session.get_one(Webhook, hook.id)
        stood.active = False
        session.add(stood)
    jobs.work_all(engine)
    assert receiver.seen == []
    assert (the(engine).state, the(engine).failure) == ("dead", "off")


def test_an_event_of_an_older_version_ends(
    engine: Engine, receiver: Receiver, waiting: WebhookDelivery
) -> None:
    with db.transaction(engine) as session:
        old = session.get_one(WebhookDelivery, waiting.id)
        old.event = "offer.forgotten"
        session.add(old)
    jobs.work_all(engine)
    assert (the(engine).state, the(engine).failure) == ("dead", "event")
    assert receiver.seen == []


def test_a_delivery_that_is_gone_is_nothing_to_do(engine: Engine, cast: Cast) -> None:
    delivering.deliver(engine, uuid4())


def test_a_secret_that_was_rotated_signs_for_a_day_more(
    engine: Engine, cast: Cast, receiver: Receiver, hook: Webhook, clock: Any
) -> None:
    with db.transaction(engine) as session:
        stood = session.get_one(Webhook, hook.id)
        stood.previous_secret, stood.previous_until = stood.secret, now() + timedelta(hours=24)
        stood.secret = "whsec_" + "A" * 43 + "="
        session.add(stood)
    for hours in (0, 23, 2):
        clock.shift(timedelta(hours=hours))
        happen(engine, cast.wetterau, "offer.make")
        publishing.publish(engine)
        jobs.work_all(engine)
        came = receiver.seen[-1]
        assert genuine("whsec_" + "A" * 43 + "=", came.headers, came.body)
        assert genuine(hook.secret, came.headers, came.body) == (hours != 2)


def test_who_is_lost_after_sending_sends_again_under_the_same_id(
    engine: Engine, receiver: Receiver, waiting: WebhookDelivery, clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with monkeypatch.context() as patched:
        patched.setattr(delivering, "_note", _die)
        with pytest.raises(SystemExit):
            delivering.deliver(engine, waiting.id)
    assert len(receiver.seen) == 1
    delivering.deliver(engine, waiting.id)
    assert len(receiver.seen) == 1, "it may still be at it"
    clock.shift(LEASE + publishing.LATE + timedelta(seconds=1))
    publishing.publish(engine)
    jobs.work_all(engine)
    first, second = receiver.seen
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert the(engine).state == DeliveryState.DELIVERED


def _die(*_: object) -> None:
    raise SystemExit


def test_a_slow_success_counts_although_another_attempt_began(
    engine: Engine, receiver: Receiver, waiting: WebhookDelivery, clock: Any
) -> None:
    def meanwhile(_received: Any) -> None:
        receiver.before = lambda _: None
        receiver.status = 500
        clock.shift(LEASE)
        delivering.deliver(engine, waiting.id)
        receiver.status = 200

    receiver.before = meanwhile
    delivering.deliver(engine, waiting.id)
    delivery = the(engine)
    assert (delivery.state, delivery.status, delivery.attempts) == ("delivered", 200, 2)


def test_a_slow_failure_undoes_nothing(
    engine: Engine, receiver: Receiver, hook: Webhook, waiting: WebhookDelivery, clock: Any
) -> None:
    def meanwhile(_received: Any) -> None:
        receiver.before = lambda _: None
        clock.shift(LEASE)
        delivering.deliver(engine, waiting.id)
        receiver.status = 500

    receiver.before = meanwhile
    delivering.deliver(engine, waiting.id)
    delivery = the(engine)
    assert (delivery.state, delivery.status, delivery.attempts) == ("delivered", 200, 2)
    assert fresh(engine, hook).strikes == 0
