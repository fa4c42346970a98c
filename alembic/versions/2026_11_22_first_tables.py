"""The first tables, the overlap guard and the second wall.

Revision: first_tables
Follows:
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "first_tables"
down_revision = None
branch_labels = None
depends_on = None

TAKEN = "('booked', 'performed', 'client_no_show')"
VOLUNTEER_PARTS = (
    "language_skill", "training", "clearance", "availability_rule", "absence",
)  # fmt: skip
SPONSOR_TABLES = (
    "assignment", "audit_event", "claim", "claim_line", "client_case", "enrolment", "exclusion",
    "import_batch", "membership", "message", "offer", "partnership", "payrun", "plan",
    "policy_rule", "proposal", "rate_plan", "request", "request_option", "seat", "service_record",
    "signed_link", "task", "unfilled_reason",
)  # fmt: skip


def guard_overlaps() -> None:
    """One volunteer is never booked twice at the same moment, across sponsors."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        op.execute(
            "ALTER TABLE assignment ADD CONSTRAINT ex_assignment_no_overlap EXCLUDE USING gist"
            " (volunteer_id WITH =, tstzrange(starts_at, ends_at) WITH &&)"
            f" WHERE (state IN {TAKEN})"
        )
        return
    for event in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER ex_assignment_no_overlap_{event.lower()} BEFORE {event} ON assignment"
            f" WHEN NEW.state IN {TAKEN} AND EXISTS (SELECT 1 FROM assignment AS taken"
            " WHERE taken.volunteer_id = NEW.volunteer_id AND taken.id <> NEW.id"
            f" AND taken.state IN {TAKEN}"
            " AND taken.starts_at < NEW.ends_at AND NEW.starts_at < taken.ends_at)"
            " BEGIN SELECT RAISE(ABORT, 'ex_assignment_no_overlap'); END"
        )


