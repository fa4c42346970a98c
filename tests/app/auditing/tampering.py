"""What somebody who owns the tables could do to the audit once the triggers are out of the way."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, text

from app import db
from app.auditing import chain
from app.auditing.chain import EVENTS
from tests.cast import Cast


def without_triggers(connection: Connection) -> None:
    """Nothing stands in the way of the owner of the tables."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE audit_event DISABLE TRIGGER USER"))
        return
    for name in ("delete", "update"):
        connection.execute(text(f"DROP TRIGGER audit_event_no_{name}"))


@dataclass
class Intruder:
    """Somebody with all rights on the tables of Wetterau."""

    connection: Connection
    sponsor_id: UUID
    other_id: UUID

    def literal(self, value: UUID) -> str:
        """An id as it stands in a statement."""
        return f"'{value.hex}'"

    def do(self, statement: str) -> None:
        """Carry out a statement that ends with a condition, on the rows of Wetterau."""
        hers = f"sponsor_id = {self.literal(self.sponsor_id)}"
        assert self.connection.execute(text(f"{statement} AND {hers}")).rowcount > 0, statement

    def edit(self, position: int, column: str, value: str) -> None:
        """Change one column of one entry."""
        change = f"UPDATE audit_event SET {column} = {value}"  # noqa: S608 - words of the test
        self.do(f"{change} WHERE position = {position}")

    def delete(self, where: str) -> None:
        """Take entries out."""
        self.do(f"DELETE FROM audit_event WHERE {where}")  # noqa: S608 - words of the test

    def compute_anew(self, *, only: int | None = None, close_gaps: bool = False) -> None:
        """Give every entry, or only one, the hash that its content has now."""
        found = self.connection.execute(
            EVENTS.select()
            .where(EVENTS.c.sponsor_id == self.sponsor_id, EVENTS.c.position.is_not(None))
            .order_by(EVENTS.c.position)
        )
        before = ""
        for number, row in enumerate(found.mappings().all(), start=1):
            place = number if close_gaps else row["position"]
            previous = before if only is None else row["previous_hash"]
            own = chain.digest(row, place, previous)
            if only in (None, place):
                self.connection.execute(
                    EVENTS.update()
                    .where(EVENTS.c.id == row["id"])
                    .values(position=place, previous_hash=previous, hash=own)
                )
            before = own

    def insert(self, position: int) -> None:
        """Put an entry in, and move those after it."""
        for place in range(8, position - 1, -1):
            self.edit(place, "position", str(place + 1))
        first = EVENTS.select().where(
            EVENTS.c.sponsor_id == self.sponsor_id, EVENTS.c.position == 1
        )
        row = dict(self.connection.execute(first).mappings().one())
        row |= {"id": uuid4(), "position": position, "action": "claim.approve"}
        self.connection.execute(EVENTS.insert().values(**row))

    def swap(self, one: int, other: int) -> None:
        """Let two entries change places."""
        for place, value in ((one, 0), (other, one), (0, other)):
            self.edit(place, "position", str(value))


def edit(column: str, value: str) -> Callable[[Intruder], None]:
    """Change one column of the fourth entry."""
    return lambda who: who.edit(4, column, value)


def _edited_and_hashed(who: Intruder) -> None:
    who.edit(4, "action", "'claim.approve'")
    who.compute_anew(only=4)


def _edited_and_all_hashed(who: Intruder) -> None:
    who.edit(4, "action", "'claim.approve'")
    who.compute_anew()


def _deleted_and_all_hashed(who: Intruder) -> None:
    who.delete("position = 4")
    who.compute_anew()


def _deleted_closed_and_hashed(who: Intruder) -> None:
    who.delete("position = 4")
    who.compute_anew(close_gaps=True)


def _cut_and_forgotten(who: Intruder) -> None:
    who.delete("position > 6")
    who.do("DELETE FROM audit_anchor WHERE count > 5")


def _all_gone(who: Intruder) -> None:
    who.delete("position > 0")
    who.do("DELETE FROM audit_anchor WHERE count > 0")


def _given_away(who: Intruder) -> None:
    who.edit(4, "position", "104")
    who.edit(104, "sponsor_id", who.literal(who.other_id))


NOBODY = "'00000000000000000000000000000009'"
EDITS: dict[str, Callable[[Intruder], None]] = {
    "its id": edit("id", NOBODY),
    "when": edit("created_at", "'2026-05-05 05:05:05.000000'"),
    "who": edit("account_id", "NULL"),
    "by which way": edit("via", "'job'"),
    "what": edit("action", "'claim.approve'"),
    "on what": edit("subject_type", "'claim'"),
    "on which": edit("subject_id", NOBODY),
    "details": edit("details", """'{"minutes": 61}'"""),
    "one more blank in a word": edit("details", """'{"state ": "open"}'"""),
    "why": edit("reason", "'stated'"),
    "by which rule": edit("rule_version", "'rate_plan:other'"),
}
"""Changes of the fourth entry, which both databases take as they stand here."""
DONE: dict[str, tuple[Callable[[Intruder], None], set[str]]] = {
    **{f"edited: {name}": (change, {"changed"}) for name, change in EDITS.items()},
    "edited, with its own hash": (_edited_and_hashed, {"unlinked"}),
    "edited, with all hashes": (_edited_and_all_hashed, {"other_head"}),
    "deleted": (lambda who: who.delete("position = 4"), {"missing"}),
    "deleted, the first": (lambda who: who.delete("position = 1"), {"missing"}),
    "deleted, two": (lambda who: who.delete("position IN (3, 4)"), {"missing"}),
    "deleted, with all hashes": (_deleted_and_all_hashed, {"missing", "other_head"}),
    "deleted, closed, all hashes": (_deleted_closed_and_hashed, {"other_head", "cut"}),
    "exchanged": (lambda who: who.swap(4, 5), {"changed", "unlinked", "other_head"}),
    "put in": (lambda who: who.insert(4), {"changed", "other_head"}),
    "cut off": (lambda who: who.delete("position > 6"), {"cut"}),
    "the last one cut off": (lambda who: who.delete("position = 8"), {"cut"}),
    "cut off, anchors too": (_cut_and_forgotten, {"cut", "anchor_missing"}),
    "the whole chain": (lambda who: who.delete("position > 0"), {"cut"}),
    "the whole chain, anchors too": (_all_gone, {"cut", "anchor_missing"}),
    "taken out of the chain": (
        lambda who: who.edit(8, "position", "NULL"),
        {"cut", "taken_out"},
    ),
    "given to another sponsor": (_given_away, {"missing"}),
    "an anchor": (
        lambda who: who.do("UPDATE audit_anchor SET head = '" + "0" * 64 + "' WHERE count = 5"),
        {"other_head"},
    ),
    "what cannot be read": (edit("details", "'{'"), {"unreadable"}),
}
"""What was done, and what has to be found."""


def tamper(engine: Engine, cast: Cast, what: Callable[[Intruder], None]) -> None:
    """Do it, with all rights and no trigger in the way."""
    with engine.begin() as connection:
        db.see_all(connection)
        without_triggers(connection)
        what(Intruder(connection, cast.wetterau, cast.fulda))
