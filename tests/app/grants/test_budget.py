"""What of a grant is spoken for: nothing twice, nothing forgotten, the past as it was."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from httpx import AsyncClient
from sqlalchemy import Engine, event
from sqlmodel import Session, col, select, update

from allowance.grants import Budget
from app import books, db
from app.grants import budget
from app.tables import (
    Activity,
    ClaimState,
    Course,
    CourseParticipant,
    Enrolment,
    GrantNotice,
    RequestOption,
    ServiceRecord,
)
from tests.app.example_money import activity
from tests.app.grants.steps import WHY, got, patched, planned, running, verb
from tests.app.grants.worlds import FLAT, PARTS, STATES, World, claimed, days
from tests.app.hours.bookings import at, book, booked, confirmed
from tests.app.payouts.steps import approve_all
from tests.cast import Cast

MONDAY = date(2027, 1, 4)


def of(engine: Engine, notice_id: UUID, as_of: datetime | None = None) -> Budget:
    """The budget of a notice."""
    with db.transaction(engine, read_only=True) as session:
        return budget.of_notice(session, session.get_one(GrantNotice, notice_id), as_of)


def parts(found: Budget) -> dict[str, int]:
    """What is spoken for, by part."""
    return {name: getattr(found, name) for name in PARTS}


def test_an_appointment_is_in_one_part_of_the_budget(engine: Engine, cast: Cast) -> None:
    notice, world = running(engine, cast), World(engine, cast)
    for number, state in enumerate(STATES):
        world.put(state, 1 + number // 2, ("dilan", "mirela")[number % 2])
        found = of(engine, notice)
        assert parts(found) == world.cents, state
        assert found.left == 100_000 - sum(world.cents.values())


@pytest.mark.parametrize("seed", range(2))
def test_whatever_the_mixture_nothing_is_counted_twice(
    engine: Engine, cast: Cast, seed: int
) -> None:
    drawn = random.Random(seed)
    notice, world = running(engine, cast), World(engine, cast)
    for name in ("dilan", "mirela"):
        for month in range(2, 13):
            world.put(drawn.choice(list(STATES)), month, name)
    found = of(engine, notice)
    assert parts(found) == world.cents
    assert days(world.cents, dict(found.spent_by_day))


async def test_work_on_its_way_to_the_bank_goes_from_part_to_part(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    notice = running(engine, cast)
    path = f"/grant-notices/{notice}/budget"

    async def now() -> tuple[int, ...]:
        read = await got(client, cast, path)
        return tuple(read[f"{name}_cents"] for name in (*PARTS, "left"))

    confirmed(engine, cast, at(MONDAY, "10:00"))
    book(engine, cast, at(MONDAY + timedelta(days=7), "10:00"))
    assert await now() == (0, 0, 2 * FLAT, 0, 96_000)
    await approve_all(client, cast)
    assert await now() == (0, FLAT, FLAT, 0, 96_000)
    made = await client.post("/payruns", json={}, headers=cast.key("fatma"))
    sent, path_of_run = {"paid_on": "2027-01-04"}, f"/payruns/{made.json()['id']}/paid"
    assert (await client.post(path_of_run, json=sent, headers=cast.key("fatma"))).status_code == 200
    assert await now() == (FLAT, 0, FLAT, 0, 96_000)


def test_another_year_another_line_and_another_role_are_other_purses(
    engine: Engine, cast: Cast
) -> None:
    of_guides = running(engine, cast, purpose="guides")
    next_year = running(engine, cast, year=2028)
    other_line = running(engine, cast, funding_line="stiftung")
    world = World(engine, cast)
    world.put("paid", 1, "dilan")
    world.put("booked", 6, "dilan")
    for notice in (of_guides, next_year, other_line):
        assert parts(of(engine, notice)) == dict.fromkeys(PARTS, 0)


def guided(engine: Engine, cast: Cast, name: str, hours: int, day: date = MONDAY) -> None:
    """So many hours of consultation that stand."""
    with db.transaction(engine) as session:
        starts_at = at(day, "08:00")
        done = activity(
            cast.wetterau, cast.volunteers[name], starts_at, state="confirmed", fundable="yes",
            minutes=hours * 60, ended_at=starts_at + timedelta(hours=hours),
        )  # fmt: skip
        session.add(done)
        session.flush()
        books.work_of_activity(session, done)


async def test_hours_belong_to_nobody_and_each_guide_has_her_own_cap(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    notice = running(engine, cast, 150_000, purpose="guides")
    guided(engine, cast, "dilan", 280)
    guided(engine, cast, "mirela", 10)
    read = await got(client, cast, f"/grant-notices/{notice}/budget")
    assert read["committed_cents"] == 276 * 500 + 10 * 500, "beyond the cap nothing is paid"
    assert read["minutes_left"] == read["left_cents"] * 60 // 500 == 14 * 60
    left = {one["volunteer"]: one["left_minutes"] for one in read["guides"]}
    assert left == {"Dilan Dilan-Beispiel": 0, "Mirela Mirela-Beispiel": 266 * 60}
    arno = await got(client, cast, f"/grant-notices/{notice}/budget", "arno")
    assert {one["volunteer"] for one in arno["guides"]} == {""}


async def test_hours_that_she_gave_up_take_nothing_from_her_cap(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    notice = running(engine, cast, 150_000, purpose="guides")
    guided(engine, cast, "dilan", 10)
    month = {"month": f"{MONDAY:%Y-%m}"}
    built = await client.post("/claims", json=month, headers=cast.key("fatma"))
    assert built.status_code in (200, 201), built.text
    (claim,) = (await got(client, cast, "/claims"))["items"]
    path, why = f"/claims/{claim['id']}/waive", {"reason": "Sie möchte das Geld nicht"}
    assert (await client.post(path, json=why, headers=cast.key("fatma"))).status_code == 200
    read = await got(client, cast, f"/grant-notices/{notice}/budget")
    assert (read["committed_cents"], read["approved_cents"]) == (0, 0)
    left = {one["volunteer"]: one["left_minutes"] for one in read["guides"]}
    assert left["Dilan Dilan-Beispiel"] == 276 * 60


async def test_a_claim_that_is_turned_down_later_was_still_owed_before(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    notice = running(engine, cast)
    record = confirmed(engine, cast, at(MONDAY, "10:00"))
    with db.transaction(engine) as session:
        claim, _ = claimed(session, record, ClaimState.CHECKED)
        claim_id = claim.id
    moment = datetime(2027, 1, 4, 9, 0, 30, tzinfo=UTC)
    first = of(engine, notice, moment)
    assert first.committed == FLAT
    clock.move_to(datetime(2027, 1, 5, 9, tzinfo=UTC))
    path, why = f"/claims/{claim_id}/reject", {"reason": "Nicht belegt"}
    assert (await client.post(path, json=why, headers=cast.key("fatma"))).status_code == 200
    assert of(engine, notice, moment) == first
    assert of(engine, notice).committed == 0
    assert of(engine, notice, datetime(2027, 1, 5, 10, tzinfo=UTC)).committed == 0


def test_who_coordinates_has_the_larger_cap(engine: Engine, cast: Cast) -> None:
    notice = running(engine, cast, 300_000, purpose="guides")
    with db.transaction(engine) as session:
        session.get_one(Enrolment, cast.enrolments["dilan"]).coordinating = True
    guided(engine, cast, "dilan", 420)
    assert of(engine, notice).committed == 414 * 500


@pytest.mark.parametrize(("fundable", "cents"), [("yes", 500), ("unknown", 500), ("no", 0)])
def test_hours_that_are_not_fundable_cost_nothing(
    engine: Engine, cast: Cast, fundable: str, cents: int
) -> None:
    notice = running(engine, cast, purpose="guides")
    guided(engine, cast, "dilan", 1)
    with db.transaction(engine) as session:
        session.exec(update(Activity).values(fundable=fundable))
    assert of(engine, notice).committed == cents, "unknown hours may still be paid"


def test_several_shifts_at_one_parents_day_are_paid_once(engine: Engine, cast: Cast) -> None:
    notice = running(engine, cast)
    day = MONDAY + timedelta(days=7)
    for clock in ("14:00", "15:00", "16:00"):
        with db.transaction(engine) as session:
            booked(session, cast, at(day, clock), kind="parents_day")
    assert of(engine, notice).committed == FLAT
    book(engine, cast, at(day, "10:00"))
    assert of(engine, notice).committed == 2 * FLAT


def test_seats_that_nobody_can_take_any_more_are_not_planned(
    engine: Engine, cast: Cast, clock: time_machine.Traveller
) -> None:
    notice, world = running(engine, cast), World(engine, cast)
    world.put("asked for", 1, "dilan")
    assert of(engine, notice).planned == FLAT
    clock.move_to(datetime(2027, 1, 16, 9, tzinfo=UTC))
    assert of(engine, notice).planned == 0


def test_a_request_with_several_times_is_planned_once(engine: Engine, cast: Cast) -> None:
    notice, world = running(engine, cast), World(engine, cast)
    world.put("asked for", 6, "dilan")
    with db.transaction(engine) as session:
        first = session.exec(select(RequestOption)).one()
        members = first.model_dump(exclude={"id", "position", "day", "chosen"})
        session.add(RequestOption(**members, position=1, day=date(2027, 6, 16), chosen=False))
        session.add(RequestOption(**members, position=2, day=date(2027, 6, 17), chosen=True))
    assert of(engine, notice).planned == FLAT
    with db.transaction(engine) as session:
        last = col(RequestOption.position) == 2
        session.exec(update(RequestOption).where(last).values(day=date(2028, 6, 17)))
    assert of(engine, notice).planned == 0, "the chosen time is in the next year"


async def test_a_moment_in_the_past_is_read_from_the_books_alone(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    notice = planned(engine, cast, state="applied")
    granted = {"amount_cents": 100_000, "noticed_on": "2027-01-04"}
    before = datetime(2027, 1, 4, 8, 59, tzinfo=UTC)
    assert (await verb(client, cast, notice, "grant", **granted)).status_code == 200
    confirmed(engine, cast, at(MONDAY, "10:00"))
    world = World(engine, cast)
    world.put("asked for", 6, "dilan")
    world.put("booked", 7, "dilan")
    moment = datetime(2027, 1, 4, 9, 0, 30, tzinfo=UTC)
    first = of(engine, notice, moment)
    assert (first.granted, first.committed, first.planned) == (100_000, FLAT, 0)
    clock.move_to(datetime(2027, 1, 5, 9, tzinfo=UTC))
    await approve_all(client, cast)
    await patched(client, cast, notice, amount_cents=60_000, reason=WHY)
    assert of(engine, notice, moment) == first
    assert of(engine, notice, before).granted == 0
    now = of(engine, notice)
    assert (now.granted, now.approved, now.committed, now.planned) == (60_000, FLAT, FLAT, FLAT)
    path = f"/grant-notices/{notice}/budget?as_of=2027-01-04T10:00:30%2B01:00"
    read = await got(client, cast, path)
    assert (read["granted_cents"], read["committed_cents"], read["as_of"]) == (
        100_000, FLAT, "2027-01-04",
    )  # fmt: skip


async def test_the_day_on_which_the_money_is_used_up_is_said_in_a_sentence(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    tight = running(engine, cast, 3 * FLAT - 1)
    for week in range(3):
        book(engine, cast, at(MONDAY + timedelta(weeks=week), "10:00"))
    read = await got(client, cast, f"/grant-notices/{tight}/budget")
    assert read["exhausted_on"] == "2027-01-18"
    assert read["sentence"] == "Geht es so weiter, ist das Geld am 18.01.2027 aufgebraucht."
    assert read["left_cents"] == -1
    early = planned(engine, cast, purpose="courses")
    asked = await got(client, cast, f"/grant-notices/{early}/budget")
    assert asked["sentence"] == "Es ist noch nichts bewilligt."
    roomy = running(engine, cast, 1_000, purpose="guides")
    lasts = await got(client, cast, f"/grant-notices/{roomy}/budget")
    assert (lasts["exhausted_on"], lasts["sentence"]) == (
        None, "Das Geld reicht: Am Ende bleiben voraussichtlich 10,00 EUR.",
    )  # fmt: skip


def course(session: Session, cast: Cast, kind: str, state: str, people: int) -> Course:
    """A course of Wetterau with people from the pool."""
    made = Course(
        sponsor_id=cast.wetterau, kind=kind, title="Kurs", units=24, state=state,
        starts_on=date(2027, 1, 1), ends_on=date(2027, 1, 3),
    )  # fmt: skip
    session.add(made)
    session.flush()
    for volunteer_id in list(cast.volunteers.values())[:people]:
        session.add(
            CourseParticipant(
                sponsor_id=cast.wetterau, course_id=made.id, volunteer_id=volunteer_id, units=24
            )
        )
    session.flush()
    return made


def test_courses_bring_what_was_attended_and_plan_what_is_registered(
    engine: Engine, cast: Cast
) -> None:
    notice = running(engine, cast, purpose="courses")
    other_line = running(engine, cast, purpose="courses", funding_line="stiftung")
    coordination = running(engine, cast, 200_000, purpose="coordination")
    with db.transaction(engine) as session:
        held = course(session, cast, "basic_guide", "held", 3)
        here = select(CourseParticipant).where(col(CourseParticipant.course_id) == held.id)
        books.attended(session, held, session.exec(here).all())
        course(session, cast, "basic_interpreter", "planned", 2)
        course(session, cast, "deepening", "planned", 2)
    assert parts(of(engine, notice)) == {
        "paid": 0, "approved": 0, "committed": 3 * 24 * 1250, "planned": 2 * 24 * 1250,
    }  # fmt: skip
    assert of(engine, other_line).left == 100_000
    assert of(engine, coordination) == Budget(200_000)


def test_a_budget_takes_seven_statements_whatever_it_holds(engine: Engine, cast: Cast) -> None:
    notice, sent = running(engine, cast, purpose="guides"), []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")) and "set_config" not in statement:
            sent.append(statement)

    for hours in (0, 3):
        for day in range(hours):
            guided(engine, cast, "dilan", 1, MONDAY + timedelta(days=day))
        with db.transaction(engine, read_only=True) as session:
            row = session.get_one(GrantNotice, notice)
            event.listen(engine, "before_cursor_execute", note)
            budget.standing(session, row)
            event.remove(engine, "before_cursor_execute", note)
        assert len(sent) == 7
        sent.clear()


def test_the_grant_of_a_role_is_found_by_its_line_and_day(engine: Engine, cast: Cast) -> None:
    notice = running(engine, cast)
    running(engine, cast, funding_line="stiftung")
    planned(engine, cast, year=2028, state="applied")
    with db.transaction(engine, read_only=True) as session:
        found = [
            budget.running(session, cast.wetterau, role, day)
            for role, day in (
                ("interpreter", MONDAY), ("guide", MONDAY), ("interpreter", date(2028, 2, 1)),
            )
        ]  # fmt: skip
    assert [row and row.id for row in found] == [notice, None, None]


def test_a_record_that_is_wrong_in_the_claim_counts_once(engine: Engine, cast: Cast) -> None:
    """Two alike on one day, one of them approved: the other one is still to come."""
    notice, world = running(engine, cast), World(engine, cast)
    world.put("approved", 1, "dilan")
    confirmed(engine, cast, at(date(2027, 1, 15), "14:00"))
    with db.transaction(engine, read_only=True) as session:
        assert len(session.exec(select(ServiceRecord)).all()) == 2
    found = of(engine, notice)
    assert (found.approved, found.committed) == (FLAT, FLAT)
