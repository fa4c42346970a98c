"""What people say of the app: anybody may, the operator reads it, and it is forgotten."""

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import func, select
from time_machine import Traveller
from typer.testing import CliRunner

from app import db, jobs
from app.accounts import throttling
from app.cli import cli
from app.feedback import service as feedback
from app.main import create_app
from app.settings import get_settings
from app.tables import Feedback
from app.upkeep import clearing
from tests.app.accounts.ways import mails
from tests.app.test_commit_fails import FAILURES, TRIED
from tests.app.trials import calling
from tests.cast import Cast

SAID = {"kind": "barrier", "text": "Der Knopf ist zu klein.", "page": "/app/offers"}
REPLY = "leserin@example.org"


async def say(client: AsyncClient, **more: Any) -> Response:
    """Say something of the app, as nobody in particular."""
    return await client.post("/feedback", json=SAID | more)


def stored(engine: Engine) -> list[Feedback]:
    """Everything that was said."""
    with db.transaction(engine) as session:
        return list(session.exec(select(Feedback).order_by(Feedback.created_at)).all())


def told_to(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """The operator has an address."""
    monkeypatch.setenv("LOTSENWERK_CONTACT_EMAIL", address)
    get_settings.cache_clear()


async def test_anybody_says_something_and_hears_by_when_it_is_answered(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    answer = await say(client, reply_to=REPLY)
    assert answer.status_code == 201, answer.text
    (row,) = stored(engine)
    assert answer.json() == {"id": str(row.id), "answer_by": "2027-02-15"}
    assert (row.kind, row.text, row.page, row.reply_to) == (*SAID.values(), REPLY)
    assert row.answer_by == date(2027, 1, 4) + timedelta(weeks=6)


async def test_who_is_signed_in_may_as_well_and_is_not_noted(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    for headers in (cast.browser("dilan"), cast.key("dilan")):
        answer = await client.post("/feedback", json=SAID, headers=headers)
        assert answer.status_code == 201, answer.text
    for row in stored(engine):
        assert str(cast.accounts["dilan"]) not in str(row.model_dump())


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "praise"},
        {"text": "  "},
        {"text": "x" * 2001},
        {"text": "a\x00b"},
        {"page": "/" + "x" * 200},
        {"page": "/app/\n/admin"},
        {"reply_to": "keine Adresse"},
        {"reply_to": "a@example.org, b@example.org"},
        {"reply_to": "a@example.org\r\nBcc: b@example.org"},
        {"account_id": "x"},
    ],
)
async def test_what_is_no_feedback_is_refused(
    client: AsyncClient, cast: Cast, engine: Engine, body: dict[str, str]
) -> None:
    assert (await say(client, **body)).status_code == 422
    assert stored(engine) == []
    assert (await say(client, text="x" * 2000, reply_to="")).status_code == 201


