"""Pages by cursor: `?limit=&cursor=`, newest ids last, at most 200 rows."""

from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel
from sqlmodel import Session
from sqlmodel.sql.expression import SelectOfScalar

from app.limits import ROWS

T = TypeVar("T")
R = TypeVar("R", bound=BaseModel)

Limit = Annotated[int, Query(ge=1, le=ROWS, description="Rows a page, at most 200")]
Cursor = Annotated[UUID | None, Query(description="`next` of the page before")]


class Page(BaseModel, Generic[R]):
    """One page of a list; `next` is the cursor of the following one."""

    items: list[R]
    next: UUID | None = None


def page_of(
    session: Session, query: SelectOfScalar[T], key: Any, limit: int, cursor: UUID | None
) -> tuple[list[T], UUID | None]:
    """The rows of one page in the order of `key` (a uuid column), and the next cursor."""
    if cursor is not None:
        query = query.where(key > cursor)
    rows = list(session.exec(query.order_by(key).limit(limit + 1)).all())
    following = getattr(rows[limit - 1], key.key) if len(rows) > limit else None
    return rows[:limit], following
