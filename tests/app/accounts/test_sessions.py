"""Sessions: locked down, renewed with every right, listed, ended."""

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, select, update
from time_machine import Traveller

from app import db
from app.accounts import sessions
from app.tables import Membership, SessionToken
from app.tokens import hash_token
from tests.app.accounts.ways import alter, app_code, login, secret_of, signed_in
from tests.cast import PASSWORD, Cast, in_browser

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Mobile Safari/537.36"
)
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
)


@pytest.mark.parametrize(
    ("said", "label"),
    [
        (FIREFOX, "Firefox, Windows"),
        (CHROME, "Chrome, Android"),
        (SAFARI, "Safari, iPhone"),
        (EDGE, "Edge, Windows"),
        ("curl/8.5.0", "curl"),
        ("", ""),
        ("<script>alert(1)</script>", ""),
    ],
)
def test_a_browser_is_named_in_short(said: str, label: str) -> None:
    assert sessions.label_of(said) == label


async def test_the_cookie_is_locked_down(client: AsyncClient, cast: Cast) -> None:
    answer = await client.post("/auth/login", json=login("amal"))
    said = answer.headers["set-cookie"].split("; ")
    assert said[0].startswith("__Host-session=lw_")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax", "Max-Age=43200"} <= set(said)
    assert not any(part.startswith("Domain") for part in said)
    assert (await client.get("/me", headers=in_browser(secret_of(answer)))).status_code == 200


