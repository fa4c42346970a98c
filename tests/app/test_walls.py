"""Two walls between the sponsors: the filters in the code, and row-level security behind them."""

from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel, col, func, select

from app import access, db, migrations
from app.access import Actor
from app.db import Scope
from app.tables import Account, Enrolment, Partnership, Row, Seat, Volunteer, walls
from tests.app.examples import Examples, furnish
from tests.cast import Cast

WALLED = sorted(set(SQLModel.metadata.tables) - walls.OPEN_TABLES)


@pytest.fixture
def both(engine: Engine, cast: Cast) -> tuple[Examples, Examples]:
    """One object of every kind at Wetterau and at Fulda."""
    return furnish(engine, cast), furnish(engine, cast, foreign=True)


def counts(engine: Engine, scope: Scope | None) -> dict[str, int]:
    """How many rows of each walled table a transaction sees."""
    with db.open_session(engine, read_only=True) as session:
        if scope is not None:
            db.set_scope(session, scope)
        return {
            name: session.execute(
                select(func.count()).select_from(SQLModel.metadata.tables[name])
            ).scalar_one()
            for name in WALLED
        }


HER_OWN = ("benefit_wish", "calendar_feed", "push_subscription")
"""What belongs to a person alone, whatever sponsors she works for."""
OF_TWO = "lending"
"""What the pool that asks and the pool that lends both see."""


def of(*sponsor_ids: UUID) -> Scope:
    """The scope of somebody who works for these sponsors."""
    return Scope(sponsor_ids=frozenset(sponsor_ids))


def test_every_table_belongs_to_a_sponsor_or_is_open_by_name() -> None:
    tables = set(SQLModel.metadata.tables)
    assert tables >= walls.OPEN_TABLES
    assert len(WALLED) > 25
    for name in WALLED:
        columns = set(SQLModel.metadata.tables[name].columns.keys())
        shared = {"sponsor", "volunteer", "institution", "contact"}
        assert columns & {"sponsor_id", "volunteer_id", "account_id"} or name in shared, name


def test_the_examples_fill_every_walled_table(
    engine: Engine, both: tuple[Examples, Examples]
) -> None:
    assert [name for name, count in counts(engine, db.SYSTEM).items() if count == 0] == []


def test_without_a_scope_nothing_is_visible(
    engine: Engine, both: tuple[Examples, Examples]
) -> None:
    seen = {name: count for name, count in counts(engine, None).items() if count}
    if engine.dialect.name == "postgresql":
        assert seen == {}
    else:
        assert set(seen) == set(WALLED), "SQLite has one wall: the filters of the code"


def test_each_sponsor_sees_its_own_rows_and_no_others(
    engine: Engine, cast: Cast, both: tuple[Examples, Examples]
) -> None:
    everything = counts(engine, db.SYSTEM)
    wetterau, fulda = (counts(engine, of(s)) for s in (cast.wetterau, cast.fulda))
    if engine.dialect.name == "postgresql":
        shared = [name for name in WALLED if name not in (*HER_OWN, OF_TWO)]
        assert wetterau[OF_TWO] == fulda[OF_TWO] == everything[OF_TWO] == 2
        assert {n: wetterau[n] + fulda[n] for n in shared} == {n: everything[n] for n in shared}
        assert all(wetterau[name] > 0 for name in shared)
        assert [name for name in shared if not fulda[name]] == ["contact"]
        assert counts(engine, of(cast.wetterau, cast.fulda)) == everything | dict.fromkeys(
            HER_OWN, 0
        )
    else:
        assert wetterau == fulda == everything


@pytest.mark.parametrize("name", HER_OWN)
def test_what_is_hers_is_seen_by_her_account_alone(
    name: str, engine: Engine, cast: Cast, both: tuple[Examples, Examples]
) -> None:
    dilan, amal = cast.accounts["dilan"], cast.accounts["amal"]
    seen = {who: counts(engine, Scope(account_id=who))[name] for who in (dilan, amal)}
    walled = engine.dialect.name == "postgresql"
    assert seen == ({dilan: 1, amal: 0} if walled else {dilan: 2, amal: 2})


