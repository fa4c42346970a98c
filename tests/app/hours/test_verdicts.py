"""How it was for the institution: said in half a minute, read by the office alone."""

from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select, update

from app import db
from app.tables import Membership, ServiceRecord, Task
from tests.app.examples import furnish
from tests.app.hours.test_confirm_page import Outline, link, record
from tests.app.hours.test_confirming import reported, say
from tests.cast import Cast

SAID = ("feedback", "feedback_note", "institution_outcome")
POOR: dict[str, Any] = {"feedback": "poor", "feedback_note": "kam ohne Vorbereitung"}


def kept(engine: Engine) -> tuple[str, str, str]:
    """What the only record holds of it."""
    found = record(engine)
    return found.feedback, found.feedback_note, found.institution_outcome


def questions(engine: Engine) -> list[Task]:
    """What the office is asked about it."""
    with db.transaction(engine) as session:
        query = select(Task).where(col(Task.code) == "feedback:poor", col(Task.state) == "open")
        return list(session.exec(query).all())


async def read(client: AsyncClient, cast: Cast, path: str, who: str) -> tuple[str, ...]:
    """The same as somebody reads it, alone and in a list."""
    one = (await client.get(path, headers=cast.key(who))).json()
    listed = await client.get("/service-records", headers=cast.key(who))
    assert [one[name] for name in SAID] == [listed.json()["items"][0][name] for name in SAID]
    return tuple(one[name] for name in SAID)


