"""Who may see what: second factors, codes by mail, scopes, lending, a chained audit, sealed values.

Revision: who_may_see_what
Follows: offers_that_hold

`membership`, `enrolment` and `signed_link` are rebuilt on SQLite, which changes a check in no other
way. Values that become sealed are sealed here and opened again on the way back.
"""

from collections.abc import Callable

import sqlalchemy as sa

from alembic import op
from app.sealing import seal, unseal
from app.tables.building import (
    add_columns,
    check,
    create,
    day,
    drop_columns,
    hold,
    index_some,
    is_postgres,
    json,
    moment,
    number,
    one_of,
    reference,
    string,
    unique,
    wall,
    widen,
)

revision = "who_may_see_what"
down_revision = "offers_that_hold"
branch_labels = None
depends_on = None

SPONSOR_TABLES = ("sponsor_key", "audit_anchor", "erasure", "retention_run", "claim_approval")
COLUMNS = {
    "account": (
        ("programme", "BOOLEAN NOT NULL DEFAULT false"),
        ("password_set_at", "MOMENT"),
        ("totp_secret", "VARCHAR(191) NOT NULL DEFAULT ''"),
        ("totp_since", "MOMENT"),
        ("totp_step", "INTEGER NOT NULL DEFAULT 0"),
    ),
    "session_token": (
        ("seen_at", "MOMENT"),
        ("factor_at", "MOMENT"),
        ("proven_at", "MOMENT"),
        ("label", "VARCHAR(100) NOT NULL DEFAULT ''"),
        ("given", "VARCHAR(40) NOT NULL DEFAULT ''"),
    ),
    "api_token": (
        ("scopes", "JSON NOT NULL DEFAULT '[]'"),
        ("used_at", "MOMENT"),
        ("factor_at", "MOMENT"),
    ),
    "sponsor": (
        (
            "four_eyes",
            "VARCHAR(16) NOT NULL DEFAULT 'two_people' CONSTRAINT ck_sponsor_four_eyes"
            " CHECK (four_eyes IN ('two_people', 'treasurer_link'))",
        ),
        ("treasurer_name", "VARCHAR(200) NOT NULL DEFAULT ''"),
        ("treasurer_email", "VARCHAR(254) NOT NULL DEFAULT ''"),
    ),
    "client_case": (("key_version", "INTEGER NOT NULL DEFAULT 0"),),
    "audit_event": (
        ("reason", "VARCHAR(300) NOT NULL DEFAULT ''"),
        ("rule_version", "VARCHAR(60) NOT NULL DEFAULT ''"),
        ("position", "INTEGER"),
        ("previous_hash", "VARCHAR(64) NOT NULL DEFAULT ''"),
        ("hash", "VARCHAR(64) NOT NULL DEFAULT ''"),
    ),
    "enrolment": (("lendable", "BOOLEAN NOT NULL DEFAULT false"),),
    "volunteer": (("erased_at", "MOMENT"),),
}
SEALED = (
    ("volunteer", "iban", 34, 147),
    ("claim", "payee_iban", 34, 147),
    ("webhook", "secret", 100, 235),
    ("webhook", "previous_secret", 100, 235),
)
"""Table, column, letters before, letters when sealed."""
CHECKS = {
    "membership": (
        "role",
        ("coordinator", "finance", "lead"),
        ("coordinator", "finance", "lead", "auditor"),
    ),
    "enrolment": (
        "state",
        ("applied", "in_training", "released", "paused", "ended"),
        ("applied", "in_training", "released", "paused", "ended", "lent"),
    ),
    "signed_link": (
        "purpose",
        ("answer_offer", "confirm_record", "confirm_booking", "answer_standby"),
        (
            "answer_offer",
            "confirm_record",
            "confirm_booking",
            "answer_standby",
            "approve_claims",
        ),
    ),
}
"""The column, what it might hold before, and what it may hold now."""
WRITTEN_ONCE = (
    "id",
    "created_at",
    "sponsor_id",
    "account_id",
    "via",
    "action",
    "subject_type",
    "subject_id",
    "details",
    "reason",
    "rule_version",
)
CHAINED_ONCE = ("position", "previous_hash", "hash")


