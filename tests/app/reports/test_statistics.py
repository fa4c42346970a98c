"""Assignments and unmet demand: what is counted, and by what."""

from collections import Counter
from datetime import date, timedelta

import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col

from app import books, db
from app.tables import Assignment, LedgerEntry, LedgerKind
from tests.app.hours.bookings import at, confirmed
from tests.app.payouts.steps import approve_all
from tests.app.reports.worlds import FULDA, activity, drawn, line, rows, written
from tests.cast import Cast

MONDAY = date(2027, 1, 4)
JANUARY = "from=2027-01-01&to=2027-01-31"
CELL = ("language_name", "region", "institution", "assignments", "people", "minutes")


async def test_assignments_are_counted_by_language_kreis_and_institution(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    mirela = cast.volunteers["mirela"]
    written(
        engine,
        [
            line(cast),
            line(cast, minutes=30, volunteer_id=mirela, detail="client_no_show"),
            line(cast, region_ags="06440008"),
            line(cast, language="ar", institution_kind="daycare", region_ags=FULDA),
            line(cast, role="guide"),
            line(cast, language="", institution_kind="", region_ags="", detail="other"),
            line(cast, day=date(2027, 1, 4)),
        ],
    )
    assert await rows(client, cast, "assignments", *CELL) == [
        ("Arabisch", "Fulda (Landkreis)", "Kita", 1, 1, 60),
        ("Kurdisch (Kurmandschi)", "Wetteraukreis", "Grundschule", 3, 2, 150),
    ]


async def test_kinds_of_institutions_are_named_in_the_readers_language(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    written(engine, [line(cast), line(cast, institution_kind="daycare", role="guide")])
    for name, german, english in (
        ("assignments", "Grundschule", "Primary school"),
        ("guide-detail", "Kita", "Day care"),
    ):
        assert await rows(client, cast, name, "institution") == [(german,)]
        answer = await drawn(client, cast, name, **{"Accept-Language": "en"})
        assert [row["institution"] for row in answer.json()["rows"]] == [english]


async def test_amount_of_assignments_is_what_was_approved(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    confirmed(engine, cast, at(MONDAY, "10:00"), name="mirela")
    wanted = ("assignments", "amount_cents")
    assert await rows(client, cast, "assignments", *wanted, query=JANUARY) == [(2, 0)]
    await approve_all(client, cast)
    assert await rows(client, cast, "assignments", *wanted, query=JANUARY) == [(2, 4000)]


async def test_what_is_booked_back_is_no_assignment(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    written(engine, [line(cast)])
    with db.transaction(engine) as session:
        books.back(session, col(LedgerEntry.kind) == LedgerKind.WORK)
    assert await rows(client, cast, "assignments", *CELL) == []


async def test_unmet_demand_is_counted_by_language_kreis_and_weekday(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    missing = LedgerKind.UNFILLED
    written(
        engine,
        [
            line(cast, missing),
            line(cast, missing),
            line(cast, missing, day=date(2026, 12, 8), detail="no_time"),
            line(cast, missing, region_ags=""),
        ],
    )
    wanted = ("language", "region", "weekday", "reason_name", "unfilled")
    assert await rows(client, cast, "unmet-demand", *wanted) == [
        ("kmr", "ohne Angabe", "Montag", "Sprache fehlt oder reicht nicht", 1),
        ("kmr", "Wetteraukreis", "Montag", "Sprache fehlt oder reicht nicht", 2),
        ("kmr", "Wetteraukreis", "Dienstag", "Keine Zeit oder schon eingeplant", 1),
    ]


async def test_where_somebody_came_after_all_nobody_is_missing(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(hours=1))
    record = confirmed(engine, cast, at(MONDAY, "10:00"))
    with db.transaction(engine, read_only=True) as session:
        seat_id = session.get_one(Assignment, record.assignment_id).seat_id
    given_up = line(cast, LedgerKind.UNFILLED, subject_id=seat_id, day=MONDAY)
    written(engine, [given_up, line(cast, LedgerKind.UNFILLED, day=MONDAY)])
    (missing,) = await rows(client, cast, "unmet-demand", "unfilled", query=JANUARY)
    assert missing == (1,)
    told = (await drawn(client, cast, "unmet-demand", JANUARY)).json()["picture"]
    assert told["description"].startswith("Anfragen: 2, davon erfüllt: 1;"), "each seat once"


async def test_unmet_demand_has_a_picture_of_demand_and_supply(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    written(engine, [line(cast), line(cast), line(cast, LedgerKind.UNFILLED, language="ar")])
    told = (await drawn(client, cast, "unmet-demand")).json()["picture"]
    assert told["description"] == (
        "Anfragen: 3, davon erfüllt: 2; Sprachen: 2. Am meisten fehlt Arabisch: offen 1 von 1."
    )
    shown = await client.get(told["path"], headers=cast.key("amal"))
    assert shown.headers["content-type"] == "image/svg+xml"
    assert told["description"] in shown.text


async def test_hours_have_a_picture_by_month(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    written(engine, [line(cast), line(cast, day=date(2026, 11, 2), role="guide", minutes=90)])
    told = (await drawn(client, cast, "hours")).json()["picture"]
    assert told["description"].startswith(
        "Stunden von November 2026 bis Dezember 2026: 2,5, davon Lotsinnen und Lotsen 1,5,"
    )
    path = f"{told['path']}&format=png"
    first, again = [await client.get(path, headers=cast.key("amal")) for _ in range(2)]
    assert first.headers["content-type"] == "image/png"
    assert first.content.startswith(b"\x89PNG")
    assert first.content == again.content


async def test_a_report_without_a_picture_says_which_have_one(
    client: AsyncClient, cast: Cast
) -> None:
    path = f"/reports/payments/picture?{JANUARY}"
    answer = await client.get(path, headers=cast.key("amal"))
    assert answer.status_code == 404
    assert "hours, unmet-demand" in answer.json()["detail"]


async def test_picture_of_a_past_moment_stays_as_it_was(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    written(engine, [line(cast)])
    path = "/reports/hours/picture?from=2026-01-01&to=2026-12-31"
    first = await client.get(path, headers=cast.key("amal"))
    clock.shift(timedelta(seconds=1))
    written(engine, [line(cast)])
    assert (await client.get(path, headers=cast.key("amal"))).content != first.content
    then = await client.get(f"{path}&as_of=2027-01-04T09:00:00Z", headers=cast.key("amal"))
    assert then.content == first.content


async def test_hours_of_every_guide_are_told_one_by_one(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"), role="guide", minutes=90)
    confirmed(engine, cast, at(MONDAY, "14:00"))
    activity(engine, cast, MONDAY, "09:00")
    keys = ("volunteer", "from", "to", "what", "institution", "fundable", "minutes", "amount_cents")
    assert await rows(client, cast, "guide-detail", *keys, query=JANUARY) == [
        ("Dilan-Beispiel, Dilan", "10:00", "11:30", "durchgeführt", "Grundschule", "ja", 90, 0),
        ("Mirela-Beispiel, Mirela", "09:00", "11:00", "Sprechstunde", "", "ja", 120, 0),
    ]
    await approve_all(client, cast)
    paid = await rows(
        client, cast, "guide-detail", "minutes", "paid_minutes", "amount_cents", query=JANUARY
    )
    assert paid == [(90, 90, 750), (120, 120, 1000)]


async def test_hours_that_were_revised_later_ended_when_they_ended(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    record = confirmed(engine, cast, at(MONDAY, "08:00"), role="guide", minutes=60)
    keys = ("from", "to", "minutes")
    assert await rows(client, cast, "guide-detail", *keys, query=JANUARY) == [
        ("08:00", "09:00", 60)
    ]
    before = await drawn(client, cast, "guide-detail", f"{JANUARY}&as_of=2027-01-04T09:00:00Z")
    clock.shift(timedelta(hours=1))
    body = {"minutes": 90, "reason": "verlesen"}
    path = f"/service-records/{record.id}/revise"
    answer = await client.post(path, json=body, headers=cast.key("amal"))
    assert answer.status_code == 200, answer.text
    assert await rows(client, cast, "guide-detail", *keys, query=JANUARY) == [
        ("08:00", "09:30", 90)
    ]
    again = await drawn(client, cast, "guide-detail", f"{JANUARY}&as_of=2027-01-04T09:00:00Z")
    assert again.content == before.content


async def test_sums_of_all_reports_agree(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    for name, clock_time, role in (
        ("dilan", "09:00", "guide"),
        ("dilan", "11:00", "interpreter"),
        ("mirela", "09:00", "interpreter"),
        ("mirela", "12:00", "guide"),
    ):
        confirmed(engine, cast, at(MONDAY, clock_time), name=name, role=role, minutes=50)
    activity(engine, cast, date(2027, 1, 2), "09:00")
    ids = await approve_all(client, cast)
    await client.post("/payruns", json={"claim_ids": ids[:1]}, headers=cast.key("fatma"))
    claims = [
        (await client.get(f"/claims/{claim}", headers=cast.key("fatma"))).json() for claim in ids
    ]
    amount = sum(claim["amount_cents"] for claim in claims)
    sums = {
        name: Counter(
            {
                key: sum(row[key] for row in answer.json()["rows"])
                for key in ("amount_cents", "spent_cents", "minutes")
                if key in answer.json()["rows"][0]
            }
        )
        for name in ("hours", "guide-detail", "assignments", "proof-of-use")
        for answer in [await drawn(client, cast, name, JANUARY)]
    }
    assert sums["hours"]["amount_cents"] == sums["proof-of-use"]["spent_cents"] == amount
    assert sums["hours"]["minutes"] == sums["proof-of-use"]["minutes"] == 4 * 50 + 120
    parts = sums["guide-detail"] + sums["assignments"]
    assert parts == {"amount_cents": amount, "minutes": 4 * 50 + 120}
    with db.transaction(engine, read_only=True) as session:
        (booked,) = books.sums(session, col(LedgerEntry.kind) == LedgerKind.APPROVED)
    assert booked.amount_cents == amount
