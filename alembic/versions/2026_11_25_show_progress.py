"""How far a planning run is, and what one more chance to fill a seat would be worth.

Revision: show_progress
Follows: first_tables
"""

import sqlalchemy as sa

from alembic import op

revision = "show_progress"
down_revision = "first_tables"
branch_labels = None
depends_on = None

PRICED = ("proposal", "unfilled_reason")


def upgrade() -> None:
    """Add the columns; runs of the past have neither progress nor prices."""
    op.add_column("plan", sa.Column("progress", sa.JSON(), nullable=True))
    for table in PRICED:
        op.add_column(table, sa.Column("price", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Take the columns away; plain on both databases, so that no constraint is lost."""
    for table in PRICED:
        op.drop_column(table, "price")
    op.drop_column("plan", "progress")
