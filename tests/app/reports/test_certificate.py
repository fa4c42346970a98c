"""The yearly certificate: hers, from the books, in both languages."""

from datetime import date, timedelta

import time_machine
from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import col, select

from app import db
from app.tables import AuditEvent
from tests.app.courses.planned import course, send, were_there
from tests.app.hours.bookings import at, confirmed
from tests.app.payouts.test_papers import said
from tests.app.reports.worlds import activity, line, written
from tests.app.taxes.paying import paid
from tests.cast import Cast

MONDAY = date(2027, 1, 4)


async def certificate(
    client: AsyncClient, cast: Cast, who: str, of: str = "dilan", query: str = "year=2027",
    locale: str = "de",
) -> Response:  # fmt: skip
    """What the service answers to somebody who wants a certificate."""
    path = f"/volunteers/{cast.volunteers[of]}/certificate.pdf?{query}"
    return await client.get(path, headers=cast.key(who) | {"Accept-Language": locale})


async def test_it_tells_what_she_did_and_was_paid(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    confirmed(engine, cast, at(MONDAY, "12:00"), role="guide", minutes=90)
    written(engine, [line(cast, minutes=45)])
    await paid(client, cast, "2027-01", MONDAY)
    text = said((await certificate(client, cast, "dilan")).content)
    for words in (
        "Bescheinigung über ehrenamtliche Arbeit 2027",
        "Name Dilan Dilan-Beispiel",
        "Integrationslotsin oder -lotse 1 1:30",
        "Laiendolmetscherin oder -dolmetscher 1 1:00",
        "Kurmandschi",
        "Summe 27,50",
        "Ausgestellt am 04.01.2027.",
    ):
        assert words in text
    english = said((await certificate(client, cast, "amal", locale="en")).content)
    assert "Certificate of voluntary work 2027" in english
    last_year = said((await certificate(client, cast, "lea", query="year=2026")).content)
    assert "Laiendolmetscherin oder -dolmetscher 1 0:45" in last_year
    assert "27,50" not in last_year


async def test_only_she_and_the_office_get_it(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    confirmed(engine, cast, at(MONDAY, "10:00"))
    assert (await certificate(client, cast, "mirela")).status_code == 404
    assert (await certificate(client, cast, "kofi")).status_code == 404
    for who in ("arno", "selin", "petra"):
        assert (await certificate(client, cast, who)).status_code == 403
    assert (await certificate(client, cast, "fatma")).status_code == 200
    assert (await certificate(client, cast, "dilan")).status_code == 200
    with db.transaction(engine, read_only=True) as session:
        taken = select(AuditEvent.account_id).where(
            col(AuditEvent.action) == "volunteer.certificate"
        )
        assert session.exec(taken).all() == [cast.accounts["fatma"]]


async def test_courses_of_one_day_stand_in_the_order_of_their_titles(
    client: AsyncClient, cast: Cast
) -> None:
    for kind, title in (("basic_interpreter", "Zuhören"), ("deepening", "Abgrenzen")):
        path = await course(client, cast, "dilan", kind=kind, title=title)
        await were_there(client, cast, path, dilan=24)
        assert (await send(client, cast, f"{path}/held")).status_code == 200
    text = said((await certificate(client, cast, "dilan", query="year=2026")).content)
    assert text.index("Abgrenzen") < text.index("Zuhören")


async def test_a_year_without_anything_is_one_sentence(client: AsyncClient, cast: Cast) -> None:
    answer = await certificate(client, cast, "dilan", query="year=2025")
    assert answer.status_code == 409
    assert "Für 2025 stehen hier weder Stunden" in answer.json()["detail"]


async def test_hours_that_were_all_taken_back_are_nothing_to_certify(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    written(engine, [line(cast), line(cast, quantity=-1, minutes=-60)])
    assert (await certificate(client, cast, "dilan", query="year=2026")).status_code == 409


async def test_drawn_again_it_is_the_same(
    client: AsyncClient, cast: Cast, engine: Engine, clock: time_machine.Traveller
) -> None:
    activity(engine, cast, MONDAY, "08:00")
    clock.shift(timedelta(days=2))
    query = "year=2027&as_of=2027-01-04"
    first = await certificate(client, cast, "mirela", "mirela", query)
    activity(engine, cast, date(2027, 1, 5), "08:00")
    again = await certificate(client, cast, "mirela", "mirela", query)
    assert again.content == first.content
    assert (await certificate(client, cast, "mirela", "mirela")).content != first.content
