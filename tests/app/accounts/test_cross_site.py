"""No other site acts in somebody's name, and none signs her in as somebody else."""

import pytest
from httpx import AsyncClient

from app import access
from tests.app.accounts.ways import login, secret_of
from tests.cast import Cast, in_browser

LOGOUT = "/auth/logout"


async def cookie(client: AsyncClient) -> str:
    """The cookie of a fresh session, as a browser sends it."""
    secret = secret_of(await client.post("/auth/login", json=login("amal")))
    return in_browser(secret)["Cookie"]


FOREIGN: list[dict[str, str]] = [
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://test"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://test.evil.example"},
    {"Origin": "null"},
    {"Referer": "http://test/"},
]
OURS: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://test"},
]


@pytest.mark.parametrize("sent", FOREIGN)
async def test_another_site_writes_nothing_with_the_cookie(
    client: AsyncClient, cast: Cast, sent: dict[str, str]
) -> None:
    headers = {"Cookie": await cookie(client), access.OURS: "1"} | sent
    answer = await client.post(LOGOUT, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/cross-site")
    assert (await client.get("/me", headers=headers)).status_code == 200, "still signed in"


@pytest.mark.parametrize("sent", OURS)
async def test_a_form_cannot_reach_the_interface_even_from_our_own_site(
    client: AsyncClient, cast: Cast, sent: dict[str, str]
) -> None:
    headers = {"Cookie": await cookie(client)} | sent
    assert (await client.post(LOGOUT, headers=headers)).status_code == 403


@pytest.mark.parametrize("sent", OURS)
async def test_control_our_own_pages_do(
    client: AsyncClient, cast: Cast, sent: dict[str, str]
) -> None:
    headers = {"Cookie": await cookie(client), access.OURS: "1"} | sent
    assert (await client.post(LOGOUT, headers=headers)).status_code == 204


async def test_a_key_needs_no_such_header(client: AsyncClient, cast: Cast) -> None:
    assert (await client.post(LOGOUT, headers=cast.key("amal"))).status_code == 204


@pytest.mark.parametrize("path", ["/auth/login", "/auth/link", "/auth/code"])
@pytest.mark.parametrize(
    "sent", [one for one in FOREIGN if {"Sec-Fetch-Site", "Origin"} & set(one)]
)
async def test_another_site_signs_nobody_in(
    client: AsyncClient, cast: Cast, path: str, sent: dict[str, str]
) -> None:
    body = {"/auth/link": {"email": "amal@example.org"}}.get(path, login("amal"))
    if path == "/auth/code":
        body = {"email": "amal@example.org", "code": "000000"}
    answer = await client.post(path, json=body, headers=sent)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/cross-site")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("sent", [{}, *OURS])
async def test_control_our_page_and_programs_do(
    client: AsyncClient, cast: Cast, sent: dict[str, str]
) -> None:
    answer = await client.post("/auth/login", json=login("amal"), headers=sent)
    assert answer.status_code == 204


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_no_form_is_read_as_json(client: AsyncClient, cast: Cast, kind: str) -> None:
    body = b'{"email": "amal@example.org", "password": "Der Reiher steht im Schilf"}'
    headers = {"Content-Type": kind} if kind else {}
    answer = await client.post("/auth/login", content=body, headers=headers)
    assert answer.status_code == 422
