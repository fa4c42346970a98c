"""The report of an import: every row with its fate, how it was read, and what is known already."""

from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db
from app.tables import Institution, LanguageSkill, Request, Task, Volunteer
from tests.app.examples import snapshot
from tests.app.imports import demo
from tests.app.imports.test_undo import FILES, SMALL, store
from tests.cast import Cast

PERSON = demo.VOLUNTEER | {
    "Nr": "7",
    "Nachname": "Beispiel",
    "Vorname": "Ada",
    "Wohnort": "Rosbach",
    "Telefon": "0171 5550001",
    "Sprachen": "Türkisch C1, Kurdisch",
    "Verfügbarkeit": "Mo-Fr 8-12",
    "max. Std./Woche": "4,5",
    "Bemerkung": "nur telefonisch, Urlaub 18.01.-22.01., mag Tee",
}
PLACE = {
    "Nr": "1",
    "Einrichtung": "Kita Arche",
    "PLZ": "61169",
    "Ort": "Friedberg",
    "Telefon": "06031 555",
}
ASKED = demo.REQUEST | {
    "Einrichtung": "Kita Arche",
    "Dauer": "1,5 Std.",
    "Sprache": "Irakisch",
    "Ausweichtermin": "13.01.2027 10:00",
    "Raum": "12",
    "Bemerkung": "nur Frau!!",
}


def files(
    person: dict[str, str] = PERSON, place: dict[str, str] = PLACE, asked: dict[str, str] = ASKED
) -> dict[str, bytes]:
    """One row in each of the three lists."""
    return {
        "freiwillige.csv": demo.list_of(person),
        "einrichtungen.csv": demo.list_of(place),
        "anfragen.csv": demo.list_of(asked),
    }


