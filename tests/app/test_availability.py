"""When a volunteer can: phrases shown back, rules that come back, and work that lies outside."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import select

from app import db
from app.tables import Assignment
from tests.app.examples import snapshot
from tests.app.her_times import TUESDAY, availability, book, post, put, share, tasks, times
from tests.cast import Cast

HOSTILE = [
    "FREQ=SECONDLY",
    "FREQ=MINUTELY;BYSECOND=0,1,2",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;COUNT=999999999",
    "FREQ=DAILY;INTERVAL=0",
    "FREQ=DAILY\nEXRULE:FREQ=SECONDLY",
    "FREQ=WEEKLY;BYSETPOS=0",
    "FREQ=WEEKLY;" + "BYDAY=MO;" * 50,
    "immer",
]


async def test_what_a_phrase_means_is_shown_before_anything_is_saved(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    before = snapshot(engine)
    answer = await client.post(
        "/phrases/availability",
        json={"phrase": "Mo 8-12, Di auch 14-17"},
        headers=cast.key("dilan"),
    )
    assert answer.status_code == 200, answer.text
    read = answer.json()
    assert times(read["windows"]) == [(0, 480, 720), (1, 840, 1020)]
    assert read["understood"] == "Mo 8-12 Uhr; Di 14-17 Uhr"
    assert "Mon" in read["understood_en"]
    assert (read["not_understood"], read["questions"]) == ([], [])
    assert snapshot(engine) == before


async def test_a_part_that_is_not_understood_is_named_in_the_reading(
    client: AsyncClient, cast: Cast
) -> None:
    body = {"phrase": "Mo 8-12, Di wenn die Sonne scheint"}
    read = await client.post("/phrases/availability", json=body, headers=cast.key("amal"))
    assert times(read.json()["windows"]) == [(0, 480, 720)]
    assert any("Sonne" in part for part in read.json()["not_understood"])


async def test_every_second_week_asks_which_one(client: AsyncClient, cast: Cast) -> None:
    before = await availability(client, cast)
    phrase = "jede 2. Woche Fr 8-12"
    refused = await put(client, cast, phrase=phrase)
    assert refused.status_code == 422
    assert refused.json()["type"] == "/problems/week-unclear"
    assert refused.json()["choices"] == ["2027-01-08", "2027-01-15"]
    assert "08.01.2027 oder 15.01.2027" in refused.json()["detail"]
    assert await availability(client, cast) == before
    body = {"phrase": phrase}
    read = await client.post("/phrases/availability", json=body, headers=cast.key("dilan"))
    (asked,) = read.json()["questions"]
    assert (asked["member"], asked["choices"]) == ("anchor_day", refused.json()["choices"])
    saved = await put(client, cast, phrase=phrase, anchor_day="2027-01-15")
    assert saved.status_code == 200, saved.text
    (window,) = saved.json()["windows"]
    assert (window["every_weeks"], window["anchor_day"]) == (2, "2027-01-15")
    assert "11.01.2027" in saved.json()["understood"], "the week that was meant is shown back"


async def test_windows_that_skip_weeks_need_their_week_as_well(
    client: AsyncClient, cast: Cast
) -> None:
    window = {"weekday": 4, "start_minute": 480, "end_minute": 720, "every_weeks": 3}
    refused = await put(client, cast, windows=[window])
    assert refused.status_code == 422
    assert refused.json()["choices"] == ["2027-01-08", "2027-01-15", "2027-01-22"]
    saved = await put(client, cast, windows=[window | {"anchor_day": "2027-01-08"}])
    assert saved.status_code == 200


async def test_seasons_and_calendar_weeks_are_kept_and_told_back(
    client: AsyncClient, cast: Cast
) -> None:
    windows = [
        {"weekday": 0, "start_minute": 480, "end_minute": 720, "season": "term_time"},
        {"weekday": 1, "start_minute": 540, "end_minute": 720, "parity": "even"},
        {
            "weekday": 2,
            "start_minute": 540,
            "end_minute": 720,
            "valid_from": "2027-02-01",
            "valid_to": "2027-03-31",
        },
    ]
    saved = (await put(client, cast, windows=windows)).json()
    assert [w["season"] for w in saved["windows"]] == ["term_time", "always", "always"]
    assert [w["parity"] for w in saved["windows"]] == ["", "even", ""]
    assert "außer in den Ferien" in saved["understood"]
    assert "gerade" in saved["understood"]
    assert "(vom 01.02.2027 bis 31.03.2027)" in saved["understood"]
    phrase = await put(client, cast, phrase="vormittags, außer in den Ferien")
    assert {w["season"] for w in phrase.json()["windows"]} == {"term_time"}
    dated = (await put(client, cast, phrase="vom 1.2.2027 bis 31.3.2027 Mi 9-12")).json()
    assert times(dated["windows"]) == [(2, 540, 720)]
    assert (dated["windows"][0]["valid_from"], dated["windows"][0]["valid_to"]) == (
        "2027-02-01",
        "2027-03-31",
    )
    again = await put(client, cast, phrase=dated["understood"])
    assert again.json() == dated, "what is shown back is understood again"


async def test_time_that_comes_back_by_a_rule_is_shown_with_its_next_days(
    client: AsyncClient, cast: Cast
) -> None:
    rule = {
        "rule": "RRULE:freq=monthly;byday=1sa",
        "first_day": "2027-01-01",
        "start_minute": 600,
        "end_minute": 720,
    }
    saved = await put(client, cast, windows=[], recurrences=[rule])
    assert saved.status_code == 200, saved.text
    (read,) = saved.json()["recurrences"]
    assert read["rule"] == "FREQ=MONTHLY;BYDAY=1SA"
    assert read["next_days"] == ["2027-02-06", "2027-03-06", "2027-04-03"]
    assert (await availability(client, cast))["recurrences"] == [read]
    without = await put(client, cast, phrase="Mo-Fr 8-18")
    assert without.json()["recurrences"] == [], "everything is replaced at once"


@pytest.mark.parametrize("rule", HOSTILE)
async def test_a_hostile_rule_is_refused_with_a_sentence_and_changes_nothing(
    client: AsyncClient, cast: Cast, engine: Engine, rule: str
) -> None:
    before = snapshot(engine)
    body = {"rule": rule, "first_day": "2027-02-01", "start_minute": 600, "end_minute": 720}
    answer = await put(client, cast, phrase="Mo 8-12", recurrences=[body])
    assert answer.status_code == 422, answer.text
    assert "." in answer.json()["detail"]
    assert snapshot(engine) == before


async def test_a_refused_rule_says_why_in_both_languages(client: AsyncClient, cast: Cast) -> None:
    path = f"/volunteers/{cast.volunteers['dilan']}"
    read = await client.get(path, headers=cast.key("dilan"))
    rule = {"rule": "FREQ=SECONDLY", "first_day": "2027-02-01", "start_minute": 0, "end_minute": 60}
    details = {}
    for locale in ("de", "en"):
        headers = cast.key("dilan") | {"If-Match": read.headers["etag"], "Accept-Language": locale}
        body = {"windows": [], "recurrences": [rule]}
        answer = await client.put(f"{path}/availability", json=body, headers=headers)
        assert answer.json()["type"] == "/problems/rule-refused"
        assert answer.json()["code"] == "frequency"
        details[locale] = answer.json()["detail"]
    assert "FREQ=SECONDLY" in details["de"]
    assert "Die Regel" in details["de"]
    assert "The rule" in details["en"]


@pytest.mark.parametrize(
    "body",
    [
        {"phrase": "  "},
        {"phrase": "Mo 8-12", "windows": []},
        {"windows": [], "anchor_day": "2027-01-04"},
        {"recurrences": []},
        {
            "windows": [
                {
                    "weekday": 0,
                    "start_minute": 0,
                    "end_minute": 60,
                    "valid_from": "2027-02-02",
                    "valid_to": "2027-02-01",
                }
            ]
        },
        {"windows": [{"weekday": 0, "start_minute": 0, "end_minute": 60, "season": "winter"}]},
        {"windows": [{"weekday": 0, "start_minute": 0, "end_minute": 60, "parity": "prime"}]},
        {"windows": [{"weekday": 0, "start_minute": 0, "end_minute": 60, "every_weeks": 0}]},
        {"windows": [{"weekday": 0, "start_minute": 0, "end_minute": 60}] * 101},
        {
            "windows": [],
            "recurrences": [
                {
                    "rule": "FREQ=DAILY",
                    "first_day": "2027-01-04",
                    "start_minute": 0,
                    "end_minute": 60,
                }
            ]
            * 51,
        },
    ],
)
async def test_times_that_make_no_sense_are_refused(
    client: AsyncClient, cast: Cast, engine: Engine, body: dict[str, Any]
) -> None:
    before = snapshot(engine)
    assert (await put(client, cast, **body)).status_code == 422
    assert snapshot(engine) == before


async def test_confirmed_work_outside_of_new_times_is_listed_before_saving(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    (booking,) = book(engine, cast, TUESDAY)
    before = snapshot(engine)
    refused = await put(client, cast, phrase="Mo-Fr 14-18")
    assert refused.status_code == 409, refused.text
    problem = refused.json()
    assert problem["type"] == "/problems/work-outside"
    assert problem["assignments"] == [
        {
            "id": booking,
            "starts_at": "2027-01-12T09:00:00Z",
            "ends_at": "2027-01-12T10:00:00Z",
            "institution": "Löwenzahnschule",
        }
    ]
    assert "12.01.2027 10:00-11:00" in problem["detail"]
    assert "keep_work" not in problem["detail"], "people read it"
    assert snapshot(engine) == before
    inside = await put(client, cast, phrase="Di 10-11")
    assert (inside.status_code, inside.json()["work_outside"]) == (200, [])


async def test_work_of_another_pool_is_listed_without_its_institution(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    share(engine, cast)
    book(engine, cast, TUESDAY, foreign=True)
    hers = await put(client, cast, phrase="Mo 8-12")
    assert [a["institution"] for a in hers.json()["assignments"]] == ["Rhönschule"]
    amal = await put(client, cast, "amal", phrase="Mo 8-12")
    assert amal.status_code == 409, amal.text
    assert [a["institution"] for a in amal.json()["assignments"]] == ["anderer Pool"]
    assert "Rhönschule" not in amal.text


async def test_work_that_is_kept_stays_booked_and_its_offices_are_asked(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    share(engine, cast)
    (own,) = book(engine, cast, TUESDAY)
    (other,) = book(engine, cast, TUESDAY.replace(day=13), foreign=True)
    saved = await put(client, cast, phrase="Mo 8-12", keep_work=True)
    assert saved.status_code == 200, saved.text
    assert [a["id"] for a in saved.json()["work_outside"]] == [own, other]
    assert tasks(engine) == [
        (cast.wetterau, "assignment", own),
        (cast.fulda, "assignment", other),
    ]
    with db.transaction(engine) as session:
        assert {a.state for a in session.exec(select(Assignment)).all()} == {"booked"}
    listed = await client.get("/tasks?state=open", headers=cast.key("amal"))
    assert [task["subject_id"] for task in listed.json()["items"]] == [own]
    again = await put(client, cast, phrase="Do 8-12")
    assert again.status_code == 200, "what was outside before does not stand in the way"
    assert len(tasks(engine)) == 2


async def test_calling_it_off_closes_the_question(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    (own,) = book(engine, cast, TUESDAY)
    await put(client, cast, phrase="Mo 8-12", keep_work=True)
    before = await client.get("/tasks?state=open", headers=cast.key("amal"))
    assert [task["subject_id"] for task in before.json()["items"]] == [own]
    body = {"reason": "passt nicht mehr"}
    off = await client.post(f"/assignments/{own}/cancel", json=body, headers=cast.key("amal"))
    assert off.status_code < 300, off.text
    after = await client.get("/tasks?state=open", headers=cast.key("amal"))
    assert after.json()["items"] == []


async def test_only_confirmed_work_that_is_still_to_come_counts(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    book(engine, cast, datetime(2026, 12, 15, 9, 0, tzinfo=UTC))
    (ended,) = book(engine, cast, TUESDAY)
    with db.transaction(engine) as session:
        session.get_one(Assignment, UUID(ended)).state = "cancelled_early"
    assert (await put(client, cast, phrase="Mo 14-18")).status_code == 200


async def test_on_request_is_time_as_well(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    book(engine, cast, TUESDAY)
    assert (await put(client, cast, phrase="n. V.")).status_code == 200


async def test_a_preview_shows_what_would_be_and_stores_nothing(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    (booking,) = book(engine, cast, TUESDAY)
    before = snapshot(engine)
    shown = await put(client, cast, phrase="Mo 8-12", keep_work=True, preview=True)
    assert shown.status_code == 200, shown.text
    assert times(shown.json()["windows"]) == [(0, 480, 720)]
    assert [a["id"] for a in shown.json()["work_outside"]] == [booking]
    assert snapshot(engine) == before


async def test_times_are_saved_only_on_the_version_that_was_read(
    client: AsyncClient, cast: Cast
) -> None:
    path = f"/volunteers/{cast.volunteers['dilan']}"
    body = {"phrase": "Mo 8-12"}
    missing = await client.put(f"{path}/availability", json=body, headers=cast.key("dilan"))
    assert missing.status_code == 428
    read = await client.get(path, headers=cast.key("dilan"))
    headers = cast.key("dilan") | {"If-Match": read.headers["etag"]}
    first = await client.put(f"{path}/availability", json=body, headers=headers)
    assert first.status_code == 200
    again = await client.put(f"{path}/availability", json=body, headers=headers)
    assert again.status_code == 412
    following = headers | {"If-Match": first.headers["etag"]}
    assert (await client.put(f"{path}/availability", json=body, headers=following)).status_code == (
        200
    )


@pytest.mark.parametrize("name", ["mirela", "nuru", "kofi"])
async def test_nobody_else_changes_her_times(client: AsyncClient, cast: Cast, name: str) -> None:
    day = {"day": "2027-02-06", "start_minute": 600, "end_minute": 720}
    absent = {"first_day": "2027-02-01", "last_day": "2027-02-05"}
    made = (await post(client, cast, "extra-times", **day)).json()["id"]
    path = f"/volunteers/{cast.volunteers['dilan']}/extra-times/{made}"
    answers = [
        await put(client, cast, name, phrase="Mo 8-12"),
        await put(client, cast, name, phrase="Mo 8-12", preview=True),
        await post(client, cast, "absences", name, **absent),
        await post(client, cast, "extra-times", name, **day),
        await client.delete(path, headers=cast.key(name)),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5
    assert (await client.delete(path, headers=cast.key("dilan"))).status_code == 204
