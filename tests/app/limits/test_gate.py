"""What is too long, too much or too large is refused at the gate, with a sentence."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy import Engine

from app import limits
from app.main import create_app
from tests.app.imports.demo import VOLUNTEER, list_of
from tests.cast import Cast

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def outside(engine: Engine) -> AsyncIterator[AsyncClient]:
    """Somebody before the door, without a prefix."""
    transport = ASGITransport(app=create_app(engine))
    async with AsyncClient(transport=transport, base_url="http://test") as made:
        yield made


def in_pieces(size: int, piece: int = 65_536) -> Iterator[bytes]:
    """A body that does not say how long it is."""
    for at in range(0, size, piece):
        yield b"x" * min(piece, size - at)


async def arriving(size: int) -> AsyncIterator[bytes]:
    """The same, as it comes over a line."""
    for piece in in_pieces(size):
        yield piece


def slug(answer: Any) -> str:
    """Why something was refused; every refusal says it in a sentence."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text[:200]
    assert len(answer.json()["detail"]) > 20
    assert answer.headers["x-content-type-options"] == "nosniff"
    return str(answer.json()["type"]).removeprefix("/problems/")


async def test_an_address_has_a_length(outside: AsyncClient) -> None:
    def path(letters: int) -> str:
        return "/api/v1/regions?q=" + "a" * (letters - len("/api/v1/regionsq="))

    fits = await outside.get(path(limits.TARGET_BYTES))
    assert fits.status_code == 200
    for letters in (limits.TARGET_BYTES + 1, 1000 * 60):
        answer = await outside.get(path(letters))
        assert (answer.status_code, slug(answer)) == (414, "address-too-long")
    wide = await outside.get("/" + "%C3%A4" * 1000)
    assert wide.status_code == 414, "counted as it is written"


async def test_a_query_has_so_many_parameters(outside: AsyncClient) -> None:
    for number, status in ((limits.PARAMETERS, 200), (limits.PARAMETERS + 1, 422), (1000, 422)):
        answer = await outside.get("/api/v1/regions?" + "&".join(["a=1"] * number))
        assert answer.status_code == status
        assert status == 200 or slug(answer) == "too-many-parameters"


async def test_headers_have_a_size_and_a_number(outside: AsyncClient) -> None:
    usual = sum(len(k) + len(v) for k, v in outside.headers.raw) + len("host") + len("test")
    room = limits.HEADER_BYTES - usual - len("x-long")
    for letters, status in ((room, 200), (room + 1, 431), (1000 * room, 431)):
        answer = await outside.get("/api/v1/regions", headers={"X-Long": "a" * letters})
        assert answer.status_code == status, letters
    room = limits.HEADERS - len(outside.headers.raw) - len(["host"])
    for number, status in ((room, 200), (room + 1, 431), (20 * room, 431)):
        many = {f"X-{one}": "a" for one in range(number)}
        answer = await outside.get("/api/v1/regions", headers=many)
        assert answer.status_code == status, number
    assert slug(answer) == "headers-too-large"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/nowhere", "/a/lw_x", "/nowhere"])
async def test_a_stated_size_is_refused_whatever_would_become_of_it(
    outside: AsyncClient, method: str, path: str
) -> None:
    size = limits.body_bytes(path)
    for stated in (size + 1, 1000 * size):
        headers = {"Content-Length": str(stated), **FORM}
        answer = await outside.request(method, path, headers=headers)
        assert (answer.status_code, slug(answer)) == (413, "too-large")


@pytest.mark.parametrize("path", ["/api/v1/api-tokens", "/api/v1/auth/login", "/a/lw_x"])
async def test_a_size_that_was_not_stated_is_counted(
    outside: AsyncClient, cast: Cast, path: str
) -> None:
    size = limits.body_bytes(path)
    for sent in (size + 1, 20 * size):
        answer = await outside.post(path, content=arriving(sent), headers=cast.key("amal") | FORM)
        assert answer.status_code == 413, answer.text[:200]
        assert answer.headers["x-content-type-options"] == "nosniff"
    fits = await outside.post(path, content=arriving(size), headers=cast.key("amal") | FORM)
    assert fits.status_code != 413


@pytest.mark.sqlite
async def test_only_an_import_takes_more(client: AsyncClient, cast: Cast) -> None:
    rows = list_of(VOLUNTEER)
    for size in (2 * limits.BODY_BYTES, limits.UPLOAD_BYTES):
        more = rows + b"\n" * (size - len(rows))
        read = await client.post(
            "/imports?dry_run=true", files={"files": ("f.csv", more)}, headers=cast.key("amal")
        )
        assert read.status_code == 200, read.text[:300]
    large = {"files": ("f.csv", b"a" * (limits.UPLOAD_BYTES + 1))}
    over = await client.post("/imports?dry_run=true", files=large, headers=cast.key("amal"))
    assert over.status_code == 413
    assert over.json()["detail"] == "Das ist zu groß: Bitte höchstens 10 MB senden."
    thousandfold = await client.post(
        "/imports?dry_run=true",
        content=arriving(3 * limits.UPLOAD_BYTES),
        headers=cast.key("amal") | {"Content-Type": "multipart/form-data; boundary=x"},
    )
    assert (thousandfold.status_code, slug(thousandfold)) == (413, "too-large")


async def test_a_body_that_never_ends_is_not_waited_for(
    outside: AsyncClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.05)

    async def receive() -> dict[str, Any]:
        import anyio

        await anyio.sleep(0.02)
        return {"type": "http.request", "body": b" ", "more_body": True}

    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/api/v1/api-tokens", "query_string": b"",
        "raw_path": b"/api/v1/api-tokens", "root_path": "", "scheme": "http",
        "http_version": "1.1", "server": ("test", 80), "client": ("127.0.0.1", 1),
        "headers": [(b"host", b"test"), (b"content-type", b"application/json")],
    }  # fmt: skip
    app: Any = outside._transport.app  # type: ignore[attr-defined]  # noqa: SLF001
    await app(scope, receive, send)
    assert sent[0]["status"] == 408


async def test_control_without_the_gate_a_long_address_is_looked_up(
    outside: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.gate.check", lambda _scope: None)
    answer = await outside.get("/api/v1/regions?q=" + "a" * 50_000)
    assert answer.status_code == 200
