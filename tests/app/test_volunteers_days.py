"""Single days that differ: absences, weeks, extra times, and the work on them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import select

from app import db
from app.tables import Absence, ExtraTime
from tests.app.her_times import TUESDAY, availability, book, post, tasks
from tests.cast import Cast


async def test_an_absence_may_be_a_part_of_each_day_or_a_week(
    client: AsyncClient, cast: Cast
) -> None:
    part = {"first_day": "2027-02-01", "last_day": "2027-02-05"}
    made = await post(client, cast, "absences", **part, start_minute=840, end_minute=1440)
    assert made.status_code == 201, made.text
    assert (made.json()["start_minute"], made.json()["end_minute"]) == (840, 1440)
    week = await post(client, cast, "absences", week="2027-W03", reason="Prüfung")
    assert (week.json()["first_day"], week.json()["last_day"]) == ("2027-01-18", "2027-01-24")
    assert (week.json()["start_minute"], week.json()["end_minute"]) == (0, 1440)
    shown = (await availability(client, cast))["absences"]
    assert [a["id"] for a in shown] == [week.json()["id"], made.json()["id"]]


async def test_the_same_day_twice_is_one(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    for _ in range(2):
        assert (await post(client, cast, "absences", week="2027-W03")).status_code == 201
        extra = {"day": "2027-02-06", "start_minute": 600, "end_minute": 720}
        assert (await post(client, cast, "extra-times", **extra)).status_code == 201
    with db.transaction(engine) as session:
        assert len(session.exec(select(Absence)).all()) == 1
        assert len(session.exec(select(ExtraTime)).all()) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"week": "2027-W54"},
        {"week": "2027-W53"},
        {"week": "2027-W00"},
        {"week": "2027-W3"},
        {"week": "2026-W52"},
        {"week": "2027-W03", "first_day": "2027-01-18", "last_day": "2027-01-19"},
        {"first_day": "2027-01-18"},
        {"first_day": "2026-12-01", "last_day": "2027-01-03"},
        {"first_day": "2027-01-18", "last_day": "2029-01-18"},
        {"first_day": "2031-01-18", "last_day": "2031-01-18"},
        {"week": "2027-W03", "start_minute": 600},
        {"week": "2027-W03", "start_minute": 600, "end_minute": 600},
        {"week": "2027-W03", "start_minute": 0, "end_minute": 1441},
    ],
)
async def test_days_that_make_no_sense_are_refused(
    client: AsyncClient, cast: Cast, engine: Engine, body: dict[str, Any]
) -> None:
    answer = await post(client, cast, "absences", **body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"]
    with db.transaction(engine) as session:
        assert session.exec(select(Absence)).all() == []


async def test_an_absence_that_has_begun_may_be_told_late(client: AsyncClient, cast: Cast) -> None:
    body = {"first_day": "2027-01-02", "last_day": "2027-01-05", "reason": "Krank"}
    assert (await post(client, cast, "absences", **body)).status_code == 201


async def test_not_this_week_lists_the_work_of_this_week(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    (booking,) = book(engine, cast, TUESDAY)
    book(engine, cast, TUESDAY.replace(day=19))
    refused = await post(client, cast, "absences", week="2027-W02")
    assert refused.status_code == 409
    assert [a["id"] for a in refused.json()["assignments"]] == [booking]
    afternoon = {"week": "2027-W02", "start_minute": 780, "end_minute": 1440}
    assert (await post(client, cast, "absences", **afternoon)).status_code == 201
    kept = await post(client, cast, "absences", week="2027-W02", keep_work=True)
    assert kept.status_code == 201
    assert tasks(engine) == [(cast.wetterau, "assignment", booking)]


async def test_an_extra_time_with_work_in_it_goes_only_when_the_work_is_kept(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    extra = {"day": "2027-01-16", "start_minute": 600, "end_minute": 720}
    made = await post(client, cast, "extra-times", **extra)
    assert made.status_code == 201, made.text
    shown = extra | {"id": made.json()["id"], "soft": False}
    assert made.json() == shown | {"work_outside": []}
    assert (await availability(client, cast))["extra_times"] == [shown]
    (booking,) = book(engine, cast, datetime(2027, 1, 16, 9, 0, tzinfo=UTC))
    path = f"/volunteers/{cast.volunteers['dilan']}/extra-times/{made.json()['id']}"
    refused = await client.delete(path, headers=cast.key("dilan"))
    assert refused.status_code == 409
    assert [a["id"] for a in refused.json()["assignments"]] == [booking]
    gone = await client.delete(f"{path}?keep_work=true", headers=cast.key("dilan"))
    assert gone.status_code == 204
    assert tasks(engine) == [(cast.wetterau, "assignment", booking)]
    assert (await client.delete(path, headers=cast.key("dilan"))).status_code == 404


@pytest.mark.parametrize("day", ["2027-01-03", "2029-01-05", "2027-02-30"])
async def test_an_extra_time_lies_ahead_and_not_too_far(
    client: AsyncClient, cast: Cast, day: str
) -> None:
    answer = await post(client, cast, "extra-times", day=day, start_minute=600, end_minute=720)
    assert answer.status_code == 422


async def test_days_that_have_gone_by_are_no_longer_shown(
    client: AsyncClient, cast: Cast, clock: Any
) -> None:
    extra = {"day": "2027-01-09", "start_minute": 600, "end_minute": 720}
    await post(client, cast, "extra-times", **extra)
    await post(client, cast, "absences", first_day="2027-01-05", last_day="2027-01-06")
    clock.shift(6 * 24 * 3600)
    shown = await availability(client, cast)
    assert (shown["extra_times"], shown["absences"]) == ([], [])


async def test_another_persons_extra_time_is_not_hers_to_take(
    client: AsyncClient, cast: Cast
) -> None:
    extra = {"day": "2027-02-06", "start_minute": 600, "end_minute": 720}
    made = (await post(client, cast, "extra-times", **extra)).json()["id"]
    path = f"/volunteers/{cast.volunteers['mirela']}/extra-times/{made}"
    assert (await client.delete(path, headers=cast.key("mirela"))).status_code == 404


async def test_a_preview_of_an_absence_lists_the_work_and_stores_nothing(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    (booking,) = book(engine, cast, TUESDAY)
    shown = await post(client, cast, "absences?preview=true", week="2027-W02")
    assert shown.status_code == 200, shown.text
    assert shown.json()["id"] is None
    assert (shown.json()["first_day"], shown.json()["last_day"]) == ("2027-01-11", "2027-01-17")
    assert [a["id"] for a in shown.json()["work_outside"]] == [booking]
    assert (await availability(client, cast))["absences"] == []
    assert tasks(engine) == []
    made = await post(client, cast, "absences", week="2027-W02", keep_work=True)
    assert [a["id"] for a in made.json()["work_outside"]] == [booking]
    assert len((await availability(client, cast))["absences"]) == 1


async def test_a_preview_of_an_extra_time_has_the_same_shape(
    client: AsyncClient, cast: Cast
) -> None:
    extra = {"day": "2027-02-06", "start_minute": 600, "end_minute": 720}
    shown = await post(client, cast, "extra-times?preview=true", **extra)
    assert shown.status_code == 200, shown.text
    assert shown.json() == extra | {"id": None, "soft": False, "work_outside": []}
    assert (await availability(client, cast))["extra_times"] == []


@pytest.mark.parametrize("path", ["absences?preview=true", "extra-times?preview=true"])
async def test_a_preview_refuses_what_saving_refuses(
    client: AsyncClient, cast: Cast, path: str
) -> None:
    day = {"first_day": "2026-12-01", "last_day": "2026-12-01"}
    body = day if "absences" in path else {"day": "2026-12-01"}
    refused = await post(client, cast, path, **body, start_minute=600, end_minute=720)
    assert refused.status_code == 422
