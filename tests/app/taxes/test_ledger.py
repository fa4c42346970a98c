"""The tax ledger: by year of payment, without travel, own payments and her word; never advice."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine

from app import books, db
from app.tables import Enrolment, LedgerEntry, LedgerKind, TaxChoice, TaxRule, new_id
from app.taxes import sentences
from app.taxes.ledger import TaxYear
from tests.app.hours.bookings import at, confirmed
from tests.app.taxes.paying import declare, in_the_books, ledger, paid
from tests.app.test_dossiers import share
from tests.cast import Cast

JANUARY = date(2027, 1, 4)


async def test_960_euros_in_2026(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    for number in range(48):
        day = date(2026, 11, 1) + timedelta(days=number // 2)
        confirmed(engine, cast, at(day, ("10:00", "12:00")[number % 2]))
    clock.move_to(datetime(2026, 12, 1, 9, tzinfo=UTC))
    await paid(client, cast, "2026-11", date(2026, 12, 1))
    (year,) = await ledger(client, cast, 2026)
    assert (year["rule"], year["limit_cents"]) == ("26a", 96_000)
    assert (year["received_cents"], year["headroom_cents"], year["level"]) == (96_000, 0, "near")
    assert "960,00 EUR erhalten" in year["sentence"]
    confirmed(engine, cast, at(date(2026, 12, 7), "10:00"))
    clock.move_to(datetime(2026, 12, 28, 9, tzinfo=UTC))
    await paid(client, cast, "2026-12", date(2026, 12, 28))
    (year,) = await ledger(client, cast, 2026)
    assert (year["total_cents"], year["headroom_cents"], year["level"]) == (98_000, 0, "over")
    assert "20,00 EUR mehr als 960,00 EUR" in year["sentence"]
    assert "Bitte mit dem Steuerbüro klären." in year["sentence"]


async def test_work_of_december_15_paid_on_january_20_counts_for_grant_2025_and_tax_2026(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    clock.move_to(datetime(2026, 1, 20, 9, tzinfo=UTC))
    confirmed(engine, cast, at(date(2025, 12, 15), "10:00"))
    await paid(client, cast, "2025-12", date(2026, 1, 20))
    (before,) = await ledger(client, cast, 2025)
    (year,) = await ledger(client, cast, 2026)
    assert (before["received_cents"], before["limit_cents"]) == (0, 84_000)
    assert (year["received_cents"], year["limit_cents"]) == (2000, 96_000)
    with db.transaction(engine, read_only=True) as session:
        (entry,) = books.sums(session, LedgerEntry.kind == LedgerKind.PAID, by=("day", "paid_on"))
    assert (entry.day.year, entry.paid_on.year, entry.amount_cents) == (2025, 2026, 2000)


async def test_travel_is_no_allowance(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    in_the_books(engine, cast.wetterau, cast.volunteers["dilan"], 2350, travel=350)
    (year,) = await ledger(client, cast, 2027)
    assert year["received_cents"] == 2000


async def test_what_is_paid_back_lowers_the_year_in_which_it_is(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    in_the_books(engine, cast.wetterau, cast.volunteers["dilan"], 2000, date(2026, 12, 30))
    in_the_books(engine, cast.wetterau, cast.volunteers["dilan"], -2000)
    (before,) = await ledger(client, cast, 2026)
    (year,) = await ledger(client, cast, 2027)
    assert (before["received_cents"], year["received_cents"]) == (2000, -2000)
    assert year["headroom_cents"] == year["limit_cents"] == 96_000


async def test_a_sponsor_sees_its_own_payments_and_she_sees_all(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    share(engine, cast)
    dilan = cast.volunteers["dilan"]
    in_the_books(engine, cast.wetterau, dilan, 2000)
    in_the_books(engine, cast.fulda, dilan, 70_000)
    assert [y["total_cents"] for y in await ledger(client, cast, 2027)] == [2000]
    assert [y["total_cents"] for y in await ledger(client, cast, 2027, who="kofi")] == [70_000]
    assert [y["total_cents"] for y in await ledger(client, cast, 2027, who="dilan")] == [72_000]
    at_wetterau = await ledger(client, cast, 2027, who="dilan", sponsor_id=str(cast.wetterau))
    assert [y["total_cents"] for y in at_wetterau] == [2000]
    assert await ledger(client, cast, 2027, who="dilan", of="mirela") == []
    assert await ledger(client, cast, 2027, of="nuru") == []


async def test_what_she_says_of_another_pool_is_not_counted_twice(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    share(engine, cast)
    dilan = cast.volunteers["dilan"]
    in_the_books(engine, cast.wetterau, dilan, 2000)
    in_the_books(engine, cast.fulda, dilan, 70_000)
    said = await declare(client, cast, "dilan", 75_000, sponsor_id=str(cast.wetterau))
    assert said.status_code == 201
    (here,) = await ledger(client, cast, 2027)
    assert (here["received_cents"], here["declared_cents"], here["level"]) == (2000, 75_000, "near")
    (all_of_it,) = await ledger(client, cast, 2027, who="dilan")
    assert (all_of_it["received_cents"], all_of_it["declared_cents"]) == (72_000, 5_000)
    (fulda,) = await ledger(client, cast, 2027, who="kofi")
    assert fulda["declared_cents"] == 0


async def test_the_ledger_of_a_past_day_is_what_it_was(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    in_the_books(engine, cast.wetterau, cast.volunteers["dilan"], 2000)
    clock.shift(3 * 24 * 3600)
    in_the_books(engine, cast.wetterau, cast.volunteers["dilan"], 5000)
    assert (await declare(client, cast, "dilan", 1000)).status_code == 201
    values = {"sponsor_id": cast.wetterau, "role": "interpreter", "reason": "x"}
    with db.transaction(engine) as session:
        session.add(TaxChoice(**values, rule="26", from_year=2027))
    for day, total in (("2027-01-03", 0), ("2027-01-04", 2000)):
        (year,) = await ledger(client, cast, 2027, as_of=day)
        assert (year["rule"], year["total_cents"]) == ("26a", total), day
    now = await ledger(client, cast, 2027, as_of="2027-01-07")
    assert [(one["rule"], one["total_cents"]) for one in now] == [("26a", 1000), ("26", 7000)]


async def test_each_role_counts_under_the_rule_its_sponsor_has_chosen(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    in_the_books(engine, cast.wetterau, cast.volunteers["dilan"], 2000)
    (year,) = await ledger(client, cast, 2027)
    assert not year["decided"]
    assert "noch nicht entschieden" in year["sentence"]
    values = {"sponsor_id": cast.wetterau, "role": "interpreter", "reason": "x"}
    with db.transaction(engine) as session:
        session.add(TaxChoice(**values, rule="none", from_year=2027))
        session.add(TaxChoice(**values, rule="26", from_year=2026))
    guide, none = await ledger(client, cast, 2027)
    assert (guide["rule"], guide["received_cents"], guide["decided"]) == ("26a", 0, False)
    assert (none["rule"], none["received_cents"], none["headroom_cents"]) == ("none", 2000, None)
    rules = [year["rule"] for year in await ledger(client, cast, 2026)]
    assert rules == ["26a", "26"]


async def test_who_has_left_stays_in_the_ledger_and_who_is_lent_is_not_in_it(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        session.get_one(Enrolment, cast.enrolments["dilan"]).state = "ended"
        lent = Enrolment(
            sponsor_id=cast.wetterau,
            volunteer_id=cast.volunteers["nuru"],
            state="lent",
            listing_renewed_on=date(2026, 11, 1),
        )
        session.add(lent)
    answer = await client.get("/tax-ledger?year=2027", headers=cast.key("fatma"))
    names = {item["volunteer"] for item in answer.json()["items"]}
    assert "Dilan Dilan-Beispiel" in names
    assert "Nuru Nuru-Beispiel" not in names


@pytest.mark.parametrize(
    ("cents", "level"),
    [(0, "ok"), (76_799, "ok"), (76_800, "near"), (96_000, "near"), (96_001, "over")],
)
def test_somebody_is_warned_from_80_percent_on(cents: int, level: str) -> None:
    year = TaxYear(new_id(), 2027, TaxRule.VOLUNTEER, cents, 0)
    assert year.level == level
    for locale, ask in (("de", "Steuerbüro"), ("en", "tax adviser")):
        assert (ask in sentences.year(year, locale)) == (level != "ok")
