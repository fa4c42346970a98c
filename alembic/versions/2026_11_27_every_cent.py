"""Every cent: counter-bookings, transfers, and the books.

Revision: every_cent
Follows: what_was_done

`claim`, `claim_line` and `payrun` are rebuilt on SQLite, which changes a check in
no other way. Claims that are in a payrun get the transfers they were drawn for.
"""

import sqlalchemy as sa

from alembic import op
from app.tables.building import (
    add_columns,
    check,
    create,
    day,
    drop_columns,
    hold,
    identity,
    index_some,
    is_postgres,
    moment,
    number,
    one_of,
    reference,
    string,
    truth,
    unique,
    wall,
)

revision = "every_cent"
down_revision = "what_was_done"
branch_labels = None
depends_on = None

SPONSOR_TABLES = (
    "payment",
    "payment_part",
    "bank_entry",
    "ledger_entry",
)
"""In the order in which they point to each other."""
COLUMNS = {
    "claim": (
        ("number", "INTEGER NOT NULL DEFAULT 1"),
        ("kind", "VARCHAR(8) NOT NULL DEFAULT 'regular'"),
        ("reverses_id", "UUID"),
        ("travel_cents", "INTEGER NOT NULL DEFAULT 0"),
        ("held_from", "VARCHAR(12) NOT NULL DEFAULT ''"),
    ),
    "claim_line": (
        ("activity_id", "UUID"),
        ("volunteer_id", "UUID"),
        ("started_at", "MOMENT"),
        ("ended_at", "MOMENT"),
        ("counts", "BOOLEAN NOT NULL DEFAULT true"),
        ("travel_cents", "INTEGER NOT NULL DEFAULT 0"),
    ),
    "payrun": (
        ("execute_on", "DATE"),
        ("payer_name", "VARCHAR(200) NOT NULL DEFAULT ''"),
        ("payer_iban", "VARCHAR(34) NOT NULL DEFAULT ''"),
    ),
    "volunteer": (("iban_changed_at", "MOMENT"),),
    "sponsor": (
        ("account_holder", "VARCHAR(200) NOT NULL DEFAULT ''"),
        ("iban", "VARCHAR(34) NOT NULL DEFAULT ''"),
        ("paper_four_eyes", "BOOLEAN NOT NULL DEFAULT true"),
    ),
}
CHECKS = {
    "claim": (
        "state",
        (
            "open", "submitted", "checked", "approved", "in_payrun", "paid", "reported",
            "returned", "rejected",
        ),
        (
            "open", "submitted", "checked", "approved", "in_payrun", "paid", "reported",
            "returned", "rejected", "on_hold", "waived", "reversed",
        ),
    ),
    "payrun": ("state", ("drawn", "paid"), ("drawn", "paid", "reversed")),
}  # fmt: skip
"""The column, what it might hold before, and what it may hold now."""
CLAIMED = ["sponsor_id", "volunteer_id", "month", "funding_line"]
LIVE = "kind = 'regular' AND state <> 'reversed'"
PAID_ONCE = "ex_claim_line_paid_once"
PAYS = "counts AND amount_cents > 0"
WRITTEN_ONCE = "ledger_entry_no_update"


def upgrade() -> None:
    """Make tables and columns, carry over what was paid, and let the database guard it."""
    _add()
    _rebuild_claims()
    _rebuild_lines()
    _create_payments()
    _create_books()
    _carry_over()
    _guard_lines()
    _guard_books()
    if is_postgres():
        for name in SPONSOR_TABLES:
            wall(name, "sponsor_id = ANY (lotsenwerk_sponsors())")


