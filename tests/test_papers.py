"""The papers speak of what is there: paths, commands and settings."""

import re
from pathlib import Path

import pytest
import typer

from app.cli import cli
from app.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
MENTION = re.compile(
    r"`((?:alembic|allowance|app|bench|deploy|docs|matching|scheduling|tests)/[^`\s]*)`"
)


def named(paper: Path) -> str:
    return paper.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("paper", PAPERS, ids=named)
def test_every_link_leads_somewhere(paper: Path) -> None:
    links = LINK.findall(paper.read_text(encoding="utf-8"))
    assert [link for link in links if not (paper.parent / link).exists()] == []


@pytest.mark.parametrize("paper", PAPERS, ids=named)
def test_every_file_that_is_mentioned_exists(paper: Path) -> None:
    mentions = MENTION.findall(paper.read_text(encoding="utf-8"))
    assert [path for path in mentions if not (ROOT / path).exists()] == []


def test_every_command_of_the_operators_page_exists() -> None:
    text = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    mentioned = set(re.findall(r"`lotsenwerk ([a-z-]+)", text))
    assert {"migrate", "serve", "worker", "doctor"} <= mentioned
    assert mentioned <= set(typer.main.get_command(cli).commands)  # type: ignore[attr-defined]


def test_every_setting_is_explained_with_its_default() -> None:
    text = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(LOTSENWERK_\w+)` \| `?([^`|]*?)`? \|", text, re.M))
    plain = Settings.model_construct()
    assert set(told) == {f"LOTSENWERK_{name.upper()}" for name in Settings.model_fields}
    for name in Settings.model_fields:
        default = str(getattr(plain, name)).removesuffix(".0")
        if name == "secret":
            default = plain.secret.get_secret_value()
        assert told[f"LOTSENWERK_{name.upper()}"] == (default or "empty")
