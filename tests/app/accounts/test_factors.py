"""The second factor: who needs one, what counts as one, and that no code counts twice."""

import asyncio
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, delete
from time_machine import Traveller

from app import db, jobs
from app.accounts import factors
from app.clock import now
from app.tables import Membership
from tests.app.accounts.ways import (
    NEW,
    alter,
    app_code,
    by_mail,
    login,
    mails,
    newest,
    secret_of,
    signed_in,
)
from tests.cast import APP_SECRET, PASSWORD, Cast, in_browser

Headers = dict[str, str]


def alone(engine: Engine, cast: Cast, name: str) -> None:
    """Nobody else pays at Wetterau."""
    with db.transaction(engine) as session:
        session.exec(
            delete(Membership).where(
                col(Membership.sponsor_id) == cast.wetterau,
                col(Membership.account_id) != cast.accounts[name],
                col(Membership.role).in_(["finance", "lead"]),
            )
        )


async def mailed_factor(client: AsyncClient, engine: Engine, var: Path, here: Headers) -> str:
    """The code that goes to somebody who is signed in."""
    answer = await client.post("/auth/factor/mail", headers=here)
    assert answer.status_code == 202, answer.text
    jobs.work_all(engine)
    assert "/l/" not in newest(var).text, "a second factor is no link to sign in"
    return newest(var).code


async def test_with_a_password_alone_who_pays_reaches_only_her_own_account(
    client: AsyncClient, cast: Cast
) -> None:
    lea = await signed_in(client, "lea")
    for path in ("/payruns", "/claims", "/service-records", "/sponsors", "/audit"):
        answer = await client.get(path, headers=lea)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/factor-needed"), path
    me = (await client.get("/me", headers=lea)).json()
    assert me["factor"] == {"needed": True, "app": True, "mail": False}
    given = await client.post("/auth/factor", json={"code": app_code()}, headers=lea)
    assert given.status_code == 204, given.text
    whole = in_browser(secret_of(given))
    assert (await client.get("/payruns", headers=whole)).status_code == 200
    assert (await client.get("/me", headers=whole)).json()["factor"]["needed"] is False
    assert (await client.get("/me", headers=lea)).status_code == 401, "the old secret has ended"


@pytest.mark.parametrize("name", ["fatma", "lea", "otto", "arno", "petra"])
async def test_every_part_with_power_waits_for_a_second_factor(
    client: AsyncClient, cast: Cast, name: str
) -> None:
    here = await signed_in(client, name)
    assert (await client.get("/me", headers=here)).json()["factor"]["needed"] is True


@pytest.mark.parametrize("name", ["amal", "selin", "dilan"])
async def test_control_the_others_need_none(client: AsyncClient, cast: Cast, name: str) -> None:
    here = await signed_in(client, name)
    assert (await client.get("/me", headers=here)).json()["factor"]["needed"] is False
    assert (await client.get("/sponsors", headers=here)).status_code == 200


async def test_a_code_of_the_app_is_taken_once(
    client: AsyncClient, cast: Cast, clock: Traveller
) -> None:
    code = app_code()
    first, second = await signed_in(client, "lea"), await signed_in(client, "lea")
    given = await client.post("/auth/factor", json={"code": code}, headers=first)
    assert given.status_code == 204
    again = await client.post("/auth/factor", json={"code": code}, headers=second)
    assert (again.status_code, again.json()["type"]) == (422, "/problems/code-refused")
    earlier = await client.post("/auth/factor", json={"code": app_code(steps=-1)}, headers=second)
    assert earlier.status_code == 422, "nor one from before it"
    clock.shift(30)
    fresh = await client.post("/auth/factor", json={"code": app_code()}, headers=second)
    assert fresh.status_code == 204


@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 204), (0, 204), (1, 204), (2, 422)])
async def test_a_clock_may_be_half_a_minute_wrong(
    client: AsyncClient, cast: Cast, steps: int, status: int
) -> None:
    here = await signed_in(client, "lea")
    body = {"code": app_code(steps=steps)}
    assert (await client.post("/auth/factor", json=body, headers=here)).status_code == status


