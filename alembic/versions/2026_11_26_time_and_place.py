"""When, where and in what shape: calendars, rules of availability, series, parents' days, ways.

Revision: time_and_place
Follows: show_progress

Columns are added in plain SQL that both databases read; only `request` is rebuilt on SQLite, which
keeps the name of a new reference in no other way.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "time_and_place"
down_revision = "show_progress"
branch_labels = None
depends_on = None

SPONSOR_TABLES = ("series", "parents_day")
VOLUNTEER_PARTS = ("availability_recurrence", "extra_time", "busy_feed", "busy_span")
SEASONS = "('always', 'term_time', 'school_holidays')"
TIME = {"postgresql": "TIMESTAMP WITH TIME ZONE", "sqlite": "DATETIME"}
COLUMNS = {
    "absence": (
        ("start_minute", "INTEGER NOT NULL DEFAULT 0"),
        (
            "end_minute",
            "INTEGER NOT NULL DEFAULT 1440 CONSTRAINT ck_absence_window CHECK"
            " (start_minute >= 0 AND end_minute <= 1440 AND start_minute < end_minute)",
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
        ("undone_at", TIME),
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


def _dialect() -> str:
    return op.get_bind().dialect.name


def _add_columns() -> None:
    for table, columns in COLUMNS.items():
        for name, declared in columns:
            kind = declared if isinstance(declared, str) else declared[_dialect()]
            op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")
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
    for table, columns in COLUMNS.items():
        for name, _ in reversed(columns):
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")


def _wall(table: str, sees: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY wall ON {table} USING (lotsenwerk_system() OR {sees})")


def _raise_walls() -> None:
    for table in SPONSOR_TABLES:
        _wall(table, "sponsor_id = ANY (lotsenwerk_sponsors())")
    for table in VOLUNTEER_PARTS:
        _wall(table, "volunteer_id IN (SELECT id FROM volunteer)")
    _wall("calendar_feed", "account_id = lotsenwerk_account()")


def upgrade() -> None:
    """Make the tables and columns; a window outside of the school holidays becomes a season."""
    _create_tables()
    _add_columns()
    op.execute("UPDATE availability_rule SET season = 'term_time' WHERE term_time_only")
    op.execute("UPDATE availability_rule SET anchor_day = valid_from WHERE every_weeks > 1")
    op.drop_column("availability_rule", "term_time_only")
    if _dialect() == "postgresql":
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
    op.create_table(
        "travel_time",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("service", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("transport", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("origin", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column("destination", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("fetched_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_travel_time_minutes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_travel_time")),
        sa.UniqueConstraint(
            "service",
            "transport",
            "origin",
            "destination",
            name=op.f("uq_travel_time_service_transport_origin_destination"),
        ),
    )
    op.create_table(
        "parents_day",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.CheckConstraint("slot_minutes BETWEEN 5 AND 60", name=op.f("ck_parents_day_slot")),
        sa.CheckConstraint(
            "start_minute >= 0 AND end_minute <= 1440 AND start_minute < end_minute",
            name=op.f("ck_parents_day_window"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_parents_day_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_parents_day_sponsor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parents_day")),
    )
    op.create_index(op.f("ix_parents_day_day"), "parents_day", ["day"])
    op.create_index(op.f("ix_parents_day_institution_id"), "parents_day", ["institution_id"])
    op.create_index(op.f("ix_parents_day_sponsor_id"), "parents_day", ["sponsor_id"])

    op.create_table(
        "series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("follows_id", sa.Uuid(), nullable=True),
        sa.Column("rule", sqlmodel.sql.sqltypes.AutoString(length=512), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("template", sa.JSON(), nullable=False),
        sa.CheckConstraint("duration_minutes > 0", name=op.f("ck_series_duration")),
        sa.CheckConstraint("start_minute BETWEEN 0 AND 1439", name=op.f("ck_series_start")),
        sa.ForeignKeyConstraint(["follows_id"], ["series.id"], name=op.f("fk_series_follows_id")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_series_institution_id")
        ),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_series_sponsor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
    )
    op.create_index(op.f("ix_series_institution_id"), "series", ["institution_id"])
    op.create_index(op.f("ix_series_sponsor_id"), "series", ["sponsor_id"])

    op.create_table(
        "availability_recurrence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sqlmodel.sql.sqltypes.AutoString(length=512), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.Column("soft", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "start_minute >= 0 AND end_minute <= 1440 AND start_minute < end_minute",
            name=op.f("ck_availability_recurrence_window"),
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_availability_recurrence_volunteer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability_recurrence")),
    )
    op.create_index(
        op.f("ix_availability_recurrence_volunteer_id"), "availability_recurrence", ["volunteer_id"]
    )

    op.create_table(
        "busy_feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("etag", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("fetched_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("next_fetch_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("failure", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_busy_feed_volunteer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_feed")),
    )
    op.create_index(op.f("ix_busy_feed_volunteer_id"), "busy_feed", ["volunteer_id"])

    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("detail", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=True),
        sa.Column("sponsor_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("last_used_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("revoked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'volunteer') = (volunteer_id IS NOT NULL) AND (kind = 'coordinator') = (sponsor_id IS NOT NULL)",
            name=op.f("ck_calendar_feed_whose"),
        ),
        sa.CheckConstraint("detail IN ('minimal', 'full')", name=op.f("ck_calendar_feed_detail")),
        sa.CheckConstraint(
            "kind IN ('volunteer', 'coordinator')", name=op.f("ck_calendar_feed_kind")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_calendar_feed_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_calendar_feed_sponsor_id")
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_calendar_feed_volunteer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_index(op.f("ix_calendar_feed_account_id"), "calendar_feed", ["account_id"])

    op.create_table(
        "extra_time",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.Column("soft", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "start_minute >= 0 AND end_minute <= 1440 AND start_minute < end_minute",
            name=op.f("ck_extra_time_window"),
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_extra_time_volunteer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extra_time")),
    )
    op.create_index(op.f("ix_extra_time_volunteer_id"), "extra_time", ["volunteer_id"])

    op.create_table(
        "busy_span",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("busy_feed_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_busy_span_span")),
        sa.ForeignKeyConstraint(
            ["busy_feed_id"], ["busy_feed.id"], name=op.f("fk_busy_span_busy_feed_id")
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_busy_span_volunteer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_span")),
    )
    op.create_index(op.f("ix_busy_span_busy_feed_id"), "busy_span", ["busy_feed_id"])
    op.create_index(op.f("ix_busy_span_volunteer_id"), "busy_span", ["volunteer_id"])
    op.create_index(
        op.f("ix_busy_span_volunteer_start"), "busy_span", ["volunteer_id", "starts_at"]
    )
