"""What people say of the app and of barriers in it.

Revision: said_of_the_app
Follows: on_the_way

`feedback` belongs to no sponsor: it has no wall.
"""

from alembic import op
from app.tables.building import create, day, moment, one_of, string

revision = "said_of_the_app"
down_revision = "on_the_way"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    create(
        "feedback",
        string("kind", 8),
        string("text", 2000),
        string("page", 200),
        string("reply_to", 254),
        day("answer_by"),
        moment("answered_at", nullable=True),
        one_of("kind", "barrier", "mistake", "wish"),
    )


def downgrade() -> None:
    """Take it away; what people said is lost."""
    op.drop_table("feedback")
