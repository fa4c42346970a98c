"""Which passwords are taken, how they are kept, and what changing one does."""

import threading
import time
import unicodedata
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from httpx import AsyncClient
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Engine
from time_machine import Traveller

from app import db, jobs, passwords
from app.accounts import arrivals, choosing, factors
from app.accounts.refusals import WeakPassword
from app.settings import Settings
from app.tables import Account
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
from tests.cast import PASSWORD, Cast, in_browser

AMAL = Account(email="amal.beispiel@example.org", name="Amal Beispiel")


@pytest.mark.parametrize(
    "weak",
    [
        "kurz",
        "elf Zeichen",
        "Passwort1234",
        "passwortpasswort",
        "P4ssw0rt2026!!",
        "123456789012",
        "aaaaaaaaaaaa",
        "abababababababab",
        "qwertzuiop123",
        "Sommer2026!!",
        "lotsenwerk2027",
        "FrankfurtFrankfurt1",
        "amal.beispiel",
        "Beispiel-Amal-1",
        "a" * 201,
    ],
)
def test_a_weak_password_is_refused_with_what_to_do(weak: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        choosing.check(weak, AMAL)
    assert refused.value.detail("de").startswith(("Bitte", "Dieses Passwort"))
    assert refused.value.detail("en") != refused.value.detail("de")


@pytest.mark.parametrize(
    "strong",
    [
        PASSWORD,
        NEW,
        "drei grüne Koffer am Gleis",
        "8f3a-92c1-77d0-1b2e",
        "сорок тысяч обезьян",
        "الطيور تحلق فوق النهر",
        "x" + "Kv7#" * 2 + "mWz2!qLp",
        "🦩🌵🪁🧭🛶🧶🪡🧩🎏🪷🐙🦔",
    ],
)
def test_control_a_strong_one_is_taken(strong: str) -> None:
    choosing.check(strong, AMAL)


def test_the_list_of_common_words_is_shipped() -> None:
    words = choosing.WORDS.read_text(encoding="utf-8").split()
    assert len(words) > 400
    assert {"passwort", "willkommen", "qwertz", "lotsenwerk"} <= set(words)


async def test_the_same_letters_fit_however_they_were_composed(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    composed = unicodedata.normalize("NFC", "schöne Grüße aus Büdingen")
    apart = unicodedata.normalize("NFD", composed)
    assert composed != apart
    alter(engine, cast, "amal", password_hash=passwords.hash_password(composed))
    assert (await client.post("/auth/login", json=login("amal", apart))).status_code == 204


async def test_a_hash_of_former_settings_is_made_anew_at_the_next_sign_in(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    old = _made(PASSWORD, 512)
    alter(engine, cast, "amal", password_hash=old)
    assert (await client.post("/auth/login", json=login("amal", "falsch"))).status_code == 401
    assert _hash(engine, cast) == old, "control: a wrong one changes nothing"
    assert (await client.post("/auth/login", json=login("amal"))).status_code == 204
    renewed = _hash(engine, cast)
    assert renewed != old
    assert passwords.is_current(renewed)
    assert (await client.post("/auth/login", json=login("amal"))).status_code == 204
    assert _hash(engine, cast) == renewed


@pytest.mark.parametrize("memory", [512, 1024])
async def test_a_password_that_is_changed_meanwhile_lets_nobody_in_and_stays_changed(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    memory: int,
) -> None:
    alter(engine, cast, "amal", password_hash=_made(PASSWORD, memory))
    verify, new = arrivals.verify_password, _made(NEW, memory)

    def while_she_changes_it(password: str, stored: str | None) -> bool:
        alter(engine, cast, "amal", password_hash=new)
        return verify(password, stored)

    monkeypatch.setattr(arrivals, "verify_password", while_she_changes_it)
    late = await client.post("/auth/login", json=login("amal"))
    assert late.status_code == 401
    assert "set-cookie" not in late.headers
    assert _hash(engine, cast) == new


async def test_a_hash_that_is_made_anew_keeps_nobody_from_writing(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    alter(engine, cast, "amal", password_hash=_made(PASSWORD, 512))
    hashed = arrivals.hash_password

    def while_somebody_writes(password: str) -> str:
        alter(engine, cast, "selin", locale="en")
        return hashed(password)

    monkeypatch.setattr(arrivals, "hash_password", while_somebody_writes)
    assert (await client.post("/auth/login", json=login("amal"))).status_code == 204


def _made(password: str, memory: int) -> str:
    return Argon2Hasher(memory_cost=memory, parallelism=1).hash(password)


def _hash(engine: Engine, cast: Cast) -> str:
    with db.transaction(engine) as session:
        return session.get_one(Account, cast.accounts["amal"]).password_hash or ""


def test_a_hash_is_argon2id_with_the_memory_of_the_settings() -> None:
    assert passwords.hash_password("x").startswith("$argon2id$v=19$m=1024,")
    assert Settings.model_fields["password_memory_kib"].default == 65536, "64 MiB where it is real"


def test_so_many_hashes_are_computed_at_once_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    busy, most, lock = 0, 0, threading.Lock()

    def slowly(*_said: object, **_more: object) -> str:
        nonlocal busy, most
        with lock:
            busy, most = busy + 1, max(most, busy + 1)
        time.sleep(0.02)
        with lock:
            busy -= 1
        return "x"

    stored = passwords.hash_password("x")
    monkeypatch.setattr(Argon2Hasher, "hash", slowly)
    monkeypatch.setattr(Argon2Hasher, "verify", slowly)
    with ThreadPoolExecutor(8) as pool:
        made = [pool.submit(passwords.hash_password, "x") for _ in range(8)]
        tried = [pool.submit(passwords.verify_password, "x", stored) for _ in range(8)]
        assert len([one.result() for one in (*made, *tried)]) == 16
    assert most == passwords.AT_ONCE


async def test_known_and_unknown_addresses_get_the_same_bytes_for_the_same_work(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    alter(engine, cast, "kofi", password_hash=None)
    alter(engine, cast, "selin", active=False)
    hashed: Counter[str] = Counter()
    verify = Argon2Hasher.verify

    def counted(self: Argon2Hasher, password: str | bytes, stored: str | bytes) -> bool:
        hashed["verify"] += 1
        return verify(self, password, stored)

    monkeypatch.setattr(Argon2Hasher, "verify", counted)
    seen = set()
    for body in (login("amal", "x"), login("nie", "x"), login("kofi", "x"), login("selin")):
        hashed.clear()
        answer = await client.post("/auth/login", json=body)
        seen.add(
            (answer.status_code, answer.content, tuple(answer.headers.items()), hashed["verify"])
        )
    assert len(seen) == 1
    assert next(iter(seen))[0] == 401
    assert next(iter(seen))[3] == 1


async def test_control_without_the_hash_for_nobody_the_work_tells(
    client: AsyncClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []

    def quick(password: str, stored: str | None) -> bool:
        if stored is None:
            return False
        hashed.append(password)
        return passwords.verify_password(password, stored)

    monkeypatch.setattr(arrivals, "verify_password", quick)
    for name in ("amal", "nie"):
        await client.post("/auth/login", json=login(name, "x"))
    assert len(hashed) == 1


async def test_a_new_password_ends_all_other_sessions_and_is_told_by_mail(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    here, there = await signed_in(client, "amal"), await signed_in(client, "amal")
    wrong = await client.post("/auth/password", json={"new": NEW, "old": "falsch"}, headers=here)
    assert wrong.status_code == 422
    answer = await client.post("/auth/password", json={"new": NEW, "old": PASSWORD}, headers=here)
    assert answer.status_code == 204, answer.text
    renewed = in_browser(secret_of(answer))
    assert (await client.get("/me", headers=renewed)).status_code == 200
    assert (await client.get("/me", headers=here)).status_code == 401, "a new secret"
    assert (await client.get("/me", headers=there)).status_code == 401
    assert (await client.post("/auth/login", json=login("amal"))).status_code == 401
    assert (await client.post("/auth/login", json=login("amal", NEW))).status_code == 204
    jobs.work_all(engine)
    assert newest(var).subject == "Ihr Passwort wurde geändert"
    assert NEW not in newest(var).text


async def test_a_password_is_only_set_by_who_knows_the_old_one_or_has_just_shown_it(
    client: AsyncClient, cast: Cast, clock: Traveller
) -> None:
    here = await signed_in(client, "amal")
    clock.shift(11 * 60)
    late = await client.post("/auth/password", json={"new": NEW}, headers=here)
    assert (late.status_code, late.json()["type"]) == (403, "/problems/proof-needed")
    proof = await client.post("/auth/proof", json={"password": PASSWORD}, headers=here)
    fresh = in_browser(secret_of(proof))
    assert (await client.post("/auth/password", json={"new": NEW}, headers=fresh)).is_success


async def test_a_weak_new_password_changes_nothing(client: AsyncClient, cast: Cast) -> None:
    here = await signed_in(client, "amal")
    body = {"new": "Passwort1234", "old": PASSWORD}
    answer = await client.post("/auth/password", json=body, headers=here)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/weak-password")
    assert "leicht zu erraten" in answer.json()["detail"]
    assert (await client.get("/me", headers=here)).status_code == 200


async def test_the_mailbox_alone_never_takes_over_who_pays(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    fatma = await by_mail(client, engine, var, "fatma")
    for path, body in (("/auth/password", {"new": NEW}), ("/auth/factor/totp", None)):
        answer = await client.post(path, json=body, headers=fatma)
        assert answer.status_code == 403
        assert answer.json()["type"] == "/problems/old-password-needed", path
    amal = await by_mail(client, engine, var, "amal")
    forgotten = await client.post("/auth/password", json={"new": NEW}, headers=amal)
    assert forgotten.status_code == 204, "who needs no second factor may have forgotten it"


async def test_control_without_that_rule_the_mailbox_would_be_enough(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    var: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(factors, "require_more_than_mail", lambda session, actor: None)
    fatma = await by_mail(client, engine, var, "fatma")
    assert (await client.post("/auth/password", json={"new": NEW}, headers=fatma)).is_success
    assert (await client.post("/auth/login", json=login("fatma", NEW))).is_success


async def test_who_lost_her_password_and_has_her_app_sets_a_new_one(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    lea = await by_mail(client, engine, var, "lea")
    answer = await client.post("/auth/factor", json={"code": app_code()}, headers=lea)
    lea = in_browser(secret_of(answer))
    assert (await client.post("/auth/password", json={"new": NEW}, headers=lea)).is_success


async def test_what_was_mailed_before_a_change_is_void(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    here = await signed_in(client, "amal")
    await client.post("/auth/link", json={"email": "amal@example.org"})
    jobs.work_all(engine)
    code = mails(var)[-1].code
    await client.post("/auth/password", json={"new": NEW, "old": PASSWORD}, headers=here)
    answer = await client.post("/auth/code", json={"email": "amal@example.org", "code": code})
    assert answer.status_code == 401