async def test_of_many_who_use_one_code_at_once_one_is_taken(
    client: AsyncClient, cast: Cast
) -> None:
    body = {"code": app_code()}
    browsers = [await signed_in(client, "lea") for _ in range(4)]
    calls = [client.post("/auth/factor", json=body, headers=here) for here in browsers]
    answers = await asyncio.gather(*calls)
    assert sorted(answer.status_code for answer in answers) == [204, 422, 422, 422]


async def test_control_without_the_step_a_code_is_taken_again(
    client: AsyncClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(factors, "_take_step", lambda session, account_id, step: None)
    for _ in range(2):
        here = await signed_in(client, "lea")
        body = {"code": app_code()}
        assert (await client.post("/auth/factor", json=body, headers=here)).status_code == 204


async def test_codes_of_the_app_are_not_guessed(client: AsyncClient, cast: Cast) -> None:
    here = await signed_in(client, "lea")
    wrong = "000000" if app_code() != "000000" else "000001"
    for _ in range(5):
        answer = await client.post("/auth/factor", json={"code": wrong}, headers=here)
        assert answer.status_code == 422
    there = await signed_in(client, "lea")
    right = await client.post("/auth/factor", json={"code": app_code()}, headers=there)
    assert right.status_code == 429, "counted for the account, not for the browser"


async def test_an_app_is_set_up_with_its_first_code(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path, clock: Traveller
) -> None:
    here, there = await signed_in(client, "fatma"), await signed_in(client, "fatma")
    begun = (await client.post("/auth/factor/totp", headers=here)).json()
    uri = urlsplit(begun["uri"])
    assert (uri.scheme, parse_qs(uri.query)["secret"]) == ("otpauth", [begun["secret"]])
    assert begun["qr_svg"].startswith("<svg")
    assert "http" not in begun["qr_svg"].replace('xmlns="http://www.w3.org/2000/svg"', "")
    wrong = await client.post("/auth/factor/totp/confirm", json={"code": "000000"}, headers=here)
    assert wrong.status_code == 422
    assert (await client.get("/payruns", headers=here)).status_code == 403
    body = {"code": app_code(begun["secret"])}
    done = await client.post("/auth/factor/totp/confirm", json=body, headers=here)
    assert done.status_code == 204, done.text
    here = in_browser(secret_of(done))
    assert (await client.get("/payruns", headers=here)).status_code == 200
    again = await client.post("/auth/factor", json=body, headers=there)
    assert again.status_code == 422, "its first code is used up"
    twice = await client.post("/auth/factor/totp", headers=here)
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/app-in-place")
    jobs.work_all(engine)
    assert newest(var).subject == "Eine App wurde eingerichtet"
    assert begun["secret"] not in newest(var).text
    with db.transaction(engine) as session:
        stored = session.connection().exec_driver_sql("SELECT totp_secret FROM account").all()
    assert begun["secret"] not in str(stored), "sealed"


async def test_the_first_code_of_an_app_is_not_guessed(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    here = await signed_in(client, "fatma")
    begun = (await client.post("/auth/factor/totp", headers=here)).json()
    right = app_code(begun["secret"])
    wrong = {"code": "000000" if right != "000000" else "000001"}
    for _ in range(5):
        refused = await client.post("/auth/factor/totp/confirm", json=wrong, headers=here)
        assert refused.status_code == 422
    late = await client.post("/auth/factor/totp/confirm", json={"code": right}, headers=here)
    assert late.status_code == 429


async def test_a_mailbox_alone_does_not_end_what_somebody_else_began(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    hers = await signed_in(client, "fatma")
    begun = (await client.post("/auth/factor/totp", headers=hers)).json()
    here = await by_mail(client, engine, var, "fatma")
    body = {"code": app_code(begun["secret"])}
    refused = await client.post("/auth/factor/totp/confirm", json=body, headers=here)
    assert refused.json()["type"] == "/problems/old-password-needed"
    done = await client.post("/auth/factor/totp/confirm", json=body, headers=hers)
    assert done.status_code == 204


async def test_where_the_mailbox_is_the_second_factor_a_password_alone_sets_up_no_app(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    alone(engine, cast, "fatma")
    here = await signed_in(client, "fatma")
    refused = await client.post("/auth/factor/totp", headers=here)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/factor-needed")
    code = await mailed_factor(client, engine, var, here)
    given = await client.post("/auth/factor", json={"code": code}, headers=here)
    begun = await client.post("/auth/factor/totp", headers=in_browser(secret_of(given)))
    assert begun.status_code == 200, "with both she may"


async def test_an_app_that_waits_for_its_first_code_is_no_way_round_the_mailbox(
    client: AsyncClient, pages: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    alone(engine, cast, "fatma")
    hers = await signed_in(client, "fatma")
    code = await mailed_factor(client, engine, var, hers)
    hers = in_browser(
        secret_of(await client.post("/auth/factor", json={"code": code}, headers=hers))
    )
    begun = (await client.post("/auth/factor/totp", headers=hers)).json()
    there = await signed_in(client, "fatma")
    shown = await pages.post("/account/app/confirm", data={"code": "x"}, headers=there)
    assert begun["secret"] not in shown.text
    assert shown.headers["location"] == "/sign-in/factor"
    body = {"code": app_code(begun["secret"])}
    refused = await client.post("/auth/factor/totp/confirm", json=body, headers=there)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/factor-needed")
    done = await client.post("/auth/factor/totp/confirm", json=body, headers=hers)
    assert done.status_code == 204, "control: who began it goes on"


async def test_setting_up_an_app_needs_a_fresh_proof(
    client: AsyncClient, cast: Cast, clock: Traveller
) -> None:
    here = await signed_in(client, "fatma")
    clock.shift(11 * 60)
    late = await client.post("/auth/factor/totp", headers=here)
    assert late.json()["type"] == "/problems/proof-needed"


async def test_an_app_is_removed_only_with_its_code_and_a_fresh_proof(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path, clock: Traveller
) -> None:
    half = await signed_in(client, "lea")
    refused = await client.delete("/auth/factor/totp", headers=half)
    assert refused.json()["type"] == "/problems/factor-needed"
    given = await client.post("/auth/factor", json={"code": app_code()}, headers=half)
    whole = in_browser(secret_of(given))
    clock.shift(11 * 60)
    refused = await client.delete("/auth/factor/totp", headers=whole)
    assert refused.json()["type"] == "/problems/proof-needed"
    proof = await client.post("/auth/proof", json={"code": app_code()}, headers=whole)
    whole = in_browser(secret_of(proof))
    there = cast.browser("lea")
    assert (await client.delete("/auth/factor/totp", headers=whole)).status_code == 204
    assert (await client.get("/me", headers=there)).status_code == 401, "other sessions end"
    jobs.work_all(engine)
    assert newest(var).subject == "Die App wurde entfernt"


async def test_who_has_an_app_is_asked_for_it_whatever_her_part(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    alter(engine, cast, "amal", totp_secret=APP_SECRET, totp_since=now())
    here = await signed_in(client, "amal")
    assert (await client.get("/requests", headers=here)).status_code == 403
    given = await client.post("/auth/factor", json={"code": app_code()}, headers=here)
    here = in_browser(secret_of(given))
    assert (await client.get("/requests", headers=here)).status_code == 200


async def test_who_is_alone_in_paying_may_take_a_code_by_mail(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    alone(engine, cast, "fatma")
    here = await signed_in(client, "fatma")
    assert (await client.get("/me", headers=here)).json()["factor"] == {
        "needed": True, "app": False, "mail": True,
    }  # fmt: skip
    code = await mailed_factor(client, engine, var, here)
    given = await client.post("/auth/factor", json={"code": code}, headers=here)
    assert given.status_code == 204, given.text
    here = in_browser(secret_of(given))
    assert (await client.get("/payruns", headers=here)).status_code == 200


async def test_a_mailed_code_is_no_factor_for_a_part_that_comes_later(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    here = await signed_in(client, "amal")
    code = await mailed_factor(client, engine, var, here)
    proof = await client.post("/auth/proof", json={"code": code}, headers=here)
    here = in_browser(secret_of(proof))
    made = await client.post("/api-tokens", json={"name": "Skript"}, headers=here)
    key = {"Authorization": f"Bearer {made.json()['token']}"}
    with db.transaction(engine) as session:
        amal = cast.accounts["amal"]
        session.add(Membership(account_id=amal, sponsor_id=cast.wetterau, role="finance"))
    for shown in (here, key):
        assert (await client.get("/requests", headers=shown)).status_code == 200
        refused = await client.get("/payruns", headers=shown)
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/factor-needed")


async def test_a_mailed_link_and_a_mailed_code_are_one_factor(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    alone(engine, cast, "fatma")
    here = await by_mail(client, engine, var, "fatma")
    code = await mailed_factor(client, engine, var, here)
    given = await client.post("/auth/factor", json={"code": code}, headers=here)
    assert (given.status_code, given.json()["type"]) == (409, "/problems/app-needed")
    proof = await client.post("/auth/proof", json={"code": code}, headers=here)
    if proof.is_success:
        here = in_browser(secret_of(proof))
    assert (await client.get("/payruns", headers=here)).status_code == 403


async def test_control_with_the_password_the_same_mailbox_is_the_second(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    alone(engine, cast, "fatma")
    here = await by_mail(client, engine, var, "fatma")
    proof = await client.post("/auth/proof", json={"password": PASSWORD}, headers=here)
    here = in_browser(secret_of(proof))
    assert (await client.get("/payruns", headers=here)).status_code == 200


@pytest.mark.parametrize("name", ["fatma", "otto", "arno", "petra"])
async def test_for_all_others_with_power_a_mailed_code_is_no_factor(
    client: AsyncClient, cast: Cast, engine: Engine, name: str
) -> None:
    here = await signed_in(client, name)
    answer = await client.post("/auth/factor/mail", headers=here)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/app-needed")
    assert jobs.work_all(engine) == 0


async def test_who_has_an_app_gets_no_code_by_mail(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    alone(engine, cast, "lea")
    here = await signed_in(client, "lea")
    assert (await client.post("/auth/factor/mail", headers=here)).status_code == 409


async def test_a_code_to_confirm_signs_nobody_in(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    here = await signed_in(client, "amal")
    code = await mailed_factor(client, engine, var, here)
    body = {"email": "amal@example.org", "code": code}
    assert (await client.post("/auth/code", json=body)).status_code == 401
    there = await signed_in(client, "selin")
    assert (await client.post("/auth/proof", json={"code": code}, headers=there)).status_code == 422
    assert (await client.post("/auth/proof", json={"code": code}, headers=here)).is_success


async def test_an_invited_person_sets_password_and_app_and_then_needs_both(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path, clock: Traveller
) -> None:
    alter(engine, cast, "fatma", password_hash=None)
    here = await by_mail(client, engine, var, "fatma")
    assert (await client.get("/payruns", headers=here)).status_code == 403
    chosen = await client.post("/auth/password", json={"new": NEW}, headers=here)
    here = in_browser(secret_of(chosen))
    clock.shift(60)
    again = await client.post("/auth/password", json={"new": PASSWORD}, headers=here)
    assert again.json()["type"] == "/problems/old-password-needed", "the mailbox has had its turn"
    assert (await client.post("/auth/login", json=login("fatma", NEW))).status_code == 204
    assert len(mails(var)) == 1
