"""What two people make at one moment is made once, and neither of them sees an error."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, func, select

from app import db, pseudonyms
from app.access import Actor
from app.sponsors import service as sponsors
from app.sponsors.schemas import PolicyWrite
from app.tables import ClientCase, PolicyRule, new_id
from tests.app.waiting import Gathering
from tests.cast import Cast


def a_case(session: Session, cast: Cast) -> object:
    """The case behind a number of the school."""
    return pseudonyms.client_case(session, cast.wetterau, cast.school, "A-1").id


def a_rule(session: Session, cast: Cast) -> object:
    """A rule about courts."""
    amal = Actor(cast.accounts["amal"], "Amal", frozenset({(cast.wetterau, "coordinator")}))
    body = PolicyWrite(
        role="interpreter", institution_kind="court", effect="forbid", reason="Vereidigte gehen."
    )
    return sponsors.set_rule(session, amal, body).id


@pytest.mark.parametrize(("make", "table"), [(a_case, ClientCase), (a_rule, PolicyRule)])
def test_the_same_thing_made_twice_at_one_moment_is_one(
    engine: Engine, cast: Cast, make: Callable[[Session, Cast], object], table: Any
) -> None:
    both_looked = Gathering(engine)

    def work(_number: int) -> object:
        with db.transaction(engine) as session:
            session.exec(select(table)).all()
            both_looked.wait()
            return make(session, cast)

    with ThreadPoolExecutor(2) as threads:
        made = set(threads.map(work, range(2)))
    assert len(made) == 1
    with db.transaction(engine) as session:
        assert session.exec(select(func.count()).select_from(table)).one() == 1


@pytest.mark.usefixtures("clock")
def test_ids_of_one_millisecond_keep_their_order_in_every_thread() -> None:
    def many(_number: int) -> list[str]:
        return [str(new_id()) for _ in range(500)]

    with ThreadPoolExecutor(4) as threads:
        lists = list(threads.map(many, range(4)))
    assert all(ids == sorted(ids) for ids in lists)
    assert len({one for ids in lists for one in ids}) == 2000


def test_an_id_is_a_version_seven() -> None:
    made = new_id()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