def test_a_scope_ends_with_its_transaction(
    engine: Engine, cast: Cast, both: tuple[Examples, Examples]
) -> None:
    with db.transaction(engine, of(cast.wetterau)) as session:
        assert session.exec(select(func.count()).select_from(Seat)).one() > 0
        session.commit()
        seen = session.exec(select(func.count()).select_from(Seat)).one()
    assert (seen == 0) == (engine.dialect.name == "postgresql")


def test_a_row_of_another_sponsor_cannot_be_written(
    engine: Engine, cast: Cast, both: tuple[Examples, Examples]
) -> None:
    row = Partnership(sponsor_id=cast.fulda, institution_id=cast.school)
    if engine.dialect.name == "postgresql":
        with pytest.raises(DBAPIError, match="row-level security"):
            _insert(engine, cast, row)
    else:
        _insert(engine, cast, row)


def _insert(engine: Engine, cast: Cast, row: Partnership) -> None:
    with db.transaction(engine, of(cast.wetterau)) as session:
        session.add(row)
        session.flush()


def test_a_block_behind_the_wall_ends(
    engine: Engine, cast: Cast, both: tuple[Examples, Examples]
) -> None:
    everyone = select(func.count()).select_from(Volunteer)
    with db.open_session(engine, read_only=True) as session:
        db.set_scope(session, of(cast.fulda))
        before = session.exec(everyone).one()
        with db.as_system(session):
            assert session.exec(everyone).one() == 4
        with pytest.raises(ZeroDivisionError), db.as_system(session):
            _ = 1 / 0
        assert session.exec(everyone).one() == before
        assert session.info["scope"] == of(cast.fulda)


def test_control_a_table_without_its_wall_is_found(engine: Engine, cast: Cast) -> None:
    if engine.dialect.name != "postgresql":
        assert migrations.findings(engine) == []
        return
    for name in WALLED:
        with engine.begin() as connection:
            connection.execute(text(f'DROP POLICY wall ON "{name}"'))
    assert len(migrations.findings(engine)) == len(WALLED)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE seat NO FORCE ROW LEVEL SECURITY"))
    assert "Table seat has no row-level security." in migrations.findings(engine)


@pytest.mark.postgres  # SQLite has no schemas.
def test_another_schema_of_the_same_database_is_no_matter_of_ours(
    engine: Engine, cast: Cast
) -> None:
    """A copy beside it is no fault, and its triggers are no guard of ours."""
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA beside"))
        connection.execute(text("CREATE TABLE beside.seat (id uuid)"))
        connection.execute(text("CREATE POLICY theirs ON beside.seat USING (true)"))
    assert migrations.findings(engine) == []
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE beside.audit_event (LIKE audit_event)"))
        connection.execute(text("DROP TRIGGER audit_event_no_delete ON audit_event"))
        connection.execute(text(
            "CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON beside.audit_event"
            " FOR EACH ROW EXECUTE FUNCTION lotsenwerk_append_only()"
        ))  # fmt: skip
        connection.execute(text("CREATE TABLE beside.assignment (span tstzrange)"))
        guard = "CONSTRAINT ex_assignment_no_overlap"
        connection.execute(text(f"ALTER TABLE assignment DROP {guard}"))
        other = f"ADD {guard} EXCLUDE USING gist (span WITH &&)"
        connection.execute(text(f"ALTER TABLE beside.assignment {other}"))
    assert migrations.findings(engine) == [
        "The overlap guard ex_assignment_no_overlap is missing.",
        "The audit can be rewritten: the trigger audit_event_no_delete is missing.",
    ]


def test_control_without_its_wall_a_foreign_row_is_seen(
    engine: Engine, cast: Cast, both: tuple[Examples, Examples]
) -> None:
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE seat NO FORCE ROW LEVEL SECURITY"))
    assert counts(engine, None)["seat"] == counts(engine, db.SYSTEM)["seat"] > 0


def actor(session: Session, cast: Cast, name: str) -> Actor:
    """The person behind a name, with everything she is."""
    return access.actor_of(session, session.get_one(Account, cast.accounts[name]))


