"""What was done: hours without an appointment, closed months, how a record came in.

Revision: what_was_done
Follows: who_may_see_what

`service_record` is rebuilt on SQLite, which changes a check in no other way.
"""

from alembic import op
from app.tables.building import (
    add_columns,
    check,
    create,
    day,
    drop_columns,
    hold,
    index_some,
    is_postgres,
    json,
    moment,
    number,
    one_of,
    reference,
    string,
    wall,
)

revision = "what_was_done"
down_revision = "who_may_see_what"
branch_labels = None
depends_on = None

TABLES = ("activity", "closed_month")
COLUMNS = {
    "service_record": (
        ("source", "VARCHAR(8) NOT NULL DEFAULT 'app'"),
        ("kilometres", "INTEGER NOT NULL DEFAULT 0"),
        ("reminders", "INTEGER NOT NULL DEFAULT 0"),
        ("doubts", "JSON NOT NULL DEFAULT '[]'"),
    ),
    "assignment": (("code_tries", "INTEGER NOT NULL DEFAULT 0"),),
}
BEFORE = ("performed", "client_no_show", "cut_short")
OUTCOMES = (*BEFORE, "aborted", "cancelled_late")


def upgrade() -> None:
    """Make tables and columns, and allow more outcomes."""
    _create_hours()
    add_columns(COLUMNS)
    hold("service_record", "outcome", OUTCOMES)
    if is_postgres():
        for name in TABLES:
            wall(name, "sponsor_id = ANY (lotsenwerk_sponsors())")


def downgrade() -> None:
    """Take them away; activities are lost."""
    op.execute("UPDATE service_record SET outcome = 'cut_short' WHERE outcome = 'aborted'")
    op.execute("UPDATE service_record SET outcome = 'performed' WHERE outcome = 'cancelled_late'")
    hold("service_record", "outcome", BEFORE)
    drop_columns(COLUMNS)
    for name in TABLES:
        op.drop_table(name)


def _create_hours() -> None:
    create(
        "activity",
        reference("sponsor_id", "sponsor"),
        reference("volunteer_id", "volunteer"),
        string("role", 20),
        string("kind", 16),
        moment("started_at"),
        moment("ended_at"),
        number("break_minutes"),
        number("minutes"),
        number("kilometres"),
        string("fundable", 8),
        string("state", 12),
        string("source", 8),
        reference("reported_by", "account", nullable=True),
        reference("confirmed_by", "account", nullable=True),
        moment("confirmed_at", nullable=True),
        string("reason", 300),
        json("doubts"),
        one_of(
            "kind", "consultation", "team_meeting", "outreach", "accompaniment", "training",
            "organisation", "other",
        ),
        one_of("state", "reported", "confirmed", "rejected"),
        one_of("fundable", "yes", "no", "unknown"),
        check("span", "started_at < ended_at"),
        check("minutes", "break_minutes >= 0 AND minutes > 0"),
        indexed=["sponsor_id"],
    )  # fmt: skip
    op.create_index("ix_activity_volunteer_span", "activity", ["volunteer_id", "started_at"])
    create(
        "closed_month",
        reference("sponsor_id", "sponsor"),
        day("month"),
        reference("closed_by", "account", nullable=True),
        moment("reopened_at", nullable=True),
        reference("reopened_by", "account", nullable=True),
        string("reason", 300),
        indexed=["sponsor_id"],
    )
    index_some(
        "uq_closed_month_closed",
        "closed_month",
        ["sponsor_id", "month"],
        "reopened_at IS NULL",
        unique=True,
    )
