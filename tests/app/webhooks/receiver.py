"""A receiver on loopback: a real server that notes what reaches it."""

import json
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from app.fetching import Rules

INSIDE = "127.0.0.1"
CERTIFICATE = Path(__file__).parent.parent / "certificate.pem"
HOST = "calendar.example"
"""The name in that certificate."""
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "webhooks.md"


def documented() -> Callable[[str, dict[str, str], bytes], bool]:
    """The check that the document tells receivers to make."""
    code = DOCUMENT.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - the document is part of this repository
    check: Callable[[str, dict[str, str], bytes], bool] = names["is_genuine"]
    return check


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def content(self) -> dict[str, Any]:
        """The body as JSON."""
        content: dict[str, Any] = json.loads(self.body)
        return content


@dataclass
class Receiver:
    """Answers with `status` and `headers`, after `before` was called."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    before: Callable[[Received], None] = lambda _received: None
    tls: ssl.SSLContext | None = None
    seen: list[Received] = field(default_factory=list)
    server: ThreadingHTTPServer = field(init=False)
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                received = Received(self.path, headers, body)
                receiver.seen.append(received)
                receiver.before(received)
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer((INSIDE, 0), Handler)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign, assignment]
        if self.tls:
            self.server.socket = self.tls.wrap_socket(self.server.socket, server_side=True)
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """A public name that leads here."""
        return f"{'https' if self.tls else 'http'}://{HOST}:{self.server.server_port}/in"

    def rules(self, *, inside: bool = True) -> Rules:
        """Rules under which every name leads here; without `inside` it is out of bounds."""
        trusts = ssl.create_default_context(cafile=str(CERTIFICATE)) if self.tls else None
        return Rules(
            resolve=lambda _host, _port: [INSIDE],
            allowed=frozenset({INSIDE} if inside else ()),
            schemes=frozenset({"https" if self.tls else "http"}),
            ports=frozenset({self.server.server_port}),
            seconds=5.0,
            tls=trusts,
        )

    def close(self) -> None:
        """End the server."""
        self.server.shutdown()
        self.server.server_close()
        self._thread.join(timeout=10)