def downgrade() -> None:
    """Take them away; counter-bookings, paid activities and the books are lost."""
    _unguard()
    op.execute("DELETE FROM claim_line WHERE service_record_id IS NULL OR NOT counts")
    gone = "kind <> 'regular' OR state = 'reversed'"
    op.execute(f"DELETE FROM claim_line WHERE claim_id IN (SELECT id FROM claim WHERE {gone})")
    for table in reversed(SPONSOR_TABLES):
        op.drop_table(table)
    # Those that take back before what they took back.
    for some in ("kind = 'counter'", "state = 'reversed'"):
        op.execute(f"DELETE FROM claim WHERE {some}")
    op.execute("UPDATE claim SET state = 'returned' WHERE state IN ('on_hold', 'waived')")
    op.execute("UPDATE payrun SET state = 'drawn' WHERE state = 'reversed'")
    op.drop_index("uq_claim_line_record", "claim_line")
    op.drop_index("uq_claim_line_activity", "claim_line")
    op.drop_index("ix_claim_line_volunteer_span", "claim_line")
    op.drop_index("uq_claim_live", "claim")
    op.drop_index("uq_claim_reverses", "claim")
    with op.batch_alter_table("claim_line") as line:
        line.drop_constraint(op.f("ck_claim_line_span"), type_="check")
        line.drop_constraint(op.f("fk_claim_line_activity_id"), type_="foreignkey")
        line.drop_constraint(op.f("fk_claim_line_volunteer_id"), type_="foreignkey")
        for column, _ in COLUMNS["claim_line"]:
            line.drop_column(column)
    record = "service_record_id IS NOT NULL"
    index_some("uq_claim_line_record", "claim_line", ["service_record_id"], record, unique=True)
    with op.batch_alter_table("claim") as claim:
        claim.drop_constraint(op.f("uq_claim_" + "_".join([*CLAIMED, "number"])), type_="unique")
        claim.drop_constraint(op.f("ck_claim_kind"), type_="check")
        claim.drop_constraint(op.f("ck_claim_reverses"), type_="check")
        claim.drop_constraint(op.f("fk_claim_reverses_id"), type_="foreignkey")
        for column, _ in COLUMNS["claim"]:
            claim.drop_column(column)
        claim.create_unique_constraint(op.f("uq_claim_" + "_".join(CLAIMED)), CLAIMED)
    for table, (column, before, _) in CHECKS.items():
        hold(table, column, before)
    rest = {name: columns for name, columns in COLUMNS.items() if not name.startswith("claim")}
    drop_columns(rest)


def _add() -> None:
    uuid = "UUID" if is_postgres() else "CHAR(32)"
    add_columns({
        table: [(name, kind.replace("UUID", uuid)) for name, kind in columns]
        for table, columns in COLUMNS.items()
    })  # fmt: skip
    for table, (column, _, now) in CHECKS.items():
        hold(table, column, now)


def _rebuild_claims() -> None:
    with op.batch_alter_table("claim") as claim:
        claim.drop_constraint(op.f("uq_claim_" + "_".join(CLAIMED)), type_="unique")
        numbered = [*CLAIMED, "number"]
        claim.create_unique_constraint(op.f("uq_claim_" + "_".join(numbered)), numbered)
        claim.create_check_constraint(op.f("ck_claim_kind"), "kind IN ('regular', 'counter')")
        claim.create_check_constraint(
            op.f("ck_claim_reverses"), "(kind = 'counter') = (reverses_id IS NOT NULL)"
        )
        claim.create_foreign_key(op.f("fk_claim_reverses_id"), "claim", ["reverses_id"], ["id"])
    index_some("uq_claim_live", "claim", CLAIMED, LIVE, unique=True)
    reverses = "reverses_id IS NOT NULL"
    index_some("uq_claim_reverses", "claim", ["reverses_id"], reverses, unique=True)


def _rebuild_lines() -> None:
    """Each line says whose time it pays, and which."""
    op.execute(
        "UPDATE claim_line SET"
        " volunteer_id = (SELECT r.volunteer_id FROM service_record r"
        " WHERE r.id = claim_line.service_record_id),"
        " started_at = (SELECT r.started_at FROM service_record r"
        " WHERE r.id = claim_line.service_record_id),"
        " ended_at = (SELECT r.ended_at FROM service_record r"
        " WHERE r.id = claim_line.service_record_id)"
    )
    op.drop_index("uq_claim_line_record", "claim_line")
    with op.batch_alter_table("claim_line") as line:
        line.alter_column("volunteer_id", existing_type=sa.Uuid(), nullable=False)
        for name in ("started_at", "ended_at"):
            line.alter_column(name, existing_type=moment(name).type, nullable=False)
        line.create_foreign_key(
            op.f("fk_claim_line_volunteer_id"), "volunteer", ["volunteer_id"], ["id"]
        )
        line.create_foreign_key(
            op.f("fk_claim_line_activity_id"), "activity", ["activity_id"], ["id"]
        )
        line.create_check_constraint(op.f("ck_claim_line_span"), "started_at < ended_at")
    for name, column in (("record", "service_record_id"), ("activity", "activity_id")):
        some = f"{column} IS NOT NULL AND counts"
        index_some(f"uq_claim_line_{name}", "claim_line", [column], some, unique=True)
    op.create_index("ix_claim_line_volunteer_span", "claim_line", ["volunteer_id", "started_at"])


