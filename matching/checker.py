"""Judges a plan from the input alone: feasibility first, then every figure of the objective.

It shares nothing with the engine but the types, and repeats each rule on purpose.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from matching.plan import Assignment, Plan
from matching.problem import Problem, Seat, Span, Volunteer
from matching.recount import longest_way, overworked, recount, way_minutes


@dataclass(frozen=True)
class Violation:
    """A broken rule: its code, a sentence, and the seat it concerns."""

    code: str
    detail: str
    seat: str | None = None


class _Booking(NamedTuple):
    assignment: Assignment
    volunteer: Volunteer
    seat: Seat
    span: Span
    place: int | None
    pinned: bool


def check(problem: Problem, plan: Plan) -> list[Violation]:
    """List everything that is wrong with a plan; empty means that it holds.

    Pins are exempt from eligibility, and from travel, caps and quotas among themselves: accepted
    work stays, and only new work is measured against it.
    """
    found = list(_references(problem, plan))
    if found:
        return found
    pins = {(pin.seat, pin.volunteer, pin.option) for pin in problem.pins}
    bookings = [_booking(problem, assignment, pins) for assignment in plan.assignments]
    found += _pins(problem, plan)
    by_person: defaultdict[str, list[_Booking]] = defaultdict(list)
    for booking in bookings:
        by_person[booking.volunteer.id].append(booking)
        if not booking.pinned:
            found += _eligible(problem, booking)
    found += _overlaps(problem, by_person)
    for work in by_person.values():
        found += _caps(work)
    found += _parents_days(problem, by_person)
    found += _groups(problem, plan)
    return found + _figures(problem, plan)


def _booking(problem: Problem, made: Assignment, pins: set[tuple[str, str, int]]) -> _Booking:
    seat = problem.seats[problem.seat_index[made.seat]]
    volunteer = problem.volunteers[problem.volunteer_index[made.volunteer]]
    pinned = (made.seat, made.volunteer, made.option) in pins
    place = seat.place if made.mode == "on_site" else None
    return _Booking(made, volunteer, seat, seat.spans[made.option], place, pinned)


def _references(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Every seat stands exactly once, filled or open, with a known volunteer, option and mode."""
    listed = Counter([a.seat for a in plan.assignments] + [o.seat for o in plan.open])
    for name, times in listed.items():
        if name not in problem.seat_index:
            yield Violation("unknown_seat", f"the plan names the unknown seat {name}", name)
        elif times > 1:
            yield Violation("seat_twice", f"seat {name} stands {times} times in the plan", name)
    for name in problem.seat_index.keys() - listed.keys():
        yield Violation("seat_missing", f"seat {name} is neither filled nor open", name)
    for made in plan.assignments:
        if made.volunteer not in problem.volunteer_index:
            detail = f"seat {made.seat} goes to the unknown volunteer {made.volunteer}"
            yield Violation("unknown_volunteer", detail, made.seat)
        row = problem.seat_index.get(made.seat)
        if row is None:
            continue
        seat = problem.seats[row]
        if not 0 <= made.option < len(seat.spans):
            yield Violation("option", f"seat {seat.id} has no option {made.option}", seat.id)
        if made.mode not in seat.modes:
            yield Violation("mode", f"seat {seat.id} is not wished as {made.mode}", seat.id)


def _pins(problem: Problem, plan: Plan) -> Iterator[Violation]:
    made = {(a.seat, a.volunteer, a.option) for a in plan.assignments}
    for pin in problem.pins:
        if (pin.seat, pin.volunteer, pin.option) not in made:
            yield Violation("pin", f"volunteer {pin.volunteer} loses seat {pin.seat}", pin.seat)


