"""What always holds, whoever pressed what and whenever the power went: looked up in the rows.

Used after restoring, by `doctor --deep`, and by the trials with killed and restarted processes.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, text

from app import db
from app.backups.sums import SUMS
from app.tables import TIME_TAKEN

_STATES = ", ".join(f"'{state}'" for state in TIME_TAKEN)
TAKEN = (
    "WITH taken AS NOT MATERIALIZED (SELECT * FROM assignment"  # noqa: S608 - words of ours
    f" WHERE state IN ({_STATES}))"
)
"""Bookings in whose state the volunteer's time is taken."""
NAMED = 3
"""How many rows a sentence names."""

RULES: dict[str, str] = {
    "Somebody is booked twice at the same time": (
        "SELECT a.id FROM taken a JOIN taken b ON a.volunteer_id = b.volunteer_id"
        " AND a.id < b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"
    ),
    "A seat is booked twice": ("SELECT seat_id FROM taken GROUP BY seat_id HAVING count(*) > 1"),
    "A request has two chosen times": (
        "SELECT request_id FROM request_option WHERE chosen GROUP BY request_id HAVING count(*) > 1"
    ),
    "A booking is not at the chosen time of its request": (
        "SELECT a.id FROM assignment a JOIN request_option o ON o.id = a.option_id"
        " WHERE a.state = 'booked'"
        " AND NOT (o.chosen AND o.starts_at = a.starts_at AND o.ends_at = a.ends_at)"
    ),
    "An offer was accepted, but nothing was booked": (
        "SELECT o.id FROM offer o WHERE o.state = 'accepted'"
        " AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.offer_id = o.id)"
    ),
    "A booking rests on an offer that was not accepted": (
        "SELECT a.id FROM assignment a JOIN offer o ON o.id = a.offer_id"
        " WHERE o.state <> 'accepted'"
    ),
    "An offer was booked twice": (
        "SELECT offer_id FROM assignment WHERE offer_id IS NOT NULL"
        " GROUP BY offer_id HAVING count(*) > 1"
    ),
    "A booking's seat is not booked": (
        "SELECT a.id FROM assignment a JOIN seat s ON s.id = a.seat_id"
        " WHERE a.state = 'booked' AND s.state <> 'booked'"
    ),
    "A seat is booked, but nobody is": (
        "SELECT s.id FROM seat s WHERE s.state = 'booked' AND NOT EXISTS"
        " (SELECT 1 FROM assignment a WHERE a.seat_id = s.id AND a.state = 'booked')"
    ),
    "A seat is open, but somebody has it": (
        "SELECT s.id FROM seat s JOIN taken a ON a.seat_id = s.id WHERE s.state = 'open'"
    ),
    "Somebody is still asked about a seat that is not open": (
        "SELECT o.id FROM offer o JOIN seat s ON s.id = o.seat_id"
        " WHERE o.state = 'pending' AND s.state <> 'open'"
    ),
    "A request is booked, but one of its seats is open": (
        "SELECT r.id FROM request r JOIN seat s ON s.request_id = r.id"
        " WHERE r.state = 'booked' AND s.state = 'open'"
    ),
    "A request is open, but none of its seats is": (
        "SELECT r.id FROM request r WHERE r.state = 'open'"
        " AND EXISTS (SELECT 1 FROM seat s WHERE s.request_id = r.id AND s.state <> 'cancelled')"
        " AND NOT EXISTS (SELECT 1 FROM seat s WHERE s.request_id = r.id AND s.state = 'open')"
    ),
    "A request has ended, but somebody is booked for it": (
        "SELECT r.id FROM request r JOIN seat s ON s.request_id = r.id"
        " JOIN assignment a ON a.seat_id = s.id"
        " WHERE r.state IN ('rejected', 'unfilled', 'cancelled') AND a.state = 'booked'"
    ),
    "Somebody is asked for another time than the chosen one": (
        "SELECT o.id FROM offer o JOIN request_option t ON t.id = o.option_id"
        " WHERE o.state = 'pending' AND NOT t.chosen AND EXISTS (SELECT 1 FROM request_option c"
        " WHERE c.request_id = t.request_id AND c.chosen)"
    ),
    "Somebody is sought twice for one seat": (
        "SELECT seat_id FROM search WHERE state IN ('running', 'exhausted')"
        " GROUP BY seat_id HAVING count(*) > 1"
    ),
    "A seat belongs to another sponsor than its request": (
        "SELECT s.id FROM seat s JOIN request r ON r.id = s.request_id"
        " WHERE s.sponsor_id <> r.sponsor_id"
    ),
    "An offer's time or sponsor is not the one of its seat": (
        "SELECT o.id FROM offer o JOIN seat s ON s.id = o.seat_id"
        " JOIN request_option t ON t.id = o.option_id"
        " WHERE t.request_id <> s.request_id OR o.sponsor_id <> s.sponsor_id"
    ),
    "A booking's time or sponsor is not the one of its seat": (
        "SELECT a.id FROM assignment a JOIN seat s ON s.id = a.seat_id"
        " JOIN request_option t ON t.id = a.option_id"
        " WHERE t.request_id <> s.request_id OR a.sponsor_id <> s.sponsor_id"
    ),
    **SUMS,
}
"""A sentence and the query that finds the rows of which it is true; it should find none."""


def broken(connection: Connection) -> list[str]:
    """A sentence for each rule that does not hold, with the ids of some rows; empty when all do.

    On PostgreSQL the connection has to see every row (`lotsenwerk.system`).
    """
    found = [
        _sentence(rule, rows)
        for rule, query in RULES.items()
        if (rows := connection.scalars(text(f"{TAKEN} {query} LIMIT {NAMED + 1}")).all())
    ]
    return found + (_of_the_file(connection) if connection.dialect.name == "sqlite" else [])


def _sentence(rule: str, rows: Sequence[object]) -> str:
    more = " and others" if len(rows) > NAMED else ""
    return f"{rule}: {', '.join(map(str, rows[:NAMED]))}{more}."


def _of_the_file(connection: Connection) -> list[str]:
    """What SQLite says about its own file: PostgreSQL holds references and pages itself."""
    found = []
    said = connection.scalars(text("PRAGMA integrity_check")).first()
    if said != "ok":
        found.append(f"The database file is damaged: {said}.")
    lost = connection.execute(text("PRAGMA foreign_key_check")).first()
    if lost is not None:
        found.append(f"A row of {lost[0]} points to a row of {lost[2]} that is not there.")
    return found


def findings(engine: Engine) -> list[str]:
    """What does not hold in this database, at one moment of it."""
    with db.transaction(engine, read_only=True) as session:
        return broken(session.connection())
