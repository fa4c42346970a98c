"""`Idempotency-Key`: the same POST twice is one effect, at once, later, and as a form."""

import asyncio
import re
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import Engine, select
from sqlmodel import Session

from app import db, idempotency
from app.main import create_app
from app.tables import IdempotencyKey
from tests.app.callers import LISTS
from tests.app.examples import Examples, furnish, snapshot
from tests.app.operations import Operation, call, contract, operations, rule
from tests.app.ready import caller, made_ready
from tests.app.trials import calling, effects, trial
from tests.app.waiting import Gathering
from tests.cast import Cast
from tests.databases import Databases

KEY = {"Idempotency-Key": "einmal"}
ABSENCE = {"first_day": "2027-05-03", "last_day": "2027-05-04"}
KEYED = [
    one for one in operations() if one.method == "POST" and one.path not in idempotency.WITHOUT_KEY
]
KEYS, TIMES, AT_ONCE = 20, 32, 64


@pytest.fixture
def examples(engine: Engine, cast: Cast) -> Examples:
    """One object of every kind."""
    return furnish(engine, cast)


def kept(engine: Engine) -> list[IdempotencyKey]:
    """Every answer that is kept."""
    with db.open_session(engine, read_only=True) as session:
        return list(session.execute(select(IdempotencyKey)).scalars())


async def absence(client: AsyncClient, cast: Cast, **more: Any) -> Response:
    """Dilan is away for two days in May."""
    path = f"/volunteers/{cast.volunteers['dilan']}/absences"
    arguments = {"json": ABSENCE, "headers": cast.key("dilan") | KEY} | more
    return await client.post(path, **arguments)


async def test_every_post_of_the_contract_is_carried_out_once(
    databases: Databases, engine: Engine, cast: Cast, examples: Examples
) -> None:
    wrong, app = {}, create_app(engine)
    for one in KEYED:
        with made_ready(databases, engine, one) as copy:
            db.serve_on(app, copy)
            found = await _twice(app, cast, examples, one)
        if found:
            wrong[one.name] = found
    assert wrong == {}
    assert len(KEYED) > 40


async def _twice(app: FastAPI, cast: Cast, examples: Examples, one: Operation) -> str:
    """Send an operation twice with one key; what is wrong with it."""
    body = rule(one).body_for(examples)
    engine: Engine = app.state.engine
    async with calling(app) as client:
        headers = cast.key(caller(one)) | KEY
        first = await call(client, one, examples.ids, key=headers, body=body)
        before = snapshot(engine)
        second = await call(client, one, examples.ids, key=headers, body=body)
    if first.status_code >= 300 or first.status_code != second.status_code:
        return f"{first.status_code}, then {second.status_code}: {second.text[:200]}"
    if "idempotency-replayed" in first.headers or "idempotency-replayed" not in second.headers:
        return "the second is not the first again"
    same = _headers(first) == _headers(second) and _blank(first) == _blank(second)
    return "" if same and snapshot(engine) == before else "something differs"


def _headers(answer: Response) -> dict[str, str]:
    """Headers of an answer, but for its length and whether it is given again."""
    own = {"content-length", "idempotency-replayed"}
    return {name: value for name, value in answer.headers.items() if name not in own}


def _blank(answer: Response) -> str:
    """The content without links that act."""
    names = "|".join(idempotency.SECRET_MEMBERS)
    spaces = re.sub(r"\s", "", answer.text)
    return re.sub(rf'"({names})":("[^"]*"|null)', r'"\1":null', spaces)