async def test_another_site_says_nothing_through_somebodys_browser(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert (await client.post("/feedback", json=SAID, headers=headers)).status_code == 403
    form = await client.post("/feedback", content=b'{"kind":"wish","text":"x"}')
    assert form.status_code == 422, "what a plain form sends is no JSON"
    assert stored(engine) == []


async def test_from_one_place_five_are_taken_in_an_hour(
    client: AsyncClient, cast: Cast, engine: Engine, clock: Traveller
) -> None:
    answers = [await say(client) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [201] * 5 + [429] * 2
    assert answers[-1].json()["type"] == "/problems/too-much-feedback"
    assert answers[-1].headers["retry-after"] == "3600"
    assert len(stored(engine)) == 5
    clock.shift(3601)
    assert (await say(client)).status_code == 201


async def test_many_at_once_are_no_more(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    answers = await asyncio.gather(*(say(client) for _ in range(20)))
    assert {answer.status_code for answer in answers} <= {201, 429}
    assert len(stored(engine)) <= 5


async def test_control_without_the_limit_everything_is_taken(
    client: AsyncClient, cast: Cast, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedback, "FROM_PLACE", throttling.Limit("feedback from place", 1000))
    await asyncio.gather(*(say(client) for _ in range(20)))
    assert len(stored(engine)) == 20


async def test_from_many_places_no_more_than_the_house_can_bear(
    engine: Engine, cast: Cast, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedback, "ALTOGETHER", throttling.Limit("feedback", 3))
    seen = []
    for number in range(5):
        transport = ASGITransport(app=create_app(engine), client=(f"192.0.2.{number}", 1))
        async with AsyncClient(transport=transport, base_url="http://test/api/v1") as one:
            seen.append((await say(one)).status_code)
    assert seen == [201] * 3 + [429] * 2


async def test_a_page_is_kept_without_what_opens_a_door(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    for page in ("/a/lw_geheim-Wort_1", "/app/requests?q=Meier", "/app/#lw_x", ""):
        assert (await say(client, page=page)).status_code == 201
    assert [row.page for row in stored(engine)] == ["/a/…", "/app/requests", "/app/", ""]


async def test_the_operator_is_told_by_mail_and_the_text_stays_in_the_house(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told_to(monkeypatch, "betrieb@example.org")
    await say(client, reply_to=REPLY)
    assert mails(var) == [], "nothing leaves before the commit"
    jobs.work_all(engine)
    (mail,) = mails(var)
    assert (mail.to, mail.subject) == ("betrieb@example.org", "Rückmeldung zur App: Barriere")
    assert "Antwort bis: 15.02.2027" in mail.text
    for word in (SAID["text"], SAID["page"], REPLY):
        assert word not in mail.text


async def test_without_an_address_no_mail_goes_out(
    client: AsyncClient, cast: Cast, engine: Engine, var: Path
) -> None:
    await say(client)
    assert jobs.work_all(engine) == 1
    assert mails(var) == []


async def test_a_mail_that_does_not_leave_is_tried_again(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    var: Path,
    clock: Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told_to(monkeypatch, "betrieb@example.org")
    var.mkdir(exist_ok=True)
    (var / "outbox").write_text("in the way")
    await say(client)
    jobs.work_all(engine)
    (var / "outbox").unlink()
    clock.shift(5)
    jobs.work_all(engine)
    assert len(mails(var)) == 1


async def test_the_operator_reads_and_answers_it_once(
    client: AsyncClient, cast: Cast, clock: Traveller
) -> None:
    said = [(await say(client, text=f"Nummer {n}")).json()["id"] for n in range(3)]
    otto = cast.key("otto")
    first = (await client.get("/feedback?limit=2", headers=otto)).json()
    assert [one["id"] for one in first["items"]] == said[:2]
    rest = (await client.get(f"/feedback?cursor={first['next']}", headers=otto)).json()
    assert [one["text"] for one in rest["items"]] == ["Nummer 2"]
    path = f"/feedback/{said[0]}/answered"
    done = await client.post(path, headers=otto)
    assert done.json()["answered_at"] == "2027-01-04T09:00:00Z"
    clock.shift(3600)
    assert (await client.post(path, headers=otto)).json() == done.json()
    waiting = (await client.get("/feedback?waiting=true", headers=otto)).json()
    assert [one["id"] for one in waiting["items"]] == said[1:]
    nowhere = await client.post(f"/feedback/{uuid4()}/answered", headers=otto)
    assert nowhere.status_code == 404


async def test_nobody_else_reads_it(client: AsyncClient, cast: Cast) -> None:
    said = (await say(client)).json()["id"]
    assert (await client.get("/feedback")).status_code == 401
    for name in ("amal", "lea", "dilan", "selin", "arno", "petra"):
        assert (await client.get("/feedback", headers=cast.key(name))).status_code == 403
        answer = await client.post(f"/feedback/{said}/answered", headers=cast.key(name))
        assert answer.status_code == 403


def test_the_commands_list_it_and_note_the_answer(
    engine: Engine, var: Path, clock: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("LOTSENWERK_DATABASE_URL", url)
    get_settings.cache_clear()
    assert "There is nothing." in CliRunner().invoke(cli, ["feedback", "list"]).stdout
    said = {"text": "Zu klein [rot]\nzweite Zeile", "page": "/app/", "reply_to": REPLY}
    with db.transaction(engine) as session:
        row = Feedback(kind="barrier", answer_by=date(2027, 2, 15), **said)
        session.add(row)
    listed = CliRunner().invoke(cli, ["feedback", "list", "--open"]).stdout
    assert f"{row.id}  barrier  2027-01-04  open, answer by 2027-02-15" in listed
    assert "  page: /app/\n  reply to: leserin@example.org\n  Zu klein [rot]\n  zweite" in listed
    done = CliRunner().invoke(cli, ["feedback", "answered", str(row.id)])
    assert (done.exit_code, stored(engine)[0].answered_at is not None) == (0, True)
    assert str(row.id) not in CliRunner().invoke(cli, ["feedback", "list", "--open"]).stdout
    assert "answered 2027-01-04" in CliRunner().invoke(cli, ["feedback", "list"]).stdout
    refused = CliRunner().invoke(cli, ["feedback", "answered", str(uuid4())])
    assert (refused.exit_code, "There is no feedback" in refused.stderr) == (1, True)


YEAR = timedelta(days=365)


@pytest.mark.parametrize(
    ("answered", "after", "gone"),
    [
        (True, YEAR - timedelta(hours=2), False),
        (True, YEAR + timedelta(hours=2), True),
        (False, YEAR + timedelta(hours=2), False),
        (False, 2 * YEAR - timedelta(hours=2), False),
        (False, 2 * YEAR + timedelta(hours=2), True),
    ],
)
async def test_words_and_address_go_a_year_after_the_answer_or_two_in_any_case(
    client: AsyncClient,
    cast: Cast,
    engine: Engine,
    clock: Traveller,
    answered: bool,
    after: timedelta,
    gone: bool,
) -> None:
    said = (await say(client, reply_to=REPLY)).json()["id"]
    if answered:
        clock.shift(timedelta(minutes=1))
        with db.transaction(engine) as session:
            feedback.answer(session, UUID(said))
    clock.shift(after)
    clearing.clear(engine)
    (row,) = stored(engine)
    words = ("", "", "") if gone else (SAID["text"], SAID["page"], REPLY)
    assert (row.text, row.page, row.reply_to) == words
    assert (row.kind, str(row.answer_by)) == ("barrier", "2027-02-15")
    assert (row.answered_at is not None) == answered


@pytest.mark.parametrize("failure", TRIED)
async def test_nobody_is_thanked_when_the_commit_fails(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch, failure: str
) -> None:
    monkeypatch.setattr(db, "PAUSES", ())
    async with calling(create_app(engine)) as client:
        with FAILURES[failure](engine):
            answer = await say(client)
        assert answer.status_code in (500, 503)
        assert stored(engine) == []
        assert (await say(client)).status_code == 201
    with db.transaction(engine) as session:
        assert session.exec(select(func.count()).select_from(Feedback)).one() == 1
