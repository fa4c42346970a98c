"""Partners that ask for help, and the rules about what may be asked for."""

from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import Session, select

from app import db
from app.tables import Contact, Partnership
from tests.cast import Cast

KITA: dict[str, Any] = {
    "name": "Kita Regenbogen",
    "kind": "daycare",
    "street": "Am Markt 2",
    "postal_code": "61169",
    "town": "Friedberg",
    "contact_name": "Ruth Beispiel",
    "phone": "06031 1",
    "email": "kita@example.org",
    "agreement_since": "2026-01-01",
}


async def add(client: AsyncClient, cast: Cast, **changes: Any) -> Response:
    """Amal registers a partner."""
    return await client.post("/institutions", json=KITA | changes, headers=cast.key("amal"))


async def test_a_partner_is_registered_and_found(client: AsyncClient, cast: Cast) -> None:
    made = await add(client, cast)
    assert made.status_code == 201, made.text
    read = await client.get(made.headers["location"][7:], headers=cast.key("amal"))
    assert read.json() == made.json()
    assert read.headers["etag"] == made.headers["etag"]
    found = await client.get("/institutions?q=regen", headers=cast.key("amal"))
    assert [i["name"] for i in found.json()["items"]] == ["Kita Regenbogen"]
    none = await client.get("/institutions?q=%25", headers=cast.key("amal"))
    assert none.json()["items"] == []


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"kind": "castle"}, "Möglich sind"),
        ({"kind": "Kita"}, "kind"),
        ({"postal_code": "99999"}, "99999"),
        ({"postal_code": "6116"}, "postal_code"),
        ({"name": "K"}, "name"),
        ({"town": ""}, "town"),
        ({"email": "a@example.org\nBcc: b@example.org"}, "email"),
        ({"agreement_since": "31.11.2026"}, "agreement_since"),
    ],
)
async def test_wrong_values_are_refused(
    client: AsyncClient, cast: Cast, engine: Engine, wrong: dict[str, Any], word: str
) -> None:
    answer = await add(client, cast, **wrong)
    assert answer.status_code == 422, answer.text
    assert word in answer.json()["detail"]
    with db.transaction(engine) as session:
        assert len(session.exec(select(Partnership)).all()) == 2


async def test_a_contact_keeps_her_own_address_fresh(client: AsyncClient, cast: Cast) -> None:
    path = f"/institutions/{cast.school}"
    read = await client.get(path, headers=cast.key("selin"))
    headers = cast.key("selin") | {"If-Match": read.headers["etag"]}
    body = {"postal_code": "61231", "town": "Bad Nauheim", "street": "Neue Str. 3"}
    moved = await client.patch(path, json=body, headers=headers)
    assert moved.status_code == 200
    assert {key: moved.json()[key] for key in body} == body
    assert moved.json()["phone"] == read.json()["phone"]
    unknown = {"If-Match": moved.headers["etag"]}
    nowhere = await client.patch(
        path, json={"postal_code": "00000"}, headers=cast.key("selin") | unknown
    )
    assert nowhere.status_code == 422


async def test_a_contact_sees_her_institution_only(client: AsyncClient, cast: Cast) -> None:
    made = (await add(client, cast)).json()
    listed = await client.get("/institutions", headers=cast.key("selin"))
    assert [i["id"] for i in listed.json()["items"]] == [str(cast.school)]
    path = f"/institutions/{made['id']}"
    assert (await client.get(path, headers=cast.key("selin"))).status_code == 404


