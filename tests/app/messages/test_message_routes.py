"""Messages at the edge: their fate for the office, wishes, what the app has shown."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import select

from app import db
from app.clock import now
from app.tables import Event, MessagePreference, MessageState
from tests.app.examples import MORNING
from tests.app.messages.conftest import Talk
from tests.app.messages.servers import Line, Post
from tests.cast import Cast

ROUTE = "/message-preferences"


async def messages(client: AsyncClient, cast: Cast, query: str = "") -> list[dict[str, Any]]:
    """What the office sees."""
    answer = await client.get(f"/messages{query}", headers=cast.key("amal"))
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_the_office_sees_what_became_of_messages_and_not_their_words(
    client: AsyncClient, cast: Cast, talk: Talk, post: Post
) -> None:
    talk.ask()
    post.rcpt = "550 5.1.1 nein"
    talk.institution()
    talk.work()
    for row in await messages(client, cast):
        assert set(row) >= {"event", "channel", "state", "sent_at", "failure", "attempts"}
        assert not {"body", "short", "subject"} & set(row)
    answer = await client.get("/messages?state=dead", headers=cast.key("amal"))
    assert "Friedberg" not in answer.text
    assert "schule@" not in answer.text
    dead = await messages(client, cast, "?state=dead&event=request&channel=mail")
    assert [(row["recipient"], row["failure"]) for row in dead] == [
        ("s…@example.org", "smtp: recipient refused, 550 5.1.1")
    ]
    hers = await messages(client, cast, f"?volunteer_id={cast.volunteers['mirela']}")
    assert hers == []
    foreign = await client.get("/messages", headers=cast.key("kofi"))
    assert foreign.json()["items"] == []


async def test_a_dead_message_is_tried_again_by_hand_with_a_fresh_link(
    client: AsyncClient, cast: Cast, talk: Talk, post: Post, engine: Engine
) -> None:
    post.rcpt = "550 5.1.1 nein"
    message_id = talk.institution()
    talk.work()
    path = f"/messages/{message_id}/retry"
    assert (await client.post(path, headers=cast.key("kofi"))).status_code == 404
    post.rcpt = "250 OK"
    again = await client.post(path, headers=cast.key("amal"))
    assert (again.status_code, again.json()["state"]) == (200, "queued")
    talk.work()
    assert talk.message(message_id).state == MessageState.SENT
    assert len(post.taken) == 1
    refused = await client.post(path, headers=cast.key("amal"))
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/message-not-dead")


async def test_wishes_are_read_and_set_as_a_whole(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    key = cast.key("dilan")
    before = await client.get(ROUTE, headers=key)
    assert before.json() == {"items": [], "open_channels": ["mail"], "digest_at": "17:00"}
    wishes = [
        {"event": "offer", "channel": "push", "digest": True},
        {"event": "taken", "channel": "none", "digest": False},
    ]
    tag = before.headers["ETag"]
    assert (await client.put(ROUTE, json={"items": wishes}, headers=key)).status_code == 428
    set_ = await client.put(ROUTE, json={"items": wishes}, headers={**key, "If-Match": tag})
    assert set_.status_code == 200, set_.text
    assert set_.json()["items"] == wishes
    late = await client.put(ROUTE, json={"items": []}, headers={**key, "If-Match": tag})
    assert late.status_code == 412
    office = await client.get(
        f"/volunteers/{cast.volunteers['dilan']}{ROUTE}", headers=cast.key("amal")
    )
    assert office.json()["items"] == wishes
    assert office.headers["ETag"] == set_.headers["ETag"]
    with db.transaction(engine) as session:
        rows = session.exec(select(MessagePreference)).all()
        assert {row.volunteer_id for row in rows} == {cast.volunteers["dilan"]}


async def test_the_office_looks_after_the_wishes_of_a_volunteer(
    client: AsyncClient, cast: Cast
) -> None:
    path = f"/volunteers/{cast.volunteers['mirela']}{ROUTE}"
    body = {"items": [{"event": "reminder", "channel": "mail"}]}
    for name, status in (("dilan", 404), ("kofi", 404), ("amal", 200)):
        headers = {**cast.key(name), "If-Match": "*"}
        assert (await client.put(path, json=body, headers=headers)).status_code == status, name
    hers = await client.get(ROUTE, headers=cast.key("mirela"))
    assert [item["event"] for item in hers.json()["items"]] == ["reminder"]


async def test_who_only_works_in_the_office_has_wishes_too(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    headers = {**cast.key("amal"), "If-Match": "*"}
    body = {"items": [{"event": "task", "channel": "mail", "digest": True}]}
    assert (await client.put(ROUTE, json=body, headers=headers)).status_code == 200
    with db.transaction(engine) as session:
        row = session.exec(select(MessagePreference)).one()
        assert (row.account_id, row.volunteer_id) == (cast.accounts["amal"], None)


@pytest.mark.parametrize(
    "items",
    [
        [{"event": "offer", "channel": "none"}],
        [{"event": "cancelled", "channel": "none"}],
        [{"event": "digest", "channel": "sms"}],
        [{"event": "digest", "channel": "mail", "digest": True}],
        [{"event": "offer", "channel": "brieftaube"}],
        [{"event": "offer", "channel": "call"}],
        [{"event": "offer", "channel": "mail"}, {"event": "offer", "channel": "push"}],
    ],
)
async def test_what_cannot_be_is_refused(
    client: AsyncClient, cast: Cast, items: list[dict[str, Any]]
) -> None:
    headers = {**cast.key("dilan"), "If-Match": "*"}
    assert (await client.put(ROUTE, json={"items": items}, headers=headers)).status_code == 422


async def test_who_is_only_called_has_no_open_channel(
    client: AsyncClient, cast: Cast, talk: Talk, gateway: Line
) -> None:
    talk.change(phone="0170 1234567")
    key = cast.key("dilan")
    assert (await client.get(ROUTE, headers=key)).json()["open_channels"] == ["mail", "sms"]
    talk.change(phone_only=True, email="")
    assert (await client.get(ROUTE, headers=key)).json()["open_channels"] == []


async def test_what_the_app_has_shown_need_not_come_again(
    client: AsyncClient, cast: Cast, talk: Talk, post: Post, gateway: Line
) -> None:
    talk.change(phone="0170 1234567")
    until = now() + timedelta(hours=8)
    seen, unseen = talk.ask(expires_at=until), talk.ask(expires_at=until)
    talk.work()
    subject_id = str(talk.message(seen).subject_id)
    body = {"seen": [subject_id]}
    assert (await client.post("/messages/seen", json=body, headers=cast.key("amal"))).is_success
    assert talk.message(seen).read_at is None, "what the office looks at she has not seen"
    assert (await client.post("/messages/seen", json=body, headers=cast.key("dilan"))).is_success
    assert talk.message(seen).read_at is not None
    assert talk.message(unseen).read_at is None
    talk.later(hours=4)
    assert len(gateway.seen) == 1


async def test_a_volunteer_is_written_to_in_her_language(
    client: AsyncClient, cast: Cast, talk: Talk, post: Post
) -> None:
    path = f"/volunteers/{cast.volunteers['dilan']}"
    headers = {**cast.key("dilan"), "If-Match": "*"}
    answer = await client.patch(path, json={"locale": "en"}, headers=headers)
    assert (answer.status_code, answer.json()["locale"]) == (200, "en")
    assert (await client.patch(path, json={"locale": "fr"}, headers=headers)).status_code == 422
    talk.tell(Event.BOOKED, starts_at=MORNING)
    talk.work()
    page = post.mails[0].get_body(("html",))
    assert page is not None
    assert '<html lang="en">' in page.get_content()
    assert "through Lotsenwerk" in page.get_content()
