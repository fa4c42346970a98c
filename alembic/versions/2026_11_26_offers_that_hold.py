"""From a plan to a kept appointment: searches, standby, messages by three channels, webhooks.

Revision: offers_that_hold
Follows: time_and_place

Columns are added in plain SQL that both databases read; `offer`, `message` and `signed_link` are
rebuilt on SQLite, which keeps the names of references and checks in no other way. On PostgreSQL
the queue moves from the table `job` into the tables of procrastinate.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from app.jobs import schema

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
    op.create_index(
        "ix_audit_event_unpublished",
        "audit_event",
        ["created_at"],
        sqlite_where=sa.text("NOT published"),
        postgresql_where=sa.text("NOT published"),
    )
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
        offer.add_column(sa.Column("late_yes_at", sqlmodel.sql.sqltypes.UTCDateTime()))
        offer.create_foreign_key("fk_offer_search_id", "search", ["search_id"], ["id"])
    op.create_index("ix_offer_search_id", "offer", ["search_id"])


def _change_message() -> None:
    moment, string = sqlmodel.sql.sqltypes.UTCDateTime, sqlmodel.sql.sqltypes.AutoString
    with op.batch_alter_table("message") as message:
        message.drop_constraint(op.f("ck_message_state"), type_="check")
        message.add_column(sa.Column("event", string(16), nullable=False, server_default="changed"))
        message.add_column(sa.Column("channel", string(8), nullable=False, server_default="mail"))
        message.add_column(sa.Column("subject_id", sa.Uuid()))
        message.add_column(sa.Column("locale", string(8), nullable=False, server_default="de"))
        message.add_column(sa.Column("short", string(320), nullable=False, server_default=""))
        message.add_column(sa.Column("calendar", string(), nullable=False, server_default=""))
        message.add_column(sa.Column("starts_at", moment()))
        message.add_column(sa.Column("due_at", moment()))
        message.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        message.add_column(sa.Column("failure", string(300), nullable=False, server_default=""))
        message.add_column(sa.Column("read_at", moment()))
        message.alter_column("recipient", type_=string(1000), existing_type=string(254))
        for name, target in MESSAGE_REFERENCES.items():
            message.add_column(sa.Column(name, sa.Uuid()))
            message.create_foreign_key(f"fk_message_{name}", target, [name], ["id"])
    op.execute("UPDATE message SET due_at = created_at")
    op.execute("UPDATE message SET state = 'dead' WHERE state = 'failed'")
    with op.batch_alter_table("message") as message:
        message.alter_column("due_at", nullable=False, existing_type=moment())
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
        for name in (
            *MESSAGE_REFERENCES,
            "event",
            "channel",
            "subject_id",
            "locale",
            "short",
            "calendar",
            "starts_at",
            "due_at",
            "attempts",
            "failure",
            "read_at",
        ):
            message.drop_column(name)


def _create_tables() -> None:
    op.create_table(
        "tick",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("held_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("failure", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tick")),
        sa.UniqueConstraint("name", name=op.f("uq_tick_name")),
    )
    op.create_table(
        "offer_policy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("lead_time", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("strategy", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("wave_size", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "lead_time IN ('normal', 'short', 'urgent')", name=op.f("ck_offer_policy_lead_time")
        ),
        sa.CheckConstraint(
            "strategy IN ('sequence', 'waves', 'all')", name=op.f("ck_offer_policy_strategy")
        ),
        sa.CheckConstraint("wave_size BETWEEN 1 AND 50", name=op.f("ck_offer_policy_wave_size")),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_offer_policy_sponsor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_policy")),
        sa.UniqueConstraint(
            "sponsor_id", "lead_time", name=op.f("uq_offer_policy_sponsor_id_lead_time")
        ),
    )
    op.create_index("ix_offer_policy_sponsor_id", "offer_policy", ["sponsor_id"])
    op.create_table(
        "push_subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("p256dh", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("auth", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("last_used_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_push_subscription_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscription")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_subscription_endpoint")),
    )
    op.create_index("ix_push_subscription_account_id", "push_subscription", ["account_id"])
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("secret", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("events", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("previous_secret", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("previous_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("off_reason", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("strikes", sa.Integer(), nullable=False),
        sa.Column("resume_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_webhook_sponsor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_index("ix_webhook_sponsor_id", "webhook", ["sponsor_id"])
    op.create_table(
        "message_preference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("event", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("channel", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('mail', 'push', 'sms', 'none')", name=op.f("ck_message_preference_channel")
        ),
        sa.CheckConstraint(
            "event IN ('offer', 'taken', 'booked', 'reminder', 'changed', 'cancelled', 'standby', 'confirm_record', 'request', 'task', 'digest')",
            name=op.f("ck_message_preference_event"),
        ),
        sa.CheckConstraint(
            "(volunteer_id IS NULL) <> (account_id IS NULL)",
            name=op.f("ck_message_preference_whose"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_message_preference_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_message_preference_volunteer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_preference")),
        sa.UniqueConstraint(
            "account_id", "event", name=op.f("uq_message_preference_account_id_event")
        ),
        sa.UniqueConstraint(
            "volunteer_id", "event", name=op.f("uq_message_preference_volunteer_id_event")
        ),
    )
    op.create_index("ix_message_preference_account_id", "message_preference", ["account_id"])
    op.create_index("ix_message_preference_volunteer_id", "message_preference", ["volunteer_id"])
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("audit_event_id", sa.Uuid(), nullable=False),
        sa.Column("event", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("replay", sa.Boolean(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("failure", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("next_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("delivered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'dead')", name=op.f("ck_webhook_delivery_state")
        ),
        sa.ForeignKeyConstraint(
            ["audit_event_id"], ["audit_event.id"], name=op.f("fk_webhook_delivery_audit_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_webhook_delivery_sponsor_id")
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_delivery_webhook_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
    )
    op.create_index("ix_webhook_delivery_audit_event_id", "webhook_delivery", ["audit_event_id"])
    op.create_index("ix_webhook_delivery_sponsor_id", "webhook_delivery", ["sponsor_id"])
    op.create_index("ix_webhook_delivery_webhook_id", "webhook_delivery", ["webhook_id"])
    op.create_index(
        "uq_webhook_delivery_event",
        "webhook_delivery",
        ["webhook_id", "audit_event_id"],
        unique=True,
        sqlite_where=sa.text("NOT replay"),
        postgresql_where=sa.text("NOT replay"),
    )
    op.create_index(
        "ix_webhook_delivery_waiting",
        "webhook_delivery",
        ["next_at"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "search",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column("strategy", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("wave_size", sa.Integer(), nullable=True),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("cause", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=True),
        sa.Column("act_by", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("next_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "state IN ('running', 'exhausted', 'filled', 'unfilled', 'stopped')",
            name=op.f("ck_search_state"),
        ),
        sa.CheckConstraint(
            "strategy IN ('sequence', 'waves', 'all')", name=op.f("ck_search_strategy")
        ),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_search_seat_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_search_sponsor_id")),
        sa.ForeignKeyConstraint(["started_by"], ["account.id"], name=op.f("fk_search_started_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search")),
    )
    op.create_index("ix_search_seat_id", "search", ["seat_id"])
    op.create_index("ix_search_sponsor_id", "search", ["sponsor_id"])
    op.create_index("ix_search_state_next", "search", ["state", "next_at"])
    op.create_index(
        "uq_search_live",
        "search",
        ["seat_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('running', 'exhausted')"),
        postgresql_where=sa.text("state IN ('running', 'exhausted')"),
    )
    op.create_table(
        "standby",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column("option_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('asked', 'ready', 'declined', 'called', 'released')",
            name=op.f("ck_standby_state"),
        ),
        sa.ForeignKeyConstraint(
            ["option_id"], ["request_option.id"], name=op.f("fk_standby_option_id")
        ),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_standby_seat_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_standby_sponsor_id")),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_standby_volunteer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standby")),
    )
    op.create_index("ix_standby_seat_id", "standby", ["seat_id"])
    op.create_index("ix_standby_sponsor_id", "standby", ["sponsor_id"])
    op.create_index("ix_standby_volunteer_id", "standby", ["volunteer_id"])
    op.create_index(
        "uq_standby_live",
        "standby",
        ["seat_id", "volunteer_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('asked', 'ready')"),
        postgresql_where=sa.text("state IN ('asked', 'ready')"),
    )
