"""Why one volunteer is not proposed for one seat."""

from collections.abc import Iterator

from matching.codes import WhyNotCode
from matching.eligibility import reasons
from matching.plan import Param, Plan, Reason
from matching.problem import Problem
from matching.standing import Standing

PARENTS_DAY = "parents_day"


def why_not(
    problem: Problem, plan: Plan, seat: str, volunteer: str, *, standing: Standing | None = None
) -> tuple[Reason, ...]:
    """Say what stands against a volunteer on a seat of a plan, never empty.

    The date on which least stands against her counts. Reasons of eligibility come first; only
    where there is none does the plan have a say.

    Raises
    ------
    ValueError
        If there is no such seat or volunteer.
    """
    standing = standing or Standing.of(problem, plan)
    row, person = standing.seat_row(seat), standing.volunteer_row(volunteer)
    holder = standing.holder(row)
    if holder == person:
        return (Reason(WhyNotCode.PROPOSED),)
    if holder is not None and row in standing.schedule.pinned:
        return (Reason(WhyNotCode.PINNED, {"volunteer": problem.volunteers[holder].id}),)
    dates = [
        reasons(problem, problem.volunteers[person], problem.seats[row], option)
        for option in range(len(problem.seats[row].spans))
    ]
    return min(dates, key=len) or _in_plan(standing, row, person)


def _in_plan(standing: Standing, row: int, person: int) -> tuple[Reason, ...]:
    """Give what the rest of the plan has against the best of her dates, the seat left open."""
    candidates = standing.candidates
    pairs = [p for p in candidates.of_seat(row).tolist() if candidates.volunteer[p] == person]
    holder = standing.schedule.pair_of.get(row)
    with standing.without((row,)):
        dates = [(tuple(_against(standing, pair)), pair) for pair in pairs]
        found, pair = min(
            dates, key=lambda date: (len(date[0]), standing.schedule.marginal(date[1]))
        )
        return found or (_dearer(standing, pair, holder),)


def _dearer(standing: Standing, pair: int, holder: int | None) -> Reason:
    cost = standing.schedule.marginal(pair)
    if holder is None:
        return Reason(WhyNotCode.COULD_GO, {"cost": cost})
    person = standing.problem.volunteers[int(standing.candidates.volunteer[holder])].id
    params: dict[str, Param] = {"cost": cost, "volunteer": person}
    return Reason(
        WhyNotCode.DEARER, params | {"volunteer_cost": standing.schedule.marginal(holder)}
    )


def _against(standing: Standing, pair: int) -> Iterator[Reason]:
    schedule = standing.schedule
    person = int(standing.candidates.volunteer[pair])
    for other in schedule.pairs_of.get(person, ()):
        if schedule.collide(pair, other):
            yield Reason(WhyNotCode.CLASH, {"seat": standing.seat_id(schedule.seat_of(other))})
    yield from _full(standing, pair)
    seat, option = schedule.seat_of(pair), int(standing.candidates.option[pair])
    for number in schedule.quotas.get(seat, ()):
        most = standing.problem.at_most[number].k
        if schedule.filled[number] >= most:
            yield Reason(WhyNotCode.BUDGET, {"at_most": most})
    for group in schedule.same_option.get(seat, ()):
        for settled in sorted(set(schedule.options[group]) - {option}):
            yield Reason(WhyNotCode.OTHER_DATE, {"option": settled})


def _full(standing: Standing, pair: int) -> Iterator[Reason]:
    """Caps and limits of parents' days that her work in the plan uses up."""
    schedule, told = standing.schedule, False
    for key, more, left in schedule.needs(pair):
        if not more or schedule.taken[key] + more <= left:
            continue
        _, period, unit, _ = key
        if not period.startswith(PARENTS_DAY):
            yield Reason(WhyNotCode.CAP_USED, {"period": period, "unit": unit, "left": left})
        elif not told:
            told = True
            yield Reason(WhyNotCode.PARENTS_DAY, {"left": left})