def upgrade() -> None:
    """Make tables and columns, seal what was open, and let the audit only grow."""
    add_columns(COLUMNS)
    op.execute("""UPDATE api_token SET scopes = '["read", "write", "payout", "export", "erase"]'""")
    op.execute("UPDATE api_token SET factor_at = created_at")
    op.execute("UPDATE account SET password_set_at = created_at WHERE password_hash IS NOT NULL")
    op.create_index(
        "uq_audit_event_position", "audit_event", ["sponsor_id", "position"], unique=True
    )
    for table, (column, _, now) in CHECKS.items():
        hold(table, column, now)
    for table, column, _, sealed in SEALED:
        widen(table, column, sealed)
        _rewrite(table, column, seal)
    _create_signing_in()
    _create_lending()
    _create_privacy()
    _guard_audit()
    if is_postgres():
        for name in SPONSOR_TABLES:
            wall(name, "sponsor_id = ANY (lotsenwerk_sponsors())")
        both = "sponsor_id = ANY (lotsenwerk_sponsors()) OR lender_id = ANY (lotsenwerk_sponsors())"
        wall("lending", both)


def downgrade() -> None:
    """Take them away; what the older tables cannot say is lost."""
    _unguard_audit()
    op.drop_index("ix_offer_lending_id", "offer")
    with op.batch_alter_table("offer") as offer:
        offer.drop_constraint("fk_offer_lending_id", type_="foreignkey")
        offer.drop_column("lending_id")
    for table in ("lending", *reversed(SPONSOR_TABLES), "sign_in_miss", "sign_in_code"):
        op.drop_table(table)
    for table, column, before, _ in SEALED:
        _rewrite(table, column, unseal)
        widen(table, column, before)
    op.execute("UPDATE enrolment SET state = 'ended' WHERE state = 'lent'")
    for table, (column, before, _) in CHECKS.items():
        listed = ", ".join(f"'{value}'" for value in before)
        op.execute(f"DELETE FROM {table} WHERE {column} NOT IN ({listed})")
        hold(table, column, before)
    op.drop_index("uq_audit_event_position", "audit_event")
    if is_postgres():
        op.execute("ALTER TABLE sponsor DROP CONSTRAINT ck_sponsor_four_eyes")
    drop_columns(COLUMNS)


def _rewrite(table: str, column: str, change: Callable[[str], str]) -> None:
    connection = op.get_bind()
    stored = connection.execute(sa.text(f"SELECT id, {column} FROM {table} WHERE {column} <> ''"))
    write = sa.text(f"UPDATE {table} SET {column} = :value WHERE id = :id")
    for row_id, value in stored.all():
        connection.execute(write, {"id": row_id, "value": change(value)})


def _create_signing_in() -> None:
    create(
        "sign_in_code",
        reference("account_id", "account"),
        string("purpose", 8),
        string("code_hash", 64),
        string("token_hash", 64),
        number("tries"),
        moment("expires_at"),
        moment("used_at", nullable=True),
        one_of("purpose", "sign_in", "factor", "invite"),
        unique("token_hash"),
        indexed=["account_id"],
    )
    create("sign_in_miss", string("key_hash", 64))
    op.create_index("ix_sign_in_miss_key", "sign_in_miss", ["key_hash", "created_at"])


