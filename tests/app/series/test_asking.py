"""Asking for something that comes back: which dates there are, and which rules are refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine, Select, event
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import ORMExecuteState, Session
from sqlmodel import select

from app import db
from app.requests import following
from app.tables import Request, Series
from tests.app.series import steps
from tests.cast import Cast


async def test_each_date_of_the_rule_becomes_a_request(client: AsyncClient, cast: Cast) -> None:
    made = await steps.ask(client, cast)
    assert made["rule"] == "FREQ=WEEKLY;COUNT=6;BYDAY=TU"
    assert made["sentence"] == "jeden Dienstag, 10:00-11:00, bis 16.02.2027"
    assert steps.times(made) == [
        "01-12 10:00", "01-19 10:00", "01-26 10:00", "02-02 10:00", "02-09 10:00", "02-16 10:00",
    ]  # fmt: skip
    first = made["dates"][0]
    request = await client.get(f"/requests/{first['request_id']}", headers=cast.key("selin"))
    seen = request.json()
    assert (seen["kind"], seen["state"], seen["room"]) == ("series", "open", "Zimmer 3")
    assert (seen["series_id"], seen["series_day"]) == (made["id"], "2027-01-12")
    assert seen["lead_time"] == "normal"
    listed = (await client.get("/series", headers=cast.key("amal"))).json()["items"]
    assert [(one["id"], one["dates_left"]) for one in listed] == [(made["id"], 6)]


@pytest.mark.parametrize(
    ("timing", "german", "english"),
    [
        ({"rule": "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3"},
         "alle 2 Wochen am Dienstag", "every 2 weeks on Tuesday"),
        ({"rule": "FREQ=MONTHLY;BYDAY=-1FR;COUNT=3"},
         "jeden Monat am letzten Freitag", "every month on the last Friday"),
        ({"rule": "freq=monthly;bymonthday=15;until=20270601"},
         "jeden Monat am 15.", "every month on day 15"),
        ({"rule": "FREQ=DAILY;COUNT=3"}, "jeden Tag", "every day"),
        ({"weekdays": ["TH", "TU"], "count": 4},
         "jeden Dienstag und Donnerstag", "every Tuesday and Thursday"),
        ({"weekdays": ["TU"], "every_weeks": 2, "until": "2027-03-01"},
         "alle 2 Wochen am Dienstag", "every 2 weeks on Tuesday"),
        ({"rule": "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3"},
         "jeden Monat am letzten Tag", "every month on the last day"),
        ({"rule": "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=-4,15;COUNT=3"},
         "alle 2 Monate am 4. Tag vor dem Monatsende und 15.",
         "every 2 months on day 4 before the end of the month and day 15"),
        ({"rule": "FREQ=MONTHLY;BYDAY=TU;COUNT=3"},
         "jeden Monat an jedem Dienstag", "every month on every Tuesday"),
        ({"rule": "FREQ=DAILY;BYDAY=TU,TH;COUNT=3"},
         "jeden Dienstag und Donnerstag", "every Tuesday and Thursday"),
        ({"rule": "FREQ=YEARLY;COUNT=2"}, "jedes Jahr am 12.01.", "every year on 12 January"),
        ({"rule": "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3"},
         "nach einer eigenen Regel", "by a rule of its own"),
    ],
)  # fmt: skip
async def test_the_rule_is_said_in_words(
    client: AsyncClient, cast: Cast, timing: dict[str, Any], german: str, english: str
) -> None:
    made = await steps.ask(client, cast, **({"weekdays": None, "count": None} | timing))
    assert made["sentence"].startswith(german + ", 10:00-11:00, bis ")
    key = cast.key("selin") | {"Accept-Language": "en"}
    seen = await client.get(f"/series/{made['id']}", headers=key)
    assert seen.json()["sentence"].startswith(english + ", 10:00-11:00, until ")


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"count": None}, "braucht ein Ende"),
        ({"rule": "FREQ=WEEKLY", "weekdays": None, "count": None}, "braucht ein Ende"),
        ({"rule": "FREQ=SECONDLY;COUNT=9", "weekdays": None, "count": None}, "FREQ"),
        ({"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=2", "weekdays": None,
          "count": None}, "Diesen Tag gibt es nie"),
        ({"rule": "FREQ=DAILY;COUNT=200", "weekdays": None, "count": None}, "höchstens 104"),
        ({"rule": "FREQ=WEEKLY;COUNT=3"}, "either rule or weekdays"),
        ({"until": "2027-06-30"}, "either until or count"),
        ({"count": 1}, "mindestens zwei"),
        ({"count": 105}, "count"),
        ({"count": None, "until": "2029-02-01"}, "UNTIL"),
        ({"weekdays": None}, "give rule, or weekdays"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": ["DI"]}, "weekdays"),
        ({"every_weeks": 8, "count": 20, "first_day": "2027-01-05"}, "länger als zwei Jahre"),
        ({"seats": [{"language": "kmr", "gender_hard": True}]}, "ob es eine Frau oder ein Mann"),
        ({"first_day": "2026-12-29"}, "Vergangenheit"),
        ({"first_day": "2028-12-30"}, "zwei Jahre"),
        ({"urgent": True}, "warum es dringend ist"),
    ],
)  # fmt: skip
async def test_a_series_that_cannot_be_is_refused_with_a_sentence(
    client: AsyncClient, cast: Cast, engine: Engine, wrong: dict[str, Any], word: str
) -> None:
    answer = await steps.send(client, cast, **wrong)
    assert answer.status_code == 422, answer.text
    assert word in answer.json()["detail"]
    with db.transaction(engine) as session:
        assert session.exec(select(Series)).all() == []
        assert session.exec(select(Request)).all() == []


async def test_holidays_are_left_out_and_listed(client: AsyncClient, cast: Cast) -> None:
    made = await steps.ask(
        client, cast, weekdays=["MO"], first_day="2027-03-15", count=5, skip_school_holidays=True
    )
    assert steps.times(made) == ["03-15 10:00", "04-05 10:00", "04-12 10:00"]
    assert made["skipped"] == [
        {"day": "2027-03-22", "reason": "Schulferien in Hessen"},
        {"day": "2027-03-29", "reason": "Feiertag in Hessen"},
    ]
    other = await steps.ask(client, cast, weekdays=["MO"], first_day="2027-03-15", count=5,
                            another=True)  # fmt: skip
    assert [one["day"] for one in other["skipped"]] == ["2027-03-29"], "school holidays on wish"


async def test_unknown_school_holidays_are_said(
    client: AsyncClient, cast: Cast, clock: Any
) -> None:
    clock.move_to("2029-06-01T09:00:00Z")
    made = await steps.ask(client, cast, first_day="2029-07-03", count=12)
    assert "Schulferien" in made["warnings"][0]


async def test_the_hour_that_comes_twice_is_asked_about_and_never_shifted(
    client: AsyncClient, cast: Cast
) -> None:
    sundays = {"weekdays": ["SU"], "first_day": "2027-10-17", "count": 3, "start": "02:30"}
    refused = await steps.send(client, cast, **sundays)
    assert refused.status_code == 422
    assert "31.10.2027" in refused.json()["detail"]
    made = await steps.ask(client, cast, **sundays, fold=1)
    assert steps.times(made) == ["10-17 02:30", "10-24 02:30", "10-31 02:30"]


async def test_the_hour_that_is_missing_names_its_date(client: AsyncClient, cast: Cast) -> None:
    sundays = {"weekdays": ["SU"], "first_day": "2027-03-14", "count": 3, "start": "02:30"}
    for more in ({}, {"fold": 0}):
        refused = await steps.send(client, cast, **sundays, **more)
        assert refused.status_code == 422
        assert "28.03.2027" in refused.json()["detail"]


async def test_the_wall_clock_stays_when_the_clocks_change(client: AsyncClient, cast: Cast) -> None:
    made = await steps.ask(client, cast, first_day="2027-03-23", count=2)
    starts = []
    for one in made["dates"]:
        seen = await client.get(f"/requests/{one['request_id']}", headers=cast.key("selin"))
        starts.append(seen.json()["times"][0]["starts_at"])
    assert starts == ["2027-03-23T09:00:00Z", "2027-03-30T08:00:00Z"]


async def test_the_same_series_twice_is_refused_unless_it_is_meant(
    client: AsyncClient, cast: Cast
) -> None:
    await steps.ask(client, cast)
    again = await steps.send(client, cast, first_day="2027-02-16", count=3)
    assert again.json()["type"] == "/problems/duplicate-request"
    await steps.ask(client, cast, first_day="2027-02-16", count=3, another=True)


async def test_an_unclear_language_is_answered_once_for_all_dates(
    client: AsyncClient, cast: Cast
) -> None:
    made = await steps.ask(client, cast, seats=[{"language": "Kurdisch"}])
    assert {one["state"] for one in made["dates"]} == {"needs_info"}
    tasks = (await client.get("/tasks", headers=cast.key("amal"))).json()["items"]
    path, body = f"/tasks/{tasks[2]['id']}/resolve", {"language": "kmr"}
    assert (await client.post(path, json=body, headers=cast.key("amal"))).status_code == 200
    seen = await steps.read(client, cast, made["id"])
    assert {one["state"] for one in seen["dates"]} == {"open"}
    assert (await client.get("/tasks", headers=cast.key("amal"))).json()["items"] == []
    longer = await steps.change(client, cast, made["id"], scope="all", count=7)
    assert longer["added"] == ["2027-02-23"]
    assert longer["series"]["dates"][-1]["state"] == "open", "later dates know the answer"


async def test_an_answer_locks_the_series_before_its_dates(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    """As a change of the series does: else the two wait for each other, or one is lost."""
    made = await steps.ask(client, cast, seats=[{"language": "Kurdisch"}])
    (task, *_) = (await client.get("/tasks", headers=cast.key("amal"))).json()["items"]
    for act in (
        lambda: steps.change(client, cast, made["id"], scope="all", room="Zimmer 4"),
        lambda: client.post(
            f"/tasks/{task['id']}/resolve", json={"language": "kmr"}, headers=cast.key("amal")
        ),
    ):
        with locked() as tables:
            await act()
        assert tables[0] == "series"
        assert "request" in tables
    seats = (await steps.read(client, cast, made["id"]))["seats"]
    assert [seat["language"] for seat in seats] == ["kmr"]


@contextmanager
def locked() -> Iterator[list[str]]:
    """The tables of which rows are locked, in order, whatever the database."""
    tables: list[str] = []

    def note(state: ORMExecuteState) -> None:
        if state.is_select and isinstance(state.statement, Select):
            text = str(state.statement.compile(dialect=postgresql.dialect()))
            if "FOR NO KEY UPDATE" in text:
                tables.append(state.statement.column_descriptions[0]["entity"].__tablename__)

    event.listen(Session, "do_orm_execute", note)
    try:
        yield tables
    finally:
        event.remove(Session, "do_orm_execute", note)


@pytest.mark.parametrize(
    "change",
    [{}, {"start": "15:00"}, {"room": "9"}, {"weekdays": ["TH"]},
     {"seats": [{"position": 0, "gender": "f"}]}],
)  # fmt: skip
async def test_many_dates_take_as_many_statements_as_few(
    client: AsyncClient, cast: Cast, engine: Engine, change: dict[str, Any]
) -> None:
    counts = []
    for count in (5, 15):
        statements: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any, to=statements) -> None:
            to.append(statement)

        made = await steps.ask(client, cast, count=count, another=True) if change else {}
        event.listen(engine, "before_cursor_execute", note)
        if change:
            await steps.change(client, cast, made["id"], scope="all", **change)
        else:
            await steps.ask(client, cast, count=count, another=True)
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(statements))
    assert counts[0] == counts[1]


async def test_a_client_is_kept_as_a_pseudonym(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    await steps.ask(client, cast, case_number="Mustermann-17")
    with db.transaction(engine) as session:
        series = session.exec(select(Series)).one()
        cases = {one.client_case_id for one in session.exec(select(Request)).all()}
        assert "Mustermann" not in str(series.template)
        assert {str(case) for case in cases} == {series.template["client_case_id"]}


async def test_the_person_of_the_series_is_known_also_after_a_cut(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await steps.ask(client, cast, same_person_wished=True)
    await steps.book(client, cast, made["dates"][0]["request_id"])
    fourth = made["dates"][3]["request_id"]
    cut = await steps.change(client, cast, made["id"], scope="following", request_id=fourth,
                             start="11:00")  # fmt: skip
    with db.transaction(engine) as session:
        ids = [one.id for one in session.exec(select(Series)).all()]
        regulars = following.regulars_of_series(session, ids)
        assert regulars == {(series_id, 0): cast.volunteers["dilan"] for series_id in ids}
    assert cut["series"]["follows_id"] == made["id"]
