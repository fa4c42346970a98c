"""The report on hours and amounts."""

import io
from datetime import date
from typing import Any

import pytest
from httpx import AsyncClient
from openpyxl import load_workbook
from sqlalchemy import Engine, event

from tests.app.hours.bookings import at, confirmed
from tests.app.payouts.steps import approve_all, step
from tests.cast import Cast

JANUARY, FEBRUARY = date(2027, 1, 11), date(2027, 2, 8)
PERIOD = "from=2027-01-01&to=2027-02-28"


async def hours(
    client: AsyncClient, cast: Cast, who: str = "amal", period: str = PERIOD, more: str = ""
) -> Any:
    """What the service answers."""
    return await client.get(f"/reports/hours?{period}{more}", headers=cast.key(who))


async def rows(client: AsyncClient, cast: Cast, period: str = PERIOD) -> list[tuple[Any, ...]]:
    """Who, month, hours, with pay, amount, not approved."""
    answer = await hours(client, cast, period=period)
    assert answer.status_code == 200, answer.text
    keys = ("month", "minutes", "paid_minutes", "amount_cents", "unclaimed_minutes")
    return [
        (row["volunteer"].split(",")[0][:6], *(row[key] for key in keys))
        for row in answer.json()["rows"]
    ]


async def test_report_shows_what_is_not_approved_apart(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(JANUARY, "10:00"))
    confirmed(engine, cast, at(JANUARY, "12:00"), name="mirela", minutes=90)
    await approve_all(client, cast)
    confirmed(engine, cast, at(JANUARY, "14:00"), minutes=30)
    confirmed(engine, cast, at(FEBRUARY, "10:00"), minutes=45)
    confirmed(engine, cast, at(FEBRUARY, "12:00"), state="reported")
    assert await rows(client, cast) == [
        ("Dilan-", "2027-01", 90, 60, 2000, 30),
        ("Dilan-", "2027-02", 45, 0, 0, 45),
        ("Mirela", "2027-01", 90, 90, 2000, 0),
    ]


async def test_hours_of_a_returned_claim_count_as_not_approved(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(JANUARY, "10:00"))
    (made,) = await approve_all(client, cast)
    assert await rows(client, cast) == [("Dilan-", "2027-01", 60, 60, 2000, 0)]
    await step(client, cast, "fatma", made, "return")
    assert await rows(client, cast) == [("Dilan-", "2027-01", 60, 0, 0, 60)]


async def test_both_days_of_the_period_are_included(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    for clock in ("00:10", "23:10"):
        confirmed(engine, cast, at(JANUARY, clock), minutes=30)
    assert await rows(client, cast, "from=2027-01-11&to=2027-01-11") == [
        ("Dilan-", "2027-01", 60, 0, 0, 60)
    ]
    assert await rows(client, cast, "from=2027-01-10&to=2027-01-10") == []
    assert await rows(client, cast, "from=2027-01-12&to=2027-01-12") == []
    await approve_all(client, cast)
    assert await rows(client, cast, "from=2027-01-11&to=2027-01-11") == [
        ("Dilan-", "2027-01", 60, 60, 4000, 0)
    ]


@pytest.mark.parametrize(
    "period",
    [
        "from=2027-02-01&to=2027-01-31",
        "from=2026-01-01&to=2027-02-05",
        "from=9999-12-31&to=9999-12-31",
        "from=0001-01-01&to=0001-01-01",
        "from=gestern&to=2027-01-31",
        "from=2027-01-01",
    ],
)
async def test_periods_that_are_none_are_refused(
    client: AsyncClient, cast: Cast, period: str
) -> None:
    answer = await hours(client, cast, period=period)
    assert answer.status_code == 422
    assert answer.json()["detail"]


async def test_four_hundred_days_are_allowed(client: AsyncClient, cast: Cast) -> None:
    answer = await hours(client, cast, period="from=2026-01-01&to=2027-02-04")
    assert answer.json()["rows"] == []


async def test_report_is_saved_under_a_plain_name(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(JANUARY, "10:00"))
    await approve_all(client, cast)
    sheet = await hours(client, cast, more="&format=csv")
    name = 'attachment; filename="stunden-2027-01-01-2027-02-28.csv"'
    assert sheet.headers["content-disposition"] == name
    line = sheet.content.decode("utf-8-sig").splitlines()[1].split(";")
    assert line[1:] == [
        "Dilan-Beispiel, Dilan", "2027-01", "1:00", "1:00", "1:00", "20,00", "0,00", "0,00",
        "0:00", "0:00",
    ]  # fmt: skip
    book = await hours(client, cast, more="&format=xlsx")
    cells = load_workbook(io.BytesIO(book.content)).active
    assert cells is not None
    assert cells["G2"].value == 20


async def test_only_the_office_reads_reports_and_only_its_own(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(JANUARY, "10:00"))
    for who in ("dilan", "selin"):
        assert (await hours(client, cast, who)).status_code == 403
    for who in ("amal", "fatma", "lea"):
        assert len((await hours(client, cast, who)).json()["rows"]) == 1
    assert (await hours(client, cast, "kofi")).json()["rows"] == []
    foreign = await hours(client, cast, "kofi", more=f"&sponsor_id={cast.wetterau}")
    assert foreign.status_code == 404


async def test_unknown_report_names_the_known_ones(client: AsyncClient, cast: Cast) -> None:
    answer = await client.get(f"/reports/nichts?{PERIOD}", headers=cast.key("amal"))
    assert answer.status_code == 404
    assert "hours" in answer.json()["detail"]


async def test_report_takes_the_same_number_of_statements_for_many_rows(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    counted: list[int] = []
    for day in (JANUARY, FEBRUARY):
        for name in ("dilan", "mirela"):
            confirmed(engine, cast, at(day, "10:00"), name=name)
        statements: list[str] = []

        def note(*arguments: Any, seen: list[str] = statements) -> None:
            seen.append(arguments[2])

        event.listen(engine, "before_cursor_execute", note)
        await hours(client, cast)
        event.remove(engine, "before_cursor_execute", note)
        counted.append(len([s for s in statements if s.startswith("SELECT")]))
    assert len(set(counted)) == 1
