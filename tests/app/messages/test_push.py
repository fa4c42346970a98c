"""Pushes: read by the browser alone, signed by our key, to addresses of the open internet only."""

import json
import os
import stat
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import http_ece
import pytest
from httpx import AsyncClient
from py_vapid import Vapid02
from sqlalchemy import Engine
from sqlmodel import select
from time_machine import Traveller

from app import db, fetching
from app.clock import now
from app.messages import people, push
from app.settings import get_settings
from app.tables import Event, Message, MessageState, PushSubscription
from app.upkeep import clearing
from tests.app.accounts.ways import signed_in
from tests.app.examples import MORNING
from tests.app.messages.conftest import Configure, Talk
from tests.app.messages.servers import Line, Phone, b64, unb64, vapid_claims
from tests.cast import PASSWORD, Cast

Status = Callable[[Line], tuple[int, dict[str, str]]]
Ends = Callable[[AsyncClient, dict[str, str]], Awaitable[None]]


def status(code: int, **headers: str) -> Status:
    """An answer of a push service."""
    return lambda _line: (code, headers)


def test_the_browser_alone_can_read_it(talk: Talk, pushes: Line) -> None:
    phone = talk.subscribe(pushes)
    message_id = talk.ask(expires_at=now() + timedelta(hours=3))
    talk.work()
    path, headers, body = pushes.seen[0]
    assert path == "/phone"
    assert b"Friedberg" not in body
    subject_id = str(talk.message(message_id).subject_id)
    assert phone.opened(body) == {
        "title": "Anfrage: Dienstag, 12.01.2027",
        "body": "Anfrage: 12.01. 10:00, Friedberg",
        "url": "http://test/a/lw_geheimes-wort",
        "tag": subject_id,
        "event": "offer",
        "lang": "de",
    }
    assert headers["ttl"] == "10800", "as long as it can be answered"
    assert headers["urgency"] == "high"
    assert headers["content-encoding"] == "aes128gcm"
    assert len(headers["topic"]) <= 32
    with pytest.raises(http_ece.ECEException, match="InvalidTag"):
        Phone().opened(body)


def test_it_is_signed_for_this_push_service(talk: Talk, pushes: Line) -> None:
    talk.subscribe(pushes)
    talk.tell(Event.BOOKED)
    talk.work()
    claims, key = vapid_claims(pushes.seen[0][1])
    assert claims["aud"] == f"http://push.example:{pushes.port}"
    assert 0 < claims["exp"] - now().timestamp() <= 24 * 3600
    assert claims["sub"] == "mailto:noreply@lotsenwerk.invalid"
    assert key == push.public_key(get_settings())


def test_every_browser_is_woken_and_one_is_enough(talk: Talk, pushes: Line) -> None:
    talk.subscribe(pushes, name="phone")
    talk.subscribe(pushes, name="tablet")
    pushes.answer = lambda line: (503, {}) if len(line.seen) == 1 else (201, {})
    message_id = talk.tell(Event.BOOKED)
    talk.work()
    assert [path for path, _, _ in pushes.seen] == ["/phone", "/tablet"]
    assert talk.message(message_id).state == MessageState.SENT


