"""Calendar addresses: to whom they answer, for how long, and what is kept of them."""

import logging
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import select

from app import db, engines
from app.tables import (
    Account,
    Assignment,
    AuditEvent,
    CalendarFeed,
    Enrolment,
    IdempotencyKey,
    Membership,
)
from app.tokens import hash_token
from tests.app.calendars.subscribed import change, subscribe
from tests.app.examples import HOUR, Examples, furnish
from tests.cast import Cast


@pytest.fixture
def examples(engine: Engine, cast: Cast) -> Examples:
    """One object of every kind: Dilan has one booking ahead and one behind her."""
    return furnish(engine, cast)


async def refused(client: AsyncClient, address: str) -> Response:
    """The answer of an address behind which there is nothing, the same for all reasons."""
    answer = await client.get(address)
    nowhere = await client.get("http://test/calendars/lw_nobody.ics")
    assert answer.status_code == nowhere.status_code == 404
    assert answer.content == nowhere.content
    assert answer.headers == nowhere.headers
    return answer


async def test_a_revoked_address_answers_like_one_that_never_was(
    client: AsyncClient, cast: Cast, examples: Examples
) -> None:
    made = await client.post("/calendar-feeds", json={}, headers=cast.key("dilan"))
    address, feed_id = made.json()["address"], made.json()["id"]
    assert made.headers["location"] == f"/api/v1/calendar-feeds/{feed_id}"
    assert (await client.get(address)).status_code == 200
    foreign = await client.delete(f"/calendar-feeds/{feed_id}", headers=cast.key("amal"))
    assert foreign.status_code == 404
    for status in (204, 404):
        done = await client.delete(f"/calendar-feeds/{feed_id}", headers=cast.key("dilan"))
        assert done.status_code == status
    await refused(client, address)
    for odd in ("", "x", "lw_" + "a" * 5000, "%00", "%F0%9F%99%82", "a.ics", "..%2f"):
        answer = await client.get(f"http://test/calendars/{odd}.ics")
        assert answer.status_code == (414 if len(odd) > 4000 else 404), odd


