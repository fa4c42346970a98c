"""What is missing is said before anybody is served."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from app import db, migrations
from app.cli import cli
from app.main import create_app
from app.settings import get_settings
from tests.databases import Databases
from tests.test_migrations import drop_guard


@pytest.fixture(params=[True, False], ids=["migrated", "empty"])
def served(
    databases: Databases,
    var: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[tuple[Engine, bool]]:
    """The database of the settings, migrated or not."""
    with databases.fresh(migrated=request.param) as engine:
        url = engine.url.render_as_string(hide_password=False)
        monkeypatch.setenv("LOTSENWERK_DATABASE_URL", url)
        get_settings.cache_clear()
        yield engine, request.param


def test_the_doctor_says_what_is_missing(served: tuple[Engine, bool]) -> None:
    engine, migrated = served
    found = CliRunner().invoke(cli, ["doctor"])
    assert found.exit_code == (0 if migrated else 1)
    assert ("All is well." if migrated else "run `lotsenwerk migrate`") in found.output
    if migrated:
        drop_guard(engine)
        found = CliRunner().invoke(cli, ["doctor"])
        assert found.exit_code == 1
        assert "The overlap guard" in found.stderr
    assert CliRunner().invoke(cli, ["migrate"]).exit_code == 0


def test_nothing_is_served_without_its_guards(served: tuple[Engine, bool]) -> None:
    engine, migrated = served
    if migrated:
        drop_guard(engine)
    elif engine.dialect.name == "sqlite":
        return
    refused = CliRunner().invoke(cli, ["serve", "--port", "0"])
    assert refused.exit_code == 1
    assert len(refused.stderr.strip().splitlines()) == 1


async def ready(engine: Engine) -> tuple[int, dict[str, object]]:
    """What a load balancer sees."""
    transport = ASGITransport(app=create_app(engine))
    async with AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/livez")).json() == {"status": "ok", "findings": []}
        answer = await client.get("/readyz")
        return answer.status_code, answer.json()


async def test_ready_means_migrated_and_guarded(engine: Engine) -> None:
    assert await ready(engine) == (200, {"status": "ok", "findings": []})
    drop_guard(engine)
    status, answer = await ready(engine)
    assert status == 503
    assert "overlap guard" in str(answer["findings"])


async def test_a_database_that_is_away_is_not_ready(tmp_path: Path) -> None:
    away = db.make_engine(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    status, answer = await ready(away)
    assert status == 503
    assert answer["findings"] == ["The database cannot be reached."]


def test_a_table_that_was_taken_away_is_missed(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE claim_line"))
    assert any("claim_line" in sentence for sentence in migrations.findings(engine))


def test_a_constraint_that_was_taken_away_is_missed(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX uq_assignment_seat_taken"))
    found = migrations.findings(engine)
    assert any("uq_assignment_seat_taken" in sentence for sentence in found)


def test_an_unreachable_server_is_one_sentence(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = "postgresql://nobody@127.0.0.1:1/nothing"
    monkeypatch.setenv("LOTSENWERK_DATABASE_URL", address)
    get_settings.cache_clear()
    refused = CliRunner().invoke(cli, ["doctor"])
    assert refused.exit_code == 1
    assert refused.stderr.startswith("The database says:")
    assert "Traceback" not in refused.output
