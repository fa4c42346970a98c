"""The first tables of work: requests, plans, offers, bookings, money; and the overlap guard.

Revision: first_tables
Follows: first_people
"""

import sqlalchemy as sa

from alembic import op
from app.tables.building import (
    check,
    create,
    day,
    decimal,
    index_some,
    is_postgres,
    json,
    moment,
    number,
    one_of,
    reference,
    string,
    truth,
    unique,
    wall,
)

revision = "first_tables"
down_revision = "first_people"
branch_labels = None
depends_on = None


TAKEN = "('booked', 'performed', 'client_no_show')"
TABLES = (
    "plan",
    "request",
    "request_option",
    "seat",
    "offer",
    "proposal",
    "unfilled_reason",
    "assignment",
    "payrun",
    "claim",
    "service_record",
    "claim_line",
)
"""In the order in which they point to each other; each belongs to a sponsor."""


def _guard_overlaps() -> None:
    """One volunteer is never booked twice at the same moment, across sponsors."""
    if is_postgres():
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        op.execute(
            "ALTER TABLE assignment ADD CONSTRAINT ex_assignment_no_overlap EXCLUDE USING gist"
            " (volunteer_id WITH =, tstzrange(starts_at, ends_at) WITH &&)"
            f" WHERE (state IN {TAKEN})"
        )
        return
    for event in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER ex_assignment_no_overlap_{event.lower()} BEFORE {event} ON assignment"
            f" WHEN NEW.state IN {TAKEN} AND EXISTS (SELECT 1 FROM assignment AS taken"
            " WHERE taken.volunteer_id = NEW.volunteer_id AND taken.id <> NEW.id"
            f" AND taken.state IN {TAKEN}"
            " AND taken.starts_at < NEW.ends_at AND NEW.starts_at < taken.ends_at)"
            " BEGIN SELECT RAISE(ABORT, 'ex_assignment_no_overlap'); END"
        )


def upgrade() -> None:
    """Make the tables, the guard against overlaps, and the second wall around them."""
    _create_work()
    _create_money()
    _guard_overlaps()
    if is_postgres():
        for table in TABLES:
            wall(table, "sponsor_id = ANY (lotsenwerk_sponsors())")


def _create_work() -> None:
    """Requests, plans, offers and bookings."""
    create(
        "plan",
        reference("sponsor_id", "sponsor"),
        day("first_day"),
        day("last_day"),
        string("state", 12),
        number("seed"),
        string("weights", 40),
        string("input_hash", 64),
        number("seats"),
        number("filled"),
        number("waiting"),
        string("method", 40),
        string("status", 20),
        sa.Column("objective", sa.BigInteger(), nullable=True),
        sa.Column("bound", sa.BigInteger(), nullable=True),
        decimal("gap", nullable=True),
        decimal("gap_fill", nullable=True),
        decimal("gap_cost", nullable=True),
        decimal("seconds", nullable=True),
        string("failure", 300),
        reference("requested_by", "account", nullable=True),
        one_of("state", "queued", "running", "ready", "released", "failed", "cancelled"),
        check("days", "first_day <= last_day"),
        indexed=["sponsor_id"],
    )
    create(
        "request",
        reference("sponsor_id", "sponsor"),
        reference("institution_id", "institution"),
        string("kind", 16),
        string("state", 12),
        moment("received_at"),
        string("topic", 120),
        string("note", 300),
        string("urgency_reason", 300),
        number("priority"),
        string("contact_name", 200),
        string("contact_phone", 40),
        string("room", 100),
        string("cost_centre", 60),
        number("people_count"),
        truth("consent_substitution"),
        reference("client_case_id", "client_case", nullable=True),
        reference("wished_volunteer_id", "volunteer", nullable=True),
        truth("same_person_wished"),
        string("end_reason", 300),
        string("source_key", 80, nullable=True),
        one_of(
            "state",
            "submitted",
            "needs_info",
            "open",
            "booked",
            "done",
            "closed",
            "rejected",
            "unfilled",
            "cancelled",
        ),
        unique("sponsor_id", "source_key"),
        indexed=["institution_id", "sponsor_id"],
    )
    op.create_index("ix_request_sponsor_state", "request", ["sponsor_id", "state"])
    create(
        "request_option",
        reference("sponsor_id", "sponsor"),
        reference("request_id", "request"),
        number("position"),
        day("day"),
        number("start_minute"),
        number("duration_minutes"),
        string("zone", 40),
        moment("starts_at"),
        moment("ends_at"),
        truth("chosen"),
        check("span", "starts_at < ends_at"),
        unique("request_id", "position"),
        indexed=["request_id", "sponsor_id"],
    )
    op.create_index("ix_request_option_sponsor_day", "request_option", ["sponsor_id", "day"])
    index_some("uq_request_option_chosen", "request_option", ["request_id"], "chosen", unique=True)
    create(
        "seat",
        reference("sponsor_id", "sponsor"),
        reference("request_id", "request"),
        number("position"),
        string("role", 20),
        string("language", 16, nullable=True),
        string("language_written", 100),
        string("min_level", 8, nullable=True),
        string("mode", 10),
        string("gender", 1, nullable=True),
        truth("gender_hard"),
        string("state", 12),
        one_of("mode", "on_site", "phone", "video"),
        one_of("state", "open", "booked", "done", "cancelled"),
        unique("request_id", "position"),
        indexed=["request_id", "sponsor_id"],
    )
    create(
        "offer",
        reference("sponsor_id", "sponsor"),
        reference("seat_id", "seat"),
        reference("option_id", "request_option"),
        reference("volunteer_id", "volunteer"),
        reference("plan_id", "plan", nullable=True),
        string("mode", 10),
        string("state", 12),
        moment("expires_at"),
        moment("answered_at", nullable=True),
        reference("answered_by", "account", nullable=True),
        one_of("state", "pending", "accepted", "declined", "expired", "withdrawn"),
        indexed=["seat_id", "sponsor_id", "volunteer_id"],
    )
    op.create_index("ix_offer_state_expires", "offer", ["state", "expires_at"])
    index_some(
        "uq_offer_pending", "offer", ["seat_id", "volunteer_id"], "state = 'pending'", unique=True
    )
    create(
        "proposal",
        reference("sponsor_id", "sponsor"),
        reference("plan_id", "plan"),
        reference("seat_id", "seat"),
        reference("option_id", "request_option"),
        reference("volunteer_id", "volunteer"),
        string("mode", 10),
        number("cost"),
        json("terms"),
        unique("plan_id", "seat_id"),
        indexed=["plan_id", "seat_id", "sponsor_id", "volunteer_id"],
    )
    create(
        "unfilled_reason",
        reference("sponsor_id", "sponsor"),
        reference("plan_id", "plan"),
        reference("seat_id", "seat"),
        number("position"),
        string("code", 40),
        json("params"),
        unique("plan_id", "seat_id", "position"),
        indexed=["plan_id", "seat_id", "sponsor_id"],
    )
    create(
        "assignment",
        reference("sponsor_id", "sponsor"),
        reference("seat_id", "seat"),
        reference("option_id", "request_option"),
        reference("offer_id", "offer", nullable=True),
        reference("volunteer_id", "volunteer"),
        string("role", 20),
        string("mode", 10),
        moment("starts_at"),
        moment("ends_at"),
        string("state", 20),
        string("cancel_reason", 300),
        one_of(
            "state",
            "booked",
            "cancelled_early",
            "cancelled_late",
            "performed",
            "client_no_show",
            "volunteer_no_show",
        ),
        check("span", "starts_at < ends_at"),
        indexed=["seat_id", "sponsor_id"],
    )
    op.create_index("ix_assignment_sponsor_start", "assignment", ["sponsor_id", "starts_at"])
    op.create_index("ix_assignment_volunteer_span", "assignment", ["volunteer_id", "starts_at"])
    index_some(
        "uq_assignment_seat_taken",
        "assignment",
        ["seat_id"],
        "state IN ('booked', 'performed', 'client_no_show')",
        unique=True,
    )


