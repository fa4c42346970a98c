"""Before and beside a request: urgency, follow-ups, the same again, and what lies near."""

from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import select

from app import db
from app.tables import ClientCase, Request
from tests.app.examples import snapshot
from tests.app.parents_days import asking as parents_days
from tests.app.series import steps as series
from tests.app.test_requests import ASKED, ask, book, send
from tests.cast import Cast

Body = dict[str, Any]


async def check(client: AsyncClient, cast: Cast, **changes: Any) -> Body:
    """Selin looks at a request before she sends it."""
    body = ASKED | changes
    answer = await client.post("/requests/check", json=body, headers=cast.key("selin"))
    assert answer.status_code == 200, answer.text
    found: Body = answer.json()
    return found


@pytest.mark.parametrize(
    ("day", "lead_time"),
    [
        ("2027-01-05", "urgent"),
        ("2027-01-06", "short"),
        ("2027-01-08", "short"),
        ("2027-01-11", "normal"),
    ],
)
async def test_the_notice_is_counted_in_working_days_and_kept(
    client: AsyncClient, cast: Cast, clock: Any, day: str, lead_time: str
) -> None:
    made = await ask(client, cast, times=[{"day": day, "start": "15:00"}])
    assert made["lead_time"] == lead_time
    assert (await check(client, cast, times=[{"day": day, "start": "16:00"}]))[
        "lead_time"
    ] == lead_time
    clock.shift(3600)
    seen = await client.get(f"/requests/{made['id']}", headers=cast.key("selin"))
    assert seen.json()["lead_time"] == lead_time, "as it was when it was asked"


async def test_what_is_urgent_says_why_and_comes_first(client: AsyncClient, cast: Cast) -> None:
    bare = await send(client, cast, urgent=True)
    assert bare.status_code == 422
    assert "warum es dringend ist" in bare.json()["detail"]
    made = await ask(client, cast, urgent=True, urgency_reason="Frist läuft ab")
    assert (made["urgent"], made["priority"], made["lead_time"]) == (True, 4, "normal")


async def test_words_that_somebody_has_to_look_at_are_named_with_their_field(
    client: AsyncClient, cast: Cast
) -> None:
    assert (await check(client, cast))["concerns"] == []
    note = "Bitte nur Frau Muster anrufen"
    found = await check(client, cast, topic="Termin beim Anwalt", note=note)
    assert [(one["field"], one["words"]) for one in found["concerns"]] == [
        ("note", "Frau Muster"),
        ("topic", "anwalt"),
    ]
    assert found["concerns"][0]["sentence"].startswith("Das klingt nach einem Namen")
    assert [one["code"] for one in found["concerns"]] == sorted(found["open_questions"])


async def test_two_times_that_are_the_same_are_refused(client: AsyncClient, cast: Cast) -> None:
    time = {"day": "2027-01-12", "start": "10:00"}
    twice = await send(client, cast, times=[time, time])
    assert twice.status_code == 422
    assert "steht zweimal da" in twice.json()["detail"]
    past = await send(client, cast, times=[time, {"day": "2027-01-01", "start": "10:00"}])
    assert "Vergangenheit" in past.json()["detail"]
    hour = {"day": "2027-10-31", "start": "02:30"}
    far = await send(client, cast, times=[time, {"day": "2027-03-14", "start": "10:00"}])
    assert "Der Ausweichtermin am 14.03.2027 liegt mehr als 60 Tage" in far.json()["detail"]
    both = await ask(client, cast, times=[hour | {"fold": 0}, hour | {"fold": 1}])
    assert len(both["times"]) == 2, "the hour that comes twice is two times"


async def test_the_same_again_is_refused_unless_another_is_meant(
    client: AsyncClient, cast: Cast
) -> None:
    first = await ask(client, cast)
    again = await send(client, cast)
    assert again.json()["type"] == "/problems/duplicate-request"
    second = await ask(client, cast, another=True)
    assert first["id"] in second["warnings"][0]


