"""Courses are planned, filled and called off; what they bring stands beside what they cost."""

from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from app.courses import schemas
from app.courses import service as courses
from tests.app.courses.planned import course, send, were_there
from tests.app.test_dossiers import share
from tests.cast import Cast


async def test_a_course_is_planned_filled_and_read(client: AsyncClient, cast: Cast) -> None:
    path = await course(client, cast, "dilan", "oksana")
    read = (await client.get(path, headers=cast.key("lea"))).json()
    assert (read["state"], read["participants_count"], read["in_full_count"]) == ("planned", 2, 0)
    assert {one["volunteer"] for one in read["participants"]} == {
        "Dilan Dilan-Beispiel",
        "Oksana Oksana-Beispiel",
    }
    assert (read["cost_cents"], read["grant_cents"], read["units_note"]) == (120_000, 0, "")
    listed = (await client.get("/courses?kind=basic_interpreter", headers=cast.key("amal"))).json()
    assert [one["participants_count"] for one in listed["items"]] == [2]
    assert "participants" not in listed["items"][0]
    others = await client.get("/courses?state=held", headers=cast.key("amal"))
    assert others.json()["items"] == []


async def test_registering_twice_is_the_same_as_once(client: AsyncClient, cast: Cast) -> None:
    path = await course(client, cast, "dilan")
    ids = [str(cast.volunteers["dilan"])] * 2
    again = await send(client, cast, f"{path}/participants", volunteer_ids=ids)
    assert again.json()["participants_count"] == 1


async def test_only_people_of_the_own_pool_take_part(client: AsyncClient, cast: Cast) -> None:
    path = await course(client, cast)
    for stranger in (cast.volunteers["nuru"], uuid4()):
        ids = [str(stranger), str(cast.volunteers["dilan"])]
        answer = await send(client, cast, f"{path}/participants", volunteer_ids=ids)
        assert answer.status_code == 404
    read = await client.get(path, headers=cast.key("amal"))
    assert read.json()["participants"] == []


async def test_another_pool_sees_and_changes_nothing(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    share(engine, cast)
    path = await course(client, cast, "dilan")
    assert (await client.get(path, headers=cast.key("kofi"))).status_code == 404
    assert (await client.get("/courses", headers=cast.key("kofi"))).json()["items"] == []
    for verb, body in {"held": {}, "cancel": {"reason": "fällt aus"}}.items():
        assert (await send(client, cast, f"{path}/{verb}", "kofi", **body)).status_code == 404


async def test_who_takes_part_sees_herself_and_no_money(client: AsyncClient, cast: Cast) -> None:
    path = await course(client, cast, "dilan", "mirela")
    read = (await client.get(path, headers=cast.key("dilan"))).json()
    assert [one["volunteer"] for one in read["participants"]] == ["Dilan Dilan-Beispiel"]
    assert (read["cost_cents"], read["grant_cents"], read["units_note"]) == (None, None, "")
    assert (await client.get(path, headers=cast.key("oksana"))).status_code == 404


async def test_an_auditor_reads_figures_and_no_words(client: AsyncClient, cast: Cast) -> None:
    path = await course(client, cast, "dilan")
    read = (await client.get(path, headers=cast.key("arno"))).json()
    assert (read["title"], read["moderator"], read["units"]) == ("", "", 24)
    assert read["participants"][0]["volunteer"] == "Dilan Dilan-Beispiel"


@pytest.mark.parametrize(
    ("kind", "units", "grant", "said"),
    [
        ("basic_interpreter", 24, 30_000, ""),
        ("basic_interpreter", 20, 0, "mindestens 24 Einheiten, er hat 20"),
        ("basic_interpreter", 30, 30_000, "höchstens 24 Einheiten, der Kurs hat 30"),
        ("basic_guide", 20, 25_000, ""),
        ("basic_guide", 36, 45_000, ""),
        ("basic_guide", 40, 45_000, "höchstens 36 Einheiten, der Kurs hat 40"),
        ("deepening", 8, 0, "nur Basiskurse"),
        ("reflection", 2, 0, "nur Basiskurse"),
    ],
)
async def test_what_the_land_grants_is_shown_with_a_sentence(
    client: AsyncClient, cast: Cast, kind: str, units: int, grant: int, said: str
) -> None:
    path = await course(client, cast, "dilan", "mirela", kind=kind, units=units)
    await were_there(client, cast, path, dilan=units, mirela=units - 1)
    read = (await client.get(path, headers=cast.key("amal"))).json()
    assert (read["in_full_count"], read["grant_cents"]) == (1, grant)
    assert said in read["units_note"]
    assert bool(said) == bool(read["units_note"])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"starts_on": "2026-12-12"}, "endet vor seinem Beginn"),
        ({"starts_on": "2017-11-01", "ends_on": "2017-11-03"}, "vor 2018"),
        ({"title": "Kurs von Frau Musterfrau"}, "Im Titel"),
        ({"units": 0}, ""),
        ({"cost_cents": -1}, ""),
        ({"kind": "cooking"}, ""),
    ],
)
async def test_what_cannot_be_is_refused_with_one_sentence(
    client: AsyncClient, cast: Cast, wrong: dict[str, Any], says: str
) -> None:
    path = await course(client, cast)
    new = (await client.get(path, headers=cast.key("amal"))).json()
    body = {k: new[k] for k in schemas.CourseUpdate.model_fields} | wrong
    made = await client.post("/courses", json=body, headers=cast.key("amal"))
    headers = cast.key("amal") | {"If-Match": "*"}
    changed = await client.patch(path, json=wrong, headers=headers)
    for answer in (made, changed):
        assert (answer.status_code, says in answer.json()["detail"]) == (422, True), answer.text


