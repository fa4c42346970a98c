"""A chain of eight entries at Wetterau, and one entry at Fulda."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import Engine

from app import audit, db
from app.auditing import anchors, linking
from app.tables import Enrolment
from tests.cast import Cast

DETAILS: tuple[dict[str, object], ...] = (
    {},
    {"minutes": 60},
    {"share": 0.1, "sum": 1e22, "few": 1.5e-7},
    {"b": 1, "a": [1, 2, {"d": None, "c": True}]},
    {"fields": ["äöü", "ẞ", "مرحبا", "\u2028", '"\\']},
    {"amount_cents": 12345678901234567890},
    {"via": "phone"},
    {"state": "open"},
)
"""What both databases have to give back as it was."""


def write(engine: Engine, cast: Cast, count: int = 8, name: str = "dilan") -> None:
    """Entries that are not linked yet."""
    with db.transaction(engine) as session:
        enrolment = session.get_one(Enrolment, cast.enrolments[name])
        who = cast.accounts["amal"]
        for number in range(count):
            details = DETAILS[number % len(DETAILS)]
            event = audit.record(session, who, "volunteer.update", enrolment, **details)
            event.created_at += timedelta(microseconds=number)


@pytest.fixture
def chain(engine: Engine, cast: Cast, clock: time_machine.Traveller) -> list[anchors.Anchor]:
    """The chains linked and anchored, as they are kept elsewhere; Wetterau's also at entry 5."""
    write(engine, cast, 5)
    first = anchors.anchor_all(engine)
    clock.move_to(datetime(2027, 1, 5, 8, 0, tzinfo=UTC))
    write(engine, cast, 3)
    write(engine, cast, 1, "nuru")
    linking.link_all(engine)
    return first + anchors.anchor_all(engine)
