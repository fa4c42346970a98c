"""A place where somebody hides: who is merely asked learns its town, by whichever way."""

import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db, links
from app.clock import now
from app.institutions import kinds
from app.offers import confirming
from app.tables import (
    Assignment,
    AuditEvent,
    Institution,
    LinkPurpose,
    Message,
    Offer,
    ServiceRecord,
    Standby,
    WebhookDelivery,
)
from app.webhooks import events
from tests.app.calendars.subscribed import subscribe
from tests.app.examples import Examples, furnish
from tests.app.operations import call, operations, rule
from tests.cast import Cast

NAME, STREET = "Frauenhaus Lavendel", "Geheimweg 7"
SECRETS = (NAME, "Lavendel", "Geheimweg", "Frauen", "womens")
"""Name, address and kind: the last two tell where to look."""
KEEP = "Bitte sagen Sie sie niemandem weiter."
"""What stands beside the address for who is told it."""


@pytest.fixture
def examples(engine: Engine, cast: Cast) -> Examples:
    """One object of every kind, at a place where somebody hides."""
    made = furnish(engine, cast)
    with db.transaction(engine) as session:
        place = session.get_one(Institution, cast.school)
        place.name, place.street, place.kind = NAME, STREET, "womens_counselling"
        place.kind_label = "Frauenberatung"
        session.add(place)
    return made


def page(engine: Engine, purpose: LinkPurpose, table: Any, row_id: str) -> str:
    """A fresh address of a page."""
    with db.transaction(engine) as session:
        subject = session.get_one(table, UUID(row_id))
        return links.make(session, purpose, subject, now() + timedelta(days=90))


def told(shown: str) -> list[str]:
    """The secrets in a text."""
    return [secret for secret in SECRETS if secret in shown]