def _names(schema: Any, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Names of all members of an answer, however deep."""
    if isinstance(schema, list):
        for part in schema:
            yield from _names(part, seen)
    if not isinstance(schema, dict):
        return
    reference = schema.get("$ref", "").rpartition("/")[2]
    if reference and reference not in seen:
        yield from _names(contract()["components"]["schemas"][reference], seen | {reference})
    yield from schema.get("properties", {})
    for part in schema.values():
        yield from _names(part, seen)


def test_no_answer_with_a_secret_is_kept() -> None:
    secret = re.compile(r"(^|_)(secret|token|password|url)$")
    for one in operations():
        if one.method == "POST":
            answers = [one.details["responses"][s] for s in one.details["responses"] if s < "3"]
            found = {name for name in _names(answers) if secret.search(name)}
            hidden = one.path in idempotency.WITHOUT_KEY
            assert hidden or found <= idempotency.SECRET_MEMBERS, one.name


def test_the_contract_names_the_key_where_it_counts() -> None:
    for one in operations():
        names = [p["name"] for p in one.details.get("parameters", [])]
        expected = one.method == "POST" and one.path not in idempotency.WITHOUT_KEY
        assert (idempotency.HEADER in names) is expected, one.name


async def test_another_request_under_the_same_key_is_refused(
    client: AsyncClient, cast: Cast
) -> None:
    assert (await absence(client, cast)).status_code == 201
    other = await absence(client, cast, json=ABSENCE | {"last_day": "2027-05-05"})
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    path = f"/volunteers/{cast.volunteers['dilan']}/extra-times"
    elsewhere = await client.post(path, json=ABSENCE, headers=cast.key("dilan") | KEY)
    assert elsewhere.json()["type"] == "/problems/idempotency-key-reused"


@pytest.mark.parametrize("key", ["", "x" * 101])
async def test_a_key_that_cannot_be_kept_is_refused(
    client: AsyncClient, cast: Cast, engine: Engine, key: str
) -> None:
    headers = cast.key("dilan") | {"Idempotency-Key": key, "Accept-Language": "en"}
    answer = await absence(client, cast, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["detail"] == "The Idempotency-Key must have 1 to 100 characters."
    assert kept(engine) == []


async def test_a_key_answers_only_its_own_account(client: AsyncClient, cast: Cast) -> None:
    body = {"first_day": "2027-01-11", "last_day": "2027-01-16"}
    mine = await client.post("/plans", json=body, headers=cast.key("amal") | KEY)
    theirs = await client.post("/plans", json=body, headers=cast.key("kofi") | KEY)
    assert mine.status_code == theirs.status_code == 202
    assert mine.json()["id"] != theirs.json()["id"]
    assert "idempotency-replayed" not in theirs.headers
    again = await client.post("/plans", json=body, headers=cast.key("amal") | KEY)
    assert again.json() == mine.json()
    assert again.headers["location"] == mine.headers["location"]


async def test_a_refused_request_leaves_its_key_free(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    headers = cast.key("amal") | KEY
    wrong = {"first_day": "2027-01-16", "last_day": "2027-01-11"}
    right = {"first_day": "2027-01-11", "last_day": "2027-01-16"}
    assert (await client.post("/plans", json=wrong, headers=headers)).status_code == 422
    assert kept(engine) == []
    assert (await client.post("/plans", json=right, headers=headers)).status_code == 202


async def test_a_key_ends_after_48_hours(
    client: AsyncClient, cast: Cast, engine: Engine, clock: Any
) -> None:
    first = await absence(client, cast)
    clock.shift(48 * 3600)
    assert (await absence(client, cast)).json() == first.json()
    clock.shift(1)
    other = ABSENCE | {"first_day": "2027-05-04"}
    later = await absence(client, cast, json=other)
    assert later.status_code == 201
    assert later.json()["id"] != first.json()["id"]
    again = await absence(client, cast, json=other)
    assert again.json() == later.json()
    assert len(kept(engine)) == 1


async def test_old_answers_are_forgotten_in_the_background(
    client: AsyncClient, cast: Cast, engine: Engine, clock: Any
) -> None:
    await absence(client, cast)
    clock.shift(47 * 3600)
    await absence(client, cast, headers=cast.key("dilan") | {"Idempotency-Key": "later"})
    clock.shift(2 * 3600)
    with db.transaction(engine) as session:
        idempotency.forget_old(session)
    assert [one.key for one in kept(engine)] == ["later"]


async def test_a_form_sent_again_is_the_same_although_its_boundary_differs(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    headers = cast.key("amal") | KEY
    answers = [await client.post("/imports", files=LISTS, headers=headers) for _ in range(2)]
    assert answers[0].request.headers["content-type"] != answers[1].request.headers["content-type"]
    assert [a.status_code for a in answers] == [200, 200], answers[1].text
    assert answers[1].headers["idempotency-replayed"] == "true"
    other = {"files": ("freiwillige.csv", LISTS["files"][1] + b"1;A;B;1.1.1990;61169;;\n")}
    refused = await client.post("/imports", files=other, headers=headers)
    assert refused.json()["type"] == "/problems/idempotency-key-reused"


def test_links_are_blanked_however_deep_they_stand() -> None:
    body = b'{"items": [{"answer_url": "http://x/a/1", "id": 1}], "confirm_url": "http://x/c/2"}'
    assert idempotency.without_secrets(body) == (
        b'{"items": [{"answer_url": null, "id": 1}], "confirm_url": null}'
    )


def nothing_more(_session: Session) -> None:
    """The trial does what it does anyway."""


async def storm(engine: Engine, cast: Cast) -> list[tuple[str, Response]]:
    """Many clients send each key many times."""
    left = [str(number % KEYS) for number in range(KEYS * TIMES)]
    answers: list[tuple[str, Response]] = []

    async def press(client: AsyncClient) -> None:
        while left:
            key = left.pop()
            headers = cast.key("amal") | {"Idempotency-Key": key}
            answer = await client.post("/trial", headers=headers)
            if answer.status_code == 503:
                left.append(key)
            else:
                answers.append((key, answer))

    async with calling(trial(engine, nothing_more)) as client:
        await asyncio.gather(*(press(client) for _ in range(AT_ONCE)))
    return answers


async def test_each_key_has_one_effect_however_often_it_is_sent_at_once(
    engine: Engine, cast: Cast
) -> None:
    answers = await storm(engine, cast)
    assert effects(engine) == KEYS
    assert Counter(answer.status_code for _, answer in answers) == {201: KEYS * TIMES}
    said = {(key, answer.json()) for key, answer in answers}
    assert len(said) == KEYS
    first = [a for _, a in answers if "idempotency-replayed" not in a.headers]
    assert len(first) == KEYS


async def test_control_without_the_claim_there_are_more_effects(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "claim", lambda *_: None)
    await storm(engine, cast)
    assert effects(engine) == KEYS * TIMES


@pytest.mark.parametrize("claimed", [True, False])
async def test_who_comes_while_the_first_is_at_work_waits_for_its_answer(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch, claimed: bool
) -> None:
    both_begun, keep = Gathering(engine), idempotency.keep
    if not claimed:
        # What was done before keys were claimed: look first, and write at the end.
        monkeypatch.setattr(idempotency, "claim", lambda *_: None)

    def wait_and_keep(*arguments: Any) -> None:
        both_begun.wait()
        keep(*arguments)

    monkeypatch.setattr(idempotency, "keep", wait_and_keep)
    async with calling(trial(engine, nothing_more)) as client:
        calls = [client.post("/trial", headers=cast.key("amal") | KEY) for _ in range(2)]
        answers = await asyncio.gather(*calls)
    assert {a.status_code for a in answers} == {201}
    assert effects(engine) == (1 if claimed else 2)
    assert len({a.json() for a in answers}) == effects(engine)


async def test_who_waited_works_herself_when_the_first_is_refused(
    engine: Engine, cast: Cast
) -> None:
    refuse, begun = [True], threading.Event()

    def refuse_the_first(_session: Session) -> None:
        if refuse:
            refuse.clear()
            begun.set()
            threading.Event().wait(0.3)
            raise idempotency.KeyReused

    headers = cast.key("amal") | KEY
    async with calling(trial(engine, refuse_the_first)) as client:
        first = asyncio.create_task(client.post("/trial", headers=headers))
        await asyncio.to_thread(begun.wait, 10)
        second = await client.post("/trial", headers=headers)
        assert (await first).status_code == 422
    assert second.status_code == 201
    assert effects(engine) == 1
