"""From a plan to a kept appointment: searches, standby, messages by three channels, webhooks.

Revision: offers_that_hold
Follows: time_and_place

Columns are added in plain SQL that both databases read; `offer`, `message` and `signed_link` are
rebuilt on SQLite, which keeps the names of references and checks in no other way. On PostgreSQL
the queue moves from the table `job` into the tables of procrastinate.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from app.jobs import schema
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "offers_that_hold"
down_revision = "time_and_place"
branch_labels = None
depends_on = None

TIME = {"postgresql": "TIMESTAMP WITH TIME ZONE", "sqlite": "DATETIME"}
SPONSOR_TABLES = ("offer_policy", "search", "standby", "webhook", "webhook_delivery")
COLUMNS = {
    "account": (("operator", "BOOLEAN NOT NULL DEFAULT false"),),
    "assignment": (
        ("booked_via", "VARCHAR(8) NOT NULL DEFAULT 'offer'"),
        ("cancelled_at", TIME),
        ("cancelled_by", "VARCHAR(12) NOT NULL DEFAULT ''"),
        ("cancel_cause", "VARCHAR(20) NOT NULL DEFAULT ''"),
        ("notice_minutes", "INTEGER"),
        ("pay_rule", "VARCHAR(16) NOT NULL DEFAULT 'none'"),
        ("reminded_at", TIME),
        ("reconfirmed_at", TIME),
    ),
    "audit_event": (("published", "BOOLEAN NOT NULL DEFAULT false"),),
    "request": (("critical", "BOOLEAN NOT NULL DEFAULT false"), ("moved_at", TIME)),
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


def _dialect() -> str:
    return op.get_bind().dialect.name


def _wall(table: str, sees: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY wall ON {table} USING (lotsenwerk_system() OR {sees})")


def _raise_walls() -> None:
    for table in SPONSOR_TABLES:
        _wall(table, "sponsor_id = ANY (lotsenwerk_sponsors())")
    _wall("push_subscription", "account_id = lotsenwerk_account()")
    _wall(
        "message_preference",
        "account_id = lotsenwerk_account() OR volunteer_id IN (SELECT id FROM volunteer)",
    )


def upgrade() -> None:
    """Make the tables and columns; a message that had failed is dead."""
    _create_tables()
    for table, columns in COLUMNS.items():
        for name, declared in columns:
            kind = declared if isinstance(declared, str) else declared[_dialect()]
            op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")
    op.execute("UPDATE audit_event SET published = true")
    _index_some("ix_audit_event_unpublished", "audit_event", ["created_at"], "NOT published")
    op.create_index("ix_idempotency_key_created_at", "idempotency_key", ["created_at"])
    op.create_index("ix_request_client_case_id", "request", ["client_case_id"])
    _change_offer()
    _change_message()
    with op.batch_alter_table("signed_link") as link:
        link.drop_constraint(op.f("ck_signed_link_purpose"), type_="check")
        link.create_check_constraint(op.f("ck_signed_link_purpose"), PURPOSES)
    if _dialect() == "postgresql":
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
    if _dialect() == "postgresql":
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
    for table, columns in COLUMNS.items():
        for name, _ in reversed(columns):
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")


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
    _create(
        "tick",
        _string("name", 60),
        _moment("due_at"),
        _moment("held_until", nullable=True),
        _string("failure", 300),
        _unique("tick", "name"),
    )
    _create(
        "offer_policy",
        _reference("offer_policy", "sponsor_id", "sponsor"),
        _string("lead_time", 8),
        _string("strategy", 12),
        _number("wave_size", nullable=True),
        _check("offer_policy", "lead_time", "lead_time IN ('normal', 'short', 'urgent')"),
        _check("offer_policy", "strategy", STRATEGIES),
        _check("offer_policy", "wave_size", "wave_size BETWEEN 1 AND 50"),
        _unique("offer_policy", "sponsor_id", "lead_time"),
        indexed=["sponsor_id"],
    )
    _create(
        "push_subscription",
        _reference("push_subscription", "account_id", "account"),
        _string("endpoint", 1000),
        _string("p256dh", 200),
        _string("auth", 100),
        _string("label", 100),
        _moment("last_used_at", nullable=True),
        _unique("push_subscription", "endpoint"),
        indexed=["account_id"],
    )
    _create(
        "webhook",
        _reference("webhook", "sponsor_id", "sponsor"),
        _string("address", 1000),
        _string("name", 100),
        _string("secret", 100),
        _string("events", 2000),
        _string("previous_secret", 100),
        _moment("previous_until", nullable=True),
        _truth("active"),
        _string("off_reason", 20),
        _number("failures"),
        _number("strikes"),
        _moment("resume_at", nullable=True),
        indexed=["sponsor_id"],
    )
    _create(
        "message_preference",
        _reference("message_preference", "volunteer_id", "volunteer", nullable=True),
        _reference("message_preference", "account_id", "account", nullable=True),
        _string("event", 16),
        _string("channel", 8),
        _truth("digest"),
        _check("message_preference", "channel", "channel IN ('mail', 'push', 'sms', 'none')"),
        _check("message_preference", "event", EVENTS),
        _check("message_preference", "whose", "(volunteer_id IS NULL) <> (account_id IS NULL)"),
        _unique("message_preference", "account_id", "event"),
        _unique("message_preference", "volunteer_id", "event"),
        indexed=["account_id", "volunteer_id"],
    )
    _create_deliveries()
    _create_searches()


def _create_deliveries() -> None:
    _create(
        "webhook_delivery",
        _reference("webhook_delivery", "sponsor_id", "sponsor"),
        _reference("webhook_delivery", "webhook_id", "webhook"),
        _reference("webhook_delivery", "audit_event_id", "audit_event"),
        _string("event", 60),
        _truth("replay"),
        _string("state", 12),
        _number("attempts"),
        _number("status", nullable=True),
        _string("failure", 300),
        _moment("next_at"),
        _moment("delivered_at", nullable=True),
        _check("webhook_delivery", "state", "state IN ('waiting', 'delivered', 'dead')"),
        indexed=["audit_event_id", "sponsor_id", "webhook_id"],
    )
    _index_some(
        "uq_webhook_delivery_event",
        "webhook_delivery",
        ["webhook_id", "audit_event_id"],
        "NOT replay",
        unique=True,
    )
    _index_some("ix_webhook_delivery_waiting", "webhook_delivery", ["next_at"], "state = 'waiting'")


def _create_searches() -> None:
    _create(
        "search",
        _reference("search", "sponsor_id", "sponsor"),
        _reference("search", "seat_id", "seat"),
        _string("strategy", 12),
        _number("wave_size", nullable=True),
        _number("wave"),
        _string("state", 12),
        _string("cause", 16),
        _moment("act_by"),
        _moment("next_at", nullable=True),
        _moment("ended_at", nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        _check(
            "search",
            "state",
            "state IN ('running', 'exhausted', 'filled', 'unfilled', 'stopped')",
        ),
        _check("search", "strategy", STRATEGIES),
        indexed=["seat_id", "sponsor_id"],
    )
    op.create_index("ix_search_state_next", "search", ["state", "next_at"])
    _index_some(
        "uq_search_live", "search", ["seat_id"], "state IN ('running', 'exhausted')", unique=True
    )
    _create(
        "standby",
        _reference("standby", "sponsor_id", "sponsor"),
        _reference("standby", "seat_id", "seat"),
        _reference("standby", "option_id", "request_option"),
        _reference("standby", "volunteer_id", "volunteer"),
        _string("state", 12),
        _moment("answered_at", nullable=True),
        _check("standby", "state", "state IN ('asked', 'ready', 'declined', 'called', 'released')"),
        indexed=["seat_id", "sponsor_id", "volunteer_id"],
    )
    _index_some(
        "uq_standby_live",
        "standby",
        ["seat_id", "volunteer_id"],
        "state IN ('asked', 'ready')",
        unique=True,
    )


def _create(table: str, *parts: sa.schema.SchemaItem, indexed: Sequence[str] = ()) -> None:
    """Make a table with id and times as every row has them, and an index on single columns."""
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        _moment("created_at"),
        _moment("updated_at"),
        *parts,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    for column in indexed:
        op.create_index(f"ix_{table}_{column}", table, [column])


def _index_some(
    name: str, table: str, columns: list[str], where: str, *, unique: bool = False
) -> None:
    """An index over some rows only."""
    some = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=some, postgresql_where=some)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, UTCDateTime(), nullable=nullable)


def _string(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, AutoString(length=length), nullable=False)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _truth(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _reference(table: str, name: str, target: str, *, nullable: bool = False) -> sa.Column[UUID]:
    points = sa.ForeignKey(f"{target}.id", name=op.f(f"fk_{table}_{name}"))
    return sa.Column(name, sa.Uuid(), points, nullable=nullable)


def _check(table: str, name: str, holds: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(holds, name=op.f(f"ck_{table}_{name}"))


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f("_".join(["uq", table, *columns])))
