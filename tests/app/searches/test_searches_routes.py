"""Rules and searches as the office calls them."""

from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine

from app import db, jobs
from app.tables import Assignment, AuditEvent, Request
from tests.app.searches import sought
from tests.app.test_requests import ask, book, offer
from tests.cast import Cast


async def policy(client: AsyncClient, cast: Cast, lead_time: str, who: str = "lea") -> Response:
    """One rule, with its tag."""
    return await client.get(f"/offer-policies/{lead_time}", headers=cast.key(who))


async def put(
    client: AsyncClient, cast: Cast, lead_time: str, tag: str | None, who: str = "lea", **body: Any
) -> Response:
    """Somebody sets a rule."""
    headers = cast.key(who) | ({"If-Match": tag} if tag else {})
    return await client.put(f"/offer-policies/{lead_time}", json=body, headers=headers)


async def seek(client: AsyncClient, cast: Cast, seat: Any, **body: Any) -> dict[str, Any]:
    """Amal seeks somebody for a seat."""
    answer = await sought.post(client, cast, f"/seats/{seat['id']}/searches", **body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def seen(client: AsyncClient, cast: Cast, search: dict[str, Any]) -> dict[str, Any]:
    """The search as it stands."""
    answer = await client.get(f"/searches/{search['id']}", headers=cast.key("amal"))
    found: dict[str, Any] = answer.json()
    return found


async def test_without_rules_the_defaults_hold(client: AsyncClient, cast: Cast) -> None:
    answer = await client.get("/offer-policies", headers=cast.key("amal"))
    assert [(p["lead_time"], p["strategy"], p["own"]) for p in answer.json()] == [
        ("normal", "sequence", False),
        ("short", "waves", False),
        ("urgent", "all", False),
    ]


async def test_a_rule_is_set_on_the_version_that_was_read(client: AsyncClient, cast: Cast) -> None:
    first = await policy(client, cast, "short")
    assert (await put(client, cast, "short", None, strategy="all")).status_code == 428
    made = await put(client, cast, "short", first.headers["etag"], strategy="waves", wave_size=4)
    assert made.status_code == 200
    assert made.json()["own"]
    stale = await put(client, cast, "short", first.headers["etag"], strategy="all")
    assert stale.status_code == 412
    again = await put(client, cast, "short", made.headers["etag"], strategy="all")
    assert (again.json()["strategy"], again.json()["wave_size"]) == ("all", None)


@pytest.mark.parametrize(
    ("lead_time", "body", "status"),
    [
        ("short", {"strategy": "sequence", "wave_size": 3}, 422),
        ("short", {"strategy": "waves", "wave_size": 0}, 422),
        ("short", {"strategy": "waves", "wave_size": 51}, 422),
        ("short", {"strategy": "some"}, 422),
        ("soon", {"strategy": "all"}, 422),
    ],
)
async def test_rules_that_make_no_sense(
    client: AsyncClient, cast: Cast, lead_time: str, body: dict[str, Any], status: int
) -> None:
    assert (await put(client, cast, lead_time, "*", **body)).status_code == status


async def test_the_coordinator_reads_rules_and_the_lead_sets_them(
    client: AsyncClient, cast: Cast
) -> None:
    answer = await put(client, cast, "short", "*", who="amal", strategy="all")
    assert answer.status_code == 403
    assert (await policy(client, cast, "short", "kofi")).json()["sponsor_id"] == str(cast.fulda)


async def test_the_rule_for_the_notice_that_is_left_decides(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await put(client, cast, "normal", "*", strategy="all")
    made = await ask(client, cast)
    search = await seek(client, cast, made["seats"][0])
    assert search["strategy"] == "all"
    jobs.work_all(engine)
    found = await seen(client, cast, search)
    assert (found["asked"], found["waiting"], found["wave"]) == (2, 2, 1)


async def test_from_the_search_to_the_booking(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await ask(client, cast)
    search = await seek(client, cast, made["seats"][0])
    assert search["next_step"] == "Gleich werden die Ersten gefragt."
    jobs.work_all(engine)
    found = await seen(client, cast, search)
    (wave,) = found["waves"]
    assert [p["volunteer"] for p in wave["people"]] == ["Dilan Dilan-Beispiel"]
    assert found["next_at"] == wave["people"][0]["expires_at"]
    assert found["next_step"].startswith("Wartet auf Antworten bis 05.01. 10:00")
    path = f"/offers/{wave['people'][0]['offer_id']}"
    assert (await client.post(f"{path}/decline", headers=cast.key("dilan"))).status_code == 200
    jobs.work_all(engine)
    found = await seen(client, cast, search)
    assert [[p["state"] for p in w["people"]] for w in found["waves"]] == [
        ["declined"], ["pending"],
    ]  # fmt: skip
    hers = found["waves"][1]["people"][0]["offer_id"]
    yes = await client.post(f"/offers/{hers}/accept", headers=cast.key("mirela"))
    assert yes.status_code == 200
    jobs.work_all(engine)
    found = await seen(client, cast, search)
    assert (found["state"], found["next_step"]) == ("filled", "Jemand hat zugesagt.")
    assert found["ended_at"] is not None
    listed = await client.get("/searches?state=filled", headers=cast.key("amal"))
    assert [one["id"] for one in listed.json()["items"]] == [search["id"]]
    assert (await client.get("/searches?state=running", headers=cast.key("amal"))).json() == {
        "items": [],
        "next": None,
    }


async def test_those_named_are_asked_first_and_all_of_them(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await ask(client, cast)
    first = [str(cast.volunteers["mirela"])]
    search = await seek(client, cast, made["seats"][0], strategy="sequence", first=first)
    jobs.work_all(engine)
    found = await seen(client, cast, search)
    assert [p["volunteer_id"] for p in found["waves"][0]["people"]] == first
    assert found["asked"] == 1


async def test_somebody_named_who_may_not_go_is_refused_and_nothing_begins(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await ask(client, cast)
    path = f"/seats/{made['seats'][0]['id']}/searches"
    answer = await sought.post(client, cast, path, first=[str(cast.volunteers["oksana"])])
    assert answer.status_code == 409
    assert sought.rows(engine, sought.Search) == []
    foreign = await sought.post(client, cast, path, first=[str(cast.volunteers["nuru"])])
    assert foreign.status_code == 404


async def test_one_search_at_a_time(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    made = await ask(client, cast)
    await seek(client, cast, made["seats"][0])
    again = await sought.post(client, cast, f"/seats/{made['seats'][0]['id']}/searches")
    assert again.status_code == 409
    assert again.json()["type"] == "/problems/sought-already"


async def test_a_stopped_search_asks_nobody_and_answers_still_count(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await ask(client, cast)
    search = await seek(client, cast, made["seats"][0])
    jobs.work_all(engine)
    stopped = await sought.post(client, cast, f"/searches/{search['id']}/stop")
    assert (stopped.status_code, stopped.json()["state"]) == (200, "stopped")
    twice = await sought.post(client, cast, f"/searches/{search['id']}/stop")
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/search-ended")
    (asked,) = sought.offers(engine)
    yes = await client.post(f"/offers/{asked.id}/accept", headers=cast.key("dilan"))
    assert yes.status_code == 200
    jobs.work_all(engine)
    assert len(sought.offers(engine)) == 1
    rules = {e.action: e.rule_version for e in sought.rows(engine, AuditEvent)}
    assert rules["search.begin"] == "offer_policy:normal"
    assert "search.stopped" in rules


async def test_nobody_is_sought_for_what_is_booked_unclear_or_gone_by(
    client: AsyncClient, cast: Cast, engine: Engine, clock: Any
) -> None:
    booked = await ask(client, cast)
    await book(client, cast, booked["seats"][0], "dilan")
    unclear = await ask(client, cast, times=[{"day": "2027-01-13", "start": "10:00"}],
                        seats=[{"language": "Kurdisch"}])  # fmt: skip
    gone = await ask(client, cast, times=[{"day": "2027-01-05", "start": "10:00"}])
    clock.shift(2 * 24 * 3600)
    kinds = [
        (await sought.post(client, cast, f"/seats/{one['seats'][0]['id']}/searches")).json()["type"]
        for one in (booked, unclear, gone)
    ]
    assert kinds == ["/problems/seat-taken", "/problems/questions-open", "/problems/invalid"]


async def test_a_single_question_of_the_office_joins_the_search(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await ask(client, cast)
    search = await seek(client, cast, made["seats"][0], strategy="sequence")
    jobs.work_all(engine)
    assert (await offer(client, cast, made["seats"][0], "mirela")).status_code == 201
    found = await seen(client, cast, search)
    assert (found["asked"], found["waiting"]) == (2, 2)


async def test_who_gave_it_back_is_not_asked_again_and_others_keep_their_bookings(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await ask(client, cast)
    other = await ask(client, cast, times=[{"day": "2027-01-13", "start": "10:00"}])
    kept = await book(client, cast, other["seats"][0], "mirela")
    booked = await book(client, cast, made["seats"][0], "dilan")
    path = f"/assignments/{booked['id']}/cancel"
    gave = await client.post(path, json={"reason": "krank geworden"}, headers=cast.key("dilan"))
    assert gave.status_code == 200
    jobs.work_all(engine)
    (found,) = [s for s in sought.rows(engine, sought.Search) if s.state == "running"]
    assert (str(found.seat_id), found.cause) == (made["seats"][0]["id"], "substitute")
    pending = [o for o in sought.offers(engine) if o.state == "pending"]
    assert [o.volunteer_id for o in pending] == [cast.volunteers["mirela"]]
    with db.transaction(engine) as session:
        assert session.get_one(Assignment, UUID(kept["id"])).state == "booked"
        assert session.get_one(Request, UUID(made["id"])).state == "open"
