"""What each person was paid, by tax year and role: by the day on which the money moved."""

from typing import Any

from sqlalchemy import extract, func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from app.reports import words
from app.reports.asked import Asked
from app.sheets import Column, Row
from app.tables import LedgerEntry, LedgerKind

COLUMNS = (
    Column("volunteer_id", "Kennung", "Id", "text"),
    Column("volunteer", "Name", "Name", "text"),
    Column("tax_year", "Steuerjahr", "Tax year", "integer"),
    Column("grant_year", "Förderjahr", "Grant year", "integer"),
    Column("role", "Aufgabe", "Role", "text"),
    Column("funding_line", "Förderlinie", "Funding line", "text"),
    Column("first_paid_on", "Erste Zahlung", "First payment", "date"),
    Column("last_paid_on", "Letzte Zahlung", "Last payment", "date"),
    Column("allowance_cents", "Entschädigung in EUR", "Allowance in EUR", "cents"),
    Column("travel_cents", "Fahrt in EUR", "Travel in EUR", "cents"),
    Column("amount_cents", "Gezahlt in EUR", "Paid in EUR", "cents"),
)


def rows(session: Session, one: Asked) -> list[Row]:
    """By name and year; the days of the period are those of the payment."""
    found = [line for line in session.execute(_query(one)).all() if line.amount or line.travel]
    named = words.people(session, {line.volunteer_id for line in found})
    lines = sorted(found, key=lambda line: _place(line, named.get(line.volunteer_id, "")))
    return [
        {
            "volunteer_id": str(line.volunteer_id),
            "volunteer": named.get(line.volunteer_id, ""),
            "tax_year": int(line.tax_year),
            "grant_year": int(line.grant_year),
            "role": words.of(words.ROLES, line.role, one.locale),
            "funding_line": line.funding_line,
            "first_paid_on": line.first_day,
            "last_paid_on": line.last_day,
            "allowance_cents": int(line.amount - line.travel),
            "travel_cents": int(line.travel),
            "amount_cents": int(line.amount),
        }
        for line in lines
    ]


def _place(line: Any, name: str) -> tuple[str, ...]:
    years = (str(line.tax_year), str(line.grant_year))
    return name, str(line.volunteer_id), *years, line.role, line.funding_line


def _query(one: Asked) -> Any:
    tax_year = extract("year", col(LedgerEntry.paid_on)).label("tax_year")
    grant_year = extract("year", col(LedgerEntry.day)).label("grant_year")
    members: list[Any] = [
        col(LedgerEntry.volunteer_id), tax_year, grant_year,
        col(LedgerEntry.role), col(LedgerEntry.funding_line),
    ]  # fmt: skip
    return (
        sql_select(
            *members,
            func.min(col(LedgerEntry.paid_on)).label("first_day"),
            func.max(col(LedgerEntry.paid_on)).label("last_day"),
            func.sum(col(LedgerEntry.amount_cents)).label("amount"),
            func.sum(col(LedgerEntry.travel_cents)).label("travel"),
        )
        .where(
            col(LedgerEntry.sponsor_id) == one.sponsor_id,
            col(LedgerEntry.kind) == LedgerKind.PAID,
            col(LedgerEntry.paid_on) >= one.period.first_day,
            col(LedgerEntry.paid_on) <= one.period.last_day,
            col(LedgerEntry.recorded_at) <= one.as_of,
        )
        .group_by(*members)
    )
