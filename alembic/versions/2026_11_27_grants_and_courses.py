"""What the Land grants: own rates, exceptions, notices, courses, tax, benefits, and who is active.

Revision: grants_and_courses
Follows: every_cent
"""

from alembic import op
from app.tables.building import (
    check,
    create,
    day,
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

revision = "grants_and_courses"
down_revision = "every_cent"
branch_labels = None
depends_on = None

SPONSOR_TABLES = (
    "own_rate_plan",
    "cap_exception",
    "grant_notice",
    "tax_choice",
    "declared_income",
    "column_template",
    "course",
    "course_participant",
    "enrolment_change",
)
"""In the order in which they point to each other."""


def upgrade() -> None:
    """Make the tables, and note who is active now."""
    _create_rules()
    _create_tax()
    _create_courses()
    _create_standing()
    if is_postgres():
        for name in SPONSOR_TABLES:
            wall(name, "sponsor_id = ANY (lotsenwerk_sponsors())")
        hers = "volunteer_id IN (SELECT id FROM volunteer WHERE account_id = lotsenwerk_account())"
        wall("benefit_wish", f"({hers})")


def downgrade() -> None:
    """Take them away with all that is in them."""
    for table in ("benefit_wish", *reversed(SPONSOR_TABLES)):
        op.drop_table(table)


def _create_rules() -> None:
    create(
        "own_rate_plan",
        reference("sponsor_id", "sponsor"),
        string("key", 60),
        json("rule"),
        unique("sponsor_id", "key"),
        indexed=["sponsor_id"],
    )
    create(
        "cap_exception",
        reference("sponsor_id", "sponsor"),
        reference("client_case_id", "client_case"),
        number("grant_year"),
        number("extra"),
        day("granted_on"),
        reference("decided_by", "account", nullable=True),
        string("reason", 300),
        check("extra", "extra > 0"),
        indexed=["client_case_id", "sponsor_id"],
    )
    create(
        "grant_notice",
        reference("sponsor_id", "sponsor"),
        string("funding_line", 40),
        number("year"),
        string("purpose", 12),
        string("reference", 80),
        string("state", 12),
        number("applied_cents"),
        number("amount_cents"),
        day("starts_on"),
        day("ends_on"),
        day("applied_on", nullable=True),
        day("noticed_on", nullable=True),
        day("proof_sent_on", nullable=True),
        one_of(
            "state", "planned", "applied", "granted", "running", "ended", "proof_due",
            "proof_sent", "closed",
        ),
        one_of("purpose", "guides", "interpreters", "coordination", "courses"),
        unique("sponsor_id", "funding_line", "year", "purpose"),
        check("days", "starts_on <= ends_on"),
        check("amounts", "amount_cents >= 0 AND applied_cents >= 0"),
        indexed=["sponsor_id"],
    )  # fmt: skip


def _create_tax() -> None:
    create(
        "tax_choice",
        reference("sponsor_id", "sponsor"),
        string("role", 20),
        string("rule", 4),
        number("from_year"),
        string("reason", 300),
        reference("decided_by", "account", nullable=True),
        one_of("rule", "26a", "26", "none"),
        unique("sponsor_id", "role", "from_year"),
        indexed=["sponsor_id"],
    )
    create(
        "declared_income",
        reference("sponsor_id", "sponsor"),
        reference("volunteer_id", "volunteer"),
        number("tax_year"),
        string("rule", 4),
        number("amount_cents"),
        reference("declared_by", "account", nullable=True),
        one_of("rule", "26a", "26", "none"),
        check("amount", "amount_cents >= 0"),
        indexed=["sponsor_id", "volunteer_id"],
    )
    create(
        "benefit_wish",
        reference("volunteer_id", "volunteer"),
        string("benefit", 8),
        unique("volunteer_id"),
        indexed=["volunteer_id"],
    )
    create(
        "column_template",
        reference("sponsor_id", "sponsor"),
        string("report", 40),
        string("name", 80),
        json("columns"),
        unique("sponsor_id", "report", "name"),
        indexed=["sponsor_id"],
    )


def _create_courses() -> None:
    create(
        "course",
        reference("sponsor_id", "sponsor"),
        string("kind", 20),
        string("title", 200),
        string("moderator", 200),
        number("units"),
        day("starts_on"),
        day("ends_on"),
        number("cost_cents"),
        string("state", 10),
        moment("held_at", nullable=True),
        one_of("kind", "basic_guide", "basic_interpreter", "deepening", "reflection"),
        one_of("state", "planned", "held", "cancelled"),
        check("days", "starts_on <= ends_on"),
        check("units", "units > 0 AND cost_cents >= 0"),
        indexed=["sponsor_id"],
    )
    create(
        "course_participant",
        reference("sponsor_id", "sponsor"),
        reference("course_id", "course"),
        reference("volunteer_id", "volunteer"),
        number("units"),
        string("attendance", 10),
        day("certified_on", nullable=True),
        reference("training_id", "training", nullable=True),
        one_of("attendance", "registered", "attended", "missed"),
        unique("course_id", "volunteer_id"),
        check("units", "units >= 0"),
        indexed=["sponsor_id", "volunteer_id"],
    )


def _create_standing() -> None:
    create(
        "enrolment_change",
        reference("sponsor_id", "sponsor"),
        reference("volunteer_id", "volunteer"),
        string("state", 12),
        json("roles"),
        truth("coordinating"),
        indexed=["sponsor_id", "volunteer_id"],
    )
    op.create_index(
        "ix_enrolment_change_sponsor_created", "enrolment_change", ["sponsor_id", "created_at"]
    )
    fresh = "gen_random_uuid()" if is_postgres() else "lower(hex(randomblob(16)))"
    op.execute(
        "INSERT INTO enrolment_change (id, created_at, updated_at, sponsor_id, volunteer_id, state,"
        f" roles, coordinating) SELECT {fresh}, created_at, updated_at, sponsor_id, volunteer_id,"
        " state, roles, coordinating FROM enrolment"
    )