def _eligible(problem: Problem, booking: _Booking) -> Iterator[Violation]:
    volunteer, seat, span = booking.volunteer, booking.seat, booking.span
    faults = {
        "role": seat.role not in volunteer.roles,
        "language": not _speaks(problem, volunteer, seat),
        "gender": seat.gender_hard and not _gender_met(volunteer, seat),
        "papers": any(volunteer.papers.get(name, span.end - 1) < span.end for name in seat.papers)
        or any(name not in volunteer.papers for name in seat.papers),
        "excluded": len(volunteer.excluded & seat.tags) > 0,
        "only_kinds": volunteer.only_kinds is not None
        and len(volunteer.only_kinds & seat.tags) == 0,
        "open_question": volunteer.open_question,
        "blocked": (volunteer.id, seat.id) in problem.blocks,
        "mode": booking.assignment.mode not in volunteer.modes,
        "unavailable": not _available(volunteer, span),
        "too_far": _too_far(problem, booking),
        "busy": any(
            _clash(
                problem, volunteer, (span.start, span.end, booking.place), (b.start, b.end, b.place)
            )
            for b in volunteer.busy
        ),
    }
    for code, wrong in faults.items():
        if wrong:
            yield Violation(code, f"volunteer {volunteer.id} on seat {seat.id}: {code}", seat.id)


def _speaks(problem: Problem, volunteer: Volunteer, seat: Seat) -> bool:
    if seat.language is None:
        return True
    for spoken, level in volunteer.languages.items():
        possible = problem.substitution[seat.language][spoken] != -1
        agreed = seat.consent or not problem.needs_consent[seat.language][spoken]
        if possible and agreed and not 0 < level < seat.min_level:
            return True
    return False


def _gender_met(volunteer: Volunteer, seat: Seat) -> bool:
    known = {True: "f", False: "m", None: "unknown"}[volunteer.female]
    return seat.gender is None or seat.gender == known


def _available(volunteer: Volunteer, span: Span) -> bool:
    """Tell whether no minute of the span is outside all windows, hard or soft."""
    gaps = [(span.start, span.end)]
    for window in (*volunteer.windows, *volunteer.soft_windows):
        if window.end <= span.start or span.end <= window.start:
            continue
        gaps = [
            part
            for start, end in gaps
            for part in ((start, min(end, window.start)), (max(start, window.end), end))
            if part[0] < part[1]
        ]
    return not gaps


def _too_far(problem: Problem, booking: _Booking) -> bool:
    limit, place = booking.volunteer.max_travel_minutes, booking.place
    if limit is None or place is None:
        return False
    means = booking.volunteer.transport
    return way_minutes(problem, means, booking.volunteer.home, place) > limit


_Work = tuple[int, int, int | None]


def _clash(problem: Problem, volunteer: Volunteer, one: _Work, other: _Work) -> bool:
    """Tell whether the time between two pieces of work is too short to get there."""
    (_, end, here), (start, _, there) = (one, other) if one[0] <= other[0] else (other, one)
    needed = 0
    if here is not None and there is not None:
        needed = way_minutes(problem, volunteer.transport, here, there)
        if problem.places[here].town != problem.places[there].town:
            needed += problem.travel.buffer_minutes
    return start - end < needed


def _overlaps(problem: Problem, by_person: dict[str, list[_Booking]]) -> Iterator[Violation]:
    """Each piece of work against the later ones, as far as any way could be too long; once each."""
    farthest = longest_way(problem)
    for person, work in by_person.items():
        work.sort(key=lambda booking: booking.span.start)
        for number, a in enumerate(work):
            for b in islice(work, number + 1, None):
                if b.span.start - a.span.end >= farthest:
                    break
                one, other = ((w.span.start, w.span.end, w.place) for w in (a, b))
                if not (a.pinned and b.pinned) and _clash(problem, a.volunteer, one, other):
                    detail = f"volunteer {person} cannot do both {a.seat.id} and {b.seat.id}"
                    yield Violation("overlap", detail, b.seat.id)
                    break


