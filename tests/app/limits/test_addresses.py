"""Sixty and more hostile addresses for everything that fetches: nobody inside is ever called."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from app import fetching
from app.fetching import FetchRefused, Rules, fetch, post
from tests.app.callers import POINT
from tests.app.examples import snapshot
from tests.app.limits.addresses import HOSTILE, NAMES, Name
from tests.cast import Cast

PUSH = {"keys": {"p256dh": POINT, "auth": "A" * 22}, "label": "Handy"}
PUBLIC_AFTER_ALL = "https://public.example#@"
"""What stands behind the sign belongs to no host: this leads outside, as it says."""


@dataclass
class Listener:
    """Waits on loopback, old and new, and counts who calls."""

    port: int = 0
    calls: list[str] = field(default_factory=list)

    def wait(self, listening: socket.socket) -> None:
        """Count until it is closed; whoever calls is told to go away."""
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                self.calls.append(f"{connection.getsockname()[0]}")
                connection.settimeout(1)
                connection.recv(1024)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


@contextmanager
def listening_inside() -> Iterator[Listener]:
    """The one who must not be called, on 127.0.0.1 and, where there is one, on ::1."""
    listener = Listener()
    sockets = [socket.create_server(("127.0.0.1", 0))]
    listener.port = sockets[0].getsockname()[1]
    with suppress(OSError):
        sockets.append(
            socket.create_server(
                ("::1", listener.port), family=socket.AF_INET6, dualstack_ipv6=False
            )
        )
    threads = [threading.Thread(target=listener.wait, args=(one,), daemon=True) for one in sockets]
    for thread in threads:
        thread.start()
    yield listener
    for one in sockets:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
    for thread in threads:
        thread.join(timeout=10)


@pytest.fixture
def inside() -> Iterator[Listener]:
    """Somebody who must not be called."""
    with listening_inside() as listener:
        yield listener


def written(port: int) -> list[str]:
    """Every hostile address for this listener."""
    return [one.replace("{port}", str(port)) for one in HOSTILE]


def test_there_are_sixty_different_ones() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 60
    assert len(NAMES) >= 15


def answering(name: Name) -> Callable[[str, int], list[str]]:
    """A name service that says something else each time."""
    said = iter(name.says)
    last: list[list[str]] = [[]]

    def resolve(_host: str, _port: int) -> list[str]:
        last[0] = list(next(said, last[0]))
        return last[0]

    return resolve


Call = Callable[[str, Rules], Any]
CALLS: dict[str, Call] = {
    "read": lambda address, rules: fetch(address, rules=rules),
    "send": lambda address, rules: post(address, b"{}", {"Content-Type": "x/y"}, rules=rules),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("ports", ["as served", "the listener's"])
def test_no_hostile_address_calls_anybody_inside(inside: Listener, call: str, ports: str) -> None:
    # Names are looked up nowhere: those of the list must be refused by their form, or end here.
    rules = replace(fetching.SERVICE, resolve=lambda _host, _port: ["127.0.0.1"], seconds=2.0)
    addresses = written(inside.port)
    if ports != "as served":
        # Neither port nor scheme stands in the way: only where it leads is held against the rules.
        rules = replace(rules, schemes=frozenset({"http"}), ports=frozenset({inside.port}))
        addresses = [one.replace("https://", "http://") for one in addresses]
    for address in addresses:
        with pytest.raises(FetchRefused):
            CALLS[call](address, rules)
    assert inside.calls == []


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("name", NAMES, ids=lambda one: one.what)
def test_no_hostile_name_calls_anybody_inside(inside: Listener, call: str, name: Name) -> None:
    """The port of the listener is open here: only where a name leads is held against the rules."""
    rules = Rules(
        resolve=answering(name),
        schemes=frozenset({"http"}),
        ports=frozenset({inside.port}),
        seconds=0.3,
    )
    address = name.path.replace("https://", "http://").replace("/a.ics", f":{inside.port}/a.ics")
    for _ in range(2):
        with pytest.raises(FetchRefused):
            CALLS[call](address, rules)
    assert inside.calls == []


@pytest.mark.parametrize("call", CALLS)
def test_control_with_the_guard_off_somebody_is_called(
    inside: Listener, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "is_public", lambda _address: True)
    monkeypatch.setattr(fetching, "_is_name", lambda _host: True)
    open_rules = Rules(
        resolve=fetching.system_addresses,
        schemes=frozenset({"http"}),
        ports=frozenset({inside.port}),
        seconds=2.0,
    )
    tried = [one for one in written(inside.port) if one.startswith("https://")]
    for address in tried:
        with suppress(FetchRefused):
            CALLS[call](address.replace("https://", "http://"), open_rules)
    assert len(inside.calls) >= 10


@pytest.mark.parametrize("call", CALLS)
def test_control_with_the_guard_off_a_hostile_name_leads_inside(
    inside: Listener, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "is_public", lambda _address: True)
    rules = Rules(
        resolve=answering(NAMES[0]),
        schemes=frozenset({"http"}),
        ports=frozenset({inside.port}),
        seconds=2.0,
    )
    CALLS[call](f"http://public.example:{inside.port}/a.ics", rules)
    assert inside.calls == ["127.0.0.1"]


def test_a_redirect_leads_nowhere_inside(inside: Listener) -> None:
    """Somebody public sends us on, to each of the addresses."""
    with sending_on() as (public, targets, answered):
        rules = Rules(
            resolve=lambda _host, _port: ["127.0.0.2"],
            allowed=frozenset({"127.0.0.2"}),
            schemes=frozenset({"http"}),
            ports=frozenset({public, inside.port}),
            seconds=2.0,
        )
        for address in written(inside.port):
            targets.append(address.replace("https://", "http://"))
            with pytest.raises(FetchRefused):
                fetch(f"http://public.example:{public}/a.ics", rules=rules)
    assert set(answered) == set(targets), "each was sent"
    assert inside.calls == []


class sending_on:  # noqa: N801 - used like a function
    """A public server on 127.0.0.2 whose every answer leads to the newest target."""

    def __enter__(self) -> tuple[int, list[str], list[str]]:
        """Begin to answer; the port, the targets, and those that were sent."""
        self.targets: list[str] = []
        self.answered: list[str] = []
        self.listening = socket.create_server(("127.0.0.2", 0))
        self.thread = threading.Thread(target=self._answer, daemon=True)
        self.thread.start()
        return self.listening.getsockname()[1], self.targets, self.answered

    def _answer(self) -> None:
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                connection.recv(4096)
                target = self.targets[-1]
                self.answered.append(target)
                to = target.encode("utf-8", "ignore").replace(b"\r", b"").replace(b"\n", b"")
                connection.sendall(
                    b"HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 0\r\nLocation: "
                    + to
                    + b"\r\n\r\n"
                )

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.thread.join(timeout=10)


def test_a_redirect_that_cannot_be_read_is_a_refusal() -> None:
    """The library reads it although nobody follows: whatever it stumbles over stays inside."""
    with sending_on() as (public, targets, _):
        rules = Rules(
            resolve=lambda _host, _port: ["127.0.0.2"],
            allowed=frozenset({"127.0.0.2"}),
            schemes=frozenset({"http"}),
            ports=frozenset({public}),
            seconds=5.0,
        )
        targets.append("http://xn--localhost/")
        for call in CALLS.values():
            with pytest.raises(FetchRefused):
                call(f"http://public.example:{public}/a", rules)


PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


def test_a_proxy_of_the_environment_is_not_asked(
    inside: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in PROXIES:
        monkeypatch.setenv(name, f"http://127.0.0.1:{inside.port}")
    monkeypatch.setenv("NO_PROXY", "")
    rules = replace(fetching.SERVICE, resolve=lambda _host, _port: ["192.0.2.1"], seconds=0.3)
    monkeypatch.setattr(fetching, "is_public", lambda _address: True)
    with pytest.raises(FetchRefused):
        fetch("https://public.example/a.ics", rules=rules)
    assert inside.calls == []


def _stored(kind: str, cast: Cast, address: str) -> tuple[str, str, dict[str, Any]]:
    """Who gives which address where."""
    return {
        "busy feed": (
            "dilan",
            f"/volunteers/{cast.volunteers['dilan']}/busy-feeds",
            {"address": address, "name": "Kalender"},
        ),
        "webhook": ("lea", "/webhooks", {"address": address, "events": ["request.created"]}),
        "push": ("dilan", "/push-subscriptions", {"endpoint": address, **PUSH}),
    }[kind]


@pytest.mark.parametrize("kind", ["busy feed", "webhook", "push"])
async def test_what_cannot_be_fetched_is_not_even_stored(
    client: AsyncClient, cast: Cast, engine: Engine, inside: Listener, kind: str
) -> None:
    who, path, body = _stored(kind, cast, "https://public.example/a")
    right = await client.post(path, json=body, headers=cast.key(who))
    assert right.status_code == 201, f"control: {right.text}"
    before, taken = snapshot(engine), []
    for address in written(inside.port):
        if address.startswith(PUBLIC_AFTER_ALL):
            continue
        who, path, body = _stored(kind, cast, address)
        answer = await client.post(path, json=body, headers=cast.key(who))
        assert answer.status_code < 500, (address, answer.text)
        if answer.status_code < 400:
            taken.append(address)
        else:
            assert answer.status_code == 422, (address, answer.text)
    assert taken == [], "the form alone tells that these lead nowhere good"
    assert snapshot(engine) == before
    assert inside.calls == []
