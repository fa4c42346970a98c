from collections.abc import Iterable
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import (
    Assignment,
    Busy,
    Cap,
    Problem,
    Seat,
    Volunteer,
    Window,
    candidates,
    check,
    solve,
)
from matching.candidates import find_candidates
from matching.costs import pair_terms
from matching.eligibility import choose_mode, reasons
from matching.problem import MODES
from matching.rules import failures
from matching.tables import build
from matching.validate import validate
from tests.matching.cases import (
    DAY,
    NEXT_TOWN,
    dilan,
    mirela,
    plan_of,
    problem,
    seat,
    span,
    tight_week,
    varied_week,
    week,
)

CASES = [
    ("role", dilan(), seat(role="guide")),
    ("language", dilan(), seat(language=2)),
    ("language", dilan(languages={2: 7}), seat(language=3)),
    ("consent", dilan(languages={3: 7}), seat(language=2)),
    ("level", dilan(languages={0: 2}), seat(min_level=3)),
    ("gender", dilan(), seat(gender="f", gender_hard=True)),
    ("paper:police_record", dilan(), seat(papers=("police_record",))),
    (
        "paper:police_record",
        dilan(papers={"police_record": 599}),
        seat(papers=("police_record",)),
    ),
    ("mode", dilan(modes=frozenset(("phone",))), seat()),
    ("too_far", dilan(max_travel_minutes=19), seat(place=NEXT_TOWN)),
    ("excluded", dilan(excluded=frozenset(("case:9",))), seat(tags=frozenset(("case:9",)))),
    ("only_kinds", dilan(only_kinds=frozenset(("kind:school",))), seat()),
    ("unavailable", dilan(windows=(Window(541, 700),)), seat()),
    ("unavailable", dilan(windows=(Window(0, 570), Window(571, 700))), seat()),
    ("busy", dilan(busy=(Busy(599, 700),)), seat()),
    ("busy", dilan(busy=(Busy(629, 700, NEXT_TOWN),)), seat()),
    ("cap", dilan(caps=(Cap("day", None, "minutes", 59),)), seat()),
    ("cap", dilan(caps=(Cap("week", 49, "assignments", 0),)), seat()),
    ("cap", dilan(caps=(Cap("year", 2026, "cents", 1_999),)), seat(cents=2_000)),
    (
        "cap",
        dilan(caps=(Cap("tax_year", 2027, "cents", 1_999),)),
        seat(cents=2_000, spans=(replace(span(9), tax_year=2027),)),
    ),
    ("open_question", dilan(open_question=True), seat()),
]


def test_work_is_taxed_in_the_year_of_its_payment() -> None:
    paid_later = seat(cents=2_000, spans=(replace(span(9), year=2026, tax_year=2027),))
    person = dilan(caps=(Cap("tax_year", 2026, "cents", 0), Cap("tax_year", 2027, "cents", 2_000)))
    task = problem((person,), (paid_later,))
    assert not list(reasons(task, person, paid_later, 0))
    assert len(solve(task).assignments) == 1


@pytest.mark.parametrize(("code", "person", "wanted"), CASES)
def test_each_rule_alone_keeps_a_volunteer_away(code: str, person: Volunteer, wanted: Seat) -> None:
    task = problem((person,), (wanted,))
    assert {reason.code for reason in reasons(task, person, wanted, 0)} == {code}
    assert len(find_candidates(task)) == 0
    made = plan_of(task, (Assignment("a", "dilan", 0, "on_site", 0),), 10_000)
    expected = {"consent": "language", "level": "language", "paper:police_record": "papers"}
    assert {fault.code for fault in check(task, made)} == {expected.get(code, code)}


