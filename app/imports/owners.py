"""Whose row it is: the person, request or institution by which a coordinator knows it."""

from uuid import UUID

from sqlmodel import Session, SQLModel, col, select

from app.tables import Institution, Request, RequestOption, Volunteer

_OWNERS = {"volunteer_id": "volunteer", "request_id": "request", "institution_id": "institution"}


def label(session: Session, table: str, row_id: UUID) -> str:
    """Such as "Beispiel, Ada" or "Kita Arche, 12.01.2027"; empty when nobody owns it."""
    if table == "volunteer":
        return _person(session.get(Volunteer, row_id))
    if table == "request":
        return _request(session, row_id)
    if table == "institution":
        row = session.get(Institution, row_id)
        return row.name if row else ""
    if table == "task":
        return _of_task(session, row_id)
    return _of_part(session, table, row_id)


def _person(row: Volunteer | None) -> str:
    return ", ".join(part for part in (row.surname, row.given_name) if part) if row else ""


def _request(session: Session, row_id: UUID) -> str:
    query = (
        select(Institution, RequestOption)
        .join(Request, col(Request.institution_id) == col(Institution.id))
        .join(RequestOption, col(RequestOption.request_id) == col(Request.id))
        .where(col(Request.id) == row_id, col(RequestOption.position) == 0)
    )
    found = session.exec(query).first()
    if found is None:
        return ""
    place, day = found[0].name, found[1].day
    return f"{place}, {day.day:02}.{day.month:02}.{day.year}"


def _of_task(session: Session, row_id: UUID) -> str:
    tasks = SQLModel.metadata.tables["task"]
    query = select(tasks.c.subject_type, tasks.c.subject_id).where(tasks.c.id == row_id)
    found = session.execute(query).first()
    return label(session, found[0], found[1]) if found and found[0] != "task" else ""


def _of_part(session: Session, table: str, row_id: UUID) -> str:
    columns = SQLModel.metadata.tables[table].c
    for name, owner in _OWNERS.items():
        if name in columns:
            owner_id = session.execute(
                select(columns[name]).where(columns.id == row_id)
            ).scalar_one_or_none()
            return label(session, owner, owner_id) if owner_id else ""
    return ""
