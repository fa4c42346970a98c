"""How far a planning run is.

Revision: show_progress
Follows: first_tables
"""

import sqlalchemy as sa
from alembic import op

revision = "show_progress"
down_revision = "first_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; runs of the past have no progress."""
    op.add_column("plan", sa.Column("progress", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Take the column away; plain on both databases, so that no constraint is lost."""
    op.drop_column("plan", "progress")
