"""Every place of the contract where an id can stand, found by walking it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.app.operations import Operation, contract

ITEM = "*"
"""Stands for one item of a list, or one member of any name."""


@dataclass(frozen=True)
class Place:
    """Where in a call an id stands: a name in path or query, or members that lead into the body."""

    within: str
    at: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.within} {'/'.join(self.at)}"


WHOLE_PATH = Place("path", (ITEM,))
"""All ids of a path at once: a child under its own parent."""


def places(operation: Operation) -> tuple[Place, ...]:
    """Where ids stand in the calls of an operation."""
    found = [
        Place(parameter["in"], (parameter["name"],))
        for parameter in operation.details.get("parameters", ())
        for _ in _ids(parameter["schema"])
    ]
    if sum(place.within == "path" for place in found) > 1:
        found.append(WHOLE_PATH)
    for content in operation.details.get("requestBody", {}).get("content", {}).values():
        found += [Place("body", at) for at in _ids(content["schema"])]
    return tuple(dict.fromkeys(found))


def _ids(
    schema: dict[str, Any], at: tuple[str, ...] = (), within: frozenset[str] = frozenset()
) -> Iterator[tuple[str, ...]]:
    """Members and items that are ids; a schema inside itself is walked once."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in within:
            yield from _ids(contract()["components"]["schemas"][name], at, within | {name})
        return
    if schema.get("format") == "uuid":
        yield at
    for kind in ("anyOf", "oneOf", "allOf", "prefixItems"):
        for one in schema.get(kind, ()):
            yield from _ids(one, at, within)
    for name, member in schema.get("properties", {}).items():
        yield from _ids(member, (*at, name), within)
    for inside in (schema.get("items"), schema.get("additionalProperties")):
        if isinstance(inside, dict):
            yield from _ids(inside, (*at, ITEM), within)


def with_id(body: Any, at: tuple[str, ...], value: str) -> Any:
    """The body with an id at a place; what leads there is made where it is missing."""
    if not at:
        return value
    name, *rest = at
    if name == ITEM:
        items = body if isinstance(body, list) and body else [None]
        return [with_id(items[0], tuple(rest), value)]
    members = body if isinstance(body, dict) else {}
    return members | {name: with_id(members.get(name), tuple(rest), value)}
