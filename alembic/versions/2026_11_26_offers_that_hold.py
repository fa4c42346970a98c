"""From a plan to a kept appointment: searches, standby, messages by three channels, webhooks.

Revision: offers_that_hold
Follows: time_and_place

Columns are added in plain SQL that both databases read; `offer`, `message` and `signed_link` are
rebuilt on SQLite, which keeps the names of references and checks in no other way. On PostgreSQL
the queue moves from the table `job` into the tables of procrastinate.
"""

from typing import Any

import sqlalchemy as sa
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from alembic import op
from app.jobs import schema
from app.tables.building import (
    add_columns,
    check,
    create,
    drop_columns,
    index_some,
    is_postgres,
    moment,
    number,
    reference,
    string,
    truth,
    unique,
    wall,
)

revision = "offers_that_hold"
down_revision = "time_and_place"
branch_labels = None
depends_on = None

SPONSOR_TABLES = ("offer_policy", "search", "standby", "webhook", "webhook_delivery")
COLUMNS = {
    "account": (("operator", "BOOLEAN NOT NULL DEFAULT false"),),
    "assignment": (
        ("booked_via", "VARCHAR(8) NOT NULL DEFAULT 'offer'"),
        ("cancelled_at", "MOMENT"),
        ("cancelled_by", "VARCHAR(12) NOT NULL DEFAULT ''"),
        ("cancel_cause", "VARCHAR(20) NOT NULL DEFAULT ''"),
        ("notice_minutes", "INTEGER"),
        ("pay_rule", "VARCHAR(16) NOT NULL DEFAULT 'none'"),
        ("reminded_at", "MOMENT"),
        ("reconfirmed_at", "MOMENT"),
    ),
    "audit_event": (("published", "BOOLEAN NOT NULL DEFAULT false"),),
    "request": (("critical", "BOOLEAN NOT NULL DEFAULT false"), ("moved_at", "MOMENT")),
    "volunteer": (("locale", "VARCHAR(8) NOT NULL DEFAULT 'de'"),),
}
EVENTS = (
    "event IN ('offer', 'taken', 'booked', 'reminder', 'changed', 'cancelled', 'standby',"
    " 'confirm_record', 'request', 'task', 'digest')"
)
STRATEGIES = "strategy IN ('sequence', 'waves', 'all')"
CHANNELS = "channel IN ('mail', 'push', 'sms', 'call')"
MESSAGE_STATES = "state IN ('queued', 'held', 'sending', 'sent', 'dead', 'dropped')"
OLD_MESSAGE_STATES = "state IN ('queued', 'sent', 'failed')"
PURPOSES = "purpose IN ('answer_offer', 'confirm_record', 'confirm_booking', 'answer_standby')"
OLD_PURPOSES = "purpose IN ('answer_offer', 'confirm_record')"
MESSAGE_REFERENCES = {
    "volunteer_id": "volunteer",
    "institution_id": "institution",
    "account_id": "account",
    "digest_id": "message",
    "fallback_of_id": "message",
}


def _raise_walls() -> None:
    for table in SPONSOR_TABLES:
        wall(table, "sponsor_id = ANY (lotsenwerk_sponsors())")
    wall("push_subscription", "account_id = lotsenwerk_account()")
    wall(
        "message_preference",
        "account_id = lotsenwerk_account() OR volunteer_id IN (SELECT id FROM volunteer)",
    )


def upgrade() -> None:
    """Make the tables and columns; a message that had failed is dead."""
    _create_tables()
    add_columns(COLUMNS)
    op.execute("UPDATE audit_event SET published = true")
    index_some("ix_audit_event_unpublished", "audit_event", ["created_at"], "NOT published")
    op.create_index("ix_idempotency_key_created_at", "idempotency_key", ["created_at"])
    op.create_index("ix_request_client_case_id", "request", ["client_case_id"])
    _change_offer()
    _change_message()
    with op.batch_alter_table("signed_link") as link:
        link.drop_constraint(op.f("ck_signed_link_purpose"), type_="check")
        link.create_check_constraint(op.f("ck_signed_link_purpose"), PURPOSES)
    if is_postgres():
        _raise_walls()
        schema.take_over(op.get_bind())


def _change_offer() -> None:
    with op.batch_alter_table("offer") as offer:
        offer.add_column(sa.Column("search_id", sa.Uuid()))
        offer.add_column(sa.Column("wave", sa.Integer(), nullable=False, server_default="0"))
        offer.add_column(sa.Column("late_yes_at", UTCDateTime()))
        offer.create_foreign_key("fk_offer_search_id", "search", ["search_id"], ["id"])
    op.create_index("ix_offer_search_id", "offer", ["search_id"])


