"""The drill: back up while people press, restore elsewhere, and look whether all of it is right."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine

from app import db, migrations
from app.backups import invariants, taking
from app.offers import answering
from app.settings import Settings
from app.tables import Offer
from bench import questions, served
from bench.promises import by_turns, stored
from bench.served import Crowd, Press, Service
from tests.app.backups.conftest import Elsewhere, Place

PEOPLE, BACKUPS = 4, 3


def test_a_backup_under_load_holds_all_that_was_promised_before(
    engine: Engine, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    here, pool = Place(engine, tmp_path), served.found(engine)
    presses = questions.one_each(engine, pool, 60)
    service = Service(engine.url.render_as_string(hide_password=False), tmp_path / "service")
    taken: list[tuple[Path, list[Press]]] = []
    with served.running(service):
        crowd = Crowd(service.port, by_turns(presses, pool))
        crowd.start(PEOPLE)
        for number in range(BACKUPS):
            crowd.wait_for_more(3)
            promised = [press for press, _ in crowd.acknowledged]
            path = tmp_path / f"{number}.zip"
            here.back_up(path)
            taken.append((path, promised))
        crowd.wait_for_more()
        crowd.end()
    assert {answer.status for _, answer in crowd.answered} <= {200, 201, 503}
    assert len(crowd.acknowledged) > len(taken[-1][1]) > len(taken[0][1]) > 0
    for path, promised in taken:
        check(elsewhere(), path, promised)
    check(elsewhere(server=""), *taken[-1])


def check(other: Place, path: Path, promised: list[Press]) -> None:
    """Restore, then look at tables, rules and promises."""
    assert other.restore(path).remarks == []
    assert migrations.findings(other.engine) == []
    assert invariants.findings(other.engine) == []
    assert set(stored(other.engine, promised).values()) == {1}


Each = Callable[[str], None]


def saying_yes(engine: Engine, press: Press) -> Each:
    """Somebody says yes just before the bookings are written into the backup."""

    def each(table: str) -> None:
        if table == "assignment":
            with db.transaction(engine) as session:
                offer = session.get_one(Offer, UUID(press.path.split("/")[2]))
                answering.accept(session, None, offer)

    return each


@pytest.fixture
def asked(engine: Engine) -> Press:
    (press,) = questions.one_each(engine, served.found(engine), 1)
    return press


def test_a_yes_amid_the_backup_is_in_it_wholly_or_not_at_all(
    engine: Engine, asked: Press, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    path, settings = tmp_path / "b.zip", Settings(var=tmp_path)
    taking.take(engine, path, settings, program="test", each=saying_yes(engine, asked))
    other = elsewhere()
    assert other.restore(path).remarks == []
    assert set(stored(other.engine, [asked]).values()) == {0}
    assert set(stored(engine, [asked]).values()) == {1}


def test_without_one_moment_for_all_tables_a_rule_breaks(
    engine: Engine,
    asked: Press,
    elsewhere: Elsewhere,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Control: table by table the yes comes in by halves, and that is seen."""
    reading, path = engine.connect().execution_options(postgresql_readonly=True), tmp_path / "b.zip"
    say_yes = saying_yes(engine, asked)

    @contextmanager
    def no_snapshot(_engine: Engine, _target: Path) -> Iterator[Connection]:
        if reading.dialect.name == "postgresql":
            reading.exec_driver_sql("SELECT set_config('lotsenwerk.system', 'on', false)")
        yield reading
        reading.invalidate()

    def each(table: str) -> None:
        reading.commit()
        say_yes(table)

    monkeypatch.setattr(taking, "snapshot", no_snapshot)
    with reading:
        taking.take(engine, path, Settings(var=tmp_path), program="test", each=each)
    remarks = " ".join(elsewhere().restore(path).remarks)
    assert "A booking rests on an offer that was not accepted" in remarks
    assert "A booking's seat is not booked" in remarks
