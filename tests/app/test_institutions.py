"""Partners that ask for help, and the rules about what may be asked for."""

import json
from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import Session, select

from app import db
from app.tables import Contact, Institution, Partnership, Sponsor
from scheduling import coordinates
from tests.cast import Cast

MIDDLE = coordinates("61169") or (0.0, 0.0)

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
    assert "für welche Einrichtung" in unclear.json()["detail"]
    body["institution_id"] = str(cast.school)
    unclear = await client.post("/requests", json=body, headers=cast.key("selin"))
    assert "den Träger" in unclear.json()["detail"]
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


async def change(client: AsyncClient, cast: Cast, path: str, **body: Any) -> Response:
    """Amal changes the version she has read."""
    read = await client.get(path, headers=cast.key("amal"))
    headers = cast.key("amal") | {"If-Match": read.headers["etag"]}
    return await client.patch(path, json=body, headers=headers)


async def test_a_partner_lies_in_the_only_region_of_its_sponsor(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = (await add(client, cast)).json()
    assert (made["region_ags"], made["region"]) == ("06440", "Wetteraukreis")
    assert (made["lat"], made["lon"], made["warning"]) == (*MIDDLE, None)
    with db.transaction(engine) as session:
        sponsor = session.get_one(Sponsor, cast.wetterau)
        sponsor.regions = ["06440", "06531"]
        session.add(sponsor)
    made = (await add(client, cast)).json()
    assert (made["region_ags"], made["region"]) == (None, None), "two regions: nobody guesses"


@pytest.mark.parametrize(
    ("ags", "name"),
    [
        ("06531", "Gießen"),
        ("06531005", "Gießen"),
        ("06440008", "Wetteraukreis"),
        ("06415", "Hanau"),
    ],
)
async def test_the_region_is_chosen_by_its_key(
    client: AsyncClient, cast: Cast, ags: str, name: str
) -> None:
    made = await add(client, cast, region_ags=ags)
    assert made.json()["region_ags"] == ags
    assert name in made.json()["region"]
    assert (await change(client, cast, made.headers["location"][7:], region_ags="06440")).json()[
        "region"
    ] == "Wetteraukreis"


@pytest.mark.parametrize(
    ("ags", "word"),
    [
        ("6440", "0 am Anfang"),
        (6440, "0 am Anfang"),
        (6440008, "0 am Anfang"),
        ("64400", "0 am Anfang"),
        ("064400080008", "region_ags"),
        ("Gießen", "fünf oder acht Ziffern"),
        ("", "fünf oder acht Ziffern"),
        ("0644\N{ARABIC-INDIC DIGIT ZERO}", "fünf oder acht Ziffern"),
        ("06999", "heute nicht"),
        ("09162", "heute nicht"),
        ("06435014", "heute nicht"),
        (True, "region_ags"),
    ],
)
async def test_a_key_of_no_region_is_refused_with_a_sentence(
    client: AsyncClient, cast: Cast, ags: Any, word: str
) -> None:
    refused = await add(client, cast, region_ags=ags)
    assert refused.status_code == 422
    assert word in refused.json()["detail"]
    path = f"/institutions/{cast.school}"
    assert (await change(client, cast, path, region_ags=ags)).status_code == 422


async def test_a_region_that_has_ended_is_told_and_not_shown(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        school = session.get_one(Institution, cast.school)
        school.region_ags = "06435014"
        session.add(school)
    path = f"/institutions/{cast.school}"
    read = (await client.get(path, headers=cast.key("amal"))).json()
    assert (read["region_ags"], read["region"]) == ("06435014", None)
    assert "06435014 gibt es nicht mehr" in read["warning"]


async def test_exact_degrees_hold_until_the_address_changes(
    client: AsyncClient, cast: Cast
) -> None:
    made = await add(client, cast, lat=50.3401, lon=8.7602)
    path = made.headers["location"][7:]
    assert (made.json()["lat"], made.json()["lon"]) == (50.3401, 8.7602)

    async def where(**body: Any) -> tuple[float, float]:
        changed = await change(client, cast, path, **body)
        assert changed.status_code == 200, changed.text
        return changed.json()["lat"], changed.json()["lon"]

    assert await where(phone="06031 2") == (50.3401, 8.7602)
    assert await where(street="AM MARKT 2, Hof") == (50.3401, 8.7602), "another spelling"
    assert await where(street="Am Markt 3") == MIDDLE
    assert await where(lat=50.3402, lon=8.7603) == (50.3402, 8.7603)
    assert await where(lat=None, lon=None) == MIDDLE
    assert await where(street="Am Markt 4", lat=50.3402, lon=8.7603) == (50.3402, 8.7603)
    assert await where(postal_code="61231", town="Bad Nauheim") != MIDDLE


@pytest.mark.parametrize(
    "wrong",
    [
        {"lat": 50.3},
        {"lon": 8.7},
        {"lat": 50.3, "lon": None},
        {"lat": 8.7, "lon": 50.3},
        {"lat": 0, "lon": 0},
        {"lat": "here", "lon": 8.7},
        {"lat": 50.3, "lon": 1e400},
    ],
)
async def test_half_or_impossible_degrees_are_refused(
    client: AsyncClient, cast: Cast, wrong: dict[str, Any]
) -> None:
    body = json.dumps(KITA | wrong)
    headers = cast.key("amal") | {"Content-Type": "application/json"}
    made = await client.post("/institutions", content=body, headers=headers)
    assert made.status_code in (400, 422), made.text
    changed = await change(client, cast, f"/institutions/{cast.school}", lat=50.3)
    assert "belong together" in changed.json()["detail"]


@pytest.mark.parametrize(("locale", "word"), [("de", "außerhalb von Hessen"), ("en", "outside of")])
async def test_an_address_outside_of_hessen_is_taken_with_a_warning(
    client: AsyncClient, cast: Cast, locale: str, word: str
) -> None:
    made = await add(client, cast, postal_code="55116", town="Mainz")
    headers = cast.key("amal") | {"Accept-Language": locale}
    read = await client.get(made.headers["location"][7:], headers=headers)
    assert word in read.json()["warning"]
    assert read.headers["etag"] == made.headers["etag"], "a version is one in every language"
    listed = (await client.get("/institutions?q=regen", headers=headers)).json()["items"]
    assert listed == [read.json()]


async def test_degrees_far_from_the_postal_code_are_told(client: AsyncClient, cast: Cast) -> None:
    made = await add(client, cast, lat=51.3, lon=9.5)
    assert "61169" in made.json()["warning"]
    near = await add(client, cast, lat=50.34, lon=8.76)
    assert near.json()["warning"] is None
