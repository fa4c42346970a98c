"""The edge: problems for every refusal, tags, keys, pages, and a commit before the answer."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session

from app import db
from app.headers import HEADERS
from app.main import create_app
from app.offers.schemas import OfferCreated
from app.tables import PolicyRule
from tests import cast as people
from tests.app.examples import HOUR, MORNING, Examples, asking, assignment, furnish, offer, snapshot
from tests.app.operations import address, operations, rule, way_in
from tests.cast import Cast

SCHOOL = "/institutions/{}"


@pytest.fixture
def examples(engine: Engine, cast: Cast) -> Examples:
    """One object of every kind."""
    return furnish(engine, cast)


async def test_every_refusal_is_a_problem_with_a_sentence(
    client: AsyncClient, cast: Cast, examples: Examples
) -> None:
    amal, school = cast.key("amal"), SCHOOL.format(cast.school)
    done = f"/requests/{examples['request_id']}"
    calls: list[tuple[int, str, str, dict[str, Any]]] = [
        (401, "GET", "/me", {}),
        (403, "GET", "/payruns", {"headers": amal}),
        (404, "GET", f"/requests/{uuid4()}", {"headers": amal}),
        (404, "GET", "/nowhere", {"headers": amal}),
        (405, "DELETE", "/requests", {"headers": amal}),
        (409, "POST", f"/plans/{examples['plan_id']}/cancel", {"headers": amal}),
        (412, "PATCH", school, {"headers": amal | {"If-Match": '"old"'}, "json": {}}),
        (422, "POST", f"{done}/cancel", {"headers": amal, "json": {"reason": "x"}}),
        (422, "POST", f"{done}/cancel", {"headers": amal, "content": b"{"}),
        (422, "POST", f"{done}/cancel", {"headers": amal, "content": b'{"reason": "krank"}'}),
        (422, "POST", f"{done}/cancel", {"headers": amal}),
        (422, "GET", "/requests/12", {"headers": amal}),
        (422, "GET", "/requests?limit=201", {"headers": amal}),
        (422, "GET", "/requests?limit=0", {"headers": amal}),
        (422, "GET", "/requests?cursor=garbage", {"headers": amal}),
        (428, "PATCH", school, {"headers": amal, "json": {"phone": "1"}}),
    ]
    for status, method, path, more in calls:
        answer = await client.request(method, path, **more)
        assert answer.status_code == status, (method, path, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == status
        assert problem["type"].startswith("/problems/")
        assert problem["title"]
        assert len(problem["detail"]) > 10


async def test_unknown_members_are_refused_by_name(client: AsyncClient, cast: Cast) -> None:
    body = {"name": "Skript", "is_admin": True}
    answer = await client.post("/api-tokens", json=body, headers=cast.browser("amal"))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/body/is_admin"


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'"x"', b"null", b"[" * 100_000, b"\xff\xfe", b"9" * 5000, b"NaN"]
)
async def test_unreadable_bodies_are_refused(client: AsyncClient, cast: Cast, body: bytes) -> None:
    headers = cast.browser("amal") | {"Content-Type": "application/json"}
    answer = await client.post("/api-tokens", content=body, headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_german_first_english_on_request(client: AsyncClient, cast: Cast) -> None:
    said = {
        wanted: (await client.get("/me", headers={"Accept-Language": wanted})).json()["detail"]
        for wanted in ("de", "en", "en-GB,de;q=0.5", "fr")
    }
    assert said["de"] == said["fr"] == "Bitte melden Sie sich an."
    assert said["en"] == said["en-GB,de;q=0.5"] == "Please sign in."
    assert (await client.get("/me")).json()["detail"] == said["de"]


async def test_a_note_has_at_most_300_letters(client: AsyncClient, cast: Cast) -> None:
    read = await client.get(f"/volunteers/{cast.volunteers['dilan']}", headers=cast.key("amal"))
    headers = cast.key("amal") | {"If-Match": read.headers["etag"]}
    path = f"/volunteers/{cast.volunteers['dilan']}"
    long = await client.patch(path, json={"note": "ä" * 301}, headers=headers)
    assert long.status_code == 422
    right = await client.patch(path, json={"note": "ä" * 300}, headers=headers)
    assert right.status_code == 200


async def test_the_second_of_two_coordinators_has_to_look_again(
    client: AsyncClient, cast: Cast
) -> None:
    path = SCHOOL.format(cast.school)
    first = await client.get(path, headers=cast.key("amal"))
    second = await client.get(path, headers=cast.key("selin"))
    assert first.headers["etag"] == second.headers["etag"]
    tag = {"If-Match": first.headers["etag"]}
    saved = await client.patch(path, json={"phone": "1"}, headers=cast.key("amal") | tag)
    assert saved.status_code == 200
    late = await client.patch(path, json={"phone": "2"}, headers=cast.key("selin") | tag)
    assert late.status_code == 412
    tag = {"If-Match": saved.headers["etag"]}
    again = await client.patch(path, json={"phone": "2"}, headers=cast.key("selin") | tag)
    assert again.json()["phone"] == "2"


async def test_a_link_is_null_when_its_answer_is_repeated(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        seat_id = asking(session, cast.wetterau, cast.school, MORNING).seat.id
    body = {"seat_id": str(seat_id), "volunteer_id": str(cast.volunteers["dilan"])}
    headers = cast.key("amal") | {"Idempotency-Key": "vier"}
    first = await client.post("/offers", json=body, headers=headers)
    again = await client.post("/offers", json=body, headers=headers)
    assert first.json()["answer_url"].startswith("http://test/a/")
    assert again.json() == first.json() | {"answer_url": None}
    OfferCreated.model_validate(again.json())


async def test_a_secret_is_never_kept_under_a_key(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    headers = cast.browser("amal") | {"Idempotency-Key": "drei"}
    made = await client.post("/api-tokens", json={"name": "A"}, headers=headers)
    again = await client.post("/api-tokens", json={"name": "A"}, headers=headers)
    assert made.json()["token"] != again.json()["token"]
    assert made.json()["token"] not in str(snapshot(engine))


async def test_a_commit_that_fails_is_no_success(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_session: Session) -> None:
        raise OperationalError("COMMIT", {}, Exception("the disk is full"))

    before = snapshot(engine)
    transport = ASGITransport(app=create_app(engine), raise_app_exceptions=False)
    event.listen(Session, "before_commit", fail)
    try:
        async with AsyncClient(transport=transport, base_url="http://test/api/v1") as calm:
            body = {"name": "A"}
            answer = await calm.post("/api-tokens", json=body, headers=cast.browser("amal"))
    finally:
        event.remove(Session, "before_commit", fail)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert UUID(answer.json()["request_id"])
    assert "disk" not in answer.text
    assert "token" not in answer.text
    assert snapshot(engine) == before


async def test_a_lost_connection_is_tried_again(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    class Deadlock(Exception):
        sqlstate = "40P01"

    tries = []

    def fail_once(_session: Session) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError("COMMIT", {}, Deadlock())

    event.listen(Session, "before_commit", fail_once)
    try:
        answer = await client.post("/api-tokens", json={"name": "A"}, headers=cast.browser("amal"))
    finally:
        event.remove(Session, "before_commit", fail_once)
    assert answer.status_code == 201
    assert len(tries) == 2
    listed = (await client.get("/api-tokens", headers=cast.key("amal"))).json()
    assert [t["name"] for t in listed].count("A") == 1


def test_a_reading_request_cannot_write(engine: Engine, cast: Cast) -> None:
    with db.open_session(engine, read_only=True) as session:
        db.set_scope(session, db.SYSTEM)
        session.add(PolicyRule(sponsor_id=cast.fulda, role="guide", effect="allow", reason="Nein"))
        with pytest.raises(DBAPIError, match=r"read-?only"):
            session.flush()
    with db.transaction(engine) as session:
        session.execute(text("UPDATE sponsor SET nonprofit = true"))


async def test_every_answer_has_the_security_headers(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = ASGITransport(app=create_app(engine), raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://test") as calm:
        answers = [await calm.get(path) for path in ("/livez", "/", "/api/v1/me", "/nowhere")]
        monkeypatch.setattr("app.db.set_scope", None)
        answers.append(await calm.get("/api/v1/me", headers=cast.key("amal")))
    assert [a.status_code for a in answers] == [200, 200, 401, 404, 500]
    for answer in answers:
        assert {name.lower() for name in HEADERS} <= set(answer.headers), answer.url
    assert "default-src 'none'" in answers[0].headers["content-security-policy"]


def _crowd(engine: Engine, cast: Cast, first: int, last: int) -> None:
    """More of everything at Wetterau."""
    with db.transaction(engine) as session:
        for number in range(first, last):
            name = f"helfer{number}"
            languages: dict[str, str | None] = {"kmr": "C1", "ar": "B2"}
            who = people.volunteer(
                session, cast, name, sponsor_id=cast.wetterau, languages=languages
            )
            school = people.institution(
                session, f"Schule {number}", cast.wetterau, "primary_school"
            )
            start = MORNING + number * 24 * HOUR
            asked = asking(session, cast.wetterau, school.id, start)
            session.add(offer(asked, who.id))
            busy = asking(session, cast.wetterau, school.id, start + 3 * HOUR, state="booked")
            session.add(assignment(busy, who.id))


async def test_pages_by_cursor_show_each_row_once(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    _crowd(engine, cast, 0, 11)
    seen: list[str] = []
    cursor, pages = "", 0
    while cursor is not None:
        path = f"/volunteers?limit=4{cursor and '&cursor=' + cursor}"
        page = (await client.get(path, headers=cast.key("amal"))).json()
        assert len(page["items"]) <= 4
        seen += [item["id"] for item in page["items"]]
        cursor, pages = page["next"], pages + 1
    assert pages == 4
    assert len(seen) == len(set(seen)) == 14
    assert seen == sorted(seen)


STATEMENTS = 5
"""Two of them say who is asking."""
MORE_STATEMENTS = {
    "GET /requests": 6,
    "GET /requests/{request_id}": 6,
    "GET /plans/{plan_id}/proposals": 6,
    "GET /assignments/{assignment_id}/code": 7,
    "GET /assignments/{assignment_id}/code.svg": 7,
    # Her bookings and open questions in all her pools, and for each pool its plans and her claims.
    "GET /me/caps": 9,
    # Two of them say by which plans the sponsor pays: its own, and its choices.
    "GET /claims/{claim_id}": 6,
    "GET /seats/{seat_id}/candidates": 31,
    "GET /seats/{seat_id}/candidates/{volunteer_id}": 39,
    "GET /seats/{seat_id}/explanation": 45,
    "GET /seats/{seat_id}/lenders": 12,
    "GET /plans/{plan_id}/scarcity": 31,
    "GET /payments/{payment_id}/statement.pdf": 12,
    "GET /grant-notices/{notice_id}/budget": 9,
    "GET /tax-ledger": 6,
    "GET /threshold-monitor": 8,
    "GET /grant-notices/{notice_id}/picture": 9,
    "GET /volunteers/{volunteer_id}/certificate.pdf": 9,
}


@pytest.fixture
def statements(engine: Engine) -> Iterator[list[str]]:
    """The statements that were sent to the database."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SELECT set_config")):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


async def test_reading_takes_the_same_statements_for_3_rows_and_for_30(
    client: AsyncClient, cast: Cast, engine: Engine, examples: Examples, statements: list[str]
) -> None:
    readings = [o for o in operations() if o.method == "GET"]

    async def costs() -> dict[str, int]:
        found = {}
        for operation in readings:
            key = way_in(operation, cast.key(rule(operation).who[0]))
            statements.clear()
            answer = await client.get(address(operation, examples.ids), headers=key)
            assert answer.status_code == 200, (operation.name, answer.text)
            found[operation.name] = len(statements)
        return found

    # Who read her record is noted, once an hour: that is one statement more.
    await client.get(f"/volunteers/{cast.volunteers['dilan']}", headers=cast.key("amal"))
    _crowd(engine, cast, 0, 3)
    few = await costs()
    _crowd(engine, cast, 3, 30)
    many = await costs()
    assert {n: (few[n], many[n]) for n in few if few[n] != many[n]} == {}
    assert {n: cost for n, cost in many.items() if cost > MORE_STATEMENTS.get(n, STATEMENTS)} == {}
    assert len(readings) > 15
