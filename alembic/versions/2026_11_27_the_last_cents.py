"""What was still missing between the hours and the bank.

Revision: the_last_cents
Follows: grants_and_courses
"""

import sqlalchemy as sa

from alembic import op
from app.tables.building import (
    add_columns,
    create,
    drop_columns,
    index_some,
    is_postgres,
    reference,
    string,
    unique,
    wall,
)

revision = "the_last_cents"
down_revision = "grants_and_courses"
branch_labels = None
depends_on = None

GRANTS = {
    "grant_notice": [
        ("declared_on", "DATE"),
        ("change_reason", "VARCHAR(300) NOT NULL DEFAULT ''"),
    ]
}


def _up_grants() -> None:
    """When a declaration was sent, and why a grant has changed."""
    add_columns(GRANTS)


def _down_grants() -> None:
    drop_columns(GRANTS)


PAYRUNS = {"payrun": [("reason", "VARCHAR(300) NOT NULL DEFAULT ''")]}


def _up_payruns() -> None:
    """Why a payrun was taken back, and the statements that were handed out."""
    add_columns(PAYRUNS)
    create(
        "statement_paper",
        reference("sponsor_id", "sponsor"),
        reference("payment_id", "payment"),
        reference("volunteer_id", "volunteer"),
        string("locale", 8),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        unique("payment_id", "locale"),
        indexed=["sponsor_id", "volunteer_id"],
    )
    if is_postgres():
        wall("statement_paper", "sponsor_id = ANY (lotsenwerk_sponsors())")


def _down_payruns() -> None:
    op.drop_table("statement_paper")
    drop_columns(PAYRUNS)


EXCEPTIONS = {"cap_exception": [("withdrawn_at", "MOMENT")]}


def _up_exceptions() -> None:
    """When an exception from a client's cap was taken back."""
    add_columns(EXCEPTIONS)


def _down_exceptions() -> None:
    drop_columns(EXCEPTIONS)


COURSES = {"course": [("reason", "VARCHAR(300) NOT NULL DEFAULT ''"), ("proof_sent_on", "DATE")]}


def _up_courses() -> None:
    """Why a course was called off, or opened once more, and when its proof was sent."""
    add_columns(COURSES)


def _down_courses() -> None:
    drop_columns(COURSES)


TAXES = {"tax_choice": [("withdrawn_at", "MOMENT")]}
DECIDED = ["sponsor_id", "role", "from_year"]
STANDING = "uq_tax_choice_standing"


def _up_taxes() -> None:
    """When a tax rule was taken back: what was drawn before went by it."""
    add_columns(TAXES)
    with op.batch_alter_table("tax_choice") as choice:
        choice.drop_constraint(op.f("uq_tax_choice_" + "_".join(DECIDED)), type_="unique")
    index_some(STANDING, "tax_choice", DECIDED, "withdrawn_at IS NULL", unique=True)


def _down_taxes() -> None:
    op.execute("DELETE FROM tax_choice WHERE withdrawn_at IS NOT NULL")
    op.drop_index(STANDING, "tax_choice")
    drop_columns(TAXES)
    with op.batch_alter_table("tax_choice") as choice:
        choice.create_unique_constraint(op.f("uq_tax_choice_" + "_".join(DECIDED)), DECIDED)


def _up_books() -> None:
    """A line of the books is taken back once, whoever does it at the same time."""
    op.create_index("uq_ledger_entry_reverses", "ledger_entry", ["reverses_id"], unique=True)


def _down_books() -> None:
    op.drop_index("uq_ledger_entry_reverses", "ledger_entry")


def upgrade() -> None:
    """Add what was still missing."""
    _up_exceptions()
    _up_grants()
    _up_payruns()
    _up_courses()
    _up_taxes()
    _up_books()


def downgrade() -> None:
    """Take it away again."""
    _down_books()
    _down_taxes()
    _down_courses()
    _down_exceptions()
    _down_payruns()
    _down_grants()
