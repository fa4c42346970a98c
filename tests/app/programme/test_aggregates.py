"""The programme's tables over HTTP: sums across sponsors, quarters alone, and nobody in them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import Session

from app import db, suppression
from app.programme.schemas import By
from app.tables import Institution, ServiceRecord, Sponsor, Volunteer
from tests import cast as people
from tests.app.examples import asking, assignment
from tests.cast import Cast

QUARTER = {"from": "2026-07-01", "to": "2026-09-30"}
MONDAY = datetime(2026, 7, 6, 8, 0, tzinfo=UTC)
WETTERAU, FULDA = "06440", "06631"


def work(
    session: Session,
    place: Institution,
    who: Volunteer | None,
    sponsor_id: UUID,
    starts_at: datetime,
    language: str,
) -> None:
    """One appointment of an hour; for nobody it stays open."""
    asked = asking(session, sponsor_id, place.id, starts_at, language=language, state="done")
    if who is None:
        return
    booked = assignment(asked, who.id, state="performed")
    session.add(booked)
    session.flush()
    session.add(
        ServiceRecord(
            sponsor_id=sponsor_id,
            assignment_id=booked.id,
            volunteer_id=who.id,
            started_at=booked.starts_at,
            ended_at=booked.ends_at,
            minutes=60,
            reported_minutes=60,
            state="confirmed",
        )
    )


@pytest.fixture
def pools(engine: Engine, cast: Cast) -> None:
    """Three sponsors; Kurmandschi and Arabic in two Kreise, Romanian by one volunteer."""
    with db.transaction(engine) as session:
        third = Sponsor(name="Brücke Büdingen", kind="nonprofit")
        session.add(third)
        session.flush()
        for number, sponsor_id in enumerate((cast.wetterau, cast.fulda, third.id)):
            places = []
            for ags in (WETTERAU, FULDA):
                place = people.institution(session, f"Haus {ags} {number}", sponsor_id, "daycare")
                place.region_ags = ags
                places.append(place)
            for index in range(3):
                name = f"helfer{number}{index}"
                who = people.volunteer(session, cast, name, sponsor_id=sponsor_id, languages={})
                for step, (place, language) in enumerate(
                    (place, language) for place in places for language in ("kmr", "ar") * 2
                ):
                    day = MONDAY + timedelta(days=7 * step + index, hours=number)
                    work(session, place, who, sponsor_id, day, language)
            if number == 0:
                work(session, places[0], who, sponsor_id, MONDAY + timedelta(days=80), "ro")
                work(session, places[0], None, sponsor_id, MONDAY + timedelta(days=81), "kmr")


async def sums(client: AsyncClient, cast: Cast, **query: Any) -> Response:
    """What Petra reads."""
    params = QUARTER | query
    return await client.get("/programme/aggregates", params=params, headers=cast.key("petra"))


def numbers(answer: Response) -> dict[tuple[str | None, str | None], int | None]:
    """Filled appointments by cell; None is hidden."""
    return {(one["first"], one["second"]): one["filled"] for one in answer.json()["rows"]}


async def test_sums_across_sponsors_name_nobody(
    client: AsyncClient, cast: Cast, pools: None
) -> None:
    answer = await sums(client, cast, by="region")
    found = answer.json()
    assert found["shown"]
    assert found["total"] == {
        "hidden": False,
        "appointments": 74,
        "filled": 73,
        "hours": 73,
        "volunteers": 10,
        "languages": 3,
    }
    assert {one["first_name"]: one["filled"] for one in found["rows"]} == {
        "Wetteraukreis": 37,
        "Fulda (Landkreis)": 36,
    }
    for name in ("Brücke", "Sprachpool", "Helfer", "Haus", "helfer"):
        assert name not in answer.text


async def test_a_small_cell_is_hidden_with_others_and_every_table_hides_the_same_totals(
    client: AsyncClient, cast: Cast, pools: None
) -> None:
    lines = numbers(await sums(client, cast, by="language"))
    assert lines == {("ar", None): None, ("kmr", None): 36, ("ro", None): None}
    grid = numbers(await sums(client, cast, by="region,language"))
    assert {k: v for k, v in grid.items() if k[0] is None} == {
        (None, language): value for (language, _), value in lines.items()
    }
    assert grid[WETTERAU, "ro"] is None


async def test_control_without_secondary_suppression_the_rest_is_the_secret(
    client: AsyncClient, cast: Cast, pools: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suppression, "_is_wide", lambda *_: True)
    answer = await sums(client, cast, by="language")
    shown = [value for value in numbers(answer).values() if value is not None]
    assert answer.json()["total"]["filled"] - sum(shown) == 1, "one Romanian appointment"


async def test_a_table_of_too_few_sponsors_is_not_shown(
    client: AsyncClient, cast: Cast, pools: None
) -> None:
    found = (await sums(client, cast, by="sponsor_kind")).json()
    assert (found["shown"], found["rows"]) == (False, [])
    assert "nicht gezeigt" in found["note"]
    empty = (await sums(client, cast, **{"from": "2026-04-01", "to": "2026-06-30"})).json()
    assert (empty["total"]["appointments"], empty["rows"]) == (0, [])


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-07-01", "2026-07-31"),
        ("2026-07-01", "2026-12-31"),
        ("2026-07-02", "2026-09-30"),
        ("2026-08-01", "2026-10-31"),
        ("2026-01-01", "2026-12-31"),
        ("2026-09-30", "2026-07-01"),
        ("0001-01-01", "9999-12-31"),
    ],
)
async def test_only_whole_quarters_can_be_asked_for(
    client: AsyncClient, cast: Cast, first: str, last: str
) -> None:
    answer = await sums(client, cast, **{"from": first, "to": last})
    assert answer.status_code == 422, "two periods that overlap could be set off"


async def test_a_quarter_that_may_still_change_is_not_told(
    client: AsyncClient, cast: Cast, clock: Any
) -> None:
    asked = {"from": "2026-10-01", "to": "2026-12-31"}
    early = await sums(client, cast, **asked)
    assert early.status_code == 422
    assert "30.01.2027" in early.json()["detail"]
    clock.move_to(datetime(2027, 1, 30, 12, tzinfo=UTC))
    assert (await sums(client, cast, **asked)).status_code == 200


def test_no_two_tables_share_a_pair_of_dimensions() -> None:
    pairs = [set(by.split(",")) for by in By.__args__ if "," in by]
    assert len(pairs) == len({name for pair in pairs for name in pair}) / 2 > 0
    assert all(len(pair) == 2 for pair in pairs)


async def test_a_table_can_be_saved(client: AsyncClient, cast: Cast, pools: None) -> None:
    csv = await sums(client, cast, by="language", format="csv")
    assert csv.headers["content-type"].startswith("text/csv")
    lines = csv.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Sprache;Angefragt;Besetzt;Stunden")
    assert "Rumänisch;;;;;;ausgeblendet" in lines
    assert lines[-1].startswith("Alle;74;73;73;10;3")
    xlsx = await sums(client, cast, by="region,language", format="xlsx")
    assert xlsx.content[:2] == b"PK"


async def test_only_the_programme_reads_them(client: AsyncClient, cast: Cast) -> None:
    for who in ("amal", "fatma", "lea", "arno", "dilan", "selin", "otto", "kofi"):
        answer = await client.get("/programme/aggregates", params=QUARTER, headers=cast.key(who))
        assert answer.status_code == 403, who