async def test_how_it_was_is_read_by_the_office_alone(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    path = await reported(client, cast, engine)
    said = {"minutes": 30, "reason": "war kürzer", "outcome": "cut_short", **POOR}
    answer = await say(client, cast, "selin", f"{path}/dispute", **said)
    assert answer.status_code == 200, answer.text
    assert [answer.json()[name] for name in SAID] == ["", "", ""]
    whole = ("poor", "kam ohne Vorbereitung", "cut_short")
    assert kept(engine) == whole
    seen = {
        who: await read(client, cast, path, who)
        for who in ("amal", "fatma", "lea", "dilan", "selin", "arno")
    }
    assert {who for who, words in seen.items() if words == whole} == {"amal", "fatma", "lea"}
    assert {words for words in seen.values() if words != whole} == {("", "", "")}


async def test_an_office_does_not_read_what_was_said_of_its_own_person_by_herself(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    path = await reported(client, cast, engine)
    await say(client, cast, "selin", f"{path}/confirm", minutes=60, **POOR)
    with db.transaction(engine) as session:
        her = cast.accounts["dilan"]
        session.add(Membership(account_id=her, sponsor_id=cast.wetterau, role="coordinator"))
    assert await read(client, cast, path, "dilan") == ("", "", "")
    assert await read(client, cast, path, "amal") == (*POOR.values(), "")


async def test_a_poor_one_is_a_question_to_the_office_once(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    path = await reported(client, cast, engine)
    done = await say(client, cast, "selin", f"{path}/confirm", minutes=60, **POOR)
    assert done.json()["state"] == "confirmed"
    (task,) = questions(engine)
    listed = await client.get("/tasks?state=open", headers=cast.key("amal"))
    asked = next(one for one in listed.json()["items"] if one["id"] == str(task.id))
    for word in ("Löwenzahnschule", "03.01.2027", "Dilan Dilan-Beispiel", "ohne Vorbereitung"):
        assert word in asked["question"]
    seen_to = await client.post(f"/tasks/{task.id}/resolve", json={}, headers=cast.key("amal"))
    assert seen_to.status_code == 200, seen_to.text
    assert questions(engine) == []


@pytest.mark.parametrize("feedback", [None, "good", "fair"])
async def test_a_line_is_kept_only_of_what_was_poor(
    client: AsyncClient, cast: Cast, engine: Engine, feedback: str | None
) -> None:
    path = await reported(client, cast, engine)
    said = {"minutes": 60, "feedback": feedback, "feedback_note": "alles bestens"}
    assert (await say(client, cast, "selin", f"{path}/confirm", **said)).status_code == 200
    assert kept(engine) == (feedback or "", "", "")
    assert questions(engine) == []


@pytest.mark.parametrize(
    "said",
    [
        {"feedback": "awful"},
        {"feedback": "poor", "feedback_note": "x" * 301},
        {"feedback": "poor", "feedback_note": "Frau Muster war unzufrieden"},
        {"outcome": "performed"},
    ],
)
async def test_a_word_that_cannot_be_kept_is_refused(
    client: AsyncClient, cast: Cast, engine: Engine, said: dict[str, str]
) -> None:
    path = await reported(client, cast, engine)
    answer = await say(client, cast, "selin", f"{path}/confirm", minutes=60, **said)
    assert answer.status_code == 422
    assert record(engine).state == "reported"


@pytest.mark.parametrize("outcome", ["cancelled_late", "volunteer_no_show"])
async def test_it_went_only_as_an_appointment_can_go(
    client: AsyncClient, cast: Cast, engine: Engine, outcome: str
) -> None:
    path = await reported(client, cast, engine)
    said = {"minutes": 0, "reason": "war anders", "outcome": outcome}
    assert (await say(client, cast, "selin", f"{path}/dispute", **said)).status_code == 422


@pytest.mark.parametrize("column", ["feedback", "institution_outcome"])
def test_the_database_takes_no_other_word(engine: Engine, cast: Cast, column: str) -> None:
    furnish(engine, cast)
    change = update(ServiceRecord).values({column: "odd"})
    with db.transaction(engine) as session:
        with pytest.raises(IntegrityError, match=f"ck_service_record_{column}"):
            session.exec(change)
        session.rollback()


async def test_the_page_takes_it_with_a_yes(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    url = await link(client, cast, engine)
    sent = {"answer": "yes", "minutes": "60", "feedback": "poor", "feedback_note": "kam  zu spät"}
    page = await client.post(url, data=sent | {"outcome": "cut_short"})
    assert "Danke, das ist bestätigt" in page.text
    assert "zu spät" not in page.text
    assert kept(engine) == ("poor", "kam zu spät", ""), "with a yes nothing went otherwise"
    assert len(questions(engine)) == 1


async def test_the_page_takes_it_with_a_no(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    url = await link(client, cast, engine)
    sent = {"answer": "no", "minutes": "0", "note": "niemand kam", "outcome": "client_no_show"}
    await client.post(url, data=sent | {"feedback": "good", "feedback_note": "Frau Muster"})
    assert record(engine).state == "disputed"
    assert kept(engine) == ("good", "", "client_no_show"), "nobody saw the line"
    assert questions(engine) == []


async def test_words_that_no_page_sends_say_nothing(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    url = await link(client, cast, engine)
    sent = {"answer": "no", "minutes": "50", "note": "war kürzer", "outcome": "cancelled_late"}
    await client.post(url, data=sent | {"feedback": "<b>"})
    assert kept(engine) == ("", "", "")
    assert record(engine).state == "disputed"


@pytest.mark.parametrize("answer", ["yes", "no"])
async def test_a_line_that_names_somebody_is_shown_again_where_it_was_written(
    client: AsyncClient, cast: Cast, engine: Engine, answer: str
) -> None:
    url = await link(client, cast, engine)
    sent = {"answer": answer, "minutes": "50", "note": "war kürzer", "feedback": "poor"}
    page = await client.post(url, data=sent | {"feedback_note": "Frau Muster war böse"})
    assert page.status_code == 422
    field = f"feedback_note_{answer}"
    outline = Outline(page)
    assert {one["href"] for one in outline.all("a")} >= {f"#{field}"}
    wrong = [one for one in outline.all("input") if one.get("aria-invalid") == "true"]
    assert [(one["id"], one["value"]) for one in wrong] == [(field, "Frau Muster war böse")]
    chosen = [one["id"] for one in outline.all("input") if "checked" in one]
    assert chosen == [f"feedback-{answer}-poor"]
    assert record(engine).state == "reported"


async def test_the_page_asks_in_english_as_well(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    url = await link(client, cast, engine)
    page = await client.get(url, headers={"Accept-Language": "en"})
    assert page.text.count("How was it? (optional)") == 2
    assert "The person it was about did not come" in page.text
    with db.transaction(engine) as session:
        assert session.exec(select(ServiceRecord)).one().feedback == ""
