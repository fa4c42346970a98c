"""Who has taken part in which course, what it cost, and what the Land gives for it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col

from allowance.grants import course_grant
from app.clock import local_day
from app.reports import asked, words
from app.reports.asked import Asked
from app.sheets import Column, Row
from app.tables import Course, CourseParticipant, LedgerEntry, LedgerKind

COLUMNS = (
    Column("course_id", "Kennung", "Id", "text"),
    Column("course", "Kurs", "Course", "text"),
    Column("kind", "Art", "Kind", "text"),
    Column("starts_on", "Beginn", "Begins", "date"),
    Column("ends_on", "Ende", "Ends", "date"),
    Column("course_units", "Einheiten des Kurses", "Units of the course", "integer"),
    Column("volunteer_id", "Kennung der Person", "Id of the person", "text"),
    Column("volunteer", "Name", "Name", "text"),
    Column("units", "Einheiten besucht", "Units attended", "integer"),
    Column("certified_on", "Bescheinigt am", "Certified on", "date"),
    Column("grant_cents", "Zuwendung in EUR", "Grant in EUR", "cents"),
    Column("cost_cents", "Kosten des Kurses in EUR", "Cost of the course in EUR", "cents"),
)


def rows(session: Session, one: Asked) -> list[Row]:
    """By course and name, each course by its last day; its cost stands in its first row."""
    found = lines(session, one)
    named = words.people(session, {line.volunteer_id for line in found})
    made = [_row(line, named.get(line.volunteer_id, ""), one.locale) for line in found]
    made.sort(key=lambda row: [str(row[key]) for key in _ORDER])
    return _costs_once(made)


_ORDER = ("ends_on", "course", "course_id", "volunteer", "volunteer_id")


def lines(session: Session, one: Asked, *which: ColumnElement[bool]) -> Sequence[Any]:
    """Who stands in the books, and the course it is about.

    She was there in full: her units are those of the course, whatever it was changed to since.
    """
    units = func.sum(col(LedgerEntry.units))
    booked: Any = func.max(col(LedgerEntry.recorded_at))
    members = [col(LedgerEntry.volunteer_id), col(LedgerEntry.day), col(LedgerEntry.detail)]
    query = (
        sql_select(*members, units.label("units"), booked.label("booked_at"))
        .add_columns(col(Course.id), col(Course.title), col(Course.starts_on))
        .add_columns(col(Course.cost_cents))
        .join(CourseParticipant, col(CourseParticipant.id) == col(LedgerEntry.subject_id))
        .join(Course, col(Course.id) == col(CourseParticipant.course_id))
        .where(*asked.of(one, LedgerKind.COURSE), *which)
        .where(col(LedgerEntry.recorded_at) <= one.as_of)
        .group_by(*members, col(CourseParticipant.id), col(Course.id))
        .having(func.sum(col(LedgerEntry.quantity)) > 0)
        .order_by(col(LedgerEntry.day), col(Course.title), col(CourseParticipant.id))
    )
    return session.execute(query).all()


def _row(line: Any, name: str, locale: str) -> Row:
    return {
        "course_id": str(line.id),
        "course": line.title,
        "kind": words.of(words.COURSES, line.detail, locale),
        "starts_on": line.starts_on,
        "ends_on": line.day,
        "course_units": int(line.units),
        "volunteer_id": str(line.volunteer_id),
        "volunteer": name,
        "units": int(line.units),
        "certified_on": local_day(line.booked_at),
        "grant_cents": course_grant(line.detail, int(line.units), 1, line.day),
        "cost_cents": line.cost_cents,
    }


def _costs_once(made: Sequence[Row]) -> list[Row]:
    """So that the column adds up to what was spent."""
    seen: set[Any] = set()
    shown: list[Row] = []
    for row in made:
        cost = None if row["course_id"] in seen else row["cost_cents"]
        seen.add(row["course_id"])
        shown.append({**row, "cost_cents": cost})
    return shown
