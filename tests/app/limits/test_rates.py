"""How often somebody may ask: at the limit, one above, a thousandfold, and from where."""

import asyncio
import time
import tracemalloc
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response
from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db, rates
from app.cli import server_config
from app.limits import COSTLY, COUNTED, WINDOW_SECONDS
from app.main import create_app
from app.rates import Kind, Rates, Recent, TooOften, place_of
from app.settings import Settings, get_settings
from app.tables import ApiToken
from app.tokens import hash_token
from tests.app.examples import furnish
from tests.app.operations import address, contract, operations
from tests.cast import Cast

ACCOUNT, DEAR, PUBLIC = 12, 4, 6
PROXY, OTHER_PROXY, STRANGER = "192.0.2.1", "192.0.2.77", "198.51.100.9"


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that are soon reached."""
    monkeypatch.setenv("LOTSENWERK_RATE_LIMIT", str(ACCOUNT))
    monkeypatch.setenv("LOTSENWERK_RATE_LIMIT_COSTLY", str(DEAR))
    monkeypatch.setenv("LOTSENWERK_RATE_LIMIT_PUBLIC", str(PUBLIC))
    monkeypatch.setenv("LOTSENWERK_TRUSTED_PROXIES", PROXY)
    get_settings.cache_clear()


@asynccontextmanager
async def coming_from(app: Any, host: str) -> AsyncIterator[AsyncClient]:
    """Somebody at an address."""
    transport = ASGITransport(app=app, client=(host, 4711))
    async with AsyncClient(transport=transport, base_url="http://test") as made:
        yield made


async def statuses(client: AsyncClient, path: str, times: int, **more: Any) -> list[int]:
    """How the same question is answered again and again."""
    return [(await client.get(path, **more)).status_code for _ in range(times)]


def refused(answer: Response) -> int:
    """How many seconds to wait, as a well-made refusal says it."""
    assert answer.status_code == 429
    assert answer.headers["content-type"] == "application/problem+json"
    problem, wait = answer.json(), int(answer.headers["retry-after"])
    assert problem["type"] == "/problems/too-often"
    assert problem["detail"].endswith(f"Bitte warten Sie {wait} Sekunden.")
    assert 1 <= wait <= WINDOW_SECONDS
    return wait


@dataclass
class Watch:
    """A clock that is set by hand."""

    seconds: float = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch(client: AsyncClient) -> Watch:
    """What the service counts its minutes by."""
    app: Any = client._transport.app  # type: ignore[attr-defined]  # noqa: SLF001
    app.state.rates.recent.clock = Watch()
    found: Watch = app.state.rates.recent.clock
    return found


async def test_an_account_may_ask_so_often_and_again_a_minute_later(
    client: AsyncClient, cast: Cast, watch: Watch
) -> None:
    mine = {"headers": cast.key("amal")}
    assert await statuses(client, "/me", ACCOUNT, **mine) == [200] * ACCOUNT
    assert refused(await client.get("/me", **mine)) == WINDOW_SECONDS
    assert await statuses(client, "/me", 50, **mine) == [429] * 50
    assert (await client.get("/me", headers=cast.key("kofi"))).status_code == 200
    watch.seconds += WINDOW_SECONDS - 1
    assert refused(await client.get("/me", **mine)) == 1, "a refusal does not count again"
    watch.seconds += 1
    assert (await client.get("/me", **mine)).status_code == 200


async def test_the_window_moves(client: AsyncClient, cast: Cast, watch: Watch) -> None:
    """Half before the full minute and half after it would be twice as many in a moment."""
    mine = {"headers": cast.key("amal")}
    watch.seconds += WINDOW_SECONDS / 2
    await statuses(client, "/me", ACCOUNT, **mine)
    watch.seconds += WINDOW_SECONDS / 2 + 1
    assert (await client.get("/me", **mine)).status_code == 429


async def test_a_second_key_of_the_same_account_gives_nothing(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        mine = session.exec(
            select(ApiToken).where(col(ApiToken.token_hash) == hash_token("lw_amal"))
        ).one()
        session.add(
            ApiToken(
                account_id=mine.account_id,
                name="Skript",
                token_hash=hash_token("lw_second"),
                scopes=mine.scopes,
            )
        )
    second = {"headers": {"Authorization": "Bearer lw_second"}}
    first = await statuses(client, "/me", ACCOUNT - 1, headers=cast.key("amal"))
    assert first + await statuses(client, "/me", 2, **second) == [200] * ACCOUNT + [429]


async def test_what_is_costly_is_counted_apart(client: AsyncClient, cast: Cast) -> None:
    report = "/reports/hours?from=2026-11-01&to=2026-11-30&format=csv"
    mine = {"headers": cast.key("amal")}
    assert await statuses(client, report, DEAR + 1, **mine) == [200] * DEAR + [429]
    assert (await client.get("/me", **mine)).status_code == 200


async def test_who_waits_in_no_line_stores_nothing(client: AsyncClient, cast: Cast) -> None:
    mine = {"headers": cast.key("amal")}
    await statuses(client, "/me", ACCOUNT, **mine)
    answer = await client.post("/api-tokens", json={"name": "A"}, headers=cast.key("amal"))
    assert refused(answer)


def test_costly_operations_exist_and_files_are_among_them() -> None:
    known = {(one.method, one.path) for one in operations()}
    assert known >= COSTLY, "an operation was renamed"
    for one in operations():
        answers = one.details["responses"].get("200", {}).get("content", {})
        is_file = one.method == "GET" and set(answers) - {"application/json"}
        takes_files = "multipart/form-data" in one.details.get("requestBody", {}).get("content", {})
        if is_file or takes_files:
            assert (one.method, one.path) in COSTLY, f"{one.name}: add it in app/limits.py"
    assert contract()


def test_addresses_of_costly_operations_are_known_by_their_form(engine: Engine, cast: Cast) -> None:
    ids = furnish(engine, cast).ids
    for one in operations():
        path = "/api/v1" + address(one, ids).partition("?")[0]
        assert rates.is_costly(one.method, path) == ((one.method, one.path) in COSTLY), one.name


@pytest.mark.parametrize(
    "path", ["/", "/a/lw_x", "/b/lw_x", "/c/lw_x", "/s/lw_x", "/calendars/lw_x.ics", "/nowhere"]
)
async def test_what_needs_no_account_is_counted_for_each_place(engine: Engine, path: str) -> None:
    app = create_app(engine)
    async with coming_from(app, STRANGER) as one, coming_from(app, "203.0.113.5") as other:
        first = await statuses(one, path, PUBLIC)
        assert 429 not in first
        assert await statuses(one, path, 20) == [429] * 20
        assert (await one.get("/livez")).status_code == 200, "who watches is not counted"
        assert (await one.get("/static/pages.css")).status_code == 200
        assert (await other.get(path)).status_code == first[0]


@pytest.mark.parametrize("brings", [{}, {"Cookie": "a=b"}, {"Authorization": "Bearer lw_x"}])
async def test_a_secret_that_nobody_looks_at_buys_no_more_questions(
    engine: Engine, brings: dict[str, str]
) -> None:
    async with coming_from(create_app(engine), STRANGER) as one:
        seen = await statuses(one, "/api/v1/regions", ACCOUNT + 3, headers=brings)
    assert seen == [200] * ACCOUNT + [429] * 3


async def test_a_forgotten_program_locks_nobody_out_of_her_office(
    engine: Engine, cast: Cast
) -> None:
    """It asks with a revoked key, from the address that the whole office has."""
    async with coming_from(create_app(engine), STRANGER) as one:
        assert (await one.get("/api/v1/me", headers=cast.browser("amal"))).status_code == 200
        revoked = {"headers": {"Authorization": "Bearer lw_revoked"}}
        assert await statuses(one, "/api/v1/me", 2 * PUBLIC, **revoked) == (
            [401] * PUBLIC + [429] * PUBLIC
        )
        assert (await one.get("/api/v1/me", headers=cast.browser("amal"))).status_code == 200
        new = await one.get("/api/v1/me", headers=cast.key("selin"))
        assert new.status_code == 429, "control: nobody knows yet that she is no stranger"


async def test_a_browser_is_told_to_wait_on_a_page(engine: Engine) -> None:
    async with coming_from(create_app(engine), STRANGER) as one:
        await statuses(one, "/a/lw_x", PUBLIC)
        page = await one.get("/a/lw_x", headers={"Accept": "text/html"})
        assert page.status_code == 429
        assert page.headers["content-type"].startswith("text/html")
        assert "Bitte warten Sie" in page.text
        assert int(page.headers["retry-after"]) >= 1


async def test_guessing_keys_ends_soon(engine: Engine, cast: Cast) -> None:
    app = create_app(engine)
    async with coming_from(app, STRANGER) as one, coming_from(app, "203.0.113.5") as other:
        guesses = [
            (await one.get("/api/v1/me", headers={"Authorization": f"Bearer lw_{n}"})).status_code
            for n in range(3 * PUBLIC)
        ]
        assert guesses == [401] * PUBLIC + [429] * 2 * PUBLIC
        assert (await other.get("/api/v1/me", headers=cast.key("amal"))).status_code == 200


async def test_a_household_of_new_addresses_is_one_place(engine: Engine) -> None:
    app, seen = create_app(engine), []
    for number in range(2 * PUBLIC):
        async with coming_from(app, f"2001:db8:1:2::{number:x}") as one:
            seen.append((await one.get("/nowhere")).status_code)
    assert seen == [404] * PUBLIC + [429] * PUBLIC
    assert place_of({"client": ("::ffff:198.51.100.9", 1)}) == STRANGER
    assert place_of({"client": ("198.51.100.9", 1)}) == STRANGER
    assert place_of({"client": None}) == place_of({}) == ""
    assert place_of({"client": ("testclient", 1)}) == "testclient"


def served(engine: Engine) -> Any:
    """The application as the server calls it, with what it believes of proxies."""
    config = server_config(create_app(engine), "127.0.0.1", 0, "warning")
    config.load()
    return config.loaded_app


FORGED = [
    {"X-Forwarded-For": "{n}"},
    {"X-Forwarded-For": "10.0.0.{n}, 10.0.0.2"},
    {"X-Forwarded-For": "{n}", "X-Forwarded-Proto": "https"},
    {"X-Real-IP": "10.0.0.{n}"},
    {"Forwarded": "for=10.0.0.{n}"},
    {"True-Client-IP": "10.0.0.{n}"},
    {"CF-Connecting-IP": "10.0.0.{n}"},
    {"X-Client-IP": "10.0.0.{n}"},
]


@pytest.mark.parametrize("forged", FORGED, ids=lambda one: ",".join(one))
@pytest.mark.parametrize("peer", [STRANGER, OTHER_PROXY])
async def test_nobody_else_says_where_a_request_comes_from(
    engine: Engine, forged: dict[str, str], peer: str
) -> None:
    seen = []
    async with coming_from(served(engine), peer) as one:
        for n in range(1, 2 * PUBLIC + 1):
            headers = {name: value.format(n=n) for name, value in forged.items()}
            seen.append((await one.get("/nowhere", headers=headers)).status_code)
    assert seen == [404] * PUBLIC + [429] * PUBLIC


async def test_behind_the_proxy_each_person_is_a_place_and_a_lie_before_it_is_not_believed(
    engine: Engine,
) -> None:
    app = served(engine)
    async with coming_from(app, PROXY) as proxy:
        for n in range(2 * PUBLIC):
            said = {"X-Forwarded-For": f"198.51.100.{n}"}
            assert (await proxy.get("/nowhere", headers=said)).status_code == 404
        seen = []
        for n in range(2 * PUBLIC):
            # The proxy adds the true address behind whatever came along.
            said = {"X-Forwarded-For": f"10.0.0.{n}, 203.0.113.5"}
            seen.append((await proxy.get("/nowhere", headers=said)).status_code)
    assert seen == [404] * PUBLIC + [429] * PUBLIC


async def test_control_who_trusts_everybody_is_evaded(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOTSENWERK_TRUSTED_PROXIES", f"{PROXY},{STRANGER}")
    get_settings.cache_clear()
    seen = []
    async with coming_from(served(engine), STRANGER) as one:
        for n in range(1, 2 * PUBLIC + 1):
            said = {"X-Forwarded-For": f"10.0.0.{n}"}
            seen.append((await one.get("/nowhere", headers=said)).status_code)
    assert seen == [404] * 2 * PUBLIC


@pytest.mark.parametrize("wrong", ["*", "0.0.0.0/0", "::/0", "proxy.example", "10.0.0.5,everybody"])
def test_whoever_would_trust_everybody_is_told(wrong: str) -> None:
    with pytest.raises(ValueError, match="LOTSENWERK_TRUSTED_PROXIES"):
        Settings(trusted_proxies=wrong)


async def test_control_without_limits_nobody_is_told_to_wait(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("", "_COSTLY", "_PUBLIC"):
        monkeypatch.setenv(f"LOTSENWERK_RATE_LIMIT{kind}", "0")
    get_settings.cache_clear()
    async with coming_from(create_app(engine), STRANGER) as one:
        assert 429 not in await statuses(one, "/nowhere", 10 * PUBLIC)
        many = await statuses(one, "/api/v1/me", 3 * ACCOUNT, headers=cast.key("amal"))
        assert many == [200] * 3 * ACCOUNT


def let_in_at_once(counted: Rates) -> int:
    """How many are let in when sixty press at once, twenty times each."""

    def press() -> int:
        let_in = 0
        for _ in range(20):
            try:
                counted.count(Kind.ACCOUNT, "amal")
            except TooOften:
                continue
            let_in += 1
        return let_in

    async def all_at_once() -> list[int]:
        return await asyncio.gather(*(asyncio.to_thread(press) for _ in range(60)))

    return sum(asyncio.run(all_at_once()))


@pytest.fixture
def slow_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the first look and what is noted passes some time."""
    look = Recent._recent  # noqa: SLF001

    def slowly(self: Recent, key: str, since: float) -> deque[float]:
        if not (found := look(self, key, since)):
            time.sleep(0.05)
        return found

    monkeypatch.setattr(Recent, "_recent", slowly)


def test_many_at_one_moment_are_not_more(slow_look: None) -> None:
    assert let_in_at_once(Rates(Settings(rate_limit=100))) == 100


def test_control_without_the_lock_some_slip_through(
    slow_look: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Rates(Settings(rate_limit=100))
    monkeypatch.setattr(counted.recent, "_lock", nullcontext())
    assert let_in_at_once(counted) > 100


def test_a_crowd_of_places_takes_bounded_room() -> None:
    recent = Recent(most=500)
    tracemalloc.start()
    try:
        for number in range(2_000):
            recent.acquire_entry(str(number), 60, 60)
        before, _ = tracemalloc.get_traced_memory()
        for number in range(500_000 // 10):
            recent.acquire_entry(f"again{number}", 60, 60)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 200_000
    assert recent.reset() == 500
    assert COUNTED >= 10_000


def test_who_would_count_in_another_way_is_told_so() -> None:
    """Another strategy of the library fails at once, and never counts in silence."""
    with pytest.raises(TypeError, match="Only moving windows"):
        FixedWindowRateLimiter(Recent()).hit(RateLimitItemPerMinute(5), "somebody")
    with pytest.raises(TypeError, match="Only moving windows"):
        Recent().get_expiry("somebody")
