"""`If-Match` on every update: nobody overwrites what somebody else changed, not even at once."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response
from pydantic import BaseModel
from sqlalchemy import Engine

from app import access, etags
from app.institutions.schemas import InstitutionRead
from app.main import create_app
from tests.app.examples import Examples, furnish, snapshot
from tests.app.operations import PREFIX, Operation, address, operations, rule
from tests.app.ready import caller, made_ready
from tests.app.waiting import Gathering
from tests.cast import Cast
from tests.databases import Databases

READ = {one.path for one in operations() if one.method == "GET"}
LAST_ONE_HOLDS = {"PUT /me/benefit-wish"}
"""Hers alone, and one word: there is nothing of somebody else's to overwrite."""
UPDATES = [
    one
    for one in operations()
    if one.name not in LAST_ONE_HOLDS
    and (one.method in ("PATCH", "PUT") or (one.method == "DELETE" and one.path in READ))
]
"""What changes or removes an object that can be read by itself."""


@pytest.fixture
def examples(engine: Engine, cast: Cast) -> Examples:
    """One object of every kind."""
    return furnish(engine, cast)


async def update(
    client: AsyncClient, cast: Cast, examples: Examples, one: Operation, **headers: str
) -> Response:
    """Carry an update out."""
    return await client.request(
        one.method,
        address(one, examples.ids),
        json=rule(one).body_for(examples),
        headers=cast.key(caller(one)) | headers,
    )


async def test_every_update_needs_a_tag(
    client: AsyncClient, cast: Cast, examples: Examples, engine: Engine
) -> None:
    before = snapshot(engine)
    for one in UPDATES:
        bare = await update(client, cast, examples, one)
        stale = await update(client, cast, examples, one, **{"If-Match": '"0"'})
        assert (bare.status_code, stale.status_code) == (428, 412), one.name
    assert snapshot(engine) == before
    assert len(UPDATES) >= 10


@pytest.mark.parametrize("one", UPDATES, ids=lambda one: one.name)
async def test_of_two_updates_at_once_on_one_version_one_is_made(
    databases: Databases,
    engine: Engine,
    cast: Cast,
    examples: Examples,
    monkeypatch: pytest.MonkeyPatch,
    one: Operation,
) -> None:
    tag = await _tag(engine, cast, examples, one, monkeypatch)
    of = etags.etag

    with made_ready(databases, engine, one) as copy:
        app, both_looked = create_app(copy), Gathering(copy)

        def look_and_wait(read: BaseModel) -> str:
            found = of(read)
            both_looked.wait()
            return found

        monkeypatch.setattr(etags, "etag", look_and_wait)
        transport = ASGITransport(app=app)
        async with AsyncClient(transport=transport, base_url=f"http://test{PREFIX}") as client:
            calls = [update(client, cast, examples, one, **{"If-Match": tag}) for _ in range(2)]
            answers = await asyncio.gather(*calls)
    statuses = Counter("made" if a.is_success else a.status_code for a in answers)
    assert statuses["made"] == 1, [a.text for a in answers]


async def _tag(
    engine: Engine, cast: Cast, examples: Examples, one: Operation, patch: pytest.MonkeyPatch
) -> str:
    """The tag of the version as it is, taken from what the update compares with."""
    seen: list[str] = []
    of = etags.etag

    def note(read: BaseModel) -> str:
        seen.append(of(read))
        return seen[-1]

    with patch.context() as patched:
        patched.setattr(etags, "etag", note)
        transport = ASGITransport(app=create_app(engine))
        async with AsyncClient(transport=transport, base_url=f"http://test{PREFIX}") as client:
            await update(client, cast, examples, one, **{"If-Match": '"0"'})
    return seen[0]


READING: dict[str, Any] = {"name": "Schule", "kind": "primary_school"}


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "{} ,W/{}", "*", " * "])
def test_a_tag_is_known_in_every_form_it_may_have(form: str) -> None:
    read = InstitutionRead.model_construct(**READING)
    etags.require_match(form.replace("{}", etags.etag(read)), read)


@pytest.mark.parametrize("form", ['"other"', "", "W/", '*, "other"', '"*"'])
def test_another_tag_is_stale(form: str) -> None:
    with pytest.raises(etags.Stale):
        etags.require_match(form, InstitutionRead.model_construct(**READING))


async def test_control_compared_without_the_lock_both_are_made(
    databases: Databases,
    engine: Engine,
    cast: Cast,
    examples: Examples,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = next(o for o in UPDATES if o.name == "PATCH /institutions/{institution_id}")
    tag, both_looked = await _tag(engine, cast, examples, one, monkeypatch), Gathering(engine)
    load = access.load

    def load_without_lock(*arguments: Any, lock: bool = False, **more: Any) -> Any:
        found = load(*arguments, **more)
        both_looked.wait()
        return found

    monkeypatch.setattr(access, "load", load_without_lock)
    async with AsyncClient(
        transport=ASGITransport(app=create_app(engine)), base_url=f"http://test{PREFIX}"
    ) as client:
        calls = [update(client, cast, examples, one, **{"If-Match": tag}) for _ in range(2)]
        answers = await asyncio.gather(*calls)
    made = [answer for answer in answers if answer.is_success]
    assert len(made) == (2 if engine.dialect.name == "postgresql" else 1)
