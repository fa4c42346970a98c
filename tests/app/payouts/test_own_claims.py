"""Nobody checks or approves her own claim, with whichever account or record."""

from datetime import date
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import db
from app.access import OwnWork
from app.tables import Account, Volunteer
from app.volunteers import herself
from tests.app.hours.bookings import at, confirmed, link_account
from tests.app.payouts.steps import build, step
from tests.cast import Cast

MONDAY = date(2027, 1, 4)


async def submitted(client: AsyncClient, cast: Cast, engine: Engine) -> str:
    """Dilan's claim, sent on."""
    confirmed(engine, cast, at(MONDAY, "10:00"))
    (claim,) = [c["id"] for c in (await build(client, cast))["claims"]]
    assert (await step(client, cast, "amal", claim, "submit")).status_code == 200
    return str(claim)


def change(engine: Engine, table: Any, row_id: Any, **values: Any) -> None:
    """Write values into one row."""
    with db.transaction(engine) as session:
        row = session.get_one(table, row_id)
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)


def as_dilan(engine: Engine, cast: Cast, way: str, who: str) -> None:
    """Make `who` and the volunteer Dilan one person, in one of the ways there are."""
    mail = f"{who}@example.org"
    with db.transaction(engine) as session:
        mirela = session.get_one(Volunteer, cast.volunteers["mirela"])
        key = session.get_one(Volunteer, cast.volunteers["dilan"]).identity_key
    match way:
        case "her account":
            link_account(engine, cast, "dilan", who)
        case "her address":
            change(engine, Volunteer, cast.volunteers["dilan"], email=mail.upper())
        case "her address with a label":
            change(engine, Volunteer, cast.volunteers["dilan"], email=f"{who}+pool@example.org")
        case "the address of her account":
            change(engine, Account, cast.accounts["dilan"], email=f"{who}+lotsen@example.org")
        case "her second record":
            change(engine, Volunteer, mirela.id, account_id=cast.accounts[who], identity_key=key)


WAYS = (
    "her account",
    "her address",
    "her address with a label",
    "the address of her account",
    "her second record",
)


@pytest.mark.parametrize("way", WAYS)
async def test_nobody_checks_her_own_claim(
    client: AsyncClient, cast: Cast, engine: Engine, way: str
) -> None:
    claim = await submitted(client, cast, engine)
    as_dilan(engine, cast, way, "fatma")
    own = await step(client, cast, "fatma", claim, "check")
    assert own.json()["type"] == "/problems/own-work", own.text


@pytest.mark.parametrize("way", WAYS)
async def test_nobody_approves_her_own_claim(
    client: AsyncClient, cast: Cast, engine: Engine, way: str
) -> None:
    claim = await submitted(client, cast, engine)
    assert (await step(client, cast, "fatma", claim, "check")).status_code == 200
    as_dilan(engine, cast, way, "lea")
    own = await step(client, cast, "lea", claim, "approve")
    assert own.json()["type"] == "/problems/own-work", own.text


async def test_control_without_the_rule_she_checks_her_own(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = await submitted(client, cast, engine)
    as_dilan(engine, cast, "her address", "fatma")
    monkeypatch.setattr(herself, "is_herself", lambda *_: False)
    assert (await step(client, cast, "fatma", claim, "check")).status_code == 200


async def test_two_accounts_of_one_person_are_one_pair_of_eyes(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    claim = await submitted(client, cast, engine)
    assert (await step(client, cast, "fatma", claim, "check")).status_code == 200
    change(engine, Account, cast.accounts["lea"], email="fatma+leitung@example.org")
    same = await step(client, cast, "lea", claim, "approve")
    assert same.json()["type"] == "/problems/same-person"


async def test_two_accounts_of_one_volunteer_are_one_pair_of_eyes(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = await submitted(client, cast, engine)
    assert (await step(client, cast, "fatma", claim, "check")).status_code == 200
    change(
        engine,
        Volunteer,
        cast.volunteers["mirela"],
        account_id=cast.accounts["lea"],
        email="fatma@example.org",
    )
    same = await step(client, cast, "lea", claim, "approve")
    assert same.json()["type"] == "/problems/same-person"
    monkeypatch.setattr(herself, "are_one", lambda *_: False)
    assert (await step(client, cast, "lea", claim, "approve")).status_code == 200, "control"


async def test_she_may_draw_a_payrun_that_pays_her_what_others_approved(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    claim = await submitted(client, cast, engine)
    assert (await step(client, cast, "fatma", claim, "check")).status_code == 200
    as_dilan(engine, cast, "her address", "fatma")
    early = await client.post("/payruns", json={"claim_ids": [claim]}, headers=cast.key("fatma"))
    assert early.json()["type"] == "/problems/nothing-to-pay"
    assert (await step(client, cast, "lea", claim, "approve")).status_code == 200
    drawn = await client.post("/payruns", json={}, headers=cast.key("fatma"))
    assert drawn.status_code == 201


def test_others_are_not_taken_for_her(engine: Engine, cast: Cast) -> None:
    with db.transaction(engine) as session:
        people = session.exec(select(Volunteer).order_by(col(Volunteer.id))).all()
        found = {her.given_name: _hers(session, cast, her) for her in people}
    assert found == {name.capitalize(): [name] for name in cast.volunteers}


def _hers(session: Session, cast: Cast, her: Volunteer) -> list[str]:
    hers = []
    for name, account_id in cast.accounts.items():
        try:
            herself.refuse_own(session, account_id, her)
        except OwnWork:
            hers.append(name)
    return hers
