"""What a volunteer says about herself: levels and who found them, her own limits, quiet hours."""

from dataclasses import fields
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from app import db
from app.tables import Task, Volunteer
from app.volunteers import dossiers, whole
from tests.app.examples import furnish
from tests.app.test_volunteers import add, change
from tests.cast import Cast


async def test_a_level_says_who_found_it_and_when(client: AsyncClient, cast: Cast) -> None:
    path = f"/volunteers/{cast.volunteers['dilan']}/languages"
    body = {
        "language": "gsg",
        "level": "C1",
        "assessed_by": "VHS Friedberg",
        "assessed_on": "2026-11-20",
    }
    made = await client.post(path, json=body, headers=cast.key("amal"))
    assert made.status_code == 201, made.text
    assert body in made.json()["languages"]
    corrected = body | {"level": "B2", "assessed_by": "Koordination", "assessed_on": "2027-01-04"}
    again = (await client.post(path, json=corrected, headers=cast.key("amal"))).json()
    assert [s for s in again["languages"] if s["language"] == "gsg"] == [corrected]
    listed = (await client.get("/volunteers?language=gsg", headers=cast.key("amal"))).json()
    assert corrected in listed["items"][0]["languages"]


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"assessed_on": "2027-01-05"}, "Zukunft"),
        ({"assessed_on": "1984-05-17"}, ""),
        ({"assessed_on": "2000-01-01"}, ""),
        ({"assessed_by": "x" * 101}, "assessed_by"),
        ({"assessed_by": "zwei\nZeilen"}, "assessed_by"),
    ],
)
async def test_an_assessment_that_cannot_be_is_refused(
    client: AsyncClient, cast: Cast, wrong: dict[str, str], word: str
) -> None:
    young = await add(client, cast, birth_date="2003-02-03", languages=[])
    path = f"/volunteers/{young.json()['id']}/languages"
    body = {"language": "ar", "level": "B1"} | wrong
    answer = await client.post(path, json=body, headers=cast.key("amal"))
    assert answer.status_code == 422, answer.text
    assert word in answer.json()["detail"]


async def test_the_same_language_twice_keeps_the_higher_level(
    client: AsyncClient, cast: Cast
) -> None:
    twice = [
        {"language": "ar", "level": "B1"},
        {"language": "ar", "level": "C1", "assessed_by": "VHS"},
        {"language": "ar"},
    ]
    made = (await add(client, cast, languages=twice)).json()
    assert [(s["level"], s["assessed_by"]) for s in made["languages"]] == [("C1", "VHS")]


async def test_an_assessed_level_is_kept_when_a_list_says_something_else(
    client: AsyncClient, cast: Cast
) -> None:
    path = f"/volunteers/{cast.volunteers['dilan']}"
    body = {
        "language": "kmr",
        "level": "C1",
        "assessed_by": "VHS Friedberg",
        "assessed_on": "2026-11-20",
    }
    await client.post(f"{path}/languages", json=body, headers=cast.key("amal"))
    text = (
        "Nr;Nachname;Vorname;geb. am;PLZ;Rolle;Sprachen\n"
        "1;Dilan-Beispiel;Dilan;17.05.1985;61169;Dolmetscherin;Kurmandschi (A2)\n"
        "2;Muster;Ayla;03.02.1990;61169;Dolmetscherin;Kurmandschi (A2)\n"
    )
    files = [("files", ("freiwillige.csv", text.encode(), "text/csv"))]
    read = await client.post("/imports", files=files, headers=cast.key("amal"))
    assert read.json()["new_volunteers"] == 1, "the control: the list is read and stored"
    assert body in (await client.get(path, headers=cast.key("amal"))).json()["languages"]


async def test_volunteers_set_their_own_limits_and_take_them_away_again(
    client: AsyncClient, cast: Cast
) -> None:
    limits = {
        "quiet_from": "20:30",
        "quiet_to": "09:00",
        "most_day_assignments": 1,
        "most_day_minutes": 120,
        "most_week_minutes": 240,
        "most_travel_minutes": 45,
        "long_days": True,
    }
    made = await change(client, cast, "dilan", "dilan", **limits)
    assert made.status_code == 200, made.text
    assert {name: made.json()[name] for name in limits} == limits
    other = await change(client, cast, "amal", "dilan", phone="0170 5")
    assert {name: other.json()[name] for name in limits} == limits, "what was not sent stays"
    none = {name: None for name in limits if name != "long_days"}
    cleared = (await change(client, cast, "amal", "dilan", **none, long_days=False)).json()
    assert (cleared["quiet_from"], cleared["quiet_to"]) == ("21:00", "07:00")
    assert [cleared[name] for name in limits if name.startswith("most_")] == [None] * 4
    assert cleared["long_days"] is False


@pytest.mark.parametrize(
    "wrong",
    [
        {"quiet_from": "24:00"},
        {"quiet_from": "9:00"},
        {"quiet_to": "21.00"},
        {"quiet_to": "٢١:00"},
        {"most_day_assignments": 0},
        {"most_day_assignments": 13},
        {"most_day_minutes": 14},
        {"most_week_minutes": 3601},
        {"most_travel_minutes": 4},
        {"most_travel_minutes": "bald"},
    ],
)
async def test_limits_that_make_no_sense_are_refused(
    client: AsyncClient, cast: Cast, wrong: dict[str, Any]
) -> None:
    answer = await change(client, cast, "dilan", "dilan", **wrong)
    assert answer.status_code == 422, answer.text
    assert next(iter(wrong)) in answer.json()["detail"]


async def test_nobody_else_sets_her_limits(client: AsyncClient, cast: Cast) -> None:
    for name in ("mirela", "kofi"):
        answer = await change(client, cast, name, "dilan", most_day_assignments=1)
        assert answer.status_code == 404


def test_one_statement_reads_what_many_read(engine: Engine, cast: Cast) -> None:
    examples = furnish(engine, cast)
    with db.transaction(engine) as session:
        dilan = session.get_one(Volunteer, cast.volunteers["dilan"])
        session.add(
            Task(
                sponsor_id=cast.wetterau,
                code="column:IBAN",
                subject_type="volunteer",
                subject_id=dilan.id,
            )
        )
        session.flush()
        for pools in (None, frozenset({cast.wetterau}), frozenset({cast.fulda})):
            (loaded,) = dossiers.load(session, [dilan], sponsor_ids=pools)
            read = whole.dossier(session, dilan, sponsor_ids=pools)
            assert [part.name for part in fields(read) if not getattr(read, part.name)] == [
                part.name for part in fields(loaded) if not getattr(loaded, part.name)
            ]
            assert contents(read) == contents(loaded)
    assert examples.ids["extra_id"] == str(read.extras[0].id)


def contents(dossier: dossiers.Dossier) -> dict[str, list[Any]]:
    """Everything in a dossier but the times of writing."""
    unread = {"created_at", "updated_at"}
    return {
        part.name: [
            row if isinstance(row, str) else row.model_dump(exclude=unread)
            for row in getattr(dossier, part.name)
        ]
        for part in fields(dossier)
        if part.name not in ("volunteer", "lent_from")
    }
