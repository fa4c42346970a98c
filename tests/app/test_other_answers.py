"""What somebody says besides yes and no: other times, and please call me."""

from datetime import UTC, datetime
from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db, jobs, links
from app.offers import answering, otherwise
from app.offers.schemas import OtherTimes, OtherTimeWrite
from app.tables import AuditEvent, ExtraTime, LinkPurpose, Offer, OfferedTime, Search, Volunteer
from tests.app.bookings.acting import open_tasks, post
from tests.app.examples import HOUR, MORNING, Asking, asking, offer
from tests.app.lendings.steps import agree, asked_of_fulda, offer_of, seat, willing
from tests.app.test_interleavings import goes_wrong
from tests.app.test_offer_page import link_in
from tests.app.test_races import in_threads, rows
from tests.app.waiting import Gathering
from tests.cast import Cast

OTHER = [{"starts_at": "2027-01-14T19:00:00+01:00", "ends_at": "2027-01-14T20:00:00+01:00"}]
NAMED = ("2027-01-14T18:00:00Z", "2027-01-14T19:00:00Z")
TAKEN = [{"day": "2027-01-14", "start": "19:00"}]


def question(engine: Engine, cast: Cast, *who: str, **more: Any) -> Asking:
    """Somebody is asked for a seat at the school, on a Tuesday at ten."""
    with db.transaction(engine) as session:
        made = asking(session, cast.wetterau, cast.school, MORNING)
        session.add_all(offer(made, cast.volunteers[name], **more) for name in who or ("dilan",))
        return made


def questions(engine: Engine, cast: Cast, asked: Asking, name: str = "dilan") -> list[Offer]:
    """What somebody was asked about a seat, in order."""
    query = select(Offer).where(
        col(Offer.seat_id) == asked.seat.id, col(Offer.volunteer_id) == cast.volunteers[name]
    )
    with db.transaction(engine) as session:
        return list(session.exec(query.order_by(col(Offer.id))).all())


@pytest.fixture
def asked(engine: Engine, cast: Cast) -> Asking:
    """Dilan is asked."""
    return question(engine, cast)


@pytest.fixture
def path(engine: Engine, cast: Cast, asked: Asking) -> str:
    """The address of the question to her."""
    return f"/offers/{questions(engine, cast, asked)[0].id}"


async def name_times(
    client: AsyncClient, cast: Cast, path: str, who: str = "dilan", **more: Any
) -> Response:
    """She cannot at that time, but on Thursday evening."""
    return await post(client, cast, who, f"{path}/other-time", **({"times": OTHER} | more))


def spans(times: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(one["starts_at"], one["ends_at"]) for one in times]


async def alternatives(client: AsyncClient, cast: Cast, asked: Asking) -> list[tuple[str, str]]:
    """What the school reads of other times."""
    listed = (await client.get("/requests", headers=cast.key("selin"))).json()["items"]
    found = await client.get(f"/requests/{asked.request.id}", headers=cast.key("selin"))
    assert [one["offered_times"] for one in listed] == [found.json()["offered_times"]]
    assert "Dilan" not in found.text
    return spans(found.json()["offered_times"])


@pytest.mark.parametrize("who", ["dilan", "amal"])
async def test_other_times_are_kept_and_the_question_stays_open(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking, path: str, who: str
) -> None:
    answer = await name_times(client, cast, path, who, note="lieber abends")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["state"], spans(answer.json()["other_times"])) == ("pending", [NAMED])
    assert await alternatives(client, cast, asked) == [NAMED]
    listed = (await client.get("/offers", headers=cast.key("dilan"))).json()["items"]
    assert spans(listed[0]["other_times"]) == [NAMED]
    yes = await post(client, cast, "dilan", f"{path}/accept")
    assert yes.status_code == 200
    with db.transaction(engine) as session:
        query = select(AuditEvent).where(col(AuditEvent.action) == "offer.other_time")
        details = session.exec(query).one().details
    assert details == {"via": "app" if who == "dilan" else "office", "times": 1}


