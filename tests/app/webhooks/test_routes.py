"""Webhooks over HTTP: made, changed, rotated, tried out, sent again, deleted."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db, jobs
from app.clock import now
from app.tables import AuditEvent, DeliveryState, Task, TaskState, Webhook, WebhookDelivery
from app.webhooks import delivering, publishing
from app.webhooks import service as webhooks
from tests.app.webhooks.conftest import fresh, happen, made, the, webhook
from tests.app.webhooks.receiver import Receiver
from tests.app.webhooks.test_signing import genuine
from tests.cast import Cast

ADDRESS = "https://hooks.example/lotsen"


async def create(client: AsyncClient, cast: Cast, **body: Any) -> dict[str, Any]:
    """A new webhook of Lea's."""
    answer = await client.post(
        "/webhooks", json={"address": ADDRESS} | body, headers=cast.key("lea")
    )
    assert answer.status_code == 201, answer.text
    content: dict[str, Any] = answer.json()
    return content


async def change(client: AsyncClient, cast: Cast, hook: Webhook, **body: Any) -> Response:
    """Change a webhook, whatever its tag."""
    headers = cast.key("lea") | {"If-Match": "*"}
    return await client.patch(f"/webhooks/{hook.id}", json=body, headers=headers)


async def test_the_secret_is_shown_once(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    new = await create(client, cast, name="Kalender", events=["offer.made", "offer.made"])
    assert new["secret"].startswith("whsec_")
    path = f"/webhooks/{new['id']}"
    one = await client.get(path, headers=cast.key("lea"))
    several = await client.get("/webhooks", headers=cast.key("lea"))
    assert several.json()["items"] == [one.json()]
    assert one.json() == {key: value for key, value in new.items() if key != "secret"}
    assert "whsec_" not in one.text + several.text
    assert one.json()["events"] == ["offer.made"]


async def test_the_secret_is_kept_nowhere_else(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    headers = cast.key("lea") | {"Idempotency-Key": "k1"}
    first = await client.post("/webhooks", json={"address": ADDRESS}, headers=headers)
    path = f"/webhooks/{first.json()['id']}/rotate"
    rotated = await client.post(path, headers=headers | {"Idempotency-Key": "k2"})
    secrets = {first.json()["secret"], rotated.json()["secret"]}
    assert len(secrets) == 2
    kept = ""
    with db.transaction(engine) as session:
        for table in ("idempotency_key", "audit_event"):
            rows = session.connection().exec_driver_sql(f"SELECT * FROM {table}").all()  # noqa: S608
            kept += repr([tuple(row) for row in rows])
    assert "webhook.create" in kept
    assert "whsec_" not in kept


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://hooks.example/in", "scheme"),
        ("https://hooks.example:8443/in", "host"),
        ("https://127.0.0.1/in", "host"),
        ("https://[::1]/in", "host"),
        ("https://2130706433/", "host"),
        ("https://localhost/in", "host"),
        ("https://u:p@hooks.example/in", "password"),
        ("ftp://hooks.example/in", "scheme"),
        ("hooks.example/in", "address"),
        ("https:///in", "host"),
    ],
)
async def test_odd_addresses_are_refused_with_a_sentence(
    client: AsyncClient, cast: Cast, engine: Engine, address: str, code: str
) -> None:
    answer = await client.post("/webhooks", json={"address": address}, headers=cast.key("lea"))
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/webhook-address")
    assert answer.json()["code"] == code
    assert len(answer.json()["detail"]) > 20
    hook = webhook(engine, cast.wetterau, ADDRESS)
    changed = await change(client, cast, hook, address=address)
    assert changed.json()["type"] == "/problems/webhook-address"
    assert fresh(engine, hook).address == ADDRESS


@pytest.mark.parametrize(
    "body",
    [
        {"address": ADDRESS, "events": ["offer.eaten"]},
        {"address": ADDRESS, "events": ["webhook.test"]},
        {"address": ADDRESS, "secret": "whsec_mine"},
        {"address": "https://hooks.example/a b"},
        {"address": "https://hooks.example/\r\nX-Evil: 1"},
        {"address": "https://hooks.example/" + "a" * 1000},
        {"address": ""},
        {},
    ],
)
async def test_wrong_bodies_are_refused(
    client: AsyncClient, cast: Cast, body: dict[str, Any]
) -> None:
    answer = await client.post("/webhooks", json=body, headers=cast.key("lea"))
    assert answer.status_code == 422, answer.text