async def test_only_partners_may_ask(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    body = {
        "institution_id": str(cast.school),
        "sponsor_id": str(cast.fulda),
        "times": [{"day": "2027-01-12", "start": "10:00"}],
        "duration_minutes": 60,
        "seats": [{"language": "Türkisch"}],
        "topic": "Elterngespräch",
    }
    refused = await client.post("/requests", json=body, headers=cast.key("selin"))
    assert refused.status_code == 404, "the other sponsor does not exist for her"
    with db.transaction(engine) as session:
        _also_contact_of(session, cast)
    refused = await client.post("/requests", json=body, headers=cast.key("selin"))
    assert refused.status_code == 403
    assert "Vereinbarung" in refused.json()["detail"]


def _also_contact_of(session: Session, cast: Cast) -> None:
    session.add(Contact(account_id=cast.accounts["selin"], institution_id=cast.school_fulda))


async def test_who_acts_for_two_has_to_say_for_which(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        _also_contact_of(session, cast)
    body: dict[str, Any] = {
        "times": [{"day": "2027-01-12", "start": "10:00"}],
        "duration_minutes": 60,
        "seats": [{"language": "Türkisch"}],
        "topic": "Elterngespräch",
    }
    unclear = await client.post("/requests", json=body, headers=cast.key("selin"))
    assert unclear.status_code == 422
    assert "institution_id" in unclear.json()["detail"]
    body["institution_id"] = str(cast.school)
    unclear = await client.post("/requests", json=body, headers=cast.key("selin"))
    assert "sponsor_id" in unclear.json()["detail"]
    body["sponsor_id"] = str(cast.wetterau)
    assert (await client.post("/requests", json=body, headers=cast.key("selin"))).status_code == 201


async def allow(client: AsyncClient, cast: Cast, **rule: Any) -> Response:
    """Lea decides what may be asked for."""
    body = {"role": "interpreter", "effect": "allow", "reason": "Kreistag 2026"}
    return await client.post("/policies", json=body | rule, headers=cast.key("lea"))


async def _asked_at(client: AsyncClient, cast: Cast, kind: str, **changes: Any) -> dict[str, Any]:
    place = (await add(client, cast, kind=kind, name=f"Haus {kind}")).json()
    body = {
        "institution_id": place["id"],
        "times": [{"day": "2027-01-12", "start": "10:00"}],
        "duration_minutes": 60,
        "seats": [{"language": "Türkisch"}],
        "topic": "Gespräch",
    }
    answer = await client.post("/requests", json=body | changes, headers=cast.key("amal"))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("kind", ["court", "police", "jobcenter", "doctor", "immigration_office"])
async def test_forbidden_places_become_a_question_until_a_rule_allows_them(
    client: AsyncClient, cast: Cast, kind: str
) -> None:
    asked = await _asked_at(client, cast, kind)
    assert asked["state"] == "needs_info"
    assert [q.partition(":")[0] for q in asked["open_questions"]] == ["policy"]
    assert (await allow(client, cast, institution_kind=kind)).status_code == 201
    assert (await _asked_at(client, cast, kind))["state"] == "open"


async def test_guides_go_where_interpreters_do_not(client: AsyncClient, cast: Cast) -> None:
    asked = await _asked_at(client, cast, "jobcenter", seats=[{"role": "guide"}])
    assert asked["state"] == "open"


async def test_a_rule_is_replaced_and_not_doubled(client: AsyncClient, cast: Cast) -> None:
    first = await allow(client, cast, institution_kind="court")
    second = await allow(client, cast, institution_kind="court", effect="forbid")
    assert first.json()["id"] == second.json()["id"]
    listed = (await client.get("/policies", headers=cast.key("amal"))).json()
    assert [(r["institution_kind"], r["effect"]) for r in listed] == [("court", "forbid")]
    assert (await client.get("/policies", headers=cast.key("kofi"))).json() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"institution_kind": "court", "effect": "maybe"},
        {"institution_kind": "court", "reason": ""},
        {"topic": "weather"},
    ],
)
async def test_a_rule_needs_a_target_and_a_reason(
    client: AsyncClient, cast: Cast, wrong: dict[str, Any]
) -> None:
    assert (await allow(client, cast, **wrong)).status_code == 422


async def test_reference_tables_need_no_key(client: AsyncClient, cast: Cast) -> None:
    found = (await client.get("/languages?q=kurm")).json()
    assert found[0]["tag"] == "kmr"
    assert (await client.get("/languages?limit=201")).status_code == 422
    regions = (await client.get("/regions")).json()
    assert "06440" in {r["ags"] for r in regions}
