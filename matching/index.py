"""The best candidates for one seat among many volunteers, against a plan kept in memory."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from matching.costs import fairness_cost, pair_terms
from matching.diary import Diary
from matching.eligibility import amount, caps_at, choose_mode, collides
from matching.plan import Assignment, Plan
from matching.problem import Busy, Cap, Mode, Problem, Seat, Span
from matching.ranking import Ranked
from matching.recount import longest_way
from matching.shelf import Hit, Pool, Taken
from matching.tables import NEVER, Bools, Ints


@dataclass(frozen=True)
class Booked:
    """Work a volunteer has: which seat, on which date, and where (None: no way to it)."""

    seat: Seat
    span: Span
    place: int | None

    @property
    def busy(self) -> Busy:
        return Busy(self.span.start, self.span.end, self.place)


class RankIndex:
    """Volunteers laid out for ranking, with the work each has in a plan.

    Gives exactly what `rank` gives for the same plan, but reads only those who speak the language,
    have the time and are near. Book and remove keep it in step with a plan that changes.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.pool = Pool(problem)
        self._work: defaultdict[int, list[Booked]] = defaultdict(list)
        self._holder: dict[str, int] = {}
        self._diary = Diary(self.pool.tables, longest_way(problem))

    @classmethod
    def of(cls, problem: Problem, plan: Plan | None = None) -> "RankIndex":
        """Lay a valid problem and a plan out."""
        index = cls(problem)
        for made in plan.assignments if plan else ():
            index.book(made)
        return index

    def book(self, made: Assignment, seat: Seat | None = None) -> None:
        """Take work in; a `seat` that the problem does not have comes along.

        Raises
        ------
        ValueError
            If the seat or the volunteer is unknown, or somebody has the seat already.
        """
        seat = seat or self._known(made.seat)
        if made.volunteer not in self.problem.volunteer_index:
            raise ValueError(f"there is no volunteer {made.volunteer!r}")
        if seat.id in self._holder:
            raise ValueError(f"somebody has the seat {seat.id!r} already")
        person = self.problem.volunteer_index[made.volunteer]
        place = seat.place if made.mode == "on_site" else None
        self._holder[seat.id] = person
        self._work[person].append(Booked(seat, seat.spans[made.option], place))
        self._diary.add(person, self._work[person][-1].busy)

    def remove(self, seat_id: str) -> None:
        """Take work out again.

        Raises
        ------
        ValueError
            If nobody has the seat.
        """
        if seat_id not in self._holder:
            raise ValueError(f"nobody has the seat {seat_id!r}")
        person = self._holder.pop(seat_id)
        work = [one for one in self._work[person] if one.seat.id != seat_id]
        self._work[person] = work
        self._diary.rewrite(person, (one.busy for one in work))

    def rank(self, seat: str | Seat, limit: int = 10) -> tuple[Ranked, ...]:
        """Give the best eligible volunteers of a seat with what each would add to the plan.

        The seat itself counts as open; it may be one that the problem does not have.

        Raises
        ------
        ValueError
            If there is no such seat.
        """
        wanted = self._known(seat) if isinstance(seat, str) else seat
        best: dict[int, tuple[int, int, int, Mode]] = {}
        for hit in self.pool.search(wanted, self._taken(wanted.id)):
            if len(best) >= limit and hit.least > sorted(best.values())[limit - 1][0]:
                break
            found = self._priced(wanted, hit)
            if found is not None:
                best[hit.person] = min(found, best.get(hit.person, found))
        return tuple(self._told(wanted, *one) for one in sorted(best.values())[:limit])

    def _taken(self, seat_id: str) -> Taken:
        """Tell who has something else at a time; who has the seat itself is looked at closely."""
        holder = self._holder.get(seat_id, NEVER)

        def taken(people: Ints, span: Span, place: Ints) -> Bools:
            others: Bools = people != holder
            return others & self._diary.collides(people, span, place)

        return taken

    def _known(self, seat_id: str) -> Seat:
        if seat_id not in self.problem.seat_index:
            raise ValueError(f"there is no seat {seat_id!r}")
        return self.problem.seats[self.problem.seat_index[seat_id]]

    def _priced(self, seat: Seat, hit: Hit) -> tuple[int, int, int, Mode] | None:
        """Give (cost, option, volunteer row, mode), None when she cannot go."""
        volunteer = self.problem.volunteers[hit.person]
        if volunteer.excluded & seat.tags or (volunteer.id, seat.id) in self.problem.blocks:
            return None
        if volunteer.only_kinds is not None and not volunteer.only_kinds & seat.tags:
            return None
        mode = hit.mode or choose_mode(self.problem, volunteer, seat, hit.option)
        if mode is None:
            return None
        work = self._others(hit.person, seat.id)
        if not self._fits(seat, hit, mode, work):
            return None
        span = seat.spans[hit.option]
        lead = volunteer.lead_minutes
        lead += sum(one.span.minutes for one in work if one.span.week == span.week)
        cost = hit.base + (hit.way if mode == "on_site" else 0)
        cost += fairness_cost(self.problem.weights, lead, span.minutes)
        return cost, hit.option, hit.person, mode

    def _others(self, person: int, seat_id: str) -> list[Booked]:
        work = self._work.get(person, [])
        if self._holder.get(seat_id) != person:
            return work
        return [one for one in work if one.seat.id != seat_id]

    def _fits(self, seat: Seat, hit: Hit, mode: Mode, work: list[Booked]) -> bool:
        """Tell whether work and caps leave room; the search has looked at known modes already."""
        volunteer, span = self.problem.volunteers[hit.person], seat.spans[hit.option]
        place = seat.place if mode == "on_site" else None
        if hit.mode is None or self._holder.get(seat.id) == hit.person:
            for one in work:
                means = volunteer.transport
                if collides(self.problem, means, span, place=place, busy=one.busy):
                    return False
        return all(
            amount(cap, seat, span) + used(cap, work) <= cap.left
            for cap in caps_at(volunteer, span)
        )

    def _told(self, seat: Seat, cost: int, option: int, person: int, mode: Mode) -> Ranked:
        volunteer = self.problem.volunteers[person]
        terms = pair_terms(self.problem, volunteer, seat, option=option, mode=mode)
        terms["fairness"] = cost - sum(terms.values())
        return Ranked(volunteer.id, option, mode, cost, terms)


def used(cap: Cap, work: Iterable[Booked]) -> int:
    """Give what other work takes from a cap in the same period."""
    return sum(
        amount(cap, one.seat, one.span)
        for one in work
        if getattr(one.span, cap.period) == cap.index
    )