async def test_an_address_ends_with_what_it_stands_for(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    hers, ours = await subscribe(client, cast, "dilan"), await subscribe(client, cast, "amal")
    change(engine, Enrolment, cast.enrolments["dilan"], state="paused")
    assert (await client.get(hers)).status_code == 200
    change(engine, Enrolment, cast.enrolments["dilan"], state="ended")
    await refused(client, hers)
    change(engine, Enrolment, cast.enrolments["dilan"], state="released")
    change(engine, Account, cast.accounts["dilan"], active=False)
    await refused(client, hers)
    assert (await client.get(ours)).status_code == 200
    with db.transaction(engine) as session:
        found = session.exec(
            select(Membership).where(Membership.account_id == cast.accounts["amal"])
        ).one()
        found.role = "lead"
        session.add(found)
    await refused(client, ours)


async def test_what_is_known_already_is_not_sent_again(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    address = await subscribe(client, cast, "dilan")
    first = await client.get(address)
    tag = first.headers["etag"]
    for sent in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = await client.get(address, headers={"If-None-Match": sent})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert "private" in again.headers["cache-control"]
    clock.shift(HOUR)
    assert (await client.get(address, headers={"If-None-Match": tag})).status_code == 304
    change(engine, Assignment, examples["assignment_id"], state="cancelled_early")
    changed = await client.get(address, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag
    head = await client.head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == changed.headers["etag"]
    assert head.headers["content-type"] == "text/calendar; charset=utf-8"
    assert (await client.post(address)).status_code == 405


async def test_the_last_use_is_noted_once_an_hour(
    client: AsyncClient, cast: Cast, examples: Examples, clock: time_machine.Traveller
) -> None:
    address = await subscribe(client, cast, "amal")

    async def used() -> str | None:
        shown = await client.get("/calendar-feeds", headers=cast.key("amal"))
        last: str | None = shown.json()["items"][0]["last_used_at"]
        return last and last[11:16]

    assert await used() is None
    for minutes, noted in ((0, "09:00"), (59, "09:00"), (2, "10:01")):
        clock.shift(timedelta(minutes=minutes))
        assert (await client.get(address)).status_code == 200
        assert await used() == noted


async def test_a_busy_database_shows_the_calendar_and_notes_no_use(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    examples: Examples,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = await subscribe(client, cast, "dilan")
    monkeypatch.setattr(engines, "WAIT_SECONDS", 0.2)
    with db.open_session(engine) as holding:
        db.set_scope(holding, db.SYSTEM)
        assert holding.exec(select(CalendarFeed.id).with_for_update()).all()
        assert (await client.get(address)).status_code == 200
    with db.transaction(engine) as session:
        feeds = session.exec(select(CalendarFeed)).all()
        assert [feed.last_used_at for feed in feeds] == [None] * len(feeds)
    assert (await client.get(address)).status_code == 200
    with db.transaction(engine) as session:
        noted = [f.last_used_at for f in session.exec(select(CalendarFeed)).all()]
        assert len([moment for moment in noted if moment]) == 1, "control: else it is noted"


async def test_the_secret_is_kept_nowhere(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    headers = cast.key("amal") | {"Idempotency-Key": "once"}
    made = await client.post("/calendar-feeds", json={}, headers=headers)
    token = made.json()["address"].rpartition("/")[2].removesuffix(".ics")
    shown = await client.get("/calendar-feeds", headers=cast.key("amal"))
    assert token not in shown.text
    assert "token" not in shown.text
    with db.transaction(engine) as session:
        assert session.exec(select(IdempotencyKey)).all() == []
        feed = session.get_one(CalendarFeed, UUID(made.json()["id"]))
        assert token not in str(feed)
        noted = session.exec(select(AuditEvent).where(AuditEvent.subject_id == feed.id)).one()
        assert (noted.action, noted.details) == ("calendar_feed.create", {"detail": "minimal"})
    done = await client.delete(f"/calendar-feeds/{feed.id}", headers=cast.key("amal"))
    assert done.status_code == 204
    with db.transaction(engine) as session:
        said = session.exec(select(AuditEvent).where(AuditEvent.subject_id == feed.id)).all()
        assert sorted(one.action for one in said) == [
            "calendar_feed.create", "calendar_feed.revoke",
        ]  # fmt: skip


async def test_the_secret_reaches_no_log_and_no_answer_but_the_first(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples,
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    # What waits for the one who holds below gives up soon.
    monkeypatch.setattr(engines, "WAIT_SECONDS", 0.2)
    caplog.set_level(1)
    address = await subscribe(client, cast, "dilan")
    token = address.rpartition("/")[2].removesuffix(".ics")
    with db.open_session(engine) as holding:
        db.set_scope(holding, db.SYSTEM)
        assert holding.exec(select(CalendarFeed.id).with_for_update()).all()
        shown = await client.get(address)
    missing = await client.get(address.replace(token, token[:-1]))
    wrong = await client.post(address)
    assert (shown.status_code, missing.status_code, wrong.status_code) == (200, 404, 405)
    for answer in (shown, missing, wrong):
        assert token[:-1] not in answer.text + str(answer.headers)
    logging.getLogger("httpx").info("control: %s", "hushed")
    logging.getLogger("app").info("control: %s", "the log is on")
    assert "the log is on" in caplog.text
    assert token[3:12] not in caplog.text
    assert hash_token(token)[:12] not in caplog.text


@pytest.mark.parametrize(
    ("who", "body", "status"),
    [
        ("dilan", {"kind": "coordinator"}, 403),
        ("amal", {"kind": "volunteer"}, 403),
        ("lea", {}, 403),
        ("selin", {}, 403),
        ("dilan", {"kind": "volunteer", "sponsor_id": "wetterau"}, 422),
        ("amal", {"kind": "coordinator", "sponsor_id": "wetterau"}, 201),
        ("kofi", {"kind": "coordinator", "sponsor_id": "wetterau"}, 404),
        ("amal", {"detail": "everything"}, 422),
        ("amal", {"name": "a\nb"}, 422),
        ("amal", {"name": "a" * 101}, 422),
    ],
)
async def test_each_asks_for_her_own_calendar(
    client: AsyncClient, cast: Cast, who: str, body: dict[str, str], status: int
) -> None:
    sent = {k: str(cast.wetterau) if v == "wetterau" else v for k, v in body.items()}
    answer = await client.post("/calendar-feeds", json=sent, headers=cast.key(who))
    assert answer.status_code == status, answer.text


async def test_twenty_addresses_are_enough(client: AsyncClient, cast: Cast) -> None:
    for _ in range(20):
        await subscribe(client, cast, "dilan")
    more = await client.post("/calendar-feeds", json={}, headers=cast.key("dilan"))
    assert (more.status_code, more.json()["type"]) == (409, "/problems/too-many-calendars")
    assert "20" in more.json()["detail"]
    await subscribe(client, cast, "amal")
    page = await client.get("/calendar-feeds?limit=15", headers=cast.key("dilan"))
    rest = await client.get(
        f"/calendar-feeds?limit=15&cursor={page.json()['next']}", headers=cast.key("dilan")
    )
    assert (len(page.json()["items"]), len(rest.json()["items"])) == (15, 5)