async def test_twenty_are_enough(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    for _ in range(webhooks.MOST_WEBHOOKS):
        webhook(engine, cast.wetterau, ADDRESS)
    answer = await client.post("/webhooks", json={"address": ADDRESS}, headers=cast.key("lea"))
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/too-many-webhooks")


async def test_the_tag_stands_for_what_can_be_changed(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    hook = webhook(engine, cast.wetterau, ADDRESS)
    path, lea = f"/webhooks/{hook.id}", cast.key("lea")
    tag = (await client.get(path, headers=lea)).headers["etag"]
    with db.transaction(engine) as session:
        busy = session.get_one(Webhook, hook.id)
        busy.strikes, busy.failures = 3, 1
        session.add(busy)
    saved = await client.patch(path, json={"name": "Neu"}, headers=lea | {"If-Match": tag})
    assert saved.status_code == 200, "a delivery that failed meanwhile is no change"
    late = await client.patch(path, json={"name": "Alt"}, headers=lea | {"If-Match": tag})
    assert late.status_code == 412
    bare = await client.patch(path, json={"name": "Alt"}, headers=lea)
    assert bare.status_code == 428
    right = {"If-Match": saved.headers["etag"]}
    cleared = await client.patch(path, json={"name": "", "events": []}, headers=lea | right)
    assert (cleared.json()["name"], cleared.json()["events"]) == ("", [])


async def test_off_ends_what_waits_and_on_begins_afresh(
    client: AsyncClient, cast: Cast, engine: Engine, hook: Webhook, waiting: WebhookDelivery
) -> None:
    off = await change(client, cast, hook, active=False)
    assert (off.json()["active"], off.json()["off_reason"]) == (False, "office")
    assert off.json()["off_text"] == "Von Ihnen abgeschaltet."
    assert (the(engine).state, the(engine).failure) == ("dead", "off")
    with db.transaction(engine) as session:
        stood = session.get_one(Webhook, hook.id)
        stood.failures, stood.strikes, stood.resume_at = 10, 7, now() + timedelta(hours=1)
        session.add(stood)
    on = await change(client, cast, hook, active=True)
    assert (on.json()["active"], on.json()["off_reason"], on.json()["paused_until"]) == (
        True, "", None,
    )  # fmt: skip
    assert (fresh(engine, hook).failures, fresh(engine, hook).strikes) == (0, 0)


async def test_the_office_sees_a_task_until_it_is_switched_on_again(
    client: AsyncClient, cast: Cast, engine: Engine, receiver: Receiver, hook: Webhook,
    waiting: WebhookDelivery,
) -> None:  # fmt: skip
    receiver.status = 410
    jobs.work_all(engine)
    seen = await client.get("/tasks", headers=cast.key("amal"))
    (task,) = seen.json()["items"]
    assert "calendar.example" in task["question"]
    shown = await client.get(f"/webhooks/{hook.id}", headers=cast.key("lea"))
    assert "410" in shown.json()["off_text"]
    await change(client, cast, hook, active=True)
    with db.transaction(engine) as session:
        assert session.exec(select(Task.state)).one() == TaskState.RESOLVED
    receiver.status = 410
    happen(engine, cast.wetterau, "offer.make")
    publishing.publish(engine)
    jobs.work_all(engine)
    with db.transaction(engine) as session:
        states = session.exec(select(Task.state).order_by(col(Task.created_at), col(Task.id))).all()
    assert sorted(states) == [TaskState.OPEN, TaskState.RESOLVED], (
        "the second time it is asked anew"
    )


async def test_a_rotation_overlaps_for_a_day(
    client: AsyncClient, cast: Cast, engine: Engine, receiver: Receiver, hook: Webhook, clock: Any
) -> None:
    rotated = await client.post(f"/webhooks/{hook.id}/rotate", headers=cast.key("lea"))
    assert rotated.status_code == 200
    new = rotated.json()["secret"]
    for later, old_counts in ((0, True), (24 * 3600, False)):
        clock.shift(later)
        happen(engine, cast.wetterau, "offer.make")
        publishing.publish(engine)
        jobs.work_all(engine)
        came = receiver.seen[-1]
        assert genuine(new, came.headers, came.body)
        assert genuine(hook.secret, came.headers, came.body) == old_counts
    shown = await client.get(f"/webhooks/{hook.id}", headers=cast.key("lea"))
    assert shown.json()["previous_secret_until"] is None


async def test_a_test_is_sent_once_also_while_it_is_off(
    client: AsyncClient, cast: Cast, engine: Engine, receiver: Receiver
) -> None:
    hook = webhook(engine, cast.wetterau, receiver.address, active=False, off_reason="office")
    other = webhook(engine, cast.wetterau, receiver.address)
    receiver.status = 500
    asked = await client.post(f"/webhooks/{hook.id}/test", headers=cast.key("lea"))
    assert (asked.status_code, asked.json()["event"]) == (202, "webhook.test")
    publishing.publish(engine)
    jobs.work_all(engine)
    (came,) = receiver.seen
    assert came.content["type"] == "webhook.test"
    assert came.content["subject"] == {"type": "webhook", "id": str(hook.id)}
    assert genuine(hook.secret, came.headers, came.body)
    listed = await client.get(f"/webhooks/{hook.id}/deliveries", headers=cast.key("lea"))
    (delivery,) = listed.json()["items"]
    assert (delivery["state"], delivery["status"], delivery["attempts"]) == ("dead", 500, 1)
    assert delivery["failure_text"] == "Der Empfänger hat die Nachricht nicht angenommen."
    assert (fresh(engine, hook).strikes, fresh(engine, other).strikes) == (0, 0)


async def test_deliveries_show_how_they_stand(
    client: AsyncClient, cast: Cast, engine: Engine, receiver: Receiver, hook: Webhook, clock: Any
) -> None:
    happen(engine, cast.wetterau, "offer.make", "offer.make")
    publishing.publish(engine)
    clock.shift(1)
    jobs.work_one(engine)
    path = f"/webhooks/{hook.id}/deliveries"
    first = await client.get(path, params={"limit": 1}, headers=cast.key("lea"))
    rest = await client.get(path, params={"cursor": first.json()["next"]}, headers=cast.key("lea"))
    done, waits = first.json()["items"][0], rest.json()["items"][0]
    assert {done["state"], waits["state"]} == {"delivered", "waiting"}
    for state in ("delivered", "waiting", "dead"):
        some = await client.get(path, params={"state": state}, headers=cast.key("lea"))
        assert len(some.json()["items"]) == (state != "dead")
    odd = await client.get(path, params={"state": "lost"}, headers=cast.key("lea"))
    assert odd.status_code == 422
    delivered = done if done["state"] == "delivered" else waits
    assert delivered["next_at"] is None
    assert delivered["delivered_at"] == "2027-01-04T09:00:01Z"
    assert delivered["event_id"] == receiver.seen[0].headers["webhook-id"]


async def replay(client: AsyncClient, cast: Cast, hook: Webhook, **body: Any) -> Response:
    """Ask for events again."""
    return await client.post(f"/webhooks/{hook.id}/replay", json=body, headers=cast.key("lea"))


async def test_one_delivery_is_sent_again_under_the_same_id(
    client: AsyncClient, cast: Cast, engine: Engine, receiver: Receiver, hook: Webhook,
    waiting: WebhookDelivery,
) -> None:  # fmt: skip
    jobs.work_all(engine)
    answer = await replay(client, cast, hook, delivery_id=str(waiting.id))
    assert (answer.status_code, answer.json()) == (202, {"deliveries": 1, "next": None})
    jobs.work_all(engine)
    first, second = receiver.seen
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert (first.content["replay"], second.content["replay"]) == (False, True)
    assert [d.replay for d in made(engine)] == [False, True]


async def test_everything_since_a_time_is_sent_again(
    client: AsyncClient, cast: Cast, engine: Engine, hook: Webhook, clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(webhooks, "MOST_REPLAYED", 4)
    happen(engine, cast.wetterau, "offer.make")
    clock.shift(3600)
    since = now()
    wanted = happen(engine, cast.wetterau, *["offer.make"] * 7)
    happen(engine, cast.wetterau, "volunteer.update")
    happen(engine, cast.fulda, "offer.make")
    publishing.publish(engine)
    not_yet = happen(engine, cast.wetterau, "offer.make")
    await change(client, cast, hook, active=False)
    off = await replay(client, cast, hook, since=since.isoformat())
    assert (off.status_code, off.json()["type"]) == (409, "/problems/webhook-off")
    await change(client, cast, hook, active=True)
    part = (await replay(client, cast, hook, since=since.isoformat())).json()
    assert part["deliveries"] == 4
    rest = (await replay(client, cast, hook, since=since.isoformat(), cursor=part["next"])).json()
    assert rest == {"deliveries": 3, "next": None}
    again = [d for d in made(engine) if d.replay]
    assert [d.audit_event_id for d in again] == wanted
    publishing.publish(engine)
    assert [d.replay for d in made(engine) if d.audit_event_id == not_yet[0]] == [False]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"since": "2027-01-04T09:00:00Z", "delivery_id": "01943c8e-1f40-7a11-8c0e-5d2f1b9a7e44"},
        {"cursor": "01943c8e-1f40-7a11-8c0e-5d2f1b9a7e44"},
        {
            "delivery_id": "01943c8e-1f40-7a11-8c0e-5d2f1b9a7e44",
            "cursor": "01943c8e-1f40-7a11-8c0e-5d2f1b9a7e44",
        },
        {"since": "2026-12-01T09:00:00Z"},
        {"since": "2027-01-04T09:00:00"},
    ],
)
async def test_an_unclear_replay_is_refused(
    client: AsyncClient, cast: Cast, hook: Webhook, body: dict[str, Any]
) -> None:
    answer = await replay(client, cast, hook, **body)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")