async def test_what_lies_near_is_a_warning_and_no_refusal(client: AsyncClient, cast: Cast) -> None:
    times = [{"day": "2027-01-12", "start": "10:00"}, {"day": "2027-01-14", "start": "09:00"}]
    first = await ask(client, cast, times=times, case_number="17")
    lines = {
        "overlap": {"times": [{"day": "2027-01-12", "start": "10:30"}]},
        "second time": {"times": [{"day": "2027-01-14", "start": "08:30"}]},
        "alternative": {
            "times": [{"day": "2027-01-14", "start": "09:00"}],
            "seats": [{"language": "tr"}],
        },
        "case": {"times": [{"day": "2027-01-15", "start": "12:00"}], "case_number": " 17 "},
    }
    said = {name: (await check(client, cast, **body))["warnings"] for name, body in lines.items()}
    assert all(first["id"] in warnings[0] for warnings in said.values()), said
    assert "Zur selben Zeit" in said["overlap"][0]
    assert "Zur selben Zeit" in said["second time"][0]
    assert "Ausweichtermin" in said["alternative"][0]
    assert "Begleitfall" in said["case"][0]
    clear = {
        "later": {"times": [{"day": "2027-01-12", "start": "11:00"}]},
        "another language": {
            "times": [{"day": "2027-01-12", "start": "10:30"}], "seats": [{"language": "tr"}],
        },
        "another week": {"times": [{"day": "2027-01-18", "start": "12:00"}], "case_number": "17"},
    }  # fmt: skip
    for name, body in clear.items():
        assert (await check(client, cast, **body))["warnings"] == [], name
    made = await ask(client, cast, **lines["overlap"])
    assert made["state"] == "open"
    seen = await client.get(f"/requests/{made['id']}", headers=cast.key("selin"))
    assert seen.json()["warnings"] == made["warnings"] != []


async def test_what_says_most_is_said_of_a_request_that_is_near_twice(
    client: AsyncClient, cast: Cast
) -> None:
    times = [{"day": "2027-01-14", "start": "10:00"}, {"day": "2027-01-12", "start": "10:00"}]
    await ask(client, cast, times=times, case_number="17")
    (said,) = (await check(
        client, cast, case_number="17", times=[{"day": "2027-01-14", "start": "10:30"}]
    ))["warnings"]  # fmt: skip
    assert said.startswith("Zur selben Zeit ist am 14.01.2027")


async def test_what_lasts_over_midnight_into_another_week_is_near(
    client: AsyncClient, cast: Cast
) -> None:
    sunday = {"times": [{"day": "2027-01-17", "start": "23:30"}], "duration_minutes": 90}
    first = await ask(client, cast, **sunday, case_number="17")
    monday = [{"day": "2027-01-18", "start": "00:30"}]
    assert first["id"] in (await check(client, cast, times=monday))["warnings"][0]
    later = [{"day": "2027-01-18", "start": "01:00"}]
    assert (await check(client, cast, times=later, case_number="17"))["warnings"] == []
    await ask(client, cast, times=monday, another=True)
    seen = await client.get(f"/requests/{first['id']}", headers=cast.key("selin"))
    assert "Zur selben Zeit" in seen.json()["warnings"][0]


async def test_what_was_asked_for_together_is_no_surprise(client: AsyncClient, cast: Cast) -> None:
    day = await parents_days.made(client, cast, needs=[{"language": "kmr", "slots": 30}])
    of_day = day["shifts"][0]["request_id"]
    twice_a_week = await series.ask(client, cast, weekdays=["TU", "TH"], case_number="17")
    of_series = twice_a_week["dates"][1]["request_id"]
    for request_id in (of_day, of_series):
        seen = await client.get(f"/requests/{request_id}", headers=cast.key("selin"))
        assert seen.json()["warnings"] == []
    other = await check(client, cast, times=[{"day": "2027-01-13", "start": "14:15"}])
    assert "Zur selben Zeit" in other["warnings"][0], "anything else is"


async def test_what_was_called_off_is_near_to_nothing(client: AsyncClient, cast: Cast) -> None:
    made = await ask(client, cast)
    path, body = f"/requests/{made['id']}/cancel", {"reason": "verschoben"}
    await client.post(path, json=body, headers=cast.key("selin"))
    assert (await check(client, cast))["warnings"] == []


