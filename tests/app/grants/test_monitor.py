"""Who is active on a key date, which conditions that meets, and when it will not any more."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import Session, col, select, update

from app import db
from app.clock import now
from app.grants import forecasts, monitor, sentences
from app.tables import (
    Absence,
    Clearance,
    ClearanceKind,
    Enrolment,
    EnrolmentChange,
    LanguageSkill,
    Sponsor,
    SponsorKind,
)
from app.volunteers import papers
from tests import cast as people
from tests.allowance.test_grants import KINDS, LUMP_SUM, POOL
from tests.app.grants.steps import got
from tests.cast import Cast

TODAY = date(2027, 1, 4)
MORE = {"amara": "so", "bela": "hu", "chidi": "ig"}
"""With Dilan and Mirela they are five."""


@pytest.fixture
def five(engine: Engine, cast: Cast) -> Cast:
    """Five people who are guides and interpreters, with six languages, at a non-profit sponsor."""
    with db.transaction(engine) as session:
        for name, tag in MORE.items():
            spoken: dict[str, str | None] = {tag: "native", "de": "C1"}
            people.volunteer(session, cast, name, sponsor_id=cast.wetterau, languages=spoken)
        sponsor = session.get_one(Sponsor, cast.wetterau)
        sponsor.kind, sponsor.nonprofit = "nonprofit", True
        session.add(sponsor)
        # Everybody's listing ends on the same day; here it never is what ends.
        session.exec(update(Enrolment).values(listing_renewed_on=date(2190, 1, 1)))
    return cast


def stands(session: Session, cast: Cast, name: str, state: str) -> None:
    """Somebody comes into another state now."""
    query = select(Enrolment).where(col(Enrolment.volunteer_id) == cast.volunteers[name])
    enrolment = session.exec(query).one()
    enrolment.state = state
    session.add(enrolment)
    session.flush()


async def seen(client: AsyncClient, cast: Cast, query: str = "", who: str = "lea") -> Any:
    """What the monitor says."""
    return await got(client, cast, f"/threshold-monitor{query}", who)


def by_code(found: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """By condition."""
    return {one["code"]: one for one in found}


async def test_five_are_enough(client: AsyncClient, five: Cast) -> None:
    read = await seen(client, five)
    assert (read["guides"], read["interpreters"]) == (5, 5)
    assert read["languages"] == ["hu", "ig", "kmr", "ro", "so", "tr"], "German does not count"
    lump_sum, pool = (by_code(read["findings"])[code] for code in ("lump_sum", "pool_condition"))
    assert (lump_sum["met"], lump_sum["cents"], pool["met"]) == (True, 200_000, True)
    assert lump_sum["sentences"] == [
        "Die Bedingung für die Koordinierungspauschale von 2.000,00 EUR ist erfüllt."
    ]
    assert [one["missed_on"] for one in read["forecasts"]] == [None, None]


async def test_a_key_date_is_read_as_everybody_stood_then(
    client: AsyncClient, five: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    clock.move_to(datetime(2027, 3, 10, 9, tzinfo=UTC))
    with db.transaction(engine) as session:
        stands(session, five, "amara", "paused")
    clock.move_to(datetime(2027, 5, 20, 9, tzinfo=UTC))
    with db.transaction(engine) as session:
        stands(session, five, "amara", "released")
        stands(session, five, "bela", "ended")
        stands(session, five, "chidi", "ended")
    found = {
        day: (await seen(client, five, f"?on={day}"))["guides"]
        for day in ("2026-12-31", "2027-01-04", "2027-03-09", "2027-03-10", "2027-05-20")
    }
    assert list(found.values()) == [0, 5, 5, 4, 3], found
    late = await seen(client, five, "?on=2027-05-20")
    assert by_code(late["findings"])["lump_sum"]["sentences"] == [
        "Es sind 3 Lotsinnen und Lotsen aktiv, nötig sind 5."
    ]
    assert by_code(late["findings"])["pool_condition"]["met"] is False
    with db.transaction(engine, read_only=True) as session:
        then = datetime(2027, 4, 1, tzinfo=UTC)
        before = monitor.active_on(session, five.wetterau, date(2027, 5, 20), as_of=then)
    assert sum(one.role == "guide" for one in before) == 4, "as it was known in April"


async def test_before_the_first_rule_there_is_a_sentence(client: AsyncClient, cast: Cast) -> None:
    answer = await client.get("/threshold-monitor?on=2017-12-31", headers=cast.key("lea"))
    assert answer.status_code == 422
    assert answer.json()["detail"] == (
        "Für den 31.12.2017 ist keine Regel des Landes bekannt. Bitte einen Tag ab 01.01.2018"
        " wählen."
    )


async def test_the_day_on_which_too_few_are_left_is_known_before(
    client: AsyncClient, five: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        whose = col(Clearance.volunteer_id) == five.volunteers["amara"]
        conduct = col(Clearance.kind) == ClearanceKind.CONDUCT
        session.exec(update(Clearance).where(whose, conduct).values(valid_to=date(2027, 4, 30)))
    forecast = by_code((await seen(client, five))["forecasts"])["lump_sum"]
    assert forecast["missed_on"] == "2027-05-01"
    assert forecast["sentence"] == (
        "Wird nichts erneuert, sind es ab 01.05.2027 zu wenige Lotsinnen und Lotsen."
    )
    assert [(one["volunteer"], one["what"], one["sentence"]) for one in forecast["endings"]] == [
        (
            "Amara Amara-Beispiel", "conduct",
            "Amara Amara-Beispiel: das Führungszeugnis gilt ab 01.05.2027 nicht mehr. Bitte"
            " erneuern lassen.",
        )
    ]  # fmt: skip
    arno = by_code((await seen(client, five, who="arno"))["forecasts"])["lump_sum"]
    assert (arno["missed_on"], arno["endings"]) == ("2027-05-01", [])
    assert "Amara" not in str(await seen(client, five, who="arno"))


def forecast(engine: Engine, cast: Cast, code: str, day: date = TODAY) -> forecasts.Forecast:
    """When a condition would be missed."""
    with db.transaction(engine, read_only=True) as session:
        sponsor = session.get_one(Sponsor, cast.wetterau)
        active = monitor.active_on(session, cast.wetterau, day)
        found = forecasts.forecasts(session, sponsor, active, day)
    return next(one for one in found if one.code == code)


async def test_who_is_too_few_already_is_not_told_to_renew_anything(
    client: AsyncClient, cast: Cast
) -> None:
    told = {one["code"]: one for one in (await seen(client, cast))["forecasts"]}
    assert {code: (one["sentence"], one["endings"]) for code, one in told.items()} == {
        "lump_sum": ("Es sind schon jetzt zu wenige Lotsinnen und Lotsen.", []),
        "pool_condition": ("Der Pool hat schon jetzt zu wenige Menschen oder Sprachen.", []),
    }


def test_a_listing_that_nobody_renews_ends_after_a_year(engine: Engine, five: Cast) -> None:
    with db.transaction(engine) as session:
        session.exec(update(Enrolment).values(listing_renewed_on=date(2026, 11, 1)))
    found = forecast(engine, five, "pool_condition")
    assert found.missed_on == date(2027, 11, 2)
    assert {one.what for one in found.endings} == {"listing"}
    assert len(found.endings) == 5


@pytest.mark.parametrize(("days", "missed"), [(41, None), (42, date(2027, 7, 1))])
def test_a_long_absence_counts_and_a_holiday_does_not(
    engine: Engine, five: Cast, days: int, missed: date | None
) -> None:
    first = date(2027, 7, 1)
    with db.transaction(engine) as session:
        session.add(
            Absence(
                volunteer_id=five.volunteers["bela"], first_day=first,
                last_day=first + timedelta(days=days - 1),
            )
        )  # fmt: skip
    found = forecast(engine, five, "lump_sum")
    assert found.missed_on == missed
    if missed:
        (one,) = found.endings
        assert (
            sentences.ending(one, "de") == "Bela Bela-Beispiel ist ab 01.07.2027 länger nicht da."
        )
    assert forecast(engine, five, "lump_sum", date(2027, 9, 1)).missed_on is None, "she is back"


def test_a_language_that_only_one_speaks_is_missed_with_her(engine: Engine, five: Cast) -> None:
    with db.transaction(engine) as session:
        people.volunteer(
            session, five, "divna", sponsor_id=five.wetterau, languages={"kmr": "native"}
        )
        session.exec(update(Enrolment).values(listing_renewed_on=date(2190, 1, 1)))
        mine = col(LanguageSkill.volunteer_id) == five.volunteers["dilan"]
        session.exec(update(LanguageSkill).where(mine).values(language="kmr")
                     .where(col(LanguageSkill.language) == "none"))  # fmt: skip
        turkish = mine & (col(LanguageSkill.language) == "tr")
        for skill in session.exec(select(LanguageSkill).where(turkish)).all():
            session.delete(skill)
        session.add(
            Absence(
                volunteer_id=five.volunteers["bela"], first_day=date(2027, 2, 1),
                last_day=date(2027, 12, 31),
            )
        )  # fmt: skip
    assert forecast(engine, five, "lump_sum").missed_on is None, "five guides are left"
    assert forecast(engine, five, "pool_condition").missed_on == date(2027, 2, 1)


def test_varieties_of_a_language_are_one(engine: Engine, cast: Cast) -> None:
    with db.transaction(engine) as session:
        spoken: dict[str, str | None] = {"apc": "native", "acm": "C1", "ar": "C1"}
        people.volunteer(session, cast, "amara", sponsor_id=cast.wetterau, languages=spoken)
    with db.transaction(engine, read_only=True) as session:
        active = monitor.active_on(session, cast.wetterau, TODAY)
    hers = next(one for one in active if one.volunteer_id == cast.volunteers["amara"]
                and one.role == "interpreter")  # fmt: skip
    assert hers.languages == ("ar",)


def test_a_paper_that_is_missing_today_counts_today(engine: Engine, five: Cast) -> None:
    with db.transaction(engine) as session:
        whose = col(Clearance.volunteer_id) == five.volunteers["amara"]
        for paper in session.exec(select(Clearance).where(whose)).all():
            session.delete(paper)
    assert forecast(engine, five, "lump_sum").missed_on == TODAY


def test_every_kind_of_sponsor_stands_in_the_table() -> None:
    assert set(KINDS) == {str(kind) for kind in SponsorKind}
    assert {row[0] for row in LUMP_SUM} == set(KINDS)


def test_every_reason_has_a_sentence_in_both_languages() -> None:
    codes = {code for row in (*LUMP_SUM, *POOL) for code in row[-1]}
    assert codes == set(sentences._REASONS)  # noqa: SLF001 - every one of them is looked at
    assert {ClearanceKind.CONDUCT, ClearanceKind.DECLARATION, "listing"} <= set(papers.NAMES)


async def test_a_report_of_the_past_goes_by_what_the_sponsor_was_then(
    client: AsyncClient, five: Cast, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(minutes=1))
    earlier = now().isoformat().replace("+00:00", "Z")
    clock.shift(timedelta(minutes=1))

    async def told(name: str, as_of: str) -> Any:
        query = f"from={TODAY}&to={TODAY}&format=json&as_of={as_of}"
        read = await got(client, five, f"/reports/{name}?{query}", "amal")
        kinds = ("Bedingung", None)
        return [row for row in read["rows"] if row.get("kind") in kinds]

    before = [await told(name, earlier) for name in ("lump-sum", "thresholds")]
    path, key = f"/sponsors/{five.wetterau}/settings", five.key("lea")
    for body in ({"nonprofit": False}, {"kind": "commune", "population": 60_000}):
        tag = {"If-Match": (await client.get(path, headers=key)).headers["etag"]}
        assert (await client.patch(path, json=body, headers=key | tag)).status_code == 200
        clock.shift(timedelta(minutes=1))
    assert [await told(name, earlier) for name in ("lump-sum", "thresholds")] == before
    assert {row["met"] for row in before[0]} == {"ja"}
    after = await told("lump-sum", now().isoformat().replace("+00:00", "Z"))
    assert {row["met"] for row in after} == {"nein"}


async def test_what_kind_of_sponsor_we_are_is_set_by_the_lead(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    path, key = f"/sponsors/{cast.wetterau}/settings", cast.key("lea")
    before = await client.get(path, headers=key)
    assert (before.json()["kind"], before.json()["population"]) == ("district", None)
    body = {"kind": "commune", "population": 49_999, "nonprofit": False}
    tag = {"If-Match": before.headers["etag"]}
    changed = await client.patch(path, json=body, headers=key | tag)
    assert {name: changed.json()[name] for name in body} == body
    read = by_code((await seen(client, cast))["findings"])["lump_sum"]
    assert read["sentences"] == ["Es sind 2 Lotsinnen und Lotsen aktiv, nötig sind 5."]
    tag = {"If-Match": changed.headers["etag"]}
    unknown = await client.patch(path, json={"population": None, "kind": None}, headers=key | tag)
    assert (unknown.json()["kind"], unknown.json()["population"]) == ("commune", None)
    with db.transaction(engine, read_only=True) as session:
        assert len(session.exec(select(EnrolmentChange)).all()) == 4
