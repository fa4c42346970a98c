"""The first tables of people: accounts, sponsors, institutions, volunteers; and the second wall.

Revision: first_people
Follows:
"""

import sqlalchemy as sa

from alembic import op
from app.tables.building import (
    check,
    create,
    day,
    decimal,
    identity,
    index_some,
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

revision = "first_people"
down_revision = None
branch_labels = None
depends_on = None


SPONSOR_TABLES = (
    "audit_event",
    "client_case",
    "enrolment",
    "exclusion",
    "import_batch",
    "membership",
    "message",
    "partnership",
    "policy_rule",
    "rate_plan",
    "signed_link",
    "task",
)
VOLUNTEER_PARTS = ("language_skill", "training", "clearance", "availability_rule", "absence")
TABLES = (
    "account",
    "idempotency_key",
    "institution",
    "job",
    "sponsor",
    "api_token",
    "audit_event",
    "client_case",
    "contact",
    "import_batch",
    "membership",
    "message",
    "partnership",
    "policy_rule",
    "rate_plan",
    "session_token",
    "signed_link",
    "task",
    "volunteer",
    "absence",
    "availability_rule",
    "clearance",
    "enrolment",
    "exclusion",
    "language_skill",
    "training",
)
"""In the order in which they point to each other."""


def _raise_walls() -> None:
    """Row-level security: a transaction sees only the sponsors it was told to see."""
    for name, kind, setting in (
        ("system", "boolean", "coalesce(current_setting('lotsenwerk.system', true), '') = 'on'"),
        ("account", "uuid", "nullif(current_setting('lotsenwerk.account', true), '')::uuid"),
        ("sponsors", "uuid[]", "nullif(current_setting('lotsenwerk.sponsors', true), '')::uuid[]"),
    ):
        op.execute(
            f"CREATE FUNCTION lotsenwerk_{name}() RETURNS {kind} LANGUAGE sql STABLE"
            f" AS $$ SELECT {setting} $$"
        )
    mine = "account_id = lotsenwerk_account()"
    in_scope = "sponsor_id = ANY (lotsenwerk_sponsors())"
    for table in SPONSOR_TABLES:
        wall(table, f"{in_scope} OR {mine}" if table == "membership" else in_scope)
    wall("sponsor", "id = ANY (lotsenwerk_sponsors())")
    enrolled = f"id IN (SELECT volunteer_id FROM enrolment WHERE {in_scope})"
    wall("volunteer", f"{enrolled} OR {mine}", may_insert="true")
    for table in VOLUNTEER_PARTS:
        wall(table, "volunteer_id IN (SELECT id FROM volunteer)")
    partners = f"SELECT institution_id FROM partnership WHERE {in_scope}"
    wall("institution", f"id IN ({partners})", may_insert="true")
    wall("contact", f"institution_id IN ({partners}) OR {mine}")


def _lower_walls() -> None:
    """Take policies and their functions away again."""
    policies = op.get_bind().execute(
        sa.text("SELECT policyname, tablename FROM pg_policies WHERE policyname LIKE 'wall%'")
    )
    for policy, table in policies.all():
        op.execute(f"DROP POLICY {policy} ON {table}")
    for name in ("system", "account", "sponsors"):
        op.execute(f"DROP FUNCTION lotsenwerk_{name}()")


def upgrade() -> None:
    """Make the tables, and the second wall around them."""
    _create_house()
    _create_volunteers()
    if is_postgres():
        _raise_walls()


def _create_house() -> None:
    """Accounts, sponsors, institutions, and what keeps the service honest."""
    create(
        "account",
        string("email", 254),
        string("name", 200),
        string("password_hash", nullable=True),
        string("locale", 8),
        truth("active"),
        unique("email"),
    )
    create(
        "idempotency_key",
        identity("account_id"),
        string("key", 100),
        string("fingerprint", 64),
        number("status"),
        json("headers"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        unique("account_id", "key"),
    )
    create(
        "institution",
        string("name", 200),
        string("kind", 40),
        string("kind_label", 100),
        string("street", 200),
        string("postal_code", 5),
        string("town", 100),
        string("region_ags", 8, nullable=True),
        decimal("lat"),
        decimal("lon"),
        string("phone", 40),
        string("email", 254),
        string("contact_name", 200),
    )
    create(
        "job",
        string("name", 60),
        identity("subject_id"),
        string("state", 8),
        moment("due_at"),
        moment("started_at", nullable=True),
        number("attempts"),
        string("failure", 300),
        one_of("state", "waiting", "running", "done", "failed"),
    )
    op.create_index("ix_job_state_due", "job", ["state", "due_at"])
    create(
        "sponsor",
        string("name", 200),
        string("kind", 24),
        truth("nonprofit"),
        number("population", nullable=True),
        json("regions"),
        json("settings"),
        one_of(
            "kind",
            "district",
            "independent_city",
            "special_status_city",
            "commune",
            "church",
            "nonprofit",
            "migrant_organisation",
            "alliance",
        ),
        unique("name"),
    )
    create(
        "api_token",
        reference("account_id", "account"),
        string("name", 100),
        string("token_hash", 64),
        moment("expires_at", nullable=True),
        moment("revoked_at", nullable=True),
        unique("token_hash"),
        indexed=["account_id"],
    )
    create(
        "audit_event",
        reference("sponsor_id", "sponsor"),
        identity("account_id", nullable=True),
        string("via", 20),
        string("action", 60),
        string("subject_type", 30),
        identity("subject_id"),
        json("details"),
        indexed=["sponsor_id"],
    )
    op.create_index("ix_audit_event_subject", "audit_event", ["subject_type", "subject_id"])
    create(
        "client_case",
        reference("sponsor_id", "sponsor"),
        string("pseudonym", 64),
        unique("sponsor_id", "pseudonym"),
        indexed=["sponsor_id"],
    )
    create(
        "contact",
        reference("account_id", "account"),
        reference("institution_id", "institution"),
        unique("account_id", "institution_id"),
        indexed=["account_id", "institution_id"],
    )
    create(
        "import_batch",
        reference("sponsor_id", "sponsor"),
        reference("account_id", "account", nullable=True),
        string("content_hash", 64),
        json("outcome"),
        moment("finished_at"),
        indexed=["sponsor_id"],
    )
    create(
        "membership",
        reference("sponsor_id", "sponsor"),
        reference("account_id", "account"),
        string("role", 20),
        one_of("role", "coordinator", "finance", "lead"),
        unique("account_id", "sponsor_id", "role"),
        indexed=["account_id", "sponsor_id"],
    )
    create(
        "message",
        reference("sponsor_id", "sponsor"),
        string("recipient", 254),
        string("subject", 200),
        string("body"),
        string("state", 8),
        moment("sent_at", nullable=True),
        one_of("state", "queued", "sent", "failed"),
        indexed=["sponsor_id"],
    )
    create(
        "partnership",
        reference("sponsor_id", "sponsor"),
        reference("institution_id", "institution"),
        day("agreement_since", nullable=True),
        unique("institution_id", "sponsor_id"),
        indexed=["institution_id", "sponsor_id"],
    )
    create(
        "policy_rule",
        reference("sponsor_id", "sponsor"),
        string("role", 20),
        string("institution_kind", 40),
        string("topic", 40),
        string("effect", 24),
        string("reason", 300),
        one_of("effect", "allow", "allow_with_training", "forbid"),
        unique("sponsor_id", "role", "institution_kind", "topic"),
        indexed=["sponsor_id"],
    )
    create(
        "rate_plan",
        reference("sponsor_id", "sponsor"),
        string("source_key", 60),
        day("valid_from"),
        day("valid_to", nullable=True),
        unique("sponsor_id", "source_key", "valid_from"),
        indexed=["sponsor_id"],
    )
    create(
        "session_token",
        reference("account_id", "account"),
        string("token_hash", 64),
        moment("expires_at"),
        moment("revoked_at", nullable=True),
        unique("token_hash"),
        indexed=["account_id"],
    )
    create(
        "signed_link",
        reference("sponsor_id", "sponsor"),
        string("token_hash", 64),
        string("purpose", 20),
        identity("subject_id"),
        moment("expires_at"),
        moment("used_at", nullable=True),
        one_of("purpose", "answer_offer", "confirm_record"),
        unique("token_hash"),
        indexed=["sponsor_id", "subject_id"],
    )
    create(
        "task",
        reference("sponsor_id", "sponsor"),
        string("code", 160),
        json("params"),
        string("subject_type", 20),
        identity("subject_id"),
        string("state", 12),
        json("answer", nullable=True),
        reference("resolved_by", "account", nullable=True),
        moment("resolved_at", nullable=True),
        one_of("state", "open", "resolved"),
        indexed=["sponsor_id", "subject_id"],
    )
    op.create_index("ix_task_sponsor_state", "task", ["sponsor_id", "state"])
    index_some("uq_task_open", "task", ["subject_id", "code"], "state = 'open'", unique=True)


def _create_volunteers() -> None:
    """Volunteers, their papers and their time."""
    create(
        "volunteer",
        reference("account_id", "account", nullable=True),
        string("surname", 100),
        string("given_name", 100),
        string("identity_key", 64),
        day("birth_date"),
        string("gender", 8),
        string("postal_code", 5),
        string("town", 100),
        decimal("lat"),
        decimal("lon"),
        string("transport", 20),
        string("german_level", 8, nullable=True),
        string("phone", 40),
        string("email", 254),
        string("iban", 34),
        truth("phone_only"),
        json("only_kinds"),
        string("note", 300),
        one_of("gender", "f", "m", "d", "unknown"),
        unique("account_id"),
        indexed=["identity_key"],
    )
    create(
        "absence",
        reference("volunteer_id", "volunteer"),
        day("first_day"),
        day("last_day"),
        string("reason", 100),
        check("days", "first_day <= last_day"),
        indexed=["volunteer_id"],
    )
    create(
        "availability_rule",
        reference("volunteer_id", "volunteer"),
        number("weekday"),
        number("start_minute"),
        number("end_minute"),
        truth("soft"),
        number("every_weeks"),
        truth("term_time_only"),
        day("valid_from", nullable=True),
        day("valid_to", nullable=True),
        check("every_weeks", "every_weeks BETWEEN 1 AND 8"),
        check("window", "start_minute >= 0 AND end_minute <= 1440 AND start_minute < end_minute"),
        check("weekday", "weekday BETWEEN 0 AND 6"),
        indexed=["volunteer_id"],
    )
    create(
        "clearance",
        reference("volunteer_id", "volunteer"),
        string("kind", 12),
        day("issued_on", nullable=True),
        day("seen_on"),
        day("valid_to", nullable=True),
        one_of("kind", "conduct", "measles", "declaration"),
        unique("volunteer_id", "kind", "seen_on"),
        indexed=["volunteer_id"],
    )
    create(
        "enrolment",
        reference("sponsor_id", "sponsor"),
        reference("volunteer_id", "volunteer"),
        json("roles"),
        truth("coordinating"),
        string("state", 12),
        day("listing_renewed_on"),
        number("week_minutes"),
        number("day_assignments"),
        string("source_key", 80),
        one_of("state", "applied", "in_training", "released", "paused", "ended"),
        check("day_assignments_positive", "day_assignments > 0"),
        check("week_minutes_positive", "week_minutes > 0"),
        unique("volunteer_id", "sponsor_id"),
        indexed=["sponsor_id", "volunteer_id"],
    )
    create(
        "exclusion",
        reference("sponsor_id", "sponsor"),
        reference("volunteer_id", "volunteer"),
        reference("institution_id", "institution", nullable=True),
        string("institution_kind", 40),
        reference("client_case_id", "client_case", nullable=True),
        check(
            "target",
            "institution_id IS NOT NULL OR institution_kind <> '' OR client_case_id IS NOT NULL",
        ),
        indexed=["sponsor_id", "volunteer_id"],
    )
    index_some(
        "uq_exclusion_kind",
        "exclusion",
        ["volunteer_id", "sponsor_id", "institution_kind"],
        "institution_kind <> ''",
        unique=True,
    )
    create(
        "language_skill",
        reference("volunteer_id", "volunteer"),
        string("language", 16),
        string("level", 8, nullable=True),
        unique("volunteer_id", "language"),
        indexed=["volunteer_id"],
    )
    create(
        "training",
        reference("volunteer_id", "volunteer"),
        string("role", 20),
        number("units"),
        day("done_on"),
        indexed=["volunteer_id"],
    )


def downgrade() -> None:
    """Take everything away."""
    if is_postgres():
        _lower_walls()
    for table in reversed(TABLES):
        op.drop_table(table)