def _caps(work: list[_Booking]) -> Iterator[Violation]:
    """Judge the work of one volunteer; a cap for one period counts before one for every."""
    person = work[0].volunteer
    for period, unit in dict.fromkeys((cap.period, cap.unit) for cap in person.caps):
        left = {c.index: c.left for c in person.caps if (c.period, c.unit) == (period, unit)}
        sums: Counter[int] = Counter()
        new: Counter[int] = Counter()
        for booking in work:
            index, amount = getattr(booking.span, period), _amount(booking, unit)
            sums[index] += amount
            new[index] += 0 if booking.pinned else amount
        for index, total in sums.items():
            most = left.get(index, left.get(None, total))
            if total > most and new[index]:
                detail = f"volunteer {person.id}: {total} {unit} in {period} {index}, {most} left"
                yield Violation("cap", detail)


def _amount(booking: _Booking, unit: str) -> int:
    if unit == "minutes":
        return booking.span.end - booking.span.start
    return 1 if unit == "assignments" else booking.seat.cents


def _parents_days(problem: Problem, by_person: dict[str, list[_Booking]]) -> Iterator[Violation]:
    """Judge each volunteer's slots of each parents' day, unless she wants long days."""
    days: defaultdict[str, list[int]] = defaultdict(list)
    for number, day in enumerate(problem.parents_days):
        for name in set(day.seats):
            days[name].append(number)
    for person, work in by_person.items():
        slots: defaultdict[int, list[tuple[int, int, bool]]] = defaultdict(list)
        for booking in work if not work[0].volunteer.long_days else ():
            for number in days.get(booking.seat.id, ()):
                slot = (booking.span.start, booking.span.end, booking.pinned)
                slots[number].append(slot)
        for number, taken in slots.items():
            for fault in overworked(problem.parents_days[number], taken):
                yield Violation("parents_day", f"volunteer {person}, parents' day: {fault}")


def _groups(problem: Problem, plan: Plan) -> Iterator[Violation]:
    option = {made.seat: made.option for made in plan.assignments}
    pinned = {pin.seat for pin in problem.pins}
    for names in problem.all_or_none:
        filled = [name for name in names if name in option]
        if filled and len(filled) < len(names) and not pinned & set(names):
            yield Violation(
                "all_or_none", f"team {', '.join(names)} is only partly filled", names[0]
            )
    for names in problem.same_option:
        if len({option[name] for name in names if name in option}) > 1:
            yield Violation("same_option", f"{', '.join(names)} are on different dates", names[0])
    for quota in problem.at_most:
        chosen = {name for name in quota.seats if name in option}
        if len(chosen) > quota.k and chosen - pinned:
            yield Violation("at_most", f"{len(chosen)} seats of a set of at most {quota.k}")


def _figures(problem: Problem, plan: Plan) -> list[Violation]:
    count = recount(problem, plan)
    found = [
        Violation("cost", f"seat {made.seat} costs {cost}, not {made.cost}", made.seat)
        for made, cost in zip(plan.assignments, count.costs, strict=True)
        if made.cost != cost
    ]
    pinned = {pin.seat for pin in problem.pins}
    steepest = max((slope for _, slope in problem.weights.fairness), default=0)
    dearest = max(
        (
            cost + steepest * (span.end - span.start) + problem.weights.opening
            for made, cost in zip(plan.assignments, count.costs, strict=True)
            if made.seat not in pinned
            for span in (problem.seats[problem.seat_index[made.seat]].spans[made.option],)
        ),
        default=0,
    )
    objective = plan.factor * count.fill - count.total
    least = problem.weights.factor
    wrong = {
        "fill": (plan.fill != count.fill, f"fill is {count.fill}, not {plan.fill}"),
        "total": (plan.cost != count.total, f"cost is {count.total}, not {plan.cost}"),
        "factor": (
            plan.factor % least != 0 or plan.factor <= dearest,
            f"factor {plan.factor} does not outweigh an assignment of {dearest}",
        ),
        "objective": (
            plan.objective != objective,
            f"objective is {objective}, not {plan.objective}",
        ),
        "bound": (
            plan.bound is not None and plan.bound < objective,
            f"bound {plan.bound} lies below the objective {objective}",
        ),
        "status": (
            plan.status == "optimal" and plan.bound != plan.objective,
            "the plan is called optimal without a bound that it reaches",
        ),
    }
    return found + [Violation(code, text) for code, (fault, text) in wrong.items() if fault]