ALLOWED = [
    (dilan(), seat()),
    (dilan(languages={1: 3}), seat()),
    (dilan(languages={3: 7}), seat(language=2, consent=True)),
    (dilan(languages={0: 0}), seat(min_level=5)),
    (dilan(), seat(gender="f")),
    (dilan(papers={"police_record": 600}), seat(papers=("police_record",))),
    (dilan(max_travel_minutes=20), seat(place=NEXT_TOWN)),
    (dilan(windows=(Window(0, 570), Window(570, 700))), seat()),
    (dilan(windows=(), soft_windows=(Window(540, 600),)), seat()),
    (dilan(busy=(Busy(600, 700), Busy(400, 540))), seat()),
    (dilan(busy=(Busy(630, 700, NEXT_TOWN),)), seat()),
    (dilan(caps=(Cap("day", None, "minutes", 0), Cap("day", 0, "minutes", 60))), seat()),
    (dilan(modes=frozenset(("phone",))), seat(modes=("on_site", "phone"))),
    (dilan(), seat(language=None)),
]


@pytest.mark.parametrize(("person", "wanted"), ALLOWED)
def test_at_the_limit_a_volunteer_may_go(person: Volunteer, wanted: Seat) -> None:
    task = problem((person,), (wanted,))
    assert reasons(task, person, wanted, 0) == ()
    assert len(find_candidates(task)) == 1


def test_expired_paper_is_told_from_a_missing_one() -> None:
    wanted = seat(papers=("police_record",))
    old, none = dilan(papers={"police_record": 1}), mirela()
    task = problem((old, none), (wanted,))
    assert reasons(task, old, wanted, 0)[0].params == {"expired": True}
    assert reasons(task, none, wanted, 0)[0].params == {"expired": False}


def test_blocked_pair_is_kept_apart() -> None:
    task = problem((dilan(),), (seat(),), blocks=frozenset((("dilan", "a"),)))
    assert [reason.code for reason in reasons(task, dilan(), seat(), 0)] == ["blocked"]


def test_phone_takes_over_where_the_way_is_too_far() -> None:
    person, wanted = (
        dilan(max_travel_minutes=5),
        seat(place=NEXT_TOWN, modes=("on_site", "phone")),
    )
    assert choose_mode(problem((person,), (wanted,)), person, wanted, 0) == "phone"


def test_unknown_option_is_refused() -> None:
    with pytest.raises(ValueError, match="has no option 1"):
        reasons(problem((dilan(),), (seat(),)), dilan(), seat(), 1)


def may_go(task: Problem) -> set[tuple[str, str, int, str]]:
    pinned = {pin.seat for pin in task.pins}
    found: set[tuple[str, str, int, str]] = {
        (v.id, s.id, option, choose_mode(task, v, s, option) or "")
        for v, s in product(task.volunteers, task.seats)
        if s.id not in pinned
        for option in range(len(s.spans))
        if not reasons(task, v, s, option)
    }
    people, seats = task.volunteer_index, task.seat_index
    for pin in task.pins:
        v, s = task.volunteers[people[pin.volunteer]], task.seats[seats[pin.seat]]
        mode = choose_mode(task, v, s, pin.option) or s.modes[0]
        found.add((v.id, s.id, pin.option, mode))
    return found


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=25)
def test_arrays_and_the_rule_name_the_same_pairs_at_the_same_cost(seed: int) -> None:
    compare_with_the_rule(week(seed, volunteers=10, seats=16))


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=40)
def test_no_pair_is_lost_by_any_way_to_travel(seed: int) -> None:
    compare_with_the_rule(varied_week(seed))


def compare_with_the_rule(task: Problem) -> None:
    validate(task)
    found = find_candidates(task)
    pairs = set()
    for v, s, option, mode, cost in zip(
        found.volunteer.tolist(),
        found.seat.tolist(),
        found.option.tolist(),
        found.mode.tolist(),
        found.cost.tolist(),
        strict=True,
    ):
        person, wanted, way = task.volunteers[v], task.seats[s], MODES[mode]
        pairs.add((person.id, wanted.id, option, way))
        assert cost == sum(pair_terms(task, person, wanted, option=option, mode=way).values())
    assert pairs == may_go(task)


