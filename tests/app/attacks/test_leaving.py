"""Somebody who has left: every door she had is shut at once, those that need no sign-in as well."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, func, select

from app import db
from app.tables import Account, Assignment, Enrolment, LinkPurpose, Offer, Seat
from tests.app.attacks.doors import browser, dismiss, link
from tests.app.calendars.subscribed import change
from tests.app.examples import Examples
from tests.cast import PASSWORD, Cast
from tests.serving import serving

API = "/api/v1"
LISTS = ("volunteers", "requests", "messages", "assignments", "imports")


@pytest.fixture
async def caller(engine: Engine, cast: Cast) -> AsyncIterator[AsyncClient]:
    """The whole service, pages and calendars included."""
    transport = ASGITransport(app=serving(engine))
    async with AsyncClient(transport=transport, base_url="http://test") as made:
        yield made


async def feed(caller: AsyncClient, headers: dict[str, str], **body: Any) -> str:
    """The address of a fresh calendar, without the name of the service."""
    sent = {"detail": "full", "name": "Handy"} | body
    made = await caller.post(f"{API}/calendar-feeds", json=sent, headers=headers)
    assert made.status_code == 201, made.text
    return str(made.json()["address"]).removeprefix("http://test")


async def test_a_coordinator_without_her_role_sees_nothing_any_more(
    caller: AsyncClient, cast: Cast, engine: Engine
) -> None:
    doors = (cast.key("amal"), browser(engine, cast, "amal", factor=True, proven=True))
    calendar = await feed(caller, cast.key("amal"), kind="coordinator")
    assert (await caller.get(calendar)).status_code == 200
    for headers in doors:
        for path in LISTS:
            assert (await caller.get(f"{API}/{path}", headers=headers)).status_code == 200, path
    dismiss(engine, cast, "amal")
    for headers in doors:
        for path in LISTS:
            assert (await caller.get(f"{API}/{path}", headers=headers)).status_code == 403, path
        me = await caller.get(f"{API}/me", headers=headers)
        assert (me.status_code, me.json()["memberships"]) == (200, [])
    assert (await caller.get(calendar)).status_code == 404


async def test_a_volunteer_who_left_sees_nothing_any_more(
    caller: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    calendar = await feed(caller, cast.key("dilan"))
    hers = ("offers", "assignments", "claims", f"volunteers/{cast.volunteers['dilan']}")
    assert (await caller.get(calendar)).status_code == 200
    for path in hers:
        answer = await caller.get(f"{API}/{path}", headers=cast.key("dilan"))
        assert answer.status_code == 200, path
    change(engine, Enrolment, cast.enrolments["dilan"], state="ended")
    assert (await caller.get(calendar)).status_code == 404
    for path in hers:
        answer = await caller.get(f"{API}/{path}", headers=cast.key("dilan"))
        assert answer.status_code in (403, 404), path


async def test_a_volunteer_who_left_accepts_nothing_by_an_old_link(
    caller: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    token = link(engine, LinkPurpose.ANSWER_OFFER, Offer, examples["offer_id"])
    with db.open_session(engine, read_only=True) as session:
        db.set_scope(session, db.SYSTEM)
        offer = session.get_one(Offer, UUID(examples["offer_id"]))
        held = session.get_one(Seat, offer.seat_id).state
    change(engine, Enrolment, cast.enrolments["dilan"], state="ended")
    await caller.post(f"/a/{token}", data={"answer": "yes"})
    with db.open_session(engine, read_only=True) as session:
        db.set_scope(session, db.SYSTEM)
        booked = select(func.count()).where(col(Assignment.seat_id) == offer.seat_id)
        assert session.exec(booked).one() == 0
        assert session.get_one(Seat, offer.seat_id).state == held


async def test_control_the_same_link_books_who_stayed(
    caller: AsyncClient, engine: Engine, examples: Examples
) -> None:
    token = link(engine, LinkPurpose.ANSWER_OFFER, Offer, examples["offer_id"])
    answer = await caller.post(f"/a/{token}", data={"answer": "yes"})
    assert answer.status_code == 200
    with db.open_session(engine, read_only=True) as session:
        db.set_scope(session, db.SYSTEM)
        offer = session.get_one(Offer, UUID(examples["offer_id"]))
        booked = select(func.count()).where(col(Assignment.seat_id) == offer.seat_id)
        assert session.exec(booked).one() == 1


async def test_a_closed_account_opens_nothing(
    caller: AsyncClient, cast: Cast, engine: Engine
) -> None:
    calendar = await feed(caller, cast.key("amal"), kind="coordinator")
    in_browser = browser(engine, cast, "amal", factor=True, proven=True)
    change(engine, Account, cast.accounts["amal"], active=False)
    for headers in (cast.key("amal"), in_browser):
        assert (await caller.get(f"{API}/me", headers=headers)).status_code == 401
    assert (await caller.get(calendar)).status_code == 404
    body = {"email": "amal@example.org", "password": PASSWORD}
    assert (await caller.post(f"{API}/auth/login", json=body)).status_code == 401
