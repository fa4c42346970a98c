"""Single relaxations that could fill an open seat, found over all volunteers at once.

Each relaxation is a changed volunteer or a changed seat; whether it really helps is for
`repair` to say.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from matching.candidates import pair_costs
from matching.codes import RepairCode
from matching.costs import level_steps
from matching.eligibility import amount, caps_at, collides
from matching.look import Look
from matching.plan import Param
from matching.problem import MODES, UNKNOWN_LEVEL, Busy, Cap, Problem, Seat, Span, Volunteer, Window
from matching.rules import choose_modes
from matching.standing import Standing
from matching.tables import NEVER, Ints
from matching.travel import minutes

MINUTE = 20
"""Points of one minute: of a move, of time outside hours, of a longer way. As one of travel."""
ASK_CLIENT = 600
"""Points of asking a client: for phone instead of on site, for another language."""
ASK_PAPER = 2_000
"""Points of a paper: it takes weeks."""
ASK_CAP = 1_500
"""Points of a raised cap or a longer parents' day."""
ENOUGH = 6
LOOKED_AT = 40


@dataclass(frozen=True)
class Idea:
    """One relaxation: the volunteer and the seat as they would be.

    `asking` are the points of asking for it, `estimate` those plus what the assignment costs;
    `blockers` are her seats (rows) in the plan that somebody else would have to take.
    """

    code: RepairCode
    params: Mapping[str, Param]
    volunteer: Volunteer
    seat: Seat
    option: int
    asking: int
    estimate: int = 0
    blockers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Case:
    """One volunteer on one date of a seat, beside her work in the plan."""

    standing: Standing
    volunteer: Volunteer
    seat: Seat
    option: int
    on_site: bool

    @property
    def problem(self) -> Problem:
        return self.standing.problem

    @property
    def span(self) -> Span:
        return self.seat.spans[self.option]

    def clashes(self) -> tuple[int, ...]:
        """Give her seats (rows) in the plan that leave no time for this one."""
        place = self.seat.place if self.on_site else None
        return tuple(
            row
            for row, busy in self._work()
            if collides(self.problem, self.volunteer.transport, self.span, place=place, busy=busy)
        )

    def _work(self) -> Iterator[tuple[int, Busy]]:
        """Give her work in the plan that is near enough in time to matter."""
        person = self.problem.volunteer_index.get(self.volunteer.id)
        candidates = self.standing.candidates
        span, far = self.span, self.standing.far
        for pair in self.standing.schedule.pairs_of.get(-1 if person is None else person, ()):
            start, end = int(candidates.start[pair]), int(candidates.end[pair])
            if start - span.end > far or span.start - end > far:
                continue
            place = int(candidates.place[pair])
            yield int(candidates.seat[pair]), Busy(start, end, None if place == NEVER else place)

    def caps_over(self) -> list[tuple[Cap, int]]:
        """Give the caps that are too small, each with what it would have to be."""
        person = self.problem.volunteer_index.get(self.volunteer.id, -1)
        taken = self.standing.schedule.taken
        needed = [
            (cap, taken.get((person, cap.period, cap.unit, cap.index or 0), 0) + more)
            for cap in caps_at(self.volunteer, self.span)
            if (more := amount(cap, self.seat, self.span))
        ]
        return [(cap, much) for cap, much in needed if much > cap.left]

    def idea(
        self,
        code: RepairCode,
        asking: int,
        *,
        volunteer: Volunteer | None = None,
        seat: Seat | None = None,
        params: Mapping[str, Param] | None = None,
    ) -> Idea:
        """Give an idea with a changed volunteer or a changed seat."""
        return Idea(
            code=code,
            params=params or {},
            volunteer=volunteer or self.volunteer,
            seat=seat or self.seat,
            option=self.option,
            asking=asking,
        )


def consent(case: Case) -> Idea | None:
    """The client agrees to a language that needs it."""
    row, needs = _languages(case)
    spoken = [s for s in case.volunteer.languages if row[s] >= 0 and needs[s]]
    if not spoken:
        return None
    names = case.problem.languages
    best = min(spoken, key=lambda s: (row[s], s))
    params = {"language": names[case.seat.language or 0], "spoken": names[best]}
    seat = replace(case.seat, consent=True)
    return case.idea(RepairCode.CONSENT, ASK_CLIENT, seat=seat, params=params)


def level(case: Case) -> Idea | None:
    """A lower level will do: her best among the languages that may serve."""
    row, needs = _languages(case)
    levels = [
        level
        for s, level in case.volunteer.languages.items()
        if row[s] >= 0 and (case.seat.consent or not needs[s]) and level != UNKNOWN_LEVEL
    ]
    if not levels:
        return None
    best, wanted = max(levels), case.seat.min_level
    asking = case.problem.weights.level * level_steps(best, wanted)
    tag = case.problem.languages[case.seat.language or 0]
    params: dict[str, Param] = {"language": tag, "level": best, "wanted": wanted}
    seat = replace(case.seat, min_level=best)
    return case.idea(RepairCode.LEVEL, asking, seat=seat, params=params)


