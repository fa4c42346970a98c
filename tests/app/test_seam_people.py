"""A volunteer as the engine sees her: her hours, her own limits, what she carries already."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine, event
from sqlmodel import Session, SQLModel, col, delete, select

from app import db
from app.seam import people
from app.seam.people import Horizon
from app.seam.workload import Workload
from app.tables import (
    Absence,
    AvailabilityRecurrence,
    AvailabilityRule,
    Enrolment,
    ExtraTime,
    Sponsor,
    Volunteer,
)
from app.volunteers import dossiers
from matching import Busy, Cap
from matching import Volunteer as Person
from tests.app.test_dossiers import ask, reasons
from tests.cast import Cast

MONDAY = date(2027, 1, 11)
HORIZON = Horizon.of(MONDAY, MONDAY + timedelta(days=6))
AT_8 = (24 + 7) * 60
"""Eight o'clock in winter on the first day, in minutes of the engine."""
DAY = 24 * 60


def change(engine: Engine, cast: Cast, *rows: Callable[..., SQLModel], **columns: Any) -> None:
    """Dilan says something else about herself."""
    with db.transaction(engine) as session:
        person = session.get_one(Volunteer, cast.volunteers["dilan"])
        person.sqlmodel_update(columns)
        session.add(person)
        session.add_all(row(volunteer_id=person.id) for row in rows)


def only(engine: Engine, cast: Cast, *rows: Callable[..., SQLModel]) -> None:
    """Her weekly windows give way to these rows."""
    with db.transaction(engine) as session:
        mine = col(AvailabilityRule.volunteer_id) == cast.volunteers["dilan"]
        session.exec(delete(AvailabilityRule).where(mine))
    change(engine, cast, *rows)


def row(table: type[SQLModel], **columns: Any) -> Callable[..., SQLModel]:
    """A row of hers."""
    return lambda volunteer_id: table(volunteer_id=volunteer_id, **columns)


def person(engine: Engine, cast: Cast, load: Workload | None = None) -> Person:
    """Dilan as the engine sees her."""
    with db.transaction(engine) as session:
        return seen(session, cast, load or Workload())


def seen(session: Session, cast: Cast, load: Workload) -> Person:
    """The same inside of a transaction."""
    row = session.get_one(Volunteer, cast.volunteers["dilan"])
    (dossier,) = dossiers.load(session, [row], sponsor_ids=frozenset({cast.wetterau}))
    sponsor = session.get_one(Sponsor, cast.wetterau)
    return people.volunteer(dossier, sponsor, HORIZON, home=0, load=load, language_index={})


def caps(person: Person) -> set[Cap]:
    """Her caps but those of the money."""
    return {cap for cap in person.caps if cap.unit != "cents"}


def test_weekly_windows_are_minutes_of_the_plan(engine: Engine, cast: Cast) -> None:
    windows = person(engine, cast).windows
    assert [(w.start, w.end) for w in windows[:2]] == [
        (AT_8, AT_8 + 600),
        (AT_8 + DAY, AT_8 + DAY + 600),
    ]
    assert len(windows) == 6, "the Monday after the plan belongs to it"


def test_hours_come_from_rules_extra_time_and_absences(engine: Engine, cast: Cast) -> None:
    only(
        engine,
        cast,
        row(
            AvailabilityRecurrence,
            rule="FREQ=MONTHLY;BYDAY=2MO",
            first_day=date(2026, 12, 1),
            start_minute=480,
            end_minute=600,
        ),
        row(ExtraTime, day=date(2027, 1, 12), start_minute=480, end_minute=720),
        row(ExtraTime, day=date(2027, 1, 12), start_minute=720, end_minute=780, soft=True),
        row(
            Absence,
            first_day=MONDAY,
            last_day=date(2027, 1, 13),
            start_minute=540,
            end_minute=570,
        ),
    )
    found = person(engine, cast)
    assert [(w.start - AT_8, w.end - AT_8) for w in found.windows] == [
        *((0, 60), (90, 120)),
        *((DAY, DAY + 60), (DAY + 90, DAY + 240)),
    ]
    assert [(w.start - AT_8, w.end - AT_8) for w in found.soft_windows] == [(DAY + 240, DAY + 300)]


