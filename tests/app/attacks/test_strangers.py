"""A stranger: not signed in, perhaps with a link out of somebody's mail."""

import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy import Engine

from app.access import COOKIE
from app.main import create_app
from app.tables import Assignment, LinkPurpose, Offer, Scope, ServiceRecord, SponsorRow, Standby
from tests.app.attacks.doors import browser, key, link
from tests.app.examples import Examples
from tests.cast import Cast
from tests.serving import serving

LINKS: dict[LinkPurpose, tuple[str, type[SponsorRow], str]] = {
    LinkPurpose.ANSWER_OFFER: ("a", Offer, "offer_id"),
    LinkPurpose.CONFIRM_BOOKING: ("b", Assignment, "assignment_id"),
    LinkPurpose.CONFIRM_RECORD: ("c", ServiceRecord, "record_id"),
    LinkPurpose.ANSWER_STANDBY: ("s", Standby, "standby_id"),
}
WAYS_OUT = (
    "/static/../settings.py",
    "/static/%2e%2e/settings.py",
    "/static/..%2fsettings.py",
    "/static//etc/passwd",
    "/static/%2fetc%2fpasswd",
    "/static/....//....//etc/passwd",
    "/static/style.css%00.html",
    "/static/",
)


@pytest.fixture
async def stranger(engine: Engine, cast: Cast) -> AsyncIterator[AsyncClient]:
    """The whole service, pages included, called by nobody."""
    transport = ASGITransport(app=serving(engine), raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://test") as made:
        yield made


async def test_a_link_opens_its_own_page_and_no_other(
    stranger: AsyncClient, engine: Engine, examples: Examples
) -> None:
    for purpose, other in itertools.product(LINKS, LINKS):
        _, table, name = LINKS[purpose]
        token = link(engine, purpose, table, examples[name])
        shown = await stranger.get(f"/{LINKS[other][0]}/{token}")
        assert shown.status_code == (200 if purpose == other else 404), (purpose, other)
        if purpose != other:
            sent = await stranger.post(f"/{LINKS[other][0]}/{token}", data={"answer": "yes"})
            assert sent.status_code == 404, (purpose, other)


async def test_a_link_is_no_key_and_no_session(
    stranger: AsyncClient, engine: Engine, examples: Examples
) -> None:
    for purpose, (_, table, name) in LINKS.items():
        token = link(engine, purpose, table, examples[name])
        for headers in (
            {"Authorization": f"Bearer {token}"},
            {"Cookie": f"{COOKIE}={token}"},
        ):
            assert (await stranger.get("/api/v1/me", headers=headers)).status_code == 401
        assert (await stranger.get(f"/calendars/{token}.ics")).status_code == 404


async def test_a_key_in_the_address_opens_nothing(
    stranger: AsyncClient, engine: Engine, cast: Cast
) -> None:
    secret = key(engine, cast, "amal", Scope.READ)["Authorization"].removeprefix("Bearer ")
    for query in (f"token={secret}", f"access_token={secret}", f"Authorization=Bearer {secret}"):
        assert (await stranger.get(f"/api/v1/me?{query}")).status_code == 401
    as_cookie = {"Cookie": f"{COOKIE}={secret}"}
    assert (await stranger.get("/api/v1/me", headers=as_cookie)).status_code == 401
    as_key = {"Authorization": f"Bearer {secret}"}
    assert (await stranger.get("/api/v1/me", headers=as_key)).status_code == 200


async def test_a_session_is_no_key(stranger: AsyncClient, engine: Engine, cast: Cast) -> None:
    secret = browser(engine, cast, "amal")["Cookie"].split("=", 1)[1]
    as_key = {"Authorization": f"Bearer {secret}"}
    assert (await stranger.get("/api/v1/me", headers=as_key)).status_code == 401


async def test_unknown_and_foreign_links_look_alike(
    stranger: AsyncClient, engine: Engine, examples: Examples
) -> None:
    token = link(engine, LinkPurpose.CONFIRM_RECORD, ServiceRecord, examples["record_id"])
    for path in "abs":
        foreign = await stranger.get(f"/{path}/{token}")
        unknown = await stranger.get(f"/{path}/lw_{'x' * 43}")
        assert foreign.text.replace(token, "") == unknown.text.replace(f"lw_{'x' * 43}", "")


async def test_a_failure_tells_nothing_about_the_inside(engine: Engine, var: Path) -> None:
    def fail() -> None:
        raise RuntimeError("postgresql://lotsenwerk:geheim@db/lotsenwerk SELECT iban")

    app = create_app(engine)
    app.add_api_route("/api/v1/broken", fail)
    transport = ASGITransport(app=app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://test") as caller:
        answer = await caller.get("/api/v1/broken")
    assert answer.status_code == 500
    assert set(answer.json()) == {"type", "title", "status", "detail", "request_id"}
    for inside in ("geheim", "SELECT", "Traceback", "RuntimeError", ".py"):
        assert inside not in answer.text


async def test_trace_is_refused(stranger: AsyncClient) -> None:
    for path in ("/", "/api/v1/me"):
        for method in ("TRACE", "CONNECT", "TRACK"):
            answer = await stranger.request(method, path, headers={"X-Echo": "zurueck"})
            assert answer.status_code in (404, 405)
            assert "zurueck" not in answer.text


@pytest.mark.parametrize("path", WAYS_OUT)
async def test_the_folder_of_static_files_is_no_way_out(stranger: AsyncClient, path: str) -> None:
    assert (await stranger.get("/static/pages.css")).status_code == 200, "control"
    answer = await stranger.get(path)
    assert answer.status_code in (400, 404), answer.text[:200]
    assert "root:" not in answer.text
    assert "class Settings" not in answer.text


async def test_nothing_redirects_to_another_host(stranger: AsyncClient) -> None:
    for path in ("//evil.example/", "/\\evil.example", "/static//evil.example", "/api/v1/me/"):
        for host in ("test", "evil.example"):
            answer = await stranger.get(path, headers={"Host": host})
            target = answer.headers.get("location", "")
            assert not target.startswith("//"), path
            assert "evil.example" not in target, path


async def test_the_host_a_caller_claims_stands_in_no_link(
    stranger: AsyncClient, cast: Cast, examples: Examples
) -> None:
    headers = cast.key("dilan") | {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    body = {"detail": "minimal", "name": "Handy"}
    made = await stranger.post("/api/v1/calendar-feeds", json=body, headers=headers)
    assert made.status_code == 201
    assert made.json()["address"].startswith("http://test/calendars/")
