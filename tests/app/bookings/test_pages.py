"""`/b/` and `/s/`: looked at and answered by link alone."""

from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Engine

from app import db, links
from app.tables import Assignment, LinkPurpose, Request, Seat, Standby, Volunteer
from tests.app.bookings.acting import booked, cancel, row, seat_of, standby
from tests.app.examples import HOUR, MORNING
from tests.cast import Cast


@pytest.fixture
def booking(engine: Engine, cast: Cast) -> UUID:
    """Dilan was asked whether it stands; she has no account."""
    made = booked(engine, cast, MORNING, reminded_at=MORNING - 24 * HOUR)
    with db.transaction(engine) as session:
        seat = session.get_one(Seat, session.get_one(Assignment, made).seat_id)
        request = session.get_one(Request, seat.request_id)
        request.room, request.contact_name = "Zimmer 7", "Frau Muster"
        her = session.get_one(Volunteer, cast.volunteers["dilan"])
        her.account_id = None
        session.add_all([request, her])
    return made


@pytest.fixture
def link(engine: Engine, booking: UUID) -> str:
    """The address in her message."""
    with db.transaction(engine) as session:
        row = session.get_one(Assignment, booking)
        return links.make(session, LinkPurpose.CONFIRM_BOOKING, row, row.ends_at)


@pytest.fixture
def standby_link(engine: Engine, cast: Cast, booking: UUID) -> str:
    """The address in the message to Mirela."""
    standby_id = standby(engine, cast, booking, "mirela", "asked")
    with db.transaction(engine) as session:
        row = session.get_one(Standby, standby_id)
        return links.make(session, LinkPurpose.ANSWER_STANDBY, row, MORNING)


async def answer(client: AsyncClient, link: str, said: str) -> Response:
    return await client.post(link, data={"answer": said})


async def test_looking_answers_nothing(
    client: AsyncClient, engine: Engine, booking: UUID, link: str
) -> None:
    for method in ("GET", "GET", "HEAD"):
        page = await client.request(method, link)
        assert page.status_code in (200, 405)
    page = await client.get(link)
    for words in ("Kommen Sie?", "Schulstr. 1", "Zimmer 7", "Frau Muster", "Ich kann nicht"):
        assert words in page.text
    assert row(engine, booking).reconfirmed_at is None
    english = await client.get(link, headers={"Accept-Language": "en"})
    assert "I will come" in english.text


async def test_i_come_twice_is_once(
    client: AsyncClient, engine: Engine, booking: UUID, link: str
) -> None:
    for _ in range(2):
        page = await answer(client, link, "yes")
        assert page.status_code == 200
        assert "Danke, bis bald!" in page.text
    assert row(engine, booking).reconfirmed_at is not None
    assert "Ich kann nicht" in page.text, "something may still come up"


async def test_i_cannot_gives_it_back_also_without_an_account(
    client: AsyncClient, engine: Engine, booking: UUID, link: str
) -> None:
    for _ in range(2):
        page = await answer(client, link, "no")
        assert page.status_code == 200
        assert "nicht mehr eingeplant" in page.text
        assert "Schulstr" not in page.text
    gone = row(engine, booking)
    assert (gone.state, gone.cancelled_by) == ("cancelled_early", "volunteer")
    assert seat_of(engine, booking).state == "open"
    late = await answer(client, link, "yes")
    assert late.status_code == 409
    assert "nicht mehr eingeplant" in late.text


async def test_before_she_is_asked_the_page_shows_what_she_has(
    client: AsyncClient, engine: Engine, booking: UUID, link: str
) -> None:
    with db.transaction(engine) as session:
        session.get_one(Assignment, booking).reminded_at = None
    page = await client.get(link)
    assert "Ihr Termin" in page.text
    assert "Ich komme" not in page.text
    assert "Ich kann nicht" in page.text


async def test_once_it_has_begun_there_is_nothing_to_answer(
    client: AsyncClient, booking: UUID, link: str, clock: Any
) -> None:
    clock.move_to(MORNING)
    page = await client.get(link)
    assert "<form" not in page.text
    for said in ("yes", "no"):
        assert (await answer(client, link, said)).status_code == 409
    clock.move_to(MORNING + HOUR)
    assert (await client.get(link)).status_code == 410


@pytest.mark.parametrize("which", ["link", "standby_link"])
async def test_other_answers_are_asked_for_again(
    client: AsyncClient, request: pytest.FixtureRequest, which: str
) -> None:
    link = request.getfixturevalue(which)
    page = await answer(client, link, "perhaps")
    assert page.status_code == 422
    assert "Bitte wählen Sie" in page.text
    assert (await answer(client, link, "x" * 11)).status_code == 422
    unknown = link.rpartition("/")[0] + "/lw_unknown"
    assert (await client.get(unknown)).status_code == 404


async def test_a_link_for_one_thing_opens_no_other(
    client: AsyncClient, link: str, standby_link: str
) -> None:
    assert (await client.get(link.replace("/b/", "/s/"))).status_code == 404
    assert (await client.get(standby_link.replace("/s/", "/b/"))).status_code == 404
    assert (await client.get(link.replace("/b/", "/a/"))).status_code == 404


async def test_standing_by_by_link(
    client: AsyncClient, engine: Engine, cast: Cast, booking: UUID, standby_link: str
) -> None:
    page = await client.get(standby_link)
    assert "Könnten Sie einspringen?" in page.text
    assert "Schulstr" not in page.text
    for _ in range(2):
        page = await answer(client, standby_link, "yes")
        assert "Danke, Sie stehen bereit" in page.text
    await cancel(client, cast, booking, "amal")
    called = await client.get(standby_link)
    assert "Sie springen ein" in called.text
    assert "<form" not in called.text
    assert (await answer(client, standby_link, "no")).status_code == 409


async def test_a_yes_to_standing_by_is_taken_back_by_link(
    client: AsyncClient, standby_link: str
) -> None:
    await answer(client, standby_link, "yes")
    for _ in range(2):
        page = await answer(client, standby_link, "no")
        assert page.status_code == 200
        assert "Sie haben abgesagt" in page.text
    assert (await answer(client, standby_link, "yes")).status_code == 409
