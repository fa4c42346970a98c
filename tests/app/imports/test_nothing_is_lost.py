"""Whatever stands in a cell is stored, asked about, warned about, or rejects its row."""

import pytest

from app.imports import KnownInstitution
from app.imports.heading_words import WORDS
from app.imports.verdicts import Verdict
from tests.app.imports import demo

KITA = KnownInstitution("Kita Arche", "61169", "Friedberg", "daycare", "Kita")
NAMES = {
    "volunteers": "freiwillige.csv",
    "institutions": "einrichtungen.csv",
    "requests": "anfragen.csv",
}
GOOD = {
    "volunteers": demo.VOLUNTEER,
    "institutions": {"Nr": "1", "Einrichtung": "Kita Probe"},
    "requests": demo.REQUEST | {"Einrichtung": "Kita Arche"},
}
WORD = "Quittenbaum"
NUMBERED = frozenset(("row",))
"""The row's own number stands in its label."""


def headings(kind: str) -> list[str]:
    """One heading for each field a list may have, and one that nobody knows."""
    by_field: dict[str, str] = {}
    for heading, field in WORDS[kind].items():
        by_field.setdefault(field, heading)
    return [h for field, h in by_field.items() if field not in NUMBERED] + ["Lieblingsobst"]


CASES = [(kind, heading) for kind in NAMES for heading in headings(kind)]


def verdict(kind: str, row: dict[str, str]) -> Verdict[object]:
    """The verdict on one row of one list."""
    judged = demo.verdicts({NAMES[kind]: demo.list_of(row)}, KITA)
    found: tuple[Verdict[object], ...] = getattr(judged, kind)
    return found[0]


@pytest.mark.parametrize(("kind", "heading"), CASES)
def test_a_word_under_any_heading_is_kept_asked_about_or_rejects(kind: str, heading: str) -> None:
    found = verdict(kind, GOOD[kind] | {heading: WORD})
    said = f"{found.written} {found.draft!r} {found.label}"
    assert WORD in said, f"{kind}: {heading}"
    assert kind != "institutions" or WORD not in getattr(found.draft, "note", "") or found.warnings


@pytest.mark.parametrize(("kind", "heading"), CASES)
def test_a_far_too_long_cell_is_asked_about_or_rejects(kind: str, heading: str) -> None:
    found = verdict(kind, GOOD[kind] | {heading: f"{WORD} " * 200})
    assert found.fate != "accepted", f"{kind}: {heading}"


@pytest.mark.parametrize(("kind", "heading"), CASES)
def test_the_error_of_a_sheet_is_asked_about_or_rejects(kind: str, heading: str) -> None:
    found = verdict(kind, GOOD[kind] | {heading: "#NV"})
    assert found.fate != "accepted", f"{kind}: {heading}"
    assert "#NV" in f"{found.written} {getattr(found.draft, 'questions', '')}"
