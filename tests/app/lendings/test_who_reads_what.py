"""Nobody is named before she says yes, no place to whoever lends; the unwilling change nothing."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import SQLModel, col, select

from app import db, jobs, visible
from app.lendings import candidates, following, reading
from app.lendings.reading import _for_lender as for_all
from app.tables import AuditEvent, Enrolment, Lending, Offer, Webhook, WebhookDelivery
from app.webhooks import events, publishing
from tests.app.examples import Asking
from tests.app.lendings import steps
from tests.app.operations import WORDS, operations
from tests.app.rules import RULES
from tests.cast import Cast

OFFICE = ("amal", "fatma", "lea", "arno")
"""Everybody who works at the pool that borrows."""


@pytest.fixture
def asked(engine: Engine, cast: Cast, asked: Asking) -> Asking:
    """Both pools hear of what happens by webhooks."""
    with db.transaction(engine) as session:
        for sponsor_id in (cast.wetterau, cast.fulda):
            address = f"https://hooks.example/{sponsor_id}"
            session.add(Webhook(sponsor_id=sponsor_id, address=address, secret="whsec_x"))
    return asked


async def everything_read(
    client: AsyncClient, engine: Engine, cast: Cast, ids: dict[str, str], people: tuple[str, ...]
) -> dict[str, str]:
    """Every reading of the contract that these ids allow, as text."""
    found = {}
    for operation in operations():
        if operation.method != "GET" or not {*operation.path_names} <= {*ids}:
            continue
        for name in people:
            known = RULES.get(operation.name)
            path = operation.path.format(**_any(ids)) + (known.query if known else "")
            answer = await client.get(path, headers=cast.key(name))
            found[f"{name} {path}"] = answer.text
    for name in ("hours", "lending"):
        path = f"/reports/{name}?from=2026-12-01&to=2027-12-31"
        for who in people:
            found[f"{who} {path}"] = (await client.get(path, headers=cast.key(who))).text
    return found


def _any(ids: dict[str, str]) -> dict[str, str]:
    return {**WORDS, **ids}


def told(engine: Engine, cast: Cast, sponsor_id: Any) -> dict[str, str]:
    """What a pool is told otherwise: messages, tasks, its audit, its webhooks."""
    publishing.publish(engine)
    found = {}
    with db.transaction(engine) as session:
        for name in ("message", "task", "audit_event", "search", "plan"):
            table = SQLModel.metadata.tables[name]
            rows = session.execute(select(table).where(table.c.sponsor_id == sponsor_id)).all()
            found[name] = "\n".join(str(tuple(row)) for row in rows)
        query = select(WebhookDelivery, AuditEvent).join(
            AuditEvent, col(AuditEvent.id) == col(WebhookDelivery.audit_event_id)
        )
        sent = session.exec(query.where(col(WebhookDelivery.sponsor_id) == sponsor_id)).all()
        found["webhooks"] = "\n".join(
            events.payload(one.event, event, replay=False).decode() for one, event in sent
        )
    return found


def ids_of(asked: Asking, lending_id: str, offer_id: str) -> dict[str, str]:
    """What somebody at the borrowing pool may try."""
    return {
        "seat_id": str(asked.seat.id),
        "request_id": str(asked.request.id),
        "lending_id": lending_id,
        "offer_id": offer_id,
    }


async def asked_her(client: AsyncClient, engine: Engine, cast: Cast, asked: Asking) -> str:
    """A lending that has come as far as the question to her."""
    lending_id = await steps.asked_of_fulda(client, cast, asked)
    agreed = await steps.agree(client, cast, lending_id)
    assert agreed.status_code == 200, agreed.text
    jobs.work_all(engine)
    return lending_id


async def leaks_to_borrower(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking, lending_id: str
) -> dict[str, list[str]]:
    """Where the borrowing pool could read who she is."""
    offer_id = str(steps.offer_of(engine, cast).id)
    ids = ids_of(asked, lending_id, offer_id)
    ids |= {
        "volunteer_id": str(cast.volunteers["nuru"]),
        "enrolment_id": str(_place(engine, cast).id),
    }
    read = await everything_read(client, engine, cast, ids, OFFICE)
    assert len(read) > 60
    # What somebody typed herself stands in the address, and is no answer.
    leaks = {path: steps.names_her(text, engine, cast) for path, text in read.items()}
    for name, text in told(engine, cast, cast.wetterau).items():
        leaks[name] = steps.names_her(text, engine, cast)
    return {path: found for path, found in leaks.items() if found}


def _place(engine: Engine, cast: Cast) -> Enrolment:
    with db.transaction(engine) as session:
        query = select(Enrolment).where(
            col(Enrolment.volunteer_id) == cast.volunteers["nuru"],
            col(Enrolment.sponsor_id) == cast.wetterau,
        )
        return session.exec(query).one()


@pytest.mark.parametrize("ends", ["", "decline"])
async def test_before_her_yes_nothing_at_the_borrowing_pool_says_who_she_is(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking, ends: str
) -> None:
    lending_id = await asked_her(client, engine, cast, asked)
    if ends:
        await steps.answer(client, engine, cast, ends)
        jobs.work_all(engine)
    assert await leaks_to_borrower(client, engine, cast, asked, lending_id) == {}


SECOND_LOOKS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "the filter of offers": lambda patch: patch.setattr(
        "app.access.visible_offers",
        lambda actor: select(Offer).where(col(Offer.sponsor_id).in_(actor.sponsor_ids)),
    ),
    "the view of the borrower": lambda patch: patch.setattr(
        reading, "_for_borrower", lambda _row, known: for_all(known)
    ),
    "the filter of volunteers": lambda patch: patch.setattr(visible, "NO_MEMBER", ("ended",)),
    "the filter of enrolments": lambda patch: patch.setattr(
        visible, "taken_in", lambda: col(Enrolment.id).is_not(None)
    ),
}


@pytest.mark.sqlite
@pytest.mark.parametrize("off", SECOND_LOOKS)
async def test_control_without_one_of_the_filters_she_is_named(
    client: AsyncClient,
    engine: Engine,
    cast: Cast,
    asked: Asking,
    monkeypatch: pytest.MonkeyPatch,
    off: str,
) -> None:
    lending_id = await asked_her(client, engine, cast, asked)
    SECOND_LOOKS[off](monkeypatch)
    assert await leaks_to_borrower(client, engine, cast, asked, lending_id) != {}


async def test_whoever_lends_never_reads_where_it_is_and_what_about(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    lending_id = await asked_her(client, engine, cast, asked)
    for moment in ("asked", "booked"):
        if moment == "booked":
            booked = await steps.answer(client, engine, cast, "accept")
            assert booked.status_code == 200
            jobs.work_all(engine)
        assert await leaks_to_lender(client, engine, cast, asked, lending_id) == {}, moment


async def leaks_to_lender(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking, lending_id: str
) -> dict[str, list[str]]:
    """Where the lending pool could read which institution it is."""
    ids = ids_of(asked, lending_id, str(steps.offer_of(engine, cast).id))
    read = await everything_read(client, engine, cast, ids, ("kofi",))
    leaks = {path: steps.names_place(text, asked, cast) for path, text in read.items()}
    for name, text in told(engine, cast, cast.fulda).items():
        leaks[name] = steps.names_place(text, asked, cast)
    return {path: found for path, found in leaks.items() if found}


async def test_control_a_view_for_all_names_the_place_to_the_lender(
    client: AsyncClient,
    engine: Engine,
    cast: Cast,
    asked: Asking,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lending_id = await asked_her(client, engine, cast, asked)
    monkeypatch.setattr(
        "app.access.visible_offers",
        lambda actor: select(Offer).where(
            col(Offer.lending_id).is_not(None) | (col(Offer.volunteer_id) == actor.volunteer_id)
        ),
    )
    monkeypatch.setattr("app.db.set_scope", _sees_all(db.set_scope))
    assert await leaks_to_lender(client, engine, cast, asked, lending_id) != {}


def _sees_all(set_scope: Callable[..., None]) -> Callable[..., None]:
    return lambda session, _scope: set_scope(session, db.SYSTEM)


async def seen_in(client: AsyncClient, engine: Engine, cast: Cast, asked: Asking) -> list[Any]:
    """Everything the borrowing pool reads about lenders, without ids and times of its own."""
    path = f"/seats/{asked.seat.id}/lenders"
    found = [(await client.get(path, headers=cast.key("amal"))).json()]
    made = await steps.ask(client, cast, asked)
    found.append((made.status_code, {**made.json(), "id": "", "created_at": ""}))
    listed = (await client.get("/lendings", headers=cast.key("amal"))).json()["items"]
    found.append([{**one, "id": "", "created_at": ""} for one in listed])
    return json.loads(json.dumps(found))  # type: ignore[no-any-return]


@pytest.mark.parametrize("nuru", [True, False], ids=["with Nuru", "without anybody"])
async def test_people_who_do_not_want_to_be_lent_change_no_answer(
    client: AsyncClient,
    engine: Engine,
    cast: Cast,
    asked: Asking,
    nuru: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps.willing(engine, cast, "nuru", lendable=nuru)
    before = await seen_in(client, engine, cast, asked)
    _forget(engine)
    steps.at_fulda(engine, cast, "berfin", "cihan", "delal")
    assert await seen_in(client, engine, cast, asked) == before
    _forget(engine)
    # Control: where consent is not asked for, they are seen.
    released = (col(Enrolment.state) == "released",)
    monkeypatch.setattr(candidates, "AGREED", released)
    assert await seen_in(client, engine, cast, asked) != before


def _forget(engine: Engine) -> None:
    """As if nobody had asked."""
    with db.transaction(engine) as session:
        for row in session.exec(select(Lending)).all():
            session.delete(row)


async def test_her_own_pool_chooses_among_the_willing_only(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    steps.at_fulda(engine, cast, "berfin")
    lending_id = await steps.asked_of_fulda(client, cast, asked)
    seen = await steps.read(client, cast, "kofi", lending_id)
    assert [one["volunteer"] for one in seen["candidates"]] == ["Nuru Nuru-Beispiel"]
    refused = await steps.agree(client, cast, lending_id, "berfin")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/cannot-be-lent")


async def test_what_she_changes_about_herself_is_told_to_her_own_pool_alone(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    await asked_her(client, engine, cast, asked)
    path = f"/volunteers/{cast.volunteers['nuru']}"
    changed = await client.patch(
        path, json={"phone": "0170 9"}, headers=cast.key("nuru") | {"If-Match": "*"}
    )
    assert changed.status_code == 200
    where = steps.rows(engine, AuditEvent, col(AuditEvent.action) == "volunteer.update")
    assert {row.sponsor_id for row in where} == {cast.fulda}


async def test_an_office_cannot_make_somebody_lent_or_take_in_whom_it_borrows(
    client: AsyncClient, engine: Engine, cast: Cast, asked: Asking
) -> None:
    await asked_her(client, engine, cast, asked)
    place = f"/enrolments/{_place(engine, cast).id}"
    any_tag = {"If-Match": "*"}
    taken = await client.patch(
        place, json={"state": "released"}, headers=cast.key("amal") | any_tag
    )
    assert taken.status_code == 404
    own = f"/enrolments/{cast.enrolments['dilan']}"
    lent = await client.patch(own, json={"state": "lent"}, headers=cast.key("amal") | any_tag)
    assert lent.status_code == 422
    following.watch(engine)
    assert _place(engine, cast).state == "lent"
