"""Text that is meant to break something is refused everywhere it may be sent."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from app import db, links
from app.tables import LinkPurpose, ServiceRecord
from tests.app.examples import MORNING, Examples, furnish, snapshot
from tests.app.operations import Operation, address, contract, operations, rule, way_in
from tests.cast import Cast


@pytest.fixture
def examples(engine: Engine, cast: Cast) -> Examples:
    """One object of every kind."""
    return furnish(engine, cast)


Where = tuple[str | int, ...]


def _leaves(schema: dict[str, Any], at: Where = (), depth: int = 0) -> Iterator[Where]:
    """Where a body takes text: members, members of members, items of lists."""
    if "$ref" in schema:
        schema = contract()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if depth > 4:
        return
    for one in schema.get("anyOf", ()):
        yield from _leaves(one, at, depth + 1)
    if schema.get("type") == "string" and "format" not in schema:
        yield at
    if schema.get("type") == "array":
        yield from _leaves(schema.get("items", {}), (*at, 0), depth + 1)
    for name, member in schema.get("properties", {}).items():
        yield from _leaves(member, (*at, name), depth + 1)


def _strings(operation: Operation) -> list[Where]:
    """Where the body of an operation takes text."""
    content = operation.details.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    return list(dict.fromkeys(at for at in _leaves(schema) if at))


def _with(body: Any, at: Where, value: str) -> Any:
    """The body with `value` at a place; what leads there is made where it is missing."""
    if not at:
        return value
    name, *rest = at
    if isinstance(name, int):
        items = body if isinstance(body, list) and body else [None]
        return [_with(items[0], tuple(rest), value), *items[1:]]
    members = body if isinstance(body, dict) else {}
    return members | {name: _with(members.get(name), tuple(rest), value)}


HOSTILE = ["a\x00b", "abc\ud800def", "\x1b[2Jabc", "x" * 100_000]


@pytest.mark.parametrize("value", HOSTILE, ids=["nul", "surrogate", "escape", "long"])
async def test_hostile_text_is_refused_in_every_member_of_every_body(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples, value: str
) -> None:
    before, wrong, tried = snapshot(engine), {}, set[Where]()
    for operation in operations():
        made = rule(operation).body
        for at in _strings(operation) if made else ():
            headers = {
                **way_in(operation, cast.key(rule(operation).who[0])),
                "If-Match": "*",
                "Content-Type": "application/json",
            }
            answer = await client.request(
                operation.method,
                address(operation, examples.ids),
                content=json.dumps(_with(made(examples) if made else {}, at, value)),
                headers=headers,
            )
            if answer.status_code not in (409, 422):
                wrong[operation.name, at] = (answer.status_code, answer.text[:200])
            tried.add(at)
    assert wrong == {}
    assert any(len(at) > 2 for at in tried), "texts inside lists are among them"
    assert snapshot(engine) == before


async def test_hostile_text_is_refused_inside_lists_and_forms(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    asks = next(o for o in operations() if o.name == "POST /requests")
    made = rule(asks).body
    body = made(examples) if made else {}
    body["seats"] = [{"language": "Kur\x00disch"}]
    refused = await client.post("/requests", json=body, headers=cast.key("amal"))
    assert refused.status_code == 422
    with db.transaction(engine) as session:
        record = session.get_one(ServiceRecord, UUID(examples["record_id"]))
        url = links.make(session, LinkPurpose.CONFIRM_RECORD, record, MORNING)
    form = {"answer": "no", "minutes": "30", "note": "war\x00 kürzer\x1b"}
    page = await client.post(url, data=form)
    assert page.status_code == 200, page.text
    path = f"/service-records/{examples['record_id']}"
    read = await client.get(path, headers=cast.key("amal"))
    assert read.json()["reason"] == "war kürzer"


async def test_hostile_queries_never_break_the_service(
    client: AsyncClient, cast: Cast, examples: Examples
) -> None:
    values = ["%00", "%ED%A0%80", "9999999999999999999", "%25", "2027-01-01T00:00:00", "0001-01-01"]
    for operation in operations():
        for parameter in operation.details.get("parameters", []):
            if parameter["in"] != "query" or operation.method != "GET":
                continue
            key = way_in(operation, cast.key(rule(operation).who[0]))
            for value in values:
                sign = "&" if rule(operation).query else "?"
                path = f"{address(operation, examples.ids)}{sign}{parameter['name']}={value}"
                answer = await client.get(path, headers=key)
                assert answer.status_code < 500, (path, answer.text)
    naive = await client.post(
        "/api-tokens",
        json={"name": "A", "expires_at": "2027-02-01T00:00:00"},
        headers=cast.browser("amal"),
    )
    assert naive.status_code == 422
    odd = f"/volunteers/{cast.volunteers['dilan']}/languages/%00"
    assert (await client.delete(odd, headers=cast.key("amal"))).status_code in (404, 422)


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("POST /webhooks", "address"),
        ("PATCH /webhooks/{webhook_id}", "address"),
        ("POST /push-subscriptions", "endpoint"),
    ],
)
async def test_an_address_that_grows_when_it_is_written_is_refused(
    client: AsyncClient, cast: Cast, examples: Examples, name: str, member: str
) -> None:
    operation = next(o for o in operations() if o.name == name)
    made = rule(operation).body
    body = (made(examples) if made else {}) | {member: "https://hooks.example/" + "ä" * 900}
    answer = await client.request(
        operation.method,
        address(operation, examples.ids),
        json=body,
        headers=cast.key(rule(operation).who[0]) | {"If-Match": "*"},
    )
    assert answer.status_code == 422, answer.text
