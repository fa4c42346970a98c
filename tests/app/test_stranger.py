"""Lists show strangers nothing, and nobody gets in without a key; generated from the contract.

What is asked for by its id is the matter of `tests/app/matrix`.
"""

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db
from app.tables import AuditEvent
from tests.app.examples import Examples, furnish, snapshot
from tests.app.operations import call, operations, rule
from tests.cast import Cast

OF_TWO = frozenset({"lending_id", "lender_id"})
"""What two pools share: the one that asks, and the one that lends."""


@pytest.fixture
def own(engine: Engine, cast: Cast) -> Examples:
    """What the stranger has himself: a pool with one object of each kind."""
    return furnish(engine, cast, foreign=True)


@pytest.fixture
def foreign(engine: Engine, cast: Cast) -> Examples:
    """What the stranger must not reach."""
    return furnish(engine, cast)


def traces(engine: Engine, cast: Cast, examples: Examples) -> set[str]:
    """What would give Wetterau away: ids and names."""
    people = {str(cast.volunteers[name]) for name in ("dilan", "mirela", "oksana")}
    accounts = {str(cast.accounts[name]) for name in ("amal", "fatma", "lea", "selin", "dilan")}
    names = {"Dilan", "Mirela", "Oksana", "Löwenzahn"}
    ids = {value for name, value in examples.ids.items() if name not in OF_TWO}
    with db.transaction(engine) as session:
        events = select(AuditEvent.id).where(col(AuditEvent.sponsor_id) == cast.wetterau)
        told = {str(one) for one in session.exec(events)}
    return people | accounts | names | ids | told


OF_NO_SPONSOR = (
    "GET /push-key", "GET /message-preferences", "GET /programme/aggregates", "GET /reports",
    "GET /reports/{name}/picture", "GET /me/benefits",
)  # fmt: skip
"""A key of the house, what one wishes oneself, which reports there are, and sums without a name."""


async def test_no_list_shows_anything_foreign(
    client: AsyncClient, cast: Cast, engine: Engine, own: Examples, foreign: Examples
) -> None:
    read = await client.get(f"/volunteers/{cast.volunteers['dilan']}", headers=cast.key("amal"))
    assert read.status_code == 200, "and stands in Dilan's audit"
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
            body = rule(operation).body_for(foreign)
            answer = await call(client, operation, foreign.ids, key=key, body=body)
            refused = 403 if "Cookie" in key and operation.method != "GET" else 401
            if answer.status_code != refused:
                seen[operation.name, str(key)] = (answer.status_code, answer.text)
    assert seen == {}
    assert snapshot(engine) == before
