"""Sending to addresses that people give: as guarded as fetching, and nothing is followed."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from app.fetching import FetchRefused, Rules, Taken, post
from tests.app.webhooks.receiver import CERTIFICATE, INSIDE, Receiver

BODY = b'{"a": 1}'
HEADERS = {"User-Agent": "Lotsenwerk-Test", "Content-Type": "application/json"}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on loopback."""
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def odd() -> Iterator[Callable[[bytes], int]]:
    """A server that sends raw bytes and then hangs; its port."""
    ended = threading.Event()
    begun: list[tuple[socket.socket, threading.Thread]] = []

    def begin(reply: bytes, *, drip: bytes = b"") -> int:
        listening = socket.create_server((INSIDE, 0))

        def run() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                try:
                    connection.sendall(reply)
                    while drip and not ended.wait(0.02):
                        connection.sendall(drip)
                    ended.wait(20)
                except OSError:
                    return

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        begun.append((listening, thread))
        return int(listening.getsockname()[1])

    yield begin
    ended.set()
    for listening, thread in begun:
        listening.close()
        thread.join(timeout=10)


def rules(port: int, *, inside: bool = True, seconds: float = 3.0) -> Rules:
    """Rules under which every name leads to a port on loopback."""
    return Rules(
        resolve=lambda _host, _port: [INSIDE],
        allowed=frozenset({INSIDE} if inside else ()),
        schemes=frozenset({"http"}),
        ports=frozenset({port}),
        seconds=seconds,
    )


def refusal(port: int, by: Rules) -> str:
    """The code with which something is not sent."""
    with pytest.raises(FetchRefused) as refused:
        post(f"http://calendar.example:{port}/in", BODY, HEADERS, rules=by)
    return refused.value.code


def test_what_is_sent_arrives_and_nothing_else_goes_along(receiver: Receiver) -> None:
    receiver.status, receiver.headers = 202, {"Set-Cookie": "a=b"}
    for _ in range(2):
        assert post(receiver.address, BODY, HEADERS, rules=receiver.rules()) == Taken(202)
    for came in receiver.seen:
        assert came.body == BODY
        assert set(came.headers) == {
            "host", "user-agent", "content-type", "content-length", "accept", "accept-encoding",
            "connection",
        }  # fmt: skip
        assert came.headers["host"].startswith("calendar.example:")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(receiver: Receiver, status: int) -> None:
    receiver.status, receiver.headers = status, {"Location": receiver.address + "2"}
    assert post(receiver.address, BODY, HEADERS, rules=receiver.rules()).status == status
    assert len(receiver.seen) == 1


def test_what_lies_inside_is_never_reached(receiver: Receiver) -> None:
    port = receiver.server.server_port
    assert refusal(port, rules(port, inside=False)) == "forbidden_host"
    assert receiver.seen == []
    post(receiver.address, BODY, HEADERS, rules=rules(port))
    assert len(receiver.seen) == 1, "control: with the guard off it arrives"


def test_a_name_that_changes_its_mind_is_asked_once(receiver: Receiver) -> None:
    told: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        told.append(host)
        return [INSIDE] if len(told) == 1 else ["127.0.0.2"]

    by = replace(receiver.rules(), resolve=rebinding)
    assert post(receiver.address, BODY, HEADERS, rules=by).status == 200
    assert told == ["calendar.example"]
    port = receiver.server.server_port
    assert refusal(port, by) == "forbidden_host", "control: asked again it is refused"


def test_an_address_that_is_closed_is_passed_over(receiver: Receiver) -> None:
    several = ["127.0.1.1", INSIDE]
    by = replace(receiver.rules(), resolve=lambda *_: several, allowed=frozenset(several))
    assert post(receiver.address, BODY, HEADERS, rules=by).status == 200
    assert len(receiver.seen) == 1


@pytest.mark.parametrize(
    ("reply", "drip"),
    [
        (b"", b""),
        (b"", b"x"),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
        (b"HTTP/1.1 100 \r\n\r\n", b""),
    ],
    ids=["silence", "noise", "headers", "promise"],
)
def test_who_is_slow_is_left(odd: Callable[..., int], reply: bytes, drip: bytes) -> None:
    port = odd(reply, drip=drip)
    assert refusal(port, rules(port, seconds=0.6)) in ("too_slow", "unreachable")


@pytest.mark.parametrize(
    "head", ["Content-Length: 100000000000", "Transfer-Encoding: chunked", "Content-Encoding: gzip"]
)
def test_of_the_answer_only_the_head_is_read(odd: Callable[..., int], head: str) -> None:
    """However long or packed the rest, or never coming."""
    port = odd(
        f"HTTP/1.1 200 OK\r\n{head}\r\nRetry-After: {'9' * 100}\r\n\r\n".encode(), drip=b"x" * 9999
    )
    taken = post(f"http://calendar.example:{port}/in", BODY, HEADERS, rules=rules(port))
    assert taken == Taken(200, "9" * 40)


@pytest.mark.parametrize(
    "reply", [b"SSH-2.0-OpenSSH_9\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300_000]
)
def test_what_is_no_answer_is_a_failure(odd: Callable[..., int], reply: bytes) -> None:
    port = odd(reply)
    assert refusal(port, rules(port, seconds=1.0)) in ("too_slow", "unreachable")


def test_nobody_listens_is_a_failure() -> None:
    with socket.create_server((INSIDE, 0)) as taken:
        port = taken.getsockname()[1]
    assert refusal(port, rules(port)) == "unreachable"


def test_the_certificate_is_that_of_the_name() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    secured = Receiver(tls=context)
    try:
        assert post(secured.address, BODY, HEADERS, rules=secured.rules()).status == 200
        other = secured.address.replace("calendar", "other")
        nobody = replace(secured.rules(), tls=None)
        for target, by in ((other, secured.rules()), (secured.address, nobody)):
            with pytest.raises(FetchRefused, match="certificate"):
                post(target, BODY, HEADERS, rules=by)
        assert len(secured.seen) == 1
    finally:
        secured.close()
