"""Another sponsor's people see nothing and change nothing; generated from the contract."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from tests.app.examples import Examples, furnish, snapshot
from tests.app.operations import (
    OPERATOR,
    PEOPLE,
    PREFIX,
    RULES,
    Operation,
    address,
    call,
    contract,
    operations,
    rule,
)
from tests.cast import Cast

REFUSED = {403, 404, 422}
CHOOSES_AMONG_OWN = {
    "POST /plans/{plan_id}/release": "seat_ids",
    "POST /claims": "volunteer_id",
}
"""Members that only narrow what is the caller's own: a foreign id narrows it to nothing."""


@pytest.fixture
def own(engine: Engine, cast: Cast) -> Examples:
    """What the stranger has himself: a pool with one object of each kind."""
    return furnish(engine, cast, foreign=True)


@pytest.fixture
def foreign(engine: Engine, cast: Cast) -> Examples:
    """What the stranger must not reach."""
    return furnish(engine, cast)


def body_of(operation: Operation, examples: Examples) -> dict[str, Any] | None:
    """A body that is right at the sponsor of these examples."""
    made = rule(operation).body
    return made(examples) if made else None


def id_members(operation: Operation) -> Iterator[str]:
    """Members of the body that hold an id or a list of ids."""
    content = operation.details.get("requestBody", {}).get("content", {})
    reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    schemas = contract()["components"]["schemas"]
    for name in schemas.get(reference.rpartition("/")[2], {}).get("properties", {}):
        if name.endswith(("_id", "_ids")):
            yield name


def with_path_id() -> list[Operation]:
    return [o for o in operations() if o.path_names]


def test_every_operation_has_a_rule_and_every_rule_an_operation() -> None:
    found = {operation.name for operation in operations()}
    for operation in operations():
        rule(operation)
    assert set(RULES) == found


async def test_no_foreign_object_is_reached_by_its_id(
    client: AsyncClient, cast: Cast, engine: Engine, own: Examples, foreign: Examples
) -> None:
    before = snapshot(engine)
    seen = {}
    for operation in with_path_id():
        for name in operation.path_names:
            ids = own.ids | {name: foreign[name]}
            body = body_of(operation, own)
            answer = await call(client, operation, ids, key=cast.key("kofi"), body=body)
            hidden = 403 if rule(operation).who == OPERATOR else 404
            if answer.status_code != hidden:
                seen[operation.name, name] = (answer.status_code, answer.text)
    assert seen == {}
    assert snapshot(engine) == before


async def test_a_volunteer_of_another_pool_reaches_nothing_either(
    client: AsyncClient, cast: Cast, engine: Engine, foreign: Examples
) -> None:
    before = snapshot(engine)
    seen = {}
    for operation in with_path_id():
        body = body_of(operation, foreign)
        answer = await call(client, operation, foreign.ids, key=cast.key("nuru"), body=body)
        if answer.status_code not in {403, 404}:
            seen[operation.name] = (answer.status_code, answer.text)
    assert seen == {}
    assert snapshot(engine) == before


async def test_control_the_same_calls_work_for_the_right_people(
    client: AsyncClient, cast: Cast, foreign: Examples
) -> None:
    seen = {}
    for operation in operations():
        body = body_of(operation, foreign)
        who = rule(operation).who[0]
        answer = await call(client, operation, foreign.ids, key=cast.key(who), body=body)
        if answer.status_code not in {200, 201, 202, 204, 409}:
            seen[operation.name] = (answer.status_code, answer.text)
    assert seen == {}, "a call that fails for its own people proves nothing about strangers"


async def test_ids_in_bodies_reach_nothing_foreign(
    client: AsyncClient, cast: Cast, engine: Engine, own: Examples, foreign: Examples
) -> None:
    before = snapshot(engine, without=UUID(own["sponsor_id"]))
    seen, tried = {}, 0
    for operation in operations():
        for name in id_members(operation):
            theirs = foreign["past_assignment_id"] if name == "assignment_id" else None
            theirs = theirs or foreign[name.removesuffix("s")]
            value = [theirs] if name.endswith("_ids") else theirs
            body = (body_of(operation, own) or {}) | {name: value}
            answer = await call(client, operation, own.ids, key=cast.key("kofi"), body=body)
            tried += 1
            chosen = CHOOSES_AMONG_OWN.get(operation.name) == name
            if answer.status_code not in REFUSED and not chosen:
                seen[operation.name, name] = (answer.status_code, answer.text)
    assert seen == {}
    assert tried >= 10
    assert snapshot(engine, without=UUID(own["sponsor_id"])) == before


