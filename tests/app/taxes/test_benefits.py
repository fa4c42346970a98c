"""What a benefit leaves her: only on her own wish, and nobody else learns of the wish."""

import json
from datetime import date
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import select

from app import db
from app.tables import AuditEvent, BenefitWish
from tests.app.examples import snapshot
from tests.app.taxes.test_ledger import in_the_books
from tests.app.test_dossiers import share
from tests.cast import Cast

WISH = "/me/benefit-wish"


async def wish(client: AsyncClient, cast: Cast, benefit: str, who: str = "dilan") -> None:
    """She switches the view on."""
    answer = await client.put(WISH, json={"benefit": benefit}, headers=cast.key(who))
    assert answer.status_code == 204, answer.text


async def view(client: AsyncClient, cast: Cast, who: str = "dilan") -> Any:
    """What she sees of 2027."""
    answer = await client.get("/me/benefits?year=2027", headers=cast.key(who))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_without_her_wish_there_is_nothing_to_see(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    in_the_books(engine, cast.wetterau, cast.volunteers["dilan"], 2000)
    found = await view(client, cast)
    assert (found["benefit"], found["parts"]) == (None, [])
    assert "Nur Sie sehen das." in found["sentence"]


async def test_she_sees_by_month_what_every_pool_has_paid_her(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    share(engine, cast)
    dilan = cast.volunteers["dilan"]
    for home, cents, on in (
        (cast.wetterau, 20_000, date(2027, 1, 4)),
        (cast.fulda, 6_000, date(2027, 1, 29)),
        (cast.wetterau, 25_000, date(2027, 2, 3)),
        (cast.wetterau, 1, date(2026, 12, 30)),
    ):
        in_the_books(engine, home, dilan, cents, on)
    in_the_books(engine, cast.fulda, cast.volunteers["nuru"], 99_999)
    await wish(client, cast, "asylblg")
    found = await view(client, cast)
    parts = [(p["first_day"], p["received_cents"], p["above_cents"]) for p in found["parts"]]
    assert parts == [("2027-01-01", 26_000, 1_000), ("2027-02-01", 25_000, 0)]
    assert "10,00 EUR mehr als 250,00 EUR" in found["parts"][0]["sentence"]
    assert (found["status"], "Bitte prüfen" in found["sentence"]) == ("verified", False)


async def test_a_new_wish_takes_the_place_of_the_old_one_and_can_be_forgotten(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    in_the_books(engine, cast.wetterau, cast.volunteers["dilan"], 2000)
    await wish(client, cast, "asylblg")
    await wish(client, cast, "sgb2")
    found = await view(client, cast)
    assert [(p["first_day"], p["exempt_cents"]) for p in found["parts"]] == [
        ("2027-01-01", 300_000)
    ]
    assert (found["status"], "Bitte prüfen" in found["sentence"]) == ("unverified", True)
    for _ in range(2):
        assert (await client.delete(WISH, headers=cast.key("dilan"))).status_code == 204
    assert (await view(client, cast))["benefit"] is None
    with db.transaction(engine, read_only=True) as session:
        assert session.exec(select(BenefitWish)).all() == []


@pytest.mark.parametrize("who", ["amal", "fatma", "lea", "arno", "kofi", "otto", "petra", "selin"])
async def test_nobody_else_can_ask_for_it(client: AsyncClient, cast: Cast, who: str) -> None:
    await wish(client, cast, "alg1")
    assert (await client.get("/me/benefits", headers=cast.key(who))).status_code == 403
    assert (await client.delete(WISH, headers=cast.key(who))).status_code == 403
    assert (await view(client, cast, "mirela"))["benefit"] is None


async def test_nothing_that_others_read_says_that_there_is_a_wish(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    """Her record, the audit and the list are word for word the same with the wish and without."""
    dilan = cast.volunteers["dilan"]
    paths = (f"/volunteers/{dilan}", "/volunteers", "/tax-ledger", "/declared-incomes")

    async def read_by_others() -> str:
        said = [
            (await client.get(path, headers=cast.key(who))).text
            for path in paths
            for who in ("amal", "fatma", "lea", "arno")
        ]
        return json.dumps(said)

    await read_by_others()  # The first reading of a record is noted.
    before, stored = await read_by_others(), snapshot(engine)
    await wish(client, cast, "asylblg")
    assert await read_by_others() == before
    changed = {name for name, rows in snapshot(engine).items() if rows != stored.get(name)}
    assert changed == {"benefit_wish"}
    with db.transaction(engine, read_only=True) as session:
        assert "benefit" not in str(session.exec(select(AuditEvent.action)).all())


async def test_her_export_holds_it_and_nobody_elses_does(client: AsyncClient, cast: Cast) -> None:
    await wish(client, cast, "asylblg")
    hers = await client.post("/privacy/export", json={}, headers=cast.key("dilan"))
    assert "asylblg" in hers.text
    of_her = {"volunteer_id": str(cast.volunteers["dilan"])}
    for who, body in (("lea", of_her), ("mirela", {})):
        other = await client.post("/privacy/export", json=body, headers=cast.key(who))
        assert other.status_code == 200, other.text
        assert "asylblg" not in other.text