async def test_free_days_and_a_call_without_a_number_are_said(
    client: AsyncClient, cast: Cast
) -> None:
    said = await check(
        client, cast,
        times=[{"day": "2027-05-01", "start": "10:00"}, {"day": "2027-05-06", "start": "10:00"}],
        seats=[{"language": "kmr", "mode": "phone"}],
    )  # fmt: skip
    assert "01.05.2027" in said["warnings"][0]
    assert "06.05.2027" in said["warnings"][1], "Ascension Day"
    assert "contact_phone" in said["warnings"][2]
    key = cast.key("selin") | {"Accept-Language": "en"}
    body = ASKED | {"times": [{"day": "2027-05-01", "start": "10:00"}]}
    english = await client.post("/requests/check", json=body, headers=key)
    assert "1 May 2027 is a weekend" in english.json()["warnings"][0]


async def test_a_check_stores_nothing(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    made = await ask(client, cast)
    before = snapshot(engine)
    said = await check(client, cast, case_number="4711", note="Es kommt Frau Yildiz",
                       seats=[{"language": "Kurdisch"}, {"language": "kmr"}])  # fmt: skip
    assert said["open_questions"] == ["language:Kurdisch", "personal_data:note"]
    assert said["duplicates"] == []
    assert (await check(client, cast))["duplicates"] == [made["id"]]
    assert snapshot(engine) == before


async def test_other_peoples_requests_are_not_given_away(client: AsyncClient, cast: Cast) -> None:
    await ask(client, cast)
    body = ASKED | {"institution_id": str(cast.school)}
    foreign = await client.post("/requests/check", json=body, headers=cast.key("kofi"))
    assert foreign.status_code == 404
    own = ASKED | {"institution_id": str(cast.school_fulda)}
    answer = await client.post("/requests/check", json=own, headers=cast.key("kofi"))
    assert (answer.json()["warnings"], answer.json()["duplicates"]) == ([], [])


async def test_a_follow_up_knows_the_client_and_who_went(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    seats = [{"language": "ro"}, {"language": "kmr"}]
    first = await ask(client, cast, case_number="17", seats=seats)
    await book(client, cast, first["seats"][0], "mirela")
    await book(client, cast, first["seats"][1], "dilan")
    later = {"times": [{"day": "2027-01-19", "start": "10:00"}], "follow_up_of": first["id"]}
    made = await ask(client, cast, **later, same_person_wished=True)
    plain = await ask(client, cast, **later, another=True)
    other = await ask(client, cast, **later, case_number="18", another=True)
    assert made["follow_up_of_id"] == first["id"]
    with db.transaction(engine) as session:
        rows = {str(one.id): one for one in session.exec(select(Request)).all()}
        case = rows[first["id"]].client_case_id
        assert rows[made["id"]].client_case_id == rows[plain["id"]].client_case_id == case
        assert rows[other["id"]].client_case_id != case
        assert rows[made["id"]].wished_volunteer_id == cast.volunteers["dilan"]
        assert rows[plain["id"]].wished_volunteer_id is None
        assert len(session.exec(select(ClientCase)).all()) == 2


async def test_what_nobody_went_to_may_be_followed_without_a_wish(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    first = await ask(client, cast)
    path, body = f"/requests/{first['id']}/cancel", {"reason": "verschoben"}
    await client.post(path, json=body, headers=cast.key("selin"))
    made = await ask(client, cast, follow_up_of=first["id"], same_person_wished=True)
    with db.transaction(engine) as session:
        rows = {str(one.id): one for one in session.exec(select(Request)).all()}
        assert rows[made["id"]].wished_volunteer_id is None


async def test_a_follow_up_stays_at_its_institution(client: AsyncClient, cast: Cast) -> None:
    first = await ask(client, cast)
    own = ASKED | {"institution_id": str(cast.school_fulda), "follow_up_of": first["id"]}
    foreign = await client.post("/requests", json=own, headers=cast.key("kofi"))
    assert foreign.status_code == 404
    place = {"name": "Kita Sonne", "kind": "daycare", "postal_code": "61169", "town": "Friedberg"}
    other = await client.post("/institutions", json=place, headers=cast.key("amal"))
    body = ASKED | {"institution_id": other.json()["id"], "follow_up_of": first["id"]}
    answer = await client.post("/requests", json=body, headers=cast.key("amal"))
    assert answer.status_code == 422
    assert "einer anderen Einrichtung" in answer.json()["detail"]
