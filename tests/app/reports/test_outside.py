"""What leaves the sponsor: small numbers are hidden, and nobody works them out."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
import time_machine
from httpx import AsyncClient
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from app import suppression
from app.reports import outside
from app.reports.outside import HOUR, LEAST, Case, Shown
from app.tables import LedgerKind
from tests.app.programme.attacker import Attacker
from tests.app.reports.worlds import FULDA, GIESSEN, WETTERAU, YEAR, drawn, line, written
from tests.cast import Cast

OUTSIDE = f"{YEAR}&for=outside"
SLACK = 1e-6


@pytest.fixture(autouse=True)
def _settled(clock: time_machine.Traveller) -> None:
    """2026 has been over for a while."""
    clock.move_to(datetime(2027, 2, 1, 9, tzinfo=UTC))


def people(*numbers: int) -> frozenset[Any]:
    """Volunteers by number."""
    return frozenset(numbers)


@st.composite
def worlds(draw: st.DrawFn) -> list[Case]:
    """Cells of a few languages and Kreise, thin and thick."""
    found = []
    for number in range(draw(st.integers(1, 14))):
        count = draw(st.integers(1, 25))
        first = draw(st.integers(0, 12))
        found.append(
            Case(
                language=draw(st.sampled_from("abc")),
                kreis=draw(st.sampled_from("123")),
                beside=(draw(st.sampled_from("xyz")), str(number % 2)),
                count=count,
                minutes=count * draw(st.sampled_from([20, 60, 90])),
                volunteer_ids=people(*range(first, first + draw(st.integers(1, 9)))),
            )
        )
    return found


def attacked(shown: Sequence[Shown], number: str, least: int, wide: int) -> list[float]:
    """Of every unsafe number: how much of the width is what can be known of it."""
    of = {(one.language, one.kreis): one for one in shown if one.beside is None}
    languages = sorted({at[0] for at in of if at[0] is not None})
    kreise = sorted({at[1] for at in of if at[1] is not None})
    empty = Shown(None, None, None, outside.Number(with_people=True), hidden=False)

    def at(language: str | None, kreis: str | None) -> Shown:
        return of.get((language, kreis), empty)

    inner = [[at(one, other) for other in kreise] for one in languages]
    rows, columns = [at(one, None) for one in languages], [at(None, one) for one in kreise]
    masks = (
        np.array([[one.hidden for one in row] for row in inner]),
        np.array([one.hidden for one in rows]),
        np.array([one.hidden for one in columns]),
    )
    numbers = (
        [one.number for one in rows],
        [one.number for one in columns],
        at(None, None).number,
    )
    attacker = Attacker(
        [[one.number for one in row] for row in inner],  # type: ignore[misc]
        numbers,  # type: ignore[arg-type]
        masks,
        lambda one: getattr(one, number),
        least,
    )
    unsafe = [
        (shown_one, attacker.inner[i][j])
        for i, row in enumerate(inner)
        for j, shown_one in enumerate(row)
    ]
    unsafe += zip(rows, attacker.rows, strict=True)
    unsafe += zip(columns, attacker.columns, strict=True)
    return [attacker.width(v) / wide for one, v in unsafe if not one.number.is_safe]


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_no_hidden_number_is_known_closely(cases: list[Case]) -> None:
    shown = outside.protected(outside.ASSIGNMENTS, cases)
    assert all(one.hidden or one.number.is_safe for one in shown), "an unsafe number is hidden"
    table = [one for one in shown if one.language is not None and one.kreis is not None]
    assume(table)
    for number, least, wide in (("cases", 1, LEAST), ("minutes", 0, LEAST * HOUR)):
        assert all(width >= 1 - SLACK for width in attacked(shown, number, least, wide))


def test_control_without_the_others_a_small_number_is_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = people(*range(9))
    cases = [
        Case(language, kreis, ("x", "0"), count, count * 60, many)
        for language, kreis, count in (
            ("a", "1", 3), ("a", "2", 20), ("a", "3", 30),
            ("b", "1", 40), ("b", "2", 25), ("b", "3", 10),
            ("c", "1", 12), ("c", "2", 15), ("c", "3", 60),
        )
    ]  # fmt: skip
    shown = outside.protected(outside.ASSIGNMENTS, cases)
    assert sum(one.hidden for one in shown) == 4
    assert min(attacked(shown, "cases", 1, LEAST)) >= 1
    monkeypatch.setattr(suppression, "_hide_rectangle", lambda *_: True)
    careless = outside.protected(outside.ASSIGNMENTS, cases)
    assert sum(one.hidden for one in careless) == 1
    assert attacked(careless, "cases", 1, LEAST) == pytest.approx([0])


def test_numbers_of_few_people_are_hidden_however_large_they_are() -> None:
    few, many = people(1, 2), people(*range(9))
    cases = [
        Case("a", "1", ("x", ""), 60, 3600, few),
        *(Case("b", kreis, ("x", ""), 50, 3000, many) for kreis in "12"),
        Case("a", "2", ("x", ""), 40, 2400, many),
    ]
    shown = outside.protected(outside.ASSIGNMENTS, cases)
    hidden = {(one.language, one.kreis) for one in shown if one.hidden}
    assert ("a", "1") in hidden
    assert (None, None) not in hidden


def test_nothing_is_shown_of_next_to_nothing() -> None:
    assert outside.protected(outside.UNMET, [Case("a", "1", ("0", "no_time"), 4)]) == []


@pytest.fixture
def unmet(cast: Cast, engine: Engine, clock: time_machine.Traveller) -> None:
    """Seats nobody could take in 2026, as they were known in January."""
    missing = LedgerKind.UNFILLED
    lines = [line(cast, missing) for _ in range(12)]
    lines += [line(cast, missing, region_ags=FULDA) for _ in range(3)]
    lines += [line(cast, missing, region_ags=FULDA, language="ar") for _ in range(9)]
    lines += [line(cast, missing, region_ags=GIESSEN, language="ar") for _ in range(8)]
    lines += [line(cast, missing, region_ags=WETTERAU, language="ar") for _ in range(7)]
    lines += [line(cast, missing, region_ags=GIESSEN, language="fa") for _ in range(11)]
    clock.move_to(datetime(2027, 1, 20, 9, tzinfo=UTC))
    written(engine, lines)
    clock.move_to(datetime(2027, 2, 1, 9, tzinfo=UTC))


@pytest.mark.usefixtures("unmet")
async def test_a_year_is_the_same_whenever_it_is_passed_on(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    async def passed_on(as_of: str = "") -> tuple[Any, str]:
        data = (await drawn(client, cast, "unmet-demand", f"{OUTSIDE}{as_of}")).json()
        sheet = await drawn(client, cast, "unmet-demand", f"{OUTSIDE}{as_of}&format=csv")
        return data, sheet.text

    before = await passed_on()
    written(engine, [line(cast, LedgerKind.UNFILLED, language="ar")])
    clock.shift(timedelta(days=1))
    inside = (await drawn(client, cast, "unmet-demand")).json()["rows"]
    assert sum(row["unfilled"] for row in inside) == 51
    assert before[0]["rows"][-1]["unfilled"] == 50
    assert await passed_on() == before
    assert await passed_on("&as_of=2027-01-30") == before


@pytest.mark.usefixtures("unmet")
async def test_small_numbers_are_hidden_in_every_format(client: AsyncClient, cast: Cast) -> None:
    answer = (await drawn(client, cast, "unmet-demand", OUTSIDE)).json()
    assert answer["note"].startswith("Ausgeblendet sind Zahlen unter 5")
    figures = {
        (row["language"], row["region_ags"], row["beside"]): row["unfilled"]
        for row in answer["rows"]
    }
    assert figures["kmr", FULDA, ""] is None
    assert figures[None, None, ""] == 50
    assert all(figure is None or figure >= LEAST for figure in figures.values())
    inside = await drawn(client, cast, "unmet-demand")
    assert 3 in [row["unfilled"] for row in inside.json()["rows"]]
    sheet = await drawn(client, cast, "unmet-demand", f"{OUTSIDE}&format=csv")
    assert ";3;" not in sheet.text
    assert "ausgeblendet" in sheet.text
    paper = await drawn(client, cast, "unmet-demand", f"{OUTSIDE}&format=pdf")
    assert paper.status_code == 200


async def test_names_and_single_figures_stay_inside(client: AsyncClient, cast: Cast) -> None:
    for name in ("hours", "guide-detail", "payments", "participants", "lump-sum", "lending"):
        answer = await drawn(client, cast, name, OUTSIDE)
        assert answer.status_code == 422
        assert "assignments, unmet-demand" in answer.json()["detail"]


@pytest.mark.parametrize(
    "days",
    [
        "from=2026-01-01&to=2026-11-30",
        "from=2026-02-01&to=2026-02-28",
        "from=2026-07-01&to=2027-06-30",
    ],
)
async def test_statistics_of_years_that_overlap_are_refused(
    client: AsyncClient, cast: Cast, days: str
) -> None:
    answer = await drawn(client, cast, "assignments", f"{days}&for=outside")
    assert answer.status_code == 422
    assert "2026-01-01 bis 2026-12-31" in answer.json()["detail"]


@pytest.mark.parametrize("state", ["from=2027-01-01&to=2027-12-31", f"{YEAR}&as_of=2027-01-29"])
async def test_a_year_that_still_changes_is_not_passed_on(
    client: AsyncClient, cast: Cast, state: str
) -> None:
    answer = await drawn(client, cast, "assignments", f"{state}&for=outside")
    assert answer.status_code == 422
    assert "erst mit einem Stand ab dem 30.01." in answer.json()["detail"]
    settled = await drawn(client, cast, "assignments", f"{OUTSIDE}&as_of=2027-01-30")
    assert settled.status_code == 200


async def test_what_cannot_be_passed_on_says_so(client: AsyncClient, cast: Cast) -> None:
    answer = (await drawn(client, cast, "assignments", OUTSIDE)).json()
    assert answer["rows"] == []
    assert "kann nicht weitergegeben werden" in answer["note"]
    assert answer["picture"] is None
    file = await drawn(client, cast, "assignments", f"{OUTSIDE}&format=csv")
    name = "einsaetze-weitergabe-2026-01-01-2026-12-31.csv"
    assert name in file.headers["content-disposition"]
    assert "kann nicht weitergegeben werden" in file.text


async def test_what_is_passed_on_has_no_template(client: AsyncClient, cast: Cast) -> None:
    answer = await drawn(client, cast, "assignments", f"{OUTSIDE}&template=Land")
    assert (answer.status_code, answer.json()["detail"]) == (
        422,
        "Zum Weitergeben gibt es keine Spaltenvorlage. Bitte ohne Vorlage abrufen.",
    )