async def read(
    client: AsyncClient, cast: Cast, lists: dict[str, bytes], locale: str = "de"
) -> dict[str, Any]:
    """The report of a dry run."""
    answer = await client.post(
        "/imports?dry_run=true",
        headers=cast.key("amal") | {"Accept-Language": locale},
        files=[("files", (name, content)) for name, content in lists.items()],
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def told(row: dict[str, Any]) -> dict[str, str]:
    """How the columns of a row were read."""
    return {one["column"]: one["read_as"] for one in row["understood"]}


async def test_a_dry_run_lists_every_row_and_stores_nothing(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    before = snapshot(engine)
    found = await read(client, cast, FILES)
    assert snapshot(engine) == before
    by_kind = {kind: [r for r in found["rows"] if r["kind"] == kind] for kind in demo.KEY}
    assert {kind: len(rows) for kind, rows in by_kind.items()} == {
        kind: key["rows"] for kind, key in demo.KEY.items()
    }
    for row in found["rows"]:
        assert row["label"].startswith(f"Nr {row['row']} · ")
        assert bool(row["understood"]) == (row["fate"] != "rejected")
        assert len(row["sentences"]) == len(row["codes"])
    fates = [r["fate"] for r in by_kind["volunteers"]]
    assert (fates.count("rejected"), fates.count("ask")) == (4, 5)


async def test_doubtful_cells_are_read_back(client: AsyncClient, cast: Cast) -> None:
    person, place, asked = (await read(client, cast, files()))["rows"]
    assert person["label"] == "Nr 7 · Beispiel, Ada"
    assert told(person) == {
        "geb. am": "07.09.1958",
        "m/w/d": "Frau",
        "Rolle": "Laiendolmetschen, Integrationslotsin oder -lotse",
        "Sprachen": (
            "Türkisch (C1), „Kurdisch“: unklar, wird erfragt (Kurdisch (Kurmandschi) oder "
            "Kurdisch (Sorani)) (ohne Niveau)"
        ),
        "Verfügbarkeit": "Mo-Fr 8-12 Uhr",
        "max. Std./Woche": "04:30 Std.",
        "Bemerkung": "nur am Telefon; abwesend 18.01.2027 bis 22.01.2027; Notiz: mag Tee",
    }
    assert told(place) == {"Einrichtung": "Kita"}
    assert asked["label"] == "Nr 1 · Kita Arche, 12.01.2027 10:00"
    assert told(asked) == {
        "Einrichtung": "Kita Arche, Friedberg",
        "Datum": "Di 12.01.2027",
        "Uhrzeit": "10:00-11:30 Uhr",
        "Dauer": "90 Minuten",
        "Sprache": "Arabisch (Irak)",
        "Ausweichtermin": "Mi 13.01.2027 10:00",
        "Bemerkung": "nur Frau",
    }


async def test_rows_that_are_stored_already_are_unchanged(client: AsyncClient, cast: Cast) -> None:
    await store(client, cast, files())
    again = await store(client, cast, files())
    assert [row["fate"] for row in again["rows"]] == ["unchanged"] * 3
    assert [row["codes"] for row in again["rows"]] == [["known:same"]] * 3
    assert again["rows"][0]["sentences"] == ["Schon gespeichert: nichts geändert."]
    assert (again["id"], again["new_volunteers"]) == (None, 0)
    assert [again["outcome"][kind]["unchanged"] for kind in demo.KEY] == [1, 1, 1]


async def test_the_whole_demo_pool_read_again_is_unchanged_without_a_difference(
    client: AsyncClient, cast: Cast
) -> None:
    await store(client, cast, FILES)
    again = await read(client, cast, FILES)
    stored = [row for row in again["rows"] if row["fate"] != "rejected"]
    assert {row["fate"] for row in stored} == {"unchanged"}
    different = [row["label"] for row in stored if row["codes"] != ["known:same"]]
    assert different == ["Nr 8 · Löwenzahnschule"], "the cast's school was there before"


DIFFERENT: list[tuple[int, dict[str, str], list[str]]] = [
    (0, {"Telefon": "0171 5550009"}, ["Telefon"]),
    (0, {"PLZ": "61169", "Wohnort": "Friedberg"}, ["PLZ", "Wohnort"]),
    (0, {"Sprachen": "Türkisch C2, Kurdisch"}, ["Sprachen"]),
    (0, {"Sprachen": "Türkisch C1, Kurdisch, Somali"}, ["Sprachen"]),
    (0, {"Verfügbarkeit": "Mo-Do 8-12"}, ["Verfügbarkeit"]),
    (0, {"Rolle": "LD"}, ["Rolle"]),
    (0, {"max. Std./Woche": "6"}, ["max. Std./Woche"]),
    (0, {"Bemerkung": "nicht Sozialamt"}, ["Bemerkung"]),
    (0, {"Telefon": "", "Bemerkung": ""}, []),
    (1, {"Telefon": "06031 777"}, ["Telefon"]),
    (2, {"Dauer": "60 min"}, ["Dauer"]),
    (2, {"Ausweichtermin": "14.01.2027 10:00"}, ["Ausweichtermin"]),
    (2, {"Raum": "13"}, ["Raum"]),
    (2, {"Bemerkung": "Eingang hinten"}, ["Bemerkung"]),
]


@pytest.mark.parametrize(("at", "change", "columns"), DIFFERENT)
async def test_what_the_list_says_otherwise_is_told_and_left_alone(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    at: int,
    change: dict[str, str],
    columns: list[str],
) -> None:
    await store(client, cast, files())
    before = snapshot(engine)
    rows = [PERSON, PLACE, ASKED]
    rows[at] = rows[at] | change
    again = await store(client, cast, files(*rows))
    row = again["rows"][at]
    assert (row["fate"], row["differs"]) == ("unchanged", columns)
    assert row["codes"] == (["known:differs"] if columns else ["known:same"])
    assert ", ".join(columns) in row["sentences"][0]
    assert snapshot(engine) == before


async def test_the_answer_to_a_question_is_no_difference(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await store(client, cast, files())
    with db.transaction(engine) as session:
        person = session.exec(select(Volunteer).where(col(Volunteer.surname) == "Beispiel")).one()
        session.add(LanguageSkill(volunteer_id=person.id, language="kmr"))
    again = await read(client, cast, files())
    assert again["rows"][0]["codes"] == ["known:same"]


async def test_a_request_that_came_another_way_is_known(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await store(client, cast, files())
    with db.transaction(engine) as session:
        place = session.exec(select(Institution).where(col(Institution.name) == "Kita Arche")).one()
        session.exec(select(Request).where(col(Request.institution_id) == place.id)).one()
        for request in session.exec(select(Request)).all():
            request.source_key = None
    again = await store(client, cast, files())
    assert again["rows"][2]["fate"] == "unchanged"
    assert again["new_requests"] == 0


async def test_the_report_speaks_english_when_asked(client: AsyncClient, cast: Cast) -> None:
    await store(client, cast, SMALL)
    person, *_ = (await read(client, cast, SMALL, "en"))["rows"]
    assert person["sentences"] == ["Stored already: nothing was changed."]


async def test_every_second_week_is_a_question_and_no_window(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    row = PERSON | {"Verfügbarkeit": "jede 2. Woche Mo 8-12"}
    made = await store(client, cast, {"freiwillige.csv": demo.list_of(row)})
    assert "column:Verfügbarkeit" in made["rows"][0]["codes"]
    assert told(made["rows"][0])["Verfügbarkeit"] == "unklar, wird erfragt"
    with db.transaction(engine) as session:
        codes = session.exec(select(Task.code)).all()
    assert "column:Verfügbarkeit" in codes
    assert "every_weeks': 2" not in " ".join(snapshot(engine)["availability_rule"])


@pytest.mark.parametrize("heading", ["IBAN", "Kontonummer", "IBAN (Konto)"])
async def test_an_account_that_cannot_be_read_is_no_plain_text_of_a_task(
    client: AsyncClient, cast: Cast, engine: Engine, heading: str
) -> None:
    wrong = "DE91 5005 0000 4070 3789 21"
    made = await store(client, cast, {"freiwillige.csv": demo.list_of(PERSON | {heading: wrong})})
    assert f"column:{heading}" in made["rows"][0]["codes"]
    with db.transaction(engine) as session:
        task = session.exec(select(Task).where(col(Task.code) == f"column:{heading}")).one()
    assert task.params["written"] == task.params["value"] == "…9 21"
    assert wrong[:9] not in str(snapshot(engine)["volunteer"])
