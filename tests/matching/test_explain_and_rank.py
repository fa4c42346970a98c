import pytest

from matching import Assignment, Cap, Volunteer, Window, rank, rejected, solve
from matching.candidates import find_candidates
from tests.matching.cases import NEXT_TOWN, dilan, mirela, plan_of, problem, seat, span, week


@pytest.mark.parametrize(
    ("people", "code"),
    [
        ((dilan(languages={2: 7}), mirela(windows=())), "no_time"),
        ((dilan(languages={2: 7}), mirela(languages={2: 7})), "no_language"),
        ((dilan(max_travel_minutes=3), mirela(languages={})), "no_region"),
        ((dilan(caps=(Cap("week", None, "assignments", 0),)),), "caps"),
        ((dilan(excluded=frozenset(("kind:school",))),), "policy"),
        ((dilan(open_question=True),), "open_question"),
        ((dilan(papers={}), mirela(windows=(), max_travel_minutes=1)), "papers"),
        ((), "no_language"),
    ],
)
def test_open_seat_names_what_the_least_change_would_cure(
    people: tuple[Volunteer, ...], code: str
) -> None:
    tagged = seat(place=NEXT_TOWN, tags=frozenset(("kind:school",)), papers=("police_record",))
    needed = tagged if code == "papers" else seat(place=NEXT_TOWN, tags=tagged.tags)
    plan = solve(problem(people, (needed,)))
    assert plan.open[0].reasons[0].code == code


def test_seat_whose_people_are_better_used_elsewhere_is_taken() -> None:
    plan = solve(problem((dilan(),), (seat("a", priority=4), seat("b", 9.5))))
    assert plan.open[0].seat == "b"
    assert plan.open[0].reasons[0].code == "taken"
    assert plan.open[0].reasons[0].params == {"volunteers": 1}


def test_volunteer_without_level_ranks_last() -> None:
    people = dilan(languages={0: 0}), mirela(languages={0: 3})
    ranked = rank(problem(people, (seat(wished_level=6),)), "a")
    assert [one.volunteer for one in ranked] == ["mirela", "dilan"]
    assert ranked[1].terms["level"] == 1_400


def test_volunteer_with_work_in_the_plan_costs_more_or_drops_out() -> None:
    seats = seat("a", spans=(span(8, 120),)), seat("b", 11), seat("c", 9)
    task = problem((dilan(), mirela()), seats)
    plan = plan_of(task, (Assignment("a", "dilan", 0, "on_site", 0),), 10_000)
    later = rank(task, "b", plan=plan)
    assert [(one.volunteer, one.cost) for one in later] == [("mirela", 0), ("dilan", 120)]
    assert [one.volunteer for one in rank(task, "c", plan=plan)] == ["mirela"]
    assert len(rank(task, "c", limit=1)) == 1


def test_caps_used_up_in_the_plan_drop_a_volunteer() -> None:
    person = dilan(caps=(Cap("day", None, "assignments", 1),))
    task = problem((person,), (seat("a", 9), seat("b", 12)))
    plan = plan_of(task, (Assignment("a", "dilan", 0, "on_site", 0),), 10_000)
    assert rank(task, "b", plan=plan) == ()


def test_ranking_and_rejections_split_the_pool() -> None:
    task = week(11, volunteers=12, seats=10)
    for wanted in task.seats:
        names = [one.volunteer for one in rank(task, wanted.id, limit=99)]
        names += [one.volunteer for one in rejected(task, wanted.id)]
        assert sorted(names) == sorted(volunteer.id for volunteer in task.volunteers)


def test_best_date_is_ranked() -> None:
    person = dilan(windows=(Window(700, 1_000),))
    task = problem((person,), (seat(spans=(span(9), span(12), span(14))),))
    assert [(one.option, one.cost) for one in rank(task, "a")] == [(1, 100)]
    assert len(find_candidates(task)) == 2


def test_unknown_seat_is_refused() -> None:
    with pytest.raises(ValueError, match="no seat"):
        rank(problem((), ()), "z")