async def test_only_the_hash_of_a_secret_is_kept(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    secret = secret_of(await client.post("/auth/login", json=login("amal")))
    with db.transaction(engine) as session:
        rows = [str(row.model_dump()) for row in session.exec(select(SessionToken)).all()]
    assert any(hash_token(secret) in row for row in rows)
    assert not any(secret in row for row in rows)


async def test_a_secret_that_was_put_into_a_browser_is_never_taken_over(
    client: AsyncClient, cast: Cast
) -> None:
    planted = "lw_vom_angreifer"
    answer = await client.post("/auth/login", json=login("amal"), headers=in_browser(planted))
    assert secret_of(answer) != planted
    assert (await client.get("/me", headers=in_browser(planted))).status_code == 401


async def test_signing_in_again_ends_the_session_this_browser_had(
    client: AsyncClient, cast: Cast
) -> None:
    selin = await signed_in(client, "selin")
    answer = await client.post("/auth/login", json=login("amal"), headers=selin)
    assert (await client.get("/me", headers=in_browser(secret_of(answer)))).json()["name"] == "Amal"
    assert (await client.get("/me", headers=selin)).status_code == 401


@pytest.mark.parametrize("path", ["/auth/proof", "/auth/factor", "/auth/password"])
async def test_every_rise_of_rights_gives_a_new_secret_and_ends_the_old_one(
    client: AsyncClient, cast: Cast, path: str
) -> None:
    bodies = {
        "/auth/proof": {"password": PASSWORD},
        "/auth/factor": {"code": app_code()},
        "/auth/password": {"old": PASSWORD, "new": "Neun Kraniche ziehen los"},
    }
    before = await signed_in(client, "lea")
    answer = await client.post(path, json=bodies[path], headers=before)
    assert answer.status_code == 204, answer.text
    after = in_browser(secret_of(answer))
    assert after != before
    assert (await client.get("/me", headers=after)).status_code == 200
    assert (await client.get("/me", headers=before)).status_code == 401


async def test_a_new_secret_lasts_no_longer_than_the_old_one(
    client: AsyncClient, cast: Cast, clock: Traveller
) -> None:
    here = await signed_in(client, "amal")
    for _ in range(6):
        clock.shift(119 * 60)
        answer = await client.post("/auth/proof", json={"password": PASSWORD}, headers=here)
        assert answer.status_code == 204
        here = in_browser(secret_of(answer))
    assert "Max-Age=360" in answer.headers["set-cookie"]
    clock.shift(7 * 60)
    assert (await client.get("/me", headers=here)).status_code == 401


async def test_an_office_session_ends_after_two_idle_hours(
    client: AsyncClient, cast: Cast, clock: Traveller
) -> None:
    amal, dilan = await signed_in(client, "amal"), await signed_in(client, "dilan")
    clock.shift(119 * 60)
    assert (await client.get("/me", headers=amal)).status_code == 200
    clock.shift(120 * 60)
    assert (await client.get("/me", headers=amal)).status_code == 401
    assert (await client.get("/me", headers=dilan)).status_code == 200, (
        "hers shows only what is hers"
    )


async def test_a_volunteer_who_joins_the_office_has_office_hours_at_once(
    client: AsyncClient, cast: Cast, engine: Engine, clock: Traveller
) -> None:
    dilan = await signed_in(client, "dilan")
    clock.shift(24 * 3600)
    assert (await client.get("/me", headers=dilan)).status_code == 200
    with db.transaction(engine) as session:
        session.add(
            Membership(
                account_id=cast.accounts["dilan"], sponsor_id=cast.wetterau, role="coordinator"
            )
        )
    assert (await client.get("/me", headers=dilan)).status_code == 401


async def test_my_sessions_are_listed_and_ended_and_nobody_elses(
    client: AsyncClient, cast: Cast
) -> None:
    agent = {"User-Agent": FIREFOX}
    answer = await client.post("/auth/login", json=login("amal"), headers=agent)
    here, there = in_browser(secret_of(answer)), await signed_in(client, "amal")
    listed = (await client.get("/sessions", headers=here)).json()
    assert [one["current"] for one in listed].count(True) == 1
    mine = next(one for one in listed if one["current"])
    assert (mine["label"], mine["factor"]) == ("Firefox, Windows", False)
    assert set(mine) == {"id", "label", "created_at", "seen_at", "factor", "current"}
    foreign = await client.delete(f"/sessions/{mine['id']}", headers=cast.browser("kofi"))
    assert foreign.status_code == 404
    assert (await client.delete(f"/sessions/{mine['id']}", headers=there)).status_code == 204
    assert (await client.get("/me", headers=here)).status_code == 401
    assert (await client.delete(f"/sessions/{mine['id']}", headers=there)).status_code == 404


async def test_all_other_sessions_end_with_one_call(client: AsyncClient, cast: Cast) -> None:
    here, *others = [await signed_in(client, "amal") for _ in range(4)]
    kofi = await signed_in(client, "kofi")
    assert (await client.post("/sessions/revoke-others", headers=here)).status_code == 204
    assert [(await client.get("/me", headers=one)).status_code for one in others] == [401] * 3
    assert (await client.get("/me", headers=here)).status_code == 200
    assert (await client.get("/me", headers=kofi)).status_code == 200


async def test_the_oldest_of_too_many_sessions_ends(
    client: AsyncClient, cast: Cast, engine: Engine, clock: Traveller
) -> None:
    first = await signed_in(client, "selin")
    for _ in range(sessions.MOST):
        clock.shift(1)
        last = await signed_in(client, "selin")
    assert (await client.get("/me", headers=first)).status_code == 401
    assert (await client.get("/me", headers=last)).status_code == 200
    with db.transaction(engine) as session:
        live = session.exec(sessions.live(cast.accounts["selin"])).all()
    assert len(live) == sessions.MOST


async def test_a_closed_account_and_a_lost_role_end_at_once(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    amal = await signed_in(client, "amal")
    assert (await client.get("/requests", headers=amal)).status_code == 200
    with db.transaction(engine) as session:
        whose = col(Membership.account_id) == cast.accounts["amal"]
        session.exec(update(Membership).where(whose).values(role="finance"))
    assert (await client.get("/requests", headers=amal)).status_code == 403
    alter(engine, cast, "amal", active=False)
    assert (await client.get("/me", headers=amal)).status_code == 401
    assert (await client.get("/me", headers=cast.key("amal"))).status_code == 401


async def test_signing_out_ends_the_session(client: AsyncClient, cast: Cast) -> None:
    here = await signed_in(client, "amal")
    answer = await client.post("/auth/logout", headers=here)
    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert (await client.get("/me", headers=here)).status_code == 401


async def test_what_moves_money_asks_again_after_ten_minutes(
    client: AsyncClient, cast: Cast, engine: Engine, clock: Traveller
) -> None:
    fatma = await _with_factor(client, cast, engine)
    body = {"claim_ids": ["01900000-0000-7000-8000-000000000000"]}
    assert (await client.post("/payruns", json=body, headers=fatma)).status_code != 403
    clock.shift(11 * 60)
    late = await client.post("/payruns", json=body, headers=fatma)
    assert (late.status_code, late.json()["type"]) == (403, "/problems/proof-needed")
    assert (await client.get("/payruns", headers=fatma)).status_code == 200, "looking goes on"
    proof = await client.post("/auth/proof", json={"password": PASSWORD}, headers=fatma)
    fatma = in_browser(secret_of(proof))
    assert (await client.post("/payruns", json=body, headers=fatma)).status_code != 403


async def _with_factor(client: AsyncClient, cast: Cast, engine: Engine) -> dict[str, str]:
    fatma = await signed_in(client, "fatma")
    begun = (await client.post("/auth/factor/totp", headers=fatma)).json()
    code = {"code": app_code(begun["secret"])}
    done = await client.post("/auth/factor/totp/confirm", json=code, headers=fatma)
    return in_browser(secret_of(done))
