"""Every column belongs to a class of data; the record of Art. 30 is made from it."""

from pathlib import Path

import pytest

from app.privacy import columns, record
from app.privacy.classes import CLASSES, Kind

ROOT = Path(__file__).parents[3]


def unclassed() -> list[str]:
    return [
        f"{table}.{column.name}"
        for table, column in columns.every_column()
        if columns.kind(table, column.name) is None
    ]


def test_every_column_has_a_class() -> None:
    assert unclassed() == [], "new: say in app/privacy/columns.py what kind of data it is"


def test_control_a_column_without_a_class_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    without = {k: v for k, v in columns.COLUMNS["request"].items() if k != "note"}
    monkeypatch.setitem(columns.COLUMNS, "request", without)
    assert unclassed() == ["request.note"]


def test_no_class_speaks_of_a_column_that_is_gone() -> None:
    there = {(table, column.name) for table, column in columns.every_column()}
    said = {(table, name) for table, names in columns.COLUMNS.items() for name in names}
    assert said - there == set()


def test_every_class_says_what_the_law_wants_to_know() -> None:
    assert set(CLASSES) == set(Kind)
    for kind, about in CLASSES.items():
        assert all((about.name, about.purpose, about.basis, about.kept, about.receivers)), kind


def test_long_texts_are_in_a_class_that_is_erased_or_explained() -> None:
    """A text in which somebody could write anything is free text, or something the program says."""
    long = [
        f"{table}.{column.name}"
        for table, column in columns.every_column()
        if (getattr(column.type, "length", None) or 0) >= 200
        and columns.kind(table, column.name) in (Kind.WORK, Kind.SKILL, Kind.TIME)
    ]
    assert long == ["availability_recurrence.rule", "series.rule"], "iCalendar rules, no words"


def test_the_record_in_the_papers_is_the_one_of_the_program() -> None:
    kept = ROOT / "docs" / "processing-record.md"
    assert kept.read_text(encoding="utf-8") == record.markdown(), (
        "run `lotsenwerk privacy record -o docs/processing-record.md` and commit it"
    )
