"""Who suits one seat best, and what stands against the others."""

from dataclasses import dataclass

from matching.costs import fairness_cost, pair_terms
from matching.eligibility import amount, caps_at, choose_mode, collides, reasons
from matching.plan import Plan, Reason
from matching.problem import MODES, Busy, Cap, Mode, Problem, Seat, Span, Volunteer


@dataclass(frozen=True)
class Ranked:
    """A volunteer who may go, on her best date; `terms` add up to `cost`."""

    volunteer: str
    option: int
    mode: Mode
    cost: int
    terms: dict[str, int]


@dataclass(frozen=True)
class Rejected:
    """A volunteer who may not go on any date, with what stands against her on the best one."""

    volunteer: str
    reasons: tuple[Reason, ...]


def rank(
    problem: Problem, seat_id: str, *, limit: int = 10, plan: Plan | None = None
) -> tuple[Ranked, ...]:
    """Give the eligible volunteers of a seat, the cheapest first.

    This asks everybody once; for many seats among the same people use `RankIndex`.

    With a plan the cost is what the assignment adds to it, and work in the plan counts as busy
    time and load; the seat itself counts as open.

    Raises
    ------
    ValueError
        If there is no such seat.
    """
    seat = _seat(problem, seat_id)
    work = _work(problem, seat_id, plan)
    found = [
        ranked
        for volunteer in problem.volunteers
        for option in range(len(seat.spans))
        for ranked in [
            _ranked(problem, volunteer, seat, option=option, work=work.get(volunteer.id, []))
        ]
        if ranked is not None
    ]
    best: dict[str, Ranked] = {}
    for ranked in sorted(found, key=lambda ranked: (ranked.cost, ranked.option)):
        best.setdefault(ranked.volunteer, ranked)
    return tuple(best.values())[:limit]


def rejected(problem: Problem, seat_id: str) -> tuple[Rejected, ...]:
    """Give the volunteers who may not take a seat on any date, with the reasons."""
    seat = _seat(problem, seat_id)
    found = []
    for volunteer in problem.volunteers:
        dates = [reasons(problem, volunteer, seat, option) for option in range(len(seat.spans))]
        least = min(dates, key=len)
        if least:
            found.append(Rejected(volunteer.id, least))
    return tuple(found)


_Work = list[tuple[Seat, int, Mode]]


def _seat(problem: Problem, seat_id: str) -> Seat:
    if seat_id not in problem.seat_index:
        raise ValueError(f"there is no seat {seat_id!r}")
    return problem.seats[problem.seat_index[seat_id]]


def _work(problem: Problem, seat_id: str, plan: Plan | None) -> dict[str, _Work]:
    found: dict[str, _Work] = {}
    for made in plan.assignments if plan else ():
        if made.seat != seat_id:
            item = (problem.seats[problem.seat_index[made.seat]], made.option, made.mode)
            found.setdefault(made.volunteer, []).append(item)
    return found


def _ranked(
    problem: Problem, volunteer: Volunteer, seat: Seat, *, option: int, work: _Work
) -> Ranked | None:
    if reasons(problem, volunteer, seat, option):
        return None
    mode = choose_mode(problem, volunteer, seat, option) or MODES[0]
    if not _fits(problem, volunteer, (seat, option, mode), work):
        return None
    terms = pair_terms(problem, volunteer, seat, option=option, mode=mode)
    terms["fairness"] = _rise(problem, volunteer, seat.spans[option], work)
    return Ranked(volunteer.id, option, mode, sum(terms.values()), terms)


def _rise(problem: Problem, volunteer: Volunteer, span: Span, work: _Work) -> int:
    spans = (other.spans[chosen] for other, chosen, _ in work)
    lead = volunteer.lead_minutes + sum(s.minutes for s in spans if s.week == span.week)
    return fairness_cost(problem.weights, lead, span.minutes)


def _fits(problem: Problem, volunteer: Volunteer, new: tuple[Seat, int, Mode], work: _Work) -> bool:
    seat, option, mode = new
    span, place = seat.spans[option], seat.place if mode == "on_site" else None
    for other, chosen, way in work:
        there = other.spans[chosen]
        busy = Busy(there.start, there.end, other.place if way == "on_site" else None)
        if collides(problem, volunteer.transport, span, place=place, busy=busy):
            return False
    return all(
        amount(cap, seat, span) + _used(cap, work) <= cap.left for cap in caps_at(volunteer, span)
    )


def _used(cap: Cap, work: _Work) -> int:
    """Give what other work takes from a cap in the same period."""
    return sum(
        amount(cap, other, other.spans[chosen])
        for other, chosen, _ in work
        if getattr(other.spans[chosen], cap.period) == cap.index
    )