VISIBLE = {name: made for name, made in vars(access).items() if name.startswith("visible_")}
SEEN_BY = {
    "dilan": {
        "visible_sponsors", "visible_volunteers", "visible_enrolments", "visible_offers",
        "visible_assignments", "visible_records", "visible_claims", "visible_standbys",
        "visible_courses", "visible_payments", "visible_activities",
    },
    "selin": {
        "visible_sponsors", "visible_institutions", "visible_requests", "visible_assignments",
        "visible_records", "visible_parents_days", "visible_series",
    },
    "amal": set(VISIBLE),
    "lea": set(VISIBLE),
    "oksana": {"visible_sponsors", "visible_volunteers", "visible_enrolments"},
}  # fmt: skip


@pytest.mark.parametrize("name", SEEN_BY)
def test_the_first_wall_shows_each_part_its_own(
    engine: Engine, cast: Cast, both: tuple[Examples, Examples], name: str
) -> None:
    with db.open_session(engine, read_only=True) as session:
        db.set_scope(session, db.SYSTEM)
        who = actor(session, cast, name)
        seen = {key: session.exec(visible(who)).all() for key, visible in VISIBLE.items()}
    assert {key for key, rows in seen.items() if rows} == SEEN_BY[name]
    for key, rows in seen.items():
        for row in rows:
            assert cast.wetterau in _sponsors(row) or not _sponsors(row), key


def _sponsors(row: Row) -> set[UUID]:
    """Whose a row is: of both pools where one lends to the other."""
    found = {getattr(row, name, None) for name in ("sponsor_id", "lender_id")}
    return {one for one in found if one is not None}


def test_volunteers_see_only_themselves(
    engine: Engine, cast: Cast, both: tuple[Examples, Examples]
) -> None:
    with db.open_session(engine, read_only=True) as session:
        db.set_scope(session, db.SYSTEM)
        for name in ("dilan", "mirela"):
            mine = cast.volunteers[name]
            who = actor(session, cast, name)
            assert [v.id for v in session.exec(access.visible_volunteers(who))] == [mine]
            offers = session.exec(access.visible_offers(who)).all()
            assert {o.volunteer_id for o in offers} == ({mine} if name == "dilan" else set())


def test_who_has_left_the_pool_is_gone(
    engine: Engine, cast: Cast, both: tuple[Examples, Examples]
) -> None:
    with db.transaction(engine) as session:
        enrolment = session.get_one(Enrolment, cast.enrolments["mirela"])
        enrolment.state = "ended"
        session.add(enrolment)
    with db.open_session(engine, read_only=True) as session:
        db.set_scope(session, db.SYSTEM)
        amal, mirela = actor(session, cast, "amal"), actor(session, cast, "mirela")
        left = cast.volunteers["mirela"]
        query = access.visible_volunteers(amal).where(col(Volunteer.id) == left)
        assert session.exec(query).all() == []
        assert mirela.parts == frozenset()


def test_a_shared_volunteer_is_seen_by_both_pools_and_her_offers_by_one(
    engine: Engine, cast: Cast, both: tuple[Examples, Examples]
) -> None:
    with db.transaction(engine) as session:
        known = session.get_one(Enrolment, cast.enrolments["dilan"])
        values = known.model_dump(exclude={"id", "sponsor_id", "created_at", "updated_at"})
        session.add(Enrolment(**values, sponsor_id=cast.fulda))
    with db.open_session(engine, read_only=True) as session:
        db.set_scope(session, of(cast.fulda))
        kofi = Actor(cast.accounts["kofi"], "Kofi", frozenset({(cast.fulda, "coordinator")}))
        seen = {v.id for v in session.exec(access.visible_volunteers(kofi))}
        assert seen == {cast.volunteers["nuru"], cast.volunteers["dilan"]}
        offers = session.exec(access.visible_offers(kofi)).all()
        assert {o.volunteer_id for o in offers} == {cast.volunteers["nuru"]}
        places = session.exec(access.visible_enrolments(kofi)).all()
        assert {e.sponsor_id for e in places} == {cast.fulda}
