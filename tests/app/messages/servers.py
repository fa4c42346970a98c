"""Real servers on loopback: for mail, for pushes, for text messages."""

import base64
import email
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import http_ece
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

LOOPBACK = "127.0.0.1"


@dataclass
class Post:
    """An SMTP server that keeps what it takes, and may be told to refuse."""

    rcpt: str = "250 OK"
    data: str = "250 OK"
    drops: bool = False
    password: str = ""
    taken: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
            self.recipients.append(address)
        return self.rcpt

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.data.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.taken.append(envelope.content)
        if self.drops:
            server.transport.abort()
        return self.data

    def check(self, *told: Any) -> AuthResult:
        """Whether this is the password."""
        login = told[-1]
        known = isinstance(login, LoginPassword) and login.password == self.password.encode()
        return AuthResult(success=known, handled=known)

    @property
    def mails(self) -> list[EmailMessage]:
        """What has arrived."""
        return [email.message_from_bytes(one, policy=default) for one in self.taken]  # type: ignore[misc]


class Office(Controller):
    """A controller that takes whichever port is free."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def post_office(post: Post) -> Iterator[Post]:
    """The SMTP server, as long as the block lasts."""
    controller = Office(
        post,
        hostname=LOOPBACK,
        port=0,
        authenticator=post.check if post.password else None,
        auth_require_tls=False,
        enable_SMTPUTF8=True,
    )
    controller.start()
    try:
        post.port = controller.port
        yield post
    finally:
        controller.stop()


@dataclass
class Line:
    """An HTTP server that keeps what it gets and answers as it is told."""

    answer: Callable[["Line"], tuple[int, dict[str, str]]] = lambda _line: (201, {})
    seen: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{LOOPBACK}:{self.port}"

    def fields(self, number: int = -1) -> dict[str, str]:
        """What was sent, as JSON or as a form."""
        _path, headers, body = self.seen[number]
        if headers["content-type"].startswith("application/json"):
            sent: dict[str, str] = json.loads(body)
            return sent
        return {name: values[0] for name, values in parse_qs(body.decode()).items()}


@contextmanager
def listening(line: Line) -> Iterator[Line]:
    """The HTTP server, as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            line.seen.append((self.path, headers, body))
            status, answered = line.answer(line)
            self.send_response(status)
            for name, value in answered.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    line.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield line
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


def b64(octets: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The octets behind base64url."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Phone:
    """A browser: it alone can read what is pushed to it."""

    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = b"sixteen octets!!"

    @property
    def keys(self) -> dict[str, str]:
        """What it tells whoever may push to it."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": b64(point), "auth": b64(self.auth)}

    def opened(self, body: bytes) -> dict[str, str]:
        """What was pushed."""
        plain = http_ece.decrypt(
            body, private_key=self.key, auth_secret=self.auth, version="aes128gcm"
        )
        said: dict[str, str] = json.loads(plain)
        return said


def vapid_claims(headers: dict[str, str]) -> tuple[dict[str, Any], str]:
    """Who signed a push and for whom, checked as a push service does (RFC 8292)."""
    header = headers["authorization"]
    assert Vapid02.verify(header), "the signature does not fit the key"
    parts = dict(part.split("=", 1) for part in header.removeprefix("vapid ").split(","))
    claims: dict[str, Any] = json.loads(unb64(parts["t"].split(".")[1]))
    return claims, parts["k"]
