"""`lotsenwerk audit`: one sentence for each finding, 1 when there is one, JSON for programs."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import Engine
from typer.testing import CliRunner

from app.auditing.anchors import Anchor
from app.cli import cli
from app.settings import get_settings
from tests.app.auditing.conftest import write
from tests.app.auditing.tampering import DONE, tamper
from tests.cast import Cast


@pytest.fixture
def home(engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The database of the settings."""
    url = engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("LOTSENWERK_DATABASE_URL", url)
    get_settings.cache_clear()
    return engine


def run(*words: str | Path) -> Result:
    """Type a command."""
    return CliRunner().invoke(cli, ["audit", *(str(word) for word in words)])


def test_a_whole_chain_ends_with_0(home: Engine, chain: list[Anchor]) -> None:
    done = run("verify")
    assert done.exit_code == 0, done.output
    assert "Sprachpool Wetterau: 8 entries as they were written, 2 anchors" in done.stdout
    assert "Lotsenbüro Fulda: 1 entries as they were written" in done.stdout


def test_a_chain_that_was_changed_ends_with_1_and_says_what(
    home: Engine, cast: Cast, chain: list[Anchor]
) -> None:
    tamper(home, cast, DONE["edited: what"][0])
    done = run("verify", "--sponsor", "Sprachpool Wetterau")
    assert done.exit_code == 1
    assert "Entry 4 (claim.approve," in done.stderr
    assert "8 entries NOT as they were written" in done.stdout
    assert "Fulda" not in done.output
    assert run("verify", "--sponsor", "Lotsenbüro Fulda").exit_code == 0
    as_json = run("verify", "--json")
    assert as_json.exit_code == 1
    content = json.loads(as_json.stdout)
    assert content["ok"] is False
    (hers,) = [one for one in content["sponsors"] if one["sponsor"] == "Sprachpool Wetterau"]
    assert [(one["code"], one["position"]) for one in hers["findings"]] == [("changed", 4)]


def test_anchors_kept_elsewhere_are_lines_that_verify_reads(
    home: Engine, cast: Cast, tmp_path: Path
) -> None:
    file = tmp_path / "anchors.jsonl"
    write(home, cast)
    assert run("anchor", "-o", file).exit_code == 0
    write(home, cast, 3)
    printed = run("anchor")
    assert printed.exit_code == 0
    assert json.loads(printed.stdout)["count"] == 11
    with file.open("a", encoding="utf-8") as more:
        more.write(printed.stdout)
    assert run("verify", "--anchors", file).exit_code == 0
    tamper(home, cast, DONE["the whole chain, anchors too"][0])
    assert run("verify").exit_code == 0
    done = run("verify", "--anchors", file)
    assert done.exit_code == 1
    assert "kept elsewhere counts 11, and there are 0" in done.stderr


@pytest.mark.parametrize(
    "content",
    ["{", "[]", "5", "{}", '{"count": 1}', '{"count": -1, "head": "x"}', "\udcff", "[" * 10**5],
)
def test_a_file_without_anchors_is_refused_with_a_sentence(
    home: Engine, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "anchors.jsonl"
    file.write_text(content, encoding="utf-8", errors="surrogateescape")
    done = run("verify", "--anchors", file)
    assert done.exit_code == 1
    assert "holds no anchors" in done.stderr
    assert "Traceback" not in done.output


def test_a_wrong_call_ends_with_2_and_an_unknown_sponsor_with_1(home: Engine) -> None:
    assert run("verify", "--anchors", "nowhere.jsonl").exit_code == 2
    done = run("verify", "--sponsor", "Nirgendwo")
    assert done.exit_code == 1
    assert 'There is no sponsor "Nirgendwo" here.' in done.stderr
