"""Where the places of a list lie: reports count by Kreis, and lists name none."""

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db
from app.tables import Institution, Sponsor
from tests.app.imports import demo
from tests.cast import Cast

KITA = {"Nr": "1", "Einrichtung": "Kita Probe", "Art": "Kita", "PLZ": "61169", "Ort": "Friedberg"}


@pytest.mark.parametrize(("regions", "found"), [(["06440"], "06440"), (["06440", "06531"], None)])
async def test_a_place_of_a_list_lies_in_the_only_kreis_of_its_sponsor(
    client: AsyncClient, cast: Cast, engine: Engine, regions: list[str], found: str | None
) -> None:
    with db.transaction(engine) as session:
        sponsor = session.get_one(Sponsor, cast.wetterau)
        sponsor.regions = regions
        session.add(sponsor)
    file = ("einrichtungen.csv", demo.list_of(KITA))
    made = await client.post("/imports", files=[("files", file)], headers=cast.key("amal"))
    assert made.status_code == 200, made.text
    with db.transaction(engine, read_only=True) as session:
        named = col(Institution.name) == "Kita Probe"
        assert session.exec(select(Institution.region_ags).where(named)).one() == found
