"""Everything that is taken in has an end: each text, list and number of the whole contract."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from app.limits import PERIOD_DAYS, ROWS
from tests.app.operations import contract
from tests.cast import Cast

Schema = dict[str, Any]
BOUNDED = frozenset({"uuid", "date", "time", "binary"})
"""Formats with a length of their own; a moment has one through its own rule."""
INT8 = 2**63


def endless(schema: Schema, at: str) -> Iterator[str]:
    """What has no end in a schema, without what it refers to."""
    if "$ref" in schema or "enum" in schema or "const" in schema:
        return
    parts = [one for name in ("anyOf", "allOf", "oneOf") for one in schema.get(name, ())]
    for one in parts:
        yield from endless(one, at)
    yield from _own(schema, at, bool(parts))
    for name, member in schema.get("properties", {}).items():
        yield from endless(member, f"{at}.{name}")
    if "items" in schema:
        yield from endless(schema["items"], f"{at}[]")
    if isinstance(schema.get("additionalProperties"), dict):
        yield from endless(schema["additionalProperties"], f"{at}{{}}")


def _own(schema: Schema, at: str, parted: bool) -> Iterator[str]:
    kind = schema.get("type")
    if kind is None and not parted:
        yield f"{at}: anything"
    if kind == "string" and not _text_ends(schema):
        yield f"{at}: text"
    if kind == "array" and "maxItems" not in schema:
        yield f"{at}: list"
    if kind in ("integer", "number") and not _number_ends(schema):
        yield f"{at}: number"
    if kind == "object" and schema.get("additionalProperties") and "maxProperties" not in schema:
        yield f"{at}: map"


def _text_ends(schema: Schema) -> bool:
    if schema.get("format") in BOUNDED | {"date-time", "duration"} or "contentMediaType" in schema:
        return True
    pattern = schema.get("pattern", "+")
    return "maxLength" in schema or not set("+*") & set(pattern)


def _number_ends(schema: Schema) -> bool:
    low = schema.get("minimum", schema.get("exclusiveMinimum", -INT8 - 1))
    high = schema.get("maximum", schema.get("exclusiveMaximum", INT8 + 1))
    return -INT8 <= low <= high <= INT8


def asked_for() -> Iterator[tuple[str, Schema]]:
    """The schema of every parameter and body, and where it stands."""
    for path, methods in contract()["paths"].items():
        for method, details in methods.items():
            where = f"{method.upper()} {path}"
            for one in details.get("parameters", ()):
                yield f"{where} {one['in']} {one['name']}", one["schema"]
            for content in details.get("requestBody", {}).get("content", {}).values():
                yield f"{where} body", content["schema"]


def references(part: Any) -> Iterator[str]:
    """Names of the schemas a part refers to."""
    for one in part.values() if isinstance(part, dict) else part:
        if isinstance(one, str) and one.startswith("#/components/schemas/"):
            yield one.rpartition("/")[2]
        elif isinstance(one, dict | list):
            yield from references(one)


def taken_in() -> dict[str, Schema]:
    """Every schema of a parameter or body; what is referred to stands by its name, once."""
    found = dict(asked_for())
    known: dict[str, Schema] = contract()["components"]["schemas"]
    waiting = list(found.values())
    while waiting:
        for name in references(waiting.pop()):
            if name not in found:
                found[name] = known[name]
                waiting.append(known[name])
    return found


def test_everything_that_is_taken_in_has_an_end() -> None:
    schemas = taken_in()
    assert len(schemas) > 200
    assert [line for at, schema in schemas.items() for line in endless(schema, at)] == []


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string"},
        {"type": "string", "pattern": "^a+$"},
        {"type": "string", "format": "email"},
        {"type": "array", "items": {"type": "boolean"}},
        {"type": "array", "items": {"type": "string"}, "maxItems": 3},
        {"type": "integer", "minimum": 0},
        {"type": "integer", "minimum": 0, "maximum": 2**64},
        {"type": "number", "maximum": 3},
        {"type": "object", "additionalProperties": {"type": "boolean"}},
        {"type": "object", "properties": {"a": {"anyOf": [{"type": "string"}, {"type": "null"}]}}},
        {},
    ],
)
def test_control_what_has_no_end_is_found(schema: Schema) -> None:
    assert list(endless(schema, "here"))


async def test_a_page_has_so_many_rows(client: AsyncClient, cast: Cast) -> None:
    for limit, status in ((ROWS, 200), (ROWS + 1, 422), (1000 * ROWS, 422)):
        answer = await client.get(f"/requests?limit={limit}", headers=cast.key("amal"))
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("path", "first", "last", "who"),
    [
        ("/requests", "first_day", "last_day", "amal"),
        ("/reports/hours", "from", "to", "amal"),
    ],
)
async def test_a_period_has_so_many_days(
    client: AsyncClient, cast: Cast, path: str, first: str, last: str, who: str
) -> None:
    begin = date(2026, 1, 1)

    async def status(days: int) -> int:
        end = begin + timedelta(days=days - 1)
        query = f"{path}?{first}={begin}&{last}={end}"
        answer = await client.get(query, headers=cast.key(who))
        if answer.status_code == 422:
            assert answer.headers["content-type"] == "application/problem+json"
        return answer.status_code

    assert [await status(days) for days in (1, PERIOD_DAYS)] == [200, 200]
    assert [await status(days) for days in (0, PERIOD_DAYS + 1, 60_000)] == [422, 422, 422]


def test_every_period_of_the_contract_is_held_against_the_limit() -> None:
    """A new pair of days finds its way in here, or a rule of its own."""
    own_rule = {
        "GET /audit": "a page at a time",
        "GET /programme/aggregates": "one quarter",
        "GET /assignments": "moments, see tests/app/bookings/test_reading.py",
    }
    pairs = [("first_day", "last_day"), ("from", "to"), ("from_day", "to_day"), ("since", "until")]
    found = set()
    for path, methods in contract()["paths"].items():
        for method, details in methods.items():
            names = {one["name"] for one in details.get("parameters", ())}
            if any(names.issuperset(pair) for pair in pairs):
                found.add(f"{method.upper()} {path.removeprefix('/api/v1')}")
    assert found - set(own_rule) == {
        "GET /requests",
        "GET /reports/{name}",
        "GET /reports/{name}/picture",
    }
