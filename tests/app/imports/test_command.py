"""`lotsenwerk import`: a table of every row, and `import undo`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import Result
from rich.console import Console
from sqlalchemy import Engine
from sqlmodel import select
from typer.testing import CliRunner

import app.cli
from app import db
from app.cli import cli
from app.settings import get_settings
from app.tables import ImportBatch, Volunteer
from tests.app.examples import snapshot
from tests.app.imports import demo
from tests.databases import Databases


@pytest.fixture
def home(
    databases: Databases, var: Path, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:
    """The migrated, empty database of the settings."""
    with databases.fresh() as engine:
        url = engine.url.render_as_string(hide_password=False)
        monkeypatch.setenv("LOTSENWERK_DATABASE_URL", url)
        monkeypatch.setattr(app.cli, "out", Console(width=200))
        get_settings.cache_clear()
        yield engine


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """Three volunteers: one fine, one to ask about, one that is rejected."""
    folder = tmp_path / "Sprachpool"
    folder.mkdir()
    good = demo.VOLUNTEER | {"Nachname": "Beispiel", "Vorname": "Ada"}
    rows = (
        good,
        good | {"Nr": "2", "Nachname": "Muster [bold]", "Sprachen": "Kurdisch"},
        good | {"Nr": "3", "Nachname": "Probe", "PLZ": "6123"},
    )
    (folder / "freiwillige.csv").write_bytes(demo.list_of(*rows))
    return folder


def run(*words: object) -> Result:
    """Type a command."""
    return CliRunner().invoke(cli, [str(word) for word in words])


def imported(home: Engine) -> ImportBatch:
    """The one import there is."""
    with db.transaction(home) as session:
        return session.exec(select(ImportBatch)).one()


def test_a_dry_run_shows_each_row_that_needs_somebody(home: Engine, lists: Path) -> None:
    result = run("import", lists, "--dry-run")
    assert result.exit_code == 0, result.output
    assert "Nr 2 · Muster [bold], Ada" in result.stdout
    assert "Nr 3 · Probe, Ada" in result.stdout
    assert "Nr 1 · Beispiel, Ada" not in result.stdout
    assert "1 Zeilen ohne Hinweis: mit --all zu sehen." in result.stdout
    assert "Probelauf: nichts gespeichert." in result.stdout
    assert "Nr 1 · Beispiel, Ada" in run("import", lists, "--dry-run", "--all").stdout


def test_json_keeps_its_form(home: Engine, lists: Path) -> None:
    found = json.loads(run("import", lists, "--dry-run", "--json").stdout)
    assert found["volunteers"] == {
        "rows": 3,
        "accepted": 1,
        "ask": {"2": ["language:Kurdisch"]},
        "rejected": {"3": ["column:PLZ"]},
        "unchanged": 0,
    }


def test_an_import_is_taken_back_by_its_id(home: Engine, lists: Path) -> None:
    run("import", lists)
    before = snapshot(home)["volunteer"]
    assert len(before) == 2
    batch = imported(home)
    done = run("import", "undo", batch.id)
    assert done.exit_code == 0, done.output
    assert f"{len(batch.created)} Einträge gelöscht" in done.stdout.replace("\n", " ")
    assert snapshot(home)["volunteer"] == []
    again = run("import", "undo", batch.id)
    assert (again.exit_code, again.stdout) == (1, "")
    assert "schon zurückgenommen" in again.stderr


def test_what_hangs_on_an_import_is_named(home: Engine, lists: Path, clock: Any) -> None:
    run("import", lists)
    clock.shift(60)
    with db.transaction(home) as session:
        for person in session.exec(select(Volunteer)).all():
            person.phone = "0171 5550001"
    refused = run("import", "undo", imported(home).id)
    assert refused.exit_code == 1
    assert "2 spätere Änderungen (Beispiel, Ada; Muster [bold], Ada)" in refused.stderr


def test_an_unknown_import_is_refused(home: Engine) -> None:
    refused = run("import", "undo", uuid4())
    assert (refused.exit_code, refused.stdout) == (1, "")


def test_a_second_word_beside_a_folder_is_a_wrong_call(home: Engine, lists: Path) -> None:
    assert run("import", lists, uuid4()).exit_code == 2
    assert run("import", "undo", "no id").exit_code == 2