async def test_a_delivery_of_another_webhook_is_none_of_this_one(
    client: AsyncClient, cast: Cast, engine: Engine, hook: Webhook, waiting: WebhookDelivery
) -> None:
    other = webhook(engine, cast.wetterau, ADDRESS)
    answer = await replay(client, cast, other, delivery_id=str(waiting.id))
    assert answer.status_code == 404


async def test_deleted_means_gone_with_everything(
    client: AsyncClient, cast: Cast, engine: Engine, receiver: Receiver, hook: Webhook,
    waiting: WebhookDelivery,
) -> None:  # fmt: skip
    path = f"/webhooks/{hook.id}"
    assert (await client.delete(path, headers=cast.key("kofi"))).status_code == 404
    assert (await client.delete(path, headers=cast.key("amal"))).status_code == 403
    lea = cast.key("lea")
    assert (await client.delete(path, headers=lea)).status_code == 428
    lea |= {"If-Match": (await client.get(path, headers=lea)).headers["etag"]}
    assert (await client.delete(path, headers=lea)).status_code == 204
    assert (await client.delete(path, headers=lea)).status_code == 404
    jobs.work_all(engine)
    assert (made(engine), receiver.seen) == ([], [])
    with db.transaction(engine) as session:
        actions = session.exec(select(AuditEvent.action)).all()
    assert "webhook.delete" in actions


