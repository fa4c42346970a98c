"""Every operation of the contract, and how it is called."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from httpx import AsyncClient, Response

from app import access, db
from app.main import create_app
from tests.app.callers import Rule
from tests.app.rules import RULES
from tests.cast import in_browser

PREFIX = "/api/v1"


@dataclass(frozen=True)
class Operation:
    """One operation of the contract."""

    method: str
    path: str
    details: dict[str, Any]

    @property
    def name(self) -> str:
        """`POST /offers/{offer_id}/accept`."""
        return f"{self.method} {self.path}"

    @property
    def path_names(self) -> list[str]:
        """Names of the path parameters that are ids."""
        return [
            p["name"]
            for p in self.details.get("parameters", [])
            if p["in"] == "path" and p["schema"].get("format") == "uuid"
        ]


WORDS = {"language": "kmr", "name": "hours", "lead_time": "short", "version": "1"}
"""Path parameters that are no ids."""


@cache
def contract() -> dict[str, Any]:
    """The OpenAPI document of the application as it stands."""
    return create_app(db.make_engine("sqlite://")).openapi()


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation under `/api/v1` that needs a key."""
    found = []
    for path, item in contract()["paths"].items():
        for method, details in item.items():
            if path.startswith(PREFIX) and not access.is_public(method.upper(), path):
                found.append(Operation(method.upper(), path[len(PREFIX) :], details))
    return tuple(found)


def rule(operation: Operation) -> Rule:
    """The row of an operation, or a sentence for whoever added the route."""
    known = RULES.get(operation.name)
    assert known, (
        f"{operation.name} is new: say in tests/app/rules.py who may call it and with which"
        " body, and give an example object for each id in tests/app/examples.py."
    )
    return known


def address(operation: Operation, ids: dict[str, str]) -> str:
    """The path with ids filled in."""
    missing = [n for n in operation.path_names if n not in ids]
    assert not missing, (
        f"{operation.name}: there is no example object for {missing}; make one in examples.py."
    )
    return operation.path.format(**WORDS, **ids) + rule(operation).query


async def call(
    client: AsyncClient,
    operation: Operation,
    ids: dict[str, str],
    *,
    key: dict[str, str] | None = None,
    body: dict[str, Any] | None = None,
) -> Response:
    """Call an operation; `If-Match: *` so that no update fails for the want of it."""
    return await send(client, operation, address(operation, ids), key or {}, body)


async def send(
    client: AsyncClient,
    operation: Operation,
    path: str,
    key: dict[str, str],
    body: Any,
    *,
    stored: bool = True,
) -> Response:
    """The same at an address; what is not `stored` gives nobody a new cookie."""
    headers = way_in(operation, key)
    renewed = _SECRETS.setdefault(client, {})
    cookie = headers.get("Cookie", "")
    answer = await client.request(
        operation.method,
        path,
        headers={
            "If-Match": "*",
            **headers,
            **({"Cookie": renewed.get(cookie, cookie)} if cookie else {}),
        },
        json=body,
        files=rule(operation).files,
    )
    if stored and cookie and "set-cookie" in answer.headers:
        renewed[cookie] = answer.headers["set-cookie"].partition(";")[0]
    return answer


_SECRETS: WeakKeyDictionary[AsyncClient, dict[str, str]] = WeakKeyDictionary()
"""Cookies for which a client was given others: whoever shows more gets a new secret."""


def way_in(operation: Operation, headers: dict[str, str]) -> dict[str, str]:
    """The headers of a key, or of the same person's browser where a key is not taken."""
    secret = headers.get("Authorization", "").removeprefix("Bearer ")
    if not secret or not rule(operation).in_person:
        return headers
    others = {name: value for name, value in headers.items() if name != "Authorization"}
    return others | in_browser(secret)
