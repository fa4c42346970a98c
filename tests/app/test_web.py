"""How the built app is given out: which file, how squeezed, how long it may be kept."""

import base64
import gzip
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient

from app.web import FOR_EVER, Web

PAGE = b"<html><script>first()</script><p>" + b"page " * 200
PIECE = b"export const piece = 1;" * 100
SQUEEZED = b"what the build has squeezed"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A page, and one piece that lasts."""
    (tmp_path / "_app" / "immutable").mkdir(parents=True)
    (tmp_path / "index.html").write_bytes(PAGE)
    piece = tmp_path / "_app" / "immutable" / "piece.1a2b.js"
    piece.write_bytes(PIECE)
    piece.with_name("piece.1a2b.js.br").write_bytes(SQUEEZED)
    piece.with_name("piece.1a2b.js.gz").write_bytes(b"not used")
    return tmp_path


@pytest.fixture
async def browser(built: Path) -> AsyncIterator[AsyncClient]:
    """Somebody who asks for it."""
    async with AsyncClient(transport=ASGITransport(Web(built)), base_url="http://test") as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/offers", "/requests/1/paper", "/none.png", "/../secret"])
async def test_every_address_is_the_page(browser: AsyncClient, path: str) -> None:
    answer = await browser.get(path, headers={"Accept-Encoding": "identity"})
    assert (answer.status_code, answer.content) == (200, PAGE)
    assert answer.headers["cache-control"] == "no-cache"


async def test_scripts_in_the_page_are_named_by_their_hash(browser: AsyncClient) -> None:
    digest = base64.b64encode(hashlib.sha256(b"first()").digest()).decode()
    policy = (await browser.get("/")).headers["content-security-policy"]
    assert f"'sha256-{digest}'" in policy
    assert "unsafe-inline" not in policy


async def test_a_piece_lasts_and_one_that_is_no_more_is_not_the_page(browser: AsyncClient) -> None:
    there = await browser.get("/_app/immutable/piece.1a2b.js")
    assert there.headers["cache-control"] == FOR_EVER
    assert there.headers["content-type"].startswith("text/javascript")
    for gone in ("piece.old.js", "piece.1a2b.js.br", "piece.1a2b.js.gz"):
        answer = await browser.get(f"/_app/immutable/{gone}")
        assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")


@pytest.mark.parametrize(
    ("takes", "encoding", "content"),
    [
        ("gzip, deflate, br", "br", SQUEEZED),
        ("gzip;q=0.5, BR ; q=1", "br", SQUEEZED),
        ("gzip, br;q=0", "gzip", gzip.compress(PIECE, mtime=0)),
        ("gzip;q=0", None, PIECE),
        ("identity", None, PIECE),
        ("", None, PIECE),
    ],
)
async def test_it_is_squeezed_as_a_browser_takes_it(
    browser: AsyncClient, takes: str, encoding: str | None, content: bytes
) -> None:
    asked = browser.stream(
        "GET", "/_app/immutable/piece.1a2b.js", headers={"Accept-Encoding": takes}
    )
    async with asked as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert (answer.headers.get("content-encoding"), raw) == (encoding, content)
    assert answer.headers["vary"] == "Accept-Encoding"


async def test_who_has_it_is_told_so(browser: AsyncClient) -> None:
    tag = (await browser.get("/")).headers["etag"]
    again = await browser.get("/", headers={"If-None-Match": tag})
    other = await browser.get("/", headers={"If-None-Match": 'W/"another"'})
    assert [again.status_code, other.status_code] == [304, 200]


async def test_nothing_is_sent_to_it(browser: AsyncClient) -> None:
    answer = await browser.post("/offers")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_where_nothing_is_built_that_is_said(tmp_path: Path) -> None:
    transport = ASGITransport(Web(tmp_path))
    async with AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/", headers={"Accept-Language": "de"})
    assert answer.status_code == 503
    assert "Die App ist auf diesem Server nicht eingerichtet." in answer.text
    assert 'href="/sign-in"' in answer.text
