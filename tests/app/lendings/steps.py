"""Wetterau needs somebody, Fulda has Nuru, and she wants to be lent."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from httpx import AsyncClient, Response
from sqlalchemy import Engine
from sqlmodel import col, select, update

from app import db
from app.tables import (
    Enrolment,
    Institution,
    Membership,
    Message,
    Offer,
    Request,
    Seat,
    Sponsor,
    Volunteer,
)
from tests.app.examples import MORNING, Asking, asking
from tests.cast import Cast, member, volunteer


def seat(engine: Engine, cast: Cast, starts_at: datetime = MORNING, **changes: Any) -> Asking:
    """An open seat at Wetterau's school for Kurmandschi, with texts that nobody else may read."""
    with db.transaction(engine) as session:
        asked = asking(session, cast.wetterau, cast.school, starts_at, **changes)
        asked.request.topic = "Förderplan"
        asked.request.contact_name, asked.request.contact_phone = "Selin Geheim", "06031 4711"
        asked.request.note, asked.request.room = "leiser Eingang", "Zimmer 99"
        school = session.get_one(Institution, cast.school)
        school.street, school.email = "Löwenweg 7", "loewe@example.org"
        school.contact_name, school.phone = "Selin Geheim", "06031 4711"
        session.add_all([asked.request, school])
    return asked


def alone(engine: Engine, cast: Cast, *names: str) -> None:
    """Nobody of Wetterau's own can go: they are paused."""
    alter(engine, cast, *(names or ("dilan", "mirela")), state="paused")


def willing(engine: Engine, cast: Cast, *names: str, lendable: bool = True) -> None:
    """These people want to be lent, or not."""
    alter(engine, cast, *names, lendable=lendable)


def alter(engine: Engine, cast: Cast, *names: str, **values: object) -> None:
    """Change the enrolments of these people."""
    with db.transaction(engine) as session:
        whose = col(Enrolment.id).in_([cast.enrolments[name] for name in names])
        session.exec(update(Enrolment).where(whose).values(**values))


def at_fulda(engine: Engine, cast: Cast, *names: str, **changes: Any) -> None:
    """More people of Fulda's who speak Kurmandschi."""
    with db.transaction(engine) as session:
        for name in names:
            values = {"languages": {"kmr": "native"}, "sponsor_id": cast.fulda} | changes
            volunteer(session, cast, name, **values)


def third_pool(engine: Engine, cast: Cast) -> UUID:
    """Gießen lends as well: Helin would go, Gundula coordinates and leads."""
    with db.transaction(engine) as session:
        sponsor = Sponsor(name="Sprachdienst Gießen", regions=["06531"])
        session.add(sponsor)
        session.flush()
        member(session, cast, "gundula", sponsor.id, "coordinator")
        account_id = cast.accounts["gundula"]
        session.add(Membership(account_id=account_id, sponsor_id=sponsor.id, role="lead"))
        languages: dict[str, str | None] = {"kmr": "C1"}
        volunteer(session, cast, "helin", sponsor_id=sponsor.id, languages=languages)
    willing(engine, cast, "helin")
    return sponsor.id


async def ask(client: AsyncClient, cast: Cast, asked: Asking, who: str = "amal") -> Response:
    """Wetterau asks Fulda."""
    return await client.post(
        f"/seats/{asked.seat.id}/lendings",
        json={"lender_id": str(cast.fulda)},
        headers=cast.key(who),
    )


async def asked_of_fulda(client: AsyncClient, cast: Cast, asked: Asking) -> str:
    """The id of a question of Wetterau's to Fulda."""
    answer = await ask(client, cast, asked)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def agree(client: AsyncClient, cast: Cast, lending_id: str, name: str = "nuru") -> Response:
    """Fulda lends her."""
    return await client.post(
        f"/lendings/{lending_id}/agree",
        json={"volunteer_id": str(cast.volunteers[name])},
        headers=cast.key("kofi"),
    )


async def read(client: AsyncClient, cast: Cast, who: str, lending_id: str) -> dict[str, Any]:
    """One lending as somebody sees it."""
    answer = await client.get(f"/lendings/{lending_id}", headers=cast.key(who))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def offer_of(engine: Engine, cast: Cast, name: str = "nuru") -> Offer:
    """Her newest question."""
    with db.transaction(engine) as session:
        query = select(Offer).where(col(Offer.volunteer_id) == cast.volunteers[name])
        return session.exec(query.order_by(col(Offer.id).desc())).all()[0]


async def answer(client: AsyncClient, engine: Engine, cast: Cast, verb: str) -> Response:
    """Nuru says yes or no in the app."""
    offer_id = offer_of(engine, cast).id
    return await client.post(f"/offers/{offer_id}/{verb}", headers=cast.key("nuru"))


def names_her(text: str, engine: Engine, cast: Cast, name: str = "nuru") -> list[str]:
    """Everything in a text that says who she is."""
    with db.transaction(engine) as session:
        her = session.get_one(Volunteer, cast.volunteers[name])
        place = session.exec(select(Enrolment).where(col(Enrolment.volunteer_id) == her.id)).all()
        told = [
            her.given_name, her.surname, her.phone, her.email, str(her.id), str(her.account_id),
            her.identity_key, *(str(one.id) for one in place),
        ]  # fmt: skip
    return [one for one in told if one and one.casefold() in text.casefold()]


def names_place(text: str, asked: Asking, cast: Cast, name: str = "Löwenzahnschule") -> list[str]:
    """Everything in a text that says where it is and what it is about."""
    told = [
        name, str(cast.school), "Löwenweg", "Förderplan", "Geheim", "4711", "leiser Eingang",
        "Zimmer 99", "loewe@example.org", str(asked.request.id), str(asked.seat.id),
    ]  # fmt: skip
    return [one for one in told if one.casefold() in text.casefold()]


def messages(engine: Engine, sponsor_id: UUID) -> list[Message]:
    """What left in a sponsor's name."""
    with db.transaction(engine) as session:
        query = select(Message).where(col(Message.sponsor_id) == sponsor_id)
        return list(session.exec(query.order_by(col(Message.id))).all())


def rows(engine: Engine, table: Any, *where: Any) -> list[Any]:
    """Rows of a table."""
    with db.transaction(engine) as session:
        return list(session.exec(select(table).where(*where).order_by(table.id)).all())


def states(found: Iterable[Any]) -> list[str]:
    """Their states."""
    return [str(one.state) for one in found]


def seat_now(engine: Engine, asked: Asking) -> tuple[str, str]:
    """How the seat and its request stand."""
    with db.transaction(engine) as session:
        row = session.get_one(Seat, asked.seat.id)
        return row.state, session.get_one(Request, row.request_id).state
