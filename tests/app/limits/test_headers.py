"""Every kind of answer carries what a browser needs to protect the person before it."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy import Engine

from app import access
from app.headers import DATA_POLICY, HEADERS, PAGE_POLICY
from app.main import create_app
from app.settings import get_settings
from tests.app.examples import furnish
from tests.app.operations import address, operations, rule
from tests.cast import Cast

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
OWN_CACHE = {"/calendars/"}
"""A calendar program keeps its copy by its nature; it asks each time whether it is still right."""


@pytest.fixture
async def door(engine: Engine) -> AsyncIterator[AsyncClient]:
    """The service as a browser meets it; a failure is an answer."""
    transport = ASGITransport(app=create_app(engine), raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://test") as made:
        yield made


def check(answer: Response) -> None:
    """Hold one answer against the rules."""
    said, where = answer.headers, (answer.request.method, answer.url.path, answer.status_code)
    for name, value in HEADERS.items():
        assert name in said, (name, where)
        if name not in ("Content-Security-Policy", "Cache-Control", "Referrer-Policy"):
            assert said[name] == value, where
        assert len(said.get_list(name)) == 1, (name, where)
    # A form of a page that signs somebody in has to say from where it comes: the site, no more.
    assert said["referrer-policy"] in ("no-referrer", "strict-origin"), where
    is_page = said.get("content-type", "").startswith("text/html")
    assert said["content-security-policy"] == (PAGE_POLICY if is_page else DATA_POLICY), where
    is_static = answer.url.path.startswith("/static/") and answer.status_code in (200, 304)
    if not is_static and not answer.url.path.startswith(tuple(OWN_CACHE)):
        assert said["cache-control"] == "no-store", where
    assert "server" not in said, where
    assert "x-powered-by" not in said, where


@pytest.mark.sqlite
async def test_every_operation_answers_with_them_right_and_wrong(
    door: AsyncClient, cast: Cast, engine: Engine
) -> None:
    examples, seen = furnish(engine, cast), set()
    for operation in operations():
        path = "/api/v1" + address(operation, examples.ids)
        key = cast.key(rule(operation).who[0])
        for headers in ({}, key, cast.key("kofi")):
            answer = await door.request(operation.method, path, headers=headers)
            check(answer)
            seen.add(answer.status_code)
    assert seen >= {200, 401, 403, 404, 422}


async def test_pages_errors_and_files_carry_them(
    door: AsyncClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[int, str, str, dict[str, Any]]] = [
        (200, "GET", "/", {}),
        (200, "HEAD", "/", {}),
        (200, "GET", "/livez", {}),
        (200, "HEAD", "/livez", {}),
        (200, "GET", "/readyz", {}),
        (200, "GET", "/static/pages.css", {}),
        (200, "HEAD", "/static/pages.css", {}),
        (404, "GET", "/static/nothing.css", {}),
        (405, "POST", "/static/pages.css", {}),
        (200, "GET", "/api/v1/openapi.json", {}),
        (200, "HEAD", "/api/v1/openapi.json", {}),
        (404, "GET", "/nowhere", {}),
        (404, "GET", "/nowhere", {"headers": HTML}),
        (404, "HEAD", "/nowhere", {}),
        (405, "DELETE", "/", {}),
        (405, "DELETE", "/", {"headers": HTML}),
        (405, "OPTIONS", "/api/v1/me", {}),
        (405, "TRACE", "/api/v1/me", {}),
        (413, "POST", "/api/v1/auth/login", {"headers": {"Content-Length": "99999999"}}),
        (413, "POST", "/a/lw_x", {"content": b"x" * 70_000, "headers": HTML}),
        (414, "GET", "/" + "a" * 5000, {}),
        (404, "GET", "/api/v1/me/", {}),
    ]
    for path in sorted(access.PUBLIC | access.PUBLIC_POSTS):
        token = path.replace("{token}", "lw_unknown")
        calls.append((0, "GET", token, {}))
        calls.append((0, "HEAD", token, {}))
    for status, method, path, more in calls:
        answer = await door.request(method, path, **more)
        assert status in (0, answer.status_code), (method, path, answer.status_code)
        check(answer)
    monkeypatch.setattr("app.db.set_scope", None)
    broken = await door.get("/api/v1/me", headers=cast.key("amal"))
    assert broken.status_code == 500
    check(broken)


async def test_files_of_the_pages_may_be_kept_and_nothing_else(door: AsyncClient) -> None:
    kept = await door.get("/static/pages.css")
    assert kept.headers["cache-control"] == "public, max-age=3600"
    again = await door.get("/static/pages.css", headers={"If-None-Match": kept.headers["etag"]})
    assert again.status_code == 304
    check(again)
    missing = await door.get("/static/none.css")
    assert missing.headers["cache-control"] == "no-store"


async def test_https_is_remembered_only_where_it_is_served(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def said(base_url: str, path: str) -> str | None:
        monkeypatch.setenv("LOTSENWERK_BASE_URL", base_url)
        get_settings.cache_clear()
        transport = ASGITransport(app=create_app(engine), raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url="http://test") as client:
            return (await client.get(path)).headers.get("strict-transport-security")

    for path in ("/", "/livez", "/api/v1/me", "/nowhere", "/static/pages.css"):
        assert await said("https://lotsen.example.org", path) == "max-age=31536000"
        assert await said("http://127.0.0.1:8000", path) is None
    monkeypatch.setattr("app.db.set_scope", None)
    monkeypatch.setattr("app.access.current_actor", None)
    assert await said("https://lotsen.example.org", "/api/v1/me") == "max-age=31536000"


@pytest.mark.sqlite
async def test_head_says_what_get_would_say_and_sends_no_body(
    door: AsyncClient, cast: Cast, engine: Engine
) -> None:
    examples = furnish(engine, cast)
    paths = ["/", "/livez", "/static/pages.css", "/nowhere"]
    paths += ["/api/v1" + address(one, examples.ids) for one in operations() if one.method == "GET"]
    for path in paths:
        key = cast.key("amal")
        whole, head = await door.get(path, headers=key), await door.head(path, headers=key)
        assert head.status_code == whole.status_code, path
        assert head.content == b""
        assert head.headers["content-type"] == whole.headers["content-type"]
        assert head.headers.get("content-length") == whole.headers.get("content-length"), path


@pytest.mark.parametrize("path", ["/tippfehler", "/a", "/A/lw_x", "/static/weg.css", "/a/b/c"])
async def test_a_mistyped_address_is_a_page_for_people_and_data_for_programs(
    door: AsyncClient, path: str
) -> None:
    page = await door.get(path, headers=HTML)
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert 'lang="de"' in page.text
    assert "Diese Seite gibt es nicht." in page.text
    assert 'href="/">Zur Startseite' in page.text
    english = await door.get(path, headers=HTML | {"Accept-Language": "en"})
    assert "There is no such page." in english.text
    assert 'href="/">To the start page' in english.text
    for accept in ("*/*", "application/json"):
        data = await door.get(path, headers={"Accept": accept})
        assert data.json()["type"] == "/problems/not-found"
        assert data.json()["detail"] == "Das gibt es hier nicht."
    beneath = await door.get("/api/v1" + path, headers=HTML)
    assert beneath.headers["content-type"] == "application/problem+json"


async def test_a_page_that_takes_no_such_form_says_so(door: AsyncClient) -> None:
    page = await door.delete("/", headers=HTML)
    assert page.status_code == 405
    assert "Das geht an dieser Adresse nicht." in page.text
    assert page.headers["allow"]
    data = await door.delete("/api/v1/me", headers=HTML)
    assert data.json()["detail"] == "Das geht an dieser Adresse nicht."


async def test_a_page_loads_nothing_but_our_own_files(door: AsyncClient) -> None:
    """No script, no style beside the file, nothing from elsewhere: the policy forbids it all."""
    for path in ("/", "/tippfehler"):
        text = (await door.get(path, headers=HTML)).text
        assert not re.search(r"<script|<style|\son\w+=|style=|javascript:|https?://", text)
    for part in PAGE_POLICY.split("; "):
        assert not re.search(r"unsafe|\*|https?:|data:|blob:", part)
    assert PAGE_POLICY.startswith("default-src 'none'")


async def test_control_without_the_middleware_they_are_missing(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.headers.headers_of", lambda *_: {})
    async with AsyncClient(
        transport=ASGITransport(app=create_app(engine)), base_url="http://test"
    ) as bare:
        with pytest.raises(AssertionError):
            check(await bare.get("/"))
