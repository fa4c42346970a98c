"""The page on which an institution confirms without an account."""

from datetime import date, timedelta
from html.parser import HTMLParser

import pytest
import time_machine
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import select

from app import db
from app.pages.record_words import OUTCOMES
from app.pages.render import STATIC
from app.tables import Institution, Outcome, ServiceRecord, SignedLink, Task
from tests.app.hours.bookings import at, book
from tests.cast import Cast

SUNDAY = date(2027, 1, 3)


class Outline(HTMLParser):
    """What a page consists of."""

    def __init__(self, page: Response) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


async def link(client: AsyncClient, cast: Cast, engine: Engine, **more: str) -> str:
    """The address that the school got for one hour of Dilan's."""
    assignment = book(engine, cast, at(SUNDAY, "10:00"))
    sent = {
        "assignment_id": str(assignment.id),
        "started_at": assignment.starts_at.isoformat(),
        "ended_at": assignment.ends_at.isoformat(),
        **more,
    }
    made = await client.post("/service-records", json=sent, headers=cast.key("amal"))
    url: str = made.json()["confirm_url"]
    return url


def record(engine: Engine) -> ServiceRecord:
    """The only record there is."""
    with db.transaction(engine) as session:
        return session.exec(select(ServiceRecord)).one()


async def test_page_shows_what_was_reported_and_changes_nothing(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    page = await client.get(await link(client, cast, engine))
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for shown in ("03.01.2027", "Löwenzahnschule", "Kurmandschi", "Dilan", "10:00 bis 11:00 Uhr"):
        assert shown in page.text
    assert "Dilan-Beispiel" not in page.text
    assert record(engine).state == "reported"


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("performed", "hat stattgefunden"),
        ("client_no_show", "ist nicht gekommen"),
        ("cut_short", "war früher zu Ende"),
        ("aborted", "wurde abgebrochen"),
    ],
)
async def test_page_says_how_it_went(
    client: AsyncClient, cast: Cast, engine: Engine, outcome: str, words: str
) -> None:
    page = await client.get(await link(client, cast, engine, outcome=outcome))
    assert page.status_code == 200
    assert words in page.text


def test_every_outcome_has_its_words() -> None:
    assert all(set(words) == set(Outcome) for words in OUTCOMES.values())


async def test_page_is_whole_for_assistive_technology(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    outline = Outline(await client.get(await link(client, cast, engine)))
    assert outline.all("html") == [{"lang": "de"}]
    assert len(outline.all("h1")) == 1
    assert outline.all("script") == []
    assert [one["href"] for one in outline.all("link")] == ["/static/pages.css"]
    labelled = {one["for"] for one in outline.all("label")}
    fields = [*outline.all("input"), *outline.all("textarea")]
    assert {one["id"] for one in fields if one.get("type") != "hidden"} == labelled
    assert all("style" not in attributes for _, attributes in outline.tags)


async def test_page_speaks_english_to_those_who_ask(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    url = await link(client, cast, engine)
    page = await client.get(url, headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert Outline(page).all("html") == [{"lang": "en"}]
    assert "The time is right" in page.text


async def test_stylesheet_is_there(client: AsyncClient, cast: Cast) -> None:
    assert STATIC.lookup_path("pages.css")[1] is not None
    sheet = await client.get("http://test/static/pages.css")
    assert sheet.status_code == 200
    assert sheet.headers["content-type"].startswith("text/css")


async def test_school_confirms_and_the_second_time_sees_that_it_is_done(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    url = await link(client, cast, engine)
    page = await client.post(url, data={"answer": "yes", "minutes": "60"})
    assert page.status_code == 200
    assert "bestätigt" in page.text
    assert Outline(page).all("form") == []
    first = record(engine)
    assert (first.state, first.minutes) == ("confirmed", 60)
    assert first.confirmed_by == "Löwenzahnschule (Link)"
    for again in (
        await client.get(url),
        await client.post(url, data={"answer": "no", "minutes": "0", "note": "doch nicht"}),
    ):
        assert again.status_code == 200
        assert "Danke, das ist bestätigt" in again.text
        assert "04.01.2027 um 10:00 Uhr" in again.text
    assert record(engine).state == "confirmed"
    with db.transaction(engine) as session:
        assert session.exec(select(SignedLink)).one().used_at is not None


async def test_school_reports_another_time_and_a_coordinator_is_asked(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    url = await link(client, cast, engine)
    sent = {"answer": "no", "minutes": "55", "note": "kam  später"}
    page = await client.post(url, data=sent)
    assert "Koordination meldet sich" in page.text
    found = record(engine)
    assert (found.state, found.confirmed_minutes, found.reason) == ("disputed", 55, "kam später")
    with db.transaction(engine) as session:
        assert session.exec(select(Task)).one().code == "hours:disputed"


async def test_times_changed_after_the_page_was_opened_are_not_confirmed_unseen(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    url = await link(client, cast, engine)
    path = f"/service-records/{record(engine).id}"
    change = {"ended_at": at(SUNDAY, "14:00").isoformat()}
    await client.patch(path, json=change, headers={**cast.key("dilan"), "If-Match": "*"})
    await client.post(url, data={"answer": "yes", "minutes": "60"})
    assert record(engine).state == "disputed"


async def test_mistakes_in_the_form_are_listed_and_kept(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    url = await link(client, cast, engine)
    long = {"answer": "yes", "minutes": "60", "note": "x" * 301}
    for sent in ({}, {"answer": "no"}, long, {"answer": "no", "minutes": "²", "note": "<b>x</b>"}):
        page = await client.post(url, data=sent)
        assert page.status_code == 422
        assert 'role="alert"' in page.text
    assert "&lt;b&gt;x&lt;/b&gt;" in page.text
    outline = Outline(page)
    anchors = {one["href"] for one in outline.all("a")}
    assert "#minutes" in anchors
    wrong = [one["id"] for one in outline.all("input") if one.get("aria-invalid") == "true"]
    assert wrong == ["minutes"]
    assert record(engine).state == "reported"


async def test_names_of_institutions_are_escaped(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    with db.transaction(engine) as session:
        school = session.get_one(Institution, cast.school)
        school.name = "<script>alert(1)</script>"
        session.add(school)
    page = await client.get(await link(client, cast, engine))
    assert "<script>" not in page.text


async def test_unknown_and_expired_links_get_a_readable_page(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    url = await link(client, cast, engine)
    for page in (await client.get(url + "x"), await client.post(url + "x", data={})):
        assert page.status_code == 404
        assert "nicht bekannt" in page.text
        assert page.headers["content-type"].startswith("text/html")
    clock.shift(timedelta(days=21))
    answers = (
        await client.get(url),
        await client.post(url, data={"answer": "yes", "minutes": "60"}),
    )
    for page in answers:
        assert page.status_code == 410
        assert "abgelaufen" in page.text
    assert record(engine).state == "reported"
