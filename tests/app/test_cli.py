"""The command line: exit codes, one sentence for what goes wrong, and a plan that is proven."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from click.testing import Result
from sqlalchemy import Engine
from sqlmodel import col, select
from typer.testing import CliRunner

import app.imports
from app import db
from app.cli import cli
from app.settings import get_settings
from app.tables import Account, Membership
from tests.app.examples import snapshot
from tests.databases import Databases

DEMO = Path(app.imports.__file__).parent / "demo"
WEEK = ("--from", "2027-01-11", "--to", "2027-01-16")


@pytest.fixture
def home(
    databases: Databases, var: Path, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:
    """The migrated, empty database of the settings."""
    with databases.fresh() as engine:
        url = engine.url.render_as_string(hide_password=False)
        monkeypatch.setenv("LOTSENWERK_DATABASE_URL", url)
        get_settings.cache_clear()
        yield engine


def run(*words: str | Path) -> Result:
    """Type a command."""
    return CliRunner().invoke(cli, [str(word) for word in words])


def refused(*words: str | Path) -> str:
    """The one sentence with which a command ends."""
    result = run(*words)
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    lines = [line for line in result.stderr.splitlines() if line]
    assert len(lines) == 1, result.stderr
    return lines[0]


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """A copy of the demo pool's lists, to be spoiled."""
    return Path(shutil.copytree(DEMO, tmp_path / "lists"))


def test_a_dry_run_agrees_with_the_answer_key_and_stores_nothing(home: Engine) -> None:
    before = snapshot(home)
    result = run("import", DEMO, "--dry-run", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    key = json.loads((DEMO / "expected.json").read_text(encoding="utf-8"))
    for name in ("volunteers", "institutions", "requests"):
        for fate in set(key[name]) & {"rows", "accepted", "ask", "rejected"}:
            assert found[name][fate] == key[name][fate], (name, fate)
    assert snapshot(home) == before


def test_the_same_lists_twice_change_nothing(home: Engine) -> None:
    first = run("import", DEMO)
    assert first.exit_code == 0, first.output
    assert "Neu gespeichert" in first.stdout
    before = snapshot(home)
    second = run("import", DEMO, "--json")
    assert second.exit_code == 0, second.output
    after = snapshot(home)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"import_batch", "audit_event"}
    people = json.loads(second.stdout)["volunteers"]
    assert people["rows"] == 61


def test_the_demo_week_is_planned_to_the_proven_optimum(home: Engine, clock: Any) -> None:
    assert run("import", DEMO).exit_code == 0
    result = run("match", *WEEK, "--json")
    assert result.exit_code == 0, result.output
    plan = json.loads(result.stdout)
    assert (plan["seats"], plan["waiting"], plan["status"]) == (95, 17, "optimal")
    assert plan["objective"] == plan["bound"]
    assert plan["gap"] == 0
    assert plan["filled"] == len(plan["proposals"])
    assert plan["filled"] + len(plan["open"]) == plan["seats"]
    assert all(seat["reasons"] for seat in plan["open"])
    assert {"method", "seconds"} <= set(plan)
    table = run("match", *WEEK)
    assert f"{plan['filled']} von 95" in table.stdout
    clock.shift(30 * 24 * 3600)
    gone_by = json.loads(run("match", *WEEK, "--json").stdout)
    assert gone_by["objective"] == plan["objective"], "a week that has gone by is planned alike"


def test_wrong_folders_and_broken_lists_are_one_sentence(
    home: Engine, lists: Path, tmp_path: Path
) -> None:
    before = snapshot(home)
    refused("import", tmp_path / "nowhere")
    refused("import", DEMO / "anfragen.csv")
    (tmp_path / "empty").mkdir()
    refused("import", tmp_path / "empty")
    for name, content in {
        "freiwillige.csv": b"\x00\x01\x02",
        "anfragen.csv": b"",
        "einrichtungen.csv": b"a;b\n1;2\n",
    }.items():
        kept = (lists / name).read_bytes()
        (lists / name).write_bytes(content)
        refused("import", lists)
        (lists / name).write_bytes(kept)
    (lists / "freiwillige.csv").rename(lists / "freiwillige.xlsx")
    (lists / "freiwillige.xlsx").write_bytes(b"PK\x03\x04 half a workbook")
    refused("import", lists)
    assert snapshot(home) == before


