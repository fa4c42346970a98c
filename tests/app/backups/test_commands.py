"""`lotsenwerk backup` and `restore`, as they are typed."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from app.backups import taking
from app.cli import cli
from app.settings import get_settings
from tests.app.backups.conftest import Elsewhere, Place
from tests.app.test_cli import refused, run


@pytest.fixture
def home(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """The place is the one of the settings."""
    choose(place.engine, place.settings.var, monkeypatch)
    yield place
    get_settings.cache_clear()


def choose(engine: Engine, var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the settings name this database and this folder."""
    url = engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("LOTSENWERK_DATABASE_URL", url)
    monkeypatch.setenv("LOTSENWERK_VAR", str(var))
    get_settings.cache_clear()


def test_back_up_lose_everything_restore(
    home: Place, elsewhere: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, path = home.rows(), tmp_path / "b.zip"
    result = run("backup", path)
    assert result.exit_code == 0, result.output
    rows = sum(map(len, before.values()))
    assert result.stdout == f"{path}: {rows} rows, {len(home.undone())} jobs.\n"
    other = elsewhere()
    choose(other.engine, other.settings.var, monkeypatch)
    result = run("restore", path)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(
        f"{rows} rows and {len(home.undone())} jobs of 2027-01-04 09:00"
    )
    assert result.stderr == ""
    assert other.rows() == before
    assert run("doctor", "--deep").exit_code == 0


def test_replacing_asks_first(home: Place, taken: Path) -> None:
    before = home.rows()
    assert "restore into an empty one" in refused("restore", taken)
    home.execute("DELETE FROM travel_time")
    without = home.rows()
    asked = CliRunner().invoke(cli, ["restore", str(taken), "--replace"], input="n\n")
    assert asked.exit_code == 1
    assert "is deleted and replaced. Go on? [y/N]" in asked.stdout
    assert home.rows() == without
    agreed = CliRunner().invoke(cli, ["restore", str(taken), "--replace"], input="y\n")
    assert agreed.exit_code == 0, agreed.output
    assert home.rows() == before
    assert run("restore", taken, "--replace", "--yes").exit_code == 0


def test_what_does_not_hold_is_said(home: Place, tmp_path: Path) -> None:
    home.execute("UPDATE payrun SET amount_cents = 1")
    assert run("doctor").exit_code == 0
    result = run("doctor", "--deep")
    assert result.exit_code == 1
    assert "A payrun is not the sum of its transfers" in result.stderr
    assert run("backup", tmp_path / "b.zip").exit_code == 0
    result = run("restore", tmp_path / "b.zip", "--replace", "--yes")
    assert result.exit_code == 0
    assert "Please look at this: A payrun is not the sum of its transfers" in result.stderr


def test_what_cannot_be_is_one_sentence(home: Place, tmp_path: Path) -> None:
    refused("backup", tmp_path / "nowhere" / "b.zip")
    refused("restore", tmp_path / "nowhere.zip")
    (tmp_path / "b.zip").write_bytes(b"PK")
    refused("restore", tmp_path / "b.zip", "--replace", "--yes")
    assert run("backup").exit_code == run("restore").exit_code == 2


def test_a_backup_that_is_told_to_end_leaves_nothing(
    home: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(_connection: object) -> list[object]:
        os.kill(os.getpid(), signal.SIGTERM)
        return []

    before = signal.getsignal(signal.SIGTERM)
    folder = tmp_path / "alone"
    folder.mkdir()
    with monkeypatch.context() as patched:
        patched.setattr(taking, "tables", ended)
        assert run("backup", folder / "b.zip").exit_code == 1
    assert list(folder.iterdir()) == []
    assert signal.getsignal(signal.SIGTERM) == before