async def test_a_sponsor_in_the_address_is_refused_as_well(
    client: AsyncClient, cast: Cast, engine: Engine, own: Examples, foreign: Examples
) -> None:
    before, tried = snapshot(engine), 0
    for operation in operations():
        queries = [p["name"] for p in operation.details.get("parameters", []) if p["in"] == "query"]
        if "sponsor_id" in queries:
            sign = "&" if rule(operation).query else "?"
            path = f"{address(operation, own.ids)}{sign}sponsor_id={foreign['sponsor_id']}"
            files = {"files": ("freiwillige.csv", b"Nr;Nachname\n")}
            answer = await client.request(
                operation.method,
                path,
                headers=cast.key("kofi"),
                files=files if rule(operation).files else None,
            )
            assert answer.status_code == 404, (operation.name, answer.text)
            tried += 1
    assert tried >= 2
    assert snapshot(engine) == before


def traces(engine: Engine, cast: Cast, examples: Examples) -> set[str]:
    """What would give Wetterau away: ids and names."""
    people = {str(cast.volunteers[name]) for name in ("dilan", "mirela", "oksana")}
    accounts = {str(cast.accounts[name]) for name in ("amal", "fatma", "lea", "selin", "dilan")}
    names = {"Dilan", "Mirela", "Oksana", "Löwenzahn"}
    ids = set(examples.ids.values())
    return people | accounts | names | ids


OF_NO_SPONSOR = ("GET /push-key", "GET /message-preferences")
"""A key of the house, and what one wishes oneself."""


async def test_no_list_shows_anything_foreign(
    client: AsyncClient, cast: Cast, engine: Engine, own: Examples, foreign: Examples
) -> None:
    given_away = traces(engine, cast, foreign)
    leaks, blind = {}, []
    for operation in operations():
        if operation.method != "GET" or operation.path_names or operation.name in OF_NO_SPONSOR:
            continue
        right = cast.key(rule(operation).who[0])
        shown = await call(client, operation, {}, key=right)
        if not any(trace in shown.text for trace in given_away):
            blind.append((operation.name, shown.text))
        for name in ("kofi", "nuru"):
            answer = await call(client, operation, {}, key=cast.key(name))
            found = [trace for trace in given_away if trace in answer.text]
            if found:
                leaks[operation.name, name] = found
    assert leaks == {}
    assert blind == [], "control: the right people see these lists filled"


async def test_filters_by_a_foreign_id_find_nothing(
    client: AsyncClient, cast: Cast, own: Examples, foreign: Examples
) -> None:
    for operation in operations():
        for parameter in operation.details.get("parameters", []):
            name = parameter["name"]
            if parameter["in"] == "query" and name.endswith("_id") and name != "sponsor_id":
                path = f"{address(operation, own.ids)}?{name}={foreign[name]}"
                answer = await client.get(path, headers=cast.key("kofi"))
                assert answer.json()["items"] == [], (operation.name, name)


async def test_without_a_key_there_is_only_401(
    client: AsyncClient, cast: Cast, engine: Engine, foreign: Examples
) -> None:
    before = snapshot(engine)
    keys: list[dict[str, str]] = [
        {},
        {"Authorization": "Bearer lw_nobody"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic bHdfYW1hbDp4"},
        {"Cookie": "__Host-session=lw_nobody"},
    ]
    seen = {}
    for operation in operations():
        for key in keys:
            body = body_of(operation, foreign)
            answer = await call(client, operation, foreign.ids, key=key, body=body)
            refused = 403 if "Cookie" in key and operation.method != "GET" else 401
            if answer.status_code != refused:
                seen[operation.name, str(key)] = (answer.status_code, answer.text)
    assert seen == {}
    assert snapshot(engine) == before


@pytest.mark.parametrize("name", PEOPLE)
async def test_each_part_may_do_exactly_what_the_table_says(
    client: AsyncClient, cast: Cast, foreign: Examples, name: str
) -> None:
    wrong = {}
    for operation in operations():
        body = body_of(operation, foreign)
        answer = await call(client, operation, foreign.ids, key=cast.key(name), body=body)
        allowed = name in rule(operation).who
        if allowed == (answer.status_code in {401, 403}):
            wrong[operation.name] = (answer.status_code, answer.text)
    assert wrong == {}, f"{name} ({PEOPLE[name]})"


def test_the_contract_is_read_whole() -> None:
    assert PREFIX == "/api/v1"
    assert len(operations()) > 50
    assert len(with_path_id()) > 25
