"""Migrations run both ways, with data in between, and the overlap guard stands after them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from alembic.command import check
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel, col, update

from app import db, migrations
from app.tables import Assignment, Seat
from tests.app.examples import HOUR, MORNING, Examples, asking, assignment, furnish, snapshot
from tests.cast import Cast, gather
from tests.databases import Databases

GUARD = "ex_assignment_no_overlap"


@pytest.fixture
def empty(databases: Databases) -> Iterator[Engine]:
    """A database in which nothing was ever migrated."""
    with databases.fresh(migrated=False) as engine:
        yield engine


def config(connection: object) -> Config:
    """Alembic's settings, working over this connection."""
    made = Config(str(migrations.ROOT / "alembic.ini"))
    made.attributes["connection"] = connection
    return made


def revisions() -> list[str]:
    """Every revision, oldest first."""
    script = ScriptDirectory.from_config(Config(str(migrations.ROOT / "alembic.ini")))
    return [one.revision for one in reversed(list(script.walk_revisions()))]


def leftovers(engine: Engine) -> dict[str, list[str]]:
    """Tables, triggers, policies and functions of ours."""
    questions = {
        "sqlite": {
            "things": "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
            " AND name <> 'alembic_version'"
        },
        "postgresql": {
            "policies": "SELECT policyname FROM pg_policies",
            "functions": "SELECT proname FROM pg_proc WHERE proname LIKE 'lotsenwerk%'",
            "triggers": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
            "tables": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename <> 'alembic_version'",
        },
    }[engine.dialect.name]
    with engine.connect() as connection:
        return {
            kind: [str(name) for name in connection.scalars(text(question))]
            for kind, question in questions.items()
        }


def test_up_makes_every_table_and_down_leaves_nothing(empty: Engine) -> None:
    assert migrations.is_empty(empty)
    migrations.migrate(empty)
    assert set(SQLModel.metadata.tables) <= set(inspect(empty).get_table_names())
    assert migrations.findings(empty) == []
    migrations.downgrade(empty, "base")
    assert {kind: found for kind, found in leftovers(empty).items() if found} == {}
    migrations.migrate(empty)
    assert migrations.findings(empty) == []


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    before = leftovers(engine)
    migrations.migrate(engine)
    assert leftovers(engine) == before


def test_each_step_goes_down_and_up_again_with_data(engine: Engine, cast: Cast) -> None:
    furnish(engine, cast)
    before = snapshot(engine)
    known = revisions()
    for older in reversed(known[:-1]):
        migrations.downgrade(engine, older)
        migrations.migrate(engine)
        after = snapshot(engine)
        assert after["volunteer"] == before["volunteer"], older
        assert after["assignment"] == before["assignment"], older
        assert migrations.findings(engine) == []
    migrations.downgrade(engine, "base")
    migrations.migrate(engine)
    assert migrations.findings(engine) == []
    gather(engine)


def test_a_half_done_migration_leaves_nothing(empty: Engine) -> None:
    with pytest.raises(Exception, match="nowhere"):
        migrations.migrate(empty, "nowhere")
    assert {kind: found for kind, found in leftovers(empty).items() if found} == {}