def test_parity_and_season_reach_the_plan(engine: Engine, cast: Cast) -> None:
    """12 January 2027 is the last day of the holidays, in the second week of the calendar."""
    window = {"start_minute": 480, "end_minute": 600}
    only(
        engine,
        cast,
        row(AvailabilityRule, weekday=0, parity="even", **window),
        row(AvailabilityRule, weekday=1, season="school_holidays", **window),
        row(AvailabilityRule, weekday=2, every_weeks=2, anchor_day=MONDAY, **window),
        row(AvailabilityRule, weekday=3, every_weeks=2, **window),
        row(AvailabilityRule, weekday=4, season="school_holidays", **window),
    )
    found = person(engine, cast)
    assert [w.start - AT_8 for w in found.windows] == [0, DAY, 2 * DAY]
    assert [w.start - AT_8 for w in found.soft_windows] == [3 * DAY]


@pytest.mark.parametrize(("wish", "most"), [(None, 2), (1, 1), (5, 2)])
def test_the_smaller_of_the_pools_and_her_own_limit_holds(
    engine: Engine, cast: Cast, wish: int | None, most: int
) -> None:
    with db.transaction(engine) as session:
        pool = session.exec(
            select(Enrolment).where(col(Enrolment.id) == cast.enrolments["dilan"])
        ).one()
        pool.day_assignments, pool.week_minutes = 2, 200
        session.add(pool)
    change(
        engine,
        cast,
        most_day_assignments=wish,
        most_week_minutes=None if wish is None else 100 * wish,
    )
    assert caps(person(engine, cast)) == {
        Cap("day", None, "assignments", most),
        Cap("week", None, "minutes", 100 * most),
    }


def test_what_she_carries_already_is_taken_off_her_limits(engine: Engine, cast: Cast) -> None:
    change(engine, cast, most_day_assignments=2, most_day_minutes=150, most_week_minutes=240)
    day, ten = MONDAY.toordinal(), AT_8 + 120
    load = Workload(
        busy=(
            Busy(ten, ten + 60, 1),
            Busy(ten + 120, ten + 180, None),
            Busy(ten + DAY, ten + 1500),
        ),
        day_assignments={day: 2},
        day_minutes={day: 120},
        week_minutes={202702: 120},
    )
    assert caps(person(engine, cast, load)) == {
        Cap("day", None, "assignments", 2),
        Cap("day", day, "assignments", 0),
        Cap("day", None, "minutes", 150),
        Cap("day", day, "minutes", 30),
        Cap("week", None, "minutes", 240),
        Cap("week", 202702, "minutes", 120),
    }


def test_a_limit_that_is_passed_already_leaves_nothing(engine: Engine, cast: Cast) -> None:
    change(engine, cast, most_day_minutes=30)
    load = Workload(day_minutes={MONDAY.toordinal(): 60})
    assert Cap("day", MONDAY.toordinal(), "minutes", 0) in person(engine, cast, load).caps


def test_her_way_and_her_long_days_reach_the_plan(engine: Engine, cast: Cast) -> None:
    before = person(engine, cast)
    assert (before.max_travel_minutes, before.long_days) == (None, False)
    change(engine, cast, most_travel_minutes=25, long_days=True)
    after = person(engine, cast)
    assert (after.max_travel_minutes, after.long_days) == (25, True)


def test_a_dossier_takes_the_same_statements_for_one_and_for_all(
    engine: Engine, cast: Cast
) -> None:
    sent: list[str] = []

    def note(*call: Any) -> None:
        sent.append(call[2])

    counts = []
    with db.transaction(engine) as session:
        everybody = session.exec(select(Volunteer)).all()
        event.listen(engine, "before_cursor_execute", note)
        try:
            for rows in (everybody[:1], everybody):
                sent.clear()
                dossiers.load(session, rows)
                counts.append(len(sent))
        finally:
            event.remove(engine, "before_cursor_execute", note)
    assert counts == [10, 10]


async def test_somebody_is_asked_in_the_time_of_her_rule_and_not_when_away(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    only(engine, cast)
    seat = await ask(client, cast)
    assert await reasons(client, cast, seat, "dilan") == ["unavailable"]
    rule = row(
        AvailabilityRecurrence,
        rule="FREQ=WEEKLY;BYDAY=TU",
        first_day=date(2026, 12, 1),
        start_minute=540,
        end_minute=720,
    )
    change(engine, cast, rule)
    assert await reasons(client, cast, seat, "dilan") is None
    day = date(2027, 1, 12)
    away = row(Absence, first_day=day, last_day=day, start_minute=640, end_minute=650)
    change(engine, cast, away)
    assert await reasons(client, cast, seat, "dilan") == ["unavailable"]


async def test_nobody_is_asked_for_more_minutes_a_day_than_she_wants(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    seat = await ask(client, cast)
    change(engine, cast, most_day_minutes=60)
    assert await reasons(client, cast, seat, "dilan") is None
    change(engine, cast, most_day_minutes=59)
    assert await reasons(client, cast, seat, "dilan") == ["cap"]
