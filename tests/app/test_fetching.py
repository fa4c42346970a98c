"""Fetching from addresses that people give: a real server on loopback stands for the inside."""

import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from app import fetching
from app.fetching import FetchRefused, Rules, fetch

CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
INSIDE = "127.0.0.1"
CERTIFICATE = Path(__file__).parent / "certificate.pem"
"""For calendar.example, until 2125, with its key: nobody but these tests trusts it."""
Answer = Callable[[socket.socket], None]


def answer(status: str, *headers: str, body: bytes = b"") -> bytes:
    """An answer as it goes over the line."""
    head = [f"HTTP/1.1 {status}", "Connection: close", *headers, "", ""]
    return "\r\n".join(head).encode() + body


@dataclass
class Server:
    """A server on loopback that notes what reaches it."""

    answers: list[bytes | Answer]
    tls: ssl.SSLContext | None = None
    seen: list[str] = field(default_factory=list)
    port: int = 0

    def run(self, listening: socket.socket) -> None:
        """Answer one after the other until the socket is closed."""
        for reply in self.answers:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                self._serve(connection, reply)

    def _serve(self, plain: socket.socket, reply: bytes | Answer) -> None:
        plain.settimeout(10)
        try:
            connection = self.tls.wrap_socket(plain, server_side=True) if self.tls else plain
            self.seen.append(connection.recv(65536).decode())
            if callable(reply):
                reply(connection)
            else:
                connection.sendall(reply)
            connection.close()
        except OSError:
            return


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Begin a server with its answers."""
    begun: list[tuple[socket.socket, threading.Thread]] = []

    def begin(*answers: bytes | Answer, tls: ssl.SSLContext | None = None) -> Server:
        listening = socket.create_server((INSIDE, 0))
        server = Server(list(answers), tls, port=listening.getsockname()[1])
        thread = threading.Thread(target=server.run, args=(listening,), daemon=True)
        thread.start()
        begun.append((listening, thread))
        return server

    yield begin
    for listening, thread in begun:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(timeout=10)


def rules(server: Server, *, inside: bool = True, scheme: str = "http") -> Rules:
    """Rules under which every name leads to the server; without `inside` it is out of bounds."""
    return Rules(
        resolve=lambda _host, _port: [INSIDE],
        allowed=frozenset({INSIDE} if inside else ()),
        schemes=frozenset({scheme}),
        ports=frozenset({server.port}),
        seconds=3.0,
    )


def address(server: Server, path: str = "/a.ics", scheme: str = "http") -> str:
    """A public name that leads to the server."""
    return f"{scheme}://calendar.example:{server.port}{path}"


def refusal(target: str, by: Rules, etag: str = "") -> str:
    """The code with which a fetch is refused."""
    with pytest.raises(FetchRefused) as refused:
        fetch(target, etag=etag, rules=by)
    assert str(refused.value) == refused.value.code
    return refused.value.code


def test_a_calendar_comes_with_its_tag(serve: Callable[..., Server]) -> None:
    server = serve(answer("200 OK", 'ETag: "7"', body=CALENDAR))
    came = fetch(address(server), etag='"6"', rules=rules(server))
    assert (came.content, came.etag, came.unchanged) == (CALENDAR, '"7"', False)
    (request,) = server.seen
    assert request.startswith("GET /a.ics HTTP/1.1\r\n")
    lines = {line.split(":")[0].lower() for line in request.split("\r\n")[1:] if line}
    assert lines == {
        "host", "accept", "accept-encoding", "connection", "user-agent", "if-none-match",
    }  # fmt: skip
    assert f"Host: calendar.example:{server.port}\r\n" in request
    assert "Accept-Encoding: identity\r\n" in request


def test_nothing_new_is_nothing_new(serve: Callable[..., Server]) -> None:
    server = serve(answer("304 Not Modified"))
    assert fetch(address(server), etag='"6"', rules=rules(server)).unchanged


def test_what_lies_inside_is_never_reached(serve: Callable[..., Server]) -> None:
    server = serve(answer("200 OK", body=CALENDAR))
    assert refusal(address(server), rules(server, inside=False)) == "forbidden_host"
    assert server.seen == []
    assert fetch(address(server), rules=rules(server)).content == CALENDAR
    assert len(server.seen) == 1, "control: with the guard off the request arrives"


def test_one_address_inside_spoils_them_all(serve: Callable[..., Server]) -> None:
    server = serve(answer("200 OK", body=CALENDAR))
    mixed = replace(
        rules(server, inside=False), resolve=lambda _host, _port: ["93.184.215.14", INSIDE]
    )
    assert refusal(address(server), mixed) == "forbidden_host"
    assert server.seen == []


def test_a_name_that_changes_its_mind_is_asked_once(serve: Callable[..., Server]) -> None:
    server = serve(answer("200 OK", body=CALENDAR), answer("200 OK", body=b"inside"))
    told = []

    def rebinding(host: str, _port: int) -> list[str]:
        told.append(host)
        return [INSIDE] if len(told) == 1 else ["127.0.0.2"]

    by = replace(rules(server), resolve=rebinding)
    assert fetch(address(server), rules=by).content == CALENDAR
    assert told == ["calendar.example"]
    assert refusal(address(server), by) == "forbidden_host", "control: asked again it is refused"
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temp", "308 Perm"])
def test_a_redirect_is_followed_and_looked_at_again(
    serve: Callable[..., Server], status: str
) -> None:
    server = serve(
        answer(status, "Location: /new.ics", "Set-Cookie: a=b"), answer("200 OK", body=CALENDAR)
    )
    assert fetch(address(server), rules=rules(server)).content == CALENDAR
    _, second = server.seen
    assert second.startswith("GET /new.ics ")
    assert "cookie" not in second.lower()
    assert "referer" not in second.lower()


def test_a_redirect_inside_is_refused(serve: Callable[..., Server]) -> None:
    inside = serve(answer("200 OK", body=CALENDAR), answer("200 OK", body=CALENDAR))
    moved = answer("302 Found", f"Location: http://inside.example:{inside.port}/")
    server = serve(moved, moved)
    leads = {"calendar.example": INSIDE, "inside.example": "127.0.0.2"}
    by = replace(
        rules(server),
        resolve=lambda host, _port: [leads[host]],
        ports=frozenset({server.port, inside.port}),
    )
    assert refusal(address(server), by) == "forbidden_host"
    assert inside.seen == []
    control = replace(by, resolve=lambda _host, _port: [INSIDE])
    assert fetch(address(server), rules=control).content == CALENDAR
    assert len(inside.seen) == 1, "control: where it is allowed the request arrives"


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("http://169.254.169.254/latest/meta-data", "host"),
        ("https://calendar.example/", "scheme"),
        ("file:///etc/passwd", "address"),
        ("http://user:secret@calendar.example:{port}/", "password"),
        ("http://calendar.example:22/", "host"),
        ("//2130706433/", "host"),
        ("", "redirects"),
    ],
)
def test_a_redirect_to_anything_odd_is_refused(
    serve: Callable[..., Server], target: str, code: str
) -> None:
    moved = answer("302 Found", f"Location: {target}")
    server = serve(*[moved.replace(b"{port}", b"1")] * 4)
    assert refusal(address(server), rules(server)) == code


def test_redirects_in_a_circle_end(serve: Callable[..., Server]) -> None:
    server = serve(*[answer("302 Found", "Location: /a.ics")] * 9)
    assert refusal(address(server), rules(server)) == "redirects"
    assert len(server.seen) == 4


def test_a_name_with_hundreds_of_addresses_knocks_at_four_doors(
    serve: Callable[..., Server],
) -> None:
    server = serve(answer("200 OK", body=CALENDAR))
    closed = [f"127.0.1.{number}" for number in range(1, 200)]

    def at(place: int) -> Rules:
        found = [*closed[:place], INSIDE, *closed[place:]]
        return replace(rules(server), resolve=lambda *_: found, allowed=frozenset(found))

    assert refusal(address(server), at(fetching.MOST_TRIED)) == "unreachable"
    assert server.seen == []
    came = fetch(address(server), rules=at(fetching.MOST_TRIED - 1))
    assert came.content == CALENDAR, "control: the fourth is tried"


def test_addresses_stay_out_of_the_most_talkative_log(
    serve: Callable[..., Server], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(1)
    moved = answer("302 Found", "Location: /geheim-2.ics?key=geheim-3")

    def talk() -> str:
        caplog.clear()
        server = serve(moved, answer("404 Not Found"))
        assert refusal(address(server, "/geheim-1.ics"), rules(server)) == "gone"
        assert len(server.seen) == 2
        return caplog.text

    assert "geheim" not in talk()
    for name in ("httpx", "httpcore"):
        caplog.set_level(1, logger=name)
    said = talk()
    assert all(f"geheim-{n}" in said for n in (1, 2, 3)), "control: unhushed all is told"


def test_an_endless_body_is_cut_off(serve: Callable[..., Server]) -> None:
    sent = []

    def endless(connection: socket.socket) -> None:
        connection.sendall(answer("200 OK", body=CALENDAR))
        while True:
            sent.append(connection.send(b"x" * 65536))

    server = serve(endless)
    assert refusal(address(server), rules(server)) == "too_large"
    assert sum(sent) < 50_000_000


@pytest.mark.parametrize(
    "begin",
    [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", answer("200 OK", body=b"BEGIN:")],
    ids=["silence", "headers", "body"],
)
def test_a_slow_drip_ends_in_time(serve: Callable[..., Server], begin: bytes) -> None:
    done = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.sendall(begin)
        while begin and not done.wait(0.1):
            connection.sendall(b"x")
        done.wait(10)

    server = serve(drip)
    try:
        assert refusal(address(server), replace(rules(server), seconds=0.8)) == "too_slow"
    finally:
        done.set()


def test_a_name_service_that_never_answers_is_left_behind(serve: Callable[..., Server]) -> None:
    done = threading.Event()

    def silent(_host: str, _port: int) -> list[str]:
        done.wait(20)
        return [INSIDE]

    server = serve(answer("200 OK", body=CALENDAR))
    by = replace(rules(server), resolve=silent, seconds=0.3)
    try:
        assert refusal(address(server), by) == "too_slow"
    finally:
        done.set()
    assert server.seen == []


def test_what_is_packed_is_not_unpacked(serve: Callable[..., Server]) -> None:
    bomb = gzip.compress(b"\0" * 5_000_000)
    server = serve(
        answer("200 OK", "Content-Encoding: gzip", body=bomb), answer("200 OK", body=bomb)
    )
    assert refusal(address(server), rules(server)) == "packed"
    assert fetch(address(server), rules=rules(server)).content == bomb, "as it came, still packed"


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (answer("404 Not Found"), "gone"),
        (answer("410 Gone"), "gone"),
        (answer("403 Forbidden"), "status"),
        (answer("500 Oops"), "status"),
        (answer("206 Partial", body=CALENDAR), "status"),
        (b"SSH-2.0-OpenSSH_9\r\n", "unreachable"),
        (b"", "unreachable"),
        (answer("200 OK", "X-Big: " + "x" * 300_000, body=CALENDAR), "unreachable"),
        (answer("200 OK", "Content-Length: 500", body=CALENDAR), "unreachable"),
    ],
)
def test_an_answer_that_is_no_calendar_is_a_failure(
    serve: Callable[..., Server], reply: bytes, code: str
) -> None:
    server = serve(reply)
    assert refusal(address(server), rules(server)) == code


def test_an_unknown_name_and_a_closed_door_are_failures() -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror

    assert refusal("https://calendar.example/", Rules(resolve=unknown)) == "unknown_host"
    assert refusal("https://calendar.example/", Rules(resolve=lambda *_: [])) == "unknown_host"
    with socket.create_server((INSIDE, 0)) as taken:
        port = taken.getsockname()[1]
    closed = rules(Server([], port=port))
    assert refusal(f"http://calendar.example:{port}/", closed) == "unreachable"


def test_settings_of_the_machine_send_nothing_elsewhere(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    proxy, server = serve(answer("200 OK")), serve(answer("200 OK", body=CALENDAR))
    passwords = tmp_path / "netrc"
    passwords.write_text(f"machine {INSIDE} login me password secret\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(passwords))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
        monkeypatch.setenv(name, f"http://{INSIDE}:{proxy.port}")
    assert fetch(address(server), rules=rules(server)).content == CALENDAR
    assert proxy.seen == []
    assert "authorization" not in server.seen[0].lower()


def secure(names: list[str | None]) -> ssl.SSLContext:
    """The server's side, which notes the name that it is asked for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    return context


def test_the_certificate_is_that_of_the_name_in_the_address(
    serve: Callable[..., Server],
) -> None:
    names: list[str | None] = []
    server = serve(*[answer("200 OK", body=CALENDAR)] * 3, tls=secure(names))
    by = rules(server, scheme="https")
    trusting = replace(by, tls=ssl.create_default_context(cafile=str(CERTIFICATE)))
    right = address(server, scheme="https")
    assert fetch(right, rules=trusting).content == CALENDAR
    assert names == ["calendar.example"]
    wrong = right.replace("calendar", "other")
    assert refusal(wrong, trusting) == "certificate", "the name does not fit"
    assert refusal(right, by) == "certificate", "nobody vouches for it"
    assert len(server.seen) == 1