async def texts(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> AsyncIterator[tuple[str, str]]:
    """Everything that reaches Mirela, who is merely asked, and everything that is sent out."""
    with db.transaction(engine) as session:
        for table in (Offer, Standby):
            for row in session.exec(select(table)).all():
                row.volunteer_id = cast.volunteers["mirela"]
                session.add(row)
    mirela = cast.key("mirela")
    for operation in operations():
        if operation.method == "GET" and "dilan" in rule(operation).who:
            if rule(operation).in_person:
                continue
            answer = await call(client, operation, examples.ids, key=mirela)
            assert answer.status_code in (200, 404), (operation.name, answer.text)
            yield operation.name, answer.text
    for purpose, table, name in (
        (LinkPurpose.ANSWER_OFFER, Offer, "offer_id"),
        (LinkPurpose.ANSWER_STANDBY, Standby, "standby_id"),
    ):
        for language in ("de", "en"):
            address = page(engine, purpose, table, examples[name])
            shown = await client.get(address, headers={"Accept-Language": language})
            assert shown.status_code == 200
            yield f"{purpose} {language}", shown.text
    for detail in ("minimal", "full"):
        address = await subscribe(client, cast, "mirela", detail=detail)
        yield f"calendar {detail}", (await client.get(address)).text.replace("\r\n ", "")


async def test_who_is_asked_learns_the_town_by_no_way_more(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    seen = {name: text async for name, text in texts(client, cast, engine, examples)}
    assert {name: told(text) for name, text in seen.items() if told(text)} == {}
    for name in ("GET /offers", "GET /standbys", "answer_offer de", "answer_standby de"):
        assert "Beratungsstelle" in seen[name], name
        assert "Friedberg" in seen[name], name
    assert "Counselling centre in Friedberg" in seen["answer_offer en"]


async def test_control_without_the_rule_name_and_kind_are_told(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    examples: Examples,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kinds, "PROTECTED_KINDS", frozenset())
    seen = {name: text async for name, text in texts(client, cast, engine, examples)}
    leaking = {name for name, text in seen.items() if told(text)}
    assert leaking >= {
        "GET /offers", "GET /offers/{offer_id}", "GET /standbys", "answer_offer de",
        "answer_standby de",
    }  # fmt: skip


async def test_who_is_booked_knows_it_until_a_week_after(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples, clock: Any
) -> None:
    address = page(engine, LinkPurpose.CONFIRM_BOOKING, Assignment, examples["assignment_id"])
    path = f"/assignments/{examples['assignment_id']}"
    with db.transaction(engine) as session:
        booking = session.get_one(Assignment, UUID(examples["assignment_id"]))
        ends_at, booking.state = booking.ends_at, "booked"

    async def shown() -> list[bool]:
        read = (await client.get(path, headers=cast.key("dilan"))).text
        seen = (await client.get(address)).text
        return [NAME in seen, KEEP in seen, NAME in read, "Geheimweg" in read]

    assert await shown() == [True] * 4
    clock.move_to(ends_at + timedelta(days=7) - timedelta(minutes=1))
    assert await shown() == [True] * 4
    clock.move_to(ends_at + timedelta(days=7))
    assert await shown() == [False] * 4
    office = (await client.get(path, headers=cast.key("amal"))).json()
    assert office["institution"] == NAME
    place = (await client.get(path, headers=cast.key("selin"))).json()
    assert place["institution"] == NAME


async def test_who_gave_it_back_knows_it_no_longer(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    path = f"/assignments/{examples['assignment_id']}"
    address = page(engine, LinkPurpose.CONFIRM_BOOKING, Assignment, examples["assignment_id"])
    given = await client.post(
        f"{path}/cancel", json={"reason": "bin krank"}, headers=cast.key("dilan")
    )
    assert given.status_code == 200, given.text
    assert told(given.text) == []
    assert told((await client.get(path, headers=cast.key("dilan"))).text) == []
    assert told((await client.get(address)).text) == []


async def test_a_record_forgets_the_place_after_a_week(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples, clock: Any
) -> None:
    path = f"/service-records/{examples['record_id']}"
    assert (await client.get(path, headers=cast.key("dilan"))).json()["institution"] == NAME
    clock.shift(7 * 86_400)
    hers = (await client.get(path, headers=cast.key("dilan"))).json()
    assert hers["institution"] == "Beratungsstelle"
    assert (await client.get(path, headers=cast.key("amal"))).json()["institution"] == NAME
    assert (await client.get(path, headers=cast.key("selin"))).json()["institution"] == NAME


@pytest.mark.parametrize("way", ["Link", "Code", "Papier: Leitung"])
async def test_who_confirmed_does_not_name_the_place_after_a_week(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples, clock: Any, way: str
) -> None:
    said, path = f"{NAME} ({way})", f"/service-records/{examples['record_id']}"
    with db.transaction(engine) as session:
        session.get_one(ServiceRecord, UUID(examples["record_id"])).confirmed_by = said
    read = (await client.get(path, headers=cast.key("dilan"))).json()
    assert read["confirmed_by"] == said
    clock.shift(7 * 86_400)
    hers = await client.get(path, headers=cast.key("dilan"))
    assert (hers.json()["confirmed_by"], NAME in hers.text) == ("Beratungsstelle", False)
    office = (await client.get(path, headers=cast.key("amal"))).json()
    assert office["confirmed_by"] == said


async def test_the_yes_opens_the_name_and_no_message_ever_does(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    address = page(engine, LinkPurpose.ANSWER_OFFER, Offer, examples["offer_id"])
    asked = (await client.get(address)).text
    assert told(asked) == []
    assert KEEP not in asked
    yes = await client.post(address, data={"answer": "yes"})
    assert yes.status_code == 200, yes.text
    assert NAME in yes.text
    assert STREET in yes.text
    assert KEEP in yes.text
    with db.transaction(engine) as session:
        query = select(Assignment.id).where(col(Assignment.offer_id) == UUID(examples["offer_id"]))
        booking_id = session.exec(query).one()
    confirming.confirm(engine, booking_id)
    with db.transaction(engine) as session:
        sent = session.exec(select(Message).where(col(Message.volunteer_id).is_not(None))).all()
        noted = session.exec(select(AuditEvent)).all()
        assert session.exec(select(WebhookDelivery)).all()
    assert sent
    assert [
        one.event for one in sent if told(one.subject + one.body + one.short + one.calendar)
    ] == []
    happened = [(events.happening(one.action, one.details), one) for one in noted]
    sent_on = [events.payload(one.name, event, replay=False) for one, event in happened if one]
    assert len(sent_on) >= 2
    assert [told(body.decode()) for body in sent_on if told(body.decode())] == []


@pytest.mark.parametrize("kind", ["primary_school", "womens_counselling"])
async def test_a_full_calendar_forgets_the_address_after_a_week(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples, clock: Any, kind: str
) -> None:
    with db.transaction(engine) as session:
        session.get_one(Institution, cast.school).kind = kind
        ends_at = session.get_one(Assignment, UUID(examples["assignment_id"])).ends_at
    address = await subscribe(client, cast, "dilan", detail="full")

    async def shown() -> str:
        text = (await client.get(address)).text.replace("\r\n ", "")
        found = re.search(
            rf"BEGIN:VEVENT(?:(?!END:VEVENT).)*{examples['assignment_id']}.*?END:VEVENT",
            text,
            re.DOTALL,
        )
        assert found
        return found[0]

    assert (STREET.split()[0] in await shown()) == (kind == "primary_school")
    clock.move_to(ends_at + timedelta(days=7))
    assert told(await shown()) == []
    assert "Friedberg" in await shown()


@pytest.mark.parametrize("who", ["dilan", "lea"])
async def test_a_file_with_everything_about_her_does_not_name_it(
    client: AsyncClient, cast: Cast, examples: Examples, who: str
) -> None:
    """She gets it also when she was merely asked, and nobody knows who finds it later."""
    body = {"volunteer_id": str(cast.volunteers["dilan"])}
    answer = await client.post("/privacy/export", json=body, headers=cast.key(who))
    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    assert data["offer"], "a control: she was asked"
    assert told(json.dumps(data["offer"], ensure_ascii=False)) == []
    assert NAME not in answer.text