async def test_the_office_gets_one_task_that_says_what_was_said_last(
    client: AsyncClient, cast: Cast, engine: Engine, path: str
) -> None:
    await name_times(client, cast, path, note="lieber abends")
    later = [{"starts_at": "2027-01-15T09:00:00Z", "ends_at": "2027-01-15T11:00:00Z"}]
    again = await name_times(client, cast, path, times=later)
    assert spans(again.json()["other_times"]) == [("2027-01-15T09:00:00Z", "2027-01-15T11:00:00Z")]
    said = {}
    for locale in ("de", "en"):
        headers = cast.key("amal") | {"Accept-Language": locale}
        tasks = (await client.get("/tasks", headers=headers)).json()["items"]
        assert [task["code"] for task in tasks] == ["other_time_offered"]
        said[locale] = tasks[0]["question"]
    assert said["de"] == (
        "Dilan Dilan-Beispiel kann am 12.01.2027 um 10:00 nicht (Löwenzahnschule), aber zu einer"
        " anderen Zeit: Freitag, 15.01.2027, 10:00 bis 12:00 Uhr. Bitte mit der Einrichtung klären,"
        " ob das passt."
    )
    assert "Friday, 15 January 2027, 10:00 to 12:00" in said["en"]
    done = await post(client, cast, "amal", f"/tasks/{tasks[0]['id']}/resolve")
    assert done.status_code == 200, done.text
    await name_times(client, cast, path, note="lieber abends")
    assert "Dazu: „lieber abends“." in str(open_tasks(engine, "other_time")[0].params)


@pytest.mark.parametrize("verb", ["accept", "decline", "withdraw"])
async def test_the_task_goes_when_the_question_is_settled(
    client: AsyncClient, cast: Cast, engine: Engine, path: str, verb: str
) -> None:
    await name_times(client, cast, path)
    await post(client, cast, "dilan", f"{path}/call-me")
    assert {task.code for task in open_tasks(engine, "")} == {"other_time_offered", "call_asked"}
    answer = await post(client, cast, "amal", f"{path}/{verb}")
    assert answer.status_code == 200, answer.text
    jobs.work_all(engine)
    assert open_tasks(engine, "") == []


async def test_times_stand_when_nobody_answered_and_go_with_a_no(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking, path: str, clock: Any
) -> None:
    await name_times(client, cast, path)
    clock.shift(26 * 3600)
    answering.expire(engine, questions(engine, cast, asked)[0].id)
    assert questions(engine, cast, asked)[0].state == "expired"
    assert await alternatives(client, cast, asked) == [NAMED]
    assert len(open_tasks(engine, "other_time")) == 1
    await post(client, cast, "dilan", f"{path}/decline")
    assert await alternatives(client, cast, asked) == []


async def test_alternatives_are_told_once_and_only_those_to_come(
    client: AsyncClient, cast: Cast, engine: Engine, clock: Any
) -> None:
    asked = question(engine, cast, "dilan", "mirela")
    second = {"starts_at": "2027-01-11T10:00:00Z", "ends_at": "2027-01-11T11:00:00Z"}
    for name in ("dilan", "mirela"):
        one = questions(engine, cast, asked, name)[0]
        answer = await name_times(client, cast, f"/offers/{one.id}", name, times=[*OTHER, second])
        assert answer.status_code == 200, answer.text
    both = [(second["starts_at"], second["ends_at"]), NAMED]
    assert await alternatives(client, cast, asked) == both
    clock.shift(7 * 24 * 3600 + 2 * 3600)
    assert await alternatives(client, cast, asked) == [NAMED]


@pytest.mark.parametrize(
    ("times", "word"),
    [
        ([], "times"),
        (OTHER * 2, "zweimal"),
        ([OTHER[0] | {"starts_at": f"2027-01-14T1{n}:00:00+01:00"} for n in range(5, 9)], "times"),
        ([{"starts_at": "2027-01-03T09:00:00Z", "ends_at": "2027-01-03T10:00:00Z"}], "Vergangen"),
        ([{"starts_at": "2029-03-03T09:00:00Z", "ends_at": "2029-03-03T10:00:00Z"}], "zwei Jahre"),
        ([{"starts_at": "2027-01-14T09:00:30Z", "ends_at": "2027-01-14T10:00:00Z"}], "whole"),
        ([{"starts_at": "2027-01-14T09:00:00Z", "ends_at": "2027-01-14T09:00:00Z"}], "ends_at"),
        ([{"starts_at": "2027-01-14T09:00:00Z", "ends_at": "2027-01-15T09:00:00Z"}], "ends_at"),
        ([{"starts_at": "2027-01-14T09:00:00", "ends_at": "2027-01-14T10:00:00"}], "starts_at"),
    ],
)
async def test_times_that_are_none_are_refused(
    client: AsyncClient, cast: Cast, engine: Engine, path: str, times: list[Any], word: str
) -> None:
    answer = await name_times(client, cast, path, times=times)
    assert answer.status_code == 422, answer.text
    assert word in answer.json()["detail"]
    assert open_tasks(engine, "") == []


