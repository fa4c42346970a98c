"""Every report in every format: the same bytes for the same moment, whatever happens afterwards."""

import io
from datetime import date, timedelta

import pytest
import time_machine
from httpx import AsyncClient, Response
from openpyxl import load_workbook
from sqlalchemy import Engine

from app.reports import registry
from app.tables import LedgerKind
from tests.app.examples import furnish
from tests.app.hours.bookings import at, confirmed
from tests.app.payouts.steps import approve_all, step
from tests.app.reports.worlds import YEAR, activity, drawn, line, written
from tests.cast import Cast

MONDAY = date(2027, 1, 4)
FORMATS = ("json", "csv", "xlsx", "pdf")
PERIOD = "from=2026-06-01&to=2027-03-31"


async def every(client: AsyncClient, cast: Cast, asked: str) -> dict[tuple[str, str], Response]:
    """Every report in every format."""
    return {
        (name, kind): await drawn(client, cast, name, f"{asked}&format={kind}")
        for name in registry.REPORTS
        for kind in FORMATS
    }


async def test_every_report_is_drawn_in_every_format_and_again_the_same(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    furnish(engine, cast)
    activity(engine, cast, date(2026, 12, 8), "09:00")
    confirmed(engine, cast, at(MONDAY, "10:00"))
    written(engine, [line(cast, LedgerKind.UNFILLED)])
    (claim,) = await approve_all(client, cast)
    clock.shift(timedelta(days=1))
    before = await every(client, cast, f"{PERIOD}&as_of=2027-01-04")
    assert {answer.status_code for answer in before.values()} == {200}
    assert before["hours", "json"].json()["as_of"].startswith("2027-01-04T22:59:59")
    await step(client, cast, "fatma", claim, "return")
    confirmed(engine, cast, at(MONDAY, "14:00"), minutes=45)
    written(engine, [line(cast, LedgerKind.UNFILLED, language="ar"), line(cast, role="guide")])
    clock.shift(timedelta(days=30))
    again = await every(client, cast, f"{PERIOD}&as_of=2027-01-04")
    assert [which for which in before if again[which].content != before[which].content] == []


async def test_what_is_recorded_later_stands_in_a_later_report(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    names = ("hours", "assignments", "unmet-demand", "guide-detail")
    written(engine, [line(cast), line(cast, LedgerKind.UNFILLED), line(cast, role="guide")])
    first = {name: (await drawn(client, cast, name)).json() for name in names}
    clock.shift(timedelta(seconds=1))
    more = [line(cast, day=date(2026, 11, 3), role=role) for role in ("guide", "interpreter")]
    written(engine, [*more, line(cast, LedgerKind.UNFILLED, language="ar")])
    for name in names:
        assert (await drawn(client, cast, name)).json()["rows"] != first[name]["rows"], name
        then = await drawn(client, cast, name, f"{YEAR}&as_of={first[name]['as_of']}")
        assert then.json() == first[name]


@pytest.mark.parametrize(
    ("as_of", "told"),
    [
        ("2027-01-05", "liegt in der Zukunft"),
        ("2027-01-04T09:00:01Z", "liegt in der Zukunft"),
        ("9999-12-31", "liegt in der Zukunft"),
        ("0001-01-01", "zwischen"),
        ("0001-01-01T00:00:00%2B14:00", "zwischen"),
        ("2027-01-04T09:00:00", ""),
        ("gestern", ""),
    ],
)
async def test_a_state_that_nobody_knows_is_refused(
    client: AsyncClient, cast: Cast, as_of: str, told: str
) -> None:
    answer = await drawn(client, cast, "hours", f"{PERIOD}&as_of={as_of}")
    assert answer.status_code == 422
    assert told in answer.json()["detail"]


@pytest.mark.parametrize(
    ("as_of", "moment"),
    [
        ("2027-01-04", "2027-01-04T09:00:00Z"),
        ("2027-01-03", "2027-01-03T22:59:59.999999Z"),
        ("2026-07-01", "2026-07-01T21:59:59.999999Z"),
        ("2027-01-04T10:00:00%2B01:00", "2027-01-04T09:00:00Z"),
        ("2027-01-03T00:00:00Z", "2027-01-03T00:00:00Z"),
    ],
)
async def test_a_day_stands_for_its_end_in_hessen(
    client: AsyncClient, cast: Cast, as_of: str, moment: str
) -> None:
    answer = await drawn(client, cast, "hours", f"{PERIOD}&as_of={as_of}")
    assert answer.json()["as_of"] == moment


async def test_reports_are_listed_with_their_columns(client: AsyncClient, cast: Cast) -> None:
    listed = (await client.get("/reports", headers=cast.key("arno"))).json()
    assert [one["name"] for one in listed] == list(registry.REPORTS)
    hours = listed[0]
    assert hours["columns"][3] == {"key": "minutes", "heading": "Stunden", "kind": "minutes"}
    assert (hours["personal"], hours["outside"], hours["picture"]) == (True, False, True)
    english = await client.get("/reports", headers=cast.key("arno") | {"Accept-Language": "en"})
    assert english.json()[0]["title"] == "Hours and amounts"
    assert (await client.get("/reports", headers=cast.key("dilan"))).status_code == 403


async def test_another_sponsor_sees_nothing_of_it(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    written(engine, [line(cast), line(cast, LedgerKind.UNFILLED), line(cast, role="guide")])
    written(engine, [line(cast, LedgerKind.PAID, paid_on=date(2026, 12, 20), amount_cents=2000)])
    for name in registry.REPORTS:
        answer = await drawn(client, cast, name, PERIOD, who="kofi")
        assert answer.status_code == 200, name
        assert "Dilan" not in answer.text
        assert name in ("lump-sum", "thresholds") or answer.json()["rows"] == []
        foreign = f"{PERIOD}&sponsor_id={cast.wetterau}"
        assert (await drawn(client, cast, name, foreign, who="kofi")).status_code == 404


async def test_a_sheet_has_every_column_and_row(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    written(engine, [line(cast, language="kmr"), line(cast, language="ar")])
    data = (await drawn(client, cast, "assignments")).json()
    sheet = await drawn(client, cast, "assignments", f"{YEAR}&format=xlsx")
    book = load_workbook(io.BytesIO(sheet.content)).active
    assert book is not None
    cells = [[cell.value for cell in row] for row in book.iter_rows()]
    assert cells[0] == [column["heading"] for column in data["columns"]]
    assert len(cells) == 1 + len(data["rows"]) == 3