def _languages(case: Case) -> tuple[tuple[int, ...], tuple[bool, ...]]:
    wanted = case.seat.language or 0
    return case.problem.substitution[wanted], case.problem.needs_consent[wanted]


def outside_hours(case: Case) -> Idea | None:
    """She is asked for this time as for time on request."""
    span, person = case.span, case.volunteer
    known = sorted((*person.windows, *person.soft_windows), key=lambda window: window.start)
    reach, outside = span.start, 0
    for window in known:
        start = min(window.start, span.end)
        outside += max(0, start - reach)
        reach = max(reach, min(window.end, span.end))
    outside += max(0, span.end - reach)
    asked = replace(person, soft_windows=(*person.soft_windows, Window(span.start, span.end)))
    params = {"minutes": outside}
    return case.idea(RepairCode.OUTSIDE_HOURS, MINUTE * outside, volunteer=asked, params=params)


def paper(case: Case) -> Idea | None:
    """She renews the one paper that is missing or runs out."""
    valid, end = case.volunteer.papers, case.span.end
    missing = [name for name in case.seat.papers if valid.get(name, -1) < end]
    if len(missing) != 1:
        return None
    renewed = replace(case.volunteer, papers={**valid, missing[0]: end})
    params: dict[str, Param] = {"paper": missing[0], "expired": missing[0] in valid}
    return case.idea(RepairCode.PAPER, ASK_PAPER, volunteer=renewed, params=params)


def farther(case: Case) -> Idea | None:
    """She is asked for a longer way than her limit."""
    person, place = case.volunteer, case.seat.place
    if place is None or person.max_travel_minutes is None:
        return None
    way = minutes(case.problem, person.transport, person.home, place)
    limit = person.max_travel_minutes
    asked = replace(person, max_travel_minutes=max(way, limit))
    params: dict[str, Param] = {"minutes": way, "limit": limit}
    asking = MINUTE * max(0, way - limit)
    return case.idea(RepairCode.FARTHER, asking, volunteer=asked, params=params)


def raise_cap(case: Case) -> Idea | None:
    """The one cap that is too small is raised, for this period alone; not one of the law."""
    over = case.caps_over()
    if len(over) != 1 or over[0][0].period == "tax_year":
        return None
    cap, much = over[0]
    own = (cap.period, cap.index, cap.unit)
    caps = tuple(c for c in case.volunteer.caps if (c.period, c.index, c.unit) != own)
    raised = replace(case.volunteer, caps=(*caps, replace(cap, left=much)))
    params: dict[str, Param] = {"period": cap.period, "unit": cap.unit, "more": much - cap.left}
    return case.idea(RepairCode.RAISE_CAP, ASK_CAP, volunteer=raised, params=params)


RELAXED: tuple[tuple[str, Callable[[Case], Idea | None]], ...] = (
    ("consent", consent),
    ("level", level),
    ("unavailable", outside_hours),
    ("papers", paper),
    ("too_far", farther),
    ("cap", raise_cap),
)


def relaxations(standing: Standing, seat: Seat, look: Look) -> Iterator[Idea]:
    """Give ideas for those against whom exactly one thing stands, and for those in the plan."""
    lacks = look.lacks
    for code, relax in RELAXED:
        pairs = np.flatnonzero(look.fails[code] & (lacks == 1))
        yield from first_few(standing, seat, look, pairs, relax)


def first_few(
    standing: Standing,
    seat: Seat,
    look: Look,
    pairs: Ints,
    relax: Callable[[Case], Idea | None],
    *,
    looked_at: int = LOOKED_AT,
) -> Iterator[Idea]:
    """Relax for the cheapest pairs that no work in the plan stands against."""
    found = 0
    for case, cost in islice(cheapest(standing, seat, look, pairs), looked_at):
        idea = None if case.clashes() else relax(case)
        if idea is not None and (idea.code is RepairCode.RAISE_CAP or not case.caps_over()):
            yield replace(idea, estimate=cost + idea.asking)
            found += 1
        if found == ENOUGH:
            return


def cheapest(standing: Standing, seat: Seat, look: Look, pairs: Ints) -> Iterator[tuple[Case, int]]:
    """Give the cheapest pairs with their cost, fairness apart."""
    if not len(pairs):
        return
    volunteer, slot = look.volunteer[pairs], look.slot[pairs]
    mode = choose_modes(look.tables, volunteer, slot)[0]
    mode = np.where(mode == NEVER, MODES.index(seat.modes[0]), mode)
    cost = pair_costs(look.tables, volunteer, slot, mode)
    people, options = look.tables.problem.volunteers, look.tables.slots.option
    for at in np.argsort(cost, kind="stable").tolist():
        case = Case(
            standing=standing,
            volunteer=people[int(volunteer[at])],
            seat=seat,
            option=int(options[slot[at]]),
            on_site=MODES[int(mode[at])] == "on_site",
        )
        yield case, int(cost[at])