async def test_a_note_about_a_person_is_not_kept(
    client: AsyncClient, cast: Cast, path: str
) -> None:
    answer = await name_times(client, cast, path, note="Frau Yilmaz weiß Bescheid")
    assert answer.status_code == 422


@pytest.mark.parametrize("verb", ["accept", "decline", "withdraw", "late"])
async def test_who_is_asked_no_more_names_no_times(
    client: AsyncClient, cast: Cast, path: str, clock: Any, verb: str
) -> None:
    if verb == "late":
        clock.shift(26 * 3600)
    else:
        assert (await post(client, cast, "amal", f"{path}/{verb}")).status_code == 200
    answer = await name_times(client, cast, path)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/offer-answered")
    call = await post(client, cast, "dilan", f"{path}/call-me")
    assert call.status_code == (200 if verb == "late" else 409)


@pytest.mark.parametrize("who", ["mirela", "nuru", "kofi"])
async def test_nobody_else_answers_for_her(
    client: AsyncClient, cast: Cast, path: str, who: str
) -> None:
    assert (await name_times(client, cast, path, who)).status_code == 404
    assert (await post(client, cast, who, f"{path}/call-me")).status_code == 404


async def test_asking_for_a_call_twice_is_once(
    client: AsyncClient, cast: Cast, engine: Engine, path: str, clock: Any
) -> None:
    first = await post(client, cast, "dilan", f"{path}/call-me")
    assert first.json()["call_asked_at"] == "2027-01-04T09:00:00Z"
    task = open_tasks(engine, "call_asked")[0]
    done = await post(client, cast, "amal", f"/tasks/{task.id}/resolve")
    assert done.status_code == 200, done.text
    clock.shift(60)
    again = await post(client, cast, "dilan", f"{path}/call-me")
    assert again.json()["call_asked_at"] == first.json()["call_asked_at"]
    assert open_tasks(engine, "call_asked") == []
    await post(client, cast, "dilan", f"{path}/decline")
    assert (await post(client, cast, "dilan", f"{path}/call-me")).status_code == 200


async def test_the_page_of_the_question_takes_the_wish_to_be_called(
    client: AsyncClient, cast: Cast, engine: Engine, path: str, asked: Asking
) -> None:
    with db.transaction(engine) as session:
        row = questions(engine, cast, asked)[0]
        link = links.make(session, LinkPurpose.ANSWER_OFFER, row, MORNING)
    assert "Bitte rufen Sie mich an" in (await client.get(link)).text
    page = await client.post(link, data={"answer": "call"})
    assert page.status_code == 200
    assert "Die Koordination ruft Sie an" in page.text
    assert 'value="yes"' in page.text
    assert 'value="call"' not in page.text
    assert len(open_tasks(engine, "call_asked")) == 1
    said = await client.post(link, data={"answer": "no"})
    assert "Die Koordination ruft Sie an" not in said.text
    assert open_tasks(engine, "call_asked") == []


@pytest.mark.parametrize("who", ["selin", "amal"])
async def test_who_named_the_new_time_is_asked_first_and_can_say_yes(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking, path: str, who: str
) -> None:
    """The evening lies outside of her times: what she named is time of hers from now on."""
    await name_times(client, cast, path)
    moved = await post(client, cast, who, f"/requests/{asked.request.id}/move", times=TAKEN)
    assert moved.status_code == 200, moved.text
    assert moved.json()["offered_times"] == []
    jobs.work_all(engine)
    before, new = questions(engine, cast, asked)
    assert (before.state, new.state) == ("withdrawn", "pending")
    assert open_tasks(engine, "other_time") == []
    booked = await post(client, cast, "dilan", f"/offers/{new.id}/accept")
    assert booked.status_code == 200, booked.text
    assert (booked.json()["starts_at"], booked.json()["ends_at"]) == NAMED
    assert booked.json()["institution"] == "Löwenzahnschule"
    with db.transaction(engine) as session:
        extra = session.exec(select(ExtraTime)).one()
        assert (extra.start_minute, extra.end_minute) == (19 * 60, 20 * 60)


async def test_control_at_a_time_that_nobody_named_nobody_is_asked(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking, path: str
) -> None:
    await name_times(client, cast, path)
    times = [{"day": "2027-01-14", "start": "18:00"}]
    moved = await post(client, cast, "selin", f"/requests/{asked.request.id}/move", times=times)
    assert moved.status_code == 200, moved.text
    assert [one.state for one in questions(engine, cast, asked)] == ["withdrawn"]
    with db.transaction(engine) as session:
        assert session.exec(select(ExtraTime)).all() == []