def _message_columns() -> list[sa.Column[Any]]:
    """What is new in a message; `due_at` is filled before it is required."""
    return [
        sa.Column("event", AutoString(16), nullable=False, server_default="changed"),
        sa.Column("channel", AutoString(8), nullable=False, server_default="mail"),
        sa.Column("subject_id", sa.Uuid()),
        sa.Column("locale", AutoString(8), nullable=False, server_default="de"),
        sa.Column("short", AutoString(320), nullable=False, server_default=""),
        sa.Column("calendar", AutoString(), nullable=False, server_default=""),
        sa.Column("starts_at", UTCDateTime()),
        sa.Column("due_at", UTCDateTime()),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("failure", AutoString(300), nullable=False, server_default=""),
        sa.Column("read_at", UTCDateTime()),
    ]


def _change_message() -> None:
    with op.batch_alter_table("message") as message:
        message.drop_constraint(op.f("ck_message_state"), type_="check")
        for column in _message_columns():
            message.add_column(column)
        message.alter_column("recipient", type_=AutoString(1000), existing_type=AutoString(254))
        for name, target in MESSAGE_REFERENCES.items():
            message.add_column(sa.Column(name, sa.Uuid()))
            message.create_foreign_key(f"fk_message_{name}", target, [name], ["id"])
    op.execute("UPDATE message SET due_at = created_at")
    op.execute("UPDATE message SET state = 'dead' WHERE state = 'failed'")
    with op.batch_alter_table("message") as message:
        message.alter_column("due_at", nullable=False, existing_type=UTCDateTime())
        message.create_check_constraint(op.f("ck_message_event"), EVENTS)
        message.create_check_constraint(op.f("ck_message_channel"), CHANNELS)
        message.create_check_constraint(op.f("ck_message_state"), MESSAGE_STATES)
    op.create_index("ix_message_state_due", "message", ["state", "due_at"])
    op.create_index("ix_message_sponsor_created", "message", ["sponsor_id", "created_at"])
    op.create_index("ix_message_subject_id", "message", ["subject_id"])
    op.create_index("ix_message_volunteer_id", "message", ["volunteer_id"])


def downgrade() -> None:
    """Take them away; what the older tables cannot say is lost."""
    if is_postgres():
        schema.hand_back(op.get_bind())
    op.execute("DELETE FROM signed_link WHERE NOT (" + OLD_PURPOSES + ")")
    with op.batch_alter_table("signed_link") as link:
        link.drop_constraint(op.f("ck_signed_link_purpose"), type_="check")
        link.create_check_constraint(op.f("ck_signed_link_purpose"), OLD_PURPOSES)
    _restore_message()
    op.drop_index("ix_offer_search_id", "offer")
    with op.batch_alter_table("offer") as offer:
        offer.drop_constraint("fk_offer_search_id", type_="foreignkey")
        for name in ("late_yes_at", "wave", "search_id"):
            offer.drop_column(name)
    op.drop_index("ix_request_client_case_id", "request")
    op.drop_index("ix_idempotency_key_created_at", "idempotency_key")
    op.drop_index("ix_audit_event_unpublished", "audit_event")
    for table in (
        "webhook_delivery",
        "webhook",
        "standby",
        "search",
        "offer_policy",
        "message_preference",
        "push_subscription",
        "tick",
    ):
        op.drop_table(table)
    drop_columns(COLUMNS)


def _restore_message() -> None:
    for index in ("volunteer_id", "subject_id", "sponsor_created", "state_due"):
        op.drop_index(f"ix_message_{index}", "message")
    op.execute("DELETE FROM message WHERE channel <> 'mail'")
    with op.batch_alter_table("message") as message:
        for name in ("event", "channel", "state"):
            message.drop_constraint(op.f(f"ck_message_{name}"), type_="check")
        for name in MESSAGE_REFERENCES:
            message.drop_constraint(f"fk_message_{name}", type_="foreignkey")
    op.execute("UPDATE message SET state = 'failed' WHERE state IN ('dead', 'dropped')")
    op.execute("UPDATE message SET state = 'queued' WHERE state IN ('held', 'sending')")
    with op.batch_alter_table("message") as message:
        message.create_check_constraint(op.f("ck_message_state"), OLD_MESSAGE_STATES)
        message.alter_column("recipient", type_=sa.String(254), existing_type=sa.String(1000))
        new = [column.name for column in _message_columns()]
        for name in (*MESSAGE_REFERENCES, *new):
            message.drop_column(name)


