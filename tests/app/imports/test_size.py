"""A long list is read in the time of its rows, not of their square."""

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine, event

from tests.cast import Cast


async def looks(client: AsyncClient, cast: Cast, engine: Engine, name: str, rows: int) -> int:
    """How many statements read institutions while a list of so many new ones is stored."""
    head = "Nr;Einrichtung;Art;Straße;PLZ;Ort;Telefon;E-Mail\n"
    lines = (f"{n};Schule {name}-{n};Grundschule;Weg 1;61169;Friedberg;;\n" for n in range(rows))
    file = ("einrichtungen.csv", (head + "".join(lines)).encode(), "text/csv")
    seen: list[str] = []

    def keep(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", keep)
    made = await client.post("/imports", files=[("files", file)], headers=cast.key("amal"))
    event.remove(engine, "before_cursor_execute", keep)
    assert made.json()["new_institutions"] == rows, made.text
    return sum("FROM institution" in statement for statement in seen)


async def written(client: AsyncClient, cast: Cast, engine: Engine, name: str, rows: int) -> int:
    """How many statements store so many new volunteers with papers, times and a question each."""
    head = "Nachname;Vorname;geb. am;PLZ;Rolle;Sprachen;Verfügbarkeit;Erklärung\n"
    people = (
        f"{name}{n};Ada;12.01.1980;61169;LD;Dari C1, Kurdisch;Mo-Fr 8-12;01.06.2026\n"
        for n in range(rows)
    )
    file = ("freiwillige.csv", (head + "".join(people)).encode(), "text/csv")
    seen: list[str] = []

    def keep(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", keep)
    made = await client.post("/imports", files=[("files", file)], headers=cast.key("amal"))
    event.remove(engine, "before_cursor_execute", keep)
    assert made.json()["new_volunteers"] == rows, made.text
    return len(seen)


async def test_people_are_stored_in_the_same_statements_however_many_they_are(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    few = await written(client, cast, engine, "A", 3)
    assert await written(client, cast, engine, "B", 30) == few


@pytest.mark.parametrize("rows", [5, 20])
async def test_known_institutions_are_read_once_however_long_the_list_is(
    client: AsyncClient, cast: Cast, engine: Engine, rows: int
) -> None:
    few = await looks(client, cast, engine, "A", 2)
    assert await looks(client, cast, engine, "B", rows) == few
