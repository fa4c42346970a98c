"""What a volunteer answers besides yes and no, and what she declines.

Revision: other_times
Follows: the_last_cents
"""

from alembic import op
from app.tables.building import (
    add_columns,
    check,
    create,
    drop_columns,
    index_some,
    is_postgres,
    moment,
    reference,
    string,
    unique,
    wall,
)

revision = "other_times"
down_revision = "the_last_cents"
branch_labels = None
depends_on = None

COLUMNS = {
    "offer": [("call_asked_at", "MOMENT")],
    "exclusion": [("by_office", "BOOLEAN NOT NULL DEFAULT false")],
}
ONCE = "uq_exclusion_institution"


def upgrade() -> None:
    """Keep the times she offers instead, that she wants a call, and who excluded a place."""
    add_columns(COLUMNS)
    create(
        "offered_time",
        reference("sponsor_id", "sponsor"),
        reference("offer_id", "offer"),
        moment("starts_at"),
        moment("ends_at"),
        string("note", 300),
        check("span", "starts_at < ends_at"),
        unique("offer_id", "starts_at"),
        indexed=["offer_id", "sponsor_id"],
    )
    _drop_doubles()
    columns = ["volunteer_id", "sponsor_id", "institution_id"]
    index_some(ONCE, "exclusion", columns, "institution_id IS NOT NULL", unique=True)
    if is_postgres():
        wall("offered_time", "sponsor_id = ANY (lotsenwerk_sponsors())")


def downgrade() -> None:
    """Take it back; the times that were offered are lost."""
    op.drop_index(ONCE, "exclusion")
    op.drop_table("offered_time")
    drop_columns(COLUMNS)


def _drop_doubles() -> None:
    """Of the same place excluded twice the first one stays."""
    op.execute(
        "DELETE FROM exclusion WHERE EXISTS (SELECT 1 FROM exclusion AS other"
        " WHERE other.volunteer_id = exclusion.volunteer_id"
        " AND other.sponsor_id = exclusion.sponsor_id"
        " AND other.institution_id = exclusion.institution_id AND other.id < exclusion.id)"
    )
