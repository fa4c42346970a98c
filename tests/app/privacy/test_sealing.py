"""Sealed values: one key at first start, keys that change, keys that are lost."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from app import db, resealing, sealing
from app.settings import get_settings
from app.tables import Volunteer
from tests.cast import Cast

IBAN = "DE89370400440532013000"


def use(monkeypatch: pytest.MonkeyPatch, secret: str, old: str = "") -> None:
    """Go on with other keys, as after a restart."""
    monkeypatch.setenv("LOTSENWERK_SECRET", secret)
    monkeypatch.setenv("LOTSENWERK_OLD_SECRETS", old)
    get_settings.cache_clear()
    sealing.forget_keys()


@pytest.fixture(autouse=True)
def keys_again() -> Iterator[None]:
    yield
    os.environ["LOTSENWERK_SECRET"] = "only for tests"
    os.environ.pop("LOTSENWERK_OLD_SECRETS", None)
    get_settings.cache_clear()
    sealing.forget_keys()


def raw(engine: Engine, person: UUID) -> str:
    with engine.connect() as connection:
        db.see_all(connection)
        value = text("SELECT iban FROM volunteer WHERE id = :id")
        wanted = person if engine.dialect.name == "postgresql" else person.hex
        return str(connection.execute(value, {"id": wanted}).scalar_one())


def race(var: Path, many: int = 8) -> set[bytes]:
    """The keys that so many processes read which start at once in an empty folder."""
    gate = Barrier(many)

    def start(_number: int) -> bytes:
        gate.wait()
        return sealing.master_key.__wrapped__()

    with ThreadPoolExecutor(many) as crowd:
        return set(crowd.map(start, range(many)))


def test_two_first_starts_agree_on_one_whole_key(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, "")
    for number in range(25):
        monkeypatch.setenv("LOTSENWERK_VAR", str(var / str(number)))
        get_settings.cache_clear()
        found = race(var)
        assert len(found) == 1
        assert len(found.pop()) == 64
        left = list((var / str(number)).iterdir())
        assert [path.name for path in left] == ["secret"], "nothing is left lying about"
        assert left[0].stat().st_mode & 0o777 == 0o600


def test_control_a_key_written_in_place_is_read_by_halves(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it was: the file is there before its content."""
    written, read = Barrier(2), Barrier(2)

    def in_place(path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "x") as file:
            written.wait(5)
            read.wait(5)
            file.write("k" * 64)

    use(monkeypatch, "")
    monkeypatch.setattr(sealing, "_make", in_place)
    with ThreadPoolExecutor(2) as crowd:
        first = crowd.submit(sealing.master_key.__wrapped__)
        written.wait(5)
        second = sealing.master_key.__wrapped__()
        read.wait(5)
        assert (second, first.result()) == (b"", b"k" * 64)


def test_a_new_key_opens_the_old_seals_and_reseals_them(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    dilan = cast.volunteers["dilan"]
    before = raw(engine, dilan)
    assert before.startswith("sealed:")
    assert IBAN not in before
    use(monkeypatch, "another key", "only for tests")
    looked = {cells.name: cells for cells in resealing.look(engine)}
    assert (looked["volunteer.iban"].current, looked["volunteer.iban"].old) == (0, 4)
    assert resealing.findings(list(looked.values())) == []
    assert "privacy reseal" in resealing.warnings(list(looked.values()))[0]
    done = resealing.reseal(engine)
    assert {cells.name: cells.renewed for cells in done}["volunteer.iban"] == 4
    assert resealing.warnings(done) == []
    assert sum(cells.renewed for cells in resealing.reseal(engine)) == 0, "once is enough"
    use(monkeypatch, "another key")
    with db.transaction(engine, read_only=True) as session:
        assert session.get_one(Volunteer, dilan).iban == IBAN
    assert resealing.sample(engine) == []


def test_more_cells_than_one_batch_are_all_sealed_anew(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "BATCH", 2)
    use(monkeypatch, "another key", "only for tests")
    heard: list[int] = []
    done = resealing.reseal(engine, each=lambda cells: heard.append(cells.renewed))
    assert {cells.name: cells.renewed for cells in done}["volunteer.iban"] == 4
    assert heard.count(2) == 1, "some at a time"
    use(monkeypatch, "another key")
    assert resealing.findings(resealing.look(engine)) == []


def test_what_somebody_changes_meanwhile_is_not_overwritten(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    dilan = cast.volunteers["dilan"]
    old = raw(engine, dilan)
    use(monkeypatch, "another key", "only for tests")
    with db.transaction(engine) as session:
        session.get_one(Volunteer, dilan).iban = "DE02120300000000202051"
    cells = resealing.Cells("volunteer", "iban")
    with db.transaction(engine) as session:
        assert resealing.renew(session.connection(), cells, dilan, old) == 0
    with db.transaction(engine, read_only=True) as session:
        assert session.get_one(Volunteer, dilan).iban == "DE02120300000000202051"


def test_a_lost_key_is_one_sentence_before_anybody_is_served(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, "a key that is not the one")
    (said,) = resealing.sample(engine)
    assert "LOTSENWERK_OLD_SECRETS" in said
    assert "volunteer.iban" in said
    (said,) = resealing.findings(resealing.look(engine))
    assert "volunteer.iban: 4" in said
    assert [cells.renewed for cells in resealing.reseal(engine) if cells.renewed] == []
    assert raw(engine, cast.volunteers["dilan"]).startswith("sealed:"), "nothing is lost"