def wall(table: str, sees: str, *, may_insert: str | None = None) -> None:
    """Rows of `table` are visible to the system and where `sees` holds; nothing by default."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    rule = f"lotsenwerk_system() OR {sees}"
    if may_insert is None:
        op.execute(f"CREATE POLICY wall ON {table} USING ({rule})")
        return
    for command in ("SELECT", "UPDATE", "DELETE"):
        name = "wall" if command == "SELECT" else f"wall_{command.lower()}"
        op.execute(f"CREATE POLICY {name} ON {table} FOR {command} USING ({rule})")
    op.execute(f"CREATE POLICY wall_insert ON {table} FOR INSERT WITH CHECK ({may_insert})")


def raise_walls() -> None:
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


def lower_walls() -> None:
    """Take policies and their functions away again."""
    policies = op.get_bind().execute(
        sa.text("SELECT policyname, tablename FROM pg_policies WHERE policyname LIKE 'wall%'")
    )
    for policy, table in policies.all():
        op.execute(f"DROP POLICY {policy} ON {table}")
    for name in ("system", "account", "sponsors"):
        op.execute(f"DROP FUNCTION lotsenwerk_{name}()")


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("password_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("locale", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("fingerprint", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_key")),
        sa.UniqueConstraint("account_id", "key", name=op.f("uq_idempotency_key_account_id_key")),
    )
    op.create_table(
        "institution",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("kind_label", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("street", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("postal_code", sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
        sa.Column("town", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("region_ags", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=True),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
        sa.Column("contact_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institution")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failure", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_job_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_state_due", ["state", "due_at"], unique=False)

    op.create_table(
        "sponsor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column("nonprofit", sa.Boolean(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("regions", sa.JSON(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('district', 'independent_city', 'special_status_city', 'commune', 'church', 'nonprofit', 'migrant_organisation', 'alliance')",
            name=op.f("ck_sponsor_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sponsor")),
        sa.UniqueConstraint("name", name=op.f("uq_sponsor_name")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("revoked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_api_token_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_account_id"), ["account_id"], unique=False)

    op.create_table(
        "audit_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("via", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("action", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("subject_type", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_audit_event_sponsor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_event_sponsor_id"), ["sponsor_id"], unique=False)
        batch_op.create_index(
            "ix_audit_event_subject", ["subject_type", "subject_id"], unique=False
        )

    op.create_table(
        "client_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("pseudonym", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_client_case_sponsor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_case")),
        sa.UniqueConstraint(
            "sponsor_id", "pseudonym", name=op.f("uq_client_case_sponsor_id_pseudonym")
        ),
    )
    with op.batch_alter_table("client_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_client_case_sponsor_id"), ["sponsor_id"], unique=False)

    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_contact_account_id")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_contact_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint(
            "account_id", "institution_id", name=op.f("uq_contact_account_id_institution_id")
        ),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_account_id"), ["account_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_contact_institution_id"), ["institution_id"], unique=False
        )

    op.create_table(
        "import_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("content_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("finished_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_import_batch_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_import_batch_sponsor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_import_batch_sponsor_id"), ["sponsor_id"], unique=False
        )

    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.CheckConstraint(
            "role IN ('coordinator', 'finance', 'lead')", name=op.f("ck_membership_role")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_membership_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_membership_sponsor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint(
            "account_id",
            "sponsor_id",
            "role",
            name=op.f("uq_membership_account_id_sponsor_id_role"),
        ),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_sponsor_id"), ["sponsor_id"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("sent_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('queued', 'sent', 'failed')", name=op.f("ck_message_state")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_message_sponsor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_sponsor_id"), ["sponsor_id"], unique=False)

    op.create_table(
        "partnership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_since", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_partnership_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_partnership_sponsor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partnership")),
        sa.UniqueConstraint(
            "institution_id", "sponsor_id", name=op.f("uq_partnership_institution_id_sponsor_id")
        ),
    )
    with op.batch_alter_table("partnership", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partnership_institution_id"), ["institution_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_partnership_sponsor_id"), ["sponsor_id"], unique=False)

    op.create_table(
        "payrun",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("drawn_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("state IN ('drawn', 'paid')", name=op.f("ck_payrun_state")),
        sa.ForeignKeyConstraint(["drawn_by"], ["account.id"], name=op.f("fk_payrun_drawn_by")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_payrun_sponsor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payrun")),
        sa.UniqueConstraint("sponsor_id", "number", name=op.f("uq_payrun_sponsor_id_number")),
    )
    with op.batch_alter_table("payrun", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payrun_sponsor_id"), ["sponsor_id"], unique=False)

    op.create_table(
        "plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("weights", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("input_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("filled", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("method", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("objective", sa.BigInteger(), nullable=True),
        sa.Column("bound", sa.BigInteger(), nullable=True),
        sa.Column("gap", sa.Float(), nullable=True),
        sa.Column("gap_fill", sa.Float(), nullable=True),
        sa.Column("gap_cost", sa.Float(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("failure", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'ready', 'released', 'failed', 'cancelled')",
            name=op.f("ck_plan_state"),
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_plan_days")),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["account.id"], name=op.f("fk_plan_requested_by")
        ),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_plan_sponsor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_sponsor_id"), ["sponsor_id"], unique=False)

    op.create_table(
        "policy_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("institution_kind", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("topic", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("effect", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.CheckConstraint(
            "effect IN ('allow', 'allow_with_training', 'forbid')",
            name=op.f("ck_policy_rule_effect"),
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_policy_rule_sponsor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_rule")),
        sa.UniqueConstraint(
            "sponsor_id",
            "role",
            "institution_kind",
            "topic",
            name=op.f("uq_policy_rule_sponsor_id_role_institution_kind_topic"),
        ),
    )
    with op.batch_alter_table("policy_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_policy_rule_sponsor_id"), ["sponsor_id"], unique=False)

    op.create_table(
        "rate_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("source_key", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_rate_plan_sponsor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_plan")),
        sa.UniqueConstraint(
            "sponsor_id",
            "source_key",
            "valid_from",
            name=op.f("uq_rate_plan_sponsor_id_source_key_valid_from"),
        ),
    )
    with op.batch_alter_table("rate_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rate_plan_sponsor_id"), ["sponsor_id"], unique=False)

    op.create_table(
        "session_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("revoked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_session_token_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_token_token_hash")),
    )
    with op.batch_alter_table("session_token", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_session_token_account_id"), ["account_id"], unique=False
        )

    op.create_table(
        "signed_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("used_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('answer_offer', 'confirm_record')", name=op.f("ck_signed_link_purpose")
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_signed_link_sponsor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_signed_link_token_hash")),
    )
    with op.batch_alter_table("signed_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signed_link_sponsor_id"), ["sponsor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_signed_link_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("subject_type", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("resolved_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'resolved')", name=op.f("ck_task_state")),
        sa.ForeignKeyConstraint(["resolved_by"], ["account.id"], name=op.f("fk_task_resolved_by")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_task_sponsor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_sponsor_id"), ["sponsor_id"], unique=False)
        batch_op.create_index("ix_task_sponsor_state", ["sponsor_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_subject_id"), ["subject_id"], unique=False)
        batch_op.create_index(
            "uq_task_open",
            ["subject_id", "code"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "volunteer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("surname", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("given_name", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("identity_key", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("gender", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("postal_code", sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
        sa.Column("town", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("transport", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("german_level", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=True),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
        sa.Column("iban", sqlmodel.sql.sqltypes.AutoString(length=34), nullable=False),
        sa.Column("phone_only", sa.Boolean(), nullable=False),
        sa.Column("only_kinds", sa.JSON(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.CheckConstraint(
            "gender IN ('f', 'm', 'd', 'unknown')", name=op.f("ck_volunteer_gender")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_volunteer_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer")),
        sa.UniqueConstraint("account_id", name=op.f("uq_volunteer_account_id")),
    )
    with op.batch_alter_table("volunteer", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_volunteer_identity_key"), ["identity_key"], unique=False
        )

    op.create_table(
        "absence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_absence_days")),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_absence_volunteer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_volunteer_id"), ["volunteer_id"], unique=False)

    op.create_table(
        "availability_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.Column("soft", sa.Boolean(), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("term_time_only", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "every_weeks BETWEEN 1 AND 8", name=op.f("ck_availability_rule_every_weeks")
        ),
        sa.CheckConstraint(
            "start_minute >= 0 AND end_minute <= 1440 AND start_minute < end_minute",
            name=op.f("ck_availability_rule_window"),
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_availability_rule_weekday")),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_availability_rule_volunteer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability_rule")),
    )
    with op.batch_alter_table("availability_rule", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_availability_rule_volunteer_id"), ["volunteer_id"], unique=False
        )

    op.create_table(
        "claim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("funding_line", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.Column("checked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("payrun_id", sa.Uuid(), nullable=True),
        sa.Column("payee_name", sqlmodel.sql.sqltypes.AutoString(length=210), nullable=False),
        sa.Column("payee_iban", sqlmodel.sql.sqltypes.AutoString(length=34), nullable=False),
        sa.Column("return_reason", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'submitted', 'checked', 'approved', 'in_payrun', 'paid', 'reported', 'returned', 'rejected')",
            name=op.f("ck_claim_state"),
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["account.id"], name=op.f("fk_claim_approved_by")),
        sa.ForeignKeyConstraint(["checked_by"], ["account.id"], name=op.f("fk_claim_checked_by")),
        sa.ForeignKeyConstraint(["payrun_id"], ["payrun.id"], name=op.f("fk_claim_payrun_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_claim_sponsor_id")),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_claim_volunteer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint(
            "sponsor_id",
            "volunteer_id",
            "month",
            "funding_line",
            name=op.f("uq_claim_sponsor_id_volunteer_id_month_funding_line"),
        ),
    )
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_payrun_id"), ["payrun_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_sponsor_id"), ["sponsor_id"], unique=False)
        batch_op.create_index("ix_claim_sponsor_state", ["sponsor_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_volunteer_id"), ["volunteer_id"], unique=False)

    op.create_table(
        "clearance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('conduct', 'measles', 'declaration')", name=op.f("ck_clearance_kind")
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_clearance_volunteer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearance")),
        sa.UniqueConstraint(
            "volunteer_id", "kind", "seen_on", name=op.f("uq_clearance_volunteer_id_kind_seen_on")
        ),
    )
    with op.batch_alter_table("clearance", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_clearance_volunteer_id"), ["volunteer_id"], unique=False
        )

    op.create_table(
        "enrolment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("coordinating", sa.Boolean(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("listing_renewed_on", sa.Date(), nullable=False),
        sa.Column("week_minutes", sa.Integer(), nullable=False),
        sa.Column("day_assignments", sa.Integer(), nullable=False),
        sa.Column("source_key", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.CheckConstraint(
            "state IN ('applied', 'in_training', 'released', 'paused', 'ended')",
            name=op.f("ck_enrolment_state"),
        ),
        sa.CheckConstraint(
            "day_assignments > 0", name=op.f("ck_enrolment_day_assignments_positive")
        ),
        sa.CheckConstraint("week_minutes > 0", name=op.f("ck_enrolment_week_minutes_positive")),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_enrolment_sponsor_id")
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_enrolment_volunteer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint(
            "volunteer_id", "sponsor_id", name=op.f("uq_enrolment_volunteer_id_sponsor_id")
        ),
    )
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enrolment_sponsor_id"), ["sponsor_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_enrolment_volunteer_id"), ["volunteer_id"], unique=False
        )

    op.create_table(
        "exclusion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=True),
        sa.Column("institution_kind", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("client_case_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "institution_id IS NOT NULL OR institution_kind <> '' OR client_case_id IS NOT NULL",
            name=op.f("ck_exclusion_target"),
        ),
        sa.ForeignKeyConstraint(
            ["client_case_id"], ["client_case.id"], name=op.f("fk_exclusion_client_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_exclusion_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_exclusion_sponsor_id")
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_exclusion_volunteer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusion")),
    )
    with op.batch_alter_table("exclusion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exclusion_sponsor_id"), ["sponsor_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_exclusion_volunteer_id"), ["volunteer_id"], unique=False
        )
        batch_op.create_index(
            "uq_exclusion_kind",
            ["volunteer_id", "sponsor_id", "institution_kind"],
            unique=True,
            sqlite_where=sa.text("institution_kind <> ''"),
            postgresql_where=sa.text("institution_kind <> ''"),
        )

    op.create_table(
        "language_skill",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("level", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=True),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_language_skill_volunteer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_language_skill")),
        sa.UniqueConstraint(
            "volunteer_id", "language", name=op.f("uq_language_skill_volunteer_id_language")
        ),
    )
    with op.batch_alter_table("language_skill", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_language_skill_volunteer_id"), ["volunteer_id"], unique=False
        )

    op.create_table(
        "request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("received_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("topic", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("urgency_reason", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("contact_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("contact_phone", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("room", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("cost_centre", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("people_count", sa.Integer(), nullable=False),
        sa.Column("consent_substitution", sa.Boolean(), nullable=False),
        sa.Column("client_case_id", sa.Uuid(), nullable=True),
        sa.Column("wished_volunteer_id", sa.Uuid(), nullable=True),
        sa.Column("same_person_wished", sa.Boolean(), nullable=False),
        sa.Column("end_reason", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("source_key", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
        sa.CheckConstraint(
            "state IN ('submitted', 'needs_info', 'open', 'booked', 'done', 'closed', 'rejected', 'unfilled', 'cancelled')",
            name=op.f("ck_request_state"),
        ),
        sa.ForeignKeyConstraint(
            ["client_case_id"], ["client_case.id"], name=op.f("fk_request_client_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_request_institution_id")
        ),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_request_sponsor_id")),
        sa.ForeignKeyConstraint(
            ["wished_volunteer_id"], ["volunteer.id"], name=op.f("fk_request_wished_volunteer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
        sa.UniqueConstraint(
            "sponsor_id", "source_key", name=op.f("uq_request_sponsor_id_source_key")
        ),
    )
    with op.batch_alter_table("request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_request_institution_id"), ["institution_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_request_sponsor_id"), ["sponsor_id"], unique=False)
        batch_op.create_index("ix_request_sponsor_state", ["sponsor_id", "state"], unique=False)

    op.create_table(
        "training",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_training_volunteer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
    )
    with op.batch_alter_table("training", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_training_volunteer_id"), ["volunteer_id"], unique=False
        )

    op.create_table(
        "request_option",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("zone", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_request_option_span")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_request_option_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_request_option_sponsor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_option")),
        sa.UniqueConstraint(
            "request_id", "position", name=op.f("uq_request_option_request_id_position")
        ),
    )
    with op.batch_alter_table("request_option", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_request_option_request_id"), ["request_id"], unique=False
        )
        batch_op.create_index("ix_request_option_sponsor_day", ["sponsor_id", "day"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_request_option_sponsor_id"), ["sponsor_id"], unique=False
        )
        batch_op.create_index(
            "uq_request_option_chosen",
            ["request_id"],
            unique=True,
            sqlite_where=sa.text("chosen"),
            postgresql_where=sa.text("chosen"),
        )

    op.create_table(
        "seat",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("language_written", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("min_level", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=True),
        sa.Column("mode", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("gender", sqlmodel.sql.sqltypes.AutoString(length=1), nullable=True),
        sa.Column("gender_hard", sa.Boolean(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.CheckConstraint("mode IN ('on_site', 'phone', 'video')", name=op.f("ck_seat_mode")),
        sa.CheckConstraint(
            "state IN ('open', 'booked', 'done', 'cancelled')", name=op.f("ck_seat_state")
        ),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_seat_request_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_seat_sponsor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
        sa.UniqueConstraint("request_id", "position", name=op.f("uq_seat_request_id_position")),
    )
    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_request_id"), ["request_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_seat_sponsor_id"), ["sponsor_id"], unique=False)

    op.create_table(
        "offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column("option_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("mode", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'accepted', 'declined', 'expired', 'withdrawn')",
            name=op.f("ck_offer_state"),
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_offer_answered_by")),
        sa.ForeignKeyConstraint(
            ["option_id"], ["request_option.id"], name=op.f("fk_offer_option_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_offer_plan_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_offer_seat_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_offer_sponsor_id")),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_offer_volunteer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
    )
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offer_seat_id"), ["seat_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_offer_sponsor_id"), ["sponsor_id"], unique=False)
        batch_op.create_index("ix_offer_state_expires", ["state", "expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_offer_volunteer_id"), ["volunteer_id"], unique=False)
        batch_op.create_index(
            "uq_offer_pending",
            ["seat_id", "volunteer_id"],
            unique=True,
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )

    op.create_table(
        "proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column("option_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["option_id"], ["request_option.id"], name=op.f("fk_proposal_option_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_proposal_plan_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_proposal_seat_id")),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_proposal_sponsor_id")
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_proposal_volunteer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("plan_id", "seat_id", name=op.f("uq_proposal_plan_id_seat_id")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_seat_id"), ["seat_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_sponsor_id"), ["sponsor_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_proposal_volunteer_id"), ["volunteer_id"], unique=False
        )

    op.create_table(
        "unfilled_reason",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_unfilled_reason_plan_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_unfilled_reason_seat_id")),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_unfilled_reason_sponsor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unfilled_reason")),
        sa.UniqueConstraint(
            "plan_id",
            "seat_id",
            "position",
            name=op.f("uq_unfilled_reason_plan_id_seat_id_position"),
        ),
    )
    with op.batch_alter_table("unfilled_reason", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unfilled_reason_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_unfilled_reason_seat_id"), ["seat_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_unfilled_reason_sponsor_id"), ["sponsor_id"], unique=False
        )

    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column("option_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=True),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("mode", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("cancel_reason", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.CheckConstraint(
            "state IN ('booked', 'cancelled_early', 'cancelled_late', 'performed', 'client_no_show', 'volunteer_no_show')",
            name=op.f("ck_assignment_state"),
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_assignment_span")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_assignment_offer_id")),
        sa.ForeignKeyConstraint(
            ["option_id"], ["request_option.id"], name=op.f("fk_assignment_option_id")
        ),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_assignment_seat_id")),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_assignment_sponsor_id")
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_assignment_volunteer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_seat_id"), ["seat_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_sponsor_id"), ["sponsor_id"], unique=False)
        batch_op.create_index(
            "ix_assignment_sponsor_start", ["sponsor_id", "starts_at"], unique=False
        )
        batch_op.create_index(
            "ix_assignment_volunteer_span", ["volunteer_id", "starts_at"], unique=False
        )
        batch_op.create_index(
            "uq_assignment_seat_taken",
            ["seat_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('booked', 'performed', 'client_no_show')"),
            postgresql_where=sa.text("state IN ('booked', 'performed', 'client_no_show')"),
        )

    op.create_table(
        "service_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("break_minutes", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("reported_minutes", sa.Integer(), nullable=False),
        sa.Column("confirmed_minutes", sa.Integer(), nullable=True),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("reported_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_by", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("confirmed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('performed', 'client_no_show', 'cut_short')",
            name=op.f("ck_service_record_outcome"),
        ),
        sa.CheckConstraint(
            "state IN ('reported', 'confirmed', 'disputed', 'resolved')",
            name=op.f("ck_service_record_state"),
        ),
        sa.CheckConstraint(
            "break_minutes >= 0 AND minutes >= 0", name=op.f("ck_service_record_minutes")
        ),
        sa.CheckConstraint("started_at < ended_at", name=op.f("ck_service_record_span")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_service_record_assignment_id")
        ),
        sa.ForeignKeyConstraint(
            ["reported_by"], ["account.id"], name=op.f("fk_service_record_reported_by")
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_service_record_sponsor_id")
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name=op.f("fk_service_record_volunteer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_record")),
        sa.UniqueConstraint("assignment_id", name=op.f("uq_service_record_assignment_id")),
    )
    with op.batch_alter_table("service_record", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_service_record_sponsor_id"), ["sponsor_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_service_record_volunteer_id"), ["volunteer_id"], unique=False
        )

    op.create_table(
        "claim_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sponsor_id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("service_record_id", sa.Uuid(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("paid_minutes", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("plan_key", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("reason_code", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("reason_params", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_line_claim_id")),
        sa.ForeignKeyConstraint(
            ["service_record_id"],
            ["service_record.id"],
            name=op.f("fk_claim_line_service_record_id"),
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_claim_line_sponsor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_line")),
    )
    with op.batch_alter_table("claim_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_line_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_line_sponsor_id"), ["sponsor_id"], unique=False)
        batch_op.create_index(
            "uq_claim_line_record",
            ["service_record_id"],
            unique=True,
            sqlite_where=sa.text("service_record_id IS NOT NULL"),
            postgresql_where=sa.text("service_record_id IS NOT NULL"),
        )
    guard_overlaps()
    if op.get_bind().dialect.name == "postgresql":
        raise_walls()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        lower_walls()
    with op.batch_alter_table("claim_line", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_claim_line_record",
            sqlite_where=sa.text("service_record_id IS NOT NULL"),
            postgresql_where=sa.text("service_record_id IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_claim_line_sponsor_id"))
        batch_op.drop_index(batch_op.f("ix_claim_line_claim_id"))

    op.drop_table("claim_line")
    with op.batch_alter_table("service_record", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_service_record_volunteer_id"))
        batch_op.drop_index(batch_op.f("ix_service_record_sponsor_id"))

    op.drop_table("service_record")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_assignment_seat_taken",
            sqlite_where=sa.text("state IN ('booked', 'performed', 'client_no_show')"),
            postgresql_where=sa.text("state IN ('booked', 'performed', 'client_no_show')"),
        )
        batch_op.drop_index("ix_assignment_volunteer_span")
        batch_op.drop_index("ix_assignment_sponsor_start")
        batch_op.drop_index(batch_op.f("ix_assignment_sponsor_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_seat_id"))

    op.drop_table("assignment")
    with op.batch_alter_table("unfilled_reason", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unfilled_reason_sponsor_id"))
        batch_op.drop_index(batch_op.f("ix_unfilled_reason_seat_id"))
        batch_op.drop_index(batch_op.f("ix_unfilled_reason_plan_id"))

    op.drop_table("unfilled_reason")
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposal_volunteer_id"))
        batch_op.drop_index(batch_op.f("ix_proposal_sponsor_id"))
        batch_op.drop_index(batch_op.f("ix_proposal_seat_id"))
        batch_op.drop_index(batch_op.f("ix_proposal_plan_id"))

    op.drop_table("proposal")
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_offer_pending",
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )
        batch_op.drop_index(batch_op.f("ix_offer_volunteer_id"))
        batch_op.drop_index("ix_offer_state_expires")
        batch_op.drop_index(batch_op.f("ix_offer_sponsor_id"))
        batch_op.drop_index(batch_op.f("ix_offer_seat_id"))

    op.drop_table("offer")
    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seat_sponsor_id"))
        batch_op.drop_index(batch_op.f("ix_seat_request_id"))

    op.drop_table("seat")
    with op.batch_alter_table("request_option", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_request_option_chosen",
            sqlite_where=sa.text("chosen"),
            postgresql_where=sa.text("chosen"),
        )
        batch_op.drop_index(batch_op.f("ix_request_option_sponsor_id"))
        batch_op.drop_index("ix_request_option_sponsor_day")
        batch_op.drop_index(batch_op.f("ix_request_option_request_id"))

    op.drop_table("request_option")
    with op.batch_alter_table("training", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_volunteer_id"))

    op.drop_table("training")
    with op.batch_alter_table("request", schema=None) as batch_op:
        batch_op.drop_index("ix_request_sponsor_state")
        batch_op.drop_index(batch_op.f("ix_request_sponsor_id"))
        batch_op.drop_index(batch_op.f("ix_request_institution_id"))

    op.drop_table("request")
    with op.batch_alter_table("language_skill", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_language_skill_volunteer_id"))

    op.drop_table("language_skill")
    with op.batch_alter_table("exclusion", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_exclusion_kind",
            sqlite_where=sa.text("institution_kind <> ''"),
            postgresql_where=sa.text("institution_kind <> ''"),
        )
        batch_op.drop_index(batch_op.f("ix_exclusion_volunteer_id"))
        batch_op.drop_index(batch_op.f("ix_exclusion_sponsor_id"))

    op.drop_table("exclusion")
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enrolment_volunteer_id"))
        batch_op.drop_index(batch_op.f("ix_enrolment_sponsor_id"))

    op.drop_table("enrolment")
    with op.batch_alter_table("clearance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clearance_volunteer_id"))

    op.drop_table("clearance")
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claim_volunteer_id"))
        batch_op.drop_index("ix_claim_sponsor_state")
        batch_op.drop_index(batch_op.f("ix_claim_sponsor_id"))
        batch_op.drop_index(batch_op.f("ix_claim_payrun_id"))

    op.drop_table("claim")
    with op.batch_alter_table("availability_rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_availability_rule_volunteer_id"))

    op.drop_table("availability_rule")
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_absence_volunteer_id"))

    op.drop_table("absence")
    with op.batch_alter_table("volunteer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_volunteer_identity_key"))

    op.drop_table("volunteer")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_task_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(batch_op.f("ix_task_subject_id"))
        batch_op.drop_index("ix_task_sponsor_state")
        batch_op.drop_index(batch_op.f("ix_task_sponsor_id"))

    op.drop_table("task")
    with op.batch_alter_table("signed_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signed_link_subject_id"))
        batch_op.drop_index(batch_op.f("ix_signed_link_sponsor_id"))

    op.drop_table("signed_link")
    with op.batch_alter_table("session_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_token_account_id"))

    op.drop_table("session_token")
    with op.batch_alter_table("rate_plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rate_plan_sponsor_id"))

    op.drop_table("rate_plan")
    with op.batch_alter_table("policy_rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_policy_rule_sponsor_id"))

    op.drop_table("policy_rule")
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_sponsor_id"))

    op.drop_table("plan")
    with op.batch_alter_table("payrun", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payrun_sponsor_id"))

    op.drop_table("payrun")
    with op.batch_alter_table("partnership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partnership_sponsor_id"))
        batch_op.drop_index(batch_op.f("ix_partnership_institution_id"))

    op.drop_table("partnership")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_sponsor_id"))

    op.drop_table("message")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_sponsor_id"))
        batch_op.drop_index(batch_op.f("ix_membership_account_id"))

    op.drop_table("membership")
    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_batch_sponsor_id"))

    op.drop_table("import_batch")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_institution_id"))
        batch_op.drop_index(batch_op.f("ix_contact_account_id"))

    op.drop_table("contact")
    with op.batch_alter_table("client_case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_client_case_sponsor_id"))

    op.drop_table("client_case")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_event_subject")
        batch_op.drop_index(batch_op.f("ix_audit_event_sponsor_id"))

    op.drop_table("audit_event")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_account_id"))

    op.drop_table("api_token")
    op.drop_table("sponsor")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index("ix_job_state_due")

    op.drop_table("job")
    op.drop_table("institution")
    op.drop_table("idempotency_key")
    op.drop_table("account")
