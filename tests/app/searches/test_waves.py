"""How many are asked at a time, compared with looking at every way to cut."""

from itertools import combinations, pairwise
from math import isclose, prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.searches import waves
from app.searches.waves import Chance, Cut

chances = st.builds(Chance, st.floats(0.02, 0.95), st.booleans())
people = st.lists(chances, min_size=1, max_size=8)


def every_cut(count: int, rounds: int) -> list[tuple[int, ...]]:
    """All ways to cut so many people into at most so many waves."""
    found = []
    for waves_count in range(1, min(rounds, count) + 1):
        for ends in combinations(range(1, count), waves_count - 1):
            marks = (0, *ends, count)
            found.append(tuple(b - a for a, b in pairwise(marks)))
    return found


@given(people, st.integers(1, 6))
def test_no_other_cut_disturbs_fewer(found: list[Chance], rounds: int) -> None:
    sizes = waves.cut(found, rounds)
    assert sum(sizes) == len(found)
    assert len(sizes) <= rounds
    best = min(waves.disturbed(found, other) for other in every_cut(len(found), rounds))
    assert isclose(waves.disturbed(found, sizes), best, rel_tol=1e-9)


@given(people, st.floats(0.05, 1), st.floats(0.5, 0.99))
def test_as_few_as_the_goal_needs(found: list[Chance], failed: float, goal: float) -> None:
    count = waves.people_needed(found, failed=failed, goal=goal)
    before = failed if failed > 1 - goal else 1.0
    missed = [before * prod(1 - one.yes for one in found[:n]) for n in range(len(found) + 1)]
    assert 1 <= count <= len(found)
    assert all(missed[n] > 1 - goal for n in range(1, count))
    assert count == len(found) or missed[count] <= 1 - goal


@given(st.floats(0.02, 0.95), st.integers(1, 20))
def test_waves_grow_as_the_last_day_comes_nearer(yes: float, count: int) -> None:
    found = [Chance(yes)] * count
    sizes = [waves.choose([found] * rounds).size for rounds in range(8, 0, -1)]
    assert sizes == sorted(sizes)
    for rounds in range(1, 9):
        cut = waves.cut(found, rounds)
        assert list(cut) == sorted(cut)


@pytest.mark.parametrize(
    ("rounds", "sizes"), [(1, (6,)), (2, (2, 4)), (3, (1, 2, 3)), (6, (1, 1, 1, 1, 1, 1))]
)
def test_six_people_who_say_yes_four_times_in_ten(rounds: int, sizes: tuple[int, ...]) -> None:
    found = [Chance(0.4)] * 12
    needed = waves.people_needed(found)
    assert needed == 6
    assert waves.cut(found[:needed], rounds) == sizes


def test_whose_answer_comes_late_does_not_hold_the_next_wave_back() -> None:
    quick, slow = Chance(0.5), Chance(0.5, slow=True)
    assert waves.disturbed([slow, quick], (1, 1)) == 2
    assert waves.disturbed([quick, slow], (1, 1)) == 1.5


def test_who_was_asked_before_counts_towards_the_goal() -> None:
    found = [Chance(0.5)] * 10
    assert waves.people_needed(found) == 5
    assert waves.people_needed(found, failed=0.25) == 3
    assert waves.people_needed(found, failed=0.01) == 5, "it failed all the same: afresh"


def test_fewer_rounds_when_there_are_too_few_people_to_lose_one() -> None:
    calm, hurried = [Chance(0.4)] * 3, [Chance(0.3)] * 3
    assert waves.choose([calm, hurried]) == Cut(1, 3), "95 % is out of reach: the likeliest"
    assert waves.choose([calm, calm]) == Cut(2, 1), "as likely, and fewer are disturbed"
    many = [calm * 4, hurried * 4]
    assert waves.choose(many) == Cut(2, 3), "within reach: the fewest"


@given(people, st.integers(1, 5), st.floats(0.3, 1))
def test_what_is_chosen_reaches_the_goal_if_anything_does(
    found: list[Chance], rounds: int, hurry: float
) -> None:
    by_rounds = [[Chance(one.yes * hurry**n, one.slow) for one in found] for n in range(rounds)]
    chosen = waves.choose(by_rounds)
    missed = [prod(1 - one.yes for one in chances) for chances in by_rounds]
    reachable = [one <= 0.05 for one in missed]
    assert not any(reachable) or reachable[chosen.rounds - 1]
    assert any(reachable) or missed[chosen.rounds - 1] == min(missed)
    assert 1 <= chosen.size <= len(found)


@pytest.mark.parametrize(("share", "expected"), [(1.0, 1.0), (0.25, 8 / 15), (0.0, 0.0)])
def test_who_has_less_time_answers_less_often(share: float, expected: float) -> None:
    assert isclose(waves.hurried(share), expected)


def test_without_people_or_rounds() -> None:
    assert waves.choose([[], []]) == Cut(1, 0)
    with pytest.raises(ValueError, match="round"):
        waves.cut([Chance(0.5)], 0)
