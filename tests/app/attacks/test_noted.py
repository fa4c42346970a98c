"""What an attack leaves in the log: which route, which refusal, which account, and no person."""

import logging

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from app.tables import Scope
from tests.app.attacks.doors import key
from tests.cast import Cast


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.name == "app.errors"]


async def test_who_tries_what_her_part_may_not_is_noted(
    client: AsyncClient, cast: Cast, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    path = f"/volunteers/{cast.volunteers['mirela']}/languages"
    await client.post(path, json={"language": "ar"}, headers=cast.key("dilan"))
    leaked = key(engine, cast, "amal", Scope.READ)
    await client.post(path, json={"language": "ar"}, headers=leaked)
    forbidden, scope = lines(caplog)
    route = "/volunteers/{volunteer_id}/languages"
    assert route in forbidden
    assert f"forbidden, account {cast.accounts['dilan']}" in forbidden
    assert f"scope-missing, account {cast.accounts['amal']}" in scope


async def test_wrong_passwords_are_noted_without_the_address(
    client: AsyncClient, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    body = {"email": "amal@example.org", "password": "falsch geraten"}
    await client.post("/auth/login", json=body)
    (line,) = lines(caplog)
    assert "wrong-password, account nobody" in line
    assert "amal" not in caplog.text
    assert "falsch" not in caplog.text


@pytest.mark.parametrize(
    ("path", "form", "slug"),
    [
        ("/sign-in", {"email": "amal@example.org", "password": "falsch"}, "wrong-password"),
        ("/sign-in/code", {"email": "amal@example.org", "code": "000000"}, "wrong-code"),
        ("/sign-in/factor", {"code": "000000"}, "code-refused"),
        ("/account/proof", {"password": "falsch"}, "password-refused"),
    ],
)
async def test_a_guess_on_a_page_is_noted_like_one_at_the_interface(
    client: AsyncClient,
    cast: Cast,
    caplog: pytest.LogCaptureFixture,
    path: str,
    form: dict[str, str],
    slug: str,
) -> None:
    caplog.set_level(logging.WARNING)
    headers = {"Sec-Fetch-Site": "same-origin"}
    if "email" not in form:
        headers |= cast.browser("lea")
    await client.post(f"http://test{path}", data=form, headers=headers)
    (line,) = lines(caplog)
    assert f"POST {path}: {slug}, account" in line
    assert "falsch" not in caplog.text


async def test_a_form_of_another_site_is_noted(
    client: AsyncClient, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    await client.post("http://test/sign-in", data={}, headers={"Sec-Fetch-Site": "cross-site"})
    (line,) = lines(caplog)
    assert "POST /sign-in: cross-site" in line


async def test_no_link_and_no_ordinary_mistake_gets_into_the_log(
    client: AsyncClient, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    await client.get("http://test/a/lw_geheim")
    await client.get("/calendars/lw_geheim.ics")
    await client.get("/me")
    await client.get("/volunteers/nonsense", headers=cast.key("amal"))
    assert lines(caplog) == []
    assert "geheim" not in caplog.text
