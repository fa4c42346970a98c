"""The papers speak of what is there: paths, commands and settings."""

import re
from collections import Counter
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
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ROW = re.compile(r"^\| \d+\.\d+\.\d+")
STATES = {"yes", "partly", "no", "operator", "–"}


def named(paper: Path) -> str:
    return paper.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("paper", PAPERS, ids=named)
def test_every_link_leads_somewhere(paper: Path) -> None:
    links = LINK.findall(paper.read_text(encoding="utf-8"))
    assert [link for link in links if not (paper.parent / link).exists()] == []


@pytest.mark.parametrize("paper", PAPERS, ids=named)
def test_every_file_that_is_mentioned_exists(paper: Path) -> None:
    mentions = [path.split("::")[0] for path in MENTION.findall(paper.read_text(encoding="utf-8"))]
    assert [path for path in mentions if not (ROOT / path).exists()] == []


def test_control_links_and_files_are_read_out_of_the_papers() -> None:
    texts = [paper.read_text(encoding="utf-8") for paper in PAPERS]
    assert sum(len(LINK.findall(text)) for text in texts) > 30
    assert sum(len(MENTION.findall(text)) for text in texts) > 30
    assert sum(len(TEST.findall(text)) for text in texts) > 30


def missing_tests(text: str) -> list[str]:
    """Tests that a paper names (`tests/…py::test_…`) and that are not there."""
    return [
        f"{path}::{name}"
        for path, name in TEST.findall(text)
        if not re.search(rf"^(async )?def {name}\(", _code(path), re.MULTILINE)
    ]


def _code(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8") if (ROOT / path).exists() else ""


@pytest.mark.parametrize("paper", PAPERS, ids=named)
def test_every_test_that_is_named_exists(paper: Path) -> None:
    assert missing_tests(paper.read_text(encoding="utf-8")) == []


def test_control_a_test_that_is_gone_is_missed() -> None:
    gone = "`tests/test_papers.py::test_nobody_wrote`, `tests/gone.py::test_x`"
    assert (
        len(missing_tests(f"{gone} and `tests/test_papers.py::test_every_link_leads_somewhere`"))
        == 2
    )


def rows_of_the_standard() -> list[list[str]]:
    """The rows of the tables about the ASVS, cell by cell."""
    text = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
    rows = [line.strip("|").split("|") for line in text.splitlines() if ROW.match(line)]
    return [[cell.strip() for cell in row] for row in rows]


def test_every_row_of_the_standard_says_whether_it_holds_and_shows_it() -> None:
    rows = rows_of_the_standard()
    assert len(rows) > 100
    unclear = [row[0] for row in rows if len(row) != 6 or row[5] not in STATES]
    assert unclear == []
    placeless = [row[0] for row in rows if row[5] == "yes" and not row[3]]
    assert placeless == []
    held = [row for row in rows if row[5] == "yes" and row[4] != "no test"]
    assert [row[0] for row in held if not MENTION.search(row[4])] == []


def test_every_requirement_of_the_standard_stands_in_a_row() -> None:
    """How many each chapter has at levels 1 and 2; V9, V10 and V17 are answered whole."""
    numbers = [number for row in rows_of_the_standard() for number in _numbers(row[0])]
    assert len(numbers) == len(set(numbers))
    assert Counter(number.split(".")[0] for number in numbers) == {
        "1": 27, "2": 11, "3": 19, "4": 10, "5": 9, "6": 35, "7": 18, "8": 7, "11": 14, "12": 9,
        "13": 13, "14": 9, "15": 13, "16": 16,
    }  # fmt: skip


def _numbers(cell: str) -> list[str]:
    """`1.2.6–1.2.8, 1.3.1` → each of them."""
    found = []
    for part in cell.split(", "):
        first, _, last = part.partition("–")
        section, start = first.rsplit(".", 1)
        end = last.rsplit(".", 1)[1] if last else start
        found += [f"{section}.{n}" for n in range(int(start), int(end) + 1)]
    return found


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
