"""Whatever a driver gives comes back as it was, through a line of JSON."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import types

from app.backups.cells import Kind, apply, kind_of, packing, unpacking
from app.backups.refusals import BackupError

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
MOMENTS = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1))  # noqa: DTZ001
SHARED: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.DOCUMENT: TEXT,
    Kind.BYTES: st.binary(),
    Kind.WHOLE: st.integers(-(2**63), 2**63 - 1),
    Kind.REAL: st.floats(allow_nan=False),
    Kind.TEXT: TEXT,
}
GIVEN: dict[str, dict[Kind, st.SearchStrategy[Any]]] = {
    "sqlite": SHARED
    | {
        Kind.ID: st.uuids().map(lambda one: one.hex),
        Kind.MOMENT: MOMENTS.map(lambda one: one.isoformat(" ", timespec="microseconds")),
        Kind.DAY: st.dates().map(str),
        Kind.TRUTH: st.sampled_from([0, 1]),
    },
    "postgresql": SHARED
    | {
        Kind.ID: st.uuids().map(str),
        Kind.MOMENT: MOMENTS.map(lambda one: one.replace(tzinfo=timezone(timedelta(hours=-9)))),
        Kind.DAY: st.dates().map(str),
        Kind.TRUTH: st.booleans(),
    },
}
"""What each driver gives and takes; PostgreSQL's reads ids and days as text, too."""


@given(st.data(), st.sampled_from(sorted(GIVEN)), st.sampled_from(list(Kind)))
def test_a_value_comes_back_as_it_was(data: st.DataObject, dialect: str, kind: Kind) -> None:
    value = data.draw(st.none() | GIVEN[dialect][kind])
    pack = packing(dialect, kind) if (dialect, kind) != ("postgresql", Kind.DAY) else str
    line = json.dumps(apply([pack], [value]), ensure_ascii=False)
    assert apply([unpacking(dialect, kind)], json.loads(line.encode().decode())) == [value]


@given(MOMENTS)
def test_a_moment_is_the_same_on_both(naive: datetime) -> None:
    moment = naive.replace(tzinfo=UTC)
    cell = packing("postgresql", Kind.MOMENT)(moment.astimezone(timezone(timedelta(hours=5.5))))
    written = unpacking("sqlite", Kind.MOMENT)(cell)
    assert packing("sqlite", Kind.MOMENT)(written) == cell
    assert unpacking("postgresql", Kind.MOMENT)(cell) == moment


def test_a_column_of_an_unknown_kind_is_refused_rather_than_guessed() -> None:
    for declared in (types.Interval(), types.Numeric(10, 2), types.Time()):
        with pytest.raises(BackupError, match=r"The column a\.b is of the type"):
            kind_of("a.b", declared)