def _create_tables() -> None:
    create(
        "tick",
        string("name", 60),
        moment("due_at"),
        moment("held_until", nullable=True),
        string("failure", 300),
        unique("name"),
    )
    create(
        "offer_policy",
        reference("sponsor_id", "sponsor"),
        string("lead_time", 8),
        string("strategy", 12),
        number("wave_size", nullable=True),
        check("lead_time", "lead_time IN ('normal', 'short', 'urgent')"),
        check("strategy", STRATEGIES),
        check("wave_size", "wave_size BETWEEN 1 AND 50"),
        unique("sponsor_id", "lead_time"),
        indexed=["sponsor_id"],
    )
    create(
        "push_subscription",
        reference("account_id", "account"),
        string("endpoint", 1000),
        string("p256dh", 200),
        string("auth", 100),
        string("label", 100),
        moment("last_used_at", nullable=True),
        unique("endpoint"),
        indexed=["account_id"],
    )
    create(
        "webhook",
        reference("sponsor_id", "sponsor"),
        string("address", 1000),
        string("name", 100),
        string("secret", 100),
        string("events", 2000),
        string("previous_secret", 100),
        moment("previous_until", nullable=True),
        truth("active"),
        string("off_reason", 20),
        number("failures"),
        number("strikes"),
        moment("resume_at", nullable=True),
        indexed=["sponsor_id"],
    )
    create(
        "message_preference",
        reference("volunteer_id", "volunteer", nullable=True),
        reference("account_id", "account", nullable=True),
        string("event", 16),
        string("channel", 8),
        truth("digest"),
        check("channel", "channel IN ('mail', 'push', 'sms', 'none')"),
        check("event", EVENTS),
        check("whose", "(volunteer_id IS NULL) <> (account_id IS NULL)"),
        unique("account_id", "event"),
        unique("volunteer_id", "event"),
        indexed=["account_id", "volunteer_id"],
    )
    _create_deliveries()
    _create_searches()


def _create_deliveries() -> None:
    create(
        "webhook_delivery",
        reference("sponsor_id", "sponsor"),
        reference("webhook_id", "webhook"),
        reference("audit_event_id", "audit_event"),
        string("event", 60),
        truth("replay"),
        string("state", 12),
        number("attempts"),
        number("status", nullable=True),
        string("failure", 300),
        moment("next_at"),
        moment("delivered_at", nullable=True),
        check("state", "state IN ('waiting', 'delivered', 'dead')"),
        indexed=["audit_event_id", "sponsor_id", "webhook_id"],
    )
    index_some(
        "uq_webhook_delivery_event",
        "webhook_delivery",
        ["webhook_id", "audit_event_id"],
        "NOT replay",
        unique=True,
    )
    index_some("ix_webhook_delivery_waiting", "webhook_delivery", ["next_at"], "state = 'waiting'")


def _create_searches() -> None:
    create(
        "search",
        reference("sponsor_id", "sponsor"),
        reference("seat_id", "seat"),
        string("strategy", 12),
        number("wave_size", nullable=True),
        number("wave"),
        string("state", 12),
        string("cause", 16),
        moment("act_by"),
        moment("next_at", nullable=True),
        moment("ended_at", nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        check(
            "state",
            "state IN ('running', 'exhausted', 'filled', 'unfilled', 'stopped')",
        ),
        check("strategy", STRATEGIES),
        indexed=["seat_id", "sponsor_id"],
    )
    op.create_index("ix_search_state_next", "search", ["state", "next_at"])
    index_some(
        "uq_search_live", "search", ["seat_id"], "state IN ('running', 'exhausted')", unique=True
    )
    create(
        "standby",
        reference("sponsor_id", "sponsor"),
        reference("seat_id", "seat"),
        reference("option_id", "request_option"),
        reference("volunteer_id", "volunteer"),
        string("state", 12),
        moment("answered_at", nullable=True),
        check("state", "state IN ('asked', 'ready', 'declined', 'called', 'released')"),
        indexed=["seat_id", "sponsor_id", "volunteer_id"],
    )
    index_some(
        "uq_standby_live",
        "standby",
        ["seat_id", "volunteer_id"],
        "state IN ('asked', 'ready')",
        unique=True,
    )
