"""The books: what was wrong is taken back, and only once."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from app import books, db
from app.tables import LedgerEntry
from tests.app.reports.worlds import line, written
from tests.app.searches.sought import rows
from tests.cast import Cast


def test_a_line_is_taken_back_once(engine: Engine, cast: Cast) -> None:
    written(engine, [line(cast)])
    with db.transaction(engine) as session:
        assert (books.back(session), books.back(session)) == (1, 0)
    assert [one.quantity for one in rows(engine, LedgerEntry)] == [1, -1]


def test_two_who_take_the_same_line_back_at_once_are_refused_by_the_database(
    engine: Engine, cast: Cast
) -> None:
    written(engine, [line(cast)])
    (first,) = rows(engine, LedgerEntry)
    back = line(cast, quantity=-1, minutes=-60, reverses_id=first.id)
    written(engine, [back])
    with pytest.raises(IntegrityError, match="reverses"):
        written(engine, [back])
