"""Bytes that mean one thing to a proxy and another to us: spoken to a real server, line by line."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from httpx import AsyncClient
from sqlalchemy import Engine

from app.cli import server_config
from app.main import create_app
from app.tables import Scope
from tests.app.attacks.doors import key
from tests.cast import Cast

FIRST = b"GET /api/v1/regions HTTP/1.1\r\nHost: test\r\n\r\n"
SECOND = FIRST.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
POST = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
AMBIGUOUS = {
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 60\r\n\r\n{}" + SECOND,
    "two lengths in one": POST + b"Content-Length: 2, 60\r\n\r\n{}" + SECOND,
    "a length with a sign": POST + b"Content-Length: +2\r\n\r\n{}" + SECOND,
    "a length with a blank": POST + b"Content-Length : 2\r\n\r\n{}" + SECOND,
    "an odd coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SECOND,
    "coding twice": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + SECOND,
    "a chunk that is no number": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n" + SECOND,
    "a chunk longer than said": POST
    + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}xx\r\n0\r\n\r\n"
    + SECOND,
    "a nought in a name": POST + b"X-Na\x00me: a\r\n\r\n" + SECOND,
    "a nought in a value": POST + b"X-Name: a\x00b\r\n\r\n" + SECOND,
    "a blank before the first header": b"GET / HTTP/1.1\r\n Host: test\r\n\r\n" + SECOND,
    "no host": b"GET /api/v1/regions HTTP/1.1\r\n\r\n" + SECOND,
    "two hosts": b"GET /api/v1/regions HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + SECOND,
}
"""By what is wrong; behind each a second request that nobody meant."""


@pytest.fixture
def port(engine: Engine, cast: Cast) -> Iterator[int]:
    """The service as it is run, on a port of its own."""
    config = server_config(create_app(engine), "127.0.0.1", 0, "critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def said(port: int, sent: bytes) -> bytes:
    """Everything the server answers until it hangs up."""
    got = b""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(sent)
        while part := line.recv(65536):
            got += part
    return got


def answers(text: bytes) -> list[int]:
    """The status of each answer."""
    return [int(part[:3]) for part in text.split(b"HTTP/1.1 ")[1:]]


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_two_lengths_are_one_refusal(port: int, name: str) -> None:
    got = said(port, AMBIGUOUS[name])
    assert len(answers(got)) == 1, got[:400]
    assert answers(got)[0] in (400, 501), got[:400]
    assert b"uvicorn" not in got.lower()


def test_control_two_plain_requests_are_two_answers(port: int) -> None:
    assert answers(said(port, FIRST + SECOND)) == [200, 200]


def test_a_length_beside_a_coding_does_not_decide(port: int) -> None:
    """The coding counts (RFC 9112, 6.3): a proxy that took the length must not be believed."""
    both = b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    assert answers(said(port, POST + both + SECOND)) == [422, 200]


@pytest.mark.parametrize("path", ["/%0d%0aSet-Cookie:%20a=b", "/x%0aX-Injected:%201", "/a/%00"])
def test_a_path_writes_no_header(port: int, path: str) -> None:
    got = said(port, f"GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".encode())
    head = got.partition(b"\r\n\r\n")[0].lower()
    assert answers(got)[0] in (400, 404, 422), got[:300]
    assert b"set-cookie" not in head
    assert b"x-injected" not in head


async def test_a_parameter_named_twice_opens_nothing(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    """One value is looked at and used, never one looked at and the other used."""
    query = f"from=2027-01-01&to=2027-01-31&sponsor_id={cast.wetterau}&sponsor_id={cast.fulda}"
    for turned in (query, "&".join(reversed(query.split("&")))):
        foreign = turned.endswith(str(cast.fulda))
        answer = await client.get(f"/reports/hours?{turned}", headers=cast.key("amal"))
        assert answer.status_code == (404 if foreign else 200)
        assert str(cast.fulda) not in answer.text
    both = {"Authorization": "Bearer lw_nobody"} | key(engine, cast, "amal", Scope.READ)
    assert (await client.get("/me", headers=both)).json()["name"] == "Amal"


async def test_two_keys_at_once_are_not_the_stronger_one(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    weak, strong = key(engine, cast, "amal", Scope.READ), cast.key("amal")
    for first, second in ((weak, strong), (strong, weak)):
        headers = [("Authorization", one["Authorization"]) for one in (first, second)]
        answer = await client.post(
            f"/volunteers/{cast.volunteers['dilan']}/languages",
            json={"language": "ar", "level": "B2"},
            headers=headers,
        )
        assert answer.status_code in (201, 401, 403)
        if first is weak:
            assert answer.status_code != 201, "the first one counts"
