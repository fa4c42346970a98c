"""More members than a body has: what the office, the money or the service decides is not sent."""

from collections.abc import Iterator
from typing import Any

from httpx import AsyncClient

from tests.app.examples import Examples
from tests.app.operations import Operation, call, contract, operations, rule
from tests.app.rules import RULES
from tests.cast import Cast

NEVER: dict[str, Any] = {
    "id": "01900000-0000-7000-8000-000000000000",
    "account_id": "01900000-0000-7000-8000-000000000000",
    "created_at": "2020-01-01T00:00:00Z",
    "identity_key": "0" * 64,
    "token_hash": "0" * 64,
    "operator": True,
    "programme": True,
    "active": True,
    "erased_at": None,
    "payee_iban": "DE02120300000000202051",
    "amount_cents": 100_000,
    "confirmed_by": "Schule",
    "checked_by": "Fatma",
    "approved_by": "Lea",
    "booked_via": "app",
    "pay_rule": "late_cancel",
    "used_at": None,
    "factor_at": "2027-01-01T00:00:00Z",
    "published": True,
    "hash": "0" * 64,
}
"""Columns that no caller ever sets, whatever her part."""


def bodies(schema: dict[str, Any], seen: frozenset[str] = frozenset()) -> Iterator[dict[str, Any]]:
    """Every object a body consists of."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        if name not in seen:
            yield from bodies(contract()["components"]["schemas"][name], seen | {name})
        return
    if "properties" in schema:
        yield schema
    for inner in [
        *schema.get("properties", {}).values(),
        *schema.get("anyOf", []),
        *schema.get("oneOf", []),
        schema.get("items", {}),
    ]:
        if inner:
            yield from bodies(inner, seen)


def json_of(details: dict[str, Any]) -> dict[str, Any] | None:
    content = details.get("requestBody", {}).get("content", {})
    found: dict[str, Any] | None = content.get("application/json", {}).get("schema")
    return found


def test_every_body_says_that_it_takes_nothing_else() -> None:
    parts = [
        (one.name, part)
        for one in operations()
        if (schema := json_of(one.details))
        for part in bodies(schema)
    ]
    open_ones = [
        (n, p.get("title")) for n, p in parts if p.get("additionalProperties") is not False
    ]
    assert open_ones == []
    assert len(parts) > 60


async def refused(
    client: AsyncClient, cast: Cast, one: Operation, examples: Examples, body: dict[str, Any]
) -> set[str]:
    """The names of the members that were refused; some things are done in a browser only."""
    name, found = rule(one).who[0], set()
    for headers in (cast.key(name), cast.browser(name)):
        answer = await call(client, one, examples.ids, key=headers, body=body)
        assert answer.status_code >= 400, one.name
        found |= {part["pointer"].split("/")[-1] for part in answer.json().get("errors", [])}
    return found


async def test_no_body_takes_a_column_it_does_not_name(
    client: AsyncClient, cast: Cast, examples: Examples
) -> None:
    tried, taken = 0, []
    for one in operations():
        known = RULES.get(one.name)
        if known is None or known.body is None:
            continue
        schema = json_of(one.details) or {}
        more = {k: v for k, v in NEVER.items() if k not in next(bodies(schema))["properties"]}
        tried += 1
        named = await refused(client, cast, one, examples, known.body(examples) | more)
        if not set(more) <= named:
            taken.append((one.name, sorted(set(more) - named)))
    assert taken == []
    assert tried > 40


async def test_a_coordinator_sets_no_state_that_others_decide(
    client: AsyncClient, cast: Cast
) -> None:
    path = f"/enrolments/{cast.enrolments['dilan']}"
    headers = cast.key("amal") | {"If-Match": "*"}
    answer = await client.patch(path, json={"state": "lent"}, headers=headers)
    assert answer.status_code in (409, 422), answer.text
    assert (await client.get(path, headers=cast.key("amal"))).json()["state"] == "released"


async def test_a_coordinator_lends_nobody_who_did_not_say_so(
    client: AsyncClient, cast: Cast
) -> None:
    path = f"/enrolments/{cast.enrolments['dilan']}"
    headers = cast.key("amal") | {"If-Match": "*"}
    assert (await client.patch(path, json={"lendable": True}, headers=headers)).status_code == 422
