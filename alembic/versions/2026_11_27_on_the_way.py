"""On the way, begun, ended; what an institution says of it.

Revision: on_the_way
Follows: other_times
"""

from app.tables.building import add_columns, drop_columns

revision = "on_the_way"
down_revision = "other_times"
branch_labels = None
depends_on = None


def _one_of(table: str, column: str, length: int, *values: str) -> tuple[str, str]:
    """A column that is empty or holds one of some values; its rule goes with it."""
    listed = ", ".join(f"'{value}'" for value in ("", *values))
    rule = f"CONSTRAINT ck_{table}_{column} CHECK ({column} IN ({listed}))"
    return column, f"VARCHAR({length}) NOT NULL DEFAULT '' {rule}"


COLUMNS = {
    "assignment": [
        ("on_the_way_at", "MOMENT"),
        ("started_at", "MOMENT"),
        ("finished_at", "MOMENT"),
    ],
    "service_record": [
        _one_of("service_record", "feedback", 8, "good", "fair", "poor"),
        ("feedback_note", "VARCHAR(300) NOT NULL DEFAULT ''"),
        _one_of(
            "service_record", "institution_outcome", 16,
            "performed", "client_no_show", "cut_short", "aborted", "cancelled_late",
        ),
    ],
}  # fmt: skip


def upgrade() -> None:
    """Add the columns; no table is rebuilt, so that the triggers of `assignment` stay."""
    add_columns(COLUMNS)


def downgrade() -> None:
    """Take them away with what was said."""
    drop_columns(COLUMNS)