def some_week(seed: int) -> Problem:
    return (week, varied_week, tight_week)[seed % 3](seed)


def words(found: Iterable[str]) -> set[str]:
    """Give codes as arrays and the checker say them: all papers as one."""
    return {"papers" if code.startswith("paper:") else code for code in found}


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=30)
def test_arrays_and_the_rule_give_the_same_reasons_for_every_pair(seed: int) -> None:
    task = some_week(seed)
    tables = build(task)
    slots = [(s, option) for s in task.seats for option in range(len(s.spans))]
    pairs = list(product(range(len(task.volunteers)), range(len(slots))))
    people, numbers = np.array(pairs).T
    failing = failures(tables, people, numbers)
    for at, (person, slot) in enumerate(pairs):
        wanted, option = slots[slot]
        found = reasons(task, task.volunteers[person], wanted, option)
        assert {code for code, fails in failing.items() if fails[at]} == words(
            reason.code for reason in found
        )


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=30)
def test_checker_and_the_rule_agree_on_single_assignments(seed: int) -> None:
    task = replace(some_week(seed), pins=(), all_or_none=())
    said = {"consent": "language", "level": "language"}
    for v, s in product(task.volunteers, task.seats):
        for option in range(len(s.spans)):
            offered = [mode for mode in s.modes if mode in v.modes] or [s.modes[0]]
            mode = choose_mode(task, v, s, option) or offered[0]
            made = plan_of(task, (Assignment(s.id, v.id, option, mode, 0),), 10**6)
            named = words(reason.code for reason in reasons(task, v, s, option))
            beside = {"too_far", "busy"} if "mode" in named else set()
            found = {fault.code for fault in check(task, made)} - beside
            assert found == {said.get(code, code) for code in named}


def test_nobody_of_another_pool_is_planned_and_nothing_nobody_asked_for() -> None:
    lendable = (mirela(lent=True),)
    wanted = seat(mode_alternatives=("phone",), place=NEXT_TOWN)
    near = dilan(max_travel_minutes=5)
    task = problem((near,), (wanted,), lendable=lendable)
    assert len(find_candidates(task)) == 0
    plan = solve(task)
    assert [empty.seat for empty in plan.open] == ["a"]


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=10)
def test_groups_and_pieces_of_any_size_give_the_same_pairs(seed: int) -> None:
    task = varied_week(seed)
    whole = find_candidates(task)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(candidates, "PEOPLE_AT_ONCE", 2)
        patch.setattr(candidates, "BLOCK", 3)
        parts = find_candidates(task)
    for name in ("volunteer", "slot", "mode", "cost", "first", "by_seat", "seat_first", "pinned"):
        assert getattr(whole, name).tolist() == getattr(parts, name).tolist()


def test_pairs_are_laid_out_by_volunteer_and_start_and_by_seat() -> None:
    found = find_candidates(varied_week(3))
    order = list(
        zip(found.volunteer.tolist(), found.start.tolist(), found.slot.tolist(), strict=True)
    )
    assert order == sorted(order)
    for row in range(len(found.problem.seats)):
        own = found.of_seat(row)
        assert own.tolist() == np.flatnonzero(found.seat == row).tolist()
    for person in range(len(found.problem.volunteers)):
        own = found.of_volunteer(person)
        assert own.tolist() == np.flatnonzero(found.volunteer == person).tolist()


def test_seats_by_phone_need_no_place_on_the_map() -> None:
    task = problem((), (seat(place=None, modes=("phone",)),), places=())
    assert len(find_candidates(task)) == 0


def test_windows_of_another_day_do_not_help() -> None:
    person = dilan(windows=(Window(480 + DAY, 1_080 + DAY),))
    task = problem((person,), (seat(spans=(span(9), span(9, day=1))),))
    assert find_candidates(task).option.tolist() == [1]
