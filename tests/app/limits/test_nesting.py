"""The shape of JSON is looked at before anything reads it: at the limit, above, a thousandfold."""

import json
import tracemalloc
from contextlib import suppress
from typing import Any

import pytest
from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st

from app import nesting
from app.errors import ApiError
from app.limits import BODY_BYTES, JSON_DEPTH, JSON_VALUES
from tests.cast import Cast


def refused(content: bytes) -> str:
    """Why a body is not read."""
    with pytest.raises(ApiError) as caught:
        nesting.check(content)
    return caught.value.slug


def deep(levels: int) -> bytes:
    """Lists inside of each other."""
    return b"[" * levels + b"]" * levels


@pytest.mark.parametrize("begin", [b"[", b'{"a":'])
def test_depth_at_the_limit_is_read_and_above_it_is_not(begin: bytes) -> None:
    end = b"]" if begin == b"[" else b"}"
    nesting.check(begin * JSON_DEPTH + b"1" + end * JSON_DEPTH)
    for times in (JSON_DEPTH + 1, JSON_DEPTH * 1000):
        assert refused(begin * times + b"1" + end * times) == "too-deep"


def test_values_at_the_limit_are_read_and_above_it_are_not() -> None:
    nesting.check(json.dumps([1] * JSON_VALUES).encode())
    nesting.check(json.dumps({str(n): 1 for n in range(JSON_VALUES)}).encode())
    for times in (JSON_VALUES + 1, JSON_VALUES * 1000):
        assert refused(b"[" + b"1," * (times - 1) + b"1]") == "too-many-values"


def test_signs_inside_of_text_do_not_count() -> None:
    nesting.check(json.dumps(["[" * 100 + "," * 50_000, '"[[[[' * 20, "\\" * 41]).encode())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_other_encodings_cannot_hide_the_shape(encoding: str) -> None:
    hidden = '["\\",' + "[" * 50 + "]" * 50 + "]"
    assert refused(hidden.encode(encoding)) == "not-utf-8"


@pytest.mark.parametrize(
    "content",
    [b'"' + rb"\"" * 500_000, b'"' * 1_000_000, b"\\" * 1_000_000, b"[" * 1_000_000, b"," * 10**6],
    ids=["escaped", "quotes", "backslashes", "open", "commas"],
)
def test_a_look_at_a_megabyte_holds_next_to_nothing(content: bytes) -> None:
    """A pattern that begins again at each sign would not come back from the first one."""
    tracemalloc.start()
    try:
        with suppress(ApiError):
            nesting.check(content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2 * len(content)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=60,
)


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own = isinstance(value, dict | list)
    return own + max((_depth(one) for one in inner), default=0)


@given(_json)
def test_any_json_is_refused_exactly_when_it_is_too_deep(value: Any) -> None:
    for content in (json.dumps(value), json.dumps(value, ensure_ascii=False, indent=1)):
        if _depth(value) > JSON_DEPTH:
            assert refused(content.encode("utf-8", "surrogatepass")) == "too-deep"
        else:
            nesting.check(content.encode("utf-8", "surrogatepass"))


async def post(client: AsyncClient, cast: Cast, content: bytes, kind: str) -> tuple[int, str]:
    """Status and problem of a request that somebody wants to have looked at."""
    headers = cast.key("amal") | ({"Content-Type": kind} if kind else {})
    answer = await client.post("/requests/check", content=content, headers=headers)
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.json()["detail"]) > 20
    return answer.status_code, answer.json()["type"]


@pytest.mark.parametrize("kind", ["application/json", "application/problem+json", "text/plain", ""])
async def test_the_guard_stands_before_every_reader(
    client: AsyncClient, cast: Cast, kind: str
) -> None:
    assert await post(client, cast, deep(5_000), kind) == (422, "/problems/too-deep")
    wide = b"[" + b"1," * JSON_VALUES + b"1]"
    assert await post(client, cast, wide, kind) == (422, "/problems/too-many-values")


async def test_control_without_the_guard_the_reader_gets_it(
    client: AsyncClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nesting, "check", lambda _content: None)
    seen = await post(client, cast, deep(100), "application/json")
    assert seen == (422, "/problems/invalid"), "the list was read, all of it"
    assert (await post(client, cast, deep(100_000), "application/json"))[1] != "/problems/too-deep"


async def test_a_body_has_a_size(client: AsyncClient, cast: Cast) -> None:
    def body(size: int) -> bytes:
        return b'{"name":"' + b"a" * (size - 11) + b'"}'

    assert (await post(client, cast, body(BODY_BYTES), "application/json"))[0] == 422
    for size in (BODY_BYTES + 1, 20 * BODY_BYTES):
        seen = await post(client, cast, body(size), "application/json")
        assert seen == (413, "/problems/too-large")