def _create_payments() -> None:
    create(
        "payment",
        reference("sponsor_id", "sponsor"),
        reference("payrun_id", "payrun"),
        reference("volunteer_id", "volunteer"),
        number("number"),
        string("payee_name", 210),
        string("payee_iban", 147),
        string("purpose", 140),
        number("amount_cents"),
        string("state", 8),
        day("paid_on", nullable=True),
        day("returned_on", nullable=True),
        string("return_code", 35),
        one_of("state", "drawn", "paid", "returned"),
        unique("payrun_id", "volunteer_id"),
        unique("payrun_id", "number"),
        check("amount", "amount_cents > 0"),
        indexed=["sponsor_id", "volunteer_id"],
    )
    create(
        "payment_part",
        reference("sponsor_id", "sponsor"),
        reference("payment_id", "payment"),
        reference("claim_id", "claim"),
        number("amount_cents"),
        truth("returned"),
        indexed=["payment_id", "sponsor_id"],
    )
    index_some("uq_payment_part_claim", "payment_part", ["claim_id"], "NOT returned", unique=True)
    create(
        "bank_entry",
        reference("sponsor_id", "sponsor"),
        string("statement_id", 60),
        string("reference", 60),
        string("end_to_end_id", 35),
        day("booked_on"),
        number("amount_cents"),
        string("kind", 8),
        reference("payrun_id", "payrun", nullable=True),
        reference("payment_id", "payment", nullable=True),
        one_of("kind", "paid", "returned", "unknown"),
        unique("sponsor_id", "statement_id", "reference", "end_to_end_id"),
        indexed=["payrun_id", "sponsor_id"],
    )


def _create_books() -> None:
    create(
        "ledger_entry",
        reference("sponsor_id", "sponsor"),
        string("kind", 8),
        moment("recorded_at"),
        day("day"),
        day("paid_on", nullable=True),
        reference("volunteer_id", "volunteer", nullable=True),
        string("subject_type", 20),
        identity("subject_id"),
        reference("claim_id", "claim", nullable=True),
        reference("payment_id", "payment", nullable=True),
        reference("reverses_id", "ledger_entry", nullable=True),
        string("role", 20),
        string("funding_line", 40),
        string("plan_key", 60),
        string("language", 16),
        string("region_ags", 8),
        string("institution_kind", 40),
        string("detail", 40),
        number("quantity"),
        number("minutes"),
        number("paid_minutes"),
        number("units"),
        number("amount_cents"),
        number("travel_cents"),
        one_of("kind", "work", "unfilled", "course", "approved", "paid", "waived"),
        indexed=["claim_id", "recorded_at", "sponsor_id", "subject_id", "volunteer_id"],
    )
    op.create_index("ix_ledger_entry_kind_day", "ledger_entry", ["sponsor_id", "kind", "day"])


def _carry_over() -> None:
    """What stood before: which hours count, and what was paid by which payrun."""
    fresh = "gen_random_uuid()" if is_postgres() else "lower(hex(randomblob(16)))"
    op.execute(
        "INSERT INTO payment (id, created_at, updated_at, sponsor_id, payrun_id, volunteer_id,"
        " number, payee_name, payee_iban, purpose, amount_cents, state, paid_on, return_code)"
        f" SELECT {fresh}, p.created_at, p.updated_at, p.sponsor_id, p.id, c.volunteer_id,"
        " row_number() OVER (PARTITION BY p.id ORDER BY c.volunteer_id), max(c.payee_name),"
        " max(c.payee_iban), '', sum(c.amount_cents), p.state, p.paid_on, ''"
        " FROM payrun p JOIN claim c ON c.payrun_id = p.id GROUP BY p.id, p.created_at,"
        " p.updated_at, p.sponsor_id, p.state, p.paid_on, c.volunteer_id"
        " HAVING sum(c.amount_cents) > 0"
    )
    op.execute(
        "INSERT INTO payment_part (id, created_at, updated_at, sponsor_id, payment_id, claim_id,"
        f" amount_cents, returned) SELECT {fresh}, m.created_at, m.updated_at, m.sponsor_id, m.id,"
        " c.id, c.amount_cents, false FROM payment m JOIN claim c"
        " ON c.payrun_id = m.payrun_id AND c.volunteer_id = m.volunteer_id"
    )
    _carry_over_books(fresh)


