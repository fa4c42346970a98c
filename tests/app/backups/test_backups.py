"""A backup comes back exactly, in a database of either kind."""

import errno
import os
import stat
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from app import migrations
from app.backups import archive, keepsakes, schema
from app.backups.cells import kind_of
from app.backups.refusals import BackupError
from app.settings import Settings
from tests.app.backups.conftest import Elsewhere, Place
from tests.databases import SERVER

TABLES = SQLModel.metadata.tables


def contents(path: Path) -> dict[str, bytes]:
    """The rows inside of a backup."""
    with ZipFile(path) as opened:
        return {n: opened.read(n) for n in opened.namelist() if n.startswith("tables/")}


def test_every_row_of_every_table_comes_back_exactly(
    place: Place, taken: Path, elsewhere: Elsewhere
) -> None:
    before = place.rows()
    assert all(before.values()), [name for name, rows in before.items() if not rows]
    other = elsewhere()
    restored = other.restore(taken)
    assert other.rows() == before
    assert place.rows() == before, "a backup changes nothing"
    assert migrations.findings(other.engine) == []
    assert restored.remarks == []
    assert restored.manifest.rows == sum(map(len, before.values()))


def test_a_sqlite_file_grows_into_postgres_and_back(
    place: Place, taken: Path, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    before = place.rows()
    small, large = elsewhere(server=""), elsewhere()
    small.restore(taken)
    assert small.rows() == before
    small.back_up(tmp_path / "small.zip")
    large.restore(tmp_path / "small.zip")
    assert large.rows() == before
    assert migrations.findings(large.engine) == []
    large.back_up(tmp_path / "large.zip")
    assert contents(tmp_path / "large.zip") == contents(tmp_path / "small.zip")


def test_every_column_is_known_for_what_it_holds(engine: Engine) -> None:
    with engine.connect() as connection:
        found = {table.name: dict(table.columns) for table in schema.tables(connection)}
    wanted = {
        name: {
            column.name: kind_of(column.name, getattr(column.type, "impl_instance", column.type))
            for column in table.columns
        }
        for name, table in TABLES.items()
        if name not in schema.NOT_CARRIED
    }
    assert found == wanted


def test_those_come_first_to_which_others_point(engine: Engine) -> None:
    with engine.connect() as connection:
        names = [table.name for table in schema.tables(connection)]
    for place, name in enumerate(names):
        pointed_to = {key.column.table.name for key in TABLES[name].foreign_keys} - {name}
        assert pointed_to <= set(names[:place]), name


def test_rows_may_point_forwards_to_rows_of_their_own_table(
    place: Place, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    place.execute(
        "UPDATE message SET digest_id = (SELECT id FROM message ORDER BY id DESC LIMIT 1)"
    )
    place.back_up(tmp_path / "b.zip")
    other = elsewhere()
    other.restore(tmp_path / "b.zip")
    assert other.rows() == place.rows()
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        other.execute("UPDATE message SET digest_id = :nowhere", nowhere="0" * 32)


def test_what_was_still_to_be_done_is_asked_for_again(
    place: Place, taken: Path, elsewhere: Elsewhere
) -> None:
    undone = place.undone()
    assert {name for name, _, _ in undone} >= {"messages.send", "offers.expire"}
    other = elsewhere()
    other.restore(taken)
    found = other.undone()
    assert {job[:2] for job in found} == {job[:2] for job in undone}
    later = {job for job in undone if job[0] == "offers.expire"}
    assert later <= found, "what is due later is due at the same moment"


def test_a_backup_can_be_read_by_its_owner_only_and_leaves_nothing_else(
    place: Place, taken: Path, tmp_path: Path
) -> None:
    assert stat.S_IMODE(taken.stat().st_mode) == 0o600
    folder = tmp_path / "alone"
    folder.mkdir()
    place.back_up(folder / "b.zip")
    place.back_up(folder / "b.zip")
    assert [path.name for path in folder.iterdir()] == ["b.zip"]


def test_a_backup_that_fails_keeps_the_one_before(
    place: Place, taken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = taken.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(archive.os, "fsync", full)
        with pytest.raises(BackupError, match=r"taken\.zip cannot be written: No space left"):
            place.back_up(taken)

    def no_room(_path: Path) -> int:
        return os.open("/dev/full", os.O_WRONLY)

    with monkeypatch.context() as patched:
        patched.setattr(archive, "private", no_room)
        with pytest.raises(BackupError, match=r"taken\.zip cannot be written: No space left"):
            place.back_up(taken)
    assert taken.read_bytes() == before
    assert not list(taken.parent.glob(".taken.zip*"))
    with pytest.raises(BackupError, match="cannot be written: No such file"):
        place.back_up(taken.parent / "nowhere" / "b.zip")
    with pytest.raises(BackupError, match="cannot be written: Is a directory"):
        place.back_up(taken.parent)


def test_there_is_nothing_to_back_up_where_nothing_was_migrated(
    elsewhere: Elsewhere, tmp_path: Path
) -> None:
    with pytest.raises(BackupError, match="no database of Lotsenwerk"):
        elsewhere().back_up(tmp_path / "b.zip")
    assert not (tmp_path / "b.zip").exists()


class Keys:
    """Two places whose keys lie in files, or come from the environment."""

    def __init__(self, here: Place, there: Place, path: Path) -> None:
        self.here, self.there, self.path = here, there, path
        self.given(here, "")
        self.given(there, "")

    @staticmethod
    def given(place: Place, secret: str) -> None:
        """Set the key of a place in its environment."""
        place.settings = Settings(var=place.settings.var, secret=secret, vapid_key="")

    @staticmethod
    def lay(place: Place, **files: str) -> None:
        """Put files beside the database."""
        for name, content in files.items():
            path = place.settings.var / name.replace("__", "/").replace("_pem", ".pem")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)

    def carry(self, *, replace: bool = False) -> None:
        """Back up here, restore there."""
        self.here.back_up(self.path)
        self.there.restore(self.path, replace=replace)

    def has(self, name: str) -> str | None:
        """A file there."""
        path = self.there.settings.var / name
        return path.read_text() if path.exists() else None


@pytest.fixture
def keys(place: Place, elsewhere: Elsewhere, tmp_path: Path) -> Keys:
    return Keys(place, elsewhere(), tmp_path / "keys.zip")


def test_keys_and_unsent_mails_come_along(keys: Keys) -> None:
    keys.lay(keys.here, secret="ours", vapid_pem="push")
    mail = keys.here.settings.outbox / "01a2dfed-4a80-7413-a12d-b6a4ad5d4d08.eml"
    mail.parent.mkdir()
    mail.write_text("Hallo")
    keys.carry()
    assert (keys.has("secret"), keys.has("vapid.pem")) == ("ours", "push")
    assert keys.has(f"outbox/{mail.name}") == "Hallo"
    for name in ("secret", "vapid.pem", f"outbox/{mail.name}"):
        assert stat.S_IMODE((keys.there.settings.var / name).stat().st_mode) == 0o600


def test_a_key_from_the_environment_is_not_in_the_backup(keys: Keys) -> None:
    keys.given(keys.here, "from outside")
    keys.lay(keys.here, secret="stale")
    keys.here.back_up(keys.path)
    with ZipFile(keys.path) as opened:
        assert not [name for name in opened.namelist() if name.startswith("files/")]
        assert all(b"from outside" not in opened.read(name) for name in opened.namelist())
    with pytest.raises(BackupError, match="set it to the same key"):
        keys.carry()
    keys.given(keys.there, "another")
    with pytest.raises(BackupError, match="take the one from where it was made"):
        keys.carry()
    keys.given(keys.there, "from outside")
    keys.carry()
    assert keys.there.rows() == keys.here.rows()


def test_a_key_in_a_file_may_become_one_of_the_environment(keys: Keys) -> None:
    keys.lay(keys.here, secret="ours")
    keys.given(keys.there, "another")
    with pytest.raises(BackupError, match="files/secret inside"):
        keys.carry()
    keys.given(keys.there, "ours")
    keys.carry()
    assert keys.has("secret") is None


def test_a_key_that_only_the_service_may_read_is_named(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.lay(keys.here, secret="ours")
    monkeypatch.setattr(keepsakes.os, "access", lambda _path, _mode: False)
    with pytest.raises(BackupError, match="secret cannot be read: do this as the user of"):
        keys.carry()
    assert not keys.path.exists()


@pytest.mark.parametrize("name", ["secret", "vapid_pem"])
def test_another_key_is_replaced_only_when_asked(keys: Keys, name: str) -> None:
    keys.lay(keys.here, **{name: "ours"})
    keys.lay(keys.there, **{name: "theirs"})
    file = name.replace("_pem", ".pem")
    with pytest.raises(BackupError, match="is another key"):
        keys.carry()
    assert keys.has(file) == "theirs"
    keys.carry(replace=True)
    assert keys.has(file) == "ours"


def test_an_old_backup_is_brought_to_the_newest_tables(
    elsewhere: Elsewhere, tmp_path: Path
) -> None:
    old, new = elsewhere(server=""), elsewhere()
    migrations.migrate(old.engine, "first_tables")
    old.execute(
        "INSERT INTO account (id, created_at, updated_at, email, name, locale, active)"
        " VALUES (:id, :at, :at, 'a@example.org', 'A', 'de', true)",
        id="01a2dfed4a807413a12db6a4ad5d4d08",
        at="2026-12-01 08:00:00.000001",
    )
    manifest = old.back_up(tmp_path / "old.zip")
    assert manifest.revision == "first_tables"
    new.restore(tmp_path / "old.zip")
    assert migrations.findings(new.engine) == []
    (account,) = new.rows()["account"]
    assert "datetime.datetime(2026, 12, 1, 8, 0, 0, 1, tzinfo=" in account
    assert "'operator': False" in account, "what is new has its default"


def test_a_server_of_an_old_version_is_backed_up_by_that_version(
    elsewhere: Elsewhere, tmp_path: Path
) -> None:
    old = elsewhere()
    migrations.migrate(old.engine, "first_tables")
    if SERVER:
        with pytest.raises(BackupError, match="with the version that serves it"):
            old.back_up(tmp_path / "old.zip")
    else:
        assert old.back_up(tmp_path / "old.zip").revision == "first_tables"