@pytest.mark.parametrize("code", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(
    engine: Engine, talk: Talk, pushes: Line, code: int
) -> None:
    talk.subscribe(pushes)
    talk.change(email="")
    pushes.answer = status(code)
    message_id = talk.tell(Event.CANCELLED)
    talk.work()
    message = talk.message(message_id)
    assert (message.state, message.failure) == ("dead", "push: no browser is left")
    with db.transaction(engine) as session:
        assert session.exec(select(PushSubscription)).all() == []
    assert talk.channels()[0] == "mail", "to the address of her account"


@pytest.mark.parametrize(
    ("answer", "pause"),
    [
        (status(503), timedelta(minutes=1)),
        (status(429, **{"Retry-After": "1800"}), timedelta(minutes=30)),
        (status(429, **{"Retry-After": "nie"}), timedelta(minutes=1)),
        (status(401), timedelta(minutes=1)),
        (status(302, Location="http://127.0.0.1/"), timedelta(minutes=1)),
    ],
)
def test_what_may_pass_is_tried_again(
    talk: Talk, pushes: Line, answer: Status, pause: timedelta
) -> None:
    talk.subscribe(pushes)
    pushes.answer = answer
    message_id = talk.tell(Event.BOOKED)
    talk.work()
    message = talk.message(message_id)
    assert (message.state, message.due_at - now()) == (MessageState.QUEUED, pause)
    assert len(pushes.seen) == 1
    pushes.answer = status(201)
    talk.later(seconds=pause.total_seconds() + 1)
    assert talk.message(message_id).state == MessageState.SENT


def test_a_message_that_is_too_large_is_not_tried_again(talk: Talk, pushes: Line) -> None:
    talk.subscribe(pushes)
    pushes.answer = status(413)
    message_id = talk.tell(Event.BOOKED)
    talk.work()
    assert talk.message(message_id).state == MessageState.DEAD


def test_the_inside_is_not_spoken_to(
    talk: Talk, pushes: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk.subscribe(pushes)
    closed = fetching.Rules(
        resolve=lambda _host, _port: ["127.0.0.1"],
        schemes=frozenset({"http"}),
        ports=frozenset({pushes.port}),
    )
    monkeypatch.setattr(push, "RULES", closed)
    message_id = talk.tell(Event.BOOKED)
    talk.work()
    assert pushes.seen == []
    assert talk.message(message_id).failure == "push: forbidden_host"


def test_the_service_keeps_to_the_open_internet() -> None:
    assert push.RULES is fetching.SERVICE


class TestKey:
    """Our own key: made once, read by nobody else, or given."""

    def test_it_is_made_when_it_is_first_needed(self, var: Path) -> None:
        key = push.public_key(get_settings())
        path = var / "vapid.pem"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        push.key.cache_clear()
        assert push.public_key(get_settings()) == key
        assert len(unb64(key)) == 65
        assert os.listdir(var) == ["vapid.pem"]

    def test_two_processes_at_once_make_one(self, var: Path) -> None:
        push._make(var / "vapid.pem")
        before = (var / "vapid.pem").read_bytes()
        push._make(var / "vapid.pem")
        assert (var / "vapid.pem").read_bytes() == before

    @pytest.mark.parametrize("form", ["pem", "raw"])
    def test_it_may_be_given(self, var: Path, configure: Configure, form: str) -> None:
        made = Vapid02()
        made.generate_keys()
        number = made.private_key.private_numbers().private_value.to_bytes(32, "big")
        configure(vapid_key=made.private_pem().decode() if form == "pem" else b64(number))
        assert push.key(get_settings()).public_key == made.public_key
        assert not (var / "vapid.pem").exists()

    def test_a_wrong_one_is_named_and_not_shown(self, configure: Configure) -> None:
        configure(vapid_key="geheim, aber falsch")
        with pytest.raises(ValueError, match="LOTSENWERK_VAPID_KEY") as refused:
            push.key(get_settings())
        assert "geheim" not in str(refused.value)
        assert refused.value.__suppress_context__


async def test_a_browser_is_entered_listed_and_taken_away(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    body = {"endpoint": "https://push.example/s/1", "keys": Phone().keys, "label": "Handy"}
    made = await client.post("/push-subscriptions", json=body, headers=cast.key("dilan"))
    assert made.status_code == 201, made.text
    assert (made.json()["label"], made.json()["host"]) == ("Handy", "push.example")
    assert "/s/1" not in made.text, "whoever knows the address can wake the browser"
    path = f"/push-subscriptions/{made.json()['id']}"
    for name, status_code in (("mirela", 404), ("amal", 404), ("dilan", 204), ("dilan", 404)):
        assert (await client.delete(path, headers=cast.key(name))).status_code == status_code, name
    assert (await client.get("/push-subscriptions", headers=cast.key("dilan"))).json() == []


async def test_the_same_browser_belongs_to_whoever_signed_in_last(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    body = {"endpoint": "https://push.example/s/1", "keys": Phone().keys}
    for name in ("dilan", "dilan", "mirela"):
        made = await client.post("/push-subscriptions", json=body, headers=cast.key(name))
        assert made.status_code == 201, made.text
    counts = {}
    for name in ("dilan", "mirela"):
        listed = await client.get("/push-subscriptions", headers=cast.key(name))
        counts[name] = len(listed.json())
    assert counts == {"dilan": 0, "mirela": 1}


async def _at(client: AsyncClient, name: str) -> dict[str, str]:
    """Dilan signs in on a telephone of this name, which may be woken from then on."""
    here = await signed_in(client, "dilan")
    endpoint = f"https://push.example/{name}"
    body = {"endpoint": endpoint, "keys": Phone().keys, "label": name}
    made = await client.post("/push-subscriptions", json=body, headers=here)
    assert made.status_code == 201, made.text
    return here


async def _woken(client: AsyncClient, cast: Cast) -> set[str]:
    listed = await client.get("/push-subscriptions", headers=cast.key("dilan"))
    return {one["label"] for one in listed.json()}


async def _ends_one(client: AsyncClient, here: dict[str, str]) -> None:
    _, other, *_ = (await client.get("/sessions", headers=here)).json()
    assert (await client.delete(f"/sessions/{other['id']}", headers=here)).status_code == 204


async def _ends_others(client: AsyncClient, here: dict[str, str]) -> None:
    assert (await client.post("/sessions/revoke-others", headers=here)).is_success


async def _takes_a_new_password(client: AsyncClient, here: dict[str, str]) -> None:
    body = {"old": PASSWORD, "new": "Neun Kraniche ziehen los"}
    assert (await client.post("/auth/password", json=body, headers=here)).status_code == 204


@pytest.mark.parametrize("ends", [_ends_one, _ends_others, _takes_a_new_password])
async def test_a_lost_telephone_hears_nothing_once_its_session_has_ended(
    client: AsyncClient, cast: Cast, engine: Engine, ends: Ends
) -> None:
    await _at(client, "lost")
    here = await _at(client, "kept")
    assert await _woken(client, cast) == {"lost", "kept"}
    await ends(client, here)
    assert await _woken(client, cast) == {"kept"}
    assert _browsers(engine, cast) == 1, "the same that messages go to"
    clearing.clear(engine)
    with db.transaction(engine) as session:
        left = session.exec(select(PushSubscription)).all()
    assert [row.label for row in left] == ["kept"]


async def test_a_telephone_that_nobody_uses_any_more_hears_nothing(
    client: AsyncClient, cast: Cast, engine: Engine, clock: Traveller
) -> None:
    await _at(client, "drawer")
    clock.shift(timedelta(days=13))
    assert _browsers(engine, cast) == 1
    clock.shift(timedelta(days=2))
    assert _browsers(engine, cast) == 0
    wishes = await client.get("/message-preferences", headers=cast.key("dilan"))
    assert "push" not in wishes.json()["open_channels"]


async def test_a_new_secret_of_the_same_session_leaves_it_awake(
    client: AsyncClient, cast: Cast
) -> None:
    here = await _at(client, "phone")
    answer = await client.post("/auth/proof", json={"password": PASSWORD}, headers=here)
    assert answer.status_code == 204
    assert await _woken(client, cast) == {"phone"}


def _browsers(engine: Engine, cast: Cast) -> int:
    """To how many browsers a message to Dilan would go."""
    with db.transaction(engine) as session:
        message = Message(
            account_id=cast.accounts["dilan"], sponsor_id=cast.wetterau,
            event=Event.BOOKED, recipient="", subject="", body="", due_at=now(),
        )  # fmt: skip
        return len(people.recipient(session, message).browsers)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"endpoint": "http://push.example/s/1"}, "Push-Dienst"),
        ({"endpoint": "https://127.0.0.1/s"}, "Push-Dienst"),
        ({"endpoint": "https://localhost/s"}, "Push-Dienst"),
        ({"endpoint": "https://push.example:8443/s"}, "Push-Dienst"),
        ({"endpoint": "https://a:b@push.example/s"}, "Push-Dienst"),
        ({"keys": {"p256dh": "A" * 87, "auth": "A" * 22}}, "Schlüssel"),
    ],
)
async def test_what_is_no_push_service_is_refused_with_a_sentence(
    client: AsyncClient, cast: Cast, changes: dict[str, Any], sentence: str
) -> None:
    body = {"endpoint": "https://push.example/s/1", "keys": Phone().keys, **changes}
    answer = await client.post("/push-subscriptions", json=body, headers=cast.key("dilan"))
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]


async def test_nobody_has_twenty_one_browsers(client: AsyncClient, cast: Cast) -> None:
    keys = Phone().keys
    for number in range(21):
        body = {"endpoint": f"https://push.example/{number}", "keys": keys}
        answer = await client.post("/push-subscriptions", json=body, headers=cast.key("dilan"))
        assert answer.status_code == (201 if number < 20 else 409)


async def test_the_key_is_the_one_that_signs(client: AsyncClient, cast: Cast, var: Path) -> None:
    answer = await client.get("/push-key", headers=cast.key("dilan"))
    assert answer.json() == {"key": push.public_key(get_settings())}
    assert json.dumps(answer.json()).count("PRIVATE") == 0


def test_a_browser_hears_of_an_appointment_until_it_begins(talk: Talk, pushes: Line) -> None:
    talk.subscribe(pushes)
    talk.tell(Event.BOOKED, starts_at=now() + timedelta(hours=1))
    talk.tell(Event.BOOKED, starts_at=MORNING)
    talk.work()
    assert [headers["ttl"] for _, headers, _ in pushes.seen] == ["3600", str(2 * 24 * 3600)]
