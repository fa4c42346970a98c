"""What would change, with nothing saved."""

from dataclasses import replace

import pytest

from matching import Assignment, Plan, Problem, Standing, check, solve, what_if
from matching.generate import SIZES, generate
from matching.repair import Wish
from tests.matching.cases import NEXT_TOWN, dilan, mirela, plan_of, problem, seat


def planned(task: Problem, *made: tuple[str, str]) -> Plan:
    work = tuple(Assignment(name, person, 0, "on_site", 0) for name, person in made)
    return plan_of(task, work, 10_000)


def test_somebody_falls_ill() -> None:
    task = problem((dilan(), mirela()), (seat(),))
    found = what_if(task, planned(task, ("a", "dilan")), absent=("dilan",))
    (change,) = found.changes
    assert change.before is not None
    assert change.after is not None
    assert (change.before.volunteer, change.after.volunteer) == ("dilan", "mirela")
    assert found.fill == 0


def test_a_request_arrives() -> None:
    task = problem((dilan(languages={0: 7, 2: 7}), mirela(languages={2: 7})), (seat(language=2),))
    plan = planned(task, ("a", "dilan"))
    found = what_if(task, plan, seats=(seat("new", priority=2),))
    assert {c.seat: c.after.volunteer for c in found.changes if c.after} == {
        "a": "mirela",
        "new": "dilan",
    }
    assert found.fill == 2


def test_a_team_arrives_whole_or_not_at_all() -> None:
    task = problem((dilan(),), ())
    team = seat("x"), seat("y")
    found = what_if(task, solve(task), seats=team, all_or_none=(("x", "y"),))
    assert found.changes == ()
    assert len(what_if(task, solve(task), seats=team).changes) == 1


def test_one_more_volunteer_fills_what_was_open() -> None:
    task = problem((dilan(),), (seat(), seat("b"), seat("c", 12, place=NEXT_TOWN)))
    plan = solve(task)
    found = what_if(task, plan, volunteers=(mirela(),))
    assert found.fill == 1
    assert found.points > 0


def test_a_changed_volunteer_and_a_changed_seat_replace_those_of_the_same_name() -> None:
    task = problem((dilan(), mirela()), (seat(),))
    plan = planned(task, ("a", "dilan"))
    silent = what_if(task, plan, volunteers=(dilan(languages={}),))
    assert [c.after.volunteer for c in silent.changes if c.after] == ["mirela"]
    foreign = what_if(task, plan, seats=(seat(language=2),))
    assert [(c.seat, c.after) for c in foreign.changes] == [("a", None)]


def test_confirmed_people_stay() -> None:
    people = dilan(), mirela(languages={0: 7, 2: 7}), dilan(id="noor", languages={2: 7})
    task = problem(people, (seat(priority=4), seat("b", language=2, priority=4)))
    plan = planned(task, ("a", "dilan"), ("b", "mirela"))
    wish = Wish(confirmed=frozenset("b"), touch=0)
    assert what_if(task, plan, absent=("dilan",), wish=wish).fill == -4
    assert what_if(task, plan, absent=("dilan",)).fill == 0


def test_what_contradicts_itself_is_refused() -> None:
    task = problem((dilan(),), (seat(),))
    with pytest.raises(ValueError, match="new"):
        what_if(task, solve(task), seats=(seat("new", place=99),))
    with pytest.raises(ValueError, match="no volunteer"):
        what_if(task, solve(task), absent=("z",))


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_changed_by_asking(seed: int) -> None:
    task = generate(SIZES["small"], seed)
    plan = solve(task, method="greedy")
    standing = Standing.of(task, plan)
    before = dict(standing.schedule.pair_of), standing.schedule.objective
    copy = replace(plan)
    person = plan.assignments[0].volunteer
    new = replace(task.seats[0], id="new", wished=None, published=None)
    more = replace(task.volunteers[1], id="new")
    for _ in range(2):
        first = what_if(task, plan, absent=(person,), standing=standing)
        assert first == what_if(task, plan, absent=(person,), standing=standing)
        assert (dict(standing.schedule.pair_of), standing.schedule.objective) == before
    found = what_if(task, plan, absent=(person,), seats=(new,), volunteers=(more,))
    assert found.plan is not None
    assert found.problem is not None
    assert not check(found.problem, found.plan)
    assert plan == copy
    assert not check(task, plan)
    assert found == what_if(task, plan, absent=(person,), seats=(new,), volunteers=(more,))