async def test_within_her_own_times_no_extra_time_is_written(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking, path: str
) -> None:
    wide = [{"starts_at": "2027-01-14T08:00:00Z", "ends_at": "2027-01-14T12:00:00Z"}]
    await name_times(client, cast, path, times=wide)
    times = [{"day": "2027-01-14", "start": "11:00"}]
    await post(client, cast, "selin", f"/requests/{asked.request.id}/move", times=times)
    assert [one.state for one in questions(engine, cast, asked)] == ["withdrawn", "pending"]
    with db.transaction(engine) as session:
        assert session.exec(select(ExtraTime)).all() == []


async def test_a_search_goes_on_with_who_named_the_time(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    asked = question(engine, cast)
    search = await post(
        client, cast, "amal", f"/seats/{asked.seat.id}/searches", strategy="sequence"
    )
    assert search.status_code == 201, search.text
    one = questions(engine, cast, asked)[0]
    await name_times(client, cast, f"/offers/{one.id}")
    await post(client, cast, "selin", f"/requests/{asked.request.id}/move", times=TAKEN)
    with db.transaction(engine) as session:
        ended, live = session.exec(select(Search).order_by(col(Search.id))).all()
    assert (ended.state, live.state) == ("stopped", "running")
    assert questions(engine, cast, asked)[-1].search_id == live.id


async def test_who_is_busy_then_is_not_asked_and_gets_no_extra_time(
    client: AsyncClient, cast: Cast, engine: Engine, asked: Asking, path: str
) -> None:
    await name_times(client, cast, path)
    with db.transaction(engine) as session:
        her = session.get_one(Volunteer, cast.volunteers["dilan"])
        her.only_kinds = ["court"]
        session.add(her)
    moved = await post(client, cast, "selin", f"/requests/{asked.request.id}/move", times=TAKEN)
    assert moved.status_code == 200, moved.text
    assert [one.state for one in questions(engine, cast, asked)] == ["withdrawn"]
    with db.transaction(engine) as session:
        assert session.exec(select(ExtraTime)).all() == []


async def test_who_is_lent_speaks_with_her_own_office(
    client: AsyncClient, cast: Cast, engine: Engine, var: Any
) -> None:
    asked = seat(engine, cast)
    willing(engine, cast, "nuru")
    await agree(client, cast, await asked_of_fulda(client, cast, asked))
    jobs.work_all(engine)
    path = f"/offers/{offer_of(engine, cast).id}"
    assert (await name_times(client, cast, path, "nuru")).status_code == 200
    page = await client.post("http://test" + link_in(var / "outbox", "a"), data={"answer": "call"})
    assert page.status_code == 200
    found = {task.code: task for task in open_tasks(engine, "")}
    for code in ("other_time_offered", "call_asked"):
        assert found[code].sponsor_id == cast.fulda
        assert found[code].params["place"] == "Friedberg"
    assert await alternatives(client, cast, asked) == []
    assert (await post(client, cast, "nuru", f"{path}/decline")).status_code == 200
    assert open_tasks(engine, "other_time") == open_tasks(engine, "call_asked") == []


@pytest.mark.parametrize("locked", [True, False], ids=["locked", "control"])
def test_of_times_named_at_once_those_of_one_call_are_left(
    engine: Engine, cast: Cast, asked: Asking, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    """Each takes away what was there and writes its own; who comes second waits for the first."""
    both_took_away, note = Gathering(engine), otherwise._note  # noqa: SLF001

    def wait_and_note(*arguments: Any, **more: Any) -> None:
        both_took_away.wait()
        note(*arguments, **more)

    monkeypatch.setattr(otherwise, "_note", wait_and_note)
    if not locked:
        monkeypatch.setattr(otherwise, "_hold", lambda _session, _offer: True)
        monkeypatch.setattr(otherwise, "_ask_office", lambda *_: None)
    offer_id = questions(engine, cast, asked)[0].id

    def name(day: int) -> None:
        start = datetime(2027, 1, day, 10, tzinfo=UTC)
        body = OtherTimes(times=[OtherTimeWrite(starts_at=start, ends_at=start + HOUR)])
        with db.transaction(engine) as session:
            otherwise.name_times(session, None, session.get_one(Offer, offer_id), body)

    assert in_threads(name, [14, 15]) == [None, None]
    assert rows(engine, OfferedTime) == (2 if goes_wrong(engine, locked) else 1)
    assert len(open_tasks(engine, "other_time")) == locked
