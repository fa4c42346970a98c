"""Every rule that always holds: it does, and a breach of it is seen."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app import db, demo
from app.backups import invariants
from bench.served import drop_guards
from tests.app.backups.conftest import Place

BREACHES = {
    "Somebody is booked twice at the same time": (
        "UPDATE assignment SET starts_at = '2027-05-01 08:00:00', ends_at = '2027-05-01 09:00:00'"
    ),
    "A seat is booked twice": (
        "UPDATE assignment SET seat_id = (SELECT id FROM seat ORDER BY id LIMIT 1)"
    ),
    "A request has two chosen times": (
        "UPDATE request_option SET chosen = true, position = 7, request_id ="
        " (SELECT request_id FROM request_option WHERE chosen ORDER BY id LIMIT 1)"
        " WHERE id = (SELECT id FROM request_option WHERE NOT chosen ORDER BY id LIMIT 1)"
    ),
    "A booking is not at the chosen time of its request": (
        "UPDATE request_option SET chosen = false"
    ),
    "An offer was accepted, but nothing was booked": "UPDATE offer SET state = 'accepted'",
    "A booking rests on an offer that was not accepted": (
        "UPDATE assignment SET offer_id = (SELECT id FROM offer ORDER BY id LIMIT 1)"
    ),
    "An offer was booked twice": (
        "UPDATE assignment SET offer_id = (SELECT id FROM offer ORDER BY id LIMIT 1)"
    ),
    "A booking's seat is not booked": "UPDATE seat SET state = 'done'",
    "A seat is booked, but nobody is": "UPDATE assignment SET state = 'cancelled_early'",
    "A seat is open, but somebody has it": "UPDATE seat SET state = 'open'",
    "Somebody is still asked about a seat that is not open": "UPDATE seat SET state = 'cancelled'",
    "A request is booked, but one of its seats is open": "UPDATE request SET state = 'booked'",
    "A request is open, but none of its seats is": "UPDATE request SET state = 'open'",
    "A request has ended, but somebody is booked for it": "UPDATE request SET state = 'cancelled'",
    "Somebody is asked for another time than the chosen one": (
        "UPDATE request_option SET position = 7, request_id ="
        " (SELECT request_id FROM request_option WHERE chosen ORDER BY id LIMIT 1)"
        " WHERE id = (SELECT option_id FROM offer WHERE state = 'pending' ORDER BY id LIMIT 1)"
    ),
    "Somebody is sought twice for one seat": (
        "UPDATE search SET seat_id = (SELECT id FROM seat ORDER BY id LIMIT 1)"
    ),
    "A seat belongs to another sponsor than its request": (
        "UPDATE seat SET sponsor_id = (SELECT id FROM sponsor ORDER BY id LIMIT 1)"
    ),
    "An offer's time or sponsor is not the one of its seat": (
        "UPDATE offer SET sponsor_id = (SELECT id FROM sponsor ORDER BY id LIMIT 1)"
    ),
    "A booking's time or sponsor is not the one of its seat": (
        "UPDATE assignment SET sponsor_id = (SELECT id FROM sponsor ORDER BY id LIMIT 1)"
    ),
    "A claim is not the sum of its lines": "UPDATE claim_line SET amount_cents = 1",
    "A payrun is not the sum of its transfers": "UPDATE payrun SET amount_cents = 1",
    "A transfer is not the sum of its claims": "UPDATE payment SET amount_cents = 1",
    "A transfer holds another amount than the claim": (
        "UPDATE payment_part SET amount_cents = 1, returned = false"
    ),
    "A claim is in a payrun, but no transfer pays it": (
        "UPDATE claim SET state = 'paid', payrun_id = (SELECT id FROM payrun"
        " WHERE payrun.sponsor_id = claim.sponsor_id ORDER BY id LIMIT 1)"
    ),
    "A moment of somebody is paid twice": (
        "UPDATE claim_line SET volunteer_id = (SELECT id FROM volunteer ORDER BY id LIMIT 1),"
        " started_at = (SELECT min(started_at) FROM claim_line),"
        " ended_at = (SELECT max(ended_at) FROM claim_line)"
    ),
    "A counter-booking does not take back what was booked": (
        "UPDATE claim SET kind = 'counter', reverses_id = id"
    ),
    "The books say something else of what was approved than the claim": (
        "UPDATE claim SET state = 'approved'"
    ),
    "The books say something else of what was paid than the claim": (
        "UPDATE claim SET state = 'reported'"
    ),
    "The books say something else of what was waived than the claim": (
        "UPDATE claim SET state = 'waived'"
    ),
    "A claim that was taken back is neither whole in the books nor gone": (
        "UPDATE claim SET state = 'reversed';"
        "UPDATE ledger_entry SET kind = 'paid', claim_id = (SELECT c.id FROM claim c"
        " WHERE c.sponsor_id = ledger_entry.sponsor_id ORDER BY c.id LIMIT 1), amount_cents = 7"
    ),
    "The books say something else of what was paid than the transfer": (
        "UPDATE payment SET state = 'paid'"
    ),
    "A transfer holds a claim that waits": "UPDATE payment_part SET returned = false",
    "A line counts that was taken back or rejected, or the other way round": (
        "UPDATE claim SET state = 'rejected'"
    ),
}
"""What is done to the rows behind the back of the service, so that a rule is broken."""


@pytest.fixture
def unguarded(place: Place) -> Place:
    """Without what the database itself refuses: a rule is looked up even where it cannot break."""
    drop_guards(place.engine)
    place.execute("DROP INDEX uq_request_option_chosen")
    place.execute("DROP INDEX uq_search_live")
    place.execute("DROP INDEX uq_payment_part_claim")
    on = " ON ledger_entry" if place.engine.dialect.name == "postgresql" else ""
    place.execute(f"DROP TRIGGER ledger_entry_no_update{on}")
    return place


def test_every_rule_has_its_breach() -> None:
    assert set(BREACHES) == set(invariants.RULES)


@pytest.mark.parametrize("rule", BREACHES)
def test_a_breach_is_seen(unguarded: Place, rule: str) -> None:
    assert invariants.findings(unguarded.engine) == []
    for statement in BREACHES[rule].split(";"):
        unguarded.execute(statement)
    found = [one for one in invariants.findings(unguarded.engine) if one.startswith(f"{rule}: ")]
    assert len(found) == 1


def test_a_sentence_names_a_few_rows_only(place: Place) -> None:
    place.execute("UPDATE seat SET state = 'open'")
    place.execute("UPDATE seat SET state = 'booked'")
    (sentence,) = [
        one for one in invariants.findings(place.engine) if one.startswith("A seat is booked, but")
    ]
    assert sentence.endswith(" and others.")
    assert sentence.count(",") == invariants.NAMED


def test_the_demo_pool_keeps_every_rule(engine: Engine, var: Path) -> None:
    with db.transaction(engine) as session:
        demo.load(session)
    assert invariants.findings(engine) == []


def test_sqlite_is_asked_about_its_own_file(place: Place) -> None:
    if place.engine.dialect.name == "postgresql":
        return
    with sqlite3.connect(str(place.engine.url.database)) as behind:
        behind.execute("DELETE FROM sponsor")
    behind.close()
    found = invariants.findings(place.engine)
    assert any("points to a row of sponsor that is not there" in one for one in found)
