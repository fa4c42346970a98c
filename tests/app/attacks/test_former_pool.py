"""The lead of a pool that somebody left, who wants to know where she is now."""

import json
from typing import Any

from httpx import AsyncClient
from sqlalchemy import Engine

from app.tables import Enrolment, Scope
from tests.app.attacks.doors import key
from tests.app.calendars.subscribed import change
from tests.app.test_dossiers import share
from tests.cast import Cast

MOVED = {"phone": "0170 4711471", "email": "neu@example.org", "postal_code": "61231"}


async def moved_on(client: AsyncClient, cast: Cast, engine: Engine, *, elsewhere: bool) -> None:
    """Dilan leaves Wetterau, perhaps for Fulda, and has a new number."""
    if elsewhere:
        share(engine, cast)
    path = f"/volunteers/{cast.volunteers['dilan']}"
    done = await client.patch(path, json=MOVED, headers=cast.key("dilan") | {"If-Match": "*"})
    assert done.status_code == 200, done.text
    change(engine, Enrolment, cast.enrolments["dilan"], state="ended")


async def export(client: AsyncClient, cast: Cast, who: str) -> tuple[int, str, dict[str, Any]]:
    body = {"volunteer_id": str(cast.volunteers["dilan"])}
    answer = await client.post("/privacy/export", json=body, headers=cast.key(who))
    return answer.status_code, answer.text, json.loads(answer.text)


async def test_a_former_pool_gets_what_it_has_and_not_where_she_is_now(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await moved_on(client, cast, engine, elsewhere=True)
    status, text, content = await export(client, cast, "lea")
    assert status == 200
    for needle in (*MOVED.values(), "DE89370400440532013000"):
        assert needle not in text, needle
    assert content["data"]["enrolment"], "its own rows are given"


async def test_control_a_pool_that_alone_answers_for_her_gives_all(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await moved_on(client, cast, engine, elsewhere=False)
    status, text, _ = await export(client, cast, "lea")
    assert status == 200
    for needle in (*MOVED.values(), "DE89370400440532013000"):
        assert needle in text, needle


async def test_a_pool_that_never_had_her_gets_nothing(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    status, text, _ = await export(client, cast, "kofi")
    assert status == 404
    assert "Dilan" not in text


NAME = {
    "surname": "Dilan-Beispiel",
    "given_name": "Dilan",
    "birth_date": "1985-05-17",
    "postal_code": "61169",
    "roles": ["interpreter"],
}


async def test_a_former_pool_does_not_bring_her_back_to_read_where_she_is(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await moved_on(client, cast, engine, elsewhere=True)
    path, her = f"/enrolments/{cast.enrolments['dilan']}", str(cast.volunteers["dilan"])
    tag = cast.key("amal") | {"If-Match": "*"}
    revived = await client.patch(path, json={"state": "released"}, headers=tag)
    assert revived.json()["type"] == "/problems/has-left"
    made = await client.post("/volunteers", json=NAME, headers=cast.key("amal"))
    assert made.status_code == 201
    assert made.json()["id"] != her, "for this pool she is somebody new"
    assert MOVED["phone"] not in made.text
    read = await client.get(f"/volunteers/{her}", headers=cast.key("amal"))
    assert read.status_code == 404
    again = await client.post("/volunteers", json=NAME, headers=cast.key("amal"))
    assert again.status_code == 409, "but not twice"


async def test_control_who_is_nowhere_else_comes_back_as_herself(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await moved_on(client, cast, engine, elsewhere=False)
    made = await client.post("/volunteers", json=NAME, headers=cast.key("amal"))
    assert made.json()["id"] == str(cast.volunteers["dilan"])


async def test_coming_back_says_nothing_about_where_the_money_goes(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    """A key that only writes ends somebody's time, and enters her again with another account."""
    await moved_on(client, cast, engine, elsewhere=False)
    thief = NAME | {"iban": "DE02120300000000202051"}
    leaked = key(engine, cast, "amal", Scope.READ, Scope.WRITE)
    refused = await client.post("/volunteers", json=thief, headers=leaked)
    assert refused.json()["type"] == "/problems/scope-missing"
    new = thief | {"surname": "Ganz-Neu"}
    assert (await client.post("/volunteers", json=new, headers=leaked)).status_code == 201
