"""Somebody who knows a password and has no second factor, or a key that was made for less."""

from collections.abc import Sequence

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, update

from app import access, db, roles
from app.actors import Part
from app.main import create_app
from app.tables import ApiToken, Scope
from tests.app.attacks.doors import browser, key
from tests.app.callers import PEOPLE
from tests.app.examples import Examples
from tests.app.operations import Operation, call, operations, rule
from tests.app.rules import RULES
from tests.cast import PASSWORD, Cast

GUARDED = ("fatma", "lea", "otto", "arno", "petra")
"""People each of whose parts needs a second factor."""
PROVEN = {
    "POST /payruns": Scope.PAYOUT,
    "POST /payruns/{payrun_id}/paid": Scope.PAYOUT,
    "POST /payruns/{payrun_id}/reverse": Scope.PAYOUT,
    "GET /payruns/{payrun_id}/pain001.xml": Scope.PAYOUT,
    "POST /payments/{payment_id}/returned": Scope.PAYOUT,
    "POST /claims/{claim_id}/repaid": Scope.PAYOUT,
    "POST /bank-statements": Scope.PAYOUT,
    "POST /members": Scope.PAYOUT,
    "DELETE /members/{member_id}": Scope.PAYOUT,
    "PATCH /sponsors/{sponsor_id}/settings": Scope.PAYOUT,
    "POST /privacy/export": Scope.EXPORT,
    "POST /privacy/erase": Scope.ERASE,
    "POST /privacy/pseudonym-keys/rotate": Scope.ERASE,
    "POST /privacy/pseudonym-keys/{version}/destroy": Scope.ERASE,
}
"""What moves money or data, and the scope that a key needs for it."""


def theirs(name: str) -> Sequence[Operation]:
    """What `name` may do because of her part, not because she is signed in."""
    by_part = {
        called
        for called, known in RULES.items()
        if name in known.who and set(known.who) < set(PEOPLE)
        if not known.files and not known.in_person
    }
    return [one for one in operations() if one.name in by_part]


async def opened(
    client: AsyncClient, name: str, headers: dict[str, str], examples: Examples
) -> list[str]:
    """The operations of her part that let her in."""
    found = []
    for one in theirs(name):
        body = rule(one).body_for(examples)
        answer = await call(client, one, examples.ids, key=headers, body=body)
        if answer.status_code != 403:
            found.append(f"{one.name}: {answer.status_code}")
    return found


@pytest.mark.parametrize("name", GUARDED)
async def test_a_password_alone_opens_no_part_that_needs_two_factors(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples, name: str
) -> None:
    assert theirs(name)
    assert await opened(client, name, browser(engine, cast, name), examples) == []


async def test_control_where_no_part_needs_it_the_password_is_enough(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    examples: Examples,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(access, "NEED_FACTOR", frozenset[Part]())
    assert await opened(client, "fatma", browser(engine, cast, "fatma"), examples)


async def test_with_several_parts_only_the_harmless_ones_open(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    headers = browser(engine, cast, "kofi")
    assert (await client.get("/volunteers", headers=headers)).status_code == 200
    for path in ("/webhooks", "/payruns"):
        answer = await client.get(path, headers=headers)
        assert answer.json()["type"] == "/problems/factor-needed", path


async def test_without_the_factor_nobody_makes_herself_a_key(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    """Whoever knows only the password would come in by the other door."""
    body = {"name": "Hintertür", "scopes": ["read"]}
    for factor, status in ((False, 403), (True, 201)):
        headers = browser(engine, cast, "lea", factor=factor, proven=True)
        made = await client.post("/api-tokens", json=body, headers=headers)
        assert made.status_code == status, made.text


@pytest.mark.parametrize("scopes", [(Scope.READ,), (Scope.READ, Scope.WRITE)])
async def test_a_leaked_key_makes_no_stronger_one(
    client: AsyncClient, cast: Cast, engine: Engine, scopes: tuple[Scope, ...]
) -> None:
    leaked = key(engine, cast, "fatma", *scopes)
    for path, body in (
        ("/api-tokens", {"name": "mehr", "scopes": ["read", "write", "payout"]}),
        ("/auth/password", {"new": "Neun Kraniche ziehen los"}),
        ("/auth/proof", {"password": PASSWORD}),
        ("/auth/factor/totp", None),
        ("/sessions/revoke-others", None),
    ):
        answer = await client.post(path, json=body, headers=leaked)
        assert answer.status_code == 403, (path, answer.text)
    assert (await client.get("/me", headers=leaked)).status_code == 200


async def test_a_key_for_reading_writes_nothing(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples
) -> None:
    leaked, tried, found = key(engine, cast, "amal", Scope.READ), 0, []
    for one in operations():
        known = RULES.get(one.name)
        if one.method == "GET" or known is None or known.in_person or "amal" not in known.who:
            continue
        body = known.body_for(examples)
        answer = await call(client, one, examples.ids, key=leaked, body=body)
        tried += 1
        if answer.status_code != 403:
            found.append(f"{one.name}: {answer.status_code}")
    assert found == []
    assert tried > 40


@pytest.mark.parametrize("name", PROVEN)
async def test_an_unproven_session_and_a_lesser_key_move_no_money_and_no_data(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples, name: str
) -> None:
    one = next(one for one in operations() if one.name == name)
    body = rule(one).body_for(examples)
    with db.transaction(engine) as session:
        others = [scope for scope in Scope if scope is not PROVEN[name]]
        session.exec(update(ApiToken).where(col(ApiToken.name) != "").values(scopes=others))
    for who in rule(one).who:
        for headers, why in (
            (browser(engine, cast, who, factor=True), "proof-needed"),
            (cast.key(who), "scope-missing"),
        ):
            answer = await call(client, one, examples.ids, key=headers, body=body)
            assert answer.status_code == 403, f"{who}: {answer.text}"
            assert answer.json()["type"] == f"/problems/{why}", who
    proven = browser(engine, cast, rule(one).who[0], factor=True, proven=True)
    answer = await call(client, one, examples.ids, key=proven, body=body)
    assert answer.status_code != 403, f"control: {answer.text}"


@pytest.mark.sqlite
def test_the_list_of_what_is_proven_is_whole() -> None:
    asked = {
        f"{method} {path.removeprefix('/api/v1')}": who[1]
        for path, method, who in roles.operations(create_app(db.make_engine("sqlite://")))
        if who is not None and who[1] is not None
    }
    assert asked == PROVEN