def _create_lending() -> None:
    create(
        "lending",
        reference("sponsor_id", "sponsor"),
        reference("lender_id", "sponsor"),
        reference("seat_id", "seat"),
        reference("volunteer_id", "volunteer", nullable=True),
        string("state", 12),
        number("travel_minutes", nullable=True),
        reference("asked_by", "account", nullable=True),
        reference("answered_by", "account", nullable=True),
        moment("answered_at", nullable=True),
        string("reason", 300),
        one_of("state", "asked", "agreed", "booked", "declined", "withdrawn"),
        check("two_pools", "sponsor_id <> lender_id"),
        indexed=["lender_id", "seat_id", "sponsor_id", "volunteer_id"],
    )
    live = "state IN ('asked', 'agreed')"
    index_some("uq_lending_live", "lending", ["seat_id", "lender_id"], live, unique=True)
    with op.batch_alter_table("offer") as offer:
        offer.add_column(sa.Column("lending_id", sa.Uuid()))
        offer.create_foreign_key("fk_offer_lending_id", "lending", ["lending_id"], ["id"])
    op.create_index("ix_offer_lending_id", "offer", ["lending_id"])


def _create_privacy() -> None:
    create(
        "sponsor_key",
        reference("sponsor_id", "sponsor"),
        number("version"),
        string("secret", 191),
        moment("retired_at", nullable=True),
        moment("destroyed_at", nullable=True),
        unique("sponsor_id", "version"),
        indexed=["sponsor_id"],
    )
    create(
        "audit_anchor",
        reference("sponsor_id", "sponsor"),
        number("count"),
        string("head", 64),
        unique("sponsor_id", "count"),
        indexed=["sponsor_id"],
    )
    create(
        "erasure",
        reference("sponsor_id", "sponsor"),
        reference("volunteer_id", "volunteer"),
        string("state", 8),
        reference("asked_by", "account", nullable=True),
        string("reason", 300),
        day("held_until", nullable=True),
        moment("done_at", nullable=True),
        json("counts"),
        string("proof", 64),
        one_of("state", "asked", "held", "done", "refused"),
        indexed=["sponsor_id", "volunteer_id"],
    )
    create(
        "claim_approval",
        reference("sponsor_id", "sponsor"),
        string("state", 10),
        string("treasurer_name", 200),
        string("treasurer_email", 254),
        json("claims"),
        number("amount_cents"),
        reference("asked_by", "account", nullable=True),
        moment("answered_at", nullable=True),
        string("reason", 300),
        one_of("state", "asked", "approved", "returned", "overtaken"),
        indexed=["sponsor_id"],
    )
    create(
        "retention_run",
        reference("sponsor_id", "sponsor"),
        string("data_class", 40),
        day("cutoff"),
        json("counts"),
        string("proof", 64),
        indexed=["sponsor_id"],
    )


def _guard_audit() -> None:
    """The database itself refuses to change or to delete what was recorded."""
    if is_postgres():
        _guard_audit_on_postgres()
        return
    refuse = "BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END"
    op.execute(f"CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event {refuse}")
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in WRITTEN_ONCE)
    chained = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in CHAINED_ONCE)
    op.execute(
        "CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event"
        f" WHEN {changed} OR (OLD.position IS NOT NULL AND ({chained})) {refuse}"
    )


def _guard_audit_on_postgres() -> None:
    def distinct(names: tuple[str, ...]) -> str:
        cast = {"details": "details::text"}
        return " OR ".join(
            f"NEW.{cast.get(name, name)} IS DISTINCT FROM OLD.{cast.get(name, name)}"
            for name in names
        )

    op.execute(
        "CREATE FUNCTION lotsenwerk_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'audit_event is append-only'"
        " USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    does = "EXECUTE FUNCTION lotsenwerk_append_only()"
    op.execute(
        "CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event FOR EACH ROW " + does
    )
    op.execute(
        "CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event"
        " FOR EACH STATEMENT " + does
    )
    op.execute(
        "CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event FOR EACH ROW"
        f" WHEN ({distinct(WRITTEN_ONCE)}"
        f" OR (OLD.position IS NOT NULL AND ({distinct(CHAINED_ONCE)}))) " + does
    )


def _unguard_audit() -> None:
    on = " ON audit_event" if is_postgres() else ""
    for event in ("delete", "truncate", "update"):
        op.execute(f"DROP TRIGGER IF EXISTS audit_event_no_{event}{on}")
    if is_postgres():
        op.execute("DROP FUNCTION lotsenwerk_append_only()")