def test_tables_and_migrations_agree(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    with engine.connect() as connection:
        check(config(connection))
    assert "No new upgrade operations" in capsys.readouterr().out


def test_every_revision_has_a_human_name() -> None:
    assert all(name.replace("_", "").isalpha() for name in revisions())


def test_every_constraint_has_a_name(engine: Engine) -> None:
    seen = inspect(engine)
    for table in SQLModel.metadata.tables:
        named = [
            *seen.get_foreign_keys(table),
            *seen.get_unique_constraints(table),
            *seen.get_check_constraints(table),
        ]
        assert all(one["name"] for one in named), table


@pytest.fixture
def examples(engine: Engine, cast: Cast) -> Examples:
    """A booking of Dilan's on 13 January, 10:00 to 11:00."""
    return furnish(engine, cast)


BOOKED = MORNING + 24 * HOUR


def _book(
    session: Session,
    cast: Cast,
    start_minutes: int,
    minutes: int = 60,
    *,
    who: str = "dilan",
    foreign: bool = False,
    state: str = "booked",
) -> Assignment:
    sponsor, school = (cast.fulda, cast.school_fulda) if foreign else (cast.wetterau, cast.school)
    starts_at = BOOKED + timedelta(minutes=start_minutes)
    asked = asking(session, sponsor, school, starts_at)
    made = assignment(
        asked, cast.volunteers[who], state=state, ends_at=starts_at + timedelta(minutes=minutes)
    )
    session.add(made)
    session.flush()
    return made


@pytest.mark.parametrize(("start", "minutes"), [(0, 60), (30, 60), (-30, 60), (10, 5), (-60, 300)])
@pytest.mark.parametrize("foreign", [False, True])
def test_overlapping_bookings_are_impossible(
    engine: Engine, cast: Cast, examples: Examples, start: int, minutes: int, foreign: bool
) -> None:
    with pytest.raises(DBAPIError, match=GUARD), db.transaction(engine) as session:
        _book(session, cast, start, minutes, foreign=foreign)


@pytest.mark.parametrize(("start", "minutes"), [(60, 60), (-60, 60)])
def test_touching_bookings_are_possible(
    engine: Engine, cast: Cast, examples: Examples, start: int, minutes: int
) -> None:
    with db.transaction(engine) as session:
        _book(session, cast, start, minutes)


def test_cancelled_bookings_take_no_time(engine: Engine, cast: Cast, examples: Examples) -> None:
    with db.transaction(engine) as session:
        _book(session, cast, 0, state="cancelled_early")
        _book(session, cast, 0, who="mirela")


def test_a_booking_cannot_be_moved_or_revived_into_another(
    engine: Engine, cast: Cast, examples: Examples
) -> None:
    with db.transaction(engine) as session:
        late = _book(session, cast, 120).id
        gone = _book(session, cast, 0, state="cancelled_late").id
        other = _book(session, cast, 0, who="mirela").id
    changes: list[tuple[object, dict[str, object]]] = [
        (late, {"starts_at": BOOKED + timedelta(minutes=30)}),
        (gone, {"state": "booked"}),
        (other, {"volunteer_id": cast.volunteers["dilan"]}),
    ]
    for row_id, values in changes:
        with pytest.raises(DBAPIError, match=GUARD), db.transaction(engine) as session:
            session.exec(update(Assignment).where(col(Assignment.id) == row_id).values(**values))


def drop_guard(engine: Engine) -> None:
    """Take the overlap guard away: what the control does."""
    statements = ["ALTER TABLE assignment DROP CONSTRAINT ex_assignment_no_overlap"]
    if engine.dialect.name == "sqlite":
        statements = [f"DROP TRIGGER {GUARD}_insert", f"DROP TRIGGER {GUARD}_update"]
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_control_without_the_guard_the_overlap_goes_in_and_the_doctor_says_so(
    engine: Engine, cast: Cast, examples: Examples
) -> None:
    drop_guard(engine)
    with db.transaction(engine) as session:
        _book(session, cast, 30)
    found = migrations.findings(engine)
    assert found
    assert all(GUARD in sentence for sentence in found)


def test_one_seat_has_one_booking(engine: Engine, cast: Cast, examples: Examples) -> None:
    with pytest.raises(DBAPIError), db.transaction(engine) as session:
        booked = session.get_one(Assignment, _id(examples, "assignment_id"))
        seat = session.get_one(Seat, booked.seat_id)
        session.add(
            Assignment(
                **booked.model_dump(exclude={"id", "volunteer_id", "seat_id"}),
                seat_id=seat.id,
                volunteer_id=cast.volunteers["mirela"],
            )
        )
        session.flush()


def _id(examples: Examples, name: str) -> object:
    from uuid import UUID

    return UUID(examples[name])


def test_an_older_database_is_found_by_the_doctor(empty: Engine) -> None:
    found = migrations.findings(empty)
    assert len(found) == 1
    assert "lotsenwerk migrate" in found[0]
