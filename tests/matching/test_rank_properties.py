"""Index and plain ranking agree on weeks with everything in them, whatever work is booked."""

from dataclasses import replace
from itertools import cycle, product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import (
    Assignment,
    Busy,
    Plan,
    Problem,
    RankIndex,
    Transport,
    Travel,
    Window,
    rank,
)
from matching.problem import MODES
from matching.travel import gap_minutes, longest_gap, travel_table
from tests.matching.cases import (
    DAY,
    NEXT_TOWN,
    SAME_TOWN,
    dilan,
    mirela,
    plan_of,
    problem,
    seat,
    span,
    tight_week,
    tired_crowd,
    varied_week,
)

Random = np.random.Generator


def motley_week(seed: int) -> Problem:
    """Every way to travel, tight caps, work elsewhere, wishes, papers, kinds, blocks and leads."""
    task, random = varied_week(seed, 16, 14), np.random.default_rng(seed)
    caps = [volunteer.caps for volunteer in tight_week(seed).volunteers]
    people = tuple(
        replace(
            volunteer,
            caps=own if random.random() < 0.6 else (),
            windows=(Window(0, 8 * DAY),) if random.random() < 0.5 else volunteer.windows,
            busy=_elsewhere(random, len(task.places)),
            languages=volunteer.languages | {0: int(random.integers(8))},
            excluded=frozenset(_some(random, ("kind:school", "kind:office"))),
            lead_minutes=int(random.integers(-100, 500)),
        )
        for volunteer, own in zip(task.volunteers, cycle(caps), strict=False)
    )
    names = [volunteer.id for volunteer in people]
    seats = tuple(
        replace(
            wanted,
            language=0 if random.random() < 0.5 else wanted.language,
            gender=("f", "m", None)[int(random.integers(3))],
            gender_hard=bool(random.random() < 0.3),
            papers=tuple(_some(random, ("police_record", "health_training"))),
            published=str(random.choice(names)) if random.random() < 0.2 else None,
            wished=str(random.choice(names)) if random.random() < 0.5 else None,
        )
        for wanted in task.seats
    )
    pairs = random.integers((len(people), len(seats)), size=(6, 2)).tolist()
    blocks = frozenset((people[row].id, seats[column].id) for row, column in pairs)
    return replace(task, volunteers=people, seats=seats, blocks=blocks, pins=())


def _some(random: Random, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if random.random() < 0.2]


def _elsewhere(random: Random, places: int) -> tuple[Busy, ...]:
    """Give up to three hours of other work, each at some place or at none."""
    found = []
    for start in random.integers(6 * DAY, size=int(random.integers(4))).tolist():
        place = int(random.integers(places)) if random.random() < 0.7 else None
        found.append(Busy(start, start + 60, place))
    return tuple(found)


def any_work(task: Problem, seed: int) -> Plan:
    """Give half of the seats to anybody on any date in any mode, whether that fits or not."""
    random = np.random.default_rng(seed)
    made = tuple(
        Assignment(
            wanted.id,
            task.volunteers[int(random.integers(len(task.volunteers)))].id,
            int(random.integers(len(wanted.spans))),
            MODES[int(random.integers(len(MODES)))],
            0,
        )
        for wanted in task.seats
        if random.random() < 0.5
    )
    return plan_of(task, made, 10_000)


def agrees(task: Problem, plan: Plan | None, index: RankIndex) -> None:
    """Every seat, with and without a limit."""
    for wanted, limit in product(task.seats, (1, 3, 99)):
        assert index.rank(wanted.id, limit) == rank(task, wanted.id, limit=limit, plan=plan)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_index_ranks_a_week_with_everything_as_the_plain_loop_does(seed: int) -> None:
    task = motley_week(seed)
    plan = any_work(task, seed)
    agrees(task, None, RankIndex.of(task))
    agrees(task, plan, RankIndex.of(task, plan))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_index_agrees_after_work_has_come_and_gone(seed: int) -> None:
    task = motley_week(seed)
    plan, random = any_work(task, seed), np.random.default_rng(seed)
    index = RankIndex.of(task, plan)
    made = {one.seat: one for one in plan.assignments}
    for name in random.permutation(sorted(made)).tolist():
        one = made.pop(name)
        index.remove(name)
        if random.random() < 0.5:
            made[name] = replace(one, volunteer=task.volunteers[0].id)
            index.book(made[name])
    agrees(task, plan_of(task, tuple(made.values()), plan.factor), index)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_index_ranks_a_crowd_with_tight_caps_alike(seed: int) -> None:
    for task in tight_week(seed), tired_crowd(seed):
        plan = any_work(task, seed)
        agrees(task, plan, RankIndex.of(task, plan))


def test_time_over_midnight_counts_on_both_days() -> None:
    long, short = dilan(windows=(Window(0, 3 * DAY),)), mirela(windows=(Window(DAY, 3 * DAY),))
    late, early = seat("late", spans=(span(23.5, day=1),)), seat("early", spans=(span(23.5),))
    task = problem((long, short), (late, early))
    index = RankIndex.of(task)
    assert {one.volunteer for one in index.rank("late")} == {"dilan", "mirela"}
    assert [one.volunteer for one in index.rank("early")] == ["dilan"]
    agrees(task, None, index)


def test_first_mode_that_other_work_leaves_room_for_is_taken() -> None:
    person = dilan(busy=(Busy(600, 660, NEXT_TOWN),))
    both = seat("both", 9, modes=("on_site", "phone"))
    task = problem((person,), (both, replace(both, id="there", modes=("on_site",))))
    index = RankIndex.of(task)
    assert [one.mode for one in index.rank("both")] == ["phone"]
    assert index.rank("there") == ()


def test_paper_that_ends_with_the_seat_will_do_and_one_that_ends_before_will_not() -> None:
    people = dilan(papers={"measles": 600}), mirela(papers={"measles": 599})
    index = RankIndex.of(problem(people, (seat(papers=("measles",)),)))
    assert [one.volunteer for one in index.rank("a")] == ["dilan"]


def test_way_between_two_places_counts_in_the_direction_it_is_gone() -> None:
    means = Transport(1_000, 100, 5)
    travel = Travel({"car": means}, overrides={("car", NEXT_TOWN, SAME_TOWN): 200})
    there, back = seat("there", 9, place=SAME_TOWN), seat("back", 13, place=NEXT_TOWN)
    after = seat("after", 15, place=SAME_TOWN)
    index = RankIndex.of(problem((dilan(),), (there, back, after), travel=travel))
    index.book(Assignment("back", "dilan", 0, "on_site", 0))
    assert [one.volunteer for one in index.rank("there")] == ["dilan"]
    assert index.rank("after") == ()


def test_ranking_a_seat_somebody_has_leaves_the_work_as_it_was() -> None:
    task = problem((dilan(), mirela()), (seat("a"), seat("b")))
    index = RankIndex.of(task)
    index.book(Assignment("a", "dilan", 0, "on_site", 0))
    for _ in range(2):
        assert [one.volunteer for one in index.rank("a")] == ["dilan", "mirela"]
        assert [one.volunteer for one in index.rank("b")] == ["mirela"]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_no_gap_between_two_places_is_longer_than_the_longest(seed: int) -> None:
    task = varied_week(seed, 6, 6)
    longest, places = longest_gap(travel_table(task)), range(len(task.places))
    for means, start, end in product(task.travel.transports, places, places):
        assert gap_minutes(task, means, start, end) <= longest


def test_longest_gap_without_places_is_the_flat_time() -> None:
    travel = travel_table(problem((), (), places=()))
    assert longest_gap(travel) >= travel.same_town