def _carry_over_books(fresh: str) -> None:
    into = (
        "INSERT INTO ledger_entry (id, created_at, updated_at, recorded_at, sponsor_id, kind, day,"
        " paid_on, volunteer_id, subject_type, subject_id, claim_id, payment_id, role,"
        " funding_line, plan_key, language, region_ags, institution_kind, detail, quantity,"
        " minutes, paid_minutes, units, amount_cents, travel_cents)"
    )
    local = _local_day("a.starts_at")
    work = (
        " FROM service_record r JOIN assignment a ON a.id = r.assignment_id"
        " JOIN seat s ON s.id = a.seat_id JOIN request q ON q.id = s.request_id"
        " JOIN institution i ON i.id = q.institution_id"
    )
    dims = "a.role, {line}, {key}, coalesce(s.language, ''), coalesce(i.region_ags, ''), i.kind"
    counted = dims.format(line="''", key="''")
    op.execute(
        f"{into} SELECT {fresh}, r.updated_at, r.updated_at, coalesce(r.confirmed_at,"
        f" r.updated_at), r.sponsor_id, 'work', {local}, NULL, r.volunteer_id, 'service_record',"
        f" r.id, NULL, NULL, {counted}, r.outcome, 1, r.minutes, 0, 0, 0, 0{work}"
        " WHERE r.state IN ('confirmed', 'resolved')"
    )
    paid = dims.format(line="c.funding_line", key="l.plan_key")
    for kind, moment_, extra, states in (
        ("approved", "coalesce(c.approved_at, c.updated_at)", "NULL, NULL",
         "('approved', 'in_payrun', 'paid', 'reported')"),
        ("paid", "m.updated_at", "m.paid_on, m.id", "('paid', 'reported')"),
    ):  # fmt: skip
        paid_on, payment = extra.split(", ")
        joined = (
            f"{work} JOIN claim_line l ON l.service_record_id = r.id JOIN claim c"
            " ON c.id = l.claim_id LEFT JOIN payment_part t ON t.claim_id = c.id"
            " LEFT JOIN payment m ON m.id = t.payment_id"
        )
        op.execute(
            f"{into} SELECT {fresh}, {moment_}, {moment_}, {moment_}, c.sponsor_id, '{kind}',"
            f" l.day, {paid_on}, c.volunteer_id, 'claim_line', l.id, c.id, {payment}, {paid},"
            f" r.outcome, 1, l.minutes, l.paid_minutes, 0, l.amount_cents, 0{joined}"
            f" WHERE c.state IN {states}"
        )


def _local_day(moment_: str) -> str:
    """The day in Hessen; SQLite knows no zones: summer goes from the last Sunday in March to
    that in October, each at 1 o'clock UTC.
    """
    if is_postgres():
        return f"({moment_} AT TIME ZONE 'Europe/Berlin')::date"
    begins, ends = (
        f"datetime({moment_}, 'start of year', '+{months} months', '-7 days', 'weekday 0',"
        " '+1 hour')"
        for months in (3, 10)
    )
    summer = f"datetime({moment_}) >= {begins} AND datetime({moment_}) < {ends}"
    return f"date({moment_}, CASE WHEN {summer} THEN '+2 hours' ELSE '+1 hour' END)"


def _guard_lines() -> None:
    """No moment of a volunteer is paid twice, across roles, programmes and sponsors."""
    if is_postgres():
        op.execute(
            f"ALTER TABLE claim_line ADD CONSTRAINT {PAID_ONCE} EXCLUDE USING gist"
            " (volunteer_id WITH =, tstzrange(started_at, ended_at) WITH &&)"
            f" WHERE ({PAYS})"
        )
        return
    for event in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER {PAID_ONCE}_{event.lower()} BEFORE {event} ON claim_line"
            " WHEN NEW.counts AND NEW.amount_cents > 0 AND EXISTS (SELECT 1 FROM claim_line AS paid"
            " WHERE paid.volunteer_id = NEW.volunteer_id AND paid.id <> NEW.id"
            " AND paid.counts AND paid.amount_cents > 0"
            " AND paid.started_at < NEW.ended_at AND NEW.started_at < paid.ended_at)"
            f" BEGIN SELECT RAISE(ABORT, '{PAID_ONCE}'); END"
        )


def _guard_books() -> None:
    """A line of the books is never changed."""
    if is_postgres():
        op.execute(
            "CREATE FUNCTION lotsenwerk_written_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION 'ledger_entry is written once'"
            " USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {WRITTEN_ONCE} BEFORE UPDATE ON ledger_entry FOR EACH ROW"
            " EXECUTE FUNCTION lotsenwerk_written_once()"
        )
        return
    op.execute(
        f"CREATE TRIGGER {WRITTEN_ONCE} BEFORE UPDATE ON ledger_entry"
        " BEGIN SELECT RAISE(ABORT, 'ledger_entry is written once'); END"
    )


def _unguard() -> None:
    if is_postgres():
        op.execute(f"ALTER TABLE claim_line DROP CONSTRAINT {PAID_ONCE}")
        op.execute(f"DROP TRIGGER {WRITTEN_ONCE} ON ledger_entry")
        op.execute("DROP FUNCTION lotsenwerk_written_once()")
        return
    for name in (f"{PAID_ONCE}_insert", f"{PAID_ONCE}_update", WRITTEN_ONCE):
        op.execute(f"DROP TRIGGER {name}")
