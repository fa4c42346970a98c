"""Fewer people for the same tasks: leave some out, and ask whether the others suffice."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from random import Random

from matching import Plan, Problem, solve

FIRST_STEP = 4
"""How many are left out at once as long as that works."""
SHARE = 0.06
"""Share of the time that one question may take."""
LEAST_SECONDS = 0.5


@dataclass(frozen=True)
class Team:
    """A complete plan, and the problem it holds for: nobody but those who work in it."""

    problem: Problem
    plan: Plan

    @property
    def people(self) -> set[str]:
        return {made.volunteer for made in self.plan.assignments}


@dataclass(frozen=True)
class Limits:
    """The fewest it could be, the seconds all of it may take, and how many are left of them."""

    least: int
    seconds: float
    left: Callable[[], float]
    seed: int = 0


def with_fewer(problem: Problem, plan: Plan, limits: Limits) -> Team:
    """Leave people out until it is time to stop; the plan must fill every seat.

    Those with little to do go first. Where the rest does not suffice, somebody who can do most of
    what stays open comes in for one of those left out, which gives another team of the same size.
    """
    random, step = Random(limits.seed), FIRST_STEP
    team = Team(problem, plan)
    while len(team.people) > limits.least and limits.left() > 0:
        most = min(step, len(team.people) - limits.least)
        rest = team.people - _idle(team, most, random)
        tried = _ask(problem, rest, limits)
        if tried.plan.open and step == 1:
            tried = _ask(problem, rest | _helper(problem, tried), limits)
        if tried.plan.open:
            step = max(1, step // 2)
        else:
            team = tried
    return team


def _ask(problem: Problem, people: Collection[str], limits: Limits) -> Team:
    """Let some people do as many tasks as they can, whatever it takes."""
    part = replace(
        problem,
        volunteers=tuple(v for v in problem.volunteers if v.id in people),
        weights=replace(problem.weights, opening=0),
    )
    seconds = max(LEAST_SECONDS, min(SHARE * limits.seconds, limits.left()))
    return Team(part, solve(part, seconds=seconds, seed=limits.seed))


def _idle(team: Team, count: int, random: Random) -> set[str]:
    """Draw some of those who have least to do."""
    minutes: Counter[str] = Counter()
    for made in team.plan.assignments:
        seat = team.problem.seats[team.problem.seat_index[made.seat]]
        minutes[made.volunteer] += seat.spans[made.option].minutes
    least = sorted(minutes, key=lambda name: (minutes[name], name))[: 2 * count + 1]
    return set(random.sample(least, count))


def _helper(problem: Problem, tried: Team) -> set[str]:
    """Give the one outside a team who can do most of what it leaves open."""
    missing = {tag for seat in tried.plan.open for tag in _tags(problem, seat.seat)}
    inside = set(tried.problem.volunteer_index)
    outside = [v for v in problem.volunteers if v.id not in inside]
    best = max(outside, key=lambda v: len((v.only_kinds or frozenset()) & missing))
    return {best.id}


def _tags(problem: Problem, seat: str) -> frozenset[str]:
    return problem.seats[problem.seat_index[seat]].tags
