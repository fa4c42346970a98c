"""Objects brought into the state in which an operation of the contract can be carried out."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text

from app import db
from tests.app.example_money import RULE
from tests.app.operations import Operation, rule
from tests.cast import APP_SECRET
from tests.databases import Databases

PAYS_LATE = RULE | {"valid_from": "2026-01-01", "late_cancel_minutes": 60}
READY: dict[str, tuple[str, ...]] = {
    "POST /auth/factor/totp/confirm": (
        f"UPDATE account SET totp_secret = '{APP_SECRET}', totp_since = NULL"  # noqa: S608
        " WHERE email = 'fatma@example.org'",
    ),
    "POST /offers": ("UPDATE offer SET state = 'expired'",),
    "POST /seats/{seat_id}/searches": ("UPDATE search SET state = 'unfilled'",),
    "POST /seats/{seat_id}/lendings": (
        "UPDATE enrolment SET lendable = true",
        "UPDATE lending SET state = 'declined'",
    ),
    "POST /lendings/{lending_id}/agree": (
        "UPDATE enrolment SET lendable = true",
        "UPDATE offer SET state = 'withdrawn'",
        "UPDATE lending SET sponsor_id = lender_id, lender_id = sponsor_id",
        "UPDATE seat SET sponsor_id = (SELECT sponsor_id FROM lending)"
        " WHERE id = (SELECT seat_id FROM lending)",
        "UPDATE request SET sponsor_id = (SELECT sponsor_id FROM lending) WHERE id ="
        " (SELECT request_id FROM seat WHERE id = (SELECT seat_id FROM lending))",
        "UPDATE request_option SET sponsor_id = (SELECT sponsor_id FROM lending) WHERE request_id ="
        " (SELECT request_id FROM seat WHERE id = (SELECT seat_id FROM lending))",
    ),
    "POST /seats/{seat_id}/standbys": (
        "UPDATE assignment SET seat_id = (SELECT seat_id FROM offer), volunteer_id ="
        " (SELECT id FROM volunteer WHERE id <> assignment.volunteer_id LIMIT 1)"
        " WHERE state = 'booked'",
        "UPDATE seat SET state = 'booked'",
        "UPDATE request SET state = 'booked'",
    ),
    "POST /assignments/{assignment_id}/no-show": (
        "UPDATE assignment SET starts_at = '2027-01-03 09:00:00.000000',"
        " ends_at = '2027-01-03 10:00:00.000000' WHERE state = 'booked'",
    ),
    "POST /assignments/{assignment_id}/progress": (
        "UPDATE assignment SET starts_at = '2027-01-04 09:00:00.000000',"
        " ends_at = '2027-01-04 10:00:00.000000' WHERE state = 'booked'",
    ),
    "POST /messages/{message_id}/retry": ("UPDATE message SET state = 'dead'",),
    "POST /plans/{plan_id}/cancel": ("UPDATE plan SET state = 'running'",),
    "POST /service-records": (
        "DELETE FROM claim_line",
        "DELETE FROM service_record",
        "UPDATE assignment SET state = 'booked' WHERE state = 'performed'",
        "UPDATE seat SET state = 'booked' WHERE state = 'done'",
    ),
    "POST /service-records/{record_id}/revise": (
        "DELETE FROM claim_line",
        "UPDATE service_record SET state = 'confirmed'",
    ),
    "POST /service-records/late-cancellation": (
        "DELETE FROM claim_line",
        "DELETE FROM service_record",
        "UPDATE assignment SET state = 'cancelled_late', pay_rule = 'late_cancel'"
        " WHERE state = 'performed'",
        f"UPDATE own_rate_plan SET rule = '{json.dumps(PAYS_LATE)}'",  # noqa: S608
        "UPDATE rate_plan SET valid_from = '2026-01-01', valid_to = NULL, source_key ="
        " (SELECT key FROM own_rate_plan WHERE own_rate_plan.sponsor_id = rate_plan.sponsor_id)",
    ),
    "POST /assignments/{assignment_id}/undo-no-show": (
        "UPDATE assignment SET state = 'client_no_show' WHERE state = 'booked'",
        "UPDATE seat SET state = 'done' WHERE state = 'booked'",
    ),
    "POST /service-records/{record_id}/resolve": ("UPDATE service_record SET state = 'disputed'",),
    "POST /courses/{course_id}/proof-sent": ("UPDATE course SET state = 'held'",),
    "POST /courses/{course_id}/reopen": ("UPDATE course SET state = 'held'",),
    "POST /rate-plans/{choice_id}/end": ("UPDATE rate_plan SET valid_to = NULL",),
    "POST /grant-notices/{notice_id}/grant": ("UPDATE grant_notice SET state = 'applied'",),
    "POST /grant-notices/{notice_id}/end": ("UPDATE grant_notice SET state = 'running'",),
    "POST /grant-notices/{notice_id}/proof-sent": ("UPDATE grant_notice SET state = 'ended'",),
    "POST /grant-notices/{notice_id}/close": ("UPDATE grant_notice SET state = 'proof_sent'",),
    "POST /claims": (
        "UPDATE claim SET state = 'open'",
        "UPDATE service_record SET state = 'confirmed'",
    ),
    "POST /claims/{claim_id}/submit": ("UPDATE claim SET state = 'open'",),
    "POST /claims/{claim_id}/approve": ("UPDATE claim SET state = 'checked'",),
    "POST /claims/{claim_id}/release": (
        "UPDATE claim SET state = 'on_hold', held_from = 'submitted'",
    ),
    "POST /claims/{claim_id}/reverse": ("UPDATE claim SET state = 'paid'",),
    "POST /claims/{claim_id}/repaid": (
        "UPDATE claim SET state = 'approved', kind = 'counter', reverses_id = id,"
        " amount_cents = -amount_cents",
    ),
    "POST /claim-approvals": (
        "UPDATE claim SET state = 'checked'",
        "UPDATE sponsor SET four_eyes = 'treasurer_link', treasurer_name = 'Tilda Kasse',"
        " treasurer_email = 'kasse@example.org'",
    ),
    "POST /payruns": (
        "UPDATE claim SET state = 'approved'",
        "UPDATE claim SET amount_cents = 2000 WHERE kind = 'regular'",
        "UPDATE volunteer SET iban = 'DE02120300000000202051', iban_changed_at = NULL",
    ),
    "POST /payruns/{payrun_id}/statements": (
        "UPDATE payment SET state = 'paid', paid_on = '2027-01-04' WHERE state = 'returned'",
    ),
    "POST /volunteers/{volunteer_id}/busy-feeds/{busy_feed_id}/refresh": (
        "UPDATE busy_feed SET updated_at = '2026-12-30 08:00:00.000000'",
    ),
    "POST /privacy/erase": (
        "UPDATE assignment SET state = 'cancelled_early' WHERE state = 'booked'",
    ),
    "POST /privacy/pseudonym-keys/{version}/destroy": (
        "UPDATE sponsor_key SET retired_at = '2027-01-03 09:00:00.000000'",
    ),
}
"""What has to be changed in the examples before an operation, for those that need another state."""
CALLER = {
    "POST /lendings/{lending_id}/decline": "kofi",
    "DELETE /push-subscriptions/{subscription_id}": "dilan",
    "POST /service-records/{record_id}/confirm": "selin",
    "POST /service-records/{record_id}/dispute": "selin",
}
"""Who can do it, where it is not the first of those who may."""


def caller(operation: Operation) -> str:
    """The name of somebody who carries the operation out."""
    return CALLER.get(operation.name, rule(operation).who[0])


def is_ready(operation: Operation) -> bool:
    """Whether the examples are as the operation needs them."""
    return operation.name not in READY


@contextmanager
def made_ready(databases: Databases, engine: Engine, operation: Operation) -> Iterator[Engine]:
    """A copy of the examples in which the operation can be carried out."""
    engine.dispose()
    with databases.fresh(like=engine) as copy:
        with copy.begin() as connection:
            db.see_all(connection)
            for statement in READY.get(operation.name, ()):
                assert connection.execute(text(statement)).rowcount > 0, statement
        yield copy