async def test_a_course_is_changed_by_who_has_read_it(client: AsyncClient, cast: Cast) -> None:
    path = await course(client, cast, "dilan")
    tag = (await client.get(path, headers=cast.key("amal"))).headers["etag"]
    headers = cast.key("amal") | {"If-Match": tag}
    changed = await client.patch(path, json={"units": 30, "title": "Neuer Titel"}, headers=headers)
    assert (changed.json()["units"], changed.json()["title"]) == (30, "Neuer Titel")
    assert (await client.patch(path, json={"units": 31}, headers=headers)).status_code == 412
    bare = await client.patch(path, json={"units": 31}, headers=cast.key("amal"))
    assert bare.status_code == 428


async def test_units_do_not_change_once_attendance_is_noted(
    client: AsyncClient, cast: Cast
) -> None:
    path = await course(client, cast, "dilan")
    await were_there(client, cast, path, dilan=24)
    headers = cast.key("amal") | {"If-Match": "*"}
    answer = await client.patch(path, json={"units": 30}, headers=headers)
    assert answer.json()["type"] == "/problems/attendance-noted"
    assert (await client.patch(path, json={"units": 24}, headers=headers)).status_code == 200
    back = [{"volunteer_id": str(cast.volunteers["dilan"]), "attendance": "registered"}]
    await send(client, cast, f"{path}/attendance", items=back)
    assert (await client.patch(path, json={"units": 30}, headers=headers)).status_code == 200


async def test_somebody_leaves_a_planned_course(client: AsyncClient, cast: Cast) -> None:
    path = await course(client, cast, "dilan")
    hers = f"{path}/participants/{cast.volunteers['dilan']}"
    assert (await client.delete(hers, headers=cast.key("amal"))).status_code == 204
    assert (await client.delete(hers, headers=cast.key("amal"))).status_code == 404


async def test_who_is_no_participant_was_not_there(client: AsyncClient, cast: Cast) -> None:
    path = await course(client, cast, "dilan")
    assert (await were_there(client, cast, path, mirela=24)).status_code == 404
    long = await were_there(client, cast, path, dilan=25)
    assert (long.status_code, "24 Einheiten" in long.json()["detail"]) == (422, True)


async def test_what_was_called_off_stays_so(client: AsyncClient, cast: Cast) -> None:
    path = await course(client, cast, "dilan")
    assert (await send(client, cast, f"{path}/cancel")).status_code == 422
    done = await send(client, cast, f"{path}/cancel", reason="zu wenige Anmeldungen")
    assert (done.json()["state"], done.json()["reason"]) == ("cancelled", "zu wenige Anmeldungen")
    headers = cast.key("amal") | {"If-Match": "*"}
    later = [
        await send(client, cast, f"{path}/cancel", reason="noch einmal"),
        await send(client, cast, f"{path}/held"),
        await send(client, cast, f"{path}/reopen", reason="doch nicht"),
        await were_there(client, cast, path, dilan=24),
        await client.patch(path, json={"units": 30}, headers=headers),
        await client.delete(
            f"{path}/participants/{cast.volunteers['dilan']}", headers=cast.key("amal")
        ),
    ]
    assert {answer.json()["type"] for answer in later} == {"/problems/course-state"}


async def test_a_course_holds_no_more_people_than_can_be_read_at_once(
    client: AsyncClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courses, "MOST", 1)
    path = await course(client, cast, "dilan")
    ids = [str(cast.volunteers["mirela"])]
    answer = await send(client, cast, f"{path}/participants", volunteer_ids=ids)
    assert answer.json()["type"] == "/problems/course-full"
