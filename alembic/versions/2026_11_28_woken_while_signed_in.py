"""A browser is woken only as long as somebody is signed in there.

Revision: woken_while_signed_in
Follows: said_of_the_app
"""

from app.tables.building import add_columns, drop_columns, is_postgres

revision = "woken_while_signed_in"
down_revision = "said_of_the_app"
branch_labels = None
depends_on = None


def _columns() -> dict[str, list[tuple[str, str]]]:
    """The session that entered the browser; no reference, since sessions are cleared away."""
    return {"push_subscription": [("session_id", "UUID" if is_postgres() else "CHAR(32)")]}


def upgrade() -> None:
    """Add the column; what was entered before belongs to no session."""
    add_columns(_columns())


def downgrade() -> None:
    """Take it away."""
    drop_columns(_columns())
