"""When, where and in what shape: calendars, rules of availability, series, parents' days, ways.

Revision: time_and_place
Follows: show_progress

Columns are added in plain SQL that both databases read; only `request` is rebuilt on SQLite, which
keeps the name of a new reference in no other way.
"""

import sqlalchemy as sa

from alembic import op
from app.tables.building import (
    add_columns,
    check,
    create,
    day,
    drop_columns,
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

revision = "time_and_place"
down_revision = "show_progress"
branch_labels = None
depends_on = None

SPONSOR_TABLES = ("series", "parents_day")
VOLUNTEER_PARTS = ("availability_recurrence", "extra_time", "busy_feed", "busy_span")
SEASONS = "('always', 'term_time', 'school_holidays')"
WINDOW = "start_minute >= 0 AND end_minute <= 1440 AND start_minute < end_minute"
COLUMNS = {
    "absence": (
        ("start_minute", "INTEGER NOT NULL DEFAULT 0"),
        (
            "end_minute",
            f"INTEGER NOT NULL DEFAULT 1440 CONSTRAINT ck_absence_window CHECK ({WINDOW})",
        ),
    ),
    "availability_rule": (
        (
            "season",
            "VARCHAR(16) NOT NULL DEFAULT 'always'"
            f" CONSTRAINT ck_availability_rule_season CHECK (season IN {SEASONS})",
        ),
        (
            "parity",
            "VARCHAR(4) NOT NULL DEFAULT ''"
            " CONSTRAINT ck_availability_rule_parity CHECK (parity IN ('', 'even', 'odd'))",
        ),
        ("anchor_day", "DATE"),
    ),
    "import_batch": (
        ("created", "JSON NOT NULL DEFAULT '[]'"),
        ("sources", "JSON NOT NULL DEFAULT '[]'"),
        ("undone_at", "MOMENT"),
    ),
    "language_skill": (
        ("assessed_by", "VARCHAR(100) NOT NULL DEFAULT ''"),
        ("assessed_on", "DATE"),
    ),
    "plan": (("notes", "JSON NOT NULL DEFAULT '[]'"),),
    "seat": (("slots", "JSON NOT NULL DEFAULT '[]'"),),
    "volunteer": (
        ("quiet_from_minute", "INTEGER NOT NULL DEFAULT 1260"),
        ("quiet_to_minute", "INTEGER NOT NULL DEFAULT 420"),
        ("most_day_assignments", "INTEGER"),
        ("most_day_minutes", "INTEGER"),
        ("most_week_minutes", "INTEGER"),
        ("most_travel_minutes", "INTEGER"),
        ("long_days", "BOOLEAN NOT NULL DEFAULT false"),
    ),
}
LEAD_TIME = "lead_time IN ('normal', 'short', 'urgent')"
REFERENCES = {"follow_up_of_id": "request", "series_id": "series", "parents_day_id": "parents_day"}
"""Columns of a request that point elsewhere."""


def _add_columns() -> None:
    add_columns(COLUMNS)
    with op.batch_alter_table("request") as request:
        request.add_column(
            sa.Column("lead_time", sa.String(8), nullable=False, server_default="normal")
        )
        request.add_column(
            sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        request.add_column(sa.Column("series_day", sa.Date()))
        request.add_column(
            sa.Column("series_exception", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        request.create_check_constraint(op.f("ck_request_lead_time"), LEAD_TIME)
        for name, target in REFERENCES.items():
            request.add_column(sa.Column(name, sa.Uuid()))
            request.create_foreign_key(f"fk_request_{name}", target, [name], ["id"])
    op.create_index("ix_request_series_id", "request", ["series_id"])
    op.create_index("ix_request_parents_day_id", "request", ["parents_day_id"])
    op.create_index("uq_request_series_day", "request", ["series_id", "series_day"], unique=True)


def _drop_columns() -> None:
    for index in ("uq_request_series_day", "ix_request_parents_day_id", "ix_request_series_id"):
        op.drop_index(index, "request")
    with op.batch_alter_table("request") as request:
        request.drop_constraint(op.f("ck_request_lead_time"), type_="check")
        for name in REFERENCES:
            request.drop_constraint(f"fk_request_{name}", type_="foreignkey")
            request.drop_column(name)
        for name in ("series_exception", "series_day", "urgent", "lead_time"):
            request.drop_column(name)
    drop_columns(COLUMNS)


def _raise_walls() -> None:
    for table in SPONSOR_TABLES:
        wall(table, "sponsor_id = ANY (lotsenwerk_sponsors())")
    for table in VOLUNTEER_PARTS:
        wall(table, "volunteer_id IN (SELECT id FROM volunteer)")
    wall("calendar_feed", "account_id = lotsenwerk_account()")


def upgrade() -> None:
    """Make the tables and columns; a window outside of the school holidays becomes a season."""
    _create_tables()
    _add_columns()
    op.execute("UPDATE availability_rule SET season = 'term_time' WHERE term_time_only")
    op.execute("UPDATE availability_rule SET anchor_day = valid_from WHERE every_weeks > 1")
    op.drop_column("availability_rule", "term_time_only")
    if is_postgres():
        _raise_walls()


def downgrade() -> None:
    """Take them away; what the older tables cannot say is lost."""
    op.execute(
        "ALTER TABLE availability_rule ADD COLUMN term_time_only BOOLEAN NOT NULL DEFAULT false"
    )
    op.execute("UPDATE availability_rule SET term_time_only = true WHERE season = 'term_time'")
    _drop_columns()
    for table in (
        "busy_span",
        "busy_feed",
        "calendar_feed",
        "extra_time",
        "availability_recurrence",
        "series",
        "parents_day",
        "travel_time",
    ):
        op.drop_table(table)


def _create_tables() -> None:
    create(
        "travel_time",
        string("service", 20),
        string("transport", 20),
        string("origin", 24),
        string("destination", 24),
        number("minutes"),
        moment("fetched_at"),
        check("minutes", "minutes >= 0"),
        unique("service", "transport", "origin", "destination"),
    )
    create(
        "parents_day",
        reference("sponsor_id", "sponsor"),
        reference("institution_id", "institution"),
        day("day"),
        number("start_minute"),
        number("end_minute"),
        number("slot_minutes"),
        json("needs"),
        check("slot", "slot_minutes BETWEEN 5 AND 60"),
        check("window", WINDOW),
        indexed=["day", "institution_id", "sponsor_id"],
    )
    create(
        "series",
        reference("sponsor_id", "sponsor"),
        reference("institution_id", "institution"),
        reference("follows_id", "series", nullable=True),
        string("rule", 512),
        day("first_day"),
        day("last_day"),
        number("start_minute"),
        number("duration_minutes"),
        json("template"),
        check("duration", "duration_minutes > 0"),
        check("start", "start_minute BETWEEN 0 AND 1439"),
        indexed=["institution_id", "sponsor_id"],
    )
    create(
        "availability_recurrence",
        reference("volunteer_id", "volunteer"),
        string("rule", 512),
        day("first_day"),
        number("start_minute"),
        number("end_minute"),
        truth("soft"),
        check("window", WINDOW),
        indexed=["volunteer_id"],
    )
    create(
        "busy_feed",
        reference("volunteer_id", "volunteer"),
        string("address", 1000),
        string("name", 100),
        string("etag", 200),
        moment("fetched_at", nullable=True),
        moment("next_fetch_at"),
        string("failure", 60),
        number("failures"),
        indexed=["volunteer_id"],
    )
    create(
        "calendar_feed",
        reference("account_id", "account"),
        string("kind", 12),
        string("detail", 8),
        string("name", 100),
        reference("volunteer_id", "volunteer", nullable=True),
        reference("sponsor_id", "sponsor", nullable=True),
        string("token_hash", 64),
        moment("last_used_at", nullable=True),
        moment("revoked_at", nullable=True),
        check(
            "whose",
            "(kind = 'volunteer') = (volunteer_id IS NOT NULL)"
            " AND (kind = 'coordinator') = (sponsor_id IS NOT NULL)",
        ),
        one_of("detail", "minimal", "full"),
        one_of("kind", "volunteer", "coordinator"),
        unique("token_hash"),
        indexed=["account_id"],
    )
    create(
        "extra_time",
        reference("volunteer_id", "volunteer"),
        day("day"),
        number("start_minute"),
        number("end_minute"),
        truth("soft"),
        check("window", WINDOW),
        indexed=["volunteer_id"],
    )
    create(
        "busy_span",
        reference("volunteer_id", "volunteer"),
        reference("busy_feed_id", "busy_feed"),
        moment("starts_at"),
        moment("ends_at"),
        check("span", "starts_at < ends_at"),
        indexed=["busy_feed_id", "volunteer_id"],
    )
    op.create_index("ix_busy_span_volunteer_start", "busy_span", ["volunteer_id", "starts_at"])
