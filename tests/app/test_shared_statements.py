"""A statement that a module shares is the same for all, also where everybody comes at once."""

import pkgutil
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module

import pytest
from sqlalchemy import ClauseElement, TextClause
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.sql.expression import Executable, Exists

import app
from app.prepared import is_settled, settled
from app.seam import pair

THREADS, ROUNDS = 8, 40


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads change places after every few steps."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def written_at_once(statement: ClauseElement) -> set[str]:
    """What some threads make of it that all begin at the same moment."""
    begin, texts = threading.Barrier(THREADS, timeout=60), []

    def write() -> None:
        begin.wait()
        try:
            texts.append(str(statement.compile(dialect=psycopg.dialect())))
        except Exception as error:
            texts.append(repr(error))

    threads = [threading.Thread(target=write) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts) == THREADS
    return set(texts)


def differs(make: Callable[[], ClauseElement]) -> bool:
    """Whether the threads ever disagree about a statement that is new to them."""
    return any(len(written_at_once(make())) > 1 for _ in range(ROUNDS))


def _hold() -> ClauseElement:
    made: ClauseElement = pair.holding(locked=True, with_offer=True)
    return made


def test_what_is_settled_is_the_same_for_all(hasty: None) -> None:
    assert not differs(lambda: settled(_hold()))


def test_control_unsettled_it_is_not(hasty: None) -> None:
    assert differs(_hold)


def kept(value: object) -> Iterator[ClauseElement]:
    """The statements in what a module keeps; words that were written by hand have no parts."""
    if isinstance(value, Executable | Exists) and not isinstance(value, TextClause):
        assert isinstance(value, ClauseElement)
        yield value
    elif isinstance(value, Mapping):
        yield from (one for part in value.values() for one in kept(part))
    elif isinstance(value, tuple | list | frozenset | set):
        yield from (one for part in value for one in kept(part))


def shared() -> Iterator[tuple[str, ClauseElement]]:
    """What the modules of the service keep to carry out again and again."""
    for found in pkgutil.walk_packages(app.__path__, "app."):
        module = import_module(found.name)
        for member, value in vars(module).items():
            yield from ((f"{found.name}.{member}", one) for one in kept(value))


def test_every_shared_statement_is_settled() -> None:
    found = list(shared())
    assert "app.seam.pair.HOLD_OFFER" in {name for name, _ in found}
    assert [name for name, statement in found if not is_settled(statement)] == []
