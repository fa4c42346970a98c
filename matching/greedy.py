"""A first plan quickly: urgent and scarce seats first, each with its cheapest volunteer."""

from matching.schedule import Schedule
from matching.teams import bundles, drop_partial_teams, strict_teams


def fill_greedily(schedule: Schedule) -> None:
    """Fill open seats in order of priority, then scarcity, each at the least marginal cost."""
    teams = strict_teams(schedule.problem)
    for bundle in sorted(bundles(schedule.problem), key=lambda seats: _rank(schedule, seats)):
        if len(bundle) == 1:
            _fill(schedule, bundle[0], None)
        else:
            members = set(bundle)
            fill_bundle(schedule, bundle, tuple(t for t in teams if t[0] in members))


def _rank(schedule: Schedule, bundle: tuple[int, ...]) -> tuple[int, int, int]:
    seats, candidates = schedule.problem.seats, schedule.candidates
    priority = max(seats[seat].priority for seat in bundle)
    scarcity = min(len(candidates.of_seat(seat)) for seat in bundle)
    return -priority, scarcity, bundle[0]


def fill_bundle(
    schedule: Schedule, bundle: tuple[int, ...], teams: tuple[tuple[int, ...], ...]
) -> None:
    """Fill seats that hang together with the date that suits them best."""
    options: list[int | None] = [None]
    if any(seat in schedule.same_option for seat in bundle):
        options = list(range(max(len(schedule.problem.seats[seat].spans) for seat in bundle)))
    best: list[int] = []
    value = schedule.objective
    for option in options:
        added = _attempt(schedule, bundle, teams, option=option)
        if schedule.objective > value:
            best, value = added, schedule.objective
        for pair in added:
            schedule.remove(pair)
    for pair in best:
        schedule.add(pair)


def _attempt(
    schedule: Schedule,
    bundle: tuple[int, ...],
    teams: tuple[tuple[int, ...], ...],
    *,
    option: int | None,
) -> list[int]:
    before = set(schedule.pair_of)
    for seat in sorted(bundle, key=lambda seat: len(schedule.candidates.of_seat(seat))):
        _fill(schedule, seat, option)
    drop_partial_teams(schedule, teams)
    return [
        pair for seat, pair in schedule.pair_of.items() if seat in bundle and seat not in before
    ]


def _fill(schedule: Schedule, seat: int, option: int | None) -> None:
    if seat in schedule.pair_of:
        return
    pairs = schedule.candidates.of_seat(seat)
    if option is not None:
        pairs = pairs[schedule.candidates.option[pairs] == option]
    ranked = sorted((schedule.marginal(pair), pair) for pair in pairs.tolist())
    worth = schedule.factor * schedule.problem.seats[seat].priority
    for cost, pair in ranked:
        if cost >= worth:
            return
        if schedule.fits(pair):
            schedule.add(pair)
            return
