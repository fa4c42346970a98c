"""Changing a series: this date, the following ones, or all."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine

from app import jobs
from tests.app.examples import snapshot
from tests.app.series import steps
from tests.cast import Cast

Dates = list[dict[str, Any]]


async def test_one_date_moves_and_is_an_exception_from_then_on(
    client: AsyncClient, cast: Cast
) -> None:
    made = await steps.ask(client, cast)
    second = made["dates"][1]["request_id"]
    done = await steps.change(client, cast, made["id"], scope="this", request_id=second,
                              day="2027-01-20", start="14:00")  # fmt: skip
    assert done["moved"] == [second]
    moved = next(d for d in done["series"]["dates"] if d["request_id"] == second)
    assert (moved["day"], moved["start"]) == ("2027-01-20", "14:00")
    assert (moved["series_day"], moved["exception"]) == ("2027-01-19", True)
    later = await steps.change(client, cast, made["id"], scope="all", start="09:00", room="Aula")
    assert steps.times(later["series"])[1] == "01-20 14:00", "an exception keeps its own time"
    seen = await client.get(f"/requests/{second}", headers=cast.key("selin"))
    assert seen.json()["room"] == "Zimmer 3", "and its own texts"
    assert second in [kept["request_id"] for kept in later["kept"]]


async def test_a_request_that_is_changed_itself_is_an_exception_too(
    client: AsyncClient, cast: Cast
) -> None:
    made = await steps.ask(client, cast)
    path = f"/requests/{made['dates'][0]['request_id']}"
    key = cast.key("selin") | {"If-Match": "*"}
    assert (await client.patch(path, json={"room": "Aula"}, headers=key)).status_code == 200
    seen = await steps.read(client, cast, made["id"])
    assert [one["exception"] for one in seen["dates"]] == [True, *[False] * 5]


async def test_all_dates_get_the_new_time_and_the_requests_stay(
    client: AsyncClient, cast: Cast
) -> None:
    made = await steps.ask(client, cast)
    done = await steps.change(client, cast, made["id"], scope="all", weekdays=["TH"], start="08:30")
    assert steps.times(done["series"]) == [
        "01-14 08:30", "01-21 08:30", "01-28 08:30", "02-04 08:30", "02-11 08:30", "02-18 08:30",
    ]  # fmt: skip
    before = [one["request_id"] for one in made["dates"]]
    assert [one["request_id"] for one in done["series"]["dates"]] == before
    assert (done["moved"], done["cancelled"], done["added"]) == (before, [], [])
    assert done["series"]["sentence"].startswith("jeden Donnerstag, 08:30-09:30")


async def test_an_earlier_weekday_loses_no_date(client: AsyncClient, cast: Cast) -> None:
    made = await steps.ask(client, cast)
    done = await steps.change(client, cast, made["id"], scope="all", weekdays=["MO"])
    assert len(done["moved"]) == 6
    assert steps.times(done["series"])[0] == "01-11 10:00"
    assert steps.times(done["series"])[-1] == "02-15 10:00"


async def test_the_following_dates_go_on_in_a_series_of_their_own(
    client: AsyncClient, cast: Cast
) -> None:
    made = await steps.ask(client, cast)
    third = made["dates"][2]["request_id"]
    done = await steps.change(client, cast, made["id"], scope="following", request_id=third,
                              start="15:00", room="Aula")  # fmt: skip
    new, old = done["series"], await steps.read(client, cast, made["id"])
    assert steps.times(old) == ["01-12 10:00", "01-19 10:00"]
    assert (old["last_day"], old["sentence"]) == (
        "2027-01-19", "jeden Dienstag, 10:00-11:00, bis 19.01.2027",
    )  # fmt: skip
    assert steps.times(new) == ["01-26 15:00", "02-02 15:00", "02-09 15:00", "02-16 15:00"]
    assert (new["follows_id"], new["first_day"], new["room"]) == (made["id"], "2027-01-26", "Aula")
    assert new["dates"][0]["request_id"] == third
    over = await steps.patch(client, cast, made["id"], scope="all", until="2027-03-30")
    assert over.json()["type"] == "/problems/series-goes-on"


async def test_a_series_cut_twice_stays_one_chain(client: AsyncClient, cast: Cast) -> None:
    made = await steps.ask(client, cast)
    fifth, third = made["dates"][4]["request_id"], made["dates"][2]["request_id"]
    last = await steps.change(client, cast, made["id"], scope="following", request_id=fifth)
    middle = await steps.change(client, cast, made["id"], scope="following", request_id=third)
    seen = await steps.read(client, cast, last["series"]["id"])
    assert seen["follows_id"] == middle["series"]["id"]
    assert steps.times(middle["series"]) == ["01-26 10:00", "02-02 10:00"]


async def test_from_the_first_date_on_it_is_the_same_series(
    client: AsyncClient, cast: Cast
) -> None:
    made = await steps.ask(client, cast)
    first = made["dates"][0]["request_id"]
    done = await steps.change(client, cast, made["id"], scope="following", request_id=first,
                              start="15:00")  # fmt: skip
    assert done["series"]["id"] == made["id"]
    assert len(done["moved"]) == 6


async def test_booked_and_offered_dates_keep_their_time_and_are_listed(
    client: AsyncClient, cast: Cast
) -> None:
    made = await steps.ask(client, cast)
    booked, offered = (made["dates"][n]["request_id"] for n in (0, 1))
    await steps.book(client, cast, booked)
    await steps.offer(client, cast, offered)
    done = await steps.change(client, cast, made["id"], scope="all", start="15:00", room="Aula")
    assert steps.times(done["series"])[:3] == ["01-12 10:00", "01-19 10:00", "01-26 15:00"]
    said = {kept["request_id"]: kept["sentence"] for kept in done["kept"]}
    assert "gebucht" in said[booked]
    assert "gefragt" in said[offered]
    for request_id in (booked, offered):
        seen = await client.get(f"/requests/{request_id}", headers=cast.key("selin"))
        assert seen.json()["room"] == "Aula", "texts reach them"
    one = await steps.patch(client, cast, made["id"], scope="this", request_id=booked, start="8:00")
    assert one.status_code == 422
    one = await steps.patch(
        client, cast, made["id"], scope="this", request_id=booked, start="08:00"
    )
    assert one.json()["type"] == "/problems/time-booked"


async def test_a_shorter_rule_calls_off_open_dates_and_keeps_booked_ones(
    client: AsyncClient, cast: Cast
) -> None:
    made = await steps.ask(client, cast)
    ids = [one["request_id"] for one in made["dates"]]
    await steps.book(client, cast, ids[5])
    done = await steps.change(client, cast, made["id"], scope="all", until="2027-01-27",
                              reason="Die Förderung endet.")  # fmt: skip
    assert done["cancelled"] == ids[3:5]
    assert [kept["request_id"] for kept in done["kept"]] == [ids[5]]
    assert steps.times(done["series"])[-1] == "02-16 10:00"
    gone = await client.get(f"/requests/{ids[3]}", headers=cast.key("selin"))
    assert gone.json()["end_reason"] == "Die Förderung endet."
    back = await steps.change(client, cast, made["id"], scope="all", count=6)
    assert back["added"] == ["2027-02-02", "2027-02-09"], "the booked one stands for its day"
    assert len(set(steps.times(back["series"]))) == 6


async def test_the_rule_makes_no_second_date_for_a_day_that_was_called_off(
    client: AsyncClient, cast: Cast
) -> None:
    made = await steps.ask(client, cast)
    path = f"/series/{made['id']}/cancel"
    body = {"scope": "this", "request_id": made["dates"][1]["request_id"], "reason": "Projekttag"}
    gone = await client.post(path, json=body, headers=cast.key("selin"))
    assert gone.json()["cancelled"] == [body["request_id"]]
    done = await steps.change(client, cast, made["id"], scope="all", weekdays=["WE"], count=7)
    assert steps.times(done["series"]) == [
        "01-13 10:00", "01-27 10:00", "02-03 10:00", "02-10 10:00", "02-17 10:00", "02-24 10:00",
    ]  # fmt: skip


async def test_past_dates_never_change(client: AsyncClient, cast: Cast, clock: Any) -> None:
    made = await steps.ask(client, cast)
    clock.move_to("2027-01-27T12:00:00Z")
    done = await steps.change(client, cast, made["id"], scope="all", weekdays=["FR"], room="Aula")
    assert steps.times(done["series"]) == [
        "01-12 10:00", "01-19 10:00", "01-26 10:00", "02-05 10:00", "02-12 10:00", "02-19 10:00",
    ]  # fmt: skip
    first = made["dates"][0]["request_id"]
    seen = await client.get(f"/requests/{first}", headers=cast.key("selin"))
    assert seen.json()["room"] == "Zimmer 3"
    late = await steps.patch(client, cast, made["id"], scope="this", request_id=first, room="Aula")
    assert late.json()["type"] == "/problems/date-begun"


async def test_a_preview_says_the_same_and_stores_nothing(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    made = await steps.ask(client, cast)
    third = made["dates"][2]["request_id"]
    await steps.book(client, cast, made["dates"][4]["request_id"])
    change = {"scope": "following", "request_id": third, "weekdays": ["TU", "TH"], "count": 9,
              "start": "12:00", "note": "bitte klingeln"}  # fmt: skip
    before = snapshot(engine)
    said = await steps.change(client, cast, made["id"], **change, preview=True)
    assert (said["preview"], said["series"]) == (True, None)
    assert snapshot(engine) == before
    done = await steps.change(client, cast, made["id"], **change)
    told = ("changed", "moved", "cancelled", "added", "kept", "skipped")
    assert {name: done[name] for name in told} == {name: said[name] for name in told}
    assert done["added"]


async def test_the_second_of_two_changes_made_on_one_version_is_refused(
    client: AsyncClient, cast: Cast
) -> None:
    made = await steps.ask(client, cast)
    path = f"/series/{made['id']}"
    tag = (await client.get(path, headers=cast.key("selin"))).headers["ETag"]
    english = await client.get(path, headers=cast.key("amal") | {"Accept-Language": "en"})
    assert english.headers["ETag"] == tag, "one version in every language"
    bare = await client.patch(path, json={"scope": "all"}, headers=cast.key("amal"))
    assert bare.status_code == 428
    calls = [
        client.patch(
            path,
            json={"scope": "all", "start": start},
            headers=cast.key(who) | {"If-Match": tag},
        )
        for who, start in (("selin", "08:00"), ("amal", "09:00"))
    ]
    answers = await asyncio.gather(*calls)
    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_control_without_a_version_the_second_change_overwrites_the_first(
    client: AsyncClient, cast: Cast
) -> None:
    made = await steps.ask(client, cast)
    await steps.change(client, cast, made["id"], scope="all", start="08:00")
    done = await steps.change(client, cast, made["id"], scope="all", start="09:00")
    assert {time[6:] for time in steps.times(done["series"])} == {"09:00"}


@pytest.mark.parametrize(("scope", "gone"), [("this", 1), ("following", 4), ("all", 6)])
async def test_calling_off_ends_bookings_and_tells_people(
    client: AsyncClient, cast: Cast, scope: str, gone: int, engine: Engine
) -> None:
    made = await steps.ask(client, cast)
    third = made["dates"][2]["request_id"]
    await steps.book(client, cast, third)
    body = {"scope": scope, "reason": "Die Familie ist umgezogen"}
    if scope != "all":
        body["request_id"] = third
    path = f"/series/{made['id']}/cancel"
    answer = await client.post(path, json=body, headers=cast.key("selin"))
    assert len(answer.json()["cancelled"]) == gone, answer.text
    mine = await client.get("/assignments", headers=cast.key("dilan"))
    assert mine.json()["items"][0]["state"] == "cancelled_early"
    again = await client.post(path, json=body, headers=cast.key("selin"))
    assert again.status_code == 409
    if scope == "following":
        assert answer.json()["series"]["last_day"] == "2027-01-19"
    jobs.work_all(engine)


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"scope": "this"}, "request_id"),
        ({"scope": "all", "request_id": "first"}, "request_id"),
        ({"scope": "this", "request_id": "first", "weekdays": ["MO"]}, "scope following or all"),
        ({"scope": "all", "day": "2027-01-20"}, "scope this"),
        ({"scope": "all", "rule": "FREQ=WEEKLY"}, "Ende"),
        ({"scope": "all", "until": "2027-01-10"}, "UNTIL"),
        ({"scope": "all", "urgent": True}, "warum es dringend ist"),
        ({"scope": "all", "start": "02:30", "weekdays": ["SU"], "until": "2027-04-01"},
         "28.03.2027"),
        ({"scope": "this", "request_id": "first", "day": "2026-12-01"}, "Vergangenheit"),
    ],
)  # fmt: skip
async def test_a_change_that_cannot_be_is_refused_with_a_sentence(
    client: AsyncClient, cast: Cast, wrong: dict[str, Any], word: str
) -> None:
    made = await steps.ask(client, cast)
    if "request_id" in wrong:
        wrong = wrong | {"request_id": made["dates"][0]["request_id"]}
    answer = await steps.patch(client, cast, made["id"], **wrong)
    assert answer.status_code == 422, answer.text
    assert word in answer.json()["detail"]
    assert await steps.read(client, cast, made["id"]) == made


async def test_a_date_of_another_series_is_not_found_here(client: AsyncClient, cast: Cast) -> None:
    made = await steps.ask(client, cast)
    other = await steps.ask(client, cast, start="14:00")
    theirs = other["dates"][0]["request_id"]
    answer = await steps.patch(client, cast, made["id"], scope="this", request_id=theirs, room="1")
    assert answer.status_code == 404


async def test_seats_change_where_nobody_counts_on_them(client: AsyncClient, cast: Cast) -> None:
    made = await steps.ask(client, cast)
    booked, second = (made["dates"][n]["request_id"] for n in (0, 1))
    await steps.book(client, cast, booked)
    phone = [{"position": 0, "mode": "phone"}]
    done = await steps.change(client, cast, made["id"], scope="all", seats=phone)
    assert [kept["request_id"] for kept in done["kept"]] == [booked]
    assert (await steps.seat_of(client, cast, booked))["mode"] == "on_site"
    assert (await steps.seat_of(client, cast, second))["mode"] == "phone"
    wrong = await steps.patch(
        client, cast, made["id"], scope="all", seats=[{"position": 1, "mode": "phone"}]
    )
    assert wrong.status_code == 409
