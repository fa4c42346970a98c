"""The commands: counting, clearing, sealing anew, keys, and a backup under a key of the past."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import time_machine
from click.testing import Result
from sqlalchemy import Engine
from sqlmodel import col, select
from typer.testing import CliRunner

from app import db, pseudonyms, sealing
from app.backups import restoring, taking
from app.backups.refusals import BackupError
from app.cli import cli
from app.settings import get_settings
from app.tables import RetentionRun, SponsorKey, Volunteer
from tests.app.examples import furnish
from tests.app.privacy.test_sealing import IBAN, keys_again, use  # noqa: F401 - a fixture
from tests.cast import Cast
from tests.databases import Databases

Run = Callable[..., Result]


@pytest.fixture
def run(engine: Engine, monkeypatch: pytest.MonkeyPatch, var: Path) -> Iterator[Run]:
    """`lotsenwerk privacy …` on the database of the test."""
    address = engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("LOTSENWERK_DATABASE_URL", address)
    get_settings.cache_clear()
    yield lambda *words: CliRunner().invoke(cli, ["privacy", *words])
    get_settings.cache_clear()


def test_retention_says_what_would_go_and_what_went(
    run: Run, engine: Engine, cast: Cast, clock: time_machine.Traveller
) -> None:
    furnish(engine, cast)
    clock.move_to("2027-06-01T09:00:00+02:00")
    dry = run("retention", "--dry-run", "--json")
    assert dry.exit_code == 0, dry.output
    counted = {one["rule"]: one["rows"] for one in json.loads(dry.stdout) if one["rows"]}
    assert counted["request_texts"] > 0
    with db.transaction(engine) as session:
        before = len(session.exec(select(RetentionRun.id)).all())
    assert "rows went" in run("retention").stdout
    with db.transaction(engine) as session:
        assert len(session.exec(select(RetentionRun.id)).all()) > before
    assert run("retention", "--dry-run").stdout.strip() == "0 rows would go."
    only = run("retention", "--dry-run", "--json", "--sponsor", "Lotsenbüro Fulda")
    assert {one["sponsor"] for one in json.loads(only.stdout)} == {"Lotsenbüro Fulda"}
    assert run("retention", "--sponsor", "Nirgends").exit_code == 1


def test_the_record_is_written(run: Run, tmp_path: Path) -> None:
    assert run("record", "-o", str(tmp_path / "record.md")).exit_code == 0
    assert "Art. 30" in (tmp_path / "record.md").read_text(encoding="utf-8")
    assert "Art. 30" in run("record").stdout
    assert run("record", "-o", str(tmp_path / "no" / "folder.md")).exit_code == 1


def test_sealing_anew_with_a_new_key(
    run: Run, engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, "another key", "only for tests")
    looked = run("reseal", "--check")
    assert looked.exit_code == 1
    assert "volunteer.iban: 0 current, 4 under an old key" in looked.stdout
    done = run("reseal")
    assert done.exit_code == 0
    assert "4 sealed anew" in done.stdout
    assert run("reseal", "--check").exit_code == 0
    assert CliRunner().invoke(cli, ["doctor"]).exit_code == 0


def test_with_a_wrong_key_every_command_says_one_sentence(
    run: Run, engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, "not the key")
    for words in (["doctor"], ["serve", "--port", "0"], ["privacy", "reseal"], ["jobs"]):
        said = CliRunner().invoke(cli, words)
        assert said.exit_code == 1, words
        assert "LOTSENWERK_OLD_SECRETS" in said.stderr, words
        assert "Traceback" not in said.output


def test_doctor_names_what_should_be_sealed_anew(
    run: Run, engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, "another key", "only for tests")
    said = CliRunner().invoke(cli, ["doctor"])
    assert said.exit_code == 0
    assert "privacy reseal" in said.stderr


def test_keys_of_pseudonyms_change_and_end(run: Run, engine: Engine, cast: Cast) -> None:
    with db.transaction(engine) as session:
        pseudonyms.client_case(session, cast.wetterau, cast.school, "A 1")
    name = ["--sponsor", "Sprachpool Wetterau"]
    assert "with key 2" in run("rotate-pseudonyms", *name).stdout
    assert run("rotate-pseudonyms", *name, "--destroy", "2", "--yes").exit_code == 1
    gone = run("rotate-pseudonyms", *name, "--destroy", "1", "--yes")
    assert "1 cases match no number" in gone.stdout
    with db.transaction(engine) as session:
        query = select(SponsorKey).where(col(SponsorKey.version) == 1)
        key = session.exec(query).one()
        assert (key.secret, key.destroyed_at is None) == ("", False)


def test_a_backup_under_a_key_of_the_past_comes_back(
    engine: Engine,
    cast: Cast,
    databases: Databases,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "old.zip"
    taking.take(engine, path, get_settings(), program="test")
    with databases.fresh() as empty:
        use(monkeypatch, "another key")
        with pytest.raises(BackupError, match="LOTSENWERK_SECRET"):
            restoring.restore(empty, path, get_settings(), replace=True)
        use(monkeypatch, "another key", "only for tests")
        restoring.restore(empty, path, get_settings(), replace=True)
        with db.transaction(empty, read_only=True) as session:
            assert session.get_one(Volunteer, cast.volunteers["dilan"]).iban == IBAN
    assert sealing.master_key() == b"another key"
