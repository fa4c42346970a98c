"""What the second wall must be on PostgreSQL, table by table, so that a changed one is found."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, text
from sqlmodel import SQLModel

OPEN_TABLES = frozenset(
    {
        "account",
        "session_token",
        "api_token",
        "sign_in_code",
        "sign_in_miss",
        "feedback",
        "idempotency_key",
        "job",
        "tick",
        "travel_time",
    }
)
"""Tables without a second wall: they belong to no sponsor."""

_OURS = "(sponsor_id = ANY (lotsenwerk_sponsors()))"
_MINE = "(account_id = lotsenwerk_account())"
_HERS = "(volunteer_id IN (SELECT id FROM volunteer))"
_PARTNERS = f"IN (SELECT institution_id FROM partnership WHERE {_OURS})"  # noqa: S608 - ours
_ENROLLED = f"IN (SELECT volunteer_id FROM enrolment WHERE {_OURS})"  # noqa: S608 - ours
_OWN_RULE = {
    "sponsor": "(id = ANY (lotsenwerk_sponsors()))",
    "volunteer": f"(id {_ENROLLED}) OR {_MINE}",
    "institution": f"(id {_PARTNERS})",
    "contact": f"(institution_id {_PARTNERS}) OR {_MINE}",
    "membership": f"{_OURS} OR {_MINE}",
    "lending": f"{_OURS} OR (lender_id = ANY (lotsenwerk_sponsors()))",
    "message_preference": f"{_MINE} OR {_HERS}",
    "push_subscription": _MINE,
    "calendar_feed": _MINE,
    "benefit_wish": f"(volunteer_id IN (SELECT id FROM volunteer WHERE {_MINE}))",  # noqa: S608 - ours
}
"""Tables with a wall that does not follow from their columns."""
_ANYBODY_ADDS = frozenset({"volunteer", "institution"})
"""Tables whose new rows are visible to nobody before their enrolment or partnership is there."""
_SETTING = "SELECT nullif(current_setting('lotsenwerk.{}', true), '')::{}"
_FUNCTIONS = {
    "lotsenwerk_system": "SELECT coalesce(current_setting('lotsenwerk.system', true), '') = 'on'",
    "lotsenwerk_account": _SETTING.format("account", "uuid"),
    "lotsenwerk_sponsors": _SETTING.format("sponsors", "uuid[]"),
    "lotsenwerk_append_only": "BEGIN RAISE EXCEPTION 'audit_event is append-only'"
    " USING ERRCODE = 'integrity_constraint_violation'; END",
    "lotsenwerk_written_once": "BEGIN RAISE EXCEPTION 'ledger_entry is written once'"
    " USING ERRCODE = 'integrity_constraint_violation'; END",
}


class Policy(NamedTuple):
    """One policy as the database tells it, without what differs between its versions."""

    name: str
    command: str
    sees: str = ""
    may_write: str = ""
    permissive: str = "PERMISSIVE"
    roles: tuple[str, ...] = ("public",)


def policies_of(table: Table) -> frozenset[Policy]:
    """The policies a table must have, and no others."""
    rule = _OWN_RULE.get(table.name) or (_OURS if "sponsor_id" in table.c else _HERS)
    sees = _plain(f"(lotsenwerk_system() OR {rule})")
    if table.name not in _ANYBODY_ADDS:
        return frozenset({Policy("wall", "ALL", sees)})
    return frozenset({
        Policy("wall", "SELECT", sees),
        Policy("wall_update", "UPDATE", sees),
        Policy("wall_delete", "DELETE", sees),
        Policy("wall_insert", "INSERT", may_write="true"),
    })  # fmt: skip


def _plain(expression: str | None) -> str:
    """An expression without line breaks, blanks at brackets, and names of tables before columns."""
    bare = re.sub(r"\b\w+\.(?=\w)", "", expression or "")
    return re.sub(r"\s*([()])\s*", r"\1", " ".join(bare.split()))


def findings(connection: Connection) -> Iterator[str]:
    """Sentences about walls that are missing, switched off, or other than the program's."""
    switched_on = set(connection.scalars(text(
        "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
        " AND relnamespace = current_schema()::regnamespace"
    )).all())  # fmt: skip
    found: dict[str, set[Policy]] = {}
    told = text("SELECT * FROM pg_policies WHERE schemaname = current_schema()")
    for row in connection.execute(told).mappings():
        found.setdefault(row["tablename"], set()).add(_told(row))
    for name, table in sorted(SQLModel.metadata.tables.items()):
        if name in OPEN_TABLES:
            continue
        if name not in switched_on or not found.get(name):
            yield f"Table {name} has no row-level security."
        elif found[name] != policies_of(table):
            yield f"Table {name}: its row-level security is not the one of the program."
    yield from _changed_functions(connection)


def _told(row: Any) -> Policy:
    return Policy(
        row["policyname"],
        row["cmd"],
        _plain(row["qual"]),
        _plain(row["with_check"]),
        row["permissive"],
        tuple(row["roles"]),
    )


def _changed_functions(connection: Connection) -> Iterator[str]:
    """The walls and triggers stand on these: whoever changes one takes them all down."""
    told = connection.execute(text(
        "SELECT proname, prosrc FROM pg_proc"
        " WHERE proname LIKE 'lotsenwerk%' AND pronamespace = current_schema()::regnamespace"
    ))  # fmt: skip
    sources = {name: " ".join(source.split()) for name, source in told}
    for name, source in _FUNCTIONS.items():
        if sources.get(name) != source:
            yield f"The function {name} is missing, or not the one of the program."