@pytest.mark.parametrize("status", [200, 410, 500])
async def test_a_delivery_under_way_when_it_is_deleted_ends_quietly(
    client: AsyncClient, cast: Cast, engine: Engine, receiver: Receiver, hook: Webhook,
    waiting: WebhookDelivery,
    status: int,
) -> None:  # fmt: skip
    def remove(_received: Any) -> None:
        with db.transaction(engine) as session:
            session.delete(session.get_one(WebhookDelivery, waiting.id))
            session.delete(session.get_one(Webhook, hook.id))

    receiver.before, receiver.status = remove, status
    delivering.deliver(engine, waiting.id)
    assert made(engine) == []
    assert len(receiver.seen) == 1


async def test_switched_off_under_way_it_is_not_tried_again(
    client: AsyncClient, cast: Cast, engine: Engine, receiver: Receiver, hook: Webhook,
    waiting: WebhookDelivery, clock: Any,
) -> None:  # fmt: skip
    def switch_off(_received: Any) -> None:
        with db.transaction(engine) as session:
            delivering.turn_off(session, session.get_one(Webhook, hook.id), "office")

    receiver.before, receiver.status = switch_off, 500
    delivering.deliver(engine, waiting.id)
    clock.shift(600)
    jobs.work_all(engine)
    assert len(receiver.seen) == 1
    assert the(engine).state == DeliveryState.DEAD