def _create_money() -> None:
    """Service records, claims and payruns."""
    create(
        "payrun",
        reference("sponsor_id", "sponsor"),
        number("number"),
        string("state", 8),
        number("amount_cents"),
        day("paid_on", nullable=True),
        reference("drawn_by", "account", nullable=True),
        one_of("state", "drawn", "paid"),
        unique("sponsor_id", "number"),
        indexed=["sponsor_id"],
    )
    create(
        "claim",
        reference("sponsor_id", "sponsor"),
        reference("volunteer_id", "volunteer"),
        day("month"),
        string("funding_line", 40),
        string("state", 12),
        number("minutes"),
        number("amount_cents"),
        reference("checked_by", "account", nullable=True),
        moment("checked_at", nullable=True),
        reference("approved_by", "account", nullable=True),
        moment("approved_at", nullable=True),
        reference("payrun_id", "payrun", nullable=True),
        string("payee_name", 210),
        string("payee_iban", 34),
        string("return_reason", 300),
        one_of(
            "state",
            "open",
            "submitted",
            "checked",
            "approved",
            "in_payrun",
            "paid",
            "reported",
            "returned",
            "rejected",
        ),
        unique("sponsor_id", "volunteer_id", "month", "funding_line"),
        indexed=["payrun_id", "sponsor_id", "volunteer_id"],
    )
    op.create_index("ix_claim_sponsor_state", "claim", ["sponsor_id", "state"])
    create(
        "service_record",
        reference("sponsor_id", "sponsor"),
        reference("assignment_id", "assignment"),
        reference("volunteer_id", "volunteer"),
        moment("started_at"),
        moment("ended_at"),
        number("break_minutes"),
        number("minutes"),
        number("reported_minutes"),
        number("confirmed_minutes", nullable=True),
        string("outcome", 16),
        string("state", 12),
        reference("reported_by", "account", nullable=True),
        string("confirmed_by", 200),
        moment("confirmed_at", nullable=True),
        string("reason", 300),
        one_of("outcome", "performed", "client_no_show", "cut_short"),
        one_of("state", "reported", "confirmed", "disputed", "resolved"),
        check("minutes", "break_minutes >= 0 AND minutes >= 0"),
        check("span", "started_at < ended_at"),
        unique("assignment_id"),
        indexed=["sponsor_id", "volunteer_id"],
    )
    create(
        "claim_line",
        reference("sponsor_id", "sponsor"),
        reference("claim_id", "claim"),
        reference("service_record_id", "service_record", nullable=True),
        day("day"),
        number("minutes"),
        number("paid_minutes"),
        number("amount_cents"),
        string("plan_key", 60),
        string("reason_code", 40),
        json("reason_params"),
        indexed=["claim_id", "sponsor_id"],
    )
    index_some(
        "uq_claim_line_record",
        "claim_line",
        ["service_record_id"],
        "service_record_id IS NOT NULL",
        unique=True,
    )


def downgrade() -> None:
    """Take everything away."""
    for table in reversed(TABLES):
        op.drop_table(table)