@pytest.mark.parametrize(
    "words",
    [
        ("fly",),
        ("match",),
        ("match", "--from", "11.01.2027", "--to", "2027-01-16"),
        ("match", "--from", "2027-02-30", "--to", "2027-03-01"),
        ("match", *WEEK, "--seconds", "0"),
        ("match", *WEEK, "--seconds", "viele"),
        ("import",),
        ("import", "a", "b"),
        ("create-admin",),
        ("serve", "--port", "70000"),
        ("doctor", "--loud"),
    ],
)
def test_a_wrong_call_is_exit_code_2(home: Engine, words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output


def test_planning_says_what_is_missing(home: Engine) -> None:
    assert "import" in refused("match", *WEEK)
    make_admin("amal@example.org", "Sprachpool Wetterau")
    assert "ersten" in refused("match", "--from", "2027-01-16", "--to", "2027-01-11")
    refused("match", *WEEK, "--sponsor", "Niemand")
    make_admin("kofi@example.org", "Lotsenbüro Fulda")
    assert "--sponsor" in refused("match", *WEEK)
    empty = run("match", *WEEK, "--sponsor", "Lotsenbüro Fulda", "--json")
    assert empty.exit_code == 0, empty.output
    assert json.loads(empty.stdout)["seats"] == 0


def make_admin(address: str, sponsor: str) -> Result:
    """The first account of a sponsor."""
    result = run("create-admin", address, "--sponsor", sponsor)
    assert result.exit_code == 0, result.output
    return result


def test_an_admin_has_every_role_and_a_password_that_is_not_stored(home: Engine) -> None:
    made = make_admin("Amal@Example.org ", "Sprachpool Wetterau")
    password = made.stdout.split()[-1]
    assert len(password) >= 16
    assert password not in str(snapshot(home))
    with db.transaction(home) as session:
        account = session.exec(select(Account)).one()
        roles = session.exec(
            select(Membership.role).where(col(Membership.account_id) == account.id)
        ).all()
    assert account.email == "amal@example.org"
    assert set(roles) == {"coordinator", "finance", "lead"}
    again = refused("create-admin", "amal@example.org", "--sponsor", "Anderer Träger")
    assert "already" in again


@pytest.mark.parametrize("address", ["amal", "a b@example.org", ""])
def test_an_address_that_is_none_makes_no_admin(home: Engine, address: str) -> None:
    refused("create-admin", address, "--sponsor", "Sprachpool Wetterau")


def test_reports_are_written_to_a_file(home: Engine, tmp_path: Path) -> None:
    make_admin("amal@example.org", "Sprachpool Wetterau")
    path = tmp_path / "hours.csv"
    words = ("--from", "2027-01-01", "--to", "2027-01-31", "--format", "csv", "-o", path)
    result = run("report", "hours", *words)
    assert result.exit_code == 0, result.output
    assert path.read_bytes()
    refused("report", "nothing", *words)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_days_far_away_are_one_sentence(home: Engine, tmp_path: Path, day: str) -> None:
    make_admin("amal@example.org", "Sprachpool Wetterau")
    assert "far away" in refused("match", "--from", day, "--to", day)
    assert "far away" in refused(
        "report", "hours", "--from", day, "--to", day, "-o", tmp_path / "hours.csv"
    )


def test_a_file_that_cannot_be_written_is_one_sentence(home: Engine, tmp_path: Path) -> None:
    make_admin("amal@example.org", "Sprachpool Wetterau")
    place = tmp_path / "nowhere" / "hours.csv"
    assert "hours.csv" in refused("report", "hours", *WEEK, "-o", place)


def test_a_mistyped_sponsor_makes_no_second_pool(home: Engine) -> None:
    make_admin("amal@example.org", "Sprachpool Wetterau")
    before = snapshot(home)
    said = refused("import", DEMO, "--sponsor", "Sprachpol Wetterau")
    assert "Sprachpool Wetterau" in said
    assert snapshot(home) == before


@pytest.mark.parametrize("words", [("serve",), ("run",)])
def test_addresses_with_links_are_not_logged(
    home: Engine, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    seen: list[uvicorn.Config] = []
    monkeypatch.setattr(uvicorn.Server, "run", lambda server: seen.append(server.config))
    result = run(*words)
    assert result.exit_code == 0, result.output
    assert [config.access_log for config in seen] == [False]
