"""What a plan looks at: papers with their ends, and only what the own pool has noted."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine
from sqlmodel import col, select, update

from app import db
from app.seam.clock import Calendar
from app.seam.papers import papers
from app.tables import Clearance, Enrolment, Exclusion, Sponsor, Task, Volunteer
from app.volunteers import dossiers
from tests.cast import Cast

MONDAY = date(2027, 1, 11)


def share(engine: Engine, cast: Cast, name: str = "dilan") -> None:
    """Fulda takes her into its pool as well, with a question and a Sperre of its own."""
    who = cast.volunteers[name]
    with db.transaction(engine) as session:
        session.add(
            Enrolment(
                sponsor_id=cast.fulda,
                volunteer_id=who,
                roles=["guide"],
                state="paused",
                listing_renewed_on=date(2026, 11, 1),
            )
        )
        session.add(
            Task(
                sponsor_id=cast.fulda,
                code="column:IBAN",
                subject_type="volunteer",
                subject_id=who,
            )
        )
        session.add(
            Exclusion(sponsor_id=cast.fulda, volunteer_id=who, institution_kind="primary_school")
        )


async def ask(client: AsyncClient, cast: Cast, day: str = "2027-01-12") -> str:
    """A request for Kurmanci at the school; its seat."""
    body = {
        "institution_id": str(cast.school),
        "times": [{"day": day, "start": "10:00"}],
        "duration_minutes": 60,
        "seats": [{"language": "kmr"}],
        "topic": "Elterngespräch",
    }
    made = await client.post("/requests", json=body, headers=cast.key("amal"))
    assert made.status_code == 201, made.text
    return str(made.json()["seats"][0]["id"])


async def reasons(client: AsyncClient, cast: Cast, seat: str, name: str) -> list[str] | None:
    """Why `name` cannot take the seat; None when she can."""
    read = await client.get(f"/seats/{seat}/candidates", headers=cast.key("amal"))
    who = str(cast.volunteers[name])
    for row in read.json()["rejected"]:
        if row["volunteer_id"] == who:
            return [reason["code"] for reason in row["reasons"]]
    return None


async def test_another_pools_enrolment_and_questions_are_not_shown(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    share(engine, cast)
    path = f"/volunteers/{cast.volunteers['dilan']}"
    amal = (await client.get(path, headers=cast.key("amal"))).json()
    assert [e["sponsor_id"] for e in amal["enrolments"]] == [str(cast.wetterau)]
    assert amal["open_questions"] == []
    rows = (await client.get("/volunteers?q=Dilan", headers=cast.key("amal"))).json()["items"]
    assert [e["sponsor_id"] for e in rows[0]["enrolments"]] == [str(cast.wetterau)]
    dilan = (await client.get(path, headers=cast.key("dilan"))).json()
    places = {e["sponsor_id"] for e in dilan["enrolments"]}
    assert places == {str(cast.wetterau), str(cast.fulda)}, "she herself sees both"


async def test_another_pools_question_and_sperre_do_not_bar(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    share(engine, cast)
    seat = await ask(client, cast)
    assert await reasons(client, cast, seat, "dilan") is None


async def test_the_own_pools_sperre_bars(client: AsyncClient, cast: Cast, engine: Engine) -> None:
    share(engine, cast)
    with db.transaction(engine) as session:
        session.exec(update(Exclusion).values(sponsor_id=cast.wetterau))
    seat = await ask(client, cast)
    assert await reasons(client, cast, seat, "dilan") == ["excluded"]


def held(engine: Engine, cast: Cast, day: date, **changes: Any) -> dict[str, int]:
    """Dilan's papers for a plan from `day` on, after one of them was changed."""
    kind = changes.pop("kind")
    with db.transaction(engine) as session:
        session.exec(
            update(Clearance)
            .where(
                col(Clearance.volunteer_id) == cast.volunteers["dilan"],
                col(Clearance.kind) == kind,
            )
            .values(**changes)
        )
        return found(engine, cast, day, session=session)


def found(engine: Engine, cast: Cast, day: date, *, session: Any) -> dict[str, int]:
    """Dilan's papers as a plan reads them."""
    sponsor = session.get_one(Sponsor, cast.wetterau)
    people: Sequence[Volunteer] = session.exec(
        select(Volunteer).where(col(Volunteer.id) == cast.volunteers["dilan"])
    ).all()
    (dossier,) = dossiers.load(session, people, sponsor_ids=frozenset({cast.wetterau}))
    return papers(dossier, sponsor, Calendar.from_day(day), day)


@pytest.mark.parametrize("kind", ["conduct", "declaration", "measles"])
def test_a_paper_ends_with_its_last_day(engine: Engine, cast: Cast, kind: str) -> None:
    last = date(2027, 1, 12)
    until = held(engine, cast, MONDAY, kind=kind, valid_to=last)
    assert until[kind] == Calendar.from_day(MONDAY).end_of_day(last)


def test_a_certificate_is_seen_again_after_five_years(engine: Engine, cast: Cast) -> None:
    until = held(engine, cast, MONDAY, kind="conduct", valid_to=date(2040, 1, 1))
    assert until["conduct"] == Calendar.from_day(MONDAY).end_of_day(date(2030, 3, 1))


def test_a_paper_that_never_ends_may_say_so_with_a_far_date(engine: Engine, cast: Cast) -> None:
    until = held(engine, cast, MONDAY, kind="declaration", valid_to=date(9999, 12, 31))
    assert until["declaration"] == held(engine, cast, MONDAY, kind="measles")["measles"]


def test_the_longest_of_several_papers_counts(engine: Engine, cast: Cast) -> None:
    with db.transaction(engine) as session:
        session.add(
            Clearance(
                volunteer_id=cast.volunteers["dilan"],
                kind="declaration",
                seen_on=date(2026, 1, 1),
                valid_to=date(2027, 6, 30),
            )
        )
    until = held(engine, cast, MONDAY, kind="measles", valid_to=date(2027, 1, 12))
    assert until["declaration"] > until["measles"]


async def test_nobody_goes_to_an_appointment_after_a_paper_has_ended(
    client: AsyncClient, cast: Cast, engine: Engine
) -> None:
    held(engine, cast, MONDAY, kind="declaration", valid_to=date(2027, 1, 12))
    before, after = await ask(client, cast, "2027-01-12"), await ask(client, cast, "2027-01-15")
    assert await reasons(client, cast, before, "dilan") is None
    assert await reasons(client, cast, after, "dilan") == ["paper:declaration"]
