"""The catalogue holds together, and gaps and overlaps are refused by their dates."""

from collections.abc import Sequence
from dataclasses import FrozenInstanceError, replace
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allowance import PlanContradiction, RatePlan, catalogue, plan_for, plans, validate

DAY = date(2026, 3, 2)
FIRST = RatePlan(
    key="first",
    title_de="Erster Satz",
    title_en="First rate",
    role="guide",
    unit="hour",
    amount_cents=500,
    valid_from=date(2026, 1, 1),
    valid_to=date(2026, 6, 30),
    source="an invented guideline",
    status="verified",
    funding_line="wir",
)
SECOND = replace(FIRST, key="second", valid_from=date(2026, 7, 1), valid_to=None)


def test_catalogue_pays_what_the_programme_pays() -> None:
    guide = plan_for(catalogue(), "guide", DAY)
    coordinating = plan_for(catalogue(), "guide", DAY, coordinating=True)
    interpreter = plan_for(catalogue(), "interpreter", DAY)
    assert (guide.amount_cents, guide.year_cap_minutes) == (500, 276 * 60)
    assert (coordinating.amount_cents, coordinating.year_cap_minutes) == (500, 414 * 60)
    assert (interpreter.amount_cents, interpreter.per_client_cap) == (2000, 5)


def test_interpreter_rate_of_2018_is_verified_and_todays_is_not() -> None:
    assert plan_for(catalogue(), "interpreter", date(2018, 12, 31)).status == "verified"
    assert plan_for(catalogue(), "interpreter", date(2019, 1, 1)).status == "unverified"


def test_other_funding_line_is_taken_only_when_named() -> None:
    plan = plan_for(catalogue(), "interpreter", DAY, funding_line="wetterau")
    assert (plan.unit, plan.amount_cents, plan.status) == ("started", 1500, "unverified")


def test_catalogue_is_immutable_and_every_entry_names_its_source() -> None:
    with pytest.raises(FrozenInstanceError):
        catalogue()[0].amount_cents = 1  # type: ignore[misc]
    assert all(plan.source and plan.title_de and plan.title_en for plan in catalogue())


def test_day_without_a_plan_is_refused() -> None:
    with pytest.raises(ValueError, match=r"guide \(wir\) on 2017-12-31"):
        plan_for(catalogue(), "guide", date(2017, 12, 31))


def test_day_with_two_plans_is_refused() -> None:
    with pytest.raises(ValueError, match="first and other"):
        plan_for([FIRST, replace(FIRST, key="other")], "guide", DAY)


def test_successive_plans_are_accepted_in_any_order() -> None:
    validate([SECOND, FIRST])
    assert plan_for([SECOND, FIRST], "guide", date(2026, 6, 30)) is FIRST
    assert plan_for([SECOND, FIRST], "guide", date(2026, 7, 1)) is SECOND


def test_gap_is_refused_with_its_dates() -> None:
    with pytest.raises(ValueError, match="from 2026-07-01 to 2026-07-14"):
        validate([FIRST, replace(SECOND, valid_from=date(2026, 7, 15))])


def test_overlap_is_refused_with_its_dates() -> None:
    with pytest.raises(ValueError, match="overlap from 2026-06-20 to 2026-06-30"):
        validate([FIRST, replace(SECOND, valid_from=date(2026, 6, 20))])


def test_plan_after_one_without_an_end_is_refused() -> None:
    with pytest.raises(ValueError, match="overlap from 2026-07-01 on"):
        validate([replace(FIRST, valid_to=None), SECOND])


def test_lines_are_looked_at_by_themselves() -> None:
    others = [
        replace(FIRST, key="a", coordinating=True),
        replace(FIRST, key="b", funding_line="communal"),
        replace(FIRST, key="c", role="interpreter"),
    ]
    validate([FIRST, *others])


@given(st.integers(-20, 20))
@settings(deadline=None)
def test_only_the_day_after_the_end_is_a_clean_start(days: int) -> None:
    later = replace(SECOND, valid_from=date(2026, 6, 30) + timedelta(days=days))
    if days == 1:
        validate([FIRST, later])
        return
    with pytest.raises(ValueError, match="overlap" if days < 1 else "No rate plan"):
        validate([FIRST, later])


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"amount_cents": 0}, "amount_cents must be positive, not 0"),
        ({"amount_cents": -500}, "amount_cents must be positive, not -500"),
        ({"unit_minutes": 0}, "unit_minutes must be positive"),
        ({"minimum_minutes": -1}, "minimum_minutes must not be negative"),
        ({"late_cancel_percent": 101}, "at most 100"),
        ({"role": "driver"}, "role is 'driver'"),
        ({"unit": "km"}, "unit is 'km'"),
        ({"unit_minutes": 45}, "an hour has 60 minutes"),
        ({"unit": "assignment", "year_cap_minutes": 60}, "needs the unit hour"),
        ({"unit": "assignment", "late_cancel_minutes": 60}, "no late_cancel_minutes"),
        ({"late_cancel_minutes": 60, "late_cancel_percent": 50}, "not both"),
        ({"minimum_minutes": 60, "maximum_minutes": 30}, "longer than the maximum"),
        ({"no_show": "minimum"}, "there is none"),
        ({"valid_to": date(2025, 12, 31)}, "ends on 2025-12-31"),
        ({"role": "interpreter", "coordinating": True}, "only a guide coordinates"),
        ({"km_cents": 35}, "travel is included in its amounts"),
    ],
)
def test_plan_with_a_wrong_field_is_refused(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        validate([replace(FIRST, **change)])


def test_members_that_do_not_fit_are_said_in_german_too() -> None:
    late = replace(FIRST, valid_to=date(2025, 12, 31))
    with pytest.raises(PlanContradiction) as caught:
        validate([late])
    assert caught.value.german == "Das Ende am 31.12.2025 liegt vor dem Beginn am 01.01.2026"
    assert caught.value.english == "it ends on 2025-12-31, before it starts on 2026-01-01"


def loaded(monkeypatch: pytest.MonkeyPatch, folder: Path, old: str, new: str) -> Sequence[RatePlan]:
    """The catalogue from files in which something was changed by mistake."""
    (folder / "data").mkdir()
    for file in (Path(str(files("allowance"))) / "data").glob("*.toml"):
        text = file.read_text(encoding="utf-8")
        (folder / "data" / file.name).write_text(text.replace(old, new), encoding="utf-8")
    monkeypatch.setattr(plans, "files", lambda _package: folder)
    return catalogue.__wrapped__()


def test_catalogue_is_loaded_from_its_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert loaded(monkeypatch, tmp_path, "", "") == catalogue()


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("valid_to = 2018-12-31", "valid_to = 2018-12-30", "from 2018-12-31 to 2018-12-31"),
        ("valid_to = 2018-12-31", "valid_to = 2019-01-01", "overlap from 2019-01-01"),
        ("valid_to = 2018-12-31", "", "overlap from 2019-01-01 on"),
        ('key = "wir_interpreter_2018"', 'key = "wir_interpreter"', "used twice"),
    ],
)
def test_catalogue_with_a_gap_or_an_overlap_is_not_loaded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        loaded(monkeypatch, tmp_path, old, new)


def test_key_used_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="first is used twice"):
        validate([FIRST, replace(SECOND, key="first")])
