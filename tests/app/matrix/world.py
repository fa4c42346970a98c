"""The world of the matrix: what is one's own, another person's, and another sponsor's."""

import re
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, select

from app import db
from app.tables import Contact, Membership
from tests.app.example_beside import furnish_beside
from tests.app.examples import Examples, furnish
from tests.app.matrix.people import BETWEEN, SEVERAL, Caller, Whose
from tests.cast import Cast, gather, member, volunteer

NOWHERE = "00000000-0000-7000-8000-00000000dead"
"""An id that was never given out."""
UUIDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
POOLS = ("Sprachpool Wetterau", "Lotsenbüro Fulda")
NAMES = {
    "fulda": (POOLS[1], "Nuru", "Kofi", "Rhönschule", "kofi@", "nuru@"),
    "beside": ("Mirela", "Schillerschule", "Ingeborg", "mirela@", "schiller@"),
    "wetterau": (
        "Dilan",
        "Mirela",
        "Amal",
        "Löwenzahn",
        "Schillerschule",
        "dilan@",
    ),
}
"""What people and places are called that somebody else must not hear of."""


@dataclass(frozen=True)
class World:
    """Everybody, and one object of every kind for each of the three."""

    engine: Engine
    cast: Cast
    wetterau: Examples
    beside: Examples
    fulda: Examples

    def of(self, caller: Caller, whose: Whose) -> Examples:
        """The objects that are hers, another person's or another sponsor's, as she sees it."""
        if whose is Whose.BESIDE:
            return self.beside
        at_fulda = caller.at_fulda == (whose is Whose.OWN)
        return self.fulda if at_fulda else self.wetterau

    @cached_property
    def rows(self) -> dict[UUID, frozenset[str]]:
        """Ids of all rows that belong to one sponsor alone."""
        return {
            sponsor_id: rows_of(self.engine, sponsor_id)
            for sponsor_id in (self.cast.wetterau, self.cast.fulda)
        }


def rows_of(engine: Engine, sponsor_id: UUID) -> frozenset[str]:
    """The id of a sponsor, and of every row with this `sponsor_id`."""
    found = {str(sponsor_id)}
    with db.transaction(engine, read_only=True) as session:
        for table in SQLModel.metadata.sorted_tables:
            if "sponsor_id" in table.c and "id" in table.c:
                query = select(table.c.id).where(table.c.sponsor_id == sponsor_id)
                found |= {str(one) for one in session.execute(query).scalars()}
    return frozenset(found)


def found_world(engine: Engine, *, fulda: bool = True) -> World:
    """Fill an empty, migrated database; without `fulda` nothing has happened at that sponsor."""
    cast = gather(engine)
    with db.transaction(engine) as session:
        volunteer(session, cast, SEVERAL, languages={"kmr": "C1"}, sponsor_id=cast.wetterau)
        _office(session, cast)
    return World(
        engine,
        cast,
        furnish(engine, cast),
        furnish_beside(engine, cast),
        furnish(engine, cast, foreign=True) if fulda else Examples(cast.fulda, {}),
    )


def _office(session: Session, cast: Cast) -> None:
    """The volunteer also works in the office and asks for the school; one works at both."""
    member(session, cast, BETWEEN, cast.wetterau, "coordinator")
    for name, sponsor_id, roles in (
        (SEVERAL, cast.wetterau, ("coordinator", "finance", "lead")),
        (BETWEEN, cast.fulda, ("finance", "lead")),
    ):
        whose = {"account_id": cast.accounts[name], "sponsor_id": sponsor_id}
        session.add_all(Membership(**whose, role=role) for role in roles)
    session.add(Contact(account_id=cast.accounts[SEVERAL], institution_id=cast.school))
