"""Text that is meant to break something is refused everywhere it may be sent."""

import json
from collections.abc import Iterator
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from app import db, links
from app.tables import LinkPurpose, ServiceRecord
from tests.app.examples import MORNING, Examples, furnish, snapshot
from tests.app.operations import Operation, address, contract, operations, rule
from tests.cast import Cast


@pytest.fixture
def examples(engine: Engine, cast: Cast) -> Examples:
    """One object of every kind."""
    return furnish(engine, cast)


def _strings(operation: Operation) -> Iterator[str]:
    """Members of a body that take text."""
    content = operation.details.get("requestBody", {}).get("content", {})
    reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    schemas = contract()["components"]["schemas"]
    for name, schema in schemas.get(reference.rpartition("/")[2], {}).get("properties", {}).items():
        kinds = [schema, *schema.get("anyOf", [])]
        if any(kind.get("type") == "string" and "format" not in kind for kind in kinds):
            yield name


HOSTILE = ["a\x00b", "abc\ud800def", "\x1b[2Jabc", "x" * 100_000]


@pytest.mark.parametrize("value", HOSTILE, ids=["nul", "surrogate", "escape", "long"])
async def test_hostile_text_is_refused_in_every_member_of_every_body(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples, value: str
) -> None:
    before, wrong = snapshot(engine), {}
    for operation in operations():
        made = rule(operation).body
        for name in _strings(operation) if made else ():
            headers = {
                **cast.key(rule(operation).who[0]),
                "If-Match": "*",
                "Content-Type": "application/json",
            }
            answer = await client.request(
                operation.method,
                address(operation, examples.ids),
                content=json.dumps((made(examples) if made else {}) | {name: value}),
                headers=headers,
            )
            if answer.status_code not in (409, 422):
                wrong[operation.name, name] = (answer.status_code, answer.text[:200])
    assert wrong == {}
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
            key = cast.key(rule(operation).who[0])
            for value in values:
                sign = "&" if rule(operation).query else "?"
                path = f"{address(operation, examples.ids)}{sign}{parameter['name']}={value}"
                answer = await client.get(path, headers=key)
                assert answer.status_code < 500, (path, answer.text)
    naive = await client.post(
        "/api-tokens",
        json={"name": "A", "expires_at": "2027-02-01T00:00:00"},
        headers=cast.key("amal"),
    )
    assert naive.status_code == 422
    odd = f"/volunteers/{cast.volunteers['dilan']}/languages/%00"
    assert (await client.delete(odd, headers=cast.key("amal"))).status_code in (404, 422)
